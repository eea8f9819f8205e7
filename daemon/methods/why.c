/* SPDX-License-Identifier: EUPL-1.2 */
/* Why something was, or was not, sent about a case or a programme. */
#include <string.h>

#include "daemon/methods/gate.h"
#include "daemon/methods/method.h"
#include "daemon/plan/verdict.h"

static json_t *value_json(const struct value *value)
{
	switch (value->type) {
	case VALUE_NULL:
		return json_null();
	case VALUE_NUMBER:
		return json_integer(value->number);
	case VALUE_DATE:
		return answer_day((date)value->number);
	case VALUE_FLAG:
		return json_boolean(value->number != 0);
	case VALUE_TEXT:
		return answer_text(value->text);
	}
	return json_null();
}

static json_t *values_json(const struct why_judgement *judged)
{
	json_t *values = json_object();
	for (size_t i = 0; i < judged->value_count; i++)
		json_object_set_new(values, judged->values[i].name,
				    value_json(&judged->values[i].value));
	return values;
}

static json_t *notices_json(const struct kedjad *k, const struct rule_verdict *verdict)
{
	json_t *rows = json_array();
	for (size_t i = 0; i < verdict->notice_count; i++) {
		const struct verdict_notice *notice = &verdict->notices[i];
		json_array_append_new(rows,
				      json_pack("{s:o, s:s, s:o, s:s, s:b, s:s, s:o}", "at",
						answer_instant(k, notice->at), "step", notice->step,
						"person", answer_person(notice->person), "role",
						notice->role, "cc", notice->copy, "state",
						notice->state, "why", answer_text(notice->reason)));
	}
	return rows;
}

static json_t *deadline_json(const struct deadline *deadline)
{
	if (deadline == NULL)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:i, s:I, s:s}", "due", answer_day(deadline->due), "key",
			 answer_text(*deadline->key == '\0' ? NULL : deadline->key), "anchor",
			 answer_day(deadline->anchor), "occurrence", deadline->occurrence, "event",
			 (json_int_t)deadline->anchor_event, "state",
			 deadline_state_name(deadline->state));
}

static json_t *put_off_json(const struct put_off *put_off)
{
	if (put_off == NULL)
		return json_null();
	return json_pack("{s:o, s:o, s:s, s:I, s:b}", "until", answer_day(put_off->until), "by",
			 answer_text(put_off->by), "role", put_off->role->name, "event",
			 (json_int_t)put_off->event, "acknowledged", put_off->acknowledged);
}

static json_t *moves_json(const struct kedjad *k, const struct rule_verdict *verdict)
{
	const struct verdict_move *const moves[] = { &verdict->due_moved, &verdict->step_moved };
	static const char *const what[] = { "due", "step" };
	json_t *rows = json_array();
	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; j < moves[i]->count; j++) {
			const char *name = NULL;
			enum day_kind kind =
			    calendar_day(k->core.office->calendar, moves[i]->days[j], &name);
			json_array_append_new(
			    rows,
			    json_pack("{s:s, s:o, s:s, s:o, s:o, s:o}", "what", what[i], "date",
				      answer_day(moves[i]->days[j]), "kind", day_kind_name(kind),
				      "name", answer_text(name), "from", answer_day(moves[i]->from),
				      "to", answer_day(moves[i]->to)));
		}
	}
	return rows;
}

static json_t *details_json(const struct kedjad *k, const struct rule_verdict *verdict,
			    const char *language, struct arena *arena)
{
	const char **list;
	json_t *rows = json_array();
	size_t count = verdict_details(&k->core, verdict, language, arena, &list);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, json_string(list[i]));
	return rows;
}

