# SPDX-License-Identifier: EUPL-1.2
"""The morning on which everything comes at once: 10,000 reminders for 200 people, fresh and then all
of them overdue. How many letters, in what time they are written and in the Maildir, and the most
memory that the daemon took on the way."""

import os
import time

from daemon import event

PEOPLE, CASES = 200, 10000
RULE = """rules = ({ name = "bench"; title = "Mätning"; subject = "case"; starts = [ "visit.made" ];
  due = "P10D"; done = [ "visit.missed" ];
  steps = ({ name = "soon"; at = "-P3D"; to = [ "social_worker" ]; },
           { name = "late"; at = "P4D"; to = [ "social_worker" ]; }); });
"""
FRESH, OVERDUE = "2026-03-09T16:00", "2026-03-16T16:00"


def letters(daemon):
    folder = os.path.join(daemon.folder, "mail", "new")
    return len(os.listdir(folder)) if os.path.isdir(folder) else 0


def office():
    events = [event("programme.started", "bench", title="Mätningen")]
    events += [event("staff.joined", f"p{i:03d}", name=f"Person {i}", email=f"p{i:03d}@example.se")
               for i in range(PEOPLE)]
    for i in range(CASES):
        case = f"K-{i:05d}"
        events += [event("case.opened", case, programme="bench"),
                   event("role.assigned", case, role="social_worker", staff=f"p{i % PEOPLE:03d}"),
                   event("visit.made", case)]
    return events


def measure(bench):
    daemon = bench.daemon("letters")
    rules = os.path.join(daemon.folder, "rules.d")
    for name in os.listdir(rules):
        os.unlink(os.path.join(rules, name))
    with open(os.path.join(rules, "bench.conf"), "w", encoding="utf-8") as file:
        file.write(RULE)
    with open(os.path.join(daemon.folder, "kedja.conf"), "a", encoding="utf-8") as file:
        file.write("hold_above = 0;\n")
    daemon.start()
    daemon.record_all(office())
    daemon.ask("deadline.list")
    before = daemon.memory()[1]
    for what, until in (("fresh", FRESH), ("all overdue", OVERDUE)):
        count, began = letters(daemon), time.monotonic()
        daemon.ask("clock.set", time=until)
        print(f"  {CASES:,} reminders for {PEOPLE} people, {what}: {letters(daemon) - count} letters "
              f"in {time.monotonic() - began:.2f} s")
    print(f"  memory of the daemon at its most: {daemon.memory()[1]:.1f} MiB, {before:.1f} before the "
          "letters")
    daemon.stop()
