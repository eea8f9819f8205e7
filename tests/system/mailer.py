# SPDX-License-Identifier: EUPL-1.2
"""kedja-mailer: what it says and hears, letters in a Maildir, and many letters to a real server.

    KEDJA_MAILER=build/kedja-mailer /usr/bin/python3 tests/system/mailer.py [CLASS[.test] ...]
"""
import email
import email.policy
import json
import os
import re
import shutil
import socket
import subprocess
import unittest

from mailer_driver import PROGRAM, SENDER, Case, Mailer, files, letter, short


class Maildir(Case):
    def deliver(self, letters, maildir=None, **popen):
        with Mailer(**popen) as mailer:
            ready = mailer.configure(transport="maildir", maildir=maildir or self.path("Maildir"),
                                     sender=SENDER, sender_name="Kedja på Östermalm")
            self.assertEqual(ready, {"ready": True})
            heard = mailer.send(letters)
        self.assertEqual(mailer.status, 0)
        return heard

    def test_letter_is_read_back_whole(self):
        calendar = [{"uid": "1@exempel.se", "sequence": 2, "day": "2026-12-31",
                     "summary": "Bevakning i ärende ÅÄÖ; 1, 2", "description": "En rad\nen till"}]
        sent = letter(1, html="<p>Hej Åsa, räksmörgås</p>", calendar=calendar,
                      references="<first@exempel.se> second@exempel.se")
        self.assertEqual(short(self.deliver([sent])), [(1, "sent", 250)])
        (raw,) = files(self.path("Maildir")).values()
        self.assertNotIn(b"\r", raw)
        self.assertLessEqual(max(len(line) for line in raw.split(b"\n")), 78)
        self.assertTrue(all(byte < 128 for byte in raw))
        message = email.message_from_bytes(raw, policy=email.policy.default)
        for part in message.walk():
            self.assertEqual(part.defects, [])
        for name in message:
            self.assertEqual(message[name].defects, (), name)
        self.assertEqual(message["To"], "Åsa Öberg <asa1@exempel.se>")
        self.assertEqual(message["From"], f"Kedja på Östermalm <{SENDER}>")
        self.assertEqual(message["Subject"], sent["subject"])
        self.assertEqual(message["Date"], sent["date"])
        self.assertEqual(message["Message-ID"], "<letter-1@exempel.se>")
        self.assertEqual(message["References"], "<first@exempel.se> <second@exempel.se>")
        self.assertEqual(message["Auto-Submitted"], "auto-generated")
        self.assertEqual(message["X-Auto-Response-Suppress"], "DR, RN, NRN, AutoReply, OOF")
        self.assertEqual([part.get_content_type() for part in message.walk()],
                         ["multipart/mixed", "multipart/alternative", "text/plain", "text/html",
                          "text/calendar"])
        parts = list(message.walk())
        self.assertEqual(parts[2].get_content(), sent["text"])
        self.assertEqual(parts[3].get_content(), sent["html"] + "\n")
        entry = parts[4].get_content().replace("\n ", "")
        for line in ("METHOD:PUBLISH", "UID:1@exempel.se", "SEQUENCE:2", "DTSTAMP:20261130T070000Z",
                     "DTSTART;VALUE=DATE:20261231", "DTEND;VALUE=DATE:20270101", "CLASS:PRIVATE",
                     "SUMMARY:Bevakning i ärende ÅÄÖ\\; 1\\, 2", "DESCRIPTION:En rad\\nen till"):
            self.assertIn(line, entry.split("\n"))
        self.assertEqual(parts[4].get_param("method"), "PUBLISH")
        self.assertEqual(parts[4].get_filename(), "kedja.ics")

    def test_plain_letter_is_one_part(self):
        self.deliver([letter(1)])
        (raw,) = files(self.path("Maildir")).values()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        self.assertEqual(message.get_content_type(), "text/plain")
        self.assertEqual(message.get_content(), letter(1)["text"])
        self.assertEqual(sorted(message.keys()),
                         ["Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date",
                          "From", "MIME-Version", "Message-Id", "Subject", "To", "X-Auto-Response-Suppress"])

    def test_hostile_headers_are_told_apart(self):
        names = {1: 'Åsa "Bosse" Ek', 2: "Ek, Åsa; <evil@exempel.se>", 3: "=?utf-8?q?hej?=", 4: "",
                 5: "Ö" * 120, 6: "a" * 200, 9: "Ek " * 60 + "Bo", 7: "Ek (Åsa) \\", 8: "日本 語 🙂"}
        subjects = {1: "=?utf-8?q?falskt?= ämne", 2: "=?utf-8?q?bara?=", 3: "å" * 300,
                    4: "ord " * 100 + "slut", 5: "x" * 200, 6: "två  mellanslag", 7: "",
                    8: "🙂" * 40, 9: " mellanslag "}
        self.deliver([letter(i, to={"name": names[i], "address": f"a{i}@exempel.se"},
                             subject=subjects[i]) for i in names])
        for raw in files(self.path("Maildir")).values():
            message = email.message_from_bytes(raw, policy=email.policy.default)
            number = int(message["Message-ID"].split("@")[0].split("-")[1])
            (to,) = message["To"].addresses
            self.assertEqual(to.addr_spec, f"a{number}@exempel.se")
            if len(names[number]) > 100:  # Python sees a space between two encoded words of a name
                self.assertEqual(to.display_name.replace(" ", ""), names[number].replace(" ", ""))
            else:
                self.assertEqual(to.display_name, names[number])
            self.assertEqual(message["Subject"], subjects[number], number)
            self.assertLessEqual(max(len(line) for line in raw.split(b"\n") if b"xxxx" not in line), 78)
            for word in raw.split():
                self.assertFalse(word.startswith(b"=?") and len(word) > 75, word)

    def test_same_letter_gives_same_bytes_and_one_file(self):
        letters = [letter(i, html="<p>å</p>") for i in range(3)]
        self.deliver(letters)
        first = files(self.path("Maildir"))
        self.deliver(letters, env={"LC_ALL": "sv_SE.UTF-8", "TZ": "America/New_York"})
        self.assertEqual(files(self.path("Maildir")), first)
        self.assertEqual(len(first), 3)
        self.assertEqual(files(self.path("Maildir"), "tmp"), {})

    def test_letter_that_was_read_does_not_come_again(self):
        self.deliver([letter(1)])
        (name,) = files(self.path("Maildir"))
        os.rename(self.path(f"Maildir/new/{name}"), self.path(f"Maildir/cur/{name}:2,S"))
        self.assertEqual(short(self.deliver([letter(1), letter(2)])), [(1, "sent", 250), (2, "sent", 250)])
        self.assertEqual(list(files(self.path("Maildir"), "cur")), [name + ":2,S"])
        self.assertEqual(len(files(self.path("Maildir"))), 1)

    def test_half_a_letter_left_by_a_kill_is_overwritten(self):
        self.deliver([letter(1)])
        whole = files(self.path("Maildir"))
        (name,) = whole
        os.rename(self.path(f"Maildir/new/{name}"), self.path(f"Maildir/tmp/{name}"))
        with open(self.path(f"Maildir/tmp/{name}"), "wb") as file:
            file.write(b"x" * 10000)
        self.deliver([letter(1)])
        self.assertEqual(files(self.path("Maildir")), whole)

    def test_killed_at_any_moment_and_repeated_each_is_there_once(self):
        letters = [letter(i) for i in range(40)]
        for moment in (0, 1, 7, 20):
            with Mailer() as mailer:
                mailer.configure(transport="maildir", maildir=self.path("Maildir"), sender=SENDER)
                mailer.say({"send": letters})
                for _ in range(moment):
                    mailer.hear()
                mailer.process.kill()
        self.deliver(letters)
        ids = [email.message_from_bytes(raw)["Message-ID"] for raw in files(self.path("Maildir")).values()]
        self.assertEqual(sorted(ids), sorted(f"<letter-{i}@exempel.se>" for i in range(40)))

    def test_full_disk_defers_the_letter_and_leaves_no_half_one(self):
        def small():
            import resource
            resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        letters = [letter(1), letter(2, text="ord " * 3000), letter(3)]
        heard = self.deliver(letters, preexec_fn=small)
        self.assertEqual(short(heard), [(1, "sent", 250), (2, "deferred", 0), (3, "sent", 250)])
        self.assertIn("cannot be written", heard[1]["text"])
        self.assertEqual(len(files(self.path("Maildir"))), 2)
        self.assertEqual(files(self.path("Maildir"), "tmp"), {})

    def test_folder_that_goes_away_is_a_fault_and_comes_back(self):
        with Mailer() as mailer:
            settings = {"transport": "maildir", "maildir": self.path("a/Maildir"), "sender": SENDER}
            self.assertEqual(mailer.configure(**settings), {"ready": True})
            shutil.rmtree(self.path("a"))
            open(self.path("a"), "w").close()
            heard = mailer.send([letter(1), letter(2)])
            self.assertEqual(short(heard), [(None, "folder", None)])
            os.remove(self.path("a"))
            self.assertEqual(short(mailer.send([letter(1)])), [(1, "sent", 250)])

    def test_letters_are_for_the_owner_alone(self):
        self.deliver([letter(1)])
        (name,) = files(self.path("Maildir"))
        self.assertEqual(os.stat(self.path(f"Maildir/new/{name}")).st_mode & 0o777, 0o600)
        self.assertEqual(os.stat(self.path("Maildir")).st_mode & 0o777, 0o700)

    def test_letter_that_cannot_be_sent_is_refused_in_its_place(self):
        bad = {2: {"to": {"name": "", "address": "a@b.se>\r\nRCPT TO:<x@y.se"}},
               3: {"to": {"name": "", "address": "åsa@exempel.se"}},
               4: {"subject": "ämne\r\nBcc: x@y.se"}, 5: {"to": {"name": "a\nb", "address": "a@b.se"}},
               6: {"date": "Mon, 30 Nov 2026 08:00:00 +0100\r\nX: y"}, 7: {"date": "yesterday"},
               8: {"message_id": "no sign"}, 9: {"references": "<a@b.se> <c>\r\nX: y"}}
        heard = self.deliver([letter(i, **bad.get(i, {})) for i in range(1, 11)])
        self.assertEqual([one["id"] for one in heard], list(range(1, 11)))
        self.assertEqual([one["outcome"] for one in heard], ["sent"] + ["refused"] * 8 + ["sent"])
        self.assertEqual(len(files(self.path("Maildir"))), 2)

    def test_goes_away_with_kedjad_after_the_letter_in_hand(self):
        with Mailer() as mailer:
            mailer.configure(transport="maildir", maildir=self.path("Maildir"), sender=SENDER)
            mailer.socket.sendall(json.dumps({"send": [letter(i) for i in range(1000)]}).encode() + b"\n")
            mailer.hear()
        self.assertEqual(mailer.status, 0)
        self.assertLess(len(files(self.path("Maildir"))), 1000)


