# SPDX-License-Identifier: EUPL-1.2
"""Half a year replayed while the daemon is killed again and again (kill -9): what went off, and the
letters in the Maildir, are those of a replay that nobody disturbed.

usage: kill_replay.py FOLDER KILLS SEED     SEED 0: another one each time
"""

import email
import email.policy
import os
import random
import sqlite3
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from office import Lost, Office, invented, nothing_waits, went_off, with_sources  # noqa: E402
from waiting import HANG  # noqa: E402

CLOCK = ("--virtual-clock", "2006-05-01T08:00")
END = "2006-11-01T16:00"
ATTEMPTS = 10


def requests(events):
    """The clock moves in leaps that hold many letters, so that a kill meets all kinds of work."""
    day = ""
    for event in events:
        if event["at"][:7] != day:
            day = event["at"][:7]
            yield "clock.set", {"time": event["at"]}
        elif "T" in event["at"]:
            yield "clock.set", {"time": event["at"]}
        yield "event.record", event
    yield "clock.set", {"time": END}


class Replay:
    def __init__(self, folder):
        self.office = Office(folder)
        self.line = self.office.start(*CLOCK)
        self.kills = self.losses = self.interrupted = 0

    def ask(self, method, parameters):
        """Asked again until it is answered; a source makes an event the same one."""
        while True:
            try:
                return self.line.ask(method, parameters)
            except Lost:
                self.losses += 1
                self.office.process.wait(HANG)
                self.line.close()
                self.line = self.office.start(*CLOCK)

    def ask_and_kill(self, method, parameters, after):
        timer = threading.Timer(after, self.office.process.kill)
        timer.start()
        before = self.losses
        self.ask(method, parameters)
        timer.join()
        self.kills += 1
        self.interrupted += self.losses > before

    def result(self):
        assert self.line.ask("rebuild", {"check": True})["different"] == []
        nothing_waits(self.line.ask("status"))
        self.office.stop()
        with sqlite3.connect(self.office.database) as base:
            told = went_off(base)
            events = base.execute("SELECT count(*) FROM event").fetchone()[0]
            marked = base.execute("SELECT count(*) FROM message WHERE state = 'sent'").fetchone()[0]
        letters = []
        for name in os.listdir(os.path.join(self.office.maildir, "new")):
            with open(os.path.join(self.office.maildir, "new", name), "rb") as file:
                letter = email.message_from_bytes(file.read(), policy=email.policy.default)
            letters.append((letter["To"], str(letter["Date"]), letter["Subject"],
                            letter.get_body(("plain",)).get_content()))
        assert marked == len(letters), f"{marked} marked as sent, {len(letters)} in the Maildir"
        return {"events": events, **told, "letters": sorted(letters)}


def compare(expected, found, seed):
    for what in expected:
        if expected[what] == found[what]:
            continue
        print(f"{what} differ (seed {seed}):")
        if isinstance(expected[what], int):
            print(expected[what], found[what])
        else:
            for row in [row for row in expected[what] if row not in found[what]][:5]:
                print("  missing:", row)
            for row in [row for row in found[what] if row not in expected[what]][:5]:
                print("  too much:", row)
            print(f"  {len(expected[what])} undisturbed, {len(found[what])} with kills")
        raise SystemExit(1)


def main(folder, kills, seed):
    seed = seed or random.SystemRandom().randrange(1, 1 << 31)
    print(f"seed {seed}", flush=True)
    rng = random.Random(seed)
    events = with_sources(invented(1, "2006-11-01"))
    todo = list(requests(events))

    calm = Replay(os.path.join(folder, "calm"))
    took, busy = [], []
    for number, (method, parameters) in enumerate(todo):
        began = time.monotonic()
        answer = calm.ask(method, parameters)
        took.append(time.monotonic() - began)
        if method == "clock.set" and answer["letters"] > 0:
            busy.append(number)
    expected = calm.result()
    assert len(expected["letters"]) > 100 and len(expected["firings"]) > 100

    # as fast or as slow as the machine is just now, the kills may come too late to cut anything off
    for number in range(ATTEMPTS):
        wild = disturb(os.path.join(folder, f"wild-{number}"), todo, busy, took, kills, rng)
        compare(expected, wild.found, seed)
        if wild.interrupted > kills / 4:
            print(f"{kills} kills: {len(expected['firings'])} firings and {len(expected['letters'])} letters,"
                  f" as undisturbed; {wild.interrupted} requests were cut off")
            return
    raise SystemExit(f"hardly a kill cut anything off: {wild.interrupted} of {kills}")


def disturb(folder, todo, busy, took, kills, rng):
    """The same with so many kills; what came of it is in `found`."""
    wild = Replay(folder)
    # half of them while letters are made and sent, at any moment of it
    points = set(rng.sample(busy, kills // 2))
    points |= set(rng.sample(sorted(set(range(len(todo))) - points), kills - len(points)))
    for number, (method, parameters) in enumerate(todo):
        if number in points:
            wild.ask_and_kill(method, parameters, rng.uniform(0, 1.2 * took[number]))
        else:
            wild.ask(method, parameters)
    try:
        wild.ask("status", {})
        wild.found = wild.result()
    finally:
        if wild.office.process.poll() is None:
            wild.office.kill()
    assert wild.kills == kills, wild.kills
    return wild


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
