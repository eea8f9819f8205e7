/* SPDX-License-Identifier: EUPL-1.2 */
/* The whole way of a letter but for the wire: a real loop, a real file, a virtual clock, and
 * fake_mailer.py, which does what the addresses say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/outbox/outbox.h"
#include "daemon/store/message.h"
#include "daemon/store/schema.h"
#include "tests/unit/figures.h"
#include "tests/unit/files.h"
#include "tests/unit/hang.h"

#define PROGRAM "tests/unit/fake_mailer.py"
#define NOON    INT64_C(1796036400) /* 2026-11-30 11:00 UTC */

struct fixture {
	char folder[64];
	struct clock *clock;
	struct loop *loop;
	struct loop_timer *patience;
	struct db *db;
	struct turn *turn;
	struct outbox *outbox;
	struct settings settings;
	struct problems problems;
	char ended[512];
	int turns, rolled_back;
	bool quiet, in_time;
	struct rlimit file_size;
};

/* ---- a daemon of nothing but an outbox ---- */

static void on_ended(void *arg, int64_t message, enum message_state state)
{
	struct fixture *f = arg;
	char word[40];
	assert_true(turn_is_begun(f->turn));
	snprintf(word, sizeof(word), "%lld=%s ", (long long)message, message_state_name(state));
	if (strlen(f->ended) + strlen(word) < sizeof(f->ended))
		strcat(f->ended, word);
}

static void end_turn(struct fixture *f)
{
	if (turn_is_begun(f->turn))
		f->turns++;
	if (turn_end(f->turn) != 0)
		f->rolled_back++;
}

static bool work(void *arg)
{
	struct fixture *f = arg;
	bool more = outbox_work(f->outbox, f->turn);
	end_turn(f);
	f->quiet = outbox_is_quiet(f->outbox);
	if (f->quiet && !more)
		loop_stop(f->loop);
	return more;
}

static void on_patience(void *arg)
{
	struct fixture *f = arg;
	f->in_time = false;
	loop_stop(f->loop);
}

/* Runs the loop until the outbox is quiet. */
static void settle(struct fixture *f)
{
	f->in_time = true;
	loop_timer_set(f->patience, HANG_SECONDS);
	loop_run(f->loop, work, f);
	loop_timer_set(f->patience, -1);
	assert_true(f->in_time);
}

/* Runs it for some real time, quiet or not. */
static void run_for(struct fixture *f, double seconds)
{
	f->in_time = true;
	loop_timer_set(f->patience, seconds);
	while (f->in_time)
		loop_run(f->loop, work, f);
}

static void open_outbox(struct fixture *f)
{
	char *path = xasprintf("%s/k.db", f->folder);
	f->db = (access(path, F_OK) == 0 ? db_open : db_create)(path, schema_migrations,
								schema_count, &f->problems);
	for (size_t i = 0; i < f->problems.count; i++)
		print_message("%s\n", f->problems.list[i].text);
	assert_non_null(f->db);
	f->turn = turn_new(f->db);
	f->loop = loop_new();
	f->patience = loop_timer_new(f->loop, on_patience, f);
	f->outbox =
	    outbox_new(f->loop, f->turn, f->db, f->clock, &f->settings, PROGRAM, on_ended, f);
	free(path);
}

static void close_outbox(struct fixture *f)
{
	assert_int_equal(figures_wrong(f->db), 0);
	outbox_free(f->outbox);
	loop_timer_free(f->patience);
	loop_free(f->loop);
	turn_free(f->turn);
	db_close(f->db);
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	strcpy(f->folder, "/tmp/kedja-outbox-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	setenv("KEDJA_FAKE", f->folder, 1);
	f->clock = clock_new("Europe/Stockholm");
	assert_int_equal(clock_set_virtual(f->clock, NOON), 0);
	f->settings = (struct settings){ .sender = (char *)"kedja@example.se",
					 .message_id_domain = (char *)"kedja.example.se",
					 .smtp_port = 25,
					 .delivery_limit = HANG_SECONDS,
					 .retry_first = 300,
					 .retry_most = 4000,
					 .give_up_after = 5 * 86400,
					 .keep_bodies = 14,
					 .batch = 10 };
	open_outbox(f);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	close_outbox(f);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	clock_free(f->clock);
	problems_clear(&f->problems);
	char *command = xasprintf("rm -r %s", f->folder);
	assert_int_equal(system(command), 0);
	free(command);
	free(f);
	return 0;
}

static void check_problem(struct fixture *f, const char *expected);

/* The lines of the fake mailer's log that say what was delivered, without the word "letter". */
static char *delivered(const struct fixture *f)
{
	char line[200], *all = xcalloc(65536, 1);
	char *path = xasprintf("%s/log", f->folder);
	FILE *file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "letter ", 7) == 0)
			strcat(all, line + 7);
	}
	if (file != NULL)
		fclose(file);
	free(path);
	return all;
}

static int times_delivered(const struct fixture *f, int64_t id)
{
	char *all = delivered(f), *begin = xasprintf("%lld ", (long long)id);
	int count = 0;
	for (char *line = all; *line != '\0'; line = strchr(line, '\n') + 1)
		count += strncmp(line, begin, strlen(begin)) == 0;
	free(begin);
	free(all);
	return count;
}

static int batches(const struct fixture *f)
{
	char line[200];
	int count = 0;
	char *path = xasprintf("%s/log", f->folder);
	FILE *file = fopen(path, "r");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		count += strncmp(line, "batch ", 6) == 0;
	if (file != NULL)
		fclose(file);
	free(path);
	return count;
}

static int64_t add_to(struct fixture *f, const char *what)
{
	char *address = xasprintf("%s@example.se", what);
	assert_int_equal(turn_begin(f->turn), 0);
	int64_t id = outbox_add(f->outbox, &(struct new_message){ .person = "anna",
								  .name = "Anna Ek",
								  .address = address,
								  .language = "sv",
								  .subject = "Bevakningar i dag: 1",
								  .text = "Hej,\n\nåäö\n",
								  .digest_day = DATE_NONE });
	free(address);
	assert_true(id > 0);
	return id;
}

