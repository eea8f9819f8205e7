#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The runners of tests and fuzzers: whatever goes wrong is seen, and their verdict is the exit code.

setup() {
	load wait
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree"/{tests/unit,tests/system,tests/fuzz/seeds,build/tests,build/fuzz}
	cp "$root/tests/run" "$tree/tests/run"
	cp "$root/tests/fuzz/run" "$tree/tests/fuzz/run"
	cp "$root/tests/lsan.supp" "$tree/tests/lsan.supp"
	cd "$tree" || return 1
	unset BUILD
}

unit() { # NAME SCRIPT: a test program that says what the script says
	: >"tests/unit/test_$1.c"
	printf '#!/bin/sh\n%s\n' "$2" >"build/tests/test_$1"
	chmod +x "build/tests/test_$1"
}

fuzzer() { # NAME SCRIPT
	: >"tests/fuzz/fuzz_$1.c"
	mkdir -p "tests/fuzz/seeds/$1"
	echo seed >"tests/fuzz/seeds/$1/one"
	printf '#!/bin/sh\n%s\n' "$2" >"build/fuzz/fuzz_$1"
	chmod +x "build/fuzz/fuzz_$1"
}

runs() { # STATUS LAST-LINE
	run tests/run
	echo "$output"
	[ "$status" -eq "$1" ]
	[ "${lines[-1]}" = "$2" ]
}

ended() { # PROCESS: it runs no more (somebody may still have to collect it)
	wait_until is_over "$1"
}

is_over() {
	! grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status"
}

@test "all is well: a line for each file, and the sum" {
	unit a 'echo 1..2; echo "ok 1 - x"; echo "ok 2 - y"'
	printf '@test "one" { true; }\n' >tests/system/b.bats
	runs 0 "3 passed, 0 failed"
	[ "${#lines[@]}" -eq 3 ]
	[[ $output == *"ok   tests/unit/test_a.c: 2 passed"* ]]
	[[ $output == *"ok   tests/system/b.bats: 1 passed"* ]]
}

@test "a failure is shown in full" {
	unit a 'echo 1..2; echo "not ok 1 - x"; echo "# 0x1 != 0x2"; echo "ok 2 - y"'
	runs 1 "1 passed, 1 failed"
	[[ $output == *"not ok 1 - x"*"# 0x1 != 0x2"* ]]
}

@test "skipped is not passed, and the reason is said" {
	unit a 'echo 1..2; echo "ok 1 - x"; echo "not ok 2 # SKIP no samples"'
	runs 0 "1 passed, 0 failed, 1 skipped"
	[[ $output == *"skipped: tests/unit/test_a.c: "*"no samples"* ]]
}

@test "nothing ran: that is a failure" {
	runs 1 "0 passed, 0 failed"
	unit a 'exit 0'
	runs 1 "0 passed, 1 failed"
	[[ $output == *"ran no test"* ]]
}

@test "a program that dies, that leaks, that is not built" {
	unit dies 'echo 1..3; echo "ok 1 - x"; kill -SEGV $$'
	unit leaks 'echo 1..1; echo "ok 1 - x"; echo "LeakSanitizer: 7 bytes" >&2; exit 23'
	: >tests/unit/test_gone.c
	runs 1 "2 passed, 3 failed"
	[[ $output == *"ended after 1 of 3 tests, status -11"* ]]
	[[ $output == *"all tests passed, but the program ended with 23"*"LeakSanitizer: 7 bytes"* ]]
	[[ $output == *"not built: "*"/build/tests/test_gone"* ]]
}

@test "a file that hangs is stopped, with all it started" {
	unit slow 'echo $$ >pid; sleep 86400 & echo $! >child; echo 1..1; wait'
	for hangs in 1 10 100; do # enough for it to begin, on a busy machine too
		sed -i "s/^HANGS = .*/HANGS = $hangs/" tests/run
		runs 1 "0 passed, 1 failed"
		[[ $output == *"not over after $hangs s: stopped"* ]]
		[ ! -s child ] || break
	done
	ended "$(cat pid)"
	ended "$(cat child)"
}

@test "what a test leaves running is ended" {
	unit a 'sleep 86400 >/dev/null 2>&1 & echo $! >child; echo 1..1; echo "ok 1 - x"'
	runs 0 "1 passed, 0 failed"
	ended "$(cat child)"
}

@test "the tests know where the programs are, and nothing of systemd" {
	unit a 'echo 1..1; [ "$KEDJAD" = "$PWD/build/kedjad" ] && [ -z "$NOTIFY_SOCKET" ] && echo "ok 1 - x"'
	export NOTIFY_SOCKET=/run/none
	runs 0 "1 passed, 0 failed"
}

@test "fuzzing: seeds first, then new inputs; each failure is seen" {
	fuzzer good 'case $1 in -runs=0) ;; *) echo "stat::number_of_executed_units: 12" ;; esac'
	BUILD=build run tests/fuzz/run 1
	[ "$status" -eq 0 ]
	[ "$output" = "ok   fuzz_good: 12 inputs" ]
	fuzzer seeds 'case $1 in -runs=0) echo "a seed broke it"; exit 1 ;; esac'
	fuzzer found 'case $1 in -runs=0) ;; *) echo "ERROR: heap-buffer-overflow"; exit 77 ;; esac'
	fuzzer bare 'true'
	rm tests/fuzz/seeds/bare/one
	: >tests/fuzz/fuzz_gone.c
	BUILD=build run tests/fuzz/run 1
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *"ok   fuzz_good"* ]]
	[[ $output == *"FAIL fuzz_seeds"*"a seed broke it"* ]]
	[[ $output == *"FAIL fuzz_found"* ]]
	[[ $output == *"heap-buffer-overflow"* ]]
	[[ $output == *"FAIL fuzz_bare: no seeds"* ]]
	[[ $output == *"FAIL fuzz_gone: not built"* ]]
}

@test "fuzzing without a target is a failure" {
	BUILD=build run tests/fuzz/run 1
	[ "$status" -ne 0 ]
	[[ $output == *"no fuzz target"* ]]
}
