/* SPDX-License-Identifier: EUPL-1.2 */
/* kedjad from its command line to its end: the only file that knows everyone. */
#ifndef KEDJA_START_H
#define KEDJA_START_H

int start_main(int argc, char **argv); /* the exit status */

#endif
