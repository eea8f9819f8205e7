#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Bad neighbours on the control socket, and a disk without room: the daemon answers others all the
# while, stays small, loses nothing and goes on.

setup() {
	load ../system/wait
	here=$BATS_TEST_DIRNAME
	dir=$(mktemp -d "${BATS_TMPDIR:-/tmp}/kedja.XXXXXX")
	mkdir "$dir/office"
}

teardown() {
	rm -rf "$dir"
}

try() {
	run unless_hung "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

abuse() {
	try /usr/bin/python3 -B "$here/abuse.py" "$dir/office" "$1"
}

@test "a line of 10 MB, with and without an end, and endless nesting" {
	abuse long
}

@test "half a line and silence, from fifty; one that drips" {
	abuse half
}

@test "binary noise, and requests that make no sense" {
	abuse noise
}

@test "a thousand connections" {
	abuse many
}

@test "more connections than the daemon may open files" {
	abuse few
}

@test "twenty clients that ask for much and never read" {
	abuse deaf
}

@test "twenty clients that never stop asking" {
	abuse flood
}

@test "a full disk: refused in words, nothing half done, and on again when there is room" {
	[ "$(id -u)" -eq 0 ] || skip "only root can mount a small disk"
	unshare -m true 2>/dev/null || skip "no mount namespaces here"
	unshare -m mount -t tmpfs -o size=1m tmpfs "$dir/office" 2>/dev/null || skip "tmpfs cannot be mounted here"
	try unshare -m /usr/bin/python3 -B "$here/full_disk.py" "$dir/office"
}
