/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * See mailproc.h. What the mailer says is read as if a stranger said it: it parses what servers
 * send. Anything that is not in mailproto.h ends it, and a new one is started.
 *
 * One timer serves all: before a restart it is the pause, while it starts and while it has a
 * batch it is the limit. How a dead one is reaped: its end of the pipe closes first, so that is
 * the sign; waitpid has it a moment later, at the latest when the next is started.
 */
#include "daemon/outbox/mailproc.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/base/clock.h"
#include "daemon/base/log.h"

#define START_LIMIT   30.0 /* seconds for hello and for ready: no network is touched there */
#define PAUSE_FIRST   0.1
#define PAUSE_MOST    30.0
#define REAP_PAUSE    0.05
#define STARTS_FAILED 5 /* in a row: some six seconds; then it is a fault of the installation */

struct mailproc {
	struct loop *loop;
	struct loop_timer *timer;
	const struct mailproc_events *events;
	void *arg;
	char *program;
	char *configure; /* the whole line */
	double limit;    /* seconds for one letter */

	enum mailer_state state;
	pid_t pid; /* until it is reaped, which may be a moment after it is down */
	struct bufferevent *pipe;
	bool greeted;
	bool reconfigure; /* when the batch is over */
	bool faulty;      /* there was a fault in this batch */
	int restarts;
	int starts_failed;
	double pause;

	int64_t *batch; /* ids without outcome */
	size_t left;
	int64_t told; /* whose outcome came last */
	bool noted;   /* it was said that it is safe: until then the next letter is held back */
};

extern char **environ;

const char *mailer_state_name(enum mailer_state state)
{
	switch (state) {
	case MAILER_DOWN:
		return "down";
	case MAILER_STARTING:
		return "starting";
	case MAILER_READY:
		return "ready";
	case MAILER_BUSY:
		return "busy";
	case MAILER_FAULTY:
		return "faulty";
	}
	return "?";
}

/* ---- what is written to it ---- */

/* At once where there is room: the mailer waits for most of it. The rest goes when there is. */
static void write_line(struct mailproc *mailproc, const char *line)
{
	size_t length = strlen(line);
	if (mailproc->pipe == NULL)
		return;
	ssize_t sent = 0;
	if (evbuffer_get_length(bufferevent_get_output(mailproc->pipe)) == 0)
		sent = send(bufferevent_getfd(mailproc->pipe), line, length,
			    MSG_DONTWAIT | MSG_NOSIGNAL);
	size_t done = sent > 0 ? (size_t)sent : 0;
	if (done < length)
		bufferevent_write(mailproc->pipe, line + done, length - done);
}

static void send_configure(struct mailproc *mailproc)
{
	mailproc->reconfigure = false;
	mailproc->state = MAILER_STARTING;
	loop_timer_set(mailproc->timer, START_LIMIT);
	write_line(mailproc, mailproc->configure);
}

/* ---- the end of one, the start of the next ---- */

