/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of verbs: what ctl.h says a row says. */
#include "daemon/ctl/verbs/verbs.h"

#include <stddef.h>

#define ARGUMENTS_END                                                                              \
	{                                                                                          \
		NULL, WORD_TEXT, false, false, NULL                                                \
	}
#define OPTIONS_END                                                                                \
	{                                                                                          \
		NULL, WORD_FLAG, NULL, NULL, NULL, NULL, false                                     \
	}

static const struct argument no_arguments[] = { ARGUMENTS_END };
static const struct option no_options[] = { OPTIONS_END };

static const struct option status_options[] = {
	{ "check", WORD_FLAG, NULL, NULL, "exit 1 while there is an alarm", NULL, false },
	OPTIONS_END,
};

static const struct argument alarm_argument[] = {
	{ "ALARM", WORD_TEXT, false, false, "the name of an alarm that status shows" },
	ARGUMENTS_END,
};

static const struct argument record_arguments[] = {
	{ "KIND", WORD_TEXT, false, false, "what happened: a kind of event, see kedjactl kinds" },
	{ "SUBJECT", WORD_TEXT, false, false, "to whom: a case, a programme or a member of staff" },
	{ "FIELD=VALUE", WORD_FIELD, true, true, "what the kind wants to know besides" },
	ARGUMENTS_END,
};

static const char *const answer_languages[] = { "sv", "en", NULL };

static const struct option record_options[] = {
	{ "key", WORD_TEXT, "KEY", NULL, "which one of several: a rent month, a task", NULL,
	  false },
	{ "at", WORD_TEXT, "TIME", NULL, "when it happened, if not just now: YYYY-MM-DD[THH:MM]",
	  NULL, false },
	{ "source", WORD_TEXT, "ID", NULL, "unique id: recorded again it changes nothing", NULL,
	  false },
	{ "force", WORD_FLAG, NULL, NULL,
	  "record what a check refuses: a stage skipped, a case opened twice, a day long past",
	  "reason", false },
	{ "reason", WORD_TEXT, "REASON", NULL, "why it is done all the same", "force", false },
	{ "language", WORD_CODE, "LANGUAGE", answer_languages, "of what is said of the days", NULL,
	  false },
	OPTIONS_END,
};

static const struct argument void_arguments[] = {
	{ "EVENT", WORD_NUMBER, false, false, "the number of the event to take back" },
	ARGUMENTS_END,
};

static const struct option void_options[] = {
	{ "reason", WORD_TEXT, "REASON", NULL, "why it was wrong", NULL, true },
	{ "language", WORD_CODE, "LANGUAGE", answer_languages, "of what is said of the days", NULL,
	  false },
	OPTIONS_END,
};

static const struct argument put_off_arguments[] = {
	{ "CASE", WORD_TEXT, false, false, "a case reference, or a programme" },
	{ "RULE", WORD_TEXT, false, false, "the rule whose deadline it is" },
	{ "KEY", WORD_TEXT, true, false, "which one of several: a rent month, a task; else all" },
	ARGUMENTS_END,
};

#define PUT_OFF_BY                                                                                 \
	{ "reason", WORD_TEXT, "REASON", NULL, "why", NULL, true },                                \
	    { "as", WORD_TEXT, "STAFF", NULL, "the member of staff who says so", NULL, true },     \
	{                                                                                          \
		"role", WORD_TEXT, "ROLE", NULL, "as which, where somebody holds several", NULL,   \
		    false                                                                          \
	}

static const struct option ack_options[] = {
	{ "until", WORD_DATE, "DATE", NULL, "when it comes back", NULL, true },
	PUT_OFF_BY,
	OPTIONS_END,
};

static const struct option snooze_options[] = {
	{ "until", WORD_DATE, "DATE", NULL, "when reminders go out again", NULL, false },
	{ "for", WORD_TEXT, "LENGTH", NULL, "or after how long: \"7 days\", P2W", NULL, false },
	PUT_OFF_BY,
	OPTIONS_END,
};

