/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Judging conditions, and finding the day on which a verdict changes by itself.
 *
 * Nothing in the language multiplies, so every number and date in it is a straight line over the
 * days to come: what it is today, plus so many times the days that pass, as long as no other
 * value changes. Where the two sides of a comparison cross is therefore solved, not searched for;
 * at each crossing the whole is judged as of that day.
 */
#include "rules/language/condition.h"

#include <string.h>

#include "rules/language/condition_own.h"

#define LARGE (INT64_C(1) << 60) /* sums of lines below this cannot overflow */

/* A world as it will be so many days later, if nothing happens. */
struct judging {
	const struct condition_world *world;
	int64_t later;
	bool failed; /* a sum went out of range; all else is void then */
};

static const struct value unknown = { VALUE_NULL, 0, NULL };

static struct value value_of_flag(bool flag)
{
	return (struct value){ VALUE_FLAG, flag ? 1 : 0, NULL };
}

static bool grows_daily(const struct condition_world *world, int slot)
{
	if (slot == world->today_slot)
		return true;
	return world->grows_daily != NULL && world->grows_daily(world->arg, slot);
}

static struct value judge(struct judging *judging, const struct node *node);

static struct value value_of_name(struct judging *judging, const struct node *node)
{
	struct value value = judging->world->value(judging->world->arg, node->slot);
	if (value.type == VALUE_NULL || (value.type == VALUE_TEXT && value.text == NULL))
		return unknown;
	if (judging->later != 0 && value.type != VALUE_TEXT &&
	    grows_daily(judging->world, node->slot))
		value.number += judging->later;
	return value;
}

static struct value judge_sum(struct judging *judging, const struct node *sum)
{
	struct value total = judge(judging, sum->first);
	for (const struct node *part = sum->first->next; part != NULL; part = part->next) {
		struct value value = judge(judging, part);
		if (total.type == VALUE_NULL || value.type == VALUE_NULL)
			total = unknown;
		else if (part->subtracted
			     ? __builtin_sub_overflow(total.number, value.number, &total.number)
			     : __builtin_add_overflow(total.number, value.number, &total.number))
			judging->failed = true;
	}
	if (total.type != VALUE_NULL)
		total.type = sum->type;
	return total;
}

static struct value judge_minus(struct judging *judging, const struct node *node)
{
	struct value value = judge(judging, node->first);
	if (value.type != VALUE_NULL && __builtin_sub_overflow(0, value.number, &value.number))
		judging->failed = true;
	return value;
}

static bool holds(enum comparison op, int order)
{
	switch (op) {
	case COMPARE_EQ:
		return order == 0;
	case COMPARE_NE:
		return order != 0;
	case COMPARE_LT:
		return order < 0;
	case COMPARE_LE:
		return order <= 0;
	case COMPARE_GT:
		return order > 0;
	case COMPARE_GE:
		return order >= 0;
	}
	return false;
}

static struct value compare(enum comparison op, struct value a, struct value b)
{
	if (a.type == VALUE_NULL || b.type == VALUE_NULL ||
	    (a.type == VALUE_TEXT) != (b.type == VALUE_TEXT))
		return unknown;
	int order = a.type == VALUE_TEXT ? strcmp(a.text, b.text)
					 : (a.number > b.number) - (a.number < b.number);
	return value_of_flag(holds(op, order));
}

static struct value negate(struct value value)
{
	return value.type == VALUE_NULL ? unknown : value_of_flag(value.number == 0);
}

static struct value judge_in(struct judging *judging, const struct node *node)
{
	struct value left = judge(judging, node->first);
	struct value found = value_of_flag(false);
	for (const struct node *item = node->first->next; item != NULL; item = item->next) {
		struct value same = compare(COMPARE_EQ, left, judge(judging, item));
		if (same.type == VALUE_NULL)
			found = unknown;
		else if (same.number != 0)
			return value_of_flag(true);
	}
	return found;
}

