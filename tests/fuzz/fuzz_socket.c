/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The socket with the whole daemon behind it but the mailer: a file with an office in it, all
 * methods but those that would send letters, and three connections on which anything may be said
 * in any pieces, ended, or left, while turns pass and some are lost. What must hold:
 *
 *   each line that comes back is one JSON text; what was asked on a connection by whole requests
 *   alone is answered once, in its order, unless the connection is gone; nothing is kept when all
 *   is over (LeakSanitizer); the file can be read all the same.
 *
 * An input is a row of steps: a byte that says what, and what it needs (see `step`).
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/base/log.h"
#include "daemon/kedjad/kedjad.h"
#include "daemon/methods/method.h"
#include "daemon/store/schema.h"
#include "tests/fuzz/fuzz.h"

#define SLOTS       3
#define METHODS     64
#define ASKED_MOST  400
#define FIRST_ID    1000000 /* what a fuzzer hardly hits upon */
#define PASSES_MOST 20000
#define MAILER      "/usr/bin/wc" /* reads on for as long as there is something to read */

static char folder[64], base[96], path[96];
static struct method methods[METHODS];
/* Read once: those in force at the end of an input are those of the next. */
static struct office *office;
static struct templates *templates;

struct slot {
	int descriptor; /* -1: none */
	bool is_clean;  /* only whole requests were sent, and all of them */
	bool has_ended;
	int64_t asked[ASKED_MOST];
	size_t asked_count, answered;
	char *heard;
	size_t length;
};

struct world {
	struct kedjad k;
	struct slot slots[SLOTS];
	int64_t next_id;
	bool may_go_on; /* what waits for it is answered */
	const uint8_t *data;
	size_t size;
};

static struct world *world;

/* --- two methods more --------------------------------------------------------------------------
 */

static bool must_wait(void *arg, const struct call *call)
{
	(void)arg;
	(void)call;
	return !world->may_go_on;
}

static json_t *then_true(void *arg, struct call *call)
{
	(void)arg;
	(void)call;
	return json_true();
}

/* Waits, having kept something. */
static json_t *do_wait(void *arg, struct call *call)
{
	(void)arg;
	world->may_go_on = false;
	call->state = xcalloc(1, 100);
	call->forget = free;
	call->wait = must_wait;
	call->handler = then_true;
	return RPC_WAITS;
}

/* The turn is lost: nothing of it is kept, as the commit finds out. */
static json_t *do_lose(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	(void)call;
	db_run(db_query(k->core.db, "ROLLBACK"));
	return json_true();
}

static const struct method more[] = {
	{ .name = "fuzz.wait", .takes_any_shape = true, .file = FILE_READ, .handler = do_wait },
	{ .name = "fuzz.wait_to_write",
	  .takes_any_shape = true,
	  .file = FILE_WRITTEN,
	  .handler = do_wait },
	{ .name = "fuzz.lose", .takes_any_shape = true, .file = FILE_WRITTEN, .handler = do_lose },
};

/* Or asks who it is that asks, which nobody here is. */
static bool sends_letters(const char *name)
{
	return strncmp(name, "access.", 7) == 0 || strncmp(name, "audit.", 6) == 0 ||
	       strcmp(name, "drill") == 0 || strcmp(name, "clock.set") == 0 ||
	       strcmp(name, "outbox.retry") == 0;
}

static void choose_methods(void)
{
	size_t count = 0;
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		methods[count++] = more[i];
	for (const struct method *method = method_table; method->name != NULL; method++)
		if (!sends_letters(method->name))
			methods[count++] = *method;
	require(count < METHODS);
}

/* --- the daemon --------------------------------------------------------------------------------
 */

static int64_t add_letter(void *arg, const struct new_message *message)
{
	return outbox_add(arg, message);
}

static void on_alarm(void *arg, bool was_set)
{
	(void)arg;
	(void)was_set;
}

