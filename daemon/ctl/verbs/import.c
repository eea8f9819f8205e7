/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * A file of events: first every row is checked, here and by the daemon, and all mistakes are
 * told; only a file without any is recorded, in batches that each hold wholly or not at all.
 * Rows have sources, so a file whose import broke off is simply imported again.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/ctl/ask.h"
#include "daemon/ctl/buffer.h"
#include "daemon/ctl/complaint.h"
#include "daemon/ctl/events.h"
#include "daemon/ctl/headings.h"
#include "daemon/ctl/notes.h"
#include "daemon/ctl/rows.h"
#include "daemon/ctl/stands.h"
#include "daemon/ctl/verbs/verbs.h"
#include "rules/time/date.h"

#define FILE_MOST (1024L * 1024 * 1024)

struct import {
	const struct invocation *call;
	const char *file;
	struct buffer text;
	struct client *client;
	struct events batch;   /* in hand */
	struct stands *stands; /* what the file begins */
	bool is_one_batch;
	struct notes notes;
	civil now;            /* where the virtual clock stands, with --advance */
	json_t *lacking;      /* columns that are told to be missing */
	json_t *kind;         /* the row of kind.list, of a CSV; NULL */
	struct rows *rows_in; /* as they are read */
	struct problems problems;
	size_t complaints;
	long long rows;
	struct recorded recorded;
};

