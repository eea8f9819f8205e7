/* SPDX-License-Identifier: EUPL-1.2 */
/* See event_own.h: what is right, but most likely not all that was meant. */
#include <string.h>

#include "daemon/methods/at_stake.h"
#include "daemon/methods/event_own.h"
#include "daemon/store/running.h"

const char *event_place(const struct incoming *in, const char *field)
{
	if (in->index < 0)
		return field;
	return field[0] == '\0' ? arena_printf(in->r->arena, "[%d]", in->index)
				: arena_printf(in->r->arena, "[%d].%s", in->index, field);
}

void event_add_problems(const struct incoming *in, const struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		problem_add(&in->r->call->problems, event_place(in, problems->list[i].place), 0,
			    "%s", problems->list[i].text);
}

void event_note(struct incoming *in, const char *sort, const char *text)
{
	if (text != NULL && in->note_count < NOTES_MOST)
		in->notes[in->note_count++] = (struct note){ sort, text };
}

static bool was_ever_opened(const struct incoming *in)
{
	struct query *q =
	    db_query(in->r->k->core.db, "SELECT 1 FROM event WHERE subject = ?1 AND kind ="
					" 'case.opened'");
	db_bind_text(q, 1, in->event->subject);
	return db_found(q);
}

/* Few rules begin on a case that is closed, or was never opened. */
static void note_not_open(struct incoming *in)
{
	const struct kind *kind = in->event->kind;
	char day[DATE_TEXT_SIZE];
	date closed_on;
	if (kind->subject != SUBJECT_CASE || kind->course == &course_case)
		return;
	if (kind->within != &course_case &&
	    running_over(&in->r->k->core, &course_case, in->event->subject, in->event, &closed_on))
		event_note(in, "closed",
			   arena_printf(in->r->arena,
					"%s is closed since %s: few rules begin there",
					in->event->subject, date_format(closed_on, day)));
	else if (!was_ever_opened(in))
		event_note(in, "not_opened",
			   arena_printf(in->r->arena,
					"%s is not opened: few rules begin before its case.opened",
					in->event->subject));
}

/* A receipt that two people type in, or that a file of the bank's has brought, too. */
static void note_same_payment(struct incoming *in)
{
	const struct event *event = in->event;
	struct value paid_on = event_value(event, "paid_on"), amount = event_value(event, "amount");
	if (in->r->from_bank || event->kind->subject != SUBJECT_CASE ||
	    paid_on.type != VALUE_DATE || amount.type != VALUE_NUMBER)
		return;
	struct query *q = db_query(
	    in->r->k->core.db,
	    "SELECT e.id FROM event e WHERE e.subject = ?1 AND e.kind = ?2"
	    " AND e.data ->> 'paid_on' = ?3 AND e.data ->> 'amount' = ?4 AND e.id <> ?5"
	    " AND NOT EXISTS (SELECT 1 FROM void v WHERE v.event = e.id) ORDER BY e.id LIMIT 1");
	db_bind(q, DB_TEXT(event->subject), DB_TEXT(event->kind->name),
		DB_DATE((date)paid_on.number), DB_INT(amount.number), DB_INT(event->id));
	int64_t same = db_number(q);
	if (same != 0)
		event_note(
		    in, "same_payment",
		    arena_printf(in->r->arena,
				 "event %lld tells of the same amount on the same day: if it "
				 "is the same payment, take this one back",
				 (long long)same));
}

/* Of a list nobody is asked who will be told: a thousand plans in one turn. */
void event_note_standing(struct incoming *in)
{
	size_t before = in->note_count;
	if (in->index < 0 && !in->r->only_checks)
		event_note(in, "at_stake", method_at_stake_note(in->r->k, in->event, in->r->arena));
	if (in->note_count == before)
		note_not_open(in);
	note_same_payment(in);
}

void event_notes_answer(const struct incoming *in, json_t *answer)
{
	const char *all = NULL;
	json_t *list = json_array();
	for (size_t i = 0; i < in->note_count; i++) {
		const struct note *note = &in->notes[i];
		all = all == NULL ? note->text
				  : arena_printf(in->r->arena, "%s; %s", all, note->text);
		json_array_append_new(
		    list, json_pack("{s:s, s:s}", "sort", note->sort, "text", note->text));
	}
	if (all != NULL)
		json_object_set_new(answer, "note", json_string(all));
	if (all != NULL)
		json_object_set(answer, "notes", list);
	json_decref(list);
}
