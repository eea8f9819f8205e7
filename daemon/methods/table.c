/* SPDX-License-Identifier: EUPL-1.2 */
/* The methods of the socket, as rows: the dispatcher, `help` and the manual read this table. */
#include "daemon/methods/method.h"

/* clang-format off: one parameter a line */
#define END                                                                                        \
	{                                                                                          \
		NULL, PARAMETER_ANY, false, NULL                                                   \
	}
#define AFTER_TEXT                                                                                 \
	{                                                                                          \
		"after", PARAMETER_TEXT, false, "the cursor of the page before"                    \
	}
#define AFTER_NUMBER                                                                               \
	{                                                                                          \
		"after", PARAMETER_NUMBER, false, "the cursor of the page before"                  \
	}

static const struct parameter none[] = { END };

static const struct parameter status_ack[] = {
	{ "alarm", PARAMETER_TEXT, true, "the name of an alarm that status shows" }, END
};

static const struct parameter event_void[] = {
	{ "event", PARAMETER_NUMBER, true, "id of the event that is taken back" },
	{ "reason", PARAMETER_TEXT, true, "why" },
	{ "language", PARAMETER_TEXT, false, "of the sentence on what moved: sv or en" },
	END
};

static const struct parameter case_list[] = { AFTER_TEXT, END };

static const struct parameter case_show[] = {
	{ "case", PARAMETER_TEXT, true, "reference of the case, or a programme" },
	{ "after", PARAMETER_TEXT, false, "the cursor of the page of events before" },
	END
};

static const struct parameter deadline_list[] = {
	{ "for", PARAMETER_TEXT, false,
	  "only those that concern a role of this member of staff, as a copy too" },
	{ "until", PARAMETER_DATE, false, "only those due on this day or before" },
	{ "overdue", PARAMETER_FLAG, false, "only open ones whose day has passed" },
	{ "subject", PARAMETER_TEXT, false, "only those of this case or programme" },
	{ "state", PARAMETER_TEXT, false,
	  "open, asleep, done, cancelled or all; else open and asleep" },
	AFTER_TEXT,
	END
};

static const struct parameter notice_list[] = {
	{ "since", PARAMETER_TIME, false, "only those from this time on" },
	{ "state", PARAMETER_TEXT, false, "only those in this state" },
	AFTER_NUMBER,
	END
};

static const struct parameter notice_release[] = {
	{ "rule", PARAMETER_TEXT, false, "only those of this rule" },
	{ "subject", PARAMETER_TEXT, false, "only those of this case or programme" },
	END
};

static const struct parameter notice_discard[] = {
	{ "rule", PARAMETER_TEXT, false, "only those of this rule" },
	{ "subject", PARAMETER_TEXT, false, "only those of this case or programme" },
	{ "reason", PARAMETER_TEXT, true, "why they shall not go out" },
	END
};

static const struct parameter why[] = {
	{ "case", PARAMETER_TEXT, true, "reference of the case, or a programme" },
	{ "rule", PARAMETER_TEXT, false, "only this rule" },
	{ "on", PARAMETER_DATE, false, "as of this day, by what was known then; else now" },
	{ "language", PARAMETER_TEXT, false, "of the sentences: sv or en" },
	END
};

static const struct parameter outbox_list[] = {
	{ "state", PARAMETER_TEXT, false, "only messages in this state" }, AFTER_NUMBER, END
};

static const struct parameter outbox_one[] = {
	{ "id", PARAMETER_NUMBER, true, "id of the message" }, END
};

static const struct parameter retry_parameters[] = {
	{ "id", PARAMETER_NUMBER, false, "id of the message; without it all that wait" },
	{ "refused", PARAMETER_FLAG, false, "one that was refused, or all of these" },
	END
};

static const struct parameter cancel_parameters[] = { { "id", PARAMETER_NUMBER, true,
							"id of the message" },
						      { "reason", PARAMETER_TEXT, true, "why" },
						      END };

static const struct parameter coverage[] = {
	{ "programme", PARAMETER_TEXT, false, "a programme; without it the only one that is open" },
	END
};

static const struct parameter of_programme[] = {
	{ "programme", PARAMETER_TEXT, true, "the programme" }, AFTER_TEXT, END
};

static const struct parameter unmatched[] = {
	{ "programme", PARAMETER_TEXT, false, "only those of this programme" },
	{ "all", PARAMETER_FLAG, false, "those that found their case since, too" },
	AFTER_NUMBER,
	END
};

static const struct parameter known[] = { { "programme", PARAMETER_TEXT, true, "the programme" },
					  { "payments", PARAMETER_ANY, true,
					    "up to 100 payments, as kedjactl reads them" },
					  END };

static const struct parameter leases[] = { { "programme", PARAMETER_TEXT, true, "the programme" },
					   { "month", PARAMETER_TEXT, true,
					     "the rent month, such as 2026-12" },
					   AFTER_TEXT,
					   END };

