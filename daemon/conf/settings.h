/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * kedja.conf: the settings, as rows of one table with type, range, default and help. The sample
 * file, the manual and `kedjad -n` are held against that table by `make check-source`.
 */
#ifndef KEDJA_CONF_SETTINGS_H
#define KEDJA_CONF_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/conf/access.h"
#include "rules/base/problem.h"

struct settings {
	char *database;      /* path of the SQLite file */
	char *socket;        /* path of the control socket */
	char *mailer;        /* path of the program kedja-mailer; "": beside kedjad */
	char *templates;     /* folder; "": templates/ beside kedja.conf */
	char *sender;        /* address that letters come from; "" is refused with transport smtp */
	char *sender_name;   /* "Kedja bevakning" */
	char *administrator; /* address that alarms and unreachable notices go to */
	char *administrator_name;
	char *message_id_domain; /* right of the @ in Message-ID */
	char *language;          /* "sv" or "en": of people who have not said */
	char *content;           /* "normal" or "minimal"; required */
	char *grouping;          /* "person" or "case": what one letter of the day is about */
	char *weekly_day;        /* "mon" ...: of people who want one letter a week */
	char *report_how;        /* how a reader reports a thing done, in the office's own words */
	char *report_how_en;     /* the same for letters in English */
	char *transport;         /* "maildir" or "smtp" */
	char *maildir;           /* folder of the Maildir */
	char *smtp_host;
	char *helo_name; /* how this host greets the server; "": its full name */
	int64_t smtp_port;
	bool smtp_starttls;
	char *smtp_ca_file;       /* "": the system's */
	char *smtp_user;          /* "": no login */
	char *smtp_password_file; /* only the mailer opens it; "": systemd credential
				     "smtp-password" */
	int64_t delivery_limit;   /* seconds of wall-clock time for one letter */
	int64_t retry_first;      /* seconds until the second attempt; doubles up to retry_most */
	int64_t retry_most;
	int64_t give_up_after; /* seconds at servers that are there */
	int64_t keep_bodies;   /* days after sending */
	int64_t batch;         /* letters handed to the mailer at once */
	int64_t hold_above;    /* late notices within an hour; 0: never held */
	/* Which column of a CSV of payments says what; "": there is none (kedjactl reads this). */
	char *payments_reference, *payments_month, *payments_amount, *payments_paid_on;
	char *payments_id;
	char *payments_unit;        /* of the amounts: "ore" or "kronor" */
	struct access_list *access; /* who may do what; NULL: whoever may write to the socket */
};

/* From text; NULL if any problem was added. Paths are taken relative to the folder of the file. */
struct settings *settings_parse(const char *text, size_t length, const char *file,
				struct problems *problems);
void settings_free(struct settings *settings); /* takes NULL */
/* What stands in letters of a language about reporting a thing done; "": nobody has said. */
const char *settings_report_how(const struct settings *settings, const char *language);
/* Name and address, as letters say whom to ask; the caller frees it. */
char *settings_administrator(const struct settings *settings);
/* NULL where the office has said, in its own language, how a thing done is reported; else the
 * setting that is missing. It works without: so it is a remark of the check, and an alarm. */
const char *settings_lack_report(const struct settings *settings);
/* Tells each setting that is another one in `b`, in the order of the table. */
typedef void settings_differ(void *arg, const char *name);
void settings_compare(const struct settings *a, const struct settings *b, settings_differ *differ,
		      void *arg);
/* The table, for the manual check and `kedjad --settings`: one line each, name, type, default,
 * help. */
void settings_print(void);

#endif
