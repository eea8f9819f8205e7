#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Rules as an administrator has them in hand: an office's own keys, what the check says, a rule in
# sentences, the facts, a reload that means nothing, and the way back.

bats_require_minimum_version 1.5.0

setup() {
	load kedja
	office
}

# local_rules NAME: standard input is a file in rules.d/local.
local_rules() {
	mkdir -p "$dir/conf/rules.d/local"
	cat >"$dir/conf/rules.d/local/$1.conf"
}

steps_of() { # RULE: how many steps the daemon knows
	ctl rules list --json | json "[r['steps'] for r in d if r['name'] == '$1']"
}

# --- an office's own ---

@test "override: one key of a shipped rule, and the rest as it ships" {
	only_rules plan-review
	local_rules 10-own <<-'END'
		rules = ( { override = "plan-review"; due = "P1M"; } );
	END
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	same "2026-02-05 open" "$(due K-1 plan-review)"
	same 4 "$(steps_of plan-review)"
}

@test "disable: the rule does not run, and those that it hid are not hidden by it" {
	only_rules plan-review rent-late forfeiture-tenant forfeiture-last-day
	start
	same "forfeiture-last-day forfeiture-tenant plan-review rent-late" \
		"$(ctl rules list --json | json "' '.join(sorted(r['name'] for r in d))")"
	local_rules 20-off <<<'disable = [ "plan-review", "forfeiture-tenant", "forfeiture-last-day" ];'
	ctl rules reload
	same rent-late "$(ctl rules list --json | json "[r['name'] for r in d]")"
}

@test "a rule of the office's own runs beside those that ship" {
	only_rules plan-review
	local_rules 30-more <<-'END'
		rules = ( { name = "own-call"; title = "Ring upp"; subject = "case";
		  starts = [ "plan.adopted" ]; due = "P7D";
		  steps = ( { name = "today"; at = "P0D"; to = [ "social_worker" ]; } ); } );
	END
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	same "2026-01-12 open" "$(due K-1 own-call)"
}

@test "override and disable of rules that are not there: each with its line, and nothing changes" {
	only_rules plan-review
	start
	local_rules 40-wrong <<-'END'
		disable = [ "plan-revue" ];
		rules = (
		  { override = "plan-reviews"; due = "P1M"; },
		  { override = "plan-review"; dew = "P1M"; }
		);
	END
	run --separate-stderr ctl rules reload
	echo "$stderr"
	[ "$status" -eq 1 ]
	grep -q 'local/40-wrong.conf:1: disable: there is no rule "plan-revue"' <<<"$stderr"
	grep -q 'local/40-wrong.conf:3: override: there is no rule "plan-reviews"' <<<"$stderr"
	grep -q 'local/40-wrong.conf:4: unknown key "dew"' <<<"$stderr"
	same plan-review "$(ctl rules list --json | json "[r['name'] for r in d]")"
	run ctl rules check "$dir/conf"
	same 3 "$(grep -c 'local/40-wrong.conf:' <<<"$output")"
}

# --- the check ---

@test "rules check tells what cannot be meant; the daemon takes it all the same" {
	only_rules plan-review
	local_rules 50-odd <<-'END'
		rules = ( { name = "own-odd"; title = "Udda"; subject = "case";
		  starts = [ "plan.adopted" ];
		  while = "stage = 'trial_flat' AND stage = 'own_lease'";
		  steps = ( { name = "today"; at = "P0D"; to = [ "social_worker" ]; } ); } );
	END
	run ctl rules check "$dir/conf"
	echo "$output"
	[ "$status" -eq 1 ]
	grep -q 'local/50-odd.conf:3:26: while: .* can never be true: this rule always sleeps$' <<<"$output"
	grep -q '/chain.conf:[0-9]*: no rule watches the stage "own_lease"' <<<"$output"
	same 2 "$(wc -l <<<"$output")"
	run ctl rules check "$dir/conf" --json
	[ "$status" -eq 1 ]
	same "2 2" "$(json "(d['rules'], len(d['problems']))" <<<"$output")"
	start
	same 1 "$(steps_of own-odd)"
}

