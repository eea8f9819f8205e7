# SPDX-License-Identifier: EUPL-1.2
"""Mail, for the measurements: a sink, a Postfix of our own, and kedja's side of the race.

The sink takes letters and forgets them. Postfix takes them into its queue and hands them to the sink.
"""

import atexit
import json
import os
import socket
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from mail_office import free_port  # noqa: E402
from postfix import Postfix  # noqa: E402

SENDER = "kedja@example.se"
TEXT = ("En rad med vanlig text som upprepas tills brevet har den storlek\n" * 64)[:3600]

def wait_for_port(port):
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port), 5).close()
            return
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"bench: nothing listens on port {port}")


class Sink:
    """smtp-sink, for all who are measured."""

    def __init__(self):
        self.port = free_port()
        user = ["-u", "nobody"] if os.getuid() == 0 else []
        self.process = subprocess.Popen(["smtp-sink", *user, f"127.0.0.1:{self.port}", "1000"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        atexit.register(self.stop)
        wait_for_port(self.port)

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()


class Relay(Postfix):
    """Takes letters into its queue and hands them to the sink."""

    def __init__(self, folder, sink):
        super().__init__(folder, f"relayhost = [127.0.0.1]:{sink.port}\n")
        atexit.register(self.stop)

    def wait_until_empty(self):
        while self.queued():
            time.sleep(0.02)


def smtp_source(port, count, size=4096):
    """Letters a second on one connection that stays open."""
    began = time.monotonic()
    subprocess.run(["smtp-source", "-d", "-s", "1", "-m", str(count), "-l", str(size), "-f", SENDER,
                    "-t", "anna@example.se", f"127.0.0.1:{port}"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return count / (time.monotonic() - began)


class Mailer:
    """kedja-mailer by itself, driven over a socket pair. Each batch is built before its connection
    opens, so what lies between its first outcome and its last is the sending alone. Outcomes are
    noted in advance: nothing is marked here."""

    BATCH = 200

    def __init__(self, build, port):
        self.socket, theirs = socket.socketpair()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 << 20)
        self.process = subprocess.Popen([os.path.join(build, "kedja-mailer")], stdin=theirs,
                                        stdout=subprocess.DEVNULL)
        theirs.close()
        self.line()
        self.say({"configure": {"transport": "smtp", "smtp_host": "127.0.0.1", "smtp_port": port,
                                "smtp_starttls": False, "sender": SENDER}})
        if b"ready" not in self.line():
            raise SystemExit("bench: the mailer is not ready")

    def say(self, *what):
        self.socket.sendall(b"".join(json.dumps(one).encode() + b"\n" for one in what))

    def line(self):
        """Byte by byte, so that nothing of the next one is taken."""
        line = b""
        while not line.endswith(b"\n"):
            line += self.socket.recv(1)
        return line

    def batch(self):
        numbers = range(1000, 1000 + self.BATCH)  # of one length, and so are all that is heard
        letters = [{"id": number, "message_id": f"bench-{number}@example.se",
                    "date": "Mon, 02 Mar 2026 08:00:00 +0100", "subject": "Att bevaka",
                    "to": {"name": "Anna", "address": "anna@example.se"}, "text": TEXT}
                   for number in numbers]
        self.say({"send": letters})
        first = self.line()
        self.say(*({"noted": number} for number in numbers[:-1]))
        began = time.monotonic()
        rest = self.socket.recv(len(first) * (self.BATCH - 1), socket.MSG_WAITALL)
        took = time.monotonic() - began
        if (first + rest).count(b'"outcome":"sent"') != self.BATCH or b"done" not in self.line():
            raise SystemExit(f"bench: a letter was not sent: {first!r} {rest[-200:]!r}")
        return took

    def rate(self, batches):
        """Letters a second, connections and building left out."""
        return batches * (self.BATCH - 1) / sum(self.batch() for _ in range(batches))

    def stop(self):
        self.socket.close()
        self.process.wait()


def fill_outbox(database, count):
    """Letters that wait, put into the file of a daemon that is not running."""
    with sqlite3.connect(database) as base:
        base.executemany(
            "INSERT INTO message (person, name, address, language, subject, body, message_id,"
            " created_at, state, attempts, next_attempt)"
            " VALUES ('anna', 'Anna', 'anna@example.se', 'sv', 'Att bevaka', ?, ?, 0, 'queued', 0, 0)",
            ((TEXT, f"{os.urandom(16).hex()}@example.se") for _ in range(count)))


def use_smtp(daemon, port):
    """Instead of the Maildir that its settings name."""
    path = os.path.join(daemon.folder, "kedja.conf")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace('transport = "maildir";', 'transport = "smtp";\nsmtp_host = "127.0.0.1";\n'
                                f'smtp_port = {port};\nbatch = 200;'))


def drain_outbox(daemon, count):
    """Letters a second through the whole daemon, its start included: built, sent, and each marked
    durably before the next one goes."""
    began = time.monotonic()
    daemon.start()
    while True:
        outbox = daemon.ask("status")["outbox"]
        if outbox["fault"] or outbox["deferred"] or outbox["unclear"]:
            raise SystemExit(f"bench: the letters do not go out: {outbox}")
        if outbox["queued"] + outbox["handed"] == 0:
            return count / (time.monotonic() - began)
        time.sleep(0.02)
