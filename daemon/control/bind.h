/* SPDX-License-Identifier: EUPL-1.2 */
/* The name of the control socket in the file system: taking it from nobody who still uses it. */
#ifndef KEDJA_CONTROL_BIND_H
#define KEDJA_CONTROL_BIND_H

#include "rules/base/problem.h"

/* A listening socket, mode 0660, that does not block; -1 with a problem. A socket that nobody
 * answers on is replaced; anything else in its place is left alone. */
int control_bind(const char *path, struct problems *problems);

#endif
