#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# A copy for keeping, made while the daemon runs.

bats_require_minimum_version 1.5.0

setup() {
	source "$BATS_TEST_DIRNAME/kedja.bash"
	office
	start
	mkdir "$dir/copies"
	copy=$dir/copies/kedja.copy
	record programme.started bk title=T
}

of_copy() { # FILE SQL
	sqlite3 "file:$1?mode=ro" "$2"
}

only() { # NAMES: nothing else lies in the folder, half written or not
	[ "$(find "$dir/copies" -mindepth 1 -printf '%f\n' | sort | tr '\n' ' ')" = "$* " ]
}

@test "a copy is whole, alone, and for its owner only; the daemon goes on" {
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		record programme.started "p$i" title=T
	done
	run -0 ctl backup "$copy"
	only kedja.copy
	[ "$(stat -c %a "$copy")" = 600 ]
	[ "$(of_copy "$copy" 'PRAGMA integrity_check')" = ok ]
	[ "$(of_copy "$copy" 'SELECT count(*) FROM event')" -eq 21 ]
	[ "$(ctl --json backup "$dir/copies/two" | jq .events)" -eq 21 ]
	record programme.started later title=T
	[ "$(of_copy "$copy" 'SELECT count(*) FROM event')" -eq 21 ]
}

@test "a copy put back is a file that the daemon goes on with" {
	ctl backup "$copy"
	stop
	rm -f "$dir/data/kedja.db"*
	cp "$copy" "$dir/data/kedja.db"
	start
	ctl rebuild --check
	[ "$(base 'SELECT count(*) FROM event')" -eq 1 ]
}

@test "one that is there is not written over; with --keep older ones move up" {
	ctl backup "$copy"
	run -1 ctl backup "$copy"
	[[ $output == *"is there already"* ]]
	for i in 2 3 4; do
		record programme.started "p$i" title=T
		ctl backup "$copy" --keep 2
	done
	only kedja.copy kedja.copy.1 kedja.copy.2
	[ "$(of_copy "$copy" 'SELECT count(*) FROM event')" -eq 4 ]
	[ "$(of_copy "$copy.1" 'SELECT count(*) FROM event')" -eq 3 ]
	[ "$(of_copy "$copy.2" 'SELECT count(*) FROM event')" -eq 2 ]
}

@test "what is no place for a copy is refused, and nothing changes" {
	run -1 ctl backup "$dir/data/kedja.db" --keep 1
	[[ $output == *"is the database itself"* ]]
	ln "$dir/data/kedja.db" "$dir/copies/same"
	run -1 ctl backup "$dir/copies/same" --keep 1
	[[ $output == *"is the database itself"* ]]
	rm "$dir/copies/same"
	echo something >"$dir/copies/other"
	run -1 ctl backup "$dir/copies/other" --keep 1
	[[ $output == *"no copy of kedja"* ]]
	[ "$(cat "$dir/copies/other")" = something ]
	run -1 ctl backup "$dir/nowhere/copy"
	[[ $output == *"cannot be written"* ]]
	only other
	record programme.started still title=T
}

@test "a disk that is full leaves nothing half, and older copies as they were" {
	ctl backup "$copy"
	sum=$(sha256sum <"$copy")
	run -1 bash -c 'trap "" XFSZ; ulimit -f 16; exec "$0" backup "$1" --keep 1' "$KEDJACTL" "$copy"
	[[ $output == *"cannot be written"* ]]
	only kedja.copy
	[ "$(sha256sum <"$copy")" = "$sum" ]
}

@test "killed on the way: what lies under the name is whole" {
	ctl backup "$copy"
	for i in $(seq 30); do
		record programme.started "k$i" title=T
		timeout -s KILL "0.0$((i % 5))$((i % 10))" "$KEDJACTL" backup "$copy" --keep 1 || true
		[ "$(of_copy "$copy" 'PRAGMA integrity_check')" = ok ]
		[ "$(of_copy "$copy" 'SELECT count(*) > 0 FROM event')" -eq 1 ]
	done
}
