#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Rules that are read again, good and bad ones, 1,000 of them, while a client records all the time:
# each reload answers with its verdict, nothing goes off twice, and others get their answers meanwhile.

setup() {
	load kedja
	office "hold_above = 0;"
	many "P30D"
}

# many DUE [MORE]: 1,000 rules of cases, a hundred of them about visits; ten speak at once, the
# others a month on.
many() {
	/usr/bin/python3 - "$1" "${2:-}" >"$dir/conf/rules.d/95-many.conf" <<-'END'
		import sys
		print("rules = (")
		for i in range(1000):
		    step = 'name = "%s"; at = "P0D"; to = [ "social_worker" ];' % ("now" if i % 100 == 0 else "later")
		    if i % 100 == 0:
		        step += ' urgent = true; time = "now";'
		    kind = "visit.made" if i % 10 == 0 else "plan.adopted"
		    print('  { name = "m-%03d"; title = "Nr %d"; subject = "case"; starts = [ "%s" ];' % (i, i, kind))
		    print('    due = "%s"; done = [ "visit.missed" ]; %s' % (sys.argv[1], sys.argv[2] if i == 500 else ""))
		    print("    steps = ({ %s }); }%s" % (step, "" if i == 999 else ","))
		print(");")
	END
}

# load_starts CASES: the client, in the background; load_stops ends it. A line of $dir/load is an event.
load_starts() {
	mkfifo "$dir/stop"
	"$BATS_TEST_DIRNAME/reload_load.py" "$KEDJA_SOCKET" "$1" <"$dir/stop" >"$dir/load" 3>&- &
	loader=$!
	exec 7>"$dir/stop"
}

load_stops() {
	exec 7>&-
	wait "$loader"
}

recorded() {
	wc -l <"$dir/load"
}

# goes_on: events are recorded after this as before.
goes_on() {
	local so_far
	so_far=$(recorded)
	more() { [ "$(recorded)" -gt "$so_far" ]; }
	wait_until more
}

twice() { # notices and firings that stand there more than once
	base "SELECT subject, rule, key, anchor, occurrence, step, repetition, person, count(*) FROM notice
		WHERE state IN ('sent', 'queued') GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING count(*) > 1 LIMIT 5"
}

@test "good and bad files under load: the verdict in the answer, no second firing" {
	local i
	start
	cast 2026-01-05 K-0 K-1 K-2 K-3 K-4
	load_starts 5
	for i in 1 2 3 4 5 6; do
		many "P$((30 + i))D"
		run ctl rules reload
		[ "$status" -eq 0 ]
		[[ "$output" == *"rules taken"* ]]
		goes_on
		many "P30D" 'whle = "stage IS NULL";'
		run ctl rules reload
		[ "$status" -eq 1 ]
		[[ "$output" == *"95-many.conf:"*"whle"* ]]
		goes_on
	done
	load_stops
	until_time 2026-01-05T16:00
	same "" "$(twice)"
	# one for each case and rule that speaks at once: a visit of the same day starts nothing anew
	same 50 "$(ctl notices --json | json "sum(r['rule'].startswith('m-') and r['step'] == 'now' for r in d)")"
	same "2026-02-10" "$(ctl deadlines --subject K-1 --json | json "sorted({r['due'] for r in d if r['rule'].startswith('m-')})")"
}

@test "while everybody is planned anew, turn by turn, others get their answers" {
	start
	/usr/bin/python3 - >"$dir/cases" <<-'END'
		import json
		print(json.dumps({"kind": "programme.started", "subject": "norr", "data": {"title": "Norr"}}))
		for i in range(300):
		    case = {"subject": "C-%03d" % i, "at": "2026-01-05"}
		    print(json.dumps({"kind": "case.opened", "data": {"programme": "norr"}, **case}))
		    print(json.dumps({"kind": "visit.made", **case}))
	END
	ctl import "$dir/cases" >/dev/null
	answers=0
	for days in 40 41 42 43 44 45 46 47 48 49; do
		many "P${days}D"
		run "$BATS_TEST_DIRNAME/reload_order.py" "$KEDJA_SOCKET"
		answers=$output
		echo "$answers answers meanwhile"
		due=$(date -d "2026-01-05 + $days days" +%F)
		same "300" "$(ctl deadlines --json | json "sum(r['rule'] == 'm-010' and r['due'] == '$due' for r in d)")"
		# who asks may himself have slept meanwhile, on a busy machine: then once more
		[ "$answers" -lt 4 ] || break
	done
	[ "$answers" -ge 4 ]
}

@test "the same files again under load: nothing changes, nobody is planned anew" {
	start
	cast 2026-01-05 K-0 K-1
	load_starts 2
	for _ in 1 2 3 4 5; do
		same "True" "$(ctl rules reload --json | json "d['changed'] == False")"
		goes_on
	done
	load_stops
	until_time 2026-01-05T16:00
	same "" "$(twice)"
	ctl rebuild --check
}
