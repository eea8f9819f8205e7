/* SPDX-License-Identifier: EUPL-1.2 */
/* What the tests of the payment parsers share: a text in, lines of payments or problems out. */
#ifndef KEDJA_TESTS_PAYMENT_STORY_H
#define KEDJA_TESTS_PAYMENT_STORY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/buffer.h"
#include "daemon/ctl/payments/payment.h"

typedef void story_reader(const struct payment_input *input, struct payment_list *ret,
			  struct problems *problems);

/* "2026-11-27 540050 655969" a line ("-540050": it went back; "out": a debit). */
static inline void story_payments(struct buffer *out, const struct payment_list *list)
{
	char day[DATE_TEXT_SIZE];
	buffer_add_text(out, "");
	for (size_t i = 0; i < list->count; i++)
		buffer_printf(out, "%s %s%lld%s %s\n", date_format(list->list[i].paid_on, day),
			      list->list[i].reversal ? "-" : "", (long long)list->list[i].amount,
			      list->list[i].outgoing ? " out" : "", list->list[i].references);
}

static inline void story_problems(struct buffer *out, const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		char *problem = problem_format(&problems->list[i]);
		buffer_printf(out, "%s\n", problem);
		free(problem);
	}
}

/* The payments, then "through"; or what is wrong. */
static inline char *story_read(story_reader *read, const char *text, size_t length,
			       payment_awaited *awaited)
{
	struct problems problems = PROBLEMS_NONE;
	struct buffer out = BUFFER_NONE;
	struct payment_list list;
	struct payment_input input = { text, length, "f", awaited, NULL };
	char day[DATE_TEXT_SIZE];
	payment_list_init(&list, PAYMENT_CSV);
	read(&input, &list, &problems);
	if (problems.count == 0) {
		story_payments(&out, &list);
		buffer_printf(&out, "through %s\n", date_format(list.covers_through, day));
	}
	story_problems(&out, &problems);
	payment_list_clear(&list);
	problems_clear(&problems);
	return buffer_take(&out);
}

static inline char *story_file(const char *path, size_t *ret_length)
{
	FILE *file = fopen(path, "rb");
	struct buffer text = BUFFER_NONE;
	char bytes[4096];
	size_t got;
	if (file == NULL)
		return NULL;
	buffer_add_text(&text, "");
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buffer_add(&text, bytes, got);
	fclose(file);
	*ret_length = text.length;
	return buffer_take(&text);
}

/* The text with the first `from` replaced by `to`; the caller frees it. */
static inline char *story_change(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	if (at == NULL) {
		fprintf(stderr, "nothing to change: %s\n", from);
		abort();
	}
	return xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

#endif
