#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The life of entries in the calendar: what a case without a role, a void, a cancelled letter and a
# new name of the rule do to them. Read as a calendar reads them, from letters in the Maildir.

setup() {
	load kedja
	office
	only_rules
	own_rule 90-own <<-'END'
		rules = ({ name = "x-check"; title = "Hemlig egen bevakning"; subject = "case"; starts = [ "visit.made" ];
		  due = "P30D"; pausable = true; done = [ "visit.missed" ];
		  steps = ({ name = "first"; at = "-P16D"; to = [ "social_worker", "support_worker" ]; calendar_entry = true; },
		           { name = "second"; at = "-P2D"; to = [ "social_worker", "support_worker" ]; }); });
	END
	start
	cast 2026-01-05 K-1 K-2
}

# "day who method uid sequence start summary status" of every entry in every letter, in order; the uid as
# a letter of the alphabet. Checks on the way what holds for all.
entries() {
	/usr/bin/python3 - "$dir/mail/new" <<-'END'
		import email, email.policy, email.utils, glob, sys, datetime, icalendar
		letters = [email.message_from_binary_file(open(name, "rb"), policy=email.policy.default)
		           for name in glob.glob(sys.argv[1] + "/*")]
		uids = {}
		def moment(letter):
		    return email.utils.parsedate_to_datetime(letter["Date"])
		for letter in sorted(letters, key=lambda l: (moment(l), l["To"])):
		    parts = [p for p in letter.walk() if p.get_content_type() == "text/calendar"]
		    if parts:
		        assert letter.get_content_type() == "multipart/mixed", letter.get_content_type()
		        assert [p.get_content_type() for p in letter.walk()][1:4] == \
		            ["multipart/alternative", "text/plain", "text/html"]
		    for part in parts:
		        calendar = icalendar.Calendar.from_ical(part.get_content())
		        assert part.get_param("method") == calendar["METHOD"]
		        assert "K-" not in part.get_filename()
		        assert "Hemlig" not in part.get_content()
		        for event in calendar.walk("VEVENT"):
		            uid = str(event["UID"])
		            assert "K-" not in uid and uid.endswith("@office.example"), uid
		            day = event.decoded("DTSTART")
		            assert type(day) is datetime.date
		            assert event.decoded("DTEND") - day == datetime.timedelta(days=1)
		            assert event.decoded("DTSTAMP") == moment(letter)
		            assert event["CLASS"] == "PRIVATE" and event["TRANSP"] == "TRANSPARENT"
		            print(moment(letter).date(), str(letter["To"]).split("<")[1].split(".")[0],
		                  calendar["METHOD"], uids.setdefault(uid, chr(97 + len(uids))),
		                  event["SEQUENCE"], day, event["STATUS"], event["SUMMARY"])
	END
}

flat() { # NUMBER: the letter on one line
	ctl outbox show "$1" | tr -s '\n ' ' '
}

@test "a step that asks for it brings an entry to each person; done: taken back once, also over a restart and a rebuild" {
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-19T16:00
	same $'2026-01-19 anna PUBLISH a 0 2026-02-04 CONFIRMED Bevakning i ärende K-1\n2026-01-19 bo PUBLISH b 0 2026-02-04 CONFIRMED Bevakning i ärende K-1' "$(entries)"
	record visit.missed K-1
	until_time 2026-01-22T16:00
	same $'2026-01-20 anna CANCEL a 1 2026-02-04 CANCELLED Bevakning i ärende K-1\n2026-01-20 bo CANCEL b 1 2026-02-04 CANCELLED Bevakning i ärende K-1' "$(entries | tail -n +3)"
	[[ $(flat 3) == *"Filen i brevet ändrar poster i kalendern."*"K-1"*"avslutad: posten tas bort"* ]]
	stop
	start
	ctl rebuild >/dev/null
	until_time 2026-03-01T16:00
	same 4 "$(entries | wc -l)"
	same 4 "$(letters)"
}

@test "the due date moves: the next letter about it moves the entry, though its step does not ask; another's is left alone" {
	record visit.made K-1 --at 2026-01-05
	record visit.made K-2 --at 2026-01-05
	until_time 2026-01-19T16:00
	same 4 "$(entries | wc -l)"
	record case.paused K-1
	until_time 2026-01-29T16:00
	record case.resumed K-1
	until_time 2026-02-02T16:00
	same 4 "$(entries | wc -l)"
	until_time 2026-02-13T16:00
	same $'2026-02-12 anna PUBLISH 1 2026-02-14\n2026-02-12 bo PUBLISH 1 2026-02-14' \
		"$(entries | tail -n +5 | awk '{ print $1, $2, $3, $5, $6 }')"
	same 4 "$(entries | awk '{ print $4 }' | sort -u | wc -l)"
}

