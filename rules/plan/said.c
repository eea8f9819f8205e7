/* SPDX-License-Identifier: EUPL-1.2 */
/* See said.h. */
#include "rules/plan/said.h"

#include <string.h>

/* Of one step: the repetitions up to `through` have gone, and those beyond it that have a bit. */
struct said_step {
	int through;
	int last;
	unsigned char *bits;
	size_t size;
};

/* That an acknowledgement of a role until a day has come back. */
struct said_back {
	const struct role *role;
	date until;
	const struct said_back *older;
};

struct said *said_new(const struct rule *rule, struct arena *arena)
{
	struct said *said = arena_alloc(arena, sizeof(*said));
	said->arena = arena;
	said->rule = rule;
	said->steps = arena_alloc(arena, (rule->step_count + 1) * sizeof(*said->steps));
	return said;
}

/* Of a list those whose step the rule still has. */
static struct held_step *list_of(const struct held_step *list, size_t *count,
				 const struct rule *rule, struct arena *arena)
{
	struct held_step *kept = arena_alloc(arena, (*count + 1) * sizeof(*kept));
	size_t used = 0;
	for (size_t i = 0; i < *count; i++) {
		kept[used] = list[i];
		kept[used].planned.step = rule_step(rule, list[i].planned.step->name);
		used += kept[used].planned.step != NULL;
	}
	*count = used;
	return kept;
}

struct said *said_follow(const struct said *before, const struct rule *rule)
{
	struct said *said = said_new(rule, before->arena);
	said->held_count = said->held_capacity = before->held_count;
	said->told_count = said->told_capacity = before->told_count;
	said->held = list_of(before->held, &said->held_count, rule, said->arena);
	said->told = list_of(before->told, &said->told_count, rule, said->arena);
	said->backs = before->backs;
	for (size_t i = 0; i < before->rule->step_count; i++) {
		const struct step *step = rule_step(rule, before->rule->steps[i].name);
		if (step != NULL)
			said->steps[step->index] = before->steps[i];
	}
	return said;
}

/* --- steps that have gone off ---------------------------------------------------------------- */

static bool has_bit(const struct said_step *of, int repetition)
{
	size_t byte = (size_t)repetition / 8;
	return byte < of->size && (of->bits[byte] >> (repetition % 8) & 1) != 0;
}

static void set_bit(struct said_step *of, int repetition, struct arena *arena)
{
	size_t byte = (size_t)repetition / 8;
	if (byte >= of->size) {
		unsigned char *longer = arena_alloc(arena, 2 * byte + 2);
		if (of->size > 0)
			memcpy(longer, of->bits, of->size);
		of->bits = longer;
		of->size = 2 * byte + 2;
	}
	of->bits[byte] |= (unsigned char)(1U << (repetition % 8));
}

void said_note_gone_through(struct said *said, const struct step *step, int repetition)
{
	struct said_step *of = &said->steps[step->index];
	of->through = repetition > of->through ? repetition : of->through;
	while (has_bit(of, of->through + 1))
		of->through++;
	of->last = of->through > of->last ? of->through : of->last;
}

void said_note_gone(struct said *said, const struct step *step, int repetition)
{
	struct said_step *of = &said->steps[step->index];
	if (repetition <= of->through)
		return;
	if (repetition == of->through + 1) {
		said_note_gone_through(said, step, repetition);
		return;
	}
	set_bit(of, repetition, said->arena);
	of->last = repetition > of->last ? repetition : of->last;
}

bool said_has_gone(const struct said *said, const struct step *step, int repetition)
{
	if (said == NULL)
		return false;
	const struct said_step *of = &said->steps[step->index];
	return repetition <= of->through || has_bit(of, repetition);
}

int said_first_left(const struct said *said, const struct step *step)
{
	return said == NULL ? 1 : said->steps[step->index].through + 1;
}

int said_last_gone(const struct said *said, const struct step *step)
{
	return said == NULL ? 0 : said->steps[step->index].last;
}

/* --- who was told ---------------------------------------------------------------------------- */

static void list_add(struct held_step **list, size_t *count, size_t *capacity,
		     const struct held_step *row, struct arena *arena)
{
	if (*count == *capacity) {
		*capacity = *capacity == 0 ? 8 : 2 * *capacity;
		struct held_step *longer = arena_alloc(arena, *capacity * sizeof(*longer));
		if (*count > 0)
			memcpy(longer, *list, *count * sizeof(*longer));
		*list = longer;
	}
	(*list)[(*count)++] = *row;
}

static size_t list_without(struct held_step *list, size_t count, const struct role *role)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (list[i].role != role)
			list[kept++] = list[i];
	return kept;
}

void said_note_held(struct said *said, const struct held_step *held)
{
	list_add(&said->held, &said->held_count, &said->held_capacity, held, said->arena);
}

void said_note_told(struct said *said, const struct held_step *told)
{
	said->held_count = list_without(said->held, said->held_count, told->role);
	said_note_last(said, told);
}

void said_note_last(struct said *said, const struct held_step *told)
{
	said->told_count = list_without(said->told, said->told_count, told->role);
	list_add(&said->told, &said->told_count, &said->told_capacity, told, said->arena);
}

const struct held_step *said_last_told(const struct said *said, const struct role *role)
{
	const struct held_step *covered = NULL;
	for (size_t i = said->told_count; i > 0; i--) {
		const struct held_step *told = &said->told[i - 1];
		if (told->role == role)
			return told;
		if (covered == NULL && told->role != NULL &&
		    put_off_covers(said->rule, role, told->role))
			covered = told;
	}
	return covered;
}

/* --- acknowledgements that have come back ---------------------------------------------------- */

void said_note_back(struct said *said, const struct role *role, date until)
{
	struct said_back *back = arena_alloc(said->arena, sizeof(*back));
	*back = (struct said_back){ role, until, said->backs };
	said->backs = back;
}

bool said_is_back(const struct said *said, const struct put_off *put_off)
{
	for (const struct said_back *b = said->backs; b != NULL; b = b->older)
		if (b->role == put_off->role && b->until == put_off->until)
			return true;
	return false;
}

const struct put_off *said_first_to_come(const struct said *said, const struct deadline *deadline)
{
	const struct put_off *first = NULL;
	for (const struct put_off *p = deadline->put_off; p != NULL; p = p->older)
		if (p->acknowledged && (first == NULL || p->until <= first->until) &&
		    !said_is_back(said, p))
			first = p;
	return first;
}
