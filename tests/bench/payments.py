# SPDX-License-Identifier: EUPL-1.2
"""A bank's file of 100,000 payments (or BENCH_PAYMENTS) read in by kedjactl, against bare rows in
commits of the same size at the same durability; and what others wait for an answer meanwhile."""

import os
import socket
import statistics
import threading
import time

from ahead import ctl
from daemon import event, office, request

RENT = 520000
OF_A_CASE = 10    # payments: a year's rents, near enough
CHARGED = 3       # months of them that are charged; the rest is paid ahead
BATCH = 250       # payments in one turn of the daemon, and so in one commit, at most


def with_check_digit(number):
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return number + str((10 - total % 10) % 10)


def leases(count):
    """Cases with a lease whose rents are charged."""
    events, numbers = [], []
    for i in range(count):
        name = f"CASE-{i:05d}"
        numbers.append(with_check_digit(f"{100000 + i}"))
        events.append(event("case.opened", name, at="2025-01-02", programme="bench"))
        events.append(event("lease.started", name, at="2025-01-02", rent=RENT, ocr=numbers[-1]))
        events += [event("rent.charged", name, at=f"2025-{month:02d}-10", key=f"2025-{month + 1:02d}",
                         amount=RENT) for month in range(1, CHARGED + 1)]
    return events, numbers


def write_bgmax(path, numbers, months):
    """A section for each month, in the layout of BgMax."""
    serial = 0
    with open(path, "w", encoding="ascii", newline="") as file:
        def record(text):
            file.write(text.ljust(80) + "\r\n")
        record("01" + "BGMAX".ljust(20) + "01" + "20260302030000000000" + "P")
        for month in range(1, months + 1):
            record("05" + "0009912346" + " " * 10 + "SEK")
            for number in numbers:
                serial += 1
                record("20" + "0" * 10 + number.ljust(25) + f"{RENT:018d}" + "21" + f"{serial:012d}" + "0")
            record("15" + "0" * 35 + f"2025{month:02d}25" + f"{month:05d}" +
                   f"{RENT * len(numbers):018d}" + "SEK" + f"{len(numbers):08d}" + "K")
        record("70" + f"{serial:08d}" + "0" * 16 + f"{months:08d}")
    return serial


class Others:
    """Somebody else who asks all the while, and how long each answer took."""

    def __init__(self, path):
        self.waits = []
        self.over = False
        self.peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.peer.connect(path)
        self.stream = self.peer.makefile("rwb")
        self.thread = threading.Thread(target=self.ask)
        self.thread.start()

    def ask(self):
        while not self.over:
            began = time.monotonic()
            self.stream.write(request("clock.show", {}))
            self.stream.flush()
            self.stream.readline()
            self.waits.append(time.monotonic() - began)
            time.sleep(0.002)

    def stop(self):
        self.over = True
        self.thread.join()
        self.stream.close()
        self.peer.close()
        return sorted(self.waits)


def tell_waits(what, waits):
    print(f"  others meanwhile, {what}: {len(waits)} answers, median {statistics.median(waits) * 1e3:.1f} ms, "
          f"of a hundred the slowest {waits[len(waits) * 99 // 100] * 1e3:.0f} ms, "
          f"of all {waits[-1] * 1e3:.0f} ms")


def measure(bench, show):
    cases = max(1, int(os.environ.get("BENCH_PAYMENTS", "100000")) // OF_A_CASE)
    daemon = bench.daemon("payments")
    daemon.start()
    events, numbers = leases(cases)
    daemon.record_all(office() + events)
    daemon.ask("deadline.list")  # answered when nobody is behind
    path = os.path.join(daemon.folder, "payments.txt")
    count = write_bgmax(path, numbers, OF_A_CASE)
    bare = bench.program("rows", "write", os.path.join(bench.folder, "rows-payments.db"), count, BATCH)[0]
    others = Others(daemon.socket)
    began = time.monotonic()
    told = ctl(bench.build, daemon, "payments", "import", path)
    seconds = time.monotonic() - began
    waits = others.stop()
    if not told.startswith(f"{count} new, 0 known"):
        raise SystemExit(f"bench: {told}")
    rate = count / seconds
    show(f"{count:,} payments read in / SQLite, {BATCH} rows a commit", rate / bare, (rate / bare,) * 2,
         (">=", 0.1), False, f"{rate:.0f} against {bare:.0f} /s")
    tell_waits("while they came in", waits)
    others = Others(daemon.socket)
    began = time.monotonic()
    daemon.ask("deadline.list")
    planned = time.monotonic() - began
    tell_waits(f"while {cases:,} cases were planned ({planned:.1f} s)", others.stop())
    began = time.monotonic()
    told = ctl(bench.build, daemon, "payments", "import", path)
    if told != f"0 new, {count} known\n":
        raise SystemExit(f"bench: {told}")
    print(f"  the same file again: {count / (time.monotonic() - began):.0f} payments/s, all known")
    daemon.stop()
