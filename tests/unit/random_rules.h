/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Sets of rules that nobody thought of, as text: every key of the language, conditions over every
 * fact. A set is kept as its lines, so that whoever finds that something goes wrong with it can
 * take lines away for as long as it does.
 *
 *   maker = (struct maker){ &chance, arena, chain };
 *   maker_choose(&maker);                        the kinds and roles that this set is about
 *   rules_make(&maker, &set);                    rules_change(&maker, &set, &other);
 *   text = rules_write(&set, arena);             what the loader reads; it may refuse it
 */
#ifndef KEDJA_RANDOM_RULES_H
#define KEDJA_RANDOM_RULES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "rules/facts/facts.h"
#include "rules/kinds/chain.h"

#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

/* --- chance ---------------------------------------------------------------------------------- */

struct chance {
	uint64_t state;
};

static inline uint32_t chance_below(struct chance *chance, size_t sides)
{
	chance->state =
	    chance->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((chance->state >> 33) % sides);
}

static inline bool chance_of(struct chance *chance, uint32_t percent)
{
	return chance_below(chance, 100) < percent;
}

#define CHANCE_PICK(chance, list) ((list)[chance_below((chance), COUNT_OF(list))])

/* --- a set of rules -------------------------------------------------------------------------- */

#define LINES_MOST 40
#define STEPS_MOST 5
#define RULES_MOST 8

struct lines {
	const char *list[LINES_MOST];
	size_t count;
};

struct rule_lines {
	const char *name;
	bool of_programme;
	struct lines keys;
	struct lines steps[STEPS_MOST];
	size_t step_count;
};

struct rules_lines {
	struct rule_lines rules[RULES_MOST];
	size_t count;
};

static inline void lines_add(struct lines *lines, const char *line)
{
	lines->list[lines->count++] = line;
}

static inline void lines_remove(struct lines *lines, size_t place)
{
	lines->count--;
	for (; place < lines->count; place++)
		lines->list[place] = lines->list[place + 1];
}

static inline const char *rule_write(const struct rule_lines *rule, struct arena *arena)
{
	const char *text = arena_printf(arena, "  {\n    name = \"%s\";\n", rule->name);
	for (size_t i = 0; i < rule->keys.count; i++)
		text = arena_printf(arena, "%s    %s\n", text, rule->keys.list[i]);
	text = arena_printf(arena, "%s    steps = (", text);
	for (size_t i = 0; i < rule->step_count; i++) {
		text = arena_printf(arena, "%s%s\n      {", text, i == 0 ? "" : ",");
		for (size_t j = 0; j < rule->steps[i].count; j++)
			text = arena_printf(arena, "%s %s", text, rule->steps[i].list[j]);
		text = arena_printf(arena, "%s }", text);
	}
	return arena_printf(arena, "%s\n    );\n  }", text);
}

static inline const char *rules_write(const struct rules_lines *set, struct arena *arena)
{
	const char *text = "rules = (\n";
	for (size_t i = 0; i < set->count; i++)
		text = arena_printf(arena, "%s%s%s\n", text, rule_write(&set->rules[i], arena),
				    i + 1 < set->count ? "," : "");
	return arena_printf(arena, "%s);\n", text);
}

/* --- what a set is about --------------------------------------------------------------------- */

#define KINDS_MOST 12
#define ROLES_MOST 5

struct maker {
	struct chance *chance;
	struct arena *arena;
	const struct chain *chain;
	const struct kind *kinds[KINDS_MOST];
	size_t kind_count;
	const char *roles[ROLES_MOST];
	size_t role_count;
};

static inline bool maker_has_role(const struct maker *maker, const char *role)
{
	for (size_t i = 0; i < maker->role_count; i++)
		if (strcmp(maker->roles[i], role) == 0)
			return true;
	return false;
}

static inline size_t chain_kind_count(const struct chain *chain)
{
	size_t count = 0;
	while (chain_kind_at(chain, count) != NULL)
		count++;
	return count;
}

