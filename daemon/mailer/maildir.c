/* SPDX-License-Identifier: EUPL-1.2 */
/* See maildir.h. */
#include "daemon/mailer/maildir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Personal matter may lie in here: for the owner alone. */
#define FOLDER_MODE 0700
#define FILE_MODE   0600

/* Room, memory or descriptors that may be there again in a while; else the folder is at fault. */
static bool passes_by_itself(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG || error == EIO ||
	       error == ENOMEM || error == EMFILE || error == ENFILE;
}

static int folder_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	int result = fsync(fd), error = errno;
	close(fd);
	errno = error;
	return result;
}

/* The folder that a path lies in; the caller frees. */
static char *parent_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	if (slash == NULL)
		return xstrdup(".");
	return xasprintf("%.*s", slash == path ? 1 : (int)(slash - path), path);
}

/* Makes the folder and those above it, so that a power cut does not take them away again. */
static int folder_make(const char *path)
{
	if (access(path, W_OK | X_OK) == 0)
		return 0;
	if (errno != ENOENT)
		return -1;
	char *parent = parent_of(path);
	int result = 0;
	if (access(parent, F_OK) != 0)
		result = strlen(parent) < strlen(path) ? folder_make(parent) : -1;
	if (result == 0)
		result = mkdir(path, FOLDER_MODE);
	if (result == 0)
		result = folder_sync(parent);
	int error = errno;
	free(parent);
	errno = error;
	return result;
}

int maildir_prepare(const char *folder, char **ret_path)
{
	static const char *const parts[] = { "", "/tmp", "/new", "/cur" };
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *path = xasprintf("%s%s", folder, parts[i]);
		if (folder_make(path) != 0) {
			*ret_path = path;
			return -1;
		}
		free(path);
	}
	return 0;
}

char *maildir_name(const char *message_id)
{
	char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, message_id, -1);
	char *name = xasprintf("%.32s.kedja", hash);
	g_free(hash);
	return name;
}

/* Has somebody read it, so that a mail program moved it on, with flags behind a colon? */
static bool was_read(const char *folder, const char *name)
{
	char *path = xasprintf("%s/cur", folder);
	DIR *directory = opendir(path);
	size_t length = strlen(name);
	bool found = false;
	free(path);
	if (directory == NULL)
		return false;
	for (struct dirent *entry; !found && (entry = readdir(directory)) != NULL;) {
		found = strncmp(entry->d_name, name, length) == 0 &&
			(entry->d_name[length] == '\0' || entry->d_name[length] == ':');
	}
	closedir(directory);
	return found;
}

/* The bytes of the wire with lines as files have them. */
static char *lines_of_files(const char *bytes, size_t length, size_t *ret_length)
{
	char *lines = xcalloc(length + 1, 1), *end = lines;
	for (size_t i = 0; i < length; i++) {
		if (bytes[i] != '\r')
			*end++ = bytes[i];
	}
	*ret_length = (size_t)(end - lines);
	return lines;
}

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, bytes, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		bytes += written;
		length -= (size_t)written;
	}
	return 0;
}

static int file_write(const char *path, const char *bytes, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return -1;
	int result = write_all(fd, bytes, length);
	if (result == 0)
		result = fsync(fd);
	int error = errno;
	if (close(fd) != 0 && result == 0)
		return -1;
	errno = error;
	return result;
}

/* A letter that is only half there is left in tmp for nobody. */
static int mail_store(const char *folder, const char *name, const struct mail *mail)
{
	size_t length;
	char *lines = lines_of_files(mail->bytes, mail->length, &length);
	char *tmp = xasprintf("%s/tmp/%s", folder, name);
	char *place = xasprintf("%s/new/%s", folder, name), *new = xasprintf("%s/new", folder);
	int result = file_write(tmp, lines, length);
	if (result == 0)
		result = rename(tmp, place);
	int error = errno;
	if (result != 0)
		unlink(tmp);
	errno = error;
	if (result == 0)
		result = folder_sync(new);
	error = errno;
	free(lines);
	free(tmp);
	free(place);
	free(new);
	errno = error;
	return result;
}

static int mail_deliver(const char *folder, const struct mail *mail)
{
	char *name = maildir_name(mail->message_id);
	int result = was_read(folder, name) ? 0 : mail_store(folder, name, mail);
	int error = errno;
	free(name);
	errno = error;
	return result;
}

/* Settles the letter unless the folder is at fault. */
static enum fault_kind outcome_note(struct batch *batch, size_t index, const char *path, int error,
				    char **ret_text)
{
	if (error == 0) {
		batch_settle(batch, index, MAIL_SENT, 250, "in the Maildir");
		return FAULT_NONE;
	}
	char *text = xasprintf("the folder %s cannot be written: %s", path, strerror(error));
	if (!passes_by_itself(error)) {
		*ret_text = text;
		return FAULT_FOLDER;
	}
	batch_settle(batch, index, MAIL_DEFERRED, 0, text);
	free(text);
	return FAULT_NONE;
}

enum fault_kind maildir_deliver(const char *folder, struct batch *batch, char **ret_text)
{
	enum fault_kind fault = FAULT_NONE;
	char *path = NULL;
	int unprepared = maildir_prepare(folder, &path) == 0 ? 0 : errno;
	for (size_t i = 0; i < batch->count && fault == FAULT_NONE && !report_is_alone(); i++) {
		const struct mail *mail = &batch->mails[i];
		if (mail->settled)
			continue;
		int error = unprepared;
		if (error == 0 && mail_deliver(folder, mail) != 0)
			error = errno;
		fault = outcome_note(batch, i, path != NULL ? path : folder, error, ret_text);
	}
	free(path);
	return fault;
}
