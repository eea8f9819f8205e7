#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Much at once, that nobody meant: it is held until a person decides, and then goes out as it was
# shown. And rules that only shadow.

setup() {
	load kedja
}

# old_cases COUNT DAY: that many cases of "norr", opened that day, each with a visit made then.
old_cases() {
	/usr/bin/python3 - "$1" "$2" >"$dir/old.ndjson" <<-'END'
		import json, sys
		for i in range(int(sys.argv[1])):
		    case, at = "G-%05d" % i, sys.argv[2]
		    print(json.dumps({"kind": "case.opened", "subject": case, "at": at, "data": {"programme": "norr"}}))
		    print(json.dumps({"kind": "visit.made", "subject": case, "at": at, "data": {}}))
	END
	ctl import --history "from the old system" "$dir/old.ndjson" >/dev/null
}

# One rule alone, of which each old case makes one late notice to the housing coordinator.
only_visits() {
	rm "$dir"/conf/rules.d/*.conf
	own_rule 90-own <<-END
		rules = ({ name = "x-visit"; title = "Hembesök"; subject = "case"; starts = [ "visit.made" ];
		  due = "P30D"; done = [ "visit.missed" ]; ${1:-}
		  steps = ({ name = "today"; at = "P0D"; to = [ "housing_coordinator" ]; },
		           { name = "late"; at = "P900D"; to = [ "unit_manager" ]; }); });
	END
}

# flood CASES DAY [FROM]: an office that holds above 20, and that many old cases of DAY; it is known from
# FROM on, or as long as they are.
flood() {
	office "hold_above = 20;"
	only_visits
	start
	cast "${3:-$2}" K-1
	old_cases "$1" "$2"
}

states() { # how many notices are in which state
	ctl notices --json | json "sorted('%s %d' % (s, sum(r['state'] == s for r in d)) for s in {r['state'] for r in d})"
}

@test "5,000 old cases: nothing goes out before release, then exactly what was shown" {
	office
	only_visits
	start
	cast 2024-02-01 K-1
	old_cases 5000 2024-02-01
	until_time 2026-01-07T12:00
	same "held 5000" "$(states)"
	same 0 "$(letters)"
	[[ "$(ctl status)" == *"5000 late reminders came all at once: they are held"* ]]

	ctl notices --state held --json | json "sorted((r['subject'], r['step'], r['person'], r['due']) for r in d)" >"$dir/shown"
	same "5000 released, 0 overtaken meanwhile" "$(ctl notices release)"
	until_time 2026-01-08T12:00
	same "sent 5000" "$(states)"
	same 4 "$(letters)" # of 1,500 lines at the most
	same "$(cat "$dir/shown")" \
		"$(ctl notices --state sent --json | json "sorted((r['subject'], r['step'], r['person'], r['due']) for r in d)")"
	[[ "$(ctl status)" != *"held:"* ]]
}

@test "as many as hold_above go out, one more is too many" {
	flood 20 2025-11-01
	until_time 2026-01-07T12:00
	same "sent 20" "$(states)"

	old_cases_again 21
	until_time 2026-01-08T12:00
	same $'held 21\nsent 20' "$(states)"
}

old_cases_again() { # others than those of old_cases
	/usr/bin/python3 - "$1" >"$dir/more.ndjson" <<-'END'
		import json, sys
		for i in range(int(sys.argv[1])):
		    case, at = "H-%05d" % i, "2025-11-01"
		    print(json.dumps({"kind": "case.opened", "subject": case, "at": at, "data": {"programme": "norr"}}))
		    print(json.dumps({"kind": "visit.made", "subject": case, "at": at, "data": {}}))
	END
	ctl import "$dir/more.ndjson" >/dev/null
}

@test "hold_above = 0 holds nothing" {
	office "hold_above = 0;"
	only_visits
	start
	cast 2025-11-01 K-1
	old_cases 300 2025-11-01
	until_time 2026-01-07T12:00
	same "sent 300" "$(states)"
}

@test "a morning with much to do is no flood" {
	flood 100 2026-01-05
	until_time 2026-02-05T12:00
	same "sent 100" "$(states)"
}

@test "a long stop makes a flood, on the real clock as on this one" {
	flood 30 2026-01-05
	stop
	base "UPDATE meta SET value = value + 60 * 86400 WHERE name = 'virtual_now'"
	start
	until_time 2026-03-07T12:00
	same "held 30" "$(states)"
}

@test "a changed rule that would say much at once is held after the reload" {
	flood 30 2025-12-29 2025-01-05
	until_time 2026-01-07T12:00
	same "" "$(states)"
	sed -i 's/due = "P30D"/due = "P2D"/' "$dir/conf/rules.d/90-own.conf"
	ctl rules reload
	until_time 2026-01-08T12:00
	same "held 30" "$(states)"
}

@test "what is held of a case that ends is overtaken; what is discarded never goes out" {
	flood 30 2025-11-01
	until_time 2026-01-07T12:00
	same "held 30" "$(states)"
	record visit.missed G-00001
	record case.closed G-00002 outcome=moved
	ctl void "$(ctl case G-00003 --json | json "[e['id'] for e in d['events']['rows'] if e['kind'] == 'visit.made'][0]")" --reason fel
	same $'held 28\novertaken 2' "$(states)"
	run ctl notices discard
	[ "$status" -eq 2 ]
	same "1 discarded" "$(ctl notices discard --subject G-00004 --reason "gammalt")"
	same "26 released, 1 overtaken meanwhile" "$(ctl notices release)"
	until_time 2026-01-08T12:00
	same $'overtaken 4\nsent 26' "$(states)"
	same "discarded by $(id -un): gammalt" \
		"$(ctl notices --json | json "[r['why'] for r in d if r['subject'] == 'G-00004']")"
}

@test "held survives a kill, and is not held again after its release" {
	flood 30 2025-11-01
	until_time 2026-01-07T12:00
	kill -9 "$daemon"
	wait_until gone "$daemon"
	start
	same "held 30" "$(states)"
	ctl notices release
	kill -9 "$daemon"
	wait_until gone "$daemon"
	start
	until_time 2026-01-08T12:00
	same "sent 30" "$(states)"
}

@test "a rule that shadows writes its notices and sends none" {
	office
	only_visits 'mode = "shadow";'
	start
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05
	until_time 2026-02-05T12:00
	same "today housing_coordinator eva.norén shadow" "$(told x-visit)"
	same 0 "$(letters)"
	[[ "$(ctl why K-1 x-visit --on 2026-02-04 --language en)" == *"The rule only shadows"* ]]
}