static int64_t add(struct fixture *f, const char *what)
{
	int64_t id = add_to(f, what);
	end_turn(f);
	return id;
}

static void move_clock(struct fixture *f, int64_t seconds)
{
	assert_int_equal(clock_set_virtual(f->clock, clock_now(f->clock) + seconds), 0);
}

/* "state attempts next_attempt-created_at code answer"; next is "-" where there is none. */
static void check_row(struct fixture *f, int64_t id, const char *expected)
{
	struct query *q = db_query(f->db, "SELECT state || ' ' || attempts || ' ' ||"
					  " coalesce(next_attempt - created_at, '-') || ' ' ||"
					  " coalesce(code, '-') || ' ' || coalesce(answer, '-')"
					  " FROM message WHERE id = ?1");
	db_bind_int(q, 1, id);
	assert_true(db_next(q));
	assert_string_equal(db_text(q, 0), expected);
	db_done(q);
}

/* "was>state was>state ..." */
static void check_history(struct fixture *f, int64_t id, const char *expected)
{
	struct query *q =
	    db_query(f->db, "SELECT group_concat(coalesce(was, '') || '>' || state, ' ')"
			    " FROM (SELECT * FROM message_history WHERE message = ?1"
			    " ORDER BY rowid)");
	db_bind_int(q, 1, id);
	assert_true(db_next(q));
	assert_string_equal(db_text(q, 0), expected);
	db_done(q);
}

static char *text_of(struct fixture *f, const char *sql, int64_t id)
{
	struct query *q = db_query(f->db, sql);
	db_bind_int(q, 1, id);
	char *text = db_next(q) && db_text(q, 0) != NULL ? xstrdup(db_text(q, 0)) : NULL;
	db_done(q);
	return text;
}

/* ---- outcomes ---- */

static void each_outcome_has_its_state(void **state)
{
	struct fixture *f = *state;
	int64_t sent = add(f, "sent"), deferred = add(f, "deferred");
	int64_t refused = add(f, "refused"), unclear = add(f, "unclear");
	assert_true(outbox_has_work(f->outbox));
	assert_false(outbox_is_quiet(f->outbox));
	settle(f);
	check_row(f, sent, "sent 1 - 250 2.0.0 Ok");
	check_row(f, deferred, "deferred 1 300 451 4.3.0 try later ö");
	check_row(f, refused, "refused 1 - 550 5.1.1 nobody here");
	check_row(f, unclear, "unclear 1 300 0 the connection was lost");
	assert_string_equal(f->ended, "1=sent 3=refused ");
	check_history(f, sent, ">queued queued>handed handed>sent");
	check_history(f, unclear, ">queued queued>handed handed>unclear");
	assert_false(outbox_has_work(f->outbox));
	assert_int_equal(outbox_next(f->outbox), NOON + 300);
}

static void message_ids_are_opaque_and_of_their_own(void **state)
{
	struct fixture *f = *state;
	int64_t one = add(f, "sent"), two = add(f, "sent");
	static const char *const sql = "SELECT message_id FROM message WHERE id = ?1";
	char *first = text_of(f, sql, one), *second = text_of(f, sql, two);
	assert_int_equal(strspn(first, "0123456789abcdef"), 32);
	assert_string_equal(first + 32, "@kedja.example.se");
	assert_string_not_equal(first, second);
	free(first);
	free(second);
	settle(f);
}

static void retries_double_and_keep_letter_and_bytes(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "deferred");
	static const char *const expected[] = {
		"deferred 1 300 451 4.3.0 try later ö",  "deferred 2 900 451 4.3.0 try later ö",
		"deferred 3 2100 451 4.3.0 try later ö", "deferred 4 4500 451 4.3.0 try later ö",
		"deferred 5 8500 451 4.3.0 try later ö", "deferred 6 12500 451 4.3.0 try later ö",
	};
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		settle(f);
		check_row(f, id, expected[i]);
		move_clock(f, outbox_next(f->outbox) - clock_now(f->clock) - 1);
		assert_false(outbox_has_work(f->outbox));
		move_clock(f, 1);
		assert_false(outbox_is_quiet(f->outbox));
	}
	file_put(f->folder, "healed", "");
	settle(f);
	char *all = delivered(f);
	assert_int_equal(times_delivered(f, id), 7);
	for (char *line = all; *line != '\0'; line = strchr(line, '\n') + 1)
		assert_int_equal(strncmp(line, all, strcspn(all, "\n")), 0); /* same bytes */
	free(all);
	assert_string_equal(f->ended, "1=sent ");
}

static void batches_are_bounded(void **state)
{
	struct fixture *f = *state;
	f->settings.batch = 3;
	outbox_configure(f->outbox, &f->settings);
	for (int i = 0; i < 8; i++)
		add(f, "sent");
	settle(f);
	struct outbox_figures figures = outbox_count(f->outbox);
	assert_int_equal(figures.by_state[MESSAGE_SENT], 8);
	assert_int_equal(batches(f), 3);
}

/* ---- mailers and daemons that die ---- */

static void a_mailer_that_dies_leaves_one_unclear(void **state)
{
	struct fixture *f = *state;
	int64_t sent = add(f, "sent"), dies = add(f, "die"), other = add(f, "sent");
	settle(f);
	check_row(f, sent, "sent 1 - 250 2.0.0 Ok");
	check_row(f, dies, "unclear 1 300 0 ");
	check_row(f, other, "sent 1 - 250 2.0.0 Ok"); /* untried is no attempt */
	check_history(f, other, ">queued queued>handed handed>queued queued>handed handed>sent");
	assert_int_equal(times_delivered(f, other), 1);
	assert_int_equal(outbox_count(f->outbox).mailer_restarts, 1);
}

