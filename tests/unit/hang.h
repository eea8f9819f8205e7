/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Waiting in tests ends with what is waited for. This is the bound for what hangs; no test is
 * about how long something took.
 */
#ifndef KEDJA_HANG_H
#define KEDJA_HANG_H

#define HANG_SECONDS 600

#endif
