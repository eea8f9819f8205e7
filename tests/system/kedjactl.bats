#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# kedjactl against a daemon that answers as it is told: what it sends, what it shows, and what it
# does when the other end is not there, goes away or talks nonsense.

setup() {
	load wait
	ctl=${KEDJACTL:-build/kedjactl}
	here=$BATS_TEST_DIRNAME
	dir=$(mktemp -d)
	export KEDJA_SOCKET=$dir/control
	unset KEDJA_CONF NO_COLOR
	daemon=
}

teardown() {
	[ -z "$daemon" ] || { kill "$daemon" 2>/dev/null; wait "$daemon" 2>/dev/null || true; }
	rm -rf "$dir"
}

is_there_or_gone() {
	[ -S "$KEDJA_SOCKET" ] || ! kill -0 "$daemon" 2>/dev/null
}

# answers JSON: a daemon that answers so.
answers() {
	printf '%s' "$1" >"$dir/answers"
	/usr/bin/python3 "$here/fake_daemon.py" "$KEDJA_SOCKET" "$dir/answers" "$dir/log" 2>"$dir/err" 3>&- &
	daemon=$!
	wait_until is_there_or_gone
	[ -S "$KEDJA_SOCKET" ] || {
		cat "$dir/err"
		return 1
	}
}

# asked METHOD: the parameters of its requests, a line each.
asked() {
	/usr/bin/python3 -c '
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    request = json.loads(line)
    if request["method"] == sys.argv[2]:
        print(json.dumps(request.get("params"), sort_keys=True, ensure_ascii=False))' "$dir/log" "$1"
}

# try WORDS: runs kedjactl; standard error goes to $dir/complaint, so $output is the rest.
try() {
	run sh -c '"$0" "$@" 2>"'"$dir"'/complaint"' "$ctl" "$@"
}

complaint() {
	cat "$dir/complaint"
}

@test "no daemon: exit 3 and a sentence" {
	try status
	[ "$status" -eq 3 ]
	[ -z "$output" ]
	[[ $(complaint) == "kedjactl: no daemon at $KEDJA_SOCKET: nothing is there: "* ]]
}

@test "a socket that nobody listens on: exit 3" {
	/usr/bin/python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$KEDJA_SOCKET"
	try cases
	[ "$status" -eq 3 ]
	[[ $(complaint) == *"kedjad is not running" ]]
}

@test "a path that no socket can have: exit 3" {
	try cases --socket "/$(printf 'x%.0s' $(seq 200))"
	[ "$status" -eq 3 ]
	[[ $(complaint) == *"too long" ]]
}

@test "the wrong words: exit 2, before anybody is asked" {
	try deadlines --until tomorrow
	[ "$status" -eq 2 ]
	[[ $(complaint) == *'--until: "tomorrow" is not a date: YYYY-MM-DD'* ]]
	[[ $(complaint) == *'usage: kedjactl deadlines ['* ]]
	try deadlins
	[ "$status" -eq 2 ]
	[[ $(complaint) == *'did you mean "deadlines"?'* ]]
	try
	[ "$status" -eq 2 ]
}

@test "--help and --version need no daemon" {
	try --version
	[ "$status" -eq 0 ]
	[[ $output == "kedjactl "* ]]
	while IFS=$'\t' read -r noun sub what _; do
		[ "$what" = verb ] || continue
		[ "$sub" != - ] || sub=
		try $noun $sub --help
		[ "$status" -eq 0 ]
		[[ $output == "usage: kedjactl $noun"* ]]
		[ -z "$(complaint)" ]
	done < <("$ctl" --table)
}

@test "record sends what was typed, and says what came of it" {
	answers '{}'
	try record plan.adopted ÖST-2026-014 rent=true goals=a=b --key k --at 2026-11-30 --source s
	[ "$status" -eq 0 ]
	[ "$output" = "event 1 recorded" ]
	[ "$(asked event.record)" = '{"at": "2026-11-30", "data": {"goals": "a=b", "rent": "true"}, "key": "k", "kind": "plan.adopted", "source": "s", "subject": "ÖST-2026-014"}' ]
	try record plan.adopted ÖST-2026-014 rent=true goals=a=b --key k --at 2026-11-30 --source s
	[ "$output" = "event 1 was there already, nothing changed" ]
	try record stage.entered A stage=own --force --reason "board decided" --json
	[ "$(printf %s "$output" | tr -d ' \n')" = '{"id":2,"known":false}' ]
	[[ $(asked event.record) == *'"force": true, "kind": "stage.entered", "reason": "board decided"'* ]]
}