static inline const struct kind *any_kind(struct maker *maker)
{
	static const char *const often[] = { "plan.adopted",  "plan.reviewed", "plan.amended",
					     "stage.entered", "visit.made",    "task.agreed",
					     "task.done",     "rent.charged",  "rent.settled",
					     "decision.made", "case.opened",   "case.transferred",
					     "lease.started", "rent.cleared",  "forfeiture.covered",
					     "board.notified" };
	if (chance_of(maker->chance, 60))
		return chain_kind(maker->chain, CHANCE_PICK(maker->chance, often));
	const struct kind *kind;
	size_t count = chain_kind_count(maker->chain);
	do
		kind = chain_kind_at(maker->chain, chance_below(maker->chance, count));
	while (kind->subject == SUBJECT_STAFF || strcmp(kind->name, "event.voided") == 0);
	return kind;
}

static inline void maker_choose(struct maker *maker)
{
	static const char *const roles[] = { "social_worker",   "support_worker",
					     "unit_manager",    "area_manager",
					     "outreach_worker", "planning_officer",
					     "reference_group", "steering_group" };
	maker->kind_count = 5 + chance_below(maker->chance, KINDS_MOST - 5);
	for (size_t i = 0; i < maker->kind_count; i++)
		maker->kinds[i] = any_kind(maker);
	size_t wanted = 2 + chance_below(maker->chance, ROLES_MOST - 1);
	for (maker->role_count = 0; maker->role_count < wanted;) {
		const char *role = CHANCE_PICK(maker->chance, roles);
		if (!maker_has_role(maker, role))
			maker->roles[maker->role_count++] = role;
	}
}

/* --- lengths of time ------------------------------------------------------------------------- */

static inline const char *any_length(struct maker *maker, const char *sign)
{
	struct chance *chance = maker->chance;
	switch (chance_below(chance, 8)) {
	case 0:
		return arena_printf(maker->arena, "%sP%uM", sign, 1 + chance_below(chance, 5));
	case 1:
		return arena_printf(maker->arena, "%sP%uW", sign, 1 + chance_below(chance, 6));
	case 2:
		return arena_printf(maker->arena, "%s%u workdays", sign,
				    2 + chance_below(chance, 20));
	case 3:
		return arena_printf(maker->arena, "%sP1M%uD", sign, 1 + chance_below(chance, 20));
	case 4:
		return arena_printf(maker->arena, "%sP1Y", sign);
	case 5:
		return arena_printf(maker->arena, "%sP%uD", sign, 1 + chance_below(chance, 5));
	default: /* most of them are days */
		return arena_printf(maker->arena, "%sP%uD", sign, 1 + chance_below(chance, 40));
	}
}

/* Before, on or after the day. */
static inline const char *any_offset(struct maker *maker)
{
	switch (chance_below(maker->chance, 5)) {
	case 0:
	case 1:
		return any_length(maker, "-");
	case 2:
		return "P0D";
	default: /* as often after it as before */
		return any_length(maker, "");
	}
}

/* --- conditions ------------------------------------------------------------------------------ */

/* What a rule is made of while it is made. */
struct making {
	struct maker *maker;
	struct rule_lines *rule;
	const struct kind *starts[4];
	size_t start_count;
	const struct kind *done[4];
	size_t done_count;
	bool dated, per_key, several; /* several: a list of due */
};

static inline const struct fact *any_fact(struct making *making)
{
	const struct fact *fact;
	enum subject_type subject = making->rule->of_programme ? SUBJECT_PROGRAMME : SUBJECT_CASE;
	int count = 0;
	while (facts_at(count) != NULL)
		count++;
	do
		fact = facts_at((int)chance_below(making->maker->chance, (size_t)count));
	while (fact->subject != subject);
	return fact;
}

