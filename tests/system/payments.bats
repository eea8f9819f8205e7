#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Bank files through kedjactl into a real daemon: booked once, found again, never guessed at; and
# nothing of a payer's name, address or free text anywhere.

setup() {
	load payments_office
	office_up
}

teardown() {
	office_down
}

@test "rent charge lists first, then books, once" {
	try rent charge --month 2027-01
	[ "$status" -eq 0 ]
	[[ $output == *"A-1   5400.50  2026-10-01"* ]]
	[[ $output == *"Nothing is booked yet"* ]]
	[ -z "$(ledger_of A-1 | grep 2027-01)" ]
	try rent charge --month 2027-01 --book
	[[ $output == *"3 rents booked, 15600.50 kronor"* ]]
	ledger_of A-1 | grep -q '2027-01 0 open'
	try rent charge --month 2027-01 --book
	[[ $output == *"charged already"* ]]
	[[ $output == *"0 rents booked, 0.00 kronor"* ]]
	try rent charge --month december
	[ "$status" -eq 1 ]
	[[ $(complaint) == *'"december" is not a month'* ]]
}

# account CASE: "kind month change balance", a line each.
account() {
	"$ctl" case "$1" --json | /usr/bin/python3 -c '
import json, sys
for row in json.load(sys.stdin)["account"]:
    print(row["kind"], row["month"] or "-", row["change"], row["balance"])'
}

