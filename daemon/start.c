/* SPDX-License-Identifier: EUPL-1.2 */
/* See start.h: start, step by step, and stop, in the mirrored order. */
#include "daemon/start.h"

#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/host.h"
#include "daemon/base/log.h"
#include "daemon/base/notify.h"
#include "daemon/kedjad/kedjad.h"
#include "daemon/methods/gate.h"
#include "daemon/methods/method.h"
#include "daemon/plan/hold.h"
#include "daemon/store/meta.h"
#include "daemon/store/schema.h"

struct options {
	const char *dir;
	const char *virtual_clock; /* NULL: the real one */
	bool check, create;
	bool verbose;
};

static const char usage[] =
    "usage: kedjad [--conf DIR] [--virtual-clock TIME] [--verbose]\n"
    "       kedjad --check [--conf DIR]     read the configuration, say what is wrong, and end\n"
    "       kedjad --create [--conf DIR]    make the empty database, once, and end\n"
    "       kedjad --settings               every key of kedja.conf, with its default\n"
    "       kedjad --version | --help\n"
    "\n"
    "  -c, --conf DIR           folder of the configuration (default /etc/kedja)\n"
    "      --virtual-clock TIME a clock that stands still until kedjactl moves it, for training\n"
    "                           and tests: 2006-05-01T08:00\n"
    "  -n, --check              only check the configuration\n"
    "      --create             make the database, where there is none; nothing else ever does\n"
    "  -v, --verbose            log more\n"
    "\n"
    "Signals: HUP reads the configuration again, TERM and INT end.\n";

enum verdict_of_options { RUN, END_WELL, END_USAGE };

