#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# kedjactl why: one verdict for every rule, and what it rests on.

setup() {
	load kedja
	office
	own_rule 90-own <<-'END'
		rules = (
		  { name = "x-visit"; title = "Hembesök"; subject = "case"; starts = [ "visit.made" ];
		    due = "P7D"; adjust = "following"; done = [ "visit.missed" ]; pausable = true;
		    steps = ({ name = "first"; at = "P0D"; to = [ "social_worker" ]; },
		             { name = "second"; at = "P30D"; to = [ "unit_manager" ]; }); },
		  { name = "x-open"; title = "Ibland"; subject = "case"; starts = [ "visit.made" ];
		    while = "stage = 'trial_flat'"; done = [ "visit.missed" ]; due = "P7D";
		    steps = ({ name = "first"; at = "P0D"; to = [ "social_worker" ]; }); },
		  { name = "x-if"; title = "Bara ibland"; subject = "case"; starts = [ "visit.made" ];
		    if = "stage = 'trial_flat'"; done = [ "visit.missed" ]; due = "P7D";
		    steps = ({ name = "first"; at = "P0D"; to = [ "social_worker" ]; }); },
		  { name = "x-hidden"; title = "Skymd"; subject = "case"; starts = [ "visit.made" ];
		    hidden_by = [ "x-visit" ]; done = [ "visit.missed" ]; due = "P7D";
		    steps = ({ name = "first"; at = "P0D"; to = [ "social_worker" ]; }); },
		  { name = "x-dated"; title = "Med dag"; subject = "case"; starts = [ "plan.adopted" ];
		    from = "review_on"; done = [ "visit.missed" ];
		    steps = ({ name = "first"; at = "P0D"; to = [ "social_worker" ]; }); },
		  { name = "x-both"; title = "Båda"; subject = "case"; starts_all = [ "visit.made", "plan.adopted" ];
		    done = [ "visit.missed" ]; due = "P7D";
		    steps = ({ name = "first"; at = "P0D"; to = [ "social_worker" ]; }); },
		  { name = "x-often"; title = "Sällan"; subject = "case"; starts = [ "visit.made" ];
		    throttle = "P30D"; due = "P1D";
		    steps = ({ name = "first"; at = "P0D"; to = [ "social_worker" ]; }); });
	END
	start
	cast 2026-01-05 K-1
}

verdict() { # RULE [WORDS]: "verdict reason"
	ctl why K-1 "$@" --json | json "[r['verdict'] + ', ' + r['reason'] for r in d['rows']]"
}

@test "each rule of the subject's type has one verdict" {
	record visit.made K-1
	ctl why K-1 --json >"$dir/why.json"
	same "$(ctl rules list --json | json "sorted(r['name'] for r in d if r['subject'] == 'case')")" \
		"$(json "sorted(r['rule'] for r in d['rows'])" <"$dir/why.json")"
	same "$(ctl rules list --json | json "sorted(r['name'] for r in d if r['subject'] == 'programme')")" \
		"$(ctl why norr --json | json "sorted(r['rule'] for r in d['rows'])")"
}

@test "waiting, sent, waiting again, done: on each day what it was" {
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-20T12:00
	record visit.missed K-1 --at 2026-01-20
	until_time 2026-02-20T12:00
	same "waiting, plain" "$(verdict x-visit --on 2026-01-06)"
	same "sent, plain" "$(verdict x-visit --on 2026-01-12)"
	same "waiting, plain" "$(verdict x-visit --on 2026-01-13)"
	same "done, plain" "$(verdict x-visit --on 2026-01-20)"
	same "done, plain" "$(verdict x-visit)"
	same "not started, closed" "$(verdict x-visit --on 2026-01-04)"
	run ctl why K-1 x-visit --on 2026-01-12 --language en
	[[ "$output" == *'Sent 2026-01-12 08:00: "first" to anna.åberg (social_worker).'* ]]
	[[ "$output" == *"rules.d/90-own.conf:2"* ]]
	run ctl why K-1 x-visit --on 2026-01-13 --language sv
	[[ "$output" == *'Väntar till 2026-02-11 08:00: då går "second" till unit_manager. Ska vara klart 2026-01-12.'* ]]
}

