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

static struct overdue_span *span_open(const struct deadline *deadline)
{
	size_t count = deadline->overdue_count;
	bool goes_on = count > 0 && deadline->overdue[count - 1].over == DATE_NONE;
	return goes_on ? &deadline->overdue[count - 1] : NULL;
}

static void span_end(struct deadline *deadline, date over)
{
	struct overdue_span *span = span_open(deadline);
	span->over = over;
	if (span->over <= span->first)
		deadline->overdue_count--;
}

/* What was said to have ended, and by an earlier entry had not, was overdue all the time. */
static void span_begin(struct plan *plan, struct deadline *deadline, const char *programme,
		       date first)
{
	while (deadline->overdue_count > 0) {
		const struct overdue_span *before = &deadline->overdue[deadline->overdue_count - 1];
		if (before->over < first || strcmp(before->programme, programme) != 0)
			break;
		first = before->first < first ? before->first : first;
		deadline->overdue_count--;
	}
	size_t count = deadline->overdue_count;
	struct overdue_span *list = arena_alloc(plan->arena, (count + 1) * sizeof(*list));
	if (count > 0)
		memcpy(list, deadline->overdue, count * sizeof(*list));
	list[count] =
	    (struct overdue_span){ arena_strdup(plan->arena, programme), first, DATE_NONE };
	deadline->overdue = list;
	deadline->overdue_count++;
}

static date later(date a, date b)
{
	return a > b ? a : b;
}

void deadline_note_overdue(struct plan *plan, struct deadline *deadline, civil known)
{
	if (plan->type != SUBJECT_CASE)
		return;
	const char *programme =
	    deadline->state == DEADLINE_OPEN ? facts_programme(plan->facts) : NULL;
	const struct overdue_span *span = span_open(deadline);
	if (span != NULL && programme != NULL && deadline->overdue_due == deadline->due &&
	    strcmp(span->programme, programme) == 0)
		return;
	if (span == NULL && programme == NULL)
		return;
	if (span != NULL)
		span_end(deadline, first_to_begin(known));
	if (programme != NULL)
		span_begin(
		    plan, deadline, programme,
		    later(deadline->due + 1,
			  first_to_begin(known > deadline->known ? known : deadline->known)));
	deadline->overdue_due = deadline->due;
	deadline_touch(plan, deadline);
}

void deadline_overdue_since(struct deadline *deadline, civil known)
{
	struct overdue_span *span = span_open(deadline);
	if (span != NULL)
		span->first = later(span->first, first_to_begin(known));
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