@test "a field that stands twice is a mistake of the one who typed" {
	answers '{}'
	try record k s a=1 a=2
	[ "$status" -eq 2 ]
	[[ $(complaint) == *'"a" stands twice'* ]]
	[ ! -s "$dir/log" ]
}

@test "problems are shown with their fields, all of them" {
	answers '{"event.record": [{"error": {"code": 1, "message": "not recorded", "data": {"problems": [
		{"field": "kind", "text": "unknown"}, {"field": "rent", "text": "must be true or false"},
		{"field": null, "text": "no\u001b[31m field"}]}}}]}'
	try record x y
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$(complaint)" = "kedjactl: not recorded
kind: unknown
rent: must be true or false
no?[31m field" ]
}

@test "problems of a reload name file and line" {
	answers '{"rules.reload": [{"error": {"code": 1, "message": "the old rules stay", "data": {"problems": [
		{"file": "rules.d/a.conf", "line": 3, "column": 7, "text": "unknown fact", "field": null},
		{"file": "chain.conf", "line": 1, "column": null, "text": "syntax"}]}}},
		{"result": {"changed": true, "version": 7, "rules": 6, "behind": 27}},
		{"result": {"changed": false, "version": 7, "rules": 6, "behind": 0}}]}'
	try rules reload
	[ "$status" -eq 1 ]
	[ "$(complaint)" = "kedjactl: the old rules stay
rules.d/a.conf:3:7: unknown fact
chain.conf:1: syntax" ]
	try rules reload
	[ "$output" = "6 rules taken; 27 subjects are being planned anew" ]
	try rules reload
	[ "$output" = "6 rules, no change" ]
}

@test "an error without problems is told too" {
	answers '{"status": [{"error": {"code": -32603, "message": "the disk is full"}}]}'
	try status
	[ "$status" -eq 1 ]
	[ "$(complaint)" = "kedjactl: the disk is full" ]
}

@test "void sends the number and the reason" {
	answers '{"event.void": [{"result": {"id": 9}}]}'
	try void 4 --reason "fel ärende"
	[ "$status" -eq 0 ]
	[ "$output" = "event 4 taken back by event 9" ]
	[ "$(asked event.void)" = '{"event": 4, "reason": "fel ärende"}' ]
}

@test "pages are fetched to the end" {
	answers '{"case.list": [
		{"result": {"rows": [{"case": "A", "stage": "own", "open": true}], "next": "A"}},
		{"result": {"rows": [{"case": "ÅB", "stage": null, "open": false, "protected": true}], "next": {"deep": 1}}},
		{"result": {"rows": [], "next": null}}]}'
	try cases
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 3 ]
	[[ ${lines[2]} == "ÅB "*" closed, protected" ]]
	[ "$(asked case.list)" = '{}
{"after": "A"}
{"after": {"deep": 1}}' ]
}

@test "--json is one array of whole rows, whatever the pages" {
	answers '{"deadline.list": [
		{"result": {"rows": [{"id": 1, "due": "2026-11-30", "x": null},
			{"id": 2, "due": "2026-12-02"}], "next": 2}},
		{"result": {"rows": [{"id": 3, "due": "2026-12-01"}], "next": null}}],
		"notice.list": [{"result": {"rows": [], "next": null}}]}'
	try deadlines --json --for anna.berg --until 2026-12-31 --overdue --subject A --all
	[ "$status" -eq 0 ]
	printf %s "$output" | /usr/bin/python3 -c '