static inline const char *compared(struct making *making, const char *name, enum value_type type,
				   const char *const *codes, bool in_while)
{
	static const char *const signs[] = { "=", "<>", "<", "<=", ">", ">=" };
	struct chance *chance = making->maker->chance;
	struct arena *arena = making->maker->arena;
	const char *sign = CHANCE_PICK(chance, signs);
	size_t count = 0;
	if (chance_of(chance, 20))
		return arena_printf(arena, "%s IS%s NULL", name,
				    chance_of(chance, 50) ? " NOT" : "");
	switch (type) {
	case VALUE_NUMBER:
		if (chance_of(chance, 20))
			return arena_printf(arena, "%s BETWEEN 1 AND %u", name,
					    2 + chance_below(chance, 90));
		return arena_printf(arena, "%s %s %u", name, sign, chance_below(chance, 4));
	case VALUE_DATE:
		if (in_while && chance_of(chance, 40))
			return arena_printf(arena, "%s %s %s %c %u", name, sign,
					    chance_of(chance, 50) ? "due" : "anchor",
					    chance_of(chance, 50) ? '+' : '-',
					    chance_below(chance, 30));
		return arena_printf(arena, "today %s %s + %u", sign, name,
				    chance_below(chance, 90));
	case VALUE_FLAG:
		return arena_printf(arena, "%s%s", chance_of(chance, 50) ? "NOT " : "", name);
	case VALUE_TEXT:
	case VALUE_NULL:
		break;
	}
	while (codes != NULL && codes[count] != NULL)
		count++;
	const char *code = count == 0 ? "a" : codes[chance_below(chance, count)];
	if (count > 1 && chance_of(chance, 40))
		return arena_printf(arena, "%s%s IN ('%s', '%s')", name,
				    chance_of(chance, 30) ? " NOT" : "", code,
				    codes[chance_below(chance, count)]);
	return arena_printf(arena, "%s %s '%s'", name, chance_of(chance, 60) ? "=" : "<>", code);
}

/* About the event that starts the rule. */
static inline const char *about_event(struct making *making)
{
	struct chance *chance = making->maker->chance;
	struct arena *arena = making->maker->arena;
	const struct kind *kind = making->starts[chance_below(chance, making->start_count)];
	if (kind->field_count > 0 && chance_of(chance, 50)) {
		const struct field *field = &kind->fields[chance_below(chance, kind->field_count)];
		return compared(
		    making, arena_printf(arena, "event_%s", field->name),
		    field_type_value(field->type),
		    field->codes == NULL ? NULL : chain_codes(making->maker->chain, field->codes),
		    false);
	}
	switch (chance_below(chance, 3)) {
	case 0:
		return arena_printf(arena, "event_kind = '%s'", kind->name);
	case 1:
		return arena_printf(arena, "event_key %s 'a'", chance_of(chance, 50) ? "=" : "<>");
	default: /* the third way */
		return chance_of(chance, 50) ? "event_first" : "NOT event_first";
	}
}

static inline const char *any_atom(struct making *making, bool in_while)
{
	struct chance *chance = making->maker->chance;
	if (!in_while && !making->dated && chance_of(chance, 50))
		return about_event(making);
	if (in_while && chance_of(chance, 15))
		return arena_printf(making->maker->arena, "today %s %s %c %u",
				    chance_of(chance, 50) ? ">=" : "<",
				    chance_of(chance, 50) ? "due" : "anchor",
				    chance_of(chance, 50) ? '+' : '-', chance_below(chance, 30));
	if (in_while && chance_of(chance, 5))
		return "key <> 'a'";
	const struct fact *fact = any_fact(making);
	return compared(making, fact->name, fact->type,
			fact->codes == NULL ? NULL : chain_codes(making->maker->chain, fact->codes),
			in_while);
}

static inline const char *any_condition(struct making *making, bool in_while)
{
	struct chance *chance = making->maker->chance;
	const char *text = any_atom(making, in_while);
	for (uint32_t more = chance_below(chance, 3); more > 0; more--)
		text = arena_printf(
		    making->maker->arena, "%s(%s) %s %s", chance_of(chance, 15) ? "NOT " : "", text,
		    chance_of(chance, 60) ? "OR" : "AND", any_atom(making, in_while));
	return text;
}

/* --- the keys of a rule ---------------------------------------------------------------------- */

static inline void say(struct making *making, const char *key, const char *value)
{
	lines_add(&making->rule->keys,
		  arena_printf(making->maker->arena, "%s = \"%s\";", key, value));
}

