# SPDX-License-Identifier: EUPL-1.2
"""A thousand rules that are read again: what others wait for an answer meanwhile, and while everybody
is planned anew."""

import os
import time

from daemon import case, office
from payments import Others, tell_waits

RULES = 1000
CASES = 300


def write_rules(path, days):
    """A hundred of them begin with a plan; the others wait for what does not happen."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("rules = (\n")
        for i in range(RULES):
            kind = "plan.adopted" if i % 10 == 0 else "visit.made"
            file.write(f'  {{ name = "m-{i:03d}"; title = "Nr {i}"; subject = "case"; starts = [ "{kind}" ];\n'
                       f'    due = "P{days}D"; done = [ "visit.missed" ];\n'
                       f'    steps = ({{ name = "later"; at = "P0D"; to = [ "social_worker" ]; }}); }}'
                       f'{"," if i < RULES - 1 else ""}\n')
        file.write(");\n")


def measure(bench):
    daemon = bench.daemon("reload")
    path = os.path.join(daemon.folder, "rules.d", "95-many.conf")
    write_rules(path, 30)
    daemon.start()
    daemon.record_all(office() + [made for i in range(CASES) for made in case(f"CASE-{i:03d}")])
    daemon.ask("deadline.list")  # answered when nobody is behind
    others = Others(daemon.socket)
    for number in range(bench.rounds):
        write_rules(path, 31 + number)
        daemon.ask("rules.reload")
    tell_waits(f"while {RULES:,} rules were read {bench.rounds} times", others.stop())
    others = Others(daemon.socket)
    began = time.monotonic()
    daemon.ask("deadline.list")
    planned = time.monotonic() - began
    tell_waits(f"while {CASES} cases were planned anew ({planned:.1f} s)", others.stop())