@unittest.skipUnless(os.geteuid() == 0, "only root can become somebody else")
class Somebody(Case):
    """The mailer as another user."""

    def for_others(self):
        """The program, and what the sanitizers read, where others may reach them: the tree need not be such a
        place."""
        program, env = shutil.copy(PROGRAM, self.folder), {}
        options = os.environ.get("LSAN_OPTIONS", "")
        found = re.search(r"suppressions=([^:]+)", options)
        if found:
            env["LSAN_OPTIONS"] = options.replace(found[1], shutil.copy(found[1], self.folder))
        seen = subprocess.run(["test", "-x", program], user=65534, group=65534, check=False)
        if seen.returncode != 0:
            self.skipTest(f"another user may not enter {self.folder}")
        return {"program": program, "env": env, "user": 65534, "group": 65534, "cwd": "/"}

    def test_folder_of_somebody_else_is_a_fault(self):
        os.mkdir(self.path("theirs"), 0o755)
        with Mailer(**self.for_others()) as mailer:
            heard = mailer.configure(transport="maildir", maildir=self.path("theirs"), sender=SENDER)
            self.assertEqual(heard["kind"], "folder")
            self.assertIn("theirs", heard["fault"])
            self.assertEqual(short(mailer.send([letter(1)])), [(None, "folder", None)])


