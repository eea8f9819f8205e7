/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The name by which this machine greets a mail server (RFC 5321 4.1.1.1 wants it whole:
 * "kedja.example.se"): as it is set, or as /etc/hosts completes it. The network is never asked
 * (I7).
 */
#ifndef KEDJA_BASE_HOST_H
#define KEDJA_BASE_HOST_H

#include <stdbool.h>

/* The caller frees it. What cannot be said to a server is "localhost". */
char *host_name(void);
/* The same of a machine called `name`, by a file of the form of /etc/hosts. */
char *host_name_by(const char *name, const char *hosts);
bool host_name_is_whole(const char *name);

#endif
