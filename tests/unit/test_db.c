/* SPDX-License-Identifier: EUPL-1.2 */
/* The database: who may open it, what it refuses, and how it fails and goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/store/db.h"

static const struct migration steps[] = {
	{ "CREATE TABLE word (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, more TEXT) "
	  "STRICT;" },
	{ "CREATE TABLE part (word INTEGER NOT NULL REFERENCES word) STRICT;"
	  "INSERT INTO word (text) VALUES ('from the second step');" },
};

struct fixture {
	char folder[64];
	char path[96];
	struct problems problems;
	struct db *db;
};

static int set_up(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));
	snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/test_db.XXXXXX");
	assert_non_null(mkdtemp(fixture->folder));
	snprintf(fixture->path, sizeof(fixture->path), "%s/kedja.db", fixture->folder);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	db_close(fixture->db);
	problems_clear(&fixture->problems);
	char *command = xasprintf("rm -rf '%s'", fixture->folder);
	assert_int_equal(system(command), 0);
	free(command);
	free(fixture);
	return 0;
}

/* Opened, or made. */
static void open_steps(struct fixture *fixture, size_t count)
{
	bool is_new = access(fixture->path, F_OK) != 0;
	fixture->db =
	    (is_new ? db_create : db_open)(fixture->path, steps, count, &fixture->problems);
	for (size_t i = 0; i < fixture->problems.count; i++)
		print_message("%s: %s\n", fixture->problems.list[i].place,
			      fixture->problems.list[i].text);
	assert_non_null(fixture->db);
}

typedef struct db *opener(const char *path, const struct migration *migrations, size_t count,
			  struct problems *problems);

