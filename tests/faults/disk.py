# SPDX-License-Identifier: EUPL-1.2
"""A disk that fails, and a file that goes: what is acknowledged is kept, what is not is refused, status
says so for as long as it is so, and all goes on by itself, without a restart, when it is mended.

usage: disk.py FOLDER SHIM SCENARIO [WORDS]
    fails CALL-ERRNO...  those calls on the file fail for a while (bad_calls.c)
    gone                 the file is moved away, and back
    replaced             another file lies in its place
    damaged TABLE        rebuild, on a file with a page of nonsense
    bodies [reader]      what stood in letters whose text was dropped, while somebody reads
    hung_up              SIGHUP during a start
    asked                nobody writes, and status is asked
    remounted            its file system is read-only for a while; in a mount namespace of its own, as root
    early                the hour of a reminder comes while nothing can be written
"""

import glob
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from mail_office import cast, event, record_all  # noqa: E402
from office import KEDJAD, Line, Lost, Office, Refused  # noqa: E402
from waiting import wait_until  # noqa: E402

CLOCK = ("--virtual-clock", "2026-03-02T07:00")
RULE = """rules = ({ name = "x-visit"; title = "Egen"; subject = "case"; starts = [ "visit.made" ]; due = "P7D";
    done = [ "visit.missed" ]; steps = ({ name = "today"; at = "P0D"; to = [ "social_worker" ]; }); });"""


class Disk:
    """An office on a disk that can be made to fail."""

    def __init__(self, folder, shim):
        self.office = Office(os.path.join(folder, "office"))
        self.office.only_rule(RULE)
        self.bad = os.path.join(folder, "bad")
        self.office.environment.update(
            LD_PRELOAD=shim, BAD_CALLS=self.bad,
            ASAN_OPTIONS="verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", ""))
        self.line, self.acknowledged = None, 0

    def start(self, *words):
        self.line = self.office.start(*(words or CLOCK))

    def fails(self, *calls):
        with open(self.bad + ".new", "w", encoding="ascii") as file:
            file.write("".join(call.replace("-", " ") + "\n" for call in calls))
        os.rename(self.bad + ".new", self.bad)

    def works(self):
        os.unlink(self.bad)

    def attempts(self):
        """Calls that failed so far."""
        try:
            return os.path.getsize(self.bad + ".count")
        except FileNotFoundError:
            return 0

    def record(self):
        """Acknowledged: counted. Refused: the sentence."""
        try:
            self.line.ask("event.record", event("visit.made", "K-1", "2026-03-01"))
        except Refused as refused:
            return refused.error["message"]
        self.acknowledged += 1
        return None

    def alarms(self):
        return [alarm for alarm in self.line.alarms() if "nothing can be written" in alarm]

    def people(self):
        record_all(self.line, cast("2026-02-01", ("K-1",)))
        for _ in range(3):
            assert self.record() is None

    def on_the_file(self):
        """What another program finds."""
        with sqlite3.connect(self.office.database) as base:
            assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            count, = base.execute("SELECT count(*) FROM event WHERE kind = 'visit.made'").fetchone()
        base.close()
        return count

    def heals(self):
        """Nobody asks for a change: only status is looked at."""
        wait_until(lambda: not self.alarms(), "the alarm does not end")
        assert self.record() is None
        assert not self.alarms()
        assert self.on_the_file() == self.acknowledged


def fails(disk, *calls):
    disk.start()
    disk.people()
    disk.fails(*calls)
    wait_until(disk.record, "the disk does not fail")
    alarms = wait_until(disk.alarms, "no alarm")
    assert len(alarms) == 1 and "since 2026-03-02T07:00" in alarms[0], alarms
    for _ in range(5):
        assert disk.record(), "acknowledged what cannot be kept"
        assert disk.alarms() == alarms or len(disk.alarms()) == 1, disk.alarms()
    before = disk.attempts()
    began = time.monotonic()
    wait_until(lambda: disk.attempts() > before, "it is not tried again by itself")
    wait_until(lambda: time.monotonic() - began > 3, "")
    each = (disk.attempts() - before) / (time.monotonic() - began)
    assert each < 50, f"{each:.0f} calls a second"
    assert disk.alarms()
    disk.works()
    disk.heals()
    # and the lock is still ours
    other = subprocess.run([KEDJAD, "--conf", os.path.join(disk.office.folder, "conf"), *CLOCK],
                           capture_output=True, text=True, check=False)
    assert other.returncode == 1 and f"in use by another kedjad (pid {disk.office.process.pid})" in other.stderr, other
    log = disk.office.log()
    assert log.count("nothing can be written") <= 3, log
    disk.office.kill()
    assert disk.on_the_file() == disk.acknowledged
    disk.start()
    assert disk.record() is None
    disk.office.stop()


