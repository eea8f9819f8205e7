# SPDX-License-Identifier: EUPL-1.2
"""What is certain to happen, whatever the seed: each kind of reminder gets its occasion."""
import datetime

from book import FIRST, PROGRAMME, add_months, days, later, month_key, workday
import lives

# Which case, of the twenty with a flat in the first weeks, meets what.
TRAINING = ["eviction", "undertaken", "late payer", "thin plan", "step back", "long training",
            "trouble", "no plan", "waiver", "endless decision", "close visits", "waived"]
TRIAL = ["overstay", "dispute", "taken over", "late decision", "protected", "unexplained",
         "no review", "away"]
ANY = ["late assessment", "late plan", "application", "consent"]


def cast(book, cases):
    """Gives every story a case. Extra turns of a life come when the life is lived."""
    training = [case for case in cases[:20] if case.first == "training_flat"]
    trial = [case for case in cases[:20] if case.first == "trial_flat"]
    book.chance.shuffle(training)
    book.chance.shuffle(trial)
    for name, case in zip(TRAINING, training):
        case.story.add(name)
    for name, case in zip(TRIAL, trial):
        case.story.add(name)
    for name in ANY:
        book.chance.choice(trial).story.add(name)
    for case in cases[20:]:
        if case.first == "supported_housing":
            case.story.add("long stay")
            break
    for case in cases[:20]:
        if "step back" in case.story:
            case.story.add("long stay")
        prepare(book, case)
        tell(book, case)
    leave(book, cases[20:])


def months_from(case, first, count):
    """The keys of some months, counted from the month in which the case was opened."""
    month = case.opened.replace(day=1)
    return [month_key(add_months(month, first + n)) for n in range(count)]


def prepare(book, case):
    if "eviction" in case.story:
        case.payer = "good"
        case.unpaid.update(months_from(case, 4, 6))
    if "undertaken" in case.story:
        case.payer = "good"
        case.unpaid.update(months_from(case, 8, 2))
    if "late payer" in case.story:
        case.pay_late.update(months_from(case, 3, 6))
    if "waived" in case.story:
        case.waived = months_from(case, 5, 1)[0]
    if "away" in case.story:
        first = workday(case.opened + days(150))
        case.away = (first, workday(first + days(62)))


def tell(book, case):
    """Stories that are told beside the life of the case."""
    if "eviction" in case.story:
        eviction(book, case)
    if "undertaken" in case.story:
        undertaken(book, case)
    if "late payer" in case.story:
        day = case.opened + days(200)
        book.on(day, "rent.warned", case.id)
        book.on(day + days(18), "counselling.offered", case.id)
    if "trouble" in case.story:
        for n, kind in enumerate(["remark", "disturbance", "remark", "disturbance"]):
            day = case.opened + days(40 + 30 * n + book.between(0, 8))
            lives.report_trouble(book, case, day, kind, n % 2 == 1)
    if "consent" in case.story:
        day = case.opened + days(book.between(5, 30))
        book.on(day, "consent.given", case.id, board="sodermalm-sdn", until=add_months(day, 12))
        book.on(day + days(350), "consent.withdrawn", case.id, board="sodermalm-sdn")
    if "late plan" in case.story:
        book.on(case.opened + days(100), "case.protected", case.id, on=True)


def served(book, case, month):
    """Notice of forfeiture for a month that is long unpaid; the board hears of it two days on."""
    due = month - days(1)
    day = workday(due + days(book.between(16, 24)))
    book.on(day, "forfeiture.notice_served", case.id, on=day)
    told = workday(day + days(2))
    book.on(told, "board.notified", case.id, on=told)
    return told


def undertaken(book, case):
    """Two months unpaid; the board undertakes to pay in the last days, and the money comes."""
    month = add_months(case.opened.replace(day=1), 9)
    told = served(book, case, month)
    day = workday(told + days(book.between(16, 19)))
    book.on(day, "payment.undertaken", case.id, on=day)
    case.debt_paid = workday(day + days(6))


