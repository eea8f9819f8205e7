/* SPDX-License-Identifier: EUPL-1.2 */
/* The states of a notice as words, and the arrows between them. */
#include <string.h>

#include "daemon/store/notice.h"

static const char *const names[] = {
	[NOTICE_HELD] = "held",       [NOTICE_QUEUED] = "queued",
	[NOTICE_SENT] = "sent",       [NOTICE_OVERTAKEN] = "overtaken",
	[NOTICE_PUT_OFF] = "put_off", [NOTICE_UNREACHABLE] = "unreachable",
	[NOTICE_SHADOW] = "shadow",
};

#define STATES (sizeof(names) / sizeof(names[0]))

const char *notice_state_name(enum notice_state state)
{
	return names[state];
}

int notice_state_parse(const char *name, enum notice_state *ret)
{
	for (size_t i = 0; i < STATES; i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum notice_state)i;
			return 0;
		}
	}
	return -1;
}

bool notice_state_may_begin(enum notice_state state)
{
	switch (state) {
	case NOTICE_QUEUED:
	case NOTICE_OVERTAKEN:
	case NOTICE_PUT_OFF:
	case NOTICE_UNREACHABLE:
	case NOTICE_SHADOW:
		return true;
	case NOTICE_HELD:
	case NOTICE_SENT:
		return false;
	}
	return false;
}

bool notice_state_may_follow(enum notice_state was, enum notice_state state)
{
	switch (state) {
	case NOTICE_HELD:
	case NOTICE_SENT:
	case NOTICE_UNREACHABLE:
		return was == NOTICE_QUEUED;
	case NOTICE_QUEUED:
		return was == NOTICE_HELD || was == NOTICE_UNREACHABLE;
	case NOTICE_OVERTAKEN:
	case NOTICE_PUT_OFF:
		return was == NOTICE_QUEUED || was == NOTICE_HELD;
	case NOTICE_SHADOW:
		return false;
	}
	return false;
}
