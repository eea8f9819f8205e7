/* SPDX-License-Identifier: EUPL-1.2 */
/* See letters.h. */
#include "daemon/letters/letters.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/letters/entries.h"
#include "daemon/letters/pile.h"
#include "daemon/letters/plain.h"
#include "daemon/letters/sections.h"
#include "daemon/people/people.h"
#include "daemon/plan/pass_on.h"
#include "daemon/store/meta.h"
#include "daemon/store/notice.h"

struct letters {
	const struct core *core;
	letters_add *add;
	void *arg;
	const struct templates *templates;
	bool look;      /* notices may wait that can go now */
	instant next;   /* of what waits for a slot */
	instant looked; /* when the last round was through */
	bool again;     /* something went to a person who was passed already in this round */
	char *reached;  /* the person that this round has come to; NULL: it begins */
	struct unbuilt unbuilt;
};

#define KEPT "unbuilt" /* in meta */

static void remember_unbuilt(struct letters *letters)
{
	char *text = store_meta_get(letters->core->db, KEPT);
	json_t *files = text == NULL ? NULL : json_loads(text, 0, NULL);
	for (size_t i = 0; i < json_array_size(files); i++) {
		const char *file = json_string_value(json_array_get(files, i));
		if (file != NULL)
			unbuilt_add(&letters->unbuilt, file);
	}
	unbuilt_forget_others(&letters->unbuilt, letters->templates);
	json_decref(files);
	free(text);
}

/* A turn_undo: memory knows more than the file. */
static void is_unkept(void *arg, const char *reason)
{
	struct letters *letters = arg;
	(void)reason;
	letters->unbuilt.changed = true;
}

static void keep_unbuilt(struct letters *letters)
{
	json_t *files = json_array();
	for (size_t i = 0; i < letters->unbuilt.count; i++)
		json_array_append_new(files, json_string(letters->unbuilt.files[i]));
	char *text = json_dumps(files, JSON_COMPACT);
	if (text != NULL)
		(void)store_meta_set(letters->core->db, KEPT, text);
	letters->unbuilt.changed = text == NULL;
	turn_after(letters->core->turn, NULL, is_unkept, letters);
	json_decref(files);
	free(text);
}

struct letters *letters_new(const struct core *core, letters_add *add, void *arg,
			    const struct templates *templates)
{
	struct letters *letters = xcalloc(1, sizeof(*letters));
	*letters = (struct letters){ .core = core,
				     .add = add,
				     .arg = arg,
				     .templates = templates,
				     .look = true,
				     .next = INSTANT_NEVER };
	if (templates != NULL)
		remember_unbuilt(letters);
	return letters;
}

void letters_free(struct letters *letters)
{
	if (letters == NULL)
		return;
	unbuilt_clear(&letters->unbuilt);
	free(letters->reached);
	free(letters);
}

void letters_use(struct letters *letters, const struct templates *templates)
{
	letters->templates = templates;
	if (templates != NULL)
		unbuilt_forget_others(&letters->unbuilt, templates);
	letters_wake(letters);
}

const struct unbuilt *letters_unbuilt(const struct letters *letters)
{
	return &letters->unbuilt;
}

void letters_wake(struct letters *letters)
{
	letters->look = true;
	free(letters->reached);
	letters->reached = NULL;
}

void letters_note_event(struct letters *letters, const struct event *event)
{
	if (event->kind->subject == SUBJECT_STAFF || strncmp(event->kind->name, "role.", 5) == 0)
		letters_wake(letters);
}

/* What goes into one letter. */
struct bundle {
	struct piece **pieces;
	size_t count;
	date digest_day;          /* DATE_NONE: it goes by itself */
	bool urgent;              /* all of it */
	struct enclosed enclosed; /* what goes along */
	const char *digest_of;    /* the subject that it is about alone, or NULL */
};

/* A letter that its templates do not give goes out all the same, at its hour. */
static void make(struct letters *letters, const struct letter *letter, struct rendered *ret)
{
	size_t before = letters->unbuilt.count;
	int made = letter_make(letters->templates, letter, &letters->unbuilt, ret);
	if (letters->unbuilt.changed)
		keep_unbuilt(letters);
	if (made == 0)
		return;
	if (letters->unbuilt.count > before)
		log_error(
		    "%s: no letter can be built from this template: letters go out in a plain "
		    "form; kedjactl templates preview shows what it says",
		    letters->unbuilt.files[letters->unbuilt.count - 1]);
	plain_render(letter, ret);
}

