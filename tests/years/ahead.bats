#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Looking ahead and back: what is shown is what happens, over the two years of the demonstration, its
# bank's files too. KEDJA_LONG=1: looked ahead from each month instead of four days, and all
# twenty edits of edits.txt; EDITS says how many, otherwise ten.

cuts() { # the days from which we look ahead; the last is the end of the two years
	if [ "$KEDJA_LONG" == 1 ]; then
		/usr/bin/python3 -c 'for m in range(17, 40): print(f"{2005 + m // 12}-{m % 12 + 1:02}-01")'
		echo 2008-05-01
	else
		printf '%s\n' 2006-06-01 2006-11-01 2007-04-01 2007-10-01 2008-05-01
	fi
}

# Nothing of this is about the disk; where there is a folder in memory, that is quicker.
in_memory() {
	[ ! -w /dev/shm ] || office_folder=/dev/shm
}

setup_file() {
	load ../system/kedja
	local cut since=
	in_memory
	office "hold_above = 0;"
	"$root/contrib/demo/generate.py" --seed 2006 --bank "$dir" >"$dir/story"
	start --virtual-clock 2006-05-01T08:00
	for cut in $(cuts); do
		part "$since" "$cut" <"$dir/story" >"$dir/part"
		"$root/contrib/demo/replay.py" "$KEDJACTL" "$dir/part" "$dir"
		until_time "${cut}T00:00"
		stop
		base "PRAGMA wal_checkpoint(TRUNCATE)" >/dev/null
		cp "$dir/data/kedja.db" "$BATS_FILE_TMPDIR/$cut.db"
		start --virtual-clock 2006-05-01T08:00
		since=$cut
	done
	ctl notices --json >"$BATS_FILE_TMPDIR/past.json"
	stop
	BATS_TEST_COMPLETED=1 close_office
}

part() { # SINCE UNTIL: the lines of the story from one day to before the other
	/usr/bin/python3 -c '
import json, sys
since, until = sys.argv[1:]
for line in sys.stdin:
    if since <= json.loads(line)["at"] < until:
        sys.stdout.write(line)' "$1" "$2"
}

setup() {
	load ../system/kedja
	in_memory
	office "hold_above = 0;"
	differences=$BATS_TEST_DIRNAME/differences.py
}

from() { # CUT: the office as it stood on that morning
	rm -f "$dir"/data/*
	cp "$BATS_FILE_TMPDIR/$1.db" "$dir/data/kedja.db"
}

# run_to CUT TIME FILE: the daemon goes there from the cut; what it sent on the way is in FILE.
run_to() {
	from "$1"
	start --virtual-clock 2006-05-01T08:00
	until_time "$2"
	ctl notices --since "${1}T00:00:01" --json >"$3"
	stop
}

rows() { # FILE: how many notices are in it
	json "len(d['rows'] if 'rows' in d else d)" <"$1"
}

@test "simulated to a day, and the virtual clock moved to it: the same notices" {
	local cut compared=0
	for cut in $(cuts); do
		from "$cut"
		ctl rules simulate --until 2008-05-31 --json >"$dir/simulated.json"
		run_to "$cut" 2008-05-31T23:59:59 "$dir/real.json"
		echo "from $cut"
		"$differences" same "$dir/real.json" "$dir/simulated.json"
		((compared += $(rows "$dir/real.json")))
	done
	echo "# $compared notices shown beforehand" >&3
	[ "$compared" -ge 3000 ]
}

@test "the unchanged rules on the office's own two years: what was sent, to the last notice" {
	from 2008-05-01
	ctl rules simulate --since 2006-05-01 --json >"$dir/replayed.json"
	[ "$(rows "$BATS_FILE_TMPDIR/past.json")" -ge 2000 ]
	"$differences" same "$BATS_FILE_TMPDIR/past.json" "$dir/replayed.json"
	echo "# $(rows "$dir/replayed.json") notices replayed" >&3
}

@test "from a day in the middle of the history: what was sent from then on" {
	from 2008-05-01
	ctl rules simulate --since 2007-08-15 --json >"$dir/replayed.json"
	json "__import__('json').dumps([r for r in d if r['at'] >= '2007-08-15'])" \
		<"$BATS_FILE_TMPDIR/past.json" >"$dir/past.json"
	"$differences" same "$dir/past.json" "$dir/replayed.json"
}

@test "a daemon with edited rules does what the diff said" {
	local edit count=0 edits=10
	[ "$KEDJA_LONG" != 1 ] || edits=20
	edits=${EDITS:-$edits}
	cp -r "$dir/conf" "$dir/edited"
	mkdir -p "$dir/edited/rules.d/local" "$dir/conf/rules.d/local"
	run_to 2006-11-01 2007-04-30T23:59:59 "$dir/before.json"
	while read -r edit; do
		((count++ < edits)) || break
		from 2006-11-01
		echo "$edit" >"$dir/edited/rules.d/local/90-edit.conf"
		ctl rules diff "$dir/edited" --until 2007-04-30 --json >"$dir/diff.json"
		cp "$dir/edited/rules.d/local/90-edit.conf" "$dir/conf/rules.d/local/"
		run_to 2006-11-01 2007-04-30T23:59:59 "$dir/after.json"
		rm "$dir/conf/rules.d/local/90-edit.conf"
		echo "$edit"
		"$differences" predicted "$dir/diff.json" "$dir/before.json" "$dir/after.json"
	done <"$BATS_TEST_DIRNAME/edits.txt"
	[ "$count" -ge "$edits" ]
	echo "# $edits edits" >&3
}

@test "a diff of the same rules is empty, ahead and back" {
	from 2006-11-01
	run ctl rules diff "$dir/conf" --until 2007-01-31
	[[ "${lines[0]}" == "0 notices come, 0 go, 0 move; "* ]]
	run ctl rules diff "$dir/conf" --since 2006-05-01
	[[ "${lines[0]}" == "0 notices come, 0 go, 0 move; "* ]]
}

@test "on the history: the edited rules compared with the running ones, person by person" {
	from 2006-11-01
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
