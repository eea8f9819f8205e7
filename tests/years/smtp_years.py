# SPDX-License-Identifier: EUPL-1.2
"""The demonstration's years against a real mail server: every letter of the outbox arrives, once.

usage: smtp_years.py FOLDER aiosmtpd|postfix UNTIL     UNTIL: such as 2006-11-01
"""
import collections
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from mail_office import MailOffice, free_port, messages, parse  # noqa: E402
from office import ROOT  # noqa: E402
from postfix import Postfix  # noqa: E402
from waiting import wait_until  # noqa: E402

BEGINS = "2006-05-01T08:00"


class Aiosmtpd:
    def __init__(self, _folder):
        from aiosmtpd.controller import Controller
        self.got, self.sessions = [], set()
        server = self

        class Handler:
            async def handle_DATA(self, _server, session, envelope):
                server.sessions.add(session.peer)
                for to in envelope.rcpt_tos:
                    server.got.append((to, envelope.content))
                return "250 2.0.0 taken"

        self.controller = Controller(Handler(), hostname="127.0.0.1", port=free_port())
        self.port = self.controller.port
        self.controller.start()

    def letters(self, _count):
        return self.got

    def stop(self):
        self.controller.stop()


class Mailbox(Postfix):
    """One of our own, into one Maildir for everybody."""

    SETTINGS = """\
virtual_mailbox_domains = static:all
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
"""

    def __init__(self, folder):
        super().__init__(os.path.join(folder, "postfix"), self.SETTINGS)

    def files(self):
        place = os.path.join(self.folder, "mail/all/new")
        return [os.path.join(place, name) for name in os.listdir(place)] if os.path.isdir(place) else []

    def letters(self, count):
        """What is in the mailbox, when the queue has got rid of it; more would come at once."""
        wait_until(lambda: len(self.files()) >= count, f"{count} letters do not come")
        wait_until(lambda: not self.queued(), "the queue of Postfix is never empty")
        found = []
        for path in self.files():
            with open(path, "rb") as file:
                raw = file.read()
            found.append((parse(raw)["Delivered-To"], raw))
        return found


def replay(office, until):
    events = os.path.join(office.folder, "events.ndjson")
    lines = subprocess.run([sys.executable, os.path.join(ROOT, "contrib/demo/generate.py"), "--seed", "1"],
                           check=True, capture_output=True, text=True).stdout.splitlines()
    with open(events, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines if line.split('"at": "')[1][:10] < until)
    line = office.start("--virtual-clock", BEGINS)
    began = time.monotonic()
    said, code = office.ctl("import", "--advance", events)
    assert code == 0, said
    line.ask("clock.set", {"time": until + "T16:00"})
    return line, time.monotonic() - began


def main(folder, kind, until):
    os.chmod(folder, 0o755)
    server = {"aiosmtpd": Aiosmtpd, "postfix": Mailbox}[kind](folder)
    try:
        with MailOffice(os.path.join(folder, "office"), server.port) as office:
            line, took = replay(office, until)
            rows = messages(line)
            status = line.ask("status")
            assert {row["state"] for row in rows} == {"sent"}, collections.Counter(row["state"] for row in rows)
            assert all(row["attempts"] == 1 for row in rows)
            assert status["mailer"]["restarts"] == 0 and status["outbox"]["fault"] is None
            expected = {row["message_id"]: row for row in rows}
            got = collections.defaultdict(list)
            for to, raw in server.letters(len(rows)):
                letter = parse(raw)
                got[letter["Message-ID"].strip("<>")].append((to, letter))
            assert set(got) == set(expected), f"{len(set(expected) - set(got))} lost"
            twice = [name for name, times in got.items() if len(times) != 1]
            assert not twice, f"{len(twice)} came more than once"
            for name, ((to, letter),) in got.items():
                assert to == expected[name]["to"] and letter["Subject"] == expected[name]["subject"], name
                assert letter.defects == [] and letter.get_body(("plain",)).get_content().strip(), name
            told = {row["id"] for row in line.rows("notice.list") if row["state"] == "sent"}
            assert told == {notice for row in rows for notice in row["notices"]}
            assert len(rows) > (600 if until > "2008" else 150), len(rows)
            print(f"{kind}, to {until}: {len(rows)} letters with {len(told)} reminders, each once, in {took:.1f} s",
                  flush=True)
    finally:
        server.stop()


main(*sys.argv[1:])
