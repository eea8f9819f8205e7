/* SPDX-License-Identifier: EUPL-1.2 */
/* See explain.h. Every phrase stands here twice, in Swedish and in English. */
#include "rules/check/explain.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules/plan/steps.h"

#define SAMPLE_ROWS 16
/* A deadline whose date is named beforehand is known this long before it; a year and a bit. */
#define KNOWN_BEFORE 400

struct explaining {
	const struct ruleset *ruleset;
	const struct rule *rule;
	bool swedish;
	struct arena *arena;
	char *text; /* what has been said so far */
};

static const char *either(const struct explaining *e, const char *swedish, const char *english)
{
	return e->swedish ? swedish : english;
}

static void say(struct explaining *e, const char *format, ...) PRINTF_LIKE(2, 3);
static void say(struct explaining *e, const char *format, ...)
{
	char *more = NULL, *before = e->text;
	va_list arguments;
	va_start(arguments, format);
	int length = vasprintf(&more, format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	e->text = xasprintf("%s%s", before, more);
	free(before);
	free(more);
}

/* --- words ---------------------------------------------------------------------------------- */

static const char *count_of(const struct explaining *e, int number, const char *swedish_one,
			    const char *swedish_more, const char *english_one)
{
	number = number < 0 ? -number : number;
	if (e->swedish)
		return arena_printf(e->arena, "%d %s", number,
				    number == 1 ? swedish_one : swedish_more);
	return arena_printf(e->arena, "%d %s%s", number, english_one, number == 1 ? "" : "s");
}

/* "3 månader", "1 month and 5 days"; nothing for nothing. */
static const char *length_of(const struct explaining *e, const struct offset *offset)
{
	const char *months = offset->months % 12 == 0
				 ? count_of(e, offset->months / 12, "år", "år", "year")
				 : count_of(e, offset->months, "månad", "månader", "month");
	const char *days = offset->in_workdays ? count_of(e, offset->workdays, "arbetsdag",
							  "arbetsdagar", "working day")
					       : count_of(e, offset->days, "dag", "dagar", "day");
	if (offset->months == 0)
		return days;
	if (offset->days == 0)
		return months;
	return arena_printf(e->arena, "%s %s %s", months, either(e, "och", "and"), days);
}

/* "14 dagar före sista dagen" */
static const char *place_of(const struct explaining *e, const struct offset *offset,
			    bool from_anchor)
{
	const char *day = from_anchor ? either(e, "startdagen", "the first day")
				      : either(e, "sista dagen", "the due date");
	if (offset_is_zero(offset))
		return arena_printf(e->arena, "%s %s", either(e, "på", "on"), day);
	return arena_printf(e->arena, "%s %s %s", length_of(e, offset),
			    offset_is_negative(offset) ? either(e, "före", "before")
						       : either(e, "efter", "after"),
			    day);
}

static const char *weekday_of(const struct explaining *e, int weekday)
{
	static const char *const swedish[] = { "",        "måndag", "tisdag", "onsdag",
					       "torsdag", "fredag", "lördag", "söndag" };
	static const char *const english[] = { "",         "Monday", "Tuesday",  "Wednesday",
					       "Thursday", "Friday", "Saturday", "Sunday" };
	return e->swedish ? swedish[weekday] : english[weekday];
}

static const char *day_of(const struct explaining *e, date day)
{
	char text[DATE_TEXT_SIZE];
	if (day == DATE_NONE)
		return "-";
	return arena_printf(e->arena, "%s %s", weekday_of(e, date_weekday(day)),
			    date_format(day, text));
}

static const char *role_of(const struct explaining *e, const struct addressee *who)
{
	if (who->role == NULL)
		return arena_printf(e->arena,
				    either(e, "den roll som anges i %s", "the role that %s names"),
				    e->rule->role_fields[who->field]);
	if (e->swedish || who->role->title_en != NULL)
		return role_title(who->role, either(e, "sv", "en"));
	char *name = arena_strdup(e->arena, who->role->name);
	for (char *letter = name; *letter != '\0'; letter++)
		*letter = *letter == '_' ? ' ' : *letter;
	return name;
}

static const char *roles_of(const struct explaining *e, const struct addressee *list, size_t count)
{
	const char *all = "";
	for (size_t i = 0; i < count; i++)
		all =
		    arena_printf(e->arena, "%s%s%s", all, i == 0 ? "" : ", ", role_of(e, &list[i]));
	return all;
}

static const char *addressees_of(const struct explaining *e, const struct step *step)
{
	const char *to = roles_of(e, step->to, step->to_count);
	if (step->cc_count == 0)
		return to;
	return arena_printf(e->arena, "%s, %s %s", to, either(e, "kopia till", "copy to"),
			    roles_of(e, step->cc, step->cc_count));
}

static const char *kind_of(const struct explaining *e, const struct kind_ref *ref)
{
	const char *words = e->swedish ? ref->kind->label : ref->kind->help;
	if (words == NULL)
		words = ref->kind->name;
	if (ref->key != NULL)
		return arena_printf(e->arena, "%s (%s, %s)", words, ref->kind->name, ref->key);
	return arena_printf(e->arena, "%s (%s)", words, ref->kind->name);
}

static const char *kinds_of(const struct explaining *e, const struct kind_ref *refs, size_t count,
			    const char *between)
{
	const char *all = "";
	for (size_t i = 0; i < count; i++)
		all = arena_printf(e->arena, "%s%s%s", all,
				   i == 0           ? ""
				   : i + 1 == count ? between
						    : ", ",
				   kind_of(e, &refs[i]));
	return all;
}

static void say_condition(struct explaining *e, const char *words,
			  const struct condition *condition)
{
	char *text = condition == NULL ? NULL : condition_format(condition);
	if (text != NULL)
		say(e, "%s:\n    %s\n", words, text);
	free(text);
}

/* --- the sentences -------------------------------------------------------------------------- */

static void say_head(struct explaining *e)
{
	const struct rule *rule = e->rule;
	say(e, "%s: %s\n%s:%d\n\n", rule->name, rule_title(rule, either(e, "sv", "en")), rule->file,
	    rule->line);
	if (rule->subject == SUBJECT_PROGRAMME)
		say(e, "%s\n", either(e, "Gäller en verksamhet.", "It is about a programme."));
	else
		say(e, "%s\n", either(e, "Gäller ett ärende.", "It is about a case."));
	if (rule->shadow)
		say(e, "%s\n",
		    either(e, "Provas: påminnelserna antecknas men skickas inte.",
			   "On trial: its reminders are noted and not sent."));
}

static void say_dated(struct explaining *e)
{
	const struct rule *rule = e->rule;
	const char *days = "";
	for (size_t i = 0; i < rule->yearly_count; i++)
		days = arena_printf(e->arena, "%s%s%02d-%02d", days, i == 0 ? "" : ", ",
				    rule->yearly[i].month, rule->yearly[i].day);
	for (int day = 1; day <= 7; day++)
		if ((rule->weekly & (1u << day)) != 0)
			days = arena_printf(e->arena, "%s%s%s", days, *days == '\0' ? "" : ", ",
					    weekday_of(e, day));
	say(e,
	    rule->weekly != 0 ? either(e, "Kommer varje vecka: %s.\n", "It comes every week: %s.\n")
			      : either(e, "Kommer varje år: %s.\n", "It comes every year: %s.\n"),
	    days);
}

static void say_starts(struct explaining *e)
{
	const struct rule *rule = e->rule;
	const char * or = either(e, " eller ", ", or "), *and = either(e, " och ", ", and ");
	if (rule->starts_count == 0) {
		say_dated(e);
		return;
	}
	say(e,
	    rule->starts_all ? either(e, "Börjar när allt detta har hänt: %s.\n",
				      "It starts when all of this has happened: %s.\n")
			     : either(e, "Börjar när: %s.\n", "It starts when: %s.\n"),
	    kinds_of(e, rule->starts, rule->starts_count, rule->starts_all ? and : or));
	if (rule->from != NULL)
		say(e,
		    either(e, "Startdagen är den som står i %s.\n",
			   "The first day is the one in %s.\n"),
		    rule->from);
	if (rule->per_key)
		say(e, "%s\n",
		    either(e, "Varje nyckel (till exempel varje månad) räknas för sig.",
			   "Each key (each month, say) counts by itself."));
	if (!rule->restart)
		say(e, "%s\n",
		    rule->from == NULL
			? either(e,
				 "Händer det igen gäller ändå den första gången, tills det är "
				 "klart.",
				 "If it happens again the first time still counts, until it is "
				 "done.")
			: either(e,
				 "Händer det igen gäller det tidigaste datumet, i vilken ordning "
				 "det än antecknas, tills det är klart.",
				 "If it happens again the earliest date counts, in whatever order "
				 "they are recorded, until it is done."));
	if (rule->has_throttle)
		say(e,
		    either(e, "Börjar inte igen inom %s.\n",
			   "It does not start again within %s.\n"),
		    length_of(e, &rule->throttle));
}

/* Who is told besides, where the condition holds. */
static void say_also(struct explaining *e)
{
	const char *all = "";
	for (size_t i = 0; i < e->rule->also_count; i++) {
		struct addressee who = { e->rule->also[i], 0 };
		all = arena_printf(e->arena, "%s%s%s", all, i == 0 ? "" : ", ", role_of(e, &who));
	}
	say_condition(
	    e,
	    arena_printf(
		e->arena,
		either(e, "Varje påminnelse går också till %s, utan att andras brev säger det, när",
		       "Each reminder goes to %s too, and no other letter says so, when"),
		all),
	    e->rule->also_if);
}

static void say_while(struct explaining *e)
{
	const struct rule *rule = e->rule;
	say_condition(e,
		      either(e, "Bara om detta är sant när det börjar",
			     "Only if this is true when it starts"),
		      rule->if_);
	say_condition(
	    e,
	    either(e, "Vilar så länge detta inte är sant", "It sleeps as long as this is not true"),
	    rule->while_);
	for (size_t i = 0; i < rule->hidden_count; i++)
		say(e, either(e, "Vilar medan %s är öppen.\n", "It sleeps while %s is open.\n"),
		    rule->hidden_names[i]);
	if (rule->pausable)
		say(e, "%s\n",
		    either(e, "Dagar då ärendet är pausat räknas inte.",
			   "Days on which the case is paused do not count."));
	if (rule->insist)
		say(e, "%s\n",
		    either(e, "Väntar inte på veckans brev.",
			   "It does not wait for the letter of the week."));
	say_also(e);
	if (rule->after_close && rule->subject == SUBJECT_PROGRAMME)
		say(e, "%s\n",
		    either(e, "Gäller också när verksamheten är avslutad eller aldrig startades.",
			   "It also holds when the programme has ended or was never started."));
	else if (rule->after_close)
		say(e, "%s\n",
		    either(e, "Gäller också när ärendet är stängt eller aldrig öppnades.",
			   "It also holds when the case is closed or was never opened."));
}

static const char *adjust_words(const struct explaining *e, enum adjust adjust)
{
	switch (adjust) {
	case ADJUST_NONE:
		break;
	case ADJUST_FOLLOWING:
		return either(e, "; är det ingen arbetsdag, nästa arbetsdag",
			      "; if that is no working day, the next one");
	case ADJUST_PRECEDING:
		return either(e, "; är det ingen arbetsdag, arbetsdagen före",
			      "; if that is no working day, the one before");
	case ADJUST_STATUTORY:
		return either(e, "; infaller den på en helg flyttas den som lagen säger",
			      "; on a holiday it moves as the law says");
	}
	return "";
}

static void say_due(struct explaining *e)
{
	const struct rule *rule = e->rule;
	if (offset_is_zero(&rule->due))
		say(e,
		    either(e, "Sista dagen är startdagen%s.\n", "It is due on the first day%s.\n"),
		    adjust_words(e, rule->adjust));
	else
		say(e, either(e, "Sista dagen är %s%s.\n", "It is due %s%s.\n"),
		    place_of(e, &rule->due, true), adjust_words(e, rule->adjust));
	for (size_t i = 0; i < rule->agreed_count; i++)
		say(e,
		    either(e, "Tidigare, om det står ett tidigare datum i %s%s%s.\n",
			   "Earlier, if %s%s%s names an earlier day.\n"),
		    rule->agreed[i].kind == NULL ? "" : rule->agreed[i].kind->name,
		    rule->agreed[i].kind == NULL ? "" : ".", rule->agreed[i].field);
}

static void say_repeat(struct explaining *e)
{
	const struct rule *rule = e->rule;
	switch (rule->repeat) {
	case REPEAT_NONE:
		break;
	case REPEAT_ROLLING:
		say(e,
		    either(e, "Kommer sedan igen, %s efter att det blev gjort.\n",
			   "Then it comes again, %s after it was done.\n"),
		    length_of(e, &rule->due));
		break;
	case REPEAT_FIXED:
		for (size_t i = 1; i < rule->due_count; i++)
			say(e,
			    either(e, "Sedan en till, med sista dag %s%s.\n",
				   "Then another one, due %s%s.\n"),
			    place_of(e, &rule->dues[i], true), adjust_words(e, rule->adjust));
		if (rule->due_count > 1)
			break;
		say(e,
		    either(e, "Kommer igen med %s mellan sista dagarna, hur sent det än görs.\n",
			   "It comes again, %s between the due dates, however late it is "
			   "done.\n"),
		    length_of(e, &rule->every));
		break;
	case REPEAT_GRID:
		say(e,
		    either(e,
			   "Kommer igen efter att det blev gjort, på nästa datum i en följd "
			   "med %s emellan.\n",
			   "It comes again after it was done, on the next date of a row with "
			   "%s between.\n"),
		    length_of(e, &rule->every));
		break;
	}
}

static void say_end(struct explaining *e)
{
	const struct rule *rule = e->rule;
	const char * or = either(e, " eller ", ", or ");
	if (rule->done_count == 0)
		say(e, "%s\n",
		    either(e, "Inget fullgör den; den slutar efter sista påminnelsen.",
			   "Nothing fulfils it; it ends after its last reminder."));
	else
		say(e, either(e, "Klar när: %s.\n", "It is done when: %s.\n"),
		    kinds_of(e, rule->done, rule->done_count, or));
	if (rule->has_early) {
		struct offset early = { -rule->early.months, -rule->early.days,
					-rule->early.workdays, rule->early.in_workdays };
		say(e,
		    either(e, "Det räknas tidigast %s före sista dagen.\n",
			   "It counts from %s before the due date at the earliest.\n"),
		    length_of(e, &early));
	}
	if (rule->cancels_count > 0)
		say(e, either(e, "Upphör när: %s.\n", "It is dropped when: %s.\n"),
		    kinds_of(e, rule->cancels, rule->cancels_count, or));
	if (rule->ends_with_name != NULL)
		say(e,
		    either(
			e,
			"Medan %s är öppen slutar den när och som den slutar; det som är för "
			"sent för den räknas inte här heller.\n",
			"While %s is open it ends when and as that one ends; what is too late for "
			"that one does not count here either.\n"),
		    rule->ends_with_name);
	if (rule->final)
		say(e, "%s\n",
		    either(
			e,
			"Sista dag enligt lag: det som sker senare gör den inte klar, och den kan "
			"inte skjutas upp förbi dagen.",
			"A last day by law: what happens later does not fulfil it, and it cannot "
			"be put off past the day."));
	if (rule->has_put_off)
		say(e,
		    either(e,
			   "Påminnelserna kan skjutas upp högst %s i taget, av var och en för egen "
			   "del.\n",
			   "Its reminders can be put off for %s at a time at most, by each for "
			   "their own part.\n"),
		    length_of(e, &rule->put_off));
	say_repeat(e);
}

static const char *again_of(const struct explaining *e, const struct step *step)
{
	if (!step->repeats)
		return "";
	const char *every = length_of(e, &step->every);
	if (step->times == 0)
		return arena_printf(e->arena,
				    either(e, ", och igen efter %s tills det är klart",
					   ", and again after %s until it is done"),
				    every);
	return arena_printf(e->arena,
			    either(e, ", och igen efter %s, %d gånger i allt",
				   ", and again after %s, %d times in all"),
			    every, step->times);
}

static const char *hour_of(const struct explaining *e, const struct step *step)
{
	const char *hurry = step->urgent == URGENT_NO ? "" : either(e, ", brådskande", ", urgent");
	if (step->urgent == URGENT_ALWAYS)
		hurry = either(e, ", brådskande dygnet runt", ", urgent at any hour");
	if (step->time < 0)
		return hurry;
	return arena_printf(e->arena, "%s %02d:%02d%s", either(e, ", kl.", ", at"),
			    step->time / 3600, step->time / 60 % 60, hurry);
}

static const char *extras_of(const struct explaining *e, const struct step *step)
{
	const char *entry =
	    step->calendar_entry ? either(e, ", med kalenderpost", ", with a calendar entry") : "";
	const char *patient =
	    step->patient ? either(e, ", väntar till nästa brev om det skrivs in efter sin dag",
				   ", waits for the next letters if written down after its day")
			  : "";
	return arena_printf(e->arena, "%s%s", entry, patient);
}

static void say_steps(struct explaining *e)
{
	say(e, "\n%s\n", either(e, "Påminnelser:", "Reminders:"));
	for (size_t i = 0; i < e->rule->step_count; i++) {
		const struct step *step = &e->rule->steps[i];
		const char *when = step->time == STEP_NOW
				       ? either(e, "genast", "at once")
				       : place_of(e, &step->at, step->from_anchor);
		say(e, "  %s: %s%s%s: %s%s\n", step->name, when, again_of(e, step),
		    hour_of(e, step), addressees_of(e, step), extras_of(e, step));
	}
}

/* --- the sample ----------------------------------------------------------------------------- */

struct deadline explain_sample(const struct ruleset *ruleset, const struct rule *rule, date anchor)
{
	const struct calendar *calendar = ruleset->calendar;
	bool named = rule->from != NULL || rule_is_dated(rule);
	if (rule_is_dated(rule))
		anchor = rule_day_beside(rule, anchor - 1, 1);
	struct deadline deadline = { .rule = rule, .key = "", .anchor = anchor, .occurrence = 1 };
	deadline.due =
	    calendar_adjust(calendar, offset_apply(&rule->due, anchor, calendar), rule->adjust);
	deadline.state = DEADLINE_OPEN;
	deadline.known =
	    civil_at(date_add_days(anchor, named ? -KNOWN_BEFORE : 0), calendar_opens(calendar));
	return deadline;
}

static void say_row(struct explaining *e, const struct planned_step *planned)
{
	const struct step *step = planned->step;
	char number[16] = "";
	if (step->repeats)
		snprintf(number, sizeof(number), " %d", planned->repetition);
	if (step->time == STEP_NOW)
		say(e, "  %s", either(e, "genast", "at once"));
	else
		say(e, "  %s %02d:%02d", day_of(e, civil_date(planned->at)),
		    civil_second(planned->at) / 3600, civil_second(planned->at) / 60 % 60);
	say(e, "  %s%s: %s\n", step->name, number, addressees_of(e, step));
}

static void say_sample(struct explaining *e, date anchor)
{
	struct planned_step *planned = NULL;
	struct deadline deadline = explain_sample(e->ruleset, e->rule, anchor);
	date until = date_add_days(deadline.due > anchor ? deadline.due : anchor, 2 * 366);
	say(e,
	    either(e, "\nExempel: startdag %s, sista dag %s.\n",
		   "\nSample: first day %s, due %s.\n"),
	    day_of(e, deadline.anchor), day_of(e, deadline.due));
	if (deadline.due == DATE_NONE || until == DATE_NONE)
		return;
	size_t count = steps_planned(&deadline, e->ruleset->calendar, civil_at(until, 0), NULL,
				     e->arena, &planned);
	for (size_t i = 0; i < count && i < SAMPLE_ROWS; i++)
		say_row(e, &planned[i]);
	if (count > SAMPLE_ROWS)
		say(e, "  ...\n");
}

char *explain_rule(const struct ruleset *ruleset, const struct rule *rule, date anchor,
		   enum explain_language language)
{
	struct explaining e = { ruleset, rule, language == EXPLAIN_SWEDISH, arena_new(),
				xstrdup("") };
	say_head(&e);
	say_starts(&e);
	say_while(&e);
	say_due(&e);
	say_end(&e);
	say_steps(&e);
	say_sample(&e, anchor);
	arena_free(e.arena);
	return e.text;
}