static int read_input(struct import *import)
{
	bool standard = strcmp(import->file, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(import->file, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? errno : buffer_read_all(&import->text, fd, FILE_MOST);
	if (fd >= 0 && !standard)
		close(fd);
	if (error == 0)
		return CTL_DONE;
	show_printf(stderr, "kedjactl: cannot read %s: %s\n", import->file, strerror(error));
	return CTL_REFUSED;
}

#define A_FLAG "must be true or false"

/* "protected: must be true or false" -> "Skyddade uppgifter (protected): must be ja or nej". */
static void name_column(const char *heading, const char *name, struct problem *problem)
{
	const char *rest = problem->text + strlen(name);
	bool is_flag = strcmp(rest, ": " A_FLAG) == 0;
	char *text = xasprintf("%s (%s)%s", heading, name, is_flag ? ": must be ja or nej" : rest);
	free(problem->text);
	problem->text = text;
}

/* What each row lacks because the file has no such column is told once. */
static bool is_told(struct import *import, const char *name)
{
	if (json_object_get(import->lacking, name) != NULL)
		return true;
	json_object_set_new(import->lacking, name, json_true());
	return false;
}

static void name_missing(const struct import *import, const char *name, struct problem *problem)
{
	char *heading = headings_written(import->kind, name);
	char *text =
	    xasprintf("there is no column \"%s\" (%s), which each row must have: %s", heading, name,
		      problem->text + strlen(name) + strlen(": is missing: "));
	free(problem->text);
	free(heading);
	problem->text = text;
}

/* Problems of a sheet as its people know it: by the headings that it has. */
static void name_columns(struct import *import)
{
	for (size_t i = 0; i < import->problems.count; i++) {
		struct problem *problem = &import->problems.list[i];
		char *name = xasprintf("%.*s", (int)strcspn(problem->text, ":"), problem->text);
		const char *heading = rows_heading(import->rows_in, name);
		bool is_missing = strncmp(problem->text + strlen(name), ": is missing: ", 13) == 0;
		if (heading != NULL && strcmp(heading, name) != 0)
			name_column(heading, name, problem);
		else if (heading == NULL && is_missing && is_told(import, name))
			problems_drop(&import->problems, i--);
		else if (heading == NULL && is_missing)
			name_missing(import, name, problem);
		free(name);
	}
}

/* Tells what was found so far, from top to bottom; the list is empty after it. */
static void tell_problems(struct import *import)
{
	if (import->rows_in != NULL && import->kind != NULL)
		name_columns(import);
	if (import->problems.count > 0)
		show_end_progress();
	import->complaints += import->problems.count;
	complaint_tell(&import->problems);
}

/* Tells all mistakes up to the end of the batch in hand, which is empty after it. */
static int send_batch(struct import *import, const char *method, struct recorded *recorded)
{
	bool only_checks = recorded == NULL;
	int code = CTL_DONE;
	if (import->batch.count > 0) {
		json_t *stands = stands_take(import->stands);
		struct events_beside beside = {
			.ahead = only_checks && invocation_flag(import->call, "advance"),
			.part = !import->is_one_batch,
			.history = invocation_option(import->call, "history"),
			.stands = stands,
		};
		events_send(&import->batch, import->client, method, &beside);
		code = events_hear(&import->batch, import->client, method, recorded,
				   &import->problems);
		json_decref(stands);
	}
	tell_problems(import);
	return code;
}

static int check_batch(struct import *import)
{
	int code = send_batch(import, "event.check", NULL);
	show_progress("checked %lld", import->rows);
	return code == CTL_NO_DAEMON ? code : CTL_DONE;
}

static int record_batch(struct import *import)
{
	int code = send_batch(import, "event.record", &import->recorded);
	show_progress("recorded %lld", import->recorded.fresh + import->recorded.known);
	return code;
}

/* Moves the virtual clock to the event's time, if that lies ahead; what waits goes first. */
static int advance(struct import *import, const json_t *event)
{
	struct moment moment;
	char time[CIVIL_TEXT_SIZE];
	const char *at = show_text_of(event, "at");
	if (moment_parse(at, &moment) != 0 || moment_civil(moment) <= import->now)
		return CTL_DONE;
	int code = record_batch(import);
	if (code != CTL_DONE)
		return code;
	json_t *answer = NULL, *parameters = json_object();
	import->now = moment_civil(moment);
	json_object_set_new(parameters, "time", json_string(civil_format(import->now, time)));
	code = ask(import->client, "clock.set", parameters, &answer);
	json_decref(answer);
	return code;
}

typedef int batch_done(struct import *import);

static int add_row(struct import *import, const struct row *row, batch_done *full)
{
	char *text = json_dumps(row->event, JSON_COMPACT);
	size_t length = strlen(text);
	int code = CTL_DONE;
	if (length > ROW_MOST) {
		problem_add(&import->problems, import->file, row->line, "the row is over 512 KiB");
		free(text);
		return CTL_DONE;
	}
	if (!events_has_room(&import->batch, length))
		code = full(import);
	events_add(&import->batch, text, length, row->line);
	if (!import->is_one_batch || invocation_flag(import->call, "advance"))
		stands_name(import->stands, row->event);
	free(text);
	return code;
}

static struct rows *open_rows(const struct import *import, struct problems *problems)
{
	const struct buffer *text = &import->text;
	return import->kind == NULL
		   ? rows_open(text->bytes, text->length, import->file, NULL, problems)
		   : rows_open_sheet(text->bytes, text->length, import->file, import->kind,
				     problems);
}

/* Once through before anything is asked: who and what the file begins, and how large it is. What is
 * wrong with it is told by check_all. */
static void learn_what_stands(struct import *import)
{
	struct problems ignored = PROBLEMS_NONE;
	struct row row;
	size_t count = 0, length = 0;
	import->stands = stands_new();
	struct rows *rows = open_rows(import, &ignored);
	while (rows != NULL && rows_next(rows, &row, &ignored)) {
		if (row.event == NULL)
			continue;
		stands_add(import->stands, row.event);
		length += json_dumpb(row.event, NULL, 0, JSON_COMPACT) + 1;
		count++;
		json_decref(row.event);
	}
	import->is_one_batch = events_fit(count, length);
	rows_close(rows);
	problems_clear(&ignored);
}

/* The first time through: all mistakes of the file and of the daemon's eye. */
static int check_all(struct import *import)
{
	struct rows *rows = import->rows_in = open_rows(import, &import->problems);
	struct row row;
	int code = CTL_DONE;
	while (code == CTL_DONE && rows != NULL && rows_next(rows, &row, &import->problems)) {
		import->rows++;
		if (row.event != NULL)
			code = add_row(import, &row, check_batch);
		json_decref(row.event);
	}
	if (code == CTL_DONE)
		code = check_batch(import);
	rows_close(rows);
	import->rows_in = NULL;
	show_end_progress();
	return code;
}

/* The second time: nothing is wrong with any row, as far as one can see beforehand. */
static int record_all(struct import *import)
{
	struct rows *rows = open_rows(import, &import->problems);
	struct row row;
	int code = CTL_DONE;
	bool advancing = invocation_flag(import->call, "advance");
	while (code == CTL_DONE && rows_next(rows, &row, &import->problems)) {
		if (advancing)
			code = advance(import, row.event);
		if (code == CTL_DONE)
			code = add_row(import, &row, record_batch);
		json_decref(row.event);
	}
	if (code == CTL_DONE)
		code = record_batch(import);
	rows_close(rows);
	show_end_progress();
	return code;
}

/* --advance needs a clock that can be moved: better to know before anything is recorded. */
static int find_clock(struct import *import)
{
	json_t *clock = NULL;
	int code = ask(import->client, "clock.show", NULL, &clock);
	if (code != CTL_DONE)
		return code;
	char now[CIVIL_TEXT_SIZE] = "";
	snprintf(now, sizeof(now), "%.19s", show_text_of(clock, "now"));
	bool is_virtual = json_is_true(json_object_get(clock, "virtual"));
	json_decref(clock);
	if (is_virtual && civil_parse(now, &import->now) == 0)
		return CTL_DONE;
	fputs("kedjactl: --advance moves a virtual clock, but this daemon has the real one\n",
	      stderr);
	return CTL_REFUSED;
}

static int stopped(const struct import *import, int code)
{
	fprintf(stderr,
		"kedjactl: stopped after %lld new, %lld known: "
		"put it right and import the same file again\n",
		import->recorded.fresh, import->recorded.known);
	return code;
}

/* With what was noted; takes `all` over. */
static void say_json(const struct import *import, json_t *all)
{
	if (import->notes.count > 0)
		json_object_set_new(all, "notes", notes_json(&import->notes));
	char *text = json_dumps(all, 0);
	puts(text);
	free(text);
	json_decref(all);
}

static void say_checked(const struct import *import)
{
	if (import->call->json) {
		say_json(import, json_pack("{s:I, s:I}", "rows", (json_int_t)import->rows,
					   "problems", (json_int_t)import->complaints));
		return;
	}
	notes_say(&import->notes, import->file);
	if (import->complaints == 0)
		printf("%lld rows, no complaint\n", import->rows);
}

static void say_recorded(const struct import *import)
{
	const struct recorded *recorded = &import->recorded;
	if (!import->call->json) {
		notes_say(&import->notes, import->file);
		recorded_say(recorded);
		printf("%lld new, %lld known\n", recorded->fresh, recorded->known);
		return;
	}
	json_t *all = json_pack("{s:I, s:I}", "new", (json_int_t)recorded->fresh, "known",
				(json_int_t)recorded->known);
	if (recorded->sum_count > 0)
		json_object_set_new(all, "kronor", recorded_kronor(recorded));
	say_json(import, all);
}

static int run(struct import *import)
{
	bool only_check = invocation_flag(import->call, "check");
	int code = CTL_DONE;
	if (invocation_flag(import->call, "advance"))
		code = find_clock(import);
	learn_what_stands(import);
	if (code == CTL_DONE)
		code = check_all(import);
	if (code != CTL_DONE)
		return code;
	if (only_check)
		say_checked(import);
	if (import->complaints > 0) {
		fprintf(stderr, "kedjactl: %zu mistakes, nothing recorded\n", import->complaints);
		return CTL_REFUSED;
	}
	if (only_check)
		return CTL_DONE;
	notes_clear(&import->notes); /* of the check: they come again, with those of the order */
	code = record_all(import);
	if (code != CTL_DONE)
		return stopped(import, code);
	say_recorded(import);
	return CTL_DONE;
}

/* A CSV is read by what its kind is known to have. */
static int find_kind(struct import *import)
{
	json_t *answer = NULL;
	const char *name = invocation_option(import->call, "kind");
	if (name == NULL)
		return CTL_DONE;
	int code = ask(import->client, "kind.list", NULL, &answer);
	if (code == CTL_DONE)
		import->kind = json_incref(kinds_find(json_object_get(answer, "rows"), name));
	json_decref(answer);
	return code == CTL_DONE && import->kind == NULL ? CTL_REFUSED : code;
}

static int write_template(const struct invocation *call)
{
	json_t *rows = NULL;
	int code = kinds_ask(call, &rows);
	json_t *kind =
	    code != CTL_DONE ? NULL : kinds_find(rows, invocation_option(call, "template"));
	if (kind != NULL)
		headings_template(stdout, kind);
	json_decref(rows);
	return code == CTL_DONE && kind == NULL ? CTL_REFUSED : code;
}

static int import_file(const struct invocation *call)
{
	struct import *import = xcalloc(1, sizeof(*import));
	import->call = call;
	import->lacking = json_object();
	import->file = import->batch.file = call->arguments[0];
	import->batch.notes = &import->notes;
	int code = read_input(import);
	if (code == CTL_DONE)
		code = ask_open(call, &import->client);
	if (code == CTL_DONE)
		code = find_kind(import);
	if (code == CTL_DONE)
		code = run(import);
	client_close(import->client);
	json_decref(import->kind);
	json_decref(import->lacking);
	problems_clear(&import->problems);
	events_clear(&import->batch);
	recorded_clear(&import->recorded);
	stands_free(import->stands);
	notes_clear(&import->notes);
	buffer_clear(&import->text);
	free(import);
	return code;
}

int verb_import(const struct invocation *call)
{
	if (invocation_option(call, "template") != NULL)
		return write_template(call);
	if (call->argument_count > 0)
		return import_file(call);
	fputs("kedjactl: FILE is missing: the file to import, or --template KIND for an empty "
	      "one\n",
	      stderr);
	return CTL_USAGE;
}
