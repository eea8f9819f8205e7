/* SPDX-License-Identifier: EUPL-1.2 */
/* See headings.h. */
#include "daemon/ctl/headings.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/ctl/show.h"
#include "rules/kinds/kind.h"

/* By field; where one name means different things, by kind first. */
static const struct {
	const char *kind, *name, *heading;
} headings[] = {
	{ NULL, "at", "Datum" },
	{ NULL, "key", "Nyckel" },
	{ NULL, "source", "Källa" },
	{ "lease.started", "rent", "Hyra per månad" },
	{ "lease.amended", "rent", "Hyra per månad" },
	{ "case.protected", "on", "Skyddad" },
	{ "role.assigned", "from", "Tog över från" },
	{ NULL, "name", "Namn" },
	{ NULL, "email", "E-post" },
	{ NULL, "board", "Nämnd" },
	{ NULL, "language", "Språk" },
	{ NULL, "rhythm", "Hur ofta" },
	{ NULL, "from", "Från" },
	{ NULL, "to", "Till" },
	{ NULL, "deputy", "Ersättare" },
	{ NULL, "status", "Svar" },
	{ NULL, "title", "Benämning" },
	{ NULL, "ends_on", "Slutar" },
	{ NULL, "role", "Roll" },
	{ NULL, "staff", "Medarbetare" },
	{ NULL, "format", "Format" },
	{ NULL, "file", "Fil" },
	{ NULL, "covers_through", "Känt till och med" },
	{ NULL, "payments", "Antal betalningar" },
	{ NULL, "sum", "Summa" },
	{ NULL, "area", "Område" },
	{ NULL, "amount", "Belopp" },
	{ NULL, "paid_on", "Betald" },
	{ NULL, "reference", "Referens" },
	{ NULL, "reversal", "Återbetalning" },
	{ NULL, "same_as", "Samma som" },
	{ NULL, "perhaps_of", "Kanske av" },
	{ NULL, "case", "Ärende" },
	{ NULL, "programme", "Program" },
	{ NULL, "protected", "Skyddade uppgifter" },
	{ NULL, "children", "Antal barn" },
	{ NULL, "outcome", "Utfall" },
	{ NULL, "reason", "Skäl" },
	{ NULL, "on", "Ja eller nej" },
	{ NULL, "until", "Till och med" },
	{ NULL, "valid_until", "Gäller till" },
	{ NULL, "rent", "Hyra" },
	{ NULL, "tenancy", "Hyreslagen" },
	{ NULL, "treatment", "Behandling" },
	{ NULL, "neighbour", "Grannar" },
	{ NULL, "rent_contact", "Kontakt om hyran" },
	{ NULL, "efforts", "Insatser" },
	{ NULL, "goals_short", "Kortsiktiga mål" },
	{ NULL, "goals_long", "Långsiktiga mål" },
	{ NULL, "review_on", "Uppföljning" },
	{ NULL, "goals_met", "Mål som nåtts" },
	{ NULL, "goals_unmet", "Mål som inte nåtts" },
	{ NULL, "explained", "Förklarat" },
	{ NULL, "what", "Vad" },
	{ NULL, "due_on", "Senast" },
	{ NULL, "stage", "Steg" },
	{ NULL, "mode", "Sätt" },
	{ NULL, "block", "Blockuthyrning" },
	{ NULL, "ocr", "OCR" },
	{ NULL, "by", "Av vem" },
	{ NULL, "first", "Första månaden" },
	{ NULL, "bank_reference", "Bankens referens" },
	{ NULL, "sent_on", "Skickad" },
	{ NULL, "where", "Var" },
	{ NULL, "date", "Dag" },
	{ NULL, "debt", "Skuld" },
	{ NULL, "kept", "Hemmet kvar" },
	{ NULL, "rule", "Regel" },
	{ NULL, "event", "Händelse" },
};
#define HEADINGS (sizeof(headings) / sizeof(headings[0]))
#define KRONOR   " (kr)"

static const char *subject_heading(const json_t *kind)
{
	const char *subject = show_text_of(kind, "subject");
	return strcmp(subject, "case") == 0        ? "Ärende"
	       : strcmp(subject, "programme") == 0 ? "Program"
	       : strcmp(subject, "staff") == 0     ? "Medarbetare"
						   : "Ärende eller program";
}

static const char *find_heading(const json_t *kind, const char *name)
{
	const char *found = name;
	for (size_t i = HEADINGS; i-- > 0;)
		if (strcmp(headings[i].name, name) == 0 &&
		    (headings[i].kind == NULL ||
		     strcmp(headings[i].kind, show_text_of(kind, "name")) == 0))
			found = headings[i].heading;
	return found;
}

