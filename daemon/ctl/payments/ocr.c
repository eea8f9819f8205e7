/* SPDX-License-Identifier: EUPL-1.2 */
/* See ocr.h. */
#include "daemon/ctl/payments/ocr.h"

#include <string.h>

bool ocr_is_digits(const char *text)
{
	size_t length = strlen(text);
	return length >= 1 && length <= OCR_MOST && strspn(text, "0123456789") == length;
}

/* Every second digit is doubled, the last one first; of two figures the sum counts. */
static int luhn_sum(const char *digits, size_t length)
{
	int sum = 0;
	for (size_t i = 0; i < length; i++) {
		int digit = digits[length - 1 - i] - '0';
		int doubled = digit * 2;
		sum += i % 2 == 1 ? digit : doubled > 9 ? doubled - 9 : doubled;
	}
	return sum;
}

char ocr_check_digit(const char *digits)
{
	int sum = luhn_sum(digits, strlen(digits));
	return (char)('0' + (10 - sum % 10) % 10);
}

static bool ends_right(const char *text, size_t length)
{
	int sum = luhn_sum(text, length - 1) + (text[length - 1] - '0');
	return sum % 10 == 0;
}

bool ocr_is_valid(const char *text)
{
	size_t length = strlen(text);
	return length >= OCR_LEAST && ocr_is_digits(text) && ends_right(text, length);
}

bool ocr_has_length(const char *text)
{
	size_t length = strlen(text);
	return length > OCR_LEAST && ocr_is_valid(text) &&
	       text[length - 2] - '0' == (int)(length % 10);
}

static const char *without_zeros(const char *text)
{
	while (text[0] == '0' && text[1] != '\0')
		text++;
	return text;
}

bool ocr_means(const char *text, const char *number)
{
	if (!ocr_is_digits(text) || !ocr_is_digits(number))
		return false;
	if (strcmp(without_zeros(text), without_zeros(number)) == 0)
		return true;
	const char *written = without_zeros(text), *wanted = without_zeros(number);
	size_t length = strlen(written), wanted_length = strlen(wanted);
	if (strncmp(written, wanted, wanted_length) != 0 || ocr_is_valid(number))
		return false;
	if (length == wanted_length + 1)
		return ocr_is_valid(text);
	return length == wanted_length + 2 && (ocr_has_length(text) || ocr_has_length(written));
}
