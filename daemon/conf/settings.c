/* SPDX-License-Identifier: EUPL-1.2 */
/* See settings.h. A new setting is a field there, a row here, and a paragraph in conf/kedja.conf
 * and conf/kedja.conf.5; nothing else has to know of it. */
#include "daemon/conf/settings.h"

#include <libgen.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/base/address.h"
#include "rules/conf/confread.h"

#define LONGEST_TEXT 500

enum setting_type {
	SETTING_TEXT,
	SETTING_PATH,    /* taken from the folder of the file */
	SETTING_ADDRESS, /* of mail; "" for none */
	SETTING_HOST,
	SETTING_CHOICE, /* one of `choices` */
	SETTING_NUMBER, /* from `least` to `most` */
	SETTING_FLAG,
	SETTING_ACCESS /* the list of access.h, or nothing */
};

struct setting {
	const char *name;
	enum setting_type type;
	size_t offset;
	const char *otherwise;  /* as it would be written, without quotes; NULL: must be given */
	const char *choices[6]; /* ended by NULL */
	int64_t least, most;
	const char *help;
};

#define AT(field)        offsetof(struct settings, field)
#define SECONDS_OF_A_DAY 86400

static const struct setting table[] = {
	{ .name = "database",
	  .type = SETTING_PATH,
	  .offset = AT(database),
	  .otherwise = "/var/lib/kedja/kedja.db",
	  .help = "the file that holds everything" },
	{ .name = "socket",
	  .type = SETTING_PATH,
	  .offset = AT(socket),
	  .otherwise = "/run/kedja/control",
	  .help = "the socket that kedjactl talks to" },
	{ .name = "mailer",
	  .type = SETTING_PATH,
	  .offset = AT(mailer),
	  .otherwise = "",
	  .help = "the program kedja-mailer; empty: the one beside kedjad" },
	{ .name = "templates",
	  .type = SETTING_PATH,
	  .offset = AT(templates),
	  .otherwise = "templates",
	  .help = "the folder of the letters' templates" },
	{ .name = "content",
	  .type = SETTING_CHOICE,
	  .offset = AT(content),
	  .choices = { "normal", "minimal" },
	  .help = "what a letter may say of a case: its reference, kind of matter and dates, or "
		  "only that something waits and by when" },
	{ .name = "language",
	  .type = SETTING_CHOICE,
	  .offset = AT(language),
	  .otherwise = "sv",
	  .choices = { "sv", "en" },
	  .help = "the language of people who have not said theirs" },
	{ .name = "grouping",
	  .type = SETTING_CHOICE,
	  .offset = AT(grouping),
	  .otherwise = "person",
	  .choices = { "person", "case" },
	  .help = "one letter a day for each person, or for each person and case" },
	{ .name = "weekly_day",
	  .type = SETTING_CHOICE,
	  .offset = AT(weekly_day),
	  .otherwise = "mon",
	  .choices = { "mon", "tue", "wed", "thu", "fri" },
	  .help = "the weekday of the letter of those who want one a week" },
	{ .name = "report_how",
	  .type = SETTING_TEXT,
	  .offset = AT(report_how),
	  .otherwise = "",
	  .help = "how a reader reports a thing done, in the office's own words; empty: letters "
		  "name the administrator" },
	{ .name = "report_how_en",
	  .type = SETTING_TEXT,
	  .offset = AT(report_how_en),
	  .otherwise = "",
	  .help = "the same for letters in English" },
	{ .name = "sender",
	  .type = SETTING_ADDRESS,
	  .offset = AT(sender),
	  .otherwise = "",
	  .help = "the address that letters come from; required with transport smtp" },
	{ .name = "sender_name",
	  .type = SETTING_TEXT,
	  .offset = AT(sender_name),
	  .otherwise = "Kedja bevakning",
	  .help = "the name that letters come from" },
	{ .name = "administrator",
	  .type = SETTING_ADDRESS,
	  .offset = AT(administrator),
	  .otherwise = "root@localhost",
	  .help = "the address that alarms and unreachable notices go to" },
	{ .name = "administrator_name",
	  .type = SETTING_TEXT,
	  .offset = AT(administrator_name),
	  .otherwise = "Kedjas administratör",
	  .help = "the name that goes with it" },
	{ .name = "message_id_domain",
	  .type = SETTING_HOST,
	  .offset = AT(message_id_domain),
	  .otherwise = "",
	  .help = "right of the @ in Message-ID; empty: the domain of the sender" },
	{ .name = "transport",
	  .type = SETTING_CHOICE,
	  .offset = AT(transport),
	  .otherwise = "smtp",
	  .choices = { "smtp", "maildir" },
	  .help = "how letters leave: to a mail server, or into a folder for trying out" },
	{ .name = "maildir",
	  .type = SETTING_PATH,
	  .offset = AT(maildir),
	  .otherwise = "/var/lib/kedja/maildir",
	  .help = "the Maildir of transport maildir" },
	{ .name = "smtp_host",
	  .type = SETTING_HOST,
	  .offset = AT(smtp_host),
	  .otherwise = "localhost",
	  .help = "the mail server" },
	{ .name = "helo_name",
	  .type = SETTING_HOST,
	  .offset = AT(helo_name),
	  .otherwise = "",
	  .help = "the name by which this host greets the mail server; empty: its full name" },
	{ .name = "smtp_port",
	  .type = SETTING_NUMBER,
	  .offset = AT(smtp_port),
	  .otherwise = "25",
	  .least = 1,
	  .most = 65535,
	  .help = "its port" },
	{ .name = "smtp_starttls",
	  .type = SETTING_FLAG,
	  .offset = AT(smtp_starttls),
	  .otherwise = "false",
	  .help = "encrypt, with the server's certificate and name checked; no encryption, no "
		  "letter" },
	{ .name = "smtp_ca_file",
	  .type = SETTING_PATH,
	  .offset = AT(smtp_ca_file),
	  .otherwise = "",
	  .help = "the authorities to trust; empty: those of the system" },
	{ .name = "smtp_user",
	  .type = SETTING_TEXT,
	  .offset = AT(smtp_user),
	  .otherwise = "",
	  .help = "the user to log in as; empty: no login" },
	{ .name = "smtp_password_file",
	  .type = SETTING_PATH,
	  .offset = AT(smtp_password_file),
	  .otherwise = "",
	  .help = "the file that holds its password, read by kedja-mailer alone; empty: the "
		  "systemd credential smtp-password" },
	{ .name = "delivery_limit",
	  .type = SETTING_NUMBER,
	  .offset = AT(delivery_limit),
	  .otherwise = "120",
	  .least = 1,
	  .most = 3600,
	  .help = "seconds that the delivery of one letter may take" },
	{ .name = "retry_first",
	  .type = SETTING_NUMBER,
	  .offset = AT(retry_first),
	  .otherwise = "300",
	  .least = 1,
	  .most = SECONDS_OF_A_DAY,
	  .help = "seconds until the second attempt; doubles with each one" },
	{ .name = "retry_most",
	  .type = SETTING_NUMBER,
	  .offset = AT(retry_most),
	  .otherwise = "14400",
	  .least = 1,
	  .most = 7 * SECONDS_OF_A_DAY,
	  .help = "the most seconds between two attempts" },
	{ .name = "give_up_after",
	  .type = SETTING_NUMBER,
	  .offset = AT(give_up_after),
	  .otherwise = "432000",
	  .least = 1,
	  .most = 60 * SECONDS_OF_A_DAY,
	  .help = "seconds after which a letter that servers put off goes to somebody else" },
	{ .name = "keep_bodies",
	  .type = SETTING_NUMBER,
	  .offset = AT(keep_bodies),
	  .otherwise = "30",
	  .least = 0,
	  .most = 3650,
	  .help = "days for which the text of a letter is kept after it was sent" },
	{ .name = "batch",
	  .type = SETTING_NUMBER,
	  .offset = AT(batch),
	  .otherwise = "100",
	  .least = 1,
	  .most = 1000,
	  .help = "the most letters handed to kedja-mailer at once" },
	{ .name = "hold_above",
	  .type = SETTING_NUMBER,
	  .offset = AT(hold_above),
	  .otherwise = "200",
	  .least = 0,
	  .most = 1000000,
	  .help = "more late reminders than that within an hour are held until somebody decides; "
		  "0: never" },
	{ .name = "access",
	  .type = SETTING_ACCESS,
	  .offset = AT(access),
	  .otherwise = "",
	  .help = "who may do what; left out: whoever may write to the socket may do everything" },
	{ .name = "payments_reference",
	  .type = SETTING_TEXT,
	  .offset = AT(payments_reference),
	  .otherwise = "avtal",
	  .help = "of a CSV of payments: the column that says what was paid for" },
	{ .name = "payments_month",
	  .type = SETTING_TEXT,
	  .offset = AT(payments_month),
	  .otherwise = "forfallodag",
	  .help = "the column with the rent month, or the day it was due; empty: none" },
	{ .name = "payments_amount",
	  .type = SETTING_TEXT,
	  .offset = AT(payments_amount),
	  .otherwise = "betald_ore",
	  .help = "the column with what was paid" },
	{ .name = "payments_paid_on",
	  .type = SETTING_TEXT,
	  .offset = AT(payments_paid_on),
	  .otherwise = "betaldag",
	  .help = "the column with the day of payment" },
	{ .name = "payments_id",
	  .type = SETTING_TEXT,
	  .offset = AT(payments_id),
	  .otherwise = "",
	  .help = "the column with the bank's own id of the payment; empty: none" },
	{ .name = "payments_unit",
	  .type = SETTING_CHOICE,
	  .offset = AT(payments_unit),
	  .otherwise = "ore",
	  .choices = { "ore", "kronor" },
	  .help = "what its amounts are: whole öre, or kronor with decimals" },
};

