# SPDX-License-Identifier: EUPL-1.2
"""A day on which one commit fails, each in its turn: what the daemon then holds in memory is what a
fresh start on the same file holds, a request that was refused has changed nothing, and the day ends
as it would have without.

usage: lost_commits.py FOLDER SHIM release    held notices whose release was refused stay held
       lost_commits.py FOLDER SHIM [STEP[+N]...]    the first (or the N-th after it) commit of these
                                                    steps of the day; without them every commit
"""

import json
import os
import re
import shutil
import signal
import sqlite3
import sys
import time

from mail_office import cast, event, record_all
from office import Line, Office, Refused
from waiting import wait_until

RULES = """rules = (
  { name = "x-visit"; title = "Besök"; subject = "case"; starts = [ "visit.made" ]; due = "%(due)s";
    done = [ "visit.missed" ];
    steps = ({ name = "soon"; at = "-P3D"; to = [ "social_worker" ]; },
             { name = "today"; at = "P0D"; to = [ "social_worker" ]; cc = [ "unit_manager" ]; }); },
  { name = "x-plan"; title = "Plan"; subject = "case"; starts = [ "plan.adopted" ]; due = "P30D";
    done = [ "plan.reviewed" ]; repeat = "rolling";
    steps = ({ name = "soon"; at = "-P5D"; to = [ "social_worker", "support_worker" ]; }); },
  { name = "x-look"; title = "Översyn"; subject = "programme"; weekly = [ "mon" ];
    if = "overdue_deadlines > 0";
    steps = ({ name = "look"; at = "P0D"; to = [ "unit_manager" ]; }); });
"""


class Full(Exception):
    """Refused, as the disk had no room."""


class Day:
    """An office, and what its configuration says that the daemon has taken."""

    def __init__(self, folder, shim, lost):
        os.makedirs(folder)
        self.office = Office(os.path.join(folder, "office"))
        self.fresh = os.path.join(folder, "fresh")
        self.lost = os.path.join(folder, "lost")
        if lost:
            with open(self.lost, "w", encoding="ascii") as file:
                file.write(f"{lost}\n")
        self.armed = bool(lost)
        self.office.environment.update(
            LD_PRELOAD=shim, LOST_COMMIT=self.lost,
            ASAN_OPTIONS="verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", ""))
        self.settings = {"weekly_day": "fri", "hold_above": 100, "keep_bodies": 10}
        self.rules("P10D")
        self.configure()
        self.taken = os.path.join(folder, "taken")
        self.take()
        self.line, self.wrong = None, 0

    # --- the configuration ---

    def rules(self, due):
        self.office.only_rule(RULES % {"due": due})

    def configure(self, **changes):
        self.settings.update(changes)
        path = os.path.join(self.office.folder, "conf/kedja.conf")
        with open(path, encoding="utf-8") as file:
            lines = [line for line in file if line.split(" ")[0] not in self.settings]
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(lines)
            for name, value in self.settings.items():
                file.write(f'{name} = "{value}";\n' if isinstance(value, str) else f"{name} = {value};\n")

    def close_on(self, day):
        path = os.path.join(self.office.folder, "conf/calendar.conf")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r"^closed *= *\([^)]*\);", "", text, flags=re.M) +
                       f'\nclosed = ( {{ name = "planering"; date = "{day}"; }} );\n')

    def take(self):
        shutil.rmtree(self.taken, ignore_errors=True)
        shutil.copytree(os.path.join(self.office.folder, "conf"), self.taken)

    # --- what is asked ---

    def commits(self):
        with open(self.lost + ".count", encoding="ascii") as file:
            return int(file.read())

    def ask(self, method, parameters=None):
        try:
            return self.line.ask(method, parameters)
        except Refused as refused:
            if "no space left" in str(refused) or "disk" in str(refused):
                raise Full(method) from refused
            raise

    def was_lost(self):
        """For the first time?"""
        if self.armed and not os.path.exists(self.lost):
            self.armed = False
            return True
        return False

    def do(self, step):
        """Like a person: asks again when there was no room; meanwhile all is compared."""
        for _ in range(3):
            try:
                step(self)
                break
            except Full:
                assert not os.path.exists(self.lost), "the disk was never full"
                if step in (first_week, no_letters, last):
                    self.stands_still()
                if self.was_lost():
                    self.compare(f"{step.__name__}, refused")
        else:
            raise AssertionError(f"{step.__name__} is refused again and again")
        if self.was_lost():
            self.compare(step.__name__)

    def stands_still(self):
        """What was refused is not done later: not even the clock goes on."""
        before = self.line.ask("clock.show")
        time.sleep(2.5)  # the daemon tries again after two
        assert self.line.ask("clock.show") == before, "the clock was not to be set, and goes on"

    # --- what is held against what ---

    def compare(self, where):
        settle(self.line)
        here = picture(self.line, [self.office.folder])
        shutil.rmtree(self.fresh, ignore_errors=True)
        os.mkdir(self.fresh)
        other = Office.__new__(Office)
        other.folder, other.data = self.fresh, os.path.join(self.fresh, "data")
        other.path, other.maildir = os.path.join(self.fresh, "control"), os.path.join(self.fresh, "mail")
        other.database = os.path.join(other.data, "kedja.db")
        other.environment, other.process = dict(os.environ), None
        os.mkdir(other.data)
        if os.path.isfile(self.office.maildir):  # no letters there either
            shutil.copy(self.office.maildir, other.maildir)
        shutil.copytree(self.taken, os.path.join(self.fresh, "conf"))
        path = os.path.join(self.fresh, "conf/kedja.conf")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(self.office.folder + "/", self.fresh + "/"))
        with sqlite3.connect(self.office.database) as base, sqlite3.connect(other.database) as copy:
            base.backup(copy)
        base.close()
        copy.close()
        line = other.start("--virtual-clock", "2026-03-02T07:00")
        try:
            settle(line)
            there = picture(line, [self.fresh, self.office.folder])
        finally:
            line.close()
            other.kill()
        for name in there:
            assert here[name] == there[name], \
                f"after {where}: {name} is not as after a fresh start:\n{here[name]}\n{there[name]}"