static const struct argument import_arguments[] = {
	{ "FILE", WORD_PATH, true, false,
	  "events: a JSON object a line, or CSV with --kind; - reads standard input" },
	ARGUMENTS_END,
};

static const struct option import_options[] = {
	{ "kind", WORD_TEXT, "KIND", NULL, "the file is CSV, and every row is of this kind", NULL,
	  false },
	{ "advance", WORD_FLAG, NULL, NULL,
	  "move the virtual clock to each event before recording it", NULL, false },
	{ "check", WORD_FLAG, NULL, NULL, "only look for mistakes, record nothing", NULL, false },
	{ "history", WORD_TEXT, "REASON", NULL,
	  "take days more than a year back, and keep why with the events", NULL, false },
	{ "template", WORD_TEXT, "KIND", NULL,
	  "write an empty CSV of this kind, for a spreadsheet: headings, help, codes", NULL,
	  false },
	OPTIONS_END,
};

static const struct argument case_arguments[] = {
	{ "CASE", WORD_TEXT, false, false, "a case reference" },
	ARGUMENTS_END,
};

static const struct argument why_arguments[] = {
	{ "CASE", WORD_TEXT, false, false, "a case reference, or a programme" },
	{ "RULE", WORD_TEXT, true, false, "only this rule" },
	ARGUMENTS_END,
};

static const char *const why_languages[] = { "sv", "en", NULL };

static const struct option why_options[] = {
	{ "on", WORD_DATE, "DATE", NULL, "as of this day, by what was known then", NULL, false },
	{ "language", WORD_CODE, "LANGUAGE", why_languages, "of the answer", NULL, false },
	OPTIONS_END,
};

static const struct option deadlines_options[] = {
	{ "for", WORD_TEXT, "PERSON", NULL,
	  "that concern a role of this member of staff, copies too", NULL, false },
	{ "until", WORD_DATE, "DATE", NULL, "due by this day", NULL, false },
	{ "overdue", WORD_FLAG, NULL, NULL, "whose day is past", NULL, false },
	{ "subject", WORD_TEXT, "ID", NULL, "of this case or programme", NULL, false },
	{ "all", WORD_FLAG, NULL, NULL, "those that are done or cancelled too", NULL, false },
	OPTIONS_END,
};

static const char *const notice_states[] = { "held",    "queued", "sent",        "overtaken",
					     "put_off", "shadow", "unreachable", NULL };

static const struct option notices_options[] = {
	{ "since", WORD_TIME, "TIME", NULL, "of this time and later", NULL, false },
	{ "state", WORD_CODE, "STATE", notice_states, "only notices in this state", NULL, false },
	OPTIONS_END,
};

static const struct option release_options[] = {
	{ "rule", WORD_TEXT, "RULE", NULL, "only those of this rule", NULL, false },
	{ "subject", WORD_TEXT, "ID", NULL, "only those of this case or programme", NULL, false },
	OPTIONS_END,
};

static const struct option discard_options[] = {
	{ "rule", WORD_TEXT, "RULE", NULL, "only those of this rule", NULL, false },
	{ "subject", WORD_TEXT, "ID", NULL, "only those of this case or programme", NULL, false },
	{ "reason", WORD_TEXT, "REASON", NULL, "why they shall not go out", NULL, true },
	OPTIONS_END,
};

static const char *const message_states[] = { "queued",    "handed",     "sent",
					      "deferred",  "refused",    "unclear",
					      "cancelled", "superseded", NULL };

static const struct option outbox_options[] = {
	{ "state", WORD_CODE, "STATE", message_states, "only messages in this state", NULL, false },
	OPTIONS_END,
};

static const struct argument message_argument[] = {
	{ "ID", WORD_NUMBER, false, false, "the number of a message" },
	ARGUMENTS_END,
};

static const struct argument retry_argument[] = {
	{ "ID", WORD_NUMBER, true, false, "the number of a message; all that wait if left out" },
	ARGUMENTS_END,
};

