#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Acknowledged and put off: who is not told meanwhile, who is, and what comes back on the day.

setup() {
	load kedja
	office
	own_rule 90-own <<-'END'
		rules = ({ name = "x-check"; title = "Kontroll"; subject = "case"; starts = [ "visit.made" ];
		  due = "P14D"; done = [ "visit.missed" ];
		  steps = ({ name = "soon"; at = "-P7D"; to = [ "social_worker", "support_worker" ]; },
		           { name = "today"; at = "P0D"; to = [ "social_worker", "support_worker" ]; },
		           { name = "late"; at = "P7D"; to = [ "social_worker" ]; cc = [ "unit_manager" ]; },
		           { name = "manager"; at = "P14D"; to = [ "area_manager" ]; }); });
	END
	find "$dir/conf/rules.d" -name '[0-8]*' -delete
	start
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05
}

put_off() { # ack|snooze [WORDS]: of K-1's check, by the social worker
	ctl "$1" K-1 x-check --reason "möte bokat" --as anna.åberg "${@:2}"
}

soon=$'soon social_worker anna.åberg sent\nsoon support_worker bo.ek sent'

@test "snoozed: the own role and those on the case wait, the manager is told, on the day the furthest goes" {
	until_time 2026-01-13T12:00
	run put_off snooze --until 2026-01-28
	same "event 14 recorded: reminders are put off until 2026-01-28" "$output"
	until_time 2026-01-27T12:00
	same "$soon
today social_worker None put_off
today support_worker None put_off
late social_worker None put_off
late unit_manager hakan.holm sent" "$(told x-check)"
	same "2026-01-19 open" "$(due K-1 x-check)"
	run ctl deadlines --subject K-1 --overdue
	[[ "$output" == *"2026-01-19  open, put off until 2026-01-28"* ]]
	until_time 2026-02-02T12:00
	same "$soon
today social_worker None put_off
today support_worker None put_off
late social_worker None put_off
late unit_manager hakan.holm sent
today support_worker bo.ek sent
late social_worker anna.åberg sent
manager area_manager per.ström sent" "$(told x-check)"
	[[ "$(ctl deadlines --subject K-1)" != *"put off"* ]]
}

@test "acknowledged and nothing held back: the last one goes again, once" {
	until_time 2026-01-13T12:00
	put_off ack --until 2026-01-15
	until_time 2026-01-18T12:00
	same "$soon
soon social_worker anna.åberg sent" "$(told x-check)"
	same 3 "$(letters)"
}

@test "snoozed and nothing held back: nothing is sent before the next step" {
	until_time 2026-01-13T12:00
	put_off snooze --until 2026-01-15
	until_time 2026-01-18T12:00
	same "$soon" "$(told x-check)"
}

@test "for so long: seven days, two weeks" {
	until_time 2026-01-13T12:00
	same "event 14 recorded: reminders are put off until 2026-01-20" "$(put_off snooze --for "7 dagar")"
	same "event 15 recorded: reminders are put off until 2026-01-27" "$(put_off snooze --for P2W)"
	run put_off snooze --for "ett tag"
	[ "$status" -eq 2 ]
	[[ "$output" == *'--for: "ett tag" is no length of time: write "7 days" or P2W'* ]]
	run put_off snooze
	[ "$status" -eq 2 ]
	run put_off snooze --for P7D --until 2026-01-28
	[ "$status" -eq 2 ]
}

@test "done meanwhile: nothing comes back" {
	until_time 2026-01-13T12:00
	put_off ack --until 2026-01-28
	until_time 2026-01-21T12:00
	record visit.missed K-1
	until_time 2026-02-10T12:00
	same "$soon
today social_worker None put_off
today support_worker None put_off" "$(told x-check)"
}

@test "taken back: what was held back goes out at once, and never again" {
	until_time 2026-01-13T12:00
	put_off snooze --until 2026-01-23
	until_time 2026-01-20T12:00
	ctl void 14 --reason "fel ärende"
	until_time 2026-01-20T12:01
	local after="$soon
today social_worker None put_off
today support_worker None put_off
today social_worker anna.åberg sent
today support_worker bo.ek sent"
	same "$after" "$(told x-check)"
	put_off snooze --until 2026-01-23
	until_time 2026-01-25T12:00
	same "$after" "$(told x-check)"
}