import json, sys
assert json.load(sys.stdin) == [{"id": 1, "due": "2026-11-30", "x": None},
	{"id": 3, "due": "2026-12-01"}, {"id": 2, "due": "2026-12-02"}]'
	[ "$(asked deadline.list | head -n 1)" = '{"for": "anna.berg", "overdue": true, "state": "all", "subject": "A", "until": "2026-12-31"}' ]
	try notices --json --since 2026-11-30T08:00
	[ "$output" = "[]" ]
	try notices
	[ "$output" = "no notices" ]
}

@test "a cursor that stands still does not turn for ever" {
	answers '{"case.list": [{"result": {"rows": [{"case": "A"}], "next": "A"}}]}'
	run unless_hung "$ctl" cases
	[ "$status" -eq 1 ]
	[[ $output == *"the same page again and again"* ]]
}

@test "half an answer: exit 3, and what is not known is said" {
	answers '{"event.record": [{"raw": "{\"jsonrpc\":\"2.0\",\"id\":1,\"resu"}]}'
	try record k s
	[ "$status" -eq 3 ]
	[[ $(complaint) == *"broke off in the middle of its answer while it was asked for event.record: whether that was done is not known" ]]
}

@test "a daemon that closes without a word: exit 3" {
	answers '{"status": [{"close": true}]}'
	try status
	[ "$status" -eq 3 ]
	[[ $(complaint) == *"closed the connection"* ]]
}

@test "a daemon that closes between two pages: exit 3, after the first was shown" {
	answers '{"case.list": [{"result": {"rows": [{"case": "A"}], "next": "A"}}, {"close": true}]}'
	try cases
	[ "$status" -eq 3 ]
	[[ $output == *"A"* ]]
}

@test "nonsense is not taken for an answer" {
	for raw in 'HTTP/1.1 400\r\n' '[]' 'null' '{}' '{"id":99,"result":1}' '{"id":1}' '{"id":1,"error":7}'; do
		answers "{\"status\": [{\"raw\": $(printf '%s\\n' "${raw//\"/\\\"}" | sed 's/^/"/; s/$/"/')}]}"
		run unless_hung "$ctl" status
		[ "$status" -eq 3 ]
		[[ $output == *"does not speak as kedjad does"* ]]
		kill "$daemon"
		wait "$daemon" 2>/dev/null || true
		rm "$KEDJA_SOCKET"
	done
}

@test "notifications on the way are passed over" {
	answers '{"void": [], "event.void": [{"before": [{"jsonrpc": "2.0", "method": "said", "params": {}}], "result": {"id": 9}}]}'
	run unless_hung "$ctl" void 4 --reason r
	[ "$status" -eq 0 ]
	[[ $output == *"by event 9" ]]
}

@test "a large answer is read, a boundless one is not" {
	answers '{"case.list": [{"huge": 5000000}, {"huge": 70000000}]}'
	try cases --json
	[ "$status" -eq 0 ]
	[ "${#output}" -gt 5000000 ]
	try cases --json
	[ "$status" -eq 3 ]
	[[ $(complaint) == *"over 64 MiB"* ]]
}

@test "text from the daemon cannot move the cursor" {
	answers '{"case.list": [{"result": {"rows": [{"case": "A\u001b[2J\nB\u009b\u202e"}], "next": null}}]}'
	try cases
	[[ $output == *'A\x1b[2J\nB\x9b\u{202e}'* ]]
	[ "${#lines[@]}" -eq 2 ]
}

@test "a list that cannot be written is not done" {
	answers '{"case.list": [{"result": {"rows": [{"case": "A"}], "next": null}}]}'
	run sh -c '"$1" cases >/dev/full' sh "$ctl"
	[ "$status" -eq 1 ]
	[[ $output == *"cannot write the output"* ]]
}

@test "case: one object with all pages of events" {
	answers '{"case.show": [
		{"result": {"case": "A", "open": true, "programme": "p", "stage": "own", "since": "2026-01-01",
			"roles": [{"role": "social_worker", "on": "case", "person": "anna", "name": "Anna"}],
			"facts": {"stage": "own", "debt": null}, "ledger": [{"month": "2026-01", "amount": 540050, "paid": 0}],
			"deadlines": [], "events": {"rows": [{"id": 1, "kind": "case.opened", "data": {"n": true}}], "next": 1}}},
		{"result": {"case": "A", "events": {"rows": [{"id": 2, "kind": "plan.adopted", "voided_by": 3}], "next": null}}}]}'
	try case A
	[ "$status" -eq 0 ]
	[[ $output == "A  open"* ]]
	[[ $output == *"stage      own since 2026-01-01"* ]]
	[[ $output == *"5400.50"* ]]
	[[ $output == *"n=yes"* ]]
	[[ $output == *"plan.adopted"*"taken back by 3"* ]]
	[[ $output != *"debt"* ]]
	[ "$(asked case.show)" = '{"case": "A"}
{"after": 1, "case": "A"}' ]
}

