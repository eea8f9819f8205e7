/* SPDX-License-Identifier: EUPL-1.2 */
/* See hash.h. */
#include "rules/base/hash.h"

#include <string.h>

#define WIDE_PRIME (((hash_wide)1 << 88) | 0x13b)

uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * HASH_PRIME;
	return hash;
}

uint64_t hash_text(uint64_t hash, const char *text)
{
	return hash_bytes(hash, text, strlen(text) + 1);
}

uint64_t hash_number(uint64_t hash, uint64_t number)
{
	for (int i = 0; i < 8; i++) {
		hash = (hash ^ (number & 0xFF)) * HASH_PRIME;
		number >>= 8;
	}
	return hash;
}

hash_wide hash_wide_bytes(hash_wide hash, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * WIDE_PRIME;
	return hash;
}

hash_wide hash_wide_text(hash_wide hash, const char *text)
{
	return hash_wide_bytes(hash, text, strlen(text) + 1);
}

void hash_wide_letters(hash_wide hash, char letters[HASH_LETTERS_SIZE])
{
	for (int i = 0; i < 32; i++)
		letters[i] = (char)('a' + (int)(hash >> (124 - 4 * i) & 0xf));
	letters[32] = '\0';
}
