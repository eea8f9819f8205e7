/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The sets of rules that the daemon has gone by: the one in force and the one before it, as texts
 * in the file of the events, so that an administrator who has taken a bad set can go back at once.
 *
 * The files on disk are never written: whoever runs the daemon gives it no right to change its own
 * configuration, and what was edited must not be lost. So the daemon runs on the set that it kept,
 * also after a restart, and says so, until the next reload takes the files again.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/kedjad/kedjad_own.h"
#include "daemon/store/meta.h"

#define NOW      "rules_now"
#define BEFORE   "rules_before"
#define REVERTED "rules_reverted" /* "yes": NOW is not what lies on the disk */

bool kedjad_is_reverted(const struct kedjad *k)
{
	char *value = store_meta_get(k->core.db, REVERTED);
	bool reverted = value != NULL && strcmp(value, "yes") == 0;
	free(value);
	return reverted;
}

static char *pack(const struct office *office)
{
	json_t *files = json_array();
	for (size_t i = 0; i < office->text_count; i++)
		json_array_append_new(
		    files, json_pack("[s, s]", office->texts[i].file, office->texts[i].text));
	char *text = json_dumps(files, JSON_COMPACT);
	json_decref(files);
	return text;
}

static struct office *unpack(const struct kedjad *k, const char *text, struct problems *problems)
{
	json_t *files = json_loads(text, 0, NULL);
	size_t count = json_array_size(files);
	struct source *sources = xcalloc(count + 1, sizeof(*sources));
	for (size_t i = 0; i < count; i++) {
		const json_t *file = json_array_get(files, i);
		const json_t *content = json_array_get(file, 1);
		const char *name = json_string_value(json_array_get(file, 0));
		const char *body = json_string_value(content);
		sources[i] = (struct source){ name == NULL ? "" : name, body == NULL ? "" : body,
					      json_string_length(content) };
	}
	struct office *office = office_from_texts(k->dir, sources, count, problems);
	if (office == NULL && problems->count == 0)
		problem_add(problems, k->dir, 0, "the set that was kept cannot be read");
	free(sources);
	json_decref(files);
	return office;
}

/* --- what is kept --------------------------------------------------------------------------- */

/* A set that means something else than the one in force takes its place. */
void kedjad_keep_rules(struct kedjad *k, const struct office *office)
{
	char *now = store_meta_get(k->core.db, NOW), *text = pack(office);
	if (now != NULL)
		store_meta_set(k->core.db, BEFORE, now);
	if (text != NULL)
		store_meta_set(k->core.db, NOW, text);
	store_meta_set(k->core.db, REVERTED, "no");
	free(now);
	free(text);
}

void kedjad_files_are_in_force(struct kedjad *k)
{
	if (kedjad_is_reverted(k))
		store_meta_set(k->core.db, REVERTED, "no");
}

void kedjad_start_kept(struct kedjad *k)
{
	struct problems problems = PROBLEMS_NONE;
	char *now = kedjad_is_reverted(k) ? store_meta_get(k->core.db, NOW) : NULL;
	struct office *office = now == NULL ? NULL : unpack(k, now, &problems);
	free(now);
	if (office != NULL && kedjad_knows_zone(office, &problems) &&
	    clock_set_zone(k->core.clock, calendar_zone(office->calendar)) == 0) {
		kedjad_move_settings(k->core.office, office);
		office_free(k->core.office);
		k->core.office = office;
		log_warning("going by the rules before those on the disk: kedjactl rules reload "
			    "takes the files again");
	} else if (kedjad_is_reverted(k)) {
		log_error("the set of rules that was reverted to cannot be read any more: going "
			  "by the files");
		office_free(office);
		kedjad_files_are_in_force(k);
	}
	problems_clear(&problems);
}

static bool has_kept(const struct kedjad *k)
{
	char *now = store_meta_get(k->core.db, NOW);
	bool has = now != NULL;
	free(now);
	return has;
}

void kedjad_compare_rules(struct kedjad *k)
{
	const char *version = k->core.office->ruleset->version_text;
	char *known = store_meta_get(k->core.db, "rules");
	if (known != NULL && strcmp(known, version) != 0) {
		kedjad_tell_lost(k);
		planner_note_rules(k->planner);
	}
	if (known == NULL || strcmp(known, version) != 0 || !has_kept(k))
		kedjad_keep_rules(k, k->core.office);
	kedjad_note_version(k, k->core.office);
	free(known);
}

/* --- back to the set before ----------------------------------------------------------------- */

static void exchange_kept(struct kedjad *k, const char *before)
{
	char *now = store_meta_get(k->core.db, NOW);
	store_meta_set(k->core.db, NOW, before);
	if (now != NULL)
		store_meta_set(k->core.db, BEFORE, now);
	store_meta_set(k->core.db, REVERTED, "yes");
	free(now);
}

int kedjad_revert(struct kedjad *k, const char *by, struct brought *ret, struct problems *problems)
{
	char *before = store_meta_get(k->core.db, BEFORE);
	struct office *office = before == NULL ? NULL : unpack(k, before, problems);
	int result = -1;
	if (before == NULL)
		problem_add(problems, "", 0,
			    "there is no set before this one: the rules have not changed yet");
	if (office == NULL || !kedjad_knows_zone(office, problems)) {
		office_free(office);
		goto out;
	}
	kedjad_compare(k, office, NULL, ret);
	exchange_kept(k, before);
	result = kedjad_swap_after_turn(k, office, NULL, false, kedjad_swap_line(ret, by));
	if (result != 0)
		brought_clear(ret);
out:
	free(before);
	return result;
}