#define COUNT (sizeof(table) / sizeof(table[0]))

static char **text_of(struct settings *settings, const struct setting *row)
{
	return (char **)((char *)settings + row->offset);
}

static int64_t *number_of(struct settings *settings, const struct setting *row)
{
	return (int64_t *)((char *)settings + row->offset);
}

static bool *flag_of(struct settings *settings, const struct setting *row)
{
	return (bool *)((char *)settings + row->offset);
}

static enum conf_type conf_type_of(const struct setting *row)
{
	switch (row->type) {
	case SETTING_TEXT:
	case SETTING_PATH:
	case SETTING_ADDRESS:
	case SETTING_HOST:
	case SETTING_CHOICE:
		return CONF_TEXT;
	case SETTING_NUMBER:
		return CONF_NUMBER;
	case SETTING_FLAG:
		return CONF_FLAG;
	case SETTING_ACCESS:
		return CONF_GROUPS;
	}
	return CONF_TEXT;
}

static bool is_text(const struct setting *row)
{
	return conf_type_of(row) == CONF_TEXT;
}

/* --- reading ---------------------------------------------------------------------------- */

/* One file being read: where it lies, and where its complaints go. */
struct settings_file {
	const config_setting_t *root;
	const char *file;
	const char *folder;
	struct settings *settings;
	struct problems *problems;
};