@test "what was done is voided: the entry is put back with a higher sequence; voided before it was told: nothing" {
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-19T16:00
	record visit.missed K-1
	until_time 2026-01-20T16:00
	void_last visit.missed
	until_time 2026-01-22T16:00
	same $'2026-01-21 anna PUBLISH a 2 2026-02-04 CONFIRMED Bevakning i ärende K-1\n2026-01-21 bo PUBLISH b 2 2026-02-04 CONFIRMED Bevakning i ärende K-1' "$(entries | tail -n +5)"
	[[ $(flat 5) == *"öppen igen: posten läggs tillbaka"* ]]
	record visit.missed K-1
	void_last visit.missed
	until_time 2026-01-27T16:00
	same 6 "$(entries | wc -l)"
}

void_last() { # KIND: takes back the last event of it
	ctl void "$(base "SELECT max(id) FROM event WHERE kind = '$1'")" --reason fel >/dev/null
}

@test "protected, minimal, and people who have the case no longer: no case in the calendar, nor in the letter that takes it out" {
	record case.protected K-1 on=true --at 2026-01-05
	record visit.made K-1 --at 2026-01-05
	record visit.made K-2 --at 2026-01-05
	until_time 2026-01-19T16:00
	same $'anna Bevakning att hantera\nanna Bevakning i ärende K-2\nbo Bevakning att hantera\nbo Bevakning i ärende K-2' \
		"$(entries | cut -d ' ' -f 2,8- | sort)"
	record role.released K-2 role=social_worker staff=anna.åberg
	record visit.missed K-1
	record visit.missed K-2
	until_time 2026-01-20T16:00
	same $'anna Bevakning att hantera\nanna Bevakning att hantera\nbo Bevakning att hantera\nbo Bevakning i ärende K-2' \
		"$(entries | grep CANCEL | cut -d ' ' -f 2,8- | sort)"
	letter=$(ctl outbox show "$(ctl outbox --json | json "max(r['id'] for r in d if r['to'].startswith('anna'))")")
	[[ $letter != *K-1* && $letter != *K-2* && $letter == *"Vissa poster gäller ärenden som inte nämns här."* ]]
	stop
	sed -i 's/content = "normal"/content = "minimal"/' "$dir/conf/kedja.conf"
	start
	record visit.made K-2
	until_time 2026-02-06T16:00
	same "bo Bevakning att hantera" "$(entries | grep -v hakan | tail -n 1 | cut -d ' ' -f 2,8-)"
}

@test "a letter that was cancelled before it went: the next one about it brings the entry after all" {
	rm -rf "$dir/mail"
	touch "$dir/mail" # no folder: letters wait
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-19T08:30
	bo=$(ctl outbox --json | json "[r['id'] for r in d if r['to'].startswith('bo')]")
	ctl outbox cancel "$bo" --reason prov >/dev/null
	rm "$dir/mail"
	ctl outbox retry >/dev/null
	until_time 2026-02-03T16:00
	same $'2026-01-19 anna PUBLISH a 0 2026-02-04 CONFIRMED Bevakning i ärende K-1\n2026-02-02 bo PUBLISH b 1 2026-02-04 CONFIRMED Bevakning i ärende K-1' "$(entries)"
}

@test "the rule gets a new name: the entry stays, and is taken away by it" {
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-19T16:00
	sed -i 's/name = "x-check";/name = "x-look"; was = "x-check";/' "$dir/conf/rules.d/90-own.conf"
	ctl rules reload >/dev/null
	until_time 2026-01-23T16:00
	same 2 "$(entries | wc -l)"
	record visit.missed K-1
	until_time 2026-01-26T16:00
	same $'CANCEL a 1\nCANCEL b 1' "$(entries | tail -n +3 | cut -d ' ' -f 3-5)"
}

@test "done while the reminder waited for its letter: no entry, and none to take away" {
	record staff.changed bo.ek name="Bo Ek" email=bo.ek@office.example rhythm=weekly --at 2026-01-05
	until_time 2026-01-07T07:00
	record visit.made K-1 # the step comes on a Wednesday
	until_time 2026-01-22T16:00
	same "2026-01-21 anna" "$(entries | cut -d ' ' -f 1-2)"
	record visit.missed K-1
	until_time 2026-01-30T16:00
	same $'2026-01-21 anna PUBLISH\n2026-01-23 anna CANCEL' "$(entries | cut -d ' ' -f 1-3)"
}

@test "the due date moves while the reminder waits for its letter: the entry has the day of today" {
	record staff.changed bo.ek name="Bo Ek" email=bo.ek@office.example rhythm=weekly --at 2026-01-05
	until_time 2026-01-07T07:00
	record visit.made K-1
	until_time 2026-01-22T09:00
	record case.paused K-1
	until_time 2026-01-23T16:00
	record case.resumed K-1
	until_time 2026-01-26T16:00
	same "2026-02-07 open" "$(due K-1 x-check)"
	same $'2026-01-21 anna PUBLISH a 0 2026-02-06\n2026-01-26 bo PUBLISH b 0 2026-02-07' "$(entries | cut -d ' ' -f 1-6)"
}
