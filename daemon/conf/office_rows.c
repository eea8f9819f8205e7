/* SPDX-License-Identifier: EUPL-1.2 */
/* See office_rows.h. */
#include "daemon/conf/office_rows.h"

static json_t *codes_of(const struct chain *chain, const struct field *field)
{
	if (field->codes == NULL)
		return json_null();
	json_t *codes = json_array();
	const char *const *list = chain_codes(chain, field->codes);
	for (size_t i = 0; list != NULL && list[i] != NULL; i++)
		json_array_append_new(codes, json_string(list[i]));
	return codes;
}

static json_t *field_row(const struct chain *chain, const struct field *field)
{
	int64_t least = 0, most = 0;
	bool is_number = field_limits(field, &least, &most);
	return json_pack("{s:s, s:s, s:s, s:b, s:o, s:o, s:o, s:s}", "name", field->name, "type",
			 field_type_name(field->type), "class", field_class_name(field->class),
			 "optional", field->optional, "codes", codes_of(chain, field), "least",
			 is_number ? json_integer(least) : json_null(), "most",
			 is_number ? json_integer(most) : json_null(), "help", field->help);
}

static json_t *kind_row(const struct chain *chain, const struct kind *kind)
{
	static const char *const keys[] = {
		[KEY_NONE] = "none", [KEY_ALLOWED] = "allowed", [KEY_REQUIRED] = "required"
	};
	json_t *fields = json_array();
	for (size_t i = 0; i < kind->field_count; i++)
		json_array_append_new(fields, field_row(chain, &kind->fields[i]));
	return json_pack("{s:s, s:s, s:s, s:s?, s:o, s:s}", "name", kind->name, "subject",
			 subject_type_name(kind->subject), "key", keys[kind->key], "key_means",
			 kind->key_means, "fields", fields, "help", kind->help);
}

json_t *office_kind_rows(const struct chain *chain)
{
	json_t *rows = json_array();
	const struct kind *kind;
	for (size_t i = 0; (kind = chain_kind_at(chain, i)) != NULL; i++)
		if (!kind->is_virtual)
			json_array_append_new(rows, kind_row(chain, kind));
	return rows;
}

json_t *office_year_rows(const struct calendar *calendar, int64_t year)
{
	static const char *const weekdays[] = {
		"", "mon", "tue", "wed", "thu", "fri", "sat", "sun"
	};
	if (year < 1900 || year > 2200)
		return NULL;
	json_t *rows = json_array();
	date last = date_from_ymd((int)year, 12, 31);
	for (date day = date_from_ymd((int)year, 1, 1); day <= last; day++) {
		const char *name = NULL;
		char text[DATE_TEXT_SIZE];
		enum day_kind kind = calendar_day(calendar, day, &name);
		if (kind != DAY_WORKING)
			json_array_append_new(
			    rows, json_pack("{s:s, s:s?, s:s, s:s}", "date", date_format(day, text),
					    "name", name, "kind", day_kind_name(kind), "weekday",
					    weekdays[date_weekday(day)]));
	}
	return rows;
}