def eviction(book, case):
    """No rent comes any more; at last the bailiff names a day, and supported housing has room."""
    month = add_months(case.opened.replace(day=1), 5)
    told = served(book, case, month)
    dated = workday(told + days(book.between(50, 70)))
    book.at(book.time(dated, 9, 10), "eviction.dated", case.id, date=workday(dated + days(24)))
    book.on(dated + days(1), "eviction.confirmed", case.id)
    case.evicted = workday(dated + days(24))


def leave(book, cases):
    """Some who came later go their own way."""
    for case in cases[2::5]:
        case.leaves = (case.opened + days(book.between(90, 240)),
                       book.chance.choice(["own_wish", "moved", "other_support"]))


def outside(book):
    """Debts that the outreach worker hears of: nobody has opened a case for these people."""
    for n in range(1, 9):
        day = FIRST + days(50 + 80 * n + book.between(-20, 20))
        subject = f"ÖST-{day.year}-9{n:02d}"
        debt = "electricity" if n % 3 == 0 else "rent"
        book.on(day, "debt.reported", subject, f"S-{n:02d}", debt=debt, programme=PROGRAMME)
        wait = book.between(9, 16) if n % 3 == 1 else book.between(1, 3)
        book.on(day + days(wait), "debt.handled", subject, f"S-{n:02d}")


def at_stake(book, responsible):
    """A home that is lost beside the programme, and one that is found late and given up again."""
    lost = "ÖST-2007-911"
    served = workday(datetime.date(2007, 2, 19))
    book.on(served, "forfeiture.notice_served", lost, "2007-02", on=served, programme=PROGRAMME)
    book.on(served + days(1), "board.notified", lost, "2007-02", on=served + days(1),
            programme=PROGRAMME)
    applied = workday(served + days(30))
    book.on(applied, "enforcement.applied", lost, on=applied, programme=PROGRAMME)
    book.on(applied + days(2), "disturbance.notice", lost, "L-1", on=applied, programme=PROGRAMME)
    book.on(applied + days(5), "disturbance.handled", lost, "L-1", programme=PROGRAMME)
    dated = workday(applied + days(20))
    out = workday(dated + days(28))
    time = book.on(dated, "eviction.dated", lost, date=out, programme=PROGRAMME)
    book.at(later(time, 20), "eviction.confirmed", lost, programme=PROGRAMME)
    book.on(out, "eviction.carried_out", lost, on=out, programme=PROGRAMME)
    book.on(out + days(40), "home.kept", lost, kept="no")

    half = "ÖST-2007-913"  # the board never hears of it, and it is taken back
    book.on(served, "forfeiture.notice_served", half, "2007-02", on=served, programme=PROGRAMME)
    back = workday(served + days(40))
    book.on(back, "forfeiture.withdrawn", half, "2007-02", on=back, programme=PROGRAMME)

    late = "ÖST-2007-912"
    opened = workday(datetime.date(2007, 1, 15))
    time = book.on(opened, "case.opened", late, programme=PROGRAMME)
    book.at(later(time, 3), "role.assigned", late, role="social_worker", staff=responsible)
    book.on(opened + days(7), "assessment.done", late)
    book.on(opened + days(9), "decision.made", late, valid_until=add_months(opened, 11))
    moved = workday(opened + days(110))
    book.on(moved, "stage.entered", late, stage="supported_housing", mode="move")
    book.on(moved + days(1), "plan.adopted", late, rent=True, tenancy=True, treatment=True,
            neighbour=True, rent_contact=True, goals_short=True, goals_long=True,
            review_on=add_months(moved, 2))
    book.on(moved + days(2), "lease.started", late, ends_on=add_months(moved, 9))
    month = month_key(add_months(moved, 1))
    book.on(moved + days(10), "rent.charged", late, month, amount=420000)
    gone = workday(moved + days(60))
    book.on(gone, "lease.notice_given", late, by="tenant")
    book.on(gone + days(2), "lease.notice_given", late, by="tenant", ends_on=gone + days(30))
    book.on(gone + days(28), "rent.waived", late, month)
    book.on(gone + days(30), "lease.ended", late)
    book.on(gone + days(32), "case.closed", late, outcome="moved")
