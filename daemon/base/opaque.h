/* SPDX-License-Identifier: EUPL-1.2 */
/* Identities that are made by chance, so that nothing can be read off them: of letters, and of
 * entries in calendars. */
#ifndef KEDJA_BASE_OPAQUE_H
#define KEDJA_BASE_OPAQUE_H

/* "3f2a...@domain", 128 bits of it; the caller frees it. */
char *opaque_id(const char *domain);

#endif
