#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# kedjactl rules test: the tests that lie beside the rules, the office's own, and what a failure
# looks like. No daemon runs here.

setup() {
	load kedja.bash
	office
	own=$dir/conf/rules.d/local
	tests=$dir/own.test.conf
}

teardown() {
	rm -rf "$dir"
}

review_by() { # DATE: a test of plan-review that expects one reminder on that day
	cat <<-END
		subject = "K-1"; programme = "ost";
		short = { plan = "plan.adopted rent=true tenancy=true treatment=true neighbour=true rent_contact=true goals_short=true goals_long=true"; };
		events = ( "2026-12-02 case.opened" );
		tests = ( { name = "a review in time"; rule = "plan-review"; until = "2027-03-01";
		  events = ( "2026-12-09 plan" );
		  expect = ( "$1 soon to social_worker, support_worker" ); } );
	END
}

@test "the shipped rules do what their tests say" {
	run "$KEDJACTL" rules test "$root/conf"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output =~ ^[0-9]+\ passed,\ 0\ failed$ ]]
}

@test "every shipped rule has a test of its own" {
	run "$KEDJACTL" rules test "$root/conf" --json
	[ "$status" -eq 0 ]
	sed -n 's/^ *rule *= *"\([^"]*\)".*/\1/p' "$root"/conf/rules.d/*.test.conf | sort -u >"$dir/tested"
	for file in "$root"/conf/rules.d/*.conf; do
		[[ $file == *.test.conf ]] || sed -n 's/^ \{2,4\}name *= *"\([^"]*\)".*/\1/p' "$file"
	done | sort -u >"$dir/rules"
	[ -s "$dir/rules" ]
	run comm -23 "$dir/rules" "$dir/tested"
	[ "$output" = "" ]
}

@test "a failure shows the days around the difference, and exit 1" {
	review_by 2027-02-22 >"$tests"
	run "$KEDJACTL" rules test "$dir/conf" "$tests"
	[ "$status" -eq 1 ]
	[ "$output" = "$tests:4: FAILED: a review in time
    Wed 2026-12-02        happened    case.opened
    Wed 2026-12-09        happened    plan
  - Mon 2027-02-22        missing     soon to social_worker, support_worker
  + Tue 2027-02-23        unexpected  soon to social_worker, support_worker due 2027-03-09
  deadlines of K-1 at the end:
    plan-review from 2026-12-09, due 2027-03-09: open

0 passed, 1 failed" ]
}

@test "what passes is a count; --json tells each of them" {
	review_by 2027-02-23 >"$tests"
	run "$KEDJACTL" rules test --conf "$dir/conf" "$tests"
	[ "$status" -eq 0 ]
	[ "$output" = "1 passed, 0 failed" ]
	run "$KEDJACTL" rules test "$dir/conf" "$tests" --json
	[ "$status" -eq 0 ]
	[[ $output == *'"passed": 1,'*'"failed": 0,'*'"name": "a review in time",'*'"timeline": null'* ]]
}

@test "all mistakes are told, with their lines, and nothing runs" {
	review_by 2027-02-23 | sed 's/"2026-12-09 plan"/"2026-12-09 plann", "igår plan"/; s/soon to/son to/' >"$tests"
	run "$KEDJACTL" rules test "$dir/conf" "$tests" "$dir/none.test.conf"
	[ "$status" -eq 1 ]
	[ "$output" = "$dir/none.test.conf: there is no such file" ]
	run "$KEDJACTL" rules test "$dir/conf" "$tests"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[0]} == "$tests:5: kind: unknown kind \"plann\""* ]]
	[[ ${lines[1]} == "$tests:5: "*'"igår" is not a date'* ]]
	[[ ${lines[2]} == "$tests:6: "*'has no step "son": did you mean "soon"?' ]]
}

@test "rules with a mistake are told as rules check tells them" {
	echo 'rules = ( { name = "x"; } );' >"$dir/conf/rules.d/90-own.conf"
	run "$KEDJACTL" rules check "$dir/conf"
	[ "$status" -eq 1 ]
	complaints=$output
	run "$KEDJACTL" rules test "$dir/conf"
	[ "$status" -eq 1 ]
	[ "$output" = "$complaints" ]
}

@test "no tests at all is no success" {
	rm "$dir"/conf/rules.d/*.test.conf
	run "$KEDJACTL" rules test "$dir/conf"
	[ "$status" -eq 1 ]
	[[ $output == "$dir/conf: there are no tests here"* ]]
}

@test "a test beside the rules is no rule, for the check and for the daemon's own reading" {
	echo 'this is no configuration' >"$dir/conf/rules.d/99-x.test.conf"
	run "$KEDJACTL" rules check "$dir/conf"
	[ "$status" -eq 0 ]
	run "$KEDJACTL" rules test "$dir/conf"
	[ "$status" -eq 1 ]
	[[ $output == "$dir/conf/rules.d/99-x.test.conf:1: "* ]]
}

@test "an office's own way is tested by its own tests; the shipped ones are about what ships" {
	mkdir "$own"
	echo 'rules = ( { override = "plan-review"; due = "P2M"; } ); disable = [ "task" ];' >"$own/ours.conf"
	run "$KEDJACTL" rules test "$dir/conf"
	echo "$output"
	[ "$status" -eq 0 ]
	review_by 2027-02-23 >"$own/ours.test.conf"
	run "$KEDJACTL" rules test "$dir/conf"
	[ "$status" -eq 1 ]
	[[ $output == "$own/ours.test.conf:4: FAILED: a review in time"* ]]
	[[ $output == *"plan-review from 2026-12-09, due 2027-02-09: open"* ]]
	sed -i 's/"2027-02-23 soon/"2027-01-26 soon/; s/until = "2027-03-01"/until = "2027-02-08"/' "$own/ours.test.conf"
	run "$KEDJACTL" rules test "$dir/conf"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "a number changed in a shipped rule is noticed" {
	sed -i 's/at = "-P14D"; to = \[ "social_worker", "support_worker" \]/at = "-P13D"; to = [ "social_worker", "support_worker" ]/' "$dir/conf/rules.d/10-plan.conf"
	run cmp -s "$root/conf/rules.d/10-plan.conf" "$dir/conf/rules.d/10-plan.conf"
	[ "$status" -eq 1 ]
	run "$KEDJACTL" rules test "$dir/conf"
	[ "$status" -eq 1 ]
	[[ $output == *"plan-review"* ]]
}

@test "mutants: at least 95 percent are caught" {
	run env KEDJACTL="$KEDJACTL" "$root/tests/mutants.py"
	echo "$output"
	[ "$status" -eq 0 ]
}
