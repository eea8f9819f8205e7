# SPDX-License-Identifier: EUPL-1.2
"""Who may do what, with real users: the matrix as it stands in kedjad(8), each method asked for by
each role about a case of its own, another one's and one with protected identity; what the lists
leave out; and that every refusal is on record. Needs root, who can be anybody.

usage: access.py matrix|lists|kills FOLDER"""

import json
import os
import random
import re
import sqlite3
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
# pylint: disable=wrong-import-position
from office import ROOT, Line, Lost, Office, Refused

ROLES = ("viewer", "clerk", "mailbox", "front", "admin")
UIDS = {"viewer": 20001, "clerk": 20002, "mailbox": 20003, "front": 20004, "admin": 20005,
        "trusted": 20006, "holder": 20007, "group": 20008, "nobody": 20009}
GROUP = 30001
ACCESS = """access = (
  { user = "#20001"; role = "viewer"; },
  { user = "#20002"; role = "clerk"; programmes = [ "P1", "P9" ]; },
  { user = "#20003"; role = "mailbox"; },
  { user = "#20004"; role = "front"; },
  { user = "#20005"; role = "admin"; },
  { user = "#20006"; role = "clerk"; programmes = "*"; protected = true; },
  { user = "#20007"; role = "clerk"; programmes = "P1"; staff = "anna"; },
  { group = "#30001"; role = "clerk"; programmes = "P1"; }
);
"""
OWN, OTHER, HIDDEN = "K-OWN", "K-OTHER", "K-HIDDEN"
PROGRAMMES = {OWN: "P1", OTHER: "P2", HIDDEN: "P1"}
PLAN = {field: True for field in ("rent", "tenancy", "treatment", "neighbour", "rent_contact",
                                  "goals_short", "goals_long")}
FORBIDDEN = re.compile(r"^[a-z.]+ is for: |may do nothing here")
CLOSED = re.compile(r"is not within the programmes|holds no role by which")
ABSENT = re.compile(r"^there is no (case|case or programme|event) ")


def matrix():
    """Of kedjad(8): which roles may call a method."""
    with open(os.path.join(ROOT, "daemon/kedjad.8"), encoding="utf-8") as file:
        text = file.read()
    part = text[text.index(".Sh WHO MAY DO WHAT"):text.index(".Sh THE AUDIT LOG")]
    return {name: set(roles.split())
            for name, roles in re.findall(r"^\.It Li (\S+) Ta (.*)$", part, re.MULTILINE)}