def asked(disk):
    """Nothing is to be written; whoever looks is told all the same."""
    disk.start()
    disk.people()
    disk.fails("pwrite-28")
    wait_until(disk.alarms, "no alarm while nobody writes")
    assert "no space left" in disk.alarms()[0], disk.alarms()
    disk.works()
    disk.heals()
    disk.office.stop()


def mount(*words):
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    return done.returncode == 0 or done.stderr


def remounted(disk):
    """Since Linux 6.15 an ext4 that met an error stays read-only until it is unmounted, whatever mount
    says; so it is made read-only in a moment in which kedjad holds nothing open."""
    place, image = os.path.dirname(disk.office.database), disk.bad + ".ext4"
    subprocess.run(["truncate", "--size=24M", image], check=True)
    made = subprocess.run(["mkfs.ext4", "-q", image], capture_output=True, text=True, check=False)
    done = mount("-o", "loop", image, place) if made.returncode == 0 else made.stderr
    if done is not True:
        sys.exit(f"cannot mount: {done}")
    disk.start()
    disk.people()
    disk.fails("pwrite-5", "sync-5", "open-5")
    wait_until(disk.record, "the disk does not fail")
    wait_until(lambda: mount("-o", "remount,ro", place) is True, "it cannot be made read-only")
    before = disk.attempts()
    disk.works()
    wait_until(lambda: any("read-only" in alarm for alarm in disk.alarms()), "no alarm of a read-only disk")
    assert before > 0 and "read-only" in disk.record()
    began = time.monotonic()
    wait_until(lambda: time.monotonic() - began > 2, "")
    assert disk.alarms() and "read-only" in disk.record()
    assert mount("-o", "remount,rw", place) is True
    disk.heals()
    disk.office.stop()
    subprocess.run(["umount", place], check=True)


def early(disk):
    disk.start()
    disk.people()
    disk.line.ask("clock.set", {"time": "2026-03-08T07:00"})
    disk.fails("pwrite-5", "sync-5", "write-30")
    try:
        disk.line.ask("clock.set", {"time": "2026-03-09T12:00"})
        raise AssertionError("it moved, with nothing written")
    except Refused:
        pass  # told, after some attempts
    assert disk.alarms()
    disk.works()
    wait_until(lambda: not disk.alarms(), "the alarm does not end")
    disk.line.ask("clock.set", {"time": "2026-03-09T12:00"})
    sent = [(row["to"], row["state"]) for row in disk.line.rows("outbox.list")]
    assert sent == [("anna@office.example", "sent")], sent
    disk.office.stop()


def gone(disk):
    disk.start()
    disk.people()
    away = disk.office.database + ".away"
    os.rename(disk.office.database, away)
    assert "is gone" in disk.record()
    assert "is gone" in disk.alarms()[0]
    assert "is gone" in disk.record()
    status = disk.line.ask("status")
    assert status["counts"]["events"] > 0, "it can still be read"
    os.rename(away, disk.office.database)
    disk.heals()
    os.rename(disk.office.database, away)
    assert "is gone" in disk.record()
    with sqlite3.connect(away) as base:  # whole without its log, which lies elsewhere
        found, = base.execute("SELECT count(*) FROM event WHERE kind = 'visit.made'").fetchone()
    base.close()
    assert found == disk.acknowledged, f"{found} of {disk.acknowledged} are in the file that was moved"
    disk.office.process.terminate()
    assert disk.office.process.wait() == 0
    try:
        disk.start()
        raise AssertionError("it started with nothing")
    except SystemExit as refused:
        assert "there is no database" in str(refused), refused
    assert not os.path.exists(disk.office.database)
    os.rename(away, disk.office.database)
    disk.start()
    assert disk.record() is None
    assert disk.on_the_file() == disk.acknowledged
    disk.office.stop()


def replaced(disk):
    disk.start()
    disk.people()
    base, own = disk.office.database, disk.office.database + ".own"
    copy = sqlite3.connect(base + ".copy")
    with sqlite3.connect(base) as opened:
        opened.backup(copy)
    opened.close()
    copy.close()
    assert disk.record() is None  # not in the copy
    os.rename(base, own)
    os.rename(base + ".copy", base)
    assert "another file lies in the place" in disk.record()
    assert "another file lies in the place" in disk.alarms()[0]
    os.rename(base, base + ".copy")
    os.rename(own, base)
    assert "another file lies in the place" in disk.record(), "until a restart"
    os.rename(base, own)
    os.rename(base + ".copy", base)
    disk.office.process.terminate()
    assert disk.office.process.wait() == 0
    disk.start()  # the copy, as it was when it was made
    assert disk.on_the_file() == disk.acknowledged - 1
    disk.office.stop()
    os.rename(own, base)
    disk.start()
    assert disk.on_the_file() == disk.acknowledged
    disk.office.stop()