static inline bool fits(const struct making *making, const struct kind *kind)
{
	return kind->subject == SUBJECT_ANY || kind->subject == SUBJECT_CASE ||
	       making->rule->of_programme;
}

static inline const struct kind *kind_for(struct making *making)
{
	const struct kind *kind;
	struct maker *maker = making->maker;
	int tries = 0;
	do
		kind = tries++ > 40 ? chain_kind(maker->chain, "case.opened")
				    : maker->kinds[chance_below(maker->chance, maker->kind_count)];
	while (!fits(making, kind));
	return kind;
}

/* Some kinds in a list, now and then narrowed to a key. */
static inline size_t say_kinds(struct making *making, const char *key, const struct kind *ret[4],
			       size_t most)
{
	struct maker *maker = making->maker;
	const char *list = "";
	size_t count = 1 + chance_below(maker->chance, most);
	for (size_t i = 0; i < count; i++) {
		const struct kind *kind = kind_for(making);
		const char *narrow = "";
		if (kind->key != KEY_NONE && chance_of(maker->chance, 10))
			narrow = arena_printf(maker->arena, "[%s]",
					      kind->key_codes != NULL ? kind->key_codes[0] : "a");
		list = arena_printf(maker->arena, "%s%s\"%s%s\"", list, i == 0 ? "" : ", ",
				    kind->name, narrow);
		ret[i] = kind;
	}
	lines_add(&making->rule->keys, arena_printf(maker->arena, "%s = [ %s ];", key, list));
	return count;
}

static inline void say_beginning(struct making *making)
{
	struct chance *chance = making->maker->chance;
	static const char *const weeks[] = { "[ \"mon\" ]", "[ \"tue\", \"fri\" ]", "\"sun\"" };
	static const char *const years[] = { "[ \"04-30\", \"08-31\", \"12-31\" ]", "\"03-01\"",
					     "[ \"02-10\", \"02-20\", \"11-05\" ]" };
	uint32_t way = chance_below(chance, 100);
	making->dated = way < 16;
	if (way < 8)
		lines_add(&making->rule->keys, arena_printf(making->maker->arena, "weekly = %s;",
							    CHANCE_PICK(chance, weeks)));
	else if (way < 16)
		lines_add(&making->rule->keys, arena_printf(making->maker->arena, "yearly = %s;",
							    CHANCE_PICK(chance, years)));
	else if (way < 28)
		making->start_count = say_kinds(making, "starts_all", making->starts, 3);
	else
		making->start_count = say_kinds(making, "starts", making->starts, 3);
}

static inline const struct field *date_field(struct making *making, const struct kind *kind)
{
	const struct field *found[40];
	size_t count = 0;
	for (size_t i = 0; i < kind->field_count; i++)
		if (kind->fields[i].type == FIELD_DATE)
			found[count++] = &kind->fields[i];
	return count == 0 ? NULL : found[chance_below(making->maker->chance, count)];
}

static inline void say_dates(struct making *making)
{
	static const char *const adjusts[] = { "none", "following", "preceding", "statutory" };
	struct chance *chance = making->maker->chance;
	const struct field *field = NULL;
	if (making->start_count == 1)
		field = date_field(making, making->starts[0]);
	if (field != NULL && chance_of(chance, 40))
		say(making, "from", field->name);
	else if (making->start_count == 1 && strcmp(making->starts[0]->name, "rent.charged") == 0)
		say(making, "from", chance_of(chance, 50) ? "due_early" : "due_latest");
	making->several = !making->dated && chance_of(chance, 12);
	if (making->several)
		lines_add(&making->rule->keys, "due = [ \"P5D\", \"P1M\", \"P3M\" ];");
	else if (chance_of(chance, 80))
		say(making, "due", any_length(making->maker, ""));
	if (chance_of(chance, 30))
		say(making, "adjust", CHANCE_PICK(chance, adjusts));
	field = making->start_count > 0 ? date_field(making, making->starts[0]) : NULL;
	if (field != NULL && chance_of(chance, 30))
		say(making, "agreed", field->name);
	else if (chance_of(chance, 20)) {
		const struct kind *kind = kind_for(making);
		field = date_field(making, kind);
		if (field != NULL)
			say(making, "agreed",
			    arena_printf(making->maker->arena, "%s.%s", kind->name, field->name));
	}
}

