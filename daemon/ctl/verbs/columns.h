/* SPDX-License-Identifier: EUPL-1.2 */
/* Columns that more than one verb shows. */
#ifndef KEDJA_CTL_VERBS_COLUMNS_H
#define KEDJA_CTL_VERBS_COLUMNS_H

#include "daemon/ctl/show.h"

extern const struct column deadline_columns[]; /* lists.c */
column_form form_same_as;                      /* unmatched.c: of a payment, "same_as" */

#endif
