#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# When a letter is written and when not: the slot of the day, what is done before it, what is
# late, what is urgent; one letter for each person and day.

setup() {
	load kedja
	office
	only_rules
}

visit_rule() {
	visit_steps <<-'END'
		{ name = "soon";    at = "-P2D"; to = [ "social_worker", "support_worker" ]; },
		{ name = "today";   at = "P0D";  to = [ "social_worker", "support_worker" ]; },
		{ name = "late";    at = "P7D"; every = "P7D"; times = 4; to = [ "social_worker" ]; cc = [ "unit_manager" ]; },
		{ name = "manager"; at = "P30D"; to = [ "area_manager" ]; }
	END
}

# sent: "time to" of the letters, a line each.
sent() {
	ctl outbox --json | json "[(r['created_at'][:16], r['to'].split('@')[0]) for r in d]"
}

# passes DATE-TIME: time passes while the daemon is down, as if it had slept.
passes() {
	stop
	base "UPDATE meta SET value = '$(TZ=Europe/Stockholm date -d "$1" +%s)' WHERE name = 'virtual_now'"
	start
	[[ $(ctl clock --json | json 'd["now"]') == "$1"* ]]
}

@test "each step in the slot of its day; before a weekend or a holiday when it is early, after it when it is late" {
	visit_rule
	start
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05 # due Monday 12; "soon" on Saturday 10: Friday 9 instead
	until_time 2026-01-26T16:00
	same "2026-01-09T08:00 anna.aberg
2026-01-09T08:00 bo.ek
2026-01-12T08:00 anna.aberg
2026-01-12T08:00 bo.ek
2026-01-19T08:00 anna.aberg
2026-01-19T08:00 hakan.holm
2026-01-26T08:00 anna.aberg
2026-01-26T08:00 hakan.holm" "$(sent)"
}

@test "Easter moves reminders: before it those that lie before the day, after it those that come later" {
	visit_rule
	start --virtual-clock 2026-03-27T07:00
	cast 2026-03-27 K-1
	record visit.made K-1 --at 2026-03-27 # due Good Friday 3 April; "late" on Friday 10
	until_time 2026-04-10T16:00
	same "2026-04-01T08:00 2026-04-02T08:00 2026-04-10T08:00" \
		"$(sent | cut -d' ' -f1 | sort -u | tr '\n' ' ' | sed 's/ $//')"
}

@test "done before the slot: no letter" {
	visit_rule
	start
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-09T07:59
	record visit.missed K-1
	until_time 2026-01-30T16:00
	same 0 "$(letters)"
	same "2026-01-12 done" "$(due K-1 x-check)"
}

@test "known in the evening, done in the night: nothing goes off" {
	visit_rule
	start --virtual-clock 2026-01-30T17:30 # a Friday, after hours
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-31T12:00
	record visit.missed K-1
	until_time 2026-02-06T16:00
	same 0 "$(letters)"
	same "" "$(told x-check)"
}

@test "a whole letter is not written when only one of its matters is done" {
	visit_rule
	start
	cast 2026-01-05 K-1 K-2
	record visit.made K-1 --at 2026-01-05
	record visit.made K-2 --at 2026-01-05
	until_time 2026-01-09T07:30
	record visit.missed K-1
	until_time 2026-01-09T09:00
	same 2 "$(letters)"
	same "Bevakning i ärende K-2" "$(ctl outbox --json | json "sorted({r['subject'] for r in d})")"
}

@test "one letter for each person and day, however many matters" {
	only_rules task
	visit_rule
	start
	cast 2026-01-05 K-1 K-2 K-3
	for case in K-1 K-2 K-3; do
		record visit.made $case --at 2026-01-05
	done
	record task.agreed K-1 --key T-1 what=budget due_on=2026-01-12 role=social_worker --at 2026-01-05
	until_time 2026-01-12T16:00
	same "2026-01-09T08:00 anna.aberg
2026-01-09T08:00 bo.ek
2026-01-12T08:00 anna.aberg
2026-01-12T08:00 bo.ek" "$(sent)"
	text=$(ctl outbox --json | json "[r['id'] for r in d if r['to'].startswith('anna') and '01-12' in r['created_at']]")
	text=$(ctl outbox show "$text" --json | json 'd["text"]')
	for case in K-1 K-2 K-3; do
		[[ $text == *$case* ]]
	done
	same 4 "$(grep -cE '^[0-9]+\. ' <<<"$text")"
}

@test "a protected case stands in a letter of its own, which says nothing of the matter" {
	visit_rule
	start
	cast 2026-01-05 K-1 K-2
	record case.protected K-2 on=true --at 2026-01-05
	record visit.made K-1 --at 2026-01-05
	record visit.made K-2 --at 2026-01-05
	until_time 2026-01-09T16:00
	same 4 "$(letters)"
	found=0
	for id in $(ctl outbox --json | json "[r['id'] for r in d if r['to'].startswith('anna')]"); do
		text=$(ctl outbox show "$id" --json | json 'd["text"]')
		if [[ $text == *K-2* ]]; then
			[[ $text != *K-1* && $text != *"Egen bevakning"* ]]
			found=$((found + 1))
		else
			[[ $text == *K-1* && $text == *"Egen bevakning"* ]]
		fi
	done
	same 1 "$found"
}

