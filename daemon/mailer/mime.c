/* SPDX-License-Identifier: EUPL-1.2 */
/* See mime.h. */
#include "daemon/mailer/mime.h"

#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/mailer/ics.h"
#include "rules/base/address.h"

#define CHARSET     "utf-8"
#define ID_MOST     200
#define LINE_WANTED 76
/* Encoded words: RFC 2047 2 allows 75 characters; so many that the header's name fits before. */
#define WORD_BEGIN "=?" CHARSET "?Q?"
#define WORD_END   "?="
#define WORD_MOST  64
/* When the office has named no sender; only the transport maildir lets that pass. */
#define SENDER_NOBODY "kedja@localhost"

bool mime_is_sound(const char *bytes, size_t length)
{
	size_t line = 0;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)bytes[i];
		if (c == '\0' || c > 126)
			return false;
		if (c == '\r' || c == '\n') {
			if (c == '\n' || i + 1 == length || bytes[i + 1] != '\n')
				return false;
			i++;
			line = 0;
		} else if (++line > MIME_LINE_MOST) {
			return false;
		}
	}
	return length > 0 && line == 0;
}

static bool has_controls(const char *text)
{
	for (; *text != '\0'; text++) {
		if ((unsigned char)*text < 32 || *text == 127)
			return true;
	}
	return false;
}

/* Letters and signs that RFC 5322 3.2.3 allows in an id, so that it needs no quoting. */
static bool is_id(const char *text, size_t length)
{
	size_t signs = 0;
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '@')
			signs++;
		else if (!g_ascii_isalnum(text[i]) &&
			 strchr(".!#$%&'*+/=?^_`{|}~-", text[i]) == NULL)
			return false;
	}
	return length >= 3 && length <= ID_MOST && signs == 1 && text[0] != '@' &&
	       text[length - 1] != '@';
}

char *mime_message_id(const char *text)
{
	size_t length = strlen(text);
	if (length >= 2 && text[0] == '<' && text[length - 1] == '>') {
		text++;
		length -= 2;
	}
	return is_id(text, length) ? xasprintf("%.*s", (int)length, text) : NULL;
}

/* "<a@b> <c@d>" out of ids with or without brackets; NULL if one of them is none. */
static char *references_normal(const char *text)
{
	char *normal = xstrdup("");
	char *copy = xstrdup(text), *rest = NULL;
	for (char *word = strtok_r(copy, " \t", &rest); word != NULL && normal != NULL;
	     word = strtok_r(NULL, " \t", &rest)) {
		char *id = mime_message_id(word);
		char *longer = id == NULL
				   ? NULL
				   : xasprintf("%s%s<%s>", normal, *normal == '\0' ? "" : " ", id);
		free(id);
		free(normal);
		normal = longer;
	}
	free(copy);
	return normal;
}

/* As RFC 5322 3.3 writes it, "Mon, 30 Nov 2026 08:00:00 +0100"; # stands for a digit. */
static bool is_date(const char *text)
{
	static const char shape[] = "Aaa, ## Aaa #### ##:##:## S####";
	static const char shape_short[] = "Aaa, # Aaa #### ##:##:## S####";
	const char *want = strlen(text) == strlen(shape) ? shape : shape_short;
	if (strlen(text) != strlen(want))
		return false;
	for (; *want != '\0'; want++, text++) {
		bool fits = *want == 'A'   ? g_ascii_isupper(*text)
			    : *want == 'a' ? g_ascii_islower(*text)
			    : *want == '#' ? g_ascii_isdigit(*text)
			    : *want == 'S' ? *text == '+' || *text == '-'
					   : *text == *want;
		if (!fits)
			return false;
	}
	return true;
}

/* NULL, or why the letter cannot be sent. */
static char *letter_fault(const struct mailer_letter *letter)
{
	const char *fault = address_fault(letter->to_address);
	if (fault != NULL)
		return xasprintf("the address of the recipient %s", fault);
	if (has_controls(letter->to_name))
		return xstrdup("the name of the recipient has a line break or another control "
			       "character");
	if (has_controls(letter->subject))
		return xstrdup("the subject has a line break or another control character");
	if (!is_date(letter->date))
		return xstrdup("the date is not one that a letter can carry: it must be as "
			       "\"Mon, 30 Nov 2026 08:00:00 +0100\"");
	return NULL;
}

/* Lines ended by LF whatever they were ended by, the last one too: GMime counts on it. */
static char *text_normal(const char *text)
{
	char *normal = xcalloc(strlen(text) + 2, 1), *end = normal;
	for (; *text != '\0'; text++) {
		if (*text == '\r' && text[1] == '\n')
			continue;
		*end++ = *text == '\r' ? '\n' : *text;
	}
	if (end == normal || end[-1] != '\n')
		*end = '\n';
	return normal;
}

static GMimeObject *part_new(const char *subtype, const char *text)
{
	GMimePart *part = g_mime_part_new_with_type("text", subtype);
	char *normal = text_normal(text);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(normal, strlen(normal));
	GMimeDataWrapper *content =
	    g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
	free(normal);
	g_object_unref(stream);
	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", CHARSET);
	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_object_unref(content);
	return GMIME_OBJECT(part);
}

