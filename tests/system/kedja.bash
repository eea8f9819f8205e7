# SPDX-License-Identifier: EUPL-1.2
# Helpers of the tests that run the real programs: a folder with a configuration of its own, a
# daemon on a virtual clock, and questions to it. Loaded by setup(); KEDJAD and KEDJACTL name the
# programs.
# shellcheck shell=bash
# shellcheck source=tests/system/wait.bash
source "$(dirname "${BASH_SOURCE[0]}")/wait.bash"

root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)

program() { # VARIABLE NAME: the program under test, whatever folder we stand in
	local path=${!1:-$root/build/$2}
	[[ $path == /* ]] || path=$root/$path
	echo "$path"
}

# A folder $dir with conf/, as shipped but for the places; more lines for kedja.conf as words. It lies
# in $office_folder where that is set.
office() {
	KEDJAD=$(program KEDJAD kedjad)
	KEDJACTL=$(program KEDJACTL kedjactl)
	dir=$(mktemp -d "${office_folder:-${BATS_TMPDIR:-/tmp}}/kedja.XXXXXX")
	cp -r "$root/conf" "$dir/conf"
	{
		cat <<-END
			content = "normal";
			sender = "kedja@office.example";
			administrator = "admin@office.example";
			report_how = "Meddela den som sköter kedja på enheten när det är gjort.";
			report_how_en = "Tell the colleague who looks after kedja at the unit when it is done.";
			transport = "maildir";
			maildir = "$dir/mail";
			database = "$dir/data/kedja.db";
			socket = "$dir/control";
		END
		printf '%s\n' "$@"
	} >"$dir/conf/kedja.conf"
	mkdir "$dir/data"
	export KEDJA_SOCKET=$dir/control KEDJA_CONF=$dir/conf PYTHONDONTWRITEBYTECODE=1
	unset NO_COLOR
	daemons=()
}

# Ends what was started, and only that. What the sanitizers saw on the way counts as a failure.
close_office() {
	local pid clean=0
	for pid in "${daemons[@]}"; do
		kill -CONT "$pid" 2>/dev/null || true
		kill "$pid" 2>/dev/null || true
	done
	for pid in "${daemons[@]}"; do
		wait_until gone "$pid" || kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	! grep -qsE 'Sanitizer|runtime error' "$dir/log" || clean=1
	if [ -z "$BATS_TEST_COMPLETED" ] || [ "$clean" -ne 0 ]; then
		echo "the daemon's log:"
		tail -n 40 "$dir/log" 2>/dev/null || true
	fi
	rm -rf "$dir"
	return "$clean"
}

# A file with more to end has a teardown of its own.
teardown() {
	close_office
}

gone() { # also when it waits to be reaped
	[[ ! -d /proc/$1 ]] || grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

answers() {
	"$KEDJACTL" status >/dev/null 2>&1
}

answers_or_gone() {
	gone "$daemon" || answers
}

# The empty database, where there is none yet: no start makes one.
create() {
	[ -e "$dir/data/kedja.db" ] || "$KEDJAD" --conf "$dir/conf" --create >>"$dir/log" 2>&1 3>&-
}

# start [WORDS]: the daemon, when it answers; $daemon is its process. Without words it runs on a
# virtual clock from 2026-01-05, a Monday, or goes on where it stood. Where there is no database it is
# made; refused_start makes none.
start() {
	[ $# -gt 0 ] || set -- --virtual-clock 2026-01-05T07:00
	create || true # the daemon says what is wrong
	"$KEDJAD" --conf "$dir/conf" "$@" >>"$dir/log" 2>&1 3>&- </dev/null &
	daemon=$!
	daemons+=("$daemon")
	wait_until answers_or_gone
	if gone "$daemon"; then
		echo "kedjad did not start:"
		cat "$dir/log"
		return 1
	fi
}

stop() {
	kill "$daemon"
	wait_until gone "$daemon"
	wait "$daemon"
}

# refused_start [WORDS]: a start that must fail; what it says is in $output.
refused_start() {
	run unless_hung "$KEDJAD" --conf "$dir/conf" "$@" </dev/null 3>&-
	echo "$output"
	[ "$status" -eq 1 ]
}

ctl() {
	"$KEDJACTL" "$@"
}

record() {
	ctl record "$@" >/dev/null
}

# The clock to TIME, and everything on the way done.
until_time() {
	ctl clock set "$1" >/dev/null
}

# json EXPRESSION: of the JSON text on standard input, which is d; rows of a list are d too.
json() {
	/usr/bin/python3 -c '
import json, sys
d = json.load(sys.stdin)
result = eval(sys.argv[1])
for line in result if isinstance(result, list) else [result]:
    print(*line) if isinstance(line, tuple) else print(line)' "$1"
}

# due SUBJECT RULE: "due state" of its deadlines, a line each.
due() {
	ctl deadlines --all --subject "$1" --json |
		json "sorted((r['due'], r['state']) for r in d if r['rule'] == '$2')"
}

# told RULE: "step role person state" of its notices, in order.
told() {
	ctl notices --json |
		json "[(r['step'], r['role'], r['person'], r['state']) for r in d if r['rule'] == '$1']"
}

letters() { # how many are in the Maildir
	find "$dir/mail/new" "$dir/mail/cur" -type f 2>/dev/null | wc -l
}

base() { # SQL on the file
	sqlite3 "$dir/data/kedja.db" "$1"
}

# All that the file holds, but for who did and saw it: the audit log grows by every change and every
# case that is read.
dump() {
	base .dump | grep -v -e '^INSERT INTO audit VALUES' -e "^INSERT INTO sqlite_sequence VALUES('audit'"
}

# same EXPECTED ACTUAL: equal, or what differs is shown.
same() {
	[ "$1" == "$2" ] && return
	echo "expected (-), and what it is (+):"
	diff -U 0 <(echo "$1") <(echo "$2") | tail -n +3 | head -n 40
	return 1
}

# cast DAY CASE...: a programme "norr" with its people, and the cases named, all from that day.
cast() {
	local at="\"at\": \"$1\"" person case
	shift
	{
		for person in anna.åberg:'Anna Åberg' bo.ek:'Bo Ek' eva.norén:'Eva Norén' \
			hakan.holm:'Håkan Holm' per.ström:'Per Ström'; do
			echo "{\"kind\": \"staff.joined\", \"subject\": \"${person%%:*}\", $at," \
				"\"data\": {\"name\": \"${person#*:}\"," \
				"\"email\": \"$(iconv -t ascii//translit <<<"${person%%:*}")@office.example\"}}"
		done
		echo "{\"kind\": \"programme.started\", \"subject\": \"norr\", $at," \
			'"data": {"title": "Norr"}}'
		for person in support_worker:bo.ek housing_coordinator:eva.norén unit_manager:hakan.holm \
			area_manager:per.ström; do
			echo "{\"kind\": \"role.assigned\", \"subject\": \"norr\", $at," \
				"\"data\": {\"role\": \"${person%%:*}\", \"staff\": \"${person#*:}\"}}"
		done
		for case in "$@"; do
			echo "{\"kind\": \"case.opened\", \"subject\": \"$case\", $at," \
				'"data": {"programme": "norr"}}'
			echo "{\"kind\": \"role.assigned\", \"subject\": \"$case\", $at," \
				'"data": {"role": "social_worker", "staff": "anna.åberg"}}'
		done
	} >"$dir/cast.ndjson"
	ctl import --history "as the office stood" "$dir/cast.ndjson" >/dev/null
}

# What a plan must say; the plan of these tests says it all.
plan_fields=(rent=true tenancy=true treatment=true neighbour=true rent_contact=true
	goals_short=true goals_long=true)
review_fields=(goals_met=1 goals_unmet=0 explained=true)

# rule NAME: that rule of those that ship, as a file of its own.
rule() {
	cat "$root"/conf/rules.d/[0-9]*.conf | awk -v name="\"$1\"" '
		/^  \{/ { block = ""; mine = 0 }
		{ block = block $0 "\n" }
		$1 == "name" && index($0, name) { mine = 1 }
		/^  \}/ && mine { sub(/},?\n$/, "}\n", block); printf "rules = (\n%s);\n", block; exit }'
}

# The rules that ship are left out, but for those named. What is tested here should not change when
# another rule comes to them.
only_rules() {
	local name
	rm -r "$dir/conf/rules.d"
	mkdir "$dir/conf/rules.d"
	for name; do
		rule "$name" >"$dir/conf/rules.d/10-$name.conf"
		grep -q "\"$name\"" "$dir/conf/rules.d/10-$name.conf"
	done
}

# own_rule NAME: standard input is a rule file of the office's own.
own_rule() {
	cat >"$dir/conf/rules.d/$1.conf"
}

# x-check, the office's own rule on visits, due a week later; standard input is its steps.
visit_steps() {
	own_rule 90-own <<-END
		rules = ({ name = "x-check"; title = "Egen bevakning"; subject = "case"; starts = [ "visit.made" ];
		  due = "P7D"; done = [ "visit.missed" ];
		  steps = (
		$(cat)
		  ); });
	END
}
