#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Lists of more rows than a page holds: each row once, in order, whatever is asked for; and how SQLite
# finds them.

bats_require_minimum_version 1.5.0

setup() {
	source "$BATS_TEST_DIRNAME/kedja.bash"
}

# many COUNT: so many cases with a task each, due on one of four days; every third has done it. Per
# supports the last twenty, and Bo those of the programme that nobody else does.
many() {
	rm "$dir"/conf/rules.d/*.conf
	own_rule 90-own <<-'END'
		rules = ({ name = "x-visit"; title = "Hembesök"; subject = "case"; starts = [ "visit.made" ];
		  due = "P10D"; done = [ "visit.missed" ];
		  steps = ({ name = "late"; at = "P0D"; to = [ "support_worker" ]; cc = [ "unit_manager" ]; }); });
	END
	start --virtual-clock 2026-01-12T06:00
	cast 2026-01-01 K-1
	/usr/bin/python3 - "$1" >"$dir/many.ndjson" <<-'END'
		import json, sys
		count = int(sys.argv[1])
		def say(kind, case, at, **data):
		    print(json.dumps({"kind": kind, "subject": case, "at": at, "data": data}))
		for i in range(count):
		    case = "G-%05d" % (i * 7 % count)
		    say("case.opened", case, "2026-01-01", programme="norr")
		    say("visit.made", case, "2026-01-%02d" % (1 + i % 4))
		    if i % 3 == 0:
		        say("visit.missed", case, "2026-01-11")
		    if i % count >= count - 20:
		        say("role.assigned", case, "2026-01-01", role="support_worker", staff="per.ström")
	END
	ctl import "$dir/many.ndjson" >/dev/null
	ctl rebuild --check >/dev/null
}

listed() { # WORDS...: how many rows, how many of them differ, and are they in order?
	ctl deadlines "$@" --json | json '"%d %d %s" % (len(d), len({r["id"] for r in d}),
		[r["id"] for r in d] == [r["id"] for r in sorted(d, key=lambda r: (r["state"] == "done", r["due"], r["id"]))])'
}

counted() { # CONDITION: the same by the file alone
	base "SELECT format('%d %d True', count(*), count(*)) FROM deadline d WHERE $1"
}

@test "deadlines of 1,100 cases: each once, open ones first, by day" {
	office
	many 1100
	same "$(counted "state = 'open'")" "$(listed)"
	same "$(counted true)" "$(listed --all)"
	same "$(counted "state = 'open' AND due < '2026-01-12'")" "$(listed --overdue)"
	same "$(counted "state = 'open' AND due <= '2026-01-12'")" "$(listed --until 2026-01-12)"
	same "$(counted "subject = 'G-00007'")" "$(listed --subject G-00007 --all)"
	[ "$(listed | cut -d ' ' -f 1)" -gt 700 ]

	# a person's: by the role on the case, or on the programme where nobody holds it on the case
	of_per="subject IN (SELECT subject FROM role WHERE staff = 'per.ström' AND role = 'support_worker')"
	same "$(counted "state = 'open' AND $of_per")" "$(listed --for per.ström)"
	same "$(counted "$of_per")" "$(listed --for per.ström --all)"
	same "$(counted "state = 'open' AND due < '2026-01-12' AND $of_per")" "$(listed --for per.ström --overdue)"
	same "$(counted "state = 'open' AND NOT $of_per")" "$(listed --for bo.ek)"
	same "$(counted true)" "$(listed --for hakan.holm --all)"
	same "$(counted "subject = 'G-00007'")" "$(listed --for bo.ek --subject G-00007 --all)"

	same "1101 1101" "$(ctl cases --json | json '"%d %d" % (len(d), len({r["case"] for r in d}))')"
	until_time 2026-01-15T12:00
	same "$(base 'SELECT group_concat(id, " ") FROM (SELECT id FROM notice ORDER BY at, id)')" \
		"$(ctl notices --json | json '" ".join(str(r["id"]) for r in d)')"
	same "$(base "SELECT group_concat(id, ' ') FROM (SELECT id FROM notice WHERE state = 'sent' ORDER BY at, id)")" \
		"$(ctl notices --state sent --json | json '" ".join(str(r["id"]) for r in d)')"
	[ "$(base "SELECT count(*) FROM notice WHERE at = (SELECT at FROM notice GROUP BY at ORDER BY count(*) DESC LIMIT 1)")" -gt 300 ]
}

@test "a case shows what is open first, and its events of one day on several pages" {
	office
	many 10
	for i in $(seq 1203); do
		echo '{"kind": "visit.made", "subject": "G-00003", "at": "2026-01-12"}'
	done >"$dir/day.ndjson"
	ctl import "$dir/day.ndjson" >/dev/null
	ctl case G-00003 --json >"$dir/case"
	same "True" "$(json '[r["state"] == "open" for r in d["deadlines"]] == sorted((r["state"] == "open" for r in d["deadlines"]), reverse=True)' <"$dir/case")"
	same "$(base "SELECT group_concat(id, ' ') FROM (SELECT id FROM event WHERE subject = 'G-00003' ORDER BY at, id)")" \
		"$(json '" ".join(str(e["id"]) for e in d["events"]["rows"])' <"$dir/case")"
}

@test "no statement goes through a table that grows, or sorts, but for those in tests/plans.txt" {
	office
	start
	stop
	/usr/bin/python3 "$BATS_TEST_DIRNAME/plans.py" "${BUILD:-$root/build}/obj/daemon" "$dir/data/kedja.db" \
		"$root/tests/plans.txt"
}

@test "a statement that does is found, and so is a line of tests/plans.txt that is no longer needed" {
	office
	start
	stop
	mkdir -p "$dir/objects/methods"
	printf 'x\0SELECT id FROM notice n WHERE n.why = ?1\0SELECT at FROM event WHERE subject = ?1 ORDER BY actor\0' \
		>"$dir/objects/methods/case.o"
	echo "SCAN message | FROM nowhere | none" >"$dir/plans.txt"
	run /usr/bin/python3 "$BATS_TEST_DIRNAME/plans.py" "$dir/objects" "$dir/data/kedja.db" "$dir/plans.txt"
	[ "$status" -eq 1 ]
	[[ $output == *"methods/case.o: SCAN notice: SELECT id FROM notice n"* ]]
	[[ $output == *"methods/case.o: SORT: SELECT at FROM event"* ]]
	[[ $output == *"plans.txt:1: no statement"* ]]
	[[ $output == *"2 statements, 3 wrong" ]]
}
