#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# What status is alarmed by, who has seen it, and when it is over; and answers that must not say that
# nothing is there where nothing was understood.

setup() {
	load kedja
	office
}

teardown() {
	close_office
}

# refused WORDS: kedjactl says no; what it says is in $output.
refused() {
	run ctl "$@"
	echo "$output"
	[ "$status" -eq 1 ]
}

# A visit of which nobody can be told at first: there is no case manager.
nobody_to_tell() {
	sed -i 's/^  { name = "outreach_worker"/  { name = "case_manager"; title = "case manager"; on_case = true; },\n&/' \
		"$dir/conf/chain.conf"
	only_rules
	visit_steps <<<'{ name = "first"; at = "P0D"; to = [ "case_manager" ]; }'
	start
	cast 2026-01-05 K-1 K-2
	ctl status --check >/dev/null
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
}

alarm() {
	ctl status --json | json "[(a['name'], a['seen_by'] is not None, a['grown']) for a in d['alarms']]"
}

@test "an alarm says what to do; who has seen it is noted; it stays until it is over" {
	nobody_to_tell
	run ctl status
	[ "$status" -eq 0 ]
	[[ $output == *$'\nalarm      unreachable: a reminder of what is still open reached nobody'*$'\n           to do: kedjactl notices --state unreachable'* ]]
	refused status --check
	refused status ack unreachble
	[[ $output == *'there is no alarm "unreachble" now: did you mean "unreachable"?'* ]]
	refused status ack held
	same "unreachable: seen by $(id -un); it stays until it is over" "$(ctl status ack unreachable)"
	refused status --check
	[[ $output == *"seen by $(id -un) 2026-01-12 16:00"* ]]
	same "unreachable True False" "$(alarm)"
	grep -q "the alarm \"unreachable\" was seen by $(id -un)" "$dir/log"

	record visit.made K-2 --at 2026-01-06 # more of it, which was not seen
	until_time 2026-01-13T16:00
	same "unreachable True True" "$(alarm)"
	record visit.missed K-1 --at 2026-01-13
	same "unreachable True True" "$(alarm)"
	record visit.missed K-2 --at 2026-01-13
	ctl status --check >/dev/null
	same "" "$(alarm)"
	record visit.made K-1 --at 2026-01-13 # another one, which nobody has seen
	until_time 2026-01-21T16:00
	same "unreachable False False" "$(alarm)"
}

@test "nobody has said how things are reported: an alarm, a remark, and letters name the administrator" {
	only_rules
	visit_steps <<<'{ name = "first"; at = "P0D"; to = [ "social_worker" ]; }'
	same "1 rules, no complaint" "$(ctl rules check "$dir/conf")"
	sed -i '/^report_how/d' "$dir/conf/kedja.conf"
	refused rules check "$dir/conf"
	same "$dir/conf/kedja.conf: report_how is missing: write how a reader reports a thing done; until then letters name admin@office.example" "$output"
	start
	refused status --check
	[[ $output == *$'\nalarm      report_how: no letter says how to report a thing done: all name admin@office.example instead'*$'\n           to do: write report_how into kedja.conf'* ]]
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	grep -q "^När något är gjort: skriv till Kedjas administratör (admin@office.example)\.$" <(ctl outbox show 1)
	echo 'report_how = "Ring Åsa.";' >>"$dir/conf/kedja.conf"
	ctl rules reload >/dev/null
	ctl status --check >/dev/null
	echo 'language = "en";' >>"$dir/conf/kedja.conf" # the office's own language counts
	refused rules check "$dir/conf"
	[[ $output == *"report_how_en is missing"* ]]
}

@test "a case that was never opened is not called closed" {
	start
	cast 2026-01-05 K-1 K-2
	record case.closed K-2 outcome=other --at 2026-01-05
	record debt.reported K-3 debt=rent --at 2026-01-05
	same $'K-1 \nK-2 closed\nK-3 not opened' "$(ctl cases | awk 'NR > 1 { print $1, /closed/ ? "closed" : /not opened/ ? "not opened" : "" }')"
	[[ $(ctl case K-3) == "K-3  not opened"* ]]
	[[ $(ctl case K-2) == "K-2  closed"* ]]
	same "False False" "$(ctl case K-3 --json | json '(d["open"], d["opened"])')"
	ctl void "$(base "SELECT id FROM event WHERE kind = 'case.opened' AND subject = 'K-1'")" --reason "fel ärende" >/dev/null
	[[ $(ctl case K-1) == "K-1  not opened"* ]]
}

@test "deadlines of a person who is not there: no empty list, but the nearest name" {
	start
	cast 2026-01-05 K-1
	refused deadlines --for anna.åbrg
	[[ $output == *'nobody of the name "anna.åbrg" works here: did you mean "anna.åberg"?'* ]]
	refused deadlines --for zzz
	[[ $output == *'nobody of the name "zzz" works here: kedjactl staff lists who does'* ]]
	ctl deadlines --for anna.åberg >/dev/null
}

@test "how many deadlines of its cases are overdue: a programme is shown what its conditions see" {
	start
	cast 2026-01-05 K-1 K-2
	until_time 2026-06-01T08:00
	overdue=$(ctl deadlines --overdue --json | json 'sum(r["subject"] != "norr" for r in d)')
	[ "$overdue" -gt 1 ]
	same "$overdue" "$(ctl case norr --json | json 'd["facts"]["overdue_deadlines"]')"
	same "$overdue" "$(ctl rules facts norr | awk '$1 == "overdue_deadlines" { print $3 }')"
}