@test "case --json has every event, and no cursor" {
	answers '{"case.show": [{"result": {"case": "A", "events": {"rows": [{"id": 1}], "next": 1}}},
		{"result": {"case": "A", "events": {"rows": [{"id": 2}], "next": null}}}]}'
	try case A --json
	[ "$(printf %s "$output" | tr -d ' \n')" = '{"case":"A","events":{"rows":[{"id":1},{"id":2}],"next":null}}' ]
}

@test "outbox: list, show, retry, cancel" {
	answers '{"outbox.list": [{"result": {"rows": [{"id": 3, "state": "sent", "created_at": "2026-11-30T08:00:00+01:00",
			"outcome": {"code": 250, "text": "Ok"}}], "next": null}}],
		"outbox.show": [{"result": {"id": 3, "to": "a@b.se", "text": "Hej\u001b\n\nÅke\n", "history": [{"was": "queued", "state": "handed"}]}}],
		"outbox.retry": [{"result": {}}], "outbox.cancel": [{"result": {}}]}'
	try outbox --state sent
	[[ $output == *"2026-11-30 08:00"*"250 Ok"* ]]
	try outbox show 3
	[[ $output == *"queued  handed"* ]]
	[[ $output == *'Hej\x1b

Åke' ]]
	try outbox retry
	[ "$output" = "all that wait go out as soon as they can" ]
	try outbox retry 3
	[ "$output" = "message 3 goes out as soon as it can" ]
	try outbox cancel 3 --reason dubbelt
	[ "$output" = "message 3 will not go out" ]
	[ "$(asked outbox.list)$(asked outbox.retry | tr -d '\n')$(asked outbox.cancel)" = '{"state": "sent"}{}{"id": 3}{"id": 3, "reason": "dubbelt"}' ]
}

@test "status says how things are" {
	answers '{"status": [{"result": {"version": "0.1", "pid": 7, "clock": {"now": "2006-05-01T08:00:00+02:00", "virtual": true, "zone": "Europe/Stockholm"},
		"rules": {"count": 6, "version": 12, "loaded_at": "2006-05-01T08:00:00+02:00"}, "counts": {"events": 412, "cases": 27},
		"outbox": {"queued": 2, "sent": 40, "oldest_waiting": "2006-05-01T07:59:00+02:00", "fault": "login"},
		"mailer": {"state": "ready", "pid": 8, "restarts": 1}, "behind": 3, "next_at": null, "alarms": [{"name": "queue", "text": "no letters\ngo out", "do": "mend it", "seen_by": "anna",
			"seen_at": "2006-05-01T07:59:00+02:00", "grown": true}]}}]}'
	try status --check
	[ "$status" -eq 1 ]
	[[ $output == *$'\nalarm      queue: no letters\\ngo out\n           to do: mend it\n           seen by anna 2006-05-01 07:59; more has come to it since' ]]
	try status --check --json
	[ "$status" -eq 1 ]
	try status
	[ "$status" -eq 0 ]
	[[ $output == *"clock      2006-05-01 08:00 Europe/Stockholm, virtual"* ]]
	[[ $output == *"412 events, 27 cases"* ]]
	[[ $output == *"outbox     2 queued, 40 sent; the oldest waits since 2006-05-01 07:59"* ]]
	[[ $output == *"stands still: login"* ]]
	[[ $output == *"3 still to be planned anew"* ]]
	[[ $output == *"next       nothing is due"* ]]
}

