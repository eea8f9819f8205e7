/* SPDX-License-Identifier: EUPL-1.2 */
/* See utf8.h. */
#include "rules/base/utf8.h"

#include <string.h>

/* How many bytes a character has that starts so, and the bits of it in that first byte. */
static size_t leading(unsigned char first, uint32_t *ret_bits)
{
	if (first < 0x80) {
		*ret_bits = first;
		return 1;
	}
	if (first >= 0xC2 && first < 0xE0) {
		*ret_bits = first & 0x1F;
		return 2;
	}
	if (first >= 0xE0 && first < 0xF0) {
		*ret_bits = first & 0x0F;
		return 3;
	}
	if (first >= 0xF0 && first < 0xF5) {
		*ret_bits = first & 0x07;
		return 4;
	}
	return 0;
}

size_t utf8_read(const char *text, size_t length, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t letter = 0;
	if (length == 0)
		return 0;
	size_t size = leading((unsigned char)text[0], &letter);
	if (size == 0 || size > length)
		return 0;
	for (size_t i = 1; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];
		if ((byte & 0xC0) != 0x80)
			return 0;
		letter = letter << 6 | (byte & 0x3F);
	}
	if (letter < least[size] || letter > 0x10FFFF || (letter >= 0xD800 && letter <= 0xDFFF))
		return 0;
	*ret = letter;
	return size;
}

long utf8_length(const char *text)
{
	size_t left = strlen(text);
	long count = 0;
	while (left > 0) {
		uint32_t letter;
		size_t size = utf8_read(text, left, &letter);
		if (size == 0)
			return -1;
		text += size;
		left -= size;
		count++;
	}
	return count;
}
