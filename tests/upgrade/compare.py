#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Holds what an upgraded file says beside what the version that wrote it said.

usage: compare.py TABLE "VERSION RULES WHAT" OLD NEW OLD_RULES

OLD and NEW have a line for each deadline or reminder, which begins with its rule. Rules that the
older version did not have are passed over. Exit 1 if another rule differs that TABLE does not list,
or if TABLE lists one that does not.
"""
import glob
import re
import sys


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def by_rule(path):
    rules = {}
    for line in read(path):
        rules.setdefault(re.split(r"[ |]", line, maxsplit=1)[0], []).append(line)
    return rules


def main():
    table, part, old_path, new_path, rules = sys.argv[1:]
    known = set(re.findall(r'^\s*name\s*=\s*"([^"]+)"', "\n".join(
        line for path in glob.glob(rules + "/*.conf") for line in read(path)), re.MULTILINE))
    listed = set()
    for line in read(table):
        cells = [cell.strip() for cell in line.split("|")]
        if not line.startswith("#") and len(cells) == 5 and cells[4] and " ".join(cells[:3]) == part:
            listed.add(cells[3])
    old, new = by_rule(old_path), by_rule(new_path)
    wrong = False
    for rule in sorted(known & (old.keys() | new.keys())):
        gone = sorted(set(old.get(rule, [])) - set(new.get(rule, [])))
        come = sorted(set(new.get(rule, [])) - set(old.get(rule, [])))
        if not gone and not come:
            continue
        if rule in listed:
            listed.remove(rule)
            continue
        wrong = True
        print(f"{part}: {rule} is not what it was: {len(gone)} gone, {len(come)} new")
        print("\n".join([f"  - {line}" for line in gone[:6]] + [f"  + {line}" for line in come[:6]]))
    if wrong:
        print(f'An office that upgrades gets this. If it should, say why in {table}:\n'
              f'{part.replace(" ", " | ")} | RULE | WHY; if not, the change needs a mend.')
    for rule in sorted(listed):
        print(f"{table}: {part} {rule}: nothing differs any more: the line goes")
    return 1 if wrong or listed else 0


sys.exit(main())