@test "calendar: named days, and a count of weekends" {
	answers '{"calendar.year": [{"result": {"rows": [
		{"date": "2026-01-01", "name": "nyårsdagen", "kind": "holiday", "weekday": 4},
		{"date": "2026-01-03", "name": "lördag", "kind": "weekend", "weekday": 6},
		{"date": "2026-01-04", "name": "söndag", "kind": "weekend", "weekday": 7}]}}]}'
	try calendar 2026
	[[ $output == *"2026-01-01  Thursday  nyårsdagen  public holiday"* ]]
	[[ $output != *"2026-01-03"* ]]
	[[ $output == *"and 1 ordinary Saturdays, 1 ordinary Sundays" ]]
	try calendar 2026 --all
	[[ $output == *"2026-01-03  Saturday"* ]]
	[[ $output != *"ordinary"* ]]
	try calendar 2026 --json
	[ "$(printf %s "$output" | grep -c '"date"')" -eq 3 ]
	[ "$(asked calendar.year | sort -u)" = '{"year": 2026}' ]
}

@test "kinds, one kind, and an unknown one" {
	answers '{"kind.list": [{"result": {"rows": [{"name": "plan.adopted", "subject": "case", "key": "allowed", "key_means": "month", "help": "a plan",
		"fields": [{"name": "rent", "type": "flag", "class": "case", "optional": true, "codes": null, "help": "rent is in it"},
			{"name": "goals", "type": "count", "class": "case", "optional": false, "codes": null, "least": 0, "most": 999, "help": "goals in it"}]}]}}]}'
	try kinds
	[[ ${lines[1]} == "plan.adopted  case"*"month, may be left out  a plan" ]]
	try kinds plan.adopted
	[[ $output == *"rent"*"flag"*"may be left out"* ]]
	[[ $output == *"goals"*"count, 0 to 999"*"needed"* ]]
	try kinds plan.adoptd
	[ "$status" -eq 1 ]
	[[ $(complaint) == *'did you mean "plan.adopted"?' ]]
}

@test "clock and clock set" {
	answers '{}'
	try clock
	[[ $output == "2006-05-01 08:00 Europe/Stockholm, virtual"* ]]
	try clock set 2006-05-02T08:00:00
	[ "$output" = "2006-05-02 08:00; on the way: 2 notices, 1 letters" ]
}

