/* See letters.h. */
#include "daemon/letters.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/due.h"
#include "daemon/log.h"
#include "daemon/people.h"
#include "daemon/store_event.h"

/* More in one letter nobody reads, and the mailer does not take letters of any size. */
#define ITEMS_MOST ((size_t)300)

struct letters {
	const struct core *core;
	letters_add *add;
	void *arg;
	const struct templates *templates;
	bool look;     /* notices may wait that can go now */
	instant next;  /* of what waits for a slot */
	char *reached; /* the person that this round has come to; NULL: it begins */
};

struct letters *letters_new(const struct core *core, letters_add *add, void *arg,
			    const struct templates *templates)
{
	struct letters *letters = xcalloc(1, sizeof(*letters));
	*letters = (struct letters){ core, add, arg, templates, true, INSTANT_NEVER, NULL };
	return letters;
}

void letters_free(struct letters *letters)
{
	if (letters == NULL)
		return;
	free(letters->reached);
	free(letters);
}

void letters_use(struct letters *letters, const struct templates *templates)
{
	letters->templates = templates;
}

void letters_wake(struct letters *letters)
{
	letters->look = true;
	free(letters->reached);
	letters->reached = NULL;
}

/* A notice with what its letter tells of it. */
struct piece {
	int64_t notice;
	struct letter_item item;
	bool urgent;
};

struct pile {
	struct piece *list;
	size_t count, capacity;
};

static date date_of(struct query *q, int column)
{
	date day = DATE_NONE;
	const char *text = db_text(q, column);
	return text != NULL && date_parse(text, &day) == 0 ? day : DATE_NONE;
}

#define WAITING                                                                                    \
	"SELECT n.id, n.subject, n.rule, n.key, n.anchor, n.occurrence, n.step, n.repetition, "    \
	"n.due,"                                                                                   \
	" n.missed, n.role, n.cc, n.urgent, n.why, n.anchor_event, s.type = 'case',"               \
	" coalesce(s.protected, 0), d.next_step, d.next_at"                                        \
	" FROM notice n LEFT JOIN subject s ON s.id = n.subject"                                   \
	" LEFT JOIN deadline d ON d.subject = n.subject AND d.rule = n.rule AND d.key = n.key"     \
	"  AND d.anchor = n.anchor AND d.occurrence = n.occurrence"

static const char *title_of_role(const struct core *core, const char *name)
{
	const struct role *role = chain_role(core->office->chain, name);
	return role == NULL ? name : role->title;
}

static void piece_set_rule(const struct core *core, struct piece *piece, struct arena *arena)
{
	const struct rule *rule = ruleset_find(core->office->ruleset, piece->item.rule);
	piece->item.title = arena_strdup(arena, rule == NULL ? piece->item.rule : rule->title);
}

static struct piece piece_from_row(const struct core *core, struct query *q, struct arena *arena)
{
	struct piece piece = { .notice = db_int(q, 0), .urgent = db_int(q, 12) != 0 };
	struct letter_item *item = &piece.item;
	item->subject = arena_strdup(arena, db_text(q, 1));
	item->rule = arena_strdup(arena, db_text(q, 2));
	item->key = arena_strdup(arena, db_text(q, 3));
	item->anchor = date_of(q, 4);
	item->step = arena_strdup(arena, db_text(q, 6));
	item->due = date_of(q, 8);
	item->missed = (int)db_int(q, 9);
	item->why_you = title_of_role(core, arena_strdup(arena, db_text(q, 10)));
	item->copy = db_int(q, 11) != 0;
	item->stands_in = arena_strdup(arena, db_text(q, 13));
	item->is_case = db_int(q, 15) != 0;
	item->is_protected = db_int(q, 16) != 0;
	item->next =
	    db_is_null(q, 18) ? DATE_NONE : civil_date(clock_to_civil(core->clock, db_int(q, 18)));
	item->next_to = arena_strdup(arena, db_text(q, 17)); /* the step; its roles come later */
	piece_set_rule(core, &piece, arena);
	return piece;
}

static void pile_add(struct pile *pile, struct piece piece)
{
	pile->list = array_grow(pile->list, pile->count, &pile->capacity, sizeof(*pile->list));
	pile->list[pile->count++] = piece;
}

