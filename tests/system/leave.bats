#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# On leave, and back: one letter sums up what went to others. Handed over: one letter tells the new
# holder what is open.

setup() {
	load kedja
	office
	only_rules
	visit_steps <<-'END'
		{ name = "first"; at = "P0D"; to = [ "social_worker" ]; },
		{ name = "second"; at = "P14D"; to = [ "social_worker" ]; },
		{ name = "third"; at = "P21D"; to = [ "social_worker" ]; }
	END
	start
	cast 2026-01-05 K-1 K-2 K-3
	record staff.joined carl name="Carl Deputy" email=carl@office.example --at 2026-01-05
}

to() { # of the letters so far: day and recipient, in order
	ctl outbox --json | json "['%s %s' % (r['created_at'][:10], r['to'].split('@')[0]) for r in sorted(d, key=lambda r: r['id'])]"
}

last_to() { # NAME: the last letter to somebody
	ctl outbox show "$(ctl outbox --json | json "max(r['id'] for r in d if r['to'].startswith('$1'))")"
}

@test "back from leave: one letter tells what went to whom, and what of it is still open" {
	record staff.absent anna.åberg from=2026-01-12 to=2026-01-16 deputy=carl
	record visit.made K-1 --at 2026-01-05
	record visit.made K-2 --at 2026-01-05
	until_time 2026-01-13T09:00
	record visit.missed K-2
	same "2026-01-12 carl" "$(to)"
	until_time 2026-01-30T16:00
	same $'2026-01-12 carl\n2026-01-19 anna.aberg\n2026-01-26 anna.aberg' "$(to)"
	letter=$(ctl outbox show 2)
	[[ $letter == *"Sammanfattning från bevakningen"* ]]
	flat=$(tr -s '\n ' ' ' <<<"$letter")
	[[ $flat == *"från måndagen den 12 januari 2026 till fredagen den 16 januari 2026:"* ]]
	[[ $flat == *"Dag Vad Ärende Gick till Läge måndag 12 januari Egen bevakning K-1 Carl Deputy fortfarande öppet"* ]]
	[[ $flat == *"måndag 12 januari Egen bevakning K-2 Carl Deputy inget är öppet"* ]]
	[[ $flat != *"Du har"* ]]
}

@test "the summary goes along with the day's letter when there is one, and is told once" {
	record staff.absent anna.åberg from=2026-01-12 to=2026-01-23 deputy=carl
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-26T16:00 # the second step comes on the day of the return
	same $'2026-01-12 carl\n2026-01-26 anna.aberg' "$(to)"
	letter=$(last_to anna)
	[[ $letter == *"Bevakning i ärende K-1"* && $letter == *"Medan du var borta"* && $letter == *"1. Egen bevakning"* ]]
	stop
	start
	until_time 2026-02-10T16:00
	same 1 "$(ctl outbox --json | json "sum(1 for r in d if r['created_at'][:10] == '2026-01-26')")"
	[[ $(last_to anna) != *"Medan du var borta"* ]]
}

@test "a leave that is longer or shorter than planned: the summary comes on the day of the return" {
	record staff.absent anna.åberg from=2026-01-12 to=2026-01-16 deputy=carl
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-15T09:00
	record staff.absent anna.åberg from=2026-01-17 to=2026-01-21 deputy=carl
	until_time 2026-01-21T16:00
	same "2026-01-12 carl" "$(to)"
	until_time 2026-01-22T16:00
	same "2026-01-22 anna.aberg" "$(to | tail -n 1)"
	record visit.made K-2 --at 2026-01-19
	record staff.absent anna.åberg from=2026-01-26 to=2026-02-27 deputy=carl
	until_time 2026-01-28T09:00
	record staff.back anna.åberg from=2026-01-28
	until_time 2026-01-29T16:00
	same "2026-01-29 anna.aberg" "$(to | tail -n 1)"
}

@test "away without a deputy: the unit manager gets it, and the summary says so" {
	record staff.absent anna.åberg from=2026-01-12 to=2026-01-16
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-19T16:00
	same $'2026-01-12 hakan.holm\n2026-01-19 anna.aberg' "$(to)"
	[[ $(tr -s '\n ' ' ' <<<"$(last_to anna)") == *"Gick till"*"Håkan Holm"* ]]
}

