#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# contrib/deps.sh with a Debian that is made up: what it asks for, as whom, and what it says.

bats_require_minimum_version 1.5.0

setup() {
	deps=$BATS_TEST_DIRNAME/../../contrib/deps.sh
	bin=$BATS_TEST_TMPDIR/bin
	calls=$BATS_TEST_TMPDIR/calls
	mkdir "$bin"
	: >"$calls"
	for tool in sh env cat sed sort tail mktemp rm printf touch chmod; do
		ln -s "$(command -v $tool)" "$bin/$tool"
	done
	installed python3
	fake apt-get 'echo "apt-get $*" >>"$CALLS"'
	fake id 'echo 0'
	export CALLS=$calls POLICY_RC_D=$BATS_TEST_TMPDIR/policy-rc.d
}

fake() { # NAME SCRIPT
	printf '#!/bin/sh\n%s\n' "$2" >"$bin/$1"
	chmod +x "$bin/$1"
}

installed() { # PACKAGE...
	fake dpkg-query "printf 'installed %s\n' $*; echo 'config-files gcc'"
}

deps() {
	PATH=$bin run "$deps" "$@"
	echo "$output"
}

@test "nothing missing: silent, and nothing is called" {
	deps demo
	[ "$status" -eq 0 ]
	[ -z "$output" ]
	[ ! -s "$calls" ]
}

@test "what is missing is named and installed, nothing else" {
	mapfile -t others < <("$deps" --list build | grep -vE "^(gcc|tzdata)\$")
	installed "${others[@]}"
	deps build
	[ "$status" -eq 0 ]
	[ "$output" = "Installing packages that are missing: gcc tzdata" ]
	[ "$(wc -l <"$calls")" -eq 1 ]
	grep -qE -- '-y .* install --no-install-recommends --no-remove gcc tzdata$' "$calls"
}

@test "a package that was removed but left its settings is missing" {
	deps --check build
	[ "$status" -eq 1 ]
	[[ $output == *' gcc '* ]]
	[ ! -s "$calls" ]
}

@test "the lists are fetched when the first attempt fails" {
	fake apt-get 'echo "apt-get $*" >>"$CALLS"
		case "$*" in *update) touch "$CALLS.updated" ;; *) [ -e "$CALLS.updated" ] ;; esac'
	deps bench
	[ "$status" -eq 0 ]
	[ "$(wc -l <"$calls")" -eq 3 ]
	sed -n 2p "$calls" | grep -q 'update$'
}

@test "when installing fails it says why and what to run" {
	fake apt-get 'echo "E: no network"; exit 100'
	deps bench
	[ "$status" -eq 1 ]
	[[ $output == *'E: no network'* ]]
	[[ $output == *'apt-get update && apt-get install --no-install-recommends --no-remove redis-tools sqlite3'* ]]
}

@test "no service is started meanwhile, and what forbade it is gone afterwards" {
	fake apt-get 'echo "apt-get $*" >>"$CALLS"; "$POLICY_RC_D" postfix start; echo "policy $?" >>"$CALLS"'
	deps test
	[ "$status" -eq 0 ]
	grep -q '^policy 101$' "$calls"
	[ ! -e "$POLICY_RC_D" ]
	# interrupted, or failed: gone as well
	fake apt-get 'echo "E: no network"; exit 100'
	deps test
	[ "$status" -eq 1 ]
	[ ! -e "$POLICY_RC_D" ]
	fake apt-get 'kill -TERM "$PPID"; exit 100'
	deps test
	[ "$status" -ne 0 ]
	[ ! -e "$POLICY_RC_D" ]
}

@test "an answer that is there already stays" {
	echo 'exit 0' >"$POLICY_RC_D"
	deps test
	[ "$status" -eq 0 ]
	[ "$(cat "$POLICY_RC_D")" = 'exit 0' ]
}

@test "Postfix is installed unconfigured" {
	fake debconf-set-selections 'cat >>"$CALLS"'
	deps demo test
	[ "$status" -eq 0 ]
	grep -q '^postfix postfix/main_mailer_type select No configuration$' "$calls"
	[[ $(tail -n 1 "$calls") == *" postfix "* ]]
	: >"$calls"
	deps bench
	[ "$status" -eq 0 ]
	run -1 grep postfix "$calls"
}

@test "another mail server stays: Postfix is left out, the rest is installed" {
	mapfile -t others < <("$deps" --list test | grep -vE '^(postfix|socat)$')
	fake dpkg-query "case \"\$*\" in *Provides*) echo 'installed mail-transport-agent' ;;
		*) printf 'installed %s\n' ${others[*]} ;; esac"
	deps test
	[ "$status" -eq 0 ]
	[[ $output == *"another mail server here"* ]]
	[[ $output == *"Installing packages that are missing: socat" ]]
	: >"$calls"
	fake dpkg-query "case \"\$*\" in *Provides*) echo 'installed mail-transport-agent' ;;
		*) printf 'installed %s\n' ${others[*]} socat ;; esac"
	deps test
	[ "$status" -eq 0 ]
	[ ! -s "$calls" ]
}

@test "an ordinary user goes through sudo" {
	fake id 'echo 1000'
	fake sudo 'echo "sudo $*" >>"$CALLS"; [ "$1" != -n ] || shift; exec "$@"'
	deps bench </dev/null
	[ "$status" -eq 0 ]
	grep -q '^sudo -n env ' "$calls"
	grep -q '^apt-get ' "$calls"
}

@test "an ordinary user without sudo is told the command" {
	fake id 'echo 1000'
	deps bench
	[ "$status" -eq 1 ]
	[[ $output == *'apt-get update && apt-get install --no-install-recommends --no-remove redis-tools sqlite3'* ]]
	[ ! -s "$calls" ]
}

@test "another system than Debian: a word, and on we go" {
	rm "$bin/dpkg-query"
	deps build
	[ "$status" -eq 0 ]
	[[ $output == *'not Debian'*' libevent-dev '* ]]
}

@test "wrong use" {
	deps
	[ "$status" -eq 2 ]
	deps nonsense
	[ "$status" -eq 2 ]
	[[ $output == *'no such purpose: nonsense'* ]]
}
