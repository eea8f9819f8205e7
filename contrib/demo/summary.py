#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""What the demonstration sent: letters' reminders by rule and month, and two letters whole.

usage: summary.py FOLDER      with FOLDER/notices.json and the Maildir FOLDER/mail
"""
import collections
import email
import email.policy
import json
import pathlib
import sys


def by_rule_and_month(notices):
    table = collections.Counter()
    for notice in notices:
        if notice["state"] == "sent":
            table[notice["rule"], notice["at"][:7]] += 1
    return table


def print_table(table):
    rules = sorted({rule for rule, _ in table})
    months = sorted({month for _, month in table})
    wide = max(len(rule) for rule in rules)
    for year in sorted({month[:4] for month in months}):
        of_year = [month for month in months if month[:4] == year]
        print(f"\n{year:{wide}}" + "".join(f"{month[5:]:>5}" for month in of_year) + "  in all")
        for rule in rules:
            counts = [table[rule, month] for month in of_year]
            if any(counts):
                print(f"{rule:{wide}}" + "".join(f"{n or '.':>5}" for n in counts) + f"{sum(counts):>8}")


def letters(maildir):
    for path in sorted((maildir / "new").iterdir()):
        with open(path, "rb") as file:
            yield email.message_from_binary_file(file, policy=email.policy.default)


def text_of(letter):
    return letter.get_body(preferencelist=("plain",)).get_content()


def print_lengths(folder):
    sizes = sorted(len(text_of(letter)) for letter in letters(folder / "mail"))
    print(f"\n{len(sizes)} letters: half of them below {sizes[len(sizes) // 2]} characters, nine in ten below"
          f" {sizes[len(sizes) * 9 // 10]}, the longest {sizes[-1]}.")


def print_letter(letter):
    print()
    for name in ("Date", "From", "To", "Subject"):
        print(f"{name}: {letter[name]}")
    print()
    print("\n".join("    " + line if line else "" for line in text_of(letter).splitlines()))


def two_letters(folder):
    """One that tells of several things, and one to the manager about a single late one."""
    every = sorted(letters(folder / "mail"), key=lambda one: (one["Date"].datetime, str(one["To"])))
    long = [one for one in every if 25 < text_of(one).count("\n") < 60]
    late = [one for one in every if "enhetschef" in text_of(one) and one not in long[:1]]
    return (long[:1] or every[:1]) + (late[len(late) // 2:][:1] or every[-1:])


def main():
    folder = pathlib.Path(sys.argv[1])
    notices = json.loads((folder / "notices.json").read_text())
    states = collections.Counter(notice["state"] for notice in notices)
    sent = len({notice["message"] for notice in notices if notice["state"] == "sent"})
    print(f"\n{states['sent']} reminders went out in {sent} letters, one a person and working day.")
    print(f"{states['overtaken']} more were overtaken: by a later step, or done before their letter.")
    if states["unreachable"]:
        print(f"{states['unreachable']} found nobody in the role and went to the manager instead.")
    print_table(by_rule_and_month(notices))
    print_lengths(folder)
    print("\nTwo of the letters:")
    for letter in two_letters(folder):
        print_letter(letter)


main()
