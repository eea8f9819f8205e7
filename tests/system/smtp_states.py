# SPDX-License-Identifier: EUPL-1.2
"""What a mail server answers, and the state in which that leaves a letter, through the whole daemon.

    /usr/bin/python3 tests/system/smtp_states.py [CLASS[.test] ...]
"""
import shutil
import time
import unittest

import mailer_tls
from mail_office import (ADMINISTRATOR, PLAN, MailOffice, Refused, cast, event, folder, free_port,
                         messages, parse, record_all, settled)
from smtp_script import DROP, FLOOD, HANG, Script
from waiting import PATIENCES, wait_until, with_more_and_more

MONDAY = "2026-03-02T10:00"
PIECES = ["PIPELINING", "CHUNKING"]


class Case(unittest.TestCase):
    def office(self, port, patience=None, **settings):
        place = folder()
        self.addCleanup(shutil.rmtree, place)
        office = MailOffice(place, port, patience, **settings)
        self.addCleanup(office.__exit__)
        return office, office.start("--virtual-clock", MONDAY)


class States(Case):
    """Rows: what the server does with a letter; its state, code and attempts then; what the alarm
    says, if there is one."""

    ROWS = [
        ({}, (), "sent", 250, 1, None),
        ({}, PIECES, "sent", 250, 1, None),
        ({"QUIT": DROP}, (), "sent", 250, 1, None),
        ({"QUIT": HANG}, (), "sent", 250, 1, None),
        ({"RCPT 1": "450 4.2.0 later", "DATA 1": "554 no"}, (), "deferred", 450, 1, None),
        ({"RCPT 1": "550 5.1.1 unknown", "DATA 1": "554 no"}, (), "refused", 550, 1, None),
        ({"RCPT 1": "450 4.2.0 later"}, (), "deferred", 450, 1, None),  # takes the data all the same
        ({"RCPT 1": "550 5.1.1 unknown"}, (), "refused", 550, 1, None),
        ({"CONTENT 1": "451 4.3.0 later"}, (), "deferred", 451, 1, None),
        ({"CONTENT 1": "554 5.6.0 never"}, (), "refused", 554, 1, None),
        ({"DATA 1": "451 4.3.0 later"}, (), "deferred", 451, 1, None),
        ({"GREETING": DROP}, (), "deferred", 0, 1, "ended the connection"),
        ({"GREETING": "554 5.3.2 not here"}, (), "deferred", 0, 1, "not here"),
        ({"EHLO": DROP}, (), "deferred", 0, 1, "ended the connection"),
        ({"MAIL": DROP}, (), "deferred", 0, 1, "ended the connection"),
        ({"RCPT": DROP}, (), "deferred", 0, 1, "ended the connection"),
        ({"DATA": DROP}, (), "deferred", 0, 1, "ended the connection"),
        ({"GREETING": HANG}, (), "deferred", 0, 1, "was silent"),
        ({"EHLO": FLOOD}, (), "deferred", 0, 1, "without end"),
        ({"CONTENT 1": "middle"}, (), "unclear", 0, 1, None),
        ({"CONTENT 1": DROP}, (), "unclear", 0, 1, None),
        ({"CONTENT 1": "middle-hang"}, (), "unclear", 354, 1, None),
        ({"CONTENT 1": HANG}, (), "unclear", 354, 1, None),
        ({"BDAT": HANG}, PIECES, "sent", 250, 1, None),  # letters go in one piece
        ({"DATA 1": b"354 go\r\n250 early\r\n"}, (), "deferred", 0, 1, "out of turn"),
        ({"CONTENT 1": [b"250 tak", DROP]}, (), "unclear", None, 1, None),
        ({"CONTENT 1": DROP}, PIECES, "unclear", None, 1, None),
        ({"MAIL": "550 5.7.1 not you"}, (), "queued", None, 0, "sender: "),
        ({"MAIL": "421 4.3.2 closing"}, (), "queued", None, 0, "sender: "),
    ]

    def test_each_row(self):
        for steps, extensions, state, code, attempts, alarm in self.ROWS:
            with self.subTest(steps=str(steps), extensions=extensions):
                hangs = HANG in steps.values() or "middle-hang" in steps.values()
                with_more_and_more(PATIENCES if hangs else (None,), lambda patience: self.try_row(
                    patience, steps, extensions, state, code, attempts, alarm))

    def try_row(self, patience, steps, extensions, state, code, attempts, alarm):
        with Script(steps, extensions=extensions) as server:
            office, line = self.office(server.port, patience)
            line.ask("drill")
            letter, = settled(line)
            self.assertEqual((letter["state"], letter["attempts"]), (state, attempts), steps)
            if alarm is not None:
                wait_until(lambda: line.alarms(), "no alarm")
            if code is not None:
                self.assertEqual(letter["outcome"]["code"], code)
            taken = [parse(data)["Message-ID"] for _, data in server.taken if data]
            self.assertEqual(taken, [f"<{letter['message_id']}>"] if state == "sent" else [])
            alarms = line.alarms()
            self.assertEqual(len(alarms), 0 if alarm is None else 1, alarms)
            self.assertIn(alarm or "", " ".join(alarms))
            line.close()
            office.stop()

    def test_nobody_there(self):
        for settings, why in (({}, "Connection refused"), ({"smtp_host": "nobody.invalid"}, "")):
            _, line = self.office(free_port(), **settings)
            line.ask("drill")
            letter, = settled(line)
            self.assertEqual((letter["state"], letter["outcome"]["code"]), ("deferred", 0))
            alarm, = line.alarms()
            self.assertIn("a letter waits since 2026-03-02T10:00:00+01:00: no connection", alarm)
            self.assertIn(why, alarm)