static void reap(struct mailproc *mailproc, int flags)
{
	int status = 0;
	if (mailproc->pid == 0 || waitpid(mailproc->pid, &status, flags) == 0)
		return;
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		log_warning("mailer: process %d died of signal %d", (int)mailproc->pid,
			    WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		log_warning("mailer: process %d ended with status %d", (int)mailproc->pid,
			    WEXITSTATUS(status));
	mailproc->pid = 0;
}

static void end_batch(struct mailproc *mailproc, bool died)
{
	mailproc->left = 0;
	mailproc->events->batch_over(mailproc->arg, died && !mailproc->faulty && mailproc->noted);
	mailproc->faulty = false;
}

static void pause_before_start(struct mailproc *mailproc)
{
	loop_timer_set(mailproc->timer, mailproc->pause);
	mailproc->pause = mailproc->pause * 2 < PAUSE_MOST ? mailproc->pause * 2 : PAUSE_MOST;
	if (mailproc->starts_failed >= STARTS_FAILED)
		mailproc->events->fault(mailproc->arg, "start", "the mailer does not start", 0);
}

/* It is gone, or has to go. Its last outcomes were read before, if they were worth reading. */
static void mailer_gone(struct mailproc *mailproc, const char *reason)
{
	enum mailer_state was = mailproc->state;
	if (mailproc->starts_failed < STARTS_FAILED) /* then the fault has said it */
		log_warning("mailer: process %d: %s: started again in %.1f s", (int)mailproc->pid,
			    reason, mailproc->pause);
	bufferevent_free(mailproc->pipe);
	mailproc->pipe = NULL;
	kill(mailproc->pid, SIGKILL);
	reap(mailproc, WNOHANG);
	mailproc->state = MAILER_DOWN;
	mailproc->restarts++;
	mailproc->starts_failed += was == MAILER_STARTING ? 1 : 0;
	if (was == MAILER_BUSY)
		end_batch(mailproc, true);
	pause_before_start(mailproc);
}

/* Descriptor 0 is the pipe, 1 and 2 our standard error, and nothing else is open. Its own
 * process group: Ctrl-C is for the daemon, which then lets it end its letter. */
static int spawn(const char *program, int pipe_end, pid_t *ret_pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, defaults;
	char *const argv[] = { (char *)program, NULL };
	sigemptyset(&none);
	sigemptyset(&defaults);
	sigaddset(&defaults, SIGPIPE); /* ignored signals would stay ignored */
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, pipe_end, 0);
	posix_spawn_file_actions_adddup2(&files, 2, 1);
	posix_spawn_file_actions_addclosefrom_np(&files, 3);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
						  POSIX_SPAWN_SETPGROUP);
	int error = posix_spawn(ret_pid, program, &files, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return error;
}

static void on_read(struct bufferevent *pipe, void *arg);
static void on_end(struct bufferevent *pipe, short what, void *arg);

static int open_pipe(struct mailproc *mailproc)
{
	int ends[2];
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return errno;
	int error = spawn(mailproc->program, ends[1], &mailproc->pid);
	close(ends[1]);
	if (error == 0 && evutil_make_socket_nonblocking(ends[0]) == 0)
		mailproc->pipe = bufferevent_socket_new(loop_base(mailproc->loop), ends[0],
							BEV_OPT_CLOSE_ON_FREE);
	if (mailproc->pipe != NULL)
		return 0;
	close(ends[0]);
	if (error != 0)
		mailproc->pid = 0;
	else
		kill(mailproc->pid, SIGKILL);
	return error == 0 ? ENOMEM : error;
}

static void start(struct mailproc *mailproc)
{
	int error = open_pipe(mailproc);
	if (error != 0) {
		if (mailproc->starts_failed < STARTS_FAILED)
			log_error("mailer: %s cannot be started: %s", mailproc->program,
				  strerror(error));
		mailproc->restarts++;
		mailproc->starts_failed++;
		pause_before_start(mailproc);
		return;
	}
	mailproc->state = MAILER_STARTING;
	mailproc->greeted = false;
	mailproc->reconfigure = false;
	mailproc->faulty = false;
	bufferevent_setcb(mailproc->pipe, on_read, NULL, on_end, mailproc);
	bufferevent_setwatermark(mailproc->pipe, EV_READ, 0, MAIL_LINE_MOST + 4096);
	bufferevent_enable(mailproc->pipe, EV_READ | EV_WRITE);
	loop_timer_set(mailproc->timer, START_LIMIT);
}

/* ---- what it says: each returns NULL, or what is wrong with it ---- */

static const char *heard_hello(struct mailproc *mailproc, json_t *said)
{
	const char *name;
	int protocol;
	if (json_unpack_ex(said, NULL, JSON_STRICT, "{s:s, s:i}", "hello", &name, "protocol",
			   &protocol) != 0 ||
	    mailproc->state != MAILER_STARTING || mailproc->greeted)
		return "an unexpected hello";
	if (strcmp(name, "kedja-mailer") != 0 || protocol != MAIL_PROTOCOL)
		return "it speaks another protocol: kedjad and kedja-mailer must be of one version";
	mailproc->greeted = true;
	send_configure(mailproc);
	return NULL;
}

