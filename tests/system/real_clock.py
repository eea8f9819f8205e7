# SPDX-License-Identifier: EUPL-1.2
"""The daemon on the clock on the wall, which libfaketime moves: slots, nights in which clocks change,
a clock that is set. And the real clock itself, on which nothing happens while nothing is due.

    /usr/bin/python3 tests/system/real_clock.py [CLASS[.test] ...]
"""
import datetime
import functools
import glob
import os
import shutil
import time
import unittest

from mail_office import (LONG, SANITIZED, MailOffice, cast, event, folder, free_port, messages, open_line,
                         record_all, settled)
from smtp_script import Script
from waiting import wait_until

LIBRARY = next(iter(glob.glob("/usr/lib/*/faketime/libfaketime.so.1")), None)
RULE = """
rules = (
  { name = "x-day"; title = "Egen bevakning"; subject = "case"; starts = [ "visit.made" ];
    due = "P7D"; done = [ "visit.missed" ];
    steps = ({ name = "today"; at = "P0D"; to = [ "social_worker" ]; }); },
  { name = "x-night"; title = "Egen nattbevakning"; subject = "case"; starts = [ "explanations.noted" ];
    due = "P7D"; done = [ "visit.missed" ];
    steps = ({ name = "night"; at = "P0D"; time = "02:30"; urgent = "always"; to = [ "social_worker" ]; }); }
);
"""


def at(text):
    return datetime.datetime.fromisoformat(text)


def unhurried(test):
    """On a busy machine a fast clock runs past what is to be seen before the daemon gets to it: then all
    over again, with a slower one."""
    @functools.wraps(test)
    def tried(self):
        for self.slower in (1, 8):
            try:
                return test(self)
            except AssertionError:
                self.doCleanups()
                self.setUp()
        self.slower = 64
        return test(self)
    return tried