class Faults(Case):
    """Faults of the installation: the queue stands still, nothing is used up, and it goes on."""

    @classmethod
    def setUpClass(cls):
        mailer_tls.Tls.setUpClass()
        cls.store = mailer_tls.Tls("test_good_certificate")

    @classmethod
    def tearDownClass(cls):
        mailer_tls.Tls.tearDownClass()

    def try_fault(self, kind, certificate, **settings):
        tls = self.store.context(certificate) if certificate else None
        with open(self.store.file("secret"), "w", encoding="utf-8") as file:
            file.write("right\n")
        settings = {"smtp_starttls": True, "smtp_ca_file": self.store.file("ca.pem"),
                    "smtp_host": "localhost", **settings}
        with Script(tls=tls, extensions=["AUTH PLAIN LOGIN"], password=("kedja", "right")) as server:
            office, line = self.office(server.port, **settings)
            for _ in range(3):
                line.ask("drill")
            status = wait_until(lambda: (now := line.ask("status"))["outbox"]["fault"] and now, "no fault")
            self.assertTrue(status["outbox"]["fault"].startswith(kind), status["outbox"])
            self.assertIn("no letters go out: " + kind, " ".join(line.alarms()))
            rows = wait_until(lambda: all((row["state"], row["attempts"]) == ("queued", 0)
                                          for row in messages(line)), "attempts were used up")
            self.assertTrue(rows)
            time.sleep(0.5)
            self.assertEqual(server.seen, [])
            self.assertLessEqual(server.connections, 2)  # it stands, and does not hammer
            self.assertIn("the queue stands still: " + kind, office.whole_log())
            # what was wrong is put right: the queue moves by a reload, with nothing lost
            good = self.store.context("good")
            with Script(tls=good, extensions=["AUTH PLAIN LOGIN"], password=("kedja", "right")) as right:
                office.configure(smtp_port=right.port, smtp_user="kedja", smtp_host="localhost",
                                 smtp_password_file=self.store.file("secret"))
                line.ask("rules.reload")
                wait_until(lambda: [(row["state"], row["attempts"]) for row in messages(line)] ==
                           [("sent", 1)] * 3, "the letters do not go out")
                self.assertEqual(len(right.taken), 3)
            self.assertEqual(line.alarms(), [])
            self.assertIn("the queue moves again", office.whole_log())

    def test_no_encryption_offered(self):
        self.try_fault("tls", None)

    def test_unknown_authority(self):
        self.try_fault("tls", "stranger")

    def test_wrong_name(self):
        self.try_fault("tls", "wrong")

    def test_expired(self):
        self.try_fault("tls", "expired")

    def test_wrong_password(self):
        self.try_fault("login", "good", smtp_user="kedja", smtp_password_file=self.store.file("password"))