static const char *heard_ready(struct mailproc *mailproc, json_t *said)
{
	int ready;
	if (json_unpack_ex(said, NULL, JSON_STRICT, "{s:b}", "ready", &ready) != 0 || !ready ||
	    mailproc->state != MAILER_STARTING || !mailproc->greeted)
		return "an unexpected ready";
	mailproc->state = MAILER_READY;
	mailproc->starts_failed = 0;
	loop_timer_set(mailproc->timer, -1);
	if (mailproc->reconfigure)
		send_configure(mailproc);
	else
		mailproc->events->ready(mailproc->arg);
	return NULL;
}

static bool has_left(const struct mailproc *mailproc, int64_t message)
{
	for (size_t i = 0; i < mailproc->left; i++) {
		if (mailproc->batch[i] == message)
			return true;
	}
	return false;
}

static const char *heard_fault(struct mailproc *mailproc, json_t *said)
{
	const char *text, *kind;
	json_int_t message = 0;
	bool starting = mailproc->state == MAILER_STARTING && mailproc->greeted;
	if (json_unpack_ex(said, NULL, JSON_STRICT, "{s:s, s:s, s?:I}", "fault", &text, "kind",
			   &kind, "id", &message) != 0 ||
	    (message != 0 && !has_left(mailproc, message)) ||
	    (!starting && mailproc->state != MAILER_BUSY))
		return "an unexpected fault";
	if (starting) {
		mailproc->state = MAILER_FAULTY;
		mailproc->starts_failed = 0;
		loop_timer_set(mailproc->timer, -1);
	} else {
		mailproc->faulty = true;
		loop_timer_set(mailproc->timer, mailproc->limit);
	}
	if (starting && mailproc->reconfigure)
		send_configure(mailproc);
	else
		mailproc->events->fault(mailproc->arg, kind, text, message);
	return NULL;
}

static bool is_left(struct mailproc *mailproc, int64_t message)
{
	for (size_t i = 0; i < mailproc->left; i++) {
		if (mailproc->batch[i] == message) {
			memmove(mailproc->batch + i, mailproc->batch + i + 1,
				(mailproc->left - i - 1) * sizeof(mailproc->batch[0]));
			mailproc->left--;
			return true;
		}
	}
	return false;
}

static int outcome_parse(const char *name, enum mail_outcome *ret)
{
	static const char *const names[] = { "sent", "deferred", "refused", "unclear" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum mail_outcome)i;
			return 0;
		}
	}
	return -1;
}

static const char *heard_outcome(struct mailproc *mailproc, json_t *said)
{
	json_int_t message;
	const char *name, *text;
	int code;
	enum mail_outcome outcome;
	if (json_unpack_ex(said, NULL, JSON_STRICT, "{s:I, s:s, s:i, s:s}", "id", &message,
			   "outcome", &name, "code", &code, "text", &text) != 0 ||
	    outcome_parse(name, &outcome) != 0)
		return "an outcome that makes no sense";
	if (mailproc->state != MAILER_BUSY || !is_left(mailproc, message))
		return "an outcome of a letter that it does not have";
	loop_timer_set(mailproc->timer, mailproc->limit);
	mailproc->told = message;
	mailproc->noted = false;
	mailproc->events->outcome(mailproc->arg, message, outcome, code, text);
	return NULL;
}

static const char *heard_done(struct mailproc *mailproc, json_t *said)
{
	int done;
	if (json_unpack_ex(said, NULL, JSON_STRICT, "{s:b}", "done", &done) != 0 || !done ||
	    mailproc->state != MAILER_BUSY)
		return "an unexpected done";
	if (mailproc->left > 0 && !mailproc->faulty)
		return "a batch ended with letters left over";
	mailproc->state = mailproc->faulty ? MAILER_FAULTY : MAILER_READY;
	mailproc->pause = PAUSE_FIRST;
	loop_timer_set(mailproc->timer, -1);
	end_batch(mailproc, false);
	if (mailproc->reconfigure)
		send_configure(mailproc);
	return NULL;
}

static const struct {
	const char *key;
	const char *(*heard)(struct mailproc *mailproc, json_t *said);
} sayings[] = {
	{ "hello", heard_hello }, { "ready", heard_ready }, { "fault", heard_fault },
	{ "id", heard_outcome },  { "done", heard_done },
};