def damaged(disk, table):
    """All is planned anew, with a page of nonsense in the middle of a table."""
    disk.start()
    cases = [f"K-{number}" for number in range(400)]
    record_all(disk.line, cast("2026-02-01", cases))
    record_all(disk.line, [event("visit.made", case, "2026-03-01") for case in cases])
    disk.line.ask("clock.set", {"time": "2026-03-10T12:00"})
    disk.line.ask("rebuild")
    disk.office.stop()
    with sqlite3.connect(disk.office.database) as base:
        size, = base.execute("PRAGMA page_size").fetchone()
        pages = [page for page, in base.execute(
            "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY pageno", (table,))]
    base.close()
    with open(disk.office.database, "r+b") as file:
        file.seek((pages[len(pages) // 2] - 1) * size)
        file.write(b"\xa5" * size)
    disk.start()
    for parameters in ({}, {"check": True}):
        try:
            disk.line.ask("rebuild", parameters)
            raise AssertionError("a rebuild from nonsense")
        except Refused as refused:
            assert "damaged" in refused.error["message"], refused
    assert disk.line.ask("status")["pid"] == disk.office.process.pid
    disk.office.process.terminate()
    assert disk.office.process.wait() == 0


def bodies(disk, somebody_reads=None):
    def texts(kept):
        with sqlite3.connect(disk.office.database) as base:
            rows = base.execute("SELECT body, html FROM message WHERE body IS NOT NULL").fetchall()
        base.close()
        assert bool(rows) == kept, rows
        return {line.strip() for row in rows for text in row if text for line in text.split("\n")
                if len(line.strip()) >= 30}

    with open(os.path.join(disk.office.folder, "conf/kedja.conf"), "a", encoding="utf-8") as file:
        file.write("keep_bodies = 3;\n")
    disk.start()
    disk.people()
    disk.line.ask("clock.set", {"time": "2026-03-06T12:00"})
    disk.office.stop()  # what was written is in the file now, and no longer in its log
    disk.start()
    disk.line.ask("clock.set", {"time": "2026-03-08T12:00"})
    lines = texts(True)
    assert len(lines) > 5
    raw = b"".join(open(path, "rb").read() for path in glob.glob(disk.office.database + "*"))
    assert sum(line.encode() in raw for line in lines) > 5, "they are looked for in a wrong way"
    reader = sqlite3.connect(disk.office.database, isolation_level=None)
    if somebody_reads:  # nothing waits for that; the next start looks after it
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM event").fetchone()
    disk.line.ask("clock.set", {"time": "2026-03-14T12:00"})
    assert not texts(False)
    reader.close()
    if somebody_reads:
        disk.office.kill()
        disk.start()
    raw = b"".join(open(path, "rb").read() for path in glob.glob(disk.office.database + "*"))
    assert not [line for line in lines if line.encode() in raw], "they are still there to be read"
    disk.office.stop()


def hung_up(disk):
    """While it waits for the file, in which somebody writes just then."""
    disk.start("--virtual-clock", "2026-03-02T07:00")
    disk.office.stop()

    def opened():
        folder = f"/proc/{disk.office.process.pid}/fd"
        try:
            return any("kedja.db" in os.readlink(os.path.join(folder, name)) for name in os.listdir(folder))
        except OSError:
            return False

    for _ in range(20):
        writer = sqlite3.connect(disk.office.database, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        with open(os.path.join(disk.office.folder, "log"), "ab") as log:
            disk.office.process = subprocess.Popen(
                [KEDJAD, "--conf", os.path.join(disk.office.folder, "conf"), *CLOCK],
                env=disk.office.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_until(lambda: opened() or disk.office.process.poll() is not None, "it does not open its file")
        disk.office.process.send_signal(signal.SIGHUP)
        writer.execute("ROLLBACK")
        writer.close()

        def answers():
            try:
                Line(disk.office.path).close()
                return True
            except Lost:
                return disk.office.process.poll() is not None
        wait_until(answers, "it does not answer")
        if disk.office.process.poll() != 1:  # 1: a busy machine, the writer took too long
            break
    assert disk.office.process.poll() is None, f"it ended with {disk.office.process.poll()}"
    wait_until(lambda: "configuration taken" in disk.office.log(), "the reload was forgotten")
    disk.office.process.send_signal(signal.SIGUSR1)
    disk.office.process.send_signal(signal.SIGUSR2)
    disk.line = Line(disk.office.path)
    assert disk.line.ask("status")["pid"] == disk.office.process.pid
    disk.office.stop()


def main(folder, shim, scenario, *words):
    disk = Disk(folder, shim)
    try:
        globals()[scenario](disk, *words)
    finally:
        if disk.line is not None:
            disk.line.close()
        if disk.office.process is not None and disk.office.process.poll() is None:
            print(disk.office.log())
            disk.office.kill()
    shutil.rmtree(disk.office.folder)


main(*sys.argv[1:])