class Relay(Case):
    """A server that takes nothing from us: nobody is told in vain, and it heals by itself."""

    def cases(self, line):
        record_all(line, cast("2025-12-05", [f"K-{number}" for number in range(4)]))
        line.ask("clock.set", {"time": "2026-03-03T08:31"})

    def check_all_sent(self, line):
        wait_until(lambda: {row["state"] for row in messages(line)} == {"sent"}, "the letters do not go out")
        self.assertEqual({row["state"] for row in line.rows("notice.list") if row["message"]}, {"sent"})
        self.assertEqual(line.alarms(), [])

    def test_it_says_so(self):
        for answer in ("550 5.7.54 SMTP; Unable to relay", "504 5.5.2 <vm>: Helo command rejected: need fully-qualified"):
            with self.subTest(answer=answer), Script({"RCPT": answer}) as server:
                _, line = self.office(server.port)
                self.cases(line)
                rows = messages(line)
                self.assertGreater(len(rows), 1)
                self.assertEqual({(row["state"], row["attempts"]) for row in rows}, {("queued", 0)})
                self.assertEqual({row["state"] for row in line.rows("notice.list")}, {"queued"})
                alarm, = line.alarms()
                self.assertIn("no letters go out: relay: the server takes nothing from us: " + answer, alarm)
                # a letter each quarter of an hour, by turns
                server.commands.clear()
                line.ask("clock.set", {"time": "2026-03-03T09:31"})
                asked = [command for command in server.commands if command.startswith("RCPT")]
                self.assertEqual(len(asked), 4)
                self.assertGreater(len(set(asked)), 1)
                server.steps = {}
                line.ask("clock.set", {"time": "2026-03-03T09:46"})
                self.check_all_sent(line)
                line.close()

    def test_it_does_not_say_and_the_manager_is_the_third(self):
        with Script({"RCPT": "554 5.7.1 <vm[10.0.0.4]>: Client host rejected: Access denied"}) as server:
            office, line = self.office(server.port)
            self.cases(line)
            refused = [row for row in messages(line) if row["state"] == "refused"]
            self.assertEqual({row["to"] for row in refused}, {"anna@office.example", "bo@office.example"})
            self.assertIn("relay: the server takes nothing", " ".join(line.alarms()))
            self.assertIn("unreachable", {row["state"] for row in line.rows("notice.list")})
            said, code = office.ctl("outbox", "retry", str(refused[0]["id"]))
            self.assertEqual(code, 1, said)
            server.steps = {}
            said, code = office.ctl("outbox", "retry", "--refused")
            self.assertEqual((said, code), ("all that were refused go out again as soon as they can\n", 0))
            self.check_all_sent(line)