/* A field of the kind, by its name or that in kronor; NULL: it is none. */
static const json_t *find_field(const json_t *kind, const char *name)
{
	const json_t *fields = json_object_get(kind, "fields");
	for (size_t i = 0; i < json_array_size(fields); i++) {
		const json_t *field = json_array_get(fields, i);
		const char *own = show_text_of(field, "name");
		size_t length = strlen(own);
		if (strncmp(own, name, length) == 0 &&
		    (name[length] == '\0' || strcmp(name + length, KIND_IN_KRONOR) == 0))
			return field;
	}
	return NULL;
}

static bool is_type(const json_t *field, const char *type)
{
	return strcmp(show_text_of(field, "type"), type) == 0;
}

char *headings_written(const json_t *kind, const char *name)
{
	const json_t *field = find_field(kind, name);
	if (strcmp(name, "subject") == 0)
		return xstrdup(subject_heading(kind));
	if (field == NULL)
		return xstrdup(find_heading(kind, name));
	return xasprintf("%s%s", find_heading(kind, show_text_of(field, "name")),
			 is_type(field, "amount") ? KRONOR : "");
}

/* As a name is compared: small letters, without blanks around. The caller frees it. */
static char *folded(const char *text)
{
	char *small = xstrdup(text + strspn(text, " \t\r\n")), *end = small + strlen(small);
	while (end > small && strchr(" \t\r\n", end[-1]) != NULL)
		*--end = '\0';
	for (char *at = small; *at != '\0'; at++) {
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
		/* Å Ä Ö are C3 and 85, 84, 96: their small letters lie 32 behind */
		if ((unsigned char)*at == 0xC3 && strchr("\x84\x85\x96", at[1]) != NULL &&
		    at[1] != '\0')
			at[1] = (char)(at[1] + 0x20);
	}
	return small;
}

static bool is_heading_of(const json_t *kind, const char *name, const char *small)
{
	char *heading = headings_written(kind, name), *other = folded(heading);
	bool is = strcmp(other, small) == 0;
	free(heading);
	free(other);
	return is;
}

static char *name_of_field(const json_t *field)
{
	return xasprintf("%s%s", show_text_of(field, "name"),
			 is_type(field, "amount") ? KIND_IN_KRONOR : "");
}

char *headings_name(const json_t *kind, const char *written)
{
	static const char *const own[] = { "subject", "at", "key", "source" };
	const json_t *fields = json_object_get(kind, "fields");
	char *small = folded(written), *name = NULL;
	if (strcmp(show_text_of(kind, "subject"), "any") == 0 &&
	    (strcmp(small, "ärende") == 0 || strcmp(small, "program") == 0))
		name = xstrdup("subject");
	for (size_t i = 0; name == NULL && i < sizeof(own) / sizeof(own[0]); i++)
		if (is_heading_of(kind, own[i], small))
			name = xstrdup(own[i]);
	for (size_t i = 0; name == NULL && i < json_array_size(fields); i++) {
		char *field = name_of_field(json_array_get(fields, i));
		if (is_heading_of(kind, field, small))
			name = xstrdup(field);
		free(field);
	}
	free(small);
	return name == NULL ? xstrdup(written) : name;
}

const char **headings_all(const json_t *kind)
{
	const json_t *fields = json_object_get(kind, "fields");
	size_t count = json_array_size(fields);
	const char **list = xcalloc(count + 4, sizeof(*list));
	list[0] = xstrdup("subject");
	list[1] = headings_written(kind, "subject");
	list[2] = headings_written(kind, "at");
	for (size_t i = 0; i < count; i++) {
		char *field = name_of_field(json_array_get(fields, i));
		list[i + 3] = headings_written(kind, field);
		free(field);
	}
	return list;
}

void headings_free(const char **list)
{
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		free((char *)(uintptr_t)list[i]);
	free(list);
}

/* --- cells ------------------------------------------------------------------------------------ */

/* "28/11/2026", "28.11.2026", "2026-11-28 00:00:00" -> "2026-11-28"; NULL: something else. */
static char *day_of(const char *text)
{
	int day = 0, month = 0, year = 0, end = 0;
	char text_of_day[DATE_TEXT_SIZE];
	bool slashes = sscanf(text, "%2d/%2d/%4d%n", &day, &month, &year, &end) == 3;
	if (!slashes)
		slashes = sscanf(text, "%2d.%2d.%4d%n", &day, &month, &year, &end) == 3;
	if (slashes && (text[end] == '\0' || strncmp(text + end, " 00:00", 6) == 0) &&
	    year >= 1900 && date_from_ymd(year, month, day) != DATE_NONE)
		return xstrdup(date_format(date_from_ymd(year, month, day), text_of_day));
	if (strlen(text) > 10 && strncmp(text + 10, " 00:00", 6) == 0)
		return xasprintf("%.10s", text);
	return NULL;
}

