# SPDX-License-Identifier: EUPL-1.2
"""Bad neighbours on the control socket of the real daemon. While each misbehaves, somebody else
asks for the status and is answered; memory stays bounded. How long that took is shown.

usage: abuse.py FOLDER WAY     long | half | noise | many | few | deaf | flood
"""

import json
import os
import random
import resource
import socket
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from office import SANITIZED, Line, Office  # noqa: E402
from waiting import HANG, wait_until  # noqa: E402

MOST_MEMORY = 200 << 20
HALF_LINE = 30  # seconds that the daemon bears half a line


def connect(office):
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(HANG)
    peer.connect(office.path)
    return peer


def push(peer, data):
    """As much as the daemon takes; it may hang up on us at any time."""
    try:
        peer.sendall(data)
        return True
    except (BrokenPipeError, ConnectionResetError):
        return False


class Neighbour:
    """The well-behaved one: a new connection each time, as kedjactl makes."""

    def __init__(self, office):
        self.office = office
        self.slowest = 0.0
        self.asked = 0

    def ask(self):
        began = time.monotonic()
        line = Line(self.office.path)
        status = line.ask("status")
        line.close()
        seconds = time.monotonic() - began
        assert status["pid"] == self.office.process.pid
        self.slowest = max(self.slowest, seconds)
        self.asked += 1


def peak(office):
    with open(f"/proc/{office.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM"))


def descriptors(office):
    return len(os.listdir(f"/proc/{office.process.pid}/fd"))


def way_long(office, neighbour):
    """A line of 10 MB, of one text and of endless nesting, with and without its end."""
    for filler in (b'{"jsonrpc": "2.0", "id": 1, "method": "' + b"a" * (10 << 20), b"[" * (10 << 20)):
        peer = connect(office)
        pushed = push(peer, filler)
        neighbour.ask()
        if pushed:
            push(peer, b"\n")
        neighbour.ask()
        answer = b""
        try:
            answer = peer.recv(1 << 16)
        except ConnectionResetError:
            pass
        if answer:
            error = json.loads(answer.split(b"\n")[0])["error"]
            assert "long" in error["message"] or "bytes" in error["message"], error
        peer.close()
    # a deep one that is within the limit
    peer = connect(office)
    peer.sendall(b"[" * 500_000 + b"\n")
    assert b'"error"' in peer.recv(1 << 16)
    neighbour.ask()


def way_half(office, neighbour):
    """Half a line and silence, from many, and one that drips a byte at a time. On a busy machine that may
    take longer than the daemon bears: then once more."""
    served = False
    while not served:
        began = time.monotonic()
        try:
            half_lines(office, neighbour)
            served = True
        except (AssertionError, ConnectionError, json.JSONDecodeError):
            assert time.monotonic() - began > HALF_LINE, "cut off before its time"


def half_lines(office, neighbour):
    silent = [connect(office) for _ in range(50)]
    for peer in silent:
        push(peer, b'{"jsonrpc": "2.0", "id": 1, "meth')
    dripping = connect(office)
    for byte in b'{"jsonrpc": "2.0", "id": 7, "method": "clock.show"}\n':
        assert push(dripping, bytes([byte]))
        neighbour.ask()
    assert json.loads(dripping.recv(1 << 16))["id"] == 7
    for peer in silent[::2]:  # gone in the middle of a line
        peer.close()
    neighbour.ask()
    for peer in silent[1::2]:  # and the others come to an end after all
        push(peer, b'od": "clock.show"}\n')
        assert b'"result"' in peer.recv(1 << 16)


def way_noise(office, neighbour):
    rng = random.Random(17)
    for size in (1, 100, 10_000, 500_000):
        peer = connect(office)
        push(peer, rng.randbytes(size))
        neighbour.ask()
        peer.close()
    texts = [b"\x00\n", b"\xff\xfe\n", b"null\n", b"[]\n", b"17\n", b'"status"\n', b"{}\n", b"\n\n\n",
             b'{"jsonrpc": "1.0", "method": "status"}\n', b'{"jsonrpc": "2.0", "id": {}, "method": 5}\n',
             b'{"jsonrpc": "2.0", "id": 1, "method": "status", "params": 3}\n',
             b'{"jsonrpc": "2.0", "id": 1, "method": "event.record", "params": [[], 1, null, {"kind": 5}]}\n',
             b'{"jsonrpc": "2.0", "id": 1, "method": "event.record", "params": {"kind": "visit.made", '
             b'"subject": "K-\\u0000", "at": "2026-01-05\\u0000"}}\n',
             b'{"jsonrpc": "2.0", "id": 1e400, "method": "status"}\n',
             b'{"jsonrpc": "2.0", "id": 1, "method": "deadline.list", "params": {"after": "\\u0000x"}}\n',
             b'{"jsonrpc": "2.0", "id": 1, "method": "notice.list", "params": {"after": -9223372036854775808}}\n',
             b'{"jsonrpc": "2.0", "id": 1, "method": "clock.set", "params": {"time": "99999-01-01T00:00"}}\n',
             b'{"jsonrpc": "2.0", "id": 1, "method": "calendar.year", "params": {"year": 9223372036854775807}}\n']
    for text in texts:
        peer = connect(office)
        push(peer, text)
        neighbour.ask()
        peer.close()
    peer = connect(office)  # all of them on one line after the other, and the last one is served
    for text in texts:
        push(peer, text)
    push(peer, b'{"jsonrpc": "2.0", "id": "last", "method": "clock.show"}\n')
    seen = b""
    while b'"last"' not in seen:
        more = peer.recv(1 << 16)
        assert more, seen[-500:]
        seen += more