@test "the account of a case: what each event made of the balance, whatever was told first" {
	"$ctl" record rent.paid A-1 amount=600000 paid_on=2026-11-30 reference=655969 >/dev/null
	"$ctl" record rent.charged A-1 --key 2027-01 --at 2026-12-01 amount=540050 >/dev/null
	"$ctl" record rent.reversed A-1 amount=600000 paid_on=2026-12-01 >/dev/null
	"$ctl" record rent.waived A-1 --key 2026-12 >/dev/null
	"$ctl" record payment.unmatched ostermalm --key B-1 amount=40050 paid_on=2026-11-30 reference=x >/dev/null
	"$ctl" record payment.assigned ostermalm --key B-1 case=A-1 >/dev/null
	"$ctl" record rent.paid A-1 amount=1 paid_on=2026-12-01 >/dev/null
	"$ctl" void "$("$ctl" case A-1 --json | /usr/bin/python3 -c 'import json, sys
print([e["id"] for e in json.load(sys.stdin)["events"]["rows"] if e["data"].get("amount") == 1][0])')" \
		--reason "wrong case" >/dev/null
	"$ctl" record rent.charged A-1 --key 2026-11 --at 2026-10-15 amount=100000 due_on=2026-10-30 >/dev/null
	[ "$(account A-1)" = "rent.charged 2026-11 100000 100000
rent.charged 2027-01 540050 640050
rent.charged 2026-12 540050 1180100
rent.paid - -600000 580100
rent.reversed - 600000 1180100
rent.waived 2026-12 -540050 640050
payment.assigned - -40050 600000" ]
	try case A-1
	[[ $output == *"Rent account, in kronor: below 0 is paid ahead"* ]]
	[[ $output == *"rent.reversed"*"6000.00  11801.00"* ]]
	[ "$(account A-2)" = "rent.charged 2026-12 520000 520000" ]
}

@test "BgMax: booked; the same file again changes nothing" {
	try payments import "$files/december.bgmax"
	[ "$status" -eq 0 ]
	[[ $output == "6 new, 0 known"* ]]
	[ "$(ledger_of A-1)" = "2026-12 540050 settled" ]
	before=$(state_of "$home")
	try payments import "$files/december.bgmax"
	[ "$status" -eq 0 ]
	[[ $output == "0 new, 6 known"* ]]
	cp "$files/december.bgmax" "$dir/another-name.txt"
	try payments import --format bgmax "$dir/another-name.txt"
	[ "$output" = "0 new, 6 known
$dir/another-name.txt: payments through 2026-11-27
payments are known through 2026-11-27" ]
	iconv -f ISO-8859-1 -t UTF-16 "$files/december.bgmax" >"$dir/utf-16.txt"
	try payments import "$dir/utf-16.txt"
	[[ $output == "0 new, 6 known"* ]]
	[ "$(state_of "$home")" = "$before" ]
	try payments status
	[[ $output == *"covers through  2026-11-27"* ]]
}

@test "an overlapping file: what is known stays as it is, the rest comes in; a file named twice counts once" {
	"$ctl" payments import "$files/december.bgmax" >/dev/null
	before=$(ledger_of A-1)
	/usr/bin/python3 - "$files/december.bgmax" >"$dir/next.txt" <<'PYTHON'
import sys
lines = open(sys.argv[1], encoding="iso-8859-1", newline="").read().split("\r\n")
sys.stdout.reconfigure(encoding="iso-8859-1", newline="")
more = ["050009912346          SEK", "20" + "0" * 10 + "657767".ljust(25) + f"{520000:018}" + "210" + "0" * 7 + "99990",
        "15" + "0" * 35 + "2026113000001" + f"{520000:018}" + "SEK00000001K"]
end = "7000000004" + "00000001" + "00000003" + "00000002"
print("\r\n".join(lines[:-2] + more + [end, ""]), end="")
PYTHON
	try payments import "$dir/next.txt"
	[ "$status" -eq 0 ]
	[[ $output == "1 new, 6 known"* ]]
	[ "$(ledger_of A-1)" = "$before" ]
	try payments import "$dir/next.txt" "$dir/next.txt"
	[[ $output == "0 new, 14 known"* ]]
	try payments status
	[[ $output == *"covers through  2026-11-30"* ]]
}

@test "the change from BgMax to camt.054: days that are in both are said" {
	"$ctl" payments import "$files/december.bgmax" >/dev/null # through 27 November
	try payments import --dry-run "$files/camt054-v08.xml"
	[ -z "$(complaint)" ]
	sed 's/2026-11-30/2026-11-27/' "$files/camt054-v08.xml" >"$dir/back.xml"
	try payments import --dry-run "$dir/back.xml"
	[ "$status" -eq 0 ]
	[[ $(complaint) == *"back.xml: has payments from 2026-11-27 on, but those through 2026-11-27 are known from bgmax"* ]]
}

@test "charges from a CSV; open rents by age, without names" {
	printf 'subject;key;amount;due_on;reference\nA-1;2027-02;540050;2027-01-29;655969\nA-2;2027-02;;;\n' >"$dir/charges.csv"
	try import --kind rent.charged "$dir/charges.csv"
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"charges.csv:3: amount"* ]]
	[ -z "$(ledger_of A-1 | grep 2027-02)" ]
	sed -i 's/A-2;2027-02;;;/A-2;2027-02;520000;;/' "$dir/charges.csv"
	try import --kind rent.charged "$dir/charges.csv"
	[ "$output" = "$dir/charges.csv:2: note: amount counts öre; amount_kr takes kronor (and 1 row more)
rent.charged amount: 2 events, 10600.50 kronor
2 new, 0 known" ]
	[[ $(ledger_of A-1) == *"2027-02 0 open"* ]]
	try import --kind rent.charged "$dir/charges.csv"
	[ "$output" = "0 new, 2 known" ]
	month=4
	for due in 2026-11-24 2026-11-23 2026-11-02 2026-10-30 2026-10-02 2026-10-01; do
		"$ctl" record rent.charged A-3 --key "2026-0$((month++))" --at 2026-10-01 amount=100 \
			"due_on=$due" first=true >/dev/null
	done
	try payments status
	[[ $output == *"no payment file yet"*"unmatched       0 payments"*"not late yet"*" 11 "* ]]
	"$ctl" record payments.imported ostermalm format=csv file=x covers_through=2026-11-30 payments=0 sum=0 >/dev/null
	try payments status
	table=$(sed -n '/^AGE/,$p' <<<"$output" | tr -s ' ')
	[ "$table" = "AGE RENTS OPEN
not late yet 2 10600.50
1-7 days 4 15601.50
8-30 days 2 2.00
31-60 days 2 2.00
over 60 days 1 1.00" ] || { echo "$table"; return 1; }
	[[ $output != *A-[123]* ]]
	try payments status --json
	[[ $output != *A-[123]* ]]
}

@test "camt.054: a batch by its transactions, a return, what is not booked left out" {
	for version in 02 08; do
		stop
		start "v$version"
		seed
		try payments import "$files/camt054-v$version.xml"
		[ "$status" -eq 0 ]
		[[ $output == "5 new, 0 known"* ]]
		[[ $output == *"4 matched, 1 unmatched, 1 returns, 1 left out"* ]]
		[ "$(ledger_of A-1)" = "2026-12 540050 settled" ]
		[ "$(ledger_of A-2)" = "2026-12 0 open" ]
		try payments import "$files/camt054-v$version.xml"
		[[ $output == "0 new, 5 known"* ]]
		for encoding in UTF-16 UTF-16BE; do # what it says of its encoding is another matter
			iconv -f UTF-8 -t "$encoding" "$files/camt054-v$version.xml" >"$dir/utf-16.xml"
			try payments import "$dir/utf-16.xml"
			[[ $output == "0 new, 5 known"* ]] || { complaint; return 1; }
		done
		head -c 1001 "$dir/utf-16.xml" >"$dir/cut.xml"
		try payments import "$dir/cut.xml"
		[ "$status" -eq 1 ]
		[[ $(complaint) == *"cut.xml:1: is UTF-16 that ends within a letter: save it again"* ]]
		try payments status
		[[ $output == *"covers through  2026-11-30"* ]]
		[[ $output == *"unmatched       1 payments"* ]]
		[[ $output == *"1-7 days"*"1  5200.00"* ]]
	done
}

@test "CSV by the columns of kedja.conf; how far it reaches must be said" {
	try payments import "$files/payments.csv"
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"say --covers-through"* ]]
	try payments import --covers-through 2027-01-01 "$files/payments.csv"
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"lies ahead"* ]]
	try payments import --covers-through 2026-11-30 "$files/payments.csv"
	[[ $output == "2 new, 0 known"* ]]
	[ "$(ledger_of A-2)" = "2026-12 100000 partly" ]
	printf 'Belopp;Dag;OCR;Id\n"5 000,00";2026-11-30;801266;B-77\n' >"$dir/own.csv"
	try payments import --covers-through 2026-11-30 "$dir/own.csv"
	[ "$status" -eq 1 ]
	cat >>"$home/conf/kedja.conf" <<-CONF
	payments_amount = "Belopp"; payments_unit = "kronor"; payments_paid_on = "Dag";
	payments_reference = "OCR"; payments_month = ""; payments_id = "Id";
	CONF
	try payments import --covers-through 2026-11-30 "$dir/own.csv"
	[[ $output == "1 new, 0 known"* ]]
	[ "$(ledger_of A-3)" = "2026-12 500000 settled" ]
}

