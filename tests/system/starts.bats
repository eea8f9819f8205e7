#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Starts that must fail, each with a sentence and exit 1, and nothing touched; and stops after
# which the next start goes on.

setup() {
	load kedja
	office
}

# Everything in the folder: modes, owners, times and checksums of files. (That a journal came and
# went again in a folder is no change.)
seal() {
	find "$dir" -path "$dir/log" -prune -o -printf '%P %M %u\n' | sort
	find "$dir" -type f ! -path "$dir/log" -printf '%P %s %T@\n' | sort
	find "$dir" -type f ! -path "$dir/log" -exec sha256sum {} + | sort
}

# untouched WORDS: a start with these words is refused and nothing is touched.
untouched() {
	local before
	before=$(seal)
	refused_start "$@"
	same "$before" "$(seal)"
}

@test "no such folder, and a folder without kedja.conf" {
	run unless_hung "$KEDJAD" --conf "$dir/nowhere" --virtual-clock 2026-01-05T07:00
	[ "$status" -eq 1 ]
	[[ $output == *nowhere* ]]
	rm "$dir/conf/kedja.conf"
	untouched --virtual-clock 2026-01-05T07:00
	[[ $output == *kedja.conf* ]]
}

@test "no zone: it must be named" {
	sed -i 's/^zone/# zone/' "$dir/conf/calendar.conf"
	untouched --virtual-clock 2026-01-05T07:00
	[[ $output =~ calendar\.conf:[0-9]*:?.*zone ]]
}

@test "an unknown zone" {
	sed -i 's/^zone.*/zone = "Europe\/Stockhelm";/' "$dir/conf/calendar.conf"
	untouched --virtual-clock 2026-01-05T07:00
	[[ $output == *calendar.conf*Stockhelm* ]]
}

@test "a holiday on 31 February" {
	line=$(grep -n 'date = "01-06"; }' "$dir/conf/calendar.conf" | cut -d: -f1)
	sed -i 's/"01-06"/"02-31"/' "$dir/conf/calendar.conf"
	untouched --virtual-clock 2026-01-05T07:00
	[[ $output == *"calendar.conf:$line: "*02-31* ]]
}

@test "no content chosen, no sender for real mail: said together" {
	sed -i '/^content/d; /^sender/d; s/"maildir";/"smtp";/; /^maildir/d' "$dir/conf/kedja.conf"
	untouched --virtual-clock 2026-01-05T07:00
	[[ $output == *content* && $output == *sender* ]]
}

@test "a virtual time that is none" {
	start
	stop
	untouched --virtual-clock 2026-02-30T07:00
	[[ $output == *2026-02-30T07:00* ]]
}

@test "a database that a newer version has written" {
	start
	cast 2026-01-05 K-1
	stop
	base "PRAGMA user_version = 999"
	untouched --virtual-clock 2026-01-05T07:00
	[[ $output == *newer* ]]
}

@test "a database of another program, and a file that is no database" {
	sqlite3 "$dir/data/kedja.db" "CREATE TABLE mine (a); INSERT INTO mine VALUES (1); PRAGMA application_id = 77"
	untouched --virtual-clock 2026-01-05T07:00
	[[ $output == *kedja.db* ]]
	rm "$dir/data/kedja.db"
	head -c 20000 /dev/zero | tr '\0' 'x' >"$dir/data/kedja.db"
	untouched --virtual-clock 2026-01-05T07:00
	[[ $output == *kedja.db* ]]
}

@test "a second daemon on the same file: refused, and the first one goes on" {
	start
	cast 2026-01-05 K-1
	cp -r "$dir/conf" "$dir/second"
	sed -i "s/control\"/control2\"/" "$dir/second/kedja.conf"
	before=$(seal)
	run unless_hung "$KEDJAD" --conf "$dir/second" --virtual-clock 2026-01-05T07:00
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"another"* || $output == *"$daemon"* ]]
	same "$before" "$(seal)"
	record visit.made K-1
}

# second_through LINK...: another daemon's own folder, in which LINK... makes its kedja.db of ours.
second_through() {
	mkdir "$dir/other"
	"$@" "$dir/data/kedja.db" "$dir/other/kedja.db"
	cp -r "$dir/conf" "$dir/second"
	sed -i "s/control\"/control2\"/; s|/data/kedja.db|/other/kedja.db|" "$dir/second/kedja.conf"
	grep -q "$dir/other/kedja.db" "$dir/second/kedja.conf"
	run unless_hung "$KEDJAD" --conf "$dir/second" --virtual-clock 2026-01-05T07:00
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"is in use by another kedjad (pid $daemon)"* ]]
}

@test "a second daemon through a symbolic link, and through a hard link: refused" {
	start
	cast 2026-01-05 K-1
	second_through ln -s
	rm -r "$dir/other" "$dir/second"
	second_through ln
	record visit.made K-1
}

@test "no database: refused, and nothing is made; --create makes it, once" {
	untouched --virtual-clock 2026-01-05T07:00
	[[ $output == *"$dir/data/kedja.db: there is no database"*"kedjad --create"* ]]
	run "$KEDJAD" --conf "$dir/conf" --create
	[ "$status" -eq 0 ]
	start
	cast 2026-01-05 K-1
	stop
	before=$(seal)
	run "$KEDJAD" --conf "$dir/conf" --create
	[ "$status" -eq 1 ]
	[[ $output == *"is there already"* ]]
	same "$before" "$(seal)"
	mv "$dir/data" "$dir/away" # as if its disk were not mounted
	mkdir "$dir/data"
	untouched --virtual-clock 2026-01-05T07:00
	: >"$dir/data/kedja.db"
	untouched --virtual-clock 2026-01-05T07:00
	[[ $output == *"is empty"* ]]
	run "$KEDJAD" --conf "$dir/conf" --create --virtual-clock 2026-01-05T07:00
	[ "$status" -eq 2 ]
}

