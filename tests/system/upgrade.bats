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
		"$root/contrib/install-conf.sh" "$root/conf/templates" "$dir/conf/templates" >/dev/null
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
		role, coalesce(person, '-'), state FROM notice WHERE id > $last AND state <> 'held'
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
	base "SELECT DISTINCT rule FROM notice WHERE id > $last AND catches_up = 1
		AND state IN ('queued', 'sent')" >"$dir/late"
	echo "Whoever upgrades gets late reminders by that alone; it should have been held (hold_is_of_upgrade):"
	cat "$dir/late"
	[ ! -s "$dir/late" ]
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
}

@test "what the upgrade alone makes late is held until somebody lets it go" {
	old_file 5cd2812 now
	own_rule 99-new <<-'END'
		rules = ({ name = "x-new"; title = "Ny bevakning"; subject = "case"; starts = [ "case.opened" ];
		  due = "P7D"; done = [ "visit.missed" ];
		  steps = ({ name = "late"; at = "P7D"; urgent = "always"; to = [ "social_worker" ]; }); });
	END
	start
	until_time 2007-06-01T12:00
	[ "$(base "SELECT count(*) FROM notice WHERE rule = 'x-new' AND state = 'held'")" -gt 5 ]
	same "late by the upgrade alone" "$(base "SELECT DISTINCT reason FROM notice_history
		WHERE notice IN (SELECT id FROM notice WHERE rule = 'x-new')")"
	[[ $(ctl status) == *held* ]]
	ctl notices release
	same "" "$(base "SELECT id FROM notice WHERE rule = 'x-new' AND state = 'held'")"
	until_time 2007-06-04T12:00
	[ "$(base "SELECT count(*) FROM notice WHERE rule = 'x-new' AND state = 'sent'")" -gt 5 ]
	# of later weeks nothing is held
	record case.opened SEN-1 --at 2007-05-01 programme=ostermalm
	until_time 2007-06-15T12:00
	record case.opened SEN-2 --at 2007-05-01 programme=ostermalm
	until_time 2007-06-18T12:00
	same "0" "$(base "SELECT count(*) FROM notice WHERE subject LIKE 'SEN-%' AND state = 'held'")"
}
