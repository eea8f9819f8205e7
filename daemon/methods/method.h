/* SPDX-License-Identifier: EUPL-1.2 */
/* The handlers of the socket's methods, by noun, and the table of them all; `arg` of each is the
 * struct kedjad. They never see a socket. */
#ifndef KEDJA_METHODS_METHOD_H
#define KEDJA_METHODS_METHOD_H

#include "daemon/kedjad/kedjad.h"

/* table.c, which answers `help` itself: ended by a row with name NULL */
extern const struct method method_table[];

/* What gate.c reads in the rows of that table. `about`, besides the name of a parameter: */
#define METHOD_EVENT  "event"    /* the subject of the event of this number */
#define METHOD_EVENTS "(events)" /* those of the events that are handed in */
/* `shows`, besides a key of the answer, or of its rows: */
#define METHOD_LETTERS "(letters)" /* whom the notices of a letter are about */
#define METHOD_LOG     "(log)"     /* the audit log itself */

/* event.c */
const json_t *method_events_of(const struct call *call); /* one, or an array of them */
json_t *method_event_record(void *arg, struct call *call);
json_t *method_event_check(void *arg, struct call *call);
json_t *method_event_void(void *arg, struct call *call);
json_t *method_kind_list(void *arg, struct call *call);
/* case.c */
json_t *method_case_list(void *arg, struct call *call);
json_t *method_case_show(void *arg, struct call *call);
/* staff.c; does somebody of the name that stands in this parameter work here, or has done? Else a
 * problem with the nearest name. */
bool method_knows_staff(const struct kedjad *k, struct call *call, const char *field);
json_t *method_staff_list(void *arg, struct call *call);
json_t *method_staff_roles(void *arg, struct call *call);
/* deadline_list.c */
json_t *method_deadline_list(void *arg, struct call *call);
/* notice.c */
json_t *method_notice_list(void *arg, struct call *call);
/* hold.c */
json_t *method_notice_release(void *arg, struct call *call);
json_t *method_notice_discard(void *arg, struct call *call);
/* why.c */
json_t *method_why(void *arg, struct call *call);
/* outbox.c */
json_t *method_outbox_list(void *arg, struct call *call);
json_t *method_outbox_show(void *arg, struct call *call);
json_t *method_outbox_retry(void *arg, struct call *call);
json_t *method_outbox_cancel(void *arg, struct call *call);
json_t *method_drill(void *arg, struct call *call);
/* payment.c */
json_t *method_payment_coverage(void *arg, struct call *call);
json_t *method_payment_awaited(void *arg, struct call *call);
json_t *method_payment_unmatched(void *arg, struct call *call);
json_t *method_rent_open(void *arg, struct call *call);
/* payment_known.c */
json_t *method_payment_known(void *arg, struct call *call);
json_t *method_rent_leases(void *arg, struct call *call);
/* alarms.c: what is so now and a human must look at, a row each: its name, what is so, what to do,
 * and who has seen it. A row stays until it is over; who has seen it is forgotten then, at the next
 * question. */
json_t *alarms_now(const struct kedjad *k, const struct outbox_figures *figures);
json_t *alarms_without_file(const struct kedjad *k);
void alarms_forget_seen(const struct kedjad *k, const json_t *alarms);
json_t *method_status_ack(void *arg, struct call *call);
/* daemon.c */
json_t *method_status(void *arg, struct call *call);
json_t *method_rules_list(void *arg, struct call *call);
json_t *method_rules_reload(void *arg, struct call *call);
json_t *method_rules_revert(void *arg, struct call *call);
json_t *method_calendar_year(void *arg, struct call *call);
json_t *method_clock_show(void *arg, struct call *call);
json_t *method_clock_set(void *arg, struct call *call);
json_t *method_rebuild(void *arg, struct call *call);

/* access.c, audit.c */
json_t *method_access_show(void *arg, struct call *call);
json_t *method_access_explain(void *arg, struct call *call);
json_t *method_audit_list(void *arg, struct call *call);
json_t *method_audit_verify(void *arg, struct call *call);
json_t *method_audit_sample(void *arg, struct call *call);

/* answer.c: how rows become JSON, the same everywhere. NULL where there is nothing. */
#define PAGE_ROWS 100
json_t *answer_text(const char *text);
json_t *answer_person(const char *id); /* the administrator has an id of no letters */
json_t *answer_day(date day);
json_t *answer_instant(const struct kedjad *k, instant at);
json_t *answer_instant_column(const struct kedjad *k, struct query *q, int column);
json_t *answer_number_column(struct query *q, int column);
/* A row whose columns stand in the answer as they are, in the order of the SELECT; the table ends
 * by a name NULL. */
enum answer_form {
	ANSWER_TEXT,
	ANSWER_KEY, /* a key of no letters is none */
	ANSWER_PERSON,
	ANSWER_NUMBER,
	ANSWER_FLAG,
	ANSWER_INSTANT,
	ANSWER_JSON,
	ANSWER_LATER, /* not put in here: the caller does */
};
struct answer_column {
	const char *name;
	enum answer_form form;
};
json_t *answer_row(const struct kedjad *k, struct query *q, const struct answer_column *columns);
/* {"rows": rows, "next": cursor}; the cursor is the id or text to go on after, NULL at the end. */
json_t *answer_page(json_t *rows, json_t *next);
json_t *answer_deadline_row(const struct kedjad *k, struct query *q);
/* Into `answer`: "deadlines", a page of a subject's, what is open first, and "deadlines_next". */
void answer_deadlines_of(struct kedjad *k, const char *subject, json_t *answer);
#define DEADLINE_COLUMNS                                                                           \
	"d.id, d.rule, d.subject, d.key, d.anchor_event, d.anchor, d.occurrence, d.due, d.state,"  \
	" d.next_step, d.next_at, d.missed,"                                                       \
	" CASE WHEN d.put_off IS NOT NULL THEN (SELECT json_group_array(json_object("              \
	"  'until', e.data ->> 'until', 'by', e.data ->> 'by', 'role', e.data ->> 'role',"         \
	"  'event', e.id, 'acknowledged', json(iif(e.kind = 'deadline.acknowledged', 'true',"      \
	"  'false')))) FROM json_each(d.put_off) p JOIN event e ON e.id = p.value) END,"           \
	" d.too_late"

#endif
