/* SPDX-License-Identifier: EUPL-1.2 */
/* The states of a message as words, the arrows between them, and the hours of the attempts. */
#include <string.h>

#include "daemon/store/message.h"

static const char *const names[] = {
	[MESSAGE_QUEUED] = "queued",       [MESSAGE_HANDED] = "handed",
	[MESSAGE_SENT] = "sent",           [MESSAGE_DEFERRED] = "deferred",
	[MESSAGE_REFUSED] = "refused",     [MESSAGE_UNCLEAR] = "unclear",
	[MESSAGE_CANCELLED] = "cancelled", [MESSAGE_SUPERSEDED] = "superseded",
};

#define STATES (sizeof(names) / sizeof(names[0]))

const char *message_state_name(enum message_state state)
{
	return names[state];
}

int message_state_parse(const char *name, enum message_state *ret)
{
	for (size_t i = 0; i < STATES; i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum message_state)i;
			return 0;
		}
	}
	return -1;
}

bool message_state_waits(enum message_state state)
{
	switch (state) {
	case MESSAGE_QUEUED:
	case MESSAGE_DEFERRED:
	case MESSAGE_UNCLEAR:
		return true;
	case MESSAGE_HANDED:
	case MESSAGE_SENT:
	case MESSAGE_REFUSED:
	case MESSAGE_CANCELLED:
	case MESSAGE_SUPERSEDED:
		return false;
	}
	return false;
}

bool message_state_may_follow(enum message_state was, enum message_state state)
{
	switch (state) {
	case MESSAGE_QUEUED:
		return was == MESSAGE_HANDED || was == MESSAGE_REFUSED;
	case MESSAGE_SENT:
	case MESSAGE_DEFERRED:
	case MESSAGE_REFUSED:
	case MESSAGE_UNCLEAR:
		return was == MESSAGE_HANDED;
	case MESSAGE_HANDED:
	case MESSAGE_CANCELLED:
		return message_state_waits(was);
	case MESSAGE_SUPERSEDED:
		return false;
	}
	return false;
}

instant message_retry_at(const struct patience *patience, instant begun, int64_t attempts,
			 instant now)
{
	int64_t most = patience->most > 0 ? patience->most : 1;
	int64_t step = patience->first > 0 && patience->first < most ? patience->first : most;
	instant at = begun + step;
	int64_t made = 1;
	while ((made < attempts || at <= now) && step < most) {
		step = step < most / 2 ? 2 * step : most;
		at += step;
		made++;
	}
	/* From here on the steps are equal: as many as both want, without counting them one by one.
	 */
	int64_t more = made < attempts ? attempts - made : 0;
	int64_t late = at <= now ? (now - at) / most + 1 : 0;
	at += (more > late ? more : late) * most;
	return at < now + most ? at : now + most;
}

void message_tried(struct message_tries *tries, int64_t attempts, bool reached, instant now,
		   int64_t most)
{
	if (reached && tries->reached_at == INSTANT_NEVER) {
		tries->reached_at = now;
		tries->unreached = attempts;
	}
	if (reached && tries->heard_at != INSTANT_NEVER && tries->heard_at < now)
		tries->waited += now - tries->heard_at < most ? now - tries->heard_at : most;
	tries->heard_at = reached ? now : INSTANT_NEVER;
}
