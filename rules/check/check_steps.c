/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The steps of a rule beside each other and beside its dates. Days are compared on samples: every
 * start within four years; something is told only if it is so on each of them.
 */
#include <stdlib.h>
#include <string.h>

#include "rules/check/check_own.h"

#define FIRST_SAMPLE 20454 /* 2026-01-01 */
#define SAMPLE_DAYS  1461
#define REPETITIONS  60 /* of a step that comes until it is done: so many are looked at */

/* One start of a rule, and when it is due. */
struct sample {
	date anchor, due,
	    next_due; /* next_due: of the occurrence that time alone brings, or none */
};

static date due_of(const struct checking *checking, const struct rule *rule, date anchor, int later)
{
	const struct calendar *calendar = checking->ruleset->calendar;
	date due = rule_due(rule, later, anchor, calendar);
	return calendar_adjust(calendar, due, rule->adjust);
}

/* The start on a day; false if the rule does not start on it. */
static bool sample_at(const struct checking *checking, const struct rule *rule, date day,
		      struct sample *ret)
{
	bool dated = rule_is_dated(rule);
	if (dated && !rule_has_day(rule, day))
		return false;
	ret->anchor = day;
	ret->due = due_of(checking, rule, day, 0);
	ret->next_due = DATE_NONE;
	if (dated)
		ret->next_due = due_of(checking, rule, rule_day_beside(rule, day, 1), 0);
	else if (rule->repeat == REPEAT_FIXED)
		ret->next_due = due_of(checking, rule, day, 1);
	return true;
}

static date day_of_step(const struct checking *checking, const struct sample *sample,
			const struct step *step, int repetition)
{
	return offset_apply_repeated(&step->at, &step->every, repetition - 1,
				     step->from_anchor ? sample->anchor : sample->due,
				     checking->ruleset->calendar);
}

static void tell_step(const struct checking *checking, const struct rule *rule,
		      const struct step *step, const char *text)
{
	struct key_place place = rule_place(rule, "steps");
	char *whole = xasprintf("step \"%s\": %s", step->name, text);
	place.line = step->line;
	check_add(checking, rule, place, 0, whole);
	free(whole);
}

/* A thing that is so of a step on a sample, perhaps with a second step. */
typedef bool step_test(const struct checking *checking, const struct sample *sample,
		       const struct step *step, const struct step *other);

static bool is_always(const struct checking *checking, const struct rule *rule, step_test *test,
		      const struct step *step, const struct step *other)
{
	bool any = false;
	for (date day = FIRST_SAMPLE; day < FIRST_SAMPLE + SAMPLE_DAYS; day++) {
		struct sample sample;
		if (!sample_at(checking, rule, day, &sample))
			continue;
		if (!test(checking, &sample, step, other))
			return false;
		any = true;
	}
	return any;
}

/* --- against the dates of the rule ----------------------------------------------------------- */

static bool is_after_next(const struct checking *checking, const struct sample *sample,
			  const struct step *step, const struct step *other)
{
	(void)other;
	return sample->next_due != DATE_NONE &&
	       day_of_step(checking, sample, step, 1) > sample->next_due;
}

static bool is_before_start(const struct checking *checking, const struct sample *sample,
			    const struct step *step, const struct step *other)
{
	(void)other;
	date day = day_of_step(checking, sample, step, 1);
	return day != DATE_NONE && day < sample->anchor;
}

/* An anchor that is the day of an event is never known before it. */
static bool starts_when_known(const struct rule *rule)
{
	return rule->from == NULL && !rule_is_dated(rule) && rule->repeat == REPEAT_NONE;
}

static void check_dates(const struct checking *checking, const struct rule *rule,
			const struct step *step)
{
	bool comes_again = rule_comes_again(rule);
	if (step->time == STEP_NOW)
		return;
	if (comes_again && is_always(checking, rule, is_after_next, step, NULL))
		tell_step(checking, rule, step,
			  "it lies after the next occurrence, which takes the place of this one: "
			  "it never goes out");
	if (starts_when_known(rule) && is_always(checking, rule, is_before_start, step, NULL))
		tell_step(checking, rule, step,
			  "it lies before the event that starts the rule: it can only come late");
}

/* --- who is named ---------------------------------------------------------------------------- */

static bool is_same_addressee(const struct addressee *a, const struct addressee *b)
{
	return a->role == b->role && (a->role != NULL || a->field == b->field);
}

static bool is_among(const struct addressee *list, size_t count, const struct addressee *who)
{
	for (size_t i = 0; i < count; i++)
		if (is_same_addressee(&list[i], who))
			return true;
	return false;
}

static const char *name_of(const struct checking *checking, const struct rule *rule,
			   const struct addressee *who)
{
	return who->role != NULL
		   ? who->role->name
		   : arena_printf(checking->arena, "field:%s", rule->role_fields[who->field]);
}

static void check_twice(const struct checking *checking, const struct rule *rule,
			const struct step *step)
{
	for (size_t i = 0; i < step->to_count; i++)
		if (is_among(step->to, i, &step->to[i]))
			tell_step(checking, rule, step,
				  arena_printf(checking->arena, "to names \"%s\" twice",
					       name_of(checking, rule, &step->to[i])));
	for (size_t i = 0; i < step->cc_count; i++) {
		const char *name = name_of(checking, rule, &step->cc[i]);
		if (is_among(step->to, step->to_count, &step->cc[i]))
			tell_step(checking, rule, step,
				  arena_printf(checking->arena,
					       "\"%s\" stands in to already: leave it out of cc",
					       name));
		else if (is_among(step->cc, i, &step->cc[i]))
			tell_step(checking, rule, step,
				  arena_printf(checking->arena, "cc names \"%s\" twice", name));
	}
}