static void a_letter_that_hangs_is_unclear(void **state)
{
	struct fixture *f = *state;
	f->settings.delivery_limit = 5;
	outbox_configure(f->outbox, &f->settings);
	int64_t hangs = add(f, "hang"), other = add(f, "sent");
	settle(f);
	check_row(f, hangs, "unclear 1 300 0 ");
	check_row(f, other, "sent 1 - 250 2.0.0 Ok");
}

/* The second one's data waited for the outcome of the first: it was not tried. */
static void a_daemon_that_dies_leaves_one_unclear(void **state)
{
	struct fixture *f = *state;
	int64_t one = add(f, "sent"), two = add(f, "sent");
	settle(f);
	char *before = delivered(f);
	/* as kill -9 after the commit that handed them over would leave the file */
	assert_int_equal(turn_begin(f->turn), 0);
	db_run(db_query(f->db, "UPDATE message SET state = 'handed', attempts = 0, ended_at = NULL,"
			       " code = NULL, answer = NULL"));
	end_turn(f);
	close_outbox(f);
	open_outbox(f);
	move_clock(f, 7200);
	assert_false(outbox_is_quiet(f->outbox));
	settle(f);
	check_row(f, one, "sent 2 - 250 2.0.0 Ok");
	check_row(f, two, "sent 1 - 250 2.0.0 Ok");
	check_history(
	    f, one, ">queued queued>handed handed>sent handed>unclear unclear>handed handed>sent");
	check_history(f, two,
		      ">queued queued>handed handed>sent handed>queued queued>handed handed>sent");
	char *after = delivered(f);
	assert_int_equal(strlen(after), 2 * strlen(before));
	assert_int_equal(strncmp(after, before, strlen(before)), 0);
	assert_string_equal(after + strlen(before), before); /* same Message-ID, same bytes */
	free(before);
	free(after);
}

static void a_stop_in_a_batch_leaves_nothing_unclear(void **state)
{
	struct fixture *f = *state;
	int64_t ids[4];
	for (int i = 0; i < 4; i++)
		ids[i] = add(f, "slow");
	while (times_delivered(f, ids[1]) == 0)
		run_for(f, 0.02);
	close_outbox(f);
	open_outbox(f);
	settle(f);
	for (int i = 0; i < 4; i++) {
		check_row(f, ids[i], "sent 1 - 250 2.0.0 Ok");
		assert_int_equal(times_delivered(f, ids[i]), 1);
	}
}

static void retry_hours_outlive_a_restart(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "deferred");
	settle(f);
	close_outbox(f);
	move_clock(f, 200);
	open_outbox(f);
	settle(f);
	check_row(f, id, "deferred 1 300 451 4.3.0 try later ö");
	assert_int_equal(outbox_next(f->outbox), NOON + 300);
	assert_int_equal(times_delivered(f, id), 1);
}

/* What the clock said when the hour was reckoned lies a year ahead of what it says now. */
static void a_clock_that_was_set_back_holds_nothing_up(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "deferred");
	settle(f);
	assert_int_equal(turn_begin(f->turn), 0);
	db_run(db_query(f->db, "UPDATE message SET next_attempt = next_attempt + 31536000"));
	end_turn(f);
	file_put(f->folder, "healed", "");
	outbox_clock_was_set(f->outbox);
	assert_true(outbox_has_work(f->outbox));
	settle(f);
	check_row(f, id, "sent 2 - 250 2.0.0 Ok");
	/* An hour that may be right is left alone. */
	int64_t other = add(f, "deferred");
	char *healed = xasprintf("%s/healed", f->folder);
	unlink(healed);
	free(healed);
	settle(f);
	outbox_clock_was_set(f->outbox);
	settle(f);
	check_row(f, other, "deferred 1 300 451 4.3.0 try later ö");
}

/* It was put off by the patience of before: it waits no longer than the new one lets it. */
static void a_shorter_patience_is_obeyed_at_once(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "deferred");
	settle(f);
	check_row(f, id, "deferred 1 300 451 4.3.0 try later ö");
	f->settings.retry_first = 60;
	f->settings.retry_most = 100;
	move_clock(f, 10);
	outbox_configure(f->outbox, &f->settings);
	settle(f);
	check_row(f, id, "deferred 2 110 451 4.3.0 try later ö");
}

/* ---- faults of the installation ---- */

static void a_fault_stops_the_queue(void **state)
{
	struct fixture *f = *state;
	int64_t tls = add(f, "tls"), other = add(f, "sent");
	settle(f);
	check_row(f, tls, "queued 0 0 - -");
	check_row(f, other, "queued 0 0 - -");
	struct outbox_figures figures = outbox_count(f->outbox);
	assert_string_equal(figures.fault, "tls: the certificate has expired");
	assert_int_equal(figures.mailer, MAILER_FAULTY);
	assert_int_equal(figures.by_state[MESSAGE_QUEUED], 2);
	assert_int_equal(figures.oldest_waiting, NOON);
	/* one letter each quarter of an hour, as long as it takes */
	for (int i = 1; i < 10; i++) {
		assert_int_equal(outbox_next(f->outbox), NOON + 900 * i);
		assert_false(outbox_has_work(f->outbox));
		move_clock(f, 900);
		settle(f);
		assert_int_equal(times_delivered(f, tls), i + 1);
	}
	assert_int_equal(batches(f), 10);
	file_put(f->folder, "healed", "");
	move_clock(f, 900);
	settle(f);
	check_row(f, tls, "sent 1 - 250 2.0.0 Ok");
	check_row(f, other, "sent 1 - 250 2.0.0 Ok");
	assert_null(outbox_count(f->outbox).fault);
}

