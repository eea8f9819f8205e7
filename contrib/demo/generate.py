#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Writes two invented years of a housing programme as events, one JSON object a line.

    contrib/demo/generate.py --seed 1 > events.ndjson
    contrib/demo/generate.py --seed 1 --bank FOLDER > story.ndjson

With --bank the payments stand in files as the bank writes them, in FOLDER; lines with "do" say when
each is read in, and which payments that fitted nothing are assigned to a case (replay.py does it).

The programme is "ostermalm", from 2006-05-01 to 2008-04-30: 27 flats, five social workers, a
support worker, a housing coordinator and their managers. Every line could also have been typed
with "kedjactl record". The same seed gives the same lines, another seed another two years. All
people, cases, amounts and references are invented.

What is certain to happen, so that every kind of reminder has a reason, is in stories.py; what is
left to chance is in people.py (who), lives.py (cases), money.py (rent) and programme.py.
"""
import argparse
import os
import sys

sys.dont_write_bytecode = True  # the tree stays as it is
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "events"))

from book import Book  # noqa: E402
import lives  # noqa: E402
import money  # noqa: E402
import people  # noqa: E402
import programme  # noqa: E402
import stories  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description="write two invented years as events")
    parser.add_argument("--seed", type=int, default=1, help="another number, another two years")
    parser.add_argument("--bank", metavar="FOLDER", help="write the payments as the bank's files")
    options = parser.parse_args()
    book = Book(options.seed, options.bank)
    staff = people.hire(book)
    programme.run(book, staff)
    cases = lives.open_cases(book, staff)
    stories.cast(book, cases)
    lives.walk_all(book, cases)
    for case in cases:
        lives.live(book, case)
        money.charge(book, case)
    money.import_files(book)
    people.change(book, staff, cases)
    stories.outside(book)
    stories.at_stake(book, staff.social_workers[1])
    book.write(sys.stdout)


if __name__ == "__main__":
    main()
