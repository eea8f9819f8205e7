#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The clock on the wall: slots, nights in which clocks change, a clock that is set, and sleep.
# KEDJA_LONG=1: a minute of sleep with ten thousand cases.

try() { # CLASS
	run /usr/bin/python3 -B "$BATS_TEST_DIRNAME/real_clock.py" "$@"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *skipped* ]] || skip "faketime is not here, or this is a build with sanitizers"
}

@test "letters at the slot, not before, not on the weekend; a clock that jumps repeats nothing" {
	try Clock
}

@test "nothing due and nobody asking: not woken once" {
	try Asleep
}