/* The letter's words, none without templates; and the number of each item in it. */
static void render(struct letters *letters, const struct person *person,
		   const struct bundle *bundle, const struct letter_item *items, size_t count,
		   size_t *ret_numbers, struct rendered *ret)
{
	char *ask;
	const struct settings *settings = letters->core->office->settings;
	struct letter letter = { .language = person->language,
				 .name = person->name,
				 .today = clock_today(letters->core->clock),
				 .minimal = strcmp(settings->content, "minimal") == 0,
				 .urgent = bundle->urgent,
				 .report_how = settings_report_how(settings, person->language),
				 .unit = settings->sender_name,
				 .items = items,
				 .count = count,
				 .sections = bundle->enclosed.sections,
				 .section_count = bundle->enclosed.section_count };
	letter.ask = ask = settings_administrator(settings);
	letter_numbers(&letter, ret_numbers);
	if (letters->templates != NULL)
		make(letters, &letter, ret);
	else
		*ret = (struct rendered){ xstrdup(""), xstrdup(""), NULL };
	free(ask);
}

/* Letters about one deadline make a thread: the Message-IDs of those that this person has had. */
static char *references_of(const struct core *core, const char *person, const struct bundle *bundle)
{
	char *all = NULL;
	struct query *q = db_query(
	    core->db, "SELECT DISTINCT m.message_id FROM notice n JOIN notice o"
		      " ON o.subject = n.subject AND o.rule = n.rule AND o.key = n.key"
		      " AND o.anchor = n.anchor AND o.occurrence = n.occurrence"
		      " JOIN message m ON m.id = o.message WHERE n.id = ?1 AND o.person = ?2"
		      " ORDER BY m.id DESC LIMIT 5");
	db_bind(q, DB_INT(bundle->pieces[0]->notice), DB_TEXT(person));
	while (db_next(q)) { /* the oldest first */
		char *longer =
		    all == NULL ? xstrdup(db_text(q, 0)) : xasprintf("%s %s", db_text(q, 0), all);
		free(all);
		all = longer;
	}
	db_done(q);
	return all;
}

/* The entries for the reader's calendar that the letter brings or takes away, as JSON; NULL: none.
 */
static char *entries_for(const struct core *core, const struct person *person,
			 const struct bundle *bundle)
{
	bool minimal = strcmp(core->office->settings->content, "minimal") == 0;
	json_t *entries = json_array();
	for (size_t i = 0; i < bundle->count; i++)
		entries_add(core, person, bundle->pieces[i], minimal, entries);
	sections_withdraw(core, person, &bundle->enclosed, entries);
	char *text = json_array_size(entries) == 0 ? NULL : json_dumps(entries, JSON_COMPACT);
	json_decref(entries);
	return text;
}

static int64_t add_letter(struct letters *letters, const struct person *person,
			  const struct bundle *bundle, const struct rendered *rendered, bool thread)
{
	char *calendar = entries_for(letters->core, person, bundle);
	char *references = thread ? references_of(letters->core, person->id, bundle) : NULL;
	struct new_message message = { .person = person->id,
				       .name = person->name,
				       .address = person->email,
				       .language = person->language,
				       .subject = rendered->subject,
				       .text = rendered->text,
				       .html = rendered->html,
				       .references = references,
				       .calendar = calendar,
				       .urgent = bundle->urgent,
				       .digest_day = bundle->digest_day,
				       .digest_of = bundle->digest_of };
	int64_t id = letters_send(letters, &message);
	if (calendar != NULL)
		entries_told(letters->core, person, id);
	free(references);
	free(calendar);
	return id;
}

