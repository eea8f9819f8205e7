/* SPDX-License-Identifier: EUPL-1.2 */
/* kedjad; all else is a library that the tests link. */
#include "daemon/start.h"

int main(int argc, char **argv)
{
	return start_main(argc, argv);
}
