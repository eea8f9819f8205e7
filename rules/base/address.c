/* SPDX-License-Identifier: EUPL-1.2 */
/* See address.h. */
#include "rules/base/address.h"

#include <stdbool.h>
#include <string.h>

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_local(char c)
{
	return is_letter(c) || is_digit(c) || (c != '\0' && strchr("._+-='&", c) != NULL);
}

/* The part before the @. A hyphen in front would be an option to many a mail program. */
static const char *local_fault(const char *text, size_t length)
{
	if (length == 0)
		return "has nothing before the @: write it as name@office.se";
	if (length > ADDRESS_LOCAL_MOST)
		return "has more than 64 characters before the @";
	if (text[0] == '-')
		return "begins with a hyphen: it must begin with a letter or a digit";
	if (text[0] == '.' || text[length - 1] == '.')
		return "has a dot at the beginning or the end of the part before the @";
	for (size_t i = 0; i < length; i++) {
		if (!is_local(text[i]))
			return "has a character that is not allowed before the @: "
			       "letters a-z, digits and . _ + - = ' & are";
		if (text[i] == '.' && text[i + 1] == '.')
			return "has two dots in a row";
	}
	return NULL;
}

/* One name between dots. */
static const char *label_fault(const char *text, size_t length)
{
	if (length == 0)
		return "has a dot too many after the @";
	if (length > ADDRESS_LABEL_MOST)
		return "has more than 63 characters between two dots after the @";
	if (text[0] == '-' || text[length - 1] == '-')
		return "has a name after the @ that begins or ends with a hyphen";
	for (size_t i = 0; i < length; i++) {
		if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '-')
			return "has a character that is not allowed after the @: "
			       "letters a-z, digits, hyphens and dots are";
	}
	return NULL;
}

static bool is_number(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!is_digit(text[i]))
			return false;
	}
	return true;
}

static const char *domain_fault(const char *text)
{
	if (*text == '\0')
		return "has nothing after the @: write it as name@office.se";
	for (;;) {
		size_t length = strcspn(text, ".");
		const char *fault = label_fault(text, length);
		if (fault != NULL)
			return fault;
		if (text[length] == '\0')
			return is_number(text, length) ? "ends in a number: a name of a domain is "
							 "wanted after the @"
						       : NULL;
		text += length + 1;
	}
}

const char *address_fault(const char *address)
{
	if (address == NULL || *address == '\0')
		return "is empty: write it as name@office.se";
	if (strnlen(address, ADDRESS_MOST + 1) > ADDRESS_MOST)
		return "is longer than 254 characters";
	const char *at = strchr(address, '@');
	if (at == NULL)
		return "has no @: write it as name@office.se";
	if (strchr(at + 1, '@') != NULL)
		return "has more than one @: write it as name@office.se";
	const char *fault = local_fault(address, (size_t)(at - address));
	return fault != NULL ? fault : domain_fault(at + 1);
}
