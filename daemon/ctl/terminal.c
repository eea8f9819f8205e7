/* SPDX-License-Identifier: EUPL-1.2 */
/* See terminal.h. The tables hold the ranges that names and letters may contain, not all of
 * Unicode. */
#include "daemon/ctl/terminal.h"

#include "rules/base/utf8.h"

struct range {
	uint32_t first, last;
};

static const struct range combining[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a },
	{ 0x064b, 0x065f }, { 0x0670, 0x0670 }, { 0x06d6, 0x06dc }, { 0x0730, 0x074a },
	{ 0x093a, 0x093a }, { 0x093c, 0x093c }, { 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f },
	{ 0xfe20, 0xfe2f },
};

static const struct range wide[] = {
	{ 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0xa4cf },   { 0xac00, 0xd7a3 },
	{ 0xf900, 0xfaff },   { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },
	{ 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static const struct range controls[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c }, { 0x200b, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xe0000, 0xe007f },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_in(uint32_t character, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (character >= ranges[i].first && character <= ranges[i].last)
			return true;
	return false;
}

bool terminal_is_utf8(const char *text, size_t length)
{
	uint32_t character;
	for (size_t i = 0; i < length;) {
		size_t step = utf8_read(text + i, length - i, &character);
		if (step == 0)
			return false;
		i += step;
	}
	return true;
}

int terminal_columns(uint32_t character)
{
	if (character < 0x300)
		return 1;
	if (is_in(character, combining, COUNT(combining)))
		return 0;
	return is_in(character, wide, COUNT(wide)) ? 2 : 1;
}

bool terminal_is_control(uint32_t character)
{
	return is_in(character, controls, COUNT(controls));
}
