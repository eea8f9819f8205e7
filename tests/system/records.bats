#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Events come in, singly and as files, and are taken back; what is derived from them can be thrown
# away and comes again; what programs read has the shape that they were promised.

setup() {
	load kedja
	[ ! -w /dev/shm ] || office_folder=/dev/shm # years of commits: the disk is not what is tried
	office
}

# A quarter of the invented years, from the demonstration.
quarter() {
	/usr/bin/python3 "$root/contrib/demo/generate.py" --seed 3 |
		awk -F '"at": "' '{ if (substr($2, 1, 10) < "2006-09-01") print }' >"$dir/quarter.ndjson"
}

derived=(void subject sweep naming payment deadline overdue role staff absence)

@test "an NDJSON file twice: the second time changes nothing" {
	start
	cast 2026-01-05 K-1
	cat >"$dir/events.ndjson" <<-'END'
		{"kind": "visit.made", "subject": "K-1", "at": "2026-01-05"}
		{"kind": "visit.made", "subject": "K-1", "at": "2026-01-05"}

		{"kind": "task.agreed", "subject": "K-1", "key": "T-1", "at": "2026-01-05", "what": "budget", "due_on": "2026-02-02", "role": "social_worker"}
	END
	run ctl import "$dir/events.ndjson"
	same "3 new, 0 known" "$output"
	before=$(dump)
	run ctl import "$dir/events.ndjson"
	same "0 new, 3 known" "$output"
	same "$before" "$(dump)"

	# grown by a line
	echo '{"kind": "visit.made", "subject": "K-1", "at": "2026-01-05"}' >>"$dir/events.ndjson"
	run ctl import "$dir/events.ndjson"
	same "1 new, 3 known" "$output"
}

@test "what has no key gets its day, then the first number that is free" {
	start
	cast 2026-01-05 K-1 K-2
	keys() { base "SELECT key FROM event WHERE kind = 'remark.received' AND id NOT IN (SELECT event FROM void) ORDER BY id" | tr '\n' ' '; }
	record remark.received K-2 --at 2026-01-05
	record remark.received K-1 --at 2026-01-05 --key 2026-01-05.4
	record remark.received K-1 --at 2026-01-05 --key 2026-01-05.x
	for _ in 1 2 3 4; do record remark.received K-1 --at 2026-01-05; done
	record remark.received K-1 --at 2026-01-04
	same "2026-01-05 2026-01-05.4 2026-01-05.x 2026-01-05 2026-01-05.2 2026-01-05.3 2026-01-05.5 2026-01-04 " "$(keys)"
	ctl void "$(base "SELECT id FROM event WHERE key = '2026-01-05.2'")" --reason prov >/dev/null
	record remark.received K-1 --at 2026-01-05
	same "2026-01-05 2026-01-05.4 2026-01-05.x 2026-01-05 2026-01-05.3 2026-01-05.5 2026-01-04 2026-01-05.2 " "$(keys)"
}

@test "a CSV file of rents, twice, and with mistakes" {
	start
	cast 2026-01-05 K-1 K-2
	cat >"$dir/rents.csv" <<-'END'
		subject,key,at,amount,due_on
		K-1,2026-02,2026-01-05,512300,2026-01-30
		K-2,2026-02,2026-01-05,498000,2026-01-30
	END
	run ctl import --kind rent.charged "$dir/rents.csv"
	same "$dir/rents.csv:2: note: amount counts öre; amount_kr takes kronor (and 1 row more)
rent.charged amount: 2 events, 10103.00 kronor
2 new, 0 known" "$output"
	same 512300 "$(ctl case K-1 --json | json 'd["ledger"][0]["amount"]')"
	before=$(dump)
	run ctl import --kind rent.charged "$dir/rents.csv"
	same "0 new, 2 known" "$output"

	printf 'K-1,2026-03,2026-01-05,-1,2026-02-27\nK-2,2026-13,2026-01-05,498000,soon\n' >>"$dir/rents.csv"
	run ctl import --kind rent.charged "$dir/rents.csv"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *rents.csv:4:*amount* && $output == *rents.csv:5:*key* && $output == *rents.csv:5:*due_on* ]]
	same "$before" "$(dump)"
}