/* Takes the parts over. In a quoted-printable part "=_" cannot occur, so neither can this. */
static GMimeObject *multipart_new(const char *subtype, const char *message_id, GMimeObject *first,
				  GMimeObject *second)
{
	GMimeMultipart *multipart = g_mime_multipart_new_with_subtype(subtype);
	char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, message_id, -1);
	char *boundary = xasprintf("=_%.32s_%c", hash, subtype[0]);
	g_mime_multipart_set_boundary(multipart, boundary);
	g_free(hash);
	free(boundary);
	g_mime_multipart_add(multipart, first);
	g_mime_multipart_add(multipart, second);
	g_object_unref(first);
	g_object_unref(second);
	return GMIME_OBJECT(multipart);
}

/* A calendar says in itself what is to be done with it, and the part must say the same. The name of
 * the file tells nothing of a case. */
static GMimeObject *ics_part(const char *calendar, bool cancelled, size_t number)
{
	GMimeObject *part = part_new("calendar", calendar);
	const char *stem = cancelled ? "kedja-borttaget" : "kedja";
	char *name =
	    number == 1 ? xasprintf("%s.ics", stem) : xasprintf("%s-%zu.ics", stem, number);
	g_mime_object_set_content_type_parameter(part, "method", cancelled ? "CANCEL" : "PUBLISH");
	g_mime_object_set_disposition(part, GMIME_DISPOSITION_ATTACHMENT);
	g_mime_part_set_filename(GMIME_PART(part), name);
	free(name);
	return part;
}

/* Takes the body over. */
static GMimeObject *with_part(GMimeObject *body, const char *message_id, GMimeObject *part)
{
	if (!GMIME_IS_MULTIPART(body) ||
	    !g_mime_content_type_is_type(g_mime_object_get_content_type(body), "multipart",
					 "mixed"))
		return multipart_new("mixed", message_id, body, part);
	g_mime_multipart_add(GMIME_MULTIPART(body), part);
	g_object_unref(part);
	return body;
}

static const char *sender_address(const struct mailer_settings *settings)
{
	return *settings->sender == '\0' ? SENDER_NOBODY : settings->sender;
}

/* A part for each entry that is cancelled, or for each that is not. Takes the body over. */
static GMimeObject *with_calendar(GMimeObject *body, const struct mailer_letter *letter,
				  const struct mailer_settings *settings, const char *message_id,
				  bool cancelled)
{
	struct ics_organizer organizer = { settings->sender_name, sender_address(settings) };
	size_t number = 0;
	for (size_t i = 0; i < json_array_size(letter->calendar); i++) {
		const json_t *entry = json_array_get(letter->calendar, i);
		if (ics_is_cancelled(entry) != cancelled)
			continue;
		char *text = ics_text(entry, letter->date, &organizer);
		body = with_part(body, message_id, ics_part(text, cancelled, ++number));
		free(text);
	}
	return body;
}

static GMimeObject *body_new(const struct mailer_letter *letter,
			     const struct mailer_settings *settings, const char *message_id)
{
	GMimeObject *body = part_new("plain", letter->text);
	if (letter->html != NULL)
		body =
		    multipart_new("alternative", message_id, body, part_new("html", letter->html));
	body = with_calendar(body, letter, settings, message_id, false);
	return with_calendar(body, letter, settings, message_id, true);
}

/* A growing text. */
struct words {
	char *text;
	size_t length, room;
	size_t word; /* where the encoded word begins */
};

static void words_add(struct words *words, const char *text)
{
	for (; *text != '\0'; text++) {
		words->text = array_grow(words->text, words->length + 1, &words->room, 1);
		words->text[words->length++] = *text;
		words->text[words->length] = '\0';
	}
}

/* One character, as RFC 2047 5 (3) writes it in front of an address, which fits a subject too. */
static void character_encode(const char *text, size_t length, char *ret)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c == ' ' || g_ascii_isalnum(c)) {
			*ret++ = c == ' ' ? '_' : (char)c;
		} else {
			*ret++ = '=';
			*ret++ = digits[c >> 4];
			*ret++ = digits[c & 15];
		}
	}
	*ret = '\0';
}

