# SPDX-License-Identifier: EUPL-1.2
"""Offices of many cases, recorded by the daemon's own code, once: the file lies in
$BUILD/bench-many until the rules, the schema or this file change. On a desk a thousand cases take
about two seconds.

A programme has at most 250 cases, a social worker 40 of them. The plans are of the last hundred
days, so that some are overdue, some have a step behind them and most wait; what was told at once
was released, and the letters of the next morning have gone.

    daemon = many.daemon(folder, build, 10000)     # a copy of its own, not started
"""

import datetime
import hashlib
import os
import shutil

from daemon import PLAN, ROOT, Daemon, event

OPENED = "2025-11-03"
BEGAN = datetime.date(2025, 11, 22)
PROGRAMME = 250
CASELOAD = 40


def name_of(number):
    return f"K-{number:06d}"


def programme_of(number):
    return f"norr{number // PROGRAMME:03d}"


def worker_of(number):
    return f"anna{number // CASELOAD:04d}"


def join(person):
    return event("staff.joined", person, at=OPENED, name=person.capitalize(),
                 email=person + "@example.se")


def day_of(number):
    """One of the hundred days before the daemon's."""
    return (BEGAN + datetime.timedelta(days=number * 37 % 100)).isoformat()


def office(cases):
    events = []
    for number in range(0, cases, PROGRAMME):
        programme = programme_of(number)
        events.append(event("programme.started", programme, at=OPENED, title="Kedjan"))
        for role in ("support_worker", "housing_coordinator", "unit_manager", "area_manager"):
            person = f"{role.split('_')[0]}{number // PROGRAMME:03d}"
            events += [join(person), event("role.assigned", programme, at=OPENED, role=role,
                                           staff=person)]
    return events + [join(worker_of(number)) for number in range(0, cases, CASELOAD)]


def case(number):
    """A case with its social worker, its stage and its plan."""
    name, day = name_of(number), day_of(number)
    return [event("case.opened", name, at=day, programme=programme_of(number)),
            event("role.assigned", name, at=day, role="social_worker", staff=worker_of(number)),
            event("stage.entered", name, at=day, stage="training_flat", mode="move"),
            event("plan.adopted", name, at=day, **PLAN)]


def fill(daemon, cases):
    daemon.record_all(office(cases))
    for number in range(0, cases, 250):
        daemon.record_all([made for i in range(number, min(cases, number + 250)) for made in case(i)])
    daemon.ask("clock.set", time="2026-03-03T08:30")  # what is late is told in the morning
    while daemon.ask("notice.release")["left"] > 0:
        pass
    daemon.ask("clock.set", time="2026-03-04T10:00")


def version():
    """Changes with whatever the file is made from."""
    seen = hashlib.sha256()
    paths = [os.path.abspath(__file__), os.path.join(ROOT, "daemon/store/schema.c")]
    for folder, folders, files in os.walk(os.path.join(ROOT, "conf")):
        folders.sort()
        paths += [os.path.join(folder, file) for file in sorted(files)]
    for path in paths:
        with open(path, "rb") as file:
            seen.update(file.read())
    return seen.hexdigest()[:12]


def kept(build, cases):
    """The path of the file, made if it is not there."""
    place = os.path.join(os.path.abspath(build), "bench-many")
    path = os.path.join(place, f"{cases}-{version()}.db")
    if os.path.exists(path):
        return path
    os.makedirs(place, exist_ok=True)
    for file in os.listdir(place):
        if file.startswith(f"{cases}-"):
            os.unlink(os.path.join(place, file))
    folder = os.path.join(place, f"making-{cases}.{os.getpid()}")
    daemon = Daemon(folder, os.path.abspath(build))
    daemon.start()
    fill(daemon, cases)
    daemon.stop()
    os.rename(os.path.join(folder, "kedja.db"), path)
    shutil.rmtree(folder)
    return path


def daemon(folder, build, cases):
    """A daemon on a copy of its own, not started yet; its clock stands at 2026-03-04T10:00."""
    made = Daemon(folder, os.path.abspath(build))
    shutil.copyfile(kept(build, cases), os.path.join(folder, "kedja.db"))
    return made
