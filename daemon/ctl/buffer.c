/* SPDX-License-Identifier: EUPL-1.2 */
/* See buffer.h. */
#include "daemon/ctl/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void make_room(struct buffer *buffer, size_t more)
{
	size_t needed = buffer->length + more + 1;
	if (needed <= buffer->capacity)
		return;
	size_t wanted = buffer->capacity == 0 ? 256 : buffer->capacity;
	while (wanted < needed)
		wanted *= 2;
	buffer->bytes = xrealloc(buffer->bytes, wanted);
	buffer->capacity = wanted;
}

void buffer_add(struct buffer *buffer, const char *bytes, size_t length)
{
	make_room(buffer, length);
	if (length > 0)
		memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
	buffer->bytes[buffer->length] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
	buffer_add(buffer, text, strlen(text));
}

void buffer_add_byte(struct buffer *buffer, char byte)
{
	buffer_add(buffer, &byte, 1);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *text = xvasprintf(format, args);
	va_end(args);
	buffer_add(buffer, text, strlen(text));
	free(text);
}

void buffer_drop_front(struct buffer *buffer, size_t length)
{
	if (length == 0)
		return;
	memmove(buffer->bytes, buffer->bytes + length, buffer->length - length + 1);
	buffer->length -= length;
}

void buffer_empty(struct buffer *buffer)
{
	buffer->length = 0;
	if (buffer->bytes != NULL)
		buffer->bytes[0] = '\0';
}

void buffer_clear(struct buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct buffer)BUFFER_NONE;
}

char *buffer_take(struct buffer *buffer)
{
	buffer_add(buffer, "", 0);
	char *text = buffer->bytes;
	*buffer = (struct buffer)BUFFER_NONE;
	return text;
}

int buffer_read_all(struct buffer *buffer, int fd, size_t most)
{
	char bytes[65536];
	buffer_add(buffer, "", 0);
	for (;;) {
		ssize_t got = read(fd, bytes, sizeof(bytes));
		if (got == 0)
			return 0;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return errno;
		buffer_add(buffer, bytes, (size_t)got);
		if (buffer->length > most)
			return EFBIG;
	}
}