class Conversation(Case):
    """Wrong input: a sentence and exit 1."""

    def refused(self, *lines):
        with Mailer() as mailer:
            mailer.hear()
            try:
                for line in lines:
                    mailer.say(line)
                if lines and lines[-1] == b"":
                    mailer.socket.shutdown(socket.SHUT_WR)
                while mailer.hear():
                    pass
            except (BrokenPipeError, ConnectionResetError):
                pass
            complaint = mailer.complaint()
        self.assertEqual(mailer.status, 1, complaint)
        self.assertEqual(len(complaint.splitlines()), 1, complaint)
        self.assertTrue(complaint.startswith("kedja-mailer: "), complaint)
        return complaint

    def test_wrong_lines(self):
        maildir = {"transport": "maildir", "maildir": self.path("m"), "sender": SENDER}
        without_text = letter(1)
        del without_text["text"]
        for lines in (["hello\n".encode()], [b"\x00\xff\xfe\n"], [b"[]\n"], [b"{}\n"], [b"\n"],
                      [{"greet": 1}], [{"configure": {}}], [{"configure": 1}],
                      [{"configure": dict(maildir, colour="red")}],
                      [{"configure": dict(maildir, smtp_port="25")}],
                      [{"configure": maildir, "send": []}], [{"send": [letter(1)]}],
                      [{"configure": maildir}, {"send": letter(1)}],
                      [{"configure": maildir}, {"send": [letter("1")]}],
                      [{"configure": maildir}, {"send": [without_text]}],
                      [{"configure": maildir}, {"send": [letter(1, to="asa@exempel.se")]}],
                      [{"configure": maildir}, {"send": [letter(1, colour="red")]}],
                      [b'{"configure":{"transport":"a","transport":"b","sender":"c"}}\n'],
                      [b'{"configure":'  b'', b""], [b"x" * (1024 * 1024 + 10)],
                      [b"[" * 100000 + b"\n"]):
            with self.subTest(lines=str(lines)[:60]):
                self.refused(*lines)
        self.assertFalse(os.path.exists(self.path("m/new")) and os.listdir(self.path("m/new")))

    def test_wrong_settings_are_faults_and_can_be_put_right(self):
        with Mailer() as mailer:
            mailer.hear()
            smtp = {"transport": "smtp", "smtp_host": "localhost", "sender": SENDER}
            for settings in ({"transport": "pigeon", "sender": ""}, {"transport": "maildir", "sender": ""},
                             dict(smtp, sender=""), dict(smtp, sender="åsa@b.se"),
                             dict(smtp, smtp_host=""), dict(smtp, smtp_host="a b"),
                             dict(smtp, smtp_host="[::1]"), dict(smtp, smtp_port=0),
                             dict(smtp, smtp_user="kedja", smtp_starttls=False),
                             dict(smtp, sender_name="a\nb")):
                mailer.say({"configure": settings})
                self.assertEqual(mailer.hear().get("kind"), "config", settings)
                self.assertEqual(short(mailer.send([letter(1)])), [(None, "config", None)])
            mailer.say({"configure": dict(smtp, smtp_ca_file=self.path("none.pem"))})
            self.assertEqual(mailer.hear().get("kind"), "tls")
            mailer.say({"configure": dict(smtp, smtp_user="kedja", smtp_password_file=self.path("none"))})
            self.assertEqual(mailer.hear().get("kind"), "login")
            mailer.say({"configure": {"transport": "maildir", "maildir": self.path("m"), "sender": ""}})
            self.assertEqual(mailer.hear(), {"ready": True})
            self.assertEqual(short(mailer.send([letter(1)])), [(1, "sent", 250)])
            self.assertEqual(mailer.send([]), [])

    def test_started_by_hand_it_says_who_starts_it(self):
        done = subprocess.run([PROGRAM], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("kedjad", done.stderr)
        self.assertEqual(subprocess.run([PROGRAM, "--patience", "0"], capture_output=True).returncode, 2)
        self.assertIn("usage", subprocess.run([PROGRAM, "--help"], capture_output=True, text=True).stdout)


class Aiosmtpd(Case):
    def test_fifty_letters_in_one_session_each_once(self):
        from aiosmtpd.controller import Controller
        got, peers = [], set()

        class Handler:
            async def handle_DATA(self, _server, session, envelope):
                got.append((envelope.rcpt_tos, envelope.content))
                peers.add(session.peer)
                return "250 2.0.0 taken"
        controller = Controller(Handler(), hostname="127.0.0.1", port=0)
        with socket.create_server(("127.0.0.1", 0)) as free:
            controller.port = free.getsockname()[1]
        controller.start()
        try:
            with Mailer() as mailer:
                mailer.configure(transport="smtp", smtp_host="127.0.0.1", smtp_port=controller.port,
                                 smtp_starttls=False, sender=SENDER)
                heard = mailer.send([letter(i) for i in range(50)])
        finally:
            controller.stop()
        self.assertEqual(short(heard), [(i, "sent", 250) for i in range(50)])
        self.assertEqual(len(peers), 1)
        self.assertEqual([to for to, _ in got], [[f"asa{i}@exempel.se"] for i in range(50)])
        for number, (_, raw) in enumerate(got):
            message = email.message_from_bytes(raw, policy=email.policy.default)
            self.assertEqual(message["Message-ID"], f"<letter-{number}@exempel.se>")
            self.assertEqual(message.get_content().replace("\r\n", "\n"), letter(1)["text"])


if __name__ == "__main__":
    unittest.main()
