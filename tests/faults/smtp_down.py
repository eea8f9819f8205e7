# SPDX-License-Identifier: EUPL-1.2
"""The mail server is down for some time, and the daemon is stopped and killed meanwhile: the alarm says
so, and when the server is back every letter goes out, once, the first within one step of the retry.

usage: smtp_down.py FOLDER SECONDS...
"""
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from mail_office import MailOffice, cast, event, free_port, messages, parse, record_all  # noqa: E402
from smtp_script import Script  # noqa: E402

BEGINS = datetime.datetime.fromisoformat("2026-03-02T07:59:00+01:00")  # a Monday, a minute before the slot
FIRST, MOST = 300, 14400  # retry_first, retry_most
RESTARTS = 6


def time_of(text):
    return datetime.datetime.fromisoformat(text)


def points(made, until):
    """The hours of the attempts, as kedja.conf(5) says: doubling up to retry_most."""
    at, step, found = made, FIRST, [made]
    while True:
        at += datetime.timedelta(seconds=step)
        if at > until:
            return found
        found.append(at)
        step = min(2 * step, MOST)


def begin(office):
    """Cases whose reviews come due one after the other, so that there are letters on every day."""
    line = office.start("--virtual-clock", "2026-02-27T17:00")
    record_all(line, cast("2025-11-03"))
    for number in range(5):
        case, day = f"K-{number}", f"2025-12-0{number + 1}"
        record_all(line, [event("case.opened", case, day, programme="norr"),
                          event("role.assigned", case, day, role="social_worker", staff="anna"),
                          event("stage.entered", case, day, stage="training_flat", mode="move"),
                          event("plan.adopted", case, day, rent=True, tenancy=True, treatment=True, neighbour=True,
                                rent_contact=True, goals_short=True, goals_long=True)])
    line.ask("clock.set", {"time": BEGINS.isoformat()})
    return line


def check_alarm(line):
    rows = messages(line)
    alarms = " ".join(line.alarms())
    assert all(row["state"] != "sent" for row in rows), rows
    if rows:
        assert "Connection refused" in alarms and "since 2026-" in alarms, alarms
        assert line.ask("status")["outbox"]["oldest_waiting"] == rows[0]["created_at"]
    return rows


def outage(office, line, seconds):
    """Until the server is back; the daemon ends now and then, well and badly."""
    for number in range(1, RESTARTS + 1):
        now = BEGINS + datetime.timedelta(seconds=seconds * number / RESTARTS)
        line.ask("clock.set", {"time": now.isoformat(timespec="seconds")})
        check_alarm(line)
        line.close()
        if number % 2:
            office.kill()
        else:
            office.stop()
        line = office.start("--virtual-clock", "2026-02-27T17:00")
        rows = check_alarm(line)
    assert rows, "there is no letter that could have waited"
    assert office.whole_log().count("mail: letters wait: no connection") >= 1
    return line


def recover(line, back):
    """Moves from hour to hour at which something is tried, until nothing waits."""
    while True:
        waiting = [row for row in messages(line) if row["state"] != "sent"]
        if not waiting:
            return
        hour = min(time_of(row["next_attempt"]) for row in waiting)
        assert hour - back <= datetime.timedelta(seconds=MOST), (hour, back)
        line.ask("clock.set", {"time": hour.isoformat()})


def sent_at(line, row):
    history = line.ask("outbox.show", {"id": row["id"]})["history"]
    return next(time_of(step["at"]) for step in history if step["state"] == "sent")


def run(folder, seconds):
    port = free_port()
    back = BEGINS + datetime.timedelta(seconds=seconds)
    with MailOffice(os.path.join(folder, str(seconds)), port) as office:
        line = outage(office, begin(office), seconds)
        rows = messages(line)
        with Script(port=port) as server:
            recover(line, back)
            letters = [row for row in messages(line) if row["id"] <= rows[-1]["id"]]
            assert line.alarms() == [], line.alarms()
            taken = [parse(data)["Message-ID"].strip("<>") for _, data in server.taken]
            assert len(taken) == len(set(taken)), "letters came twice"
            assert {row["message_id"] for row in rows} <= set(taken), "letters are lost"
            first = min(sent_at(line, row) for row in letters) - back
            last = max(sent_at(line, row) for row in letters) - back
            step = datetime.timedelta(seconds=min(max(FIRST, seconds + FIRST), MOST))
            assert first <= step, f"the first went out {first} after the server was back, over {step}"
            for row in letters:
                tries = points(time_of(row["created_at"]), sent_at(line, row))
                assert row["attempts"] == len(tries), (row, tries)
        print(f"down for {datetime.timedelta(seconds=seconds)}, {RESTARTS} restarts: {len(rows)} letters waited, all"
              f" delivered once; the first {first} after the server was back, the last {last}", flush=True)


def main(folder, *durations):
    for seconds in durations:
        run(folder, int(seconds))


main(*sys.argv[1:])
