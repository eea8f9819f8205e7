/* SPDX-License-Identifier: EUPL-1.2 */
/* The table of verbs of kedjactl, and the functions behind it by noun. */
#ifndef KEDJA_CTL_VERBS_VERBS_H
#define KEDJA_CTL_VERBS_VERBS_H

#include <jansson.h>

#include "daemon/ctl/ctl.h"

extern const struct verb verb_table[]; /* every verb there is: a row says what ctl.h says it does */

verb_function verb_status, verb_status_ack, verb_clock, verb_clock_set, verb_rebuild; /* status.c */
verb_function verb_record, verb_void;                                                 /* record.c */
verb_function verb_ack, verb_snooze;                    /* put_off.c */
verb_function verb_import;                              /* import.c */
verb_function verb_case;                                /* case.c */
verb_function verb_cases, verb_deadlines, verb_notices; /* lists.c */
verb_function verb_outbox_list, verb_outbox_show, verb_outbox_retry, verb_outbox_cancel;
verb_function verb_access;                                             /* access.c */
verb_function verb_audit, verb_audit_verify, verb_audit_sample;        /* audit.c */
verb_function verb_drill;                                              /* outbox.c */
verb_function verb_rules_check, verb_rules_list, verb_rules_reload;    /* rules.c */
verb_function verb_rules_test;                                         /* rules_test.c */
verb_function verb_rules_simulate;                                     /* rules_simulate.c */
verb_function verb_notices_release, verb_notices_discard;              /* hold.c */
verb_function verb_rules_diff;                                         /* rules_diff.c */
verb_function verb_backup;                                             /* backup.c */
verb_function verb_preflight;                                          /* preflight.c */
verb_function verb_why;                                                /* why.c */
verb_function verb_payments_import;                                    /* payments.c */
verb_function verb_payments_unmatched, verb_payments_assign;           /* unmatched.c */
verb_function verb_payments_status, verb_rent_charge;                  /* rent.c */
verb_function verb_rules_explain, verb_rules_facts, verb_rules_revert; /* rules_more.c */
verb_function verb_templates_check, verb_templates_preview;            /* templates.c */
verb_function verb_staff, verb_staff_handover;                         /* staff.c */
verb_function verb_calendar, verb_kinds;                               /* kinds.c */

/* kinds.c: the rows of kind.list, or of --conf where there is no daemon; as ask_rows. */
json_t *kinds_find(const json_t *rows, const char *name); /* borrowed; NULL after saying so */
MUST_CHECK int kinds_ask(const struct invocation *call, json_t **ret);

/* rules.c: what another configuration has brought, a line each; of a reload and of a revert. */
void rules_show_brought(const json_t *answer);

#endif
