#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# What a rule carries through an edit: its past under an older name, and a dry week in which its
# reminders are noted and sent to nobody.

setup() {
	load kedja
	office
	only_rules
}

x_rule() { # FURTHER KEYS
	own_rule 90-own <<-END
		rules = ({ title = "Egen bevakning"; subject = "case"; starts = [ "plan.adopted" ];
		  due = "P30D"; done = [ "plan.reviewed" ]; $1
		  steps = (
		    { name = "soon"; at = "-P5D"; to = [ "social_worker" ]; },
		    { name = "today"; at = "P0D"; to = [ "social_worker" ]; }
		  ); });
	END
}

# planned KEYS: such a rule, and a plan of 2026-09-01 that it speaks of once until 2026-09-28.
planned() {
	x_rule "$1"
	start --virtual-clock 2026-09-01T08:00
	cast 2026-09-01 K-1
	record plan.adopted K-1 "${plan_fields[@]}"
	until_time 2026-09-28T10:00
}

@test "a rule that gets another name keeps its past: what was sent is not sent again" {
	planned 'name = "old-name";'
	same "soon social_worker anna.åberg sent" "$(told old-name)"

	x_rule 'name = "new-name"; was = "old-name";'
	ctl rules reload
	until_time 2026-10-02T10:00
	same "soon social_worker anna.åberg sent" "$(told old-name)"
	same "today social_worker anna.åberg sent" "$(told new-name)"
}

@test "without was another name is another rule, and begins anew" {
	planned 'name = "old-name";'
	x_rule 'name = "new-name";'
	ctl rules reload
	until_time 2026-09-29T10:00
	same "soon social_worker anna.åberg sent" "$(told new-name)"
}

@test "a dry week: noted as shadow, in no letter; and when the rule is meant, nothing twice" {
	planned 'name = "x-dry"; mode = "shadow";'
	same "soon social_worker anna.åberg shadow" "$(told x-dry)"
	same "[]" "$("$KEDJACTL" outbox --json | tr -d '\n ')"

	x_rule 'name = "x-dry";'
	ctl rules reload
	until_time 2026-10-02T10:00
	same $'soon social_worker anna.åberg shadow\ntoday social_worker anna.åberg sent' "$(told x-dry)"
}
