/* SPDX-License-Identifier: EUPL-1.2 */
/* See login.h. */
#include "daemon/mailer/login.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *password_path(const struct mailer_settings *settings)
{
	const char *credentials = getenv("CREDENTIALS_DIRECTORY");
	if (*settings->smtp_password_file != '\0')
		return xstrdup(settings->smtp_password_file);
	if (credentials != NULL)
		return xasprintf("%s/smtp-password", credentials);
	return NULL;
}

/* The first line of a file; -1 with errno, ERANGE if it is empty or too long. */
static int line_read(const char *path, char line[LOGIN_MOST + 1])
{
	char text[LOGIN_MOST + 3] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t length = read(fd, text, sizeof(text) - 1);
	int error = length < 0 ? errno : ERANGE;
	close(fd);
	size_t end = length < 0 ? 0 : strcspn(text, "\r\n");
	if (end > 0 && end <= LOGIN_MOST) {
		memcpy(line, text, end);
		line[end] = '\0';
		error = 0;
	}
	explicit_bzero(text, sizeof(text));
	errno = error;
	return error == 0 ? 0 : -1;
}

int login_read(struct login *ret, const struct mailer_settings *settings, char **ret_reason)
{
	if (strlen(settings->smtp_user) > LOGIN_MOST) {
		*ret_reason = xasprintf("smtp_user is longer than %d characters", LOGIN_MOST);
		return -1;
	}
	char *path = password_path(settings);
	if (path == NULL) {
		*ret_reason =
		    xstrdup("there is a smtp_user but neither a smtp_password_file nor the "
			    "systemd credential smtp-password");
		return -1;
	}
	int result = line_read(path, ret->password);
	if (result != 0)
		*ret_reason =
		    xasprintf("the password cannot be read from %s: %s", path,
			      errno == ERANGE ? "its first line must have 1 to 255 characters"
					      : strerror(errno));
	else
		memcpy(ret->user, settings->smtp_user, strlen(settings->smtp_user) + 1);
	free(path);
	return result;
}

void login_wipe(struct login *login)
{
	explicit_bzero(login, sizeof(*login));
}
