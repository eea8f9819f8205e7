/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * On which days a deadline of a case was overdue, as it was known then. A day is judged as it
 * begins: what is written down, ends, sleeps or moves on a day changes the count from the next day
 * on, and what is written down late from the day after it was. So the answer for a day is the same
 * on that day and ever after, for the daemon and for a plan that is folded anew.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/plan/plan_own.h"

/* The first day that begins at this moment or after it. */
static date first_to_begin(civil moment)
{
	return civil_date(moment) + (civil_second(moment) > 0 ? 1 : 0);
}

static bool is_programme(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool belongs_to(const struct plan *plan, const char *programme)
{
	size_t count = plan->tenure_count;
	return count > 0 && is_programme(plan->tenures[count - 1].programme, programme);
}

/* What was written down later lies before us all the same: until it was known the case belonged
 * where it was before. */
static void note_programme(struct plan *plan, const char *programme, date since)
{
	if (belongs_to(plan, programme))
		return;
	while (plan->tenure_count > 0 && plan->tenures[plan->tenure_count - 1].since >= since)
		plan->tenure_count--;
	if (belongs_to(plan, programme))
		return;
	plan->tenures = array_grow(plan->tenures, plan->tenure_count, &plan->tenure_capacity,
				   sizeof(*plan->tenures));
	plan->tenures[plan->tenure_count++] =
	    (struct tenure){ since,
			     programme == NULL ? NULL : arena_strdup(plan->arena, programme) };
}

static struct overdue_span *span_last(const struct deadline *deadline)
{
	size_t count = deadline->overdue_count;
	return count == 0 ? NULL : &deadline->overdue[count - 1];
}

/* Nothing is said of this day and those after it. */
static void spans_cut(struct deadline *deadline, date day)
{
	while (deadline->overdue_count > 0 && span_last(deadline)->first >= day)
		deadline->overdue_count--;
	struct overdue_span *last = span_last(deadline);
	if (last != NULL && (last->over == DATE_NONE || last->over > day))
		last->over = day;
}

static void span_add(struct plan *plan, struct deadline *deadline, struct overdue_span span)
{
	struct overdue_span *last = span_last(deadline);
	if (last != NULL && last->over == span.first &&
	    strcmp(last->programme, span.programme) == 0) {
		last->over = span.over;
		return;
	}
	size_t count = deadline->overdue_count;
	struct overdue_span *list = arena_alloc(plan->arena, (count + 1) * sizeof(*list));
	if (count > 0)
		memcpy(list, deadline->overdue, count * sizeof(*list));
	list[count] = span;
	deadline->overdue = list;
	deadline->overdue_count++;
}

static date later(date a, date b)
{
	return a > b ? a : b;
}

/* From that day on it is overdue, in each programme on the days on which the case was known to
 * belong to it. */
static void spans_add(struct plan *plan, struct deadline *deadline, date first)
{
	for (size_t i = 0; i < plan->tenure_count; i++) {
		const struct tenure *tenure = &plan->tenures[i];
		bool goes_on = i + 1 == plan->tenure_count;
		date over = goes_on ? DATE_NONE : plan->tenures[i + 1].since;
		if (tenure->programme != NULL && (goes_on || over > first))
			span_add(plan, deadline,
				 (struct overdue_span){ tenure->programme,
							later(first, tenure->since), over });
	}
}

static bool is_as_noted(const struct deadline *deadline, const char *programme, date day)
{
	const struct overdue_span *last = span_last(deadline);
	if (programme == NULL)
		return last == NULL || (last->over != DATE_NONE && last->over <= day);
	return last != NULL && last->over == DATE_NONE && deadline->overdue_due == deadline->due &&
	       strcmp(last->programme, programme) == 0;
}

void deadline_note_overdue(struct plan *plan, struct deadline *deadline, civil known)
{
	if (plan->type != SUBJECT_CASE)
		return;
	const char *programme = facts_programme(plan->facts);
	date day = first_to_begin(known), known_on = first_to_begin(deadline->known);
	note_programme(plan, programme, day);
	if (deadline->state != DEADLINE_OPEN)
		programme = NULL;
	if (is_as_noted(deadline, programme, day))
		return;
	spans_cut(deadline, day);
	if (programme != NULL)
		spans_add(plan, deadline, later(deadline->due + 1, later(day, known_on)));
	deadline->overdue_due = deadline->due;
	deadline_touch(plan, deadline);
}

bool deadline_is_overdue(const struct deadline *deadline, const char *programme, date day)
{
	for (size_t i = 0; i < deadline->overdue_count; i++) {
		const struct overdue_span *span = &deadline->overdue[i];
		if (span->first <= day && (span->over == DATE_NONE || day < span->over) &&
		    strcmp(span->programme, programme) == 0)
			return true;
	}
	return false;
}

/* From this day on there are so many more. */
struct step_of_count {
	date day;
	int by;
};

static int compare_days(const void *a, const void *b)
{
	const struct step_of_count *x = a, *y = b;
	return (x->day > y->day) - (x->day < y->day);
}

static size_t add_spans(const struct plan *plan, const char *programme, int by,
			struct step_of_count **list, size_t count, size_t *capacity)
{
	for (size_t i = 0; i < plan->all_count; i++) {
		const struct deadline *deadline = plan->all[i];
		for (size_t j = 0; j < deadline->overdue_count; j++) {
			const struct overdue_span *span = &deadline->overdue[j];
			if (strcmp(span->programme, programme) != 0)
				continue;
			*list = array_grow(*list, count + 1, capacity, sizeof(**list));
			(*list)[count++] = (struct step_of_count){ span->first, by };
			if (span->over != DATE_NONE)
				(*list)[count++] = (struct step_of_count){ span->over, -by };
		}
	}
	return count;
}

bool plan_same_overdue(const struct plan *a, const struct plan *b, const char *programme,
		       date until)
{
	struct step_of_count *list = NULL;
	size_t capacity = 0, count = add_spans(a, programme, 1, &list, 0, &capacity);
	count = add_spans(b, programme, -1, &list, count, &capacity);
	if (count > 1)
		qsort(list, count, sizeof(*list), compare_days);
	int more = 0;
	bool same = true;
	for (size_t i = 0; same && i < count && list[i].day <= until; i++) {
		more += list[i].by;
		bool day_is_whole = i + 1 == count || list[i + 1].day > list[i].day;
		same = !day_is_whole || more == 0;
	}
	free(list);
	return same;
}

bool plan_rules_ask_overdue(const struct ruleset *ruleset)
{
	const int *slots;
	int overdue = facts_find(SUBJECT_PROGRAMME, "overdue_deadlines");
	for (size_t i = 0; i < ruleset->count; i++) {
		const struct rule *rule = &ruleset->rules[i];
		bool asks = rule->subject == SUBJECT_PROGRAMME && rule->if_ != NULL;
		size_t count = asks ? condition_slots(rule->if_, &slots) : 0;
		for (size_t j = 0; j < count; j++)
			if (slots[j] == overdue)
				return true;
	}
	return false;
}
