#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Letters that cannot go out wait, status says why, and they go when it is mended, each once.

setup() {
	load ../system/kedja
	office
	only_rules
	visit_steps <<-'END'
		{ name = "today"; at = "P0D"; to = [ "social_worker", "support_worker" ]; }
	END
}

visited() { # a start with two letters to come on Monday the 12th
	start
	cast 2026-01-05 K-1
	record visit.made K-1 --at 2026-01-05
}

mailer() {
	ctl status --json | json 'd["mailer"]["pid"] if d["mailer"]["state"] == "ready" else 0'
}

has_mailer_but() { # OLD
	local now
	now=$(mailer)
	[ "$now" -gt 0 ] && [ "$now" -ne "$1" ]
}

states() {
	ctl outbox --json | json "[(r['to'].split('@')[0], r['state']) for r in d]"
}

identities() { # of the letters in the Maildir
	grep -hi '^Message-ID:' "$dir"/mail/new/* | sort
}

all_sent_once() {
	same $'anna.aberg sent\nbo.ek sent' "$(states)"
	same 2 "$(letters)"
	same "$(ctl outbox --json | json "sorted('<' + r['message_id'] + '>' for r in d)")" \
		"$(identities | sed 's/^[^<]*//')"
}

@test "the mailer is killed while it rests: there is another, and the letters come once" {
	visited
	old=$(mailer)
	kill -9 "$old"
	wait_until has_mailer_but "$old"
	[ "$(ctl status --json | json 'd["mailer"]["restarts"]')" -ge 1 ]
	until_time 2026-01-12T16:00
	all_sent_once
}

@test "the mailer is killed with letters in its hands: they come, each once" {
	visited
	old=$(mailer)
	kill -STOP "$old"
	"$KEDJACTL" clock set 2026-01-12T16:00 >"$dir/answer" 2>&1 3>&- &
	waiting=$!
	handed() { [ "$(base "SELECT count(*) FROM message WHERE state = 'handed'")" -gt 0 ]; }
	wait_until handed
	answers # the loop does not wait for the mailer
	kill -9 "$old"
	wait "$waiting"
	until_time 2026-01-13T16:00
	all_sent_once
}

@test "killed over and over while it works: each letter once, with one identity" {
	visited
	for case in K-2 K-3 K-4 K-5; do
		record case.opened $case programme=norr --at 2026-01-05
		for person in a b c d e f g h i j; do
			record staff.joined "$person.$case" name="$person" email="$person.$case@office.example" --at 2026-01-05
			record role.assigned $case role=social_worker staff="$person.$case" --at 2026-01-05
		done
		record visit.made $case --at 2026-01-05
	done
	"$KEDJACTL" clock set 2026-01-12T08:00 >"$dir/answer" 2>&1 3>&- &
	waiting=$!
	for _ in 1 2 3 4 5; do
		has_some() { [ "$(letters)" -gt "$seen" ] || gone "$waiting"; }
		seen=$(letters)
		wait_until has_some
		pkill_one=$(cat "/proc/$daemon/task/$daemon/children")
		# shellcheck disable=SC2086 # the mailer, and nothing else, is its child
		kill -9 $pkill_one 2>/dev/null || true
	done
	until_time 2026-01-13T16:00
	expected=$(ctl outbox --json | json 'len(d)')
	[ "$expected" -eq 42 ]
	same "$expected" "$(letters)"
	same "$expected" "$(identities | uniq | wc -l)"
	same "" "$(states | grep -v ' sent$')"
}

@test "a mailer that cannot be run: status says so, letters wait, and go when it is there" {
	mkdir "$dir/bin"
	echo "mailer = \"$dir/bin/kedja-mailer\";" >>"$dir/conf/kedja.conf"
	visited
	until_time 2026-01-12T16:00
	same $'anna.aberg queued\nbo.ek queued' "$(states)"
	ctl status --json >"$dir/status"
	[[ $(json 'd["mailer"]["state"]' <"$dir/status") != ready ]]
	[ "$(json 'len(d["alarms"]) + (d["outbox"]["fault"] is not None)' <"$dir/status")" -gt 0 ]
	ln -s "$(dirname "$KEDJAD")/kedja-mailer" "$dir/bin/kedja-mailer"
	tries() { ctl outbox retry >/dev/null; [ "$(mailer)" -gt 0 ]; }
	wait_until tries
	until_time 2026-01-13T16:00
	all_sent_once
}

@test "the folder of letters cannot be written: the fault is told, letters wait, and go when it is mended" {
	visited
	until_time 2026-01-06T09:00
	rm -rf "$dir/mail"
	echo "a file in the way" >"$dir/mail"
	until_time 2026-01-12T09:00
	same $'anna.aberg queued\nbo.ek queued' "$(states)"
	same 0 "$(ctl outbox --json | json 'sum(r["attempts"] for r in d)')" # no fault of the letters
	[[ $(ctl status --json | json 'd["outbox"]["fault"]') == *"$dir/mail"* ]]
	[[ $(ctl status) == *"no letters go out"* ]]

	rm "$dir/mail"
	until_time 2026-01-12T16:00
	all_sent_once
	same None "$(ctl status --json | json 'd["outbox"]["fault"]')"
}

@test "the folder of letters is removed: it is made again" {
	visited
	until_time 2026-01-06T09:00
	rm -rf "$dir/mail"
	until_time 2026-01-12T16:00
	all_sent_once
}

@test "with the mail in trouble, everything else goes on, over a restart too" {
	visited
	rm -rf "$dir/mail"
	echo "a file in the way" >"$dir/mail"
	until_time 2026-01-12T09:00
	record visit.missed K-1 --at 2026-01-12
	same "2026-01-12 done" "$(due K-1 x-check)"
	kill -9 "$daemon"
	wait_until gone "$daemon"
	start
	same 2 "$(ctl outbox --json | json 'sum(r["state"] == "queued" for r in d)')"
	rm "$dir/mail"
	until_time 2026-01-13T16:00
	all_sent_once
}

@test "a letter held back by hand does not go out, and says why" {
	visited
	rm -rf "$dir/mail"
	echo "a file in the way" >"$dir/mail"
	until_time 2026-01-12T09:00
	ctl outbox cancel 1 --reason "sagt på mötet"
	rm "$dir/mail"
	until_time 2026-01-12T16:00
	same 1 "$(letters)"
	same $'anna.aberg cancelled\nbo.ek sent' "$(states)"
	[[ $(ctl outbox show 1) == *"sagt på mötet"* ]]
}
