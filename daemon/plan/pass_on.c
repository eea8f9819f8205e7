/* SPDX-License-Identifier: EUPL-1.2 */
/* See pass_on.h. */
#include "daemon/plan/pass_on.h"

#include <string.h>

#include "daemon/store/notice.h"

const struct failure pass_on_refused = {
	"the letter was refused",
	"Brevet till den ansvariga kom tillbaka, därför får du det.",
	"The letter to the person responsible came back.",
};

const struct failure pass_on_given_up = {
	"the letter could not be delivered and was given up",
	"Brevet till den ansvariga kunde inte lämnas fram, därför får du det.",
	"The letter to the person responsible could not be delivered.",
};

const struct failure pass_on_gone = {
	"nobody of that name has an address any more",
	"Den ansvariga arbetar inte kvar, därför får du det.",
	"The person responsible no longer works here.",
};

/* Which board it is would tell where the case is known: it is not said. */
const struct failure pass_on_another_board = {
	"the recipient belongs to another board, and there is no consent",
	"Den som skulle ha fått påminnelsen hör till en annan nämnd och det finns inget samtycke, "
	"därför får du den.",
	"The one who should have got it belongs to another board and there is no consent, so it "
	"comes to you.",
};

const char *failure_words(const struct failure *failure, const struct person *reader)
{
	return strcmp(reader->language, "en") == 0 ? failure->en : failure->sv;
}

enum tried { NOT_TRIED, TRIED_IN_VAIN, KNOWS };

/* What became of a notice of the same step and role to this person. */
static enum tried was_tried(const struct core *core, int64_t notice, const char *person)
{
	enum tried tried = NOT_TRIED;
	struct query *q = db_query(
	    core->db, "SELECT max(o.state IN ('queued', 'sent')) FROM notice n JOIN notice o"
		      " ON o.subject = n.subject AND o.rule = n.rule AND o.key = n.key"
		      " AND o.anchor = n.anchor AND o.occurrence = n.occurrence"
		      " AND o.step = n.step AND o.repetition = n.repetition AND o.back IS n.back"
		      " AND o.role = n.role WHERE n.id = ?1 AND o.person = ?2");
	db_bind(q, DB_INT(notice), DB_TEXT(person));
	if (db_next(q) && !db_is_null(q, 0))
		tried = db_int(q, 0) != 0 ? KNOWS : TRIED_IN_VAIN;
	db_done(q);
	return tried;
}

/* How many of these know of it now; nobody is told in vain a second time. */
static size_t pass_on_to(const struct core *core, int64_t notice, const struct person *others,
			 size_t count, const struct failure *failure)
{
	size_t know = 0;
	for (size_t i = 0; i < count; i++) {
		enum tried tried = was_tried(core, notice, others[i].id);
		if (tried == NOT_TRIED)
			(void)notice_copy(core, notice, others[i].id,
					  people_fallback_role(&others[i]),
					  failure_words(failure, &others[i]));
		if (tried != TRIED_IN_VAIN)
			know++;
	}
	return know;
}

static void pass_on_one(const struct core *core, const struct undelivered *one,
			const struct failure *failure, struct arena *arena)
{
	struct person *others;
	size_t count = people_fallback(core, one->subject, one->programme, "", arena, &others);
	if (pass_on_to(core, one->notice, others, count, failure) > 0)
		return;
	count = people_fallback(core, one->subject, NULL, "", arena, &others);
	(void)pass_on_to(core, one->notice, others, count, failure);
}

static void pass_on_all(const struct core *core, const struct undelivered *list, size_t count,
			const struct failure *failure, struct arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		struct notice_change unreachable = { .notice = list[i].notice,
						     .was = NOTICE_QUEUED,
						     .state = NOTICE_UNREACHABLE,
						     .reason = failure->reason,
						     .why = failure->reason };
		if (notice_change(core, &unreachable))
			pass_on_one(core, &list[i], failure, arena);
	}
}

void pass_on_letter(const struct core *core, int64_t message, const struct failure *failure)
{
	struct arena *arena = arena_new();
	struct undelivered *list;
	size_t count = notice_in_letter(core, message, arena, &list);
	pass_on_all(core, list, count, failure, arena);
	arena_free(arena);
}

void pass_on_waiting(const struct core *core, const char *person, const char *subject,
		     const struct failure *failure)
{
	struct arena *arena = arena_new();
	struct undelivered *list;
	size_t count = notice_waiting_for(core, person, subject, arena, &list);
	pass_on_all(core, list, count, failure, arena);
	arena_free(arena);
}
