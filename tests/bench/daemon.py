# SPDX-License-Identifier: EUPL-1.2
"""A real kedjad in a folder of its own, and a client for its socket, for the measurements."""

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DAY = "2026-03-02"  # a Monday; the virtual clock stands still, so nothing comes due meanwhile

SETTINGS = """\
database = "kedja.db";
socket = "kedja.sock";
mailer = "{mailer}";
transport = "maildir";
maildir = "mail";
content = "normal";
sender = "kedja@example.se";
administrator = "it@example.se";
"""


class Daemon:
    def __init__(self, folder, build):
        self.folder = folder
        self.build = build
        self.process = None
        self.stream = None
        self.socket = os.path.join(folder, "kedja.sock")
        atexit.register(self.stop)  # also when a measurement breaks off
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(os.path.join(ROOT, "conf"), folder)
        with open(os.path.join(folder, "kedja.conf"), "w", encoding="utf-8") as file:
            file.write(SETTINGS.format(mailer=os.path.join(build, "kedja-mailer")))
        subprocess.run([os.path.join(build, "kedjad"), "--conf", folder, "--create"],
                       check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def start(self):
        """Starts it and returns the seconds from then until its first answer."""
        began = time.monotonic()
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(
                [os.path.join(self.build, "kedjad"), "--conf", self.folder,
                 "--virtual-clock", DAY + "T10:00"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        while not self.try_connect():
            if self.process.poll() is not None or time.monotonic() - began > 60:
                raise SystemExit(f"bench: the daemon does not answer:\n{self.log_tail()}")
            time.sleep(0.0002)
        self.ask("clock.show")
        return time.monotonic() - began

    def log_tail(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-20:])

    def try_connect(self):
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            peer.connect(self.socket)
        except OSError:
            peer.close()
            return False
        self.stream = peer.makefile("rwb")
        peer.close()
        return True

    def ask(self, method, **parameters):
        return self.send(request(method, parameters))

    def send(self, line):
        self.stream.write(line)
        self.stream.flush()
        answer = json.loads(self.stream.readline() or b'{"error":"hung up"}')
        if "error" in answer:
            raise SystemExit(f"bench: refused: {answer['error']}\n{line[:300]!r}\n{self.log_tail()}")
        return answer["result"]

    def record_all(self, events):
        for i in range(0, len(events), 1000):
            self.send(request("event.record", {"events": events[i:i + 1000], "history": "made up"}))

    def memory(self):
        """MiB of memory: now, and at its most."""
        figures = {}
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            for line in file:
                name, _, rest = line.partition(":")
                if name in ("VmRSS", "VmHWM"):
                    figures[name] = int(rest.split()[0]) / 1024
        return figures["VmRSS"], figures["VmHWM"]

    def seconds(self):
        """For which it has been at work, as the kernel counts it."""
        with open(f"/proc/{self.process.pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0]) / 1e9

    def stop(self):
        if self.stream is not None:
            self.stream.close()
            self.stream = None
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


def request(method, parameters):
    text = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
    return text.encode() + b"\n"


def event(kind, subject, at=DAY, **fields):
    made = {"kind": kind, "subject": subject, "at": at}
    for name in ("key", "source"):
        if name in fields:
            made[name] = fields.pop(name)
    made["data"] = fields
    return made


def office():
    """The people and the programme that all cases share."""
    people = [("anna", "social_worker"), ("bo", "support_worker"), ("cilla", "unit_manager")]
    events = [event("programme.started", "bench", at="2016-01-04", title="Mätningen")]
    for person, role in people:
        events.append(event("staff.joined", person, at="2016-01-04", name=person.capitalize(),
                            email=person + "@example.se"))
        events.append(event("role.assigned", "bench", at="2016-01-04", role=role, staff=person))
    return events


PLAN = {name: True for name in ("rent", "tenancy", "treatment", "neighbour", "rent_contact",
                                "goals_short", "goals_long")}


def case(name, opened="2026-02-02"):
    """A case with its plan: three events, one deadline open."""
    return [event("case.opened", name, at=opened, programme="bench"),
            event("stage.entered", name, at=opened, stage="training_flat", mode="move"),
            event("plan.adopted", name, at=opened, **PLAN)]


def history(name, length):
    """A case with so many events: its plan, reviews, rent by the month, and many visits."""
    first = 2016
    events = case(name, opened="2016-02-01")
    for month in range(120 if length > 1000 else 3):
        key = f"{first + month // 12}-{month % 12 + 1:02d}"
        if key < "2016-03" or len(events) + 2 > length:
            continue
        events.append(event("rent.charged", name, at=key + "-01", key=key, amount=520000))
        events.append(event("rent.paid", name, at=key + "-20", amount=520000, paid_on=key + "-20"))
        if month % 3 == 1 and len(events) < length:
            events.append(event("plan.reviewed", name, at=key + "-25", goals_met=2, goals_unmet=0,
                                explained=True))
    day = 0
    while len(events) < length:
        year, rest = divmod(day, 336)
        events.append(event("visit.made", name,
                            at=f"{first + year % 10}-{rest // 28 + 1:02d}-{rest % 28 + 1:02d}"))
        day += 1
    return [e for e in events if e["at"] >= "2016-02-01"] + \
        [e | {"at": "2025-06-02"} for e in events if e["at"] < "2016-02-01"]