static inline void say_flag(struct making *making, const char *key, const char *value,
			    uint32_t percent)
{
	if (chance_of(making->maker->chance, percent))
		lines_add(&making->rule->keys,
			  arena_printf(making->maker->arena, "%s = %s;", key, value));
}

static inline void say_end(struct making *making)
{
	static const char *const repeats[] = { "rolling", "fixed", "grid" };
	struct chance *chance = making->maker->chance;
	const struct kind *cancels[4];
	if (chance_of(chance, 65))
		making->done_count = say_kinds(making, "done", making->done, 2);
	bool final = chance_of(chance, 20);
	if (final || chance_of(chance, 20))
		say_kinds(making, "cancels", cancels, 2);
	say_flag(making, "final", final ? "true" : "false",
		 final || chance_of(chance, 20) ? 100 : 0);
	if (chance_of(chance, 15))
		say(making, "put_off", any_length(making->maker, ""));
	if (making->done_count > 0 && chance_of(chance, 15))
		say(making, "early", any_length(making->maker, ""));
	if (making->done_count > 0 && chance_of(chance, 20))
		say(making, "reply", making->done[0]->name);
	if (making->dated || making->several || chance_of(chance, 50))
		return;
	const char *repeat = making->done_count > 0 ? CHANCE_PICK(chance, repeats) : "fixed";
	say(making, "repeat", repeat);
	if (strcmp(repeat, "rolling") != 0 && chance_of(chance, 60))
		say(making, "every", any_length(making->maker, ""));
}

static inline void say_rest(struct making *making)
{
	static const char *const catch_ups[] = { "latest", "all", "skip" };
	struct chance *chance = making->maker->chance;
	if (chance_of(chance, 35))
		say(making, "if", any_condition(making, false));
	if (chance_of(chance, 40))
		say(making, "while", any_condition(making, true));
	say_flag(making, "restart", "false", 20);
	if (!making->dated) {
		making->per_key = chance_of(chance, 25);
		say_flag(making, "per_key", "true", making->per_key ? 100 : 0);
	}
	say_flag(making, "pausable", "true", 35);
	say_flag(making, "after_close", "true", 20);
	say_flag(making, "insist", "true", 10);
	if (chance_of(chance, 20)) {
		say(making, "also",
		    making->maker->roles[chance_below(chance, making->maker->role_count)]);
		say(making, "also_if", any_condition(making, true));
	}
	if (chance_of(chance, 10))
		say(making, "throttle", any_length(making->maker, ""));
	if (chance_of(chance, 40))
		say(making, "catch_up", CHANCE_PICK(chance, catch_ups));
	if (chance_of(chance, 8))
		say(making, "mode", chance_of(chance, 50) ? "shadow" : "normal");
	if (chance_of(chance, 10))
		say(making, "title_en", "Title");
}

/* --- steps ----------------------------------------------------------------------------------- */

static inline void add_to_step(struct making *making, struct lines *step, const char *key,
			       const char *value)
{
	lines_add(step, arena_printf(making->maker->arena, "%s = %s;", key, value));
}

static inline const char *quoted(struct making *making, const char *text)
{
	return arena_printf(making->maker->arena, "\"%s\"", text);
}

static inline bool all_name_a_role(const struct making *making)
{
	for (size_t i = 0; i < making->start_count; i++) {
		int place = kind_field(making->starts[i], "role");
		if (place < 0 || making->starts[i]->fields[place].codes == NULL)
			return false;
	}
	return making->start_count > 0;
}