@test "killed, rebuilt and started again on the way: as if nothing had been" {
	local i day
	until_time 2026-01-13T12:00
	put_off ack --until 2026-01-15
	ctl snooze K-1 x-check --until 2026-01-28 --reason semester --as hakan.holm
	for day in 14 15 16 19 20 26 28 29; do
		until_time "2026-01-${day}T07:59"
		kill -9 "$daemon"
		wait_until gone "$daemon"
		start --virtual-clock 2026-01-05T07:00
		ctl rebuild >/dev/null
		until_time "2026-01-${day}T08:00"
		kill -9 "$daemon"
		wait_until gone "$daemon"
		start --virtual-clock 2026-01-05T07:00
		ctl rebuild --check >/dev/null
		ctl rules reload >/dev/null
	done
	until_time 2026-01-30T12:00
	same "$soon
soon social_worker None put_off
today social_worker None put_off
today support_worker None put_off
late social_worker None put_off
late unit_manager None put_off
today support_worker bo.ek sent
late social_worker anna.åberg sent
late unit_manager hakan.holm sent" "$(told x-check)"
}

@test "voided and recorded again for the same day: it comes back once" {
	until_time 2026-01-13T12:00
	put_off ack --until 2026-01-15
	ctl void 14 --reason fel
	put_off ack --until 2026-01-15
	until_time 2026-01-15T12:00
	same "$soon
soon social_worker anna.åberg sent" "$(told x-check)"
	ctl void 16 --reason fel
	until_time 2026-01-18T12:00
	same 3 "$(told x-check | wc -l)"
}

@test "stopped and started on the way: what was held back goes out, once" {
	until_time 2026-01-13T12:00
	put_off ack --until 2026-01-21
	until_time 2026-01-20T12:00
	stop
	start --virtual-clock 2026-01-05T07:00
	until_time 2026-01-27T12:00
	same "$soon
today social_worker None put_off
today support_worker None put_off
today social_worker anna.åberg sent
today support_worker bo.ek sent
late social_worker anna.åberg sent
late unit_manager hakan.holm sent" "$(told x-check)"
}

@test "why: put off, until when, by whom; and on each day what it was" {
	until_time 2026-01-13T12:00
	put_off snooze --until 2026-01-28
	until_time 2026-02-01T12:00
	verdict() {
		ctl why K-1 x-check --on "$1" --json | json "d['rows'][0]['verdict']"
	}
	same "sent" "$(verdict 2026-01-12)"
	same "put off" "$(verdict 2026-01-13)"
	same "put off" "$(verdict 2026-01-19)"
	same "put off" "$(verdict 2026-01-20)"
	same "sent" "$(verdict 2026-01-26)"
	same "put off" "$(verdict 2026-01-27)"
	same "sent" "$(verdict 2026-01-28)"
	same "waiting" "$(verdict 2026-01-29)"
	run ctl why K-1 x-check --on 2026-01-20 --language en
	[[ "$output" == *"Put off until 2026-01-28: anna.åberg (social_worker), event 14, deadline.snoozed 2026-01-13."* ]]
	[[ "$output" == *'The next reminder is "late" 2026-01-26 08:00.'* ]]
	[[ "$(ctl why K-1 x-check --on 2026-01-20 --language sv)" == *"Uppskjutet till 2026-01-28: anna.åberg"* ]]
	[[ "$output" != *"möte"* ]]
	run ctl why K-1 x-check --on 2026-01-19 --language en
	[[ "$output" == *'Held back 2026-01-19 08:00: "today": put off until 2026-01-28 by anna.åberg, social_worker.'* ]]
	same '[{"until": "2026-01-28", "by": "anna.åberg", "role": "social_worker", "event": 14, "acknowledged": false}]' \
		"$(ctl why K-1 x-check --on 2026-01-20 --json | json "json.dumps([r['put_off'] for r in d['rows']], ensure_ascii=False)")"
}