/* What is met at one letter stands for all of them until another one has gone. */
static void a_queue_never_stops_for_one_letter(void **state)
{
	struct fixture *f = *state;
	f->settings.batch = 3;
	outbox_configure(f->outbox, &f->settings);
	int64_t relay = add(f, "relay"), other = add(f, "relay-2"), third = add(f, "sent");
	int64_t fourth = add(f, "sent");
	settle(f);
	check_row(f, relay, "queued 0 1 - -");
	check_row(f, third, "queued 0 0 - -");
	assert_string_equal(outbox_count(f->outbox).fault,
			    "relay: the server takes nothing from us: 550 5.7.54");
	move_clock(f, 900); /* the next in turn, in vain */
	settle(f);
	assert_int_equal(times_delivered(f, relay), 1);
	assert_int_equal(times_delivered(f, other), 1);
	check_row(f, other, "queued 0 901 - -");
	move_clock(f, 900); /* the third goes, and then all */
	settle(f);
	check_row(f, third, "sent 1 - 250 2.0.0 Ok");
	check_row(f, fourth, "sent 1 - 250 2.0.0 Ok");
	/* the queue stood still at the second of them last: when it does so again, it is refused */
	for (int i = 0; i < 8 && outbox_count(f->outbox).by_state[MESSAGE_REFUSED] < 2; i++) {
		int64_t one = add(f, "sent");
		move_clock(f, 900);
		settle(f);
		move_clock(f, 900);
		settle(f);
		check_row(f, one, "sent 1 - 250 2.0.0 Ok");
	}
	check_row(f, other, "refused 1 - 0 the server takes nothing from us: 550 5.7.54");
	check_row(f, relay, "refused 1 - 0 the server takes nothing from us: 550 5.7.54");
	assert_null(outbox_count(f->outbox).fault);
}

static void reopen(struct fixture *f)
{
	close_outbox(f);
	open_outbox(f);
}

static void retry_refused(struct fixture *f, int64_t id)
{
	assert_int_equal(turn_begin(f->turn), 0);
	assert_true(outbox_retry_refused(f->outbox, id, &f->problems));
	end_turn(f);
	settle(f);
}

/* Nor are letters forgotten at which it stood still, however many they are. */
static void letters_that_stop_the_queue_are_known_for_good(void **state)
{
	enum { MANY = 20 };
	struct fixture *f = *state;
	int64_t ids[MANY];
	for (int i = 0; i < MANY; i++) {
		ids[i] = add(f, "relay");
		settle(f);
		add(f, "sent");
		move_clock(f, 900);
		settle(f); /* this one goes, so it is about the other */
		assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_SENT], i + 1);
	}
	reopen(f);
	retry_refused(f, 0); /* in vain, and each at once */
	for (int i = 0; i < MANY; i++)
		check_row(f, ids[i], "refused 2 - 0 the server takes nothing from us: 550 5.7.54");
	assert_null(outbox_count(f->outbox).fault);
}

static void refused_letters_can_be_tried_again(void **state)
{
	struct fixture *f = *state;
	int64_t first = add(f, "refused"), second = add(f, "refused-2"), sent = add(f, "sent");
	settle(f);
	assert_string_equal(f->ended, "1=refused 2=refused 3=sent ");
	retry_refused(f, second); /* in vain */
	check_row(f, second, "refused 2 - 550 5.1.1 nobody here");
	check_row(f, first, "refused 1 - 550 5.1.1 nobody here");
	file_put(f->folder, "healed", "");
	retry_refused(f, 0);
	check_row(f, first, "sent 2 - 250 2.0.0 Ok");
	check_row(f, second, "sent 3 - 250 2.0.0 Ok");
	check_row(f, sent, "sent 1 - 250 2.0.0 Ok");
	check_history(f, first,
		      ">queued queued>handed handed>refused refused>queued queued>handed"
		      " handed>sent");
	assert_string_equal(f->ended, "1=refused 2=refused 3=sent 2=queued 2=refused 1=queued "
				      "2=queued 1=sent 2=sent ");
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_REFUSED], 0);
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_SENT], 3);
	assert_false(outbox_retry_refused(f->outbox, sent, &f->problems));
	check_problem(f, "id: letter 3 is sent, and not refused");
	assert_false(outbox_retry_refused(f->outbox, 99, &f->problems));
	check_problem(f, "id: there is no letter 99");
}

static void all_refused_letters_are_more_than_a_turn_holds(void **state)
{
	struct fixture *f = *state;
	f->settings.batch = 1000;
	outbox_configure(f->outbox, &f->settings);
	for (int i = 0; i < 250; i++)
		add_to(f, "refused");
	end_turn(f);
	settle(f);
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_REFUSED], 250);
	retry_refused(f, 0); /* and again in vain, each once */
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_REFUSED], 250);
	assert_int_equal(times_delivered(f, 1), 2);
	assert_int_equal(times_delivered(f, 250), 2);
	file_put(f->folder, "healed", "");
	retry_refused(f, 0);
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_SENT], 250);
}

/* It was promised when it was asked for. */
static void what_was_asked_for_by_hand_outlives_a_restart(void **state)
{
	struct fixture *f = *state;
	f->settings.batch = 1000;
	outbox_configure(f->outbox, &f->settings);
	for (int i = 0; i < 250; i++)
		add_to(f, i % 2 == 0 ? "refused" : "deferred");
	end_turn(f);
	settle(f);
	file_put(f->folder, "healed", "");
	assert_int_equal(turn_begin(f->turn), 0);
	assert_true(outbox_retry(f->outbox, 0, &f->problems));
	assert_true(outbox_retry_refused(f->outbox, 0, &f->problems));
	end_turn(f);
	reopen(f);
	settle(f);
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_REFUSED], 0);
	assert_int_equal(times_delivered(f, 2), 2);
	assert_int_equal(times_delivered(f, 250), 2);
	reopen(f); /* and is over then */
	settle(f);
	assert_int_equal(times_delivered(f, 250), 2);
}

