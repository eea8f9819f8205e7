#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# The words of letters: checked with the rules that they serve, looked at beforehand, and what may
# never stand in them.

setup() {
	load kedja
	office
}

check() { # [FILE TEXT]: the complaints about the folder, or about a template of that text
	[ $# -eq 0 ] || printf '%s' "$2" >"$dir/conf/templates/$1"
	run "$KEDJACTL" templates check "$dir/conf"
	output=${output//"$dir/conf/templates/"/}
}

@test "what ships has no complaint" {
	check
	[ "$status" -eq 0 ]
	[[ $output =~ ^[0-9]+" templates, no complaint"$ ]]
}

@test "a field of a case can stand in no letter: refused with file and line, by the check and by the daemon" {
	check sv/plan-review.txt $'[heading]\nPlanen\n[advice]\n{{event_rent}} {{event_review_on}} {{event_sum}} {{case}}\n'
	[ "$status" -eq 1 ]
	same 'sv/plan-review.txt:4: the field "rent" is of class "case" and may stand in no letter: only open ones may
sv/plan-review.txt:4: unknown name "event_sum": no event that the rule rests on has an open field "sum"
sv/plan-review.txt:4: unknown name "case"' "$output"
	run "$KEDJACTL" rules check "$dir/conf"
	[ "$status" -eq 1 ]
	[[ $output == *'the field "rent" is of class "case"'* ]]
	refused_start --virtual-clock 2026-01-05T07:00
	[[ $output == *'plan-review.txt:4: the field "rent" is of class "case"'* ]]
}

@test "secret texts, amounts and flags of every kind: none has a way into a template" {
	start
	ctl kinds --json >"$dir/kinds"
	n=0
	while read -r kind field; do
		cat >"$dir/conf/rules.d/90-own.conf" <<-END
			rules = ( { name = "x-all"; title = "Alla"; subject = "case"; starts = [ "$kind" ];
			  steps = ({ name = "today"; at = "P0D"; to = [ "social_worker" ]; }); } );
		END
		for language in sv en; do
			printf '[heading]\nx\n[advice]\n{{event_%s}}\n' "$field" >"$dir/conf/templates/$language/x-all.txt"
		done
		check
		[ "$status" -eq 1 ] || { echo "$kind $field: $output"; return 1; }
		[[ $output == *"x-all.txt:4: the field \"$field\""* ]] || { echo "$kind $field: $output"; return 1; }
		n=$((n + 1))
	done < <(/usr/bin/python3 -c '
import json, sys
for kind in json.load(open(sys.argv[1])):
    for field in kind["fields"]:
        if field["class"] not in ("open", "staff") and kind["subject"] == "case":
            print(kind["name"], field["name"])' "$dir/kinds")
	[ "$n" -gt 30 ]
}

@test "an open field stands in the letter, as a date in words; one that is left out is not there" {
	for language in sv en; do
		printf '[heading]\nPlanen\n[line]\n{{#event_review_on}}avtalat {{event_review_on}}{{/event_review_on}}\n[advice]\nGör det.\n' \
			>"$dir/conf/templates/$language/plan-review.txt"
	done
	only_rules plan-review
	start
	cast 2026-01-05 K-1 K-2
	record plan.adopted K-1 "${plan_fields[@]}" review_on=2026-03-02 --at 2026-01-05
	record plan.adopted K-2 "${plan_fields[@]}" --at 2026-01-05
	until_time 2026-04-10T16:00
	[[ $(ctl outbox --json | json "len(d)") -ge 2 ]]
	for id in $(ctl outbox --json | json "[r['id'] for r in d]"); do
		ctl outbox show "$id" | tr -s ' \n' ' '
		echo
	done >"$dir/all"
	grep -q 'Planen i ärende K-1: skulle vara klart måndag 2 mars, avtalat måndag 2 mars' "$dir/all"
	grep -q 'Planen i ärende K-2: ska vara klart söndag 5 april. [^,]*$' "$dir/all"
}

@test "a step has a template of its own; one that is not there is refused at its line" {
	only_rules plan-review
	sed -i 's/{ name = "late"; /{ name = "late"; template = "plan-is-late"; /' "$dir/conf/rules.d/10-plan-review.conf"
	line=$(grep -n plan-is-late "$dir/conf/rules.d/10-plan-review.conf" | cut -d: -f1)
	check
	[ "$status" -eq 1 ]
	[[ $output == *"10-plan-review.conf:$line: template: there is no \"plan-is-late\" in sv: write templates/sv/plan-is-late.txt, or leave it out"* ]]
	for language in sv en; do
		printf '[heading]\nEn egen text\n[advice]\nx\n' >"$dir/conf/templates/$language/plan-is-late.txt"
	done
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	until_time 2026-04-07T16:00
	ctl outbox --json >"$dir/before"
	until_time 2026-04-14T16:00
	id=$(ctl outbox --json | json "max(r['id'] for r in d)")
	[[ $(ctl outbox show "$id") == *"En egen text i ärende K-1"* ]]
	first=$(json "min(r['id'] for r in d)" <"$dir/before")
	[[ $(ctl outbox show "$first") == *"Följ upp planen"* ]]
}

@test "a template that serves nothing, and one without its other language, are told" {
	check sv/no-such-rule.txt $'[heading]\nText\n[advice]\nText.\n'
	[ "$status" -eq 1 ]
	same 'sv/no-such-rule.txt: no rule and no step uses this template: its name must be that of a rule, or a step must name it
sv/no-such-rule.txt: it is missing in en: readers of that language would get the general text' "$output"
	run "$KEDJACTL" rules check "$dir/conf" # it works all the same
	[ "$status" -eq 0 ]
}

@test "a template that gives no letter: it goes out in a plain form, and the alarm names the file" {
	run /usr/bin/python3 -B "$BATS_TEST_DIRNAME/plain_letters.py"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "templates that are not UTF-8, or begin with a byte order mark, are refused with what to do" {
	check sv/plan-review.txt $'[heading]\nf\xf6r planen\n[advice]\nx\n'
	[ "$status" -eq 1 ]
	same 'sv/plan-review.txt:2: byte 2 of the line (0xF6) is not UTF-8: save the file as UTF-8, with iconv -f ISO-8859-1 -t UTF-8 for example' "$output"
	check sv/plan-review.txt $'\xef\xbb\xbf[heading]\nPlanen\n[advice]\nx\n'
	same 'sv/plan-review.txt:1: the file begins with a byte order mark, which would stand in the letter: save it as UTF-8 without one' "$output"
}

@test "a template that repeats a list within itself, so that a long letter never ends, is refused" {
	for inner in blocks rows; do # as deep as one likes
		check letter.html $'{{#blocks}}\n{{#rows}}\n{{number}}\n{{#is_late}}{{#'$inner$'}}\n{{#rows}}x{{/rows}}\n{{/'$inner$'}}{{/is_late}}\n{{/rows}}\n{{/blocks}}'
		[ "$status" -eq 1 ]
		[[ $output == 'letter.html:'[45]': a letter of 1500 reminders would come by here so often that it never ends: repeat nothing within itself, and end a section before it begins again' ]]
	done
	check letter.html '{{#blocks}}{{#rows}}{{number}}{{/rows}}{{/blocks}}{{#blocks}}{{#rows}}x{{/rows}}{{/blocks}}'
	[ "$status" -eq 0 ]
}

@test "a letter is looked at beforehand: text, page, both languages, minimal" {
	run "$KEDJACTL" templates preview rent-late contact "$dir/conf" --html "$dir/page.html"
	[ "$status" -eq 0 ]
	[[ $output == "Subject: Bevakning i ärende K-0417"* ]]
	[[ $output == *"Ta kontakt om hyran i ärende K-0417"* ]]
	grep -q '^<html lang="sv">$' "$dir/page.html"
	run "$KEDJACTL" templates preview rent-late contact "$dir/conf" --language en --minimal
	[ "$status" -eq 0 ]
	[[ $output == *"K-0417"* && $output != *"rent"* ]]
	run "$KEDJACTL" templates preview rent-lat contact "$dir/conf"
	[ "$status" -eq 1 ]
	same 'kedjactl: there is no rule "rent-lat": did you mean "rent-late"?' "$output"
	run "$KEDJACTL" templates preview rent-late contac "$dir/conf"
	[ "$status" -eq 1 ]
	same 'kedjactl: the rule has no step "contac": did you mean "contact"?' "$output"
	run "$KEDJACTL" templates preview rent-late contact "$dir/conf" --html "$dir/no/such/page"
	[ "$status" -eq 1 ]
	[[ $output == *"this file cannot be written"* ]]
}

@test "the letter of every step of every shipped rule is the one that was read, in both languages" {
	start
	ctl rules list --json >"$dir/rules"
	[ "$(json 'len(d)' <"$dir/rules")" -ge 50 ]
	for language in sv en; do
		/usr/bin/python3 "$BATS_TEST_DIRNAME/shipped_letters.py" "$KEDJACTL" "$dir/conf" "$language" "$dir/rules"
	done
}

@test "rules, roles and events have their English words in English letters, in why and in explain; else the Swedish ones" {
	only_rules plan-review
	start
	cast 2026-01-05 K-1
	record staff.changed anna.åberg name='Anna Åberg' email=anna.aberg@office.example language=en --at 2026-01-05
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	until_time 2026-04-10T16:00
	for id in $(ctl outbox --json | json "[r['id'] for r in d]"); do ctl outbox show "$id"; done >"$dir/all"
	grep -q 'Background: the plan was adopted' "$dir/all"
	grep -q 'You get this as social worker' "$dir/all"
	grep -q 'Bakgrund: planen antogs' "$dir/all"
	ctl why K-1 plan-review --language en --json >"$dir/why"
	grep -q 'Review of the action plan' "$dir/why"
	run ctl rules explain plan-review --language en
	[[ $output == "plan-review: Review of the action plan"* && $output == *"social worker"* ]]
	sed -i '/title_en/d' "$dir/conf/rules.d"/*.conf
	sed -i 's/title_en = "[^"]*";//' "$dir/conf/chain.conf"
	run "$KEDJACTL" templates preview plan-review soon "$dir/conf" --language en
	[[ $output == *"You get this as socialsekreterare"* && $output == *"the plan was adopted"* ]]
	for language in sv en; do printf '[heading]\n{{title}}\n[advice]\nx\n' >"$dir/conf/templates/$language/plan-review.txt"; done
	run "$KEDJACTL" templates preview plan-review soon "$dir/conf" --language en
	[[ $output == *"Uppföljning av handlingsplan in case"* ]]
}

@test "a letter goes out as text and as a page that say the same" {
	only_rules plan-review
	start
	cast 2026-01-05 K-1
	record plan.adopted K-1 "${plan_fields[@]}" --at 2026-01-05
	until_time 2026-04-01T16:00
	letter=$(find "$dir/mail/new" -type f | head -n 1)
	/usr/bin/python3 - "$letter" <<-'END'
		import email, email.policy, sys
		with open(sys.argv[1], "rb") as file:
		    letter = email.message_from_binary_file(file, policy=email.policy.default)
		assert letter.get_content_type() == "multipart/alternative", letter.get_content_type()
		text, page = letter.get_payload()
		assert text.get_content_type() == "text/plain" and page.get_content_type() == "text/html"
		assert "K-1" in text.get_content() and "K-1" in page.get_content()
		assert page.get_content().startswith("<!DOCTYPE html>")
	END
}
