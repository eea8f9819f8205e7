/* SPDX-License-Identifier: EUPL-1.2 */
/* What a letter tells of others who have put the same matter off. */
#ifndef KEDJA_LETTERS_PUT_OFF_H
#define KEDJA_LETTERS_PUT_OFF_H

#include "daemon/letters/letter.h"
#include "daemon/store/core.h"

/* Of the deadline that a notice is about, without the reader's own; fills the item. While anybody
 * keeps reminders back it is not said whom the next one goes to. The texts live in `arena`. */
void letters_put_off(const struct core *core, int64_t notice, const char *reader,
		     struct letter_item *item, struct arena *arena);

#endif