static bool is_given(const struct settings_file *from, const char *name)
{
	return config_setting_get_member((config_setting_t *)from->root, name) != NULL;
}

#define COMPLAIN(from, name, ...)                                                                  \
	problem_add((from)->problems, (from)->file, confread_line((from)->root, (name)),           \
		    __VA_ARGS__)

static void check_choice(const struct settings_file *from, const struct setting *row,
			 const char *text)
{
	char *all = NULL;
	bool found = false;
	for (size_t i = 0; row->choices[i] != NULL; i++) {
		const char *between = row->choices[i + 1] == NULL ? " and " : ", ";
		char *longer = xasprintf("%s%s\"%s\"", i == 0 ? "" : all, i == 0 ? "" : between,
					 row->choices[i]);
		free(all);
		all = longer;
		found = found || strcmp(text, row->choices[i]) == 0;
	}
	if (!found)
		COMPLAIN(from, row->name, "%s: \"%s\" is not one of %s", row->name, text, all);
	free(all);
}

static bool is_host(const char *text)
{
	char *address = xasprintf("kedja@%s", text);
	bool is = address_fault(address) == NULL;
	free(address);
	/* An IPv4 address is no domain for mail, but a server may be given by it. */
	return is || (strspn(text, "0123456789.") == strlen(text) && strchr(text, '.') != NULL);
}

