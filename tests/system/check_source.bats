#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The checks of the source are tested as any code: a small tree that breaks each rule once, and
# each complaint is seen; a good tree, and there is none.

bats_require_minimum_version 1.5.0

setup() {
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree"/{rules,daemon/base,daemon/mailer,daemon/ctl,conf,tests/unit,build}
	cp "$root/.clang-format" "$root/.gitignore" "$tree"
	cat >"$tree/tests/layers.txt" <<-END
		floor rules/low
		floor rules/high
		floor daemon/base/clock
		floor daemon/work
		floor daemon/mailer
		floor daemon/ctl
		apart daemon/mailer daemon/ctl
		library sqlite3.h daemon/work
	END
	for module in rules/low rules/high daemon/base/clock daemon/work daemon/mailer/post daemon/ctl/verb; do
		printf 'int %s(void);\n' "$(basename $module)_answer" >"$tree/$module.h"
		source_of $module "#include \"$module.h\"" '' "int $(basename $module)_answer(void)" '{' '	return 1;' '}'
	done
	page daemon/kedjad.8 8 kedjad '--conf names the folder.'
	page daemon/kedja-mailer.8 8 kedja-mailer 'It posts.'
	page daemon/kedjactl.1 1 kedjactl '.Bl -tag -width Ds' '.It Cm rules list' 'Lists, with --json too.' '.El'
	page conf/kedja.conf.5 5 kedja.conf '.Bl -tag -width Ds' '.It Ic socket' 'The path.' '.El'
	printf '# The path.\n#socket = "kedja.sock";\n' >"$tree/conf/kedja.conf"
	daemon_with '"usage: kedjad --conf DIR"' 'socket\ttext\t"kedja.sock"\tthe path\n'
	program kedjactl 'printf "rules\tlist\tverb\tlist\t-\t-\tlists\nrules\tlist\toption\tjson\tflag\t-\tfor programs\n"'
}

source_of() { # MODULE LINE...
	local file=$tree/$1.c
	shift
	printf '%s\n' "$@" >"$file"
}

add() { # FILE LINE...
	local file=$tree/$1
	shift
	printf '%s\n' "$@" >>"$file"
}

page() { # FILE SECTION NAME LINE...
	local file=$tree/$1
	printf '%s\n' ".Dd November 22, 2026" ".Dt $(echo "$3" | tr a-z A-Z) $2" .Os '.Sh NAME' \
		".Nm $3" '.Nd a page' '.Sh DESCRIPTION' >"$file"
	shift 3
	printf '%s\n' "$@" >>"$file"
}

program() { # NAME SCRIPT
	printf '#!/bin/sh\n%s\n' "$2" >"$tree/build/$1"
	chmod +x "$tree/build/$1"
}

daemon_with() { # HELP SETTINGS: a kedjad that knows its options and its settings
	program kedjad "case \$1 in --settings) printf '$2' ;; *) echo $1 ;; esac"
}

check() {
	BUILD=build run "$root/tests/check-source.sh" "$tree"
}

complains() { # TEXT [NUMBER]: so many complaints (1), not counting the layout, and this is one
	check
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"$1"* ]]
	[ "$(grep -vcE 'not laid out|^check-source: ' <<<"$output")" -eq "${2:-1}" ]
}

@test "a good tree has no complaint" {
	check
	echo "$output"
	[ "$status" -eq 0 ]
	[ "$output" = "check-source: no complaints" ]
}

@test "a file includes nothing of a higher floor" {
	sed -i '1i #include "rules/high.h"' "$tree/rules/low.c"
	complains 'rules/low.c:1: "rules/high.h" is of a higher floor than rules/low'
}

@test "files that call each other in a ring" {
	printf 'int other_answer(void);\n' >"$tree/daemon/ctl/other.h"
	source_of daemon/ctl/other '#include "daemon/ctl/other.h"' '#include "daemon/ctl/verb.h"' '' \
		'int other_answer(void)' '{' '	return verb_answer();' '}'
	check
	[ "$status" -eq 0 ]
	source_of daemon/ctl/verb '#include "daemon/ctl/verb.h"' '#include "daemon/ctl/other.h"' '' \
		'int verb_answer(void)' '{' '	return other_answer();' '}'
	complains 'daemon/ctl/other.c:1: a circle of 2 files: daemon/ctl/other.c -> daemon/ctl/verb.c (verb_answer); daemon/ctl/verb.c -> daemon/ctl/other.c (other_answer)'
}