def settle(line):
    def quiet():
        status = line.ask("status")
        return status["behind"] == 0 and (status["outbox"]["fault"] or status["outbox"]["handed"] == 0 and
                                          status["outbox"]["queued"] == 0)
    wait_until(quiet, "it does not come to rest")


def picture(line, folders):
    """What is asked, without what only this process can be, and wherever it lies: a fault that the
    file keeps names the folder that it came from."""
    rules = line.ask("rules.list")
    try:
        check = line.ask("rebuild", {"check": True})
    except Refused as refused:
        check = str(refused)
    status = line.ask("status")
    for name in ("pid", "mailer"):
        del status[name]
    del status["rules"]["loaded_at"], rules["loaded_at"]
    pictured = {"rules": rules, "check": check, "status": status, "deadlines": line.rows("deadline.list"),
                "notices": line.rows("notice.list"), "outbox": line.rows("outbox.list")}
    text = json.dumps(pictured)
    for folder in folders:
        text = text.replace(folder + "/", "")
    return json.loads(text)


# --- the day, step by step ---

def people(day):
    day.ask("event.record", cast("2026-02-16", ("K-1", "K-2")) + cast("2026-02-16", programme="syd")[5:])


def weekly_reader(day):
    day.ask("event.record", event("staff.changed", "anna", "2026-02-16", name="Anna", rhythm="weekly",
                                  email="anna@office.example"))


def visit(day):
    day.ask("event.record", event("visit.made", "K-1", "2026-03-02"))


def imported(day):
    for number in (1, 2):
        day.ask("event.record", [dict(event("visit.made", f"K-{number}", f"2026-02-{20 + number}"),
                                      source=f"line-{number}")])


def first_week(day):
    day.ask("clock.set", {"time": "2026-03-04T12:00"})


def rules_reloaded(day):
    day.rules("P14D")
    day.ask("rules.reload")
    day.take()


