#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# What may not leave the database does not: a year of everything, with a canary in each field.

@test "no secret comes out in any letter, header, calendar entry, log or status of a year" {
	run /usr/bin/python3 "$BATS_TEST_DIRNAME/canaries.py" "$BATS_TEST_TMPDIR"
	echo "$output"
	[ "$status" -eq 0 ]
}
