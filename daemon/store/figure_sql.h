/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * How the figures of figure.h are kept and counted, in SQL: for schema.c, whose triggers keep them,
 * and figure.c, which counts. Who changes what is counted appends a step to the schema that makes
 * the triggers anew and counts once more.
 */
#ifndef KEDJA_STORE_FIGURE_SQL_H
#define KEDJA_STORE_FIGURE_SQL_H

/* A figure goes up or down by one, if the condition holds. One of nothing leaves no row behind:
 * what is in the file does not tell how it came to be there. */
#define FIGURE_UP(name, of, condition)                                                             \
	"INSERT INTO figure (name, of, number) SELECT " name ", " of ", 1 WHERE " condition        \
	" ON CONFLICT DO UPDATE SET number = number + 1; "
#define FIGURE_DOWN(name, of, condition)                                                           \
	"UPDATE figure SET number = number - 1 WHERE name = " name " AND of = " of                 \
	" AND " condition "; DELETE FROM figure WHERE name = " name " AND of = " of                \
	" AND number = 0; "

#define FIGURE_TRIGGER(name, when, steps)                                                          \
	"CREATE TRIGGER figure_" name " AFTER " when " BEGIN " steps "END;"

#define FIGURE_IS_DEADLINE(a, b)                                                                   \
	" " a ".subject = " b ".subject AND " a ".rule = " b ".rule AND " a ".key = " b            \
	".key AND " a ".anchor = " b ".anchor AND " a ".occurrence = " b ".occurrence "

/* --- letters: which of the groups that status tells apart one is in ----------------------------
 */

#define FIGURE_LETTERS(r)                                                                          \
	"CASE WHEN " r ".state = 'deferred' AND " r ".next_attempt IS NOT NULL AND " r             \
	".code = 0 THEN 'letters_unreached'"                                                       \
	" WHEN " r ".next_attempt IS NOT NULL AND (" r ".state = 'unclear' OR " r                  \
	".state = 'deferred') THEN 'letters_put_off'"                                              \
	" WHEN " r ".next_attempt IS NULL AND (" r ".state = 'queued' OR " r                       \
	".state = 'deferred' OR " r ".state = 'unclear') THEN 'letters_given_up' ELSE '' END"

/* --- notices that reached nobody ----------------------------------------------------------------
 */

/* Nothing fulfils what ended by its last step: after so long it is past. */
#define FIGURE_UNREACHED_DAYS "+30 days"

/* One counts while its deadline is open, or for some days after its last step, and nobody was told
 * another step in the same role since. Of which deadlines: a condition on n, the notice. */
#define FIGURE_UNREACHED(which)                                                                    \
	"SELECT n.subject, n.rule, n.key, n.anchor, n.occurrence, CASE WHEN d.state = 'open'"      \
	"  OR d.state = 'asleep' THEN '' ELSE date(n.at, 'unixepoch', '" FIGURE_UNREACHED_DAYS     \
	"') END AS until, count(*) AS number FROM notice n JOIN deadline d"                        \
	" ON" FIGURE_IS_DEADLINE(                                                                  \
	    "d", "n") "WHERE n.state = 'unreachable' AND (d.state = 'open'"                        \
		      "  OR d.state = 'asleep' OR d.ended_why = 'last step')"                      \
		      " AND NOT EXISTS (SELECT 1 FROM notice o"                                    \
		      "  WHERE" FIGURE_IS_DEADLINE(                                                \
			  "o", "n") "AND o.role = n.role"                                          \
				    "  AND o.id > n.id"                                            \
				    "  AND (o.step, o.repetition) IS NOT (n.step, n.repetition)"   \
				    "  AND (o.state = 'queued' OR o.state = 'sent'))"              \
				    " AND " which " GROUP BY 1, 2, 3, 4, 5, 6"

#define FIGURE_HAS_UNREACHABLE(r)                                                                  \
	"EXISTS (SELECT 1 FROM notice u WHERE u.state = 'unreachable' AND" FIGURE_IS_DEADLINE(     \
	    "u", r) ")"

/* Of the deadline of a row. */
#define FIGURE_UNREACHED_AGAIN(r)                                                                  \
	"DELETE FROM unreached WHERE" FIGURE_IS_DEADLINE(                                          \
	    "unreached",                                                                           \
	    r) "; INSERT INTO unreached " FIGURE_UNREACHED(FIGURE_IS_DEADLINE("n", r)) "; "

#define FIGURE_TELLS(r) "(" r ".state = 'queued' OR " r ".state = 'sent')"

/* --- all of them, kept -------------------------------------------------------------------------
 */

