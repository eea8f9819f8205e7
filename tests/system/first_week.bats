#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The first week of an office that comes with spreadsheets, as README tells it: 30 cases in Windows-1252
# with mistakes of every kind, told all at once; the same corrected; what is late is held until somebody
# says so. The files lie in tests/first-week/.

setup() {
	load kedja
	office 'hold_above = 1;'
	cd "$BATS_TEST_DIRNAME/../first-week" || return
}

teardown() {
	close_office
}

# sheet FILE KIND: checked without a complaint, and imported.
sheet() {
	[[ $(ctl import "$1.csv" --kind "$2" --check) == *"rows, no complaint" ]]
	ctl import "$1.csv" --kind "$2" | tail -n 1
}

first_week() {
	start --virtual-clock 2026-11-30T07:00
	same "6 new, 0 known" "$(sheet medarbetare staff.joined)"
	same "1 new, 0 known" "$(sheet program programme.started)"
}

@test "30 cases with typing mistakes: each is told with its line and column, and nothing is recorded" {
	first_week
	run ctl import arenden-fel.csv --kind case.opened --check
	[ "$status" -eq 1 ]
	same "$(cat arenden-fel.told)" "$output"
	run ctl import arenden-fel.csv --kind case.opened
	[ "$status" -eq 1 ]
	same 0 "$(ctl status --json | json 'd["counts"]["cases"]')"
	printf 'Ärende;Datum;Steg\nK-1;2026-11-28;own_lease\nK-2;2026-11-28;own_lease\n' >"$dir/steg.csv"
	run ctl import "$dir/steg.csv" --kind stage.entered --check
	[ "$(grep -c 'there is no column "Sätt" (mode), which each row must have' <<<"$output")" -eq 1 ]
}

@test "the corrected files are taken, twice the same; what is late is held until somebody lets it go" {
	first_week
	same "30 new, 0 known" "$(sheet arenden case.opened)"
	same "0 new, 30 known" "$(ctl import arenden.csv --kind case.opened | tail -n 1)"
	same "34 new, 0 known" "$(sheet roller role.assigned)"
	same "30 new, 0 known" "$(sheet steg stage.entered)"
	same 30 "$(ctl status --json | json 'd["counts"]["cases"]')"

	[[ $(ctl preflight) == *planning_officer* ]]
	record role.assigned östermalm role=planning_officer staff=per.ström
	[[ $(ctl preflight) != *planning_officer* ]]

	until_time 2026-12-01T12:00
	[ "$(ctl notices --json | json 'sum(r["state"] == "held" for r in d)')" -gt 100 ]
	same 0 "$(base "SELECT count(*) FROM notice WHERE catches_up = 1 AND state IN ('sent', 'queued')")"
	[[ $(ctl status) == *"held: "*"they are held and go to nobody"* ]]
	before=$(letters)
	ctl notices release --rule plan-missing >/dev/null
	until_time 2026-12-02T12:00
	[ "$(letters)" -gt "$before" ]
}