static char *flag_of(const char *small)
{
	static const char *const words[][2] = { { "ja", "true" },    { "j", "true" },
						{ "x", "true" },     { "sant", "true" },
						{ "true", "true" },  { "nej", "false" },
						{ "n", "false" },    { "falskt", "false" },
						{ "false", "false" } };
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(small, words[i][0]) == 0)
			return xstrdup(words[i][1]);
	return NULL;
}

char *headings_value(const json_t *kind, const char *name, const char *cell)
{
	const json_t *field = find_field(kind, name);
	const char *from = cell + strspn(cell, " \t\r\n");
	size_t length = strlen(from);
	while (length > 0 && strchr(" \t\r\n", from[length - 1]) != NULL)
		length--;
	char *bare = xasprintf("%.*s", (int)length, from), *small = folded(cell), *value = NULL;
	if (strcmp(name, "at") == 0 || is_type(field, "date"))
		value = day_of(bare);
	else if (is_type(field, "flag"))
		value = flag_of(small);
	else if (is_type(field, "code"))
		value = xstrdup(small);
	free(small);
	if (value == NULL)
		return bare;
	free(bare);
	return value;
}

bool headings_is_help(const char *first, const char *subject)
{
	return *first == '#' && (*subject == '\0' || *subject == '#');
}

/* --- the template ----------------------------------------------------------------------------- */

static const char *help_of(const json_t *field)
{
	return is_type(field, "date")     ? "en dag, 2026-11-28 eller 28/11/2026"
	       : is_type(field, "amount") ? "kronor, 5400 eller 5400,50"
	       : is_type(field, "count")  ? "ett antal"
	       : is_type(field, "flag")   ? "ja eller nej"
	       : is_type(field, "code")   ? "en kod, se nedan"
	       : is_type(field, "id")     ? "en beteckning, högst 40 tecken, utan mellanslag"
	       : is_type(field, "number") ? "ett nummer"
					  : "text";
}

static bool has_key(const json_t *kind)
{
	return strcmp(show_text_of(kind, "key"), "none") != 0;
}

static void write_heads(FILE *out, const json_t *kind)
{
	const char **all = headings_all(kind);
	char *key = headings_written(kind, "key");
	fprintf(out, "%s;%s", all[1], all[2]);
	if (has_key(kind))
		fprintf(out, ";%s", key);
	for (size_t i = 3; all[i] != NULL; i++)
		fprintf(out, ";%s", all[i]);
	fputc('\n', out);
	free(key);
	headings_free(all);
}

static void write_help(FILE *out, const json_t *kind)
{
	const json_t *fields = json_object_get(kind, "fields");
	const char *key = show_text_of(kind, "key");
	fputs("# beteckning, utan mellanslag (rader med # läses inte);en dag, 2026-11-28 eller "
	      "28/11/2026",
	      out);
	if (has_key(kind))
		show_printf(out, ";vilken av flera (%s)%s", show_text_of(kind, "key_means"),
			    strcmp(key, "required") == 0 ? "" : ", får vara tom");
	for (size_t i = 0; i < json_array_size(fields); i++) {
		const json_t *field = json_array_get(fields, i);
		bool optional = json_is_true(json_object_get(field, "optional"));
		fprintf(out, ";%s%s", help_of(field), optional ? ", får vara tom" : "");
	}
	fputc('\n', out);
}

static void write_codes(FILE *out, const json_t *kind)
{
	const json_t *fields = json_object_get(kind, "fields");
	for (size_t i = 0; i < json_array_size(fields); i++) {
		const json_t *field = json_array_get(fields, i);
		const json_t *codes = json_object_get(field, "codes");
		if (!json_is_array(codes))
			continue;
		char *heading = headings_written(kind, show_text_of(field, "name"));
		show_printf(out, "# %s: en av", heading);
		for (size_t j = 0; j < json_array_size(codes); j++)
			show_printf(out, "%s %s", j == 0 ? "" : ",",
				    json_string_value(json_array_get(codes, j)));
		for (size_t j = 1; j < json_array_size(fields) + 2 + has_key(kind); j++)
			fputc(';', out); /* as many cells as there are columns */
		fputc('\n', out);
		free(heading);
	}
}

void headings_template(FILE *out, const json_t *kind)
{
	fputs("\xef\xbb\xbf", out);
	write_heads(out, kind);
	write_help(out, kind);
	write_codes(out, kind);
}
