# SPDX-License-Identifier: EUPL-1.2
"""Rent: charged every month, paid in time, late, in parts or not at all, and the bank's files."""
import datetime

import bank
from book import FIRST, LAST, PROGRAMME, RED, add_months, days, later, month_key, workday, \
    workday_before


def charge(book, case):
    charged = set()
    for lease in case.leases:
        first_month(book, case, lease, charged)
        month = add_months(lease.start.replace(day=1), 1)
        while month < lease.end and month <= add_months(LAST, 1):
            slip = workday(add_months(month, -1) + days(book.between(9, 17)))
            if slip <= lease.start:
                slip = workday(lease.start + days(2))
            if slip < lease.end and case.is_open(slip) and month_key(month) not in charged:
                charge_month(book, case, lease, month, slip)
                charged.add(month_key(month))
            month = add_months(month, 1)
    if case.debt_paid is not None:
        for lease in case.leases[:1]:
            for _ in case.unpaid:
                put(book, case, case.debt_paid, lease.rent, None, case.debt_paid)


def first_month(book, case, lease, charged):
    """The first month is due when the keys are handed over."""
    key = month_key(lease.start)
    if key in charged:
        return  # moved within the month: it is charged for the flat before
    charged.add(key)
    reference = reference_of(lease, lease.start)
    due = workday(lease.start + days(3))
    time = datetime.datetime.combine(lease.start, datetime.time(14, 30))
    book.at(time, "rent.charged", case.id, key, amount=lease.rent, due_on=due,
            reference=reference, first=True)
    pay(book, case, due, lease.rent, reference, key, lease.start)


def last_weekday(month):
    """The last weekday before a month; Saturdays count, and so does New Year's Eve."""
    day = month - days(1)
    while day.weekday() == 6 or (day in RED and day.day != 31):
        day -= days(1)
    return day


def charge_month(book, case, lease, month, slip):
    key = month_key(month)
    due = last_weekday(month)
    reference = reference_of(lease, month)
    book.on(slip, "rent.charged", case.id, key, amount=lease.rent,
            due_on=due if book.likely(0.5) else None, reference=reference)
    if key == case.waived:
        book.on(workday_before(due), "rent.waived", case.id, key)
    else:
        pay(book, case, due, lease.rent, reference, key, slip)


def reference_of(lease, month):
    """What the payer is asked to state: a number of the lease and the month."""
    return f"{lease.number}{month.year % 100:02d}{month.month:02d}"


def pay(book, case, due, amount, reference, key, slip):
    """Nobody pays before the slip has come."""
    if key in case.unpaid:
        return
    fate = book.chance.choices(["early", "late", "parts", "months late", "never"], {
        "good": [95, 5, 0, 0, 0], "late": [62, 30, 5, 3, 0], "poor": [38, 36, 10, 13, 3],
    }[case.payer])[0]
    if key in case.pay_late:
        fate = "late"
    if fate == "early":
        put(book, case, workday_before(due - days(book.between(0, 6))), amount, reference, slip)
    elif fate == "late":
        put(book, case, workday(due + days(book.between(4, 21))), amount, reference, slip)
    elif fate == "parts":
        part = amount * book.between(30, 70) // 100
        put(book, case, workday_before(due), part, reference, slip)
        put(book, case, workday(due + days(book.between(9, 30))), amount - part, reference, slip)
    elif fate == "months late":
        put(book, case, workday(due + days(book.between(35, 90))), amount, reference, slip)


def put(book, case, day, amount, reference, slip):
    """A payment at the bank. One in ten payers forgets to state the number."""
    stated = reference if book.likely(0.9) else None
    day = workday(max(day, slip))
    book.payments.append(bank.Payment(day, case.id, amount, stated))


def is_silent(day):
    """Once in the two years no file comes for a while."""
    return datetime.date(2006, 10, 9) <= day <= datetime.date(2006, 10, 19)


def give_back(book):
    """One payment goes back some days later, and is made again."""
    on = {}
    for payment in book.payments:
        on[payment.day] = on.get(payment.day, 0) + payment.amount
    for payment in sorted(book.payments, key=bank.order):
        back = [day for day in sorted(on) if 2 <= (day - payment.day).days <= 9
                and on[day] >= 2 * payment.amount]
        if payment.day >= datetime.date(2006, 11, 20) and payment.stated and back:
            book.payments.append(payment.anew(back[0], reversal=True))
            book.payments.append(payment.anew(workday(back[0] + days(7))))
            return


def import_files(book):
    """The housing coordinator reads the bank's file on Mondays, Wednesdays and Fridays."""
    give_back(book)
    waiting = sorted(book.payments, key=bank.order)
    covered, day = FIRST, workday(FIRST + days(1))
    for number, payment in enumerate(waiting, 1):
        payment.number = number
    while day <= LAST:
        if day.weekday() in (0, 2, 4) and not is_silent(day):
            through = day - days(1)
            read_file(book, day, through, [payment for payment in waiting
                                           if covered < payment.day <= through])
            covered = through
        day = workday(day + days(1))


def read_file(book, day, through, payments):
    time = datetime.datetime.combine(day, datetime.time(8, 20 + book.between(0, 20)))
    for payment in payments:
        if payment.stated is None and book.likely(0.35):
            payment.says_nothing = True
            ask_whose(book, time, payment)
    if book.bank is None:
        record_file(book, time, through, payments)
    else:
        name, options = bank.write(book.bank, day, through, payments)
        book.do(time, "import", file=name, options=options)


def ask_whose(book, time, payment):
    """A payment that says nothing of use, until somebody has asked."""
    wait = book.between(6, 12) if book.likely(0.4) else 1
    day = time.date() + days(wait)
    if book.bank is None:
        book.on(day, "payment.assigned", PROGRAMME, payment.id, case=payment.case)
    else:
        book.do(book.time(workday(day)), "assign", paid_on=payment.day.isoformat(),
                amount=payment.amount, case=payment.case)


def record_file(book, time, through, payments):
    """What kedjactl would make of the file, as events."""
    for payment in payments:
        data = {"amount": payment.amount, "paid_on": payment.day}
        if payment.says_nothing:
            book.at(time, "payment.unmatched", PROGRAMME, payment.id, reference="blank", **data)
        else:
            book.at(time, "rent.reversed" if payment.reversal else "rent.paid", payment.case,
                    reference=payment.stated, bank_reference=payment.id, **data)
        time = later(time, 1)
    came_in = [payment.amount for payment in payments if not payment.reversal]
    book.at(time, "payments.imported", PROGRAMME, format="bgmax",
            file=f"bgmax-{through:%Y%m%d}.txt", covers_through=through, payments=len(came_in),
            sum=sum(came_in))