def way_many(office, neighbour):
    """A thousand connections, silent or with a question each."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    peers = []
    for number in range(1000):
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(HANG)
        peer.connect(office.path)
        if number % 2:
            push(peer, b'{"jsonrpc": "2.0", "id": 1, "method": "clock.show"}\n')
        peers.append(peer)
        if number % 50 == 0:
            neighbour.ask()
    assert descriptors(office) < 1100
    neighbour.ask()
    for peer in peers:
        peer.close()
    neighbour.ask()
    wait_until(lambda: descriptors(office) < 40, "the connections that are gone are let go")


def way_few(office, neighbour):
    """More connections than the daemon may have open files."""
    resource.prlimit(office.process.pid, resource.RLIMIT_NOFILE, (40, 40))
    peers = []
    for _ in range(200):
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(HANG)
        peer.connect(office.path)
        peers.append(peer)
        if len(peers) % 20 == 0:
            neighbour.ask()
    for peer in peers:
        peer.close()
    neighbour.ask()


def way_deaf(office, neighbour):
    """Asks for much and never reads."""
    line = Line(office.path)
    for first in range(0, 3000, 1000):
        line.ask("event.record", [{"kind": "disturbance.reported", "subject": f"K-{number}", "at": "2026-01-05"}
                                  for number in range(first, first + 1000)])
    line.rows("case.list")
    question = b'{"jsonrpc": "2.0", "id": 1, "method": "case.list", "params": {}}\n'
    deaf = []
    for _ in range(20):
        peer = socket.socket(socket.AF_UNIX)
        peer.connect(office.path)
        peer.setblocking(False)
        deaf.append(peer)
    stuck, rounds = 0, 0
    while stuck < 10 and rounds < 400:  # until nobody gets another request in, ten times running
        rounds += 1
        stuck += 1
        for peer in deaf:
            try:
                if peer.send(question * 200) > 0:
                    stuck = 0
            except (BlockingIOError, BrokenPipeError, ConnectionResetError):
                pass
        neighbour.ask()
    assert stuck == 10, "the daemon reads on and on from clients that do not"


def way_flood(office, neighbour):
    """Twenty who ask without a pause, and read."""
    question = b'{"jsonrpc": "2.0", "id": 1, "method": "status", "params": {}}\n'
    peers = [connect(office) for _ in range(20)]
    for _ in range(10):
        for peer in peers:
            peer.sendall(question * 20)
        neighbour.ask()
        for peer in peers:
            seen = 0
            while seen < 20:
                seen += peer.recv(1 << 20).count(b"\n")


def main(folder, way):
    office = Office(folder)
    line = office.start("--virtual-clock", "2026-01-05T07:00")
    line.ask("event.record", [{"kind": "programme.started", "subject": "norr", "at": "2026-01-05",
                               "data": {"title": "Norr"}},
                              {"kind": "case.opened", "subject": "K-1", "at": "2026-01-05",
                               "data": {"programme": "norr"}}])
    neighbour = Neighbour(office)
    neighbour.ask()
    try:
        globals()["way_" + way](office, neighbour)
        neighbour.ask()
        memory = peak(office)
        assert SANITIZED or memory < MOST_MEMORY, f"{memory >> 20} MiB"
        # work goes on, and what came in is as it was
        line = Line(office.path)
        line.ask("event.record", {"kind": "visit.made", "subject": "K-1", "at": "2026-01-05"})
        line.close()
    finally:
        assert office.process.poll() is None, "the daemon died: " + office.log()
        office.stop()
    assert office.process.returncode == 0, office.log()
    print(f"{way}: {neighbour.asked} answers to others, the slowest after {neighbour.slowest:.3f} s;"
          f" {memory >> 20} MiB at most")


main(sys.argv[1], sys.argv[2])
