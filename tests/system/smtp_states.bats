#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The whole way of a letter: what a server answers, the state that leaves it in, and what follows.

try() { # CLASS...
	run /usr/bin/python3 -B "$BATS_TEST_DIRNAME/smtp_states.py" "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "each answer of a server leaves a letter in the state that it stands for" {
	try States
}

@test "faults of the installation stop the queue, use nothing up, and it goes on when they are mended" {
	try Faults
}

@test "a server that takes nothing from us stops the queue, which heals by itself" {
	try Relay
}

@test "letters afterwards: unclear ones, those given up, cancelled ones, and their texts" {
	try Life
}

@test "what somebody typed as a name or an address slips nothing in" {
	try Names
}

@test "a drill goes the whole way and says what came of it" {
	try Drill
}
