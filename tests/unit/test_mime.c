/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters as bytes: held against a letter written down once, and against what a wire demands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/mailer/mime.h"

static const struct mailer_settings settings = { .sender = "kedja@exempel.se",
						 .sender_name = "Kedja på Östermalm" };

static struct mailer_letter letter_new(void)
{
	return (struct mailer_letter){
		.id = 17,
		.message_id = "17.3f2a@exempel.se",
		.date = "Mon, 30 Nov 2026 08:00:00 +0100",
		.to_name = "Åsa Öberg",
		.to_address = "asa.oberg@exempel.se",
		.subject = "Påminnelse: en handlingsplan väntar på uppföljning, och en till",
		.text = "Hej Åsa!\n\n.punkt först\nFrom now on: räksmörgås = bra \n\nslut",
	};
}

struct built {
	char *bytes, *reason;
	size_t length;
};

static struct built build(const struct mailer_letter *letter)
{
	struct built built = { 0 };
	if (mime_build(letter, &settings, &built.bytes, &built.length, &built.reason) == 0)
		assert_true(mime_is_sound(built.bytes, built.length));
	else
		assert_non_null(built.reason);
	return built;
}

static void built_clear(struct built *built)
{
	free(built->bytes);
	free(built->reason);
}

static char *file_text(const char *path)
{
	static char text[16384];
	FILE *file = fopen(path, "r");
	if (file == NULL)
		fail_msg("%s is not there", path);
	size_t length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[length] = '\0';
	return text;
}

/* The golden letter has LF at its lines' ends, as files have. */
static void letter_is_as_written_down(void **state)
{
	(void)state;
	struct mailer_letter letter = letter_new();
	letter.html = "<p>Hej Åsa</p>\n";
	letter.references = "<1.aa@exempel.se> 2.bb@exempel.se";
	letter.calendar = json_pack(
	    "[{s:s, s:i, s:s, s:s, s:s}, {s:s, s:i, s:s, s:s, s:b}, {s:s, s:i, s:s, s:s}]", "uid",
	    "d1@exempel.se", "sequence", 0, "day", "2027-03-01", "summary",
	    "Bevakning i ärende K-0417", "description", "Rad ett; två, tre.\nRad två", "uid",
	    "d2@exempel.se", "sequence", 3, "day", "2027-12-31", "summary", "Bevakning att hantera",
	    "cancelled", 1, "uid", "d3@exempel.se", "sequence", 0, "day", "2027-03-02", "summary",
	    "Bevakning i ärende K-0418");
	assert_non_null(letter.calendar);
	struct built built = build(&letter);
	char *text = built.bytes, *end = text;
	for (const char *c = text; *c != '\0'; c++) {
		if (*c != '\r')
			*end++ = *c;
	}
	*end = '\0';
	if (getenv("KEDJA_GOLDEN") != NULL) { /* after a wanted change: read the difference */
		FILE *file = fopen("tests/golden/letter.eml", "w");
		assert_non_null(file);
		fputs(text, file);
		assert_int_equal(fclose(file), 0);
	}
	assert_string_equal(text, file_text("tests/golden/letter.eml"));
	json_decref(letter.calendar);
	built_clear(&built);
}

static void same_letter_gives_same_bytes(void **state)
{
	(void)state;
	struct mailer_letter letter = letter_new();
	letter.html = "<p>å</p>";
	struct built first = build(&letter);
	for (int i = 0; i < 20; i++) {
		struct built again = build(&letter);
		assert_int_equal(again.length, first.length);
		assert_memory_equal(again.bytes, first.bytes, first.length);
		built_clear(&again);
	}
	letter.message_id = "18.3f2a@exempel.se";
	struct built other = build(&letter);
	assert_string_not_equal(strstr(other.bytes, "boundary="), strstr(first.bytes, "boundary="));
	built_clear(&other);
	built_clear(&first);
}

/* What mail programs show as of high importance: of an urgent letter, and of no other. */
static void only_an_urgent_letter_says_so(void **state)
{
	(void)state;
	struct mailer_letter letter = letter_new();
	struct built other = build(&letter);
	letter.urgent = true;
	struct built urgent = build(&letter);
	assert_non_null(strstr(urgent.bytes, "\r\nImportance: high\r\n"));
	assert_non_null(strstr(urgent.bytes, "\r\nX-Priority: 1\r\n"));
	assert_null(strstr(other.bytes, "Importance"));
	assert_null(strcasestr(other.bytes, "Priority"));
	built_clear(&urgent);
	built_clear(&other);
}

static void line_ends_of_any_kind_are_one(void **state)
{
	(void)state;
	struct mailer_letter letter = letter_new();
	letter.text = "ett\ntvå\n\n.\nfyra\n";
	struct built first = build(&letter);
	letter.text = "ett\r\ntvå\r\r\n.\rfyra";
	struct built second = build(&letter);
	assert_string_equal(first.bytes, second.bytes);
	built_clear(&first);
	built_clear(&second);
}

