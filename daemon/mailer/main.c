/* SPDX-License-Identifier: EUPL-1.2 */
/* kedja-mailer; see mailer.h. */
#include "daemon/mailer/mailer.h"

int main(int argc, char **argv)
{
	return mailer_main(argc, argv);
}
