/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Loaded before kedjad (LD_PRELOAD): calls on the database fail as the file that BAD_CALLS names
 * says at that moment, a line each: "pwrite 5" (the call and its errno). Without that file, or
 * without the call in it, all is well. The calls: pread, pwrite, sync (fsync and fdatasync), cut
 * (truncate and ftruncate), open (for anything), write (opening for writing alone); "pread 0" reads
 * nonsense. Each that fails adds a byte to the same name with ".count".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NOT_BAD (-1)
#define REAL(call)                                                                                 \
	static __typeof__(&(call)) real;                                                           \
	if (real == NULL)                                                                          \
	*(void **)&real = dlsym(RTLD_NEXT, #call)

/* By system calls alone: those of the library are the ones that fail. */
static void append(const char *path)
{
	char name[1024];
	snprintf(name, sizeof(name), "%s.count", path);
	int file = (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (file < 0)
		return;
	(void)!syscall(SYS_write, file, ".", 1);
	syscall(SYS_close, file);
}

static int errno_of(const char *call)
{
	const char *path = getenv("BAD_CALLS");
	char text[512] = "", *rest = NULL;
	if (path == NULL)
		return NOT_BAD;
	int file = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
	if (file < 0)
		return NOT_BAD;
	(void)!syscall(SYS_read, file, text, sizeof(text) - 1);
	syscall(SYS_close, file);
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *space = strchr(line, ' ');
		if (space == NULL || strncmp(line, call, (size_t)(space - line)) != 0 ||
		    call[space - line] != '\0')
			continue;
		append(path);
		return atoi(space + 1);
	}
	return NOT_BAD;
}

static int is_bad(const char *call, const char *path)
{
	int before = errno;
	int number = path != NULL && strstr(path, "kedja.db") != NULL ? errno_of(call) : NOT_BAD;
	errno = number > 0 ? number : before;
	return number;
}

static int is_bad_file(const char *call, int descriptor)
{
	char link[64], path[1024];
	snprintf(link, sizeof(link), "/proc/self/fd/%d", descriptor);
	long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof(path) - 1);
	path[length > 0 ? length : 0] = '\0';
	return is_bad(call, path);
}

static int cannot_open(const char *path, int flags)
{
	return is_bad("open", path) > 0 ||
	       ((flags & O_ACCMODE) != O_RDONLY && is_bad("write", path) > 0);
}

#define OPEN(call)                                                                                 \
	int call(const char *path, int flags, ...)                                                 \
	{                                                                                          \
		va_list more;                                                                      \
		va_start(more, flags);                                                             \
		int mode = va_arg(more, int);                                                      \
		va_end(more);                                                                      \
		REAL(call);                                                                        \
		return cannot_open(path, flags) ? -1 : real(path, flags, mode);                    \
	}
OPEN(open)
OPEN(open64)

#define PREAD(call)                                                                                \
	ssize_t call(int file, void *bytes, size_t size, off_t at)                                 \
	{                                                                                          \
		REAL(call);                                                                        \
		int number = is_bad_file("pread", file);                                           \
		if (number > 0)                                                                    \
			return -1;                                                                 \
		ssize_t length = real(file, bytes, size, at);                                      \
		if (number == 0 && length > 0)                                                     \
			memset(bytes, 0xa5, (size_t)length);                                       \
		return length;                                                                     \
	}
PREAD(pread)
PREAD(pread64)

#define PWRITE(call)                                                                               \
	ssize_t call(int file, const void *bytes, size_t size, off_t at)                           \
	{                                                                                          \
		REAL(call);                                                                        \
		return is_bad_file("pwrite", file) > 0 ? -1 : real(file, bytes, size, at);         \
	}
PWRITE(pwrite)
PWRITE(pwrite64)

#define SYNC(call)                                                                                 \
	int call(int file)                                                                         \
	{                                                                                          \
		REAL(call);                                                                        \
		return is_bad_file("sync", file) > 0 ? -1 : real(file);                            \
	}
SYNC(fsync)
SYNC(fdatasync)

#define FTRUNCATE(call)                                                                            \
	int call(int file, off_t length)                                                           \
	{                                                                                          \
		REAL(call);                                                                        \
		return is_bad_file("cut", file) > 0 ? -1 : real(file, length);                     \
	}
FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

#define TRUNCATE(call)                                                                             \
	int call(const char *path, off_t length)                                                   \
	{                                                                                          \
		REAL(call);                                                                        \
		return is_bad("cut", path) > 0 ? -1 : real(path, length);                          \
	}
TRUNCATE(truncate)
TRUNCATE(truncate64)