static const char *take_line(struct mailproc *mailproc, const char *line, size_t length)
{
	json_t *said =
	    length > MAIL_LINE_MOST ? NULL : json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	const char *wrong = "it talks nonsense";
	for (size_t i = 0; i < sizeof(sayings) / sizeof(sayings[0]); i++) {
		if (json_object_get(said, sayings[i].key) != NULL) {
			wrong = sayings[i].heard(mailproc, said);
			break;
		}
	}
	json_decref(said);
	return wrong;
}

static const char *take_lines(struct mailproc *mailproc, struct evbuffer *in)
{
	const char *wrong = NULL;
	char *line;
	size_t length;
	while (wrong == NULL && (line = evbuffer_readln(in, &length, EVBUFFER_EOL_LF)) != NULL) {
		wrong = take_line(mailproc, line, length);
		free(line);
	}
	if (wrong == NULL && evbuffer_get_length(in) > MAIL_LINE_MOST)
		wrong = "a line without end";
	return wrong;
}

/* What has come but was not read: outcomes are worth more than the one who told them. Waits
 * until `until` for more (0: not at all). True: its end of the pipe is closed. */
static bool drain(struct mailproc *mailproc, int64_t until_us)
{
	struct evbuffer *in = evbuffer_new();
	struct pollfd wait = { bufferevent_getfd(mailproc->pipe), POLLIN, 0 };
	bool closed = false;
	bufferevent_disable(mailproc->pipe, EV_READ | EV_WRITE);
	evbuffer_add_buffer(in, bufferevent_get_input(mailproc->pipe));
	while (take_lines(mailproc, in) == NULL) {
		int64_t ms = until_us == 0 ? 0 : (until_us - clock_monotonic_us()) / 1000;
		int ready = ms < 0 ? 0 : poll(&wait, 1, (int)ms);
		if (ready == 0 || (ready < 0 && errno != EINTR))
			break;
		if (ready > 0 && evbuffer_read(in, wait.fd, -1) <= 0) {
			closed = true;
			break;
		}
	}
	evbuffer_free(in);
	return closed;
}

/* ---- the loop's callbacks ---- */

static void on_read(struct bufferevent *pipe, void *arg)
{
	struct mailproc *mailproc = arg;
	const char *wrong = take_lines(mailproc, bufferevent_get_input(pipe));
	if (wrong != NULL)
		mailer_gone(mailproc, wrong);
}

static void on_end(struct bufferevent *pipe, short what, void *arg)
{
	struct mailproc *mailproc = arg;
	(void)pipe;
	(void)what; /* end of file, or a write that failed: there may be more to read */
	drain(mailproc, 0);
	mailer_gone(mailproc, "it has ended");
}

static void on_timer(void *arg)
{
	struct mailproc *mailproc = arg;
	switch (mailproc->state) {
	case MAILER_DOWN:
		reap(mailproc, WNOHANG);
		if (mailproc->pid == 0)
			start(mailproc);
		else
			loop_timer_set(mailproc->timer, REAP_PAUSE);
		break;
	case MAILER_STARTING:
		mailer_gone(mailproc, "it does not say that it is ready");
		break;
	case MAILER_BUSY:
		drain(mailproc, 0);
		mailer_gone(mailproc, "a letter took longer than delivery_limit");
		break;
	case MAILER_READY:
	case MAILER_FAULTY:
		break;
	}
}

/* ---- the promises of the header ---- */

struct mailproc *mailproc_new(struct loop *loop, const struct settings *settings,
			      const char *program, const struct mailproc_events *events, void *arg)
{
	struct mailproc *mailproc = xcalloc(1, sizeof(*mailproc));
	mailproc->loop = loop;
	mailproc->timer = loop_timer_new(loop, on_timer, mailproc);
	mailproc->events = events;
	mailproc->arg = arg;
	mailproc->program = xstrdup(program);
	mailproc->configure = mailproto_configure(settings);
	mailproc->limit = (double)settings->delivery_limit;
	mailproc->pause = PAUSE_FIRST;
	start(mailproc);
	return mailproc;
}