@test "rebuild --check finds differences wanting" {
	answers '{"rebuild": [{"result": {"subjects": 3, "deadlines": 9, "different": ["A: due"]}}, {"result": {"subjects": 3, "deadlines": 9, "different": []}}]}'
	try rebuild --check
	[ "$status" -eq 1 ]
	[ "$output" = "A: due
3 subjects, 9 deadlines; 1 different" ]
	try rebuild --check --json
	[ "$status" -eq 0 ]
	[ "$(asked rebuild | sort -u)" = '{"check": true}' ]
}

@test "rules list" {
	answers '{"rules.list": [{"result": {"version": 1, "loaded_at": "x", "rows": [{"name": "task", "subject": "case", "file": "a.conf", "line": 7, "steps": 3, "open": 1, "asleep": 0, "title": "Uppdrag"}]}}]}'
	try rules list
	[[ ${lines[1]} == "task  case"*"Uppdrag  a.conf:7" ]]
	try rules list --json
	[[ $output == "["*'"line":7'*"]" ]]
}

# --- import ---

@test "import: the same file twice changes nothing" {
	answers '{}'
	printf '{"kind":"k","subject":"A"}\n{"kind":"k","subject":"A"}\n\n{"subject":"B","kind":"k","n":1}\n' >"$dir/f"
	try import "$dir/f"
	[ "$status" -eq 0 ]
	[ "$output" = "3 new, 0 known" ]
	[ -z "$(complaint)" ]
	try import "$dir/f"
	[ "$output" = "0 new, 3 known" ]
	try import - --json <"$dir/f"
	[ "$output" = '{"new": 0, "known": 3}' ]
}

@test "import: all mistakes are told by line, and nothing is recorded" {
	answers '{}'
	{
		printf 'subject;bad\nA;\nB;1\n"C\n";2\nD;x;y\n'
		for i in $(seq 1500); do printf 'E%s;\n' "$i"; done
		printf 'F;3\n'
	} >"$dir/f.csv"
	try import "$dir/f.csv" --kind k
	[ "$status" -eq 1 ]
	[ -z "$output" ]
	[ "$(complaint)" = "$dir/f.csv:3: bad: must not be
$dir/f.csv:4: bad: must not be
$dir/f.csv:6: 3 cells, but the header has 2
$dir/f.csv:1507: bad: must not be
kedjactl: 4 mistakes, nothing recorded" ]
	[ -z "$(asked event.record)" ]
}

@test "import --check records nothing" {
	answers '{}'
	printf 'subject,n\nA,1\n' >"$dir/f"
	try import --check --kind k "$dir/f"
	[ "$status" -eq 0 ]
	[ "$output" = "1 rows, no complaint" ]
	[ -z "$(asked event.record)" ]
}

@test "import: batches of at most 1,000, and lines below 1 MiB" {
	answers '{}'
	/usr/bin/python3 -c '
for i in range(2500): print("{\"kind\":\"k\",\"subject\":\"A%d\"}" % i)
for i in range(8): print("{\"kind\":\"k\",\"subject\":\"B%d\",\"text\":\"%s\"}" % (i, "x" * 300000))' >"$dir/f"
	try import "$dir/f"
	[ "$output" = "2508 new, 0 known" ]
	asked event.record | /usr/bin/python3 -c '
import json, sys
sizes = [(len(json.loads(line)["events"]), len(line)) for line in sys.stdin]
assert sum(s[0] for s in sizes) == 2508 and max(s[0] for s in sizes) == 1000, sizes
assert max(s[1] for s in sizes) < 1024 * 1024, sizes'
}

@test "import --advance moves the clock to each event" {
	answers '{}'
	printf '%s\n' '{"kind":"k","subject":"A","at":"2006-04-30"}' '{"kind":"k","subject":"B"}' \
		'{"kind":"k","subject":"C","at":"2006-05-02"}' '{"kind":"k","subject":"D","at":"2006-05-02"}' \
		'{"kind":"k","subject":"E","at":"2006-05-01"}' '{"kind":"k","subject":"F","at":"2006-05-02T09:00"}' >"$dir/f"
	try import --advance "$dir/f"
	[ "$status" -eq 0 ]
	[ "$output" = "6 new, 0 known" ]
	[ "$(/usr/bin/python3 -c '
import json, sys
for line in open(sys.argv[1]):
    r = json.loads(line)
    p = r.get("params") or {}
    print(r["method"], p.get("time") or "".join(e["subject"] for e in p.get("events", [])), "ahead" if p.get("ahead") else ".")' "$dir/log")" = 'clock.show  .
event.check ABCDEF ahead
event.record AB .
clock.set 2006-05-02T00:00:00 .
event.record CDE .
clock.set 2006-05-02T09:00:00 .
event.record F .' ]
}

@test "import --advance on a real clock is refused beforehand" {
	answers '{"clock.show": [{"result": {"now": "2026-11-22T10:00:00+01:00", "virtual": false, "zone": "Europe/Stockholm"}}]}'
	printf '{"kind":"k","subject":"A"}\n' >"$dir/f"
	try import --advance "$dir/f"
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"has the real one" ]]
	[ -z "$(asked event.record)" ]
}

@test "import: a batch that is refused stops it, and says where it stands" {
	answers '{"event.record": [{"result": [{"id": 1, "known": false}]}, {"error": {"code": 1, "message": "refused",
		"data": {"problems": [{"event": 0, "field": "stage", "text": "may not be skipped"}]}}}]}'
	printf '{"kind":"k","subject":"A"}\n{"kind":"k","subject":"B","at":"2006-06-01"}\n' >"$dir/f"
	try import --advance "$dir/f"
	[ "$status" -eq 1 ]
	[ "$(complaint)" = "$dir/f:2: stage: may not be skipped
kedjactl: stopped after 1 new, 0 known: put it right and import the same file again" ]
}