static void write_letter(struct letters *letters, const struct person *person,
			 const struct bundle *bundle)
{
	struct letter_item *items = xcalloc(bundle->count + 1, sizeof(*items));
	size_t *places = xcalloc(bundle->count + 1, sizeof(*places)), used = 0;
	size_t *numbers = xcalloc(bundle->count + 1, sizeof(*numbers));
	for (size_t i = 0; i < bundle->count; i++) {
		if (i == 0 || !piece_is_same_deadline(bundle->pieces[i - 1], bundle->pieces[i]))
			items[used++] = bundle->pieces[i]->item;
		places[i] = used - 1;
	}
	struct rendered rendered;
	render(letters, person, bundle, items, used, numbers, &rendered);
	int64_t id = add_letter(letters, person, bundle, &rendered, used == 1);
	for (size_t i = 0; i < bundle->count; i++)
		notice_attach(letters->core, bundle->pieces[i]->notice, id, numbers[places[i]]);
	sections_told(letters->core, person, &bundle->enclosed, id);
	letter_clear(&rendered);
	free(numbers);
	free(places);
	free(items);
}

/* More than one letter can hold goes into further ones: the mailer takes none of over a MiB. */
static void write_letters(struct letters *letters, const struct person *person,
			  const struct bundle *bundle)
{
	for (size_t i = 0; i < bundle->count; i += LETTER_ITEMS_MOST) {
		struct bundle part = *bundle;
		part.pieces += i;
		part.count =
		    bundle->count - i < LETTER_ITEMS_MOST ? bundle->count - i : LETTER_ITEMS_MOST;
		part.digest_day = i == 0 ? bundle->digest_day : DATE_NONE;
		part.enclosed = i == 0 ? bundle->enclosed : (struct enclosed){ .section_count = 0 };
		write_letter(letters, person, &part);
	}
}

static bool had_digest(const struct core *core, const char *person, date today,
		       const char *digest_of)
{
	struct query *q = db_query(core->db, "SELECT 1 FROM message WHERE person = ?1"
					     " AND digest_day = ?2 AND digest_of = ?3");
	db_bind(q, DB_TEXT(person), DB_DATE(today), DB_TEXT(digest_of == NULL ? "" : digest_of));
	return db_found(q);
}

/* Is this an hour for letters of the day? */
static bool is_slot(const struct core *core)
{
	civil now = clock_now_civil(core->clock);
	return calendar_is_open_at(core->office->calendar, now) &&
	       civil_second(now) >= calendar_slot(core->office->calendar);
}

/* ---- which of what waits goes now ---- */

/* The days of the letter of the week: the last one that has come, and the next one. */
struct week {
	date last, next;
};

static date first_open_day(const struct calendar *calendar, date day)
{
	return civil_date(calendar_slot_at_or_after(calendar, civil_at(day, 0)));
}

static int weekly_day(const struct settings *settings)
{
	static const char *const days[] = { "mon", "tue", "wed", "thu", "fri" };
	for (int i = 0; i < 5; i++)
		if (strcmp(days[i], settings->weekly_day) == 0)
			return i + 1;
	return 1;
}

static struct week week_of(const struct core *core, date today)
{
	const struct calendar *calendar = core->office->calendar;
	date day = today - (date_weekday(today) - weekly_day(core->office->settings) + 7) % 7;
	struct week week = { first_open_day(calendar, day), first_open_day(calendar, day + 7) };
	if (week.last <= today)
		return week;
	/* closed since that weekday: the letter of this week is still to come */
	return (struct week){ first_open_day(calendar, day - 7), week.last };
}

static instant slot_on(const struct core *core, date day)
{
	return clock_from_civil(core->clock, civil_at(day, calendar_slot(core->office->calendar)));
}

/* Not urgent, not insisted on, in time, and due no sooner than the next letter of the week? What
 * was there when the last one should have gone, and did not, waits no longer. */
static bool waits_for_week(const struct core *core, const struct piece *piece,
			   const struct week *week, date today)
{
	return !piece->insists && !piece->catches_up && week->last != today &&
	       piece->at > slot_on(core, week->last) &&
	       (piece->item.due < today || piece->item.due >= week->next);
}

enum choice { GOES_NOW, GOES_ALONE, GOES_WITH_THE_DAY, WAITS_FOR_DAY, WAITS_FOR_WEEK };

