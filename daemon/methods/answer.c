/* SPDX-License-Identifier: EUPL-1.2 */
/* See method.h: rows as JSON, for answers. */
#include "daemon/methods/method.h"

json_t *answer_text(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

json_t *answer_person(const char *id)
{
	return answer_text(id != NULL && id[0] == '\0' ? "administrator" : id);
}

json_t *answer_day(date day)
{
	char text[DATE_TEXT_SIZE];
	return day == DATE_NONE ? json_null() : json_string(date_format(day, text));
}

json_t *answer_instant(const struct kedjad *k, instant at)
{
	char text[INSTANT_TEXT_SIZE];
	return at == INSTANT_NEVER ? json_null()
				   : json_string(clock_format(k->core.clock, at, text));
}

json_t *answer_instant_column(const struct kedjad *k, struct query *q, int column)
{
	return answer_instant(k, db_is_null(q, column) ? INSTANT_NEVER : db_int(q, column));
}

json_t *answer_number_column(struct query *q, int column)
{
	return db_is_null(q, column) ? json_null() : json_integer(db_int(q, column));
}

static json_t *column_json(const struct kedjad *k, struct query *q, int i, enum answer_form form)
{
	const char *text;
	switch (form) {
	case ANSWER_TEXT:
		return answer_text(db_text(q, i));
	case ANSWER_KEY:
		text = db_text(q, i);
		return answer_text(text != NULL && text[0] == '\0' ? NULL : text);
	case ANSWER_PERSON:
		return answer_person(db_text(q, i));
	case ANSWER_NUMBER:
		return answer_number_column(q, i);
	case ANSWER_FLAG:
		return json_boolean(db_int(q, i) != 0);
	case ANSWER_INSTANT:
		return answer_instant_column(k, q, i);
	case ANSWER_JSON:
		text = db_text(q, i);
		return text == NULL ? json_null() : json_loads(text, 0, NULL);
	case ANSWER_LATER:
		break;
	}
	return NULL;
}

json_t *answer_row(const struct kedjad *k, struct query *q, const struct answer_column *columns)
{
	json_t *row = json_object();
	for (int i = 0; columns[i].name != NULL; i++)
		if (columns[i].form != ANSWER_LATER)
			json_object_set_new(row, columns[i].name,
					    column_json(k, q, i, columns[i].form));
	return row;
}

json_t *answer_page(json_t *rows, json_t *next)
{
	return json_pack("{s:o, s:o}", "rows", rows, "next", next == NULL ? json_null() : next);
}

/* Who has put it off, and until when, while that holds; of several the longest. */
static json_t *put_off(const struct kedjad *k, const char *list)
{
	const struct calendar *calendar = k->core.office->calendar;
	json_t *all = list == NULL ? NULL : json_loads(list, 0, NULL), *longest = NULL;
	civil latest = clock_now_civil(k->core.clock);
	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *one = json_array_get(all, i);
		const char *until = json_string_value(json_object_get(one, "until"));
		date day;
		if (until == NULL || date_parse(until, &day) != 0 ||
		    calendar_slot_at_or_after(calendar, civil_at(day, 0)) <= latest)
			continue;
		latest = calendar_slot_at_or_after(calendar, civil_at(day, 0));
		longest = one;
	}
	json_t *result = longest == NULL ? json_null() : json_incref(longest);
	json_decref(all);
	return result;
}

json_t *answer_deadline_row(const struct kedjad *k, struct query *q)
{
	static const struct answer_column columns[] = {
		{ "id", ANSWER_TEXT },           { "rule", ANSWER_TEXT },
		{ "subject", ANSWER_TEXT },      { "key", ANSWER_KEY },
		{ "anchor", ANSWER_LATER },      { "anchor", ANSWER_LATER },
		{ "occurrence", ANSWER_NUMBER }, { "due", ANSWER_TEXT },
		{ "state", ANSWER_TEXT },        { "next_step", ANSWER_TEXT },
		{ "next_at", ANSWER_INSTANT },   { "missed", ANSWER_NUMBER },
		{ "put_off", ANSWER_LATER },     { "too_late", ANSWER_TEXT },
		{ NULL, ANSWER_TEXT },
	};
	const struct rule *rule = ruleset_find(k->core.office->ruleset, db_text(q, 1));
	json_t *row = answer_row(k, q, columns);
	json_object_set_new(row, "title", answer_text(rule == NULL ? NULL : rule->title));
	json_object_set_new(row, "anchor",
			    json_pack("{s:I, s:o}", "event", (json_int_t)db_int(q, 4), "date",
				      answer_text(db_text(q, 5))));
	json_object_set_new(row, "put_off", put_off(k, db_text(q, 12)));
	return row;
}
