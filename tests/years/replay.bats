#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Months of invented work, replayed: letters and lists agree, another zone or language of the
# machine changes nothing, kills change nothing, order of recording changes nothing, and time in
# which nothing is due costs nothing.

setup() {
	load ../system/kedja
	[ ! -w /dev/shm ] || office_folder=/dev/shm # years of commits: the disk is not what is tried
	office
}

# try SCRIPT WORDS: a script beside this file; what it says is shown.
try() {
	run /usr/bin/python3 -B "$BATS_TEST_DIRNAME/$1.py" "${@:2}"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the letters in the Maildir are those of the notices, readable by others; another seed, another set" {
	mkdir "$dir/1" "$dir/2"
	try letters "$dir/1" 1
	first=$(sort <<<"$output")
	try letters "$dir/2" 2
	[ "$first" != "$(sort <<<"$output")" ]
}

@test "the same events in five shuffled orders give the same deadlines" {
	mkdir "$dir/1"
	try shuffle "$dir/1" "${KEDJA_SEED:-1}"
}

@test "killed fifty times during a replay: the same firings and the same letters" {
	mkdir "$dir/1"
	try kill_replay "$dir/1" 50 "${KEDJA_SEED:-0}"
}

# under ZONE LOCALE: the notices of four months, replayed by a daemon in that environment.
under() {
	local name=${1/\//-}
	export TZ=$1 LC_ALL=$2
	rm -rf "$dir/data" "$dir/mail"
	mkdir "$dir/data"
	create
	start --virtual-clock 2006-05-01T08:00
	ctl import --advance "$dir/months.ndjson" >/dev/null
	ctl notices --json >"$dir/notices.$name"
	ctl deadlines --all --json >"$dir/deadlines.$name"
	ctl clock --json >"$dir/clock.$name"
	/usr/bin/python3 "$BATS_TEST_DIRNAME/dates_of.py" "$dir/mail/new" >"$dir/letters.$name"
	stop
	unset TZ LC_ALL
}

@test "the zone and the language of the machine change nothing" {
	/usr/bin/python3 "$root/contrib/demo/generate.py" --seed 1 |
		awk -F '"at": "' '{ if (substr($2, 1, 10) < "2006-09-01") print }' >"$dir/months.ndjson"
	mkdir "$dir/locale"
	# a real Swedish locale, decimal comma and all, where its sources are there
	if [ -r /usr/share/i18n/locales/sv_SE ]; then
		localedef -i sv_SE -f UTF-8 "$dir/locale/sv_SE.UTF-8"
		export LOCPATH=$dir/locale
	fi
	under America/New_York sv_SE.UTF-8
	under UTC C
	for what in notices deadlines clock letters; do
		[ -s "$dir/$what.UTC" ]
		cmp "$dir/$what.America-New_York" "$dir/$what.UTC"
	done
	[ "$(json 'len(d)' <"$dir/notices.UTC")" -gt 50 ]
}

@test "a year in which nothing is due costs no more than a day" {
	only_rules plan-review
	start --virtual-clock 2026-01-05T07:00
	record programme.started norr title=Norr
	for i in $(seq 200); do
		echo "{\"kind\": \"case.opened\", \"subject\": \"K-$i\", \"at\": \"2026-01-05\", \"data\": {\"programme\": \"norr\"}}"
	done >"$dir/cases.ndjson"
	ctl import "$dir/cases.ndjson" >/dev/null
	until_time 2026-01-06T07:00
	read -r day_switches day_writes day_ticks letters < <(/usr/bin/python3 "$BATS_TEST_DIRNAME/quiet.py" "$dir/control" 2026-01-07T07:00)
	read -r switches writes ticks letters < <(/usr/bin/python3 "$BATS_TEST_DIRNAME/quiet.py" "$dir/control" 2027-01-07T07:00)
	echo "a day: $day_switches switches, $day_writes writes, $day_ticks ticks"
	echo "a year: $switches switches, $writes writes, $ticks ticks, $letters letters"
	same 0 "$letters"
	[ "$writes" -le $((day_writes + 6)) ]
	[ "$switches" -le $((day_switches + 20)) ]
}

@test "the same year with a rule that looks every day is not free: the measure can tell" {
	only_rules
	own_rule 90-own <<-'END'
		rules = ({ name = "x-daily"; title = "Varje dag"; subject = "case"; starts = [ "case.opened" ];
		  due = "P0D"; done = [ "case.closed" ];
		  steps = ({ name = "again"; at = "P0D"; every = "P1D"; to = [ "social_worker" ]; }); });
	END
	start --virtual-clock 2026-01-05T07:00
	cast 2026-01-05 K-1
	until_time 2026-01-06T07:00
	read -r _ writes _ letters < <(/usr/bin/python3 "$BATS_TEST_DIRNAME/quiet.py" "$dir/control" 2027-01-07T07:00)
	[ "$letters" -gt 200 ]
	[ "$writes" -gt 1000 ]
}

@test "on the real clock, with nothing due, the daemon sleeps" {
	start --verbose
	switches() { awk '/ctxt_switches/ { sum += $2 } END { print sum }' "/proc/$daemon/status"; }
	calm() { # the state after the last answer has settled
		local before
		before=$(switches)
		sleep 0.3
		same "$before" "$(switches)" >/dev/null
	}
	wait_until calm
	before=$(switches)
	sleep 2 # this is what is measured, not a wait for something
	same "$before" "$(switches)"
}
