# SPDX-License-Identifier: EUPL-1.2
"""A replay with a mail server, while the daemon and the mailer are killed (kill -9) at random moments:
what went off is what went off undisturbed, no letter is lost, and the server gets a letter a second
time only when a kill left it unclear, at most one for each kill, byte for byte the same.

usage: smtp_kills.py FOLDER KILLS SEED     SEED 0: another one each time
"""
import collections
import os
import random
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from mail_office import MailOffice, parse  # noqa: E402
from office import Lost, invented, nothing_waits, went_off, with_sources  # noqa: E402
from smtp_script import Script  # noqa: E402
from waiting import HANG  # noqa: E402

CLOCK = ("--virtual-clock", "2006-05-01T08:00")
BEFORE = "2006-09-01"
END = "2006-09-15T16:00"
SETTLED = "2006-09-17T16:00"  # a weekend on: time for the last of the unclear ones
ATTEMPTS = 10


class Server(Script):
    """Takes its time for each letter, so that kills meet letters in each of their moments."""

    def action(self, step):
        if step in ("MAIL", "CONTENT"):
            time.sleep(0.006)
        return super().action(step)


def requests(events):
    """The clock moves in leaps of a week, so that a kill meets many letters on their way."""
    week = ""
    for event in events:
        if event["at"][:8] + str(int(event["at"][8:10]) // 8) != week or "T" in event["at"]:
            week = event["at"][:8] + str(int(event["at"][8:10]) // 8)
            yield "clock.set", {"time": event["at"]}
        yield "event.record", event
    yield "clock.set", {"time": END}


class Replay:
    def __init__(self, folder):
        self.server = Server(extensions=["PIPELINING"])
        self.office = MailOffice(folder, self.server.port, batch=1000)
        self.line = self.office.start(*CLOCK)
        self.killed = collections.Counter()
        self.up = threading.Event()
        self.up.set()

    def ask(self, method, parameters):
        """Asked again until it is answered; a source makes an event the same one."""
        while True:
            try:
                return self.line.ask(method, parameters)
            except Lost:
                self.up.clear()
                self.office.process.wait(HANG)
                self.line.close()
                self.line = self.office.start(*CLOCK)
                self.up.set()

    def kill(self, which):
        """The daemon, or its mailer; nothing if that one is just being started."""
        if not self.up.is_set():
            return
        pid = self.office.process.pid
        if which == "mailer":
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                children = file.read().split()
            if not children:
                return
            pid = int(children[0])
        try:
            os.kill(pid, 9)
            self.killed[which] += 1
        except ProcessLookupError:
            pass

    def result(self):
        status = self.line.ask("status")
        nothing_waits(status)
        self.office.stop()
        with sqlite3.connect(self.office.database) as base:
            told = went_off(base)
            self.marked = dict(base.execute("SELECT message_id, state FROM message").fetchall())
            self.unclear = dict(base.execute(
                "SELECT m.message_id, sum(h.state = 'unclear') FROM message m"
                " JOIN message_history h ON h.message = m.id GROUP BY m.id").fetchall())
        self.server.close()
        letters = {}
        for _, raw in self.server.seen:
            letter = parse(raw)
            letters[letter["Message-ID"].strip("<>")] = (letter["To"], str(letter["Date"]), letter["Subject"],
                                                         letter.get_body(("plain",)).get_content())
        return {**told, "letters": sorted(letters.values())}


def compare(expected, found):
    for what in expected:
        if expected[what] != found[what]:
            for row in [row for row in expected[what] if row not in found[what]][:5]:
                print("  missing:", row)
            for row in [row for row in found[what] if row not in expected[what]][:5]:
                print("  too much:", row)
            raise SystemExit(f"{what} differ: {len(expected[what])} undisturbed, {len(found[what])} with kills")


def count_repeats(wild):
    """How often the server got letters once more than once; each such letter was unclear as often."""
    arrived = collections.defaultdict(list)
    for to, raw in wild.server.seen:
        arrived[parse(raw)["Message-ID"].strip("<>")].append((to, raw))
    assert set(arrived) == set(wild.marked), "letters are lost, or nobody knows of them"
    assert set(wild.marked.values()) == {"sent"}, wild.marked
    repeats = 0
    for name, times in arrived.items():
        assert all(one == times[0] for one in times), f"{name}: not the same bytes each time"
        assert len(times) - 1 <= wild.unclear[name], f"{name}: {len(times)} times, {wild.unclear[name]} unclear"
        repeats += len(times) - 1
    return repeats


class Killer(threading.Thread):
    """Kills so many times, after so many seconds on average since the daemon was last up."""

    def __init__(self, replay, kills, mean, rng):
        super().__init__(daemon=True)
        self.replay, self.kills, self.mean, self.rng = replay, kills, mean, rng
        self.over = False

    def run(self):
        while sum(self.replay.killed.values()) < self.kills and not self.over:
            self.replay.up.wait()
            time.sleep(self.rng.uniform(0, 2 * self.mean))
            self.replay.kill(self.rng.choice(("daemon", "mailer")))


def main(folder, kills, seed):
    seed = seed or random.SystemRandom().randrange(1, 1 << 31)
    print(f"seed {seed}", flush=True)
    rng = random.Random(seed)
    todo = list(requests(with_sources(invented(1, BEFORE))))
    calm = Replay(os.path.join(folder, "calm"))
    began = time.monotonic()
    for method, parameters in todo:
        calm.ask(method, parameters)
    took = time.monotonic() - began
    expected = calm.result()
    assert len(expected["letters"]) > 50 and len(expected["firings"]) > 100
    assert count_repeats(calm) == 0 and set(calm.unclear.values()) == {0}

    # as fast or as slow as the machine is just now, the kills may come too late to meet anything
    for number in range(ATTEMPTS):
        if disturb(os.path.join(folder, f"wild-{number}"), todo, kills, took, rng, expected):
            return
    raise SystemExit("the kills met nothing")


def disturb(folder, todo, kills, took, rng, expected):
    wild = Replay(folder)
    killer = Killer(wild, kills, took / kills * 0.8, rng)
    killer.start()
    try:
        for method, parameters in todo:
            wild.ask(method, parameters)
        killer.over = True
        killer.join()
        wild.ask("clock.set", {"time": SETTLED})
        found = wild.result()
    finally:
        if wild.office.process.poll() is None:
            wild.office.kill()
    compare(expected, found)
    repeats = count_repeats(wild)
    done, unclear = sum(wild.killed.values()), sum(wild.unclear.values())
    print(f"{took:.1f} s undisturbed; {done} kills ({wild.killed['daemon']} of the daemon, {wild.killed['mailer']} of"
          f" the mailer): {len(found['firings'])} firings as undisturbed, {len(wild.marked)} letters, none lost,"
          f" {unclear} times unclear, {repeats} repeats", flush=True)
    assert repeats <= unclear <= done, "more than one letter for a kill"
    return done > kills * 0.7 and unclear > 0


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
