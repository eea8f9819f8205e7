#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# A disk that fails, and a database that goes: nothing is acknowledged that is not kept, status has an
# alarm for as long as it is so, and all goes on without a restart when it is mended.

setup() {
	load ../system/kedja
	dir=$(mktemp -d "${BATS_TMPDIR:-/tmp}/kedja-disk.XXXXXX")
	shim=$(dirname "$(program KEDJAD kedjad)")/tests/bad_calls.so
}

teardown() {
	rm -rf "$dir"
}

try() { # SCENARIO [WORDS]
	run unless_hung /usr/bin/python3 -B "$BATS_TEST_DIRNAME/disk.py" "$dir" "$shim" "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "nothing can be written: an I/O error" {
	try fails pwrite-5 sync-5
}

@test "an I/O error, and then the disk is read-only" {
	try fails pwrite-5 sync-5 write-30
}

@test "what is written does not reach the disk" {
	try fails sync-5
	try fails sync-5 cut-5
}

@test "the disk is full" {
	try fails pwrite-28
}

@test "the disk has gone: nothing can be opened or read" {
	try fails pwrite-5 sync-5 pread-5 open-5
}

@test "the disk reads nonsense" {
	try fails pwrite-5 sync-5 pread-0
}

@test "the disk is full, and nobody writes: whoever asks is told" {
	try asked
}

@test "a file system that is read-only is mounted rw again" {
	run unless_hung unshare --mount /usr/bin/python3 -B "$BATS_TEST_DIRNAME/disk.py" "$dir" "$shim" remounted
	echo "$output"
	[[ $status -eq 0 || $output != *"cannot mount"* && $output != *"unshare failed"* ]] || skip "no file system can be mounted here"
	[ "$status" -eq 0 ]
}

@test "the hour of a reminder comes meanwhile: it goes out afterwards, once" {
	try early
}

@test "the file is moved away, and back" {
	try gone
}

@test "another file lies in its place" {
	try replaced
}

@test "rebuild on a damaged file has an answer" {
	try damaged event
	try damaged firing
}

@test "the text of letters, once dropped, is nowhere in the file and its log" {
	try bodies
	try bodies reader
}

@test "SIGHUP during a start: it starts, and reads its configuration again" {
	try hung_up
}