static const char *append(struct arena *arena, const char *list, const char *more)
{
	return list == NULL ? arena_strdup(arena, more) : arena_printf(arena, "%s, %s", list, more);
}

/* The roles that the next step goes to, in words. */
static const char *roles_of_step(const struct core *core, const struct letter_item *item,
				 struct arena *arena)
{
	const struct rule *rule = ruleset_find(core->office->ruleset, item->rule);
	const char *list = NULL;
	for (size_t i = 0; rule != NULL && item->next_to != NULL && i < rule->step_count; i++) {
		const struct step *step = &rule->steps[i];
		if (strcmp(step->name, item->next_to) != 0)
			continue;
		for (size_t j = 0; j < step->to_count + step->cc_count; j++) {
			const struct addressee *to =
			    j < step->to_count ? &step->to[j] : &step->cc[j - step->to_count];
			list =
			    append(arena, list, to->role == NULL ? item->why_you : to->role->title);
		}
	}
	return list;
}

/* Who else was told of the same step. */
static const char *others_told(const struct core *core, const struct piece *piece,
			       const char *person, struct arena *arena)
{
	const char *list = NULL;
	struct query *q = db_query(
	    core->db, "SELECT DISTINCT coalesce(p.name, o.person), o.role FROM notice n"
		      " JOIN notice o ON o.subject = n.subject AND o.rule = n.rule"
		      "  AND o.key = n.key AND o.anchor = n.anchor"
		      "  AND o.occurrence = n.occurrence AND o.step = n.step"
		      "  AND o.repetition = n.repetition AND o.person <> ?2"
		      "  AND o.person <> '' AND o.state IN ('queued', 'sent')"
		      " LEFT JOIN staff p ON p.id = o.person WHERE n.id = ?1 ORDER BY o.id");
	db_bind_int(q, 1, piece->notice);
	db_bind_text(q, 2, person);
	while (db_next(q))
		list = append(arena, list,
			      arena_printf(arena, "%s (%s)", db_text(q, 0),
					   title_of_role(core, db_text(q, 1))));
	db_done(q);
	return list;
}

static const char *anchor_label(const struct core *core, int64_t notice, struct arena *arena)
{
	const char *label = NULL;
	struct query *q = db_query(core->db, "SELECT e.kind FROM notice n JOIN event e"
					     " ON e.id = n.anchor_event WHERE n.id = ?1");
	db_bind_int(q, 1, notice);
	if (db_next(q)) {
		const struct kind *kind = chain_kind(core->office->chain, db_text(q, 0));
		label = kind == NULL ? NULL : kind->label;
	}
	db_done(q);
	return label == NULL ? "" : arena_strdup(arena, label);
}

/* Does a rule look at how many of the cases' deadlines are overdue? Its letter then tells which. */
static bool is_oversight(const struct core *core, const struct letter_item *item)
{
	const struct rule *rule = ruleset_find(core->office->ruleset, item->rule);
	const int *slots;
	size_t count = rule == NULL || rule->if_ == NULL ? 0 : condition_slots(rule->if_, &slots);
	int overdue = facts_find(SUBJECT_PROGRAMME, "overdue_deadlines");
	for (size_t i = 0; !item->is_case && i < count; i++)
		if (slots[i] == overdue)
			return true;
	return false;
}

