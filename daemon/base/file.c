/* SPDX-License-Identifier: EUPL-1.2 */
/* See file.h. */
#include "daemon/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGEST_FILE (16 * 1024 * 1024)

/* --- files ------------------------------------------------------------------------------ */

static char *read_all(int descriptor, size_t size, size_t *ret_length)
{
	char *text = xcalloc(1, size + 1);
	size_t length = 0;
	while (length < size) {
		ssize_t got = read(descriptor, text + length, size - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			free(text);
			return NULL;
		}
		if (got == 0)
			break; /* it has become shorter meanwhile */
		length += (size_t)got;
	}
	text[length] = '\0';
	*ret_length = length;
	return text;
}

static char *read_open(int descriptor, const char *path, size_t *ret_length,
		       struct problems *problems)
{
	struct stat about;
	char *text = NULL;
	if (fstat(descriptor, &about) != 0)
		problem_add(problems, path, 0, "cannot be read: %s", strerror(errno));
	else if (!S_ISREG(about.st_mode))
		problem_add(problems, path, 0, "is not a file");
	else if (about.st_size > LARGEST_FILE)
		problem_add(problems, path, 0, "is larger than %d MiB", LARGEST_FILE / 1024 / 1024);
	else if ((text = read_all(descriptor, (size_t)about.st_size, ret_length)) == NULL)
		problem_add(problems, path, 0, "cannot be read: %s", strerror(errno));
	return text;
}

char *file_read(const char *path, size_t *ret_length, struct problems *problems)
{
	/* Nobody is made to wait who names a pipe. */
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (descriptor < 0) {
		problem_add(problems, path, 0, "cannot be read: %s", strerror(errno));
		return NULL;
	}
	char *text = read_open(descriptor, path, ret_length, problems);
	close(descriptor);
	return text;
}
