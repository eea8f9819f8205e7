/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See conftext.h: a small tokenizer and a recursive descent over the grammar of libconfig. It
 * builds nothing; what it lets through, the library parses.
 */
#include "rules/conf/conftext.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "rules/base/utf8.h"

#define DEEPEST 32 /* nested groups and lists; ours have four */

enum token {
	TOKEN_END,
	TOKEN_NAME,
	TOKEN_TEXT,
	TOKEN_NUMBER,
	TOKEN_SIGN, /* one of = : ; , { } ( ) [ ] */
	TOKEN_BROKEN
};

struct scan {
	char *text;
	size_t at; /* where the next token is looked for */
	int line;
	const char *file;
	struct problems *problems;
	bool broken; /* the library could not parse it either */
	int depth;
	struct arena *names; /* of settings seen */
	/* the token looked at */
	enum token token;
	size_t start, size;
	int token_line;
};

/* The names in one group. */
struct seen {
	const char *name;
	int line;
	struct seen *older;
};

static void complain_broken(struct scan *scan, int line, const char *what)
{
	if (!scan->broken)
		problem_add(scan->problems, scan->file, line, "%s", what);
	scan->broken = true;
}

/* Where a text or comment that is not closed is met, the rest of the file means nothing. */
static void stop_here(struct scan *scan, int line, const char *what)
{
	complain_broken(scan, line, what);
	scan->at = strlen(scan->text);
}

static void skip_line(struct scan *scan)
{
	while (scan->text[scan->at] != '\0' && scan->text[scan->at] != '\n')
		scan->at++;
}

static void skip_block_comment(struct scan *scan)
{
	int line = scan->line;
	for (scan->at += 2; scan->text[scan->at] != '\0'; scan->at++) {
		if (strncmp(scan->text + scan->at, "*/", 2) == 0) {
			scan->at += 2;
			return;
		}
		if (scan->text[scan->at] == '\n')
			scan->line++;
	}
	stop_here(scan, line, "the comment that starts here is not closed: a \"*/\" is missing");
}

static void skip_space(struct scan *scan)
{
	for (;;) {
		const char *here = scan->text + scan->at;
		if (here[0] == '\n') {
			scan->line++;
			scan->at++;
		} else if (here[0] == ' ' || here[0] == '\t' || here[0] == '\r') {
			scan->at++;
		} else if (here[0] == '#' || (here[0] == '/' && here[1] == '/')) {
			skip_line(scan);
		} else if (here[0] == '/' && here[1] == '*') {
			skip_block_comment(scan);
		} else {
			return;
		}
	}
}

static void check_escape(struct scan *scan, char escaped)
{
	if (escaped != '\0' && strchr("\"\\nrt", escaped) != NULL)
		return;
	if (escaped == '\n')
		problem_add(scan->problems, scan->file, scan->line,
			    "a backslash at the end of the line: leave it out, a text may go on "
			    "in the next line");
	else
		problem_add(scan->problems, scan->file, scan->line,
			    "unknown escape \"\\%c\" in a text: write the letter itself "
			    "(known are \\\" \\\\ \\n \\r \\t)",
			    escaped);
}

static void read_text(struct scan *scan)
{
	int line = scan->line;
	scan->token = TOKEN_TEXT;
	for (scan->at++; scan->text[scan->at] != '\0'; scan->at++) {
		char here = scan->text[scan->at];
		if (here == '"') {
			scan->at++;
			return;
		}
		if (here == '\\' && scan->text[scan->at + 1] != '\0') {
			here = scan->text[++scan->at];
			check_escape(scan, here);
		}
		if (here == '\n')
			scan->line++;
	}
	stop_here(scan, line,
		  "the text that starts here is not closed: a '\"' is missing, here or before");
	scan->token = TOKEN_END;
}

/* Of a whole number as the library knows it, in `ret_base`; without its L. 0 if it is none. */
static size_t whole_number(const char *digits, size_t length, int *ret_base)
{
	size_t start = digits[0] == '-' || digits[0] == '+';
	size_t end = length;
	const char *allowed = "0123456789";
	int base = 10;
	for (int i = 0; i < 2 && end > 0 && digits[end - 1] == 'L'; i++)
		end--;
	if (end > 2 && strncasecmp(digits, "0x", 2) == 0) {
		start = 2;
		allowed = "0123456789abcdefABCDEF";
		base = 16;
	}
	if (end <= start || strspn(digits + start, allowed) < end - start)
		return 0;
	*ret_base = base;
	return end;
}

