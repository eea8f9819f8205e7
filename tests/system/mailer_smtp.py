# SPDX-License-Identifier: EUPL-1.2
"""kedja-mailer and what an SMTP server answers: each row of what can happen, and servers that mean harm.

    KEDJA_MAILER=build/kedja-mailer /usr/bin/python3 tests/system/mailer_smtp.py [CLASS[.test] ...]
"""
import email
import email.policy
import json
import socket
import threading
import time
import unittest

from mailer_driver import SENDER, Case, Mailer, files, letter, short, smtp_settings
from smtp_script import DROP, FLOOD, HANG, Script
from waiting import PATIENCES, with_more_and_more


class Outcomes(Case):
    """What the server says, and what that makes of the letters."""

    EXTENSIONS = ["ENHANCEDSTATUSCODES"]

    def send(self, steps, count=1, patience=None, extensions=None, **changes):
        with Script(steps, extensions=extensions or self.EXTENSIONS) as self.server:
            options = ["--patience", str(patience)] if patience else []
            with Mailer(*options) as mailer:
                self.assertEqual(mailer.configure(**smtp_settings(self.server, **changes)), {"ready": True})
                self.heard = mailer.send([letter(i + 1) for i in range(count)])
            self.assertEqual(mailer.status, 0)
        return short(self.heard)

    def check_silence(self, steps, count, expected, **more):
        """The server says nothing any more at some step, and something at those before it."""
        with_more_and_more(PATIENCES, lambda patience: self.assertEqual(
            self.send(steps, count, patience, **more), expected, steps))

    def test_all_well(self):
        self.assertEqual(self.send({}, 3), [(1, "sent", 250), (2, "sent", 250), (3, "sent", 250)])
        self.assertEqual(self.heard[0]["text"], "2.0.0 taken")
        self.assertEqual([to for to, _ in self.server.taken], [f"asa{i}@exempel.se" for i in (1, 2, 3)])
        self.assertEqual(self.server.connections, 1)

    def test_recipient_4xx(self):
        self.assertEqual(self.send({"RCPT 1": "450 4.2.0 later", "DATA 1": "554 5.5.1 no recipients"}, 2),
                         [(1, "deferred", 450), (2, "sent", 250)])
        self.assertEqual(self.heard[0]["text"], "4.2.0 later")

    def test_recipient_5xx(self):
        self.assertEqual(self.send({"RCPT 1": "550 5.1.1 unknown", "DATA 1": "554 5.5.1 no recipients"}, 2),
                         [(1, "refused", 550), (2, "sent", 250)])

    def test_recipient_refused_but_data_taken_anyway(self):
        for reply, outcome in (("450 4.2.0 later", "deferred"), ("550 5.1.1 unknown", "refused")):
            self.assertEqual(self.send({"RCPT 1": reply}, 2),
                             [(1, outcome, int(reply[:3])), (2, "sent", 250)])
            self.assertEqual(self.server.taken[0][1], b"")  # nobody got anything

    def test_final_4xx_and_5xx(self):
        self.assertEqual(self.send({"CONTENT 1": "451 4.3.0 later", "CONTENT 2": "554 5.6.0 never"}, 3),
                         [(1, "deferred", 451), (2, "refused", 554), (3, "sent", 250)])

    def test_data_4xx_and_5xx(self):
        self.assertEqual(self.send({"DATA 1": "451 4.3.0 later", "DATA 2": "552 5.2.2 full"}, 3),
                         [(1, "deferred", 451), (2, "refused", 552), (3, "sent", 250)])

    def test_sender_refused(self):
        for reply in ("550 5.7.1 not you", "451 4.7.1 not now", "421 4.3.2 closing"):
            self.assertEqual(self.send({"MAIL": reply}, 3), [(None, "sender", None)])
            self.assertIn(reply[4:], self.heard[0]["fault"])
            self.assertEqual(self.server.verbs().count("MAIL"), 1)
            self.assertEqual(self.server.verbs().count("RCPT"), 0)

    def test_sender_refused_after_some_letters(self):
        self.assertEqual(self.send({"MAIL 3": "550 5.7.1 not you"}, 4),
                         [(1, "sent", 250), (2, "sent", 250), (None, "sender", None)])

    def test_server_closes_after_some_letters(self):
        steps = {"MAIL 3": ["421 4.3.2 enough", DROP], "MAIL 6": ["421 4.3.2 enough", DROP]}
        self.assertEqual(self.send(steps, 5), [(i, "sent", 250) for i in range(1, 6)])
        self.assertEqual(len(self.server.taken), 5)
        self.assertEqual(self.server.connections, 3)

    def test_server_drops_after_some_letters(self):
        self.assertEqual(self.send({"MAIL 2": DROP}, 3), [(i, "sent", 250) for i in (1, 2, 3)])
        self.assertEqual(len(self.server.taken), 3)

    def test_drop_before_data(self):
        for step in ("EHLO", "MAIL", "RCPT", "DATA"):
            self.assertEqual(self.send({step: DROP}, 2), [(1, "deferred", 0), (2, "deferred", 0)], step)
            self.assertEqual(self.server.connections, 1)
        self.assertIn("ended the connection", self.heard[0]["text"])

    def test_drop_within_data(self):
        self.assertEqual(self.send({"CONTENT": "middle"}, 2), [(1, "unclear", 0), (2, "deferred", 0)])

    def test_drop_after_the_dot(self):
        self.assertEqual(self.send({"CONTENT 2": DROP}, 4),
                         [(1, "sent", 250), (2, "unclear", 0), (3, "deferred", 0), (4, "deferred", 0)])
        self.assertEqual(len(self.server.seen), 2)

    def test_hang_within_data_and_after_the_dot(self):
        for action in ("middle-hang", HANG):
            self.check_silence({"CONTENT": action}, 2, [(1, "unclear", 354), (2, "deferred", 0)])
        self.assertIn("silent", self.heard[0]["text"])

    def test_hang_before_data(self):
        for step in ("GREETING", "EHLO", "MAIL", "RCPT", "DATA"):
            self.check_silence({step: HANG}, 1, [(1, "deferred", 0)])

    def test_drop_and_hang_at_quit(self):
        for action in (DROP, HANG):  # it is not waited for: with this patience the test would hang
            self.assertEqual(self.send({"QUIT": action}, 2, patience=600), [(1, "sent", 250), (2, "sent", 250)])

    def test_greeting(self):
        for action in (DROP, "554 5.3.2 not here", "421 4.3.2 too busy", b"rubbish\r\n"):
            self.assertEqual(self.send({"GREETING": action}, 2), [(1, "deferred", 0), (2, "deferred", 0)])
        self.assertEqual(self.send({"GREETING": "554 5.3.2 not here"}), [(1, "deferred", 0)])
        self.assertIn("not here", self.heard[0]["text"])

    def test_ehlo_refused(self):
        self.assertEqual(self.send({"EHLO": "554 5.3.2 go away"}, 2), [(1, "deferred", 0), (2, "deferred", 0)])
        self.assertIn("go away", self.heard[0]["text"])
        self.assertEqual(self.send({"EHLO": "502 5.5.1 what"}), [(1, "sent", 250)])
        self.assertIn("HELO", self.server.verbs())

    def test_nobody_there(self):
        with Script() as server:
            pass
        with Mailer() as mailer:
            mailer.configure(**smtp_settings(server))
            heard = mailer.send([letter(1), letter(2)])
            self.assertEqual(short(heard), [(1, "deferred", 0), (2, "deferred", 0)])
            self.assertIn("Connection refused", heard[0]["text"])
        with Mailer() as mailer:
            mailer.configure(**smtp_settings(server, smtp_host="nobody.invalid"))
            self.assertEqual(short(mailer.send([letter(1)])), [(1, "deferred", 0)])

    def test_failure_of_one_session_does_not_stain_the_next(self):
        with Script({"GREETING 1": DROP, "MAIL 2": "550 5.7.1 not you"}) as server, Mailer() as mailer:
            mailer.configure(**smtp_settings(server))
            self.assertEqual(short(mailer.send([letter(1)])), [(1, "deferred", 0)])
            self.assertEqual(short(mailer.send([letter(1)])), [(1, "sent", 250)])
            self.assertEqual(short(mailer.send([letter(2)])), [(None, "sender", None)])
            self.assertEqual(short(mailer.send([letter(2)])), [(2, "sent", 250)])

    def test_outcomes_come_as_the_server_answers(self):
        gate = threading.Event()
        with Script() as server, Mailer("--patience", "600") as mailer:
            well = server.action

            def action(step):
                if step == "CONTENT" and len(server.taken) == 2:
                    gate.wait()
                return well(step)
            server.action = action
            mailer.configure(**smtp_settings(server))
            mailer.say({"send": [letter(i) for i in (1, 2, 3, 4)]})
            self.assertEqual(mailer.hear()["id"], 1)
            self.assertEqual(mailer.hear()["id"], 2)
            gate.set()  # the third is answered only now
            self.assertEqual(short([mailer.hear(), mailer.hear()]), [(3, "sent", 250), (4, "sent", 250)])

    def test_goes_away_with_kedjad_after_the_letter_in_hand(self):
        gate = threading.Event()
        with Script() as server, Mailer() as mailer:
            server.action_before = server.action

            def action(step):
                if step == "CONTENT":
                    gate.wait()
                return server.action_before(step)
            server.action = action
            mailer.configure(**smtp_settings(server))
            mailer.say({"send": [letter(i) for i in range(20)]})
            while "DATA" not in server.verbs():
                time.sleep(0.01)
            mailer.socket.shutdown(socket.SHUT_WR)
            gate.set()
            self.assertEqual(short([mailer.hear()]), [(0, "sent", 250)])
            self.assertIsNone(mailer.hear())
            self.assertEqual(len(server.taken), 1)

    def test_bytes_arrive_as_they_were_built(self):
        for extensions in ([], ["PIPELINING"], ["PIPELINING", "CHUNKING"]):
            self.send({}, 2, extensions=extensions, sender_name="Kedja")
            with Mailer() as mailer:
                mailer.configure(transport="maildir", maildir=self.path("m"), sender=SENDER, sender_name="Kedja")
                mailer.send([letter(1), letter(2)])
            stored = sorted(raw.replace(b"\n", b"\r\n") for raw in files(self.path("m")).values())
            self.assertEqual(sorted(data for _, data in self.server.taken), stored, extensions)

    def test_long_letter(self):
        text = "Räksmörgås. " * 20000
        with Script(extensions=["PIPELINING"]) as server, Mailer() as mailer:
            mailer.configure(**smtp_settings(server))
            self.assertEqual(short(mailer.send([letter(1, text=text)])), [(1, "sent", 250)])
        message = email.message_from_bytes(server.taken[0][1], policy=email.policy.default)
        self.assertEqual(message.get_content(), text + "\r\n")

    def test_letters_of_several_pieces(self):
        letters = [letter(i, text="ord\n" * 1000) for i in range(100)]
        for extensions in (["PIPELINING"], ["PIPELINING", "CHUNKING"]):
            with Script(extensions=extensions) as server, Mailer() as mailer:
                mailer.configure(**smtp_settings(server))
                heard = mailer.send(letters)
                self.assertEqual([one["outcome"] for one in heard], ["sent"] * 100)

    def test_injection_never_reaches_the_wire(self):
        with Script() as server, Mailer() as mailer:
            mailer.configure(**smtp_settings(server))
            evil = {"name": "", "address": "a@b.se>\r\nRCPT TO:<evil@x.se"}
            heard = mailer.send([letter(1, to=evil), letter(2)])
            self.assertEqual(short(heard), [(1, "refused", 0), (2, "sent", 250)])
            self.assertNotIn("evil", " ".join(server.commands))
            text = "a\r\n.\r\nMAIL FROM:<x@y.se>\r\n\n.\nRSET\n\r.\r"
            self.assertEqual(short(mailer.send([letter(3, text=text)])), [(3, "sent", 250)])
            self.assertEqual(len(server.taken), 2)
            self.assertNotIn("RSET", server.verbs())


