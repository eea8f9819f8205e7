/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * FNV-1a, for tables, for versions and for names that are made from what a thing says: the same
 * everywhere and for ever, since some of it is stored. It is no protection against anybody.
 *
 *   hash = hash_number(hash_text(HASH_START, subject), occurrence);
 *   hash = hash_wide_text(HASH_WIDE_START, text);          128 bits: where two must never meet
 *   hash_wide_letters(hash, letters);
 */
#ifndef KEDJA_HASH_H
#define KEDJA_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Offset basis and prime from the FNV draft of the IETF. */
#define HASH_START UINT64_C(14695981039346656037)
#define HASH_PRIME UINT64_C(1099511628211)

uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t length);
uint64_t hash_text(uint64_t hash, const char *text); /* with its NUL: no two texts run together */
uint64_t hash_number(uint64_t hash, uint64_t number);

typedef unsigned __int128 hash_wide;
#define HASH_WIDE_START (((hash_wide)0x6c62272e07bb0142 << 64) | 0x62b821756295c58d)

hash_wide hash_wide_bytes(hash_wide hash, const char *bytes, size_t length);
hash_wide hash_wide_text(hash_wide hash, const char *text); /* with its NUL */

/* As 32 letters a to p: ten digits in a row could look like a personal number. */
#define HASH_LETTERS_SIZE 33
void hash_wide_letters(hash_wide hash, char letters[HASH_LETTERS_SIZE]);

#endif