def as_user(office, uid, requests, groups=()):
    """Asks as somebody else, in a process of theirs: an answer or a Refused's error each."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        os.setgroups(list(groups))
        os.setgid(uid)
        os.setuid(uid)
        answers = []
        line = Line(office.path)
        for method, parameters, speaks_for in requests:
            request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
            if speaks_for is not None:
                request["as"] = speaks_for
            line.socket.sendall(json.dumps(request).encode() + b"\n")
            try:
                answers.append({"result": line.receive()})
            except Refused as refused:
                answers.append({"error": refused.error})
        with os.fdopen(into, "w", encoding="utf-8") as file:
            json.dump(answers, file)
        os._exit(0)
    os.close(into)
    with os.fdopen(out, encoding="utf-8") as file:
        text = file.read()
    os.waitpid(child, 0)
    return json.loads(text)


def said(answer):
    """Every sentence of a refusal, and what wraps it."""
    error = answer.get("error")
    if error is None:
        return []
    return [error["message"]] + [problem["text"] for problem in error["data"]["problems"]]


def is_like(answer, pattern):
    return any(pattern.search(text) for text in said(answer))


def record(line, kind, subject, **fields):
    return line.ask("event.record", {"kind": kind, "subject": subject, "data": fields})


def set_up(folder):
    office = Office(folder)
    with open(os.path.join(folder, "conf/kedja.conf"), "a", encoding="utf-8") as file:
        file.write(ACCESS)
    line = office.start("--virtual-clock", "2026-11-02T08:00")
    os.chmod(folder, 0o755)
    os.chmod(office.path, 0o666)
    for name in ("anna", "chef"):
        record(line, "staff.joined", name, name=name, email=name + "@office.example")
    for programme in ("P1", "P2"):
        record(line, "programme.started", programme, title=programme)
    record(line, "role.assigned", "P1", role="unit_manager", staff="chef")
    for case, programme in PROGRAMMES.items():
        record(line, "case.opened", case, programme=programme, protected=case == HIDDEN)
        record(line, "plan.adopted", case, **PLAN)
    record(line, "role.assigned", HIDDEN, role="social_worker", staff="anna")
    return office, line


def parameters(method, case, events):
    """Of a call about this case, or its programme, that changes as little as can be."""
    programme = PROGRAMMES[case]
    plan = {"kind": "plan.reviewed", "subject": case}
    return {
        "status.ack": {"alarm": "none"}, "event.record": plan, "event.check": plan,
        "event.void": {"event": events[case], "reason": "a test"},
        "case.show": {"case": case}, "why": {"case": case}, "staff.roles": {"staff": "anna"},
        "deadline.list": {"subject": case},
        "notice.discard": {"subject": case, "reason": "a test"}, "notice.release": {"subject": case},
        "outbox.show": {"id": 1}, "outbox.cancel": {"id": 1, "reason": "a test"},
        "payment.coverage": {"programme": programme}, "payment.awaited": {"programme": programme},
        "payment.unmatched": {"programme": programme}, "rent.open": {"programme": programme},
        "payment.known": {"programme": programme, "payments": []},
        "rent.leases": {"programme": programme, "month": "2026-11"},
        "calendar.year": {"year": 2026}, "clock.set": {"time": "2026-11-02T08:00"},
        "rebuild": {"check": True}, "access.explain": {"method": "status"},
        "audit.sample": {"count": 1},
    }.get(method, {})


# What names a case, or its programme, by a parameter.
ABOUT_CASE = {"event.record", "event.check", "event.void", "case.show", "why"}
ABOUT_PROGRAMME = {"payment.coverage", "payment.awaited", "payment.unmatched", "payment.known",
                   "rent.open", "rent.leases"}


def expected(role, method, case, roles):
    """What must come of it: forbidden, closed, absent, or free."""
    if role not in roles:
        return "forbidden"
    if role == "admin":
        return "absent" if case == HIDDEN and method in ABOUT_CASE else "free"
    if method in ABOUT_CASE | ABOUT_PROGRAMME | {"deadline.list"} and case == OTHER:
        return "closed"
    return "absent" if method in ABOUT_CASE and case == HIDDEN else "free"


def came(answer):
    for pattern, name in ((FORBIDDEN, "forbidden"), (CLOSED, "closed"), (ABSENT, "absent")):
        if is_like(answer, pattern):
            return name
    return "free"


def try_matrix(office, line, events):
    table = matrix()
    methods = [row["method"] for row in line.rows("help")]
    assert set(methods) == set(table), set(methods) ^ set(table)
    wrong, refused = [], 0
    for role in ROLES:
        cells = [(method, case) for method in methods for case in (OWN, OTHER, HIDDEN)]
        requests = [(method, parameters(method, case, events), "chef" if role == "front" else None)
                    for method, case in cells]
        for (method, case), answer in zip(cells, as_user(office, UIDS[role], requests)):
            wanted = expected(role, method, case, table[method])
            if came(answer) != wanted:
                wrong.append((role, method, case, wanted, answer))
            refused += "error" in answer
            text = json.dumps(answer.get("result", {}))
            for other in (OTHER, HIDDEN):
                if other in text and not (role == "admin" and other == OTHER):
                    wrong.append((role, method, case, "shows " + other, answer))
    assert not wrong, "\n".join(str(row) for row in wrong)
    return refused


def names(answer, key="case"):
    return {row[key] for row in answer["result"]["rows"]}


def try_lists(office):
    lists = [("case.list", {}, None), ("deadline.list", {}, None), ("status", {}, None),
             ("rules.list", {}, None)]
    for name, seen in (("clerk", {OWN}), ("trusted", {OWN, OTHER, HIDDEN}),
                       ("holder", {OWN, HIDDEN}), ("admin", {OWN, OTHER})):
        cases, deadlines, status, rules = as_user(office, UIDS[name], lists)
        assert names(cases) == seen, (name, cases)
        assert names(deadlines, "subject") - {"P1", "P2"} == seen, (name, deadlines)
        counts = status["result"]["counts"]
        there = 3 if HIDDEN in seen else 2
        assert counts["cases"] == there, (name, counts)
        reviews = [row["open"] for row in rules["result"]["rows"] if row["name"] == "plan-review"]
        assert reviews == [there], (name, reviews)
    cases, = as_user(office, UIDS["group"], lists[:1], (GROUP,))
    assert names(cases) == {OWN}, cases
    thousand = tuple(range(40000, 41000)) + (GROUP,)
    cases, = as_user(office, UIDS["group"], lists[:1], thousand)
    assert names(cases) == {OWN}, cases
    cases, = as_user(office, UIDS["group"], lists[:1], thousand[:-1])
    assert came(cases) == "forbidden", cases


def try_strangers(office):
    """Nobody of the list is told what to add; only a front speaks for others, and for whom."""
    status, = as_user(office, UIDS["nobody"], [("status", {}, None)])
    assert any('{ user = "uid 20009"' in text or '{ user = "#20009"' in text
               for text in said(status)), status
    own, other = as_user(office, UIDS["clerk"], [("case.show", {"case": OWN}, "chef"),
                                                 ("case.show", {"case": OTHER}, None)])
    assert any("is no front" in text for text in said(own)), own
    assert came(other) == "closed", other
    alone, gone, holder, hidden, figures = as_user(office, UIDS["front"], [
        ("case.show", {"case": OWN}, None), ("case.show", {"case": OWN}, "ulla"),
        ("case.show", {"case": HIDDEN}, "anna"), ("case.show", {"case": HIDDEN}, "chef"),
        ("status", {}, None)])
    assert any("as is missing" in text for text in said(alone)), alone
    assert any("works here" in text for text in said(gone)), gone
    assert "result" in holder and "result" in figures, (holder, figures)
    assert came(hidden) == "absent", hidden


def try_records(office, line):
    """New cases come into a granted programme alone; a batch with one that does not, is refused."""
    def event(subject, **fields):
        return {"kind": "case.opened", "subject": subject, "data": fields}
    good, bad, mixed, staff, void = as_user(office, UIDS["clerk"], [
        ("event.record", event("K-NEW", programme="P1"), None),
        ("event.record", event("K-BAD", programme="P2"), None),
        ("event.record", {"events": [event("K-MIX", programme="P1"),
                                     {"kind": "plan.adopted", "subject": OTHER,
                                      "data": PLAN}]}, None),
        ("event.record", {"kind": "staff.joined", "subject": "ny",
                          "data": {"name": "Ny", "email": "ny@office.example"}}, None),
        ("event.void", {"event": 10 ** 6, "reason": "none"}, None)])
    assert "result" in good and "result" in staff, (good, staff)
    assert came(bad) == "closed" and came(mixed) == "closed", (bad, mixed)
    assert came(void) == "absent", void
    there = {row["case"] for row in line.rows("case.list")}
    assert "K-NEW" in there and not there & {"K-BAD", "K-MIX"}, there


def try_refused_are_on_record(line, refused):
    """Each refusal once: a row of its own, or counted in one of those that tell of many."""
    rows = [row for row in line.rows("audit.list") if row["outcome"] in ("denied", "refused")
            and row["uid"] in [UIDS[role] for role in ROLES]]
    many = [row["count"] for row in rows if row["count"] > 0]
    total = len(rows) - len(many) + sum(many)
    assert total == refused, (total, refused)
    assert many, rows


def main(folder):
    office, line = set_up(folder)
    try:
        events = {}
        for case in PROGRAMMES:
            show = line.ask("case.show", {"case": case})["events"]["rows"]
            events[case] = next(row["id"] for row in show if row["kind"] == "plan.adopted")
        # an event that is there to be taken back would be gone the second time
        refused = try_matrix(office, line, events)
        try_refused_are_on_record(line, refused)
        try_strangers(office)
        try_records(office, line)
        checked = line.ask("audit.verify")
        assert checked["faults"] == [] and checked["checked"] > 100, checked
    finally:
        line.close()
        office.stop()


def try_reload(office):
    """Whoever takes away their own right may, and is told so; open connections go by it at once."""
    path = os.path.join(office.folder, "conf/kedja.conf")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace('user = "#20005"', 'user = "#20055"'))
    reload, status = as_user(office, UIDS["admin"], [("rules.reload", {}, None),
                                                     ("status", {}, None)])
    assert reload["result"]["shuts_out"] and came(status) == "forbidden", (reload, status)


def lists(folder):
    office, line = set_up(folder)
    try:
        try_lists(office)
        assert not line.ask("rules.reload")["shuts_out"]
        try_reload(office)
    finally:
        line.close()
        office.stop()


def record_until_killed(office, line, rounds, after):
    """One event a request, without waiting for the answers, until kedjad dies in the middle: a
    moment after some rounds were answered."""
    timer = threading.Timer(after, office.kill)
    try:
        while True:
            rounds -= 1
            if rounds == 0:
                timer.start()
            for case in PROGRAMMES:
                line.send("event.record", {"kind": "task.agreed", "subject": case, "data": {
                    "what": "other", "due_on": "2027-01-04", "role": "social_worker"}})
            for _ in PROGRAMMES:
                line.receive()
    except Lost:
        pass
    timer.join()
    line.close()


def kills(folder):
    """Killed at any moment: no change without its row, no row without its change."""
    chance, events = random.Random(int(os.environ.get("KEDJA_SEED", "1"))), 0
    office, line = set_up(folder)
    for _ in range(60 if os.environ.get("KEDJA_LONG") else 6):
        record_until_killed(office, line, chance.randint(2, 9), chance.uniform(0, 0.05))
        base = sqlite3.connect(office.database)
        changed = base.execute("SELECT subject, count(*) FROM event GROUP BY 1 ORDER BY 1").fetchall()
        noted = base.execute("SELECT subject, count(*) FROM audit WHERE method = 'event.record'"
                             " AND outcome = 'done' GROUP BY 1 ORDER BY 1").fetchall()
        base.close()
        assert changed == noted, (changed, noted)
        assert sum(count for _, count in changed) > events, "nothing was recorded before the kill"
        events = sum(count for _, count in changed)
        line = office.start("--virtual-clock", "2026-11-02T08:00")
        assert line.ask("audit.verify")["faults"] == []
    line.close()
    office.stop()


if __name__ == "__main__":
    {"matrix": main, "lists": lists, "kills": kills}[sys.argv[1]](sys.argv[2])
