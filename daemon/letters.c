/* See letters.h. */
#include "daemon/letters.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/due.h"
#include "daemon/letters_pile.h"
#include "daemon/log.h"
#include "daemon/people.h"

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
	*ret = (struct rendered){ xstrdup(""), xstrdup(""), NULL };
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
					       .html = rendered.html,
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
		if (letters->templates != NULL)
			pile_read_words(&pile, letters->core, id, arena);
		waits = write_to(letters, &person, &pile);
	} else {
		due_person_gone(letters->core, id);
	}
	pile_free(&pile);
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
