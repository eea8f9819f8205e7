# SPDX-License-Identifier: EUPL-1.2
"""The lists that kedjactl gives to programs: every row has exactly the keys that were promised, and
their values look as they should. usage: shapes.py FOLDER, with deadlines, notices, outbox,
calendar and status in it."""

import json
import re
import sys

DAY = re.compile(r"\d{4}-\d\d-\d\d$")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")

PROMISED = {
    "deadlines": "id rule subject key anchor occurrence due state next_step next_at",
    "notices": "id deadline rule subject key step repetition person role cc due at state message",
    "outbox": "id to subject created_at state attempts next_attempt message_id outcome notices",
    "calendar": "date name kind",
}
MORE = {"deadlines": {"title", "missed", "put_off", "too_late"}, "notices": {"why", "item"},
        "outbox": {"person", "notices_next"},
        "calendar": {"weekday"}}
DAYS = {"deadlines": ["due"], "notices": ["due"], "outbox": [], "calendar": ["date"]}
TIMES = {"deadlines": ["next_at"], "notices": ["at"], "outbox": ["created_at", "next_attempt"],
         "calendar": []}
STATES = {"deadlines": "open asleep done cancelled",
          "notices": "held queued sent overtaken put_off unreachable shadow",
          "outbox": "queued handed sent deferred refused unclear cancelled superseded"}


def check(name, rows):
    assert isinstance(rows, list) and rows, f"{name}: a list with rows"
    promised = set(PROMISED[name].split())
    for row in rows:
        keys = set(row)
        assert promised <= keys, f"{name}: lacks {promised - keys}"
        assert keys <= promised | MORE[name], f"{name}: nobody promised {keys - promised}"
        for key in DAYS[name]:
            assert DAY.match(row[key]), f"{name}.{key}: {row[key]}"
        for key in TIMES[name]:
            assert row[key] is None or TIME.match(row[key]), f"{name}.{key}: {row[key]}"
        if name in STATES:
            assert row["state"] in STATES[name].split(), f"{name}: {row['state']}"


def main(folder):
    lists = {}
    for name in PROMISED:
        with open(f"{folder}/{name}", encoding="utf-8") as file:
            lists[name] = json.load(file)
        check(name, lists[name])
    for row in lists["deadlines"]:
        assert set(row["anchor"]) == {"event", "date"} and DAY.match(row["anchor"]["date"])
        assert isinstance(row["anchor"]["event"], int) and isinstance(row["occurrence"], int)
        assert (row["next_step"] is None) == (row["next_at"] is None)
    assert any(row["notices"] for row in lists["outbox"])
    for row in lists["outbox"]:
        assert row["outcome"] is None or set(row["outcome"]) == {"code", "text"}
        # a summary after a leave consists of no notice
        assert all(isinstance(one, int) for one in row["notices"])
    for row in lists["notices"]:
        assert isinstance(row["cc"], bool) and isinstance(row["repetition"], int)
    assert {row["kind"] for row in lists["calendar"]} <= {"holiday", "equated", "weekend", "closed"}
    # the lists speak of the same things
    known = {row["id"] for row in lists["deadlines"]}
    assert any(row["deadline"] in known for row in lists["notices"])
    of_letters = {(one, row["id"]) for row in lists["outbox"] for one in row["notices"]}
    assert of_letters == {(row["id"], row["message"]) for row in lists["notices"]
                          if row["message"] is not None}
    with open(f"{folder}/status", encoding="utf-8") as file:
        status = json.load(file)
    for key in "version pid clock rules counts outbox mailer behind next_at alarms".split():
        assert key in status, f"status: lacks {key}"
    for key in ("events cases programmes staff deadlines_open deadlines_asleep deadlines_overdue "
                "notices_queued notices_unreachable").split():
        assert isinstance(status["counts"][key], int), f"status: counts.{key}"
    assert TIME.match(status["clock"]["now"]) and status["clock"]["virtual"] is True
    return 0


sys.exit(main(sys.argv[1]))
