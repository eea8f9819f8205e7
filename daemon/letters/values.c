/* SPDX-License-Identifier: EUPL-1.2 */
/* The values by which templates speak of an item (letter_own.h). */
#include <stdlib.h>
#include <string.h>

#include "daemon/letters/letter_own.h"

/* An item whose values are being set. */
struct setting {
	struct making *making;
	json_t *values;
	bool brief;
};

/* On one line, whatever it was; nothing for NULL and "". */
void values_set_text(json_t *values, const char *name, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	char *line = xstrdup(text);
	for (char *c = line; *c != '\0'; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	}
	json_object_set_new(values, name, json_string(line));
	free(line);
}

void values_set_why(json_t *values, const struct letter_item *item)
{
	values_set_text(values, "why_you", item->why_you);
	values_set_text(values, "group", item->group);
}

void values_set_made(json_t *values, const char *name, char *text)
{
	values_set_text(values, name, text);
	free(text);
}

/* "a, b, c" as it is said: "a, b och c". */
void values_set_list(struct making *making, json_t *values, const char *name, const char *list)
{
	const char *last = NULL;
	for (const char *comma = list; comma != NULL && (comma = strstr(comma, ", ")) != NULL;)
		last = comma++;
	if (last == NULL) {
		values_set_text(values, name, list);
		return;
	}
	char *and = making_word(making, WORD_AND, NULL);
	values_set_made(values, name,
			xasprintf("%.*s %s %s", (int)(last - list), list, and, last + 2));
	free(and);
}

void values_set_flag(json_t *values, const char *name, bool flag)
{
	json_object_set_new(values, name, json_boolean(flag));
}

void values_set_day(struct making *making, json_t *values, const char *name, date day, bool brief)
{
	if (day == DATE_NONE)
		return;
	json_object_set_new(making->days, name, json_true());
	values_set_made(values, name,
			brief ? words_day_short(making->words, day, making->letter->today)
			      : words_day(making->words, day));
}

void values_set_reference(json_t *values, const struct letter_item *item)
{
	values_set_text(values, item->is_case ? "case" : "programme",
			item->called == NULL ? item->subject : item->called);
}

static void set_day(const struct setting *setting, const char *name, date day)
{
	values_set_day(setting->making, setting->values, name, day, setting->brief);
}

static void set_flag(const struct setting *setting, const char *name, bool flag)
{
	values_set_flag(setting->values, name, flag);
}

static void set_when(const struct setting *setting, const struct letter_item *item)
{
	date today = setting->making->letter->today;
	int days = item->due > today ? item->due - today : today - item->due;
	set_day(setting, "due", item->due);
	set_flag(setting, "late", item->due < today);
	set_flag(setting, "today", item->due == today);
	set_flag(setting, "coming", item->due > today);
	json_object_set_new(setting->values, "days", json_integer(days));
	set_flag(setting, "one_day", days == 1);
}

static void set_rent(const struct setting *setting, const struct letter_rent *rent)
{
	if (rent == NULL)
		return;
	set_day(setting, "covers_through", rent->covers_through);
	set_day(setting, "bank_day", rent->bank_day);
	set_day(setting, "safe_until", rent->safe_until);
	set_day(setting, "notice_from", rent->notice_from);
	set_day(setting, "recovery_last", rent->recovery_last);
	set_day(setting, "served_on", rent->served_on);
	set_day(setting, "told_on", rent->told_on);
	set_day(setting, "decision_from", rent->decision_from);
	set_flag(setting, "none_open", rent->none_open);
	set_flag(setting, "rent_unknown", rent->rent_unknown);
	set_flag(setting, "post_unknown", rent->post_unknown);
	set_flag(setting, "recovery_over", rent->recovery_over);
	set_flag(setting, "excluded", rent->excluded);
	set_flag(setting, "maybe_excluded", rent->maybe_excluded);
}

static void set_lease(const struct setting *setting, const struct letter_lease *lease)
{
	if (lease == NULL)
		return;
	set_flag(setting, "lease_long", lease->length == LEASE_LENGTH_LONG);
	set_flag(setting, "lease_short", lease->length == LEASE_LENGTH_SHORT);
	set_flag(setting, "lease_unsure", lease->length == LEASE_LENGTH_UNKNOWN);
	set_flag(setting, "notice_given", lease->notice_given);
	set_flag(setting, "day_is_reckoned", lease->day_is_reckoned);
	set_day(setting, "lease_ends_on", lease->ends_on);
	set_day(setting, "month_after", lease->month_after);
}

/* By construction nothing but open fields (I6): dates in words, ids and texts as they are. */
static void set_event(const struct setting *setting, const struct event *event)
{
	for (size_t i = 0; event != NULL && i < event->kind->field_count; i++) {
		const struct field *field = &event->kind->fields[i];
		const struct value *value = &event->values[i];
		char *name = xasprintf("event_%s", field->name);
		if (template_may_show(field) && value->type == VALUE_DATE)
			set_day(setting, name, (date)value->number);
		else if (template_may_show(field) && value->type == VALUE_TEXT)
			values_set_text(setting->values, name, value->text);
		free(name);
	}
}

/* {{#as_social_worker}}...: what is said to one role only. */
static void set_role(const struct setting *setting, const char *role)
{
	char *name = xasprintf("as_%s", role == NULL ? "" : role);
	set_flag(setting, name, true);
	free(name);
}

json_t *values_of_item(struct making *making, const struct letter_item *item, bool brief)
{
	json_t *values = json_object();
	const struct setting setting = { making, values, brief };
	set_when(&setting, item);
	if (making_is_minimal(making, item))
		return values;
	values_set_text(values, "title", item->title);
	values_set_made(values, "month", words_month(making->words, item->key));
	values_set_text(values, "anchor_label", item->anchor_label);
	/* Where the day itself was agreed there is nothing to count from. */
	if (item->anchor != item->due)
		set_day(&setting, "anchor", item->anchor);
	if (item->missed > 0)
		json_object_set_new(values, "missed", json_integer(item->missed));
	set_flag(&setting, "one_missed", item->missed == 1);
	set_flag(&setting, "only_told", item->only_told);
	set_day(&setting, "too_late", item->too_late);
	set_flag(&setting, "other_board", item->other_board);
	set_role(&setting, item->role);
	set_event(&setting, item->event);
	set_rent(&setting, item->rent);
	set_lease(&setting, item->lease);
	return values;
}

const char *template_name(const struct letter_item *item)
{
	return item->template == NULL ? item->rule : item->template;
}