/* Does it fit? The library would wrap it without a word. */
static void check_whole(struct scan *scan, const char *digits, size_t length, size_t end, int base)
{
	bool large = end < length;
	errno = 0;
	long long value = strtoll(digits, NULL, base);
	if (errno == 0 && (large || (value >= INT32_MIN && value <= INT32_MAX)))
		return;
	problem_add(scan->problems, scan->file, scan->line, "the number %.*s %s",
		    (int)(length < 40 ? length : 40), digits,
		    errno != 0 ? "is too large: it has no place in 64 bits"
			       : "does not fit 32 bits: write an L behind it");
}

static void check_number(struct scan *scan, const char *digits, size_t length)
{
	int base = 10;
	size_t end = whole_number(digits, length, &base);
	if (end > 0) {
		check_whole(scan, digits, length, end, base);
		return;
	}
	char *behind = NULL;
	strtod(digits, &behind);
	if (behind != digits + length || strspn(digits, "0123456789.+-eE") < length)
		stop_here(scan, scan->line,
			  "this is neither a number nor a text: a text stands in quotation marks");
}

static void read_number(struct scan *scan)
{
	size_t start = scan->at++;
	scan->token = TOKEN_NUMBER;
	while (isalnum((unsigned char)scan->text[scan->at]) || scan->text[scan->at] == '.' ||
	       ((scan->text[scan->at] == '+' || scan->text[scan->at] == '-') &&
		strchr("eE", scan->text[scan->at - 1]) != NULL))
		scan->at++;
	check_number(scan, scan->text + start, scan->at - start);
}

static void read_name(struct scan *scan)
{
	scan->token = TOKEN_NAME;
	while (isalnum((unsigned char)scan->text[scan->at]) ||
	       (scan->text[scan->at] != '\0' && strchr("*_-", scan->text[scan->at]) != NULL))
		scan->at++;
}

static void read_unknown(struct scan *scan)
{
	scan->token = TOKEN_BROKEN;
	if (strncmp(scan->text + scan->at, "@include", 8) == 0)
		complain_broken(scan, scan->line,
				"@include is not read: put the settings into this file");
	scan->at++;
}

static void next_token(struct scan *scan)
{
	skip_space(scan);
	char here = scan->text[scan->at];
	scan->start = scan->at;
	scan->token_line = scan->line;
	if (here == '\0') {
		scan->token = TOKEN_END;
	} else if (here == '"') {
		read_text(scan);
	} else if (isalpha((unsigned char)here) || here == '*') {
		read_name(scan);
	} else if (isdigit((unsigned char)here) || strchr("+-.", here) != NULL) {
		read_number(scan);
	} else if (strchr("=:;,{}()[]", here) != NULL) {
		scan->token = TOKEN_SIGN;
		scan->at++;
	} else {
		read_unknown(scan);
	}
	scan->size = scan->at - scan->start;
}

static bool is_sign(const struct scan *scan, const char *signs)
{
	return scan->token == TOKEN_SIGN && strchr(signs, scan->text[scan->start]) != NULL;
}

static void complain_expected(struct scan *scan, const char *expected)
{
	if (scan->token == TOKEN_END)
		problem_add(scan->problems, scan->file, scan->token_line,
			    "the file ends here: %s was expected", expected);
	else
		problem_add(scan->problems, scan->file, scan->token_line,
			    "\"%.*s\" was not expected here: %s was",
			    (int)(scan->size < 40 ? scan->size : 40), scan->text + scan->start,
			    expected);
}

static void expected(struct scan *scan, const char *what)
{
	if (!scan->broken)
		complain_expected(scan, what);
	scan->broken = true;
}

/* Makes the library not see a piece of the text, without moving any line. */
static void blank(char *text, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++)
		if (text[i] != '\n')
			text[i] = ' ';
}

static void read_value(struct scan *scan);
static void read_settings(struct scan *scan, const char *end);

/* ( value, value ) or [ value, value ] */
static void read_list(struct scan *scan, const char *end)
{
	next_token(scan);
	while (!scan->broken && !is_sign(scan, end)) {
		read_value(scan);
		if (is_sign(scan, ",")) {
			size_t comma = scan->start;
			next_token(scan);
			if (is_sign(scan, end))
				blank(scan->text, comma, comma + 1);
		} else if (!is_sign(scan, end)) {
			expected(scan, end[0] == ')' ? "\",\" or \")\"" : "\",\" or \"]\"");
		}
	}
}

