#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# What a turn changes in memory is taken by its commit, and given back by its rollback: one commit of a
# day is lost, and the daemon answers like one that was started on the same file.
# KEDJA_LONG=1: each commit of the day, one at a time.

setup() {
	load kedja
	dir=$(mktemp -d "${BATS_TMPDIR:-/tmp}/kedja-lost.XXXXXX")
	shim=$(dirname "$(program KEDJAD kedjad)")/tests/lost_commits.so
}

teardown() {
	rm -rf "$dir"
}

lost() { # STEPS: the commits of these steps of the day
	run /usr/bin/python3 -B "$BATS_TEST_DIRNAME/lost_commits.py" "$dir" "$shim" "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a commit that fails: a reload, a revert, a clock that moves, a retry, a flood leave no trace in memory" {
	[ -z "${KEDJA_LONG:-}" ] || return 0 # the next one
	lost rules_reloaded hung_up reverted first_week+3 letters_again flooded let_go
}

@test "each commit of a day fails, one at a time" {
	[ -n "${KEDJA_LONG:-}" ] || skip "some commits do for every day"
	lost
}

@test "what waited for the plan and was refused is not done later" {
	lost release
}
