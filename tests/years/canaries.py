#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Secrets as canaries: a year of every kind of event, with a word or a number of its own in each
field that is not open, by all the rules that ship. None of them may come out in a letter (text, page,
headers, calendar), in the log or in the status. Which fields there are is asked of the daemon: a new
kind is in it by itself.

usage: canaries.py FOLDER
"""

import datetime
import email
import email.policy
import glob
import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from office import Office, Refused  # noqa: E402

WORD = "kanarie"      # in every text and id that is not open
AMOUNT = 7351294      # and a little more, in öre: 73 512,94 kr
COUNT = 737           # of goals, payments ...
FIRST = datetime.date(2026, 1, 5)
DAYS = 380
CASES = [f"K-{i}" for i in range(1, 9)]
# What a stage or a code would betray, by name or title, and what an amount looks like.
BETRAY = ["supported_housing", "training_flat", "trial_flat", "own_lease", "stödboende",
          "träningslägenhet", "försökslägenhet", "lease_lost", "deceased", "avliden", "own_wish",
          "73512", "73 512", "7351", str(COUNT), WORD]
# Open by law of the text: the reader's own role, and what the rule is called.
NOT_RECORDED = ("event.voided", "staff.left", "staff.unreachable", "deadline.", "programme.ended")


class Year:
    def __init__(self, line, seed):
        self.line = line
        self.random = random.Random(seed)
        self.kinds = {kind["name"]: kind for kind in line.rows("kind.list")}
        self.recorded = {}
        self.canaries = 0

    def value(self, kind, field, day):
        form, name = field["type"], field["name"]
        if name == "programme":
            return "norr"
        if name == "case":
            return self.random.choice(CASES)
        if form == "date":
            return (day + datetime.timedelta(days=self.random.randint(-10, 60))).isoformat()
        if form == "flag":
            return self.random.random() < 0.6
        if form == "code":
            return self.random.choice(field["codes"])
        if name in ("staff", "deputy", "by", "from") and form == "id":
            return self.random.choice(["anna", "bo"])
        if field["class"] == "open":
            return {"id": "id", "text": "Norr", "count": 1}.get(form, 1)
        self.canaries += 1
        if form == "amount":
            return AMOUNT * 100 + self.random.randint(0, 5)
        if form == "count":
            return COUNT
        return f"{WORD}-{kind}-{name}".replace(".", "-")[:40]

    def event(self, name, subject, day):
        kind = self.kinds[name]
        event = {"kind": name, "subject": subject, "at": day.isoformat(), "data": {}}
        for field in kind["fields"]:
            if not field["optional"] or self.random.random() < 0.7:
                event["data"][field["name"]] = self.value(name, field, day)
        if kind["key"] != "none":
            month = f"{day.year}-{day.month:02d}"
            event["key"] = {"report": self.random.choice(["tertial", "annual", "partial", "final"]),
                            "meeting": self.random.choice(["steering", "reference"]),
                            "month": month}.get(kind["key_means"], f"nr-{self.random.randint(1, 5)}")
        return event

    def record(self, event):
        try:
            self.line.ask("event.record", event)
        except Refused:
            return
        self.recorded[event["kind"]] = self.recorded.get(event["kind"], 0) + 1

    def staff(self, day):
        for person in ("anna", "bo", "cilla", "dan"):
            self.record({"kind": "staff.joined", "subject": person, "at": day.isoformat(),
                         "data": {"name": person.capitalize(), "email": person + "@office.example",
                                  "board": WORD + "-board",
                                  "language": "en" if person == "bo" else "sv"}})

    def begin(self):
        day = FIRST
        self.staff(day)
        self.record({"kind": "programme.started", "subject": "norr", "at": day.isoformat(),
                     "data": {"title": "Norr", "board": WORD + "-board"}})
        for role, person in (("social_worker", "anna"), ("support_worker", "bo"),
                             ("housing_coordinator", "bo"), ("unit_manager", "cilla"),
                             ("area_manager", "dan"), ("planning_officer", "dan"),
                             ("outreach_worker", "bo"), ("steering_group", "dan"),
                             ("reference_group", "cilla")):
            self.record({"kind": "role.assigned", "subject": "norr", "at": day.isoformat(),
                         "data": {"role": role, "staff": person}})
        for case in CASES:
            self.record({"kind": "case.opened", "subject": case, "at": day.isoformat(),
                         "data": {"programme": "norr", "board": WORD + "-board"}})
            for name in ("stage.entered", "plan.adopted", "lease.started", "decision.made"):
                self.record(self.event(name, case, day))

    def live(self, day):
        names = [name for name in self.kinds if not name.startswith(NOT_RECORDED)]
        for _ in range(6):
            name = self.random.choice(names)
            subject = {"case": self.random.choice(CASES), "staff": self.random.choice(["anna", "bo"]),
                       "programme": "norr", "any": self.random.choice(CASES)}[self.kinds[name]["subject"]]
            if name in ("staff.joined", "case.closed", "role.released") and \
                    self.random.random() < 0.9:
                continue
            event = self.event(name, subject, day)
            if name in ("staff.joined", "staff.changed"):
                event["data"].update(name=subject.capitalize(), email=subject + "@office.example")
            self.record(event)


def said(path):
    """Everything that a letter says, decoded: headers, parts, names of files."""
    with open(path, "rb") as file:
        letter = email.message_from_binary_file(file, policy=email.policy.default)
    texts = [f"{name}: {value}" for name, value in letter.items()]
    for part in letter.walk():
        texts.append(str(part.get_filename()))
        if not part.is_multipart():
            texts.append(part.get_content().replace("\n ", ""))
    return "\n".join(texts)


def search(where, text, found):
    plain = re.sub(r"\s+", " ", text).lower()
    for word in BETRAY:
        # a number only by itself: ids are full of digits
        edge = r"(?<![0-9a-z])" if word[0].isdigit() else ""
        hit = re.search(edge + re.escape(word), plain)
        if hit and not (edge and re.match("[0-9a-f]", plain[hit.end():hit.end() + 1] or " ")
                        and len(word) < 5):
            at = hit.start()
            found.append(f"{where}: \"{word}\" in ...{plain[max(0, at - 60):at + 60]}...")


def main(folder):
    seed = int(os.environ.get("KEDJA_SEED", "11"))
    print(f"seed {seed}")
    office = Office(folder)
    line = office.start("--virtual-clock", FIRST.isoformat() + "T07:00")
    year = Year(line, seed)
    year.begin()
    for number in range(0, DAYS, 2):
        day = FIRST + datetime.timedelta(days=number)
        line.ask("clock.set", {"time": day.isoformat() + "T07:00"})
        year.live(day)
    found = []
    search("status", str(line.ask("status")), found)
    line.close()
    office.stop()
    letters = glob.glob(office.maildir + "/*/*")
    for path in letters:
        search(os.path.basename(path), said(path), found)
    with open(os.path.join(folder, "log"), encoding="utf-8") as file:
        search("log", file.read(), found)
    missing = [name for name in year.kinds if not name.startswith(NOT_RECORDED)
               and name not in year.recorded]
    print(f"{len(letters)} letters, {sum(year.recorded.values())} events of {len(year.recorded)} kinds, "
          f"{year.canaries} canaries; never taken: {', '.join(missing) or 'none'}")
    print("\n".join(found[:20]))
    assert not found, f"{len(found)} places"
    assert len(letters) > 300 and year.canaries > 300 and len(missing) < 12


if __name__ == "__main__":
    main(sys.argv[1])
