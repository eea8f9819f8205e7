#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The pages of letters in a browser: on a phone and on a desk, light and dark. The pictures are left
# in the build folder, for people to look at.

setup() {
	load wait
	root=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	[ -x /usr/bin/chromium ] && [ -x /usr/bin/chromedriver ] || skip "chromium is not installed"
	/usr/bin/python3 -c 'import selenium' 2>/dev/null || skip "python3-selenium is not installed"
	pictures=$root/${BUILD:-build}/pictures
	[[ ${BUILD:-} != /* ]] || pictures=$BUILD/pictures
}

look() { # PAGE...
	HOME=$BATS_TEST_TMPDIR run unless_hung /usr/bin/python3 -B "$BATS_TEST_DIRNAME/pictures.py" "$@"
	echo "$output"
}

@test "letters fit a phone and a desk, and can be read in light and in dark" {
	look "$pictures" "$root"/tests/golden/letter-{sv,en}-{day,minimal,sections,rent,one,put-off}.html
	[ "$status" -eq 0 ]
	[ "$(find "$pictures" -name 'letter-*.png' -size +5k | wc -l)" -ge 96 ]
}

@test "what does not fit, and what cannot be read, is seen" {
	sed 's/#ffffff; color: #1f1f1f;/#ffffff; color: #b8b8b8;/; s/<td style="padding: 16px;[^>]*>/&<div style="width:900px">bred<\/div>/' \
		"$root/tests/golden/letter-sv-minimal.html" >"$BATS_TEST_TMPDIR/bad.html"
	look "$BATS_TEST_TMPDIR/pictures" "$BATS_TEST_TMPDIR/bad.html"
	[ "$status" -eq 1 ]
	[[ $output == *"bad-360-light.png: the page is "*" wide in 360"* ]]
	[[ $output == *"contrast 1.98"* ]]
}
