#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Compares lists of notices as kedjactl gives them (--json).

usage: differences.py same A B          are these the same notices? (rules simulate, or notices)
       differences.py predicted DIFF A B
           is DIFF (of kedjactl rules diff) the difference from A to B?

Prints what differs, and ends with 1 if anything does.
"""

import collections
import json
import sys

IDENTITY = ("subject", "rule", "key", "step", "repetition", "role", "person", "cc")


def read(path):
    with open(path, encoding="utf-8") as file:
        rows = json.load(file)
    return rows["rows"] if isinstance(rows, dict) else rows


def state(row):
    return "sent" if row["state"] == "queued" else row["state"]


def facts(row, *more):
    return tuple(str(row[name]) for name in IDENTITY) + (state(row),) + more


def tell(what, counter):
    for row in sorted(counter)[:10]:
        print(what, counter[row], *row)


def report(expected, found):
    expected, found = collections.Counter(expected), collections.Counter(found)
    tell("missing", expected - found)
    tell("too much", found - expected)
    print(sum(expected.values()), "expected,", sum(found.values()), "found")
    return 0 if expected == found else 1


def real_difference(before, after):
    """By deadline and step, as a person would compare the two lists."""
    sides = []
    for rows in (before, after):
        side = collections.defaultdict(list)
        for row in rows:
            if row["state"] != "overtaken":
                side[(row["deadline"],) + facts(row)].append((row["at"], row["due"]))
        sides.append(side)
    changes = []
    for identity in sides[0].keys() | sides[1].keys():
        was, now = sorted(sides[0][identity]), sorted(sides[1][identity])
        for i in range(max(len(was), len(now))):
            if i >= len(now):
                changes.append(("goes",) + identity[1:] + was[i])
            elif i >= len(was):
                changes.append(("comes",) + identity[1:] + now[i])
            elif was[i] != now[i]:
                changes.append(("moves",) + identity[1:] + now[i] + was[i])
    return changes


def predicted_difference(rows):
    for row in rows:
        change = (row["change"],) + facts(row, row["at"], row["due"])
        if row["change"] == "moves":
            change += (row["was_at"], row["was_due"])
        yield change


def main():
    if sys.argv[1] == "same":
        lists = [[facts(row, row["at"], row["due"]) for row in read(path)]
                 for path in sys.argv[2:4]]
        return report(*lists)
    predicted = list(predicted_difference(read(sys.argv[2])))
    return report(real_difference(read(sys.argv[3]), read(sys.argv[4])), predicted)


if __name__ == "__main__":
    sys.exit(main())
