/* SPDX-License-Identifier: EUPL-1.2 */
/* See standing.h. */
#include "daemon/ctl/payments/standing.h"

#include <string.h>

#include "daemon/ctl/ask.h"

#define ASKED_AT_ONCE 100 /* as many as the daemon takes */

static json_t *question(const struct match *match, const struct payment *payment)
{
	char name[PAYMENT_BANK_ID_SIZE], day[DATE_TEXT_SIZE];
	bool is_whole = payment_bank_name(payment, name);
	const char *of_case = match_case(match, payment);
	return json_pack("{s:s, s:s, s:s, s:s*, s:s, s:s*, s:s, s:s, s:b, s:b, s:b, s:I, s:s}",
			 "source", payment->source, "was", payment->was, "like", payment->like,
			 "shared", payment->shared, "file", payment->own_file, "case", of_case,
			 "reference", payment->references, "name", name, "name_is_cut", !is_whole,
			 "reversal", payment->reversal, "nameless", payment->is_nameless, "amount",
			 (json_int_t)payment->amount, "paid_on",
			 date_format(payment->paid_on, day));
}

/* Asks about some payments of a file, and notes what the daemon says. Takes over `questions`. */
static int ask_of(struct client *client, const char *programme, struct payment_list *list,
		  json_t *questions, struct payment *const *asked)
{
	json_t *answer = NULL;
	int code =
	    ask(client, "payment.known",
		json_pack("{s:s, s:o}", "programme", programme, "payments", questions), &answer);
	const json_t *rows = json_object_get(answer, "rows");
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *state = show_text_of(row, "state");
		asked[i]->is_known = strcmp(state, "known") == 0;
		if (strcmp(state, "alike") == 0)
			payment_is_like(list, asked[i], show_text_of(row, "payment"),
					json_string_value(json_object_get(row, "case")));
	}
	json_decref(answer);
	return code;
}

int standing_learn(struct client *client, const struct match *match, const char *programme,
		   struct payment_list *list)
{
	struct payment *asked[ASKED_AT_ONCE];
	json_t *questions = json_array();
	int code = CTL_DONE;
	for (size_t i = 0; i < list->count && code == CTL_DONE; i++) {
		struct payment *payment = &list->list[i];
		if (payment->like == NULL || payment->is_known || payment->alike != NULL)
			continue;
		asked[json_array_size(questions)] = payment;
		json_array_append_new(questions, question(match, payment));
		if (json_array_size(questions) < ASKED_AT_ONCE)
			continue;
		code = ask_of(client, programme, list, questions, asked);
		questions = json_array();
	}
	if (code == CTL_DONE && json_array_size(questions) > 0)
		return ask_of(client, programme, list, questions, asked);
	json_decref(questions);
	return code;
}
