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

static method_handler help;

/* What is asked about the plan waits while somebody is behind it. */
#define PLANNED kedjad_until_planned
#define AT_ONCE NULL

/* What it does with the file; ALWAYS is answered when the file cannot be used, too. */
#define READS  FILE_READ
#define WRITES FILE_WRITTEN
#define ALWAYS FILE_NOT_NEEDED

const struct method method_table[] = {
	{ "status", none, false, ALWAYS, AT_ONCE, method_status,
	  "How the daemon is, in figures without names." },
	{ "status.ack", status_ack, false, WRITES, AT_ONCE, method_status_ack,
	  "Notes who has seen an alarm; it stays until it is over." },
	{ "event.record", none, true, WRITES, AT_ONCE, method_event_record,
	  "Adds an event, or up to 1,000, all or none." },
	{ "event.check", none, true, READS, AT_ONCE, method_event_check,
	  "Checks events as event.record would; adds none." },
	{ "event.void", event_void, false, WRITES, AT_ONCE, method_event_void,
	  "Takes an event back." },
	{ "kind.list", none, false, ALWAYS, AT_ONCE, method_kind_list,
	  "The kinds of events and their fields." },
	{ "case.list", case_list, false, READS, PLANNED, method_case_list,
	  "All cases, a row each." },
	{ "case.show", case_show, false, READS, PLANNED, method_case_show,
	  "Everything about one case or programme." },
	{ "staff.list", case_list, false, READS, AT_ONCE, method_staff_list,
	  "Who works here, a row each." },
	{ "staff.roles", staff_roles, false, READS, AT_ONCE, method_staff_roles,
	  "The roles that somebody holds." },
	{ "deadline.list", deadline_list, false, READS, PLANNED, method_deadline_list,
	  "Deadlines, by the day they are due." },
	{ "notice.list", notice_list, false, READS, PLANNED, method_notice_list,
	  "Who was told of what, or why not." },
	{ "notice.release", notice_release, false, WRITES, PLANNED, method_notice_release,
	  "Lets held notices go out, some hundreds at a time." },
	{ "notice.discard", notice_discard, false, WRITES, AT_ONCE, method_notice_discard,
	  "Gives up held notices, some hundreds at a time." },
	{ "why", why, false, READS, PLANNED, method_why,
	  "Why something was, or was not, sent: a verdict for every rule." },
	{ "outbox.list", outbox_list, false, READS, PLANNED, method_outbox_list,
	  "Messages and what became of them." },
	{ "outbox.show", outbox_one, false, READS, AT_ONCE, method_outbox_show,
	  "One message, with its text and history." },
	{ "outbox.retry", retry_parameters, false, WRITES, AT_ONCE, method_outbox_retry,
	  "Tries a message, or all that wait, at once; or those that were refused, again." },
	{ "outbox.cancel", cancel_parameters, false, WRITES, AT_ONCE, method_outbox_cancel,
	  "Gives up a message that was not accepted." },
	{ "drill", none, false, WRITES, AT_ONCE, method_drill,
	  "Sends the administrator a test letter, the whole way." },
	{ "payment.coverage", coverage, false, READS, PLANNED, method_payment_coverage,
	  "Through which day payments are known, and the last file." },
	{ "payment.awaited", of_programme, false, READS, PLANNED, method_payment_awaited,
	  "The references that payments to a programme may state." },
	{ "payment.unmatched", unmatched, false, READS, PLANNED, method_payment_unmatched,
	  "Payments that fitted no rent." },
	{ "payment.known", known, false, READS, AT_ONCE, method_payment_known,
	  "Which payments of a file are known, and which may be." },
	{ "rent.open", of_programme, false, READS, PLANNED, method_rent_open,
	  "The rents of a programme that are not covered." },
	{ "rent.leases", leases, false, READS, PLANNED, method_rent_leases,
	  "The leases that run in a month, and what their rent is." },
	{ "rules.list", none, false, READS, PLANNED, method_rules_list,
	  "The rules in force and where they stand." },
	{ "rules.reload", reload, false, WRITES, AT_ONCE, method_rules_reload,
	  "Reads the configuration again, if all is right." },
	{ "rules.revert", none, false, WRITES, AT_ONCE, method_rules_revert,
	  "Goes back to the set of rules before this one." },
	{ "calendar.year", calendar_year, false, ALWAYS, AT_ONCE, method_calendar_year,
	  "Days that are not working days, and why." },
	{ "clock.show", none, false, ALWAYS, AT_ONCE, method_clock_show,
	  "What time it is for this daemon." },
	{ "clock.set", clock_set, false, WRITES, AT_ONCE, method_clock_set,
	  "Moves a virtual clock, everything on the way going off." },
	{ "rebuild", rebuild, false, WRITES, AT_ONCE, method_rebuild,
	  "Derives every deadline anew from the events." },
	{ "help", none, false, ALWAYS, AT_ONCE, help, "This list." },
	{ NULL, NULL, false, READS, NULL, NULL, NULL },
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