static const struct option retry_options[] = {
	{ "refused", WORD_FLAG, NULL, NULL,
	  "those that were refused, once what they were refused for is mended", NULL, false },
	OPTIONS_END,
};

static const struct option cancel_options[] = {
	{ "reason", WORD_TEXT, "REASON", NULL, "why it shall not go out", NULL, true },
	OPTIONS_END,
};

static const struct option drill_options[] = {
	{ "wait", WORD_NUMBER, "SECONDS", NULL, "how long to wait for the outcome, if not 30", NULL,
	  false },
	OPTIONS_END,
};

static const struct argument folder_argument[] = {
	{ "DIR", WORD_PATH, true, false, "folder with chain.conf, calendar.conf and rules.d/" },
	ARGUMENTS_END,
};

static const struct argument explain_arguments[] = {
	{ "NAME", WORD_TEXT, false, false, "the name of a rule" },
	{ "DIR", WORD_PATH, true, false, "folder with chain.conf, calendar.conf and rules.d/" },
	ARGUMENTS_END,
};

static const char *const languages[] = { "sv", "en", NULL };

static const struct option explain_options[] = {
	{ "anchor", WORD_DATE, "DATE", NULL, "the first day of the sample (today)", NULL, false },
	{ "language", WORD_CODE, "LANGUAGE", languages, "in which it is told (sv)", NULL, false },
	OPTIONS_END,
};

static const struct argument preview_arguments[] = {
	{ "RULE", WORD_TEXT, false, false, "the name of a rule" },
	{ "STEP", WORD_TEXT, false, false, "the name of one of its steps" },
	{ "DIR", WORD_PATH, true, false, "folder with the rules and templates/" },
	ARGUMENTS_END,
};

static const struct option preview_options[] = {
	{ "language", WORD_CODE, "LANGUAGE", languages, "of the letter (sv)", NULL, false },
	{ "anchor", WORD_DATE, "DATE", NULL, "the first day of the sample (today)", NULL, false },
	{ "html", WORD_PATH, "FILE", NULL, "write the page there, for a browser", NULL, false },
	{ "minimal", WORD_FLAG, NULL, NULL, "as with content = \"minimal\"", NULL, false },
	OPTIONS_END,
};

static const struct argument handover_arguments[] = {
	{ "FROM", WORD_TEXT, false, false, "who has the roles" },
	{ "TO", WORD_TEXT, false, false, "who takes them over" },
	ARGUMENTS_END,
};

static const struct option handover_options[] = {
	{ "dry-run", WORD_FLAG, NULL, NULL, "show which roles would go, change nothing", NULL,
	  false },
	OPTIONS_END,
};

static const struct argument facts_argument[] = {
	{ "CASE", WORD_TEXT, true, false, "with the values of this case or programme today" },
	ARGUMENTS_END,
};

static const struct argument test_arguments[] = {
	{ "DIR", WORD_PATH, true, false, "folder with chain.conf, calendar.conf and rules.d/" },
	{ "FILE", WORD_PATH, true, true, "tests; all *.test.conf of rules.d/ if left out" },
	ARGUMENTS_END,
};

static const struct option simulate_options[] = {
	{ "until", WORD_DATE, "DATE", NULL, "up to and with this day", NULL, false },
	{ "since", WORD_DATE, "DATE", NULL,
	  "replay what was recorded from this day on, as it became known", NULL, false },
	{ "list", WORD_FLAG, NULL, NULL, "every notice, and then the figures", NULL, false },
	{ "csv", WORD_FLAG, NULL, NULL, "every notice, as CSV", NULL, false },
	OPTIONS_END,
};

static const struct argument edited_argument[] = {
	{ "DIR", WORD_PATH, false, false, "folder with the edited rules" },
	ARGUMENTS_END,
};

static const struct option diff_options[] = {
	{ "until", WORD_DATE, "DATE", NULL, "ahead, up to and with this day; else 92 days", NULL,
	  false },
	{ "since", WORD_DATE, "DATE", NULL,
	  "back: replay what was recorded from this day on, as it became known", NULL, false },
	OPTIONS_END,
};

