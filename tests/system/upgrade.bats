#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# A file of an older version comes up: with the same deadlines, and the upgrade by itself says
# nothing. tests/upgrade/make makes the archives; what differs, and why, is in
# tests/upgrade/differences.tab.

bats_require_minimum_version 1.5.0

setup() {
	source "$BATS_TEST_DIRNAME/kedja.bash"
	office
}

teardown() {
	close_office
}

# old_file VERSION RULES: its file, and its configuration or (now) the one that ships.
old_file() {
	version=$1 rules=$2
	mkdir "$dir/old"
	/usr/bin/python3 -m tarfile -e "$root/tests/upgrade/$version.tar.xz" "$dir/old"
	old=$dir/old/$version
	sqlite3 "$dir/data/kedja.db" <"$old/kedja.sql"
	if [ "$rules" = old ]; then
		cp "$dir/conf/kedja.conf" "$old/conf"
		rm -r "$dir/conf"
		cp -r "$old/conf" "$dir/conf"
	fi
	kept=$(kept_rows)
	deadlines >"$dir/deadlines.old"
	last=$(base 'SELECT max(id) FROM notice')
}

deadlines() {
	base 'SELECT rule, subject, key, anchor, occurrence, due, state FROM deadline ORDER BY 1, 2, 3, 4, 5'
}

# What is never derived again: it must not change when a daemon starts.
kept_rows() {
	base 'SELECT (SELECT count(*) FROM notice), (SELECT count(*) FROM firing), (SELECT count(*) FROM message)'
}

# What was said since, as said.txt of the archive has it.
said() {
	base "SELECT rule, strftime('%F %H:%M', at, 'unixepoch'), subject, key, anchor, occurrence, step, repetition,
		role, coalesce(person, '-'), state FROM notice WHERE id > $last
		ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10" | tr '|' ' '
}

# only_listed WHAT OLD NEW: they differ in what differences.tab lists, and in no rule else.
only_listed() {
	/usr/bin/python3 "$root/tests/upgrade/compare.py" "$root/tests/upgrade/differences.tab" \
		"$version $rules $1" "$2" "$3" "$old/conf/rules.d"
}

comes_up() {
	start
	ctl rebuild --check
	deadlines >"$dir/deadlines.new"
	same "$kept" "$(kept_rows)"
	[ "$(letters)" -eq 0 ]
	only_listed deadline "$dir/deadlines.old" "$dir/deadlines.new"
	stop
	start
	ctl rebuild
	same "$kept" "$(kept_rows)"
	same "$(cat "$dir/deadlines.new")" "$(deadlines)"
}

goes_on() {
	until_time 2007-06-15T07:00
	said >"$dir/said.new"
	[ "$(letters)" -gt 20 ]
	only_listed reminder "$old/said.txt" "$dir/said.new"
}

@test "a file and a conf of 5cd2812" {
	old_file 5cd2812 old
	comes_up
	goes_on
}

@test "a file of 5cd2812, and the rules that ship now" {
	old_file 5cd2812 now
	comes_up
	goes_on
	base "SELECT DISTINCT rule FROM notice WHERE id > $last AND catches_up = 1" >"$dir/late"
	echo "Whoever upgrades gets late reminders by itself, from rules that start with events of the past." \
		"Start them with what is recorded from now on (a new kind, a new field), or not at all:"
	cat "$dir/late"
	[ ! -s "$dir/late" ]
}
