# SPDX-License-Identifier: EUPL-1.2
"""What one client asks for, and how long another one waits meanwhile: every method that the daemon
has, alone and a hundred times in one line, with 1,000 and 10,000 cases, and with BENCH_LARGE=1 with
100,000; and whether the daemon's memory is afterwards what it was before."""

import json
import os
import time

import many
from daemon import request
from payments import Others

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


def ask(daemon, method, parameters, count):
    """Seconds until all is answered, and the longest wait of somebody else in ms."""
    others = Others(daemon.socket)
    time.sleep(0.05)
    began = time.monotonic()
    daemon.stream.write(line_of(method, parameters, count))
    daemon.stream.flush()
    daemon.stream.readline()
    took = time.monotonic() - began
    return took, others.stop()[-1] * 1e3


def measure_one(daemon, method, parameters, size, broken):
    before = daemon.memory()[0]
    alone, waited = ask(daemon, method, parameters, 1)
    count = 1 if method == "rebuild" and size > 1000 else BATCH
    together, longest = ask(daemon, method, parameters, count)
    longest = max(longest, waited)
    grown = daemon.memory()[0] - before
    verdict = "ok" if longest <= AIM else "not reached" if longest <= MUST else "BROKEN"
    if longest > MUST or grown > GROWTH:
        broken.append(f"{method} with {size:,} cases")
    print(f"    {method:17s} {json.dumps(parameters)[:38]:38s} {alone * 1e3:8.1f} ms, {count:3d} in a line "
          f"{together * 1e3:8.0f} ms; others at most {longest:5.1f} ms  {verdict}"
          f"{f'  {grown:.0f} MiB stay' if grown > GROWTH else ''}", flush=True)


def measure(bench, broken):
    sizes = (1000, 10000, 100000) if os.environ.get("BENCH_LARGE") == "1" else (1000, 10000)
    for size in sizes:
        daemon = many.daemon(os.path.join(bench.folder, f"waits-{size}"), bench.build, size)
        daemon.start()
        print(f"  {size:,} cases: what another client waits, aim {AIM} ms, must {MUST} ms")
        methods = [row["method"] for row in daemon.ask("help")["rows"] if row["method"] not in ELSEWHERE]
        for method, parameters in [(name, ASKED.get(name, {})) for name in methods] + MORE:
            measure_one(daemon, method, parameters, size, broken)
        daemon.stop()
