/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The lines of a rule test. What happens:
 *
 *   DATE[THH:MM] [SUBJECT] KIND[[KEY]] [FIELD=VALUE ...] [recorded=DATE[THH:MM]]
 *
 * and what comes of it:
 *
 *   DATE[THH:MM] [SUBJECT] [RULE] STEP[[KEY]] [to ROLE, ...] [cc ROLE, ...] [due DATE] [missed N]
 */
#include <stdlib.h>
#include <string.h>

#include "rules/conf/confread.h"
#include "rules/walk/ruletest_own.h"

#define WORDS_MOST 100

struct word {
	char *text;
	bool from_short; /* what the line itself says comes before it */
};

struct line {
	const struct test_file *reading;
	const struct test *test;
	int number;
	bool good;
	struct word words[WORDS_MOST];
	size_t count;
};

#define COMPLAIN(line, ...)                                                                        \
	(problem_add((line)->reading->problems, (line)->reading->file, (line)->number,             \
		     __VA_ARGS__),                                                                 \
	 (line)->good = false)

/* --- words ----------------------------------------------------------------------------------- */

static void add_word(struct line *line, const char *text, size_t length, bool from_short)
{
	if (line->count == WORDS_MOST) {
		if (line->good)
			COMPLAIN(line, "more than %d words in one line", WORDS_MOST);
		return;
	}
	struct word *word = &line->words[line->count++];
	word->text = arena_strndup(line->reading->arena, text, length);
	word->from_short = from_short;
}

/* 'One word, though there are blanks in it': the quotation marks go. */
static const char *add_quoted(struct line *line, const char *text, size_t length, bool from_short)
{
	const char *open = text + length + 1, *close = strchr(open, '\'');
	if (close == NULL) {
		COMPLAIN(line, "a quotation mark ' is open to the end: %s", text);
		return text + strlen(text);
	}
	char *whole = arena_printf(line->reading->arena, "%.*s%.*s", (int)length, text,
				   (int)(close - open), open);
	add_word(line, whole, strlen(whole), from_short);
	return close + 1;
}

/* Words stand between `blanks`. */
static void split(struct line *line, const char *text, const char *blanks, bool from_short)
{
	for (text += strspn(text, blanks); *text != '\0'; text += strspn(text, blanks)) {
		size_t length = strcspn(text, blanks), before = strcspn(text, "'");
		if (before < length && before > 0 && text[before - 1] == '=') {
			text = add_quoted(line, text, before, from_short);
			continue;
		}
		add_word(line, text, length, from_short);
		text += length;
	}
}

static bool is_field(const char *word)
{
	return strchr(word, '=') != NULL;
}

/* libconfig takes a name up to the first of these: "plan.amended" would be the short word "plan" */
static bool may_be_short(const char *word)
{
	return strpbrk(word, "=.:/") == NULL;
}

/* A short word of the file stands for what the file says it means. */
static void unfold_short(struct line *line)
{
	const config_setting_t *group = config_setting_get_member(line->reading->root, "short");
	struct line folded = *line;
	line->count = 0;
	for (size_t i = 0; i < folded.count; i++) {
		char *text = folded.words[i].text;
		const char *means =
		    group == NULL || !may_be_short(text) ? NULL : confread_text(group, text);
		if (means != NULL)
			split(line, means, " \t\n", true);
		else
			add_word(line, text, strlen(text), false);
	}
}

/* "rent.charged[2026-12]": cuts the key off; NULL where there is none. */
static const char *cut_key(struct line *line, char *word)
{
	char *open = strchr(word, '[');
	size_t length = strlen(word);
	if (open == NULL)
		return NULL;
	if (word[length - 1] != ']' || open == word) {
		COMPLAIN(line,
			 "\"%s\": a key stands in brackets right behind, as in "
			 "rent.charged[2026-12]",
			 word);
		return NULL;
	}
	word[length - 1] = '\0';
	*open = '\0';
	return open + 1;
}

static struct moment read_moment(struct line *line, const char *text, const char *what)
{
	struct moment moment = { DATE_NONE, -1 };
	if (text == NULL || moment_parse(text, &moment) != 0)
		COMPLAIN(line,
			 "%s\"%s\" is not a date: write it as in 2026-11-30 or 2026-11-30T10:15",
			 what, text == NULL ? "" : text);
	return moment;
}

