# SPDX-License-Identifier: EUPL-1.2
# Who may do what, with real users, and proof of it. Whoever is not root can be nobody else.

load kedja

setup() {
	# others must get there: the folder of the tests is closed to them
	office_folder=$([ -w /dev/shm ] && echo /dev/shm || echo /tmp) office
	[ "$(id -u)" -eq 0 ] || skip "needs root, who can be anybody"
	chmod 711 "$dir"
}

@test "the matrix of kedjad(8): every role, every method, own, other and protected cases" {
	timeout 300 python3 "$root/tests/system/access.py" matrix "$dir/matrix"
}

@test "lists and figures leave out what somebody may not see" {
	timeout 300 python3 "$root/tests/system/access.py" lists "$dir/lists"
}

@test "killed at any moment: no change without its row, no row without its change" {
	timeout 300 python3 "$root/tests/system/access.py" kills "$dir/kills"
}
