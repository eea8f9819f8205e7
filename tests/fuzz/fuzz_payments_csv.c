/* SPDX-License-Identifier: EUPL-1.2 */
/* See fuzz_payments.h. The first byte chooses the columns, the rest is the file. */
#include "daemon/ctl/payments/payments_csv.h"
#include "tests/fuzz/fuzz_payments.h"

static const struct payment_columns columns[] = {
	{ "avtal", "forfallodag", "betald_ore", "betaldag", "", false },
	{ "avtal", "", "belopp", "dag", "id", true },
};
static const struct payment_columns *chosen;

static void read_csv(const struct payment_input *input, struct payment_list *ret,
		     struct problems *problems)
{
	payments_csv_read(input, chosen, ret, problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	chosen = &columns[data[0] == '+'];
	return fuzz_payments(read_csv, data + 1, size - 1);
}
