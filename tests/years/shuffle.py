# SPDX-License-Identifier: EUPL-1.2
"""The same events, written down in different orders, give the same deadlines.
usage: shuffle.py FOLDER SEED"""

import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from office import Office, invented  # noqa: E402

ORDERS = 5


def distinct(events):
    """No two events of one subject at the same time: between those, the order of recording decides.
    All are recorded with force: in a shuffled order some come before the one that they follow."""
    seen, kept = set(), []
    for event in events:
        # a bare date and the first minute of the day are different times
        place = (event["subject"], event["at"])
        if place in seen:
            continue
        seen.add(place)
        kept.append(dict(event, force=True, reason="skrivs i efterhand"))
    return kept


def deadlines(folder, events):
    office = Office(folder)
    line = office.start("--virtual-clock", "2007-03-01T08:00")
    stands = [{"kind": kind, "subject": subject}
              for kind, subject in sorted({(event["kind"], event["subject"]) for event in events})]
    for first in range(0, len(events), 40):
        line.ask("event.record", {"events": events[first:first + 40], "stands": stands})
        if first % 400 == 0:
            line.rows("deadline.list", {"state": "all"})  # so that plans are made on the way
    rows = line.rows("deadline.list", {"state": "all"})
    found = sorted((row["rule"], row["subject"], row["key"] or "", row["anchor"]["date"],
                    row["occurrence"], row["due"], row["state"]) for row in rows)
    assert line.ask("rebuild", {"check": True})["different"] == []
    office.stop()
    return found


def main(folder, seed):
    events = distinct(invented(seed, "2007-03-01"))
    subjects = {event["subject"] for event in events}
    in_order = None
    rng = random.Random(seed)
    for order in range(ORDERS + 1):
        if order > 0:
            rng.shuffle(events)
        found = deadlines(os.path.join(folder, str(order)), events)
        if in_order is None:
            in_order = found
            states = {row[6] for row in found}
            assert len(found) > 150 and {"open", "done"} <= states, (len(found), states)
        if found != in_order:
            for row in sorted(set(found) ^ set(in_order)):
                print("only in order" if row in set(in_order) else f"only in order {order}", row)
            raise SystemExit(f"order {order} of seed {seed} gives other deadlines")
    print(f"{len(events)} events of {len(subjects)} subjects, {len(in_order)} deadlines,"
          f" the same in {ORDERS} shuffled orders (seed {seed})")


main(sys.argv[1], int(sys.argv[2]))