@test "after a long stop: one letter each, of the furthest step; the others are overtaken" {
	visit_rule
	start
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05 # due on the 12th
	passes 2026-02-16T09:00
	until_time 2026-02-16T09:00
	same "2026-02-16T09:00 anna.aberg
2026-02-16T09:00 bo.ek
2026-02-16T09:00 hakan.holm
2026-02-16T09:00 per.strom" "$(sent)"
	same "late anna.åberg
late hakan.holm
manager per.ström
today bo.ek" "$(ctl notices --json | json "sorted((r['step'], r['person']) for r in d if r['state'] == 'sent')")"
	# every repetition is accounted for
	same "late 1
late 2
late 3
late 4
manager 1
soon 1
today 1" "$(base "SELECT step || ' ' || repetition FROM firing WHERE rule = 'x-check' ORDER BY 1")"
	same "None overtaken" "$(ctl notices --json |
		json "sorted({(r['person'], r['state']) for r in d if r['state'] != 'sent'})")"
	until_time 2026-03-31T16:00
	same 4 "$(letters)"
}

@test "after a stop that ended in the night, the letters wait for the office to open" {
	visit_rule
	start
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05
	passes 2026-01-17T23:00 # a Saturday
	until_time 2026-01-18T12:00
	same 0 "$(letters)"
	until_time 2026-01-19T12:00
	same "2026-01-19T08:00 anna.aberg
2026-01-19T08:00 bo.ek
2026-01-19T08:00 hakan.holm" "$(sent)"
}

@test "the slot was missed: the letters go at once, within opening hours" {
	visit_rule
	start
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05
	passes 2026-01-09T13:20
	until_time 2026-01-09T13:20
	same "2026-01-09T13:20 anna.aberg
2026-01-09T13:20 bo.ek" "$(sent)"
}

@test "written down late: one reminder, the furthest, and not again" {
	visit_rule
	start --virtual-clock 2026-02-16T09:00
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05
	until_time 2026-02-17T16:00
	same 4 "$(letters)"
	same "anna.åberg late
bo.ek today
hakan.holm late
per.ström manager" "$(ctl notices --json | json "sorted((r['person'], r['step']) for r in d if r['state'] == 'sent')")"
}

@test "urgent steps go by themselves, at once, within the office's hours" {
	own_rule 90-own <<-'END'
		rules = ({ name = "x-now"; title = "Genast"; subject = "case"; starts = [ "disturbance.reported" ];
		  due = "P0D"; done = [ "disturbance.handled" ];
		  steps = ({ name = "now"; at = "P0D"; time = "now"; urgent = true; to = [ "social_worker" ]; }); });
	END
	start --virtual-clock 2026-01-05T10:12
	cast 2026-01-05 K-1 K-2
	record disturbance.reported K-1
	until_time 2026-01-05T10:13
	same "2026-01-05T10:12 anna.aberg" "$(sent)"
	until_time 2026-01-05T20:00
	record disturbance.reported K-2
	until_time 2026-01-06T20:00 # Epiphany
	same 1 "$(letters)"
	until_time 2026-01-07T20:00
	same "2026-01-07T08:00 anna.aberg" "$(sent | tail -n 1)"
}

@test "an urgent letter says so: section, subject and headers; a letter of the day does not" {
	own_rule 90-own <<-'END'
		rules = ({ name = "x-now"; title = "Genast"; subject = "case"; starts = [ "disturbance.reported" ];
		  due = "P0D"; done = [ "disturbance.handled" ];
		  steps = ({ name = "now";   at = "P0D"; time = "now"; urgent = true; to = [ "social_worker" ]; },
		           { name = "later"; at = "P1D"; to = [ "support_worker" ]; }); });
	END
	start --virtual-clock 2026-01-05T10:12
	cast 2026-01-05 K-1
	record disturbance.reported K-1
	until_time 2026-01-07T16:00
	same "Brådskande bevakning i ärende K-1
Bevakning i ärende K-1" "$(ctl outbox --json | json "[r['subject'] for r in d]")"
	same 2 "$(letters)"
	urgent=$(grep -lxE $'Importance: high\r?' "$dir"/mail/new/*)
	same "$urgent" "$(grep -lxE $'X-Priority: 1\r?' "$dir"/mail/new/*)"
	grep -q '^To: .*anna' "$urgent"
	same $'Brådskande\n\n1. Genast i ärende K-1: ska vara klart i dag.' "$(ctl outbox show 1 --json | json 'd["text"]' | grep -A 2 -x Brådskande)"
	same "" "$(ctl outbox show 2 --json | json 'd["text"]' | grep -i brådskande)"
}

@test "a letter says what, which case, by when, why, who else, and what comes next" {
	only_rules plan-review
	start
	cast 2026-01-05 K-1
	record stage.entered K-1 stage=supported_housing mode=move --at 2026-01-05
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	until_time 2026-03-20T16:00 # due on Easter Sunday, 5 April; a fortnight before is a Sunday: Friday 20
	id=$(ctl outbox --json | json "[r['id'] for r in d if r['to'].startswith('anna')]")
	text=$(ctl outbox show "$id" --json | json 'd["text"]')
	echo "$text"
	for word in "Hej Anna Åberg" "K-1" "söndag 5 april" "måndagen den 5 januari 2026" "socialsekreterare" \
		"Bo Ek (boendestödjare)" "Meddela den som sköter kedja" "automatisk påminnelse"; do
		[[ $(tr -s ' \n' ' ' <<<"$text") == *"$word"* ]] || { echo "lacks: $word"; return 1; }
	done
}