void mailproc_free(struct mailproc *mailproc)
{
	if (mailproc == NULL)
		return;
	if (mailproc->pipe != NULL)
		bufferevent_free(mailproc->pipe);
	if (mailproc->pid != 0)
		kill(mailproc->pid, SIGKILL);
	reap(mailproc, 0);
	loop_timer_free(mailproc->timer);
	free(mailproc->batch);
	free(mailproc->configure);
	free(mailproc->program);
	free(mailproc);
}

void mailproc_stop(struct mailproc *mailproc, double seconds)
{
	int64_t until = clock_monotonic_us() + (int64_t)(seconds * 1e6);
	bool at_work = mailproc->state == MAILER_BUSY;
	loop_timer_set(mailproc->timer, -1);
	if (mailproc->pipe == NULL)
		return;
	shutdown(bufferevent_getfd(mailproc->pipe), SHUT_WR);
	bool ended = drain(mailproc, at_work ? until : 0);
	bufferevent_free(mailproc->pipe);
	mailproc->pipe = NULL;
	bool busy = mailproc->state == MAILER_BUSY;
	mailproc->state = MAILER_DOWN;
	/* One that ends by itself has ended after a letter; one that is killed, perhaps within one.
	 */
	if (busy)
		end_batch(mailproc, !ended);
}

void mailproc_configure(struct mailproc *mailproc, const struct settings *settings)
{
	free(mailproc->configure);
	mailproc->configure = mailproto_configure(settings);
	mailproc->limit = (double)settings->delivery_limit;
	switch (mailproc->state) {
	case MAILER_READY:
	case MAILER_FAULTY:
		send_configure(mailproc);
		break;
	case MAILER_STARTING:
		mailproc->reconfigure =
		    mailproc->greeted; /* the answer to the old ones comes first */
		break;
	case MAILER_BUSY:
		mailproc->reconfigure = true;
		break;
	case MAILER_DOWN:
		break;
	}
}

void mailproc_try_again(struct mailproc *mailproc)
{
	if (mailproc->state == MAILER_FAULTY)
		send_configure(mailproc);
}

enum mailer_state mailproc_state(const struct mailproc *mailproc)
{
	return mailproc->state;
}

int mailproc_restarts(const struct mailproc *mailproc)
{
	return mailproc->restarts;
}

int mailproc_pid(const struct mailproc *mailproc)
{
	return mailproc->state == MAILER_DOWN ? 0 : (int)mailproc->pid;
}

static bool note_batch(struct mailproc *mailproc, const json_t *letters)
{
	size_t count = json_array_size(letters);
	mailproc->batch = xrealloc(mailproc->batch, count * sizeof(mailproc->batch[0]));
	mailproc->left = count;
	for (size_t i = 0; i < count; i++)
		mailproc->batch[i] =
		    json_integer_value(json_object_get(json_array_get(letters, i), "id"));
	return count > 0;
}

void mailproc_send(struct mailproc *mailproc, json_t *letters, bool doubt)
{
	json_t *batch = json_pack("{s:o}", "send", letters);
	if (doubt)
		json_object_set_new(batch, "doubt", json_true());
	char *line = batch == NULL ? NULL : json_dumps(batch, JSON_COMPACT);
	if (mailproc->state != MAILER_READY || line == NULL || !note_batch(mailproc, letters)) {
		end_batch(mailproc, false);
	} else {
		mailproc->state = MAILER_BUSY;
		mailproc->faulty = false;
		mailproc->noted = true;
		loop_timer_set(mailproc->timer, mailproc->limit);
		write_line(mailproc, line);
		write_line(mailproc, "\n");
	}
	free(line);
	json_decref(batch);
}

void mailproc_noted(struct mailproc *mailproc, int64_t message)
{
	char line[48];
	if (mailproc->state != MAILER_BUSY || message != mailproc->told)
		return;
	mailproc->noted = true;
	loop_timer_set(mailproc->timer, mailproc->limit); /* it could do nothing until now */
	snprintf(line, sizeof(line), "{\"noted\":%lld}\n", (long long)message);
	write_line(mailproc, line);
}