# --- a rule in sentences ---

@test "rules explain: in Swedish and in English, with the dates of a sample, without a daemon" {
	run ctl rules explain trial-year "$dir/conf" --anchor 2026-11-30
	[ "$status" -eq 0 ]
	grep -q '^Sista dagen är 1 år efter startdagen' <<<"$output"
	grep -q '^  tisdag 2027-11-30 08:00  today: ' <<<"$output"
	run ctl rules explain trial-year --conf "$dir/conf" --anchor 2026-11-30 --language en
	grep -q '^It is due 1 year after the first day' <<<"$output"
	grep -q '^Sample: first day Monday 2026-11-30, due Tuesday 2027-11-30' <<<"$output"
	run ctl rules explain trial-yaer "$dir/conf"
	[ "$status" -eq 1 ]
	grep -q 'there is no rule "trial-yaer": did you mean "trial-year"?' <<<"$output"
}

@test "rules explain: every rule that ships, in both languages" {
	start
	while read -r name; do
		ctl rules explain "$name" "$dir/conf" --anchor 2026-03-02 >"$dir/sv"
		ctl rules explain "$name" "$dir/conf" --anchor 2026-03-02 --language en >"$dir/en"
		grep -q '^Exempel: ' "$dir/sv"
		grep -q '^Sample: ' "$dir/en"
		[ "$(wc -l <"$dir/sv")" -eq "$(wc -l <"$dir/en")" ]
	done < <(ctl rules list --json | json "[r['name'] for r in d]")
}

# --- facts ---

@test "rules facts: all of them, and for a case with its values of today" {
	run ctl rules facts
	[ "$status" -eq 0 ]
	grep -q '^stage_days  *case  *number  *the days since then$' <<<"$output"
	grep -q '^overdue_deadlines  *programme  *number' <<<"$output"
	start
	cast 2026-01-05 K-1
	record stage.entered K-1 stage=trial_flat mode=move --at 2026-01-05
	until_time 2026-01-20T09:00
	run ctl rules facts K-1
	grep -q '^stage  *code  *trial_flat ' <<<"$output"
	grep -q '^stage_days  *number  *15 ' <<<"$output"
	refute_programme=$(grep -c '^overdue_deadlines' <<<"$output" || true)
	same 0 "$refute_programme"
	same 0 "$(ctl rules facts norr --json | json "[r['value'] for r in d if r['fact'] == 'unmatched_payments']")"
	run ctl rules facts K-9
	[ "$status" -eq 1 ]
}

# --- a reload that means nothing ---

@test "a comment more, and the order of keys: no change, and no row changes" {
	only_rules plan-review
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	ctl cases >/dev/null
	before=$(dump)
	sed -i '1i # a remark of the office' "$dir/conf/rules.d/10-plan-review.conf"
	sed -i 's/    due     = "P3M";.*/    due = "P3M"; # as agreed/' "$dir/conf/rules.d/10-plan-review.conf"
	echo '// and one at the end' >>"$dir/conf/chain.conf"
	same "1 rules, no change" "$(ctl rules reload)"
	same "$before" "$(dump)"
}

# --- the way back ---

change_due() { # LENGTH
	sed -i "s/    due     = \"[^\"]*\";/    due     = \"$1\";/" "$dir/conf/rules.d/10-plan-review.conf"
	ctl rules reload >/dev/null
}

with_a_plan() {
	only_rules plan-review
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	same "2026-04-05 open" "$(due K-1 plan-review)"
}

