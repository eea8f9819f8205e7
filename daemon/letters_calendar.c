/* See letters_calendar.h. */
#include "daemon/letters_calendar.h"

#include <string.h>

#include "daemon/store_deadline.h"

struct entry {
	char *uid;
	int64_t sequence;
	date day;
	bool withdrawn;
};

static void bind_identity(struct query *q, const struct person *person, const struct piece *piece)
{
	char anchor[DATE_TEXT_SIZE];
	db_bind_text(q, 1, person->id);
	db_bind_text(q, 2, piece->item.subject);
	db_bind_text(q, 3, piece->item.rule);
	db_bind_text(q, 4, piece->item.key);
	db_bind_text(q, 5, date_format(piece->item.anchor, anchor));
	db_bind_int(q, 6, piece->occurrence);
}

static date day_at(struct query *q, int column)
{
	date day = DATE_NONE;
	return date_parse(db_text(q, column), &day) == 0 ? day : DATE_NONE;
}

/* The entry that the person has, or has had; false if never. */
static bool find(const struct core *core, const struct person *person, const struct piece *piece,
		 struct entry *ret)
{
	struct query *q = db_query(
	    core->db, "SELECT uid, sequence, day, withdrawn FROM calendar_entry WHERE person = ?1"
		      " AND subject = ?2 AND rule = ?3 AND key = ?4 AND anchor = ?5"
		      " AND occurrence = ?6");
	bind_identity(q, person, piece);
	bool found = db_next(q);
	if (found)
		*ret = (struct entry){ xstrdup(db_text(q, 0)), db_int(q, 1), day_at(q, 2),
				       db_int(q, 3) != 0 };
	db_done(q);
	return found;
}

/* Opaque, the same always: of the deadline and of the person, and where it comes from. */
static char *new_uid(const struct core *core, const struct person *person,
		     const struct piece *piece)
{
	char id[DEADLINE_ID_SIZE], reader[DEADLINE_ID_SIZE];
	store_deadline_id(piece->item.subject, piece->item.rule, piece->item.key,
			  piece->item.anchor, piece->occurrence, id);
	store_deadline_id(person->id, "", "", 0, 0, reader);
	return xasprintf("%s-%s@%s", id, reader + 1, core->office->settings->message_id_domain);
}

static void put(const struct core *core, const struct person *person, const struct piece *piece,
		const struct entry *entry)
{
	char day[DATE_TEXT_SIZE];
	struct query *q = db_query(
	    core->db, "INSERT OR REPLACE INTO calendar_entry (person, subject, rule, key, anchor,"
		      " occurrence, uid, sequence, day, withdrawn)"
		      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0)");
	bind_identity(q, person, piece);
	db_bind_text(q, 7, entry->uid);
	db_bind_int(q, 8, entry->sequence);
	db_bind_text(q, 9, date_format(entry->day, day));
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

void calendar_add(const struct core *core, const struct person *person, const struct piece *piece,
		  bool minimal, json_t *entries)
{
	struct entry entry = { .sequence = 0 };
	bool had = find(core, person, piece, &entry);
	bool has = had && !entry.withdrawn;
	bool moved = has && entry.day != piece->item.due;
	if (!moved && (has || !piece->calendar)) {
		if (had)
			free(entry.uid);
		return;
	}
	if (had)
		entry.sequence++;
	else
		entry.uid = new_uid(core, person, piece);
	entry.day = piece->item.due;
	entry.withdrawn = false;
	put(core, person, piece, &entry);
	char *summary = summary_of(person->language, piece->item.subject, piece->item.is_case,
				   minimal || piece->item.is_protected);
	add_json(entries, &entry, summary);
	free(summary);
	free(entry.uid);
}

#define ENTRIES                                                                                    \
	" FROM calendar_entry c LEFT JOIN deadline d ON d.subject = c.subject"                     \
	" AND d.rule = c.rule AND d.key = c.key AND d.anchor = c.anchor"                           \
	" AND d.occurrence = c.occurrence LEFT JOIN subject s ON s.id = c.subject"                 \
	" WHERE c.uid = ?1 AND c.withdrawn = 0"

bool calendar_read(const struct core *core, const char *uid, struct arena *arena,
		   struct letter_item *ret, const char **ret_programme)
{
	struct query *q = db_query(
	    core->db, "SELECT c.subject, s.type = 'case', coalesce(s.protected, 0), c.day, c.rule,"
		      " coalesce(d.state IN ('open', 'asleep'), 0), s.programme" ENTRIES);
	db_bind_text(q, 1, uid);
	bool over = db_next(q) && db_int(q, 5) == 0;
	if (over)
		*ret = (struct letter_item){ .subject = arena_strdup(arena, db_text(q, 0)),
					     .is_case = db_int(q, 1) != 0,
					     .is_protected = db_int(q, 2) != 0,
					     .rule = arena_strdup(arena, db_text(q, 4)),
					     .key = "",
					     .step = "",
					     .title = "",
					     .due = day_at(q, 3),
					     .anchor = day_at(q, 3),
					     .next = DATE_NONE };
	*ret_programme = over ? arena_strdup(arena, db_text(q, 6)) : NULL;
	db_done(q);
	return over;
}

void calendar_withdraw(const struct core *core, const struct person *person, const char *uid,
		       json_t *entries)
{
	const struct settings *settings = core->office->settings;
	struct query *q =
	    db_query(core->db, "SELECT c.sequence + 1, c.day, c.subject, s.type = 'case',"
			       " coalesce(s.protected, 0)" ENTRIES);
	db_bind_text(q, 1, uid);
	if (db_next(q)) {
		struct entry entry = { xstrdup(uid), db_int(q, 0), day_at(q, 1), true };
		bool minimal = strcmp(settings->content, "minimal") == 0 || db_int(q, 4) != 0;
		char *summary =
		    summary_of(person->language, db_text(q, 2), db_int(q, 3) != 0, minimal);
		add_json(entries, &entry, summary);
		free(summary);
		free(entry.uid);
	}
	db_done(q);
	q = db_query(core->db, "UPDATE calendar_entry SET withdrawn = 1, sequence = sequence + 1"
			       " WHERE uid = ?1 AND withdrawn = 0");
	db_bind_text(q, 1, uid);
	db_run(q);
}
