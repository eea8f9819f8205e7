#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Who sees an event: a case that of all programmes it ever named, a programme that of all cases
# that ever named it (rules/language/sees.h); live as after a rebuild.

load kedja

setup() {
	office
}

account() { # CASE: its rents, as "month paid state"
	ctl case "$1" --json | json "[(r['month'], r['paid'], r['state']) for r in d['ledger']]"
}

agrees() { # what is kept is what would be derived
	run ctl rebuild --check
	[[ $output == *" 0 different" ]]
}

staffed() { # PROGRAMME: begun, with those of norr
	record programme.started "$1" title="$1" --at 2026-01-05
	for held in social_worker:anna.åberg support_worker:bo.ek housing_coordinator:eva.norén \
		unit_manager:hakan.holm area_manager:per.ström; do
		record role.assigned "$1" role="${held%%:*}" staff="${held#*:}" --at 2026-01-05
	done
}

@test "a payment that its programme assigns after the case has left pays the rent, live" {
	start
	cast 2026-01-05 K-1
	staffed syd
	record rent.charged K-1 --key 2026-02 amount=500000
	record payment.unmatched norr --key BG-1 amount=500000 paid_on=2026-01-05 reference=blank
	until_time 2026-01-07T09:00
	record case.transferred K-1 programme=syd
	same "2026-02 0 open" "$(account K-1)"
	record payment.assigned norr --key BG-1 case=K-1
	same "2026-02 500000 settled" "$(account K-1)"
	agrees

	# taken back, it is open again; and so it stays when everything is forgotten
	event=$(base "SELECT max(id) FROM event")
	ctl void "$event" --reason "another's" >/dev/null
	same "2026-02 0 open" "$(account K-1)"
	record payment.assigned norr --key BG-1 case=K-1
	agrees

	# nobody is warned of what is paid
	until_time 2026-02-10T09:00
	record payments.imported syd format=csv file=x.csv covers_through=2026-02-09 payments=0 sum=0
	until_time 2026-02-20T09:00
	same "" "$(told rent-late)"
	agrees
}

@test "a case that is not in memory learns what its former programme assigns" {
	start
	cast 2026-01-05 K-1
	staffed syd
	record rent.charged K-1 --key 2026-02 amount=500000
	record payment.unmatched norr --key BG-1 amount=500000 paid_on=2026-01-05 reference=blank
	record case.transferred K-1 programme=syd
	stop
	start
	record payment.assigned norr --key BG-1 case=K-1
	until_time 2026-01-07T09:00
	same "done" "$(due K-1 rent-late | cut -d ' ' -f 2)"
	agrees
}

@test "the day that a case's event names is agreed for its programme's rule" {
	rm -r "$dir/conf/rules.d"
	mkdir "$dir/conf/rules.d"
	own_rule 10-own <<-'END'
		rules = ( { name = "own"; title = "t"; subject = "programme";
		  starts = [ "programme.started" ]; due = "P6M"; agreed = "plan.adopted.review_on";
		  done = [ "evaluation.done" ];
		  steps = ( { name = "today"; at = "P0D"; to = [ "unit_manager" ]; } ); } );
	END
	start
	cast 2026-01-05 K-1
	same "2026-07-05 open" "$(due norr own)"
	record plan.adopted K-1 review_on=2026-03-03 "${plan_fields[@]}"
	same "2026-03-03 open" "$(due norr own)"
	agrees
	event=$(base "SELECT max(id) FROM event")
	ctl void "$event" --reason "a mistake" >/dev/null
	same "2026-07-05 open" "$(due norr own)"
	agrees
}

@test "a move within the chain is no placement, whatever programme the first stage was in" {
	start
	cast 2026-01-05 K-1
	staffed syd
	until_time 2026-01-20T09:00
	record stage.entered K-1 stage=supported_housing mode=move
	until_time 2026-01-25T09:00
	record case.transferred K-1 programme=syd
	until_time 2026-02-01T09:00
	record stage.entered K-1 stage=training_flat mode=move
	same "2026-03-06 open" "$(due syd intake-stalled)"
	agrees

	# neither when the first stage is written down only after the case has moved on
	record case.opened K-2 programme=norr --at 2026-01-05
	record case.transferred K-2 programme=syd --at 2026-01-25
	record stage.entered K-2 stage=training_flat mode=move --at 2026-02-01
	same "2026-04-02 open" "$(due syd intake-stalled | tail -n 1)"
	record stage.entered K-2 stage=supported_housing mode=move --at 2026-01-20
	same "2026-03-06 open" "$(due syd intake-stalled)"
	agrees
}

@test "a case may go through any number of programmes, and a mistake of the first is taken back" {
	start
	cast 2026-01-05 K-1
	for n in {1..20}; do
		record programme.started "p$n" title=p --at 2026-01-05
		record case.transferred K-1 programme="p$n" --at 2026-01-05
	done
	record stage.entered K-1 stage=supported_housing mode=move --at 2026-01-05
	event=$(base "SELECT max(id) FROM event")
	record stage.entered K-1 stage=training_flat mode=move
	for n in {1..20}; do
		record case.transferred K-1 programme="p$n"
		[ "$(ctl case "p$n" --json | json "d['facts']['cases_in_chain']")" = 1 ]
	done
	ctl void "$event" --reason "a mistake" >/dev/null
	agrees
	record payment.unmatched p1 --key BG-1 amount=500000 paid_on=2026-01-05 reference=blank
	record payment.assigned p1 --key BG-1 case=K-1
	agrees
}

@test "a move that is taken back: the programme sees the case no more" {
	start
	cast 2026-01-05 K-1
	staffed syd
	record stage.entered K-1 stage=supported_housing mode=move
	record case.transferred K-1 programme=syd
	event=$(base "SELECT max(id) FROM event")
	same 1 "$(ctl case syd --json | json "d['facts']['cases_in_chain']")"
	ctl void "$event" --reason "a mistake" >/dev/null
	same 0 "$(ctl case syd --json | json "d['facts']['cases_in_chain']")"
	same 1 "$(ctl case norr --json | json "d['facts']['cases_in_chain']")"
	agrees
	record stage.entered K-1 stage=training_flat mode=move
	record case.transferred K-1 programme=syd
	same 1 "$(ctl case syd --json | json "d['facts']['cases_in_chain']")"
	agrees
}