@test "amounts in kronor, as people write them; what is booked is said in kronor" {
	start
	cast 2026-01-05 K-1 K-2 K-3
	run ctl record rent.charged K-1 --key 2026-02 amount=5000
	same "event $(base 'SELECT max(id) FROM event') recorded: amount 50.00 kronor
note: amount counts öre; amount_kr takes kronor" "$(head -n 2 <<<"$output")"
	run ctl record rent.charged K-1 --key 2026-03 'amount_kr=5 000,50 kr'
	same "event $(base 'SELECT max(id) FROM event') recorded: amount 5000.50 kronor" "$(head -n 1 <<<"$output")"
	same '5000 500050' "$(ctl case K-1 --json | json '" ".join(str(r["amount"]) for r in d["ledger"])')"
	printf 'subject;key;amount_kr\nK-2;2026-02;5 000,50\nK-3;2026-02;5000\n' >"$dir/kr.csv"
	run ctl import --kind rent.charged "$dir/kr.csv"
	same "rent.charged amount: 2 events, 10000.50 kronor
2 new, 0 known" "$output"
	run ctl import --kind rent.charged "$dir/kr.csv"
	same "0 new, 2 known" "$output"
	same 500050 "$(ctl case K-2 --json | json 'd["ledger"][0]["amount"]')"
	printf 'subject;key;amount_kr\nK-2;2026-04;5.000\n' >"$dir/kr.csv"
	run ctl import --kind rent.charged "$dir/kr.csv"
	[ "$status" -eq 1 ]
	[[ $output == *"kr.csv:2: amount_kr: has more than two decimals"* ]]
}

@test "an import that moves the clock sends on the way, and only once" {
	start --virtual-clock 2006-05-01T08:00
	quarter
	run ctl import --advance "$dir/quarter.ndjson"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[-1]} == "$(wc -l <"$dir/quarter.ndjson") new, 0 known" ]]
	[ "$(letters)" -gt 20 ]
	[[ $(ctl clock --json | json 'd["now"]') == 2006-08-* ]]
	before=$(dump)
	run ctl import --advance "$dir/quarter.ndjson"
	[[ $output == "0 new, "* ]]
	same "$before" "$(dump)"
}

@test "taken back, an event takes with it what came of it, and is seen no more" {
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	id=$(ctl case K-1 --json | json '[e["id"] for e in d["events"]["rows"] if e["kind"] == "plan.adopted"]')
	same "2026-04-05 open" "$(due K-1 plan-review)"
	ctl void "$id" --reason "fel ärende"
	same "" "$(due K-1 plan-review)"
	same None "$(ctl case K-1 --json | json 'd["facts"]["plan_adopted_on"]')"
	[ "$(ctl case K-1 --json | json "[e['voided_by'] for e in d['events']['rows'] if e['id'] == $id]")" -gt "$id" ]

	run ctl void "$id" --reason "en gång till"
	[ "$status" -eq 1 ]
	[[ $output == *"already"* ]]
}

@test "taken back and recorded again on the same day, it does not remind again" {
	only_rules plan-review
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	until_time 2026-04-08T09:00
	sent=$(letters)
	before=$(told plan-review)
	[ "$sent" -gt 0 ]
	id=$(ctl case K-1 --json | json '[e["id"] for e in d["events"]["rows"] if e["kind"] == "plan.adopted"]')
	ctl void "$id" --reason "fel uppgift"
	record plan.adopted K-1 "${plan_fields[@]:1}" rent=false --at 2026-01-05
	same "2026-04-05 open" "$(due K-1 plan-review)"
	until_time 2026-04-10T16:00
	same "$sent" "$(letters)"
	same "$before" "$(told plan-review)"
}

@test "derived rows deleted in the file, then rebuild: all tables are as they were" {
	start --virtual-clock 2006-05-01T08:00
	quarter
	ctl import --advance "$dir/quarter.ndjson" >/dev/null
	id=$(ctl case ÖST-2006-002 --json | json '[e["id"] for e in d["events"]["rows"] if e["kind"] == "stage.entered"]' | head -n 1)
	ctl void "$id" --reason "fel dag" >/dev/null
	ctl rebuild --check
	before=$(dump)
	for table in "${derived[@]}"; do
		base "DELETE FROM $table"
	done
	[ "$before" != "$(dump)" ]
	ctl rebuild
	same "$before" "$(dump)"

	# and with a daemon that has just been started
	stop
	for table in "${derived[@]}"; do
		base "DELETE FROM $table"
	done
	start --virtual-clock 2006-05-01T08:00
	ctl rebuild
	same "$before" "$(dump)"
	same 0 "$(ctl deadlines --all --json | json 'sum(r["due"] is None for r in d)')"
}

