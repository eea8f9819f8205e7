#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# What the letters about rent tell: how far payments are known, and the days that the law makes
# matter, each worked out for the month at hand.

setup() {
	load kedja
	office
	only_rules rent-late rent-forfeiture-near rent-forfeiture-possible forfeiture-tenant \
		forfeiture-last-day lease-overstay
}

# texts [SINCE]: each letter on a line of its own, "TIME PERSON text", since a time.
texts() {
	/usr/bin/python3 - "$dir/mail/new" "${1:-}" <<'PYTHON'
import email, email.policy, pathlib, sys
lines = []
for path in pathlib.Path(sys.argv[1]).iterdir():
    with open(path, "rb") as file:
        letter = email.message_from_binary_file(file, policy=email.policy.default)
    time = letter["Date"].datetime.strftime("%Y-%m-%dT%H:%M")
    text = " ".join(letter.get_body(preferencelist=("plain",)).get_content().split())
    if time >= sys.argv[2]:
        lines.append(f"{time} {letter['To'].addresses[0].username} {text}")
print("\n".join(sorted(lines)))
PYTHON
}

# says TEXTS WORDS...: all of them are there; never_says: none of them is.
says() {
	local word texts=$1
	shift
	for word; do
		[[ $texts == *"$word"* ]] || { echo "not there: $word"; echo "$texts"; return 1; }
	done
}

never_says() {
	local word texts=$1
	shift
	for word; do
		[[ $texts != *"$word"* ]] || { echo "there: $word"; echo "$texts"; return 1; }
	done
}

file_reaches() { # DAY: a payment file that came in with nothing in it
	record payments.imported norr format=camt054 "file=f-$1.xml" "covers_through=$1" payments=0 sum=0
}

@test "the rent for December 2026, from the day after to the last day of all" {
	start --virtual-clock 2026-11-16T07:00
	cast 2026-11-16 K-1
	record rent.charged K-1 --key 2026-12 amount=520000
	record rent.charged K-1 --key 2027-01 amount=520000 # another month has days of its own
	until_time 2026-12-01T07:00
	same 0 "$(letters)" # no file reaches the day: nothing is said
	file_reaches 2026-11-30
	until_time 2026-12-01T16:00
	first=$(texts)
	same 2 "$(wc -l <<<"$first")"
	says "$first" "2026-12-01T08:00 eva.noren" "2026-12-01T08:00 bo.ek" \
		"Ta kontakt om hyran i ärende K-1: sista betalningsdag var måndag 30 november, december 2026." \
		"Hyran är inte registrerad som betald." \
		"Kedja känner till betalningar till och med måndagen den 30 november 2026. En betalning kan vara på väg." \
		"Efter måndagen den 7 december 2026 kan hyresvärden få säga upp avtalet (12 kap. 42 § jordabalken), och från och med tisdagen den 8 december 2026 är det säkert så." \
		"Det sker aldrig automatiskt. Sägs avtalet upp går det att få tillbaka hyresrätten genom att betala inom tre veckor"
	file_reaches 2026-12-02
	until_time 2026-12-03T16:00
	near=$(texts 2026-12-03)
	says "$near" "Det finns fortfarande tid att lösa det." "sista dagen att betala är måndag 7 december" "till och med onsdagen den 2 december 2026" \
		"Efter den dagen får hyresvärden säga upp avtalet (12 kap. 42 § jordabalken): säkert från och med tisdagen den 8 december 2026." hakan.holm
	until_time 2026-12-08T16:00
	same "" "$(texts 2026-12-08)" # the files do not reach the week's last day yet
	file_reaches 2026-12-08
	until_time 2026-12-09T16:00
	says "$(texts 2026-12-09)" "veckan gick ut" "till och med tisdagen den 8 december 2026" \
		"Från och med tisdagen den 8 december 2026 får hyresvärden säga upp avtalet (12 kap. 42 § jordabalken)."
	until_time 2026-12-14T09:00
	record forfeiture.notice_served K-1 on=2026-12-14
	until_time 2026-12-14T16:00
	served=$(texts 2026-12-14)
	says "$served" "planera så att det är ordnat senast måndag 4 januari 2027." \
		"Tiden räknas från att hyresgästen har delgetts uppsägningen och socialnämnden har fått ett meddelande."
	never_says "$served" "Första dag då domstolen" "Kedja känner till betalningar"
	until_time 2026-12-16T09:00
	record board.notified K-1 on=2026-12-16
	until_time 2027-01-07T16:00
	later=$(texts 2026-12-17)
	says "$later" "planera så att det är ordnat senast måndag 4 januari 2027." \
		"Sista dagen enligt lagen att betala eller åta sig att betala: torsdagen den 7 januari 2027 (12 kap. 44 § jordabalken)." \
		"Första dag då domstolen eller Kronofogden kan besluta att hyresgästen måste flytta, om inget är ordnat: tisdagen den 12 januari 2027." \
		"sista dagen är torsdag 7 januari"
	never_says "$(texts)" 5200 520000
}