@test "rules revert: the set before is in force again, and the files are left alone" {
	with_a_plan
	change_due P1M
	same "2026-02-05 open" "$(due K-1 plan-review)"
	edited=$(cat "$dir/conf/rules.d/10-plan-review.conf")
	run ctl rules revert
	echo "$output"
	[ "$status" -eq 0 ]
	grep -q '^file       rules.d/10-plan-review.conf changed$' <<<"$output"
	grep -q '^rule       plan-review changed$' <<<"$output"
	same 4 "$(wc -l <<<"$output")"
	same "2026-04-05 open" "$(due K-1 plan-review)"
	same "$edited" "$(cat "$dir/conf/rules.d/10-plan-review.conf")"
	same "True 1" "$(ctl status --json | json "(d['rules']['reverted'], sum('before the files' in a['text'] for a in d['alarms']))")"
}

@test "rules revert: it lasts over a restart, until a reload takes the files" {
	with_a_plan
	change_due P1M
	ctl rules revert >/dev/null
	stop
	start
	same "2026-04-05 open" "$(due K-1 plan-review)"
	same True "$(ctl status --json | json "d['rules']['reverted']")"
	same True "$(ctl rules reload --json | json "d['changed']")"
	same "2026-02-05 open" "$(due K-1 plan-review)"
	same False "$(ctl status --json | json "d['rules']['reverted']")"
}

@test "rules revert twice is where it was; files put right again end it without a change" {
	with_a_plan
	change_due P1M
	ctl rules revert >/dev/null
	ctl rules revert >/dev/null
	same "2026-02-05 open" "$(due K-1 plan-review)"
	ctl rules revert >/dev/null
	sed -i 's/"P1M"; *#/"P3M"; #/; s/    due     = "P1M"/    due     = "P3M"/' "$dir/conf/rules.d/10-plan-review.conf"
	same "1 rules, no change" "$(ctl rules reload)"
	same False "$(ctl status --json | json "d['rules']['reverted']")"
}

@test "rules revert brings back a rule that was taken away, its chain, and what was edited while the daemon stood" {
	with_a_plan
	stop
	rm "$dir/conf/rules.d/10-plan-review.conf"
	rule task >"$dir/conf/rules.d/20-task.conf"
	sed -i 's/"stödboende"/"stödboendet"/' "$dir/conf/chain.conf"
	start
	same "" "$(due K-1 plan-review)"
	run ctl rules revert --json
	[ "$status" -eq 0 ]
	same "chain.conf changed, rules.d/10-plan-review.conf added, rules.d/20-task.conf removed" \
		"$(json "', '.join(sorted(f['file'] + ' ' + f['change'] for f in d['files']))" <<<"$output")"
	same "plan-review added, task removed" \
		"$(json "', '.join(sorted(f['rule'] + ' ' + f['change'] for f in d['changes']))" <<<"$output")"
	same "2026-04-05 open" "$(due K-1 plan-review)"
}

@test "rules revert before any change is refused" {
	start
	run --separate-stderr ctl rules revert
	[ "$status" -eq 1 ]
	grep -q 'there is no set before this one' <<<"$stderr"
}

@test "several reloads at once: one a turn, each answered, and each sees what the one before brought" {
	with_a_plan
	sed -i 's/    due     = "P3M"/    due     = "P1M"/' "$dir/conf/rules.d/10-plan-review.conf"
	run /usr/bin/python3 - "$KEDJA_SOCKET" <<-'END'
		import json, socket, sys
		line = socket.socket(socket.AF_UNIX)
		line.connect(sys.argv[1])
		answers = line.makefile("rb")
		asked = [{"jsonrpc": "2.0", "id": i, "method": method, "params": {}}
		         for i, method in enumerate(("rules.reload", "rules.reload", "rules.revert", "rules.reload"))]
		line.sendall(b"".join(json.dumps(one).encode() + b"\n" for one in asked))
		told = [json.loads(answers.readline()) for _ in asked]
		versions = [answer["result"]["version"] for answer in told]
		print([answer["id"] for answer in told], [answer["result"].get("changed") for answer in told],
		      [versions.index(version) for version in versions])
	END
	same "[0, 1, 2, 3] [True, False, True, True] [0, 0, 2, 0]" "$output"
	same "2026-02-05 open" "$(due K-1 plan-review)"
	same False "$(ctl status --json | json "d['rules']['reverted']")"
}
