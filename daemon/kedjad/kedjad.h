/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The daemon at work: the order of work in a turn, reload, requests that wait, the virtual clock's
 * way to its goal. It is started and stopped by daemon/start.c, which also hands the methods in.
 *
 * A turn (I1): serve requests, plan what they touched, let go off what is due, write letters,
 * note what the mailer said and hand it more; commit; only then is any of it seen outside.
 */
#ifndef KEDJA_KEDJAD_KEDJAD_H
#define KEDJA_KEDJAD_KEDJAD_H

#include "daemon/control/control.h"
#include "daemon/letters/letters.h"
#include "daemon/outbox/outbox.h"
#include "daemon/plan/planner.h"
#include "daemon/store/audit.h"
#include "daemon/store/core.h"
#include "daemon/store/viewer.h"

struct goal; /* where the virtual clock shall go */
struct swap; /* a configuration that comes into force with the commit of this turn */

struct kedjad {
	struct core core;
	const char *dir; /* of the configuration */
	struct loop *loop;
	struct control *control;
	const struct method *methods; /* that can be asked for; ended by a row with name NULL */
	struct audit *audit;
	struct viewer viewer; /* whoever asks, while a method runs */
	struct outbox *outbox;
	struct planner *planner;
	struct letters *letters;
	struct templates *templates;
	instant loaded_at;
	struct swap *swap; /* NULL: none. While one waits no other is taken */
	struct notify *notify;
	struct loop_timer *retry; /* after a turn that the disk refused */
	char *trouble;            /* NULL: none; why nothing can be written, as it was last said */
	instant trouble_since;
	unsigned lost_turns;         /* in a row */
	struct loop_timer *watchdog; /* signs of life, where systemd wants them */
	struct goal *goals;          /* in order */
	instant clock_next;          /* where the virtual clock stands after this turn */
	bool sign_wanted;            /* a sign of life for systemd */
};

/* What a reload or a revert brings: from the commit of its turn on, if there is one. */
struct brought {
	const struct office *office;   /* until the end of the turn; of a revert without settings */
	const struct ruleset *ruleset; /* likewise */
	bool changed;                  /* something means something else then */
	json_t *files, *rules, *templates; /* [{file, change}], [{rule, change}] */
	json_t *settings;                  /* their names */
	/* Whose rule or kind is nowhere any more: [{rule, kind or null, deadlines}] of open
	 * deadlines, [{kind, events}] */
	json_t *lost;
};
void brought_clear(struct brought *brought); /* takes one that is all 0, too */

/* Reads the configuration anew, and swaps it with the commit if nothing is wrong, and nothing open
 * would be lost (unless `force`): the turn has no room any more. 0; or -1 with problems, and *ret
 * is all 0 but for what would be lost: then all is as it was. In the turn; no swap waits. `by`: who
 * asks, for the log. */
MUST_CHECK int kedjad_reload(struct kedjad *k, const char *by, bool force, struct brought *ret,
			     struct problems *problems);

/*
 * Brings back the set of rules (with chain.conf and calendar.conf) that was in force before this
 * one; again, and this one comes back. It stays in force, over restarts too, until the next reload
 * takes the files. As kedjad_reload.
 */
MUST_CHECK int kedjad_revert(struct kedjad *k, const char *by, struct brought *ret,
			     struct problems *problems);
bool kedjad_is_reverted(const struct kedjad *k); /* are the rules not those on the disk? */

/* For methods whose answer rests on the plan, in their row: they wait while somebody is behind. */
method_wait kedjad_until_planned;
/* For a handler that has begun: `handler` goes on when nobody is behind any more. */
json_t *kedjad_wait_for_plan(struct call *call, method_handler *handler);
/* For clock.set: moves the virtual clock, letting everything on the way go off in order. */
json_t *kedjad_wait_for_clock(struct kedjad *k, struct call *call, instant goal);

/* In the turn, for whoever says how the daemon is: unless something was written just before,
 * something is written now. If the disk does not take it the turn is lost, and whoever asked is
 * answered by the next one, which knows. */
void kedjad_prove_disk(struct kedjad *k);

/* For start.c: what it ties to the planner, the outbox and the loop. */
planner_fire kedjad_fire;
outbox_ended kedjad_letter_ended;
loop_work kedjad_work;
loop_timeout kedjad_on_retry;
loop_signal kedjad_on_hup;

/* Settings that a running daemon cannot change, the database and the socket, are as they were, and
 * there are settings at all; or false with problems. */
MUST_CHECK bool kedjad_check_settings(const struct kedjad *k, const struct settings *settings,
				      struct problems *problems);
/* At the start, in the turn. After a revert the set that was kept is in force; then, with a
 * planner: rules that are others than those of the rows in the file plan everything anew. */
void kedjad_start_kept(struct kedjad *k);
void kedjad_compare_rules(struct kedjad *k);
void kedjad_keep_clock(struct kedjad *k, instant at); /* where it stands, in the file */
void kedjad_forget_goals(struct kedjad *k);           /* the clock stays where it is */

#endif