/* Encoded words, one a line. None ends within a character. */
static char *text_encode(const char *text)
{
	struct words words = { 0 };
	words_add(&words, WORD_BEGIN);
	while (*text != '\0') {
		char encoded[3 * 4 + 1];
		size_t length = 1;
		while (length < 4 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length++;
		character_encode(text, length, encoded);
		if (words.length - words.word + strlen(encoded) + strlen(WORD_END) > WORD_MOST) {
			words_add(&words, WORD_END "\n ");
			words.word = words.length;
			words_add(&words, WORD_BEGIN);
		}
		words_add(&words, encoded);
		text += length;
	}
	words_add(&words, WORD_END);
	return words.text;
}

/* Is it ASCII that says nothing but itself, with places to break a line at? */
static bool is_plain(const char *text)
{
	size_t word = 0;
	bool spaces = *text == ' ';
	for (const char *c = text; *c != '\0'; c++) {
		word = *c == ' ' ? 0 : word + 1;
		spaces = spaces || (*c == ' ' && (c[1] == ' ' || c[1] == '\0'));
		if ((unsigned char)*c > 126 || word > WORD_MOST)
			return false;
	}
	return !spaces && strstr(text, "=?") == NULL;
}

/* A header as it stands, value and line breaks. GMime's own encoding makes words that are too
 * long, and takes what looks like an encoded word for one. */
static void header_set(GMimeMessage *message, const char *name, const char *value)
{
	GMimeObject *object = GMIME_OBJECT(message);
	char *raw = xasprintf(" %s\n", value);
	g_mime_object_set_header(object, name, "", NULL);
	g_mime_header_set_raw_value(
	    g_mime_header_list_get_header(g_mime_object_get_header_list(object), name), raw);
	free(raw);
}

static void subject_set(GMimeMessage *message, const char *subject)
{
	if (*subject == '\0' || is_plain(subject)) {
		g_mime_message_set_subject(message, subject, CHARSET);
		return;
	}
	char *value = text_encode(subject);
	header_set(message, "Subject", value);
	free(value);
}

static bool is_atoms(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 "
				 "-_'+")] == '\0';
}

static void mailbox_set(GMimeMessage *message, const char *header, const char *name,
			const char *address)
{
	char *phrase = *name == '\0' ? xstrdup("")
		       : strlen(name) <= WORD_MOST && is_plain(name) && is_atoms(name)
			   ? xstrdup(name)
			   : text_encode(name);
	size_t line = strlen(header) + strlen(phrase) + strlen(address) + 5;
	char *value = xasprintf(*name == '\0' ? "%s%s%s" : "%s%s<%s>", phrase,
				*name == '\0'        ? ""
				: line > LINE_WANTED ? "\n "
						     : " ",
				address);
	header_set(message, header, value);
	free(phrase);
	free(value);
}

static GMimeMessage *message_new(const struct mailer_letter *letter,
				 const struct mailer_settings *settings, const char *message_id,
				 const char *references)
{
	GMimeMessage *message = g_mime_message_new(FALSE);
	GMimeObject *object = GMIME_OBJECT(message), *body = body_new(letter, settings, message_id);
	const char *sender = sender_address(settings);
	mailbox_set(message, "From", settings->sender_name, sender);
	mailbox_set(message, "To", letter->to_name, letter->to_address);
	g_mime_object_set_header(object, "Date", letter->date, CHARSET);
	g_mime_message_set_message_id(message, message_id);
	subject_set(message, letter->subject);
	if (*references != '\0')
		g_mime_object_set_header(object, "References", references, CHARSET);
	g_mime_object_set_header(object, "Auto-Submitted", "auto-generated", CHARSET);
	/* Exchange heeds nothing else. Never "All", which suppresses reports of non-delivery. */
	g_mime_object_set_header(object, "X-Auto-Response-Suppress", "DR, RN, NRN, AutoReply, OOF",
				 CHARSET);
	if (letter->urgent) { /* RFC 2156 5.3.4; the other is older and as widely read */
		g_mime_object_set_header(object, "Importance", "high", CHARSET);
		g_mime_object_set_header(object, "X-Priority", "1", CHARSET);
	}
	g_mime_message_set_mime_part(message, body);
	g_object_unref(body);
	return message;
}

static char *message_bytes(GMimeMessage *message, size_t *ret_length)
{
	GMimeFormatOptions *options = g_mime_format_options_new();
	GMimeStream *stream = g_mime_stream_mem_new();
	g_mime_format_options_set_newline_format(options, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(GMIME_OBJECT(message), options, stream);
	GByteArray *array = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	char *bytes = xcalloc(array->len + 1, 1);
	memcpy(bytes, array->data, array->len);
	*ret_length = array->len;
	g_object_unref(stream);
	g_mime_format_options_free(options);
	return bytes;
}

static char *build(const struct mailer_letter *letter, const struct mailer_settings *settings,
		   const char *message_id, const char *references, size_t *ret_length)
{
	GMimeMessage *message = message_new(letter, settings, message_id, references);
	char *bytes = message_bytes(message, ret_length);
	g_object_unref(message);
	return bytes;
}

int mime_build(const struct mailer_letter *letter, const struct mailer_settings *settings,
	       char **ret_bytes, size_t *ret_length, char **ret_reason)
{
	char *reason = letter_fault(letter), *bytes = NULL;
	size_t length = 0;
	char *id = mime_message_id(letter->message_id);
	char *references = references_normal(letter->references == NULL ? "" : letter->references);
	if (reason == NULL && (id == NULL || references == NULL))
		reason = xstrdup("the Message-ID or a reference is not one: it must be as "
				 "\"id@office.se\"");
	if (reason == NULL) {
		bytes = build(letter, settings, id, references, &length);
		if (!mime_is_sound(bytes, length))
			reason = xstrdup("the letter has a line that is too long to be sent");
	}
	free(id);
	free(references);
	if (reason != NULL) {
		free(bytes);
		*ret_reason = reason;
		return -1;
	}
	*ret_bytes = bytes;
	*ret_length = length;
	return 0;
}