/* Whoever asks hears the same before a restart and after it, and one letter is tried at once. */
static void a_queue_that_stands_still_outlives_a_restart(void **state)
{
	struct fixture *f = *state;
	int64_t relay = add(f, "relay"), other = add(f, "relay-2");
	settle(f);
	for (int i = 0; i < 2; i++) {
		assert_string_equal(outbox_count(f->outbox).fault,
				    "relay: the server takes nothing from us: 550 5.7.54");
		reopen(f);
	}
	assert_int_equal(batches(f), 1);
	settle(f);
	assert_int_equal(batches(f), 2); /* the next in turn, in vain */
	assert_int_equal(times_delivered(f, relay), 1);
	assert_int_equal(times_delivered(f, other), 1);
	assert_string_equal(outbox_count(f->outbox).fault,
			    "relay: the server takes nothing from us: 550 5.7.54");
	file_put(f->folder, "healed", "");
	move_clock(f, 900);
	settle(f);
	assert_null(outbox_count(f->outbox).fault);
	reopen(f);
	assert_null(outbox_count(f->outbox).fault);
	settle(f);
	assert_null(outbox_count(f->outbox).fault);
}

static void retry_by_hand_tries_a_faulty_queue(void **state)
{
	struct fixture *f = *state;
	int64_t tls = add(f, "tls");
	settle(f);
	file_put(f->folder, "healed", "");
	assert_int_equal(turn_begin(f->turn), 0);
	assert_true(outbox_retry(f->outbox, 0, &f->problems));
	end_turn(f);
	settle(f);
	check_row(f, tls, "sent 1 - 250 2.0.0 Ok");
}

static void new_settings_try_a_faulty_queue(void **state)
{
	struct fixture *f = *state;
	close_outbox(f);
	file_put(f->folder, "mode", "config");
	open_outbox(f);
	int64_t id = add(f, "sent");
	settle(f);
	check_row(f, id, "queued 0 0 - -");
	assert_string_equal(outbox_count(f->outbox).fault, "config: the sender is no address");
	file_put(f->folder, "mode", "normal");
	outbox_configure(f->outbox, &f->settings);
	settle(f);
	check_row(f, id, "sent 1 - 250 2.0.0 Ok");
	assert_null(outbox_count(f->outbox).fault);
}

static void a_mailer_that_never_starts_is_a_fault(void **state)
{
	struct fixture *f = *state;
	close_outbox(f);
	file_put(f->folder, "mode", "exit");
	open_outbox(f);
	int64_t id = add(f, "sent");
	settle(f); /* the virtual clock does not wait for it for ever */
	assert_string_equal(outbox_count(f->outbox).fault, "start: the mailer does not start");
	assert_int_equal(outbox_next(f->outbox), INSTANT_NEVER);
	file_put(f->folder, "mode", "normal");
	while (outbox_count(f->outbox).by_state[MESSAGE_SENT] == 0)
		run_for(f, 0.1);
	check_row(f, id, "sent 1 - 250 2.0.0 Ok");
}

/* ---- giving up, and what people do by hand ---- */

static void be_impatient(struct fixture *f)
{
	f->settings.retry_most = 14400;
	f->settings.give_up_after = 86400;
	outbox_configure(f->outbox, &f->settings);
}

/* From attempt to attempt, until nothing waits for an hour; the number of them. */
static int try_until_given_up(struct fixture *f)
{
	int tried = 1;
	settle(f);
	for (; outbox_next(f->outbox) != INSTANT_NEVER; tried++) {
		assert_true(tried < 1000);
		move_clock(f, outbox_next(f->outbox) - clock_now(f->clock));
		settle(f);
	}
	return tried;
}

/* Until `seconds` have passed since the beginning. */
static void try_for(struct fixture *f, int64_t seconds)
{
	instant until = clock_now(f->clock) + seconds;
	settle(f);
	while (outbox_next(f->outbox) < until) {
		move_clock(f, outbox_next(f->outbox) - clock_now(f->clock));
		settle(f);
	}
	move_clock(f, until - clock_now(f->clock));
}

static void check_given_up(struct fixture *f, int64_t given_up)
{
	assert_int_equal(outbox_next(f->outbox) == INSTANT_NEVER, given_up > 0);
	assert_int_equal(outbox_count(f->outbox).given_up, given_up);
}

static void days_without_a_server_use_up_no_patience(void **state)
{
	struct fixture *f = *state;
	be_impatient(f);
	int64_t id = add(f, "away");
	try_for(f, 2 * 86400);
	check_given_up(f, 0);
	file_put(f->folder, "back", ""); /* and greylists each letter once */
	instant back = clock_now(f->clock);
	settle(f);
	check_given_up(f, 0);
	move_clock(f, outbox_next(f->outbox) - clock_now(f->clock));
	settle(f);
	check_given_up(f, 0);
	/* the pauses begin anew with the first attempt that reached a server */
	assert_int_equal(outbox_next(f->outbox) - clock_now(f->clock), f->settings.retry_first);
	try_until_given_up(f);
	check_given_up(f, 1);
	assert_true(clock_now(f->clock) >= back + f->settings.give_up_after);
	assert_true(times_delivered(f, id) > 20);
}

/* The server had put it off once before it went away. */
static void what_was_put_off_once_survives_days_without_a_server(void **state)
{
	struct fixture *f = *state;
	be_impatient(f);
	file_put(f->folder, "back", "");
	add(f, "away");
	settle(f);
	char *path = xasprintf("%s/back", f->folder);
	assert_int_equal(remove(path), 0);
	free(path);
	try_for(f, 2 * 86400);
	file_put(f->folder, "back", "");
	settle(f);
	move_clock(f, outbox_next(f->outbox) - clock_now(f->clock));
	settle(f);
	check_given_up(f, 0);
	/* nothing is tried while the daemon is away */
	move_clock(f, 2 * 86400);
	settle(f);
	check_given_up(f, 0);
	try_until_given_up(f);
	check_given_up(f, 1);
}

