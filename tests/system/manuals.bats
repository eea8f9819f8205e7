#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The manuals are held to the code: nothing is missing in them, nothing stands in them that there
# is not, and what they show as examples is taken by the programs.

bats_require_minimum_version 1.5.0

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	build=$(dirname "${KEDJAD:-$root/build/kedjad}")
	[[ $build == /* ]] || build=$root/$build
	tree=$BATS_TEST_TMPDIR/tree
	cd "$root" || return 1
}

# A copy of what is compared, to plant gaps in; and what is said of it before.
copy() {
	mkdir -p "$tree"
	cp -r rules daemon conf "$tree"
	cd "$tree" || return 1
	"$root/tests/check-manuals.py" >"$BATS_TEST_TMPDIR/before" || true
}

gap() { # COMPLAINT FILE SED-SCRIPT: the change is seen, and said like this
	cp "$2" "$BATS_TEST_TMPDIR/kept"
	sed -i "$3" "$2"
	run -1 cmp -s "$2" "$BATS_TEST_TMPDIR/kept" # it is a change
	run -1 "$root/tests/check-manuals.py"
	echo "$output"
	cp "$BATS_TEST_TMPDIR/kept" "$2"
	grep -qE "$1" <<<"$output"
	run -1 grep -qE "$1" "$BATS_TEST_TMPDIR/before"
}

example() { # PAGE NUMBER: the example of this number in a page, as it is shown
	awk -v want="$2" '
		/^\.Ed/ { inside = 0 }
		inside && number == want { gsub(/\\&/, ""); print }
		/^\.Bd/ { inside = 1; number++ }' "$1"
}

taken() { # the configuration in $tree/conf is taken; one example rule need not watch every stage
	run "$build/kedjactl" rules check "$tree/conf"
	echo "$output"
	[ -z "$(grep -v -e 'no complaint$' -e 'no rule watches the stage' <<<"$output")" ]
}

@test "the manuals say what the code does, and nothing else" {
	run tests/check-manuals.py "$build"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -z "$output" ]
}

@test "every table was compared" {
	run tests/check-manuals.py --list "$build"
	echo "$output"
	[ "$(grep -cE '^[1-9][0-9]* ' <<<"$output")" -ge 26 ]
	[ "$(grep -c '^0 ' <<<"$output")" -eq 0 ]
}

@test "the pages are right as pages" {
	shopt -s globstar
	for page in {rules,daemon,conf}/**/*.[1-9]; do
		run mandoc -Tlint -Wwarning "$page"
		echo "$output"
		[ "$status" -eq 0 ]
		[ -z "$output" ]
	done
}

@test "a key that is missing, or that there is not, is seen" {
	copy
	gap 'kedja-rules.5:[0-9]+: lacks the key of a rule pausable$' rules/language/kedja-rules.5 '/^\.It Ic pausable/,/^\.Dl/d'
	gap 'kedja-rules.5:[0-9]+: there is no key of a rule pausable$' rules/language/load.c '/{ "pausable", /d'
	gap 'kedja-rules.5:[0-9]+: lacks the key of a step weekday$' rules/language/load_step.c 's/.*{ "times", .*/&\n\t{ "weekday", CONF_TEXT, false },/'
	gap 'kedja-chain.5:[0-9]+: there is no key of a stage colour$' conf/kedja-chain.5 's/^\.It Ic cost_per_day/.It Ic colour Pq text\nA colour.\n&/'
	gap 'kedja-calendar.5:[0-9]+: lacks the key of calendar.conf slot$' conf/kedja-calendar.5 '/^\.It Ic slot/,/^\.Dl/d'
}

@test "a key with another form, without default or example is seen" {
	copy
	gap 'the key of a step times is "number, optional", not "text, optional"' rules/language/kedja-rules.5 's/^\.It Ic times Pq number/.It Ic times Pq text/'
	gap 'the key of a rule title is "text, optional", not "text"' rules/language/load.c 's/{ "title", CONF_TEXT, true }/{ "title", CONF_TEXT, false }/'
	gap 'the key of a rule restart may be left out: its default is missing' rules/language/kedja-rules.5 's/^Default: true\.$/Else true./'
	gap 'the key of a rule due has no example' rules/language/kedja-rules.5 '/^\.Dl due = /d'
}

@test "a table of keys that is new, and one that has gone, are seen" {
	copy
	gap 'rules/language/load.c:[0-9]+: the keys other_keys have no manual' rules/language/load.c '$astatic const struct conf_key other_keys[] = { { NULL, CONF_TEXT, false } };'
	gap 'has no table step_keys: tests/check-manuals.py must follow' rules/language/load_step.c 's/step_keys/keys_of_steps/'
}

@test "a word of a key is seen" {
	copy
	gap 'lacks the word preceding of adjust$' rules/language/kedja-rules.5 '/^\.It Cm preceding$/d'
	gap 'adjust has no word nearest$' rules/language/kedja-rules.5 's/^\.It Cm preceding$/.It Cm nearest\nThe nearest.\n&/'
}

@test "a fact, and a name in conditions, are seen" {
	copy
	gap 'lacks the fact visits_7d' rules/language/kedja-rules.5 '/^\.It Ic visits_7d/,+1d'
	gap 'there is no fact step_back' rules/facts/facts_rows.c '/CASE_FLAG(step_back,/d'
	gap 'the code says other things of the facts of a case' rules/language/kedja-rules.5 's/^The day it entered its stage\.$/The day it left its stage./'
	gap 'lacks the name in conditions event_key$' rules/language/kedja-rules.5 '/^\.It Ic event_key/d'
	gap 'lacks the name in conditions event_last$' rules/language/load_names.c 's/"event_key", /&"event_last", /'
}

@test "a kind and its fields are seen" {
	copy
	gap 'lacks the kind visit.made' conf/kedja-chain.5 '/^\.It Ic visit\.made/,+1d'
	gap 'there is no kind visit.missed' rules/kinds/kind_table.c '/CASE("visit.missed")/,+1d'
	gap 'lacks the field review_on of plan.reviewed' conf/kedja-chain.5 '/^\.It Ic plan\.reviewed/,/^\.El/{/^\.It Va review_on/,+1d}'
	gap 'there is no field explained of plan.reviewed' rules/kinds/kind_table.c '/MUST("explained", /d'
	gap 'kinds of a case: tests/check-manuals.py --write' conf/kedja-chain.5 's/^count, case: how many goals were reached$/count, open: how many goals were reached/'
	gap 'lacks the code of the list debt: electricity$' conf/kedja-chain.5 '/^\.It Cm electricity$/,+1d'
}

@test "a method, its parameters and what an event may have are seen" {
	copy
	gap 'lacks the method outbox.cancel$' daemon/kedjad.8 '/^\.It Ic outbox\.cancel/,/^\.El/d'
	gap 'there is no method clock.show$' daemon/methods/table.c '/"clock.show"/d'
	gap 'lacks the parameter of deadline.list: overdue$' daemon/kedjad.8 '/^\.It Va overdue/,+1d'
	gap 'there is no parameter of rebuild: check$' daemon/methods/table.c '/{ "check", /d'
	gap 'the parameter year of calendar.year is "number", not "number, optional"' daemon/kedjad.8 's/^\.It Va year Pq number/&, optional/'
	gap 'lacks the member of an event source$' daemon/kedjad.8 '/^\.It Va source$/d'
}

@test "an option is seen" {
	copy
	gap 'lacks the option --settings$' daemon/kedjad.8 '/^\.It Fl -settings/d'
	gap 'kedjad has no option --virtual-clock$' daemon/start.c 's/"virtual-clock"/"other-clock"/'
	gap 'lacks the option -v$' daemon/kedjad.8 's/^\.It Fl v , -verbose/.It Fl -verbose/'
}

@test "an option that only the program knows is seen" {
	copy
	mkdir build
	printf '#!/bin/sh\necho "usage: kedjad [--quietly]"\n' >build/kedjad
	chmod +x build/kedjad
	run "$root/tests/check-manuals.py" build
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"lacks the option --quietly"* ]]
}

