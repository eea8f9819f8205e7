#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Offices staffed at random: people who come and leave, are away with and without deputies, in chains
and circles; roles that nobody holds; boards and consents. Every reminder reaches somebody or stands
there as unreachable, nobody of another board is told of a case without a consent, nobody gets two
letters of a day, and what preflight lists is what the next 30 days fail to deliver.

usage: staffing.py FOLDER      KEDJA_SEED=N repeats what chance has done
"""

import datetime
import json
import os
import random
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from office import ROOT, Office, Refused  # noqa: E402

KEDJACTL = os.path.join(ROOT, os.environ.get("KEDJACTL") or "build/kedjactl")
FIRST = datetime.date(2026, 1, 5)
NOW = FIRST + datetime.timedelta(days=40)
UNTIL = NOW + datetime.timedelta(days=29)
ROLES = ["social_worker", "support_worker", "housing_coordinator", "unit_manager", "area_manager"]
PLAN = {name: True for name in ("rent", "tenancy", "treatment", "neighbour", "rent_contact",
                                "goals_short", "goals_long")}


def day(number):
    return (FIRST + datetime.timedelta(days=number)).isoformat()


def staffing(chance):
    """Events, each with the day on which it is written down."""
    people = [f"p{i}" for i in range(8)]
    boards = ["norr", "syd", None]
    for person in people:
        data = {"name": person.upper(), "email": person + "@office.example"}
        board = chance.choice(boards)
        yield 0, "staff.joined", person, dict(data, **({"board": board} if board else {}),
                                              **({"rhythm": "weekly"} if chance.random() < 0.2 else {}))
    yield 0, "programme.started", "prog", {"title": "P", "board": "norr"}
    for role in ROLES:
        for person in chance.sample(people, chance.choice([0, 1, 1, 2])):
            yield 0, "role.assigned", "prog", {"role": role, "staff": person}
    for i in range(12):
        case = f"K-{i}"
        start = chance.randint(0, 30)
        yield start, "case.opened", case, {"programme": "prog", **(
            {"board": "syd"} if chance.random() < 0.3 else {})}
        for role in ROLES[:3]:
            if chance.random() < 0.5:
                yield start, "role.assigned", case, {"role": role, "staff": chance.choice(people)}
        yield start, "stage.entered", case, {"stage": "training_flat", "mode": "move"}
        if chance.random() < 0.7:
            yield start, "plan.adopted", case, PLAN
        if chance.random() < 0.4:
            yield start, "consent.given", case, {"board": "syd", "until": day(chance.randint(30, 90))}
    for person in people:
        if chance.random() < 0.6:
            first = chance.randint(30, 65)
            deputy = chance.choice(people + [None])
            yield chance.randint(5, 39), "staff.absent", person, dict(
                {"from": day(first), "to": day(first + chance.randint(0, 20))},
                **({"deputy": deputy} if deputy else {}))
    for person in chance.sample(people, 2):
        yield chance.randint(20, 39), "staff.left", person, {}


def identity(row):
    return (row["subject"], row["rule"], row["key"] or "", row["step"], row["due"], row["role"])


def check(office, seed):
    chance = random.Random(seed)
    line = office.start("--virtual-clock", FIRST.isoformat() + "T06:00")
    for at, kind, subject, data in sorted(staffing(chance), key=lambda event: event[0]):
        line.ask("clock.set", {"time": day(at) + "T06:00"})
        try:
            # by force: a deputy may have left
            line.ask("event.record", {"kind": kind, "subject": subject, "at": day(at), "data": data,
                                      "force": True, "reason": "by chance"})
        except Refused as refused:
            raise SystemExit(f"seed {seed}: {kind} {subject} {data}: {refused}") from refused
    line.ask("clock.set", {"time": NOW.isoformat() + "T06:00"})
    conf = os.path.join(office.folder, "conf")
    ahead = json.loads(subprocess.run([KEDJACTL, "preflight", "--json", "--conf", conf, "--socket",
                                       office.path], capture_output=True, check=False).stdout)
    foreseen = sorted(identity(row) for row in ahead["unreachable"])
    line.ask("clock.set", {"time": UNTIL.isoformat() + "T23:59"})
    notices = line.rows("notice.list")
    late = NOW.isoformat() + "T06:00"
    failed = sorted(identity(row) for row in notices
                    if row["state"] == "unreachable" and late < row["at"])
    assert foreseen == failed, (f"seed {seed}: foreseen and not so: {set(foreseen) - set(failed)}; "
                                f"not foreseen: {set(failed) - set(foreseen)}")
    reached = {(n["subject"], n["rule"], n["key"], n["step"], n["repetition"], n["due"])
               for n in notices if n["person"] is not None and n["state"] in ("sent", "queued")}
    lost = [n for n in notices if n["state"] == "unreachable" and
            (n["subject"], n["rule"], n["key"], n["step"], n["repetition"], n["due"]) not in reached]
    assert not lost, f"seed {seed}: told to nobody else: {lost[:3]}"
    counted = line.ask("status")["counts"]["notices_unreachable"]
    assert unheard_of(line, notices) <= counted <= sum(n["state"] == "unreachable" for n in notices), seed
    boards_are_kept(office, line, seed)
    line.close()
    office.stop()
    nothing_is_silent(office, seed)
    return len(notices), len(failed)


def unheard_of(line, notices):
    """How many notices reached nobody, of deadlines that are open and have told their role nothing since."""
    def told(notice):
        return (*((notice[name]) for name in ("subject", "rule", "key", "due", "role")),)
    opened = {(row["subject"], row["rule"], row["key"], row["due"]) for row in line.rows("deadline.list")}
    last = {told(notice): notice["id"] for notice in sorted(notices, key=lambda n: n["id"])
            if notice["state"] in ("queued", "sent")}
    return sum(notice["state"] == "unreachable" and told(notice)[:4] in opened
               and last.get(told(notice), 0) < notice["id"] for notice in notices)


def nothing_is_silent(office, seed):
    """A step that went off has told somebody, or says for each role why not."""
    with sqlite3.connect(office.database) as file:
        silent = file.execute(
            "SELECT subject, rule, step FROM firing f WHERE step NOT LIKE '@%' AND NOT EXISTS"
            " (SELECT 1 FROM notice n WHERE n.subject = f.subject AND n.rule = f.rule"
            "  AND n.key = f.key AND n.anchor = f.anchor AND n.occurrence = f.occurrence"
            "  AND n.step = f.step AND n.repetition = f.repetition)").fetchall()
    file.close()
    assert not silent, f"seed {seed}: went off and told nobody: {silent[:3]}"


def boards_are_kept(office, line, seed):
    """By the events themselves, in another way than the daemon's."""
    staff = {row["staff"]: row["board"] for row in line.rows("staff.list")}
    sent = {row["id"]: row["created_at"][:10] for row in line.rows("outbox.list")}
    consents, boards = {}, {}
    for case in {row["case"] for row in line.rows("case.list")}:
        page = line.ask("case.show", {"case": case})["events"]["rows"]
        for event in page:
            if event["kind"] == "consent.given":
                consents[case] = (event["data"]["board"], event["data"]["until"])
            if event["kind"] == "case.opened":
                boards[case] = event["data"].get("board") or "norr"
    for row in line.rows("notice.list"):
        board, case = staff.get(row["person"]), row["subject"]
        if row["message"] is None or board is None or case not in boards or board == boards[case]:
            continue
        to, until = consents.get(case, (None, ""))
        assert to == board and sent[row["message"]] <= until, f"seed {seed}: {row}"


def main(folder):
    seed = int(os.environ.get("KEDJA_SEED", random.randint(1, 10**9)))
    for number in range(int(os.environ.get("STAFFINGS", "5"))):
        place = os.path.join(folder, str(number))
        os.mkdir(place)
        office = Office(place)
        try:
            notices, failed = check(office, seed + number)
        except BaseException:
            office.kill()  # what fails leaves nothing behind
            raise
        print(f"seed {seed + number}: {notices} notices, {failed} unreachable ahead")


if __name__ == "__main__":
    main(sys.argv[1])
