# SPDX-License-Identifier: EUPL-1.2
"""What the tests of kedja-mailer share: the program, driven over a socket pair as kedjad does it."""
import json
import os
import shutil
import socket
import subprocess
import tempfile
import unittest

from waiting import HANG

PROGRAM = os.path.abspath(os.environ.get("KEDJA_MAILER", "build/kedja-mailer"))
SENDER = "kedja@exempel.se"


class Mailer:
    """One running kedja-mailer, and the other end of its descriptor 0."""

    def __init__(self, *options, env=None, program=PROGRAM, **popen):
        self.socket, theirs = socket.socketpair()
        surroundings = {"PATH": "/usr/bin:/bin"}
        # so that a build with sanitizers can be tried the same way
        surroundings.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
        surroundings.update(env or {})
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen([program, *options], stdin=theirs, stdout=subprocess.DEVNULL,
                                        stderr=self.errors, env=surroundings, **popen)
        theirs.close()
        self.socket.settimeout(HANG)
        self.file = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()
        try:
            self.status = self.process.wait(HANG)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.errors.close()

    def say(self, what):
        self.socket.sendall(what if isinstance(what, bytes) else json.dumps(what).encode() + b"\n")

    def hear(self):
        """The next thing it says; an outcome is noted at once."""
        line = self.file.readline()
        heard = json.loads(line) if line else None
        if heard and "outcome" in heard:
            try:
                self.say({"noted": heard["id"]})
            except BrokenPipeError:  # the test has hung up, or it has
                pass
        return heard

    def configure(self, **settings):
        assert self.hear() == {"hello": "kedja-mailer", "protocol": 1}
        self.say({"configure": settings})
        return self.hear()

    def send(self, letters):
        """Everything up to done, without it."""
        self.say({"send": letters})
        heard = []
        while (one := self.hear()) != {"done": True}:
            if one is None:
                raise EOFError(self.complaint())
            heard.append(one)
        return heard

    def complaint(self):
        self.process.wait(HANG)
        self.errors.seek(0)
        return self.errors.read().decode()


def letter(number, **changes):
    made = {"id": number, "message_id": f"letter-{number}@exempel.se",
            "date": "Mon, 30 Nov 2026 08:00:00 +0100",
            "to": {"name": "Åsa Öberg", "address": f"asa{number}@exempel.se"},
            "subject": "Påminnelse: en handlingsplan väntar på uppföljning sedan i måndags, säg till",
            "text": "Hej Åsa!\n\n.En rad som börjar med punkt\nFrån ÄÖ: räksmörgås — klart.\n"}
    made.update(changes)
    return made


def smtp_settings(server, **changes):
    made = {"transport": "smtp", "smtp_host": "127.0.0.1", "smtp_port": server.port,
            "smtp_starttls": False, "sender": SENDER, "sender_name": "Kedja bevakning"}
    made.update(changes)
    return made


def short(heard):
    return [(one.get("id"), one.get("outcome") or one.get("kind"), one.get("code")) for one in heard]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="kedja-mailer.")
        os.chmod(self.folder, 0o755)
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)


def files(maildir, where="new"):
    place = os.path.join(maildir, where)
    found = {}
    for name in sorted(os.listdir(place)):
        with open(os.path.join(place, name), "rb") as file:
            found[name] = file.read()
    return found
