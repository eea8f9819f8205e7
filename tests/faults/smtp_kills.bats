#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Kills of the daemon and of the mailer, forty of them, two hundred with KEDJA_LONG=1. KEDJA_SEED
# repeats a run.

setup() {
	dir=$(mktemp -d "${BATS_TMPDIR:-/tmp}/kedja-kills.XXXXXX")
}

teardown() {
	rm -rf "$dir"
}

@test "killed again and again while letters go out: none lost, and none twice but what was unclear" {
	kills=40
	[ "$KEDJA_LONG" != 1 ] || kills=200
	run /usr/bin/python3 -B "$BATS_TEST_DIRNAME/smtp_kills.py" "$dir" "$kills" "${KEDJA_SEED:-0}"
	echo "$output"
	[ "$status" -eq 0 ]
	while IFS= read -r line; do
		echo "# $line" >&3
	done <<<"$output"
}