said_to() { # ADDRESS: the words of the letters to somebody, the last one last
	/usr/bin/python3 - "$dir/mail/new" "$1" <<-'END'
		import email, email.policy, glob, os, sys
		for path in sorted(glob.glob(sys.argv[1] + "/*"), key=os.path.getmtime):
		    letter = email.message_from_binary_file(open(path, "rb"), policy=email.policy.default)
		    if sys.argv[2] in letter["To"]:
		        print(" ".join(letter.get_body(("plain",)).get_content().split()))
	END
}

@test "letters to others say who has put it off and until when, and never why" {
	until_time 2026-01-13T12:00
	put_off snooze --until 2026-01-28
	until_time 2026-01-27T12:00
	[[ "$(said_to hakan.holm)" == *"Anna Åberg har skjutit upp till onsdag 28 januari."*"Händer inget går nästa påminnelse onsdagen den 28 januari 2026."* ]]
	put_off ack --until 2026-02-05
	ctl snooze K-1 x-check --until 2026-02-03 --reason semester --as bo.ek
	until_time 2026-02-02T12:00
	[[ "$(said_to per.str)" == *"Bo Ek har skjutit upp till tisdag 3 februari, Anna Åberg har sett den, till torsdag 5 februari."* ]]
	until_time 2026-02-06T12:00
	[[ "$(said_to anna)" == *"har varit uppskjuten"* ]]
	[[ "$(said_to anna)" != *"Anna Åberg har"* ]]
	[[ "$(said_to per.str)" != *"varit uppskjuten"* ]]
	! grep -rqE 'möte|semester|m=C3=B6te' "$dir/mail" "$dir/log"
}

@test "what is simulated is what comes, put off or not" {
	until_time 2026-01-13T12:00
	put_off ack --until 2026-01-15
	put_off snooze --until 2026-01-28
	ctl ack K-1 x-check --until 2026-02-05 --reason semester --as hakan.holm
	said() { json "[(r['at'][:16], r['step'], r['role'], r['person'], r['state']) for r in $1]"; }
	ctl rules simulate --until 2026-02-20 --json | said "d['rows']" >"$dir/ahead"
	until_time 2026-02-20T23:00
	ctl notices --since 2026-01-13T12:00 --json | said d >"$dir/came"
	same "$(cat "$dir/ahead")" "$(cat "$dir/came")"
	same 8 "$(wc -l <"$dir/came")"
	for day in 2026-01-05 2026-01-14 2026-01-20 2026-01-27; do # what was held back before is so again
		same "$(ctl notices --since "$day" --json | said d)" \
			"$(ctl rules simulate --since "$day" --json | said "d['rows']")"
	done
	ctl rules diff "$dir/conf" --since 2026-01-20 | head -n 1 >"$dir/diff"
	[[ "$(cat "$dir/diff")" == "0 notices come, 0 go, 0 move;"* ]]
}

