#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The demonstration against real mail servers: half a year of it, both years with KEDJA_LONG=1.

setup() {
	until=2006-11-01
	[ "$KEDJA_LONG" != 1 ] || until=2008-05-01
	dir=$(mktemp -d "${BATS_TMPDIR:-/tmp}/kedja-years.XXXXXX")
}

teardown() {
	rm -rf "$dir"
}

years() { # SERVER
	run /usr/bin/python3 -B "$BATS_TEST_DIRNAME/smtp_years.py" "$dir" "$1" "$until"
	echo "$output"
	[ "$status" -eq 0 ]
	echo "# $output" >&3
}

@test "aiosmtpd gets every letter once" {
	years aiosmtpd
}

@test "Postfix, as a relay on this machine, puts every letter into the mailbox once" {
	[ -x /usr/sbin/postfix ] || skip "postfix is not installed"
	[ "$(id -u)" -eq 0 ] || skip "Postfix runs as root only"
	years postfix
}