def settings_reloaded(day):
    day.configure(weekly_day="wed", keep_bodies=5)
    day.ask("rules.reload")
    day.take()


def acknowledged(day):
    day.ask("event.record", event("deadline.acknowledged", "K-1", "2026-03-04", rule="x-visit", reason="semester", by="anna",
                                  until="2026-03-12"))


def snoozed(day):
    day.ask("event.record", event("deadline.snoozed", "K-2", "2026-03-04", rule="x-visit", reason="sjuk", by="anna", until="2026-03-09"))


def calendar_reloaded(day):
    day.close_on("2026-03-11")
    day.ask("rules.reload")
    day.take()


def hung_up(day):
    day.rules("P16D")
    verdicts = re.compile("configuration (taken|stays as it was)")
    before = len(verdicts.findall(day.office.log()))
    day.office.process.send_signal(signal.SIGHUP)
    wait_until(lambda: len(verdicts.findall(day.office.log())) > before, "no verdict in the log")
    if verdicts.findall(day.office.log())[-1] != "taken":
        raise Full("SIGHUP")
    day.take()


def reverted(day):
    day.ask("rules.revert")


def moved(day):
    day.ask("event.record", [event("case.transferred", "K-2", "2026-03-04", programme="syd")])


def wrong(day):
    day.wrong = day.ask("event.record", event("visit.missed", "K-1", "2026-03-04"))["id"]


def taken_back(day):
    day.ask("event.void", {"event": day.wrong, "reason": "fel ärende"})


def staff_away(day):
    day.ask("event.record", dict(event("staff.absent", "anna", "2026-03-05", to="2026-03-10", deputy="eva", **{"from": "2026-03-05"}),
                                 source="leave"))


def role_moved(day):
    day.ask("event.record", [event("role.assigned", "norr", "2026-03-04", role="support_worker", staff="eva"),
                             event("role.released", "norr", "2026-03-04", role="support_worker", staff="bo")])


def flooded(day):
    day.configure(hold_above=1)
    day.ask("rules.reload")
    day.take()
    late = [event("case.opened", "K-3", "2026-02-16", programme="norr"),
            event("role.assigned", "K-3", "2026-02-16", role="social_worker", staff="anna"),
            event("visit.made", "K-3", "2026-02-16")]
    day.ask("event.record", [dict(one, source=f"late-{number}") for number, one in enumerate(late)])
    day.ask("clock.set", {"time": "2026-03-16T12:00"})
    settle(day.line)
    assert day.line.ask("status")["counts"]["notices_held"] > 0, "nothing is held"


def let_go(day):
    day.ask("notice.release")
    day.configure(hold_above=100)
    day.ask("rules.reload")
    day.take()


def no_letters(day):
    mail = day.office.maildir
    if not os.path.isfile(mail):
        os.rename(mail, mail + ".away")
        with open(mail, "w", encoding="ascii"):
            pass
    day.ask("clock.set", {"time": "2026-03-13T12:00"})


def letters_again(day):
    mail = day.office.maildir
    if os.path.isfile(mail):
        os.unlink(mail)
        os.rename(mail + ".away", mail)
    day.ask("outbox.retry")
    wait_until(lambda: not day.line.ask("status")["outbox"]["fault"], "letters do not go again")


def files_again(day):
    day.ask("rules.reload")
    day.take()


def rebuilt(day):
    day.ask("rebuild")


def last(day):
    day.ask("clock.set", {"time": "2026-03-31T12:00"})


STEPS = (people, weekly_reader, visit, imported, first_week, rules_reloaded, settings_reloaded, acknowledged, snoozed,
         calendar_reloaded, hung_up, reverted, moved, wrong, taken_back, staff_away, role_moved, no_letters,
         letters_again, flooded, let_go, files_again, rebuilt, last)


