/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the disk and SQLite alone can do: rows like events, with two indices, written with the
 * daemon's durability (WAL, synchronous FULL), so many to a commit. And: opening such a file and
 * asking an index for the earliest row.
 *
 * usage: rows write FILE COUNT PER_COMMIT   prints rows per second
 *        rows fill FILE COUNT               makes a file of COUNT timers, once
 *        rows first FILE                    prints the earliest timer
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static sqlite3 *db;

static void must(int result, int wanted)
{
	if (result == wanted)
		return;
	fprintf(stderr, "rows: %s\n", sqlite3_errmsg(db));
	exit(1);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void execute(const char *sql)
{
	must(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
}

static sqlite3_stmt *prepare(const char *sql)
{
	sqlite3_stmt *statement;
	must(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	return statement;
}

static void insert(sqlite3_stmt *statement, long number)
{
	static const char data[] =
	    "{\"amount\":\"520000\",\"due_on\":\"2026-03-31\",\"text\":\"as long as an "
	    "event commonly is, with its fields written out\"}";
	char subject[32], source[40];
	snprintf(subject, sizeof(subject), "CASE-%05ld", number % 1000);
	snprintf(source, sizeof(source), "bench:%012ld", number);
	must(sqlite3_bind_text(statement, 1, subject, -1, SQLITE_STATIC), SQLITE_OK);
	must(sqlite3_bind_text(statement, 2, source, -1, SQLITE_STATIC), SQLITE_OK);
	must(sqlite3_bind_int64(statement, 3, 1767225600 + number), SQLITE_OK);
	must(sqlite3_bind_text(statement, 4, data, -1, SQLITE_STATIC), SQLITE_OK);
	must(sqlite3_step(statement), SQLITE_DONE);
	sqlite3_reset(statement);
}

static void write_rows(long count, long per_commit)
{
	execute("CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, subject TEXT NOT NULL,"
		" source TEXT NOT NULL, at INTEGER NOT NULL, data TEXT NOT NULL);"
		"CREATE UNIQUE INDEX IF NOT EXISTS by_source ON event (source);"
		"CREATE INDEX IF NOT EXISTS by_subject ON event (subject, at)");
	sqlite3_stmt *statement =
	    prepare("INSERT INTO event (subject, source, at, data) VALUES (?1, ?2, ?3, ?4)");
	sqlite3_stmt *last = prepare("SELECT coalesce(max(id), 0) FROM event");
	must(sqlite3_step(last), SQLITE_ROW);
	long number = (long)sqlite3_column_int64(last, 0);
	sqlite3_finalize(last);
	double began = now();
	for (long done = 0; done < count;) {
		execute("BEGIN IMMEDIATE");
		for (long i = 0; i < per_commit && done < count; i++, done++)
			insert(statement, number++);
		execute("COMMIT");
	}
	printf("%.1f\n", (double)count / (now() - began));
	sqlite3_finalize(statement);
}

static void fill(long count)
{
	execute("CREATE TABLE timer (subject TEXT PRIMARY KEY, next_at INTEGER, body TEXT) WITHOUT "
		"ROWID;"
		"CREATE INDEX by_time ON timer (next_at)");
	sqlite3_stmt *statement = prepare("INSERT INTO timer VALUES (?1, ?2, 'a deadline')");
	execute("BEGIN");
	for (long i = 0; i < count; i++) {
		char subject[32];
		snprintf(subject, sizeof(subject), "CASE-%08ld", i);
		must(sqlite3_bind_text(statement, 1, subject, -1, SQLITE_STATIC), SQLITE_OK);
		must(sqlite3_bind_int64(statement, 2, 1767225600 + i * 7919 % 31536000), SQLITE_OK);
		must(sqlite3_step(statement), SQLITE_DONE);
		sqlite3_reset(statement);
	}
	execute("COMMIT");
	sqlite3_finalize(statement);
}

static void first(void)
{
	sqlite3_stmt *statement = prepare("SELECT min(next_at) FROM timer");
	must(sqlite3_step(statement), SQLITE_ROW);
	printf("%lld\n", (long long)sqlite3_column_int64(statement, 0));
	sqlite3_finalize(statement);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: rows write|fill|first FILE [COUNT [PER_COMMIT]]\n", stderr);
		return 2;
	}
	must(sqlite3_open(argv[2], &db), SQLITE_OK);
	execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
	long count = argc > 3 ? strtol(argv[3], NULL, 10) : 0;
	if (strcmp(argv[1], "write") == 0)
		write_rows(count, argc > 4 ? strtol(argv[4], NULL, 10) : 1);
	else if (strcmp(argv[1], "fill") == 0)
		fill(count);
	else
		first();
	sqlite3_close(db);
	return 0;
}