@test "deputies of deputies, and a circle of them: somebody gets it, and the holder is told" {
	record staff.joined dora name="Dora Dal" email=dora@office.example --at 2026-01-05
	record staff.absent anna.åberg from=2026-01-12 to=2026-01-12 deputy=carl
	record staff.absent carl from=2026-01-12 to=2026-01-12 deputy=dora
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-13T16:00
	same $'2026-01-12 dora\n2026-01-13 anna.aberg' "$(to)"
	[[ $(tr -s '\n ' ' ' <<<"$(last_to anna)") == *"Gick till"*"Dora Dal"* ]]
	record staff.absent anna.åberg from=2026-01-26 to=2026-01-26 deputy=carl
	record staff.absent carl from=2026-01-26 to=2026-01-26 deputy=anna.åberg
	until_time 2026-01-26T16:00
	same "2026-01-26 hakan.holm" "$(to | tail -n 1)"
	[[ $(ctl status) == *"a reminder of what is still open reached nobody"* ]]
}

@test "what is protected does not stand in a summary" {
	record case.protected K-1 on=true --at 2026-01-05
	record staff.absent anna.åberg from=2026-01-12 to=2026-01-16 deputy=carl
	record visit.made K-1 --at 2026-01-05
	record visit.made K-2 --at 2026-01-05
	until_time 2026-01-19T16:00
	letter=$(last_to anna)
	[[ $letter == *K-2* && $letter != *K-1* && $letter == *"Ärenden med särskilt skydd står inte här."* ]]
}

@test "handed over: all roles go, waiting reminders too, and one letter tells what is open" {
	record visit.made K-1 --at 2026-01-05
	record visit.made K-2 --at 2026-01-05
	until_time 2026-01-14T09:00
	run "$KEDJACTL" staff handover anna.åberg carl --dry-run
	[ "$status" -eq 0 ]
	[[ $output == *"3 roles would go from anna.åberg to carl"* ]]
	same "anna.åberg 3" "$(ctl staff --json | json "['%s %s' % (r['staff'], r['roles']) for r in d if r['roles'] == 3]")"
	run "$KEDJACTL" staff handover anna.åberg carl
	[ "$status" -eq 0 ]
	[[ $output == *"3 roles went from anna.åberg to carl"* ]]
	until_time 2026-01-15T16:00
	same "2026-01-15 carl" "$(to | tail -n 1)"
	flat=$(tr -s '\n ' ' ' <<<"$(last_to carl)")
	[[ $flat == *"Det du har tagit över efter Anna Åberg Det här är öppet: Dag Vad Ärende måndag 12 januari Egen bevakning K-1 måndag 12 januari Egen bevakning K-2"* ]]
	until_time 2026-01-26T16:00
	same "2026-01-26 carl" "$(to | tail -n 1)"
	run "$KEDJACTL" staff handover anna.åberg carl
	[ "$status" -eq 0 ]
	[[ $output == *"0 roles went"* ]]
}

@test "a reminder that waits for its letter goes to the new holder" {
	record staff.changed anna.åberg name="Anna Åberg" email=anna.aberg@office.example rhythm=weekly
	until_time 2026-01-06T07:00
	record visit.made K-1 --at 2026-01-06 # second: 27 Jan, a Tuesday, waits for Monday 2 Feb
	until_time 2026-01-28T09:00
	same anna.åberg "$(ctl notices --state queued --json | json "[r['person'] for r in d]")"
	record staff.changed carl name="Carl Deputy" email=carl@office.example
	ctl staff handover anna.åberg carl >/dev/null
	until_time 2026-02-02T16:00
	same 0 "$(ctl outbox --json | json "sum(r['to'].startswith('anna') and r['created_at'] > '2026-01-28' for r in d)")"
	same sent "$(ctl notices --json | json "[r['state'] for r in d if r['person'] == 'carl' and r['step'] == 'second']")"
}

@test "a handover that cannot be: who is not there, who has left, oneself" {
	run "$KEDJACTL" staff handover anna.åberg nobody
	[ "$status" -eq 1 ]
	[[ $output == *'nobody of the name "nobody" works here'* ]]
	record staff.left carl
	run "$KEDJACTL" staff handover anna.åberg carl
	[ "$status" -eq 1 ]
	run "$KEDJACTL" staff handover anna.åberg anna.åberg
	[ "$status" -eq 1 ]
	run "$KEDJACTL" staff handover nobody anna.åberg
	[ "$status" -eq 1 ]
	same "anna.åberg 3" "$(ctl staff --json | json "['%s %s' % (r['staff'], r['roles']) for r in d if r['roles'] == 3]")"
}

@test "back from one leave leaves the next one, that is planned, alone" {
	record staff.absent anna.åberg from=2026-01-05 to=2026-01-30 deputy=carl
	record staff.absent anna.åberg from=2026-02-09 to=2026-02-20 deputy=carl
	until_time 2026-01-09T09:00
	record staff.back anna.åberg from=2026-01-09
	until_time 2026-02-05T09:00
	record visit.made K-1 --at 2026-02-05
	until_time 2026-02-12T16:00
	same "2026-02-12 carl" "$(to)"
}