@test "CSV as reports have it: sep=, lines above the header, tabs, UTF-16, Windows-1252, kronor" {
	cat >>"$home/conf/kedja.conf" <<-CONF
	payments_amount = "Belopp, kr"; payments_unit = "kronor"; payments_paid_on = "Betaldag";
	payments_reference = "Låghet"; payments_month = "";
	CONF
	printf 'sep=;\nHyresreskontra;2026-11-30;\n\nLåghet;Belopp, kr;Betaldag;\nA-1;"5\u00a0400,50 kr";2026-11-27;\n' >"$dir/one.csv"
	iconv -t UTF-16 "$dir/one.csv" >"$dir/utf16.csv"
	sed 's/–/-/;s/;/\t/g;1d' "$dir/one.csv" | iconv -t WINDOWS-1252 >"$dir/windows.csv"
	try payments import --covers-through 2026-11-30 "$dir/one.csv"
	[[ $output == "1 new, 0 known"* ]] || { complaint; return 1; }
	[ "$(ledger_of A-1)" = "2026-12 540050 settled" ]
	for form in utf16 windows; do
		try payments import --covers-through 2026-11-30 "$dir/$form.csv"
		[[ $output == "0 new, 1 known"* ]] || { complaint; return 1; }
	done
	# The same forms for events.
	printf 'Aviserade hyror\n\nsubject\tkey\tamount_kr\tdue_on\nA-1\t2027-02\t5 400,50 kr\t2027-01-29\n' | iconv -t UTF-16LE >"$dir/charges.csv"
	try import --kind rent.charged "$dir/charges.csv"
	[ "${lines[0]}" = "rent.charged amount: 1 events, 5400.50 kronor" ] || { complaint; return 1; }
	# And the list of payments that wait, as it comes back.
	printf 'Låghet;Belopp, kr;Betaldag\n4711;1;2026-11-30\n' >"$dir/more.csv"
	"$ctl" payments import --covers-through 2026-11-30 "$dir/more.csv" >/dev/null
	"$ctl" payments unmatched --csv | sed '2s/;$/;A-2/;1s/^/sep=;\n/' | iconv -t UTF-16 >"$dir/list.csv"
	try payments assign --csv "$dir/list.csv"
	[ "$output" = "1 new, 0 known; 1.00 kronor" ] || { complaint; return 1; }
}

