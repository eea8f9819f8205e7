/* SPDX-License-Identifier: EUPL-1.2 */
/* See entries.h. */
#include "daemon/letters/entries.h"

#include <string.h>

#include "daemon/base/opaque.h"

struct entry {
	char *uid;
	int64_t sequence;
	date day;
	bool withdrawn, lost;
};

static void bind_identity(struct query *q, const struct person *person, const struct piece *piece)
{
	db_bind(q, DB_TEXT(person->id), DB_TEXT(piece->item.subject), DB_TEXT(piece->item.rule),
		DB_TEXT(piece->item.key), DB_DATE(piece->item.anchor), DB_INT(piece->occurrence));
}

/* The entry that the person has, or has had; false if never. */
static bool find(const struct core *core, const struct person *person, const struct piece *piece,
		 struct entry *ret)
{
	struct query *q = db_query(
	    core->db,
	    "SELECT uid, sequence, day, withdrawn, lost FROM calendar_entry WHERE person = ?1"
	    " AND subject = ?2 AND rule = ?3 AND key = ?4 AND anchor = ?5"
	    " AND occurrence = ?6");
	bind_identity(q, person, piece);
	bool found = db_next(q);
	if (found)
		*ret = (struct entry){ xstrdup(db_text(q, 0)), db_int(q, 1), db_date(q, 2),
				       db_int(q, 3) != 0, db_int(q, 4) != 0 };
	db_done(q);
	return found;
}

/* As the deadline stands when the letter is made: the notice may have waited. DATE_NONE: over. */
static date due_today(const struct core *core, const struct piece *piece)
{
	struct query *q =
	    db_query(core->db, "SELECT due FROM deadline WHERE subject = ?1 AND rule = ?2"
			       " AND key = ?3 AND anchor = ?4 AND occurrence = ?5"
			       " AND state IN ('open', 'asleep')");
	db_bind(q, DB_TEXT(piece->item.subject), DB_TEXT(piece->item.rule),
		DB_TEXT(piece->item.key), DB_DATE(piece->item.anchor), DB_INT(piece->occurrence));
	date due = db_next(q) ? db_date(q, 0) : DATE_NONE;
	db_done(q);
	return due;
}

static void put(const struct core *core, const struct person *person, const struct piece *piece,
		const struct entry *entry)
{
	struct query *q = db_query(
	    core->db, "INSERT OR REPLACE INTO calendar_entry (person, subject, rule, key, anchor,"
		      " occurrence, uid, sequence, day, withdrawn)"
		      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0)");
	bind_identity(q, person, piece);
	db_bind_text(q, 7, entry->uid);
	db_bind_int(q, 8, entry->sequence);
	db_bind_date(q, 9, entry->day);
	db_run(q);
}

static char *summary_of(const char *language, const char *subject, bool is_case, bool minimal)
{
	bool swedish = strcmp(language, "sv") == 0;
	if (minimal)
		return xstrdup(swedish ? "Bevakning att hantera" : "Reminder to deal with");
	return xasprintf(swedish   ? is_case ? "Bevakning i ärende %s" : "Bevakning i %s"
			 : is_case ? "Reminder in case %s"
				   : "Reminder in %s",
			 subject);
}

static void add_json(json_t *entries, const struct entry *entry, const char *summary)
{
	char day[DATE_TEXT_SIZE];
	json_t *one = json_pack("{s:s, s:I, s:s, s:s}", "uid", entry->uid, "sequence",
				(json_int_t)entry->sequence, "day", date_format(entry->day, day),
				"summary", summary);
	if (entry->withdrawn)
		json_object_set_new(one, "cancelled", json_true());
	json_array_append_new(entries, one);
}