@test "import: a daemon that goes away in the middle is exit 3" {
	answers '{"event.record": [{"close": true}]}'
	printf '{"kind":"k","subject":"A"}\n' >"$dir/f"
	try import "$dir/f"
	[ "$status" -eq 3 ]
	[[ $(complaint) == *"import the same file again" ]]
}

@test "import: a file that cannot be read" {
	try import "$dir/none"
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"No such file or directory" ]]
	try import "$dir"
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"Is a directory" ]]
}

@test "import: not a byte of a binary file gets through" {
	answers '{}'
	head -c 100000 /dev/urandom >"$dir/f"
	try import "$dir/f"
	[ "$status" -eq 1 ]
	try import --kind k "$dir/f"
	[ "$status" -eq 1 ]
	LC_ALL=C tr -d '[:print:][:space:]' <"$dir/complaint" >"$dir/unprintable"
	[ ! -s "$dir/unprintable" ]
	[ -z "$(asked event.record)" ]
}

# --- rules check, without any daemon ---

# office: a copy of the shipped configuration, with settings that need nothing of this machine.
office() {
	cp -r "$here/../../conf" "$dir/conf"
	printf 'content = "normal";\ntransport = "maildir";\nadministrator = "a@example.se"; report_how = "Ring.";\n' >"$dir/conf/kedja.conf"
}

