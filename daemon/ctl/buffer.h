/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Bytes that grow: an answer that comes in pieces, a batch that is put together, a file read
 * whole. Always ended by a NUL that `length` does not count, once anything was added.
 */
#ifndef KEDJA_CTL_BUFFER_H
#define KEDJA_CTL_BUFFER_H

#include "rules/base/mem.h"

struct buffer {
	char *bytes; /* NULL while nothing was added */
	size_t length;
	size_t capacity;
};

#define BUFFER_NONE                                                                                \
	{                                                                                          \
		NULL, 0, 0                                                                         \
	}

void buffer_add(struct buffer *buffer, const char *bytes, size_t length);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_byte(struct buffer *buffer, char byte);
void buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
void buffer_drop_front(struct buffer *buffer, size_t length);
void buffer_empty(struct buffer *buffer); /* keeps the room */
void buffer_clear(struct buffer *buffer); /* frees, leaves BUFFER_NONE */
/* The text, which the caller frees; the buffer is BUFFER_NONE again. Never NULL. */
char *buffer_take(struct buffer *buffer);

/* Adds all that a descriptor gives; 0, or an errno: EFBIG for more than `most`. */
int buffer_read_all(struct buffer *buffer, int fd, size_t most);

#endif
