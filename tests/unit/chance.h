/* SPDX-License-Identifier: EUPL-1.2 */
/*
 * Chance for tests that try many things: from the seed in KEDJA_SEED, or from one of its own that
 * it prints, so that a failure can be told again.
 *
 *   chance_begin();  ... chance_below(6) ...  fail_msg("seed %" PRIu64 ": ...", chance_seed);
 */
#ifndef KEDJA_TESTS_UNIT_CHANCE_H
#define KEDJA_TESTS_UNIT_CHANCE_H

#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>

static uint64_t chance_seed, chance_state;

static inline void chance_begin(void)
{
	const char *wanted = getenv("KEDJA_SEED");
	if (wanted != NULL)
		chance_seed = strtoull(wanted, NULL, 10);
	else if (getrandom(&chance_seed, sizeof(chance_seed), 0) != sizeof(chance_seed))
		abort();
	chance_state = chance_seed;
	print_message("seed %" PRIu64 "\n", chance_seed);
}

/* splitmix64: the same numbers on every machine */
static inline uint64_t chance(void)
{
	uint64_t z = (chance_state += UINT64_C(0x9E3779B97F4A7C15));
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* 0 to n - 1 */
static inline int chance_below(int n)
{
	return (int)(chance() % (uint64_t)n);
}

#endif
