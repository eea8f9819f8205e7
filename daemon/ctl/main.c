/* SPDX-License-Identifier: EUPL-1.2 */
/* kedjactl, the command line of kedja. All of it is a library that the tests link. */
#include "daemon/ctl/verbs/verbs.h"

int main(int argc, char **argv)
{
	return ctl_main(argc, argv, verb_table);
}
