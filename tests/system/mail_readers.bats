#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Letters as others see them: opened in mutt, and judged by SpamAssassin.

setup() {
	load kedja
	office
}

# One letter in the Maildir, in Swedish; with --en in English.
one_letter() {
	only_rules plan-review
	start
	cast 2026-01-05 K-1
	[ $# -eq 0 ] || record staff.changed anna.åberg name='Anna Åberg' email=anna.aberg@office.example language=en \
		--at 2026-01-05
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	until_time 2026-04-01T16:00
	letter=$(grep -rl 'anna.aberg' "$dir/mail/new" | head -n 1)
	[ -n "$letter" ]
}

@test "mutt shows the text of a letter, with its letters and line ends as they were written" {
	command -v mutt >/dev/null || skip "mutt is not installed"
	one_letter
	mkdir -p "$dir/mail/cur" "$dir/mail/tmp"
	cat >"$dir/muttrc" <<-END
		set folder="$dir" spoolfile="$dir/mail" record="" header_cache="" sendmail="/bin/false"
		set pipe_decode=yes wait_key=no confirmappend=no charset="utf-8" quit=yes
		alternative_order text/plain text/html
		ignore *
		unignore subject to from
	END
	export LC_ALL=C.UTF-8 TERM=vt100 HOME=$dir
	id=$(sed -n 's/^Message-[Ii][Dd]: <\(.*\)>.*/\1/p' "$letter")
	keys="<limit>~i $id<enter><pipe-message>cat >$dir/seen<enter><exit>"
	unless_hung script -qec "mutt -n -R -F $dir/muttrc -f $dir/mail -e 'push \"$keys\"'" /dev/null \
		</dev/null >"$dir/screen" 2>&1 || true
	cat "$dir/seen"
	grep -q '^Subject: Bevakning i ärende K-1$' "$dir/seen"
	grep -q '^Hej Anna Åberg,$' "$dir/seen"
	grep -q '^1. Följ upp planen i ärende K-1: ' "$dir/seen"
	run grep -E '</|<p|=C3|&auml;' "$dir/seen"
	[ "$status" -eq 1 ]
}

# What it says of every letter that has not gone over a wire yet, and of every one that has a page.
unavoidable='^(NO_RELAYS|NO_RECEIVED|ALL_TRUSTED|HTML_MESSAGE)$'

# complaints: the rules of SpamAssassin that speak against the message on standard input.
complaints() {
	HOME=$dir spamassassin -L -t -x 2>"$dir/spam.log" |
		sed -n '/^Content analysis details/,$p' |
		awk '$1 ~ /^-?[0-9]+\.[0-9]+$/ { print $2 }' | grep -vE "$unavoidable" || true
}

@test "SpamAssassin has nothing against a letter, in either language" {
	command -v spamassassin >/dev/null || skip "spamassassin is not installed"
	one_letter --en
	[ "$(grep -l 'lang=3D"en"\|lang="en"' "$dir/mail/new"/* | wc -l)" -ge 1 ]
	[ "$(letters)" -ge 2 ]
	for letter in "$dir/mail/new"/*; do
		run complaints <"$letter"
		[ -z "$output" ] || { echo "$letter: $output"; return 1; }
	done
	# and it does look: without a date and with bare capitals it complains
	sed -e '/^Date:/d' -e 's/^Subject:.*/Subject: FREE MONEY FOR YOU NOW/' "$letter" | complaints >"$dir/spam"
	[ -s "$dir/spam" ]
}
