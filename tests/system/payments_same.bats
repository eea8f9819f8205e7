#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# When two payments are the same one, and when only a person can tell: camt.054 with the bank's own
# references and without, days that are not told, payments on their way, one payment for several
# cases. The files are made by hand from the schema: no bank has sent them.

setup() {
	load payments_office
	office_up
}

teardown() {
	office_down
}

# camt FILE MESSAGE CREATED ENTRY ...: a camt.054 of these entries.
camt() {
	local file=$1 message=$2 created=$3
	shift 3
	cat >"$dir/$file" <<XML
<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>$message</MsgId><CreDtTm>$created</CreDtTm></GrpHdr>
<Ntfctn><Id>N-$message</Id><CreDtTm>$created</CreDtTm>
<Acct><Id><IBAN>SE4550000000058398257466</IBAN></Id></Acct>
$*
</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>
XML
}

# entry AMOUNT DAY STATUS ENTRY_IDS TRANSACTION_IDS REFERENCE: DAY "-" tells none.
entry() {
	local day=""
	[ "$2" = - ] || day="<BookgDt><Dt>$2</Dt></BookgDt><ValDt><Dt>$2</Dt></ValDt>"
	local reference=$4 told="<NtryRef>${4%%/*}</NtryRef>"
	[[ $reference != */* ]] || reference="<AcctSvcrRef>${4#*/}</AcctSvcrRef>"
	[[ $4 == */* ]] || reference=""
	cat <<XML
<Ntry>$told<Amt Ccy="SEK">$1</Amt><CdtDbtInd>${7:-CRDT}</CdtDbtInd><Sts><Cd>$3</Cd></Sts>$day$reference
<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>VCOM</SubFmlyCd></Fmly></Domn></BkTxCd>
<NtryDtls><TxDtls><Refs>$5</Refs><RmtInf><Strd><CdtrRefInf><Ref>$6</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>
XML
}

hyra='<EndToEndId>HYRA</EndToEndId>'
nothing='<EndToEndId>NOTPROVIDED</EndToEndId>'

# booked FILE WORDS: it is read in, and its first line says so much.
booked() {
	try payments import "$dir/$1"
	[ "$status" -eq 0 ] || { complaint; return 1; }
	[ "${lines[0]}" = "$2" ] || { echo "$output"; return 1; }
}

unmatched_rows() {
	"$ctl" payments unmatched --json | /usr/bin/python3 -c '
import json, sys
for row in json.load(sys.stdin):
    print(row["key"], row["left"], row["same_as"] or "-", row["perhaps_of"] or "-")'
}

known_through() {
	"$ctl" case "$1" --json | /usr/bin/python3 -c 'import json, sys
print(json.load(sys.stdin)["facts"]["rent_known_through"])'
}

# moved DAY: the virtual clock stands at noon of that day.
moved() {
	"$ctl" clock set "$1T12:00" >/dev/null
}

@test "without the bank's references, next month's rents are other payments" {
	"$ctl" rent charge --month 2027-01 --book >/dev/null
	for ids in "$hyra" "$nothing"; do
		camt nov.xml "NOV-${ids:12:4}" 2026-12-01T05:00:00 "$(entry 5400.50 2026-11-27 BOOK 1 "$ids" 655969)" \
			"$(entry 5200.00 2026-11-27 BOOK 2 "$ids" 657767)"
		camt dec.xml "DEC-${ids:12:4}" 2026-12-30T05:00:00 "$(entry 5400.50 2026-12-29 BOOK 1 "$ids" 655969)" \
			"$(entry 5200.00 2026-12-29 BOOK 2 "$ids" 657767)"
		booked nov.xml "2 new, 0 known"
		moved 2026-12-30
		booked dec.xml "2 new, 0 known"
		[[ $output == *"2 matched, 0 unmatched"* ]]
		booked dec.xml "0 new, 2 known"
		[ "$(ledger_of A-1)" = "2026-12 540050 settled
2027-01 540050 settled" ]
		stop
		start two
		seed
		"$ctl" rent charge --month 2027-01 --book >/dev/null
	done
}

@test "the bank's reference tells alone, whatever stands beside it" {
	camt one.xml M1 2026-11-28T05:00:00 "$(entry 5400.50 2026-11-27 BOOK 1/B-77 "$nothing" 655969)"
	camt two.xml M2 2026-11-30T05:00:00 "$(entry 5400.50 2026-11-27 BOOK 9/B-77 "$hyra" 655969)"
	booked one.xml "1 new, 0 known"
	booked two.xml "0 new, 1 known"
	[ "$(ledger_of A-1)" = "2026-12 540050 settled" ]
	tx='<TxId>TX-1</TxId><EndToEndId>NOTPROVIDED</EndToEndId>'
	camt three.xml M3 2026-11-30T05:00:00 "$(entry 5200.00 2026-11-27 BOOK 1 "$tx" 657767)"
	camt four.xml M4 2026-11-30T05:00:00 "$(entry 5200.00 2026-11-27 BOOK 2 "$tx" 657767)"
	booked three.xml "1 new, 0 known"
	booked four.xml "0 new, 1 known"
	# What went back may carry the reference of what came in.
	camt back.xml M5 2026-12-01T05:00:00 "$(entry 5200.00 2026-11-30 BOOK 1 "$tx" 657767 'DBIT</CdtDbtInd><RvslInd>true</RvslInd><CdtDbtInd>DBIT' | sed 's,<CdtDbtInd>DBIT</CdtDbtInd>$,,;s,</RvslInd><CdtDbtInd>DBIT</CdtDbtInd>,</RvslInd>,')"
	booked back.xml "1 new, 0 known"
	[ "$(ledger_of A-2)" = "2026-12 0 open" ]
}

@test "a reference that the bank uses again for another amount, or weeks later, is asked about" {
	camt one.xml M1 2026-11-28T05:00:00 "$(entry 5400.50 2026-11-27 BOOK 1/1 "$nothing" 655969)"
	camt two.xml M2 2026-11-30T05:00:00 "$(entry 5200.00 2026-11-27 BOOK 1/1 "$nothing" 657767)"
	booked one.xml "1 new, 0 known"
	booked two.xml "1 new, 0 known"
	[[ $output == *"0 matched, 1 unmatched"*"may be payments that are known already"* ]]
	booked two.xml "0 new, 1 known"
	moved 2027-01-04
	camt jan.xml M3 2027-01-02T05:00:00 "$(entry 5400.50 2026-12-30 BOOK 1/1 "$nothing" 655969)"
	booked jan.xml "1 new, 0 known"
	[ "$(unmatched_rows | wc -l)" -eq 2 ]
	[ "$(unmatched_rows | cut -d' ' -f1 | sort -u | wc -l)" -eq 2 ]
}

@test "references that payments of a file share are nobody's own" {
	both="$(entry 5400.50 2026-11-27 BOOK 1/DAY "$nothing" 655969) $(entry 5200.00 2026-11-27 BOOK 2/DAY "$nothing" 657767)"
	camt one.xml M1 2026-11-28T05:00:00 "$both"
	booked one.xml "2 new, 0 known"
	booked one.xml "0 new, 2 known"
	[ "$(ledger_of A-1)" = "2026-12 540050 settled" ]
	[ "$(ledger_of A-2)" = "2026-12 520000 settled" ]
	# But the same entry twice in a file is a mistake of the file.
	camt twice.xml M2 2026-11-28T05:00:00 "$(entry 1.00 2026-11-27 BOOK 1/X "$nothing" 655969)" "$(entry 1.00 2026-11-27 BOOK 2/X "$nothing" 655969)"
	try payments import "$dir/twice.xml"
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"stands in the file twice"* ]]
}

@test "alike in another file: neither dropped nor booked, its day not covered until somebody decides" {
	camt one.xml M1 2026-11-30T20:00:00 "$(entry 5000.00 2026-11-30 BOOK 1 "$nothing" 801266)"
	# The same day's file again, with one more that is alike: the second is surely new.
	camt two.xml M2 2026-12-01T05:00:00 "$(entry 5000.00 2026-11-30 BOOK 1 "$nothing" 801266)" \
		"$(entry 5000.00 2026-11-30 BOOK 2 "$nothing" 801266)"
	booked one.xml "1 new, 0 known"
	try payments import --dry-run "$dir/two.xml"
	[[ $output == *"kanske samma som"* ]]
	booked two.xml "2 new, 0 known"
	[[ $output == *"1 matched, 1 unmatched"*"1 of the unmatched may be payments that are known already"* ]]
	booked two.xml "0 new, 2 known"
	booked one.xml "0 new, 1 known"
	[ "$(ledger_of A-3)" = "2026-12 500000 settled" ]
	[ "$(known_through A-3)" = 2026-11-29 ]
	[ "$(known_through A-1)" = 2026-11-30 ]
	read -r key left same of <<<"$(unmatched_rows)"
	[ "$left $of" = "500000 A-3" ]
	[ "$same" != - ]
	try payments unmatched
	[[ $output == *"kanske samma som $same"* ]]
	try payments unmatched --csv
	[[ $output == *"kanske samma som $same"* ]]
	"$ctl" case A-3 --json | grep -q "\"bank_reference\": \"$same\""
	# It is the same.
	try payments assign "$key" =
	[ "$output" = "1 new, 0 known" ]
	try payments assign "$key" =
	[ "$output" = "0 new, 1 known" ]
	[ "$(known_through A-3)" = 2026-11-30 ]
	[ "$("$ctl" payments unmatched)" = "no payments wait" ]
	booked two.xml "0 new, 2 known"
	# A third file with it is asked about again; this time it is another one.
	camt three.xml M3 2026-12-01T05:00:00 "$(entry 5000.00 2026-11-30 BOOK 1 "$nothing" 801266)"
	booked three.xml "1 new, 0 known"
	[ "$(known_through A-3)" = 2026-11-29 ]
	key=$(unmatched_rows | cut -d' ' -f1)
	try payments assign "$key" A-3
	[ "$output" = "1 new, 0 known; 5000.00 kronor" ]
	[ "$(known_through A-3)" = 2026-11-30 ]
	[[ $("$ctl" case A-3 --json) == *'"payment.assigned"'* ]]
	"$ctl" rebuild --check
}

@test "one that names nobody holds back the day of whoever got the other one" {
	camt one.xml M1 2026-12-01T05:00:00 "$(entry 77.00 2026-11-30 BOOK 1 "$nothing" 4711)"
	camt two.xml M2 2026-12-01T05:00:00 "$(entry 77.00 2026-11-30 BOOK 1 "$nothing" 4711)"
	booked one.xml "1 new, 0 known"
	"$ctl" payments assign "$(unmatched_rows | cut -d' ' -f1)" A-2 >/dev/null
	booked two.xml "1 new, 0 known"
	[[ $(unmatched_rows) == *" A-2" ]]
	[ "$(known_through A-2)" = 2026-11-29 ]
	[ "$(known_through A-1)" = 2026-11-30 ]
}

@test "one without a reference is held against all that have one: matched, assigned, or waiting" {
	alike="may be payments that are known already"
	camt one.xml M1 2026-12-01T05:00:00 "$(entry 77.00 2026-11-30 BOOK 1/B-77 "$nothing" 4711)" \
		"$(entry 78.00 2026-11-30 BOOK 2/B-78 "$nothing" 4711)"
	booked one.xml "2 new, 0 known"
	"$ctl" payments assign "$(unmatched_rows | grep ' 7800 ' | cut -d' ' -f1)" A-2 >/dev/null
	# This one was matched when its number was still that of A-3.
	"$ctl" record rent.paid A-3 amount=7900 paid_on=2026-11-30 reference=4711 --source transaction-abcd >/dev/null
	camt two.xml M2 2026-12-01T05:00:00 "$(entry 77.00 2026-11-30 BOOK 1 "$nothing" 4711)" \
		"$(entry 78.00 2026-11-30 BOOK 2 "$nothing" 4711)" "$(entry 79.00 2026-11-30 BOOK 3 "$nothing" 4711)"
	booked two.xml "3 new, 0 known"
	[[ $output == *"0 matched, 3 unmatched"*"3 of the unmatched $alike"* ]] || { echo "$output"; return 1; }
	[ "$(unmatched_rows | grep -v ' - -$' | cut -d' ' -f2,4 | sort)" = "7700 -
7800 A-2
7900 A-3" ]
	booked two.xml "0 new, 3 known"
	# Another day, another amount, another number, money that went back: another payment.
	camt three.xml M3 2026-12-01T05:00:00 "$(entry 77.00 2026-11-27 BOOK 1 "$nothing" 4711)" \
		"$(entry 77.10 2026-11-30 BOOK 2 "$nothing" 4711)" "$(entry 77.00 2026-11-30 BOOK 3 "$nothing" 4712)" \
		"$(entry 77.00 2026-11-30 BOOK 4 "$nothing" "")"
	booked three.xml "4 new, 0 known"
	[[ $output != *"$alike"* ]]
}

@test "two files of one command are held against each other too; a file named twice is not" {
	camt one.xml M1 2026-12-01T05:00:00 "$(entry 5000.00 2026-11-30 BOOK 1 "$nothing" 801266)"
	camt two.xml M2 2026-12-01T05:00:00 "$(entry 5000.00 2026-11-30 BOOK 1 "$nothing" 801266)"
	try payments import "$dir/one.xml" "$dir/two.xml" "$dir/one.xml"
	[ "$status" -eq 0 ]
	[[ $output == "2 new, 1 known"*"2 matched, 1 unmatched"* ]] || { echo "$output"; return 1; }
	[ "$(unmatched_rows | wc -l)" -eq 1 ]
}

@test "what only a number in its file told apart is told apart by what it says" {
	camt one.xml M1 2026-12-01T05:00:00 "$(entry 5000.00 2026-11-30 BOOK 1 "$nothing" 801266)" \
		"$(entry 5000.00 2026-11-30 BOOK 2 "$nothing" 655969)"
	camt two.xml M2 2026-12-01T05:00:00 "$(entry 5000.00 2026-11-30 BOOK 1 "$nothing" 657767)"
	booked one.xml "2 new, 0 known"
	booked two.xml "1 new, 0 known"
	[[ $output == *"1 matched, 0 unmatched"* ]]
	# An own id of the payer's tells them apart as well.
	camt three.xml M3 2026-12-01T05:00:00 "$(entry 5000.00 2026-11-30 BOOK 1 "$hyra" 657767)"
	booked three.xml "1 new, 0 known"
	[[ $output == *"1 matched, 0 unmatched"* ]]
}

# bgmax FILE TIME: a BgMax made at that time, of one payment without a serial number.
bgmax() {
	/usr/bin/python3 - "$2" >"$dir/$1" <<'PYTHON'
import sys
payment = "20" + "0" * 10 + "801266".ljust(25) + f"{500000:018}" + "21" + "0" * 12 + "0"
lines = ["01" + "BGMAX".ljust(20) + "01" + sys.argv[1] + "000000P", "050009912346          SEK", payment,
         "15" + "0" * 35 + "20261127" + "00001" + f"{500000:018}" + "SEK" + "00000001K",
         "70" + "00000001" + "00000000" + "00000000" + "00000001"]
print("\n".join(line.ljust(80) for line in lines))
PYTHON
}

@test "a BgMax without serial numbers is no better: the time at which it was made tells files apart" {
	bgmax one.txt 20261127180000
	bgmax two.txt 20261128060000
	booked one.txt "1 new, 0 known"
	cp "$dir/one.txt" "$dir/again.txt"
	booked again.txt "0 new, 1 known"
	booked two.txt "1 new, 0 known"
	[[ $output == *"0 matched, 1 unmatched"* ]]
	[[ $(unmatched_rows) == *" A-3" ]]
	[ "$(known_through A-3)" = 2026-11-26 ]
	[ "$(ledger_of A-3)" = "2026-12 500000 settled" ]
}

@test "a payment that is on its way holds the reach back, and says so" {
	camt one.xml M1 2026-12-01T05:00:00 "$(entry 5200.00 2026-11-26 BOOK 1/B1 "$nothing" 657767)" \
		"$(entry 5400.50 2026-11-30 PDNG 2 "$nothing" 655969)"
	booked one.xml "1 new, 0 known"
	[[ $output == *"one.xml: payments through 2026-11-29: "*"not booked"* ]]
	[ "$(known_through A-1)" = 2026-11-29 ]
	moved 2026-12-02
	[ -z "$("$ctl" notices --json | grep rent-late)" ]
	camt two.xml M2 2026-12-02T05:00:00 "$(entry 5400.50 2026-11-30 BOOK 2/B2 "$nothing" 655969)"
	booked two.xml "1 new, 0 known"
	[ "$(known_through A-1)" = 2026-12-01 ]
	# What goes out, or is only for information, holds nothing back.
	camt three.xml M3 2026-12-03T05:00:00 "$(entry 1.00 2026-11-30 PDNG 2 "$nothing" 655969 DBIT)" \
		"$(entry 1.00 2026-11-30 INFO 2 "$nothing" 655969)"
	moved 2026-12-03
	booked three.xml "0 new, 0 known"
	[ "$(known_through A-1)" = 2026-12-02 ]
	# Pages are one file: the last one tells the day for all of them.
	moved 2026-12-05
	page=$(entry 1.00 2026-12-03 PDNG 1 "$nothing" 655969)
	camt page1.xml M4 2026-12-05T05:00:00 "$page"
	camt page2.xml M4 2026-12-05T05:00:00 "$(entry 2.00 2026-12-04 BOOK 2/B4 "$nothing" 655969)"
	sed -i 's,</CreDtTm></GrpHdr>,</CreDtTm><MsgPgntn><PgNb>1</PgNb><LastPgInd>false</LastPgInd></MsgPgntn></GrpHdr>,' "$dir/page1.xml"
	try payments import "$dir/page1.xml"
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"a payment of 2026-12-03 is not booked yet: read all pages in with one command"* ]]
	try payments import "$dir/page1.xml" "$dir/page2.xml"
	[[ $output == "1 new, 0 known"*"page2.xml: payments through 2026-12-02: one of the day after"* ]] || { echo "$output"; complaint; return 1; }
	[ "$(known_through A-1)" = 2026-12-02 ]
}

@test "an entry that tells no day has its statement's; a debit needs none" {
	camt one.xml M1 2026-12-01T05:00:00 "$(entry 5400.50 - BOOK 1/B1 "$nothing" 655969)" \
		"$(entry 99.00 - BOOK 2/B2 "$nothing" "" DBIT)"
	booked one.xml "1 new, 0 known"
	[[ $output == *"1 matched, 0 unmatched, 0 returns, 1 left out"* ]]
	"$ctl" case A-1 --json | grep -q '"paid_on": "2026-11-30"'
}

# as_before: what is booked gets the sources that older versions made: of the NtryRef and all other
# ids at once, and nothing else.
as_before() {
	stop
	/usr/bin/python3 - "$home/kedja.sqlite" "$@" <<'PYTHON'
import sqlite3, sys

def source(identity):
    value = 0x6c62272e07bb014262b821756295c58d
    for byte in identity.encode() + bytes(16):
        value = (value ^ byte) * 0x0000000001000000000000000000013B % (1 << 128)
    return "payment-" + "".join(chr(ord("a") + int(digit, 16)) for digit in f"{value:032x}")

db = sqlite3.connect(sys.argv[1])
for told in sys.argv[2:]:
    amount, entry_ids, ids = told.split("|")
    old = source("camt SE4550000000058398257466\n" + "".join("\n" + name for name in entry_ids.split("/"))
                 + "\n\n" + ids + f"\n{amount} 1  0\n0")
    changed = db.execute("UPDATE event SET source = ? WHERE data ->> 'amount' = ? AND kind IN"
                         " ('rent.paid', 'payment.unmatched')", (old, int(amount)))
    assert changed.rowcount == 1, told
db.commit()
PYTHON
	start one
}

@test "what was booked before identities changed is known, whatever its number; what only looked known is not" {
	camt one.xml M1 2026-12-01T05:00:00 "$(entry 5400.50 2026-11-30 BOOK 1/B-77 "$nothing" 655969)" \
		"$(entry 5200.00 2026-11-30 BOOK 2 "$nothing" 657767)" \
		"$(entry 99.00 2026-11-30 BOOK 3/B-79 "$nothing" 4711)"
	booked one.xml "3 new, 0 known"
	as_before '540050|1/B-77|NOTPROVIDED' '520000|2|NOTPROVIDED' '9900|3/B-79|NOTPROVIDED'
	before=$(state_of "$home")
	booked one.xml "0 new, 3 known"
	[ "$(state_of "$home")" = "$before" ]
	# The same ones in another file, under other numbers.
	camt two.xml M2 2026-12-01T05:00:00 "$(entry 5400.50 2026-11-30 BOOK 7/B-77 "$hyra" 655969)" \
		"$(entry 99.00 2026-11-30 BOOK 8/B-79 "$hyra" 4711)"
	booked two.xml "0 new, 2 known"
	# Without a reference of the bank: it may be the one from before. Another one is another one.
	camt three.xml M3 2026-12-01T05:00:00 "$(entry 5200.00 2026-11-30 BOOK 9 "$nothing" 657767)" \
		"$(entry 5400.50 2026-11-30 BOOK 7/B-78 "$nothing" 655969)"
	booked three.xml "2 new, 0 known"
	[[ $output == *"1 matched, 1 unmatched"* ]]
	[[ $(unmatched_rows) == *" A-2"* ]]
	# The number of the file before stands on another payment, a month later: that is booked.
	moved 2027-01-02
	camt dec.xml M4 2026-12-31T05:00:00 "$(entry 5200.00 2026-12-30 BOOK 2 "$nothing" 657767)"
	booked dec.xml "1 new, 0 known"
	[[ $output == *"1 matched, 0 unmatched"* ]]
}

@test "one payment for several cases" {
	printf 'avtal;betald_ore;betaldag\nHyror 4711;1040050;2026-11-30\n' >"$dir/both.csv"
	"$ctl" payments import --covers-through 2026-11-30 "$dir/both.csv" >/dev/null
	key=$(unmatched_rows | cut -d' ' -f1)
	try payments assign "$key" A-1=5400,50 A-3=5000
	[ "$output" = "2 new, 0 known; 10400.50 kronor" ] || { complaint; return 1; }
	[ "$(ledger_of A-1)" = "2026-12 540050 settled" ]
	[ "$(ledger_of A-3)" = "2026-12 500000 settled" ]
	[ "$(ledger_of A-2)" = "2026-12 0 open" ]
	[ "$("$ctl" payments unmatched)" = "no payments wait" ]
	[[ $("$ctl" payments status) == *"unmatched       0 payments"* ]]
	try payments assign "$key" A-1=5400,50 A-3=5000
	[ "$output" = "0 new, 2 known" ]
	try payments assign "$key" A-2
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"is assigned to A-1 already"* ]]
	# One part is taken back: so much waits again.
	id=$("$ctl" case ostermalm --json | /usr/bin/python3 -c 'import json, sys
print([e["id"] for e in json.load(sys.stdin)["events"]["rows"] if e["data"].get("case") == "A-3"][0])')
	"$ctl" void "$id" --reason "fel ärende" >/dev/null
	[ "$(ledger_of A-3)" = "2026-12 0 open" ]
	[ "$(unmatched_rows)" = "$key 500000 - -" ]
	[[ $("$ctl" payments unmatched) == *" 5000.00 "* ]]
	try payments assign "$key" A-2
	[ "$output" = "1 new, 0 known; 5000.00 kronor" ]
	[ "$(ledger_of A-2)" = "2026-12 500000 partly" ]
	[ "$(ledger_of A-1)" = "2026-12 540050 settled" ]
	"$ctl" rebuild --check
}

@test "the parts of a payment must make it up; all mistakes are told" {
	printf 'avtal;betald_ore;betaldag\nHyror 4711;1040050;2026-11-30\n4712;100;2026-11-30\n' >"$dir/both.csv"
	"$ctl" payments import --covers-through 2026-11-30 "$dir/both.csv" >/dev/null
	key=$(unmatched_rows | sed -n 's/ 1040050 .*//p')
	other=$(unmatched_rows | sed -n 's/ 100 .*//p')
	try payments assign "$key" A-1=5400,50 A-3=4000
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"come to 9400.50 kronor, but 10400.50 is what they must make up"* ]]
	try payments assign "$key" A-1=5.000 A-3=x
	[ "$status" -eq 1 ]
	[[ $(complaint) == *'the amount "5.000" has more than two decimals'* ]]
	[[ $(complaint) == *'the amount "x" is not an amount in kronor'* ]]
	try payments assign "$key" A-1 A-3=5000
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"is divided: say how much of it is A-1's"* ]]
	try payments assign "$key" A-9=5400,50 A-8=5000
	[[ $(complaint) == *"there is no case A-9"*"there is no case A-8"* ]]
	try payments assign "$key" =
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"nothing says that"* ]]
	[ "$(unmatched_rows | wc -l)" -eq 2 ]
	# The list as people fill it in: a row for each part.
	printf 'payment;amount;case\n%s;5 400,50 kr;A-1\n%s;5000;A-3\n%s;1,00;A-2\n' "$key" "$key" "$other" >"$dir/list.csv"
	sed 's/5000;A-3/4999;A-3/' "$dir/list.csv" >"$dir/wrong.csv"
	try payments assign --csv "$dir/wrong.csv"
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"wrong.csv:2: the parts of $key come to 10399.50 kronor"* ]]
	[ "$(unmatched_rows | wc -l)" -eq 2 ]
	try payments assign --csv "$dir/list.csv"
	[ "$output" = "3 new, 0 known; 10401.50 kronor" ] || { complaint; return 1; }
	try payments assign --csv "$dir/list.csv"
	[ "$output" = "0 new, 3 known" ]
	[ "$(ledger_of A-1)" = "2026-12 540050 settled" ]
	[ "$(ledger_of A-3)" = "2026-12 500000 settled" ]
	[ "$(ledger_of A-2)" = "2026-12 100 partly" ]
}
