#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# What people get wrong, told to the real daemon: every mistake is answered, each with its place,
# and nothing has changed.

bats_require_minimum_version 1.5.0

setup() {
	load kedja
	office
}

ten_mistakes() {
	own_rule 90-bad <<-'END'
		rules = (
		  { name = "bad-one"; title = "Ett";
		    subjekt = "case";
		    subject = "client";
		    starts = [ "plan.adoptd" ];
		    while = "stage = 'trail_flat'";
		    due = "P3MX";
		    done = [ "plan.reviewed" ];
		    repeat = "sometimes";
		    steps = (
		      { name = "soon"; at = "-14D"; to = [ "social_worker" ]; },
		      { name = "today"; at = "P0D"; to = [ "social_wroker" ]; },
		      { name = "late"; at = "P7D"; to = [ "social_worker" ]; },
		      { name = "late"; at = "P8D"; to = [ "social_worker" ]; }
		    ); },
		  { name = "bad-two"; title = "Två"; subject = "case"; starts = [ "plan.adopted" ];
		    due = "P1M"; adjust = "sideways";
		    steps = ({ name = "today"; at = "P0D"; to = [ "social_worker" ]; }); }
		);
	END
}

the_ten_lines=(3 4 5 6 7 9 11 12 14 17)

# ten_lines: each of $output is "…/90-bad.conf:LINE: text", and they are these lines.
ten_lines() {
	local found
	found=$(sed -n 's/^.*rules\.d\/90-bad\.conf:\([0-9]*\):\([0-9]*:\)\? .*/\1/p' <<<"$output")
	same "${the_ten_lines[*]}" "$(tr '\n' ' ' <<<"$found" | sed 's/ $//')"
}

@test "a rule file with ten mistakes: ten lines with file and line, and the running rules stay" {
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	rules=$(ctl rules list --json)
	before=$(dump)
	ten_mistakes

	run --separate-stderr ctl rules reload
	output=$output$stderr
	echo "$output"
	[ "$status" -eq 1 ]
	ten_lines
	same 10 "$(grep -c '90-bad\.conf:' <<<"$output")"
	same "$rules" "$(ctl rules list --json)"
	same "$before" "$(dump)"

	run ctl rules check "$dir/conf"
	[ "$status" -eq 1 ]
	same 10 "$(wc -l <<<"$output")"
	ten_lines

	# all right again: read without a word, and unchanged
	rm "$dir/conf/rules.d/90-bad.conf"
	same False "$(ctl rules reload --json | json 'd["changed"]')"
}

@test "the same by SIGHUP: the ten lines are in the log, the rules stay" {
	start
	rules=$(ctl rules list --json)
	ten_mistakes
	kill -HUP "$daemon"
	wait_until grep -q '10 mistakes' "$dir/log"
	output=$(grep '90-bad' "$dir/log")
	ten_lines
	same "$rules" "$(ctl rules list --json)"
}

@test "a daemon does not start with ten mistakes, and says all of them" {
	ten_mistakes
	refused_start --virtual-clock 2026-01-05T07:00
	same 10 "$(wc -l <<<"$output")"
	ten_lines
	[ -z "$(ls "$dir/data")" ]
}

@test "mistakes in the other files stop a reload too: kedja.conf, chain.conf, calendar.conf, templates" {
	start
	status_before=$(ctl rules list --json)
	cp -r "$dir/conf" "$dir/good"
	for change in 'kedja.conf:$a retry_frist = 3;' 'chain.conf:s/"own_lease", "training_flat"/"own_leese", "training_flat"/' \
		'calendar.conf:s/date = "06-06"/date = "06-31"/' 'templates/letter.html:$a {{#blocks}}'; do
		sed -i "${change#*:}" "$dir/conf/${change%%:*}"
		! diff -rq "$dir/conf" "$dir/good"
		run ctl rules reload
		echo "$output"
		[ "$status" -eq 1 ]
		[[ $output =~ ${change%%:*}:[0-9]+: ]]
		cp "$dir/good/${change%%:*}" "$dir/conf/${change%%:*}"
	done
	same "$status_before" "$(ctl rules list --json)"
}

@test "the database and the socket stay where they are while the daemon runs" {
	start
	sed -i "s/control\"/other\"/; s/kedja\.db/other.db/" "$dir/conf/kedja.conf"
	run ctl rules reload
	[ "$status" -eq 1 ]
	[[ $output == *database:* && $output == *socket:* ]]
	answers
}

@test "an event with three wrong fields: three problems with their fields, nothing recorded" {
	start
	cast 2026-01-05 K-1
	before=$(dump)
	run ctl record plan.adopted K-1 "${plan_fields[@]:1}" rent=maybe goals_shrt=true review_on=2026-02-31
	[ "$status" -eq 1 ]
	same $'goals_shrt\nrent\nreview_on' "$(sed -n 's/^\([a-z_]*\): .*/\1/p' <<<"$output" | grep -v kedjactl | sort)"
	same "$before" "$(dump)"
}

# record_list EVENT...: event.record of a list, as a program sends it; the places of its mistakes.
record_list() {
	/usr/bin/python3 - "$dir/control" "$@" <<-'END'
		import json, socket, sys
		line = socket.socket(socket.AF_UNIX)
		line.connect(sys.argv[1])
		events = [json.loads(word) for word in sys.argv[2:]]
		line.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "event.record",
		                         "params": events}).encode() + b"\n")
		answer = json.loads(line.makefile().readline())
		for problem in answer["error"]["data"]["problems"]:
		    print(problem["event"], problem["field"])
	END
}