static const struct option reload_options[] = {
	{ "force", WORD_FLAG, NULL, NULL,
	  "also where open deadlines go, because a rule or a kind is nowhere any more", NULL,
	  false },
	OPTIONS_END,
};

static const struct argument year_argument[] = {
	{ "YEAR", WORD_NUMBER, false, false, "a year, 2026" },
	ARGUMENTS_END,
};

static const struct option calendar_options[] = {
	{ "all", WORD_FLAG, NULL, NULL, "every Saturday and Sunday too", NULL, false },
	OPTIONS_END,
};

static const struct argument time_argument[] = {
	{ "TIME", WORD_TIME, false, false, "a day, or a day and a time: 2006-05-02T08:00" },
	ARGUMENTS_END,
};

static const struct argument kind_argument[] = {
	{ "KIND", WORD_TEXT, true, false, "one kind, with its fields" },
	ARGUMENTS_END,
};

static const struct option rebuild_options[] = {
	{ "check", WORD_FLAG, NULL, NULL, "only compare: change nothing, exit 1 if they differ",
	  NULL, false },
	OPTIONS_END,
};

static const struct argument files_argument[] = {
	{ "FILE", WORD_PATH, false, true, "a payment file of the bank, or a CSV" },
	ARGUMENTS_END,
};

static const char *const payment_formats[] = { "auto", "camt054", "bgmax", "csv", NULL };

static const struct option payments_import_options[] = {
	{ "format", WORD_CODE, "FORMAT", payment_formats, "the form of the files (auto)", NULL,
	  false },
	{ "programme", WORD_TEXT, "ID", NULL, "whose payments; if there is more than one", NULL,
	  false },
	{ "covers-through", WORD_DATE, "DATE", NULL,
	  "payments are known up to this day, whatever the files say", NULL, false },
	{ "dry-run", WORD_FLAG, NULL, NULL, "show what would be booked, book nothing", NULL,
	  false },
	OPTIONS_END,
};

static const struct option unmatched_options[] = {
	{ "programme", WORD_TEXT, "ID", NULL, "only those of this programme", NULL, false },
	{ "csv", WORD_FLAG, NULL, NULL, "as CSV, with an empty column for the case", NULL, false },
	OPTIONS_END,
};

static const struct argument assign_arguments[] = {
	{ "PAYMENT", WORD_TEXT, true, false, "the key of the payment, as the list has it" },
	{ "CASE", WORD_TEXT, true, true,
	  "the case whose rent it is; CASE=AMOUNT for each of several; = if it is a known "
	  "payment" },
	ARGUMENTS_END,
};

static const struct option assign_options[] = {
	{ "csv", WORD_PATH, "FILE", NULL, "the list as CSV, with cases filled in", NULL, false },
	{ "programme", WORD_TEXT, "ID", NULL, "only payments of this programme", NULL, false },
	OPTIONS_END,
};

static const struct option programme_option[] = {
	{ "programme", WORD_TEXT, "ID", NULL, "which programme; if there is more than one", NULL,
	  false },
	OPTIONS_END,
};

static const struct option rent_charge_options[] = {
	{ "month", WORD_TEXT, "MONTH", NULL, "the rent month, YYYY-MM", NULL, true },
	{ "book", WORD_FLAG, NULL, NULL, "book what the list shows", NULL, false },
	{ "programme", WORD_TEXT, "ID", NULL, "which programme; if there is more than one", NULL,
	  false },
	OPTIONS_END,
};

static const struct argument user_argument[] = {
	{ "USER", WORD_TEXT, true, false, "a user of this machine; without one, oneself" },
	ARGUMENTS_END,
};

static const struct option access_options[] = {
	{ "explain", WORD_TEXT, "METHOD", NULL, "instead, who may call this method", NULL, false },
	OPTIONS_END,
};

