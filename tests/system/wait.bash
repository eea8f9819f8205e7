# SPDX-License-Identifier: EUPL-1.2
# How tests wait: until it is so. A busy machine may take its time; the bound is there for what
# hangs, and no test is about how long something took.
# shellcheck shell=bash
hang=600 # seconds

# wait_until COMMAND...: asks again until it is true.
wait_until() {
	local end=$((SECONDS + hang))
	until "$@"; do
		((SECONDS < end)) || {
			echo "waited $hang s in vain: $*"
			return 1
		}
		sleep 0.02
	done
}

# unless_hung COMMAND...: runs it, and ends it should it never come to an end.
unless_hung() {
	timeout "$hang" "$@"
}