# A rule of the programme that is about its cases: something must happen within a week.
stalled_rule() {
	only_rules
	own_rule 90-own <<-'END'
		rules = ({ name = "x-stalled"; title = "Ingen har flyttat in"; subject = "programme";
		  starts = [ "programme.started", "stage.entered" ]; due = "P7D";
		  steps = ({ name = "today"; at = "P0D"; to = [ "unit_manager" ]; }); });
	END
}

@test "deriving anew reminds of nothing that did not come to pass: the programme after its cases" {
	stalled_rule
	start
	cast 2026-01-05 Ö-1 # which sorts after the programme
	for move in 08:supported_housing 13:training_flat 18:supported_housing; do
		until_time "2026-01-${move%:*}T09:00"
		record stage.entered Ö-1 stage="${move#*:}" mode=move
	done
	until_time 2026-01-19T09:00 # a Monday: what seems due would go out at once
	before=$(dump)
	ctl rebuild >/dev/null
	same "$before" "$(dump)"
	same "" "$(told x-stalled)"
}

@test "a new rule of the programme sees what happened in its cases before" {
	stalled_rule
	mv "$dir/conf/rules.d/90-own.conf" "$dir/later"
	start
	cast 2026-01-05 Ö-1
	for day in 08 13 18; do
		until_time "2026-01-${day}T09:00"
		record visit.made Ö-1
	done
	until_time 2026-01-19T09:00
	mv "$dir/later" "$dir/conf/rules.d/90-own.conf"
	sed -i 's/stage.entered/visit.made/' "$dir/conf/rules.d/90-own.conf"
	ctl rules reload >/dev/null
	until_time 2026-01-22T16:00
	same "" "$(told x-stalled)"
	until_time 2026-01-23T16:00 # the 25th is a Sunday
	same "today unit_manager hakan.holm sent" "$(told x-stalled)"
}

@test "rebuild --check sees what somebody has changed in the file, and changes nothing itself" {
	start --virtual-clock 2006-05-01T08:00
	quarter
	ctl import --advance "$dir/quarter.ndjson" >/dev/null
	id=$(ctl case ÖST-2006-002 --json | json '[e["id"] for e in d["events"]["rows"] if e["kind"] == "stage.entered"]' | head -n 1)
	ctl void "$id" --reason "fel dag" >/dev/null
	ctl rebuild --check >/dev/null # waits until all is planned
	good=$(dump)
	subject=$(base "SELECT subject FROM deadline WHERE state = 'open' ORDER BY id LIMIT 1")
	for damage in "UPDATE deadline SET due = '2006-12-24' WHERE subject = '$subject' AND state = 'open'" \
		"DELETE FROM deadline WHERE subject = '$subject'" \
		"UPDATE deadline SET next_at = next_at + 86400 WHERE next_at IS NOT NULL" \
		"UPDATE deadline SET put_off = '[1]' WHERE subject = '$subject' AND state = 'open'" \
		"UPDATE subject SET stage = 'own_lease' WHERE id = '$subject'" \
		"DELETE FROM role WHERE subject = '$subject'" \
		"UPDATE staff SET email = 'someone@else.example'" \
		"DELETE FROM subject WHERE id = '$subject'" \
		"DELETE FROM void" \
		"INSERT INTO void SELECT min(id), max(id) FROM event WHERE kind = 'rent.charged'" \
		"DELETE FROM absence" \
		"UPDATE figure SET number = number - 1 WHERE name = 'deadline.open'" \
		"INSERT INTO figure VALUES ('message.refused', '', 2)" \
		"DELETE FROM unreached" \
		"INSERT INTO deadline SELECT subject, rule, key, '1999-01-01', occurrence, 'd0', anchor_event, due, state,
			missed, ended, ended_by, ended_why, next_step, next_at, put_off, too_late FROM deadline WHERE subject = '$subject' LIMIT 1"; do
		base "$damage"
		damaged=$(dump)
		[ "$damaged" != "$good" ]
		echo "$damage"
		run ctl rebuild --check
		[ "$status" -eq 1 ]
		same "$damaged" "$(dump)"
		ctl rebuild >/dev/null
		same "$good" "$(dump)"
	done
}