@test "the picture of the floors shows other floors" {
	printf '# x\n\n```floors\ndaemon/ctl\ndaemon/mailer\ndaemon/work\ndaemon/base/clock\nrules/high\nrules/low\n```\n' \
		>"$tree/DEVELOPERS.md"
	check
	echo "$output"
	[ "$status" -eq 0 ]
	sed -i 's/^rules.high$/rules\/higher/' "$tree/DEVELOPERS.md"
	complains 'DEVELOPERS.md:8: the floor here is "rules/high"'
	sed -i 's/^rules.higher$/rules\/high/; s/^# x$/# `rules\/gone.c`/' "$tree/DEVELOPERS.md"
	complains 'DEVELOPERS.md:1: there is no rules/gone.c'
}

@test "a module's own header stays in its room" {
	printf 'int clock_inside(void);\n' >"$tree/daemon/base/clock_own.h"
	sed -i 's|floor daemon/base/clock|& daemon/base/clock_own|' "$tree/tests/layers.txt"
	sed -i '1i #include "daemon/base/clock_own.h"' "$tree/daemon/base/clock.c"
	sed -i '1i #include "daemon/base/clock_own.h"' "$tree/daemon/work.c"
	complains 'daemon/work.c:1: "daemon/base/clock_own.h" is for the files of one module in daemon/base'
}

@test "rules never include daemon" {
	sed -i '1i #include "daemon/base/clock.h"' "$tree/rules/high.c"
	complains 'rules/high.c:1: rules/ never includes daemon/'
}

@test "rooms that are apart stay apart" {
	sed -i '1i #include "daemon/mailer/post.h"' "$tree/daemon/ctl/verb.c"
	complains 'daemon/ctl/verb.c:1: daemon/ctl and daemon/mailer stay apart'
}

@test "an include without its folder" {
	sed -i '1i #include "low.h"' "$tree/rules/high.c"
	complains 'rules/high.c:1: "low.h" is not there'
}

@test "a module without a floor, and a floor without a module" {
	printf 'int new_answer(void);\n' >"$tree/rules/new.h"
	echo 'floor daemon/gone' >>"$tree/tests/layers.txt"
	complains 'rules/new.h:1: has no floor' 2
	[[ $output == *'tests/layers.txt:9: there is no daemon/gone'* ]]
}

@test "a library outside its files" {
	add daemon/base/clock.c '#include <sqlite3.h>'
	complains 'daemon/base/clock.c:7: <sqlite3.h> is for daemon/work alone'
}

@test "rules read no clock, write nothing, log nothing" {
	add rules/high.c '' 'int high_bad(void)' '{' '	return printf("x") + (int)time(0);' '}'
	complains 'rules/high.c:10: printf(): rules/ is pure' 2
	[[ $output == *'rules/high.c:10: time(): rules/ is pure'* ]]
	sed -i '1i #include <unistd.h>' "$tree/rules/high.c"
	complains 'rules/high.c:1: rules/ is pure: no <unistd.h>' 3
}

@test "a forbidden name in a comment, a text or a longer name is none" {
	add rules/high.c '' '/* time(0), strcpy() and default: are only spoken of. */' 'int high_time(int);' \
		'const char *high_text = "printf(time(0))";'
	check
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the daemon asks clock.c for the time, also in SQL" {
	add daemon/work.c '' 'long work_now(void)' '{' '	return time(0);' '}' '' \
		"const char *work_sql = \"SELECT date('now')\";"
	complains 'daemon/work.c:10: time(): daemon/base/clock.c is the only caller' 2
	[[ $output == *"daemon/work.c:13: SQLite's clock"* ]]
	mv "$tree/daemon/work.c" "$tree/daemon/work.bak"
	source_of daemon/base/clock '#include "daemon/base/clock.h"' '' 'int clock_answer(void)' '{' '	return (int)time(0);' '}'
	check
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the loop never sleeps" {
	add daemon/work.c '' 'void work_wait(void)' '{' '	sleep(1);' '}'
	complains 'daemon/work.c:10: sleep(): the loop never waits'
}

@test "functions that are banned" {
	add daemon/ctl/verb.c '' 'void verb_copy(char *to)' '{' '	strcpy(to, "x");' '	system(to);' '}'
	complains 'daemon/ctl/verb.c:10: strcpy(): not used' 2
	[[ $output == *'daemon/ctl/verb.c:11: system(): not used'* ]]
}

@test "default: only with its reason" {
	add daemon/work.c '' 'int work_a(int n)' '{' '	switch (n) {' '	default:' '		return n;' '	}' '}'
	complains 'daemon/work.c:11: default: without a reason'
	sed -i 's|^	default:|	default: /* any other number */|' "$tree/daemon/work.c"
	check
	[ "$status" -eq 0 ]
}

@test "long functions and long files" {
	{
		printf '\nint work_long(void)\n{\n'
		for i in $(seq 70); do printf '	work_answer();\n'; done
		printf '	return 0;\n}\n'
	} >>"$tree/daemon/work.c"
	complains 'daemon/work.c:9: a function of 71 lines, over 70'
	for i in $(seq 600); do printf 'extern int work_%s;\n' "$i"; done >"$tree/daemon/work.h"
	printf '/* The last straw. */\n' >>"$tree/daemon/work.h"
	complains 'daemon/work.h:600: a file of 601 lines, over 600' 2
}