static struct moment read_when(struct line *line)
{
	return read_moment(line, line->count > 0 ? line->words[0].text : NULL,
			   "a line begins with its date, and ");
}

/* --- what happens ---------------------------------------------------------------------------- */

struct raw {
	struct raw_event event;
	struct raw_field fields[WORDS_MOST + 1];
	bool from_short[WORDS_MOST];
	civil recorded;
};

/* What the line says goes before what a short word says, and a later word before an earlier one.
 * What the line itself says twice stays twice, and is refused. */
static bool goes_with_another(struct raw *raw, const struct raw_field *field, bool from_short)
{
	for (size_t i = 0; i < raw->event.field_count; i++) {
		if (strcmp(raw->fields[i].name, field->name) != 0)
			continue;
		if (!raw->from_short[i])
			return from_short;
		raw->fields[i] = *field;
		raw->from_short[i] = from_short;
		return true;
	}
	return false;
}

static void take_field(struct line *line, struct raw *raw, const struct word *word)
{
	char *equals = strchr(word->text, '=');
	*equals = '\0';
	if (strcmp(word->text, "recorded") == 0) {
		struct moment moment = read_moment(line, equals + 1, "recorded: ");
		raw->recorded = moment.day == DATE_NONE ? CIVIL_NONE : moment_civil(moment);
		return;
	}
	struct raw_field field = { .name = word->text,
				   .value = { .type = VALUE_TEXT, .text = equals + 1 } };
	if (goes_with_another(raw, &field, word->from_short))
		return;
	raw->from_short[raw->event.field_count] = word->from_short;
	raw->fields[raw->event.field_count++] = field;
}

static bool has_field(const struct raw *raw, const char *name)
{
	for (size_t i = 0; i < raw->event.field_count; i++)
		if (strcmp(raw->fields[i].name, name) == 0)
			return true;
	return false;
}

/* Who it happens to, and in which programme, may be said once for all lines. */
static void add_what_is_usual(const struct line *line, struct raw *raw)
{
	const struct kind *kind = chain_kind(line->reading->tests->ruleset->chain, raw->event.kind);
	bool of_programme = kind != NULL && kind->subject == SUBJECT_PROGRAMME;
	int place = kind == NULL ? -1 : kind_field(kind, "programme");
	if (raw->event.subject == NULL)
		raw->event.subject = of_programme ? line->test->programme : line->test->subject;
	if (place >= 0 && !kind->fields[place].optional && line->test->programme != NULL &&
	    !has_field(raw, "programme"))
		raw->fields[raw->event.field_count++] =
		    (struct raw_field){ .name = "programme",
					.value = { .type = VALUE_TEXT,
						   .text = line->test->programme } };
}

static void take_words(struct line *line, struct raw *raw)
{
	char *plain[WORDS_MOST];
	size_t count = 0;
	for (size_t i = 1; i < line->count; i++) {
		if (is_field(line->words[i].text))
			take_field(line, raw, &line->words[i]);
		else
			plain[count++] = line->words[i].text;
	}
	if (count != 1 && count != 2) {
		COMPLAIN(line, "an event is a date, to whom it happens if that is not the test's "
			       "subject, a kind, and its fields as in review_on=2027-01-15");
		return;
	}
	raw->event.key = cut_key(line, plain[count - 1]);
	raw->event.kind = plain[count - 1];
	raw->event.subject = count == 2 ? plain[0] : NULL;
	add_what_is_usual(line, raw);
}

/* By the same check as all that is recorded. */
/* What the daemon finds out from who holds which role, a test must say. */
static void check_put_off(struct line *line, const struct event *event)
{
	if (event != NULL && kind_puts_off(event->kind) &&
	    event_value(event, "role").type == VALUE_NULL)
		COMPLAIN(line, "role: is missing: as which somebody says so, as in "
			       "role=social_worker");
}

static const struct event *check(struct line *line, const struct raw *raw)
{
	struct problems found = PROBLEMS_NONE;
	const struct event *event = event_check(&raw->event, line->reading->tests->ruleset->chain,
						raw->recorded, line->reading->arena, &found);
	for (size_t i = 0; i < found.count; i++)
		COMPLAIN(line, "%s: %s", found.list[i].place, found.list[i].text);
	problems_clear(&found);
	check_put_off(line, event);
	return event;
}