static bool has_controls(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

static void check_text(const struct settings_file *from, const struct setting *row,
		       const char *text)
{
	const char *fault = NULL;
	if (strlen(text) > LONGEST_TEXT)
		COMPLAIN(from, row->name, "%s: is longer than %d bytes", row->name, LONGEST_TEXT);
	else if (has_controls(text))
		COMPLAIN(from, row->name, "%s: must be one line without control characters",
			 row->name);
	else if (row->type == SETTING_CHOICE)
		check_choice(from, row, text);
	else if (row->type == SETTING_ADDRESS && *text != '\0')
		fault = address_fault(text);
	else if (row->type == SETTING_HOST && *text != '\0' && !is_host(text))
		COMPLAIN(from, row->name, "%s: \"%s\" is not the name of a computer", row->name,
			 text);
	if (fault != NULL)
		COMPLAIN(from, row->name, "%s: \"%s\" %s", row->name, text, fault);
}

static char *path_from(const char *folder, const char *path)
{
	if (*path == '\0' || *path == '/' || strcmp(folder, ".") == 0)
		return xstrdup(path);
	return xasprintf("%s/%s", folder, path);
}

static void take_text(const struct settings_file *from, const struct setting *row)
{
	const char *given = confread_text(from->root, row->name);
	const char *text = given != NULL ? given : row->otherwise != NULL ? row->otherwise : "";
	/* An empty path stands for the default where the default is a place. */
	if (row->type == SETTING_PATH && *text == '\0')
		text = row->otherwise;
	if (given != NULL)
		check_text(from, row, text);
	*text_of(from->settings, row) =
	    row->type == SETTING_PATH ? path_from(from->folder, text) : xstrdup(text);
}

static void take_number(const struct settings_file *from, const struct setting *row)
{
	long long otherwise = strtoll(row->otherwise, NULL, 10);
	long long number = confread_number(from->root, row->name, otherwise);
	if (number < row->least || number > row->most) {
		/* A value of the wrong type has been complained of and reads as the default. */
		COMPLAIN(from, row->name, "%s: must be from %lld to %lld", row->name,
			 (long long)row->least, (long long)row->most);
		number = otherwise;
	}
	*number_of(from->settings, row) = number;
}

static void take(const struct settings_file *from, const struct setting *row)
{
	if (is_text(row))
		take_text(from, row);
	else if (row->type == SETTING_NUMBER)
		take_number(from, row);
	else if (row->type == SETTING_ACCESS)
		from->settings->access = access_parse(from->root, from->file, from->problems);
	else
		*flag_of(from->settings, row) =
		    confread_flag(from->root, row->name, strcmp(row->otherwise, "true") == 0);
}

/* What only several settings together can get wrong. */
static void check_together(const struct settings_file *from)
{
	const struct settings *settings = from->settings;
	if (strcmp(settings->transport, "smtp") == 0 && *settings->sender == '\0' &&
	    (!is_given(from, "sender") || confread_text(from->root, "sender") != NULL))
		COMPLAIN(from, "sender",
			 "sender: must be given with transport \"smtp\": the address that letters "
			 "come from");
	if (*settings->administrator == '\0')
		COMPLAIN(from, "administrator",
			 "administrator: must not be empty: alarms have to reach somebody");
	if (*settings->smtp_host == '\0')
		COMPLAIN(from, "smtp_host", "smtp_host: must not be empty");
	if (*settings->smtp_user != '\0' && !settings->smtp_starttls)
		COMPLAIN(from, "smtp_user",
			 "smtp_user: needs smtp_starttls = true: without encryption everybody on "
			 "the way can read the password");
	if (settings->retry_most < settings->retry_first)
		COMPLAIN(from, is_given(from, "retry_most") ? "retry_most" : "retry_first",
			 "retry_most: must not be less than retry_first");
}

static void fill_in(struct settings *settings)
{
	if (*settings->message_id_domain != '\0')
		return;
	const char *at = strchr(settings->sender, '@');
	free(settings->message_id_domain);
	settings->message_id_domain = xstrdup(at == NULL ? "localhost" : at + 1);
}

static void take_all(struct settings_file *from)
{
	struct conf_key keys[COUNT + 1] = { 0 };
	for (size_t i = 0; i < COUNT; i++)
		keys[i] = (struct conf_key){ table[i].name, conf_type_of(&table[i]),
					     table[i].otherwise == NULL };
	(void)!confread_keys(from->root, keys, from->file, from->problems);
	for (size_t i = 0; i < COUNT; i++)
		take(from, &table[i]);
	check_together(from);
	fill_in(from->settings);
}

struct settings *settings_parse(const char *text, size_t length, const char *file,
				struct problems *problems)
{
	size_t before = problems->count;
	struct config_t config;
	if (confread_open(&config, text, length, file, problems) != 0)
		return NULL;
	char *copy = xstrdup(file);
	struct settings_file from = { .root = config_root_setting(&config),
				      .file = file,
				      .folder = dirname(copy),
				      .settings = xcalloc(1, sizeof(*from.settings)),
				      .problems = problems };
	take_all(&from);
	config_destroy(&config);
	free(copy);
	if (problems->count == before)
		return from.settings;
	settings_free(from.settings);
	return NULL;
}

void settings_free(struct settings *settings)
{
	if (settings == NULL)
		return;
	for (size_t i = 0; i < COUNT; i++)
		if (is_text(&table[i]))
			free(*text_of(settings, &table[i]));
	access_free(settings->access);
	free(settings);
}

const char *settings_report_how(const struct settings *settings, const char *language)
{
	return strcmp(language, "en") == 0 ? settings->report_how_en : settings->report_how;
}

char *settings_administrator(const struct settings *settings)
{
	return xasprintf("%s (%s)", settings->administrator_name, settings->administrator);
}

const char *settings_lack_report(const struct settings *settings)
{
	if (settings_report_how(settings, settings->language)[0] != '\0')
		return NULL;
	return strcmp(settings->language, "en") == 0 ? "report_how_en" : "report_how";
}

static bool is_same(struct settings *a, struct settings *b, const struct setting *row)
{
	if (is_text(row))
		return strcmp(*text_of(a, row), *text_of(b, row)) == 0;
	if (row->type == SETTING_NUMBER)
		return *number_of(a, row) == *number_of(b, row);
	if (row->type == SETTING_ACCESS)
		return access_same(a->access, b->access);
	return *flag_of(a, row) == *flag_of(b, row);
}

void settings_compare(const struct settings *a, const struct settings *b, settings_differ *differ,
		      void *arg)
{
	for (size_t i = 0; i < COUNT; i++)
		if (!is_same((struct settings *)a, (struct settings *)b, &table[i]))
			differ(arg, table[i].name);
}

/* --- the table -------------------------------------------------------------------------- */

static char *type_in_words(const struct setting *row)
{
	switch (row->type) {
	case SETTING_TEXT:
		return xstrdup("text");
	case SETTING_PATH:
		return xstrdup("path");
	case SETTING_ADDRESS:
		return xstrdup("address");
	case SETTING_HOST:
		return xstrdup("host");
	case SETTING_CHOICE:
		return xasprintf("%s|%s", row->choices[0], row->choices[1]);
	case SETTING_NUMBER:
		return xasprintf("%lld..%lld", (long long)row->least, (long long)row->most);
	case SETTING_FLAG:
		return xstrdup("flag");
	case SETTING_ACCESS:
		return xstrdup("list");
	}
	return NULL;
}

void settings_print(void)
{
	for (size_t i = 0; i < COUNT; i++) {
		const struct setting *row = &table[i];
		char *type = type_in_words(row);
		const char *quote = is_text(row) ? "\"" : "";
		if (row->otherwise == NULL)
			printf("%s\t%s\trequired\t%s\n", row->name, type, row->help);
		else
			printf("%s\t%s\t%s%s%s\t%s\n", row->name, type, quote, row->otherwise,
			       quote, row->help);
		free(type);
	}
}