class Life(Case):
    """What becomes of letters afterwards."""

    def test_hang_after_the_dot_and_again_the_same_letter(self):
        self.try_unclear(None, DROP)
        with_more_and_more(PATIENCES, lambda patience: self.try_unclear(patience, HANG))

    def try_unclear(self, patience, action):
        with Script({"CONTENT 1": action}) as server:
            _, line = self.office(server.port, patience)
            line.ask("drill")
            first, = settled(line)
            self.assertEqual((first["state"], first["next_attempt"]), ("unclear", "2026-03-02T10:05:00+01:00"))
            line.ask("clock.set", {"time": "2026-03-02T10:05"})
            second, = settled(line)
            self.assertEqual((second["state"], second["attempts"]), ("sent", 2))
            self.assertEqual(second["message_id"], first["message_id"])
            self.assertEqual(len(server.seen), 2)
            self.assertEqual(server.seen[0], server.seen[1])  # byte for byte
            self.assertEqual(len(server.taken), 1)
            steps = [(row["was"], row["state"]) for row in line.ask("outbox.show", {"id": 1})["history"]]
            self.assertEqual(steps, [(None, "queued"), ("queued", "handed"), ("handed", "unclear"),
                                     ("unclear", "handed"), ("handed", "sent")])

    def test_bodies_are_dropped_and_the_rest_stays(self):
        with Script() as server:
            _, line = self.office(server.port, keep_bodies=14)
            line.ask("drill")
            settled(line)
            before = line.ask("outbox.show", {"id": 1})
            self.assertIn("prov", before["text"])
            line.ask("clock.set", {"time": "2026-03-16T09:00"})
            self.assertIsNotNone(line.ask("outbox.show", {"id": 1})["text"])
            line.ask("clock.set", {"time": "2026-03-16T12:00"})
            after = line.ask("outbox.show", {"id": 1})
            self.assertIsNone(after["text"])
            for name in ("message_id", "subject", "to", "outcome", "history"):
                self.assertEqual(after[name], before[name])

    def test_giving_up_is_told(self):
        """A social worker's mailbox never takes a letter: after five days the unit manager has what
        it said, the administrator knows, and the letter can still be sent by hand."""
        with Script() as server:
            _, line = self.office(server.port)
            well = server.action
            server.steps = {"RCPT": "450 4.2.0 mailbox full"}
            record_all(line, cast("2025-12-05", ["K-1"]))
            line.ask("clock.set", {"time": "2026-03-06T12:00"})
            self.assertTrue(all(row["state"] in ("deferred", "handed", "queued") for row in messages(line)))
            self.assertIn("put off again and again", " ".join(line.alarms()))
            stubborn = "anna@office.example"

            def not_these(step):
                full = any(name in server.commands[-1] for name in (stubborn, "bo@office.example"))
                return "450 4.2.0 mailbox full" if step == "RCPT" and full else (
                    "250 ok" if step == "RCPT" else well(step))
            server.action = not_these
            line.ask("clock.set", {"time": "2026-03-20T12:00"})
            letters = messages(line)
            all_given_up = [row for row in letters if row["next_attempt"] is None and row["state"] == "deferred"]
            given_up = [row for row in all_given_up if row["to"] == stubborn]
            self.assertTrue(given_up)
            self.assertGreater(len(all_given_up), len(given_up))
            status = line.ask("status")
            self.assertEqual(status["outbox"]["given_up"], len(all_given_up))
            self.assertIn("are no longer tried", " ".join(line.alarms()))
            notices = line.rows("notice.list")
            lost = [row for row in notices if row["person"] == "anna" and row["message"] == given_up[0]["id"]]
            self.assertEqual({row["state"] for row in lost}, {"unreachable"})
            passed_on = [row for row in notices if row["person"] == "hakan" and row["state"] == "sent"
                         and row["deadline"] == lost[0]["deadline"] and row["step"] == lost[0]["step"]
                         and "kunde inte lämnas fram" in (row["why"] or "")]
            self.assertEqual(len(passed_on), 2)  # Anna's and Bo's
            told = [parse(data) for to, data in server.taken if to == ADMINISTRATOR]
            days = {str(letter["Date"])[:16] for letter in told}
            self.assertTrue(told)
            self.assertEqual(len(told), len(days))  # once a day at the most
            self.assertIn("kedjactl outbox", told[0].get_content())
            server.action, server.steps = well, {}
            line.ask("outbox.retry", {"id": given_up[0]["id"]})
            row = next(row for row in settled(line) if row["id"] == given_up[0]["id"])
            self.assertEqual(row["state"], "sent")

    def test_cancelled_letters_stay(self):
        with Script({"RCPT": "450 4.2.0 later"}) as server:
            office, line = self.office(server.port)
            line.ask("drill")
            settled(line)
            self.assertEqual(office.ctl("outbox", "cancel", "1", "--reason", "fel")[1], 0)
            server.steps = {}
            line.ask("clock.set", {"time": "2026-03-12T10:00"})
            self.assertEqual([row["state"] for row in messages(line)], ["cancelled"])
            self.assertEqual([data for _, data in server.taken if data], [])