static inline void say_addressees(struct making *making, struct lines *step)
{
	struct maker *maker = making->maker;
	const char *first = maker->roles[chance_below(maker->chance, maker->role_count)];
	const char *second = maker->roles[chance_below(maker->chance, maker->role_count)];
	if (all_name_a_role(making) && chance_of(maker->chance, 50))
		first = "field:role";
	const char *both = chance_of(maker->chance, 40)
			       ? arena_printf(maker->arena, "[ \"%s\", \"%s\" ]", first, second)
			       : quoted(making, first);
	add_to_step(making, step, "to", both);
	if (chance_of(maker->chance, 30))
		add_to_step(
		    making, step, "cc",
		    quoted(making, maker->roles[chance_below(maker->chance, maker->role_count)]));
}

static inline void say_urgency(struct making *making, struct lines *step, bool repeats)
{
	static const char *const hours[] = { "14:00", "07:30", "20:15", "08:00", "16:30", "10:00" };
	struct chance *chance = making->maker->chance;
	if (!chance_of(chance, 35))
		return;
	bool always = chance_of(chance, 50);
	add_to_step(making, step, "urgent", always ? "\"always\"" : "true");
	if (!always && chance_of(chance, 30))
		add_to_step(making, step, "patient", "true");
	else if (!repeats && chance_of(chance, 30))
		add_to_step(making, step, "time", "\"now\"");
	else if (chance_of(chance, 60))
		add_to_step(making, step, "time", quoted(making, CHANCE_PICK(chance, hours)));
}

static inline void say_step(struct making *making, size_t place)
{
	struct maker *maker = making->maker;
	struct lines *step = &making->rule->steps[place];
	bool after = chance_of(maker->chance, 20);
	const char *when = any_offset(maker);
	step->count = 0;
	add_to_step(making, step, "name",
		    arena_printf(maker->arena, "\"%c\"", (char)('a' + place)));
	add_to_step(making, step, after ? "after" : "at", quoted(making, when));
	bool repeats = chance_of(maker->chance, 35);
	if (repeats)
		add_to_step(making, step, "every", quoted(making, any_length(maker, "")));
	if (repeats && (making->done_count == 0 || chance_of(maker->chance, 60)))
		add_to_step(making, step, "times",
			    arena_printf(maker->arena, "%u", 1 + chance_below(maker->chance, 6)));
	say_addressees(making, step);
	say_urgency(making, step, repeats);
	if (chance_of(maker->chance, 5))
		add_to_step(making, step, "template", "\"payment-plan\"");
	if ((after || when[0] == '-' || strcmp(when, "P0D") == 0) && chance_of(maker->chance, 8))
		add_to_step(making, step, "calendar_entry", "true");
}

static inline void say_steps(struct making *making)
{
	making->rule->step_count = 1 + chance_below(making->maker->chance, STEPS_MOST - 1);
	for (size_t i = 0; i < making->rule->step_count; i++)
		say_step(making, i);
}

/* --- rules ----------------------------------------------------------------------------------- */

static inline void rule_make(struct maker *maker, struct rule_lines *rule, const char *name,
			     bool of_programme)
{
	struct making making = { .maker = maker, .rule = rule };
	*rule = (struct rule_lines){ .name = name, .of_programme = of_programme };
	lines_add(&rule->keys, "title = \"Rubrik\";");
	say(&making, "subject", of_programme ? "programme" : "case");
	say_beginning(&making);
	say_dates(&making);
	say_end(&making);
	say_rest(&making);
	say_steps(&making);
}

/* Each may be hidden by earlier ones of the same kind of subject: so there is no ring. */
static inline void rules_hide(struct maker *maker, struct rules_lines *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct lines *keys = &set->rules[i].keys;
		for (size_t j = keys->count; j > 0; j--)
			if (strncmp(keys->list[j - 1], "hidden_by", 9) == 0)
				lines_remove(keys, j - 1);
		size_t other = chance_below(maker->chance, i + 1);
		if (other < i && set->rules[other].of_programme == set->rules[i].of_programme &&
		    chance_of(maker->chance, 30))
			lines_add(keys, arena_printf(maker->arena, "hidden_by = \"%s\";",
						     set->rules[other].name));
	}
}

