#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The daemon as systemd knows it: says when it is ready, that it lives, and when it stops.

setup() {
	load wait
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	cd "$BATS_TEST_TMPDIR" || return 1
	cp -r "$root/conf" conf
	cat >conf/kedja.conf <<-END
		database = "kedja.db";
		socket = "control";
		mailer = "$KEDJA_MAILER";
		transport = "maildir";
		maildir = "mail";
		content = "normal";
		sender = "kedja@example.se";
	END
	"$KEDJAD" --conf conf --create >/dev/null
	daemon=
	listener=
}

teardown() {
	[ -z "$daemon" ] || kill -KILL "$daemon" 2>/dev/null || true
	[ -z "$listener" ] || kill "$listener" 2>/dev/null || true
}

listen() { # as systemd would: each message becomes a line of the file "heard"
	python3 -c '
import socket
heard = open("heard", "w", buffering=1)
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind("notify")
while True:
    heard.write(listener.recv(4096).decode() + "\n")
' 3>&- &
	listener=$!
	wait_until test -S notify
}

start() { # [VARIABLE=VALUE...]
	env "$@" "$KEDJAD" --conf conf --virtual-clock 2026-03-02T10:00 >log 2>&1 3>&- &
	daemon=$!
}

@test "ready, alive and stopping are told, in this order" {
	listen
	start NOTIFY_SOCKET="$PWD/notify" WATCHDOG_USEC=300000
	wait_until grep -qs '^READY=1$' heard
	[ "$("$KEDJACTL" --socket conf/control clock --json | grep -c virtual)" -eq 1 ]
	wait_until grep -q '^WATCHDOG=1$' heard
	kill -TERM "$daemon"
	wait "$daemon"
	daemon=
	wait_until grep -q '^STOPPING=1$' heard
	[ "$(grep -v '^WATCHDOG=1$' heard)" = $'READY=1\nSTOPPING=1' ]
}

@test "without a watchdog there are no signs of life" {
	listen
	start NOTIFY_SOCKET="$PWD/notify"
	wait_until grep -qs '^READY=1$' heard
	sleep 1
	run grep WATCHDOG heard
	[ "$status" -eq 1 ]
}

@test "it is ready only when it answers" {
	listen
	start NOTIFY_SOCKET="$PWD/notify"
	wait_until grep -qs '^READY=1$' heard
	"$KEDJACTL" --socket conf/control status
}

@test "a daemon that cannot start is never ready" {
	listen
	echo 'nonsense' >conf/chain.conf
	start NOTIFY_SOCKET="$PWD/notify"
	local status=0
	wait "$daemon" || status=$?
	daemon=
	[ "$status" -eq 1 ]
	run cat heard
	[[ $output != *READY* ]]
	grep -q '^conf/chain.conf:[0-9]*: ' log
}