/* The first role that both steps name, or NULL. */
static const struct addressee *common_role(const struct step *a, const struct step *b)
{
	for (size_t i = 0; i < a->to_count; i++)
		if (is_among(b->to, b->to_count, &a->to[i]) ||
		    is_among(b->cc, b->cc_count, &a->to[i]))
			return &a->to[i];
	for (size_t i = 0; i < a->cc_count; i++)
		if (is_among(b->to, b->to_count, &a->cc[i]) ||
		    is_among(b->cc, b->cc_count, &a->cc[i]))
			return &a->cc[i];
	return NULL;
}

static int repetitions_of(const struct step *step)
{
	return step->times == 0 || step->times > REPETITIONS ? REPETITIONS : step->times;
}

/* Does any repetition of one fall on the day of the first of the other? */
static bool falls_on(const struct checking *checking, const struct sample *sample,
		     const struct step *step, const struct step *other)
{
	date day = day_of_step(checking, sample, other, 1);
	if (day == DATE_NONE)
		return false;
	for (int i = 1; i <= repetitions_of(step); i++) {
		date mine = day_of_step(checking, sample, step, i);
		if (mine >= day || mine == DATE_NONE) /* years beyond the calendar */
			return mine == day;
	}
	return false;
}

static bool is_on_same_day(const struct checking *checking, const struct sample *sample,
			   const struct step *step, const struct step *other)
{
	return falls_on(checking, sample, step, other) || falls_on(checking, sample, other, step);
}

/* Days that move by themselves cannot be compared: a day that was agreed, a pause. */
static bool may_be_compared(const struct rule *rule, const struct step *a, const struct step *b)
{
	if (a->time == STEP_NOW || b->time == STEP_NOW || a->time != b->time)
		return false; /* two hours of one day are meant */
	return a->from_anchor == b->from_anchor || (rule->agreed_count == 0 && !rule->pausable);
}

static void check_same_day(const struct checking *checking, const struct rule *rule,
			   const struct step *step)
{
	for (int i = 0; i < step->index; i++) {
		const struct step *other = &rule->steps[i];
		const struct addressee *who = common_role(step, other);
		if (who == NULL || !may_be_compared(rule, step, other) ||
		    !is_always(checking, rule, is_on_same_day, step, other))
			continue;
		tell_step(checking, rule, step,
			  arena_printf(checking->arena,
				       "it comes to \"%s\" on the same day as step \"%s\": one of "
				       "the two is enough",
				       name_of(checking, rule, who), other->name));
	}
}

/* --- does it lead anywhere? ------------------------------------------------------------------ */

static bool is_reminder_after_due(const struct step *step)
{
	return !step->from_anchor && step->time == STEP_AT_SLOT && !offset_is_zero(&step->at) &&
	       !offset_is_negative(&step->at);
}

/* Somebody who had not been told so directly, or more urgently, before. */
static bool reaches_somebody_new(const struct rule *rule, const struct step *step)
{
	for (size_t i = 0; i < step->to_count + step->cc_count; i++) {
		bool copy = i >= step->to_count, told = false;
		const struct addressee *who = copy ? &step->cc[i - step->to_count] : &step->to[i];
		for (int j = 0; j < step->index && !told; j++) {
			const struct step *before = &rule->steps[j];
			told = before->urgent >= step->urgent &&
			       (is_among(before->to, before->to_count, who) ||
				(copy && is_among(before->cc, before->cc_count, who)));
		}
		if (!told)
			return true;
	}
	return false;
}

/* It goes on, at another pace, after one that came again a number of times. */
static bool goes_on(const struct rule *rule, const struct step *step)
{
	bool after_another = false;
	for (int i = 0; i < step->index; i++)
		after_another = after_another || rule->steps[i].times > 1;
	return step->repeats && after_another;
}

/* The first reminder after the due date may go to the same people; the next one is to help. */
static void check_escalation(const struct checking *checking, const struct rule *rule,
			     const struct step *step)
{
	const struct step *before = NULL;
	for (int i = 0; i < step->index; i++)
		if (is_reminder_after_due(&rule->steps[i]))
			before = &rule->steps[i];
	if (before == NULL || !is_reminder_after_due(step) || goes_on(rule, step) ||
	    reaches_somebody_new(rule, step))
		return;
	tell_step(checking, rule, step,
		  arena_printf(checking->arena,
			       "it reaches nobody new: name somebody who can help, or let step "
			       "\"%s\" come again with every",
			       before->name));
}

static bool names_role(const struct step *step, const struct role *role)
{
	const struct addressee who = { role, 0 };
	return is_among(step->to, step->to_count, &who) || is_among(step->cc, step->cc_count, &who);
}

static void check_also(const struct checking *checking, const struct rule *rule)
{
	for (size_t i = 0; i < rule->also_count; i++) {
		size_t steps = 0;
		for (size_t j = 0; j < rule->step_count; j++)
			steps += names_role(&rule->steps[j], rule->also[i]);
		if (steps == rule->step_count)
			check_tell(checking, rule, "also",
				   "it reaches nobody new: each step names \"%s\" itself",
				   rule->also[i]->name);
	}
}

void check_steps(const struct checking *checking, const struct rule *rule)
{
	check_also(checking, rule);
	for (size_t i = 0; i < rule->step_count; i++) {
		const struct step *step = &rule->steps[i];
		check_twice(checking, rule, step);
		check_dates(checking, rule, step);
		check_same_day(checking, rule, step);
		check_escalation(checking, rule, step);
		if (step->repeats && step->times == 1)
			tell_step(checking, rule, step,
				  "every says that it comes again, and times = 1 that it does not");
	}
}
