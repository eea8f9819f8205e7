#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# kedjactl rules simulate, rules diff and preflight as programs: what they show, what they refuse,
# and that they leave nothing behind. That what they show comes true is tests/years/ahead.bats.

setup() {
	load kedja
	office
	start
	cast 2026-01-05 K-1 K-2
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
}

files() { # all that lies beside the file, with their sizes
	(cd "$dir/data" && find . -type f ! -name '*-shm' ! -name '*-wal' ! -name '*.lock' | sort)
}

@test "the figures: by rule, by person with the worst day, by month" {
	run ctl rules simulate --until 2026-04-30
	[ "$status" -eq 0 ]
	[[ "${lines[0]}" == "2026-01-05 07:00 to 2026-04-30 23:59:59: "*" notices" ]]
	[[ "$output" == *"By rule"*plan-review*"By person"*anna.åberg*"By month"*2026-03* ]]
}

@test "the list, CSV and JSON say the same" {
	ctl rules simulate --until 2026-04-30 --json >"$dir/a.json"
	ctl rules simulate --until 2026-04-30 --csv >"$dir/a.csv"
	ctl rules simulate --until 2026-04-30 --list >"$dir/a.txt"
	same "$(json "len(d['rows'])" <"$dir/a.json")" "$(tail -n +2 "$dir/a.csv" | wc -l)"
	same "$(json "[r['at'][:16].replace('T', ' ') + ' ' + r['state'] + ' ' + r['subject'] for r in d['rows']]" <"$dir/a.json")" \
		"$(awk '/^$/ { exit } NR > 1 { print $1, $2, $3, $4 }' "$dir/a.txt")"
	same "$(json "sum(p['notices'] for p in d['figures']['persons'])" <"$dir/a.json")" \
		"$(json "sum(r['state'] == 'sent' for r in d['rows'])" <"$dir/a.json")"
}

@test "how far it has come is shown on a terminal, and only there" {
	ctl rules simulate --until 2040-12-31 >/dev/null 2>"$dir/quiet"
	same "" "$(cat "$dir/quiet")"
	# on a terminal, standard error is shown: dates that go on, and at the end an empty line
	script -qec "$KEDJACTL rules simulate --until 2040-12-31 >/dev/null" /dev/null </dev/null >"$dir/typed"
	grep -oE '20[0-9]{2}-[0-9]{2}-[0-9]{2}' "$dir/typed" >"$dir/dates"
	sort -c "$dir/dates"
	same 2026-01-05 "$(head -n 1 "$dir/dates")"
	grep -q $'\033\[K' "$dir/typed"
}

@test "the file is only read, the daemon goes on, and nothing stays behind" {
	local before
	before=$(files)
	ctl rules simulate --until 2027-12-31 >/dev/null
	same "$before" "$(files)"
	same 0 "$(ctl notices --json | json 'len(d)')"
	ctl status >/dev/null
	record visit.made K-1
}

@test "killed in the middle, it leaves nothing of a case behind" {
	local before pid
	before=$(files)
	ctl rules simulate --until 2090-12-31 >/dev/null 2>&1 3>&- &
	pid=$!
	sleep 0.3
	kill -9 "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
	for file in "$dir"/data/*scratch*; do
		[ ! -s "$file" ] || [[ "$file" == *.lock ]]
	done
	[ -n "$before" ]
}

@test "without a daemon too, and by the rules of another folder" {
	stop
	cp -r "$dir/conf" "$dir/edited"
	mkdir "$dir/edited/rules.d/local"
	echo 'rules = ({ override = "plan-review"; due = "P1M"; });' >"$dir/edited/rules.d/local/1.conf"
	rm "$dir/edited/kedja.conf"
	same "2026-04-05" "$(ctl rules simulate --until 2026-06-30 --json | json "sorted({r['due'] for r in d['rows'] if r['rule'] == 'plan-review'})")"
	same "2026-02-05" "$(ctl rules simulate "$dir/edited" --until 2026-06-30 --json |
		json "sorted({r['due'] for r in d['rows'] if r['rule'] == 'plan-review'})")"
	run ctl rules diff "$dir/edited" --until 2026-02-28
	[[ "$output" == *comes*plan-review*"By person"* ]]
}

@test "a renamed rule is compared with what it was; one that shadows goes and comes" {
	cp -r "$dir/conf" "$dir/edited"
	sed -i 's/"plan-review";/"plan-check"; was = "plan-review";/' "$dir/edited/rules.d/10-plan.conf"
	run ctl rules diff "$dir/edited" --until 2026-06-30
	[[ "${lines[0]}" == "0 notices come, 0 go, 0 move;"* ]]
	mkdir -p "$dir/edited/rules.d/local"
	echo 'rules = ({ override = "plan-check"; mode = "shadow"; });' >"$dir/edited/rules.d/local/1.conf"
	ctl rules diff "$dir/edited" --until 2026-06-30 --json >"$dir/diff.json"
	same $'comes shadow\ngoes sent' "$(json "sorted({r['change'] + ' ' + r['state'] for r in d['rows']})" <"$dir/diff.json")"
	same True "$(json "d['figures']['comes'] == d['figures']['goes'] > 0" <"$dir/diff.json")"
}

@test "what is asked for wrongly" {
	run ctl rules simulate
	[ "$status" -eq 2 ]
	run ctl rules simulate --until 2020-01-01
	[ "$status" -eq 1 ]
	[[ "$output" == *"lies in the past"* ]]
	run ctl rules simulate --since 2030-01-01
	[ "$status" -eq 1 ]
	[[ "$output" == *"lies ahead"* ]]
	run ctl rules diff "$dir/conf" --since 2025-01-01 --until 2027-01-01
	[ "$status" -eq 2 ]
	run ctl rules diff "$dir/nowhere"
	[ "$status" -eq 1 ]
	[[ "$output" == *"there is no such folder"* ]]
	sed -i 's/^content/contents/' "$dir/conf/kedja.conf"
	run ctl rules simulate --until 2027-01-01
	[ "$status" -eq 1 ]
	[[ "$output" == *"kedja.conf"* ]]
}

@test "preflight: nobody holds the role, nothing to count from" {
	record role.assigned norr role=reference_group staff=hakan.holm
	run ctl preflight
	[ "$status" -eq 0 ]
	record role.released K-1 role=social_worker staff=anna.åberg
	record role.released norr role=support_worker staff=bo.ek
	record plan.adopted K-1 "${plan_fields[@]}" review_on=2026-01-28 --at 2026-01-05
	run ctl preflight
	[ "$status" -eq 1 ]
	[[ "$output" == *"Nobody holds the role"*K-1*plan-review*hakan.holm* ]]
	same hakan.holm "$(ctl preflight --json | json "sorted({r['instead'] for r in d['unreachable'] if r['rule'] == 'plan-review'})")"
	same "norr final-report ends_on" \
		"$(ctl preflight --json | json "[(r['subject'], r['rule'], r['field']) for r in d['undated']]")"
}
