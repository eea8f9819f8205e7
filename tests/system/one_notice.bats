#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# A paper about a lease that was ended, recorded without the rent month that it names: it is about
# the notice that is open, and whoever records it is told so.

setup() {
	load kedja
	office
	start
	cast 2026-01-05 K-1
	until_time 2026-03-18T09:00
}

keys() {
	base "SELECT group_concat(kind || '[' || key || ']', ' ') FROM (SELECT kind, key FROM event
		WHERE kind IN ('forfeiture.notice_served', 'board.notified', 'arrears.paid') ORDER BY id)"
}

open_matters() {
	base "SELECT group_concat(key, ' ') FROM (SELECT DISTINCT key FROM deadline
		WHERE rule = 'forfeiture-tenant' AND state = 'open' ORDER BY key)"
}

@test "with the month of the one that is open, and the answer says so" {
	ctl record forfeiture.notice_served K-1 --key 2026-02 on=2026-03-18
	run ctl record board.notified K-1 on=2026-03-18
	[[ "$output" == *"no rent month was given: it was taken as the one that is open, 2026-02; if it is another one, take it back and record it with its key"* ]]
	run ctl record arrears.paid K-1 paid_on=2026-03-18
	[[ "$output" == *"taken as the one that is open, 2026-02"* ]]
	same "forfeiture.notice_served[2026-02] board.notified[2026-02] arrears.paid[2026-02]" "$(keys)"
	same "" "$(open_matters)"
}

@test "none is open: a single matter without a month" {
	run ctl record forfeiture.notice_served K-1 on=2026-03-18
	[[ "$output" != *"taken as"* ]]
	run ctl record board.notified K-1 on=2026-03-18
	[[ "$output" == *"it was taken as the one that is open; if it is another one"* ]]
	same "forfeiture.notice_served[-] board.notified[-]" "$(keys)"
	same "-" "$(open_matters)"
}

@test "several are open: refused, and nothing is recorded" {
	record forfeiture.notice_served K-1 --key 2026-01 on=2026-03-17
	record forfeiture.notice_served K-1 --key 2026-02 on=2026-03-18
	run ctl record arrears.paid K-1 paid_on=2026-03-18
	[ "$status" -ne 0 ]
	[[ "$output" == *"key: several are open: say which one it is about: 2026-01, 2026-02"* ]]
	same "2026-01 2026-02" "$(open_matters)"
	record arrears.paid K-1 --key 2026-01 paid_on=2026-03-18
	same "2026-02" "$(open_matters)"
}

@test "a month is named while one without is open: are they the same?" {
	record board.notified K-1 on=2026-03-18
	run ctl record forfeiture.notice_served K-1 --key 2026-02 on=2026-03-18
	[[ "$output" == *"another one, recorded without its rent month, is open: if they are the same, take this one back and record it with the key -"* ]]
	same "- 2026-02" "$(open_matters)"
}