class Names(Case):
    """What people are called, and what somebody may have typed instead."""

    NAMES = ['Anna "Ann" <evil@x.se>', "Anna\r\nBcc: evil@x.se", "Anna\nBcc: evil@x.se", "Anna, evil@x.se",
             "=?utf-8?q?Anna=0D=0ABcc:_evil@x.se?=", "Å" * 120, "Anna\u2028Bcc: evil@x.se", "A\x00nna", "Anna\x7f",
             "Anna (evil@x.se)", "Åsa Öberg-Ängström", "Anna; evil@x.se:", ".", "Anna\\", "<evil@x.se>", "Jöns\tEk"]
    ADDRESSES = ["a@b.se>\r\nRCPT TO:<evil@x.se", "a@b.se\n", '"a b"@c.se', "a@b.se,evil@x.se", "a@b.se evil@x.se",
                 "a@[127.0.0.1]", "|sh@x.se", "a@b.se>", "<a@b.se>", "evil%x.se@b.se", "@evil:a@b.se", "a@b..se", "@",
                 "åsa@b.se", "a" * 300 + "@b.se"]

    def test_nothing_slips_in(self):
        with Script() as server:
            _, line = self.office(server.port)
            record_all(line, cast("2025-12-01"))
            for address in self.ADDRESSES:
                with self.assertRaises(Refused, msg=address) as refused:
                    line.ask("event.record", event("staff.joined", "mal", "2025-12-01", name="Mal", email=address))
                self.assertEqual(refused.exception.error["data"]["problems"][0]["field"], "email")
            known = {}
            for number, name in enumerate(self.NAMES):
                person, address = f"p{number}", f"p{number}@office.example"
                try:
                    line.ask("event.record", event("staff.joined", person, "2025-12-01", name=name, email=address))
                except Refused:
                    self.assertTrue(any(ord(sign) < 32 or sign in "\x7f\u2028" for sign in name), name)
                    continue
                known[address] = name
                record_all(line, [event("case.opened", f"K-{number}", "2025-12-01", programme="norr"),
                                  event("role.assigned", f"K-{number}", "2025-12-01", role="social_worker",
                                        staff=person),
                                  event("stage.entered", f"K-{number}", "2025-12-01", stage="training_flat",
                                        mode="move"),
                                  event("plan.adopted", f"K-{number}", "2025-12-05", **PLAN)])
            self.assertGreater(len(known), 8)
            line.ask("clock.set", {"time": "2026-03-09T12:00"})
            asked = {command for command in server.commands if command.upper().startswith("RCPT")}
            allowed = set(known) | {f"{name}@office.example" for name in ("anna", "bo", "eva", "hakan", "per")}
            self.assertEqual({command[command.index("<") + 1:command.index(">")] for command in asked} - allowed, set())
            letters = {to: parse(data) for to, data in server.taken}
            self.assertEqual(set(known) - set(letters), set())
            for address, name in known.items():
                letter = letters[address]
                self.assertEqual(letter.defects, [], name)
                self.assertIsNone(letter["Bcc"])
                self.assertEqual([to.addr_spec for to in letter["To"].addresses], [address], name)
                # this reader leaves the blank in that stands between two pieces of a long name
                shown = letter["To"].addresses[0].display_name
                self.assertEqual(shown.replace(" ", ""), name.replace(" ", ""))


class Drill(Case):
    def test_the_whole_way(self):
        for language, word, subject in (("sv", "prov", "Prov från kedja"), ("en", "test", "Test from kedja")):
            with Script() as server:
                office, _ = self.office(server.port, language=language)
                said, code = office.ctl("drill", "--wait", "600")
                self.assertEqual(code, 0, said)
                self.assertIn("sent: 250", said)
                (to, raw), = server.taken
                letter = parse(raw)
                self.assertEqual((to, letter["Subject"], letter.defects), (ADMINISTRATOR, subject, []))
                self.assertIn(word, letter.get_content())
                self.assertIn("2026-03-02 10:00", letter.get_content())
                self.assertIn(letter["Message-ID"].strip("<>"), said)
                self.assertEqual(letter["Auto-Submitted"], "auto-generated")

    def test_without_a_server_it_is_found_wanting(self):
        office, _ = self.office(free_port())
        said, code = office.ctl("drill", "--wait", "600")
        self.assertEqual(code, 1)
        self.assertIn("deferred: no connection", said)

    def test_a_server_that_says_nothing_is_not_waited_for_for_ever(self):
        with Script({"GREETING": HANG}) as server:
            office, _ = self.office(server.port, delivery_limit=20)
            office.configure()
            said, code = office.ctl("drill", "--wait", "1", "--json")
            self.assertEqual(code, 1)
            self.assertIn('"state"', said)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