static const struct parameter calendar_year[] = {
	{ "year", PARAMETER_NUMBER, true, "such as 2027" }, END
};

static const struct parameter clock_set[] = {
	{ "time", PARAMETER_TIME, true, "where the virtual clock shall stand" }, END
};

static const struct parameter reload[] = { { "force", PARAMETER_FLAG, false,
					     "also where open deadlines go with a rule or a kind" },
					   END };

static const struct parameter rebuild[] = {
	{ "check", PARAMETER_FLAG, false, "only compare, change nothing" }, END
};

static const struct parameter staff_roles[] = {
	{ "staff", PARAMETER_TEXT, true, "the member of staff" }, AFTER_TEXT, END
};

static const struct parameter access_show[] = {
	{ "user", PARAMETER_TEXT, false, "the name of a user; without it whoever asks" },
	{ "uid", PARAMETER_NUMBER, false, "the number of that user" },
	{ "groups", PARAMETER_ANY, false, "the numbers of that user's groups, in a list" },
	END
};

static const struct parameter access_explain[] = {
	{ "method", PARAMETER_TEXT, true, "the name of a method" }, END
};

static const struct parameter audit_list[] = {
	{ "subject", PARAMETER_TEXT, false, "only those about this case or programme" },
	{ "user", PARAMETER_TEXT, false, "only those of this user or member of staff" },
	{ "since", PARAMETER_TIME, false, "only those from this time on" },
	AFTER_NUMBER,
	END
};

static const struct parameter audit_verify[] = {
	{ "head", PARAMETER_TEXT, false,
	  "a hash that was logged: must be among those of the rows" },
	AFTER_NUMBER,
	END
};

static const struct parameter audit_sample[] = {
	{ "count", PARAMETER_NUMBER, true, "how many rows, from 1 to 500" },
	{ "seed", PARAMETER_NUMBER, false, "by which they are drawn; without it one is made" },
	{ "since", PARAMETER_TIME, false, "only of those from this time on" },
	END
};

static method_handler help;

/* What is asked about the plan waits while somebody is behind it. */
#define PLANNED kedjad_until_planned
#define AT_ONCE NULL

/* What it does with the file; ALWAYS is answered when the file cannot be used, too. */
#define READS  FILE_READ
#define WRITES FILE_WRITTEN
#define ALWAYS FILE_NOT_NEEDED

/* For whom it is (conf/access.h), what parameter names its subject, what in its answer names a
 * case: the matrix of kedjad(8) is this column. */
#define FIGURES               ACCESS_FIGURES, NULL, NULL
#define CASES(about, shows)   ACCESS_CASES, about, shows
#define STAFF(shows)          ACCESS_STAFF, NULL, shows
#define RUNNING(about, shows) ACCESS_RUNNING, about, shows

