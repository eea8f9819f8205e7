#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Last days by law: what came too late is said where people look, and may not be put off past.

setup() {
	load kedja
	office
	own_rule 90-own <<-'END'
		rules = ({ name = "x-last"; title = "Sista dag"; subject = "case";
		  starts = [ "forfeiture.notice_served" ]; from = "on"; due = "P3W"; final = true;
		  done = [ "arrears.paid" ]; cancels = [ "lease.ended" ];
		  steps = ({ name = "soon"; at = "-P5D"; to = [ "social_worker" ]; },
		           { name = "after"; at = "P1D"; to = [ "social_worker" ]; }); });
	END
	find "$dir/conf/rules.d" -name '[0-8]*' -delete
	start
	cast 2026-01-05 K-1
	record forfeiture.notice_served K-1 --at 2026-01-05 on=2026-01-05
}

@test "paid on the day after: open, and deadlines, case and why say that it was too late" {
	until_time 2026-01-28T12:00
	record arrears.paid K-1 --at 2026-01-27 paid_on=2026-01-27
	run ctl deadlines --subject K-1
	[[ "$output" == *"2026-01-26  open, too late 2026-01-27"* ]]
	run ctl why K-1 x-last --language en
	[[ "$output" == *"Too late: 2026-01-27 (event 14, arrears.paid 2026-01-27)"* ]]
	same "2026-01-26 open" "$(due K-1 x-last)"
	record lease.ended K-1 --at 2026-01-28
	[[ "$(ctl deadlines --subject K-1)" != *"x-last"* ]]
	same "2026-01-26 cancelled" "$(due K-1 x-last)"
}

put_off() { # DAY: by the social worker
	ctl snooze K-1 x-last --reason "möte bokat" --as anna.åberg --until "$1" 2>&1
}

@test "nothing is put off past the working day before it, nothing on the day, after it two weeks" {
	until_time 2026-01-13T12:00
	run put_off 2026-01-24
	[ "$status" -eq 1 ]
	[[ "$output" == *"until: the last day by law is 2026-01-26: the working day before it at most, 2026-01-23 or earlier"* ]]
	put_off 2026-01-23
	until_time 2026-01-23T12:00
	run put_off 2026-01-26
	[ "$status" -eq 1 ]
	[[ "$output" == *"no working day lies between: nothing can be put off"* ]]
	until_time 2026-01-26T12:00
	run put_off 2026-01-27
	[ "$status" -eq 1 ]
	[[ "$output" == *"until: today, 2026-01-26, is the last day by law: nothing can be put off"* ]]
	until_time 2026-01-27T12:00
	run put_off 2026-02-11
	[ "$status" -eq 1 ]
	[[ "$output" == *"is past: at most two weeks, 2026-02-10 or earlier"* ]]
	put_off 2026-02-10
}

@test "a rule that says for how long: refused with the day, whoever asks, and again later" {
	own_rule 91-own <<-'END'
		rules = ({ name = "x-ask"; title = "Fråga"; subject = "case"; put_off = "P14D";
		  starts = [ "enforcement.applied" ]; due = "P14D"; done = [ "eviction.dated" ];
		  steps = ({ name = "ask"; at = "P0D"; every = "P7D"; to = [ "social_worker" ]; }); });
	END
	ctl rules reload
	record enforcement.applied K-1 --at 2026-01-05 on=2026-01-05
	until_time 2026-01-13T12:00
	run ctl snooze K-1 x-ask --reason "möte bokat" --as anna.åberg --until 2026-01-28
	[ "$status" -eq 1 ]
	[[ "$output" == *"until: lies too far ahead: x-ask can be put off until 2026-01-27 or earlier, each time"* ]]
	ctl snooze K-1 x-ask --reason "möte bokat" --as anna.åberg --until 2026-01-27
	until_time 2026-01-27T12:00
	ctl ack K-1 x-ask --reason "möte bokat" --as anna.åberg --until 2026-02-10
}

@test "paid on the last day and heard of afterwards: done, and nothing is too late" {
	until_time 2026-01-28T12:00
	record arrears.paid K-1 --at 2026-01-28 paid_on=2026-01-26
	same "2026-01-26 done" "$(due K-1 x-last)"
	[[ "$(ctl why K-1 x-last --language en)" != *"oo late"* ]]
}
