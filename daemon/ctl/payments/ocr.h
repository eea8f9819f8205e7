/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Payment numbers (OCR): 2 to 25 digits, the last one a check digit (Luhn, modulus 10); in some
 * agreements the one before it says how long the number is (its length modulo 10).
 */
#ifndef KEDJA_CTL_PAYMENTS_OCR_H
#define KEDJA_CTL_PAYMENTS_OCR_H

#include <stdbool.h>
#include <stddef.h>

#define OCR_LEAST 2
#define OCR_MOST  25

bool ocr_is_digits(const char *text);     /* 1 to OCR_MOST digits and nothing else */
char ocr_check_digit(const char *digits); /* what must follow these digits: '0' to '9' */
bool ocr_is_valid(const char *text);      /* a number whose check digit is right */
bool ocr_has_length(const char *text);    /* valid, and its length digit is right too */

/*
 * Is `text` this number, as payers write it: the number itself, or the number with the check
 * digit, or the length digit and the check digit, that it lacks? Zeros in front do not count.
 */
bool ocr_means(const char *text, const char *number);

#endif
