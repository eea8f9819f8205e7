# SPDX-License-Identifier: EUPL-1.2
"""Mail servers that mean harm: the control socket answers all the while, memory stays where it was,
and nothing counts as sent that was not taken. How long answers took is shown.

usage: smtp_hostile.py FOLDER [MODE...]
"""
import os
import random
import socket
import statistics
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from mail_office import SANITIZED, Line, MailOffice, memory, messages  # noqa: E402
from smtp_script import DROP, HANG, Script  # noqa: E402
from waiting import wait_until  # noqa: E402

LETTERS = 20
ANSWERS = 300       # that somebody else gets meanwhile, at least
MEMORY_MOST = 1024  # KiB more than before

NOISE = random.Random(1).randbytes(65536)
MANY = b"".join(b"250-AUTH X%d\r\n" % i for i in range(1000000)) + b"250 HELP\r\n"
LONG = b"220 " + b"x" * (10 << 20) + b"\r\n"


class Drip(Script):
    """A byte now and then: every wait by itself is short."""

    def _serve(self, connection):
        try:
            while True:
                connection.sendall(b"2")
                time.sleep(0.2)
        except OSError:
            pass


class Reset(Script):
    """Takes the letter, and resets the connection instead of an answer."""

    def _serve(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        super()._serve(connection)


class Endless(Script):
    """Greets without end, as fast as it is read."""

    def _serve(self, connection):
        try:
            while True:
                connection.sendall((b"220-" + b"x" * 60 + b"\r\n") * 100)
        except OSError:
            pass


LF = {"GREETING": b"220 x\n", "EHLO": b"250 x\n", "MAIL": b"250 x\n", "RCPT": b"250 x\n",
      "DATA": b"354 x\n", "CONTENT": b"250 x\n", "QUIT": b"221 x\n"}

MODES = {
    "silent": lambda: Script({"GREETING": HANG}),
    "drip": Drip,
    "after-dot": lambda: Script({"CONTENT": HANG}),
    "close": lambda: Script({"GREETING": DROP}),
    "reset": lambda: Reset({"CONTENT": DROP}),
    "4xx": lambda: Script({"CONTENT": "451 4.3.0 no"}),
    "5xx": lambda: Script({"CONTENT": "552 5.2.2 no"}),
    "endless": Endless,
    "longline": lambda: Script({"GREETING": LONG}),
    "multi": lambda: Script({"EHLO": MANY}),
    "garbage": lambda: Script({"GREETING": [NOISE, DROP]}),
    "lf": lambda: Script(LF),
}


class Watch(threading.Thread):
    """Asks for the status again and again, and measures how long each answer takes."""

    def __init__(self, office):
        super().__init__()
        self.line = Line(office.path)
        self.waits = []
        self.over = False
        self.error = None

    def run(self):
        try:
            while not self.over:
                began = time.monotonic()
                self.line.ask("status")
                self.waits.append(time.monotonic() - began)
                time.sleep(0.002)
        except Exception as error:  # told by the one who waits for us
            self.error = error


def peak_of_mailer(line, most):
    pid = line.ask("status")["mailer"]["pid"]
    try:
        return max(most, memory(pid)) if pid else most
    except (OSError, StopIteration):  # it has just been ended
        return most


def mailer_at_rest(line):
    while (mailer := line.ask("status")["mailer"])["state"] != "ready":
        time.sleep(0.01)
    return memory(mailer["pid"])


def run(folder, mode):
    server = MODES[mode]()
    office = MailOffice(os.path.join(folder, mode), server.port, delivery_limit=1)
    with server, office:
        line = office.start("--virtual-clock", "2026-03-02T10:00")
        resting = mailer_at_rest(line)
        peaks = [resting]
        before = memory(office.process.pid, "VmRSS")
        watch = Watch(office)
        watch.start()
        for _ in range(LETTERS):
            line.ask("drill")

        def enough():
            peaks.append(peak_of_mailer(line, peaks[-1]))
            tried = sum(row["attempts"] > 0 for row in messages(line))
            return tried and len(watch.waits) >= ANSWERS or watch.error
        wait_until(enough, "no letter is tried, or nobody is answered")
        watch.over = True
        watch.join()
        if watch.error:
            raise watch.error
        rows = messages(line)
        taken = b"".join(data for _, data in server.taken)
        grown = memory(office.process.pid) - before
        judge(mode, rows, taken, watch.waits, grown, max(peaks) - resting)


def judge(mode, rows, taken, waits, grown, mailer_grown):
    false = [row["id"] for row in rows if row["state"] == "sent" and row["message_id"].encode() not in taken]
    states = sorted({row["state"] for row in rows})
    tried = [row for row in rows if row["attempts"]]
    most = max(waits)
    print(f"{mode:10s} {len(waits):5d} answers: median {statistics.median(waits) * 1000:5.2f} ms, "
          f"most {most * 1000:6.2f} ms; memory +{grown} KiB, mailer +{mailer_grown} KiB; "
          f"{len(tried)} tried: {' '.join(states)}", flush=True)
    assert len(rows) == LETTERS and not false, f"{mode}: counted as sent without being taken: {false}"
    assert tried, f"{mode}: no letter was tried"
    assert "sent" not in states or mode == "lf", f"{mode}: {states}"
    assert SANITIZED or grown < MEMORY_MOST, f"{mode}: the daemon grew by {grown} KiB"
    assert SANITIZED or mailer_grown < 4 * MEMORY_MOST, f"{mode}: the mailer grew by {mailer_grown} KiB"


def main(folder, *modes):
    for mode in modes or MODES:
        run(folder, mode)


main(*sys.argv[1:])