@test "--write makes the tables of facts and kinds anew" {
	copy
	cp rules/language/kedja-rules.5 conf/kedja-chain.5 "$BATS_TEST_TMPDIR"
	sed -i '/^\.It Ic visits_7d/,+1d' rules/language/kedja-rules.5
	sed -i '/^\.It Ic visit\.made/,+1d; s/^A group met\./A group did not meet./' conf/kedja-chain.5
	run "$root/tests/check-manuals.py" --write
	echo "$output"
	cmp rules/language/kedja-rules.5 "$BATS_TEST_TMPDIR/kedja-rules.5"
	cmp conf/kedja-chain.5 "$BATS_TEST_TMPDIR/kedja-chain.5"
}

@test "the rules that kedja-rules(5) shows are taken" {
	mkdir -p "$tree"
	cp -r conf "$tree"
	shown=0
	for number in 1 2 3 4 5; do
		example rules/language/kedja-rules.5 $number >"$BATS_TEST_TMPDIR/example"
		grep -q '^rules = ($' "$BATS_TEST_TMPDIR/example" || continue
		rm -f "$tree"/conf/rules.d/*
		cp "$BATS_TEST_TMPDIR/example" "$tree/conf/rules.d/10-example.conf"
		taken
		shown=$((shown + 1))
	done
	[ "$shown" -ge 2 ]
}

@test "the chain and the calendar that the pages show are taken" {
	mkdir -p "$tree"
	cp -r conf "$tree"
	rm -f "$tree"/conf/rules.d/*
	example conf/kedja-chain.5 1 >"$tree/conf/chain.conf"
	example conf/kedja-chain.5 2 >>"$tree/conf/chain.conf"
	grep -q '^kinds = ($' "$tree/conf/chain.conf"
	sed '/^closed = /d' conf/calendar.conf >"$tree/conf/calendar.conf"
	example conf/kedja-calendar.5 1 >>"$tree/conf/calendar.conf"
	grep -q '^closed = ($' "$tree/conf/calendar.conf"
	taken
}
