# SPDX-License-Identifier: EUPL-1.2
"""A full disk: the turn is rolled back, the answer says so, others are served, and when there is room
again it goes on by itself. To be run where a small file system may be mounted (unshare -m).

usage: full_disk.py FOLDER
"""

import os
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from office import Line, Office, Refused  # noqa: E402
from waiting import wait_until  # noqa: E402

KEEP = 40 << 10  # less than a turn of a thousand events needs


def fill(path):
    """All space but a little."""
    space = os.statvfs(os.path.dirname(path))
    with open(path, "wb") as file:
        left = space.f_bavail * space.f_bsize - KEEP
        while left > 0:
            left -= file.write(b"x" * min(left, 1 << 16))


def visits(first, count):
    return [{"kind": "disturbance.reported", "subject": f"K-{number}", "at": "2026-01-05",
             "source": f"visit-{number}"} for number in range(first, first + count)]


def events(line):
    return line.ask("status")["counts"]["events"]


def main(folder):
    disk = os.path.join(folder, "disk")
    os.mkdir(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk], check=True)
    office = Office(folder, data=os.path.join(disk, "data"))
    office.only_rule("""rules = ({ name = "x-task"; title = "Uppdrag"; subject = "case";
        starts = [ "task.agreed" ]; from = "due_on"; done = [ "task.done" ];
        steps = ({ name = "soon"; at = "-P3D"; to = [ "social_worker" ]; },
                 { name = "today"; at = "P0D"; to = [ "social_worker" ]; }); });""")
    line = office.start("--virtual-clock", "2026-01-05T07:00")
    try:
        line.ask("event.record", [
            {"kind": "staff.joined", "subject": "anna", "at": "2026-01-05",
             "data": {"name": "Anna", "email": "anna@office.example"}},
            {"kind": "programme.started", "subject": "norr", "at": "2026-01-05", "data": {"title": "Norr"}},
            {"kind": "case.opened", "subject": "K-1", "at": "2026-01-05", "data": {"programme": "norr"}},
            {"kind": "role.assigned", "subject": "K-1", "at": "2026-01-05",
             "data": {"role": "social_worker", "staff": "anna"}},
            {"kind": "task.agreed", "subject": "K-1", "key": "T-1", "at": "2026-01-05",
             "data": {"what": "budget", "due_on": "2026-01-12", "role": "social_worker"}}])
        line.ask("event.record", visits(100, 100))
        before = events(line)

        fill(os.path.join(disk, "filler"))
        recorded, refusals = 0, []
        for first in range(1000, 9000, 1000):
            try:
                line.ask("event.record", visits(first, 1000))
                recorded += 1000
            except Refused as refused:
                refusals.append(refused.error)
        assert refusals, "the disk was never full"
        for error in refusals:
            assert "full" in error["message"] or "space" in error["message"], error
        assert events(line) == before + recorded, "the turn was rolled back whole"
        other = Line(office.path)
        assert other.ask("status")["pid"] == office.process.pid
        try:  # what is read of cases would not be on record
            other.rows("deadline.list")
            raise AssertionError("read without a row in the log")
        except Refused as refused:
            assert "full" in refused.error["message"] or "space" in refused.error["message"], refused.error
        other.close()

        # the hour of a reminder comes while there is no room: it is not lost
        try:
            line.send("clock.set", {"time": "2026-01-12T16:00"})
            line.socket.settimeout(0.5)
            answer = line.receive()
            assert answer["now"].startswith("2026-01-12T16:00"), answer
        except (Refused, TimeoutError):
            pass
        assert office.process.poll() is None, office.log()
        line.close()

        os.unlink(os.path.join(disk, "filler"))
        line = Line(office.path)
        wait_until(lambda: can(line, visits(20_000, 200)), "events again when there is room")
        line.ask("clock.set", {"time": "2026-01-12T16:30"})
        assert events(line) == before + recorded + 200
        sent = [row["state"] for row in line.rows("outbox.list") if row["to"] == "anna@office.example"]
        assert sent == ["sent", "sent"], sent
        assert line.ask("rebuild", {"check": True})["different"] == []
        line.close()
    finally:
        office.stop()
    assert office.process.returncode == 0
    with sqlite3.connect(office.database) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        firings = base.execute("SELECT step FROM firing WHERE subject = 'K-1' AND rule = 'x-task'").fetchall()
    base.close()
    assert sorted(firings) == [("soon",), ("today",)], firings
    assert len(os.listdir(os.path.join(folder, "mail/new"))) == 2
    subprocess.run(["umount", disk], check=True)
    print(f"refused {len(refusals)} times: {refusals[0]['message']}")


def can(line, more):
    try:
        line.ask("event.record", more)
        return True
    except Refused:
        return False


main(sys.argv[1])