@test "white space, unfinished things, other people's paths and hosts" {
	add conf/chain.conf 'ends with a space ' "# TO""DO: the rest" 'see /ho''me/anna/kedja' 'see ../sha''red/notes' \
		'from deb.deb''ian.org'
	complains 'conf/chain.conf:1: white space at the end' 5
	[[ $output == *'conf/chain.conf:2: unfinished'* ]]
	[[ $output == *'conf/chain.conf:3: a path of somebody'* ]]
	[[ $output == *'conf/chain.conf:4: a path of somebody'* ]]
	[[ $output == *'conf/chain.conf:5: names a host'* ]]
	printf 'no end' >"$tree/conf/chain.conf"
	complains 'conf/chain.conf:1: the last line has no end'
}

@test "a stray file in the root" {
	mkdir "$tree/.git"
	echo 'a word' >"$tree/READ-ME-FIRST.txt"
	complains 'READ-ME-FIRST.txt:1: does not belong in the root'
	mkdir "$tree/drafts"
	complains 'drafts:1: does not belong in the root' 2
	rm "$tree/.gitignore"
	complains 'build:1: does not belong in the root' 3
}

@test "a source file that does not name the licence" {
	echo 'a licence' >"$tree/LICENSE"
	check
	[ "$status" -eq 1 ]
	[ "$(grep -c 'does not say SPDX-License-Identifier: EUPL-1.2$' <<<"$output")" -eq 16 ]
	sed -i '1i /* SPDX-License-Identifier: EUPL-1.2 */' "$tree"/{rules,daemon,daemon/*}/*.[ch]
	sed -i '1i .\\" SPDX-License-Identifier: EUPL-1.2' "$tree"/{daemon,conf}/*.[1-9]
	check
	[ "$status" -eq 0 ]
	printf '#!/bin/sh\n# SPDX-License-Identifier: EUPL-1.2\ntrue\n' >"$tree/tests/script"
	check
	[ "$status" -eq 0 ]
	sed -i '2d' "$tree/tests/script"
	sed -i '1s/EUPL-1.2/MIT/' "$tree/daemon/work.c"
	complains 'tests/script:1: does not say SPDX' 2
	[[ $output == *'daemon/work.c:1: does not say SPDX'* ]]
}

@test "a table with an owner is written by its owner alone" {
	add daemon/work.c '' 'const char *work_sql(void)' '{' '	return "SELECT id FROM notice";' '}'
	check
	[ "$status" -eq 0 ]
	local sql
	for sql in 'INSERT OR IGNORE INTO notice (id)' 'update notice SET' 'DELETE FROM notice' \
		'DELETE FROM"
	       " notice_history' 'UPDATE OR FAIL message SET' 'REPLACE INTO message_history'; do
		source_of daemon/work '#include "daemon/work.h"' '' 'int work_answer(void)' '{' '	return 1;' '}' \
			'' 'const char *work_sql(void)' '{' "	return \"$sql\";" '}'
		complains 'daemon/work.c:10: writes '
		[[ $output == *': that is for daemon/store/'* ]]
	done
}

@test "who asks the engine is listed, and does ask" {
	echo 'callers low_answer rules/high daemon/work' >>"$tree/tests/layers.txt"
	mkdir "$tree/rules/engine"
	mv "$tree"/rules/low.[ch] "$tree/rules/engine"
	sed -i 's|rules/low|rules/engine/low|' "$tree/tests/layers.txt" "$tree/rules/engine/low.c"
	complains 'tests/layers.txt:9: rules/high does not call low_answer' 2
	for module in rules/high daemon/work; do
		sed -i '1i #include "rules/engine/low.h"' "$tree/$module.c"
		add $module.c '' "int $(basename $module)_asks(void)" '{' '	return low_answer();' '}'
	done
	check
	echo "$output"
	[ "$(grep -c 'low_answer' <<<"$output")" -eq 0 ]
	sed -i 's|return low_answer();|/* low_answer() */ return 1;|' "$tree/daemon/work.c"
	complains 'tests/layers.txt:9: daemon/work does not call low_answer'
	sed -i '/^callers/s| daemon/work$||' "$tree/tests/layers.txt"
	sed -i 's|/. low_answer() ./ return 1;|return low_answer();|' "$tree/daemon/work.c"
	complains 'daemon/work.c:11: low_answer: decides what is said; tests/layers.txt lists who asks it'
	sed -i 's|^callers low_answer|callers lower_answer|' "$tree/tests/layers.txt"
	complains 'tests/layers.txt:9: there is no function lower_answer'
}

@test "a room that carries out what the engine says decides nothing by itself" {
	echo 'obeys daemon/work' >>"$tree/tests/layers.txt"
	local line lines=('if (planned->at <= now)' 'if (now >= deadline->due)' 'if (steps[i].day == today)'
		'if (told->planned->at > civil_at(day, 0))' 'if (civil_date(now) != deadline->due)'
		'if (strcmp(event->kind->name, name) == 0)' 'if (event->kind == opened)'
		'q = db_query(db, "SELECT 1 FROM firing");' 'q = db_query(db, "SELECT 1 FROM"
	       " notice n JOIN firing f");')
	for line in "${lines[@]}"; do
		source_of daemon/work '#include "daemon/work.h"' '' 'int work_answer(void)' '{' "	$line" '	return 1;' '}'
		check
		echo "$line: $output"
		[ "$status" -eq 1 ]
		[ "$(grep -c '^daemon/work.c:[56]: \(compares\|reads what has fired\)' <<<"$output")" -eq 1 ]
	done
	lines=('if (deadline->anchor_event == event->id)' 'if (planned->at == STEPS_NEVER)'
		'if (event->kind != NULL && wake < now)'
		'q = db_query(db, "SELECT 1 FROM notice WHERE firing");')
	for line in "${lines[@]}"; do
		source_of daemon/work '#include "daemon/work.h"' '' 'int work_answer(void)' '{' "	$line" '	return 1;' '}'
		check
		echo "$line: $output"
		[ "$(grep -c 'compares\|reads what has fired' <<<"$output")" -eq 0 ]
	done
}

@test "layout" {
	add daemon/work.c '' 'int work_b( void )' '{' '    return 1;' '}'
	complains 'daemon/work.c:8: not laid out' 0
}

@test "scripts, and bats files that test nothing" {
	printf '#!/bin/sh\ncd $1\n' >"$tree/tests/script"
	printf '#!/usr/bin/env bats\nhelper() { true; }\n' >"$tree/tests/empty.bats"
	check
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *'tests/script:2:'*'SC2086'* ]]
	[[ $output == *'tests/empty.bats:1: a bats file without a test'* ]]
}