class OutcomesPipelined(Outcomes):
    EXTENSIONS = ["ENHANCEDSTATUSCODES", "PIPELINING"]
    test_hang_before_data = None  # as without it

    def test_drop_before_data(self):
        # the command for the data goes out together with the recipient
        for step in ("EHLO", "MAIL", "RCPT"):
            self.assertEqual(self.send({step: DROP}, 2), [(1, "deferred", 0), (2, "deferred", 0)], step)


class OutcomesChunked(Case):
    """CHUNKING is not taken up: each piece of a letter would have an answer, and only the last one counts."""

    send = Outcomes.send
    check_silence = Outcomes.check_silence
    EXTENSIONS = ["PIPELINING", "CHUNKING"]

    def test_all_well(self):
        self.assertEqual(self.send({}, 3), [(1, "sent", 250), (2, "sent", 250), (3, "sent", 250)])
        self.assertNotIn("BDAT", self.server.verbs())
        self.assertEqual(self.server.verbs().count("DATA"), 3)

    def test_offered_in_pieces_and_in_small_letters(self):
        for offer in ([b"250-script\r\n250-CHUNK", b"ING\r\n250 PIPELINING\r\n"],
                      [b"250-script\r\n250 chunking\r\n"], [b"250-script\r\n250-Chunkin", b"g\r\n250 HELP\r\n"]):
            self.assertEqual(self.send({"EHLO": offer}, 2), [(1, "sent", 250), (2, "sent", 250)])
            self.assertNotIn("BDAT", self.server.verbs())

    def test_hang_and_drop_after_the_dot(self):
        self.check_silence({"CONTENT": HANG}, 2, [(1, "unclear", 354), (2, "deferred", 0)])
        self.assertEqual(self.send({"CONTENT": DROP}, 2), [(1, "unclear", 0), (2, "deferred", 0)])

    def test_final_answers(self):
        self.assertEqual(self.send({"CONTENT 1": "451 4.3.0 later", "CONTENT 2": "554 5.6.0 never"}, 3),
                         [(1, "deferred", 451), (2, "refused", 554), (3, "sent", 250)])

    def test_recipient_refused(self):
        self.assertEqual(self.send({"RCPT 1": "550 5.1.1 unknown", "DATA 1": "503 5.5.1 no"}, 2),
                         [(1, "refused", 550), (2, "sent", 250)])


