/* SPDX-License-Identifier: EUPL-1.2 */
/* See db.h: seen(text) in SQL. */
#include "daemon/store/db_own.h"

void db_set_judge(struct db *db, db_judge *judge, const void *arg)
{
	db->judge = judge;
	db->judge_arg = arg;
}

static void seen(sqlite3_context *context, int count, sqlite3_value **values)
{
	const struct db *db = sqlite3_user_data(context);
	const char *text = (const char *)sqlite3_value_text(values[0]);
	(void)count;
	sqlite3_result_int(context,
			   db->judge == NULL || text == NULL || db->judge(db->judge_arg, text));
}

int db_add_judge(struct db *db)
{
	int code = sqlite3_create_function_v2(
	    db->sqlite, "seen", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, db, seen, NULL, NULL, NULL);
	if (code == SQLITE_OK)
		return 0;
	db_fail(db, code);
	return -1;
}
