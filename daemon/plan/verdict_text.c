/* SPDX-License-Identifier: EUPL-1.2 */
/* The sentences of verdict.h, in Swedish and in English. Names of rules, kinds and facts stay as
 * the rules write them: whoever asks wants to find them there. */
#include <stdlib.h>
#include <string.h>

#include "daemon/plan/verdict.h"
#include "daemon/store/event.h"
#include "rules/plan/audience.h"

/* What all sentences need. */
struct speech {
	const struct core *core;
	const struct rule_verdict *verdict;
	struct arena *arena;
	bool english;
};

static const char *in(const struct speech *speech, const char *swedish, const char *english)
{
	return speech->english ? english : swedish;
}

static const char *day_text(const struct speech *speech, date day)
{
	char text[DATE_TEXT_SIZE];
	return arena_strdup(speech->arena, date_format(day, text));
}

/* "2026-11-30 08:00" */
static const char *time_text(const struct speech *speech, instant at)
{
	char text[CIVIL_TEXT_SIZE];
	civil_format(clock_to_civil(speech->core->clock, at), text);
	return arena_printf(speech->arena, "%.10s %.5s", text, text + 11);
}

/* "händelse 12, plan.adopted 2026-11-30" */
static const char *event_text(const struct speech *speech, int64_t id)
{
	struct event *event = store_event_load(speech->core, id, speech->arena);
	const char *word = in(speech, "händelse", "event");
	if (event == NULL)
		return arena_printf(speech->arena, "%s %lld", word, (long long)id);
	return arena_printf(speech->arena, "%s %lld, %s %s", word, (long long)id, event->kind->name,
			    day_text(speech, event->at.day));
}

static const char *value_text(const struct speech *speech, const struct value *value)
{
	switch (value->type) {
	case VALUE_NULL:
		return in(speech, "okänt", "unknown");
	case VALUE_NUMBER:
		return arena_printf(speech->arena, "%lld", (long long)value->number);
	case VALUE_DATE:
		return day_text(speech, (date)value->number);
	case VALUE_FLAG:
		return value->number != 0 ? "true" : "false";
	case VALUE_TEXT:
		return arena_printf(speech->arena, "'%s'", value->text);
	}
	return "";
}

static const char *append(const struct speech *speech, const char *list, const char *more)
{
	return list == NULL ? more : arena_printf(speech->arena, "%s, %s", list, more);
}

/* "stage IN ('trial_flat'); stage = 'own_contract'" */
static const char *condition_text(const struct speech *speech)
{
	const struct why_judgement *judged = &speech->verdict->judged;
	const char *list = NULL;
	for (size_t i = 0; i < judged->value_count; i++)
		list = append(speech, list,
			      arena_printf(speech->arena, "%s = %s", judged->values[i].name,
					   value_text(speech, &judged->values[i].value)));
	if (judged->condition == NULL)
		return in(speech, "dess villkor", "its condition");
	return list == NULL ? judged->condition
			    : arena_printf(speech->arena, "%s; %s", judged->condition, list);
}

/* Each step once, with the persons it went to: "soon" to anna (social_worker), bo (...) */
static const char *notices_text(const struct speech *speech, const char *state, const char *other)
{
	const struct rule_verdict *verdict = speech->verdict;
	const char *text = NULL, *step = NULL;
	for (size_t i = 0; i < verdict->notice_count; i++) {
		const struct verdict_notice *notice = &verdict->notices[i];
		if (strcmp(notice->state, state) != 0 && strcmp(notice->state, other) != 0)
			continue;
		const char *person = notice->person == NULL    ? "-"
				     : *notice->person == '\0' ? "administrator"
							       : notice->person;
		const char *to = arena_printf(speech->arena, "%s (%s)", person, notice->role);
		if (step != NULL && strcmp(step, notice->step) == 0)
			text = append(speech, text, to);
		else
			text = append(speech, text,
				      arena_printf(speech->arena, "\"%s\" %s %s", notice->step,
						   in(speech, "till", "to"), to));
		step = notice->step;
	}
	return text == NULL ? "" : text;
}

static const char *first_of(const struct speech *speech, const char *state)
{
	for (size_t i = 0; i < speech->verdict->notice_count; i++) {
		const struct verdict_notice *notice = &speech->verdict->notices[i];
		if (strcmp(notice->state, state) == 0)
			return arena_printf(speech->arena, "\"%s\"%s%s", notice->step,
					    notice->reason == NULL ? "" : ": ",
					    notice->reason == NULL ? "" : notice->reason);
	}
	return "";
}

