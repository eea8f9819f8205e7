/* SPDX-License-Identifier: EUPL-1.2 */
/* What becomes of reminders that came all at once: released, or never sent. */
#include <stdlib.h>

#include "daemon/methods/method.h"
#include "daemon/plan/hold.h"

static struct hold_choice choice_of(const struct call *call)
{
	return (struct hold_choice){ call_text(call, "rule"), call_text(call, "subject") };
}

json_t *method_notice_release(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	struct hold_choice choice = choice_of(call);
	struct hold_outcome outcome = hold_release(&k->core, &choice);
	if (outcome.left > 0)
		letters_wake_at_slot(k->letters); /* the rest is for the same letters */
	else
		letters_wake(k->letters);
	return json_pack("{s:I, s:I, s:I}", "released", (json_int_t)outcome.released, "overtaken",
			 (json_int_t)outcome.overtaken, "left", (json_int_t)outcome.left);
}

json_t *method_notice_discard(void *arg, struct call *call)
{
	struct kedjad *k = arg;
	struct hold_choice choice = choice_of(call);
	const char *reason = call_text(call, "reason");
	char *text = xasprintf("discarded by %s: %s", call->actor, reason);
	struct hold_outcome outcome = hold_discard(&k->core, &choice, text);
	free(text);
	return json_pack("{s:I, s:I}", "discarded", (json_int_t)outcome.overtaken, "left",
			 (json_int_t)outcome.left);
}
