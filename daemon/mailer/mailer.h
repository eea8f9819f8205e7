/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * kedja-mailer: the only program of kedja that touches mail. It is started by kedjad, speaks with
 * it on descriptor 0 (daemon/outbox/mailproto.h), and may be killed at any moment.
 */
#ifndef KEDJA_MAILER_MAILER_H
#define KEDJA_MAILER_MAILER_H

/* The whole of the program; returns its exit status. */
int mailer_main(int argc, char **argv);

#endif
