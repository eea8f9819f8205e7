#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Who gets a reminder: whoever holds the role that day, on the case or else on the programme, or
# stands in; and somebody always.

setup() {
	load kedja
	office
	sed -i 's/^  { name = "outreach_worker"/  { name = "case_manager"; title = "case manager"; on_case = true; },\n&/' \
		"$dir/conf/chain.conf" # a role of the office's own
	only_rules
	visit_steps <<-'END'
		{ name = "first"; at = "P0D"; to = [ "social_worker" ]; },
		{ name = "second"; at = "P7D"; to = [ "case_manager", "support_worker" ]; cc = [ "social_worker" ]; }
	END
}

# joined ID ADDRESS
joined() {
	record staff.joined "$1" name="Namn $1" email="$2" --at 2026-01-05
}

to() { # of the letters so far: recipients, sorted
	ctl outbox --json | json "sorted(r['to'] for r in d)"
}

@test "the holder on the case comes before the holder on the programme" {
	start
	cast 2026-01-05 K-1 K-2
	joined carl carl@office.example
	record role.assigned norr role=social_worker staff=carl --at 2026-01-05
	record case.opened K-3 programme=norr --at 2026-01-05
	record visit.made K-1 --at 2026-01-05
	record visit.made K-3 --at 2026-01-05
	until_time 2026-01-12T16:00
	same $'first social_worker anna.åberg sent\nfirst social_worker carl sent' "$(told x-check | sort)"
	same anna.aberg@office.example "$(ctl outbox --json | json "[r['to'] for r in d if 'K-1' in r['subject']]")"
	same carl@office.example "$(ctl outbox --json | json "[r['to'] for r in d if 'K-3' in r['subject']]")"
}

@test "a role that several hold: each gets the letter; one who hands it back does not" {
	start
	cast 2026-01-05 K-1
	joined carl carl@office.example
	joined dora dora@office.example
	record role.assigned K-1 role=social_worker staff=carl --at 2026-01-05
	record role.assigned K-1 role=social_worker staff=dora --at 2026-01-05
	record role.released K-1 role=social_worker staff=anna.åberg
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	same $'carl@office.example\ndora@office.example' "$(to)"
}

@test "a new holder gets what comes next; what was sent is not sent again" {
	start
	cast 2026-01-05 K-1
	joined carl carl@office.example
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	record role.released K-1 role=social_worker staff=anna.åberg
	record role.assigned K-1 role=social_worker staff=carl
	until_time 2026-01-16T16:00
	same anna.aberg@office.example "$(to)"
	until_time 2026-01-19T16:00
	same "carl True" "$(ctl notices --json | json "[(r['person'], r['cc']) for r in d if r['step'] == 'second' and r['role'] == 'social_worker']")"
}

