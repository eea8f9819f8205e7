/* SPDX-License-Identifier: EUPL-1.2 */
/* See chain.h. How chain.conf is read is in chain_parse.c. */
#include "rules/kinds/chain.h"

#include <stdlib.h>
#include <string.h>

#include "rules/kinds/chain_own.h"

/* Codes that programs know the meaning of; an office cannot add to them. */
static const struct code modes[] = { { "move", "flytt" }, { "convert", "omvandlat avtal" } };
static const struct code areas[] = { { "own", "egna området" }, { "other", "annat område" } };
static const struct code debts[] = { { "rent", "hyra" }, { "electricity", "el" } };
static const struct code languages[] = { { "sv", "svenska" }, { "en", "engelska" } };
static const struct code rhythms[] = { { "daily", "varje dag" }, { "weekly", "varje vecka" } };
static const struct code paid_to[] = { { "landlord", "till hyresvärden" },
				       { "deposit", "deponerat hos länsstyrelsen" } };
static const struct code parties[] = { { "landlord", "hyresvärden" },
				       { "tenant", "hyresgästen" },
				       { "office", "kontoret" } };
static const struct code homes[] = { { "yes", "ja" }, { "no", "nej" }, { "unknown", "vet inte" } };
static const struct code formats[] = {
	{ "camt054", "camt.054" }, { "bgmax", "BgMax" }, { "csv", "CSV" }, { "manual", "för hand" }
};

static const char *const mode_names[] = { "move", "convert", NULL };
static const char *const area_names[] = { "own", "other", NULL };
static const char *const debt_names[] = { "rent", "electricity", NULL };
static const char *const language_names[] = { "sv", "en", NULL };
static const char *const rhythm_names[] = { "daily", "weekly", NULL };
static const char *const paid_to_names[] = { "landlord", "deposit", NULL };
static const char *const party_names[] = { "landlord", "tenant", "office", NULL };
static const char *const home_names[] = { "yes", "no", "unknown", NULL };
static const char *const format_names[] = { "camt054", "bgmax", "csv", "manual", NULL };

const struct code_list chain_fixed_lists[] = {
	{ "mode", modes, 2, mode_names },       { "area", areas, 2, area_names },
	{ "debt", debts, 2, debt_names },       { "language", languages, 2, language_names },
	{ "rhythm", rhythms, 2, rhythm_names }, { "paid_to", paid_to, 2, paid_to_names },
	{ "format", formats, 4, format_names }, { "lease_party", parties, 3, party_names },
	{ "home_kept", homes, 3, home_names },  { NULL, NULL, 0, NULL },
};

void chain_free(struct chain *chain)
{
	if (chain != NULL)
		arena_free(chain->arena);
}

uint64_t chain_version(const struct chain *chain)
{
	return chain->version;
}

const struct stage *chain_stage(const struct chain *chain, const char *name)
{
	for (size_t i = 0; name != NULL && i < chain->stage_count; i++)
		if (strcmp(chain->stages[i].name, name) == 0)
			return &chain->stages[i];
	return NULL;
}

const struct stage *chain_stage_at(const struct chain *chain, size_t i)
{
	return i < chain->stage_count ? &chain->stages[i] : NULL;
}

const struct role *chain_role(const struct chain *chain, const char *name)
{
	for (size_t i = 0; name != NULL && i < chain->role_count; i++)
		if (strcmp(chain->roles[i].name, name) == 0)
			return &chain->roles[i];
	return NULL;
}

const struct role *chain_role_at(const struct chain *chain, size_t i)
{
	return i < chain->role_count ? &chain->roles[i] : NULL;
}

const char *role_title(const struct role *role, const char *language)
{
	bool english = strcmp(language, "en") == 0 && role->title_en != NULL;
	return english ? role->title_en : role->title;
}

const char *role_group(const struct role *role, const char *language)
{
	bool english = strcmp(language, "en") == 0 && role->group_en != NULL;
	return english ? role->group_en : role->group;
}

bool role_covers(const struct role *asking, const struct role *role)
{
	if (asking == role || role->on_case)
		return true;
	return !asking->on_case && role->order < asking->order;
}

static int compare_kinds(const void *a, const void *b)
{
	const struct kind *const *left = a, *const *right = b;
	return strcmp((*left)->name, (*right)->name);
}

void chain_index_kinds(struct chain *chain)
{
	size_t size = chain->kind_count * sizeof(*chain->sorted);
	chain->sorted = arena_alloc(chain->arena, size);
	memcpy(chain->sorted, chain->kinds, size);
	qsort(chain->sorted, chain->kind_count, sizeof(*chain->sorted), compare_kinds);
}

const struct kind *chain_kind(const struct chain *chain, const char *name)
{
	const struct kind wanted = { .name = name }, *key = &wanted;
	const struct kind **found;
	if (name == NULL)
		return NULL;
	found =
	    bsearch(&key, chain->sorted, chain->kind_count, sizeof(*chain->sorted), compare_kinds);
	return found == NULL ? NULL : *found;
}

const struct kind *chain_kind_at(const struct chain *chain, size_t i)
{
	return i < chain->kind_count ? chain->kinds[i] : NULL;
}

const struct code_list *chain_find_list(const struct chain *chain, const char *name)
{
	for (size_t i = 0; name != NULL && i < chain->list_count; i++)
		if (strcmp(chain->lists[i].name, name) == 0)
			return &chain->lists[i];
	return NULL;
}

const char *const *chain_codes(const struct chain *chain, const char *list)
{
	const struct code_list *found = chain_find_list(chain, list);
	return found == NULL ? NULL : found->names;
}

/* "one", "two" */
static char *quoted(const char *const *names)
{
	char *words = xstrdup(names[0] == NULL ? "nowhere" : "");
	for (; *names != NULL; names++) {
		char *longer = xasprintf("%s%s\"%s\"", words, words[0] == '\0' ? "" : ", ", *names);
		free(words);
		words = longer;
	}
	return words;
}

static void refuse_move(const struct stage *from, const char *to, const char *const *moves,
			struct problems *problems)
{
	char *words = quoted(moves);
	if (from == NULL)
		problem_add(problems, "stage", 0, "nobody begins in \"%s\": a case may begin in %s",
			    to, words);
	else if (strcmp(from->name, to) == 0)
		problem_add(problems, "stage", 0,
			    "the case is in \"%s\" already: from there one may move to %s", to,
			    words);
	else
		problem_add(problems, "stage", 0,
			    "from \"%s\" one does not move to \"%s\": one may move to %s",
			    from->name, to, words);
	free(words);
}

bool chain_move_allowed(const struct chain *chain, const char *from, const char *to,
			struct problems *problems)
{
	const struct stage *old = chain_stage(chain, from);
	/* A stage that chain.conf no longer knows binds nobody: from there one begins anew. */
	const char *const *moves = (const char *const *)(old == NULL ? chain->first : old->moves);
	for (const char *const *move = moves; *move != NULL; move++)
		if (strcmp(*move, to) == 0)
			return true;
	refuse_move(old, to, moves, problems);
	return false;
}