@test "the same when the check has to wait for plans to be made" {
	start
	cast 2026-01-05 K-1 K-2
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	stop
	base "UPDATE role SET staff = 'bo.ek' WHERE subject = 'K-1'"
	only_rules plan-review plan-missing # other rules than before: all is planned anew
	start
	run ctl rebuild --check
	[ "$status" -eq 1 ]
	[[ $output == *K-1:* && $output != *K-2:* ]]
	same bo.ek "$(base "SELECT staff FROM role WHERE subject = 'K-1'")"
	ctl rebuild >/dev/null
	same anna.åberg "$(base "SELECT staff FROM role WHERE subject = 'K-1'")"
}

@test "what programs read: every key that was promised, and times and days as promised" {
	start --virtual-clock 2006-05-01T08:00
	quarter
	ctl import --advance "$dir/quarter.ndjson" >/dev/null
	ctl deadlines --all --json >"$dir/deadlines"
	ctl notices --json >"$dir/notices"
	ctl outbox --json >"$dir/outbox"
	ctl calendar 2027 --json >"$dir/calendar"
	ctl status --json >"$dir/status"
	run /usr/bin/python3 "$BATS_TEST_DIRNAME/shapes.py" "$dir"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the days of 2027 that are not working days" {
	start
	ctl calendar 2027 --json >"$dir/calendar"
	same "2027-01-01 nyårsdagen holiday" "$(json '(d[0]["date"], d[0]["name"], d[0]["kind"])' <"$dir/calendar")"
	same "2027-06-25 midsommarafton equated" "$(json '[(r["date"], r["name"], r["kind"]) for r in d if r["date"] == "2027-06-25"]' <"$dir/calendar")"
	same "2027-03-26 långfredagen" "$(json '[(r["date"], r["name"]) for r in d if r["date"] == "2027-03-26"]' <"$dir/calendar")"
	same "" "$(json '[r for r in d if r["date"] == "2027-03-25"]' <"$dir/calendar")"
}

@test "lists longer than a page come whole" {
	start
	for i in $(seq 2500); do
		echo "{\"kind\": \"disturbance.reported\", \"subject\": \"K-$((i % 1250))\", \"at\": \"2026-01-05\"}"
	done >"$dir/many.ndjson"
	ctl import "$dir/many.ndjson" >/dev/null
	same 1250 "$(ctl cases --json | json 'len({r["case"] for r in d})')"
}

@test "a case with more deadlines than a page shows them all" {
	only_rules
	own_rule 90-own <<-'END'
		rules = ({ name = "x-check"; title = "Egen bevakning"; subject = "case"; starts = [ "task.agreed" ];
		  per_key = true; due = "P7D"; done = [ "task.done" ];
		  steps = ({ name = "late"; at = "P1D"; to = [ "support_worker" ]; }); });
	END
	start
	cast 2026-01-05 K-1
	for i in $(seq 1203); do
		echo "{\"kind\": \"task.agreed\", \"subject\": \"K-1\", \"key\": \"T-$i\", \"at\": \"2026-01-05\"," \
			'"what": "budget", "due_on": "2026-02-02", "role": "social_worker"}'
	done >"$dir/many.ndjson"
	ctl import "$dir/many.ndjson" >/dev/null
	ctl case K-1 --json >"$dir/case" # answered when all is planned
	same "1203" "$(base 'SELECT count(*) FROM deadline')"
	same "1203 1203 1203" "$(json '" ".join(map(str, (len(d["deadlines"]), len({r["id"] for r in d["deadlines"]}),
		sum(r["state"] == "open" for r in d["deadlines"]))))' <"$dir/case")"
	same "None" "$(json 'd["deadlines_next"]' <"$dir/case")"
	same "1203" "$(ctl case K-1 | grep -c ' 2026-01-12 .*x-check')"
}