def spend(folder, shim, lost):
    """The day; what it came to, the commits before each step and in all, and whether none was lost."""
    day = Day(folder, shim, lost)
    day.line = day.office.start("--virtual-clock", "2026-03-02T07:00")
    before = {}
    try:
        for step in STEPS:
            settle(day.line)
            before[step.__name__] = day.commits()
            day.do(step)
        settle(day.line)
        commits = day.commits()
        day.was_lost()
        if day.armed:  # what is asked from here on is not of the day
            os.unlink(day.lost)
        if lost:
            day.compare("the day")
        result = picture(day.line, [day.office.folder])
    finally:
        day.line.close()
        day.office.stop()
    return result, before, commits, day.armed


def outcome(pictured):
    """What people got, whatever its numbers are."""
    return {"deadlines": pictured["deadlines"],
            "events": pictured["status"]["counts"]["events"],
            "notices": sorted((row["subject"], row["rule"], row["step"], row["person"] or "", row["state"])
                              for row in pictured["notices"]),
            "letters": sorted((row["created_at"][:10], row["to"], row["state"]) for row in pictured["outbox"])}


def batch(line, *requests):
    """Several in one line, so that they share a turn; the line that is answered."""
    asked = [{"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
             for number, (method, parameters) in enumerate(requests)]
    line.socket.sendall(json.dumps(asked).encode() + b"\n")
    answer = b""
    while not answer.endswith(b"\n"):
        answer += line.socket.recv(1 << 16)
    return json.loads(answer)


def release(folder, shim):
    """A request that waits for the plan comes to nothing when its turn is lost."""
    day = Day(os.path.join(folder, "release"), shim, 0)
    day.configure(hold_above=1)
    day.line = day.office.start("--virtual-clock", "2026-03-02T12:00")
    held = lambda: day.line.ask("status")["counts"]["notices_held"]
    cases = [f"C-{number}" for number in range(3)]
    some = [event("visit.made", case, "2026-03-03") for case in cases]  # few: the turn has room for more
    try:
        record_all(day.line, cast("2026-02-16", ("K-1", "K-2")) +
                   [event("case.opened", case, "2026-02-16", programme="norr") for case in cases])
        day.ask("event.record", [event("visit.made", case, "2026-02-17") for case in ("K-1", "K-2")])
        day.ask("clock.set", {"time": "2026-03-03T12:00"})
        settle(day.line)
        before = held()
        assert before > 1, before
        with open(day.lost, "w", encoding="ascii") as file:
            file.write(f"{day.commits() + 1}\n")
        answers = batch(day.line, ("event.record", some), ("notice.release", {}))
        assert [answer["error"]["code"] for answer in answers] == [2, 2], answers
        time.sleep(2.5)  # the daemon tries again after two
        assert held() == before, f"{held()} of {before} are held"
        day.ask("notice.release")
        assert held() == 0
    finally:
        day.line.close()
        day.office.stop()


def numbers(before, commits, chosen):
    """Of the commits to lose. Without the first ones it does not start."""
    if not chosen:
        return range(before["people"] + 1, commits + 1)
    return [before[name] + 1 + int(more or 0) for name, _, more in (word.partition("+") for word in chosen)]


def main(folder, shim, *chosen):
    undisturbed, before, commits, _ = spend(os.path.join(folder, "0"), shim, 0)
    wanted = outcome(undisturbed)
    assert len(wanted["letters"]) > 5, wanted["letters"]
    lost, faults = 0, []
    for number in numbers(before, commits, chosen):
        place = os.path.join(folder, str(number))
        try:
            pictured, _, _, spared = spend(place, shim, number)
            got = outcome(pictured)
            for name, value in wanted.items():
                assert got[name] == value, f"{name} at the end:\n{got[name]}\nand undisturbed:\n{value}"
            lost += not spared
        except AssertionError as error:
            faults.append(f"commit {number} of {commits} was lost: {error}")
            print(faults[-1], flush=True)
        shutil.rmtree(place)
    assert lost > 0
    print(f"{lost} of {commits} commits lost, one at a time")
    if faults:
        raise SystemExit(f"{len(faults)} faults")


if __name__ == "__main__":
    (release if sys.argv[3:] == ["release"] else main)(*sys.argv[1:3], *(word for word in sys.argv[3:] if word != "release"))