static void begin_core(struct kedjad *k, struct db *db)
{
	struct problems problems = PROBLEMS_NONE;
	k->dir = "conf";
	office = office != NULL ? office : office_load(k->dir, &problems);
	require(office != NULL && db != NULL);
	templates = templates != NULL
			? templates
			: templates_load(office->settings->templates, office->ruleset, &problems);
	require(templates != NULL);
	k->core.office = office;
	k->templates = templates;
	k->core.db = db;
	k->core.turn = turn_new(db);
	k->core.clock = clock_new(calendar_zone(k->core.office->calendar));
	require(k->core.clock != NULL);
	/* a Sunday evening: no letter is made */
	require(
	    clock_set_virtual(k->core.clock,
			      clock_from_civil(k->core.clock, civil_at(date_from_ymd(2026, 3, 1),
								       22 * 3600))) == 0);
	k->planner = planner_new(&k->core, kedjad_fire, k);
}

static void begin(struct world *new_world)
{
	struct problems problems = PROBLEMS_NONE;
	struct kedjad *k = &new_world->k;
	world = new_world;
	world->next_id = FIRST_ID;
	world->may_go_on = true;
	begin_core(k, db_open_scratch(base, schema_migrations, schema_count, &problems));
	k->loop = loop_new();
	k->outbox = outbox_new(k->loop, k->core.turn, k->core.db, k->core.clock,
			       k->core.office->settings, MAILER, kedjad_letter_ended, k);
	k->letters = letters_new(&k->core, add_letter, k->outbox, k->templates);
	k->control = control_new(k->loop, path, methods, k, &problems);
	k->retry = loop_timer_new(k->loop, kedjad_on_retry, k);
	require(k->outbox != NULL && k->control != NULL);
	require(loop_on_alarm(k->loop, on_alarm, k) == 0);
	for (size_t i = 0; i < SLOTS; i++)
		world->slots[i].descriptor = -1;
}

static void end_core(struct kedjad *k)
{
	planner_free(k->planner);
	turn_free(k->core.turn);
	db_close(k->core.db);
	clock_free(k->core.clock);
	templates = k->templates;
	office = k->core.office;
}

static void end(void)
{
	struct kedjad *k = &world->k;
	control_free(k->control);
	kedjad_forget_goals(k);
	free(k->trouble);
	outbox_free(k->outbox);
	letters_free(k->letters);
	loop_timer_free(k->retry);
	loop_free(k->loop);
	end_core(k);
}

static bool one_pass(void *arg)
{
	struct kedjad *k = arg;
	bool more_to_do = kedjad_work(k);
	loop_stop(k->loop);
	return more_to_do;
}

static void pass(void)
{
	loop_run(world->k.loop, one_pass, &world->k);
}

/* --- the connections ---------------------------------------------------------------------------
 */

static void slot_close(struct slot *slot)
{
	if (slot->descriptor >= 0)
		close(slot->descriptor);
	free(slot->heard);
	*slot = (struct slot){ .descriptor = -1 };
}

static void slot_connect(struct slot *slot)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	slot_close(slot);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	slot->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	require(slot->descriptor >= 0);
	slot->is_clean = true;
	if (connect(slot->descriptor, (struct sockaddr *)&address, sizeof(address)) != 0)
		slot_close(slot);
}

static void slot_send(struct slot *slot, const char *bytes, size_t length)
{
	if (slot->descriptor < 0 || slot->has_ended)
		return;
	ssize_t sent = send(slot->descriptor, bytes, length, MSG_NOSIGNAL);
	if (sent != (ssize_t)length)
		slot->is_clean = false;
}

/* Each request of ours has a number of its own; they must come back in order. */
static void hear_answer(struct slot *slot, const json_t *answer)
{
	const json_t *id = json_object_get(answer, "id");
	require(json_is_object(answer) && id != NULL);
	require((json_object_get(answer, "error") == NULL) !=
		(json_object_get(answer, "result") == NULL));
	if (!slot->is_clean)
		return;
	require(slot->answered < slot->asked_count);
	require(json_integer_value(id) == slot->asked[slot->answered]);
	slot->answered++;
}

static void hear_line(struct slot *slot, const char *line, size_t length)
{
	json_t *json = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	require(json != NULL);
	if (json_is_object(json))
		hear_answer(slot, json);
	for (size_t i = 0; json_is_array(json) && i < json_array_size(json); i++)
		hear_answer(slot, json_array_get(json, i));
	json_decref(json);
}