static const char *hour_of_first(const struct speech *speech)
{
	return time_text(speech, speech->verdict->notices[0].at);
}

/* By what went on that day; NULL if the plan has to say it. */
static const char *told_text(const struct speech *speech)
{
	const char *name = speech->verdict->name;
	struct arena *arena = speech->arena;
	if (speech->verdict->notice_count == 0)
		return NULL;
	if (strcmp(name, "sent") == 0)
		return arena_printf(arena, in(speech, "Skickat %s: %s.", "Sent %s: %s."),
				    hour_of_first(speech), notices_text(speech, "sent", "queued"));
	if (strcmp(name, "held") == 0)
		return arena_printf(arena,
				    in(speech,
				       "Hålls kvar sedan %s, för så många kom på en gång: %s. "
				       "kedjactl notices release eller discard avgör.",
				       "Held since %s, because so many came at once: %s. "
				       "kedjactl notices release or discard decides."),
				    hour_of_first(speech), notices_text(speech, "held", "held"));
	if (strcmp(name, "shadow") == 0)
		return arena_printf(arena,
				    in(speech, "Regeln skuggar bara: %s hade gått %s.",
				       "The rule only shadows: %s would have gone %s."),
				    notices_text(speech, "shadow", "shadow"),
				    hour_of_first(speech));
	if (strcmp(name, "unreachable") == 0)
		return arena_printf(arena,
				    in(speech, "Nådde ingen %s: %s.", "Reached nobody %s: %s."),
				    hour_of_first(speech), first_of(speech, "unreachable"));
	if (strcmp(name, "put off") == 0)
		return arena_printf(arena,
				    in(speech, "Hölls tillbaka %s: %s.", "Held back %s: %s."),
				    hour_of_first(speech), first_of(speech, "put_off"));
	return arena_printf(arena, in(speech, "Överspelat %s: %s.", "Overtaken %s: %s."),
			    hour_of_first(speech), first_of(speech, "overtaken"));
}

static const char *addressees(const struct speech *speech, const struct step *step)
{
	const char *list = NULL;
	struct named *named;
	size_t count = audience_of(speech->verdict->judged.deadline, step, speech->arena, &named);
	for (size_t i = 0; i < count; i++) {
		bool again = false;
		for (size_t j = 0; j < i; j++)
			again = again || named[j].role == named[i].role;
		if (!again)
			list =
			    append(speech, list, named[i].role == NULL ? "?" : named[i].role->name);
	}
	return list == NULL ? "?" : list;
}

static const char *kinds_text(const struct speech *speech, const struct rule *rule)
{
	const char *list = NULL;
	for (size_t i = 0; i < rule->done_count; i++)
		list = append(speech, list, rule->done[i].kind->name);
	return list == NULL ? in(speech, "ingenting", "nothing") : list;
}

static const char *waiting_text(const struct speech *speech)
{
	const struct rule_verdict *verdict = speech->verdict;
	const char *due = day_text(speech, verdict->judged.deadline->due);
	if (verdict->next == NULL)
		return arena_printf(
		    speech->arena,
		    in(speech, "Alla påminnelser har gått; väntar på %s. Skulle vara klart %s.",
		       "All its reminders have gone; it waits for %s. It was due %s."),
		    kinds_text(speech, verdict->judged.rule), due);
	return arena_printf(speech->arena,
			    in(speech, "Väntar till %s: då går \"%s\" till %s. Ska vara klart %s.",
			       "Waits until %s: then \"%s\" goes to %s. It is due %s."),
			    time_text(speech, verdict->until), verdict->next->step->name,
			    addressees(speech, verdict->next->step), due);
}

/* "Uppskjutet till 2026-12-11 av anna.berg (social_worker), händelse 9, ..." */
static const char *put_off_text(const struct speech *speech)
{
	const struct rule_verdict *verdict = speech->verdict;
	const struct put_off *put_off = verdict->judged.put_off;
	const char *text = arena_printf(
	    speech->arena,
	    put_off->acknowledged
		? in(speech, "Sedd, och återkommer %s: %s (%s), %s. Ska vara klart %s.",
		     "Acknowledged until %s: %s (%s), %s. It is due %s.")
		: in(speech, "Uppskjutet till %s: %s (%s), %s. Ska vara klart %s.",
		     "Put off until %s: %s (%s), %s. It is due %s."),
	    day_text(speech, put_off->until), put_off->by == NULL ? "-" : put_off->by,
	    put_off->role->name, event_text(speech, put_off->event),
	    day_text(speech, verdict->judged.deadline->due));
	if (verdict->next == NULL)
		return text;
	return arena_printf(
	    speech->arena,
	    in(speech, "%s Nästa påminnelse är \"%s\" %s.", "%s The next reminder is \"%s\" %s."),
	    text, verdict->next->step->name, time_text(speech, verdict->until));
}