@test "a payment that may be another of the case: said as far as it is known, and no further" {
	start --virtual-clock 2026-11-16T07:00
	cast 2026-11-16 K-1
	record case.opened K-2 programme=norr --at 2026-11-16
	record rent.charged K-1 --key 2026-12 amount=520000
	record rent.charged K-2 --key 2026-12 amount=520000
	until_time 2026-12-05T07:00
	record payment.unmatched norr --key B-1 amount=1 paid_on=2026-12-03 reference=x same_as=B-0 perhaps_of=K-1
	record payment.unmatched norr --key B-2 amount=1 paid_on=2026-11-30 reference=x same_as=B-0 perhaps_of=K-2
	file_reaches 2026-12-04
	until_time 2026-12-07T16:00
	says "$(texts)" "i ärende K-1:" "Kedja känner till betalningar till och med onsdagen den 2 december 2026."
	never_says "$(texts)" "den 4 december 2026" K-2
	record payment.assigned norr --key B-2 case=K-2
	until_time 2026-12-08T16:00
	says "$(texts 2026-12-08)" K-2 "till och med fredagen den 4 december 2026"
}

@test "around New Year the readings differ: warned by the earliest, claimed by the latest" {
	start --virtual-clock 2026-12-14T07:00
	cast 2026-12-14 K-1
	record rent.charged K-1 --key 2027-01 amount=520000
	until_time 2027-01-05T07:00
	file_reaches 2027-01-04
	until_time 2027-01-05T16:00
	says "$(texts)" "till och med måndagen den 4 januari 2027" \
		"sista dagen att betala är onsdag 6 januari" "Betala senast tisdagen den 5 januari 2027" \
		"säkert från och med tisdagen den 12 januari 2027"
}

@test "a month charged anew tells the days of the new slip; English for those who read it" {
	start --virtual-clock 2026-11-16T07:00
	cast 2026-11-16 K-1
	record staff.changed eva.norén "name=Eva Norén" email=eva.noren@office.example language=en
	record rent.charged K-1 --key 2026-12 amount=520000
	record rent.charged K-1 --key 2026-12 amount=510000 due_on=2026-12-10
	until_time 2026-12-11T07:00
	file_reaches 2026-12-10
	until_time 2026-12-11T16:00
	says "$(texts)" "Kedja knows of payments through Thursday 10 December 2026." \
		"After Thursday 17 December 2026 the landlord may be allowed to give notice" "from Friday 18 December 2026 that is certain" \
		"Efter torsdagen den 17 december 2026 kan hyresvärden få säga upp avtalet"
}

@test "a lease that has ended: the day a month later" {
	start --virtual-clock 2026-11-16T07:00
	cast 2026-11-16 K-1
	record lease.started K-1 ends_on=2027-01-31
	until_time 2027-02-08T16:00
	says "$(texts)" "meddela vad som gäller med hyresavtalet i ärende K-1." "Avtalets sista dag var söndagen den 31 januari 2027." \
		"En månad har gått: söndagen den 28 februari 2027."
}
