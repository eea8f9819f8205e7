#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Whoever works here, is away, has left or belongs elsewhere: somebody hears of it, and it was foreseen.

@test "random offices: everything reaches somebody or stands in status, and preflight knew" {
	run /usr/bin/python3 "$BATS_TEST_DIRNAME/staffing.py" "$BATS_TEST_TMPDIR"
	echo "$output"
	[ "$status" -eq 0 ]
}