@test "a CSV that is refused says why, and all of it" {
	refused_csv() {
		try payments import --covers-through 2026-11-30 "$dir/bad.csv"
		[ "$status" -eq 1 ]
		[[ $(complaint) == *"bad.csv:$1"* ]] || { complaint; return 1; }
		[[ $(complaint) == *"nothing was booked"* ]]
	}
	printf 'avtal;betald_ore;betaldag\n655969;5 400,50;2026-11-30\n' >"$dir/bad.csv"
	refused_csv '2: betald_ore: is not a number of whole öre: 5400,50 is 540050, or kronor by payments_unit in kedja.conf'
	printf 'avtal;betald_ore;betaldag\nö;1;2026-11-30\n\xe5;1;2026-11-30\n' >"$dir/bad.csv"
	refused_csv '2: is UTF-8 in this line and not in others: save the file as UTF-8'
	printf 'avtal;belopp;betaldag\n655969;540050;2026-11-30\n' >"$dir/bad.csv"
	refused_csv '1: is neither camt.054 nor BgMax nor a CSV with the column "betald_ore": payments_amount in kedja.conf names it'
	{
		echo 'avtal;betald_ore;betaldag'
		for ((i = 0; i < 130; i++)); do echo "655969;$i;30/11"; done
	} >"$dir/bad.csv"
	refused_csv ' has 129 mistakes: the first 100 of them are'
	[ "$(complaint | grep -c 'is not a date')" -eq 100 ]
	[[ $(complaint) == *"bad.csv:102: betaldag: is not a date"* ]]
	sed 's/^15/1x/' "$files/december.bgmax" >"$dir/bad.csv"
	for ((i = 0; i < 30; i++)); do echo "99"; done >>"$dir/bad.csv"
	refused_csv '1'
	[ "$(complaint | grep -c 'after the end record')" -eq 30 ]
}

@test "what cannot be told from a part of its words waits, and is said" {
	"$ctl" record rent.charged A-2 --key 2027-03 amount=100 reference=R7777X8888Y9999Z7777X8888Y9999Z7777X8888Y9999 >/dev/null
	{
		echo 'avtal;betald_ore;betaldag'
		echo "655969 $(seq -s ' ' 100000 100040);5;2026-11-30"
	} >"$dir/long.csv"
	try payments import --covers-through 2026-11-30 "$dir/long.csv"
	[[ $output == *"0 matched, 1 unmatched"* ]]
	[[ $(complaint) == *"long.csv:2: payments that state more than 200 bytes of references: 1; they wait as unmatched"* ]]
	[[ $(complaint) == *"A-2: a word of its reference is longer than 40 letters"* ]]
	[[ $("$ctl" payments unmatched) == *"655969"*"…"* ]]
}