/* "Hyra inte registrerad 3 (Bo Ek 2, Siv Ask 1); ...": who of those responsible has what. */
static const char *overdue_by_rule(const struct core *core, const char *programme,
				   struct arena *arena)
{
	char today[DATE_TEXT_SIZE];
	const char *all = NULL, *persons = NULL;
	char *last = NULL;
	int64_t of_rule = 0;
	struct query *q = db_query(
	    core->db, "SELECT rule, who, count(*) FROM (SELECT d.rule AS rule,"
		      "  coalesce((SELECT p.name FROM role r JOIN staff p ON p.id = r.staff"
		      "   WHERE r.subject = d.subject AND r.role = 'social_worker'"
		      "   ORDER BY p.id LIMIT 1), '-') AS who"
		      "  FROM deadline d JOIN subject c ON c.id = d.subject WHERE d.state = 'open'"
		      "  AND d.due < ?2 AND c.programme = ?1)"
		      " GROUP BY rule, who ORDER BY rule, who");
	db_bind_text(q, 1, programme);
	db_bind_text(q, 2, date_format(civil_date(clock_now_civil(core->clock)), today));
	bool more = db_next(q);
	while (more) {
		const struct rule *rule = ruleset_find(core->office->ruleset, db_text(q, 0));
		const char *title = arena_strdup(arena, rule == NULL ? db_text(q, 0) : rule->title);
		free(last);
		last = xstrdup(db_text(q, 0));
		of_rule += db_int(q, 2);
		persons =
		    append(arena, persons,
			   arena_printf(arena, "%s %lld", db_text(q, 1), (long long)db_int(q, 2)));
		more = db_next(q);
		if (more && strcmp(db_text(q, 0), last) == 0)
			continue;
		const char *row =
		    arena_printf(arena, "%s %lld (%s)", title, (long long)of_rule, persons);
		all = all == NULL ? row : arena_printf(arena, "%s; %s", all, row);
		persons = NULL;
		of_rule = 0;
	}
	db_done(q);
	free(last);
	return all;
}

static void pile_read(struct pile *pile, const struct core *core, const char *person,
		      struct arena *arena)
{
	struct query *q = db_query(core->db, WAITING
				   " WHERE n.state = 'queued' AND n.message IS NULL"
				   " AND n.person = ?1 ORDER BY n.due, n.subject, n.rule, n.id");
	db_bind_text(q, 1, person);
	while (db_next(q))
		pile_add(pile, piece_from_row(core, q, arena));
	db_done(q);
	for (size_t i = 0; i < pile->count; i++) {
		struct piece *piece = &pile->list[i];
		piece->item.next_to = roles_of_step(core, &piece->item, arena);
		piece->item.others = others_told(core, piece, person, arena);
		piece->item.anchor_label = anchor_label(core, piece->notice, arena);
		if (is_oversight(core, &piece->item))
			piece->item.overdue = overdue_by_rule(core, piece->item.subject, arena);
	}
}

static void attach(const struct core *core, int64_t notice, int64_t message)
{
	struct query *q = db_query(core->db, "UPDATE notice SET message = ?2 WHERE id = ?1");
	db_bind_int(q, 1, notice);
	db_bind_int(q, 2, message);
	db_run(q);
}

/* Two notices of one deadline are one item: the later step says all that the earlier one did. */
static bool is_same_matter(const struct letter_item *a, const struct letter_item *b)
{
	return a->anchor == b->anchor && a->due == b->due && strcmp(a->subject, b->subject) == 0 &&
	       strcmp(a->rule, b->rule) == 0 && strcmp(a->key, b->key) == 0;
}

/* The letter's words; none without templates. 0 or -1. */
static int render(const struct letters *letters, const struct person *person,
		  const struct letter_item *items, size_t count, struct rendered *ret)
{
	const struct settings *settings = letters->core->office->settings;
	struct letter letter = { .language = person->language,
				 .name = person->name,
				 .today = civil_date(clock_now_civil(letters->core->clock)),
				 .minimal = strcmp(settings->content, "minimal") == 0,
				 .report_how = settings->report_how,
				 .unit = settings->sender_name,
				 .items = items,
				 .count = count };
	if (letters->templates != NULL)
		return letter_render(letters->templates, &letter, ret);
	*ret = (struct rendered){ .subject = xstrdup(""), .text = xstrdup("") };
	return 0;
}

static void write_letter(struct letters *letters, const struct person *person,
			 struct piece *const *pieces, size_t count, date digest_day)
{
	struct letter_item *items = xcalloc(count, sizeof(*items));
	size_t used = 0;
	for (size_t i = 0; i < count; i++) {
		if (used > 0 && is_same_matter(&items[used - 1], &pieces[i]->item))
			items[used - 1] = pieces[i]->item;
		else
			items[used++] = pieces[i]->item;
	}
	struct rendered rendered;
	if (render(letters, person, items, used, &rendered) == 0) {
		struct new_message message = { .person = person->id,
					       .name = person->name,
					       .address = person->email,
					       .language = person->language,
					       .subject = rendered.subject,
					       .text = rendered.text,
					       .digest_day = digest_day };
		int64_t id = letters->add(letters->arg, &message);
		for (size_t i = 0; i < count; i++)
			attach(letters->core, pieces[i]->notice, id);
		letter_clear(&rendered);
	} else {
		log_error("a letter of %zu items could not be written", used);
	}
	free(items);
}

