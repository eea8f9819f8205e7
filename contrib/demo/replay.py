#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Replays the story of the demonstration: its events, the bank's files on the mornings on which they
come, and the payments that somebody has found the case of, all with kedjactl.

usage: replay.py KEDJACTL STORY BANK_FOLDER      the daemon's socket is in KEDJA_SOCKET
"""
import csv
import io
import json
import os
import subprocess
import sys


class Replay:
    def __init__(self, kedjactl, bank):
        self.kedjactl, self.bank = kedjactl, bank
        self.events = []
        self.told = {"events": 0, "files": 0, "payments": 0, "unmatched": 0, "assigned": 0}

    def ctl(self, *words, text=None):
        done = subprocess.run([self.kedjactl, *words], input=text, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            sys.exit(f"replay: kedjactl {' '.join(words)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def record_events(self):
        if self.events:
            self.ctl("import", "--advance", "-", text="".join(self.events))
            self.told["events"] += len(self.events)
        self.events = []

    def read_in(self, deed):
        path = os.path.join(self.bank, deed["file"])
        told = json.loads(self.ctl("payments", "import", "--json", path, *deed["options"]))
        self.told["files"] += 1
        self.told["payments"] += told["new"]
        self.told["unmatched"] += told["unmatched"]

    def assign(self, deed):
        """As it is done by hand: the list of what waits, the case written behind one, and back."""
        rows = list(csv.reader(io.StringIO(self.ctl("payments", "unmatched", "--csv")), delimiter=";"))
        for row in rows[1:]:
            one = dict(zip(rows[0], row))
            if one["paid_on"] == deed["paid_on"] and one["amount"] == f"{deed['amount'] / 100:.2f}":
                row[rows[0].index("case")] = deed["case"]
                break
        path = os.path.join(self.bank, "assigned.csv")
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
        told = self.ctl("payments", "assign", "--csv", path)
        if not told.startswith("1 new"):
            sys.exit(f"replay: {deed}: {told}")
        self.told["assigned"] += 1

    def run(self, story):
        deeds = {"import": self.read_in, "assign": self.assign}
        for line in story:
            entry = json.loads(line)
            if "do" not in entry:
                self.events.append(line)
                continue
            self.record_events()
            self.ctl("clock", "set", entry["at"])
            deeds[entry["do"]](entry)
        self.record_events()


def main():
    kedjactl, story, bank = sys.argv[1:]
    replay = Replay(kedjactl, bank)
    with open(story, encoding="utf-8") as lines:
        replay.run(lines)
    print("{events} events recorded; {files} payment files read in: {payments} payments, {unmatched} of"
          " which fitted nothing, {assigned} assigned by hand.".format(**replay.told))


main()
