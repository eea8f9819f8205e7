/*
 * The daemon as a whole: the only file that knows everyone. Start order and its mirror at stop;
 * the order of work in a turn; reload; the virtual clock's way to its goal.
 *
 * A turn (I1): serve requests, plan what they touched, let go off what is due, write letters,
 * note what the mailer said and hand it more; commit; only then is any of it seen outside.
 */
#ifndef KEDJA_KEDJAD_H
#define KEDJA_KEDJAD_H

#include "daemon/control/control.h"
#include "daemon/letters/letters.h"
#include "daemon/outbox/outbox.h"
#include "daemon/plan/planner.h"
#include "daemon/store/core.h"

/* A request that is answered when something else is done. */
struct waiting {
	struct ticket *ticket;
	method_handler *handler; /* to be called again when nobody is behind */
	json_t *parameters, *id;
	char *actor;
	instant goal;             /* of clock.set; INSTANT_NEVER for others */
	int64_t letters, notices; /* counts when clock.set began */
	struct waiting *next;
};

struct kedjad {
	struct core core;
	const char *dir; /* of the configuration */
	struct loop *loop;
	struct control *control;
	struct outbox *outbox;
	struct planner *planner;
	struct letters *letters;
	struct templates *templates;
	instant loaded_at;
	struct notify *notify;
	struct loop_timer *retry;    /* after a turn that the disk refused */
	struct loop_timer *watchdog; /* signs of life, where systemd wants them */
	struct waiting *for_plan, *for_clock;
	char *rebuild_reached; /* `rebuild --check`: the subject compared last; NULL: none runs */
	bool clock_moved;      /* the virtual clock stands elsewhere than the file says */
	bool sign_wanted;      /* a sign of life for systemd */
	bool stopping;
};

int kedjad_main(int argc, char **argv);

/* Reads the configuration anew and swaps it if nothing is wrong. 0 (*ret_changed tells whether
 * anything means something else now), or -1 with problems; then all is as it was. In the turn. */
MUST_CHECK int kedjad_reload(struct kedjad *k, bool *ret_changed, struct problems *problems);

/*
 * Brings back the set of rules (with chain.conf and calendar.conf) that was in force before this
 * one; again, and this one comes back. It stays in force, over restarts too, until the next reload
 * takes the files. 0 with what is different now, [{file, change}] and [{rule, change}]; or -1 with
 * problems. In the turn.
 */
MUST_CHECK int kedjad_revert(struct kedjad *k, json_t **ret_files, json_t **ret_rules,
			     struct problems *problems);
bool kedjad_is_reverted(const struct kedjad *k); /* are the rules not those on the disk? */

/* For handlers: answered by calling `handler` again when nobody is behind any more. */
json_t *kedjad_wait_for_plan(struct kedjad *k, struct call *call, method_handler *handler);
/* For clock.set: moves the virtual clock, letting everything on the way go off in order. */
json_t *kedjad_wait_for_clock(struct kedjad *k, struct call *call, instant goal);

/* The methods of the socket (methods/), put together in methods/table.c. */
extern const struct method method_table[];

#endif