static enum choice choose(const struct letters *letters, const struct person *person,
			  const struct piece *piece, const struct week *week)
{
	const struct core *core = letters->core;
	date today = clock_today(core->clock);
	bool by_case = strcmp(core->office->settings->grouping, "case") == 0;
	if (piece->urgent)
		return piece->item.is_protected ? GOES_ALONE : GOES_NOW;
	if (person->weekly && waits_for_week(core, piece, week, today))
		return WAITS_FOR_WEEK;
	if (!is_slot(core) ||
	    had_digest(core, person->id, today, by_case ? piece->item.subject : NULL))
		return WAITS_FOR_DAY;
	return piece->item.is_protected ? GOES_ALONE : GOES_WITH_THE_DAY;
}

/* Of the pieces with this choice those of one subject, or (NULL) all; taken out of the choices. */
static void gather(const struct pile *pile, enum choice *choices, enum choice wanted,
		   const char *subject, struct bundle *bundle)
{
	bundle->count = 0;
	for (size_t i = 0; i < pile->count; i++) {
		struct piece *piece = &pile->list[i];
		if (choices[i] != wanted ||
		    (subject != NULL && strcmp(piece->item.subject, subject) != 0))
			continue;
		bundle->pieces[bundle->count++] = piece;
		choices[i] = WAITS_FOR_DAY;
	}
}

/* What goes along with the letter of the day; by itself if there is none, or they are by case. */
static void read_sections(struct letters *letters, const struct person *person, struct arena *arena,
			  struct bundle *bundle)
{
	const struct core *core = letters->core;
	date today = clock_today(core->clock);
	if (!is_slot(core) || had_digest(core, person->id, today, NULL))
		return;
	bundle->enclosed = sections_read(core, person, arena);
}

static void write_sections(struct letters *letters, const struct person *person,
			   struct bundle *bundle)
{
	bundle->count = 0;
	bundle->digest_of = NULL;
	if (bundle->enclosed.section_count > 0)
		write_letter(letters, person, bundle);
	bundle->enclosed = (struct enclosed){ .section_count = 0 };
}

/* Letters of the day: one, or one for each subject. */
static void write_day(struct letters *letters, const struct person *person, struct pile *pile,
		      enum choice *choices, struct bundle *bundle)
{
	const struct core *core = letters->core;
	bool by_case = strcmp(core->office->settings->grouping, "case") == 0;
	bundle->digest_day = clock_today(core->clock);
	if (by_case)
		write_sections(letters, person, bundle);
	for (size_t i = 0; i < pile->count; i++) {
		if (choices[i] != GOES_WITH_THE_DAY)
			continue;
		bundle->digest_of = by_case ? pile->list[i].item.subject : NULL;
		gather(pile, choices, GOES_WITH_THE_DAY, bundle->digest_of, bundle);
		write_letters(letters, person, bundle);
		bundle->enclosed = (struct enclosed){ .section_count = 0 };
	}
	write_sections(letters, person, bundle);
}

static instant next_slot(const struct core *core)
{
	civil now = clock_now_civil(core->clock);
	return clock_from_civil(core->clock,
				calendar_slot_at_or_after(core->office->calendar, now + 1));
}

/* When the next letter can be made of what stays behind; INSTANT_NEVER: nothing does. */
static instant write_to(struct letters *letters, const struct person *person, struct pile *pile,
			struct arena *arena)
{
	const struct core *core = letters->core;
	struct week week = week_of(core, clock_today(core->clock));
	enum choice *choices = xcalloc(pile->count + 1, sizeof(*choices));
	struct bundle bundle = { .pieces = xcalloc(pile->count + 1, sizeof(*bundle.pieces)),
				 .digest_day = DATE_NONE };
	instant next = INSTANT_NEVER;
	for (size_t i = 0; i < pile->count; i++) {
		choices[i] = choose(letters, person, &pile->list[i], &week);
		instant until = choices[i] == WAITS_FOR_DAY    ? next_slot(core)
				: choices[i] == WAITS_FOR_WEEK ? slot_on(core, week.next)
							       : INSTANT_NEVER;
		next = until < next ? until : next;
	}
	gather(pile, choices, GOES_NOW, NULL, &bundle);
	bundle.urgent = true;
	write_letters(letters, person, &bundle);
	for (size_t i = 0; i < pile->count; i++) {
		bundle.pieces[0] = &pile->list[i];
		bundle.count = 1;
		bundle.urgent = pile->list[i].urgent;
		if (choices[i] == GOES_ALONE)
			write_letter(letters, person, &bundle);
	}
	bundle.urgent = false;
	read_sections(letters, person, arena, &bundle);
	if (enclosure_waits(core, person->id) && bundle.enclosed.section_count == 0 &&
	    next_slot(core) < next)
		next = next_slot(core);
	write_day(letters, person, pile, choices, &bundle);
	free(bundle.pieces);
	free(choices);
	return next;
}

