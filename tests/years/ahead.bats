#!/usr/bin/env bats
# Looking ahead and back: what is shown is what happens. Half a year of the demonstration through
# the real daemon, and from there half a year ahead; EDITS=20 tries all edits of edits.txt.

setup_file() {
	load ../system/kedja
	office "hold_above = 0;"
	"$root/contrib/demo/generate.py" --seed 2006 |
		/usr/bin/python3 -c '
import json, sys
for line in sys.stdin:
    if json.loads(line)["at"] < "2006-11-01":
        sys.stdout.write(line)' >"$dir/events.ndjson"
	start --virtual-clock 2006-05-01T08:00
	ctl import --advance "$dir/events.ndjson" >/dev/null
	until_time 2006-11-01T00:00
	ctl notices --json >"$BATS_FILE_TMPDIR/past.json"
	stop
	base "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
	cp "$dir/data/kedja.db" "$BATS_FILE_TMPDIR/kedja.db"
	BATS_TEST_COMPLETED=1 close_office
}

setup() {
	load ../system/kedja
	office "hold_above = 0;"
	cp "$BATS_FILE_TMPDIR/kedja.db" "$dir/data/kedja.db"
	differences=$BATS_TEST_DIRNAME/differences.py
}

teardown() {
	close_office
}

# run_to TIME FILE: the daemon goes there; what it sent on the way is in FILE.
run_to() {
	start --virtual-clock 2006-05-01T08:00
	until_time "$1"
	ctl notices --since 2006-11-01T00:00:01 --json >"$2"
	stop
}

@test "simulated to a day, and the virtual clock moved to it: the same notices" {
	ctl rules simulate --until 2007-04-30 --json >"$dir/simulated.json"
	run_to 2007-04-30T23:59:59 "$dir/real.json"
	[ "$(json "len(d) > 300" <"$dir/real.json")" == True ]
	"$differences" same "$dir/real.json" "$dir/simulated.json"
}

@test "the unchanged rules on the office's own history: what was sent, to the last notice" {
	ctl rules simulate --since 2006-05-01 --json >"$dir/replayed.json"
	[ "$(json "len(d) > 300" <"$BATS_FILE_TMPDIR/past.json")" == True ]
	"$differences" same "$BATS_FILE_TMPDIR/past.json" "$dir/replayed.json"
}

@test "from a day in the middle of the history: what was sent from then on" {
	ctl rules simulate --since 2006-08-15 --json >"$dir/replayed.json"
	/usr/bin/python3 - "$BATS_FILE_TMPDIR/past.json" >"$dir/past.json" <<-'END'
		import json, sys
		print(json.dumps([r for r in json.load(open(sys.argv[1])) if r["at"] >= "2006-08-15"]))
	END
	"$differences" same "$dir/past.json" "$dir/replayed.json"
}

@test "a daemon with edited rules does what the diff said" {
	local edit count=0
	cp "$dir/data/kedja.db" "$dir/unchanged.db"
	cp -r "$dir/conf" "$dir/edited"
	mkdir -p "$dir/edited/rules.d/local" "$dir/conf/rules.d/local"
	run_to 2007-04-30T23:59:59 "$dir/before.json"
	while read -r edit; do
		((count++ < ${EDITS:-5})) || break
		cp "$dir/unchanged.db" "$dir/data/kedja.db"
		echo "$edit" >"$dir/edited/rules.d/local/90-edit.conf"
		ctl rules diff "$dir/edited" --until 2007-04-30 --json >"$dir/diff.json"
		cp "$dir/edited/rules.d/local/90-edit.conf" "$dir/conf/rules.d/local/"
		run_to 2007-04-30T23:59:59 "$dir/after.json"
		rm "$dir/conf/rules.d/local/90-edit.conf"
		echo "$edit"
		"$differences" predicted "$dir/diff.json" "$dir/before.json" "$dir/after.json"
	done <"$BATS_TEST_DIRNAME/edits.txt"
	[ "$count" -ge 5 ]
}

@test "a diff of the same rules is empty, ahead and back" {
	run ctl rules diff "$dir/conf" --until 2007-01-31
	[[ "${lines[0]}" == "0 notices come, 0 go, 0 move; "* ]]
	run ctl rules diff "$dir/conf" --since 2006-05-01
	[[ "${lines[0]}" == "0 notices come, 0 go, 0 move; "* ]]
}

@test "on the history: the edited rules compared with the running ones, person by person" {
	mkdir -p "$dir/edited"
	cp -r "$dir/conf/." "$dir/edited"
	mkdir -p "$dir/edited/rules.d/local"
	head -n 1 "$BATS_TEST_DIRNAME/edits.txt" >"$dir/edited/rules.d/local/90-edit.conf"
	ctl rules simulate --since 2006-05-01 --json >"$dir/before.json"
	ctl rules simulate "$dir/edited" --since 2006-05-01 --json >"$dir/after.json"
	ctl rules diff "$dir/edited" --since 2006-05-01 --json >"$dir/diff.json"
	same "$(json "len(d['rows'])" <"$dir/after.json")" "$(/usr/bin/python3 - "$dir" <<-'END'
		import json, sys
		before = json.load(open(sys.argv[1] + "/before.json"))
		diff = json.load(open(sys.argv[1] + "/diff.json"))
		skip = sum(r["state"] == "overtaken" for r in before["rows"])
		after = json.load(open(sys.argv[1] + "/after.json"))
		skip_after = sum(r["state"] == "overtaken" for r in after["rows"])
		figures = diff["figures"]
		print(len(before["rows"]) - skip + figures["comes"] - figures["goes"] + skip_after)
	END
	)"
	[ "$(json "d['figures']['comes'] > 0 and d['figures']['moves'] > 0" <"$dir/diff.json")" == True ]
	same "$(json "sorted((p['person'], p['notices'], p['worst_on'], p['worst']) for p in d['figures']['persons'])" <"$dir/after.json")" \
		"$(json "sorted((p['person'], p['after'], p['worst_after_on'], p['worst_after']) for p in d['figures']['persons'])" <"$dir/diff.json")"
}
