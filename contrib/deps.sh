#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Sees to it that the Debian packages for a purpose are there: says which are missing and installs
# them, as root or through sudo. Quick and silent when nothing is missing.
#
#   contrib/deps.sh build demo      install what building and the demonstration need
#   contrib/deps.sh --check build   only say what is missing (exit 1)
#   contrib/deps.sh --list test     only list the packages
#
# No service is started by it, and nothing that is there is removed for it.
# shellcheck disable=SC2086 # lists of packages are words to be split
set -eu

packages_for() {
	case $1 in
	build)
		echo gcc libc6-dev make pkgconf libevent-dev libsqlite3-dev libconfig-dev \
			libjansson-dev libesmtp-dev libssl-dev libgmime-3.0-dev libical-dev \
			libexpat1-dev nettle-dev uthash-dev tzdata
		;;
	demo) echo python3 ;;
	test)
		echo python3 python3-aiosmtpd python3-icalendar libcmocka-dev bats sqlite3 socat \
			faketime strace procps mutt spamassassin chromium chromium-driver \
			python3-selenium clang-14 libclang-rt-14-dev clang-format-14 shellcheck \
			mandoc gcovr postfix
		;;
	prove) echo stress-ng ;;
	bench) echo python3 sqlite3 redis-tools ;;
	*)
		echo "contrib/deps.sh: no such purpose: $1: build, demo, test, prove or bench" >&2
		exit 2
		;;
	esac
}

mode=install
case ${1-} in
--check | --list)
	mode=${1#--}
	shift
	;;
esac
[ $# -gt 0 ] || {
	echo "usage: contrib/deps.sh [--check|--list] build|demo|test|prove|bench ..." >&2
	exit 2
}

wanted=
for purpose; do
	names=$(packages_for "$purpose")
	wanted="$wanted $names"
done
wanted=$(printf '%s\n' $wanted | sort -u)
if [ "$mode" = list ]; then
	echo "$wanted"
	exit 0
fi

if ! command -v dpkg-query >/dev/null; then
	echo "This is not Debian; on Debian the packages needed are:" $wanted >&2
	exit 0
fi
# shellcheck disable=SC2016 # dpkg-query's own variables
here=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^installed //p') || :
missing=
for name in $wanted; do
	case "
$here
" in
	*"
$name
"*) ;;
	*) missing="$missing $name" ;;
	esac
done

# A mail server of another name stays where it is; what wants Postfix is skipped then.
# shellcheck disable=SC2016 # dpkg-query's own variables
if [ "${missing#* postfix}" != "$missing" ] &&
	[ -n "$(dpkg-query -W -f '${db:Status-Status} ${Provides}\n' 2>/dev/null |
		sed -n '/^installed .*mail-transport-agent/p')" ]; then
	missing=$(printf '%s ' $missing | sed 's/postfix //; s/^/ /; s/ *$//')
	echo "There is another mail server here: Postfix is left out, and what it is needed for." >&2
fi
[ -n "${missing# }" ] || exit 0

command="apt-get install --no-install-recommends --no-remove$missing"
if [ "$mode" = check ]; then
	echo "These packages are missing:$missing" >&2
	echo "Install them with \`make deps\`, or as root: $command" >&2
	exit 1
fi

if [ "$(id -u)" = 0 ]; then
	become=
elif command -v sudo >/dev/null; then
	become=sudo
	[ -t 0 ] || become="sudo -n" # nobody there to type a password
else
	become=none
fi

give_up() {
	echo "$1 Run this as root, then try again:" >&2
	echo "  apt-get update && $command" >&2
	exit 1
}

[ "$become" != none ] || give_up "These packages are missing, and without root or sudo they cannot be installed:$missing."
echo "Installing packages that are missing:$missing"

apt() {
	$become env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
		-o Dpkg::Use-Pty=0 "$@" </dev/null >"$log" 2>&1
}

install_missing() {
	apt install --no-install-recommends --no-remove $missing
}

# What the package system asks before it starts a service; where nobody answers, we do meanwhile: no.
policy=${POLICY_RC_D:-/usr/sbin/policy-rc.d}
answered=

forbid_starts() {
	[ ! -e "$policy" ] || return 0
	answered=yes
	# shellcheck disable=SC2016 # the inner shell's own parameter
	$become sh -c 'printf "#!/bin/sh\nexit 101\n" >"$1" && chmod 755 "$1"' sh "$policy"
}

# Without an answer the package of Postfix would set up a mail server for the next start of the machine.
leave_unconfigured() {
	case "$missing " in
	*" postfix "*) echo "postfix postfix/main_mailer_type select No configuration" |
		$become debconf-set-selections 2>/dev/null || : ;;
	esac
}

tidy() {
	rm -f "$log"
	[ -z "$answered" ] || $become rm -f "$policy"
}

log=$(mktemp)
trap tidy EXIT
trap 'exit 130' HUP INT TERM
forbid_starts
leave_unconfigured

# The lists of packages may be absent or old: fetched when the first attempt fails.
if ! install_missing; then
	if ! apt update || ! install_missing; then
		tail -n 15 "$log" >&2
		give_up "The packages could not be installed (see above)."
	fi
fi
