/* SPDX-License-Identifier: EUPL-1.2 */
/* Any bytes as a payment number: with the right check digit behind it it is valid, with any other
 * it is not; and it means itself. */

#include "daemon/ctl/payments/ocr.h"
#include "tests/fuzz/fuzz.h"

static void check_digits(const char *digits, size_t length)
{
	char whole[OCR_MOST + 2];
	char right = ocr_check_digit(digits);
	memcpy(whole, digits, length);
	whole[length + 1] = '\0';
	for (char digit = '0'; digit <= '9'; digit++) {
		whole[length] = digit;
		if (ocr_is_valid(whole) != (digit == right))
			abort();
	}
	whole[length] = right;
	if (!ocr_means(whole, whole) || !ocr_means(digits, digits))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	bool valid = ocr_is_valid(text);
	if (valid && !ocr_is_digits(text))
		abort();
	if (ocr_has_length(text) && !valid)
		abort();
	if (ocr_is_digits(text) && strlen(text) < OCR_MOST)
		check_digits(text, strlen(text));
	free(text);
	return 0;
}