bool ruletest_read_event(const struct test_file *reading, const struct test *test, const char *text,
			 int number, struct happening *ret)
{
	struct line line = { .reading = reading, .test = test, .number = number, .good = true };
	struct raw raw = { .recorded = CIVIL_NONE };
	split(&line, text, " \t\n", false);
	unfold_short(&line);
	struct moment at = read_when(&line);
	if (at.day == DATE_NONE)
		return false;
	char when[MOMENT_TEXT_SIZE];
	raw.event.at = moment_format(at, when);
	raw.event.fields = raw.fields;
	take_words(&line, &raw);
	if (raw.recorded == CIVIL_NONE)
		raw.recorded = moment_civil(at);
	if (!line.good)
		return false;
	ret->event = check(&line, &raw);
	text += strspn(text, " \t\n");
	text += strcspn(text, " \t\n");
	ret->text = arena_strdup(reading->arena, text + strspn(text, " \t\n"));
	return line.good;
}

/* --- what comes of it ------------------------------------------------------------------------ */

static bool is_of_test(const struct test *test, const struct rule *rule)
{
	for (size_t i = 0; i < test->rule_count; i++)
		if (test->rules[i] == rule)
			return true;
	return false;
}

/* [SUBJECT] [RULE] STEP[[KEY]] */
static void read_step(struct line *line, size_t end, struct notice *notice)
{
	const struct test *test = line->test;
	if (end < 2) {
		COMPLAIN(line, "a reminder is a date, the name of a step, and whom it goes to, as "
			       "in \"2027-01-15 today to social_worker\"");
		return;
	}
	notice->key = cut_key(line, line->words[end - 1].text);
	notice->step = line->words[end - 1].text;
	notice->rule = test->rule_count == 1 ? test->rules[0] : NULL;
	for (size_t i = 1; i + 1 < end; i++) {
		const char *word = line->words[i].text;
		const struct rule *rule = ruleset_find(line->reading->tests->ruleset, word);
		if (rule != NULL && i + 2 == end)
			notice->rule = rule;
		else if (i == 1)
			notice->subject = word;
		else
			COMPLAIN(line, "there is no rule \"%s\"", word);
	}
	if (notice->rule == NULL && test->rule_count > 0)
		COMPLAIN(line, "name the rule before the step: the test is about more than one");
	else if (notice->rule != NULL && !is_of_test(test, notice->rule))
		COMPLAIN(line, "\"%s\" is not among the rules of this test", notice->rule->name);
}

/* A step that nobody has would be waited for in vain. */
static void check_step(struct line *line, const struct notice *notice)
{
	const struct rule *rule = notice->rule;
	const char **names =
	    arena_alloc(line->reading->arena, (rule->step_count + 1) * sizeof(*names));
	for (size_t i = 0; i < rule->step_count; i++) {
		names[i] = rule->steps[i].name;
		if (strcmp(names[i], notice->step) == 0)
			return;
	}
	const char *nearest = problem_nearest(notice->step, names);
	if (nearest == NULL && rule->step_count > 0)
		nearest = names[0];
	COMPLAIN(line, "\"%s\" has no step \"%s\": did you mean \"%s\"?", rule->name, notice->step,
		 nearest == NULL ? "" : nearest);
}

static void take_role(struct line *line, const char *word, struct roles *roles)
{
	const struct chain *chain = line->reading->tests->ruleset->chain;
	const struct role *role = chain_role(chain, word);
	if (role == NULL && strcmp(word, "nobody") != 0) {
		COMPLAIN(line, "there is no role \"%s\"", word);
		problem_hint(line->reading->problems, word, chain_codes(chain, "role"), NULL);
	} else {
		roles_add(roles, role, line->reading->arena);
	}
}

static int read_missed(struct line *line, const char *word)
{
	char *behind;
	long missed = strtol(word, &behind, 10);
	if (*word == '\0' || *behind != '\0' || missed < 0 || missed > 9999)
		COMPLAIN(line, "missed: \"%s\" is not a number of times", word);
	return (int)missed;
}

