#!/usr/bin/env bats
# SPDX-License-Identifier: EUPL-1.2
# Children in a household whose home is at stake: the unit manager is told of every step. Nobody else
# learns it from a letter: all other letters are the same to the byte.

setup() {
	load kedja
	office
}

# story FIRST LATER: a case that is opened with FIRST children; on 20 January it is said that they are
# LATER (-: nothing is said). Its letters, a line each, are in $dir/others and $dir/manager.
story() {
	rm -rf "$dir/data" "$dir/mail"
	mkdir "$dir/data"
	create
	start
	cast 2026-01-05
	record case.opened K-1 programme=norr children="$1"
	record role.assigned K-1 role=social_worker staff=anna.åberg
	until_time 2026-01-07T09:00
	record forfeiture.notice_served K-1 --key 2026-01 on=2026-01-07
	record board.notified K-1 --key 2026-01 on=2026-01-07
	until_time 2026-01-20T09:00
	[ "$2" = - ] || record household.changed K-1 children="$2"
	until_time 2026-01-26T09:00
	record eviction.dated K-1 date=2026-03-02
	ctl snooze K-1 eviction-ahead --until 2026-02-09 --reason prov --as hakan.holm >/dev/null
	until_time 2026-03-05T09:00
	base "SELECT created_at, person, subject, urgent, quote(body), quote(html) FROM message
		WHERE person <> 'hakan.holm' ORDER BY created_at, person, subject" >"$dir/others"
	base "SELECT DISTINCT n.rule || ' ' || n.step FROM notice n WHERE n.person = 'hakan.holm' AND n.subject = 'K-1'
		AND n.rule IN ('forfeiture-tenant', 'eviction-ahead') AND n.message IS NOT NULL ORDER BY 1" >"$dir/manager"
	stop
}

@test "with children the manager is told of every step, and no other letter differs" {
	story 0 -
	cp "$dir/others" "$dir/others.without"
	cp "$dir/manager" "$dir/manager.without"
	[ "$(wc -l <"$dir/others.without")" -gt 8 ]
	story 2 -
	diff "$dir/others.without" "$dir/others"
	same "eviction-ahead plan
forfeiture-tenant halfway" "$(comm -13 "$dir/manager.without" "$dir/manager")"
	same "" "$(comm -23 "$dir/manager.without" "$dir/manager")"
}

@test "what is said of children holds for what is open already; none any more takes it away" {
	story 0 -
	cp "$dir/others" "$dir/others.without"
	cp "$dir/manager" "$dir/manager.without"
	story 0 1
	diff "$dir/others.without" "$dir/others"
	same "eviction-ahead plan" "$(comm -13 "$dir/manager.without" "$dir/manager")"
	story 3 0
	diff "$dir/others.without" "$dir/others"
	same "forfeiture-tenant halfway" "$(comm -13 "$dir/manager.without" "$dir/manager")"
}

@test "each letter about a home that may be lost asks of children, in every case" {
	for rule in $(rule_names | grep -E '^(forfeiture-|eviction-|enforcement|after-eviction)'); do
		grep -qx "Finns barn i hushållet? Tänk på vad som särskilt gäller dem." "$root/conf/templates/sv/$rule.txt" ||
			{ echo "sv/$rule.txt does not"; return 1; }
		grep -q "children in the household" "$root/conf/templates/en/$rule.txt" || { echo "en/$rule.txt does not"; return 1; }
	done
}

rule_names() {
	cat "$root"/conf/rules.d/[0-9]*.conf | sed -n 's/^ *name *= "\([a-z-]*\)";$/\1/p'
}
