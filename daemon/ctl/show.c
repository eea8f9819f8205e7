/* SPDX-License-Identifier: EUPL-1.2 */
/* See show.h. */
#include "daemon/ctl/show.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/ctl/buffer.h"
#include "daemon/ctl/terminal.h"
#include "rules/base/kronor.h"
#include "rules/base/utf8.h"

static void escape_character(struct buffer *out, uint32_t character)
{
	if (character == '\n')
		buffer_add_text(out, "\\n");
	else if (character == '\t')
		buffer_add_text(out, "\\t");
	else if (character == '\r')
		buffer_add_text(out, "\\r");
	else if (character < 0x100)
		buffer_printf(out, "\\x%02x", character);
	else
		buffer_printf(out, "\\u{%x}", character);
}

char *show_escape(const char *text, bool lines)
{
	struct buffer out = BUFFER_NONE;
	size_t length = strlen(text);
	for (size_t i = 0, step; i < length; i += step) {
		uint32_t character;
		step = utf8_read(text + i, length - i, &character);
		if (step == 0) {
			step = 1;
			buffer_printf(&out, "\\x%02x", (unsigned char)text[i]);
		} else if (lines && (character == '\n' || character == '\t')) {
			buffer_add_byte(&out, text[i]);
		} else if (terminal_is_control(character)) {
			escape_character(&out, character);
		} else {
			buffer_add(&out, text + i, step);
		}
	}
	return buffer_take(&out);
}

size_t show_width(const char *text)
{
	size_t width = 0, length = strlen(text);
	for (size_t i = 0, step; i < length; i += step) {
		uint32_t character = 0;
		step = utf8_read(text + i, length - i, &character);
		width += step == 0 ? 1 : (size_t)terminal_columns(character);
		step = step == 0 ? 1 : step;
	}
	return width;
}

void show_printf(FILE *out, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = xvasprintf(format, args);
	va_end(args);
	char *escaped = show_escape(text, true);
	fputs(escaped, out);
	free(escaped);
	free(text);
}

void show_problems(FILE *out, const char *before, const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		char *text = problem_format(&problems->list[i]);
		char *safe = show_escape(text, false);
		fprintf(out, "%s%s\n", before, safe);
		free(safe);
		free(text);
	}
}

void show_progress(const char *format, ...)
{
	va_list args;
	if (isatty(STDERR_FILENO) != 1)
		return;
	fputc('\r', stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
}

void show_end_progress(void)
{
	if (isatty(STDERR_FILENO) == 1)
		fputs("\r\033[K", stderr);
}

static char *show_list(const json_t *list)
{
	struct buffer out = BUFFER_NONE;
	for (size_t i = 0; i < json_array_size(list); i++) {
		char *item = show_value(json_array_get(list, i));
		buffer_printf(&out, "%s%s", i == 0 ? "" : ", ", item);
		free(item);
	}
	return buffer_take(&out);
}

static char *show_encoded(const json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
	char *copy = xstrdup(text == NULL ? "" : text);
	free(text);
	return copy;
}

char *show_value(const json_t *value)
{
	if (value == NULL)
		return xstrdup("");
	switch (json_typeof(value)) {
	case JSON_NULL:
		return xstrdup("");
	case JSON_TRUE:
		return xstrdup("yes");
	case JSON_FALSE:
		return xstrdup("no");
	case JSON_STRING:
		return xstrdup(json_string_value(value));
	case JSON_ARRAY:
		return show_list(value);
	case JSON_INTEGER:
	case JSON_REAL:
	case JSON_OBJECT:
		break;
	}
	return show_encoded(value);
}

/* Does the text have the shape of the pattern, in which 0 stands for any digit? */
static bool has_shape(const char *text, const char *pattern)
{
	for (; *pattern != '\0'; text++, pattern++) {
		bool digit = *text >= '0' && *text <= '9';
		if (*pattern == '0' ? !digit : *text != *pattern)
			return false;
	}
	return true;
}

char *show_time(const char *time)
{
	if (!has_shape(time, "0000-00-00T00:00"))
		return xstrdup(time);
	bool seconds = has_shape(time + 16, ":00") && strncmp(time + 17, "00", 2) != 0;
	return xasprintf("%.10s %.*s", time, seconds ? 8 : 5, time + 11);
}

char *show_kronor(int64_t ore)
{
	char text[KRONOR_TEXT_SIZE];
	return xstrdup(kronor_format(ore, text));
}

char *form_time(const json_t *row, const json_t *value)
{
	(void)row;
	return json_is_string(value) ? show_time(json_string_value(value)) : show_value(value);
}

char *form_kronor(const json_t *row, const json_t *value)
{
	(void)row;
	return json_is_integer(value) ? show_kronor(json_integer_value(value)) : show_value(value);
}

static void write_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

void show_csv_cell(FILE *out, const char *text)
{
	char *plain = show_escape(text, false);
	if (strpbrk(plain, ",;\"\r\n") == NULL)
		fputs(plain, out);
	else
		write_quoted(out, plain);
	free(plain);
}

const char *show_text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text == NULL ? "" : text;
}

json_int_t show_number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

bool show_may_colour(FILE *out)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	if (no != NULL && *no != '\0')
		return false;
	return term != NULL && strcmp(term, "dumb") != 0 && isatty(fileno(out)) == 1;
}

/* jansson escapes what JSON makes it escape; DEL and C1 it lets through, terminals may obey them.
 */
static void write_json_safely(FILE *out, const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
		if (*p == 0x7f)
			fputs("\\u007f", out);
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
			fprintf(out, "\\u%04x", *++p);
		else
			fputc(*p, out);
	}
}

static void write_json(FILE *out, const json_t *value, size_t flags)
{
	char *text = json_dumps(value, flags | JSON_ENCODE_ANY);
	if (text == NULL)
		abort(); /* only out of memory: what jansson has read it can write */
	write_json_safely(out, text);
	free(text);
}

void show_json(FILE *out, const json_t *value)
{
	write_json(out, value, JSON_INDENT(2));
	fputc('\n', out);
}

void show_json_line(FILE *out, const json_t *value)
{
	write_json(out, value, JSON_COMPACT);
}
