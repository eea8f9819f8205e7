# SPDX-License-Identifier: EUPL-1.2
"""An office whose letters go to a mail server by SMTP, for tests in Python of the whole way.

KEDJAD, KEDJACTL and KEDJA_MAILER name the programs (default: build/…).
"""
import email
import email.policy
import glob
import json
import os
import re
import socket
import subprocess
import tempfile

from office import ROOT, SANITIZED, Line, Lost, Office, Refused  # noqa: F401
from waiting import wait_until

LONG = os.environ.get("KEDJA_LONG") == "1"
SENDER = "kedja@office.example"
ADMINISTRATOR = "admin@office.example"


def program(variable, name):
    return os.path.join(ROOT, os.environ.get(variable) or f"build/{name}")


def free_port():
    """One that nobody listens on: for a server that is down, and comes up later."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class MailOffice(Office):
    """`patience`: seconds that the mailer bears silence; without it as many as it wants itself."""

    def __init__(self, folder, port, patience=None, **settings):
        super().__init__(folder)
        self.settings = {"content": "normal", "sender": SENDER, "administrator": ADMINISTRATOR, "report_how": "Ring.",
                         "database": self.database, "socket": self.path, "transport": "smtp",
                         "smtp_host": "127.0.0.1", "smtp_port": port,
                         "mailer": program("KEDJA_MAILER", "kedja-mailer"), **settings}
        if patience:
            self.settings["mailer"] = self.impatient(self.settings["mailer"], patience)
        self.configure()
        self.only_rules("plan-missing", "plan-review", "task", "trial-year", "rent-late",
                        "evaluation-half-year")

    def only_rules(self, *wanted):
        """These tests are about letters on their way: a few rules do, and rules that are added to
        those that ship change nothing here. No names: all of them."""
        own = os.path.join(self.folder, "conf/rules.d/local/only.conf")
        found = set()
        for path in glob.glob(os.path.join(self.folder, "conf/rules.d/*.conf")):
            if not path.endswith(".test.conf"):
                with open(path, encoding="utf-8") as file:
                    found.update(re.findall(r'^    name += "([a-z-]+)";', file.read(), re.M))
        assert found.issuperset(wanted), (found, wanted)
        os.makedirs(os.path.dirname(own), exist_ok=True)
        with open(own, "w", encoding="utf-8") as file:
            names = ", ".join(f'"{name}"' for name in sorted(found.difference(wanted or found)))
            file.write(f"disable = [ {names} ];\n" if names else "")

    def impatient(self, mailer, patience):
        path = os.path.join(self.folder, "mailer")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nexec "{mailer}" --patience {patience}\n')
        os.chmod(path, 0o755)
        return path

    def configure(self, **changes):
        self.settings.update(changes)
        with open(os.path.join(self.folder, "conf/kedja.conf"), "w", encoding="utf-8") as file:
            for name, value in self.settings.items():
                file.write(f"{name} = {json.dumps(value, ensure_ascii=False)};\n")

    def whole_log(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as file:
            return file.read()

    def ctl(self, *words):
        """What kedjactl says, and its exit code."""
        done = subprocess.run([program("KEDJACTL", "kedjactl"), "--socket", self.path, *words],
                              capture_output=True, text=True, check=False)
        return done.stdout + done.stderr, done.returncode

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Killed, so that nobody waits for a letter in hand; stop() ends it well."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.kill()
        log = self.whole_log()
        if "Sanitizer" in log or "runtime error" in log:
            raise SystemExit(log)


def open_line(office):
    """A connection to the daemon that is there, or is just coming."""
    def try_it():
        try:
            return Line(office.path)
        except Lost:
            return None
    return wait_until(try_it, "the daemon does not answer")


def messages(line):
    return line.rows("outbox.list")


def states(line):
    return [row["state"] for row in messages(line)]


def settled(line):
    """All letters, when none of them is on its way any more: they wait for an hour, or are done."""
    def look():
        standing = line.ask("status")["outbox"]["fault"]  # asked first: the rows are not older
        rows = messages(line)
        on_the_way = ("handed",) if standing else ("queued", "handed")
        return rows if all(row["state"] not in on_the_way for row in rows) else None
    return wait_until(look, "letters are still on their way")


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def folder():
    return tempfile.mkdtemp(prefix="kedja-mail.")


def memory(pid, what="VmHWM"):
    """KiB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(row.split()[1]) for row in status if row.startswith(what + ":"))


PLAN = {name: True for name in ("rent", "tenancy", "treatment", "neighbour", "rent_contact",
                                "goals_short", "goals_long")}


def event(kind, subject, at, key=None, **data):
    made = {"kind": kind, "subject": subject, "at": at, "data": data}
    if key:
        made["key"] = key
    return made


def cast(day, cases=(), programme="norr"):
    """Some people, their programme, and cases with a plan that was adopted that day."""
    made = []
    for person, name in (("anna", "Anna Åberg"), ("bo", "Bo Ek"), ("eva", "Eva Norén"),
                         ("hakan", "Håkan Holm"), ("per", "Per Ström")):
        made.append(event("staff.joined", person, day, name=name, email=f"{person}@office.example"))
    made.append(event("programme.started", programme, day, title="Norr"))
    for role, person in (("support_worker", "bo"), ("housing_coordinator", "eva"),
                         ("unit_manager", "hakan"), ("area_manager", "per")):
        made.append(event("role.assigned", programme, day, role=role, staff=person))
    for case in cases:
        made.append(event("case.opened", case, day, programme=programme))
        made.append(event("role.assigned", case, day, role="social_worker", staff="anna"))
        made.append(event("stage.entered", case, day, stage="training_flat", mode="move"))
        made.append(event("plan.adopted", case, day, **PLAN))
    return made


def record_all(line, events):
    for i in range(0, len(events), 1000):
        line.ask("event.record", events[i:i + 1000])
