#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# With KEDJA_CHECK kedjad looks at each of its steps, and ends where one is not what it promises.

bats_require_minimum_version 1.5.0

setup() {
	source "$BATS_TEST_DIRNAME/kedja.bash"
	office
	only_rules
	visit_steps <<<'{ name = "late"; at = "P1D"; to = [ "support_worker" ]; }'
}

begins() {
	KEDJA_CHECK=1 start
	cast 2026-01-05 K-1
	record visit.made K-1
}

ends_with() { # TEXT
	wait_until gone "$daemon"
	grep "check: K-1 x-check\\[\\]: $1" "$dir/log"
}

@test "a file that is as it should be" {
	begins
	until_time 2026-01-20T12:00
	record visit.missed K-1
	same "2026-01-12 done" "$(due K-1 x-check)"
}

@test "a row that is not what the plan says" {
	begins
	base "CREATE TRIGGER later AFTER UPDATE ON deadline WHEN new.next_at IS NULL
		BEGIN UPDATE deadline SET due = '2026-01-13' WHERE id = new.id; END"
	run ctl clock set 2026-01-20T12:00
	ends_with "its row is not what the plan says"
}

@test "a step that goes off without a notice" {
	begins
	base 'CREATE TRIGGER lost AFTER INSERT ON notice BEGIN DELETE FROM notice WHERE id = new.id; END'
	run ctl clock set 2026-01-20T12:00
	ends_with "a step has gone off without a notice"
}

@test "nobody looks where nobody asks" {
	unset KEDJA_CHECK
	start
	cast 2026-01-05 K-1
	record visit.made K-1
	base 'CREATE TRIGGER lost AFTER INSERT ON notice BEGIN DELETE FROM notice WHERE id = new.id; END'
	until_time 2026-01-20T12:00
	same 0 "$(base 'SELECT count(*) FROM notice')"
}
