# SPDX-License-Identifier: EUPL-1.2
"""How SQLite would answer every statement of the daemon, on an empty file of today's schema: no
table that grows is gone through from end to end, and nothing is sorted aside.

The statements are found by themselves: every text in the objects of the build that begins as one
(the compiler has put macros and halves of texts together by then), also those that no test ever
asks. What may go through a table all the same stands in tests/plans.txt, with the reason.

usage: plans.py OBJECTS DATABASE EXCEPTIONS
"""

import glob
import os
import re
import sqlite3
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BEGINS = re.compile(rb"^(SELECT|INSERT|UPDATE|DELETE|REPLACE|WITH) [ -~]+$")
# Of the people and of the rules: they do not grow with the cases.
SMALL = {"meta", "sweep", "staff", "absence", "json_each", "figure"}
SORTS = "USE TEMP B-TREE FOR ORDER BY"


def statements(folder):
    """Every statement, with the objects that hold it; those of files that are gone do not count."""
    found = {}
    for path in sorted(glob.glob(os.path.join(folder, "**", "*.o"), recursive=True)):
        if not os.path.exists(os.path.join(ROOT, "daemon", os.path.relpath(path, folder)[:-1] + "c")):
            continue
        with open(path, "rb") as file:
            for text in file.read().split(b"\0"):
                if BEGINS.match(text):
                    found.setdefault(text.decode(), []).append(os.path.relpath(path, folder))
    return found


def table_of(name, sql, tables):
    """The plan names a table by its alias, if it has one."""
    named = [table for table in tables if re.search(rf"\b{table} (AS )?{name}\b", sql)]
    return named[0] if named and name not in tables else name


def faults(database, sql, tables):
    """What is wrong with the plan of a statement: "SCAN notice", "SORT", "PAGE"."""
    found = []
    most = max([int(number) for number in re.findall(r"\?(\d+)", sql)], default=0)
    try:
        rows = database.execute("EXPLAIN QUERY PLAN " + sql, [None] * most).fetchall()
    except sqlite3.Error as error:
        return [f"FAILS ({error})"]
    if re.search(r"\) > \(\?", sql) and not any(")>(" in detail for *_, detail in rows):
        found.append("PAGE")  # a cursor of two columns of which the index takes one
    for *_, detail in rows:
        scanned = re.match(r"SCAN (\w+)", detail)
        if scanned:
            table = table_of(scanned.group(1), sql, tables)
            if table in tables and table not in SMALL:
                found.append(f"SCAN {table}")
        elif SORTS in detail:
            found.append("SORT")
    return sorted(set(found))


def read_exceptions(path):
    """Lines of: what it does | how the statement begins, or a part of it | why it may."""
    rows = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.strip() and not line.startswith("#"):
                parts = [part.strip() for part in line.split("|")]
                if len(parts) != 3 or not all(parts):
                    sys.exit(f"{path}:{number}: write: what it does | part of the statement | why")
                rows.append([parts[0], " ".join(parts[1].split()), number, 0])
    return rows


def main():
    objects, file, exceptions = sys.argv[1:]
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    database.create_function("seen", 1, lambda text: 1)  # db_judge.c
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master"
                                                   " WHERE type = 'table'")}
    allowed = read_exceptions(exceptions)
    found = statements(objects)
    wrong = 0
    for sql, where in found.items():
        for fault in faults(database, sql, tables):
            excused = [row for row in allowed if row[0] == fault and row[1] in sql]
            for row in excused:
                row[3] += 1
            if not excused:
                wrong += 1
                print(f"{', '.join(where)}: {fault}: {sql}")
    for what, part, number, used in allowed:
        if used == 0:
            wrong += 1
            print(f"{exceptions}:{number}: no statement with \"{part}\" has {what} any more: "
                  "take the line away")
    print(f"{len(found)} statements, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