@test "what was recorded later was not known then, nor what was voided later gone" {
	local event
	until_time 2026-01-20T12:00
	record visit.made K-1 --at 2026-01-06
	same "not started, no event" "$(verdict x-visit --on 2026-01-19)"
	same "waiting, plain" "$(verdict x-visit --on 2026-01-20)"
	until_time 2026-01-26T12:00
	event=$(ctl case K-1 --json | json "[e['id'] for e in d['events']['rows'] if e['kind'] == 'visit.made'][0]")
	ctl void "$event" --reason fel
	same "not started, no event" "$(verdict x-visit)"
	same "waiting, plain" "$(verdict x-visit --on 2026-01-25)"
}

@test "asleep: the condition with what it read; turned, it is awake" {
	record visit.made K-1
	same "asleep, while" "$(verdict x-open)"
	same "stage = 'trial_flat' None" "$(ctl why K-1 x-open --json | json "[(r['condition'], r['values']['stage']) for r in d['rows']]")"
	record stage.entered K-1 stage=supported_housing mode=move
	record stage.entered K-1 stage=trial_flat mode=move --force --reason prov
	same "waiting, plain" "$(verdict x-open)"
}

@test "never started: by which condition, at which event; turned, it starts" {
	record visit.made K-1
	same "not started, if" "$(verdict x-if)"
	run ctl why K-1 x-if --language en
	[[ "$output" == *"visit.made 2026-01-05, because this was not true: stage = 'trial_flat'; stage = unknown."* ]]
	record stage.entered K-1 stage=supported_housing mode=move
	record stage.entered K-1 stage=trial_flat mode=move --force --reason prov
	record visit.made K-1
	same "waiting, plain" "$(verdict x-if)"
}

@test "hidden, paused, without a day, half begun, too soon, closed" {
	record visit.made K-1
	same "asleep, hidden" "$(verdict x-hidden)"
	same "x-visit" "$(ctl why K-1 x-hidden --json | json "[r['hidden_by'] for r in d['rows']]")"
	same "not started, incomplete" "$(verdict x-both)"
	same "plan.adopted" "$(ctl why K-1 x-both --json | json "[r['missing'] for r in d['rows']]")"
	record plan.adopted K-1 "${plan_fields[@]}"
	same "not started, no date" "$(verdict x-dated)"
	same "review_on" "$(ctl why K-1 x-dated --json | json "[r['missing'] for r in d['rows']]")"
	record case.paused K-1
	same "asleep, paused" "$(verdict x-visit)"
	record case.resumed K-1
	until_time 2026-01-15T12:00
	record visit.made K-1
	same "not started, throttled" "$(verdict x-often)"
	record case.closed K-1 outcome=moved
	same "cancelled, closed" "$(verdict x-visit)"
	until_time 2026-01-16T12:00
	record visit.made K-1
	same "not started, closed" "$(verdict x-visit)"
}

@test "the days that moved a date, by their names" {
	until_time 2026-03-27T10:00
	record visit.made K-1 --at 2026-03-27
	run ctl why K-1 x-visit --language sv
	[[ "$output" == *"Dagen flyttades från 2026-04-03 till 2026-04-07: långfredagen 2026-04-03, "*"annandag påsk 2026-04-06."* ]]
	same "due 2026-04-03 holiday" "$(ctl why K-1 x-visit --json | json "[(m['what'], m['date'], m['kind']) for m in d['rows'][0]['moved']][:1]")"
}

@test "several open at once: the one that speaks next; and the last word before" {
	record rent.charged K-1 --key 2026-01 amount=500000 due_on=2026-01-30
	record rent.charged K-1 --key 2026-02 amount=500000 due_on=2026-02-27
	until_time 2026-02-20T12:00
	same 2026-02 "$(ctl why K-1 rent-upcoming --json | json "[r['deadline']['key'] for r in d['rows']]")"
	run ctl why K-1 rent-upcoming --language en
	[[ "$output" == *'Last: "soon" 2026-01-'* ]]
}

@test "what cannot be asked" {
	run ctl why K-9
	[ "$status" -eq 1 ]
	run ctl why K-1 x-nothing
	[ "$status" -eq 1 ]
	[[ "$output" == *"there is no rule"* ]]
	run ctl why K-1 --on 2027-01-01
	[ "$status" -eq 1 ]
	[[ "$output" == *"lies ahead"* ]]
	run ctl why K-1 --language "fi"
	[ "$status" -eq 2 ]
}
