#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Compares two runs of the demonstration: every letter byte for byte, but for the chance in its
identity (numbered by first use, so that threads are compared too), and every notice. Says what
differs, by day and reader; exit 1 if anything does.

usage: tests/compare-demo.py FOLDER FOLDER     as contrib/demo/run --dir FOLDER left them
"""

import collections
import difflib
import email
import email.policy
import json
import os
import re
import sys

IDENTITY = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")


def letters_of(folder):
    """The letters in the order of (what they say without identities), identities numbered."""
    box = os.path.join(folder, "mail", "new")
    raw = []
    for name in os.listdir(box):
        with open(os.path.join(box, name), "rb") as file:
            raw.append(file.read())
    raw.sort(key=lambda text: IDENTITY.sub(b"", text))
    numbers = {}

    def number(match):
        return b"%032d" % numbers.setdefault(match.group(0), len(numbers))

    return [IDENTITY.sub(number, text) for text in raw]


def heading(letter):
    message = email.message_from_bytes(letter, policy=email.policy.default)
    moment = message["Date"].datetime
    return f"{moment:%Y-%m-%d %H:%M} {message['To']}: {message['Subject']}"


def words(letter):
    message = email.message_from_bytes(letter, policy=email.policy.default)
    body = message.get_body(("plain",))
    return body.get_content().splitlines() if body else letter.decode(errors="replace").splitlines()


def compare_letters(old, new):
    """Letters of one heading are held against each other; what has no partner came or went."""
    gone = collections.Counter(old) - collections.Counter(new)
    come = collections.Counter(new) - collections.Counter(old)
    by_heading = collections.defaultdict(lambda: ([], []))
    for side, letters in enumerate((gone, come)):
        for letter in letters.elements():
            by_heading[heading(letter).split(": ")[0]][side].append(letter)
    for head in sorted(by_heading):
        was, is_now = by_heading[head]
        for before, after in zip(was, is_now):
            print(f"{head}: differs")
            lines = list(difflib.unified_diff(words(before), words(after), lineterm="", n=0))[2:]
            print("\n".join("    " + line for line in lines or ["(not in its words)"]))
        for letter in was[len(is_now):]:
            print(f"{heading(letter)}: only in the first")
        for letter in is_now[len(was):]:
            print(f"{heading(letter)}: only in the second")
    return bool(gone or come)


def notices_of(folder):
    with open(os.path.join(folder, "notices.json"), encoding="utf-8") as file:
        rows = json.load(file)
    rows = rows["rows"] if isinstance(rows, dict) else rows
    return [json.dumps({name: value for name, value in row.items() if name not in ("id", "message", "rules")},
                       sort_keys=True, ensure_ascii=False) for row in rows]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    old, new = (letters_of(folder) for folder in sys.argv[1:])
    differs = compare_letters(old, new)
    rows = [collections.Counter(notices_of(folder)) for folder in sys.argv[1:]]
    for sign, rest in (("-", rows[0] - rows[1]), ("+", rows[1] - rows[0])):
        for row in sorted(rest.elements()):
            print(f"notice {sign} {row}")
            differs = True
    print(f"{len(old)} and {len(new)} letters, {sum(rows[0].values())} and {sum(rows[1].values())} "
          + ("notices: they differ" if differs else "notices: the same"))
    return 1 if differs else 0


if __name__ == "__main__":
    sys.exit(main())