@test "nobody holds the role: the unit manager gets it, and status says so" {
	start
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-19T16:00 # "second" goes to a case manager, whom nobody is
	same $'second case_manager None unreachable\nsecond case_manager hakan.holm sent' \
		"$(told x-check | grep case_manager)"
	same 1 "$(ctl status --json | json 'd["counts"]["notices_unreachable"]')"
	[[ $(ctl status) == *"unreachable: a reminder of what is still open reached nobody who holds the role"* ]]
	letter=$(grep -l '^To: .*hakan.holm@' "$dir"/mail/new/*)
	[[ $(/usr/bin/python3 -c 'import email, email.policy, sys
print(email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default).get_body(("plain",)).get_content())' "$letter") == *"Ingen case manager kan nås"* ]]
}

@test "no unit manager either: the administrator gets it" {
	start
	cast 2026-01-05 K-1
	record role.released norr role=unit_manager staff=hakan.holm
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-19T16:00
	same 1 "$(ctl outbox --json | json "sum(r['to'] == 'admin@office.example' for r in d)")"
	same "admin@office.example" "$(to | grep admin)"
}

@test "absent: the deputy gets it, and is told for whom; back again, the holder does" {
	start
	cast 2026-01-05 K-1
	joined carl carl@office.example
	record staff.absent anna.åberg from=2026-01-12 to=2026-01-16 deputy=carl
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	same carl@office.example "$(to)"
	[[ $(ctl outbox show 1 --json | json 'd["text"]') == *"Du står in för Anna Åberg."* ]]
	until_time 2026-01-19T16:00
	same $'bo.ek sent\nanna.åberg sent' \
		"$(ctl notices --json | json "[(r['person'], r['state']) for r in d if r['step'] == 'second' and r['role'] != 'case_manager']")"
}

@test "deputies of deputies; and round in a circle it ends with the unit manager" {
	start
	cast 2026-01-05 K-1 K-2
	joined carl carl@office.example
	joined dora dora@office.example
	record staff.absent anna.åberg from=2026-01-12 to=2026-01-16 deputy=carl
	record staff.absent carl from=2026-01-10 to=2026-01-16 deputy=dora
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	same dora@office.example "$(to)"

	record staff.absent dora from=2026-01-13 to=2026-01-16 deputy=anna.åberg
	record visit.made K-2 --at 2026-01-06
	until_time 2026-01-13T16:00
	same $'dora@office.example\nhakan.holm@office.example' "$(to)"
}

@test "absent with nobody to stand in: the unit manager gets it" {
	start
	cast 2026-01-05 K-1
	record staff.absent anna.åberg from=2026-01-12 to=2026-01-16
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	same hakan.holm@office.example "$(to)"
}

@test "the absent one comes back early and gets it" {
	start
	cast 2026-01-05 K-1
	joined carl carl@office.example
	record staff.absent anna.åberg from=2026-01-07 to=2026-01-30 deputy=carl
	until_time 2026-01-09T09:00
	record staff.back anna.åberg from=2026-01-09 to=2026-01-30
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	same anna.aberg@office.example "$(to)"
}

@test "one who has left gets nothing any more" {
	start
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-08T09:00
	record staff.left anna.åberg
	until_time 2026-01-12T16:00
	same hakan.holm@office.example "$(to)"
}

@test "a rule of the programme that names a role of the cases reaches those who hold it there" {
	own_rule 91-own <<-'END'
		rules = ({ name = "x-all"; title = "Alla"; subject = "programme"; starts = [ "buyers.informed" ];
		  due = "P7D"; steps = ({ name = "today"; at = "P0D"; to = [ "social_worker" ]; }); });
	END
	start
	cast 2026-01-05 K-1 K-2
	joined carl carl@office.example
	record role.assigned K-2 role=social_worker staff=carl --at 2026-01-05
	record buyers.informed norr --at 2026-01-05
	until_time 2026-01-12T16:00
	same $'anna.aberg@office.example\ncarl@office.example' "$(to)"
}

@test "deadlines --for: those that write to a role of somebody, copies too, as the letters would go" {
	of() { # PERSON
		ctl deadlines --for "$1" --json | json "sorted('%s %s' % (r['rule'], r['subject']) for r in d)"
	}
	own_rule 91-own <<-'END'
		rules = (
		  { name = "x-copy"; title = "Kopia"; subject = "case"; starts = [ "visit.made" ]; due = "P9D";
		    steps = ({ name = "today"; at = "P0D"; to = [ "unit_manager" ]; cc = [ "housing_coordinator" ]; }); },
		  { name = "x-task"; title = "Uppdrag"; subject = "case"; starts = [ "task.agreed" ]; due = "P9D";
		    steps = ({ name = "today"; at = "P0D"; to = [ "field:role" ]; }); },
		  { name = "x-all"; title = "Alla"; subject = "programme"; starts = [ "buyers.informed" ];
		    due = "P7D"; steps = ({ name = "today"; at = "P0D"; to = [ "social_worker" ]; }); });
	END
	start
	cast 2026-01-05 K-1
	joined carl carl@office.example
	record case.opened K-3 programme=norr --at 2026-01-05
	record visit.made K-1 --at 2026-01-05
	record visit.made K-3 --at 2026-01-05
	record task.agreed K-1 --key u1 what=other due_on=2026-02-01 role=support_worker --at 2026-01-05
	record buyers.informed norr --at 2026-01-05
	same $'x-all norr\nx-check K-1' "$(of anna.åberg)"
	same $'x-check K-1\nx-check K-3\nx-task K-1' "$(of bo.ek)"
	same $'x-copy K-1\nx-copy K-3' "$(of eva.norén)"
	same $'x-copy K-1\nx-copy K-3' "$(of hakan.holm)"
	same "" "$(of per.ström)"
	same "" "$(of carl)"
	record role.assigned norr role=social_worker staff=carl --at 2026-01-05
	same $'x-all norr\nx-check K-3' "$(of carl)"
	same 'x-check K-1' "$(of anna.åberg)"
	record staff.left anna.åberg
	same $'x-all norr\nx-check K-1\nx-check K-3' "$(of carl)"
}

@test "deadlines --for: whoever looks after a case that is not open, and whom also names" {
	of() { # PERSON
		ctl deadlines --for "$1" --json | json "sorted('%s %s' % (r['rule'], r['subject']) for r in d)"
	}
	own_rule 91-own <<-'END'
		rules = (
		  { name = "x-care"; title = "Kvar"; subject = "case"; starts = [ "eviction.dated" ]; due = "P9D";
		    after_close = true; also = "area_manager"; also_if = "children > 0";
		    steps = ({ name = "today"; at = "P0D"; to = [ "housing_coordinator" ]; }); });
	END
	find "$dir/conf/rules.d" -name '[0-8]*' -delete
	start
	cast 2026-01-05 K-1
	record role.assigned norr role=outreach_worker staff=hakan.holm --at 2026-01-05
	record eviction.dated K-1 date=2026-02-02 --at 2026-01-05
	record eviction.dated K-9 date=2026-02-02 programme=norr --at 2026-01-05
	same "x-care K-9" "$(of hakan.holm)"
	same "" "$(of anna.åberg)"
	same "x-care K-1" "$(of eva.norén)"
	same "" "$(of per.ström)"
	record household.changed K-1 children=2 --at 2026-01-05
	same "x-care K-1" "$(of per.ström)"
	ctl record case.closed K-1 outcome=moved --at 2026-01-05 --force --reason "flyttat"
	same $'x-care K-1\nx-care K-9' "$(of hakan.holm)"
	same "x-care K-1" "$(of anna.åberg)"
	same "" "$(of eva.norén)"
}

@test "a person named twice in a step, as worker and in copy, gets one letter" {
	start
	cast 2026-01-05 K-1
	record role.assigned K-1 role=support_worker staff=anna.åberg --at 2026-01-05
	record role.assigned K-1 role=case_manager staff=anna.åberg --at 2026-01-05
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-19T16:00
	same "Bevakning i ärende K-1" \
		"$(ctl outbox --json | json "[r['subject'] for r in d if r['created_at'] >= '2026-01-19']")"
}

@test "two unit managers whose addresses are refused: each is tried once, then the administrator" {
	cat >"$dir/server.py" <<-END
		import sys, time
		sys.path.insert(0, "$BATS_TEST_DIRNAME")
		from smtp_script import Script
		server = Script({"RCPT": "550 5.1.1 no such user"})
		with open("$dir/port", "w") as file:
		    file.write(str(server.port))
		time.sleep(86400)
	END
	/usr/bin/python3 -B "$dir/server.py" 3>&- &
	server=$!
	wait_until test -s "$dir/port"
	sed -i 's/transport = .*/transport = "smtp"; smtp_host = "127.0.0.1"; smtp_port = '"$(cat "$dir/port")"';/; /^ *maildir/d' "$dir/conf/kedja.conf"
	start
	cast 2026-01-05 K-1
	joined carl carl@office.example
	record role.assigned norr role=unit_manager staff=carl --at 2026-01-05
	record visit.made K-1 --at 2026-01-05
	until_time 2026-01-12T16:00
	for day in 13 14 15; do until_time "2026-01-${day}T16:00"; done
	same $'admin@office.example\nanna.aberg@office.example\ncarl@office.example\nhakan.holm@office.example' \
		"$(ctl outbox --json | json "sorted(r['to'] for r in d)")"
	kill "$server"
}