/* AND and OR: decided by the first operand that is `decisive`, and then no further one is read. */
static struct value judge_junction(struct judging *judging, const struct node *node, bool decisive)
{
	struct value found = value_of_flag(!decisive);
	for (const struct node *part = node->first; part != NULL; part = part->next) {
		struct value value = judge(judging, part);
		if (value.type == VALUE_NULL)
			found = unknown;
		else if ((value.number != 0) == decisive)
			return value_of_flag(decisive);
	}
	return found;
}

static struct value judge_between(struct judging *judging, const struct node *node)
{
	struct value value = judge(judging, node->first);
	struct value low = compare(COMPARE_GE, value, judge(judging, node->first->next));
	struct value high = compare(COMPARE_LE, value, judge(judging, node->last));
	if ((low.type == VALUE_FLAG && low.number == 0) ||
	    (high.type == VALUE_FLAG && high.number == 0))
		return value_of_flag(false);
	return low.type == VALUE_NULL ? low : high;
}

static struct value judge_compare(struct judging *judging, const struct node *node)
{
	struct value left = judge(judging, node->first);
	return compare(node->op, left, judge(judging, node->last));
}

static struct value judge(struct judging *judging, const struct node *node)
{
	struct value value = unknown;
	switch (node->kind) {
	case NODE_BAD:
	case NODE_NULL:
		return unknown;
	case NODE_NUMBER:
	case NODE_DATE:
	case NODE_FLAG:
	case NODE_TEXT:
		return (struct value){ node->type, node->number, node->text };
	case NODE_NAME:
		return value_of_name(judging, node);
	case NODE_MINUS:
		return judge_minus(judging, node);
	case NODE_SUM:
		return judge_sum(judging, node);
	case NODE_COMPARE:
		return judge_compare(judging, node);
	case NODE_IN:
		value = judge_in(judging, node);
		break;
	case NODE_BETWEEN:
		value = judge_between(judging, node);
		break;
	case NODE_IS_NULL:
		value = value_of_flag(judge(judging, node->first).type == VALUE_NULL);
		break;
	case NODE_NOT:
		return negate(judge(judging, node->first));
	case NODE_AND:
		return judge_junction(judging, node, false);
	case NODE_OR:
		return judge_junction(judging, node, true);
	}
	return node->negated ? negate(value) : value;
}

static enum verdict verdict_later(const struct condition *condition,
				  const struct condition_world *world, int64_t later)
{
	struct judging judging = { world, later, false };
	struct value value = judge(&judging, condition->root);
	if (judging.failed)
		return VERDICT_FAILED;
	if (value.type == VALUE_NULL)
		return VERDICT_NULL;
	return value.number != 0 ? VERDICT_TRUE : VERDICT_FALSE;
}

enum verdict condition_judge(const struct condition *condition, const struct condition_world *world)
{
	return verdict_later(condition, world, 0);
}

/* A number over the days to come: today's, and what each day adds to it. */
struct line {
	int64_t now;
	int64_t daily;
	bool is_null;
	bool too_large; /* not to be reckoned with */
};

static struct line line_of(const struct condition_world *world, const struct node *node);

static struct line line_of_name(const struct condition_world *world, const struct node *node)
{
	struct judging judging = { world, 0, false };
	struct value value = value_of_name(&judging, node);
	if (value.type == VALUE_NULL || value.type == VALUE_TEXT)
		return (struct line){ .is_null = true };
	return (struct line){ .now = value.number,
			      .daily = grows_daily(world, node->slot) ? 1 : 0 };
}

/* Of sides that may be NULL both are looked at, so that what is too large is never overlooked. */
static struct line line_sum(struct line a, struct line b, int sign)
{
	struct line sum = { 0, a.daily + sign * b.daily, a.is_null || b.is_null,
			    a.too_large || b.too_large };
	if (sum.too_large)
		return sum;
	sum.now = a.now + sign * b.now;
	return sum;
}