void entries_add(const struct core *core, const struct person *person, const struct piece *piece,
		 bool minimal, json_t *entries)
{
	struct entry entry = { .sequence = 0 };
	bool had = find(core, person, piece, &entry);
	bool has = had && !entry.withdrawn;
	date due = due_today(core, piece);
	bool moved = has && (entry.lost || entry.day != due);
	if (due == DATE_NONE || (!moved && (has || !piece->calendar))) {
		if (had)
			free(entry.uid);
		return;
	}
	if (had)
		entry.sequence++;
	else
		entry.uid = opaque_id(core->office->settings->message_id_domain);
	entry.day = due;
	entry.withdrawn = false;
	put(core, person, piece, &entry);
	char *summary = summary_of(person->language, piece->item.subject, piece->item.is_case,
				   minimal || piece->item.is_protected);
	add_json(entries, &entry, summary);
	free(summary);
	free(entry.uid);
}

/* The person has a role in it today: nobody else is told of which case it is. */
#define CONCERNED                                                                                  \
	"EXISTS (SELECT 1 FROM role r WHERE r.staff = c.person"                                    \
	" AND r.subject IN (c.subject, s.programme))"
#define LIVE "coalesce(d.state IN ('open', 'asleep'), 0)"
#define ENTRIES                                                                                    \
	" FROM calendar_entry c LEFT JOIN deadline d ON d.subject = c.subject"                     \
	" AND d.rule = c.rule AND d.key = c.key AND d.anchor = c.anchor"                           \
	" AND d.occurrence = c.occurrence LEFT JOIN subject s ON s.id = c.subject"                 \
	" WHERE c.uid = ?1 AND c.withdrawn = " LIVE

bool entries_read(const struct core *core, const char *uid, struct arena *arena,
		  struct entry_change *ret)
{
	struct query *q = db_query(core->db, "SELECT c.subject, s.type = 'case', s.protected OR"
					     " NOT " CONCERNED ", CASE WHEN " LIVE
					     " THEN d.due ELSE c.day END, c.rule, " LIVE
					     ", s.programme, c.sequence + 1" ENTRIES);
	db_bind_text(q, 1, uid);
	bool changed = db_next(q);
	if (changed) {
		date day = db_date(q, 3);
		ret->item = (struct letter_item){ .subject = arena_strdup(arena, db_text(q, 0)),
						  .is_case = db_int(q, 1) != 0,
						  .rule = arena_strdup(arena, db_text(q, 4)),
						  .key = "",
						  .step = "",
						  .title = "",
						  .due = day,
						  .anchor = day,
						  .next = DATE_NONE,
						  .done = db_int(q, 5) == 0 };
		ret->programme = arena_strdup(arena, db_text(q, 6));
		ret->hidden = db_is_null(q, 2) || db_int(q, 2) != 0;
		ret->sequence = db_int(q, 7);
	}
	db_done(q);
	return changed;
}

void entries_turn(const struct core *core, const struct person *person, const char *uid,
		  json_t *entries)
{
	struct arena *arena = arena_new();
	struct entry_change change;
	if (entries_read(core, uid, arena, &change)) {
		const struct letter_item *item = &change.item;
		struct entry entry = { xstrdup(uid), change.sequence, item->due, item->done,
				       false };
		bool minimal = strcmp(core->office->settings->content, "minimal") == 0;
		char *summary = summary_of(person->language, item->subject, item->is_case,
					   minimal || change.hidden);
		add_json(entries, &entry, summary);
		free(summary);
		free(entry.uid);
		struct query *q = db_query(
		    core->db, "UPDATE calendar_entry SET withdrawn = ?2, sequence = ?3, day = ?4,"
			      " message = NULL, lost = 0 WHERE uid = ?1");
		db_bind(q, DB_TEXT(uid), DB_INT(item->done), DB_INT(change.sequence),
			DB_DATE(item->due));
		db_run(q);
	}
	arena_free(arena);
}

void entries_told(const struct core *core, const struct person *person, int64_t message)
{
	struct query *q = db_query(core->db, "UPDATE calendar_entry SET message = ?2"
					     " WHERE person = ?1 AND message IS NULL");
	db_bind(q, DB_TEXT(person->id), DB_INT(message));
	db_run(q);
}

void entries_lost(const struct core *core, int64_t message)
{
	struct query *q = db_query(core->db, "UPDATE calendar_entry SET lost = 1"
					     " WHERE message = ?1");
	db_bind_int(q, 1, message);
	db_run(q);
}
