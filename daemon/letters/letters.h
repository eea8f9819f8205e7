/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * From notices to letters: one for each person and working day (the digest), made when all that
 * is due at this moment has gone off; urgent notices and those of protected cases go alone.
 * An empty letter is never made, and never a second digest on one day.
 */
#ifndef KEDJA_LETTERS_LETTERS_H
#define KEDJA_LETTERS_LETTERS_H

#include "daemon/letters/letter.h"
#include "daemon/store/core.h"
#include "daemon/store/message.h"

struct letters;

/* Where a letter goes when it is written: outbox_add, or a list of what would go; its id. */
typedef int64_t letters_add(void *arg, const struct new_message *message);

/* Without templates (NULL) letters have no text: who gets what when is all that matters. */
struct letters *letters_new(const struct core *core, letters_add *add, void *arg,
			    const struct templates *templates);
void letters_free(struct letters *letters); /* takes NULL */
/* After a reload: the hours of letters may be others, too. */
void letters_use(struct letters *letters, const struct templates *templates);

/* Templates that letters could not be built from; they went out in the plain form. A restart does
 * not forget them, nor does a reload, but for those whose file is gone. */
const struct unbuilt *letters_unbuilt(const struct letters *letters);

/* Hands a letter on that is not of notices; its id. In the turn. */
int64_t letters_send(struct letters *letters, const struct new_message *message);

/* Notices were added, or time has passed: look again. */
void letters_wake(struct letters *letters);
/* One of people was recorded, or taken back: perhaps something goes along with a letter now. */
void letters_note_event(struct letters *letters, const struct event *event);
/* More is on its way that belongs into the same letters: look again at the next slot, or when
 * woken, whichever comes first. */
void letters_wake_at_slot(struct letters *letters);
/* Makes what can be made now, while the turn has room; true: there is more. Only when nothing is
 * due and nobody is behind. */
bool letters_work(struct letters *letters);
/* When the next digest can be made of what waits already; INSTANT_NEVER if nothing waits. */
instant letters_next(struct letters *letters);

#endif
