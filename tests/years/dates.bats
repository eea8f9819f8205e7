#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The days on which things are due, as the office reckons them: quarters that end in February,
# half-years kept however late the work was, and rules that the office changes itself.

setup() {
	load ../system/kedja
	office
}

# x_review DUE: plan-review under another name, with another due.
x_review() {
	rule plan-review | sed -e 's/"plan-review"/"x-review"/' -e "s/due *= \"P3M\"/due = \"$1\"/" | own_rule 90-own
	grep -q "due = \"$1\"" "$dir/conf/rules.d/90-own.conf"
}

@test "a plan of 30 November is reviewed by 28 February, and from then by 28 May" {
	start --virtual-clock 2026-11-30T08:00
	cast 2026-11-30 K-1 K-2
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-11-30
	same "2027-02-28 open" "$(due K-1 plan-review)"

	until_time 2027-02-28T10:00
	record plan.reviewed K-1 "${review_fields[@]}"
	same $'2027-02-28 done\n2027-05-28 open' "$(due K-1 plan-review)"
}

@test "a day that the plan itself names comes first, when it is earlier" {
	start --virtual-clock 2026-11-30T08:00
	cast 2026-11-30 K-1 K-2
	record plan.adopted K-1 "${plan_fields[@]}" review_on=2027-01-15
	record plan.adopted K-2 "${plan_fields[@]}" review_on=2027-06-15
	same "2027-01-15 open" "$(due K-1 plan-review)"
	same "2027-02-28 open" "$(due K-2 plan-review)"
}

@test "each half-year from 31 August: the end of February, then 31 August again, however late" {
	own_rule 90-own <<-'END'
		rules = ({ name = "x-half"; title = "Halvår"; subject = "case"; starts = [ "plan.adopted" ];
		  due = "P6M"; repeat = "fixed"; done = [ "plan.reviewed" ];
		  steps = ({ name = "today"; at = "P0D"; to = [ "social_worker" ]; }); });
	END
	start --virtual-clock 2026-08-31T08:00
	cast 2026-08-31 K-1
	record plan.adopted K-1 "${plan_fields[@]}"
	same "2027-02-28 open" "$(due K-1 x-half)"

	until_time 2027-03-20T10:00
	record plan.reviewed K-1 "${review_fields[@]}"
	same $'2027-02-28 done\n2027-08-31 open' "$(due K-1 x-half)"

	until_time 2027-08-31T10:00
	record plan.reviewed K-1 "${review_fields[@]}"
	same $'2027-02-28 done\n2027-08-31 done\n2028-02-29 open' "$(due K-1 x-half)"
}

@test "plan-review copied, with a month: due a month after each anchor, nothing compiled" {
	start --virtual-clock 2026-01-31T08:00
	cast 2026-01-31 K-1 K-2 K-3
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-31
	until_time 2026-03-15T09:00
	record plan.adopted K-2 "${plan_fields[@]}" --at 2026-03-15
	record plan.reviewed K-1 "${review_fields[@]}" --at 2026-03-10
	same "" "$(due K-1 x-review)"

	x_review P1M
	same True "$(ctl rules reload --json | json 'd["changed"]')"
	same $'2026-02-28 done\n2026-04-10 open' "$(due K-1 x-review)"
	same "2026-04-15 open" "$(due K-2 x-review)"
	same $'2026-04-30 done\n2026-06-10 open' "$(due K-1 plan-review)"

	# a plan made after the reload
	record plan.adopted K-3 "${plan_fields[@]}" --at 2026-03-12
	same "2026-04-12 open" "$(due K-3 x-review)"
}

@test "the same by SIGHUP" {
	start --virtual-clock 2026-03-15T08:00
	cast 2026-03-15 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-03-15
	x_review P2M
	kill -HUP "$daemon"
	has_x_review() { ctl rules list --json | grep -q x-review; }
	wait_until has_x_review
	same "2026-05-15 open" "$(due K-1 x-review)"
}

@test "rules that have not changed are read again, and nothing happens" {
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	until_time 2026-04-20T09:00
	before=$(dump)
	same False "$(ctl rules reload --json | json 'd["changed"]')"
	same "$before" "$(dump)"
}

@test "a rule that is changed does not send again what it has sent" {
	only_rules plan-review
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	until_time 2026-04-10T09:00 # due on the 5th: "soon" and "today" are out
	sent=$(letters)
	[ "$sent" -gt 0 ]
	sed -i 's/title   = "Uppföljning av handlingsplan"/title = "Ny rubrik"/; s/at = "-P14D"/at = "-P13D"/' \
		"$dir/conf/rules.d/10-plan-review.conf"
	same True "$(ctl rules reload --json | json 'd["changed"]')"
	until_time 2026-04-10T16:00
	same "$sent" "$(letters)"
}

@test "taken away again, a rule leaves no deadlines, and what it sent stays" {
	x_review P1M
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	until_time 2026-02-06T09:00
	[ -n "$(told x-review)" ]
	before=$(told x-review)
	rm "$dir/conf/rules.d/90-own.conf"
	same True "$(ctl rules reload --force --json | json 'd["changed"]')"
	same "" "$(due K-1 x-review)"
	same "$before" "$(told x-review)"
}