static const char *asleep_text(const struct speech *speech)
{
	const struct why_judgement *judged = &speech->verdict->judged;
	if (judged->reason == WHY_PAUSED)
		return in(speech, "Sover: ärendets klocka står stilla.",
			  "Asleep: the clock of the case stands still.");
	if (judged->reason == WHY_HIDDEN)
		return arena_printf(speech->arena,
				    in(speech, "Sover så länge \"%s\" är öppen.",
				       "Asleep as long as \"%s\" is open."),
				    judged->other->name);
	return arena_printf(
	    speech->arena,
	    in(speech, "Sover, för det här är inte sant: %s.", "Asleep: this is not true: %s."),
	    condition_text(speech));
}

static const char *by_event(const struct speech *speech)
{
	const struct why_judgement *judged = &speech->verdict->judged;
	return judged->event == 0 ? "" : event_text(speech, judged->event);
}

static const char *not_started_text(const struct speech *speech)
{
	const struct why_judgement *judged = &speech->verdict->judged;
	struct arena *arena = speech->arena;
	const char *event = by_event(speech);
	switch (judged->reason) {
	case WHY_NO_DATE:
		return arena_printf(arena,
				    in(speech, "Började inte: %s har ingen dag i fältet %s.",
				       "Did not start: %s has no day in the field %s."),
				    event, judged->missing);
	case WHY_CLOSED:
		return arena_printf(arena,
				    in(speech, "Började inte: ärendet var inte öppet%s%s.",
				       "Did not start: it was not open%s%s."),
				    *event == '\0' ? "" : ": ", event);
	case WHY_IF:
		return arena_printf(arena,
				    in(speech, "Började inte%s%s, för det här var inte sant: %s.",
				       "Did not start%s%s, because this was not true: %s."),
				    *event == '\0' ? "" : in(speech, " vid ", " at "), event,
				    condition_text(speech));
	case WHY_INCOMPLETE:
		return arena_printf(arena,
				    in(speech, "Började inte vid %s: det saknas %s.",
				       "Did not start at %s: it waits for %s too."),
				    event, judged->missing);
	case WHY_THROTTLED:
		return arena_printf(arena,
				    in(speech, "Började inte vid %s: för tätt på den förra.",
				       "Did not start at %s: too soon after the last one."),
				    event);
	case WHY_PLAIN:
	case WHY_PAUSED:
	case WHY_HIDDEN:
	case WHY_WHILE:
	case WHY_NO_EVENT:
	case WHY_LAST_STEP:
		break;
	}
	if (judged->missing == NULL)
		return in(speech, "Har aldrig börjat.", "Never started.");
	return arena_printf(arena,
			    in(speech, "Har aldrig börjat: det har inte hänt (%s).",
			       "Never started: it has not happened (%s)."),
			    judged->missing);
}

static const char *ended_text(const struct speech *speech)
{
	const struct why_judgement *judged = &speech->verdict->judged;
	const char *on = day_text(speech, judged->deadline->ended.day);
	struct arena *arena = speech->arena;
	if (judged->reason == WHY_LAST_STEP)
		return arena_printf(arena,
				    in(speech, "Har sagt allt den hade att säga, %s.",
				       "Has said all it had to say, %s."),
				    on);
	if (judged->verdict == WHY_DONE)
		return arena_printf(arena, in(speech, "Klart %s, genom %s.", "Done %s, by %s."), on,
				    by_event(speech));
	if (judged->verdict == WHY_OVERTAKEN)
		return arena_printf(arena,
				    in(speech, "Överspelat %s: ett senare tillfälle gäller.",
				       "Overtaken %s: a later occurrence stands for it."),
				    on);
	return arena_printf(arena,
			    judged->reason == WHY_CLOSED
				? in(speech, "Avslutat %s, när allt stängdes: %s.",
				     "Cancelled %s, when all was closed: %s.")
				: in(speech, "Avslutat %s: %s.", "Cancelled %s: %s."),
			    on, judged->event == 0 ? condition_text(speech) : by_event(speech));
}

