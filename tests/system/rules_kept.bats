#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# What a rule carries through an edit: its past under an older name, and a dry week in which its
# reminders are noted and sent to nobody.

setup() {
	load kedja
	office
	only_rules
}

x_rule() { # FURTHER KEYS
	own_rule 90-own <<-END
		rules = ({ title = "Egen bevakning"; subject = "case"; starts = [ "plan.adopted" ];
		  due = "P30D"; done = [ "plan.reviewed" ]; $1
		  steps = (
		    { name = "soon"; at = "-P5D"; to = [ "social_worker" ]; },
		    { name = "today"; at = "P0D"; to = [ "social_worker" ]; }
		  ); });
	END
}

# planned KEYS: such a rule, and a plan of 2026-09-01 that it speaks of once until 2026-09-28.
planned() {
	x_rule "$1"
	start --virtual-clock 2026-09-01T08:00
	cast 2026-09-01 K-1
	record plan.adopted K-1 "${plan_fields[@]}"
	until_time 2026-09-28T10:00
}

# keeps_the_old TEXT: the reload is refused with it, by the socket and by a signal, and changes nothing.
keeps_the_old() {
	local before
	before=$(dump)
	run ctl rules reload
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"$1"*"rules reload --force"* ]]
	kill -HUP "$daemon"
	wait_until grep -qF "$1" "$dir/log"
	same "$before" "$(dump)"
}

@test "a rule that gets another name keeps its past: what was sent is not sent again" {
	planned 'name = "old-name";'
	same "soon social_worker anna.åberg sent" "$(told old-name)"

	x_rule 'name = "new-name"; was = "old-name";'
	ctl rules reload
	until_time 2026-10-02T10:00
	same "soon social_worker anna.åberg sent" "$(told old-name)"
	same "today social_worker anna.åberg sent" "$(told new-name)"
}

@test "without was another name is another rule, and begins anew" {
	planned 'name = "old-name";'
	x_rule 'name = "new-name";'
	keeps_the_old "the rule old-name is in no file any more, and 1 deadlines of it are open: if it has another name now, write was = \"old-name\""
	run ctl rules reload --force
	[ "$status" -eq 0 ]
	same $'1 rules taken; 2 subjects are being planned anew\nfile       rules.d/90-own.conf changed\nrule       new-name added\nrule       old-name removed\ngone       old-name: 1 open deadlines' "$output"
	until_time 2026-09-29T10:00
	same "soon social_worker anna.åberg sent" "$(told new-name)"
}

@test "a dry week: noted as shadow, in no letter; and when the rule is meant, nothing twice" {
	planned 'name = "x-dry"; mode = "shadow";'
	same "soon social_worker anna.åberg shadow" "$(told x-dry)"
	same "[]" "$("$KEDJACTL" outbox --json | tr -d '\n ')"

	x_rule 'name = "x-dry";'
	ctl rules reload
	until_time 2026-10-02T10:00
	same $'soon social_worker anna.åberg shadow\ntoday social_worker anna.åberg sent' "$(told x-dry)"
}

@test "a file that vanished: its rules and their open deadlines go only by --force; disabled ones go without" {
	planned 'name = "x-own";'
	mv "$dir/conf/rules.d/90-own.conf" "$dir/90-own.conf"
	echo 'rules = ();' >"$dir/conf/rules.d/10-none.conf"
	keeps_the_old "the rule x-own is in no file any more, and 1 deadlines of it are open"
	same "2026-10-01 open" "$(due K-1 x-own)"

	mv "$dir/90-own.conf" "$dir/conf/rules.d/90-own.conf"
	echo 'disable = [ "x-own" ];' >"$dir/conf/rules.d/10-none.conf"
	ctl rules reload
	same "" "$(due K-1 x-own)"
}

@test "an own kind that gets another name after it was used: its events and deadlines go only by --force" {
	sed -i 's/^kinds = ( );/kinds = ( { name = "keys.returned"; subject = "case"; help = "keys"; label = "nycklar"; } );/' \
		"$dir/conf/chain.conf"
	x_rule 'name = "x-keys";'
	sed -i 's/plan.adopted/keys.returned/' "$dir/conf/rules.d/90-own.conf"
	start
	cast 2026-01-05 K-1
	record keys.returned K-1
	same "2026-02-04 open" "$(due K-1 x-keys)"
	sed -i 's/keys.returned/keys.back/' "$dir/conf/chain.conf" "$dir/conf/rules.d/90-own.conf"
	keeps_the_old "the kind keys.returned is in chain.conf no more, and 1 open deadlines of the rule x-keys count from it"
	[[ $output == *"the kind keys.returned is in chain.conf no more, and 1 events of it are recorded"* ]]
	same "2026-02-04 open" "$(due K-1 x-keys)"
	stop
	start # a start cannot ask anybody; it says so
	grep -q "at this start deadlines go: the kind keys.returned is in chain.conf no more" "$dir/log"
	same "" "$(due K-1 x-keys)"
}

@test "a reload says which settings, templates and rules it took, and the log who asked" {
	planned 'name = "x-own";'
	echo 'transport = "smtp"; smtp_host = "127.0.0.1"; smtp_port = 9;' >"$dir/smtp"
	sed -i '/^transport/d' "$dir/conf/kedja.conf"
	cat "$dir/smtp" >>"$dir/conf/kedja.conf"
	echo "En rad till." >>"$dir/conf/templates/sv/item.txt"
	run ctl rules reload
	[ "$status" -eq 0 ]
	same $'1 rules, as they were\nsetting    transport changed\nsetting    smtp_host changed\nsetting    smtp_port changed\ntemplate   sv/item.txt changed' "$output"
	grep -q "configuration taken, asked for by $(id -un): 1 rules, no change (0 of them); 3 settings, 1 templates changed" "$dir/log"
	same "1 rules, no change" "$(ctl rules reload)"
	x_rule 'name = "x-own"; urgent = false;' # a mistake takes nothing
	run ctl rules reload
	[ "$status" -eq 1 ]
	x_rule 'name = "x-own"; title_en = "own";'
	kill -HUP "$daemon"
	taken() { grep -q "configuration taken, asked for by a signal: 1 rules, changed (1 of them); 0 settings, 0 templates changed" "$dir/log"; }
	wait_until taken
}