static void expect_refused_by(struct fixture *fixture, opener *open_it, const char *path,
			      const char *words)
{
	struct db *db = open_it(path, steps, 2, &fixture->problems);
	assert_null(db);
	assert_int_equal(fixture->problems.count, 1);
	char *text = problem_format(&fixture->problems.list[0]);
	if (strstr(text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", text, words);
	free(text);
	problems_clear(&fixture->problems);
}

/* The path is refused with a sentence that has these words in it. */
static void expect_refused(struct fixture *fixture, const char *path, const char *words)
{
	expect_refused_by(fixture, db_open, path, words);
}

static char *listing(const struct fixture *fixture)
{
	char *command =
	    xasprintf("cd '%s' && for f in $(ls -A); do echo $f $(stat -c '%%a %%Y' $f) "
		      "$(md5sum < $f); done",
		      fixture->folder);
	FILE *output = popen(command, "r");
	char *text = xcalloc(1, 4096);
	assert_non_null(output);
	size_t length = fread(text, 1, 4095, output);
	text[length] = '\0';
	pclose(output);
	free(command);
	return text;
}

static void add(struct db *db, const char *text)
{
	struct query *query = db_query(db, "INSERT INTO word (text) VALUES (?1)");
	db_bind_text(query, 1, text);
	db_run(query);
}

static int64_t count(struct db *db)
{
	struct query *query = db_query(db, "SELECT count(*) FROM word");
	int64_t number = db_next(query) ? db_int(query, 0) : -1;
	db_done(query);
	return number;
}

static int64_t pragma(struct db *db, const char *sql)
{
	struct query *query = db_query(db, sql);
	int64_t number = db_next(query) ? db_int(query, 0) : -1;
	db_done(query);
	return number;
}

static void shell(const struct fixture *fixture, const char *sql)
{
	sqlite3 *sqlite = NULL;
	assert_int_equal(sqlite3_open(fixture->path, &sqlite), SQLITE_OK);
	assert_int_equal(sqlite3_exec(sqlite, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(sqlite), SQLITE_OK);
}

static void write_file(const struct fixture *fixture, const char *bytes, size_t length)
{
	int descriptor = open(fixture->path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(descriptor >= 0);
	assert_int_equal(write(descriptor, bytes, length), length);
	close(descriptor);
}

/* --- opening ---------------------------------------------------------------------------- */

static void test_new_file(void **state)
{
	struct fixture *fixture = *state;
	umask(022);
	open_steps(fixture, 2);
	struct stat about;
	assert_int_equal(stat(fixture->path, &about), 0);
	assert_int_equal(about.st_mode & 07777, 0600);
	assert_int_equal(pragma(fixture->db, "PRAGMA user_version"), 2);
	assert_int_equal(pragma(fixture->db, "PRAGMA application_id"), 0x4b444a41);
	assert_int_equal(pragma(fixture->db, "PRAGMA synchronous"), 2);
	assert_int_equal(pragma(fixture->db, "PRAGMA foreign_keys"), 1);
	assert_int_equal(count(fixture->db), 1);
	struct query *query = db_query(fixture->db, "SELECT journal_mode FROM pragma_journal_mode");
	assert_true(db_next(query));
	assert_string_equal(db_text(query, 0), "wal");
	db_done(query);
	db_close(fixture->db);
	fixture->db = NULL;

	char *left = listing(fixture);
	assert_null(strchr(strchr(left, '\n') + 1, '\n')); /* the file alone: no lock, no log */
	free(left);
}

static void test_older_file_is_brought_up_once(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 1);
	assert_int_equal(db_begin(fixture->db), 0);
	add(fixture->db, "old");
	assert_int_equal(db_commit(fixture->db), 0);
	db_close(fixture->db);
	for (int i = 0; i < 2; i++) {
		open_steps(fixture, 2);
		assert_int_equal(count(fixture->db), 2);
		assert_int_equal(pragma(fixture->db, "PRAGMA user_version"), 2);
		db_close(fixture->db);
	}
	fixture->db = NULL;
}

static void test_failed_step_leaves_the_older_file(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 1);
	db_close(fixture->db);
	char *before = listing(fixture);
	const struct migration bad[] = { steps[0], steps[1], { "INSERT INTO part VALUES (77)" } };
	fixture->db = db_open(fixture->path, bad, 3, &fixture->problems);
	assert_null(fixture->db);
	assert_int_equal(fixture->problems.count, 1);
	assert_non_null(strstr(fixture->problems.list[0].text, "constraint failed"));
	char *after = listing(fixture);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void test_failed_creation_leaves_nothing(void **state)
{
	struct fixture *fixture = *state;
	const struct migration bad[] = { { "CREATE TABLE a (b INTEGER) STRICT; NONSENSE" } };
	assert_null(db_create(fixture->path, bad, 1, &fixture->problems));
	char *left = listing(fixture);
	assert_string_equal(left, "");
	free(left);
}

static void test_newer_file_is_refused(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	db_close(fixture->db);
	fixture->db = NULL;
	shell(fixture, "PRAGMA user_version = 3");
	char *before = listing(fixture);
	expect_refused(fixture, fixture->path, "newer kedjad");
	char *after = listing(fixture);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

/* A newer daemon was killed: its version stands in the write-ahead log alone. */
static void test_newer_version_in_the_log(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	db_close(fixture->db);
	fixture->db = NULL;
	pid_t child = fork();
	if (child == 0) {
		shell(fixture, "PRAGMA wal_autocheckpoint = 0"); /* opens and closes: harmless */
		sqlite3 *sqlite = NULL;
		sqlite3_open(fixture->path, &sqlite);
		sqlite3_exec(sqlite, "PRAGMA user_version = 3", NULL, NULL, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	char *wal = xasprintf("%s-wal", fixture->path);
	struct stat before, after;
	assert_int_equal(stat(wal, &before), 0);
	assert_true(before.st_size > 0);
	expect_refused(fixture, fixture->path, "newer kedjad");
	assert_int_equal(stat(wal, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	free(wal);
}

static void test_foreign_files_are_refused(void **state)
{
	struct fixture *fixture = *state;
	char noise[4096];
	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = (char)(i * 7);
	struct {
		const char *sql;
		const char *words;
		size_t noise;
	} cases[] = {
		{ NULL, "is not a database", sizeof(noise) },
		{ NULL, "is not a database", 3 },
		{ "CREATE TABLE theirs (a)", "another program", 0 },
		{ "PRAGMA application_id = 77", "another program", 0 },
		{ "PRAGMA user_version = 1", "another program", 0 },
		{ "PRAGMA journal_mode = WAL; CREATE TABLE theirs (a)", "another program", 0 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_file(fixture, noise, cases[i].noise);
		if (cases[i].sql != NULL)
			shell(fixture, cases[i].sql);
		char *before = listing(fixture);
		expect_refused(fixture, fixture->path, cases[i].words);
		char *after = listing(fixture);
		assert_string_equal(before, after);
		free(before);
		free(after);
	}
}

static void test_damaged_file_is_said_to_be(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	db_close(fixture->db);
	fixture->db = NULL;
	int descriptor = open(fixture->path, O_WRONLY);
	char zeros[200] = "";
	assert_int_equal(pwrite(descriptor, zeros, sizeof(zeros), 100), sizeof(zeros));
	close(descriptor);
	expect_refused(fixture, fixture->path, "is damaged: restore it");
}

/* A start that finds nothing must not go on with an empty file: all would be forgotten. */
static void test_missing_file_is_refused(void **state)
{
	struct fixture *fixture = *state;
	expect_refused(fixture, fixture->path, "there is no database: is its disk mounted");
	expect_refused(fixture, fixture->path, "make an empty one with kedjad --create");
	assert_int_equal(symlink("nowhere/kedja.db", fixture->path), 0);
	expect_refused(fixture, fixture->path, "there is no database");
	assert_int_equal(unlink(fixture->path), 0);
	write_file(fixture, "", 0);
	expect_refused(fixture, fixture->path, "is empty");
	struct stat about;
	assert_int_equal(stat(fixture->path, &about), 0);
	assert_int_equal(about.st_size, 0);
}

static void test_creation_takes_an_empty_file_and_no_other(void **state)
{
	struct fixture *fixture = *state;
	write_file(fixture, "", 0);
	fixture->db = db_create(fixture->path, steps, 2, &fixture->problems);
	assert_non_null(fixture->db);
	assert_int_equal(count(fixture->db), 1);
	db_close(fixture->db);
	fixture->db = NULL;
	char *before = listing(fixture);
	expect_refused_by(fixture, db_create, fixture->path, "is there already");
	char *after = listing(fixture);
	assert_string_equal(before, after);
	free(before);
	free(after);
}

static void test_places_that_cannot_be(void **state)
{
	struct fixture *fixture = *state;
	char *path = xasprintf("%s/missing/kedja.db", fixture->folder);
	char *said = xasprintf("the folder %s/missing does not exist", fixture->folder);
	expect_refused(fixture, path, said);
	free(path);
	free(said);
	expect_refused(fixture, fixture->folder, "is not a file");
	write_file(fixture, "", 0);
	path = xasprintf("%s/kedja.db", fixture->path);
	expect_refused(fixture, path, "not a");
	free(path);
}

/* --- one daemon per file ---------------------------------------------------------------- */

static void test_second_daemon_is_refused(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	char *words =
	    xasprintf("%s: is in use by another kedjad (pid %ld)", fixture->path, (long)getpid());
	expect_refused(fixture, fixture->path, words); /* in this process */

	pid_t child = fork();
	if (child == 0) {
		struct problems problems = PROBLEMS_NONE;
		struct db *second = db_open(fixture->path, steps, 2, &problems);
		char *text = problems.count == 1 ? problem_format(&problems.list[0]) : NULL;
		_exit(second == NULL && text != NULL && strcmp(text, words) == 0 ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	free(words);

	/* The first one still has it, whole. */
	assert_int_equal(db_begin(fixture->db), 0);
	add(fixture->db, "still ours");
	assert_int_equal(db_commit(fixture->db), 0);
	db_close(fixture->db);
	open_steps(fixture, 2);
	assert_int_equal(count(fixture->db), 2);
}

static void test_killed_daemon_leaves_no_lock(void **state)
{
	struct fixture *fixture = *state;
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t child = fork();
	if (child == 0) {
		struct db *db = db_create(fixture->path, steps, 2, &fixture->problems);
		if (db_begin(db) == 0)
			add(db, "kept");
		bool kept = db_commit(db) == 0 && db_begin(db) == 0;
		add(db, "never committed");
		_exit(write(ready[1], kept ? "y" : "n", 1) == 1 && pause());
	}
	char answer = '?';
	assert_int_equal(read(ready[0], &answer, 1), 1);
	assert_int_equal(answer, 'y');
	close(ready[0]);
	close(ready[1]);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	open_steps(fixture, 2);
	assert_int_equal(count(fixture->db), 2);
}

/* --- file modes, tried as an ordinary user ---------------------------------------------- */

static void as_nobody(struct fixture *fixture, void (*test)(struct fixture *fixture))
{
	if (geteuid() == 0)
		assert_int_equal(chown(fixture->folder, 65534, 65534), 0);
	pid_t child = fork();
	if (child == 0) {
		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(2);
		test(fixture);
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* In the child: a failed assertion of cmocka would go on in the parent's code. */
static void must_say(struct fixture *fixture, opener *open_it, const char *words)
{
	struct db *db = open_it(fixture->path, steps, 2, &fixture->problems);
	char *text = fixture->problems.count == 1 ? problem_format(&fixture->problems.list[0])
						  : xstrdup("(not one problem)");
	if (db != NULL || strstr(text, words) == NULL) {
		fprintf(stderr, "\"%s\" does not say \"%s\"\n", text, words);
		_exit(1);
	}
	free(text);
	problems_clear(&fixture->problems);
}

static void unwritable_folder(struct fixture *fixture)
{
	if (chmod(fixture->folder, 0500) != 0)
		_exit(3);
	must_say(fixture, db_create, "cannot be created: the user that kedjad runs as (uid ");
	chmod(fixture->folder, 0700);
}

static void unwritable_file(struct fixture *fixture)
{
	int descriptor = open(fixture->path, O_WRONLY | O_CREAT, 0400);
	close(descriptor);
	must_say(fixture, db_open,
		 "cannot be opened for writing: the user that kedjad runs as (uid ");
	struct stat about;
	if (stat(fixture->path, &about) != 0 || about.st_size != 0)
		_exit(4);
	if (unlink(fixture->path) != 0)
		_exit(5);
}

static void test_unwritable_folder(void **state)
{
	struct fixture *fixture = *state;
	as_nobody(fixture, unwritable_folder);
	char *left = listing(fixture);
	assert_string_equal(left, "");
	free(left);
}

static void test_unwritable_file(void **state)
{
	as_nobody(*state, unwritable_file);
}

/* --- transactions ----------------------------------------------------------------------- */

static void test_typed_columns(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	assert_int_equal(db_begin(fixture->db), 0);
	struct query *query =
	    db_query(fixture->db, "INSERT INTO word (id, text, more) VALUES (?1, ?2, ?3)");
	db_bind(query, DB_INT(INT64_C(9007199254740993)), DB_TEXT("Åse"), DB_TEXT(NULL));
	assert_int_equal(db_run(query), 1);
	assert_int_equal(db_last_id(fixture->db), INT64_C(9007199254740993));
	assert_int_equal(db_commit(fixture->db), 0);

	query = db_query(fixture->db, "SELECT id, text, more FROM word WHERE id > ?1");
	db_bind_int(query, 1, 10);
	assert_true(db_next(query));
	assert_int_equal(db_int(query, 0), INT64_C(9007199254740993));
	assert_string_equal(db_text(query, 1), "Åse");
	assert_null(db_text(query, 2));
	assert_true(db_is_null(query, 2));
	assert_int_equal(db_int(query, 2), 0);
	assert_false(db_next(query));
	assert_false(db_next(query)); /* and does not begin anew */
	db_done(query);

	/* What was bound is gone. */
	query = db_query(fixture->db, "SELECT id, text, more FROM word WHERE id > ?1");
	assert_false(db_next(query));
	db_done(query);
}

static void test_dates(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	struct query *query =
	    db_query(fixture->db, "SELECT '2028-02-29', '2027-12-31T23:59:59', NULL, '',"
				  " '2027-02-29', 'tomorrow'");
	assert_true(db_next(query));
	assert_int_equal(db_date(query, 0), date_from_ymd(2028, 2, 29));
	assert_int_equal(db_date(query, 1), date_from_ymd(2027, 12, 31));
	for (int column = 2; column < 6; column++)
		assert_int_equal(db_date(query, column), DATE_NONE);
	db_done(query);

	query = db_query(fixture->db, "SELECT ?1, ?2");
	db_bind(query, DB_DATE(date_from_ymd(2028, 2, 29)), DB_DATE(DATE_NONE));
	assert_true(db_next(query));
	assert_string_equal(db_text(query, 0), "2028-02-29");
	assert_string_equal(db_text(query, 1), "");
	db_done(query);
}

static void test_questions_with_one_row(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	struct db *db = fixture->db;
	assert_int_equal(db_number(db_query(db, "SELECT 7 UNION ALL SELECT 8")), 7);
	assert_int_equal(db_number(db_query(db, "SELECT 7 WHERE 0")), 0);
	assert_true(db_found(db_query(db, "SELECT NULL")));
	assert_false(db_found(db_query(db, "SELECT NULL WHERE 0")));
	/* and the queries may be asked again */
	assert_int_equal(db_number(db_query(db, "SELECT 7 UNION ALL SELECT 8")), 7);
	assert_true(db_found(db_query(db, "SELECT NULL")));
}

static void test_failure_is_remembered(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	assert_int_equal(db_begin(fixture->db), 0);
	assert_true(db_in_transaction(fixture->db));
	add(fixture->db, "a");
	assert_false(db_failed(fixture->db));
	add(fixture->db, "a");
	assert_true(db_failed(fixture->db));
	add(fixture->db, "b");
	assert_int_equal(count(fixture->db), -1);
	assert_int_equal(db_commit(fixture->db), -1);
	assert_non_null(strstr(db_error(fixture->db), "UNIQUE"));
	assert_false(db_error_is_full(fixture->db));
	assert_false(db_in_transaction(fixture->db));
	assert_false(db_failed(fixture->db));
	assert_int_equal(count(fixture->db), 1);

	assert_int_equal(db_begin(fixture->db), 0);
	add(fixture->db, "a");
	assert_int_equal(db_commit(fixture->db), 0);
	assert_int_equal(count(fixture->db), 2);
	assert_int_equal(db_begin(fixture->db), 0);
	add(fixture->db, "z");
	db_rollback(fixture->db);
	assert_int_equal(count(fixture->db), 2);
}

static void test_savepoints_spoil_no_other(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	assert_int_equal(db_begin(fixture->db), 0);
	db_savepoint(fixture->db);
	add(fixture->db, "good");
	db_savepoint_release(fixture->db);
	db_savepoint(fixture->db);
	add(fixture->db, "refused");
	db_savepoint_rollback(fixture->db);
	db_savepoint(fixture->db);
	add(fixture->db, "bad");
	add(fixture->db, "good");
	assert_true(db_failed(fixture->db));
	db_savepoint_rollback(fixture->db);
	assert_false(db_failed(fixture->db));
	db_savepoint(fixture->db);
	add(fixture->db, "good too");
	db_savepoint_release(fixture->db);
	assert_int_equal(db_commit(fixture->db), 0);
	assert_int_equal(count(fixture->db), 3);

	/* A failure before the mark is not the request's to heal. */
	assert_int_equal(db_begin(fixture->db), 0);
	add(fixture->db, "good");
	db_savepoint(fixture->db);
	db_savepoint_rollback(fixture->db);
	assert_true(db_failed(fixture->db));
	assert_int_equal(db_commit(fixture->db), -1);
}

static void test_reads_outside_a_transaction_stand_alone(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	struct query *query = db_query(fixture->db, "SELECT json_extract('{', '$')");
	assert_false(db_next(query));
	db_done(query);
	assert_false(db_failed(fixture->db));
	assert_int_equal(count(fixture->db), 1);
	query = db_query(fixture->db, "SELECT * FROM no_such_table");
	assert_false(db_next(query));
	db_done(query);
	assert_int_equal(count(fixture->db), 1);
}

static void test_changes_are_counted(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	int64_t before = db_changes_total(fixture->db);
	assert_int_equal(db_begin(fixture->db), 0);
	add(fixture->db, "a");
	add(fixture->db, "b");
	struct query *query = db_query(fixture->db, "UPDATE word SET more = 'x'");
	assert_int_equal(db_run(query), 3);
	query = db_query(fixture->db, "DELETE FROM word WHERE text = 'nobody'");
	assert_int_equal(db_run(query), 0);
	assert_int_equal(db_commit(fixture->db), 0);
	assert_int_equal(db_changes_total(fixture->db) - before, 5);
}

static void test_texts_not_addresses_find_the_query(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	char text[64];
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "SELECT %d", i % 600);
		assert_int_equal(pragma(fixture->db, text), i % 600);
	}
}

static void expect_abort(struct fixture *fixture, void (*mistake)(struct db *db))
{
	pid_t child = fork();
	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		int null = open("/dev/null", O_WRONLY);
		dup2(null, STDERR_FILENO);
		mistake(fixture->db);
		_exit(0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void nested_query(struct db *db)
{
	struct query *outer = db_query(db, "SELECT id FROM word");
	if (db_next(outer))
		db_query(db, "SELECT id FROM word");
}

static void change_without_transaction(struct db *db)
{
	add(db, "alone");
}

static void done_twice(struct db *db)
{
	struct query *query = db_query(db, "SELECT id FROM word");
	db_done(query);
	db_done(query);
}

static void begin_twice(struct db *db)
{
	if (db_begin(db) == 0 && db_begin(db) == 0)
		_exit(1);
}

static void wrong_parameter(struct db *db)
{
	db_bind_int(db_query(db, "SELECT id FROM word WHERE id = ?1"), 2, 1);
}

static void test_mistakes_of_ours_end_the_process(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	expect_abort(fixture, nested_query);
	expect_abort(fixture, change_without_transaction);
	expect_abort(fixture, done_twice);
	expect_abort(fixture, begin_twice);
	expect_abort(fixture, wrong_parameter);
}

/* --- a disk that is full, or fails ------------------------------------------------------ */

static void add_many(struct db *db, const char *prefix, int64_t rows)
{
	struct query *query =
	    db_query(db, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 "
			 "FROM n WHERE i < ?1) INSERT INTO word (text, more) "
			 "SELECT ?2 || i, printf('%500s', '') FROM n");
	db_bind(query, DB_INT(rows), DB_TEXT(prefix));
	db_run(query);
}

static void test_full_disk_rolls_back_and_goes_on(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	assert_true(pragma(fixture->db, "PRAGMA max_page_count = 40") <= 40);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(db_begin(fixture->db), 0);
		db_savepoint(fixture->db);
		add(fixture->db, "first of the turn");
		db_savepoint_release(fixture->db);
		db_savepoint(fixture->db);
		add_many(fixture->db, "x", 1000);
		assert_true(db_failed(fixture->db));
		db_savepoint_rollback(fixture->db);
		assert_true(db_failed(fixture->db)); /* not one request's: the whole turn's */
		add(fixture->db, "after it");
		assert_int_equal(db_commit(fixture->db), -1);
		assert_true(db_error_is_full(fixture->db));
		assert_non_null(strstr(db_error(fixture->db), "no space left on the disk"));
		assert_int_equal(count(fixture->db), 1);
	}
	pragma(fixture->db, "PRAGMA max_page_count = 100000");
	assert_int_equal(db_begin(fixture->db), 0);
	add_many(fixture->db, "x", 1000);
	assert_int_equal(db_commit(fixture->db), 0);
	assert_false(db_error_is_full(fixture->db));
	assert_int_equal(count(fixture->db), 1001);
}

/* A real file system that is full, of the child alone; needs root. */
static int on_small_disk(struct fixture *fixture)
{
	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", fixture->folder, "tmpfs", 0, "size=400k") != 0)
		return 77;
	struct db *db = db_create(fixture->path, steps, 2, &fixture->problems);
	if (db == NULL)
		return 1;
	char *filler = xasprintf(
	    "dd if=/dev/zero of='%s/filler' bs=4k status=none 2>/dev/null; true", fixture->folder);
	int result = system(filler) == 0 ? 0 : 2;
	if (db_begin(db) != 0)
		return 3;
	add_many(db, "x", 300);
	if (db_commit(db) == 0 || !db_error_is_full(db) || count(db) != 1)
		return 4;
	snprintf(filler, strlen(filler), "rm '%s/filler'", fixture->folder);
	if (system(filler) != 0 || db_begin(db) != 0)
		return 5;
	add_many(db, "x", 100);
	if (db_commit(db) != 0 || count(db) != 101)
		return 6;
	free(filler);
	db_close(db);
	return result;
}

static void test_small_disk(void **state)
{
	struct fixture *fixture = *state;
	pid_t child = fork();
	if (child == 0)
		_exit(on_small_disk(fixture));
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("not allowed to mount here\n");
		skip();
	}
	assert_int_equal(status, 0);
}

/* A system call of SQLite's, replaced: fails as often as it is told to. */
static int writes_to_fail, fail_with = EIO;

static ssize_t failing_write(int descriptor, const void *bytes, size_t length, off_t at)
{
	if (writes_to_fail > 0) {
		writes_to_fail--;
		errno = fail_with;
		return -1;
	}
	return pwrite(descriptor, bytes, length, at);
}

static void replace_call(const char *name, sqlite3_syscall_ptr call)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	vfs->xSetSystemCall(vfs, name, call);
}

static void commit_fails(struct db *db, int number)
{
	assert_int_equal(db_begin(db), 0);
	add(db, "lost");
	replace_call("pwrite", (sqlite3_syscall_ptr)failing_write);
	replace_call("pwrite64", (sqlite3_syscall_ptr)failing_write);
	writes_to_fail = 1;
	fail_with = number;
	int result = db_commit(db);
	replace_call("pwrite", NULL);
	replace_call("pwrite64", NULL);
	assert_int_equal(writes_to_fail, 0);
	assert_int_equal(result, -1);
}

static int opened;

static int counting_open(const char *path, int flags, int mode)
{
	opened++;
	return open(path, flags, mode);
}

/* Begins and commits; how many files are opened for it? */
static int opened_by_a_turn(struct db *db)
{
	opened = 0;
	replace_call("open", (sqlite3_syscall_ptr)counting_open);
	assert_int_equal(db_begin(db), 0);
	replace_call("open", NULL);
	assert_int_equal(db_commit(db), 0);
	return opened;
}

/* After an I/O error the file is closed and opened again: what was acknowledged is there, what
 * was not is not, and later turns work. */
static void test_io_error(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	assert_int_equal(db_begin(fixture->db), 0);
	add(fixture->db, "before");
	assert_int_equal(db_commit(fixture->db), 0);
	int64_t changes = db_changes_total(fixture->db);

	commit_fails(fixture->db, EIO);
	assert_false(db_error_is_full(fixture->db));
	assert_non_null(strstr(db_error(fixture->db), "Input/output error"));

	assert_int_equal(count(fixture->db), 2);
	assert_true(opened_by_a_turn(fixture->db) > 0);
	assert_int_equal(opened_by_a_turn(fixture->db), 0);
	assert_int_equal(db_begin(fixture->db), 0);
	assert_int_equal(count(fixture->db), 2);
	add(fixture->db, "later");
	assert_int_equal(db_commit(fixture->db), 0);
	assert_int_equal(count(fixture->db), 3);
	assert_true(db_changes_total(fixture->db) >= changes + 2); /* never back */

	const int full[] = { ENOSPC, EDQUOT, EFBIG };
	for (int i = 0; i < 3; i++) {
		commit_fails(fixture->db, full[i]);
		assert_true(db_error_is_full(fixture->db));
		assert_int_equal(count(fixture->db), 3);
	}
}

static bool is_read_only;

/* As it is where a file system was made read-only: SQLite then opens for reading, in silence. */
static int open_for_reading(const char *path, int flags, int mode)
{
	if (is_read_only && (flags & O_ACCMODE) != O_RDONLY) {
		errno = EROFS;
		return -1;
	}
	return open(path, flags, mode);
}

static void test_file_that_is_only_read_is_not_gone_on_with(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	commit_fails(fixture->db, EIO); /* so that it is opened again */
	replace_call("open", (sqlite3_syscall_ptr)open_for_reading);
	is_read_only = true;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(db_begin(fixture->db), -1);
		assert_non_null(strstr(db_error(fixture->db), "read-only"));
	}
	is_read_only = false;
	assert_int_equal(db_begin(fixture->db), 0);
	replace_call("open", NULL);
	add(fixture->db, "written again");
	assert_int_equal(db_commit(fixture->db), 0);
	assert_int_equal(count(fixture->db), 2);
}

static int64_t length_of_log(const struct fixture *fixture)
{
	struct stat about;
	char *log = xasprintf("%s-wal", fixture->path);
	int64_t length = stat(log, &about) == 0 ? about.st_size : -1;
	free(log);
	return length;
}

static void test_log_can_be_emptied(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	assert_int_equal(db_begin(fixture->db), 0);
	add(fixture->db, "a");
	assert_int_equal(db_empty_log(fixture->db), -1); /* not in a transaction */
	assert_int_equal(db_commit(fixture->db), 0);
	assert_true(length_of_log(fixture) > 0);
	sqlite3 *reader = NULL;
	assert_int_equal(sqlite3_open(fixture->path, &reader), SQLITE_OK);
	assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM word", NULL, NULL, NULL),
			 SQLITE_OK);
	assert_int_equal(db_empty_log(fixture->db), -1);
	assert_int_equal(sqlite3_close(reader), SQLITE_OK);
	assert_int_equal(db_empty_log(fixture->db), 0);
	assert_int_equal(length_of_log(fixture), 0);
	assert_int_equal(count(fixture->db), 2);
}

static void test_another_name_leads_to_the_same_lock(void **state)
{
	struct fixture *fixture = *state;
	char *name = xasprintf("%s.other", fixture->path);
	open_steps(fixture, 2);
	assert_int_equal(symlink(fixture->path, name), 0);
	expect_refused(fixture, name, "is in use by another kedjad");
	assert_int_equal(unlink(name), 0);
	assert_int_equal(link(fixture->path, name), 0);
	expect_refused(fixture, name, "is in use by another kedjad");
	free(name);
}

static void test_another_writer_is_named(void **state)
{
	struct fixture *fixture = *state;
	open_steps(fixture, 2);
	sqlite3 *other = NULL;
	assert_int_equal(sqlite3_open(fixture->path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(db_begin(fixture->db), -1);
	assert_false(db_in_transaction(fixture->db));
	assert_non_null(strstr(db_error(fixture->db), "another program is writing"));
	assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(other), SQLITE_OK);
	assert_int_equal(db_begin(fixture->db), 0);
	assert_int_equal(db_commit(fixture->db), 0);
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		CASE(test_new_file),
		CASE(test_older_file_is_brought_up_once),
		CASE(test_failed_step_leaves_the_older_file),
		CASE(test_failed_creation_leaves_nothing),
		CASE(test_newer_file_is_refused),
		CASE(test_newer_version_in_the_log),
		CASE(test_foreign_files_are_refused),
		CASE(test_damaged_file_is_said_to_be),
		CASE(test_missing_file_is_refused),
		CASE(test_creation_takes_an_empty_file_and_no_other),
		CASE(test_places_that_cannot_be),
		CASE(test_second_daemon_is_refused),
		CASE(test_killed_daemon_leaves_no_lock),
		CASE(test_unwritable_folder),
		CASE(test_unwritable_file),
		CASE(test_typed_columns),
		CASE(test_dates),
		CASE(test_questions_with_one_row),
		CASE(test_failure_is_remembered),
		CASE(test_savepoints_spoil_no_other),
		CASE(test_reads_outside_a_transaction_stand_alone),
		CASE(test_changes_are_counted),
		CASE(test_texts_not_addresses_find_the_query),
		CASE(test_mistakes_of_ours_end_the_process),
		CASE(test_full_disk_rolls_back_and_goes_on),
		CASE(test_small_disk),
		CASE(test_io_error),
		CASE(test_file_that_is_only_read_is_not_gone_on_with),
		CASE(test_log_can_be_emptied),
		CASE(test_another_name_leads_to_the_same_lock),
		CASE(test_another_writer_is_named),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