@test "what fits no rent waits for a person: one by one, or as a list" {
	"$ctl" payments import "$files/camt054-v08.xml" >/dev/null
	printf 'avtal;betald_ore;betaldag\n4711;9900;2026-11-30\n' >"$dir/more.csv"
	"$ctl" payments import --covers-through 2026-11-30 "$dir/more.csv" >/dev/null
	try payments unmatched --csv
	[ "${lines[0]}" = "payment;programme;paid_on;amount;reference;case" ]
	[ "${#lines[@]}" -eq 3 ]
	key=$(sed -n 's/^\(BG[^;]*\);.*/\1/p' <<<"$output")
	other=$(sed -n 's/^\(CSV[^;]*\);.*/\1/p' <<<"$output")
	sed 's/^\(CSV.*;\)$/\1A-9/' <<<"$output" >"$dir/wrong.csv"
	sed 's/^\(CSV.*;\)$/\1A-3/' <<<"$output" >"$dir/right.csv"
	try payments assign --csv "$dir/wrong.csv"
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"wrong.csv:3: there is no case A-9 in ostermalm"* ]]
	try payments assign "$key" A-2
	[ "$output" = "1 new, 0 known; 900.00 kronor" ]
	try payments assign "$key" A-2
	[ "$output" = "0 new, 1 known" ]
	try payments assign "$key" A-1
	[ "$status" -eq 1 ]
	try payments assign --csv "$dir/right.csv"
	[ "$output" = "1 new, 0 known; 99.00 kronor" ]
	try payments assign --csv "$dir/right.csv"
	[ "$output" = "0 new, 1 known" ]
	[ "$(ledger_of A-2)" = "2026-12 90000 partly" ]
	try payments unmatched
	[ "$output" = "no payments wait" ]
	try payments assign nothing A-1
	[ "$status" -eq 1 ]
	try payments assign A-1
	[ "$status" -eq 2 ]
	[ -n "$other" ]
}

# many FILE: payments and returns, some of them of nobody.
many() {
	/usr/bin/python3 - >"$1" <<'PYTHON'
print("avtal;betald_ore;betaldag")
for i in range(3500):
    print("%s;%d;2026-11-%02d" % (("655969", "657767", "801266", "9999%d" % i)[i % 4],
                                  -90 - i if i % 7 == 0 else 10000 + i, 1 + i % 28))
PYTHON
}

# books FOLDER: what the daemon that ran there made of it, with the ledgers; the daemon ends.
books() {
	local name
	"$ctl" cases >/dev/null # answered when all is planned
	for name in A-1 A-2 A-3; do
		"$ctl" case "$name" --json | /usr/bin/python3 -c 'import json, sys
case = json.load(sys.stdin)
for row in case["ledger"]:
    print({name: value for name, value in row.items() if name != "event"})
print(case["facts"]["arrears"], case["facts"].get("late_payments_12m"))'
	done
	stop
	state_of "$dir/$1"
}

# broken_import HOW COUNT: an import through a go-between that ends it after so many batches.
broken_import() {
	unless_hung /usr/bin/python3 "$here/cut_line.py" "$dir/between" "$home/control" event.record "$2" "$1" 3>&- &
	local cut=$!
	wait_until test -S "$dir/between"
	try payments import --socket "$dir/between" --covers-through 2026-11-28 "$dir/many.csv"
	[ "$status" -ne 0 ]
	wait "$cut"
}

@test "an import that is broken off between batches, or killed on either side, and repeated equals an undisturbed one" {
	many "$dir/many.csv"
	"$ctl" payments import --covers-through 2026-11-28 "$dir/many.csv" >"$dir/whole"
	grep -q '^3500 new, 0 known' "$dir/whole"
	books one >"$dir/undisturbed"
	for how in line asker daemon; do
		start "$how"
		seed
		broken_import "$how" 4
		case $how in
		line) [ "$status" -eq 3 ]; [[ $(complaint) == *"import the same files again"* ]] ;;
		asker) [ "$status" -eq 137 ] ;;
		daemon)
			wait "$daemon" || true
			start "$how"
			;;
		esac
		try payments status
		[[ $output == *"no payment file yet"* ]]
		try payments import --covers-through 2026-11-28 "$dir/many.csv"
		[ "$status" -eq 0 ]
		known=$(sed -n '1s/^[0-9]* new, \([0-9]*\) known$/\1/p' <<<"$output")
		echo "$how: $output"
		[ "$known" -ge 300 ] && [ "$known" -lt 3500 ]
		[[ $output == "$((3500 - known)) new, $known known"* ]]
		books "$how" | diff "$dir/undisturbed" -
	done
}

