/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The log of events: rows are only ever added. Reading gives them back as the thinking wants
 * them: typed after the table of kinds, without those that were taken back.
 */
#ifndef KEDJA_STORE_EVENT_H
#define KEDJA_STORE_EVENT_H

#include <jansson.h>

#include "daemon/store/core.h"
#include "rules/kinds/kind.h"

/* Adds an event that event_check has passed; its id. recorded_at is the turn's now. */
int64_t store_event_add(const struct core *core, const struct event *event);
/* The id of the event with this source, or 0. */
int64_t store_event_with_source(const struct core *core, const char *source);
/* Marks an event as taken back by another one. */
void store_event_void(const struct core *core, int64_t event, int64_t by);
bool store_event_is_void(const struct core *core, int64_t event);

/* One event, in `arena`; NULL if there is none, or its kind is no longer declared. */
struct event *store_event_load(const struct core *core, int64_t id, struct arena *arena);

/*
 * The history of a subject in the order of the fold: its own events, and those of others that it
 * sees (sees.h). The list and the events live in `arena`.
 */
size_t store_event_history(const struct core *core, enum subject_type type, const char *subject,
			   struct arena *arena, struct event ***ret);

/* The same as it was known at an instant: without what was recorded later, with what was taken
 * back later. */
size_t store_event_history_then(const struct core *core, enum subject_type type,
				const char *subject, instant then, struct arena *arena,
				struct event ***ret);

/* Notes which programme an event names, once it is added; all of them anew, from the log. */
void store_event_note_naming(const struct core *core, const struct event *event);
void store_event_rebuild_namings(const struct core *core);
/* The programmes that events of a subject name, those taken back left out; in `arena`. */
size_t store_event_programmes(const struct core *core, const char *subject, struct arena *arena,
			      const char ***ret);
/* Does it name a programme that no other event of its subject names? */
bool store_event_names_new(const struct core *core, const struct event *event);
/* Has its subject another event that a programme sees? */
bool store_event_has_seen(const struct core *core, const struct event *event);

/* The subject's own events that say something of people of this sort, in order. */
size_t store_event_of_people(const struct core *core, const char *subject, enum kind_people people,
			     struct arena *arena, struct event ***ret);
/* All who have such events, of any sort. */
size_t store_event_people(const struct core *core, struct arena *arena, const char ***ret);

/* The subject's own events of kinds that begin with `prefix` ("role."), in order. */
size_t store_event_of_kinds(const struct core *core, const char *subject, const char *prefix,
			    struct arena *arena, struct event ***ret);

/* The stage that a case was in at a moment, by its log; NULL if none. Lives in `arena`. */
const char *store_event_stage_at(const struct core *core, const char *subject, struct moment at,
				 struct arena *arena);

/* Through which day the payment files of a programme reach: the greatest told, or DATE_NONE. */
date store_event_covers_through(const struct core *core, const char *programme);

/* The title of a programme, as it was said last; NULL: none was. Lives in `arena`. */
const char *store_event_title(const struct core *core, const char *programme, struct arena *arena);

#endif
