/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What a restart must not forget, in the file: why the queue stands still and at which letter, and
 * what was asked for by hand and is not done yet. One text, written in the turn that changes it.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/base/log.h"
#include "daemon/outbox/outbox_own.h"
#include "daemon/store/meta.h"

#define NAME "outbox"

static char *pack(const struct outbox *outbox)
{
	const struct fault *fault = &outbox->fault;
	json_t *all = json_object();
	if (fault->text != NULL)
		json_object_set_new(all, "fault",
				    json_pack("{s:s, s:b, s:b, s:I}", "text", fault->text,
					      "in_batch", fault->in_batch, "of_relay",
					      fault->of_relay, "message",
					      (json_int_t)fault->message));
	if (outbox->reviving)
		json_object_set_new(all, "reviving", json_true());
	if (outbox->recalled != NOT_RECALLING)
		json_object_set_new(all, "recalled", json_integer(outbox->recalled));
	char *text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(all);
	if (text == NULL)
		abort(); /* out of memory */
	return text;
}

void outbox_keep(struct outbox *outbox)
{
	char *text = pack(outbox);
	outbox_touch(outbox);
	(void)store_meta_set(outbox->db, NAME, text);
	outbox->unkept = false;
	free(text);
}

/* One letter is tried at once: whoever started kedja again may have mended it. */
static void recall_fault(struct outbox *outbox, const json_t *kept)
{
	struct fault *fault = &outbox->fault;
	const char *text = json_string_value(json_object_get(kept, "text"));
	if (text == NULL)
		return;
	*fault = (struct fault){ .text = xstrdup(text),
				 .in_batch = json_is_true(json_object_get(kept, "in_batch")),
				 .of_relay = json_is_true(json_object_get(kept, "of_relay")),
				 .message = json_integer_value(json_object_get(kept, "message")) };
	log_warning("mail: the queue stood still when kedja ended: %s", text);
}

void outbox_remember(struct outbox *outbox)
{
	char *text = store_meta_get(outbox->db, NAME);
	json_t *kept = text == NULL ? NULL : json_loads(text, 0, NULL);
	const json_t *recalled = json_object_get(kept, "recalled");
	recall_fault(outbox, json_object_get(kept, "fault"));
	outbox->reviving = json_is_true(json_object_get(kept, "reviving"));
	outbox->recalled = recalled == NULL ? NOT_RECALLING : json_integer_value(recalled);
	json_decref(kept);
	free(text);
}
