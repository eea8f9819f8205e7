#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# What `make install` leaves behind, and the service as systemd sees it.

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	to=$BATS_TEST_TMPDIR/to
}

@test "configuration that is there stays, and the new one stands beside it" {
	cd "$BATS_TEST_TMPDIR"
	mkdir -p from/rules.d
	echo new >from/kedja.conf
	echo page >from/kedja.conf.5
	echo rule >from/rules.d/10-plan.conf
	run "$root/contrib/install-conf.sh" from "$to"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ "$(cat "$to/kedja.conf" "$to/rules.d/10-plan.conf")" = $'new\nrule' ]
	[ ! -e "$to/kedja.conf.5" ]
	echo mine >"$to/kedja.conf"
	run "$root/contrib/install-conf.sh" from "$to"
	[ "$status" -eq 0 ]
	[[ $output == "kept $to/kedja.conf as it is; "* ]]
	[ "$(cat "$to/kedja.conf" "$to/kedja.conf.new")" = $'mine\nnew' ]
	[ ! -e "$to/rules.d/10-plan.conf.new" ]
}

@test "make install puts programs, manuals, service and configuration where they belong" {
	cd "$root"
	run make --no-print-directory -o all B="$BUILD" DESTDIR="$to" PREFIX=/usr UNITDIR=/usr/lib/systemd/system install
	echo "$output"
	[ "$status" -eq 0 ]
	[ -x "$to/usr/sbin/kedjad" ]
	[ -x "$to/usr/sbin/kedja-mailer" ]
	[ -x "$to/usr/bin/kedjactl" ]
	[ -f "$to/usr/share/man/man8/kedjad.8" ]
	[ -f "$to/usr/share/man/man1/kedjactl.1" ]
	[ -f "$to/usr/share/bash-completion/completions/kedjactl" ]
	[ -f "$to/usr/share/man/man5/kedja.conf.5" ]
	[ -f "$to/etc/kedja/kedja.conf" ]
	[ -f "$to/etc/kedja/chain.conf" ]
	[ -n "$(ls "$to/etc/kedja/rules.d")" ]
	grep -q '^ExecStart=/usr/sbin/kedjad --conf /etc/kedja$' "$to/usr/lib/systemd/system/kedjad.service"
}

@test "the service names the programs under the prefix" {
	cd "$root"
	run make --no-print-directory -o all B="$BUILD" DESTDIR="$to" PREFIX=/opt/kedja SYSCONFDIR=/opt/etc install
	[ "$status" -eq 0 ]
	grep -q '^ExecStart=/opt/kedja/sbin/kedjad --conf /opt/etc/kedja$' "$to/opt/kedja/lib/systemd/system/kedjad.service"
	grep -q '^ExecReload=/opt/kedja/bin/kedjactl ' "$to/opt/kedja/lib/systemd/system/kedjad.service"
}

@test "systemd finds nothing wrong with the service" {
	command -v systemd-analyze >/dev/null || skip "systemd is not here"
	mkdir -p "$to"
	sed -e "s|/usr/sbin/kedjad|$KEDJAD|" -e "s|/usr/bin/kedjactl|$KEDJACTL|" \
		"$root/contrib/kedjad.service" >"$to/kedjad.service"
	run systemd-analyze verify --man=no "$to/kedjad.service"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	run systemd-analyze security --offline=true --no-pager --threshold=15 "$to/kedjad.service"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the daemon runs as a user of its own, who exists nowhere else" {
	command -v systemd-sysusers >/dev/null || skip "systemd is not here"
	mkdir -p "$to/etc"
	cp "$root/contrib/kedja.sysusers" "$to/kedja.conf"
	run systemd-sysusers --root="$to" "$to/kedja.conf"
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q '^kedja:' "$to/etc/passwd"
	grep -q '^kedja:' "$to/etc/group"
	user=$(sed -n 's/^User=//p' "$root/contrib/kedjad.service")
	[ "$user" = kedja ]
}
