/* SPDX-License-Identifier: EUPL-1.2 */
/* Reminders that came all at once and are held: a person decides. */
#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs/verbs.h"

/* The daemon does some hundreds at a time, so that nobody else has to wait. */
static int ask_until_done(const struct invocation *call, const char *method, json_t *sum,
			  const char *const *counts)
{
	struct client *client = NULL;
	int code = ask_open(call, &client);
	bool more = code == CTL_DONE;
	while (more) {
		json_t *answer = NULL, *parameters = json_object();
		ask_add_text(parameters, call, "rule");
		ask_add_text(parameters, call, "subject");
		ask_add_text(parameters, call, "reason");
		code = ask(client, method, parameters, &answer);
		for (size_t i = 0; answer != NULL && counts[i] != NULL; i++)
			json_object_set_new(sum, counts[i],
					    json_integer(show_number_of(sum, counts[i]) +
							 show_number_of(answer, counts[i])));
		more = code == CTL_DONE && show_number_of(answer, "left") > 0;
		json_decref(answer);
	}
	client_close(client);
	return code;
}

int verb_notices_release(const struct invocation *call)
{
	static const char *const counts[] = { "released", "overtaken", NULL };
	json_t *sum = json_object();
	int code = ask_until_done(call, "notice.release", sum, counts);
	if (code == CTL_DONE && call->json)
		show_json(stdout, sum);
	else if (code == CTL_DONE)
		printf("%lld released, %lld overtaken meanwhile\n",
		       (long long)show_number_of(sum, "released"),
		       (long long)show_number_of(sum, "overtaken"));
	json_decref(sum);
	return code;
}

int verb_notices_discard(const struct invocation *call)
{
	static const char *const counts[] = { "discarded", NULL };
	json_t *sum = json_object();
	int code = ask_until_done(call, "notice.discard", sum, counts);
	if (code == CTL_DONE && call->json)
		show_json(stdout, sum);
	else if (code == CTL_DONE)
		printf("%lld discarded\n", (long long)show_number_of(sum, "discarded"));
	json_decref(sum);
	return code;
}