class Refusals(Case):
    """What is about us stops the queue, what is about the recipient refuses one letter."""

    US = ("550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
          "504 5.5.2 <vm>: Helo command rejected: need fully-qualified hostname",
          "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
          "550 5.1.8 <kedja@exempel.se>: Sender address rejected: Domain not found",
          "550 5.7.606 Access denied, banned sending IP")
    ANYBODY = ("554 5.7.1 <vm[10.0.0.4]>: Client host rejected: Access denied", "550 relay not permitted",
               "550 5.4.1 Recipient address rejected: Access denied", "550 5.0.0 no")

    def send(self, steps, count=4, extensions=("ENHANCEDSTATUSCODES",), people=None, **more):
        people = people or range(1, count + 1)
        letters = [letter(i + 1, to={"name": "", "address": f"asa{who}@exempel.se"}) for i, who in enumerate(people)]
        with Script(steps, extensions=extensions) as self.server, Mailer() as mailer:
            mailer.configure(**smtp_settings(self.server))
            mailer.say({"send": letters, **more})
            heard = []
            while (one := mailer.hear()) != {"done": True}:
                heard.append(one)
        self.fault = heard[-1] if heard and "fault" in heard[-1] else {}
        return [(one["id"], one["outcome"]) for one in heard if "outcome" in one]

    def test_about_us_by_its_code(self):
        for answer in self.US:
            for step in ("RCPT", "DATA", "CONTENT"):
                for extensions in ((), ("ENHANCEDSTATUSCODES",), ("ENHANCEDSTATUSCODES", "PIPELINING")):
                    with self.subTest(answer=answer, step=step, extensions=extensions):
                        self.assertEqual(self.send({f"{step} 2": answer}, extensions=extensions), [(1, "sent")])
                        self.assertEqual((self.fault["kind"], self.fault["id"]), ("relay", 2))
                        self.assertIn(answer, self.fault["fault"])
                        self.assertEqual(len([data for _, data in self.server.taken if data]), 1)

    def test_about_us_and_hung_up(self):
        for step in ("RCPT", "CONTENT"):
            self.assertEqual(self.send({step: [self.US[0], DROP]}), [])
            self.assertEqual((self.fault["kind"], self.fault["id"]), ("relay", 1))

    def test_about_the_recipient_or_the_letter(self):
        for step, answer in (("RCPT", "550 5.1.1 unknown"), ("RCPT", "550 5.7.133 closed"), ("CONTENT", "552 5.3.4 large"),
                             ("CONTENT", "550 5.7.136 closed"), ("MAIL", "552 5.3.4 too large for us")):
            with self.subTest(step=step, answer=answer):
                self.assertEqual(self.send({step: answer}), [(i, "refused") for i in (1, 2, 3, 4)])
                self.assertEqual(self.fault, {})

    def test_it_does_not_say_and_all_are_refused(self):
        for answer in self.ANYBODY:
            for step in ("RCPT", "CONTENT"):
                for extensions in (("ENHANCEDSTATUSCODES",), ("PIPELINING",)):
                    with self.subTest(answer=answer, step=step):
                        self.assertEqual(self.send({step: answer}, 3, extensions), [])
                        self.assertEqual((self.fault["kind"], self.fault["id"]), ("relay", 3))
                        self.assertIn(answer, self.fault["fault"])

    def test_it_does_not_say_and_some_are_accepted(self):
        for answer in self.ANYBODY:
            for step in ("RCPT", "CONTENT"):
                for well in (1, 3, 5):
                    with self.subTest(answer=answer, step=step, well=well):
                        steps = {step: answer, f"{step} {well}": "250 2.1.0 ok"}
                        self.assertEqual(self.send(steps, 5), [(i, "sent" if i == well else "refused")
                                                               for i in (1, 2, 3, 4, 5)])
                        self.assertEqual(self.fault, {})

    def test_it_does_not_say_and_they_are_few(self):
        self.assertEqual(self.send({"RCPT": self.ANYBODY[0]}, 2), [(1, "refused"), (2, "refused")])
        self.assertEqual(self.send({"RCPT": self.ANYBODY[0]}, people=(1, 2, 1, 2)), [(i, "refused") for i in (1, 2, 3, 4)])
        self.assertEqual(self.fault, {})

    def test_they_are_few_each_time(self):
        with Script({"RCPT": self.ANYBODY[0]}) as server, Mailer() as mailer:
            mailer.configure(**smtp_settings(server))
            self.assertEqual(short(mailer.send([letter(1)])), [(1, "refused", 554)])
            self.assertEqual(short(mailer.send([letter(2)])), [(2, "refused", 554)])
            self.assertEqual(short(mailer.send([letter(3)])), [(3, "relay", None)])

    def test_in_doubt_one_is_enough(self):
        self.assertEqual(self.send({"RCPT": self.ANYBODY[0]}, 1, doubt=True), [])
        self.assertEqual(self.fault["kind"], "relay")
        self.assertEqual(self.send({"RCPT": "550 5.1.1 unknown"}, 1, doubt=True), [(1, "refused")])
        self.assertEqual(self.send({}, 1, doubt=True), [(1, "sent")])

    def test_later_is_later(self):
        for answer in ("450 4.7.1 greylisted", "451 4.3.0 later", "450 4.1.8 sender's domain not found"):
            self.assertEqual(self.send({"RCPT": answer}), [(i, "deferred") for i in (1, 2, 3, 4)])
            self.assertEqual(self.fault, {})

    def test_the_name_that_it_says(self):
        with Script() as server, Mailer() as mailer:
            mailer.configure(**smtp_settings(server, helo_name="kedja.exempel.se"))
            self.assertEqual(short(mailer.send([letter(1)])), [(1, "sent", 250)])
        self.assertEqual(server.commands[0], "EHLO kedja.exempel.se")
        with Mailer() as mailer:
            said = mailer.configure(**smtp_settings(server, helo_name="kedja exempel"))
            self.assertEqual(said["kind"], "config")