/* A consent may have ended since; what may not be told to this person goes on to somebody else.
 * Returns whether that was so. */
static bool pass_on_barred(const struct core *core, const struct person *person,
			   const struct pile *pile)
{
	bool any = false;
	for (size_t i = 0; person->board != NULL && i < pile->count; i++) {
		const struct piece *piece = &pile->list[i];
		if (!piece->item.is_case ||
		    people_may_be_told(core, piece->item.subject, piece->programme, person->board))
			continue;
		pass_on_waiting(core, person->id, piece->item.subject, &pass_on_another_board);
		any = true;
	}
	return any;
}

static instant write_for(struct letters *letters, const char *id)
{
	struct arena *arena = arena_new();
	struct pile pile = { NULL, 0, 0 };
	struct person person;
	instant next = INSTANT_NEVER;
	if (people_get(letters->core, id, arena, &person)) {
		pile_read(&pile, letters->core, &person, arena);
		if (pass_on_barred(letters->core, &person, &pile)) {
			pile_free(&pile);
			pile_read(&pile, letters->core, &person, arena);
			letters->again = true;
		}
		if (letters->templates != NULL)
			pile_read_words(&pile, letters->core, &person, arena);
		next = write_to(letters, &person, &pile, arena);
	} else {
		pass_on_waiting(letters->core, id, NULL, &pass_on_gone);
		enclosure_person_gone(letters->core, id);
	}
	pile_free(&pile);
	arena_free(arena);
	return next;
}

/* The next person after `last` for whom something waits; the caller frees it. */
static char *next_person(const struct core *core, const char *last)
{
	struct query *q = db_query(
	    core->db,
	    "SELECT min(person) FROM (SELECT * FROM (SELECT person FROM notice"
	    "  WHERE state = 'queued' AND message IS NULL"
	    "  AND person >= ?1 AND person IS NOT ?2 ORDER BY person LIMIT 1)"
	    " UNION ALL SELECT * FROM (SELECT person FROM enclosure WHERE message IS NULL"
	    "  AND +day <= ?3 AND person >= ?1 AND person IS NOT ?2 ORDER BY person LIMIT 1))");
	db_bind(q, DB_TEXT(last == NULL ? "" : last), DB_TEXT(last),
		DB_DATE(clock_today(core->clock)));
	char *person = db_next(q) && !db_is_null(q, 0) ? xstrdup(db_text(q, 0)) : NULL;
	db_done(q);
	return person;
}

void letters_wake_at_slot(struct letters *letters)
{
	instant slot = next_slot(letters->core);
	letters->next = slot < letters->next ? slot : letters->next;
}

int64_t letters_send(struct letters *letters, const struct new_message *message)
{
	return letters->add(letters->arg, message);
}

bool letters_work(struct letters *letters)
{
	const struct core *core = letters->core;
	if (letters_next(letters) > clock_now(core->clock))
		return false;
	if (turn_begin(core->turn) != 0)
		return false;
	/* One round goes through all persons, over as many turns as it takes. */
	if (letters->reached == NULL)
		letters->next = INSTANT_NEVER;
	letters->look = true;
	while (turn_has_room(core->turn) && !db_failed(core->db)) {
		char *person = next_person(core, letters->reached);
		free(letters->reached);
		letters->reached = person;
		if (person == NULL) {
			letters->looked = clock_now(core->clock);
			letters->look = letters->again;
			letters->again = false;
			return letters->look;
		}
		instant next = write_for(letters, person);
		letters->next = next < letters->next ? next : letters->next;
	}
	return !db_failed(core->db);
}

instant letters_next(struct letters *letters)
{
	if (letters->look)
		return clock_now(letters->core->clock);
	instant now = clock_now(letters->core->clock);
	instant enclosed =
	    enclosure_next(letters->core, letters->looked < now ? letters->looked : now);
	return enclosed < letters->next ? enclosed : letters->next;
}
