/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Loaded before kedjad (LD_PRELOAD): the commit whose number stands in the file that LOST_COMMIT
 * names fails once, as on a full disk; the file then goes, and the test sees by that that it was
 * so. How many commits there have been stands in the same name with ".count".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int exec_function(sqlite3 *db, const char *sql,
			  int (*row)(void *arg, int count, char **values, char **names), void *arg,
			  char **ret_error);

static long wanted(const char *path)
{
	long number = 0;
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return 0;
	if (fscanf(file, "%ld", &number) != 1)
		number = 0;
	fclose(file);
	return number;
}

static void tell_count(const char *path, long count)
{
	char name[2048], fresh[sizeof(name) + 8];
	snprintf(name, sizeof(name), "%s.count", path);
	snprintf(fresh, sizeof(fresh), "%s.new", name);
	FILE *file = fopen(fresh, "we");
	if (file == NULL)
		return;
	fprintf(file, "%ld\n", count);
	fclose(file);
	rename(fresh, name); /* whoever reads it reads all of it */
}

int sqlite3_exec(sqlite3 *db, const char *sql,
		 int (*row)(void *arg, int count, char **values, char **names), void *arg,
		 char **ret_error)
{
	static long count;
	static exec_function *real;
	const char *path = getenv("LOST_COMMIT");
	if (real == NULL)
		*(void **)&real = dlsym(RTLD_NEXT, "sqlite3_exec");
	if (path == NULL || sql == NULL || strcmp(sql, "COMMIT") != 0)
		return real(db, sql, row, arg, ret_error);
	tell_count(path, ++count);
	if (wanted(path) != count)
		return real(db, sql, row, arg, ret_error);
	unlink(path);
	return SQLITE_FULL;
}