static void slot_hear(struct slot *slot)
{
	char bytes[65536];
	ssize_t got = 0;
	while (slot->descriptor >= 0 &&
	       (got = recv(slot->descriptor, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0) {
		slot->heard = xrealloc(slot->heard, slot->length + (size_t)got);
		memcpy(slot->heard + slot->length, bytes, (size_t)got);
		slot->length += (size_t)got;
	}
	char *end, *line = slot->heard;
	while (line != NULL &&
	       (end = memchr(line, '\n', slot->length - (size_t)(line - slot->heard))) != NULL) {
		hear_line(slot, line, (size_t)(end - line));
		line = end + 1;
	}
	size_t taken = line == NULL ? 0 : (size_t)(line - slot->heard);
	if (taken > 0)
		memmove(slot->heard, line, slot->length - taken);
	slot->length -= taken;
	if (slot->descriptor < 0 || got != 0)
		return;
	require(!slot->is_clean || slot->answered == slot->asked_count);
	slot_close(slot); /* the daemon has closed it, when all was answered */
}

/* --- what is asked -----------------------------------------------------------------------------
 */

static const char *const parameters[] = {
	"{}",
	"{\"case\":\"K-1\"}",
	"{\"case\":\"norr\",\"after\":null}",
	"{\"programme\":\"norr\"}",
	"{\"check\":true}",
	"{\"for\":\"anna\",\"state\":\"all\"}",
	"{\"staff\":\"anna\"}",
	"{\"programme\":\"norr\",\"month\":\"2026-02\"}",
	"{\"year\":2026}",
	"{\"id\":1,\"reason\":\"r\"}",
	"{\"event\":7,\"reason\":\"r\"}",
	"{\"kind\":\"visit.made\",\"subject\":\"K-1\",\"at\":\"2026-02-20\"}",
	("[{\"kind\":\"visit.made\",\"subject\":\"K-1\",\"at\":\"2026-02-20\"},"
	 "{\"kind\":\"case.opened\",\"subject\":\"K-2\",\"at\":\"2026-02-01\",\"programme\":"
	 "\"norr\"}]"),
	("{\"programme\":\"norr\",\"payments\":[{\"source\":\"s\",\"like\":\"l-\","
	 "\"paid_on\":\"2026-02-01\",\"amount\":1}]}"),
	"[1,{}]",
};

static uint8_t take(void)
{
	if (world->size == 0)
		return 0;
	world->size--;
	return *world->data++;
}

/* One request; a notification where its number says so. */
static char *request(struct slot *slot)
{
	size_t count = 0;
	while (methods[count].name != NULL)
		count++;
	const char *method = methods[take() % count].name;
	uint8_t which = take();
	const char *params = parameters[which % (sizeof(parameters) / sizeof(parameters[0]))];
	if (which >= 240 || slot->asked_count == ASKED_MOST)
		return xasprintf("{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"params\":%s}", method,
				 params);
	slot->asked[slot->asked_count++] = world->next_id;
	return xasprintf("{\"jsonrpc\":\"2.0\",\"id\":%lld,\"method\":\"%s\",\"params\":%s}",
			 (long long)world->next_id++, method, params);
}

static void ask(struct slot *slot, size_t count)
{
	if (slot->descriptor < 0 || slot->has_ended)
		return;
	char *line = count == 1 ? request(slot) : xstrdup("[");
	for (size_t i = 0; count > 1 && i < count; i++) {
		char *one = request(slot),
		     *longer = xasprintf("%s%s%s", line, i == 0 ? "" : ",", one);
		free(one);
		free(line);
		line = longer;
	}
	char *whole = xasprintf("%s%s\n", line, count == 1 ? "" : "]");
	slot_send(slot, whole, strlen(whole));
	free(whole);
	free(line);
}

static void say_anything(struct slot *slot)
{
	size_t length = take();
	length = length < world->size ? length : world->size;
	slot->is_clean = false;
	slot_send(slot, (const char *)world->data, length);
	world->data += length;
	world->size -= length;
}

static void step(void)
{
	uint8_t what = take();
	struct slot *slot = &world->slots[what % SLOTS];
	switch (what / SLOTS % 10) {
	case 0:
		slot_connect(slot);
		return;
	case 1:
		slot_close(slot);
		return;
	case 2:
		say_anything(slot);
		return;
	case 3:
		if (slot->descriptor >= 0)
			shutdown(slot->descriptor, SHUT_WR);
		slot->has_ended = slot->descriptor >= 0;
		return;
	case 4:
		world->may_go_on = true;
		return;
	case 5:
		slot_hear(slot);
		return;
	case 6:
	case 7:
		ask(slot, 1);
		return;
	case 8:
		ask(slot, 2u + take() % 20);
		return;
	default: /* nine, of bytes that are no enum */
		pass();
	}
}

/* --- an input ----------------------------------------------------------------------------------
 */

static bool all_is_answered(void)
{
	bool all = true;
	for (size_t i = 0; i < SLOTS; i++) {
		struct slot *slot = &world->slots[i];
		slot_hear(slot);
		all = all && (slot->descriptor < 0 || !slot->is_clean ||
			      slot->answered == slot->asked_count);
	}
	return all;
}

/* Notifications count as nothing asked, and where half a line may stand nothing is waited for. */
static void hear_the_end(void)
{
	world->may_go_on = true;
	for (int i = 0; !all_is_answered(); i++) {
		require(i < PASSES_MOST);
		world->may_go_on = true;
		pass();
	}
}

static void record(struct kedjad *k, const char *json)
{
	json_error_t error;
	json_t *events = json_loads(json, 0, &error);
	struct call call = { .actor = "fuzz", .parameters = events, .changes = true };
	require(events != NULL && turn_begin(k->core.turn) == 0);
	json_t *result = method_event_record(k, &call);
	require(result != NULL);
	json_decref(result);
	json_decref(events);
	while (planner_work(k->planner))
		require(turn_end(k->core.turn) == 0);
	require(turn_end(k->core.turn) == 0);
}

/* The file that every input begins with. */
static void make_base(void)
{
	struct problems problems = PROBLEMS_NONE;
	struct kedjad k = { .dir = NULL };
	snprintf(folder, sizeof(folder), "/tmp/fuzz_socket.XXXXXX");
	require(mkdtemp(folder) != NULL);
	snprintf(base, sizeof(base), "%s/base.db", folder);
	snprintf(path, sizeof(path), "%s/control", folder);
	begin_core(&k, db_create(base, schema_migrations, schema_count, &problems));
	k.letters = letters_new(&k.core, add_letter, NULL, k.templates);
	record(&k, "[{\"kind\":\"staff.joined\",\"subject\":\"anna\",\"at\":\"2026-01-01\","
		   "\"name\":\"Anna\",\"email\":\"anna@example.org\"},"
		   "{\"kind\":\"programme.started\",\"subject\":\"norr\",\"at\":\"2026-01-01\","
		   "\"title\":\"Norr\"},"
		   "{\"kind\":\"role.assigned\",\"subject\":\"norr\",\"at\":\"2026-01-01\","
		   "\"role\":\"social_worker\",\"staff\":\"anna\"},"
		   "{\"kind\":\"case.opened\",\"subject\":\"K-1\",\"at\":\"2026-01-07\","
		   "\"programme\":\"norr\"},"
		   "{\"kind\":\"stage.entered\",\"subject\":\"K-1\",\"at\":\"2026-01-07\","
		   "\"stage\":\"training_flat\",\"mode\":\"move\"}]");
	letters_free(k.letters);
	end_core(&k);
}

static void forget_all(void)
{
	static const char *const ends[] = { "", "-wal", "-shm" };
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		char *file = xasprintf("%s%s", base, ends[i]);
		(void)unlink(file);
		free(file);
	}
	(void)rmdir(folder);
	templates_free(templates);
	office_free(office);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (base[0] == '\0') {
		log_open("fuzz_socket", LOG_LEVEL_ERROR);
		choose_methods();
		make_base();
		atexit(forget_all);
	}
	struct world now = { .data = data, .size = size };
	begin(&now);
	slot_connect(&now.slots[0]);
	while (now.size > 0)
		step();
	hear_the_end();
	for (size_t i = 0; i < SLOTS; i++)
		slot_close(&now.slots[i]);
	pass();
	require(db_number(db_query(now.k.core.db, "SELECT count(*) FROM event")) >= 5);
	end();
	return 0;
}
