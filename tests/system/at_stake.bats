#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# What the answer to a record says where a home is at stake: a case that closes or goes over while
# something is open by law, and who is told of a case that is closed or was never opened.

setup() {
	load kedja
	office
	only_rules disturbance
	own_rule 90-own <<-'END'
		rules = ({ name = "x-last"; title = "Sista dag"; subject = "case";
		  starts = [ "forfeiture.notice_served" ]; from = "on"; per_key = true; after_close = true;
		  due = "P3W"; final = true; done = [ "arrears.paid" ]; cancels = [ "forfeiture.withdrawn" ];
		  steps = ({ name = "start"; after = "P0D"; to = [ "social_worker", "housing_coordinator" ]; },
		           { name = "last"; at = "P0D"; to = [ "social_worker" ]; cc = [ "area_manager" ]; }); });
	END
	start
	cast 2026-01-05 K-1 K-2
}

served() { # CASE: three weeks are open from 5 January on
	record forfeiture.notice_served "$1" --key 2025-12 on=2026-01-05
}

@test "a case does not close while something is open by law; with force and a reason it does, and the rules go on" {
	served K-1
	before=$(dump)
	run ctl record case.closed K-1 outcome=moved
	[ "$status" -eq 1 ]
	[[ $output == *"K-1 is open by law: x-last 2025-12, last day 2026-01-26"* ]]
	[[ $output == *"force: to close it all the same, use force and give a reason"* ]]
	same "$before" "$(dump)"
	run ctl record case.closed K-1 outcome=moved --force
	[ "$status" -eq 2 ]

	run ctl record case.closed K-1 outcome=moved --force --reason "flyttade till en annan ort"
	[ "$status" -eq 0 ]
	[[ $output == *"note: still open by law, and watched on: x-last 2025-12, last day 2026-01-26"* ]]
	same "2026-01-26 open" "$(due K-1 x-last)"
	until_time 2026-01-26T16:00
	same "start social_worker anna.åberg sent
start unit_manager hakan.holm sent
last social_worker anna.åberg sent
last area_manager per.ström sent
last unit_manager hakan.holm sent" "$(told x-last)"
}

@test "also when the last day has passed; not when it was done" {
	served K-1
	served K-2
	record arrears.paid K-2 --key 2025-12 paid_on=2026-01-05
	until_time 2026-02-16T09:00
	run ctl record case.closed K-1 outcome=moved
	[ "$status" -eq 1 ]
	[[ $output == *"x-last 2025-12, last day 2026-01-26"* ]]
	run ctl record case.closed K-2 outcome=moved
	[ "$status" -eq 0 ]
	[[ $output != *note* ]]
}

@test "an import that closes such a case is refused with its row; with force and a reason in it, it is taken" {
	served K-1
	cat >"$dir/close.ndjson" <<-'END'
		{"kind": "visit.made", "subject": "K-2"}
		{"kind": "case.closed", "subject": "K-1", "data": {"outcome": "moved"}}
	END
	run ctl import "$dir/close.ndjson"
	[ "$status" -eq 1 ]
	[[ $output == *"close.ndjson:2: "*"K-1 is open by law: x-last 2025-12, last day 2026-01-26"* ]]
	same 0 "$(base "SELECT count(*) FROM event WHERE kind IN ('visit.made', 'case.closed')")"
	cat >"$dir/close.ndjson" <<-'END'
		{"kind": "visit.made", "subject": "K-2"}
		{"kind": "case.closed", "subject": "K-1", "force": true, "data": {"outcome": "moved"}}
	END
	run ctl import "$dir/close.ndjson"
	[ "$status" -eq 1 ]
	[[ $output == *"close.ndjson:2: "*"reason"* ]]
	cat >"$dir/close.ndjson" <<-'END'
		{"kind": "visit.made", "subject": "K-2"}
		{"kind": "case.closed", "subject": "K-1", "force": true, "data": {"outcome": "moved", "reason": "flyttade"}}
	END
	ctl import "$dir/close.ndjson"
	same "2026-01-26 open" "$(due K-1 x-last)"
}

@test "a case goes over without force; the answer names its days, and the roles that nobody holds there" {
	record programme.started syd title=Syd
	record role.assigned syd role=unit_manager staff=hakan.holm
	record role.assigned syd role=housing_coordinator staff=eva.norén
	served K-1
	run ctl record case.transferred K-1 programme=syd
	[ "$status" -eq 0 ]
	# anna is social worker on the case itself
	[[ $output == *"open by law, and watched on: x-last 2025-12, last day 2026-01-26; in syd nobody can be reached as area_manager"* ]]
	same "2026-01-26 open" "$(due K-1 x-last)"
	run ctl record case.transferred K-2 programme=syd
	[ "$status" -eq 0 ]
	[[ $output != *note* ]]
}

@test "of a closed case, and of one that was never opened, the answer says who is told" {
	run ctl record disturbance.reported K-9 programme=norr
	[ "$status" -eq 0 ]
	[[ $output == *"note: K-9 is not opened: this is told to Håkan Holm (unit_manager)"* ]]
	record role.assigned norr role=outreach_worker staff=bo.ek
	run ctl record disturbance.reported K-9 programme=norr
	[[ $output == *"note: K-9 is not opened: this is told to Bo Ek (outreach_worker), Håkan Holm (unit_manager)"* ]]
	run ctl record disturbance.reported K-8
	[[ $output == *"note: K-8 is not opened: this is told to the administrator"* ]]
	record case.closed K-1 outcome=moved
	run ctl record disturbance.reported K-1
	[[ $output == *"note: K-1 is closed: this is told to Anna Åberg (social_worker), Håkan Holm (unit_manager)"* ]]
	# what begins nothing is told to nobody
	run ctl record debt.handled K-8
	[[ $output == *"note: K-8 is not opened: few rules begin before its case.opened"* ]]
	run ctl record disturbance.reported K-2
	[[ $output != *note* ]]
}
