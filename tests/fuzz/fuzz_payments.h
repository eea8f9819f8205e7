/* SPDX-License-Identifier: EUPL-1.2 */
/* Any bytes as a payment file: read twice, the same both times; what is booked can be an event. */

#include "daemon/ctl/payments/payment.h"
#include "rules/kinds/kind.h"
#include "tests/fuzz/fuzz.h"

static bool awaits(void *arg, const char *word)
{
	(void)arg;
	return strcmp(word, "801266") == 0;
}

static void check_payment(const struct payment *payment)
{
	struct problems problems = PROBLEMS_NONE;
	if (payment->amount < 1 || payment->amount > PAYMENT_AMOUNT_MOST ||
	    payment->paid_on == DATE_NONE)
		abort();
	if (!id_check(payment->bank_reference, "key", &problems) ||
	    !text_check(payment->source, "source", &problems))
		abort();
	if (*payment->references != '\0' &&
	    !text_check(payment->references, "reference", &problems))
		abort();
}

/* A parser of payment files. */
typedef void read_payments(const struct payment_input *input, struct payment_list *ret,
			   struct problems *problems);

static void read_once(read_payments *parser, const char *text, size_t size,
		      struct payment_list *list, struct problems *problems)
{
	struct payment_input input = { text, size, "fuzz", awaits, NULL };
	payment_list_init(list, PAYMENT_CSV);
	parser(&input, list, problems);
	for (size_t i = 0; i < list->count && problems->count == 0; i++)
		check_payment(&list->list[i]);
}

static int fuzz_payments(read_payments *parser, const uint8_t *data, size_t size)
{
	char *text = fuzz_block(data, size);
	struct payment_list one, two;
	struct problems problems = PROBLEMS_NONE, again = PROBLEMS_NONE;
	read_once(parser, text, size, &one, &problems);
	read_once(parser, text, size, &two, &again);
	if (problems.count != again.count || one.count != two.count ||
	    one.covers_through != two.covers_through)
		abort();
	for (size_t i = 0; i < one.count; i++)
		if (strcmp(one.list[i].source, two.list[i].source) != 0)
			abort();
	payment_list_clear(&one);
	payment_list_clear(&two);
	problems_clear(&problems);
	problems_clear(&again);
	free(text);
	return 0;
}
