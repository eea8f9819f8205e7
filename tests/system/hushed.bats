#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# A deadline that has ended by itself is not told any more once the next one has its say: its row
# waits for nothing then, as when it is derived anew.

setup() {
	load kedja
	office
	own_rule 90-own <<-'END'
		rules = ({ name = "x-daily"; title = "Varje dag"; subject = "case"; starts = [ "case.opened" ];
		  due = "P1D"; repeat = "fixed";
		  steps = ({ name = "now"; at = "-P2D"; to = [ "outreach_worker" ]; urgent = true; time = "now"; }); });
	END
	find "$dir/conf/rules.d" -name '[0-8]*' -delete
	start
}

@test "a row whose step is overtaken over a weekend is the one that its events give" {
	until_time 2026-07-02T08:00
	record programme.started norr title=Norr
	record case.opened K-2 --at 2026-07-02 programme=norr
	until_time 2026-07-09T12:00
	until_time 2026-07-20T08:00
	same "" "$(base "SELECT occurrence FROM deadline WHERE state = 'done' AND next_step IS NOT NULL")"
	run ctl rebuild --check
	[[ "$output" == *"0 different"* ]]
}