static void giving_up_is_an_alarm_and_can_be_undone(void **state)
{
	struct fixture *f = *state;
	be_impatient(f);
	int64_t id = add(f, "deferred");
	int tried = try_until_given_up(f);
	assert_true(clock_now(f->clock) - NOON >= f->settings.give_up_after);
	assert_true(clock_now(f->clock) - NOON <
		    f->settings.give_up_after + f->settings.retry_most);
	char *row = xasprintf("deferred %d - 451 4.3.0 try later ö", tried);
	check_row(f, id, row);
	free(row);
	assert_int_equal(outbox_count(f->outbox).given_up, 1);
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_DEFERRED], 1);
	assert_int_equal(outbox_next(f->outbox), INSTANT_NEVER);
	file_put(f->folder, "healed", "");
	assert_int_equal(turn_begin(f->turn), 0);
	assert_true(outbox_retry(f->outbox, id, &f->problems));
	end_turn(f);
	settle(f);
	assert_int_equal(outbox_count(f->outbox).given_up, 0);
	static const char last[] = "handed>deferred deferred>deferred deferred>handed handed>sent";
	char *history =
	    text_of(f,
		    "SELECT group_concat(was || '>' || state, ' ') FROM (SELECT * FROM"
		    " message_history WHERE message = ?1 AND was IS NOT NULL ORDER BY rowid)",
		    id);
	assert_string_equal(history + strlen(history) - strlen(last), last);
	free(history);
}

static void retry_of_all_revives_more_than_a_turn_holds(void **state)
{
	struct fixture *f = *state;
	f->settings.batch = 500;
	outbox_configure(f->outbox, &f->settings);
	for (int i = 0; i < 250; i++)
		add_to(f, "deferred");
	end_turn(f);
	settle(f);
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_DEFERRED], 250);
	file_put(f->folder, "healed", "");
	assert_int_equal(turn_begin(f->turn), 0);
	db_run(db_query(f->db, "UPDATE message SET next_attempt = NULL WHERE id % 2 = 0"));
	assert_true(outbox_retry(f->outbox, 0, &f->problems));
	end_turn(f);
	settle(f);
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_SENT], 250);
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_DEFERRED], 0);
}

/* Whoever asked was told that nothing was done. */
static void a_retry_whose_turn_failed_was_never_asked_for(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "deferred");
	settle(f);
	assert_int_equal(turn_begin(f->turn), 0);
	assert_true(outbox_retry(f->outbox, 0, &f->problems));
	db_run(db_query(f->db, "INSERT INTO message (id) VALUES (NULL)")); /* lacks all else */
	assert_int_equal(turn_end(f->turn), -1);
	run_for(f, 1.5); /* longer than it rests after such a turn */
	settle(f);
	check_row(f, id, "deferred 1 300 451 4.3.0 try later ö");
}

static void check_problem(struct fixture *f, const char *expected)
{
	assert_int_equal(f->problems.count, 1);
	char *text = problem_format(&f->problems.list[0]);
	assert_string_equal(text, expected);
	free(text);
	problems_clear(&f->problems);
}

static void cancelling(void **state)
{
	struct fixture *f = *state;
	int64_t one = add(f, "deferred"), two = add(f, "deferred"), sent = add(f, "sent");
	settle(f);
	outbox_count(f->outbox);
	assert_int_equal(turn_begin(f->turn), 0);
	db_savepoint(f->db); /* a request that is taken back */
	assert_true(outbox_cancel(f->outbox, one, "not meant", &f->problems));
	db_savepoint_rollback(f->db);
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_CANCELLED], 0);
	f->ended[0] = '\0';
	assert_false(outbox_cancel(f->outbox, one, "", &f->problems));
	check_problem(f, "reason: a reason is missing: say why in a few words");
	assert_true(outbox_cancel(f->outbox, one, "written by mistake", &f->problems));
	assert_true(outbox_cancel(f->outbox, two, "a later letter says it", &f->problems));
	assert_false(outbox_cancel(f->outbox, sent, "too late", &f->problems));
	check_problem(f, "id: letter 3 is sent: only one that waits can be changed");
	assert_false(outbox_retry(f->outbox, 99, &f->problems));
	check_problem(f, "id: there is no letter 99");
	end_turn(f);
	check_row(f, one, "cancelled 1 - 451 4.3.0 try later ö");
	check_row(f, two, "cancelled 1 - 451 4.3.0 try later ö");
	assert_string_equal(f->ended, "1=cancelled 2=cancelled ");
	move_clock(f, 86400);
	settle(f);
	assert_int_equal(times_delivered(f, one), 1);
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_CANCELLED], 2);
}

static void what_is_in_hand_cannot_be_changed(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "wait");
	while (times_delivered(f, id) == 0)
		run_for(f, 0.02);
	assert_int_equal(turn_begin(f->turn), 0);
	assert_false(outbox_cancel(f->outbox, id, "too late", &f->problems));
	check_problem(f, "id: letter 1 is in the mailer's hands: ask again in a moment");
	end_turn(f);
	file_put(f->folder, "go", "");
	settle(f);
	check_row(f, id, "sent 1 - 250 2.0.0 Ok");
}

/* ---- the file ---- */