const char *verdict_text(const struct core *core, const struct rule_verdict *verdict,
			 const char *language, struct arena *arena)
{
	struct speech speech = { core, verdict, arena, strcmp(language, "en") == 0 };
	const char *told = told_text(&speech);
	if (told != NULL)
		return told;
	switch (verdict->judged.verdict) {
	case WHY_WAITING:
		return waiting_text(&speech);
	case WHY_PUT_OFF:
		return put_off_text(&speech);
	case WHY_ASLEEP:
		return asleep_text(&speech);
	case WHY_NOT_STARTED:
		return not_started_text(&speech);
	case WHY_DONE:
	case WHY_CANCELLED:
	case WHY_OVERTAKEN:
		return ended_text(&speech);
	}
	return "";
}

/* --- further sentences ----------------------------------------------------------------------- */

/* "lördag 2027-02-27, långfredagen 2027-03-26" */
static const char *days_text(const struct speech *speech, const struct verdict_move *move)
{
	const char *list = NULL;
	for (size_t i = 0; i < move->count; i++) {
		const char *name = NULL;
		calendar_day(speech->core->office->calendar, move->days[i], &name);
		list = append(speech, list,
			      arena_printf(speech->arena, "%s %s", name == NULL ? "" : name,
					   day_text(speech, move->days[i])));
	}
	return list;
}

static const char *move_text(const struct speech *speech, const struct verdict_move *move,
			     const char *what)
{
	return arena_printf(speech->arena, "%s %s %s %s %s: %s.", what,
			    in(speech, "flyttades från", "was moved from"),
			    day_text(speech, move->from), in(speech, "till", "to"),
			    day_text(speech, move->to), days_text(speech, move));
}

static const char *anchor_text(const struct speech *speech)
{
	const struct deadline *deadline = speech->verdict->judged.deadline;
	return arena_printf(
	    speech->arena, in(speech, "Räknas från %s (%s).", "Counts from %s (%s)."),
	    day_text(speech, deadline->anchor), event_text(speech, deadline->anchor_event));
}

static const char *too_late_text(const struct speech *speech)
{
	const struct deadline *deadline = speech->verdict->judged.deadline;
	return arena_printf(
	    speech->arena,
	    in(speech, "För sent: %s (%s). Det var efter sista dagen, och gör den inte klar.",
	       "Too late: %s (%s). It was after the last day, and does not fulfil it."),
	    day_text(speech, deadline->too_late), event_text(speech, deadline->too_late_event));
}

size_t verdict_details(const struct core *core, const struct rule_verdict *verdict,
		       const char *language, struct arena *arena, const char ***ret)
{
	struct speech speech = { core, verdict, arena, strcmp(language, "en") == 0 };
	const struct why_judgement *judged = &verdict->judged;
	const char **list = arena_alloc(arena, 8 * sizeof(*list));
	size_t count = 0;
	if (judged->deadline != NULL)
		list[count++] = anchor_text(&speech);
	if (judged->deadline != NULL && judged->deadline->too_late != DATE_NONE &&
	    judged->deadline->state != DEADLINE_DONE)
		list[count++] = too_late_text(&speech);
	if (judged->deadline != NULL && judged->deadline->agreed != DATE_NONE)
		list[count++] = arena_printf(
		    arena, in(&speech, "Planen själv nämner %s.", "The plan itself names %s."),
		    day_text(&speech, judged->deadline->agreed));
	if (judged->paused_days != 0)
		list[count++] = arena_printf(
		    arena,
		    in(&speech, "%d dagars uppehåll flyttade dagen.", "%d paused days moved it."),
		    judged->paused_days);
	if (verdict->due_moved.count > 0)
		list[count++] =
		    move_text(&speech, &verdict->due_moved, in(&speech, "Dagen", "The due date"));
	if (verdict->step_moved.count > 0)
		list[count++] = move_text(&speech, &verdict->step_moved,
					  in(&speech, "Påminnelsen", "The reminder"));
	if (verdict->last != NULL)
		list[count++] =
		    arena_printf(arena, in(&speech, "Senast: \"%s\" %s.", "Last: \"%s\" %s."),
				 verdict->last->step, time_text(&speech, verdict->last->at));
	*ret = list;
	return count;
}