@test "rules check: a missing folder or file is a clear sentence" {
	try rules check "$dir/none"
	[ "$status" -eq 1 ]
	[ "$output" = "$dir/none: there is no such folder" ]
	try rules check "$dir"
	[ "$status" -eq 1 ]
	[ "$output" = "$dir/calendar.conf: there is no such file
$dir/chain.conf: there is no such file
$dir/rules.d: there is no such folder: rules are read from it" ]
}

@test "rules check: the shipped rules are right, with --conf too" {
	office
	try rules check "$dir/conf/"
	[ "$status" -eq 0 ]
	[[ $output == *" rules, no complaint" ]]
	try rules check --conf "$dir/conf" --json
	[[ $output == *'"problems": []'* ]]
}

@test "rules check: files that are none, too large or not text" {
	office
	mkdir "$dir/conf/rules.d/50-dir.conf"
	head -c 1100000 /dev/zero | tr '\0' '#' >"$dir/conf/rules.d/60-large.conf"
	printf 'rules = (\n\0);\n' >"$dir/conf/rules.d/70-nul.conf"
	printf 'no rule at all' >"$dir/conf/rules.d/.hidden.conf"
	printf 'no rule at all' >"$dir/conf/rules.d/readme.txt"
	mkfifo "$dir/conf/rules.d/80-pipe.conf"
	run unless_hung "$ctl" rules check "$dir/conf"
	[ "$status" -eq 1 ]
	[ "$output" = "$dir/conf/rules.d/50-dir.conf: is not a file
$dir/conf/rules.d/60-large.conf: is over 1 MiB: that is no configuration
$dir/conf/rules.d/70-nul.conf:2: a NUL byte: this is not text
$dir/conf/rules.d/80-pipe.conf: is not a file" ]
}

@test "rules check: settings are checked with the rest, and may be missing" {
	office
	printf 'contents = "normal";\n' >>"$dir/conf/kedja.conf"
	try rules check "$dir/conf"
	[ "$status" -eq 1 ]
	[[ $output == "$dir/conf/kedja.conf:4: "*contents* ]]
	rm "$dir/conf/kedja.conf"
	try rules check "$dir/conf"
	[ "$status" -eq 0 ]
}

@test "rules check: mistakes of rules are told though the chain is wrong too" {
	office
	printf 'stages = (' >"$dir/conf/chain.conf"
	printf 'rules = (\n  {\n' >"$dir/conf/rules.d/90-own.conf"
	try rules check "$dir/conf"
	[ "$status" -eq 1 ]
	[[ $output == *"$dir/conf/chain.conf:"* ]]
	[[ $output == *"$dir/conf/rules.d/90-own.conf:"* ]]
	try rules check "$dir/conf" --json
	[ "$status" -eq 1 ]
	[[ $output == *'"rules": null'* ]]
}

@test "the manual is well formed" {
	command -v mandoc >/dev/null || skip "mandoc is not installed"
	run mandoc -T lint -W warning "$here/../../daemon/ctl/kedjactl.1"
	[ "$status" -eq 0 ]
}

complete_words() {
	COMP_WORDS=("$@")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_kedjactl
	printf '%s\n' "${COMPREPLY[*]}"
}

@test "completion offers what the table has" {
	source "$here/../../contrib/completion/kedjactl"
	[ "$(complete_words "$ctl" de)" = deadlines ]
	[ "$(complete_words "$ctl" rules re)" = "reload revert" ]
	[ "$(complete_words "$ctl" --json outbox c)" = cancel ]
	[ "$(complete_words "$ctl" outbox --state su)" = superseded ]
	[ "$(complete_words "$ctl" deadlines --o)" = --overdue ]
	[ "$(complete_words "$ctl" status --o)" = "" ]
	[ "$(complete_words "$ctl" "" | tr ' ' '\n')" = "$("$ctl" --table | awk -F'\t' '$3 == "verb" { print $1 }' | sort -u)" ]
}

@test "completion offers cases, rules, people, and the fields of a kind with their codes" {
	source "$here/../../contrib/completion/kedjactl"
	export KEDJA_CONF=$here/../../conf
	answers '{"case.list": [{"result": {"rows": [{"case": "K-1", "programme": "norr", "open": true},
			{"case": "K-22", "programme": "norr", "open": true}], "next": null}}],
		"staff.list": [{"result": {"rows": [{"staff": "anna.berg", "name": "Anna"}, {"staff": "bo.ek", "name": "Bo"}], "next": null}}],
		"rules.list": [{"result": {"rows": [{"name": "rent-late"}, {"name": "plan-review"}], "next": null}}]}'
	[ "$(complete_words "$ctl" case K-2)" = K-22 ]
	[ "$(complete_words "$ctl" why K-1 r)" = rent-late ]
	[ "$(complete_words "$ctl" deadlines --for a)" = anna.berg ]
	[ "$(complete_words "$ctl" staff handover anna.berg b)" = bo.ek ]
	[ "$(complete_words "$ctl" payments status --programme n)" = norr ]
	kill "$daemon"
	wait "$daemon" || true
	rm -f "$KEDJA_SOCKET" # kinds come from the folder where there is no daemon
	[ "$(complete_words "$ctl" record plan.ado)" = plan.adopted ]
	[ "$(complete_words "$ctl" record plan.adopted K-1 goals_short=true goals)" = "goals_short= goals_long=" ]
	[ "$(complete_words "$ctl" record plan.adopted K-1 rent = t)" = "true" ]
	[ "$(complete_words "$ctl" record plan.adopted K-1 rent=t)" = "rent=true" ]
	[ "$(complete_words "$ctl" record case.closed K-1 outcome = own)" = "own_lease own_wish" ]
}

@test "calendar and kinds answer without a daemon, from the folder; its mistakes are told once" {
	cp -r "$here/../../conf" "$dir/conf"
	try calendar 2027 --conf "$dir/conf"
	[ "$status" -eq 0 ]
	[[ $output == *"2027-01-01  Friday     nyårsdagen"* ]]
	export KEDJA_CONF=$dir/conf
	try kinds visit.made --json
	[ "$status" -eq 0 ]
	[[ $output == *'"name": "visit.made"'* ]]
	try calendar 3000
	[ "$status" -eq 3 ]
	[[ $(complaint) == *"year: write a year from 1900 to 2200" ]]
	echo 'fnord = 1;' >>"$dir/conf/chain.conf"
	try kinds
	[ "$status" -eq 3 ]
	[[ $(complaint) == "kedjactl: no daemon at $KEDJA_SOCKET: "*$'\n'"$dir/conf/chain.conf:"*'"fnord"'* ]]
	try rules simulate "$dir/conf/" --until 2027-01-01
	[ "$status" -eq 1 ]
	[ "$(complaint | wc -l)" -eq 1 ]
}