static const struct option audit_options[] = {
	{ "subject", WORD_TEXT, "ID", NULL, "about this case or programme", NULL, false },
	{ "user", WORD_TEXT, "NAME", NULL, "of this user or member of staff", NULL, false },
	{ "since", WORD_TIME, "TIME", NULL, "of this time and later", NULL, false },
	{ "csv", WORD_FLAG, NULL, NULL, "as CSV, for other programs", NULL, false },
	OPTIONS_END,
};

static const struct option verify_options[] = {
	{ "head", WORD_TEXT, "HASH", NULL, "a hash from the system's log, which must be there",
	  NULL, false },
	OPTIONS_END,
};

static const struct argument sample_argument[] = {
	{ "COUNT", WORD_NUMBER, false, false, "how many rows, 500 at most" },
	ARGUMENTS_END,
};

static const struct option sample_options[] = {
	{ "since", WORD_TIME, "TIME", NULL, "only of this time and later", NULL, false },
	{ "seed", WORD_NUMBER, "NUMBER", NULL, "draw the same rows again", NULL, false },
	OPTIONS_END,
};

static const struct argument copy_argument[] = {
	{ "FILE", WORD_PATH, false, false, "where the copy shall lie" },
	ARGUMENTS_END,
};

static const struct option backup_options[] = {
	{ "keep", WORD_NUMBER, "N", NULL, "keep N older copies, as FILE.1 to FILE.N", NULL, false },
	OPTIONS_END,
};

