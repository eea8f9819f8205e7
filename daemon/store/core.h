/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * What the working parts of the daemon share. All of it is borrowed from start.c, which makes
 * it, takes it down, and swaps `office` at a reload.
 */
#ifndef KEDJA_STORE_CORE_H
#define KEDJA_STORE_CORE_H

#include "daemon/base/clock.h"
#include "daemon/conf/office.h"
#include "daemon/store/db.h"
#include "daemon/store/turn.h"

struct core {
	struct db *db;
	struct clock *clock;
	struct turn *turn;
	struct office *office;
};

#endif