@unittest.skipIf(LIBRARY is None, "faketime is not here")
@unittest.skipIf(SANITIZED, "a sanitizer wants to be loaded before faketime")
class Clock(unittest.TestCase):
    slower = 1

    def setUp(self):
        self.server = Script()
        self.addCleanup(self.server.close)
        place = folder()
        self.addCleanup(shutil.rmtree, place)
        self.office = MailOffice(place, self.server.port)
        self.addCleanup(self.office.__exit__)
        with open(os.path.join(place, "conf/rules.d/90-own.conf"), "w", encoding="utf-8") as file:
            file.write(RULE)
        self.now_file = os.path.join(place, "faketime")
        self.office.environment.update(LD_PRELOAD=LIBRARY, FAKETIME_TIMESTAMP_FILE=self.now_file,
                                       FAKETIME_NO_CACHE="1", FAKETIME_DONT_FAKE_MONOTONIC="1")

    def set_clock(self, text, speed=1):
        """What the daemon's clock shows; it runs on from there, at this speed."""
        speed = max(1, speed // self.slower)
        offset = at(text).timestamp() - time.time()
        with open(self.now_file + ".new", "w", encoding="ascii") as file:
            file.write(f"{offset:+.0f} x{speed}\n" if speed != 1 else f"{offset:+.0f}\n")
        os.rename(self.now_file + ".new", self.now_file)

    def start(self, text, speed=1):
        self.set_clock(text, speed)
        self.line = self.office.start()
        return self.line

    def restart(self, text, speed=1):
        self.line.close()
        self.office.stop()
        return self.start(text, speed)

    def now(self):
        return at(self.line.ask("clock.show")["now"])

    def wait_till(self, text):
        wait_until(lambda: self.now() >= at(text), f"{text} never comes")

    def letters(self):
        return [(row["to"].split("@")[0], row["created_at"]) for row in messages(self.line)]

    def prepare(self, day, *events):
        self.start(day)
        before = (at(day) - datetime.timedelta(days=30)).date().isoformat()
        record_all(self.line, cast(before))
        for made in events:
            case = made["subject"]
            record_all(self.line, [event("case.opened", case, before, programme="norr"),
                                   event("role.assigned", case, before, role="social_worker", staff="anna")])
            self.line.ask("event.record", made)

    def wait_taken(self, count):
        """Nobody asks the daemon anything meanwhile: it wakes by itself."""
        wait_until(lambda: len(self.server.taken) >= count, f"letter {count} does not go out")
        return self.letters()

    @unhurried
    def test_friday_and_the_weekend(self):
        self.prepare("2026-03-02T12:00:00+01:00",
                     event("visit.made", "K-1", "2026-02-27"), event("visit.made", "K-2", "2026-03-02"))
        self.restart("2026-03-06T07:59:00+01:00", 20)
        self.assertEqual(self.letters(), [])
        self.assertLess(self.now(), at("2026-03-06T08:00:00+01:00"))
        letter, = self.wait_taken(1)
        self.assertEqual(letter[0], "anna")
        self.assertEqual(letter[1][:16], "2026-03-06T08:00")
        settled(self.line)
        self.restart("2026-03-06T08:01:00+01:00", 40000)
        (_, (to, made)) = self.wait_taken(2)
        self.assertEqual(to, "anna")
        self.check_hour(made, "2026-03-09T08:00:00+01:00")
        self.assertEqual([row["state"] for row in settled(self.line)], ["sent", "sent"])
        self.assertEqual(len(self.server.taken), 2)

    def try_night(self, begins, visits, night, goes_on, slot):
        """A step for 02:30, urgent at all hours, and one for the slot on Monday."""
        self.prepare(begins, event("explanations.noted", "K-1", visits[0]), event("visit.made", "K-2", visits[1]))
        self.restart(begins, 600)
        (_, made), = self.wait_taken(1)
        self.check_hour(made, night)
        settled(self.line)
        self.restart(goes_on, 40000)
        letters = self.wait_taken(2)
        self.check_hour(letters[1][1], slot)
        self.wait_till(slot[:11] + "16:00:00" + slot[19:])
        self.assertEqual([row["state"] for row in settled(self.line)], ["sent", "sent"])
        self.assertEqual(len(self.server.taken), 2)

    def check_hour(self, made, hour):
        """An hour is 90 ms of the fast clock."""
        late = at(made) - at(hour)
        self.assertTrue(datetime.timedelta(0) <= late < datetime.timedelta(hours=3), (made, hour))
        self.assertEqual(made[19:], hour[19:])

    @unhurried
    def test_the_night_that_lacks_an_hour(self):
        self.try_night("2026-03-29T01:50:00+01:00", ("2026-03-22", "2026-03-23"), "2026-03-29T03:00:00+02:00",
                       "2026-03-29T03:10:00+02:00", "2026-03-30T08:00:00+02:00")

    @unhurried
    def test_the_night_that_has_an_hour_twice(self):
        self.try_night("2026-10-25T02:20:00+02:00", ("2026-10-18", "2026-10-19"), "2026-10-25T02:30:00+02:00",
                       "2026-10-25T02:50:00+02:00", "2026-10-26T08:00:00+01:00")

    def firings(self):
        return [(row["deadline"], row["step"], row["repetition"], row["person"])
                for row in self.line.rows("notice.list")]

    def test_a_clock_that_jumps(self):
        """Here a question wakes the daemon; that the kernel does, test_loop shows."""
        self.prepare("2026-03-02T10:00:00+01:00", event("visit.made", "K-1", "2026-02-27"),
                     event("visit.made", "K-2", "2026-03-02"), event("visit.made", "K-3", "2026-03-02"))
        self.set_clock("2026-03-11T10:00:00+01:00")  # forward, past two slots
        letter, = wait_until(self.letters, "what was missed does not go out")
        self.assertEqual(at(letter[1]).date().isoformat(), "2026-03-11")
        self.assertEqual([row["state"] for row in settled(self.line)], ["sent"])
        fired = self.firings()
        self.assertEqual(len(fired), 3)
        for back in ("2026-03-11T07:00:00+01:00", "2026-03-02T10:00:00+01:00", "2025-03-02T10:00:00+01:00"):
            self.set_clock(back)
            time.sleep(0.3)
            self.assertEqual(self.line.ask("status")["counts"]["notices_queued"], 0)
        self.set_clock("2026-03-11T11:00:00+01:00")
        time.sleep(0.3)
        self.line.ask("status")
        self.restart("2026-03-12T10:00:00+01:00")
        time.sleep(0.3)
        self.assertEqual(self.firings(), fired)
        self.assertEqual(len(self.letters()), 1)
        self.assertEqual(len(self.server.taken), 1)

    def test_no_letter_waits_for_a_year_that_was_never(self):
        self.office.configure(smtp_port=free_port())
        self.start("2027-03-02T10:00:00+01:00")
        self.line.ask("drill")
        letter, = settled(self.line)
        self.assertEqual(letter["state"], "deferred")
        self.office.configure(smtp_port=self.server.port)
        self.restart("2026-03-02T10:00:00+01:00")
        wait_until(lambda: messages(self.line)[0]["state"] == "sent", "the letter waits for 2027")

    def test_what_waits_when_the_daemon_was_down_goes_out_in_opening_hours(self):
        self.prepare("2026-03-02T12:00:00+01:00", event("visit.made", "K-1", "2026-02-27"))
        self.restart("2026-03-07T10:00:00+01:00")  # the slot of Friday was missed; a Saturday
        time.sleep(0.5)
        self.assertEqual(self.letters(), [])
        self.restart("2026-03-09T10:30:00+01:00")  # after Monday's, within the hours
        letter, = wait_until(self.letters, "what was missed does not go out")
        self.assertEqual(letter[1][:13], "2026-03-09T10")


class Asleep(unittest.TestCase):
    def switches(self):
        total = 0
        for status in glob.glob(f"/proc/{self.office.process.pid}/task/*/status"):
            with open(status, encoding="ascii") as file:
                total += sum(int(row.split()[1]) for row in file if "ctxt_switches" in row)
        return total

    def test_nothing_due_and_nobody_asking(self):
        seconds, cases = (60, 10000) if LONG else (10, 1000)
        place = folder()
        self.addCleanup(shutil.rmtree, place)
        with Script() as server, MailOffice(place, server.port) as self.office:
            line = self.office.start()
            # as many deadlines, all of them weeks away: nobody has to be told today
            today = datetime.date.today().isoformat()
            record_all(line, cast(today, [f"K-{number:05d}" for number in range(cases)]))
            wait_until(lambda: line.ask("status")["behind"] == 0, "the plan is never ready")
            status = line.ask("status")
            self.assertGreaterEqual(status["counts"]["deadlines_open"], cases)
            self.assertGreater(at(status["next_at"]).timestamp(), time.time() + 3600)
            line.close()
            before = -1
            while (now := self.switches()) != before:
                before = now
                time.sleep(1)
            time.sleep(seconds)
            woken = self.switches() - before
            print(f"{cases} cases, {seconds} s: woken {woken} times")
            self.assertEqual(woken, 0)
            # the same measure sees one question
            open_line(self.office).ask("clock.show")
            self.assertGreater(self.switches(), before)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
