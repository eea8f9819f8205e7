/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * The letter that needs no template: that something waits, in which case or programme, by when, and
 * whom to ask. It goes out when the templates give no letter, so that no reminder is late for a
 * mistake in one of them. It says no more than a minimal letter does, whatever it is about.
 */
#ifndef KEDJA_LETTERS_PLAIN_H
#define KEDJA_LETTERS_PLAIN_H

#include "daemon/letters/letter.h"

void plain_render(const struct letter *letter, struct rendered *ret);

#endif