#define FIGURES_OF_EVENTS                                                                          \
	FIGURE_TRIGGER("event_in", "INSERT ON event", FIGURE_UP("'events'", "new.kind", "true"))   \
	FIGURE_TRIGGER("event_out", "DELETE ON event", FIGURE_DOWN("'events'", "old.kind", "true"))

#define FIGURES_OF_STAFF                                                                           \
	FIGURE_TRIGGER("staff_in", "INSERT ON staff", FIGURE_UP("'staff'", "''", "new.gone = 0"))  \
	FIGURE_TRIGGER("staff_out", "DELETE ON staff", FIGURE_DOWN("'staff'", "''", "old.gone = 0"))

#define FIGURES_OF_SUBJECTS                                                                        \
	FIGURE_TRIGGER("subject_in", "INSERT ON subject",                                          \
		       FIGURE_UP("'subjects'", "new.type", "true")                                 \
			   FIGURE_UP("'behind'", "''", "new.behind = 1"))                          \
	FIGURE_TRIGGER("subject_out", "DELETE ON subject",                                         \
		       FIGURE_DOWN("'subjects'", "old.type", "true")                               \
			   FIGURE_DOWN("'behind'", "''", "old.behind = 1"))                        \
	FIGURE_TRIGGER("subject_type", "UPDATE OF type ON subject WHEN old.type <> new.type",      \
		       FIGURE_DOWN("'subjects'", "old.type", "true")                               \
			   FIGURE_UP("'subjects'", "new.type", "true"))                            \
	FIGURE_TRIGGER("subject_behind",                                                           \
		       "UPDATE OF behind ON subject WHEN old.behind <> new.behind",                \
		       FIGURE_DOWN("'behind'", "''", "old.behind = 1")                             \
			   FIGURE_UP("'behind'", "''", "new.behind = 1"))

#define FIGURE_DEADLINE_IN                                                                         \
	FIGURE_UP("'deadline.' || new.state", "new.rule", "true")                                  \
	FIGURE_UP("'due'", "new.due", "new.state = 'open'")
#define FIGURE_DEADLINE_OUT                                                                        \
	FIGURE_DOWN("'deadline.' || old.state", "old.rule", "true")                                \
	FIGURE_DOWN("'due'", "old.due", "old.state = 'open'")

#define FIGURES_OF_DEADLINES                                                                       \
	FIGURE_TRIGGER("deadline_in", "INSERT ON deadline", FIGURE_DEADLINE_IN)                    \
	FIGURE_TRIGGER("deadline_out", "DELETE ON deadline", FIGURE_DEADLINE_OUT)                  \
	FIGURE_TRIGGER("deadline_change",                                                          \
		       "UPDATE OF rule, state, due ON deadline"                                    \
		       " WHEN (old.rule, old.state, old.due) <> (new.rule, new.state, new.due)",   \
		       FIGURE_DEADLINE_OUT FIGURE_DEADLINE_IN)

#define FIGURES_OF_NOTICES                                                                         \
	FIGURE_TRIGGER("notice_in", "INSERT ON notice",                                            \
		       FIGURE_UP("'notice.' || new.state", "''", "true"))                          \
	FIGURE_TRIGGER("notice_out", "DELETE ON notice",                                           \
		       FIGURE_DOWN("'notice.' || old.state", "''", "true"))                        \
	FIGURE_TRIGGER("notice_state", "UPDATE OF state ON notice WHEN old.state <> new.state",    \
		       FIGURE_DOWN("'notice.' || old.state", "''", "true")                         \
			   FIGURE_UP("'notice.' || new.state", "''", "true"))

#define FIGURES_OF_LETTERS                                                                         \
	FIGURE_TRIGGER("message_in", "INSERT ON message",                                          \
		       FIGURE_UP("'message.' || new.state", "''", "true")                          \
			   FIGURE_UP(FIGURE_LETTERS("new"), "''", FIGURE_LETTERS("new") " <> ''")) \
	FIGURE_TRIGGER("message_out", "DELETE ON message",                                         \
		       FIGURE_DOWN("'message.' || old.state", "''", "true")                        \
			   FIGURE_DOWN(FIGURE_LETTERS("old"), "''", "true"))                       \
	FIGURE_TRIGGER("message_state", "UPDATE OF state ON message WHEN old.state <> new.state",  \
		       FIGURE_DOWN("'message.' || old.state", "''", "true")                        \
			   FIGURE_UP("'message.' || new.state", "''", "true"))                     \
	FIGURE_TRIGGER("message_group",                                                            \
		       "UPDATE OF state, code, next_attempt ON message WHEN " FIGURE_LETTERS(      \
			   "old") " <> " FIGURE_LETTERS("new"),                                    \
		       FIGURE_DOWN(FIGURE_LETTERS("old"), "''", "true")                            \
			   FIGURE_UP(FIGURE_LETTERS("new"), "''", FIGURE_LETTERS("new") " <> ''"))