class Hostile(Case):
    """Servers that mean harm: an end, bounded memory, and never a false 'sent'."""

    def peak(self, mailer):
        with open(f"/proc/{mailer.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

    def try_steps(self, steps, patience=60, **changes):
        with Script(steps) as server, Mailer("--patience", str(patience)) as mailer:
            mailer.configure(**smtp_settings(server, **changes))
            before = self.peak(mailer)
            heard = short(mailer.send([letter(1), letter(2)]))
            self.assertLess(self.peak(mailer) - before, 4096, "KiB")
            return heard

    def test_floods(self):
        many = b"".join(b"250-AUTH X%d\r\n" % i for i in range(200000)) + b"250 HELP\r\n"
        for steps in ({"GREETING": FLOOD}, {"EHLO": FLOOD}, {"EHLO": many}, {"GREETING": b"220 " + b"x" * 5000000},
                      {"MAIL": FLOOD}, {"RCPT": FLOOD}, {"DATA": FLOOD}):
            with self.subTest(steps=str(steps)[:40]):
                self.assertEqual([one[1] for one in self.try_steps(steps, 2)], ["deferred"] * 2)

    def test_flood_after_the_dot(self):
        self.assertEqual([one[1] for one in self.try_steps({"CONTENT": FLOOD}, 2)], ["unclear", "deferred"])

    def test_answers_in_advance(self):
        """Nothing counts: neither the letters nor the sender have been answered."""
        for well in (b"250 a\r\n250 b\r\n354 c\r\n250 d\r\n" * 3, b"250 a\r\n550 b\r\n554 c\r\n"):
            self.assertEqual(self.try_steps({"MAIL 1": b"550 not you\r\n" + well}),
                             [(1, "deferred", 0), (2, "deferred", 0)])

    def test_more_behind_the_final_answer(self):
        """It was said in turn, and counts; the next letter gets a session of its own."""
        for more in (b"421 4.4.2 idle\r\n", b"250 x\r\n354 y\r\n250 z\r\n"):
            with self.subTest(more=more):
                self.assertEqual(self.try_steps({"CONTENT 1": b"250 taken\r\n" + more}),
                                 [(1, "sent", 250), (2, "sent", 250)])

    def test_final_answers_broken_off(self):
        for answer in (b"2", b"250", b"250 ", b"250 tak", b"250-x\r\n", b"250-x\r\n250", b"250 x\r", b"550 y"):
            with self.subTest(answer=answer):
                self.assertEqual([one[1] for one in self.try_steps({"CONTENT 1": [answer, DROP]})],
                                 ["unclear", "deferred"])

    def test_final_answer_with_the_word_to_go_on(self):
        """No byte of the letter has gone."""
        for go_on in (b"354 go\r\n250 taken\r\n", b"354 go\r\n550 no\r\n"):
            heard = [one[1] for one in self.try_steps({"DATA 1": go_on})]
            self.assertEqual(heard, ["deferred", "deferred"])
            self.assertEqual([one[1] for one in self.try_steps({"DATA 2": go_on})], ["sent", "sent"])

    def test_final_answer_while_the_letter_is_on_its_way(self):
        with Script({"CONTENT": "early"}) as server, Mailer() as mailer:
            self.try_large(server, mailer)

    def try_large(self, server, mailer):
        """Small buffers and segments, so that it is the writing that waits."""
        server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        server.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        mailer.configure(**smtp_settings(server))
        heard = short(mailer.send([letter(1, text="x" * 900000), letter(2)]))
        self.assertEqual([one[1] for one in heard], ["unclear", "deferred"])

    def test_stalled_reader_gets_no_letter_with_a_hole(self):
        with_more_and_more((3, 20, 120, 600), self.try_stall)

    def try_stall(self, seconds):
        """The reader goes on when the mailer has given up."""
        with Script({"CONTENT": "stall"}) as server, Mailer("--patience", "1") as mailer:
            server.stall = seconds
            self.try_large(server, mailer)

    def test_garbage(self):
        noise = bytes((i * 7919) % 251 for i in range(65536))
        for step in ("GREETING", "EHLO", "MAIL", "RCPT", "DATA", "CONTENT"):
            heard = [one[1] for one in self.try_steps({step: [noise, DROP]})]
            self.assertEqual(heard, ["unclear" if step == "CONTENT" else "deferred", "deferred"], step)

    def test_odd_codes(self):
        for step in ("MAIL", "RCPT", "DATA", "CONTENT"):
            for reply in ("150 what", "399 what", "999 what", "-250 what", "0 what", "250", "2500 what"):
                if (step, reply) == ("DATA", "399 what"):
                    continue  # as good as 354
                with self.subTest(step=step, reply=reply):
                    heard = [one[1] for one in self.try_steps({step: reply}, patience=1)]
                    self.assertNotIn("sent", heard[:1])


if __name__ == "__main__":
    unittest.main()
