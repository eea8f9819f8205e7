/* SPDX-License-Identifier: EUPL-1.2 */
/* See wrap.h. */
#include "daemon/base/wrap.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

char *wrap_join(const char *text)
{
	char *joined = xcalloc(strlen(text) + 1, 1);
	size_t length = 0;
	for (const char *c = text; *c != '\0'; c++) {
		if (!is_blank(*c))
			joined[length++] = *c;
		else if (length > 0 && joined[length - 1] != ' ')
			joined[length++] = ' ';
	}
	if (length > 0 && joined[length - 1] == ' ')
		length--;
	joined[length] = '\0';
	return joined;
}

size_t wrap_width(const char *text, size_t length)
{
	size_t count = 0;
	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

/* Where the text begins on a line such as "  12. text" or "- text". */
static size_t hang_of(const char *line, size_t length)
{
	size_t indent = 0;
	while (indent < length && line[indent] == ' ')
		indent++;
	size_t after = indent;
	while (after < length && line[after] >= '0' && line[after] <= '9')
		after++;
	if (after > indent && after + 1 < length && line[after] == '.' && line[after + 1] == ' ')
		return after + 2;
	if (indent + 1 < length && line[indent] == '-' && line[indent + 1] == ' ')
		return indent + 2;
	return indent;
}

static void wrap_line(FILE *out, const char *line, size_t length, size_t columns)
{
	size_t hang = hang_of(line, length), column = 0;
	while (column < length && line[column] == ' ')
		column++;
	fprintf(out, "%*s", (int)column, "");
	bool first = true;
	for (size_t at = column; at < length;) {
		size_t word = 0;
		while (at + word < length && !is_blank(line[at + word]))
			word++;
		size_t wide = wrap_width(line + at, word);
		if (word > 0 && !first && column + 1 + wide > columns) {
			fprintf(out, "\n%*s", (int)hang, "");
			column = hang;
			first = true;
		}
		if (word > 0) {
			fprintf(out, "%s%.*s", first ? "" : " ", (int)word, line + at);
			column += wide + (first ? 0 : 1);
			first = false;
		}
		at += word > 0 ? word : 1;
	}
	putc('\n', out);
}

char *wrap_text(const char *text, size_t columns)
{
	char *wrapped = NULL;
	size_t size = 0;
	bool gap = false, begun = false;
	FILE *out = open_memstream(&wrapped, &size);
	if (out == NULL)
		abort(); /* out of memory */
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		size_t used = length;
		while (used > 0 && is_blank(text[used - 1]))
			used--;
		if (used > 0) {
			if (gap && begun)
				putc('\n', out);
			wrap_line(out, text, used, columns);
			begun = true;
		}
		gap = used == 0;
		text += length + (text[length] == '\n' ? 1 : 0);
	}
	if (!begun)
		putc('\n', out);
	if (fclose(out) != 0)
		abort();
	return wrapped;
}
