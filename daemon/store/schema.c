/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Truth: event, firing, notice, message, and the history of both. Derived, and rebuilt from the
 * events at will: void, subject, deadline, role, staff (rebuild deletes and derives them again).
 *
 * Instants are UTC seconds; days are ISO dates as text, so that a person with sqlite3 can read
 * them; they sort as they should.
 */
#include "daemon/store/schema.h"

#include "daemon/store/figure_sql.h"
#include "daemon/store/payment.h"

/* The text of a table as SQLite keeps it; the check of a state is written so that no set is built
 * for each row that is written. */
#define RESTATE(table, from, to)                                                                   \
	"UPDATE sqlite_schema SET sql = replace(sql, '" from "', '" to "')"                        \
	" WHERE type = 'table' AND name = '" table "';"

#define CHECKS_WITHOUT_SETS                                                                        \
	"PRAGMA writable_schema = ON;" RESTATE(                                                    \
	    "deadline", "state IN (''open'',''asleep'',''done'',''cancelled'')",                   \
	    "state = ''open'' OR state = ''asleep'' OR state = ''done'' OR state = ''cancelled''") \
	    RESTATE("notice",                                                                      \
		    "state IN (''held'',''queued'',''sent'',''overtaken'',''put_off'',"            \
		    "    ''unreachable'',''shadow'')",                                             \
		    "state = ''queued'' OR state = ''sent'' OR state = ''overtaken''"              \
		    " OR state = ''held'' OR state = ''put_off'' OR state = ''unreachable''"       \
		    " OR state = ''shadow''")                                                      \
		RESTATE("message",                                                                 \
			"state IN (''queued'',''handed'',''sent'',''deferred'',''refused'',"       \
			"    ''unclear'',''cancelled'',''superseded'')",                           \
			"state = ''queued'' OR state = ''handed'' OR state = ''sent''"             \
			" OR state = ''deferred'' OR state = ''refused'' OR state = ''unclear''"   \
			" OR state = ''cancelled'' OR state = ''superseded''") "PRAGMA "           \
									       "writable_schema "  \
									       "= RESET;"

#define FIGURES_FIRST                                                                              \
	"INSERT INTO figure (name, of, number) SELECT name, of, number FROM (" FIGURES_COUNTED     \
	") WHERE number > 0;"

