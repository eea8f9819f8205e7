/* What the files of kedjad share; nobody else includes this. */
#ifndef KEDJA_KEDJAD_PARTS_H
#define KEDJA_KEDJAD_PARTS_H

#include "daemon/kedjad/kedjad.h"
#include "daemon/plan/due.h"

/* Small facts about the file itself; meta_get's text is the caller's to free, NULL: none. */
void meta_set(const struct core *core, const char *name, const char *value);
char *meta_get(const struct core *core, const char *name);

void keep_rules_version(struct kedjad *k);
void kedjad_swap_office(struct kedjad *k, struct office *office, struct templates *templates);

/* kept.c: the set of rules in force, and the one before. In the turn. */
void kedjad_keep_rules(struct kedjad *k);         /* core.office is new, and differs */
void kedjad_files_are_in_force(struct kedjad *k); /* what runs is what lies on the disk */
void kedjad_start_kept(struct kedjad *k);         /* after a revert: the set that was kept */
bool kedjad_has_kept(const struct kedjad *k);

void waiting_free(struct waiting *waiting);
planner_fire kedjad_fire;
outbox_ended kedjad_letter_ended;
loop_work kedjad_work;
loop_timeout kedjad_on_retry;
loop_signal kedjad_on_hup;

/* Settings that a running daemon cannot change: the database, the socket. */
MUST_CHECK bool kedjad_check_settings(const struct kedjad *k, const struct settings *settings,
				      struct problems *problems);

#endif