static bool had_digest(const struct core *core, const char *person, date today)
{
	char text[DATE_TEXT_SIZE];
	struct query *q = db_query(core->db, "SELECT 1 FROM message WHERE person = ?1"
					     " AND digest_day = ?2");
	db_bind_text(q, 1, person);
	db_bind_text(q, 2, date_format(today, text));
	bool had = db_next(q);
	db_done(q);
	return had;
}

/* May the day's letter to this person be made now? */
static bool digest_can_go(const struct core *core, const char *person)
{
	civil now = clock_now_civil(core->clock);
	return calendar_is_open_at(core->office->calendar, now) &&
	       civil_second(now) >= calendar_slot(core->office->calendar) &&
	       !had_digest(core, person, civil_date(now));
}

/* Returns whether something stays behind for a later slot. */
static bool write_to(struct letters *letters, const struct person *person, struct pile *pile)
{
	const struct core *core = letters->core;
	bool digest = digest_can_go(core, person->id);
	struct piece **together = xcalloc(pile->count, sizeof(*together));
	size_t count = 0;
	bool waits = false;
	for (size_t i = 0; i < pile->count; i++) {
		struct piece *piece = &pile->list[i];
		if (piece->urgent || (digest && piece->item.is_protected))
			write_letter(letters, person, &piece, 1, DATE_NONE);
		else if (digest)
			together[count++] = piece;
		else
			waits = true;
	}
	date today = civil_date(clock_now_civil(core->clock));
	for (size_t i = 0; i < count; i += ITEMS_MOST) /* after a flood was released: several */
		write_letter(letters, person, together + i,
			     count - i < ITEMS_MOST ? count - i : ITEMS_MOST,
			     i == 0 ? today : DATE_NONE);
	free(together);
	return waits;
}

static bool write_for(struct letters *letters, const char *id)
{
	struct arena *arena = arena_new();
	struct pile pile = { NULL, 0, 0 };
	struct person person;
	bool waits = false;
	if (people_get(letters->core, id, arena, &person)) {
		pile_read(&pile, letters->core, id, arena);
		waits = write_to(letters, &person, &pile);
	} else {
		due_person_gone(letters->core, id);
	}
	free(pile.list);
	arena_free(arena);
	return waits;
}

/* The next person after `last` for whom something waits; the caller frees it. */
static char *next_person(const struct core *core, const char *last)
{
	struct query *q = db_query(
	    core->db, "SELECT person FROM notice WHERE state = 'queued' AND message IS NULL"
		      " AND (?1 IS NULL OR person > ?1) ORDER BY person LIMIT 1");
	db_bind_text(q, 1, last);
	char *person = db_next(q) ? xstrdup(db_text(q, 0)) : NULL;
	db_done(q);
	return person;
}

static instant next_slot(const struct core *core)
{
	civil now = clock_now_civil(core->clock);
	return clock_from_civil(core->clock,
				calendar_slot_at_or_after(core->office->calendar, now + 1));
}

void letters_wake_at_slot(struct letters *letters)
{
	instant slot = next_slot(letters->core);
	letters->next = slot < letters->next ? slot : letters->next;
}

/* One round goes through all persons, over as many turns as it takes. */
static void begin_round(struct letters *letters)
{
	if (letters->reached == NULL)
		letters->next = INSTANT_NEVER;
	letters->look = true;
}

bool letters_work(struct letters *letters)
{
	const struct core *core = letters->core;
	if (!letters->look && letters->next > clock_now(core->clock))
		return false;
	if (turn_begin(core->turn) != 0)
		return false;
	begin_round(letters);
	while (turn_has_room(core->turn) && !db_failed(core->db)) {
		char *person = next_person(core, letters->reached);
		free(letters->reached);
		letters->reached = person;
		if (person == NULL) {
			letters->look = false;
			return false;
		}
		if (write_for(letters, person))
			letters->next = next_slot(core);
	}
	return !db_failed(core->db);
}

instant letters_next(struct letters *letters)
{
	return letters->look ? clock_now(letters->core->clock) : letters->next;
}
