# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# For tests of bank files: a real daemon on 1 December 2026, three cases with their rents, and words
# to look at what became of a file.

office_up() {
	load wait
	kedjad=${KEDJAD:-build/kedjad}
	ctl=${KEDJACTL:-build/kedjactl}
	here=$BATS_TEST_DIRNAME
	files=$here/../payments
	samples=$here/../../../shared/samples
	dir=$(mktemp -d)
	daemon=
	start one
	seed
}

office_down() {
	stop
	rm -rf "$dir"
}

# start NAME: a daemon of its own folder, on 1 December 2026.
start() {
	home=$dir/$1
	mkdir -p "$home"
	cp -r "$here/../../conf" "$home/conf"
	cat >"$home/conf/kedja.conf" <<CONF
database = "$home/kedja.sqlite";
socket = "$home/control";
transport = "maildir";
maildir = "$home/mail";
sender = "kedja@example.se";
content = "normal";
CONF
	[ -e "$home/kedja.sqlite" ] || "$kedjad" --conf "$home/conf" --create >/dev/null
	"$kedjad" --conf "$home/conf" --virtual-clock 2026-12-01T09:00 2>"$home/log" 3>&- &
	daemon=$!
	export KEDJA_SOCKET=$home/control KEDJA_CONF=$home/conf
	wait_until answers_or_gone
	"$ctl" status >/dev/null || {
		cat "$home/log"
		return 1
	}
}

answers_or_gone() {
	"$ctl" status >/dev/null 2>&1 || ! kill -0 "$daemon" 2>/dev/null
}

stop() {
	[ -z "$daemon" ] || { kill "$daemon" 2>/dev/null; wait "$daemon" 2>/dev/null || true; }
	daemon=
}

seed() {
	cat >"$dir/seed.ndjson" <<'EVENTS'
{"kind":"programme.started","subject":"ostermalm","at":"2026-10-01","data":{"title":"Prov"}}
{"kind":"case.opened","subject":"A-1","at":"2026-10-01","data":{"programme":"ostermalm"}}
{"kind":"case.opened","subject":"A-2","at":"2026-10-01","data":{"programme":"ostermalm"}}
{"kind":"case.opened","subject":"A-3","at":"2026-10-01","data":{"programme":"ostermalm"}}
{"kind":"lease.started","subject":"A-1","at":"2026-10-01","data":{"rent":540050,"ocr":"655969"}}
{"kind":"lease.started","subject":"A-2","at":"2026-10-01","data":{"rent":520000,"ocr":"657767"}}
{"kind":"lease.started","subject":"A-3","at":"2026-10-01","data":{"rent":500000,"ocr":"801266"}}
EVENTS
	"$ctl" import "$dir/seed.ndjson" >/dev/null
	"$ctl" rent charge --month 2026-12 --book >/dev/null
}

# try WORDS: runs kedjactl; standard error goes to $dir/complaint, so $output is the rest.
try() {
	run sh -c '"$0" "$@" 2>"'"$dir"'/complaint"' "$ctl" "$@"
}

complaint() {
	cat "$dir/complaint"
}

# What the daemon of $home has on file, without the times and numbers of its own doing.
state_of() {
	/usr/bin/python3 - "$1/kedja.sqlite" <<'PYTHON'
import sqlite3, sys
db = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
for row in sorted(db.execute("SELECT kind, subject, key, at, data, source FROM event"), key=str):
    print(row)
for row in db.execute("SELECT subject, rule, key, anchor, occurrence, due, state FROM deadline"
                      " ORDER BY 1, 2, 3, 4, 5"):
    print(row)
PYTHON
}

ledger_of() {
	"$ctl" case "$1" --json | /usr/bin/python3 -c '
import json, sys
for row in json.load(sys.stdin)["ledger"]:
    print(row["month"], row["paid"], row["state"])'
}

