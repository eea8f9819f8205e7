/* SPDX-License-Identifier: EUPL-1.2 */
/* See fuzz_payments.h. */
#include "daemon/ctl/payments/camt.h"
#include "tests/fuzz/fuzz_payments.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_payments(camt_read, data, size);
}
