/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See kedjad_own.h: another configuration comes into force. It has been built beside the one that
 * runs; the turn tells the file of it, and has no room for anything else; the commit puts it into
 * force, whole, and a rollback drops it (I1). So there is no moment at which the daemon goes by
 * rules that its file does not know of: no row is planned by them, and no answer tells of them.
 *
 * What the daemon holds in memory that others go by, and what takes it and gives it back:
 *
 *   rules, chain, calendar, settings, templates,
 *   the zone of the clock, loaded_at                 this file
 *   the mailer's configuration; patience, hours and
 *   domain of the outbox                             this file, by outbox_configure
 *   rules kept, and whether they are reverted        rows of the file, read when they are asked for
 *   plans in memory, whether anybody is behind       planner_forget, after every rollback
 *   the hour at which letters are looked for         letters_wake, after every rollback
 *   figures, hours, what was said and what is to be
 *   tried again of the outbox; the batch in hand     its own turn_after (outbox_change.c)
 *   answers, and requests that go on or wait         control
 *   where the virtual clock stands, and is to go     virtual.c
 *   the alarm of the loop                            set after the commit (kedjad.c)
 *
 * What the mailer said (its faults, its state) and who is connected is no doing of a turn.
 */
#include <stdlib.h>

#include "daemon/base/log.h"
#include "daemon/kedjad/kedjad_own.h"
#include "daemon/store/meta.h"

struct swap {
	struct kedjad *k;
	struct office *office;
	struct templates *templates; /* NULL: those in force serve these rules, too */
	bool by_signal;
	char *line; /* for the log */
};

bool kedjad_knows_zone(const struct office *office, struct problems *problems)
{
	const char *zone = calendar_zone(office->calendar);
	if (clock_knows_zone(zone))
		return true;
	problem_add(problems, "calendar.conf", 0, "zone: this machine does not know \"%s\"", zone);
	return false;
}

void kedjad_note_version(struct kedjad *k, const struct office *office)
{
	store_meta_set(k->core.db, "rules", office->ruleset->version_text);
}

/* A set from the file of the events has no kedja.conf of its own. */
void kedjad_move_settings(struct office *from, struct office *to)
{
	to->settings = from->settings;
	from->settings = NULL;
}

static void use_templates(struct kedjad *k, struct templates *templates)
{
	if (templates == NULL)
		return;
	templates_free(k->templates);
	k->templates = templates;
}

/* Whoever sleeps on an hour that the old settings, calendar or zone gave looks again. */
static void wake_all(struct kedjad *k)
{
	planner_forget(k->planner); /* plans point into the old ruleset */
	letters_use(k->letters, k->templates);
	outbox_configure(k->outbox, k->core.office->settings);
}

static void is_committed(void *arg)
{
	struct swap *swap = arg;
	struct kedjad *k = swap->k;
	struct office *old = k->core.office;
	if (swap->office->settings == NULL)
		kedjad_move_settings(old, swap->office);
	else if (!access_same(old->settings->access, swap->office->settings->access))
		access_log(swap->office->settings->access);
	k->core.office = swap->office;
	k->loaded_at = clock_now(k->core.clock);
	if (clock_set_zone(k->core.clock, calendar_zone(swap->office->calendar)) != 0)
		log_error("the zone of the office is gone from this machine: going by the old one");
	use_templates(k, swap->templates);
	wake_all(k);
	office_free(old);
	log_notice("%s", swap->line);
	k->swap = NULL;
	free(swap->line);
	free(swap);
}

static void drop(struct swap *swap)
{
	templates_free(swap->templates);
	office_free(swap->office);
	free(swap->line);
	free(swap);
}

static void is_undone(void *arg, const char *reason)
{
	struct swap *swap = arg;
	if (swap->by_signal)
		log_error("the configuration stays as it was: %s", reason);
	swap->k->swap = NULL;
	drop(swap);
}

int kedjad_swap_after_turn(struct kedjad *k, struct office *office, struct templates *templates,
			   bool by_signal, char *line)
{
	struct swap *swap = xcalloc(1, sizeof(*swap));
	bool changed = office->ruleset->version != k->core.office->ruleset->version;
	*swap = (struct swap){ k, office, templates, by_signal, line };
	if (changed) {
		planner_note_rules(k->planner);
		kedjad_note_version(k, office);
	}
	if (db_failed(k->core.db)) { /* the turn may yet be saved, without this request */
		drop(swap);
		return -1;
	}
	k->swap = swap;
	turn_after(k->core.turn, is_committed, is_undone, swap);
	turn_close(k->core.turn);
	return 0;
}