static bool is_heading(const char *word)
{
	return strcmp(word, "to") == 0 || strcmp(word, "cc") == 0 || strcmp(word, "held") == 0 ||
	       strcmp(word, "due") == 0 || strcmp(word, "missed") == 0;
}

/* to ROLE, ... cc ROLE, ... held ROLE, ... due DATE missed N, in any order. */
static void read_rest(struct line *line, size_t at, struct notice *notice)
{
	const char *heading = NULL;
	for (; at < line->count; at++) {
		const char *word = line->words[at].text;
		if (is_heading(word))
			heading = word;
		else if (strcmp(heading, "to") == 0)
			take_role(line, word, &notice->to);
		else if (strcmp(heading, "cc") == 0)
			take_role(line, word, &notice->copy);
		else if (strcmp(heading, "held") == 0)
			take_role(line, word, &notice->held);
		else if (strcmp(heading, "due") == 0)
			notice->due = read_moment(line, word, "due: ").day;
		else
			notice->missed = read_missed(line, word);
	}
	if (line->good && notice->to.count + notice->copy.count + notice->held.count == 0)
		COMPLAIN(line, "whom does it go to? Write \"to social_worker\" or \"cc "
			       "unit_manager\", or \"held social_worker\" where it is put off");
}

bool ruletest_read_notice(const struct test_file *reading, const struct test *test,
			  const char *text, int number, struct notice *ret)
{
	struct line line = { .reading = reading, .test = test, .number = number, .good = true };
	split(&line, text, " \t\n,", false);
	struct moment at = read_when(&line);
	if (at.day == DATE_NONE)
		return false;
	if (at.second == calendar_slot(reading->tests->ruleset->calendar))
		at.second = AT_SLOT;
	struct notice notice = {
		.day = at.day, .second = at.second, .due = DATE_NONE, .missed = -1, .line = number
	};
	size_t end = 1;
	while (end < line.count && !is_heading(line.words[end].text))
		end++;
	read_step(&line, end, &notice);
	if (line.good && notice.rule != NULL)
		check_step(&line, &notice);
	read_rest(&line, end, &notice);
	if (notice.subject == NULL && notice.rule != NULL)
		notice.subject =
		    notice.rule->subject == SUBJECT_PROGRAMME ? test->programme : test->subject;
	if (line.good && notice.rule != NULL && notice.subject == NULL)
		COMPLAIN(&line, "about whom? Give the test a %s",
			 subject_type_name(notice.rule->subject));
	*ret = notice;
	return line.good && notice.rule != NULL;
}

static char *write_roles(char *text, const char *heading, const struct roles *roles,
			 struct arena *arena)
{
	for (size_t i = 0; i < roles->count; i++)
		text = arena_printf(arena, "%s%s%s", text, i == 0 ? heading : ", ",
				    roles->list[i] == NULL ? "nobody" : roles->list[i]->name);
	return text;
}

static bool is_usual(const struct test *test, const struct notice *notice)
{
	const char *usual =
	    notice->rule->subject == SUBJECT_PROGRAMME ? test->programme : test->subject;
	return usual != NULL && strcmp(usual, notice->subject) == 0;
}

char *ruletest_write_notice(const struct test *test, const struct notice *notice,
			    struct arena *arena)
{
	char day[DATE_TEXT_SIZE];
	bool named = test->rule_count != 1;
	char *text =
	    arena_printf(arena, "%s%s%s%s%s", is_usual(test, notice) ? "" : notice->subject,
			 is_usual(test, notice) ? "" : " ", named ? notice->rule->name : "",
			 named ? " " : "", notice->step);
	if (notice->key != NULL && notice->key[0] != '\0')
		text = arena_printf(arena, "%s[%s]", text, notice->key);
	text = write_roles(text, " to ", &notice->to, arena);
	text = write_roles(text, " cc ", &notice->copy, arena);
	text = write_roles(text, " held ", &notice->held, arena);
	if (notice->due != DATE_NONE)
		text = arena_printf(arena, "%s due %s", text, date_format(notice->due, day));
	if (notice->missed > 0)
		text = arena_printf(arena, "%s missed %d", text, notice->missed);
	return text;
}