static inline const char **line_of(struct rule_lines *rule, const char *beginning)
{
	for (size_t i = 0; i < rule->keys.count; i++)
		if (strncmp(rule->keys.list[i], beginning, strlen(beginning)) == 0)
			return &rule->keys.list[i];
	return NULL;
}

/* As the rule was before it heard others, which may be gone or called otherwise now. */
static inline void rule_forget_others(struct maker *maker, struct rule_lines *rule)
{
	for (size_t i = rule->keys.count; i > 0; i--) {
		const char **line = &rule->keys.list[i - 1];
		const char *at = strstr(*line, "\"fulfilled:");
		if (strncmp(*line, "ends_with", 9) == 0)
			lines_remove(&rule->keys, i - 1);
		else if (at != NULL)
			*line = arena_printf(maker->arena, "%.*s%s", (int)(at - *line), *line,
					     strstr(at, ", ") + 2);
	}
}

static inline void rule_hear(struct maker *maker, struct rule_lines *rule, const char *other)
{
	static const char *const lists[] = { "starts = [ ", "done = [ ", "cancels = [ " };
	const char *list = CHANCE_PICK(maker->chance, lists);
	const char **line = line_of(rule, list);
	bool once = line_of(rule, "repeat") == NULL && line_of(rule, "yearly") == NULL &&
		    line_of(rule, "weekly") == NULL;
	if (once && line_of(rule, "done") != NULL && chance_of(maker->chance, 40))
		lines_add(&rule->keys, arena_printf(maker->arena, "ends_with = \"%s\";", other));
	else if (line != NULL && (list != lists[0] || line_of(rule, "from") == NULL))
		*line = arena_printf(maker->arena, "%s\"fulfilled:%s\", %s", list, other,
				     *line + strlen(list));
}

/* Each may go by how earlier ones of the same kind of subject end. */
static inline void rules_hear(struct maker *maker, struct rules_lines *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct rule_lines *rule = &set->rules[i];
		size_t other = chance_below(maker->chance, i + 1);
		rule_forget_others(maker, rule);
		if (other < i && set->rules[other].of_programme == rule->of_programme &&
		    line_of(&set->rules[other], "done") != NULL && chance_of(maker->chance, 60))
			rule_hear(maker, rule, set->rules[other].name);
	}
}

static inline void rules_make(struct maker *maker, struct rules_lines *set)
{
	set->count = 2 + chance_below(maker->chance, RULES_MOST - 4);
	for (size_t i = 0; i < set->count; i++)
		rule_make(maker, &set->rules[i], arena_printf(maker->arena, "r%zu", i + 1),
			  chance_of(maker->chance, 30));
	rules_hide(maker, set);
	rules_hear(maker, set);
}

/* As it was, with one line less, with other steps, under another name, or quite another one. */
static inline void rule_change(struct maker *maker, struct rule_lines *rule)
{
	struct making making = { .maker = maker, .rule = rule };
	uint32_t way = chance_below(maker->chance, 100);
	if (way < 20)
		rule_make(maker, rule, rule->name, rule->of_programme);
	else if (way < 40)
		lines_remove(&rule->keys, chance_below(maker->chance, rule->keys.count));
	else if (way < 60)
		say_step(&making, chance_below(maker->chance, rule->step_count));
	else if (way < 70) {
		lines_add(&rule->keys, arena_printf(maker->arena, "was = \"%s\";", rule->name));
		rule->name = arena_printf(maker->arena, "new-%s", rule->name);
	}
}

/* What an office makes of its rules half-way. */
static inline void rules_change(struct maker *maker, const struct rules_lines *set,
				struct rules_lines *ret)
{
	ret->count = 0;
	for (size_t i = 0; i < set->count; i++) {
		if (chance_of(maker->chance, 15))
			continue;
		ret->rules[ret->count] = set->rules[i];
		rule_change(maker, &ret->rules[ret->count++]);
	}
	if (ret->count == 0 || chance_of(maker->chance, 30))
		rule_make(maker, &ret->rules[ret->count++], "own", chance_of(maker->chance, 30));
	rules_hide(maker, ret);
	rules_hear(maker, ret);
}

#endif