#define FIGURES_OF_UNREACHED                                                                       \
	FIGURE_TRIGGER("unreached_in", "INSERT ON unreached",                                      \
		       "INSERT INTO figure (name, of, number) VALUES ('unreached', new.until,"     \
		       " new.number) ON CONFLICT DO UPDATE SET number = number + new.number; ")    \
	FIGURE_TRIGGER("unreached_out", "DELETE ON unreached",                                     \
		       "UPDATE figure SET number = number - old.number"                            \
		       " WHERE name = 'unreached' AND of = old.until; "                            \
		       "DELETE FROM figure WHERE name = 'unreached' AND of = old.until"            \
		       " AND number = 0; ")                                                        \
	FIGURE_TRIGGER("unreached_notice",                                                         \
		       "INSERT ON notice WHEN new.state = 'unreachable'"                           \
		       " OR (" FIGURE_TELLS("new") " AND " FIGURE_HAS_UNREACHABLE("new") ")",      \
		       FIGURE_UNREACHED_AGAIN("new"))                                              \
	FIGURE_TRIGGER("unreached_change",                                                         \
		       "UPDATE OF state ON notice WHEN old.state <> new.state"                     \
		       " AND (old.state = 'unreachable' OR new.state = 'unreachable'"              \
		       "  OR (" FIGURE_TELLS("old") " <> " FIGURE_TELLS(                           \
			   "new") " AND " FIGURE_HAS_UNREACHABLE("new") "))",                      \
		       FIGURE_UNREACHED_AGAIN("new"))                                              \
	FIGURE_TRIGGER("unreached_gone",                                                           \
		       "DELETE ON notice WHEN old.state = 'unreachable'"                           \
		       " OR (" FIGURE_TELLS("old") " AND " FIGURE_HAS_UNREACHABLE("old") ")",      \
		       FIGURE_UNREACHED_AGAIN("old"))                                              \
	FIGURE_TRIGGER("unreached_opens",                                                          \
		       "INSERT ON deadline WHEN " FIGURE_HAS_UNREACHABLE("new"),                   \
		       FIGURE_UNREACHED_AGAIN("new"))                                              \
	FIGURE_TRIGGER("unreached_ends",                                                           \
		       "UPDATE OF state, ended_why ON deadline WHEN (old.state, old.ended_why)"    \
		       " IS NOT (new.state, new.ended_why) AND " FIGURE_HAS_UNREACHABLE("new"),    \
		       FIGURE_UNREACHED_AGAIN("new"))                                              \
	FIGURE_TRIGGER("unreached_goes", "DELETE ON deadline WHEN " FIGURE_HAS_UNREACHABLE("old"), \
		       FIGURE_UNREACHED_AGAIN("old"))

#define FIGURES_KEPT                                                                               \
	FIGURES_OF_EVENTS FIGURES_OF_STAFF FIGURES_OF_SUBJECTS FIGURES_OF_DEADLINES                \
	    FIGURES_OF_NOTICES FIGURES_OF_LETTERS FIGURES_OF_UNREACHED

/* --- all of them, counted: rows of (name, of, number), in no order -----------------------------
 */

#define FIGURES_COUNTED                                                                            \
	"SELECT 'events' AS name, kind AS of, count(*) AS number FROM event GROUP BY kind"         \
	" UNION ALL SELECT 'staff', '', count(*) FROM staff WHERE gone = 0"                        \
	" UNION ALL SELECT 'subjects', type, count(*) FROM subject GROUP BY type"                  \
	" UNION ALL SELECT 'behind', '', count(*) FROM subject WHERE behind = 1"                   \
	" UNION ALL SELECT 'deadline.' || state, rule, count(*) FROM deadline GROUP BY 1, 2"       \
	" UNION ALL SELECT 'due', due, count(*) FROM deadline WHERE state = 'open' GROUP BY due"   \
	" UNION ALL SELECT 'notice.' || state, '', count(*) FROM notice GROUP BY state"            \
	" UNION ALL SELECT 'message.' || state, '', count(*) FROM message GROUP BY state"          \
	" UNION ALL SELECT " FIGURE_LETTERS("m") ", '', count(*) FROM message m "                  \
						 "WHERE " FIGURE_LETTERS(                          \
						     "m") " <> '' GROUP BY 1"                      \
							  " UNION ALL SELECT 'unreached', until,"  \
							  " sum(number) FROM (" FIGURE_UNREACHED(  \
							      "true") " UNION ALL SELECT '', '', " \
								      "'', '',"                    \
								      " 0, '', 0) GROUP BY until"

#endif