static enum verdict_of_options read_options(int argc, char **argv, struct options *ret)
{
	static const struct option options[] = {
		{ "conf", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'n' },
		{ "create", no_argument, NULL, 'N' },
		{ "virtual-clock", required_argument, NULL, 'C' },
		{ "verbose", no_argument, NULL, 'v' },
		{ "settings", no_argument, NULL, 's' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;
	while ((option = getopt_long(argc, argv, "c:nvVh", options, NULL)) != -1) {
		if (option == 'c') {
			ret->dir = optarg;
		} else if (option == 'C') {
			ret->virtual_clock = optarg;
		} else if (option == 'n') {
			ret->check = true;
		} else if (option == 'N') {
			ret->create = true;
		} else if (option == 'v') {
			ret->verbose = true;
		} else if (option == 's') {
			settings_print();
			return END_WELL;
		} else if (option == 'V') {
			puts("kedjad " KEDJA_VERSION);
			return END_WELL;
		} else if (option == 'h') {
			fputs(usage, stdout);
			return END_WELL;
		} else {
			fputs(usage, stderr);
			return END_USAGE;
		}
	}
	if (ret->create && (ret->check || ret->virtual_clock != NULL)) {
		fprintf(stderr, "kedjad: --create goes with --conf alone\n%s", usage);
		return END_USAGE;
	}
	if (optind == argc)
		return RUN;
	fprintf(stderr, "kedjad: what is \"%s\"? It takes options only.\n%s", argv[optind], usage);
	return END_USAGE;
}

static void print_problems(struct problems *problems)
{
	problems_sort(problems);
	for (size_t i = 0; i < problems->count; i++) {
		char *text = problem_format(&problems->list[i]);
		fprintf(stderr, "%s\n", text);
		free(text);
	}
	problems_clear(problems);
}

static int start_configuration(struct kedjad *k, struct problems *problems)
{
	struct office *office = office_load(k->dir, problems);
	if (office == NULL || !kedjad_check_settings(k, office->settings, problems)) {
		office_free(office);
		return -1;
	}
	k->core.office = office;
	k->templates = templates_load(office->settings->templates, office->ruleset, problems);
	k->core.clock = clock_new(calendar_zone(office->calendar));
	if (k->core.clock == NULL)
		problem_add(
		    problems, "calendar.conf", 0,
		    "zone: this machine does not know \"%s\": is the package tzdata there, and "
		    "the name right (\"Europe/Stockholm\")?",
		    calendar_zone(office->calendar));
	return k->templates == NULL || k->core.clock == NULL ? -1 : 0;
}

/* A file is of the real clock or of a virtual one, for ever: training data must never reach
 * people, and real data must never be trained on. */
static int settle_clock(struct kedjad *k, const char *asked, struct problems *problems)
{
	char *kind = store_meta_get(k->core.db, "clock");
	char *kept = store_meta_get(k->core.db, "virtual_now");
	const char *wanted = asked == NULL ? "real" : "virtual";
	int result = -1;
	instant now = 0;
	if (kind != NULL && strcmp(kind, wanted) != 0) {
		problem_add(
		    problems, k->core.office->settings->database, 0,
		    asked == NULL
			? "this file has known a virtual clock: start with --virtual-clock, or "
			  "name another database in kedja.conf"
			: "this file belongs to the real clock: name another database in "
			  "kedja.conf to try things out");
		goto out;
	}
	if (asked != NULL && clock_parse(k->core.clock, asked, &now) != 0) {
		problem_add(problems, "--virtual-clock", 0,
			    "\"%s\" is not a time: write 2006-05-01T08:00", asked);
		goto out;
	}
	if (asked != NULL && kept != NULL)
		now = strtoll(kept, NULL, 10);
	if (asked != NULL && clock_set_virtual(k->core.clock, now) != 0)
		goto out;
	if (asked != NULL)
		kedjad_keep_clock(k, now);
	if (kind == NULL)
		store_meta_set(k->core.db, "clock", wanted);
	result = 0;
out:
	free(kind);
	free(kept);
	return result;
}

static int start_file(struct kedjad *k, const struct options *options, struct problems *problems)
{
	k->core.db =
	    db_open(k->core.office->settings->database, schema_migrations, schema_count, problems);
	if (k->core.db == NULL)
		return -1;
	k->core.turn = turn_new(k->core.db);
	if (turn_begin(k->core.turn) != 0) {
		problem_add(problems, k->core.office->settings->database, 0, "%s",
			    db_error(k->core.db));
		return -1;
	}
	if (settle_clock(k, options->virtual_clock, problems) != 0) {
		db_rollback(k->core.db);
		return -1;
	}
	if (db_was_older(k->core.db))
		hold_note_upgrade(&k->core);
	kedjad_start_kept(k);
	k->planner = planner_new(&k->core, kedjad_fire, k);
	if (getenv("KEDJA_CHECK") != NULL)
		planner_set_check(k->planner);
	kedjad_compare_rules(k);
	if (turn_end(k->core.turn) == 0)
		return 0;
	problem_add(problems, k->core.office->settings->database, 0, "%s", db_error(k->core.db));
	return -1;
}

/* The mailer lies beside kedjad unless kedja.conf says otherwise. */
static char *mailer_path(const struct settings *settings)
{
	char self[PATH_MAX];
	if (settings->mailer[0] != '\0')
		return xstrdup(settings->mailer);
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (length <= 0)
		return xstrdup("kedja-mailer");
	self[length] = '\0';
	*strrchr(self, '/') = '\0';
	return xasprintf("%s/kedja-mailer", self);
}

static void on_end(void *arg, int signal)
{
	struct kedjad *k = arg;
	(void)signal;
	notify_stopping(k->notify);
	loop_stop(k->loop);
}

static void on_alarm(void *arg, bool clock_was_set)
{
	struct kedjad *k = arg;
	if (!clock_was_set)
		return;
	log_notice("the clock was set");
	outbox_clock_was_set(k->outbox);
	letters_wake(k->letters);
}

static void on_watchdog(void *arg)
{
	struct kedjad *k = arg;
	k->sign_wanted = true;
}

static int64_t add_letter(void *arg, const struct new_message *message)
{
	return outbox_add(arg, message);
}

static int start_doors(struct kedjad *k, struct problems *problems)
{
	const struct settings *settings = k->core.office->settings;
	k->loop = loop_new();
	if (k->loop == NULL)
		return -1;
	char *mailer = mailer_path(settings);
	k->outbox = outbox_new(k->loop, k->core.turn, k->core.db, k->core.clock, settings, mailer,
			       kedjad_letter_ended, k);
	free(mailer);
	if (k->outbox == NULL)
		return -1;
	k->letters = letters_new(&k->core, add_letter, k->outbox, k->templates);
	k->control = control_new(k->loop, settings->socket, method_table, k, problems);
	if (k->control == NULL)
		return -1;
	k->methods = method_table;
	control_set_gate(k->control, &method_gate);
	k->audit = audit_new(&k->core);
	if (loop_on_signal(k->loop, SIGTERM, on_end, k) != 0 ||
	    loop_on_signal(k->loop, SIGINT, on_end, k) != 0 ||
	    loop_on_signal(k->loop, SIGHUP, kedjad_on_hup, k) != 0 ||
	    loop_on_alarm(k->loop, on_alarm, k) != 0)
		return -1;
	k->retry = loop_timer_new(k->loop, kedjad_on_retry, k);
	k->notify = notify_new();
	if (notify_watchdog_interval(k->notify) > 0) {
		k->watchdog = loop_timer_new(k->loop, on_watchdog, k);
		on_watchdog(k);
	}
	return 0;
}

static int start(struct kedjad *k, const struct options *options, struct problems *problems)
{
	if (start_configuration(k, problems) != 0)
		return -1;
	if (start_file(k, options, problems) != 0)
		return -1;
	if (start_doors(k, problems) != 0)
		return -1;
	k->loaded_at = clock_now(k->core.clock);
	return 0;
}

static void stop(struct kedjad *k)
{
	if (k->audit != NULL)
		audit_log_head(k->audit);
	control_free(k->control);
	audit_free(k->audit);
	kedjad_forget_goals(k);
	free(k->trouble);
	outbox_free(k->outbox); /* the last outcomes may wake the letters */
	letters_free(k->letters);
	loop_timer_free(k->retry);
	loop_timer_free(k->watchdog);
	notify_free(k->notify);
	loop_free(k->loop);
	planner_free(k->planner);
	turn_free(k->core.turn);
	db_close(k->core.db);
	clock_free(k->core.clock);
	templates_free(k->templates);
	office_free(k->core.office);
}

static int check(struct kedjad *k)
{
	struct problems problems = PROBLEMS_NONE;
	int result = start_configuration(k, &problems) == 0 ? 0 : 1;
	if (result == 0)
		printf("%zu rules, no complaint\n", k->core.office->ruleset->count);
	print_problems(&problems);
	stop(k);
	return result;
}

/* The only way to an empty database: a start that does not find its file must not go on with
 * another one, in which nothing was ever recorded. */
static int create(struct kedjad *k)
{
	struct problems problems = PROBLEMS_NONE;
	if (start_configuration(k, &problems) == 0)
		k->core.db = db_create(k->core.office->settings->database, schema_migrations,
				       schema_count, &problems);
	int result = k->core.db == NULL ? 1 : 0;
	if (result == 0)
		printf("%s is made\n", k->core.office->settings->database);
	print_problems(&problems);
	stop(k);
	return result;
}

/* Many mail servers take nothing from a host that does not say its whole name. */
static void warn_of_name(const struct settings *settings)
{
	char *name = host_name();
	if (settings->helo_name[0] == '\0' && strcmp(settings->transport, "smtp") == 0 &&
	    !host_name_is_whole(name))
		log_warning("this host's name is \"%s\", and no whole one: mail servers may refuse "
			    "its letters; set helo_name in kedja.conf",
			    name);
	free(name);
}

int start_main(int argc, char **argv)
{
	struct options options = { .dir = "/etc/kedja" };
	struct kedjad k = { .dir = NULL };
	struct problems problems = PROBLEMS_NONE;
	loop_hold_signals();
	switch (read_options(argc, argv, &options)) {
	case RUN:
		break;
	case END_WELL:
		return 0;
	case END_USAGE:
		return 2;
	}
	umask(0077);
	log_open("kedjad", options.verbose ? LOG_LEVEL_DEBUG : LOG_LEVEL_NOTICE);
	k.dir = options.dir;
	if (options.check)
		return check(&k);
	if (options.create)
		return create(&k);
	if (start(&k, &options, &problems) != 0) {
		print_problems(&problems);
		stop(&k);
		return 1;
	}
	warn_of_name(k.core.office->settings);
	access_log(k.core.office->settings->access);
	log_notice("ready: %zu rules, %s clock", k.core.office->ruleset->count,
		   clock_is_virtual(k.core.clock) ? "virtual" : "real");
	notify_ready(k.notify);
	loop_run(k.loop, kedjad_work, &k);
	log_notice("ending");
	stop(&k);
	return 0;
}
