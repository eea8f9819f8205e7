/* SPDX-License-Identifier: EUPL-1.2 */
/* See log.h. */
#include "daemon/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rules/base/utf8.h"

#define LONGEST 2000 /* characters of a message; more is cut, said by "..." */

static char program_name[32] = "kedja";
static enum log_level shown = LOG_LEVEL_NOTICE;
static bool to_journal;

/* systemd sets JOURNAL_STREAM to the device and inode of the stream that the journal reads. */
static bool is_read_by_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat about;
	return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &about) == 0 && about.st_dev == device && about.st_ino == inode;
}

void log_open(const char *program, enum log_level most)
{
	snprintf(program_name, sizeof(program_name), "%s", program);
	shown = most;
	to_journal = is_read_by_journal();
}

/* Control characters (C0, DEL, C1) can move the cursor or begin a line. */
static bool is_harmless(uint32_t letter)
{
	return letter >= 0x20 && !(letter >= 0x7f && letter < 0xa0);
}

static void append_escaped(FILE *line, const char *text)
{
	size_t left = strlen(text);
	while (left > 0) {
		uint32_t letter = 0;
		size_t size = utf8_read(text, left, &letter);
		if (size > 0 && is_harmless(letter)) {
			fwrite(text, 1, size, line);
		} else {
			size = 1;
			fprintf(line, "\\x%02x", (unsigned char)*text);
		}
		text += size;
		left -= size;
	}
}

static const char *word_of(enum log_level level)
{
	switch (level) {
	case LOG_LEVEL_ERROR:
		return "error: ";
	case LOG_LEVEL_WARNING:
		return "warning: ";
	case LOG_LEVEL_NOTICE:
	case LOG_LEVEL_DEBUG:
		return "";
	}
	return "";
}

/* One write, so that the lines of two processes do not mix. */
static void write_line(enum log_level level, const char *text, bool cut)
{
	char *bytes = NULL;
	size_t length = 0;
	FILE *line = open_memstream(&bytes, &length);
	if (line == NULL)
		return;
	if (to_journal)
		fprintf(line, "<%d>", (int)level);
	else
		fprintf(line, "%s: %s", program_name, word_of(level));
	append_escaped(line, text);
	fprintf(line, "%s\n", cut ? "..." : "");
	if (fclose(line) == 0 && write(STDERR_FILENO, bytes, length) < 0)
		to_journal = is_read_by_journal(); /* nobody left to tell; look again who reads */
	free(bytes);
}

static void log_at(enum log_level level, const char *format, va_list args)
{
	if (level > shown)
		return;
	char text[LONGEST + 1];
	int length = vsnprintf(text, sizeof(text), format, args);
	if (length >= 0)
		write_line(level, text, (size_t)length >= sizeof(text));
}

void log_error(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	log_at(LOG_LEVEL_ERROR, format, args);
	va_end(args);
}

void log_warning(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	log_at(LOG_LEVEL_WARNING, format, args);
	va_end(args);
}

void log_notice(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	log_at(LOG_LEVEL_NOTICE, format, args);
	va_end(args);
}

void log_debug(const char *format, ...)
{
	va_list args;
	va_start(args, format);
	log_at(LOG_LEVEL_DEBUG, format, args);
	va_end(args);
}