const struct verb verb_table[] = {
	{ "status", NULL, no_arguments, status_options, "How is the daemon, and what waits?",
	  verb_status },
	{ "status", "ack", alarm_argument, no_options,
	  "Say that you have seen an alarm; it stays until it is over.", verb_status_ack },
	{ "record", NULL, record_arguments, record_options, "Record that something happened.",
	  verb_record },
	{ "void", NULL, void_arguments, void_options,
	  "Take back an event that was wrong, with all that came of it.", verb_void },
	{ "ack", NULL, put_off_arguments, ack_options,
	  "Say that a deadline is seen: it is quiet until a day, and then comes back.", verb_ack },
	{ "snooze", NULL, put_off_arguments, snooze_options,
	  "Put the reminders of a deadline off until a day; it stays due when it was.",
	  verb_snooze },
	{ "import", NULL, import_arguments, import_options,
	  "Record the events of a file; the same file twice changes nothing.", verb_import },
	{ "case", NULL, case_arguments, no_options,
	  "One case: where it stands, who has it, what is due, what happened.", verb_case },
	{ "cases", NULL, no_arguments, no_options, "All cases, a line each.", verb_cases },
	{ "staff", NULL, no_arguments, no_options,
	  "Who works here: address, number of roles, and who is away until when.", verb_staff },
	{ "staff", "handover", handover_arguments, handover_options,
	  "Let one colleague take over all roles of another, and tell them what is open.",
	  verb_staff_handover },
	{ "deadlines", NULL, no_arguments, deadlines_options,
	  "What is to be done by when: deadlines that are open or asleep.", verb_deadlines },
	{ "why", NULL, why_arguments, why_options,
	  "Why was something sent, or not: a verdict for every rule.", verb_why },
	{ "notices", NULL, no_arguments, notices_options,
	  "Who was reminded of what, or will be next.", verb_notices },
	{ "notices", "release", no_arguments, release_options,
	  "Let reminders that came all at once, and are held, go out.", verb_notices_release },
	{ "notices", "discard", no_arguments, discard_options, "Let them never go out.",
	  verb_notices_discard },
	{ "outbox", NULL, no_arguments, outbox_options, "Messages and what became of them.",
	  verb_outbox_list },
	{ "outbox", "list", no_arguments, outbox_options, "The same.", verb_outbox_list },
	{ "outbox", "show", message_argument, no_options, "One message: its text and its history.",
	  verb_outbox_show },
	{ "outbox", "retry", retry_argument, retry_options, "Try again now instead of at its hour.",
	  verb_outbox_retry },
	{ "outbox", "cancel", message_argument, cancel_options, "Keep a message from going out.",
	  verb_outbox_cancel },
	{ "drill", NULL, no_arguments, drill_options,
	  "Send the administrator a test letter, the whole way, and see whether it is taken.",
	  verb_drill },
	{ "rules", "check", folder_argument, no_options,
	  "Read a folder of rules and tell every mistake; needs no daemon.", verb_rules_check },
	{ "rules", "test", test_arguments, no_options,
	  "Run the tests that lie beside the rules; needs no daemon.", verb_rules_test },
	{ "rules", "simulate", folder_argument, simulate_options,
	  "What will be sent until a day, or would have been since; needs no daemon.",
	  verb_rules_simulate },
	{ "rules", "explain", explain_arguments, explain_options,
	  "One rule in sentences, with the dates of a sample; needs no daemon.",
	  verb_rules_explain },
	{ "rules", "facts", facts_argument, no_options,
	  "What conditions may read, and what it is for a case.", verb_rules_facts },
	{ "rules", "diff", edited_argument, diff_options,
	  "What comes, goes or moves if edited rules take over; needs no daemon.",
	  verb_rules_diff },
	{ "rules", "list", no_arguments, no_options, "The rules that the daemon goes by.",
	  verb_rules_list },
	{ "rules", "reload", no_arguments, reload_options,
	  "Let the daemon read its rules again; with any mistake it keeps the old ones.",
	  verb_rules_reload },
	{ "rules", "revert", no_arguments, no_options,
	  "Go back to the rules before the last change, until the next reload.",
	  verb_rules_revert },
	{ "templates", "check", folder_argument, no_options,
	  "Read the letters' templates with their rules and tell every mistake; needs no daemon.",
	  verb_templates_check },
	{ "templates", "preview", preview_arguments, preview_options,
	  "The letter of a step, with a sample's dates and no real case; needs no daemon.",
	  verb_templates_preview },
	{ "preflight", NULL, no_arguments, no_options,
	  "What of the next 30 days would reach nobody; needs no daemon.", verb_preflight },
	{ "calendar", NULL, year_argument, calendar_options,
	  "The days of a year that are not working days, and why.", verb_calendar },
	{ "clock", NULL, no_arguments, no_options, "The daemon's time, and whether it is virtual.",
	  verb_clock },
	{ "clock", "set", time_argument, no_options,
	  "Move the virtual clock on; all that comes due on the way goes off.", verb_clock_set },
	{ "payments", "import", files_argument, payments_import_options,
	  "Book the payments of bank files; the same file twice changes nothing.",
	  verb_payments_import },
	{ "payments", "unmatched", no_arguments, unmatched_options, "Payments that fit no rent.",
	  verb_payments_unmatched },
	{ "payments", "assign", assign_arguments, assign_options,
	  "Say whose rent such a payment is, one or a list.", verb_payments_assign },
	{ "payments", "status", no_arguments, programme_option,
	  "How far payments are known, and how much rent is open, by its age.",
	  verb_payments_status },
	{ "rent", "charge", no_arguments, rent_charge_options,
	  "The rents of a month by the leases: list them, then book them.", verb_rent_charge },
	{ "kinds", NULL, kind_argument, no_options, "The kinds of events, and their fields.",
	  verb_kinds },
	{ "access", NULL, user_argument, access_options, "What somebody may do, and why.",
	  verb_access },
	{ "audit", NULL, no_arguments, audit_options, "Who did and saw what.", verb_audit },
	{ "audit", "verify", no_arguments, verify_options,
	  "Whether the audit log is as it was written.", verb_audit_verify },
	{ "audit", "sample", sample_argument, sample_options,
	  "Rows of the audit log drawn by chance, to be looked into.", verb_audit_sample },
	{ "backup", NULL, copy_argument, backup_options,
	  "Copy the file, while the daemon runs, and check the copy; needs no daemon.",
	  verb_backup },
	{ "rebuild", NULL, no_arguments, rebuild_options,
	  "Derive all deadlines from the events once more.", verb_rebuild },
	{ NULL, NULL, NULL, NULL, NULL, NULL },
};
