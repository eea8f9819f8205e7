#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The letter of the day: what stands in it, in which order, how many there are, and how often.

setup() {
	load kedja
	office
	only_rules
	own_rule 90-own <<-'END'
		rules = (
		  { name = "x-plain"; title = "Vanlig"; subject = "case"; starts = [ "visit.made" ]; per_key = false;
		    due = "P10D"; done = [ "visit.missed" ];
		    steps = ({ name = "soon"; at = "-P3D"; to = [ "social_worker" ]; },
		             { name = "today"; at = "P0D"; to = [ "social_worker" ]; },
		             { name = "late"; at = "P7D"; every = "P7D"; times = 9; to = [ "social_worker" ]; }); },
		  { name = "x-law"; title = "Lagens dag"; subject = "case"; starts = [ "remark.received" ];
		    due = "P10D"; done = [ "remark.handled" ];
		    steps = ({ name = "soon"; at = "-P3D"; to = [ "social_worker" ]; },
		             { name = "last"; at = "P5D"; to = [ "social_worker" ]; urgent = true; }); },
		  { name = "x-insist"; title = "Alltid samma dag"; subject = "case"; starts = [ "assessment.done" ];
		    insist = true; due = "P60D"; done = [ "decision.made" ];
		    steps = ({ name = "told"; after = "P7D"; to = [ "social_worker" ]; }); },
		  { name = "x-far"; title = "Längre fram"; subject = "case"; starts = [ "counselling.offered" ];
		    due = "P60D"; done = [ "decision.made" ];
		    steps = ({ name = "told"; after = "P7D"; to = [ "social_worker" ]; }); });
	END
}

# The letters so far: their subject lines, in order.
subjects() {
	ctl outbox --json | json "[r['subject'] for r in sorted(d, key=lambda r: r['id'])]"
}

days() { # on which letters were made, and to whom
	ctl outbox --json | json "sorted((r['created_at'][:10], r['to'].split('@')[0]) for r in d)"
}

last_letter() {
	ctl outbox show "$(ctl outbox --json | json "max(r['id'] for r in d)")"
}

@test "most serious first: overdue, for today, coming; in each what the law is about; numbered" {
	start
	cast 2026-01-05 K-1 K-2 K-3 K-4 K-5
	record visit.made K-4 --at 2026-01-05   # soon 12 Jan, today 15 Jan, late 22 and 29 Jan
	until_time 2026-01-09T07:00
	record visit.made K-1 --at 2026-01-09   # late 26 Jan
	until_time 2026-01-23T12:00
	record visit.made K-5 --at 2026-01-19   # soon 26 Jan
	record remark.received K-2 --at 2026-01-19 # soon 26 Jan
	record visit.made K-3 --at 2026-01-16   # today 26 Jan
	until_time 2026-01-26T16:00
	letter=$(last_letter)
	# what the law is about is for today though its day is still to come
	same $'1. Vanlig i ärende K-1:\n2. Lagens dag i ärende K-2:\n3. Vanlig i ärende K-3:' \
		"$(tr -s '\n ' ' ' <<<"$letter" | grep -oE '[0-9]\. (Vanlig|Lagens dag) i ärende K-[0-9]:')"
	grep -qE '^4 .* Vanlig +K-5$' <<<"$letter"
	same $'1 K-1\n2 K-2\n3 K-3\n4 K-5' "$(ctl notices --since 2026-01-26 --json |
		json "['%s %s' % (r['item'], r['subject']) for r in sorted((r for r in d if r['item']), key=lambda r: r['item'])]")"
}

@test "what is urgent goes at once, in one letter, and protected cases by themselves" {
	start
	cast 2026-01-05 K-1 K-2 K-3
	record case.protected K-3 on=true --at 2026-01-05
	for case in K-1 K-2 K-3; do record remark.received "$case" --at 2026-01-05; done
	until_time 2026-01-20T16:00
	same $'Brådskande bevakningar: 2\nBrådskande bevakning att hantera' "$(subjects | tail -n 2)"
	same 2 "$(ctl outbox --json | json "sum(r['created_at'][:10] == '2026-01-20' for r in d)")"
}