@test "a list of events with one that is wrong: nothing of it is recorded, and the wrong one is named" {
	start
	cast 2026-01-05 K-1
	before=$(dump)
	good='{"kind": "visit.made", "subject": "K-1", "at": "2026-01-05"}'
	same "2 kind" "$(record_list "$good" "$good" "${good/made/mad}" "$good")"
	same "$before" "$(dump)"

	# one that only the case's history can tell
	same "1 stage
1 stage" "$(record_list "$good" '{"kind": "stage.entered", "subject": "K-1", "at": "2026-01-05",
		"data": {"stage": "own_lease", "mode": "move"}}' "$good")"
	same "$before" "$(dump)"
	same None "$(ctl case K-1 --json | json 'd["facts"]["last_visit_on"]')"
}

@test "what looks like a personal number is refused, as an id, a key, and in a text" {
	start
	cast 2026-01-05 K-1
	before=$(dump)
	for id in 19800101-1234 800101-1234 8001011234 800161-1234 ÖST-19800101-1234; do
		run ctl record case.opened "$id" programme=norr
		[ "$status" -eq 1 ]
		echo "$id: $output"
		[[ $output == *"subject: "*"personal number"* ]]
	done
	run ctl record task.agreed K-1 --key 800101-1234 what=budget due_on=2026-02-01 role=social_worker
	[ "$status" -eq 1 ]
	[[ $output == *"key: "*"personal number"* ]]
	run ctl record payments.imported norr format=bgmax file=från-800101+1234 covers_through=2026-01-04 payments=0 sum=0
	[ "$status" -eq 1 ]
	[[ $output == *"file: "*"personal number"* ]]
	same "$before" "$(dump)"
}

@test "a time that lies ahead, a kind that is not there, a subject of another sort" {
	start
	cast 2026-01-05 K-1
	until_time 2026-01-05T07:00 # all is planned
	before=$(dump)
	run ctl record visit.made K-1 --at 2026-01-06
	[ "$status" -eq 1 ]
	[[ $output == *"at: "*"ahead"* ]]
	run ctl record visit.mad K-1
	[ "$status" -eq 1 ]
	[[ $output == *'did you mean "visit.made"'* ]]
	run ctl record visit.made norr
	[ "$status" -eq 1 ]
	[[ $output == *"subject: norr is a programme"* ]]
	same "$before" "$(dump)"
}

@test "a refused move names the moves that are allowed; with --force and a reason it is made" {
	start
	cast 2026-01-05 K-1
	run ctl record stage.entered K-1 stage=own_lease mode=move
	[ "$status" -eq 1 ]
	[[ $output == *'"supported_housing", "training_flat", "trial_flat"'* ]]

	record stage.entered K-1 stage=supported_housing mode=move
	run ctl record stage.entered K-1 stage=own_lease mode=move
	[ "$status" -eq 1 ]
	[[ $output == *"training_flat"* ]]
	same supported_housing "$(ctl case K-1 --json | json 'd["stage"]')"

	run ctl record stage.entered K-1 stage=own_lease mode=move --force
	[ "$status" -eq 2 ] # a reason is asked for
	record stage.entered K-1 stage=own_lease mode=move --force --reason "fick eget kontrakt direkt"
	same own_lease "$(ctl case K-1 --json | json 'd["stage"]')"

	# back again is normal
	record stage.entered K-1 stage=supported_housing mode=move
	same supported_housing "$(ctl case K-1 --json | json 'd["stage"]')"
}

@test "the move is judged from where the case stood at that time" {
	start --virtual-clock 2026-03-02T08:00
	cast 2026-01-05 K-1
	record stage.entered K-1 stage=supported_housing mode=move --at 2026-01-10
	record stage.entered K-1 stage=training_flat mode=move --at 2026-02-20
	# late, between the two: from supported housing, not from the training flat
	run ctl record stage.entered K-1 stage=own_lease mode=move --at 2026-02-01
	[ "$status" -eq 1 ]
	record stage.entered K-1 stage=training_flat mode=move --at 2026-02-01
	same 2026-02-20 "$(ctl case K-1 --json | json 'd["since"]')"
}

@test "exit codes: 0 done, 1 refused, 2 usage, 3 no daemon" {
	run ctl status
	[ "$status" -eq 3 ]
	start
	cast 2026-01-05 K-1
	run ctl status
	[ "$status" -eq 0 ]
	run ctl case K-1
	[ "$status" -eq 0 ]
	run ctl case K-77
	[ "$status" -eq 1 ]
	run ctl void 9999 --reason "fanns inte"
	[ "$status" -eq 1 ]
	run ctl clock set 2025-01-01
	[ "$status" -eq 1 ]
	run ctl outbox show 9999
	[ "$status" -eq 1 ]
	run ctl rebuild --check
	[ "$status" -eq 0 ]
	run ctl dedlines
	[ "$status" -eq 2 ]
	run ctl record
	[ "$status" -eq 2 ]
	run ctl deadlines --until sometime
	[[ $status -eq 1 || $status -eq 2 ]]
	run "$KEDJAD" --no-such-option
	[ "$status" -eq 2 ]
	stop
	run ctl cases
	[ "$status" -eq 3 ]
}
