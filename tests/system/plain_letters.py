# SPDX-License-Identifier: EUPL-1.2
"""Templates that give no letter: it goes out in a plain form at its hour, and the alarm names the file.

    /usr/bin/python3 tests/system/plain_letters.py
"""
import glob
import shutil
import unittest

from mail_office import MailOffice, Refused, cast, folder, messages, parse, record_all
from smtp_script import Script

NESTED = "{{#blocks}}" * 8 + "x" + "{{/blocks}}" * 8
LONG = "{{#blocks}}" + "x " * 50000 + "{{/blocks}}"


class Plain(unittest.TestCase):
    def setUp(self):
        self.place = folder()
        self.addCleanup(shutil.rmtree, self.place)
        self.server = Script()
        self.addCleanup(self.server.close)
        self.office = MailOffice(self.place, self.server.port)
        self.addCleanup(self.office.__exit__)

    def template(self, name):
        found, = glob.glob(f"{self.place}/conf/templates/{name}")
        return found

    def change(self, name, addition):
        with open(self.template(name), "ab") as file:
            file.write(addition)

    def test_a_template_that_never_ends_is_refused(self):
        line = self.office.start("--virtual-clock", "2026-03-02T07:00")
        self.change("letter.html", NESTED.encode())
        with self.assertRaises(Refused) as refused:
            line.ask("rules.reload")
        self.assertIn("repeat nothing within itself", str(refused.exception.error))
        said, code = self.office.ctl("templates", "check", f"{self.place}/conf")
        self.assertEqual(code, 1)
        self.assertIn("repeat nothing within itself", said)
        self.office.stop()
        with self.assertRaises(SystemExit):
            self.office.start("--virtual-clock", "2026-03-02T07:00")
        self.assertIn("templates/letter.html", self.office.whole_log())

    def test_a_template_that_says_too_much(self):
        with open(self.template("letter.html"), "rb") as file:
            well = file.read()
        self.change("letter.html", LONG.encode())
        line = self.office.start("--virtual-clock", "2026-03-02T07:00")
        record_all(line, cast("2025-12-05", [f"K-{number}" for number in range(30)]))
        line.ask("clock.set", {"time": "2026-03-02T12:00"})
        rows = messages(line)
        self.assertTrue(rows)
        self.assertEqual({row["state"] for row in rows}, {"sent"})
        self.assertEqual({row["created_at"][:16] for row in rows}, {"2026-03-02T08:00"})
        for _, data in self.server.taken:
            letter = parse(data)
            self.assertEqual(letter.get_content_type(), "text/plain")
            self.assertRegex(letter.get_content(), r"1\. Ärende K-\d+, senast \w+ den \d+ mars 2026\.")
            self.assertIn("Brevet kunde inte skrivas som vanligt.", letter.get_content())
        alarm, = line.alarms()
        self.assertIn("letters go out in a plain form", alarm)
        self.assertIn("templates/letter.html", alarm)
        self.assertEqual(self.office.whole_log().count("no letter can be built from this template"), 1)
        # a restart does not forget it
        self.office.stop()
        line = self.office.start("--virtual-clock", "2026-03-02T12:00")
        self.assertEqual(line.alarms(), [alarm])
        # it is mended: the alarm stands until a letter is built from it again
        with open(self.template("letter.html"), "wb") as file:
            file.write(well)
        line.ask("rules.reload")
        taken = len(self.server.taken)
        line.ask("clock.set", {"time": "2026-03-06T12:00"})
        self.assertGreater(len(self.server.taken), taken)
        for _, data in self.server.taken[taken:]:
            self.assertEqual(parse(data).get_content_type(), "multipart/alternative")
        self.assertEqual(line.alarms(), [])

    def test_what_is_not_utf8_is_refused(self):
        line = self.office.start("--virtual-clock", "2026-03-02T07:00")
        self.change("sv/item.txt", b"R\xe4kna p\xe5 det\n")
        with self.assertRaises(Refused) as refused:
            line.ask("rules.reload")
        self.assertIn("(0xE4) is not UTF-8: save the file as UTF-8", str(refused.exception.error))
        said, code = self.office.ctl("templates", "check", f"{self.place}/conf")
        self.assertEqual(code, 1)
        self.assertIn("is not UTF-8", said)
        self.office.stop()
        with self.assertRaises(SystemExit):
            self.office.start("--virtual-clock", "2026-03-02T07:00")
        self.assertIn("templates/sv/item.txt", self.office.whole_log())


if __name__ == "__main__":
    unittest.main(warnings="ignore")
