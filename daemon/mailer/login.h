/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Name and password for the mail server. The password is read here and nowhere else in kedja,
 * for as long as a session lasts.
 */
#ifndef KEDJA_MAILER_LOGIN_H
#define KEDJA_MAILER_LOGIN_H

#include "daemon/mailer/line.h"

#define LOGIN_MOST 255 /* the library copies into a buffer of that size, without looking */

struct login {
	char user[LOGIN_MOST + 1];
	char password[LOGIN_MOST + 1];
};

/* From smtp_password_file, or else from the systemd credential "smtp-password". -1 with a
 * sentence that the caller frees. */
MUST_CHECK int login_read(struct login *ret, const struct mailer_settings *settings,
			  char **ret_reason);
void login_wipe(struct login *login);

#endif