static struct line line_of_sum(const struct condition_world *world, const struct node *node)
{
	struct line sum = line_of(world, node->first);
	for (const struct node *part = node->first->next; part != NULL; part = part->next) {
		sum = line_sum(sum, line_of(world, part), part->subtracted ? -1 : 1);
		sum.too_large = sum.too_large || sum.now > LARGE || sum.now < -LARGE;
	}
	return sum;
}

static struct line line_of(const struct condition_world *world, const struct node *node)
{
	struct line line = { 0 };
	if (node->kind == NODE_NUMBER || node->kind == NODE_DATE)
		line.now = node->number;
	else if (node->kind == NODE_NAME)
		line = line_of_name(world, node);
	else if (node->kind == NODE_MINUS)
		line = line_sum(line, line_of(world, node->first), -1);
	else if (node->kind == NODE_SUM)
		line = line_of_sum(world, node);
	else
		line.is_null = true;
	line.too_large = line.too_large || line.now > LARGE || line.now < -LARGE;
	return line;
}

#define NEVER    INT64_MAX
#define UNSOLVED (-1)

/* The first day later than `after` on which a and b may stand differently to each other. */
static int64_t crossing(const struct condition_world *world, const struct node *a,
			const struct node *b, int64_t after)
{
	struct line gap = line_sum(line_of(world, a), line_of(world, b), -1);
	if (gap.too_large)
		return UNSOLVED;
	if (gap.is_null || gap.daily == 0)
		return NEVER;
	/* It is zero on day -now/daily: they differ until then, are equal then, differ after it. */
	int64_t down = gap.daily < 0 ? gap.now : -gap.now;
	int64_t daily = gap.daily < 0 ? -gap.daily : gap.daily;
	int64_t meeting = down / daily - (down % daily < 0);
	if (down % daily == 0 && meeting > after)
		return meeting;
	return meeting + 1 > after ? meeting + 1 : NEVER;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b; /* UNSOLVED is before all */
}

static bool is_comparison(const struct node *node)
{
	return node->kind == NODE_COMPARE || node->kind == NODE_IN || node->kind == NODE_BETWEEN;
}

/* The first crossing in a whole tree later than `after`. */
static int64_t first_crossing(const struct condition_world *world, const struct node *node,
			      int64_t after)
{
	int64_t first = NEVER;
	for (const struct node *child = node->first; child != NULL; child = child->next) {
		first = earlier(first, first_crossing(world, child, after));
		if (child != node->first && is_comparison(node))
			first = earlier(first, crossing(world, node->first, child, after));
	}
	return first;
}

static date earlier_date(date a, date b)
{
	if (a == DATE_NONE || b == DATE_NONE)
		return a == DATE_NONE ? b : a;
	return a < b ? a : b;
}

/* The first day on which a value changes otherwise than by one a day. */
static date horizon_of(const struct condition *condition, const struct condition_world *world,
		       bool solving)
{
	date first = DATE_NONE;
	for (size_t i = 0; i < condition->slot_count; i++)
		if (!solving || !grows_daily(world, condition->slots[i]))
			first = earlier_date(first,
					     world->next_change(world->arg, condition->slots[i]));
	return first;
}

date condition_next_change(const struct condition *condition, const struct condition_world *world)
{
	struct value today = unknown;
	if (world->today_slot >= 0)
		today = world->value(world->arg, world->today_slot);
	if (today.type != VALUE_DATE)
		return horizon_of(condition, world, false);
	date horizon = horizon_of(condition, world, true);
	enum verdict now = condition_judge(condition, world);
	for (int64_t later = 0;;) {
		later = first_crossing(world, condition->root, later);
		if (later == UNSOLVED)
			return horizon_of(condition, world, false);
		if (later > DATE_LAST - today.number)
			return horizon;
		date day = (date)(today.number + later);
		if (horizon != DATE_NONE && day >= horizon)
			return horizon;
		if (verdict_later(condition, world, later) != now)
			return day;
	}
}

size_t condition_slots(const struct condition *condition, const int **ret_slots)
{
	*ret_slots = condition->slots;
	return condition->slot_count;
}