@test "payers' names, addresses and free text are nowhere" {
	for file in december.bgmax camt054-v02.xml camt054-v08.xml; do
		grep -aqi kanarie "$files/$file"
		"$ctl" payments import --dry-run "$files/$file" >>"$dir/out" 2>&1
		"$ctl" payments import --dry-run --json "$files/$file" >>"$dir/out" 2>&1
		"$ctl" payments import "$files/$file" >>"$dir/out" 2>&1
	done
	printf 'namn;avtal;betald_ore;betaldag;adress\nKanarie Ek;655969;77;2026-11-29;Kanariegatan 12345\n' >"$dir/names.csv"
	for way in --dry-run '--dry-run --json' --json; do
		# shellcheck disable=SC2086  # words
		"$ctl" payments import $way --covers-through 2026-11-30 "$dir/names.csv" >>"$dir/out" 2>&1
	done
	"$ctl" payments unmatched >>"$dir/out"
	"$ctl" payments unmatched --csv >>"$dir/out"
	"$ctl" case A-1 >>"$dir/out"
	grep -q 655969 "$dir/out"
	# The references are there, in the file or its WAL: so would be what is looked for.
	cat "$home"/kedja.sqlite* | grep -aq 655969
	run grep -aqi 'kanarie\|åkesson\|öberg\|12345' "$dir/out"
	[ "$status" -eq 1 ]
	for trace in "$home"/kedja.sqlite* "$home/log"; do
		run grep -aqi 'kanarie' "$trace"
		[ "$status" -eq 1 ]
	done
	kill "$daemon"
	wait "$daemon" || true
	daemon=
	run grep -raqi 'kanarie' "$home/kedja.sqlite" "$home/log"
	[ "$status" -eq 1 ]
}

# refused FILE WORDS [OPTION...]: the whole file is refused, with this among the reasons, and nothing
# booked.
refused() {
	before=$(state_of "$home")
	try payments import "$1" "${@:3}"
	[ "$status" -eq 1 ]
	[[ $(complaint) == *"$2"* ]] || { complaint; return 1; }
	[[ $(complaint) == *"nothing was booked"* ]]
	[ "$(state_of "$home")" = "$before" ]
}