static void bodies_are_dropped_in_time(void **state)
{
	struct fixture *f = *state;
	static const char *const sql = "SELECT body FROM message WHERE id = ?1";
	int64_t sent = add(f, "sent"), waits = add(f, "deferred");
	settle(f);
	file_put(f->folder, "healed", "");
	assert_int_equal(turn_begin(f->turn), 0);
	db_run(db_query(f->db, "UPDATE message SET next_attempt = NULL WHERE state = 'deferred'"));
	end_turn(f);
	outbox_configure(f->outbox, &f->settings); /* reads the table anew */
	settle(f);
	instant due = outbox_next(f->outbox);
	assert_true(due >= NOON + 14 * 86400 && due < NOON + 14 * 86400 + 3600);
	move_clock(f, due - 1 - NOON);
	settle(f);
	char *body = text_of(f, sql, sent);
	assert_string_equal(body, "Hej,\n\nåäö\n");
	free(body);
	move_clock(f, 1);
	assert_true(outbox_has_work(f->outbox));
	settle(f);
	assert_null(text_of(f, sql, sent));
	body = text_of(f, sql, waits); /* what is not ended keeps it */
	assert_non_null(body);
	free(body);
	assert_int_equal(outbox_next(f->outbox), INSTANT_NEVER);
	check_row(f, sent, "sent 1 - 250 2.0.0 Ok");
}

/* All that ended within an hour go together, at the first full hour after their days are over. */
static void bodies_are_dropped_by_the_hour(void **state)
{
	struct fixture *f = *state;
	const instant last = NOON + 14 * 86400 + 3600;
	move_clock(f, 1);
	int64_t first = add(f, "sent");
	settle(f);
	move_clock(f, 3598);
	int64_t second = add(f, "sent");
	settle(f);
	assert_int_equal(outbox_next(f->outbox), last);
	move_clock(f, last - clock_now(f->clock));
	settle(f);
	static const char *const sql = "SELECT body FROM message WHERE id = ?1";
	assert_null(text_of(f, sql, first));
	assert_null(text_of(f, sql, second));
}

static void many_bodies_are_dropped_in_steps(void **state)
{
	struct fixture *f = *state;
	f->settings.batch = 1000;
	outbox_configure(f->outbox, &f->settings);
	for (int i = 0; i < 350; i++)
		add_to(f, "sent");
	end_turn(f);
	settle(f);
	move_clock(f, 15 * 86400);
	f->turns = 0;
	settle(f);
	char *left = text_of(f, "SELECT count(*) FROM message WHERE body IS NOT NULL OR ?1 < 0", 1);
	assert_string_equal(left, "0");
	free(left);
	assert_true(f->turns >= 4);
}

static void make_room(void *arg)
{
	struct fixture *f = arg;
	setrlimit(RLIMIT_FSIZE, &f->file_size);
}

/* A commit that fails: nothing is handed over, no outcome is forgotten. */
static void a_full_disk_loses_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t one = add(f, "wait"), two = add(f, "sent");
	while (times_delivered(f, one) == 0)
		run_for(f, 0.02);
	struct rlimit none;
	getrlimit(RLIMIT_FSIZE, &f->file_size);
	none = (struct rlimit){ 0, f->file_size.rlim_max };
	setrlimit(RLIMIT_FSIZE, &none);
	file_put(f->folder, "go", "");
	while (f->rolled_back == 0) /* the outcomes come in, and cannot be written */
		run_for(f, 0.1);
	run_for(f, 1);
	assert_true(f->rolled_back < 10); /* and it does not spin */
	check_row(f, one, "handed 0 - - -");
	f->ended[0] = '\0';
	struct loop_timer *timer = loop_timer_new(f->loop, make_room, f);
	loop_timer_set(timer, 0.2); /* in the middle of a rest: nobody else wakes it up */
	settle(f);
	loop_timer_free(timer);
	check_row(f, one, "sent 1 - 250 2.0.0 Ok");
	check_row(f, two, "sent 1 - 250 2.0.0 Ok");
	assert_string_equal(f->ended, "1=sent 2=sent ");
	assert_int_equal(times_delivered(f, one), 1);
	assert_int_equal(times_delivered(f, two), 1);
}

static void a_letter_too_large_is_refused(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "sent"), other = add(f, "sent");
	assert_int_equal(turn_begin(f->turn), 0);
	struct query *q = db_query(f->db, "UPDATE message SET body = hex(zeroblob(600000))"
					  " WHERE id = ?1");
	db_bind_int(q, 1, id);
	db_run(q);
	end_turn(f);
	settle(f);
	check_row(f, id, "refused 0 - 0 cannot be handed over: not UTF-8, or too large");
	check_row(f, other, "sent 1 - 250 2.0.0 Ok");
	assert_string_equal(f->ended, "1=refused 2=sent ");
}

static void large_letters_share_no_batch(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 3; i++)
		add_to(f, "sent");
	db_run(db_query(f->db, "UPDATE message SET body = hex(zeroblob(300000))"));
	end_turn(f);
	settle(f);
	assert_int_equal(outbox_count(f->outbox).by_state[MESSAGE_SENT], 3);
	assert_int_equal(outbox_count(f->outbox).mailer_restarts, 0);
}

static void nothing_to_do_costs_no_turn(void **state)
{
	struct fixture *f = *state;
	add(f, "deferred");
	settle(f);
	int64_t changes = db_changes_total(f->db);
	f->turns = 0;
	for (int i = 0; i < 100; i++) {
		assert_false(outbox_has_work(f->outbox));
		work(f);
	}
	assert_int_equal(f->turns, 0);
	assert_int_equal(db_changes_total(f->db), changes);
}

/* ---- the machine and the hours, by themselves ---- */

static void states_have_names(void **state)
{
	(void)state;
	enum message_state parsed;
	for (int i = 0; i <= MESSAGE_SUPERSEDED; i++) {
		assert_int_equal(
		    message_state_parse(message_state_name((enum message_state)i), &parsed), 0);
		assert_int_equal(parsed, i);
	}
	assert_int_equal(message_state_parse("lost", &parsed), -1);
	assert_int_equal(parsed, MESSAGE_SUPERSEDED);
}