@test "a library that keeps state between calls" {
	command -v gcc ar objdump >/dev/null || skip "no compiler"
	printf 'int kept;\nconst int fixed = 1;\nextern const char *const names[];\nconst char *const names[] = { "a" };\n' |
		gcc -fPIE -x c -c -o "$tree/high.o" -
	ar rcs "$tree/build/librules.a" "$tree/high.o"
	rm "$tree/high.o"
	complains 'rules/high.c:'
	[[ $output == *'kept: rules/ keeps no state'* ]]
}

@test "manual pages: missing, or with mistakes" {
	rm "$tree/daemon/kedjad.8"
	complains 'kedjad.8:1: this manual page is missing'
	page daemon/kedjad.8 8 kedjad '--conf names the folder.' '.Xq nonsense'
	complains 'daemon/kedjad.8:9:2: ERROR: skipping unknown macro'
}

@test "settings: table, sample and manual say the same" {
	daemon_with --conf 'socket\ttext\t"kedja.sock"\tx\nmaildir\ttext\t"b"\tx\n'
	complains 'conf/kedja.conf:1: lacks the setting maildir' 2
	[[ $output == *'conf/kedja.conf.5:1: lacks the setting maildir'* ]]
	daemon_with --conf 'other\ttext\t"a"\tx\n'
	complains 'conf/kedja.conf:1: there is no setting socket' 4
	[[ $output == *'conf/kedja.conf.5:1: there is no setting socket'* ]]
	daemon_with --conf 'socket\ttext\t"else.sock"\tx\n'
	complains 'conf/kedja.conf:2: the default of socket is "else.sock"'
	program kedjad 'exit 1'
	complains 'build/kedjad --settings says nothing'
}

@test "verbs: table and manual say the same" {
	program kedjactl 'printf "rules\tlist\tverb\tlist\t-\t-\tx\nvoid\t-\tverb\tvoid\t-\t-\tx\nvoid\t-\toption\treason\ttext\t-\tx\n"'
	complains 'daemon/kedjactl.1:1: lacks the verb void' 2
	[[ $output == *'daemon/kedjactl.1:1: lacks the option --reason'* ]]
	program kedjactl 'printf "rule\tlist\tverb\tlist\t-\t-\tx\n"'
	complains 'daemon/kedjactl.1:1: there is no verb rules' 2
}

@test "options of the daemon stand in its manual" {
	daemon_with '"usage: kedjad --conf DIR [--virtual-clock TIME]"' 'socket\ttext\t"kedja.sock"\tx\n'
	complains 'daemon/kedjad.8:1: lacks the option --virtual-clock'
}
