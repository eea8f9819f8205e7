/* The functions behind the table of verbs, by noun. Each is a verb_function of ctl.h. */
#ifndef KEDJA_CTL_VERBS_H
#define KEDJA_CTL_VERBS_H

#include "daemon/ctl/ctl.h"

verb_function verb_status, verb_clock, verb_clock_set, verb_rebuild; /* verb_status.c */
verb_function verb_record, verb_void;                                /* verb_record.c */
verb_function verb_ack, verb_snooze;                                 /* verb_put_off.c */
verb_function verb_import;                                           /* verb_import.c */
verb_function verb_case;                                             /* verb_case.c */
verb_function verb_cases, verb_deadlines, verb_notices;              /* verb_lists.c */
verb_function verb_outbox_list, verb_outbox_show, verb_outbox_retry, verb_outbox_cancel;
verb_function verb_drill;                                              /* verb_outbox.c */
verb_function verb_rules_check, verb_rules_list, verb_rules_reload;    /* verb_rules.c */
verb_function verb_rules_test;                                         /* verb_rules_test.c */
verb_function verb_rules_simulate;                                     /* verb_rules_simulate.c */
verb_function verb_notices_release, verb_notices_discard;              /* verb_hold.c */
verb_function verb_rules_diff;                                         /* verb_rules_diff.c */
verb_function verb_preflight;                                          /* verb_preflight.c */
verb_function verb_why;                                                /* verb_why.c */
verb_function verb_payments_import;                                    /* verb_payments.c */
verb_function verb_payments_unmatched, verb_payments_assign;           /* verb_unmatched.c */
verb_function verb_payments_status, verb_rent_charge;                  /* verb_rent.c */
verb_function verb_rules_explain, verb_rules_facts, verb_rules_revert; /* verb_rules_more.c */
verb_function verb_templates_check, verb_templates_preview;            /* verb_templates.c */
verb_function verb_staff, verb_staff_handover;                         /* verb_staff.c */
verb_function verb_calendar, verb_kinds;                               /* verb_kinds.c */

#endif