static json_t *verdict_row(const struct kedjad *k, const struct rule_verdict *verdict,
			   const char *language, struct arena *arena)
{
	const struct why_judgement *judged = &verdict->judged;
	const struct rule *rule = judged->rule;
	json_t *row = json_object();
	json_object_set_new(row, "rule", json_string(rule->name));
	json_object_set_new(row, "title", json_string(rule_title(rule, language)));
	json_object_set_new(row, "verdict", json_string(verdict->name));
	json_object_set_new(row, "reason", json_string(why_reason_name(judged->reason)));
	json_object_set_new(row, "text",
			    json_string(verdict_text(&k->core, verdict, language, arena)));
	json_object_set_new(row, "details", details_json(k, verdict, language, arena));
	json_object_set_new(row, "until", answer_instant(k, verdict->until));
	json_object_set_new(row, "step",
			    answer_text(verdict->next == NULL ? NULL : verdict->next->step->name));
	json_object_set_new(row, "deadline", deadline_json(judged->deadline));
	json_object_set_new(row, "event",
			    judged->event == 0 ? json_null() : json_integer(judged->event));
	json_object_set_new(row, "put_off", put_off_json(judged->put_off));
	json_object_set_new(row, "condition", answer_text(judged->condition));
	json_object_set_new(row, "values", values_json(judged));
	json_object_set_new(row, "hidden_by",
			    answer_text(judged->reason == WHY_HIDDEN ? judged->other->name : NULL));
	json_object_set_new(row, "missing", answer_text(judged->missing));
	json_object_set_new(row, "notices", notices_json(k, verdict));
	json_object_set_new(row, "moved", moves_json(k, verdict));
	json_object_set_new(row, "file", json_string(rule->file));
	json_object_set_new(row, "line", json_integer(rule->line));
	return row;
}

static json_t *answer(const struct kedjad *k, const struct verdicts *verdicts,
		      const struct call *call)
{
	const char *rule = call_text(call, "rule"), *language = call_text(call, "language");
	struct arena *arena = arena_new();
	json_t *rows = json_array();
	if (language == NULL)
		language = k->core.office->settings->language;
	for (size_t i = 0; i < verdicts->count; i++)
		if (rule == NULL || strcmp(rule, verdicts->list[i].judged.rule->name) == 0)
			json_array_append_new(rows,
					      verdict_row(k, &verdicts->list[i], language, arena));
	arena_free(arena);
	return json_pack("{s:s, s:s, s:o, s:o, s:n}", "case", call_text(call, "case"), "type",
			 subject_type_name(verdicts->type), "on", answer_day(verdicts->day), "rows",
			 rows, "next");
}

/* The last moment of the day that is asked about, or now. */
static instant moment_asked(const struct kedjad *k, const struct call *call)
{
	date day;
	const char *on = call_text(call, "on");
	instant now = clock_now(k->core.clock);
	if (on == NULL || date_parse(on, &day) != 0)
		return now;
	if (day == clock_today(k->core.clock))
		return now;
	return clock_from_civil(k->core.clock, civil_at(day, CIVIL_DAY - 1));
}

static bool is_right(const struct kedjad *k, struct call *call)
{
	const char *rule = call_text(call, "rule"), *language = call_text(call, "language");
	if (rule != NULL && ruleset_find(k->core.office->ruleset, rule) == NULL)
		problem_add(&call->problems, "rule", 0,
			    "there is no rule \"%s\": kedjactl rules list names them", rule);
	if (language != NULL && strcmp(language, "sv") != 0 && strcmp(language, "en") != 0)
		problem_add(&call->problems, "language", 0,
			    "\"%s\" is not a language: write sv or en", language);
	if (moment_asked(k, call) > clock_now(k->core.clock))
		problem_add(&call->problems, "on", 0,
			    "lies ahead: kedjactl rules simulate says what will come");
	return call->problems.count == 0;
}

json_t *method_why(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	if (!is_right(k, call))
		return NULL;
	const char *subject = call_text(call, "case");
	struct verdicts *verdicts = method_sees(k, subject)
					? verdicts_read(&k->core, subject, moment_asked(k, call))
					: NULL;
	if (verdicts == NULL) {
		call_refuse(call, RPC_REFUSED, "there is no case or programme %s",
			    call_text(call, "case"));
		return NULL;
	}
	json_t *result = answer(k, verdicts, call);
	verdicts_free(verdicts);
	return result;
}