static void the_machine_is_the_one_drawn(void **state)
{
	(void)state;
	static const char *const arrows =
	    "queued>handed handed>sent handed>deferred handed>refused "
	    "handed>unclear handed>queued deferred>handed "
	    "unclear>handed queued>cancelled deferred>cancelled "
	    "unclear>cancelled refused>queued ";
	for (int was = 0; was <= MESSAGE_SUPERSEDED; was++) {
		for (int to = 0; to <= MESSAGE_SUPERSEDED; to++) {
			char *arrow =
			    xasprintf("%s>%s ", message_state_name((enum message_state)was),
				      message_state_name((enum message_state)to));
			const char *found = strstr(arrows, arrow);
			bool drawn = found != NULL && (found == arrows || found[-1] == ' ');
			assert_int_equal(message_state_may_follow((enum message_state)was,
								  (enum message_state)to),
					 drawn);
			free(arrow);
		}
	}
}

static void change_names_what_it_expects(void **state)
{
	struct fixture *f = *state;
	int64_t id = add(f, "sent");
	assert_int_equal(turn_begin(f->turn), 0);
	struct message_change change = { .message = id,
					 .was = MESSAGE_DEFERRED,
					 .state = MESSAGE_HANDED,
					 .now = NOON,
					 .reason = "" };
	assert_false(message_change(f->db, &change));
	end_turn(f);
	check_row(f, id, "queued 0 0 - -");
	check_history(f, id, ">queued");
	settle(f);
}

static void hours_of_the_attempts(void **state)
{
	(void)state;
	static const struct {
		int64_t attempts, now, expected; /* since creation */
	} rows[] = {
		{ 1, 0, 300 },         { 1, 299, 300 },   { 1, 300, 900 },   { 2, 300, 900 },
		{ 3, 900, 2100 },      { 4, 2100, 4500 }, { 5, 4500, 8500 }, { 6, 8500, 12500 },
		{ 1, 259200, 260500 }, { 9, 10, 4010 },   { 1, 2100, 4500 }, { 7, 8499, 12499 },
	};
	struct patience patience = { 300, 4000, 0 };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
		    message_retry_at(&patience, NOON, rows[i].attempts, NOON + rows[i].now),
		    NOON + rows[i].expected);
	/* Three days without a daemon cost no thousand steps, and odd settings no endless ones. */
	struct patience odd = { 0, 0, 0 };
	assert_int_equal(message_retry_at(&odd, 0, 1, INT64_C(1) << 40), (INT64_C(1) << 40) + 1);
}

static void patience_is_for_servers_that_are_there(void **state)
{
	static const struct {
		int64_t at;
		bool reached;
		int64_t waited, unreached; /* afterwards */
	} rows[] = {
		{ 0, false, 0, 0 },       { 100, false, 0, 0 },     { 200, true, 0, 2 },
		{ 500, true, 300, 2 },    { 900, false, 300, 2 },   { 1000, true, 300, 2 },
		{ 1010, true, 310, 2 },   { 90000, true, 4310, 2 }, /* nothing was tried for a day
								     */
		{ 80000, true, 4310, 2 },                           /* a clock that was set back */
	};
	struct message_tries tries = { INSTANT_NEVER, 0, INSTANT_NEVER, 0 };
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		message_tried(&tries, (int64_t)i, rows[i].reached, NOON + rows[i].at, 4000);
		assert_int_equal(tries.waited, rows[i].waited);
		assert_int_equal(tries.unreached, rows[i].unreached);
	}
	assert_int_equal(tries.reached_at, NOON + 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TRY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
		TRY(each_outcome_has_its_state),
		TRY(message_ids_are_opaque_and_of_their_own),
		TRY(retries_double_and_keep_letter_and_bytes),
		TRY(batches_are_bounded),
		TRY(a_mailer_that_dies_leaves_one_unclear),
		TRY(a_letter_that_hangs_is_unclear),
		TRY(a_daemon_that_dies_leaves_one_unclear),
		TRY(a_stop_in_a_batch_leaves_nothing_unclear),
		TRY(retry_hours_outlive_a_restart),
		TRY(a_shorter_patience_is_obeyed_at_once),
		TRY(a_clock_that_was_set_back_holds_nothing_up),
		TRY(a_fault_stops_the_queue),
		TRY(a_queue_never_stops_for_one_letter),
		TRY(a_queue_that_stands_still_outlives_a_restart),
		TRY(letters_that_stop_the_queue_are_known_for_good),
		TRY(refused_letters_can_be_tried_again),
		TRY(all_refused_letters_are_more_than_a_turn_holds),
		TRY(what_was_asked_for_by_hand_outlives_a_restart),
		TRY(retry_by_hand_tries_a_faulty_queue),
		TRY(new_settings_try_a_faulty_queue),
		TRY(a_mailer_that_never_starts_is_a_fault),
		TRY(giving_up_is_an_alarm_and_can_be_undone),
		TRY(days_without_a_server_use_up_no_patience),
		TRY(what_was_put_off_once_survives_days_without_a_server),
		TRY(retry_of_all_revives_more_than_a_turn_holds),
		TRY(a_retry_whose_turn_failed_was_never_asked_for),
		TRY(cancelling),
		TRY(what_is_in_hand_cannot_be_changed),
		TRY(bodies_are_dropped_by_the_hour),
		TRY(bodies_are_dropped_in_time),
		TRY(many_bodies_are_dropped_in_steps),
		TRY(a_full_disk_loses_nothing),
		TRY(a_letter_too_large_is_refused),
		TRY(large_letters_share_no_batch),
		TRY(nothing_to_do_costs_no_turn),
		TRY(change_names_what_it_expects),
		cmocka_unit_test(states_have_names),
		cmocka_unit_test(the_machine_is_the_one_drawn),
		cmocka_unit_test(hours_of_the_attempts),
		cmocka_unit_test(patience_is_for_servers_that_are_there),
	};
	log_open("test_outbox", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