@test "hostile and broken files are refused whole, with place and reason" {
	cat >"$dir/laughs.xml" <<'XML'
<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"><x>&b;</x></Document>
XML
	refused "$dir/laughs.xml" "laughs.xml:2: has a document type (DTD)"
	head -c 4000 "$files/camt054-v08.xml" >"$dir/half.xml"
	refused "$dir/half.xml" "not XML"
	cat "$files/camt054-v08.xml" "$files/camt054-v08.xml" >"$dir/double.xml"
	refused "$dir/double.xml" "not XML"
	sed 's/15600.50/15600.51/' "$files/camt054-v08.xml" >"$dir/sum.xml"
	refused "$dir/sum.xml" "its transactions are 1560050"
	sed 's/5400.50/99999999999999999999/' "$files/camt054-v08.xml" >"$dir/huge.xml"
	refused "$dir/huge.xml" "is more than 10,000,000,000 kronor"
	sed 's/"SEK"/"EUR"/' "$files/camt054-v08.xml" >"$dir/euro.xml"
	refused "$dir/euro.xml" "the currency is not SEK"
	sed 's/001.08/001.04/' "$files/camt054-v08.xml" >"$dir/version.xml"
	refused "$dir/version.xml" "of another version"
	head -n 15 "$files/december.bgmax" >"$dir/half.txt"
	refused "$dir/half.txt" "ends without the end record 70"
	cat "$files/december.bgmax" "$files/december.bgmax" >"$dir/double.txt"
	refused "$dir/double.txt" "a second file begins here"
	sed 's/^7000000003/7000000004/' "$files/december.bgmax" >"$dir/count.txt"
	refused "$dir/count.txt" "count.txt:19:3: record 70: the number of payments is 4, but there are 3"
	sed 's/000000000000540050/000000000000540051/' "$files/december.bgmax" >"$dir/sum.txt"
	refused "$dir/sum.txt" "record 15: the sum in öre is"
	sed 's/000000000000540050/999999999999999999/' "$files/december.bgmax" >"$dir/huge.txt"
	refused "$dir/huge.txt" "the amount is more than"
	head -c 1000000 /dev/zero >"$dir/zeros"
	refused "$dir/zeros" "is neither camt.054 nor BgMax"
	truncate -s 2G "$dir/zeros"
	refused "$dir/zeros" "is larger than 64 MiB"
	refused /dev/zero "is larger than 64 MiB"
	most=$(/usr/bin/python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], stderr=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)' "$ctl" payments import "$dir/zeros")
	[ "$most" -lt 500 ] # MiB: it is not read to its end
	# Mixed up: a section's end before its payments; one format inside the other; half of each.
	sed '3{h;d};18G' "$files/december.bgmax" >"$dir/mixed.txt"
	refused "$dir/mixed.txt" "record"
	cat "$files/december.bgmax" "$files/camt054-v08.xml" >"$dir/both.txt"
	refused "$dir/both.txt" "does not begin with the two digits of its type"
	{ head -c 3000 "$files/camt054-v08.xml"; cat "$files/december.bgmax"; } >"$dir/both.xml"
	refused "$dir/both.xml" "not XML"
	tac "$files/december.bgmax" >"$dir/backwards.txt"
	refused "$dir/backwards.txt" "is neither camt.054 nor BgMax"
	refused "$dir/none.xml" "cannot be read"
	: >"$dir/empty"
	refused "$dir/empty" "is neither camt.054 nor BgMax"
	# One bad file of two: neither is booked.
	try payments import "$files/december.bgmax" "$dir/sum.txt"
	[ "$status" -eq 1 ]
	[ "$(ledger_of A-1)" = "2026-12 0 open" ]
}

@test "payments dated ahead or ten years back are said" {
	printf 'avtal;betald_ore;betaldag\n655969;100;DAY\n657767;100;2006-01-01\n' >"$dir/odd.csv"
	sed "s/DAY/2026-12-07/" "$dir/odd.csv" >"$dir/ahead.csv"
	refused "$dir/ahead.csv" "lies more than 5 days ahead" --covers-through 2026-11-30
	sed -i "s/DAY/2026-12-06/" "$dir/odd.csv"
	try payments import --covers-through 2026-11-30 "$dir/odd.csv"
	[ "$status" -eq 0 ]
	[[ $(complaint) == *"odd.csv: payments dated ahead: 1"* ]]
	[[ $(complaint) == *"odd.csv: payments more than ten years old: 1"* ]]
}

@test "the samples that nobody here wrote" {
	[ -d "$samples" ] || skip "../shared/samples is not there"
	refused "$samples/bgmax/broken.txt" "record 70: the number of payments is 8, but there are 9"
	refused "$samples/bgmax/four-sections.txt" "the currency is not SEK"
	try payments import "$samples/bgmax/minimal.txt"
	[ "$status" -eq 0 ]
	[[ $output == "1 new, 0 known"* ]]
	try payments import "$samples/camt/camt054-v02.xml"
	[ "$status" -eq 0 ]
	[[ $output == "0 new, 0 known"* ]]
	refused "$samples/camt/camt054-v08.xml" "the currency is not SEK"
}

@test "the camt.054 made by hand is valid by the schemas" {
	command -v xmllint >/dev/null || skip "xmllint is not installed"
	[ -d "$samples" ] || skip "../shared/samples is not there"
	for version in 02 08; do
		xmllint --noout --schema "$samples/camt/camt.054.001.$version.xsd" "$files/camt054-v$version.xml"
	done
}
