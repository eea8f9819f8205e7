#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Entries for the reader's calendar: brought by a letter, moved when the day moves, taken away when
# the deadline is over. Read back by a library that has nothing to do with the one that wrote them.

setup() {
	load kedja
	office
	only_rules
	own_rule 90-own <<-'END'
		rules = ({ name = "x-year"; title = "Årets beslut"; subject = "case"; starts = [ "visit.made" ];
		  due = "P30D"; pausable = true; done = [ "visit.missed" ];
		  steps = ({ name = "decide"; at = "-P16D"; to = [ "social_worker" ]; cc = [ "support_worker" ]; calendar_entry = true; },
		           { name = "today"; at = "P0D"; to = [ "social_worker" ]; }); });
	END
	start
	cast 2026-01-05 K-1 K-2
}

# The entries in the letters to somebody, in the order of the letters: method, uid, sequence, day,
# summary; a line each.
entries() {
	/usr/bin/python3 - "$dir/mail" "$1" <<-'END'
		import email, email.policy, glob, sys
		from icalendar import Calendar
		letters = []
		for path in glob.glob(sys.argv[1] + "/*/*"):
		    with open(path, "rb") as file:
		        letters.append(email.message_from_binary_file(file, policy=email.policy.default))
		for letter in sorted(letters, key=lambda l: l["Date"].datetime):
		    if sys.argv[2] not in letter["To"]:
		        continue
		    for part in letter.walk():
		        if part.get_content_type() != "text/calendar":
		            continue
		        calendar = Calendar.from_ical(part.get_content())
		        assert part.get_param("method") == calendar["METHOD"]
		        assert "K-" not in part.get_filename()
		        assert len(calendar.walk("VEVENT")) == 1 and calendar.walk("VEVENT")[0]["ORGANIZER"]
		        for event in calendar.walk("VEVENT"):
		            first, after = event["DTSTART"].dt, event["DTEND"].dt
		            assert (after - first).days == 1 and event["CLASS"] == "PRIVATE"
		            assert (event["STATUS"] == "CANCELLED") == (calendar["METHOD"] == "CANCEL")
		            assert "K-" not in event["UID"] and "anna" not in event["UID"]
		            print(calendar["METHOD"], event["UID"].split("@")[0][:4], event["SEQUENCE"], first, event["SUMMARY"])
	END
}

@test "a letter brings the day, fulfilment takes it away: with the next letter, or by itself, once" {
	record visit.made K-1 --at 2026-01-05 # due 4 Feb, decide 19 Jan
	until_time 2026-01-19T16:00
	[[ $(entries anna) =~ ^PUBLISH\ [0-9a-f]{4}\ 0\ "2026-02-04 Bevakning i ärende K-1"$ ]]
	[[ $(entries bo) =~ ^PUBLISH\ [0-9a-f]{4}\ 0\ "2026-02-04 Bevakning i ärende K-1"$ ]]
	until_time 2026-01-21T09:00
	record visit.missed K-1
	until_time 2026-01-21T16:00
	same 1 "$(entries anna | wc -l)" # the letters of that day have gone
	until_time 2026-01-22T16:00
	[[ $(entries anna | tail -n 1) =~ ^CANCEL\ [0-9a-f]{4}\ 1\ "2026-02-04 Bevakning i ärende K-1"$ ]]
	letter=$(ctl outbox show "$(ctl outbox --json | json "max(r['id'] for r in d if r['to'].startswith('anna'))")")
	[[ $letter == *"onsdag 4 februari  K-1 "*"tas bort"* ]]
	[[ $letter != *"Årets beslut"* ]]
	ctl rebuild >/dev/null
	stop
	start
	until_time 2026-01-30T16:00
	same 2 "$(entries anna | wc -l)"
	same 2 "$(entries bo | wc -l)"
}

@test "the same deadline has the same uid for a person; the day moves, and the next letter moves it" {
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-20T09:00
	record case.paused K-1 --at 2026-01-20
	until_time 2026-01-25T09:00
	record case.resumed K-1 --at 2026-01-25 # due 9 Feb now
	until_time 2026-02-09T16:00
	uid=$(entries anna | head -n 1 | cut -d' ' -f2)
	same "PUBLISH $uid 1 2026-02-09 Bevakning i ärende K-1" "$(entries anna | tail -n 1)"
	same 2 "$(entries anna | wc -l)"
}

@test "a fulfilment that is taken back in time leaves the entry alone; later it comes again" {
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-21T09:00
	record visit.missed K-1
	id=$(ctl case K-1 --json | json "max(e['id'] for e in d['events']['rows'] if e['kind'] == 'visit.missed')")
	ctl void "$id" --reason fel >/dev/null
	until_time 2026-01-23T16:00
	same 1 "$(entries anna | wc -l)"
	record visit.missed K-1
	until_time 2026-01-26T16:00
	same 2 "$(entries anna | wc -l)"
}

@test "protected and minimal: the entry names nothing" {
	record case.protected K-1 on=true --at 2026-01-05
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-19T16:00
	[[ $(entries anna) == *"Bevakning att hantera" && $(entries anna) != *K-1* ]]
	record visit.missed K-1
	until_time 2026-01-20T16:00
	[[ $(entries anna | tail -n 1) == CANCEL*"Bevakning att hantera" ]]
	letter=$(ctl outbox show "$(ctl outbox --json | json "max(r['id'] for r in d if r['to'].startswith('anna'))")")
	[[ $letter != *K-1* ]]
}

@test "two cases over on one day, and a reminder besides: one letter" {
	record visit.made K-1 --at 2026-01-05
	record visit.made K-2 --at 2026-01-05
	until_time 2026-01-21T09:00
	record visit.missed K-1
	record visit.missed K-2
	until_time 2026-01-22T16:00
	same 2 "$(ctl outbox --json | json "sum(r['to'].startswith('anna') for r in d)")"
	same 2 "$(entries anna | grep -c ^CANCEL)"
}
