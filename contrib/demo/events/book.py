# SPDX-License-Identifier: EUPL-1.2
"""Days, and the book in which events are written down."""
import datetime
import json
import random

PROGRAMME = "ostermalm"
FIRST = datetime.date(2006, 5, 1)
LAST = datetime.date(2008, 4, 30)


def days(n):
    return datetime.timedelta(days=n)


def easter(year):
    """Easter Sunday of the Gregorian calendar."""
    golden, century = year % 19, year // 100
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return datetime.date(year, month, offset + 28 - 31 * (month // 4))


def holidays(year):
    """Days besides weekends on which nobody is at the office."""
    fixed = [(1, 1), (1, 6), (5, 1), (6, 6), (12, 24), (12, 25), (12, 26), (12, 31)]
    red = {datetime.date(year, month, day) for month, day in fixed}
    red |= {easter(year) + days(n) for n in (-2, 1, 39)}
    midsummer = datetime.date(year, 6, 19)
    while midsummer.weekday() != 4:
        midsummer += days(1)
    return red | {midsummer}


RED = {day for year in range(2005, 2010) for day in holidays(year)}


def is_workday(day):
    return day.weekday() < 5 and day not in RED


def workday(day):
    """The day itself, or the next one on which people work."""
    while not is_workday(day):
        day += days(1)
    return day


def workday_before(day):
    """The last working day before a day."""
    day -= days(1)
    while not is_workday(day):
        day -= days(1)
    return day


def add_months(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (31, 30, 29, 28):
        try:
            return datetime.date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(day)


def month_key(day):
    return f"{day.year:04d}-{day.month:02d}"


class Book:
    """Events in any order; written out in the order in which they happened."""

    def __init__(self, seed, bank=None):
        self.chance = random.Random(seed)
        self.lines = []
        self.numbers = set()
        self.payments = []  # before they are in a file
        self.bank = bank    # folder for the bank's files; None: what they tell is events

    def between(self, low, high):
        return self.chance.randint(low, high)

    def likely(self, share):
        return self.chance.random() < share

    def number(self):
        """A number of four digits that no other lease has."""
        number = self.between(1000, 9999)
        while number in self.numbers:
            number = 1000 + (number - 999) % 9000
        self.numbers.add(number)
        return number

    def time(self, day, early=8, late=16):
        """Some minute of the day at which people are at the office."""
        minute = self.between(early * 60 + 5, late * 60 + 20)
        return datetime.datetime(day.year, day.month, day.day, minute // 60, minute % 60)

    def on(self, day, kind, subject, key=None, **data):
        """At some time of the next working day; returns that time."""
        return self.at(self.time(workday(day)), kind, subject, key, **data)

    def at(self, time, kind, subject, key=None, **data):
        """At a time; what would happen after the last day is left out. Returns the time."""
        if time.date() <= LAST:
            event = {"kind": kind, "subject": subject}
            if key is not None:
                event["key"] = key
            event["at"] = time.strftime("%Y-%m-%dT%H:%M")
            event["data"] = {name: self.plain(value) for name, value in data.items()
                             if value is not None}
            self.lines.append((event["at"], len(self.lines), event))
        return time

    def do(self, time, what, **more):
        """Something that is not recorded but done with kedjactl, by whoever replays the book."""
        if time.date() <= LAST:
            line = {"do": what, "at": time.strftime("%Y-%m-%dT%H:%M"), **more}
            self.lines.append((line["at"], len(self.lines), line))

    @staticmethod
    def plain(value):
        return value.isoformat() if isinstance(value, datetime.date) else value

    def write(self, out):
        for _, _, event in sorted(self.lines, key=lambda line: line[:2]):
            out.write(json.dumps(event, ensure_ascii=False) + "\n")


def later(time, minutes):
    return time + datetime.timedelta(minutes=minutes)
