/* See method.h: rows as JSON. */
#include "daemon/method.h"

json_t *json_text(const char *text)
{
	return text == NULL ? json_null() : json_string(text);
}

json_t *json_person(const char *id)
{
	return json_text(id != NULL && id[0] == '\0' ? "administrator" : id);
}

json_t *json_day(date day)
{
	char text[DATE_TEXT_SIZE];
	return day == DATE_NONE ? json_null() : json_string(date_format(day, text));
}

json_t *json_instant(const struct kedjad *k, instant at)
{
	char text[INSTANT_TEXT_SIZE];
	return at == INSTANT_NEVER ? json_null()
				   : json_string(clock_format(k->core.clock, at, text));
}

json_t *json_instant_column(const struct kedjad *k, struct query *q, int column)
{
	return json_instant(k, db_is_null(q, column) ? INSTANT_NEVER : db_int(q, column));
}

json_t *json_number_column(struct query *q, int column)
{
	return db_is_null(q, column) ? json_null() : json_integer(db_int(q, column));
}

json_t *json_page(json_t *rows, json_t *next)
{
	return json_pack("{s:o, s:o}", "rows", rows, "next", next == NULL ? json_null() : next);
}

json_t *json_deadline_row(const struct kedjad *k, struct query *q)
{
	const struct rule *rule = ruleset_find(k->core.office->ruleset, db_text(q, 1));
	json_t *row = json_object();
	json_object_set_new(row, "id", json_text(db_text(q, 0)));
	json_object_set_new(row, "rule", json_text(db_text(q, 1)));
	json_object_set_new(row, "title", json_text(rule == NULL ? NULL : rule->title));
	json_object_set_new(row, "subject", json_text(db_text(q, 2)));
	json_object_set_new(row, "key", json_text(db_text(q, 3)[0] == '\0' ? NULL : db_text(q, 3)));
	json_object_set_new(row, "anchor",
			    json_pack("{s:I, s:o}", "event", (json_int_t)db_int(q, 4), "date",
				      json_text(db_text(q, 5))));
	json_object_set_new(row, "occurrence", json_integer(db_int(q, 6)));
	json_object_set_new(row, "due", json_text(db_text(q, 7)));
	json_object_set_new(row, "state", json_text(db_text(q, 8)));
	json_object_set_new(row, "next_step", json_text(db_text(q, 9)));
	json_object_set_new(row, "next_at", json_instant_column(k, q, 10));
	json_object_set_new(row, "missed", json_integer(db_int(q, 11)));
	return row;
}
