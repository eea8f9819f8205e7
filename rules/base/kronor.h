/* SPDX-License-Identifier: EUPL-1.2 */
/* Kronor as people write and read them; inside kedja an amount is whole öre. */
#ifndef KEDJA_KRONOR_H
#define KEDJA_KRONOR_H

#include <stdint.h>

#include "rules/base/mem.h"

#define KRONOR_MOST      INT64_C(1000000000000) /* öre: more than any town pays */
#define KRONOR_TEXT_SIZE 24

/*
 * "5000", "5 000,50", "5000.50 kr", "-40:-": blanks of any width between thousands, a comma or a
 * point before one or two decimals, and kr, kronor, SEK or ":-" behind; '-' or U+2212 (minus)
 * before what is below zero. What could be read in two ways ("5.000") is refused. 0 with öre in
 * *ret, from -KRONOR_MOST to KRONOR_MOST; -1 with what is wrong in *ret_reason, which goes on from
 * the name of the field.
 */
MUST_CHECK int kronor_parse(const char *text, int64_t *ret, const char **ret_reason);

/* 540050 -> "5400.50"; -1 -> "-0.01". Returns `ret`. */
char *kronor_format(int64_t ore, char ret[KRONOR_TEXT_SIZE]);

#endif
