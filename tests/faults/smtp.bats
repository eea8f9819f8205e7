#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Mail servers that are down, or mean harm: everything else goes on, nothing is lost, nothing counts
# as sent that was not taken. The figures are shown.

setup() {
	dir=$(mktemp -d "${BATS_TMPDIR:-/tmp}/kedja-smtp.XXXXXX")
}

teardown() {
	rm -rf "$dir"
}

# try SCRIPT WORDS: a script beside this file; what it says is shown.
try() {
	run /usr/bin/python3 -B "$BATS_TEST_DIRNAME/$1.py" "$dir" "${@:2}"
	echo "$output"
	[ "$status" -eq 0 ]
	while IFS= read -r line; do
		echo "# $line" >&3
	done <<<"$output"
}

@test "down for five minutes, two hours, three days: all delivered, and the alarm meanwhile" {
	try smtp_down 300 7200 259200
}

@test "servers that mean harm: the socket answers at once, memory stays, no false sent" {
	try smtp_hostile
}

@test "answers ahead of their command, broken off or misshapen: no false sent" {
	try smtp_answers
}