@test "what is wrong is told, all of it, and nothing is recorded" {
	until_time 2026-01-13T12:00
	run put_off ack --until 2026-01-13
	[ "$status" -eq 1 ]
	[[ "$output" == *"until: must lie ahead: a day from tomorrow on, 2026-01-14 or later"* ]]
	run put_off ack --until 2026-07-14
	[[ "$output" == *"until: lies too far ahead: at most 6 months, 2026-07-13 or earlier"* ]]
	run ctl ack K-1 x-chekc --until 2026-01-01 --reason r --as nobody.here
	[[ "$output" == *'rule: there is no rule "x-chekc": did you mean "x-check"?'* ]]
	[[ "$output" == *"until: must lie ahead"* ]]
	[[ "$output" == *"by: nobody called nobody.here works here"* ]]
	run ctl ack K-1 x-check a --until 2026-01-20 --reason r --as anna.åberg
	[[ "$output" == *"key: x-check has one deadline at a time, without a key: leave it out"* ]]
	run ctl ack norr x-check --until 2026-01-20 --reason r --as anna.åberg
	[[ "$output" == *"rule: nothing of x-check is open about norr"* ]]
	run ctl record deadline.snoozed K-1 rule=x-check until=2026-01-20 reason=r by=anna.åberg role=unit_manager
	[[ "$output" == *"role: anna.åberg does not hold it: it must be social_worker"* ]]
	run ctl record deadline.snoozed K-1 rule=x-check until=2026-01-20 reason=r
	[[ "$output" == *"by: is missing: the member of staff who says so"* ]]
	run ctl record deadline.snoozed K-1 rule=x-check until=2026-01-20 reason=r by=anna.åberg --at 2026-01-10
	[[ "$output" == *"at: must be today"* ]]
	record staff.joined ny.person name="Ny Person" email=ny@office.example
	run ctl ack K-1 x-check --until 2026-01-20 --reason r --as ny.person
	[[ "$output" == *"by: ny.person holds no role in K-1"* ]]
	record role.assigned norr role=unit_manager staff=anna.åberg
	run put_off ack --until 2026-01-20
	[[ "$output" == *"role: anna.åberg holds several roles: say as which, social_worker, unit_manager"* ]]
	same 0 "$(base "SELECT count(*) FROM event WHERE kind LIKE 'deadline.%'")"
	put_off ack --until 2026-01-20 --role unit_manager
	record visit.missed K-1
	run put_off ack --until 2026-01-20
	[[ "$output" == *"rule: nothing of x-check is open about K-1"* ]]
}

@test "who stands in for somebody may say so as they might" {
	record staff.absent anna.åberg from=2026-01-12 to=2026-01-30 deputy=eva.norén
	until_time 2026-01-13T12:00
	ctl snooze K-1 x-check --until 2026-01-20 --reason r --as eva.norén
	same "social_worker" "$(ctl case K-1 --json | json "d['deadlines'][0]['put_off']['role']")"
}

@test "a rule of the programme; one of several" {
	ctl import - >/dev/null <<-'END'
		{"kind": "case.opened", "subject": "K-2", "data": {"programme": "norr"}}
		{"kind": "role.assigned", "subject": "K-2", "data": {"role": "social_worker", "staff": "anna.åberg"}}
	END
	own_rule 91-own <<-'END'
		rules = (
		  { name = "x-team"; title = "Möte"; subject = "programme"; starts = [ "evaluation.done" ];
		    due = "P7D"; done = [ "buyers.informed" ];
		    steps = ({ name = "today"; at = "P0D"; to = [ "unit_manager", "support_worker" ]; }); },
		  { name = "x-task"; title = "Uppdrag"; subject = "case"; starts = [ "task.agreed" ];
		    from = "due_on"; per_key = true; done = [ "task.done" ];
		    steps = ({ name = "today"; at = "P0D"; to = [ "social_worker" ]; }); });
	END
	ctl rules reload >/dev/null
	record evaluation.done norr
	record task.agreed K-2 --key a what=other due_on=2026-01-12 role=social_worker
	record task.agreed K-2 --key b what=other due_on=2026-01-12 role=social_worker
	ctl snooze norr x-team --until 2026-01-14 --reason r --as bo.ek
	run ctl snooze K-2 x-task c --until 2026-01-14 --reason r --as anna.åberg
	[[ "$output" == *"key: nothing of x-task is open with the key c: it is a, b"* ]]
	ctl snooze K-2 x-task b --until 2026-01-14 --reason r --as anna.åberg
	until_time 2026-01-12T12:00
	same "today unit_manager hakan.holm sent
today support_worker None put_off" "$(told x-team)"
	same "a sent, b put_off" "$(ctl notices --json |
		json "', '.join(sorted(r['key'] + ' ' + r['state'] for r in d if r['rule'] == 'x-task'))")"
	until_time 2026-01-14T12:00
	same "a sent, b put_off, b sent" "$(ctl notices --json |
		json "', '.join(sorted(r['key'] + ' ' + r['state'] for r in d if r['rule'] == 'x-task'))")"
	same "today support_worker bo.ek sent" "$(told x-team | tail -n 1)"
}
