/* SPDX-License-Identifier: EUPL-1.2 */
/* See audience.h. */
#include "rules/plan/audience.h"

struct listing {
	const struct care *care;
	const struct role **field_roles; /* NULL: none are known */
	struct named *list;
	size_t count;
	bool took_over; /* a role that may be held on a case was named */
};

static void list_add(struct listing *listing, const struct role *role, bool copy,
		     const struct care *care)
{
	listing->list[listing->count++] = (struct named){ role, copy, false, care };
}

/* Whoever is to look after such cases, save the manager: others look after the manager's part. */
static bool cares_for(const struct care *care, const struct role *role)
{
	for (size_t i = 0; care != NULL && i < care->count; i++)
		if (care->roles[i] == role)
			return role != care->copy;
	return false;
}

static void list_addressee(struct listing *listing, const struct addressee *who, bool copy)
{
	const struct role *role = who->role;
	if (role == NULL && listing->field_roles != NULL)
		role = listing->field_roles[who->field];
	if (listing->care != NULL && role != NULL && role->on_case) {
		listing->took_over = true;
		role = listing->care->roles[0];
	}
	list_add(listing, role, copy, cares_for(listing->care, role) ? listing->care : NULL);
}

static void list_step(struct listing *listing, const struct step *step)
{
	for (size_t i = 0; i < step->to_count; i++)
		list_addressee(listing, &step->to[i], false);
	for (size_t i = 0; i < step->cc_count; i++)
		list_addressee(listing, &step->cc[i], true);
	if (listing->took_over && listing->care->copy != NULL)
		list_add(listing, listing->care->copy, true, listing->care);
}

size_t audience_most(const struct rule *rule, const struct step *step)
{
	return step->to_count + step->cc_count + 1 + rule->also_count;
}

size_t audience_of(const struct deadline *deadline, const struct step *step, struct arena *arena,
		   struct named **ret)
{
	const struct rule *rule = deadline->rule;
	size_t most = audience_most(rule, step);
	struct listing listing = { .care = deadline->care,
				   .field_roles = deadline->field_roles,
				   .list = arena_alloc(arena, most * sizeof(struct named)) };
	list_step(&listing, step);
	for (size_t i = 0; deadline->also && i < rule->also_count; i++)
		listing.list[listing.count++] = (struct named){ rule->also[i], false, true, NULL };
	*ret = listing.list;
	return listing.count;
}

bool audience_names(const struct deadline *deadline, const struct role *role)
{
	struct arena *arena = arena_new();
	bool found = false;
	for (size_t i = 0; i < deadline->rule->step_count && !found; i++) {
		struct named *list;
		size_t count = audience_of(deadline, &deadline->rule->steps[i], arena, &list);
		for (size_t j = 0; j < count; j++)
			found = found || list[j].role == role;
	}
	arena_free(arena);
	return found;
}

struct named audience_role(const struct deadline *deadline, const struct step *step,
			   const struct role *role, struct arena *arena)
{
	const struct rule *rule = deadline->rule;
	struct named *list, other = { .role = role };
	size_t count = audience_of(deadline, step, arena, &list);
	for (size_t i = 0; i < count; i++)
		if (list[i].role == role && !list[i].quiet)
			return list[i];
	for (size_t i = 0; i < rule->also_count; i++)
		other.quiet = other.quiet || rule->also[i] == role;
	return other;
}

size_t audience_of_step(const struct step *step, const struct care *care, struct arena *arena,
			struct named **ret)
{
	size_t most = step->to_count + step->cc_count + 1;
	struct listing listing = { .care = care,
				   .list = arena_alloc(arena, most * sizeof(struct named)) };
	list_step(&listing, step);
	*ret = listing.list;
	return listing.count;
}

const struct role **audience_field_roles(const struct rule *rule, const struct event *event,
					 const struct chain *chain, struct arena *arena)
{
	if (rule->role_field_count == 0 || event == NULL)
		return NULL;
	const struct role **roles = arena_alloc(arena, rule->role_field_count * sizeof(*roles));
	for (size_t i = 0; i < rule->role_field_count; i++) {
		struct value value = event_value(event, rule->role_fields[i]);
		if (value.type == VALUE_TEXT)
			roles[i] = chain_role(chain, value.text);
	}
	return roles;
}
