/* kedjad; all else is a library that the tests link. */
#include "daemon/kedjad/kedjad.h"

int main(int argc, char **argv)
{
	return kedjad_main(argc, argv);
}
