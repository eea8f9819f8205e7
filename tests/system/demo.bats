#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The demonstration, whole: two years through the real daemon. Every rule that ships has its
# occasion in it, and no letter tells what letters do not tell.

setup_file() {
	load kedja
	# in memory where that is possible: a commit for every event of two years is much to write
	if [ -w /dev/shm ]; then
		demo=$(mktemp -d /dev/shm/kedja.XXXXXX)
	else
		demo=$(mktemp -d "${BATS_TMPDIR:-/tmp}/kedja.XXXXXX")
	fi
	export demo
	BUILD=$(dirname "$(program KEDJAD kedjad)")
	export BUILD
	"$root/contrib/demo/run" --dir "$demo/run" </dev/null >"$demo/told" 2>&1 || {
		cat "$demo/told"
		return 1
	}
}

teardown_file() {
	rm -rf "$demo"
}

setup() {
	load kedja
}

@test "every rule that ships has had a reminder sent" {
	names=$(find "$root/conf/rules.d" -maxdepth 1 -name '*.conf' ! -name '*.test.conf' -print0 |
		xargs -0 sed -n 's/^    name *= *"\(.*\)";.*/\1/p' | sort)
	[ "$("$(program KEDJACTL kedjactl)" rules check "$root/conf")" = "$(wc -l <<<"$names") rules, no complaint" ]
	sent=$(/usr/bin/python3 -c '
import json, sys
print("\n".join(sorted({n["rule"] for n in json.load(open(sys.argv[1])) if n["state"] == "sent"})))' \
		"$demo/run/notices.json")
	diff <(echo "$names") <(echo "$sent")
}

@test "no letter names a stage, an amount, another authority or blame" {
	/usr/bin/python3 - "$demo/run/mail/new" <<'END_OF_CHECK'
import email, email.policy, pathlib, re, sys

WRONG = re.compile(r"stödboende|träningslägenhet|försökslägenhet|eget kontrakt|\bkr\b|kronor|\böre\b"
                   r"|skulden?\b|missbruk|återfall|villkor|sanktion|regelbrott|misskött"
                   r"|har inte betalat", re.IGNORECASE)
# Another authority only where there is something to do there: who keeps a home shows the receipt,
# who may lose it answers in time, and knows from which day it can decide.
AT_STAKE = re.compile(r"avhysning|betald i tid|besluta att hyresgästen måste flytta")
seen = 0
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    with open(path, "rb") as file:
        letter = email.message_from_binary_file(file, policy=email.policy.default)
    text = f"{letter['Subject']}\n{letter.get_body(preferencelist=('plain',)).get_content()}"
    for item in re.split(r"(?m)^(?=\d+\. )", text):
        assert "ronofogd" not in item or AT_STAKE.search(" ".join(item.split())), item
    # what a programme calls itself is no stage of anybody
    found = WRONG.search(re.sub(r"(?s)försöks-.{1,160}?träningslägenheter", "", text))
    if found:
        sys.exit(f"{path}: {found.group(0)}\n{text}")
    seen += 1
sys.exit(0 if seen > 500 else "hardly any letters")
END_OF_CHECK
}

@test "the managers' overview adds up, and no letter sends its reader to a command line" {
	/usr/bin/python3 - "$demo/run/mail/new" <<'END_OF_CHECK'
import email, email.policy, pathlib, re, sys

overviews = 0
for path in pathlib.Path(sys.argv[1]).iterdir():
    with open(path, "rb") as file:
        letter = email.message_from_binary_file(file, policy=email.policy.default)
    text = letter.get_body(preferencelist=("plain",)).get_content()
    assert "kedjactl" not in text, text
    told = re.search(r"^Ansvarig +Antal +Äldst sedan +Vad\n(.*?)\n\n", text, re.MULTILINE | re.DOTALL)
    if not told:
        continue
    overviews += 1
    rows = re.findall(r"^(\S.*?) {2,}(\d+) +(\d{4}-\d\d-\d\d)  (.*(?:\n .*)*)", told.group(1), re.MULTILINE)
    assert len(rows) == len({row[0] for row in rows}) == len(re.findall(r"^\S", told.group(1), re.MULTILINE)), text
    for person, count, oldest, what in rows:
        named = sum(int(number) for number in re.findall(r" (\d+)(?=,| m\.m\.|$)", " ".join(what.split())))
        more = "m.m." in what
        assert named > 0 and (named < int(count) if more else named == int(count)), (person, count, what)
assert overviews > 50, overviews
END_OF_CHECK
}

@test "rents come from the bank's files, in both formats, and what fitted nothing is assigned" {
	told=$(grep 'payment files read in' "$demo/told")
	[[ $told =~ ([0-9]+)\ payment\ files\ read\ in:\ ([0-9]+)\ payments,\ ([0-9]+)\ of\ which\ fitted\ nothing,\ ([0-9]+)\ assigned ]]
	[ "${BASH_REMATCH[1]}" -gt 280 ] && [ "${BASH_REMATCH[2]}" -gt 500 ]
	[ "${BASH_REMATCH[3]}" -gt 5 ] && [ "${BASH_REMATCH[3]}" -eq "${BASH_REMATCH[4]}" ]
	run sqlite3 "$demo/run/kedja.sqlite" "SELECT data ->> 'format', count(*) > 100 FROM event
		WHERE kind = 'payments.imported' GROUP BY 1 ORDER BY 1"
	[ "$output" = "$(printf 'bgmax|1\ncamt054|1')" ]
	# All that was booked is in the files, and all that is in the files was booked.
	[ "$(sqlite3 "$demo/run/kedja.sqlite" "SELECT count(*) FROM event
		WHERE kind IN ('rent.paid', 'rent.reversed', 'payment.unmatched')")" = "${BASH_REMATCH[2]}" ]
	[ "$(cat "$demo"/run/bank/bgmax-* "$demo"/run/bank/camt054-* | grep -ac '^2[01]\|<TxDtls>')" = "${BASH_REMATCH[2]}" ]
	[ "$(sqlite3 "$demo/run/kedja.sqlite" "SELECT count(*) FROM event WHERE kind = 'rent.reversed'")" = 1 ]
	# Payers have names in the files, and nowhere else.
	grep -aq Inbetalare "$demo"/run/bank/bgmax-* && grep -aq Inbetalare "$demo"/run/bank/camt054-*
	run grep -raq Inbetalare "$demo/run/kedja.sqlite" "$demo/run/kedjad.log" "$demo/run/mail"
	[ "$status" -eq 1 ]
}
