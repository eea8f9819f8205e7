#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# kedja-mailer over a socket pair, as kedjad drives it: letters in a Maildir, every answer that an
# SMTP server can give, certificates and logins good and bad. KEDJA_MAILER names the program.

setup() {
	export KEDJA_MAILER=${KEDJA_MAILER:-build/kedja-mailer}
	[ -x "$KEDJA_MAILER" ]
}

# try FILE CLASS...: the tests of these classes; what failed is shown.
try() {
	run /usr/bin/python3 -B "$BATS_TEST_DIRNAME/$1.py" -v "${@:2}"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the Maildir holds each letter once, whole, and the same bytes for the same letter" {
	try mailer Maildir
}

@test "a folder of somebody else is a fault" {
	try mailer Somebody
	[[ ! $output =~ skipped\ [\'\"](.*)[\'\"] ]] || skip "${BASH_REMATCH[1]}"
}

@test "wrong input is refused with a sentence, wrong settings are faults" {
	try mailer Conversation
}

@test "fifty letters go to a real server in one session, each once" {
	try mailer Aiosmtpd
}

@test "each answer of a server gives the outcome that it stands for" {
	try mailer_smtp Outcomes
}

@test "the same when commands are pipelined" {
	try mailer_smtp OutcomesPipelined
}

@test "letters never go in pieces, even where the server offers it" {
	try mailer_smtp OutcomesChunked
}

@test "what is about us stops the queue, what is about the recipient refuses one letter" {
	try mailer_smtp Refusals
}

@test "servers that mean harm cost bounded time and memory and never give a false sent" {
	try mailer_smtp Hostile
}

@test "nothing goes out without the right certificate, the password never without encryption" {
	try mailer_tls Tls
}
