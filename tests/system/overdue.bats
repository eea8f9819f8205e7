#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# What of the cases was overdue on a Monday: told as it was known then, and not otherwise after a
# restart, a late entry or when everything is derived anew.

load kedja

setup() {
	office
}

mondays() { # the oversight of which days, and who got it
	ctl notices --json | json "[(r['at'][:10], r['person'], r['state']) for r in d if r['rule'] == 'oversight']"
}

# Everything of the file that can be derived is what is derived: also when it is, and after a start.
nothing_differs() {
	ctl rebuild --check >/dev/null
	before=$(dump)
	ctl rebuild >/dev/null
	same "$before" "$(dump)"
}

# What the Mondays said; and nothing would be said otherwise if all were derived anew.
spoke() {
	same "$1" "$(mondays | sort)"
	nothing_differs
}

spoke_in_all() {
	same "$1" "$(mondays | wc -l)"
	nothing_differs
}

# A decision whose last day was past when it was made: nobody could know of it on the Mondays before.
old_decision() {
	only_rules oversight decision-expiry
	start --virtual-clock 2026-08-03T07:00
	cast 2026-08-03 K-1
	until_time 2026-08-27T10:00
	record decision.made K-1 valid_until=2026-08-05 --at 2026-08-27T10:00
	ctl rebuild --check >/dev/null
}

@test "a decision that was past when it was made: no old Monday speaks, and the next one does" {
	old_decision
	until_time 2026-09-01T08:30
	spoke "2026-08-31 hakan.holm sent
2026-08-31 per.ström sent"
}

@test "nor does one after a restart" {
	old_decision
	stop
	start --virtual-clock 2026-08-03T07:00
	until_time 2026-09-01T08:30
	spoke_in_all 2
}

@test "nor when all is derived anew, or the programme folds anew for a late entry" {
	old_decision
	ctl rebuild >/dev/null
	record meeting.held norr --key reference --at 2026-08-20
	until_time 2026-09-01T08:30
	spoke_in_all 2
}

@test "an old case that is written down today: one oversight, on the next Monday" {
	only_rules oversight assessment
	start --virtual-clock 2026-08-27T10:00
	cast 2025-09-01
	until_time 2026-08-28T10:00
	record case.opened K-1 programme=norr --at 2025-09-15
	until_time 2026-09-01T08:30
	spoke "2026-08-31 hakan.holm sent
2026-08-31 per.ström sent"
}

@test "a late entry that takes back that something was overdue: the Monday is judged anew, and nothing is sent" {
	only_rules oversight assessment
	start --virtual-clock 2026-08-03T07:00
	cast 2026-08-03 K-1
	until_time 2026-08-25T10:00
	same 2 "$(mondays | wc -l)"
	id=$(ctl case K-1 --json | json '[e["id"] for e in d["events"]["rows"] if e["kind"] == "case.opened"]')
	ctl void "$id" --reason "fel ärende" >/dev/null
	until_time 2026-09-08T10:00
	spoke_in_all 2
}

@test "a case that moves on: what was overdue stays with the programme it was in" {
	only_rules oversight assessment
	start --virtual-clock 2026-08-03T07:00
	cast 2026-08-03 K-1
	record programme.started söder title=Söder --at 2026-08-03
	for role in unit_manager:bo.ek area_manager:eva.norén; do
		record role.assigned söder role="${role%:*}" staff="${role#*:}" --at 2026-08-03
	done
	until_time 2026-08-25T10:00
	record case.transferred K-1 programme=söder --at 2026-08-25
	until_time 2026-09-01T10:00
	spoke "2026-08-24 hakan.holm sent
2026-08-24 per.ström sent
2026-08-31 bo.ek sent
2026-08-31 eva.norén sent"
	stop
	start --virtual-clock 2026-08-03T07:00
	until_time 2026-09-02T10:00
	spoke_in_all 4
}

@test "a programme that was never started, and one that has ended: as long as its cases are overdue" {
	only_rules oversight assessment
	start --virtual-clock 2026-08-03T07:00
	cast 2026-08-03 K-1
	record programme.started väst title=Väst --at 2026-08-03
	record meeting.held väst --key reference --at 2026-08-03
	record role.assigned väst role=unit_manager staff=bo.ek --at 2026-08-03
	record role.assigned väst role=area_manager staff=eva.norén --at 2026-08-03
	record case.opened K-2 programme=väst --at 2026-08-03
	ctl void "$(base "SELECT id FROM event WHERE kind = 'programme.started' AND subject = 'väst'")" \
		--reason "as in a file of before programmes had to be started" >/dev/null
	until_time 2026-08-18T10:00
	record programme.ended norr --at 2026-08-18
	until_time 2026-08-25T10:00
	record assessment.done K-1 --at 2026-08-25
	record assessment.done K-2 --at 2026-08-25
	until_time 2026-09-02T10:00
	spoke "2026-08-24 bo.ek sent
2026-08-24 eva.norén sent
2026-08-24 hakan.holm sent
2026-08-24 per.ström sent"
}

@test "a weekly look that nothing fulfils: derived anew, each of its weeks is there" {
	only_rules
	own_rule 90-own <<-'END'
		rules = ({ name = "x-look"; title = "Egen bevakning"; subject = "case"; weekly = [ "mon" ];
		  steps = ({ name = "today"; at = "P0D"; to = [ "social_worker" ]; }); });
	END
	start --virtual-clock 2026-08-03T07:00
	cast 2026-08-03 K-1
	until_time 2026-09-01T10:00
	same 4 "$(told x-look | grep -c sent)"
	nothing_differs
	stop
	start --virtual-clock 2026-08-03T07:00
	nothing_differs
}
