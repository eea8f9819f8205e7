/* SPDX-License-Identifier: EUPL-1.2 */
/* See payment.h. */
#include "daemon/store/payment.h"

void store_payment_note(const struct core *core, const struct event *event)
{
	if (kind_field(event->kind, "paid_on") < 0)
		return;
	struct query *q =
	    db_query(core->db, "INSERT INTO payment " PAYMENTS_OF_EVENTS " AND id = ?1");
	db_bind_int(q, 1, event->id);
	db_run(q);
}

void store_payment_rebuild(const struct core *core)
{
	db_run(db_query(core->db, "DELETE FROM payment"));
	db_run(db_query(core->db, "INSERT INTO payment " PAYMENTS_OF_EVENTS));
}
