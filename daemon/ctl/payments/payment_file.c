/* SPDX-License-Identifier: EUPL-1.2 */
/* See payment_file.h. */
#include "daemon/ctl/payments/payment_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/base/file.h"
#include "daemon/conf/settings.h"
#include "daemon/ctl/buffer.h"
#include "daemon/ctl/encoding.h"
#include "daemon/ctl/payments/bgmax.h"
#include "daemon/ctl/payments/camt.h"
#include "daemon/ctl/payments/payments_csv.h"
#include "daemon/ctl/show.h"
#include "rules/kinds/kind.h"

static int read_bytes(const char *path, struct buffer *text, struct problems *problems)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int error = fd < 0 ? errno : buffer_read_all(text, fd, PAYMENT_FILE_MOST);
	if (fd >= 0)
		close(fd);
	if (error == 0)
		return 0;
	if (error == EFBIG)
		problem_add(problems, path, 0,
			    "is larger than 64 MiB: no bank sends that in a file");
	else
		problem_add(problems, path, 0, "cannot be read: %s", strerror(error));
	buffer_clear(text);
	return -1;
}

/* What a bank's file says of its letters, or must be, its parser knows; but none of them looks for
 * two bytes in each. */
static int from_utf16(struct buffer *text, const char *path, struct problems *problems)
{
	size_t length;
	char *made;
	if (!encoding_is_utf16(text->bytes, text->length))
		return 0;
	if (encoding_to_utf8(text->bytes, text->length, path, &length, &made, problems) == NULL)
		return -1;
	buffer_clear(text);
	buffer_add(text, made, length);
	free(made);
	return 0;
}

/* NULL where there is no kedja.conf: then every setting has its default. */
static struct settings *read_settings(const char *conf, struct problems *problems)
{
	char *path = xasprintf("%s/kedja.conf", conf);
	struct settings *settings = NULL;
	if (access(path, F_OK) == 0) {
		size_t length;
		char *text = file_read(path, &length, problems);
		if (text != NULL)
			settings = settings_parse(text, length, path, problems);
		free(text);
	}
	free(path);
	return settings;
}

static struct payment_columns columns_of(const struct settings *settings)
{
	if (settings == NULL)
		return (struct payment_columns){ "avtal", "forfallodag", "betald_ore", "betaldag",
						 "",      false };
	return (struct payment_columns){ .reference = settings->payments_reference,
					 .month = settings->payments_month,
					 .amount = settings->payments_amount,
					 .paid_on = settings->payments_paid_on,
					 .id = settings->payments_id,
					 .in_kronor =
					     strcmp(settings->payments_unit, "kronor") == 0 };
}

static const char *find_format(const struct buffer *text, const struct payment_columns *columns)
{
	if (camt_is(text->bytes, text->length))
		return "camt054";
	if (bgmax_is(text->bytes, text->length))
		return "bgmax";
	return payments_csv_is(text->bytes, text->length, columns) ? "csv" : NULL;
}

/* What the event tells of the file is its name only, and not even that if it tells too much. */
static char *name_of(const char *path, enum payment_format format)
{
	struct problems problems = PROBLEMS_NONE;
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	bool good = text_check(name, "file", &problems);
	problems_clear(&problems);
	return xstrdup(good ? name : payment_format_name(format));
}

static void parse(const struct payment_input *input, const struct payment_columns *columns,
		  struct payment_list *list, struct problems *problems)
{
	switch (list->format) {
	case PAYMENT_CAMT054:
		camt_read(input, list, problems);
		return;
	case PAYMENT_BGMAX:
		bgmax_read(input, list, problems);
		return;
	case PAYMENT_CSV:
		payments_csv_read(input, columns, list, problems);
		return;
	}
}

static enum payment_format format_named(const char *name)
{
	for (enum payment_format format = PAYMENT_CAMT054; format < PAYMENT_CSV; format++)
		if (strcmp(payment_format_name(format), name) == 0)
			return format;
	return PAYMENT_CSV;
}

static void read_text(const struct buffer *text, const char *format, const char *conf,
		      struct payment_input *input, struct payment_file *ret,
		      struct problems *problems)
{
	bool look = strcmp(format, "auto") == 0;
	bool may_be_csv =
	    strcmp(format, "csv") == 0 ||
	    (look && !camt_is(text->bytes, text->length) && !bgmax_is(text->bytes, text->length));
	struct settings *settings = may_be_csv ? read_settings(conf, problems) : NULL;
	struct payment_columns columns = columns_of(settings);
	const char *found = look ? find_format(text, &columns) : format;
	if (problems->count == 0 && found == NULL)
		problem_add(problems, ret->path, 1,
			    "is neither camt.054 nor BgMax nor a CSV with the column \"%s\": "
			    "payments_amount in kedja.conf names it",
			    columns.amount);
	if (problems->count == 0) {
		payment_list_init(&ret->payments, format_named(found));
		parse(input, &columns, &ret->payments, problems);
	}
	settings_free(settings);
}

int payment_file_read(const char *path, const char *format, const char *conf,
		      payment_awaited *awaited, void *arg, struct payment_file *ret,
		      struct problems *problems)
{
	struct buffer text = BUFFER_NONE;
	struct problems own = PROBLEMS_NONE;
	*ret = (struct payment_file){ .path = path };
	if (read_bytes(path, &text, problems) != 0)
		return -1;
	if (from_utf16(&text, path, problems) != 0) {
		buffer_clear(&text);
		return -1;
	}
	struct payment_input input = { text.bytes, text.length, path, awaited, arg };
	read_text(&text, format, conf, &input, ret, &own);
	buffer_clear(&text);
	if (ret->payments.untold > 0)
		problem_add(problems, path, 0, "has %zu mistakes: the first %zu of them are",
			    own.count + ret->payments.untold, own.count);
	for (size_t i = 0; i < own.count; i++)
		problem_add_at(problems, own.list[i].place, own.list[i].line, own.list[i].column,
			       "%s", own.list[i].text);
	bool failed = own.count > 0;
	problems_clear(&own);
	if (failed)
		payment_file_clear(ret);
	else
		ret->name = name_of(path, ret->payments.format);
	return failed ? -1 : 0;
}

/* Days that cannot be, or hardly. */
static void warn_of_days(const struct payment_file *file, date today)
{
	long long ahead = 0, old = 0;
	date long_ago = date_add_months(today, -120);
	for (size_t i = 0; i < file->payments.count; i++) {
		ahead += file->payments.list[i].paid_on > today;
		old += file->payments.list[i].paid_on < long_ago;
	}
	if (ahead > 0)
		show_printf(stderr, "%s: payments dated ahead: %lld\n", file->path, ahead);
	if (old > 0)
		show_printf(stderr, "%s: payments more than ten years old: %lld\n", file->path,
			    old);
}

/* Whose they are cannot be told from a part of what they state. */
static void warn_of_words(const struct payment_file *file)
{
	long long count = 0;
	int line = 0;
	for (size_t i = file->payments.count; i-- > 0;) {
		count += file->payments.list[i].has_more;
		line = file->payments.list[i].has_more ? file->payments.list[i].line : line;
	}
	if (count > 0)
		show_printf(stderr,
			    "%s:%d: payments that state more than %d bytes of references: %lld; "
			    "they wait as unmatched\n",
			    file->path, line, PAYMENT_TOKENS_MOST, count);
}

void payment_file_warn(const struct payment_file *file, date today)
{
	warn_of_days(file, today);
	warn_of_words(file);
}

void payment_file_clear(struct payment_file *file)
{
	free(file->name);
	file->name = NULL;
	payment_list_clear(&file->payments);
}
