# SPDX-License-Identifier: EUPL-1.2
"""Who works in the programme. All names are invented."""
import datetime
import unicodedata

from book import FIRST, LAST, PROGRAMME, days, later, workday

GIVEN = ["Anna", "Karin", "Mats", "Sofia", "Erik", "Lena", "Per", "Ulla", "Gunnar", "Maria",
         "Jonas", "Emma", "Åsa", "Björn", "Siv", "Håkan", "Eva", "Örjan", "Inger", "Tomas"]
FAMILY = ["Berg", "Lind", "Ek", "Dahl", "Nord", "Strand", "Holm", "Vik", "Sten", "Hall",
          "Frisk", "Ros", "Ström", "Åberg", "Öberg", "Kvist", "Lund", "Norén", "Falk", "Hjelm"]

STEERING = ["unit_manager", "area_manager", "housing_coordinator", "support_worker"]
REFERENCE = ["outreach_worker", "housing_coordinator", "support_worker"]


def plain(name):
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


class Staff:
    def __init__(self, book):
        given, family = GIVEN[:], FAMILY[:]
        book.chance.shuffle(given)
        book.chance.shuffle(family)
        self.names = {}
        ids = []
        for first, last in zip(given, family):
            ids.append(f"{plain(first)}.{plain(last)}")
            self.names[ids[-1]] = f"{first} {last}"
        self.social_workers = ids[:5]
        self.leaving, self.coming = ids[2], ids[11]
        self.role = dict(zip(["support_worker", "housing_coordinator", "outreach_worker",
                              "unit_manager", "area_manager", "planning_officer"], ids[5:11]))
        self.left_on = workday(datetime.date(2007, 3, 26) + days(book.between(0, 11)))

    def all_at_start(self):
        return self.social_workers + list(self.role.values())

    def join(self, book, time, person):
        book.at(time, "staff.joined", person, name=self.names[person],
                email=f"{person}@example.se", language="sv")


def hire(book):
    """The people and their roles, on the morning of the first day."""
    staff = Staff(book)
    time = datetime.datetime(FIRST.year, FIRST.month, FIRST.day, 8, 0)
    for person in staff.all_at_start():
        staff.join(book, time, person)
        time = later(time, 1)
    book.at(time, "programme.started", PROGRAMME,
            title="Boendestöd i försöks- och träningslägenheter", ends_on=LAST)
    holders = list(staff.role.items())
    holders += [("steering_group", staff.role[role]) for role in STEERING]
    holders += [("reference_group", staff.role[role]) for role in REFERENCE]
    holders += [("reference_group", staff.social_workers[0])]
    for role, person in holders:
        time = later(time, 1)
        book.at(time, "role.assigned", PROGRAMME, role=role, staff=person)
    take_leave(book, staff)
    moved = staff.role["planning_officer"]
    book.on(datetime.date(2007, 1, 8) + days(book.between(0, 20)), "staff.changed", moved,
            name=staff.names[moved], email=f"{moved}@stab.example.se", language="sv")
    return staff


def take_leave(book, staff):
    """Holidays in summer with a deputy, told some weeks ahead."""
    for year in (2006, 2007):
        for i, person in enumerate(staff.social_workers):
            if person == staff.leaving and year == 2007:
                continue
            deputy = staff.social_workers[(i + 1) % 5]
            if deputy == staff.leaving and year == 2007:
                deputy = staff.social_workers[(i + 2) % 5]
            away = datetime.date(year, 6, 26) + days(7 * (i % 3) + book.between(0, 3))
            back = away + days(20)
            book.on(away - days(book.between(10, 30)), "staff.absent", person,
                    **{"from": away, "to": back, "deputy": deputy})
            book.on(back + days(1), "staff.back", person)
    ill = staff.role["support_worker"]
    first = datetime.date(2007, 11, 5) + days(book.between(0, 10))
    book.on(first, "staff.absent", ill, **{"from": first, "to": first + days(13),
                                           "deputy": staff.role["outreach_worker"]})
    book.on(first + days(14), "staff.back", ill)


def worker_on(staff, case, day):
    """Who is responsible for a case on a day."""
    return staff.coming if case.worker == staff.leaving and day >= staff.left_on else case.worker


def change(book, staff, cases):
    """One social worker leaves; another one takes over her cases."""
    joined = datetime.datetime.combine(workday(staff.left_on - days(10)), datetime.time(8, 30))
    staff.join(book, joined, staff.coming)
    time = datetime.datetime.combine(staff.left_on, datetime.time(8, 15))
    for case in cases:
        if case.worker != staff.leaving or case.opened >= staff.left_on:
            continue
        if case.closed is not None and case.closed < staff.left_on:
            continue
        book.at(time, "role.released", case.id, role="social_worker", staff=staff.leaving)
        book.at(later(time, 1), "role.assigned", case.id, role="social_worker",
                staff=staff.coming)
        time = later(time, 2)
    book.at(datetime.datetime.combine(staff.left_on, datetime.time(16, 0)), "staff.left",
            staff.leaving)
