# SPDX-License-Identifier: EUPL-1.2
"""What happens in the programme as a whole: reports, meetings, evaluations, deviations."""
from datetime import date

from book import FIRST, PROGRAMME, days


def near(book, day, early, late):
    """A day some days before or after another."""
    return day + days(book.between(-early, late))


def reports(book):
    rows = [  # which, when it was due, days early and late at most
        ("tertial", date(2006, 8, 31), 6, -1), ("tertial", date(2006, 12, 31), -9, 18),
        ("tertial", date(2007, 4, 30), 8, -2), ("tertial", date(2007, 8, 31), -3, 13),
        ("tertial", date(2007, 12, 31), 14, -10), ("tertial", date(2008, 4, 30), 5, -1),
        ("annual", date(2006, 12, 31), -20, 29), ("annual", date(2007, 12, 31), 20, -11),
        ("partial", date(2007, 5, 1), -2, 9), ("final", date(2008, 4, 30), 4, -1),
    ]
    for key, due, early, late in rows:
        book.on(near(book, due, early, late), "report.delivered", PROGRAMME, key)


def meetings(book):
    steering = [(date(2006, 5, 30), 2, 2), (date(2006, 9, 30), -2, 8), (date(2006, 12, 10), 6, -2),
                (date(2007, 2, 28), 8, -1), (date(2007, 5, 15), 6, -1), (date(2007, 9, 30), 9, -3),
                (date(2007, 12, 10), -15, 18), (date(2008, 2, 28), 6, -1)]
    for due, early, late in steering:
        book.on(near(book, due, early, late), "meeting.held", PROGRAMME, "steering")
    for n in range(1, 24):
        month = 4 + n
        due = date(2006 + month // 12, month % 12 + 1, 1)
        if due.month == 8 and book.likely(0.7):
            continue  # nobody meets in July
        late = book.likely(0.2)
        book.on(near(book, due, -5 if late else 12, 16 if late else -2), "meeting.held", PROGRAMME,
                "reference")


def evaluations(book):
    rows = [(date(2006, 11, 1), 9, -2), (date(2007, 5, 1), -18, 25), (date(2007, 11, 1), 12, -2),
            (date(2008, 4, 30), 8, -2)]
    for due, early, late in rows:
        book.on(near(book, due, early, late), "evaluation.done", PROGRAMME)


def deviations(book):
    for n in range(1, 7):
        noted = FIRST + days(60 + 105 * n + book.between(-25, 25))
        key = f"AVV-{n:02d}"
        book.on(noted, "deviation.noted", PROGRAMME, key)
        wait = book.between(16, 26) if n in (2, 5) else book.between(4, 12)
        book.on(noted + days(wait), "deviation.reported", PROGRAMME, key)


def run(book, staff):
    book.on(near(book, date(2006, 6, 9), 3, 4), "inventory.done", PROGRAMME)
    book.on(near(book, date(2006, 6, 1), 5, 5), "housing_agency.informed", PROGRAMME)
    reports(book)
    meetings(book)
    evaluations(book)
    deviations(book)
    for due, early, late in [(date(2006, 9, 30), 6, -1), (date(2007, 3, 31), -5, 14),
                             (date(2007, 9, 30), 8, -2), (date(2008, 3, 31), 6, -1)]:
        book.on(near(book, due, early, late), "buyers.informed", PROGRAMME)
