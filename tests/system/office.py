# SPDX-License-Identifier: EUPL-1.2
"""An office for tests in Python: a folder with the configuration, the real daemon in it, and
questions to it over its socket. KEDJAD names the program (default: build/kedjad)."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys

from waiting import HANG, wait_until

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KEDJAD = os.path.join(ROOT, os.environ.get("KEDJAD") or "build/kedjad")
SANITIZED = b"__asan_init" in open(KEDJAD, "rb").read()


class Lost(Exception):
    """The daemon went away, or refused the connection."""


class Refused(Exception):
    """The daemon answered with an error."""

    def __init__(self, error):
        super().__init__(json.dumps(error, ensure_ascii=False))
        self.error = error


class Line:
    """One connection: requests out, answers in."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(HANG)
        self.rest = b""
        self.number = 0
        try:
            self.socket.connect(path)
        except OSError as error:
            raise Lost(str(error)) from error

    def send(self, method, parameters):
        self.number += 1
        request = {"jsonrpc": "2.0", "id": self.number, "method": method, "params": parameters}
        try:
            self.socket.sendall(json.dumps(request, ensure_ascii=False).encode() + b"\n")
        except (BrokenPipeError, ConnectionResetError) as error:
            raise Lost(str(error)) from error

    def receive(self):
        while b"\n" not in self.rest:
            try:
                more = self.socket.recv(1 << 20)
            except ConnectionResetError as error:
                raise Lost(str(error)) from error
            if not more:
                raise Lost("the connection was closed")
            self.rest += more
        line, _, self.rest = self.rest.partition(b"\n")
        answer = json.loads(line)
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["result"]

    def ask(self, method, parameters=None):
        self.send(method, parameters if parameters is not None else {})
        return self.receive()

    def alarms(self):
        """What is alarming, a sentence each."""
        return [alarm["text"] for alarm in self.ask("status")["alarms"]]

    def rows(self, method, parameters=None):
        rows, wanted = [], dict(parameters or {})
        while True:
            page = self.ask(method, wanted)
            rows += page["rows"]
            if page["next"] is None:
                return rows
            wanted["after"] = page["next"]

    def close(self):
        self.socket.close()


class Office:
    def __init__(self, folder, data=None):
        self.folder = folder
        self.data = data or os.path.join(folder, "data")
        self.path = os.path.join(folder, "control")
        self.maildir = os.path.join(folder, "mail")
        self.database = os.path.join(self.data, "kedja.db")
        self.process = None
        self.environment = dict(os.environ)
        os.makedirs(self.data, exist_ok=True)
        shutil.copytree(os.path.join(ROOT, "conf"), os.path.join(folder, "conf"))
        with open(os.path.join(folder, "conf/kedja.conf"), "w", encoding="utf-8") as file:
            file.write(f'content = "normal";\nsender = "kedja@office.example";\n'
                       f'administrator = "admin@office.example";\nreport_how = "Ring.";\n'
                       f'report_how_en = "Ring us.";\ntransport = "maildir";\n'
                       f'maildir = "{self.maildir}";\ndatabase = "{self.database}";\n'
                       f'socket = "{self.path}";\n')

    def only_rule(self, text):
        """The rules that ship make room for this one."""
        folder = os.path.join(self.folder, "conf/rules.d")
        shutil.rmtree(folder)
        os.mkdir(folder)
        with open(os.path.join(folder, "90-own.conf"), "w", encoding="utf-8") as file:
            file.write(text)

    def create(self):
        """The empty database; no start makes one."""
        with open(os.path.join(self.folder, "log"), "ab") as log:
            subprocess.run([KEDJAD, "--conf", os.path.join(self.folder, "conf"), "--create"],
                           env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)

    def start(self, *words):
        """The first start makes the database, if it was not brought along."""
        if self.process is None and not os.path.exists(self.database):
            self.create()
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = subprocess.Popen(
                [KEDJAD, "--conf", os.path.join(self.folder, "conf"), *words],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

        def try_it():
            try:
                line = Line(self.path)
                line.ask("clock.show")
                return line
            except Lost:
                if self.process.poll() is not None:
                    raise SystemExit("kedjad did not start: " + self.log()) from None
                return None
        return wait_until(try_it, "kedjad does not answer")

    def log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as file:
            return file.read()[-2000:]

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(HANG)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        log = self.log()
        if "Sanitizer" in log or "runtime error" in log or self.process.returncode != 0:
            raise SystemExit(f"kedjad ended with {self.process.returncode}: {log}")


def nothing_waits(status):
    """Every letter has gone, and the mailer has no fault."""
    waiting = {name: count for name, count in status["outbox"].items()
               if name in ("queued", "handed", "deferred", "unclear", "refused") and count}
    assert not waiting and status["outbox"]["fault"] is None, status["outbox"]


def went_off(base):
    """What was told, of a database that is whole: firings and notices, sorted."""
    assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    return {what: sorted(base.execute("SELECT subject, rule, key, anchor, occurrence, step, repetition, "
                                      + columns + " FROM " + what[:-1]).fetchall())
            for what, columns in (("firings", "at"),
                                  ("notices", "role, coalesce(person, '-'), cc, at, state"))}


def invented(seed, before, first=""):
    """The events of the demonstration up to a day."""
    lines = subprocess.run(
        [sys.executable, os.path.join(ROOT, "contrib/demo/generate.py"), "--seed", str(seed)],
        check=True, capture_output=True, text=True).stdout.splitlines()
    events = [json.loads(line) for line in lines]
    return [event for event in events if first <= event["at"][:10] < before]


def with_sources(events):
    return [dict(event, source=f"line-{number}") for number, event in enumerate(events)]