@test "made by root it belongs to whom the folder belongs to" {
	[ "$(id -u)" -eq 0 ] || skip "only root can give a file away"
	chown 65534 "$dir/data"
	"$KEDJAD" --conf "$dir/conf" --create
	same "65534 600" "$(stat -c '%u %a' "$dir/data/kedja.db")"
}

@test "somebody opens and closes the file with sqlite3: what is recorded after that is kept" {
	start
	cast 2026-01-05 K-1
	base 'SELECT count(*) FROM event' >/dev/null
	for number in $(seq 100); do
		echo '{"kind": "visit.made", "subject": "K-1", "at": "2026-01-05"}'
	done >"$dir/visits"
	ctl import "$dir/visits" >/dev/null
	base 'SELECT count(*) FROM event' >/dev/null
	kill -9 "$daemon"
	wait_until gone "$daemon"
	same 100 "$(base "SELECT count(*) FROM event WHERE kind = 'visit.made'")"
	same ok "$(base 'PRAGMA integrity_check')"
}

@test "a second daemon on the same socket, with a file of its own: refused" {
	start
	cp -r "$dir/conf" "$dir/second"
	sed -i "s/kedja\.db/second.db/" "$dir/second/kedja.conf"
	"$KEDJAD" --conf "$dir/second" --create
	run unless_hung "$KEDJAD" --conf "$dir/second" --virtual-clock 2026-01-05T07:00
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"$dir/control"* ]]
	answers
}

@test "a socket that a killed daemon left behind is no hindrance" {
	start
	kill -9 "$daemon"
	wait_until gone "$daemon"
	[ -S "$dir/control" ]
	start
	answers
	stop
	[ ! -e "$dir/control" ]
}

@test "where the socket should be lies something else: it is not removed" {
	create
	echo precious >"$dir/control"
	before=$(cat "$dir/control")
	refused_start --virtual-clock 2026-01-05T07:00
	[[ $output == *"$dir/control"* ]]
	same "$before" "$(cat "$dir/control")"
}

@test "a folder that an ordinary user may not write to" {
	as_user=()
	if [ "$(id -u)" -eq 0 ]; then
		as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		# the programs may lie where only root can reach them
		mkdir "$dir/bin"
		cp "$KEDJAD" "$(dirname "$KEDJAD")/kedja-mailer" "$dir/bin/"
		KEDJAD=$dir/bin/kedjad
		chmod -R a+rX "$dir"
		"${as_user[@]}" test -x "$KEDJAD" || skip "another user may not enter $dir"
		if [[ ${LSAN_OPTIONS:-} =~ suppressions=([^:]+) ]]; then
			cp "${BASH_REMATCH[1]}" "$dir/bin/"
			export LSAN_OPTIONS=suppressions=$dir/bin/${BASH_REMATCH[1]##*/}:print_suppressions=0
		fi
	fi
	chmod 555 "$dir/data"
	before=$(seal)
	run unless_hung "${as_user[@]}" "$KEDJAD" --conf "$dir/conf" --virtual-clock 2026-01-05T07:00
	echo "$output"
	same "$before" "$(seal)"
	[ "$status" -eq 1 ]
	[[ $output == *"$dir/data"* ]]
	chmod 755 "$dir/data"

	# the folder of the socket, and a file that may only be read
	chmod 777 "$dir/data"
	"${as_user[@]}" "$KEDJAD" --conf "$dir/conf" --create
	chmod 555 "$dir"
	run unless_hung "${as_user[@]}" "$KEDJAD" --conf "$dir/conf" --virtual-clock 2026-01-05T07:00
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"$dir/control"* ]]
	chmod 755 "$dir"
}

@test "a file that has known a virtual clock refuses the real one" {
	start
	cast 2026-01-05 K-1
	stop
	untouched
	[[ $output == *"virtual clock"* ]]
}

@test "a file of the real clock refuses a virtual one" {
	start --verbose
	stop
	untouched --virtual-clock 2026-01-05T07:00
	[[ $output == *"real clock"* ]]
}

@test "the virtual clock goes on where it stood, whatever is said at the next start" {
	start --virtual-clock 2026-01-05T07:00
	until_time 2026-03-03T12:34
	stop
	start --virtual-clock 2026-01-05T07:00
	[[ $(ctl clock --json | json 'd["now"]') == 2026-03-03T12:34* ]]
	kill -9 "$daemon"
	wait_until gone "$daemon"
	start --virtual-clock 2027-01-05T07:00
	[[ $(ctl clock --json | json 'd["now"]') == 2026-03-03T12:34* ]]
}

@test "stopped and killed, nothing of it is left running, and the file is whole" {
	start
	cast 2026-01-05 K-1
	mailer=$(ctl status --json | json 'd["mailer"]["pid"]')
	[ -d "/proc/$mailer" ]
	stop
	wait_until gone "$mailer"
	[ ! -e "$dir/data/kedja.db-wal" ]
	start
	mailer=$(ctl status --json | json 'd["mailer"]["pid"]')
	kill -9 "$daemon"
	wait_until gone "$mailer"
	same ok "$(base 'PRAGMA integrity_check')"
	start
	same 1 "$(ctl cases --json | json 'len(d)')"
}

@test "--check reads the configuration and touches nothing" {
	before=$(seal)
	run "$KEDJAD" --check --conf "$dir/conf"
	[ "$status" -eq 0 ]
	[[ $output == *"no complaint"* ]]
	same "$before" "$(seal)"
}