static void read_nested(struct scan *scan)
{
	char bracket = scan->text[scan->start];
	if (++scan->depth > DEEPEST) {
		complain_broken(scan, scan->token_line, "groups and lists are nested too deep");
		return;
	}
	if (bracket == '{') {
		next_token(scan);
		read_settings(scan, "}");
	} else {
		read_list(scan, bracket == '(' ? ")" : "]");
	}
	scan->depth--;
	if (!scan->broken)
		next_token(scan);
}

static bool is_flag(const struct scan *scan)
{
	return (scan->size == 4 && strncasecmp(scan->text + scan->start, "true", 4) == 0) ||
	       (scan->size == 5 && strncasecmp(scan->text + scan->start, "false", 5) == 0);
}

/* Leaves the token behind the value as the one looked at. */
static void read_value(struct scan *scan)
{
	if (scan->token == TOKEN_TEXT) {
		while (scan->token == TOKEN_TEXT)
			next_token(scan);
	} else if (scan->token == TOKEN_NUMBER || (scan->token == TOKEN_NAME && is_flag(scan))) {
		next_token(scan);
	} else if (is_sign(scan, "{([")) {
		read_nested(scan);
	} else if (scan->token == TOKEN_NAME) {
		expected(scan, "a value (a text stands in quotation marks)");
	} else {
		expected(scan, "a value");
	}
}

/* Has this name been seen in the group? If not, it is now. */
static bool is_repeated(struct scan *scan, struct seen **seen)
{
	for (struct seen *old = *seen; old != NULL; old = old->older) {
		if (strlen(old->name) == scan->size &&
		    strncmp(old->name, scan->text + scan->start, scan->size) == 0) {
			problem_add(scan->problems, scan->file, scan->token_line,
				    "\"%s\" stands twice: it was given in line %d already",
				    old->name, old->line);
			return true;
		}
	}
	struct seen *name = arena_alloc(scan->names, sizeof(*name));
	name->name = arena_strndup(scan->names, scan->text + scan->start, scan->size);
	name->line = scan->token_line;
	name->older = *seen;
	*seen = name;
	return false;
}

/* name = value; */
static void read_setting(struct scan *scan, struct seen **seen)
{
	size_t start = scan->start;
	bool repeated = is_repeated(scan, seen);
	size_t end = scan->at;
	next_token(scan);
	if (!is_sign(scan, "=:")) {
		expected(scan, "\"=\" between a key and its value");
		return;
	}
	next_token(scan);
	read_value(scan);
	end = scan->start;
	if (!scan->broken && is_sign(scan, ";,")) {
		end = scan->at;
		next_token(scan);
	}
	if (repeated && !scan->broken)
		blank(scan->text, start, end);
}

/* Settings up to the sign that ends them; at the top level `end` is "" and the file ends. */
static void read_settings(struct scan *scan, const char *end)
{
	struct seen *seen = NULL;
	while (!scan->broken) {
		if (scan->token == TOKEN_NAME)
			read_setting(scan, &seen);
		else if (end[0] == '\0' ? scan->token == TOKEN_END : is_sign(scan, end))
			return;
		else
			expected(scan, end[0] == '\0' ? "a key" : "a key or \"}\"");
	}
}

int conftext_check(char *text, const char *file, struct problems *problems)
{
	struct scan scan = {
		.text = text, .line = 1, .file = file, .problems = problems, .names = arena_new()
	};
	next_token(&scan);
	read_settings(&scan, "");
	arena_free(scan.names);
	return scan.broken ? -1 : 0;
}

int conftext_check_bytes(const char *text, size_t length, const char *file,
			 struct problems *problems)
{
	int line = 1;
	if (length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
		problem_add(problems, file, 1,
			    "a byte order mark at the start: save the file as UTF-8 without it");
		return -1;
	}
	for (size_t i = 0; i < length;) {
		uint32_t letter = 0;
		size_t size = utf8_read(text + i, length - i, &letter);
		if (size == 0) {
			problem_add(problems, file, line,
				    "not UTF-8 (byte 0x%02x): save the file as UTF-8",
				    (unsigned)(unsigned char)text[i]);
			return -1;
		}
		if ((letter < 0x20 && letter != '\t' && letter != '\n' && letter != '\r') ||
		    letter == 0x7F) {
			problem_add(problems, file, line, "a control character (0x%02x): remove it",
				    (unsigned)letter);
			return -1;
		}
		line += letter == '\n';
		i += size;
	}
	return 0;
}