const struct method method_table[] = {
	{ "status", FIGURES, none, false, ALWAYS, AT_ONCE, method_status,
	  "How the daemon is, in figures without names." },
	{ "status.ack", RUNNING(NULL, NULL), status_ack, false, WRITES, AT_ONCE, method_status_ack,
	  "Notes who has seen an alarm; it stays until it is over." },
	{ "event.record", CASES(METHOD_EVENTS, NULL), none, true, WRITES, AT_ONCE,
	  method_event_record, "Adds an event, or up to 1,000, all or none." },
	{ "event.check", CASES(METHOD_EVENTS, NULL), none, true, READS, AT_ONCE, method_event_check,
	  "Checks events as event.record would; adds none." },
	{ "event.void", CASES(METHOD_EVENT, NULL), event_void, false, WRITES, AT_ONCE,
	  method_event_void, "Takes an event back." },
	{ "kind.list", FIGURES, none, false, ALWAYS, AT_ONCE, method_kind_list,
	  "The kinds of events and their fields." },
	{ "case.list", CASES(NULL, "case"), case_list, false, READS, PLANNED, method_case_list,
	  "All cases, a row each." },
	{ "case.show", CASES("case", "case"), case_show, false, READS, PLANNED, method_case_show,
	  "Everything about one case or programme." },
	{ "staff.list", STAFF(NULL), case_list, false, READS, AT_ONCE, method_staff_list,
	  "Who works here, a row each." },
	{ "staff.roles", STAFF("subject"), staff_roles, false, READS, AT_ONCE, method_staff_roles,
	  "The roles that somebody holds." },
	{ "deadline.list", CASES("subject", "subject"), deadline_list, false, READS, PLANNED,
	  method_deadline_list, "Deadlines, by the day they are due." },
	{ "notice.list", RUNNING(NULL, "subject"), notice_list, false, READS, PLANNED,
	  method_notice_list, "Who was told of what, or why not." },
	{ "notice.release", RUNNING("subject", NULL), notice_release, false, WRITES, PLANNED,
	  method_notice_release, "Lets held notices go out, some hundreds at a time." },
	{ "notice.discard", RUNNING("subject", NULL), notice_discard, false, WRITES, AT_ONCE,
	  method_notice_discard, "Gives up held notices, some hundreds at a time." },
	{ "why", CASES("case", "case"), why, false, READS, PLANNED, method_why,
	  "Why something was, or was not, sent: a verdict for every rule." },
	{ "outbox.list", RUNNING(NULL, METHOD_LETTERS), outbox_list, false, READS, PLANNED,
	  method_outbox_list, "Messages and what became of them." },
	{ "outbox.show", RUNNING(NULL, METHOD_LETTERS), outbox_one, false, READS, AT_ONCE,
	  method_outbox_show, "One message, with its text and history." },
	{ "outbox.retry", RUNNING(NULL, NULL), retry_parameters, false, WRITES, AT_ONCE,
	  method_outbox_retry,
	  "Tries a message, or all that wait, at once; or those that were refused, again." },
	{ "outbox.cancel", RUNNING(NULL, NULL), cancel_parameters, false, WRITES, AT_ONCE,
	  method_outbox_cancel, "Gives up a message that was not accepted." },
	{ "drill", RUNNING(NULL, NULL), none, false, WRITES, AT_ONCE, method_drill,
	  "Sends the administrator a test letter, the whole way." },
	{ "payment.coverage", CASES("programme", NULL), coverage, false, READS, PLANNED,
	  method_payment_coverage, "Through which day payments are known, and the last file." },
	{ "payment.awaited", CASES("programme", "case"), of_programme, false, READS, PLANNED,
	  method_payment_awaited, "The references that payments to a programme may state." },
	{ "payment.unmatched", CASES("programme", "programme"), unmatched, false, READS, PLANNED,
	  method_payment_unmatched, "Payments that fitted no rent." },
	{ "payment.known", CASES("programme", "case"), known, false, READS, AT_ONCE,
	  method_payment_known, "Which payments of a file are known, and which may be." },
	{ "rent.open", CASES("programme", "case"), of_programme, false, READS, PLANNED,
	  method_rent_open, "The rents of a programme that are not covered." },
	{ "rent.leases", CASES("programme", "case"), leases, false, READS, PLANNED,
	  method_rent_leases, "The leases that run in a month, and what their rent is." },
	{ "rules.list", FIGURES, none, false, READS, PLANNED, method_rules_list,
	  "The rules in force and where they stand." },
	{ "rules.reload", RUNNING(NULL, NULL), reload, false, WRITES, AT_ONCE, method_rules_reload,
	  "Reads the configuration again, if all is right." },
	{ "rules.revert", RUNNING(NULL, NULL), none, false, WRITES, AT_ONCE, method_rules_revert,
	  "Goes back to the set of rules before this one." },
	{ "calendar.year", FIGURES, calendar_year, false, ALWAYS, AT_ONCE, method_calendar_year,
	  "Days that are not working days, and why." },
	{ "clock.show", FIGURES, none, false, ALWAYS, AT_ONCE, method_clock_show,
	  "What time it is for this daemon." },
	{ "clock.set", RUNNING(NULL, NULL), clock_set, false, WRITES, AT_ONCE, method_clock_set,
	  "Moves a virtual clock, everything on the way going off." },
	{ "rebuild", RUNNING(NULL, NULL), rebuild, false, WRITES, AT_ONCE, method_rebuild,
	  "Derives every deadline anew from the events." },
	{ "access.show", FIGURES, access_show, false, READS, AT_ONCE, method_access_show,
	  "What somebody may do, and by which row of the list." },
	{ "access.explain", FIGURES, access_explain, false, READS, AT_ONCE, method_access_explain,
	  "Who may call a method." },
	{ "audit.list", RUNNING("subject", METHOD_LOG), audit_list, false, READS, AT_ONCE,
	  method_audit_list, "Who did and saw what." },
	{ "audit.verify", RUNNING(NULL, METHOD_LOG), audit_verify, false, READS, AT_ONCE,
	  method_audit_verify, "Is the log as it was written, some thousand rows at a time." },
	{ "audit.sample", RUNNING(NULL, METHOD_LOG), audit_sample, false, READS, AT_ONCE,
	  method_audit_sample, "Rows drawn by chance, to be looked into." },
	{ "help", FIGURES, none, false, ALWAYS, AT_ONCE, help, "This list." },
	{ NULL, FIGURES, NULL, false, READS, NULL, NULL, NULL },
};

static json_t *help(void *arg, struct call *call)
{
	json_t *rows = json_array();
	(void)arg;
	(void)call;
	for (const struct method *method = method_table; method->name != NULL; method++) {
		json_t *parameters = json_array();
		for (const struct parameter *p = method->parameters; p != NULL && p->name != NULL;
		     p++)
			json_array_append_new(parameters,
					      json_pack("{s:s, s:b, s:s}", "name", p->name,
							"required", p->required, "help", p->help));
		json_array_append_new(rows,
				      json_pack("{s:s, s:s, s:o}", "method", method->name, "help",
						method->help, "parameters", parameters));
	}
	return answer_page(rows, NULL);
}