@test "grouping by case: a letter for each case and day, each of them once" {
	echo 'grouping = "case";' >>"$dir/conf/kedja.conf"
	start
	cast 2026-01-05 K-1 K-2
	record visit.made K-1 --at 2026-01-05
	record visit.made K-2 --at 2026-01-05
	record remark.received K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	same $'Bevakning i ärende K-2\nBevakningar i ärende K-1: 2' "$(subjects | sort)"
	until_time 2026-01-15T16:00
	same 4 "$(letters)"
	stop
	start
	until_time 2026-01-16T16:00
	same 4 "$(letters)"
}

@test "once a week: what can wait waits for the weekday; what cannot does not" {
	start
	cast 2026-01-05 K-1 K-2 K-3
	record staff.changed anna.åberg name="Anna Åberg" email=anna.aberg@office.example rhythm=weekly
	until_time 2026-01-08T07:00
	record counselling.offered K-1 --at 2026-01-06 # told 13 Jan, a Tuesday; due in March
	record assessment.done K-2 --at 2026-01-07    # told 14 Jan: the rule insists
	record visit.made K-3 --at 2026-01-08         # soon 15 Jan, due 18 Jan: before the next Monday
	until_time 2026-01-13T16:00
	same 0 "$(letters)"
	until_time 2026-01-14T16:00
	same "Bevakning i ärende K-2" "$(subjects)"
	until_time 2026-01-15T16:00
	same $'Bevakning i ärende K-2\nBevakning i ärende K-3' "$(subjects)"
	same "queued" "$(ctl notices --json | json "[r['state'] for r in d if r['subject'] == 'K-1']")"
	until_time 2026-01-19T16:00
	letter=$(last_letter)
	[[ $letter == *"i ärende K-1"* ]]
	same "sent" "$(ctl notices --json | json "[r['state'] for r in d if r['subject'] == 'K-1']")"
	# on the Monday all of it went in one letter
	same 1 "$(ctl outbox --json | json "sum(r['created_at'][:10] == '2026-01-19' for r in d)")"
}

@test "once a week: the weekday is a setting, and a closed day moves it on" {
	echo 'weekly_day = "tue";' >>"$dir/conf/kedja.conf"
	start --virtual-clock 2025-12-29T07:00
	cast 2025-12-29 K-1
	record staff.changed anna.åberg name="Anna Åberg" email=anna.aberg@office.example rhythm=weekly
	record counselling.offered K-1 --at 2025-12-29 # told 5 Jan; Tuesday 6 Jan is a holiday
	until_time 2026-01-06T16:00
	same 0 "$(letters)"
	until_time 2026-01-09T16:00
	same "2026-01-07 anna.aberg" "$(days)"
}

@test "once a week: another weekday is obeyed at once" {
	echo 'weekly_day = "fri";' >>"$dir/conf/kedja.conf"
	start
	cast 2026-01-05 K-1
	record staff.changed anna.åberg name="Anna Åberg" email=anna.aberg@office.example rhythm=weekly
	record counselling.offered K-1 --at 2026-01-05 # told 12 Jan, a Monday
	until_time 2026-01-13T16:00
	same 0 "$(letters)"
	sed -i 's/weekly_day = "fri"/weekly_day = "wed"/' "$dir/conf/kedja.conf"
	same "False" "$(ctl rules reload --json | json "d['changed']")"
	until_time 2026-01-14T16:00
	same "2026-01-14 anna.aberg" "$(days)"
}