static void lines_are_short(void **state)
{
	(void)state;
	static char text[20000];
	memset(text, 'x', sizeof(text) - 1);
	struct mailer_letter letter = letter_new();
	letter.text = text;
	letter.to_name = "Å Ä Ö Å Ä Ö Å Ä Ö Å Ä Ö Å Ä Ö Å Ä Ö Å Ä Ö Å Ä Ö Å Ä Ö Å Ä Ö Å Ä Ö Å Ä Ö";
	letter.subject = letter.to_name;
	struct built built = build(&letter);
	size_t line = 0;
	for (size_t i = 0; i < built.length; i++) {
		line = built.bytes[i] == '\n' ? 0 : line + 1;
		assert_true(line <= 79); /* 78 and the CR */
	}
	built_clear(&built);
}

/* One field of the letter, and what the refusal must name. */
struct wrong {
	size_t field;
	const char *value, *says;
};

static void what_cannot_be_sent_is_told(void **state)
{
#define FIELD(name) offsetof(struct mailer_letter, name)
	static const struct wrong wrong[] = {
		{ FIELD(to_address), "a@b.se>\r\nRCPT TO:<x@y.se", "address" },
		{ FIELD(to_address), "", "address" },
		{ FIELD(to_name), "a\r\nBcc: x@y.se", "name" },
		{ FIELD(to_name), "a\x7f", "name" },
		{ FIELD(subject), "a\nBcc: x@y.se", "subject" },
		{ FIELD(date), "", "date" },
		{ FIELD(date), "Mon, 30 Nov 2026 08:00:00", "date" },
		{ FIELD(date), "Mon, 30 Nov 2026 08:00:00 +0100\r\nX: y", "date" },
		{ FIELD(message_id), "", "Message-ID" },
		{ FIELD(message_id), "a@b@c", "Message-ID" },
		{ FIELD(message_id), "a b@c", "Message-ID" },
		{ FIELD(message_id), "<a@b>\r\nX: y", "Message-ID" },
		{ FIELD(references), "a@b.se\r\nX: y@z", "Message-ID" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct mailer_letter letter = letter_new();
		*(const char **)(void *)((char *)&letter + wrong[i].field) = wrong[i].value;
		struct built built = build(&letter);
		assert_null(built.bytes);
		assert_non_null(strstr(built.reason, wrong[i].says));
		built_clear(&built);
	}
}

static void a_day_of_one_digit_is_a_date(void **state)
{
	(void)state;
	struct mailer_letter letter = letter_new();
	letter.date = "Tue, 1 Dec 2026 08:00:00 -0030";
	struct built built = build(&letter);
	assert_non_null(built.bytes);
	assert_non_null(strstr(built.bytes, "\nDate: Tue, 1 Dec 2026 08:00:00 -0030\r\n"));
	built_clear(&built);
}

struct sound {
	const char *bytes;
	bool is;
};

static void only_strict_lines_are_sound(void **state)
{
	static const struct sound cases[] = {
		{ "a\r\n", true },      { "\r\n\r\n", true },  { "a\r\nb\r\n", true },
		{ "a", false },         { "", false },         { "a\n", false },
		{ "a\r", false },       { "a\rb\r\n", false }, { "a\r\r\n", false },
		{ "a\n\r\n", false },   { "\n.\r\n", false },  { "\xc3\xa5\r\n", false },
		{ "a\x7f\r\n", false }, { "a\r\nb", false },
	};
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(mime_is_sound(cases[i].bytes, strlen(cases[i].bytes)),
				 cases[i].is);
	assert_false(mime_is_sound("a\0b\r\n", 5));
	char line[MIME_LINE_MOST + 4];
	memset(line, 'x', sizeof(line));
	memcpy(line + MIME_LINE_MOST, "\r\n", 2);
	assert_true(mime_is_sound(line, MIME_LINE_MOST + 2));
	memcpy(line + MIME_LINE_MOST, "x\r\n", 3);
	assert_false(mime_is_sound(line, MIME_LINE_MOST + 3));
}

static void message_ids_lose_their_brackets(void **state)
{
	(void)state;
	char *id = mime_message_id("<a.b@c>");
	assert_string_equal(id, "a.b@c");
	free(id);
	id = mime_message_id("a.b@c");
	assert_string_equal(id, "a.b@c");
	free(id);
	static const char *const wrong[] = {
		"", "<>", "<a@b", "a@b>", "@b", "a@", "ab", "<<a@b>>"
	};
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_null(mime_message_id(wrong[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(letter_is_as_written_down),
		cmocka_unit_test(same_letter_gives_same_bytes),
		cmocka_unit_test(only_an_urgent_letter_says_so),
		cmocka_unit_test(line_ends_of_any_kind_are_one),
		cmocka_unit_test(lines_are_short),
		cmocka_unit_test(what_cannot_be_sent_is_told),
		cmocka_unit_test(a_day_of_one_digit_is_a_date),
		cmocka_unit_test(only_strict_lines_are_sound),
		cmocka_unit_test(message_ids_lose_their_brackets),
	};
	g_mime_init();
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	g_mime_shutdown();
	return failed;
}
