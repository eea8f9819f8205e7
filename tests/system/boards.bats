#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Secrecy holds between boards: whoever belongs to another one is told of a case only while the case
# holds a consent for it. Otherwise the unit manager is, with the reason.

setup() {
	load kedja
	office
	only_rules
	visit_steps <<-'END'
		{ name = "first"; at = "P0D"; to = [ "social_worker" ]; },
		{ name = "second"; at = "P7D"; to = [ "social_worker" ]; cc = [ "support_worker" ]; },
		{ name = "third"; at = "P14D"; to = [ "social_worker" ]; }
	END
	start
	cast 2026-01-05
	record staff.joined sara name="Sara Syd" email=sara@office.example board=syd --at 2026-01-05
	record case.opened K-1 programme=norr board=norr-namnd --at 2026-01-05
	record role.assigned K-1 role=social_worker staff=sara --at 2026-01-05
}

to() { # of the letters so far: recipients, in order
	ctl outbox --json | json "[r['to'].split('@')[0] for r in sorted(d, key=lambda r: r['id'])]"
}

@test "without a consent the unit manager gets it, with the reason and without the name of a board" {
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	same "hakan.holm" "$(to)"
	same $'None unreachable\nhakan.holm sent' "$(ctl notices --json | json "[(r['person'], r['state']) for r in d]")"
	letter=$(ctl outbox show 1)
	[[ $letter == *"hör till en annan nämnd och det"* ]]
	[[ $letter != *syd* && $letter != *namnd* ]]
	[[ $(ctl status) == *"a reminder of what is still open reached nobody"* ]]
}

@test "with a consent the holder gets it, to its last day and no longer" {
	record consent.given K-1 board=syd until=2026-01-19 --at 2026-01-05
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-19T16:00 # first and second
	same $'sara\nbo.ek\nsara' "$(to | head -n 1; to | tail -n +2 | sort)"
	until_time 2026-01-26T16:00 # third
	same "hakan.holm" "$(to | tail -n 1)"
}

@test "a consent that is taken back, or voided, is none" {
	record consent.given K-1 board=syd until=2026-12-31 --at 2026-01-05
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	same sara "$(to)"
	until_time 2026-01-13T09:00
	record consent.withdrawn K-1 board=syd
	until_time 2026-01-19T16:00
	same $'bo.ek\nhakan.holm' "$(to | tail -n 2 | sort)"
	id=$(ctl case K-1 --json | json "[e['id'] for e in d['events']['rows'] if e['kind'] == 'consent.withdrawn'][0]")
	ctl void "$id" --reason "fel" >/dev/null
	until_time 2026-01-26T16:00
	same sara "$(to | tail -n 1)"
}

@test "the consent is judged when the letter is made, not when the reminder came due" {
	record consent.given K-1 board=syd until=2026-12-31 --at 2026-01-05
	record staff.changed sara name="Sara Syd" email=sara@office.example board=syd rhythm=weekly --at 2026-01-05
	until_time 2026-01-06T07:00
	record visit.made K-1 --at 2026-01-06 # second: 20 Jan, a Tuesday, overdue: it waits for Monday
	until_time 2026-01-22T09:00
	same "sara" "$(ctl notices --state queued --json | json "[r['person'] for r in d]")"
	record consent.withdrawn K-1 board=syd
	until_time 2026-01-26T16:00
	same $'second hakan.holm sent\nsecond sara unreachable' "$(ctl notices --json |
		json "sorted('%s %s %s' % (r['step'], r['person'], r['state']) for r in d if r['step'] == 'second' and r['role'] == 'social_worker')")"
	same 0 "$(ctl outbox --json | json "sum(r['to'].startswith('sara') and r['created_at'] > '2026-01-14' for r in d)")"
}

@test "a deputy of another board, a board of the programme, and a case that moves" {
	record role.released K-1 role=social_worker staff=sara
	record role.assigned K-1 role=social_worker staff=anna.åberg
	record staff.absent anna.åberg from=2026-01-12 to=2026-01-13 deputy=sara --at 2026-01-05
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	same hakan.holm "$(to)"
	record case.transferred K-1 programme=norr board=syd
	record role.assigned K-1 role=social_worker staff=sara
	record role.released K-1 role=social_worker staff=anna.åberg
	until_time 2026-01-19T16:00
	same $'bo.ek\nsara' "$(to | tail -n 2 | sort)"
}

@test "preflight shows what a board keeps from its holder; rebuilding gives the same" {
	record visit.made K-1 --at 2026-01-05
	run "$KEDJACTL" preflight --json
	[ "$(json "len(d['unreachable'])" <<<"$output")" -eq 3 ]
	same "hakan.holm" "$(json "d['unreachable'][0]['instead']" <<<"$output")"
	record consent.given K-1 board=syd until=2026-12-31
	same 0 "$("$KEDJACTL" preflight --json | json "len(d['unreachable'])")"
	run "$KEDJACTL" rebuild --check
	[ "$status" -eq 0 ]
	ctl rebuild >/dev/null
	same 0 "$("$KEDJACTL" preflight --json | json "len(d['unreachable'])")"
}
