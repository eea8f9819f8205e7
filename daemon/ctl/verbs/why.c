/* SPDX-License-Identifier: EUPL-1.2 */
/* Why something was, or was not, sent about a case: a verdict for each rule. */
#include "daemon/ctl/ask.h"
#include "daemon/ctl/verbs/verbs.h"

static void say_verdict(const json_t *row)
{
	const json_t *details = json_object_get(row, "details");
	show_printf(stdout, "%s: %s\n", show_text_of(row, "rule"), show_text_of(row, "verdict"));
	show_printf(stdout, "  %s\n", show_text_of(row, "text"));
	for (size_t i = 0; i < json_array_size(details); i++)
		show_printf(stdout, "  %s\n", json_string_value(json_array_get(details, i)));
	show_printf(stdout, "  %s:%lld\n", show_text_of(row, "file"),
		    (long long)show_number_of(row, "line"));
}

int verb_why(const struct invocation *call)
{
	json_t *answer = NULL, *parameters = json_object();
	json_object_set_new(parameters, "case", json_string(call->arguments[0]));
	if (invocation_argument(call, 1) != NULL)
		json_object_set_new(parameters, "rule", json_string(call->arguments[1]));
	ask_add_text(parameters, call, "on");
	ask_add_text(parameters, call, "language");
	int code = ask_once(call, "why", parameters, &answer);
	if (answer == NULL)
		return code;
	const json_t *rows = json_object_get(answer, "rows");
	for (size_t i = 0; i < json_array_size(rows); i++)
		say_verdict(json_array_get(rows, i));
	json_decref(answer);
	return code;
}
