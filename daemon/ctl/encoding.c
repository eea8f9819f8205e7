/* SPDX-License-Identifier: EUPL-1.2 */
/* See encoding.h. */
#include "daemon/ctl/encoding.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/buffer.h"
#include "daemon/ctl/terminal.h"

/* 0x80 to 0x9F of Windows-1252, by its table at the Unicode Consortium; 0: nothing. */
static const uint16_t upper[32] = {
	0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
	0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
	0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178
};

struct decoding {
	const unsigned char *bytes;
	size_t length;
	const char *file;
	int line;
	struct buffer out;
	struct problems *problems;
};

static void put(struct decoding *decoding, uint32_t letter)
{
	struct buffer *out = &decoding->out;
	decoding->line += letter == '\n';
	if (letter < 0x80) {
		buffer_add_byte(out, (char)letter);
		return;
	}
	if (letter < 0x800) {
		buffer_add_byte(out, (char)(0xc0 | letter >> 6));
	} else if (letter < 0x10000) {
		buffer_add_byte(out, (char)(0xe0 | letter >> 12));
		buffer_add_byte(out, (char)(0x80 | (letter >> 6 & 0x3f)));
	} else {
		buffer_add_byte(out, (char)(0xf0 | letter >> 18));
		buffer_add_byte(out, (char)(0x80 | (letter >> 12 & 0x3f)));
		buffer_add_byte(out, (char)(0x80 | (letter >> 6 & 0x3f)));
	}
	buffer_add_byte(out, (char)(0x80 | (letter & 0x3f)));
}

static bool complain(struct decoding *decoding, const char *text)
{
	problem_add(decoding->problems, decoding->file, decoding->line, "%s", text);
	return false;
}

/* --- UTF-16 ---------------------------------------------------------------------------------- */

enum order { ORDER_NONE, ORDER_LITTLE, ORDER_BIG };

static enum order find_order(const unsigned char *bytes, size_t length)
{
	if (length >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe)
		return ORDER_LITTLE;
	if (length >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff)
		return ORDER_BIG;
	if (length < 4)
		return ORDER_NONE;
	if (bytes[0] != 0 && bytes[1] == 0 && bytes[2] != 0 && bytes[3] == 0)
		return ORDER_LITTLE;
	if (bytes[0] == 0 && bytes[1] != 0 && bytes[2] == 0 && bytes[3] != 0)
		return ORDER_BIG;
	return ORDER_NONE;
}

bool encoding_is_utf16(const char *bytes, size_t length)
{
	return find_order((const unsigned char *)bytes, length) != ORDER_NONE;
}

static uint32_t unit_at(const struct decoding *decoding, size_t at, enum order order)
{
	const unsigned char *unit = decoding->bytes + at;
	return order == ORDER_LITTLE ? unit[0] | (uint32_t)unit[1] << 8
				     : unit[1] | (uint32_t)unit[0] << 8;
}

static bool from_utf16(struct decoding *decoding, enum order order)
{
	if (decoding->length % 2 != 0)
		return complain(decoding, "is UTF-16 that ends within a letter: save it again");
	for (size_t at = 0; at < decoding->length; at += 2) {
		uint32_t letter = unit_at(decoding, at, order);
		bool is_first = letter >= 0xd800 && letter < 0xdc00;
		bool has_more = at + 2 < decoding->length;
		uint32_t second = is_first && has_more ? unit_at(decoding, at + 2, order) : 0;
		if (second >= 0xdc00 && second < 0xe000) {
			letter = 0x10000 + ((letter - 0xd800) << 10) + (second - 0xdc00);
			at += 2;
		} else if (letter >= 0xd800 && letter < 0xe000) {
			return complain(decoding, "is UTF-16 with half a letter: save it again");
		}
		if (at > 0 || letter != 0xfeff)
			put(decoding, letter);
	}
	return true;
}

/* --- Windows-1252 ---------------------------------------------------------------------------- */

/* UTF-8 of the letters of Swedish; as Windows-1252 it would be a capital A with a tilde and a sign,
 * which no Swedish text has. */
static bool is_utf8_letter(const unsigned char *at, size_t left)
{
	static const char seconds[] = "\xa5\xa4\xb6\x85\x84\x96\xa9\x89\xbc\x9c";
	return left >= 2 && at[0] == 0xc3 && strchr(seconds, at[1]) != NULL && at[1] != '\0';
}

static bool from_windows(struct decoding *decoding)
{
	for (size_t i = 0; i < decoding->length; i++) {
		unsigned char byte = decoding->bytes[i];
		uint32_t letter = byte >= 0x80 && byte < 0xa0 ? upper[byte - 0x80] : byte;
		if (is_utf8_letter(decoding->bytes + i, decoding->length - i))
			return complain(decoding, "is UTF-8 in this line and not in others: "
						  "save the file as UTF-8");
		if (byte >= 0x80 && letter == 0)
			return complain(decoding,
					"is neither UTF-8 nor Windows-1252: save the file as "
					"UTF-8");
		put(decoding, letter);
	}
	return true;
}

const char *encoding_to_utf8(const char *bytes, size_t length, const char *file, size_t *ret_length,
			     char **ret_made, struct problems *problems)
{
	struct decoding decoding = { .bytes = (const unsigned char *)bytes,
				     .length = length,
				     .file = file,
				     .line = 1,
				     .out = BUFFER_NONE,
				     .problems = problems };
	enum order order = find_order(decoding.bytes, length);
	size_t mark = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	*ret_made = NULL;
	*ret_length = length - mark;
	if (order == ORDER_NONE && terminal_is_utf8(bytes + mark, length - mark))
		return bytes + mark;
	buffer_add(&decoding.out, "", 0);
	bool right = order == ORDER_NONE ? from_windows(&decoding) : from_utf16(&decoding, order);
	*ret_length = decoding.out.length;
	*ret_made = buffer_take(&decoding.out);
	if (right)
		return *ret_made;
	free(*ret_made);
	*ret_made = NULL;
	return NULL;
}