const struct migration schema_migrations[] = {
	{ "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"

	  "CREATE TABLE event ("
	  "  id INTEGER PRIMARY KEY,"
	  "  kind TEXT NOT NULL,"
	  "  subject TEXT NOT NULL,"
	  "  key TEXT NOT NULL,"
	  "  at TEXT NOT NULL,"
	  "  recorded_at INTEGER NOT NULL,"
	  "  actor TEXT NOT NULL,"
	  "  data TEXT NOT NULL,"
	  "  source TEXT"
	  ") STRICT;"
	  "CREATE INDEX event_by_subject ON event (subject, at, id);"
	  "CREATE UNIQUE INDEX event_by_source ON event (source) WHERE source IS NOT NULL;"

	  /* derived: which events are taken back, and by which */
	  "CREATE TABLE void (event INTEGER PRIMARY KEY REFERENCES event, by INTEGER NOT NULL"
	  "  REFERENCES event) STRICT;"

	  /* derived: one row per case, programme and member of staff. wake_at is the one index that
	   * says what comes next; behind: must be planned anew before it is asked about. */
	  "CREATE TABLE subject ("
	  "  id TEXT PRIMARY KEY,"
	  "  type TEXT NOT NULL,"
	  "  programme TEXT,"
	  "  open INTEGER NOT NULL,"
	  "  stage TEXT, since TEXT,"
	  "  protected INTEGER NOT NULL DEFAULT 0,"
	  "  wake_at INTEGER,"
	  "  behind INTEGER NOT NULL"
	  ") STRICT, WITHOUT ROWID;"
	  "CREATE INDEX subject_by_wake ON subject (wake_at, type) WHERE wake_at IS NOT NULL;"
	  "CREATE INDEX subject_by_programme ON subject (programme, id) WHERE programme IS NOT "
	  "NULL;"
	  "CREATE INDEX subject_behind ON subject (wake_at, id) WHERE behind = 1;"

	  /* what touches many subjects walks through them a few hundred a turn (I12); NULL: all */
	  "CREATE TABLE sweep (id INTEGER PRIMARY KEY, programme TEXT, reached TEXT NOT NULL) "
	  "STRICT;"

	  /* derived: events of cases that a programme's rules or facts look at */
	  "CREATE TABLE seen_by_programme ("
	  "  programme TEXT NOT NULL, event INTEGER NOT NULL REFERENCES event,"
	  "  PRIMARY KEY (programme, event)) STRICT, WITHOUT ROWID;"
	  "CREATE INDEX seen_by_event ON seen_by_programme (event);"

	  /* derived */
	  "CREATE TABLE deadline ("
	  "  subject TEXT NOT NULL, rule TEXT NOT NULL, key TEXT NOT NULL,"
	  "  anchor TEXT NOT NULL, occurrence INTEGER NOT NULL,"
	  "  id TEXT NOT NULL,"
	  "  anchor_event INTEGER NOT NULL,"
	  "  due TEXT NOT NULL,"
	  "  state TEXT NOT NULL CHECK (state IN ('open','asleep','done','cancelled')),"
	  "  missed INTEGER NOT NULL,"
	  "  ended TEXT, ended_by INTEGER, ended_why TEXT,"
	  "  next_step TEXT, next_at INTEGER,"
	  "  PRIMARY KEY (subject, rule, key, anchor, occurrence)"
	  ") STRICT, WITHOUT ROWID;"
	  "CREATE INDEX deadline_live ON deadline (due, id) WHERE state IN ('open', 'asleep');"

	  /* derived: who holds which role on a case or a programme today, and who is who */
	  "CREATE TABLE role ("
	  "  subject TEXT NOT NULL, role TEXT NOT NULL, staff TEXT NOT NULL,"
	  "  PRIMARY KEY (subject, role, staff)) STRICT, WITHOUT ROWID;"
	  "CREATE INDEX role_by_staff ON role (staff, subject);"
	  "CREATE TABLE staff ("
	  "  id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL, board TEXT,"
	  "  language TEXT, gone INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
	  /* the key's columns first: else integrity_check of SQLite 3.40 complains without reason
	   */
	  "CREATE TABLE absence ("
	  "  staff TEXT NOT NULL, first TEXT NOT NULL, event INTEGER NOT NULL, last TEXT NOT NULL,"
	  "  deputy TEXT, PRIMARY KEY (staff, first, event)) STRICT, WITHOUT ROWID;"

	  /* truth: what has gone off; the primary key is the promise "never a second time" (I3) */
	  "CREATE TABLE firing ("
	  "  subject TEXT NOT NULL, rule TEXT NOT NULL, key TEXT NOT NULL,"
	  "  anchor TEXT NOT NULL, occurrence INTEGER NOT NULL,"
	  "  step TEXT NOT NULL, repetition INTEGER NOT NULL,"
	  "  at INTEGER NOT NULL, rules TEXT NOT NULL,"
	  "  PRIMARY KEY (subject, rule, key, anchor, occurrence, step, repetition)"
	  ") STRICT, WITHOUT ROWID;"

	  "CREATE TABLE message ("
	  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	  "  person TEXT NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, language TEXT NOT "
	  "NULL,"
	  "  subject TEXT NOT NULL, body TEXT, html TEXT, refs TEXT,"
	  "  digest_day TEXT,"
	  "  message_id TEXT NOT NULL UNIQUE,"
	  "  created_at INTEGER NOT NULL,"
	  "  state TEXT NOT NULL CHECK (state IN ('queued','handed','sent','deferred','refused',"
	  "    'unclear','cancelled','superseded')),"
	  "  attempts INTEGER NOT NULL,"
	  "  next_attempt INTEGER,"
	  "  ended_at INTEGER,"
	  "  code INTEGER, answer TEXT"
	  ") STRICT;"
	  "CREATE UNIQUE INDEX message_digest ON message (person, digest_day)"
	  "  WHERE digest_day IS NOT NULL;"
	  "CREATE INDEX message_waiting ON message (next_attempt, id)"
	  "  WHERE state IN ('queued','deferred','unclear');"
	  "CREATE INDEX message_handed ON message (id) WHERE state = 'handed';"
	  "CREATE INDEX message_by_state ON message (state);"
	  "CREATE INDEX message_bodies ON message (ended_at) WHERE body IS NOT NULL"
	  "  AND state IN ('sent','refused','cancelled','superseded');"

	  "CREATE TABLE message_history ("
	  "  message INTEGER NOT NULL REFERENCES message, at INTEGER NOT NULL,"
	  "  was TEXT, state TEXT NOT NULL, reason TEXT NOT NULL) STRICT;"
	  "CREATE INDEX history_by_message ON message_history (message);"

	  /* truth: who was told, or why not. Never recomputed. */
	  "CREATE TABLE notice ("
	  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	  "  deadline TEXT NOT NULL,"
	  "  subject TEXT NOT NULL, rule TEXT NOT NULL, key TEXT NOT NULL,"
	  "  anchor TEXT NOT NULL, occurrence INTEGER NOT NULL,"
	  "  step TEXT NOT NULL, repetition INTEGER NOT NULL,"
	  "  due TEXT NOT NULL, missed INTEGER NOT NULL,"
	  "  role TEXT NOT NULL, person TEXT, cc INTEGER NOT NULL,"
	  "  urgent INTEGER NOT NULL,"
	  "  at INTEGER NOT NULL,"
	  "  state TEXT NOT NULL CHECK (state IN ('held','queued','sent','overtaken','put_off',"
	  "    'unreachable','shadow')),"
	  "  why TEXT,"
	  "  anchor_event INTEGER NOT NULL,"
	  "  rules TEXT NOT NULL,"
	  "  message INTEGER REFERENCES message"
	  ") STRICT;"
	  "CREATE INDEX notice_waiting ON notice (person, id) WHERE state = 'queued' AND message "
	  "IS NULL;"
	  "CREATE INDEX notice_by_message ON notice (message) WHERE message IS NOT NULL;"
	  "CREATE INDEX notice_by_deadline ON notice (subject, rule, key, anchor, occurrence);"
	  "CREATE INDEX notice_by_time ON notice (at, id);"
	  "CREATE INDEX notice_unreachable ON notice (id) WHERE state = 'unreachable';" },
	/* notices that catch up on what is past: many of them at once are held (hold.h) */
	{ "ALTER TABLE notice ADD COLUMN catches_up INTEGER NOT NULL DEFAULT 0;"
	  "CREATE INDEX notice_held ON notice (id) WHERE state = 'held';"
	  "CREATE INDEX notice_catching_up ON notice (at) WHERE catches_up = 1;"
	  "CREATE INDEX notice_catching_up_now ON notice (id) WHERE catches_up = 1"
	  "  AND state = 'queued' AND message IS NULL;" },
	/* letters that wait, by why they do: status counts them (outbox_desk.c) */
	{ "CREATE INDEX message_unreached ON message (next_attempt)"
	  "  WHERE state = 'deferred' AND code = 0 AND next_attempt IS NOT NULL;"
	  "CREATE INDEX message_put_off ON message (id)"
	  "  WHERE (state = 'unclear' OR (state = 'deferred' AND code <> 0))"
	  "  AND next_attempt IS NOT NULL;"
	  "DROP INDEX message_handed;" },
	/* reminders that somebody has put off (put_off.h). Of a notice: the event that held
	 * it back, when it came out again, and, of one that goes out because a day has come, that
	 * day. Of a deadline: the events that are in force, the latest first, "[41,38]". That an
	 * acknowledged deadline has come back is a firing of the step "@" and role, repetition: the
	 * number of the day. */
	{ "ALTER TABLE notice ADD COLUMN put_off_event INTEGER;"
	  "ALTER TABLE notice ADD COLUMN released INTEGER;"
	  "ALTER TABLE notice ADD COLUMN back TEXT;"
	  "CREATE INDEX notice_put_off ON notice (subject, rule, key, anchor, occurrence)"
	  "  WHERE state = 'put_off' AND released IS NULL;"
	  "ALTER TABLE deadline ADD COLUMN put_off TEXT;" },
	/* letters of the day by person, or by person and case; how often somebody wants them; the
	 * place of a notice in its letter, which an answer may name */
	{ "ALTER TABLE staff ADD COLUMN rhythm TEXT;"
	  "ALTER TABLE message ADD COLUMN digest_of TEXT NOT NULL DEFAULT '';"
	  "DROP INDEX message_digest;"
	  "CREATE UNIQUE INDEX message_digest ON message (person, digest_day, digest_of)"
	  "  WHERE digest_day IS NOT NULL;"
	  "ALTER TABLE notice ADD COLUMN item INTEGER;" },
	/* derived: the board that a case belongs to, or a programme; which other boards may be told
	 * of a case, and until when */
	{ "CREATE TABLE board (subject TEXT PRIMARY KEY, board TEXT NOT NULL) STRICT, WITHOUT "
	  "ROWID;"
	  "CREATE TABLE consent (subject TEXT NOT NULL, board TEXT NOT NULL, until TEXT NOT NULL,"
	  "  PRIMARY KEY (subject, board)) STRICT, WITHOUT ROWID;"
	  "INSERT INTO board SELECT subject, board FROM (SELECT e.subject AS subject,"
	  "  e.data ->> 'board' AS board, row_number() OVER"
	  "  (PARTITION BY e.subject ORDER BY e.at DESC, e.id DESC) AS place FROM event e"
	  "  WHERE e.kind IN ('case.opened', 'case.transferred', 'programme.started')"
	  "  AND e.data ->> 'board' IS NOT NULL AND e.id NOT IN (SELECT event FROM void))"
	  "  WHERE place = 1;"
	  "INSERT INTO consent SELECT subject, board, until FROM (SELECT e.subject AS subject,"
	  "  e.data ->> 'board' AS board, e.kind AS kind, e.data ->> 'until' AS until, row_number()"
	  "  OVER (PARTITION BY e.subject, e.data ->> 'board' ORDER BY e.at DESC, e.id DESC) AS "
	  "place"
	  "  FROM event e WHERE e.kind IN ('consent.given', 'consent.withdrawn')"
	  "  AND e.id NOT IN (SELECT event FROM void)) WHERE place = 1 AND kind = "
	  "'consent.given';" },
	/* what goes along with a letter of the day (enclosure.h); of a notice: the holder who was
	 * away, and the letter that summed it up on return */
	{ "CREATE TABLE enclosure (id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL,"
	  "  kind TEXT NOT NULL, ref TEXT NOT NULL, day TEXT NOT NULL,"
	  "  message INTEGER REFERENCES message) STRICT;"
	  "CREATE UNIQUE INDEX enclosure_waiting ON enclosure (person, kind, ref)"
	  "  WHERE message IS NULL;"
	  "CREATE INDEX enclosure_by_day ON enclosure (day, person) WHERE message IS NULL;"
	  "CREATE TABLE enclosure_subject (enclosure INTEGER NOT NULL REFERENCES enclosure,"
	  "  subject TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (enclosure, subject, role))"
	  "  STRICT, WITHOUT ROWID;"
	  "ALTER TABLE notice ADD COLUMN instead_of TEXT;"
	  "ALTER TABLE notice ADD COLUMN summed_up INTEGER REFERENCES message;"
	  "CREATE INDEX notice_instead_of ON notice (instead_of, id) WHERE instead_of IS NOT NULL"
	  "  AND summed_up IS NULL;" },
	/* entries that people have in their calendars, by the letters that brought them; and what a
	 * letter carries of them */
	{ "CREATE TABLE calendar_entry (person TEXT NOT NULL, subject TEXT NOT NULL,"
	  "  rule TEXT NOT NULL, key TEXT NOT NULL, anchor TEXT NOT NULL, occurrence INTEGER NOT "
	  "NULL,"
	  "  uid TEXT NOT NULL UNIQUE, sequence INTEGER NOT NULL, day TEXT NOT NULL,"
	  "  withdrawn INTEGER NOT NULL,"
	  "  PRIMARY KEY (person, subject, rule, key, anchor, occurrence)) STRICT, WITHOUT ROWID;"
	  "CREATE INDEX calendar_entry_by_subject ON calendar_entry (subject) WHERE withdrawn = 0;"
	  "ALTER TABLE message ADD COLUMN calendar TEXT;" },
	/* an entry in the calendar: the letter that brought it as it is, and that it did not arrive
	 */
	{ "ALTER TABLE calendar_entry ADD COLUMN message INTEGER REFERENCES message;"
	  "ALTER TABLE calendar_entry ADD COLUMN lost INTEGER NOT NULL DEFAULT 0;"
	  "DROP INDEX calendar_entry_by_subject;"
	  "CREATE INDEX calendar_entry_by_subject ON calendar_entry (subject);"
	  "CREATE INDEX calendar_entry_by_message ON calendar_entry (message);" },
	/* derived: which programmes a case has named, and in which event; with it each finds what
	 * it sees of the other (rules/language/sees.h). Plans made before did not see all of it. */
	{ "CREATE TABLE naming ("
	  "  programme TEXT NOT NULL, subject TEXT NOT NULL, event INTEGER NOT NULL REFERENCES "
	  "event,"
	  "  PRIMARY KEY (programme, subject, event)) STRICT, WITHOUT ROWID;"
	  "CREATE INDEX naming_by_subject ON naming (subject);"
	  "CREATE INDEX event_by_kind ON event (subject, kind);"
	  "INSERT INTO naming SELECT data ->> 'programme', subject, id FROM event"
	  "  WHERE data ->> 'programme' IS NOT NULL;"
	  "DROP TABLE seen_by_programme;"
	  "INSERT INTO sweep (programme, reached) SELECT NULL, ''"
	  "  WHERE EXISTS (SELECT 1 FROM subject);" },
	/* truth: what has become of a notice, a row for each change (notice.h) */
	{ "CREATE TABLE notice_history ("
	  "  notice INTEGER NOT NULL REFERENCES notice, at INTEGER NOT NULL,"
	  "  was TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL) STRICT;"
	  "CREATE INDEX history_by_notice ON notice_history (notice);" },
	/* derived: the days on which deadlines of cases were overdue, up to `over` ('': it goes
	 * on), and in which programme. Every case is planned anew to find its own; nothing is sent
	 * by it. */
	{ "CREATE TABLE overdue (subject TEXT NOT NULL, rule TEXT NOT NULL, key TEXT NOT NULL,"
	  "  anchor TEXT NOT NULL, occurrence INTEGER NOT NULL, programme TEXT NOT NULL,"
	  "  first TEXT NOT NULL, over TEXT NOT NULL,"
	  "  PRIMARY KEY (subject, rule, key, anchor, occurrence, first)) STRICT, WITHOUT ROWID;"
	  "CREATE INDEX overdue_by_programme ON overdue (programme, over, first);"
	  "UPDATE subject SET behind = 1 WHERE type = 'case';" },
	/* a letter that does not wait says so in its headers */
	{ "ALTER TABLE message ADD COLUMN urgent INTEGER NOT NULL DEFAULT 0;" },
	/* derived: what was done after a last day by law, which is open all the same */
	{ "ALTER TABLE deadline ADD COLUMN too_late TEXT;" },
	/* what is known of the attempts to send a letter (struct message_tries) */
	{ "ALTER TABLE message ADD COLUMN reached_at INTEGER;"
	  "ALTER TABLE message ADD COLUMN unreached INTEGER NOT NULL DEFAULT 0;"
	  "ALTER TABLE message ADD COLUMN heard_at INTEGER;"
	  "ALTER TABLE message ADD COLUMN waited INTEGER NOT NULL DEFAULT 0;" },
	/* payments that fitted nothing, by what the bank calls them (payment_known.c) */
	{ "CREATE INDEX event_unmatched ON event (subject, key)"
	  "  WHERE kind = 'payment.unmatched';" },
	/* the role by which a notice came to its person, where that is another one than the step
	 * means (NULL: the same, '': none); and no other letter tells of one that is quiet */
	{ "ALTER TABLE notice ADD COLUMN reached_as TEXT;"
	  "ALTER TABLE notice ADD COLUMN quiet INTEGER NOT NULL DEFAULT 0;" },
	/* a letter at which the queue stood still while another one went (message_is_odd) */
	{ "ALTER TABLE message ADD COLUMN odd INTEGER NOT NULL DEFAULT 0;" },
	/* derived: what status shows, kept by triggers (figure.h); lists are ranges of an index */
	{ "CREATE TABLE figure (name TEXT NOT NULL, of TEXT NOT NULL, number INTEGER NOT NULL,"
	  "  PRIMARY KEY (name, of)) STRICT, WITHOUT ROWID;"
	  "CREATE TABLE unreached (subject TEXT NOT NULL, rule TEXT NOT NULL, key TEXT NOT NULL,"
	  "  anchor TEXT NOT NULL, occurrence INTEGER NOT NULL, until TEXT NOT NULL,"
	  "  number INTEGER NOT NULL,"
	  "  PRIMARY KEY (subject, rule, key, anchor, occurrence, until)) STRICT, WITHOUT ROWID;"
	  "CREATE INDEX notice_unreachable_of ON notice (subject, rule, key, anchor, occurrence)"
	  "  WHERE state = 'unreachable';"
	  "CREATE INDEX message_unreached_first ON message (id)"
	  "  WHERE state = 'deferred' AND code = 0 AND next_attempt IS NOT NULL;"
	  "DROP INDEX deadline_live;"
	  "CREATE INDEX deadline_by_state ON deadline (state, due, id);"
	  "CREATE INDEX deadline_by_subject ON deadline (subject, state, due, id);"
	  "CREATE INDEX subject_by_type ON subject (type, id);"
	  "CREATE INDEX event_unmatched_by_id ON event (id) WHERE kind = 'payment.unmatched';"
	  "CREATE INDEX event_assigned ON event (subject, key) WHERE kind = 'payment.assigned';"
	  "INSERT INTO unreached " FIGURE_UNREACHED(
	      "true") ";" FIGURES_FIRST FIGURES_KEPT CHECKS_WITHOUT_SETS },
	/* derived: which events tell of a payment of a day and an amount (payment.h) */
	{ "DROP INDEX event_unmatched;"
	  "CREATE TABLE payment (paid_on TEXT NOT NULL, amount INTEGER NOT NULL,"
	  "  event INTEGER NOT NULL REFERENCES event,"
	  "  PRIMARY KEY (paid_on, amount, event)) STRICT, WITHOUT ROWID;"
	  "INSERT INTO payment " PAYMENTS_OF_EVENTS ";" },
	/* derived: a programme is one from when a case names it (planner.c) */
	{ "INSERT INTO subject (id, type, open, behind)"
	  "  SELECT DISTINCT programme, 'programme', 0, 1 FROM naming WHERE true"
	  "  ON CONFLICT DO UPDATE SET type = 'programme', behind = 1 WHERE type = 'any';" },
	/* why an event was recorded that a check would have refused (event_against.c) */
	{ "ALTER TABLE event ADD COLUMN forced TEXT;"
	  "DROP INDEX event_by_kind;"
	  "CREATE INDEX event_by_kind ON event (subject, kind, key);" },
	/* truth: who did and saw what (audit.h). Salt, subject, user and staff may be emptied.
	 * Cases with protected identity, to leave them out of figures */
	{ "CREATE TABLE audit ("
	  "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
	  "  at INTEGER NOT NULL, uid INTEGER NOT NULL,"
	  "  user TEXT, staff TEXT,"
	  "  method TEXT NOT NULL, subject TEXT, outcome TEXT NOT NULL,"
	  "  count INTEGER NOT NULL,"
	  "  salt TEXT, seal TEXT NOT NULL, hash TEXT NOT NULL) STRICT;"
	  "CREATE INDEX audit_by_subject ON audit (subject, id) WHERE subject <> '';"
	  "CREATE INDEX subject_protected ON subject (id) WHERE protected <> 0;" },
	/* events are counted by kind */
	{ "DROP TRIGGER figure_event_in; DROP TRIGGER figure_event_out;"
	  "DELETE FROM figure WHERE name = 'events';" FIGURES_OF_EVENTS
	  "INSERT INTO figure (name, of, number) SELECT 'events', kind, count(*) FROM event"
	  "  GROUP BY kind;" },
};

const size_t schema_count = sizeof(schema_migrations) / sizeof(schema_migrations[0]);
