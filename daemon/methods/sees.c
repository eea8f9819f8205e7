/* SPDX-License-Identifier: EUPL-1.2 */
/* See gate.h: what whoever asks may see, for the handlers. */
#include "daemon/methods/gate.h"

bool method_sees(const struct kedjad *k, const char *subject)
{
	enum viewer_sight sight =
	    method_sees_all(k) ? SIGHT_FREE : viewer_look(&k->viewer, subject);
	return sight == SIGHT_FREE || sight == SIGHT_NONE;
}

bool method_sees_all(const struct kedjad *k)
{
	return k->viewer.scope == VIEWER_ALL;
}
