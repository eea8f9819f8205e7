#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# Holds the tree to its own rules (DEVELOPERS.md): floors, forbidden calls, formatting, scripts,
# and that the manuals say what the programs do. Prints every breach; exit 1 if there is one.
#
# usage: BUILD=build tests/check-source.sh [FOLDER]
set -u
here=$(cd "$(dirname "$0")" && pwd)
cd "${1:-$here/..}" || exit 2
build=${BUILD:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8
shopt -s nullglob globstar

c_files=(rules/**/*.[ch] daemon/**/*.[ch] tests/*/*.[ch])
manuals=(rules/**/*.[1-9] daemon/**/*.[1-9] conf/*.[1-9])

complaints=$work/complaints
: >"$complaints"
complain() {
	cat >>"$complaints"
}

# Everything that can be read off the files themselves.
check_code() {
	"$here/check-code.py" 2>&1 | complain
}

# The thinking keeps nothing between two calls (I2): no variable that can be written to.
check_no_state() {
	local object symbol path
	[[ -f $build/librules.a ]] || return 0
	objdump -t "$build/librules.a" | awk '
		/^[^ ]+\.o: / { object = $1; sub(/\.o:$/, "", object) }
		/ O (\.bss|\.data|\.tbss|\.tdata|COMMON)/ && !/ O \.data\.rel\.ro/ { print object, $NF }' |
		while read -r object symbol; do
			for path in rules/**/"$object".c; do
				echo "$path: $symbol: rules/ keeps no state"
			done
		done | complain
}

check_format() {
	[[ ${#c_files[@]} -gt 0 ]] || return 0
	clang-format-14 --dry-run -Werror "${c_files[@]}" 2>&1 |
		sed -n 's/^\([^:]*:[0-9]*\):[0-9]*: error:.*/\1: not laid out by .clang-format: make format/p' |
		sort -u -t: -k1,1 | complain
}

# shellcheck disable=SC2016 # awk's own variables
scripts_of() { # by their first line
	find . -name .git -prune -o -path ./build -prune -o -type f -print0 |
		xargs -0 -r awk -v want="$1" 'FNR == 1 { if ($0 ~ want) print FILENAME; nextfile }'
}

check_scripts() {
	scripts_of '^#!.*[/ ](ba|da|)sh( |$)' >"$work/sh"
	scripts_of '^#!.*bats' >"$work/bats"
	xargs -r shellcheck -x -f gcc <"$work/sh" 2>&1 | complain
	# bats runs each test in a function of its own, and sets variables that nobody sees being set.
	xargs -r shellcheck -x -f gcc -S warning -e SC2030,SC2031,SC2034,SC2154,SC1091 <"$work/bats" 2>&1 | complain
	xargs -r grep -L '^@test' <"$work/bats" | sed 's/$/:1: a bats file without a test/' | complain
}

page_of() { # NAME: where the page lies, beside the code that it describes
	local page
	for page in "${manuals[@]}"; do
		[[ ${page##*/} == "$1" ]] && echo "$page" && return
	done
}

check_manuals() {
	local page code
	for page in kedjad.8 kedja-mailer.8 kedjactl.1 kedja.conf.5; do
		[[ -n $(page_of "$page") ]] || echo "$page:1: this manual page is missing" | complain
	done
	for page in load:kedja-rules.5 chain:kedja-chain.5 calendar:kedja-calendar.5 ruletest:kedja-rules-test.5; do
		code=(rules/**/"${page%%:*}".c)
		[[ ${#code[@]} -eq 0 || -n $(page_of "${page#*:}") ]] ||
			echo "${page#*:}:1: this manual page is missing" | complain
	done
	for page in "${manuals[@]}"; do
		mandoc -Tlint -W warning "$page" 2>&1 | sed 's/^mandoc: //' | complain
	done
	"$here/check-manuals.py" "$build" 2>&1 | complain
}

shown() { # a page as people see it, without its breaking of lines
	mandoc -Tutf8 -Owidth=400 "$1" 2>/dev/null | sed 's/.\x08//g' | tr -s ' \n' ' '
}

says() { # is a word in the page? says FILE WORD
	grep -qF -- " $2" "$1"
}

# Each setting stands in the sample file and in the manual, and nothing else does.
check_settings() {
	[[ -x $build/kedjad && -f conf/kedja.conf ]] || return 0
	"$build/kedjad" --settings 2>"$work/error" >"$work/rows"
	awk 'NF { print $1 }' "$work/rows" | sort >"$work/settings"
	if [[ ! -s $work/settings ]]; then
		echo "$build/kedjad --settings says nothing: $(head -n 1 "$work/error")" | complain
		return
	fi
	sed -n 's/^[# ]*\([a-z][a-z0-9_]*\)[ \t]*=.*/\1/p' conf/kedja.conf | sort -u >"$work/sample"
	comm -23 "$work/settings" "$work/sample" | sed 's/.*/conf\/kedja.conf:1: lacks the setting &/' | complain
	comm -13 "$work/settings" "$work/sample" | sed 's/.*/conf\/kedja.conf:1: there is no setting &/' | complain
	# A line that is commented out shows the default: name, type, default, help, between tabs.
	awk -F '\t' '
		FNR == NR { otherwise[$1] = $3; next }
		match($0, /^# *[a-z][a-z0-9_]* *= *.*;/) {
			split($0, part, / *= */); name = part[1]; gsub(/[# ]/, "", name)
			value = $0; sub(/^[^=]*= */, "", value); sub(/; *(#.*)?$/, "", value)
			if (name in otherwise && value != otherwise[name])
				printf "conf/kedja.conf:%d: the default of %s is %s\n", FNR, name, otherwise[name]
		}' "$work/rows" conf/kedja.conf | complain
	[[ -f conf/kedja.conf.5 ]] || return 0
	sed -n 's/^\.It \(Ic\|Cm\|Va\|Li\|Sy\) \([a-z][a-z0-9_]*\).*/\2/p' conf/kedja.conf.5 | sort -u >"$work/manual"
	comm -23 "$work/settings" "$work/manual" | sed 's/.*/conf\/kedja.conf.5:1: lacks the setting &/' | complain
	comm -13 "$work/settings" "$work/manual" | sed 's/.*/conf\/kedja.conf.5:1: there is no setting &/' | complain
}

# Each verb of kedjactl and each of its options stands in its manual, and no other verb does.
check_verbs() {
	local page
	page=$(page_of kedjactl.1)
	[[ -x $build/kedjactl && -n $page ]] || return 0
	"$build/kedjactl" --table 2>/dev/null >"$work/table"
	awk -F '\t' '$3 == "verb" { print $1 ($2 == "-" ? "" : " " $2) }' "$work/table" | sort -u >"$work/verbs"
	if [[ ! -s $work/verbs ]]; then
		echo "$build/kedjactl --table says nothing" | complain
		return
	fi
	shown "$page" >"$work/page"
	while read -r verb; do
		says "$work/page" "$verb" || echo "$page:1: lacks the verb $verb" | complain
	done <"$work/verbs"
	awk -F '\t' '$3 == "option" { print "--" $4 }' "$work/table" | sort -u | while read -r option; do
		says "$work/page" "$option" || echo "$page:1: lacks the option $option" | complain
	done
	awk -F '\t' '{ print $1 }' "$work/table" | sort -u >"$work/nouns"
	sed -n 's/^\.It \(Ic\|Cm\) \([a-z][a-z-]*\).*/\2/p' "$page" | sort -u |
		comm -23 - "$work/nouns" | sed "s|.*|$page:1: there is no verb &|" | complain
}

# Each option that a program's --help names stands in its manual.
check_options() { # PROGRAM PAGE
	local page
	page=$(page_of "$2")
	[[ -x $build/$1 && -n $page ]] || return 0
	shown "$page" >"$work/page"
	"$build/$1" --help 2>&1 | grep -oE -- '(^|[[:space:][])--[a-z][a-z-]+' | tr -d ' \t[' | sort -u |
		while read -r option; do
			says "$work/page" "$option" || echo "$page:1: lacks the option $option" | complain
		done
}

check_code
check_no_state
check_format
check_scripts
check_manuals
check_settings
check_verbs
check_options kedjad kedjad.8

if [[ -s $complaints ]]; then
	sort -u "$complaints"
	echo "check-source: $(sort -u "$complaints" | wc -l) complaints" >&2
	exit 1
fi
echo "check-source: no complaints"
