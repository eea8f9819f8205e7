# SPDX-License-Identifier: EUPL-1.2
"""What one client asks for, and how long another one waits meanwhile: every method that the daemon
has, alone and a hundred times in one line, with 1,000 and 10,000 cases, and with BENCH_LARGE=1 with
100,000; and whether the daemon's memory is afterwards what it was before.

A wait is told in two ways: as the clock has it, and how much of it the daemon was at work, as the
kernel counts it. On a machine with nothing else to do they differ by the disk; on a busy one only
the second says something of the daemon, so the bounds are held against that."""

import json
import os
import socket
import statistics
import threading
import time

import many
from daemon import request

AIM, MUST = 20, 50  # ms
BATCH = 100
GROWTH = 8  # MiB that may stay

CASE = many.name_of(7)
NORR = many.programme_of(7)
ASKED = {
    "event.record": {"kind": "visit.made", "subject": CASE, "at": "2026-03-03"},
    "event.check": {"kind": "visit.made", "subject": CASE, "at": "2026-03-03"},
    "event.void": {"event": 900, "reason": "bench"},
    "case.show": {"case": NORR},
    "staff.roles": {"staff": many.worker_of(7)},
    "deadline.list": {"for": many.worker_of(7)},
    "notice.discard": {"reason": "bench"},
    "why": {"case": CASE},
    "outbox.show": {"id": 1},
    "outbox.cancel": {"id": 1, "reason": "bench"},
    "payment.coverage": {"programme": NORR},
    "payment.awaited": {"programme": NORR},
    "payment.known": {"programme": NORR, "payments": []},
    "rent.open": {"programme": NORR},
    "rent.leases": {"programme": NORR, "month": "2026-02"},
    "calendar.year": {"year": 2026},
    "rebuild": {"check": True},
    "status.ack": {"alarm": "held"},
}
MORE = [("deadline.list", {}), ("deadline.list", {"state": "all"}), ("case.show", {"case": CASE})]
ELSEWHERE = ("clock.set", "drill")  # they move the clock and send letters


def line_of(method, parameters, count):
    asked = [{"jsonrpc": "2.0", "id": i, "method": method, "params": parameters} for i in range(count)]
    return (json.dumps(asked) + "\n").encode() if count > 1 else request(method, parameters)


class Others:
    """Somebody else who asks all the while: what each answer took by the clock and, of it, of the
    daemon's own time, both in ms."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.clock, self.work = [0], [0]
        self.over = False
        self.peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.peer.connect(daemon.socket)
        self.stream = self.peer.makefile("rwb")
        self.thread = threading.Thread(target=self.ask)
        self.thread.start()

    def ask(self):
        while not self.over:
            began, at_work = time.monotonic(), self.daemon.seconds()
            self.stream.write(request("clock.show", {}))
            self.stream.flush()
            self.stream.readline()
            self.clock.append((time.monotonic() - began) * 1e3)
            self.work.append((self.daemon.seconds() - at_work) * 1e3)
            time.sleep(0.002)

    def stop(self):
        self.over = True
        self.thread.join()
        self.stream.close()
        self.peer.close()
        return max(self.clock), max(self.work)


def ask(daemon, line):
    """The daemon's seconds until all is answered, and the longest wait of somebody else."""
    others = Others(daemon)
    time.sleep(0.05)
    began = daemon.seconds()
    daemon.stream.write(line)
    daemon.stream.flush()
    if not daemon.stream.readline():
        raise SystemExit(f"bench: hung up: {line[:200]!r}\n{daemon.log_tail()}")
    return daemon.seconds() - began, others.stop()


def measure_one(daemon, method, parameters, size, broken):
    before = daemon.memory()[0]
    alone, one = ask(daemon, line_of(method, parameters, 1))
    count = 1 if method == "rebuild" and size > 1000 else BATCH
    together, many_ = ask(daemon, line_of(method, parameters, count))
    clock, work = max(one[0], many_[0]), max(one[1], many_[1])
    grown = daemon.memory()[0] - before
    verdict = "ok" if work <= AIM else "not reached" if work <= MUST else "BROKEN"
    if work > MUST or grown > GROWTH:
        broken.append(f"{method} with {size:,} cases")
    print(f"    {method:17s} {json.dumps(parameters)[:38]:38s} {alone * 1e3:8.1f} ms, {count:3d} in a line "
          f"{together * 1e3:8.0f} ms; others at most {work:5.1f} ms ({clock:.1f})  {verdict}"
          f"{f'  {grown:.0f} MiB stay' if grown > GROWTH else ''}", flush=True)


def status_seconds(daemon):
    """Of the daemon's own time for a status, as of a thousand in lines of a hundred."""
    line = line_of("status", {}, BATCH)
    took = []
    for _ in range(10):
        began = daemon.seconds()
        daemon.stream.write(line)
        daemon.stream.flush()
        daemon.stream.readline()
        took.append((daemon.seconds() - began) / BATCH)
    return statistics.median(took)


def measure(bench, show, broken):
    sizes = (1000, 10000, 100000) if os.environ.get("BENCH_LARGE") == "1" else (1000, 10000)
    status = {}
    for size in sizes:
        daemon = many.daemon(os.path.join(bench.folder, f"waits-{size}"), bench.build, size)
        daemon.start()
        status[size] = status_seconds(daemon)
        print(f"  {size:,} cases: what another client waits, aim {AIM} ms, must {MUST} ms")
        methods = [row["method"] for row in daemon.ask("help")["rows"] if row["method"] not in ELSEWHERE]
        for method, parameters in [(name, ASKED.get(name, {})) for name in methods] + MORE:
            measure_one(daemon, method, parameters, size, broken)
        daemon.stop()
    for size in sizes[1:]:
        ratio = status[size] / status[sizes[0]]
        show(f"status with {size:,} cases / with {sizes[0]:,}", ratio, (ratio,) * 2, ("<=", 1.2), True,
             f"{status[size] * 1e6:.0f} against {status[sizes[0]] * 1e6:.0f} µs")
