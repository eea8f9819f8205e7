/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The transport "maildir": letters as files in a Maildir, for trying out and for running beside
 * an old routine without sending.
 *
 * A file is named after the letter's Message-ID: the same letter delivered again, after a kill
 * say, takes the place of itself. It is safe on disk before it counts as sent.
 */
#ifndef KEDJA_MAILER_MAILDIR_H
#define KEDJA_MAILER_MAILDIR_H

#include "daemon/mailer/batch.h"
#include "daemon/mailer/report.h"

/* Makes the folder with its cur, new and tmp where they are missing. -1 with errno, and the path
 * in question, which the caller frees. */
MUST_CHECK int maildir_prepare(const char *folder, char **ret_path);

/* Delivers what has no outcome yet. A full disk defers a letter; a folder that cannot be written
 * is the installation's fault: FAULT_FOLDER with a sentence, the rest untried. */
enum fault_kind maildir_deliver(const char *folder, struct batch *batch, char **ret_text);

/* The name of the file for a Message-ID; the caller frees. */
char *maildir_name(const char *message_id);

#endif