@test "once a week: a letter that was missed goes when the daemon is there again, not a week later" {
	start
	cast 2026-01-05 K-1
	record staff.changed anna.åberg name="Anna Åberg" email=anna.aberg@office.example rhythm=weekly
	until_time 2026-01-06T07:00
	record counselling.offered K-1 --at 2026-01-06 # told 13 Jan, waits for Monday the 19th
	until_time 2026-01-16T16:00
	same 0 "$(letters)"
	stop
	base "UPDATE meta SET value = strftime('%s', '2026-01-20 08:00:00') WHERE name = 'virtual_now'"
	start # the Monday went by without it
	until_time 2026-01-20T16:00
	same "2026-01-20 anna.aberg" "$(days)"
}

@test "the same weekly reader is not woken for nothing on the days between" {
	start
	cast 2026-01-05 K-1
	record staff.changed anna.åberg name="Anna Åberg" email=anna.aberg@office.example rhythm=weekly
	until_time 2026-01-06T07:00
	record counselling.offered K-1 --at 2026-01-06
	until_time 2026-01-13T16:00
	same "2026-01-19T08:00:00+01:00" "$(ctl status --json | json "d['next_at']")"
}

@test "10,000 reminders for 200 people, fresh and all overdue: exactly 200 letters each time" {
	echo 'hold_above = 0;' >>"$dir/conf/kedja.conf"
	start
	/usr/bin/python3 - >"$dir/all.ndjson" <<-'END'
		import json
		def event(kind, subject, **data):
		    print(json.dumps({"kind": kind, "subject": subject, "at": "2026-01-05", "data": data}))
		event("programme.started", "norr", title="Norr")
		for i in range(200):
		    event("staff.joined", f"p{i:03d}", name=f"Person {i}", email=f"p{i:03d}@office.example")
		for i in range(10000):
		    event("case.opened", f"K-{i:05d}", programme="norr")
		    event("role.assigned", f"K-{i:05d}", role="social_worker", staff=f"p{i % 200:03d}")
		    event("visit.made", f"K-{i:05d}")
	END
	ctl import "$dir/all.ndjson" >/dev/null
	until_time 2026-01-12T16:00 # the first step, of all of them
	same 200 "$(letters)"
	same "10000" "$(base "SELECT count(*) FROM notice WHERE state = 'sent'")"
	until_time 2026-01-15T07:00
	before=$(letters)
	until_time 2026-01-15T16:00
	same 200 $(($(letters) - before))
	until_time 2026-01-22T07:00
	before=$(letters)
	until_time 2026-01-22T16:00 # all overdue
	same 200 $(($(letters) - before))
}

@test "more than anybody reads: what is the same stands once, and each case on a line, in one letter" {
	echo 'hold_above = 0;' >>"$dir/conf/kedja.conf"
	start
	cast 2026-01-05
	for i in $(seq 1000 1149); do
		echo "{\"kind\": \"case.opened\", \"subject\": \"K-$i\", \"at\": \"2026-01-05\", \"data\": {\"programme\": \"norr\"}}"
		echo "{\"kind\": \"role.assigned\", \"subject\": \"K-$i\", \"at\": \"2026-01-05\", \"data\": {\"role\": \"social_worker\", \"staff\": \"anna.åberg\"}}"
		echo "{\"kind\": \"visit.made\", \"subject\": \"K-$i\", \"at\": \"2026-01-05\", \"data\": {}}"
	done >"$dir/many"
	ctl import "$dir/many" >/dev/null
	until_time 2026-01-12T16:00
	same 1 "$(letters)"
	letter=$(last_letter)
	[[ $letter == *"Du har 150 bevakningar som kommer."* ]]
	same 150 "$(grep -cE '^[0-9]+ +torsdag 15 januari +Vanlig +K-[0-9]+$' <<<"$letter")"
	until_time 2026-01-15T16:00
	letter=$(last_letter)
	[[ $letter == *"Du har 150 bevakningar att ta hand om i dag."* ]]
	same 1 "$(grep -cx Vanlig <<<"$letter")"
	same 150 "$(grep -cE '^ {0,2}[0-9]+\. K-1[01][0-9][0-9], ska vara klart i dag$' <<<"$letter")"
}
