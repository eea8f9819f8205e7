/* SPDX-License-Identifier: EUPL-1.2 */
/* See put_off.h. */
#include "daemon/letters/put_off.h"

#include <string.h>

static bool is_over(const struct core *core, date until)
{
	const struct calendar *calendar = core->office->calendar;
	return calendar_slot_at_or_after(calendar, civil_at(until, 0)) <=
	       clock_now_civil(core->clock);
}

void letters_put_off(const struct core *core, int64_t notice, const char *reader,
		     struct letter_item *item, struct arena *arena)
{
	struct letter_put_off *list = NULL;
	size_t capacity = 0;
	struct query *q = db_query(
	    core->db, "SELECT coalesce(s.name, e.data ->> 'by'), e.kind, e.data ->> 'until',"
		      "  e.data ->> 'by' IS ?2"
		      " FROM notice n JOIN deadline d ON d.subject = n.subject"
		      "  AND d.rule = n.rule AND d.key = n.key AND d.anchor = n.anchor"
		      "  AND d.occurrence = n.occurrence JOIN json_each(d.put_off) p"
		      " JOIN event e ON e.id = p.value LEFT JOIN staff s ON s.id = e.data ->> 'by'"
		      " WHERE n.id = ?1 AND d.put_off IS NOT NULL");
	db_bind(q, DB_INT(notice), DB_TEXT(reader));
	while (db_next(q)) {
		date until = db_date(q, 2);
		if (until == DATE_NONE || is_over(core, until))
			continue;
		item->next_to = NULL; /* not to all whom the next step names */
		if (db_int(q, 3) != 0)
			continue; /* the reader knows */
		list = arena_grow(arena, list, item->put_off_count, &capacity, sizeof(*list));
		list[item->put_off_count++] =
		    (struct letter_put_off){ .name = arena_strdup(arena, db_text(q, 0)),
					     .acknowledged = strcmp(db_text(q, 1),
								    "deadline.acknowledged") == 0,
					     .until = until };
	}
	db_done(q);
	item->put_off = list;
}
