# SPDX-License-Identifier: EUPL-1.2
"""Cases: how they are opened, go on and back in the housing chain, and end."""
import heapq
from datetime import date, datetime

from book import FIRST, LAST, PROGRAMME, add_months, days, later, workday
from people import worker_on

MOVES = {  # as in conf/chain.conf
    None: ["supported_housing", "training_flat", "trial_flat"],
    "supported_housing": ["training_flat"],
    "training_flat": ["trial_flat", "supported_housing"],
    "trial_flat": ["own_lease", "training_flat", "supported_housing"],
    "own_lease": ["trial_flat", "training_flat", "supported_housing"],
}
FLATS = ("training_flat", "trial_flat")
TASKS = ["budget", "rent_routine", "debts", "income", "care_contact", "work_contact", "household",
         "neighbours", "leisure", "papers", "housing_queue", "meeting", "follow_up"]
PLAN = ["rent", "tenancy", "treatment", "neighbour", "rent_contact", "goals_short", "goals_long"]


class Flats:
    """27 flats: 16 in the own district, 11 elsewhere. Seven stand empty when the programme
    begins. One that is taken over is replaced after some weeks."""

    def __init__(self, book):
        flats = [f"F-{n:02d}" for n in range(1, 28)]
        self.area = {flat: "own" if n < 16 else "other" for n, flat in enumerate(flats)}
        book.chance.shuffle(flats)
        self.lived_in, self.free = flats[:20], flats[20:]
        self.back = []  # (day, flat): free again from that day on
        for flat in self.free:
            self.say_empty(book, FIRST + days(book.between(1, 20)), flat)

    def say_empty(self, book, day, flat):
        book.on(day, "flat.vacated", PROGRAMME, flat, area=self.area[flat])

    def take(self, book, day):
        """Those whose homes these are come first; then who waits for a flat."""
        if self.lived_in:
            return self.lived_in.pop()
        self.free += [flat for since, flat in self.back if since <= day]
        self.back = [row for row in self.back if row[0] > day]
        if not self.free:
            return None
        return self.free.pop(book.between(0, len(self.free) - 1))

    def give_back(self, day, flat):
        self.back.append((day, flat))

    def replace(self, book, day, flat):
        new = f"F-{len(self.area) + 1:02d}"
        self.area[new] = self.area[flat]
        self.say_empty(book, day, new)
        self.back.append((workday(day) + days(book.between(4, 30)), new))


class Lease:
    def __init__(self, number, start, rent, ends_on):
        self.number, self.start, self.rent, self.ends_on = number, start, rent, ends_on
        self.end = LAST + days(400)


class Case:
    def __init__(self, number, opened, worker, first):
        self.id = f"ÖST-{opened.year}-{number:03d}"
        self.opened, self.worker, self.first = opened, worker, first
        self.closed = None
        self.story = set()  # names of what is certain to happen here (stories.py)
        self.stages = []    # (day, stage, mode)
        self.leases = []
        self.flat = None
        self.payer = "good"
        self.unpaid = set()   # months that are not paid at all
        self.pay_late = set()  # months that are paid late whatever the payer is like
        self.away = None      # (first, last) day on which the case stands still
        self.evicted = None   # the day on which the flat is lost
        self.leaves = None    # (day, outcome) of going one's own way
        self.debt_paid = None  # the day on which the unpaid months are paid after all
        self.waived = None    # a month that is let off
        self.outcome = None
        self.tasks = self.troubles = 0  # counted for their keys

    def stage_on(self, day):
        stage = None
        for since, entered, _ in self.stages:
            if since <= day:
                stage = entered
        return stage

    def is_open(self, day):
        return self.opened <= day and (self.closed is None or workday(day) < self.closed)


def opening_days(book):
    """Twenty cases in the first weeks; then a few a month, and nobody in the summer of 2007."""
    opened = [FIRST + days(book.between(2, 45)) for _ in range(20)]
    for n in range(1, 24):
        month = add_months(date(2006, 6, 1), n)
        if date(2007, 5, 1) <= month < date(2007, 9, 1):
            continue
        opened += [month + days(book.between(0, 27)) for _ in range(book.between(0, 2))]
    opened += [date(2006, 9, 12), date(2007, 2, 13), date(2007, 10, 9)]
    return sorted(workday(day) for day in opened if day <= LAST - days(40))


def open_cases(book, staff):
    cases, numbers = [], {}
    for n, day in enumerate(opening_days(book)):
        numbers[day.year] = numbers.get(day.year, 0) + 1
        if n < 20:
            first = "training_flat" if n % 5 < 3 else "trial_flat"
        else:
            first = book.chance.choice(["supported_housing", "supported_housing",
                                        "training_flat", "trial_flat"])
        case = Case(numbers[day.year], day, staff.social_workers[n % 5], first)
        case.payer = book.chance.choices(["good", "late", "poor"], [62, 26, 12])[0]
        case.responsible = worker_on(staff, case, day)
        cases.append(case)
    return cases


def walk_all(book, cases):
    """Moves everybody through the chain, day by day, so that nobody takes a flat twice."""
    flats, waiting = Flats(book), []
    for n, case in enumerate(cases):
        case.flats = flats
        heapq.heappush(waiting, (case.opened + days(book.between(2, 12)), n, walk(book, case)))
    asked = {}
    for _, n, steps in waiting:
        asked[n] = next(steps)
    while waiting:
        day, n, steps = heapq.heappop(waiting)
        entered = enter(book, cases[n], day, *asked[n])
        if entered is None and not cases[n].stages:  # no flat is free: begin elsewhere
            entered = enter(book, cases[n], day, "supported_housing", "move")
        if entered is None:
            heapq.heappush(waiting, (day + days(21), n, steps))
            continue
        try:
            wanted, *asked[n] = steps.send(entered)
        except StopIteration:
            continue
        wanted = max(wanted, entered + days(14))
        if wanted <= LAST:
            heapq.heappush(waiting, (wanted, n, steps))


def live(book, case):
    time = book.at(book.time(case.opened, 8, 11), "case.opened", case.id, programme=PROGRAMME,
                   protected=True if "protected" in case.story else None)
    book.at(later(time, 3), "role.assigned", case.id, role="social_worker",
            staff=case.responsible)
    decide(book, case)
    assess(book, case)
    plan(book, case)
    visit(book, case)
    pause(book, case)
    trouble(book, case)
    close(book, case)


def decide(book, case):
    """Decisions on assistance: for a year mostly, now and then renewed too late or without end."""
    day = case.opened + days(book.between(1, 12))
    while day <= LAST and case.is_open(day):
        if "endless decision" in case.story and day > case.opened + days(60):
            book.on(day, "decision.made", case.id)
            return
        until = add_months(day, 6 if "endless decision" in case.story else 12)
        book.on(day, "decision.made", case.id, valid_until=until)
        late = "late decision" in case.story
        day = until + days(book.between(3, 15) if late else -book.between(5, 40))


def assess(book, case):
    wait = book.between(17, 30) if "late assessment" in case.story else book.between(3, 12)
    if case.is_open(case.opened + days(wait)):
        book.on(case.opened + days(wait), "assessment.done", case.id)


def enter(book, case, day, stage, mode):
    """Moves a case to a stage, with what that means for leases and flats.

    Returns the day, or None where a flat is wanted and none is free."""
    now = case.stages[-1][1] if case.stages else None
    if stage not in MOVES[now]:
        raise ValueError(f"{case.id}: {now} to {stage}")
    day = workday(day)
    flat = None
    if stage in FLATS and mode == "move":
        flat = case.flats.take(book, day)
        if flat is None:
            return None
    time = book.time(day, 9, 13)
    if case.leases and case.leases[-1].end > day and mode == "move":
        end_lease(book, case, later(time, -4))
    if stage == "own_lease":
        take_over(book, case, later(time, -2))
    book.at(time, "stage.entered", case.id, stage=stage, mode=mode)
    if stage in FLATS and mode == "move":
        case.flat = flat
        start_lease(book, case, later(time, 2), stage)
    elif stage == "trial_flat":
        case.leases[-1].ends_on = add_months(day, 12) - days(1)
        book.at(later(time, 2), "lease.prolonged", case.id, ends_on=case.leases[-1].ends_on)
    case.stages.append((day, stage, mode))
    return day


def start_lease(book, case, time, stage):
    day = time.date()
    ends_on = add_months(day, 12) - days(1) if stage == "trial_flat" else None
    lease = Lease(book.number(), day, book.between(380, 720) * 1000, ends_on)
    case.leases.append(lease)
    book.at(time, "lease.started", case.id, ends_on=ends_on, rent=lease.rent,
            area=case.flats.area[case.flat], block=True if book.likely(0.3) else None,
            ocr=str(lease.number))
    book.at(later(time, 1), "flat.filled", PROGRAMME, case.flat, area=case.flats.area[case.flat])
    if "waiver" in case.story or book.likely(0.6):
        until = add_months(day, 9 if "waiver" in case.story else 48)
        book.on(day + days(book.between(4, 30)), "lease.waiver_approved", case.id, until=until)


def end_lease(book, case, time):
    lease = case.leases[-1]
    lease.end = time.date()
    book.at(time, "lease.ended", case.id, ends_on=lease.end)
    book.at(later(time, 1), "flat.vacated", PROGRAMME, case.flat,
            area=case.flats.area[case.flat])
    case.flats.give_back(lease.end + days(book.between(5, 25)), case.flat)
    case.flat = None


def take_over(book, case, time):
    """The lease is the person's own now; the office gets another flat after some weeks."""
    case.leases[-1].end = time.date()
    book.at(time, "lease.taken_over", case.id)
    case.flats.replace(book, time.date() + days(book.between(20, 70)), case.flat)
    case.flat = None


def walk(book, case):
    """The stages that one asks for: first (stage, mode), then (day, stage, mode), each time
    given the day on which the last one was entered."""
    entered = yield case.first, "move"
    while True:
        stage = case.stages[-1][1]
        if leave(book, case, entered, stage):
            return
        elif stage == "supported_housing":
            low, high = (200, 330) if "long stay" in case.story else (50, 170)
            entered = yield entered + days(book.between(low, high)), "training_flat", "move"
        elif case.evicted is not None and entered < case.evicted:
            entered = yield case.evicted, "supported_housing", "move"
        elif stage == "training_flat":
            entered = yield after_training(book, case, entered)
        elif stage == "trial_flat":
            entered = yield after_trial(book, case, entered)
        else:
            hand_over(book, case, entered)
            return


def leave(book, case, entered, stage):
    """Does somebody go his own way before the next step? Then the lease ends, and the case."""
    if case.leaves is None:
        return False
    case.closed = workday(max(case.leaves[0], entered + days(40)))
    case.outcome = case.leaves[1]
    if stage in FLATS and case.closed <= LAST:
        end_lease(book, case, book.time(case.closed, 9, 12))
    return True


def after_training(book, case, entered):
    back = book.likely(0.14) and not case.story
    if "step back" in case.story or back:
        case.story.discard("step back")
        return entered + days(book.between(60, 200)), "supported_housing", "move"
    low, high = (380, 480) if "long training" in case.story else (120, 320)
    mode = "convert" if book.likely(0.6) else "move"
    return entered + days(book.between(low, high)), "trial_flat", mode


def after_trial(book, case, entered):
    """The trial year: taken over in time or late, a step back, or prolonged first."""
    fate = book.chance.choices(["taken", "late", "back", "prolonged"], [55, 20, 15, 10])[0]
    for name, certain in (("overstay", "prolonged"), ("dispute", "dispute"), ("taken over", "taken")):
        if name in case.story:
            fate = certain
    lease = case.leases[-1]
    if fate == "back":
        return entered + days(book.between(90, 260)), "training_flat", "move"
    if fate in ("prolonged", "dispute"):
        prolong(book, case, lease, fate)
        return add_months(lease.ends_on, 6) - days(book.between(5, 20)), "own_lease", "convert"
    notice = book.between(100, 130) if book.likely(0.7) else book.between(60, 85)
    if fate == "late":  # the notice names no day, and somebody has to ask
        unsaid = workday(lease.ends_on - days(notice + 6))
        book.at(datetime(unsaid.year, unsaid.month, unsaid.day, 10), "lease.notice_given", case.id, by="office")
    book.on(lease.ends_on - days(notice), "lease.notice_given", case.id, ends_on=lease.ends_on)
    wait = book.between(5, 25) if fate == "late" else -book.between(2, 25)
    return entered + days(365 + wait), "own_lease", "convert"


def prolong(book, case, lease, fate):
    """Half a year more: agreed in time, seen only weeks after the end, or after a dispute."""
    end = lease.ends_on
    wait = -book.between(20, 60)
    if fate == "dispute":
        book.on(end - days(95), "lease.notice_given", case.id, ends_on=end)
        book.on(end - days(20), "lease.disputed", case.id, ends_on=end)
        book.on(end + days(24), "dispute.referred", case.id, ends_on=end)
        wait = book.between(40, 60)
    elif "overstay" in case.story:
        wait = book.between(12, 25)
    book.on(end + days(wait), "lease.prolonged", case.id, ends_on=add_months(end, 6))


def hand_over(book, case, day):
    """An own lease: who gives support from here on, and some months later the case is closed."""
    late = book.likely(0.3) or "taken over" in case.story
    wait = book.between(32, 55) if late else book.between(8, 26)
    book.on(day + days(wait), "support.handover_decided", case.id)
    case.closed = workday(day + days(wait + book.between(30, 100)))
    case.outcome = "own_lease"


def plan(book, case):
    """The plan and its follow-up every third month: in time, late, or long missing."""
    start = case.stages[0][0]
    wait = book.between(4, 12)
    if "no plan" in case.story:
        wait = book.between(120, 160)
    elif "late plan" in case.story or book.likely(0.15):
        wait = book.between(16, 32)
    adopted = workday(start + days(wait))
    if not case.is_open(adopted):
        return
    parts = {name: True for name in PLAN}
    thin = "thin plan" in case.story or book.likely(0.15)
    if thin:
        parts["rent_contact"] = False
        parts[book.chance.choice(PLAN[:4])] = False
    agreed = adopted + days(book.between(55, 80)) if book.likely(0.25) else None
    book.on(adopted, "plan.adopted", case.id, **parts, review_on=agreed)
    agree_tasks(book, case, adopted)
    if thin:
        amended = adopted + days(book.between(7, 30))
        book.on(amended, "plan.amended", case.id, **{name: True for name in PLAN})
    review(book, case, adopted, agreed)


def next_review(book, case, last, agreed):
    if "no review" in case.story:
        return last + days(book.between(130, 170))
    if book.likely(0.22):
        return last + days(book.between(97, 125))
    if agreed is not None:
        return agreed + days(book.between(-6, 2))
    return last + days(book.between(72, 91))


def review(book, case, last, agreed):
    day = workday(next_review(book, case, last, agreed))
    while day <= LAST and case.is_open(day) and case.stage_on(day) != "own_lease":
        met, unmet = book.between(0, 5), book.between(0, 4)
        explained = book.likely(0.7) and "unexplained" not in case.story
        agreed = day + days(book.between(55, 85)) if book.likely(0.3) else None
        book.on(day, "plan.reviewed", case.id, goals_met=met, goals_unmet=unmet,
                explained=explained, review_on=agreed)
        if not explained and case.is_open(day + days(25)):
            wait = book.between(9, 24) if "unexplained" in case.story else book.between(1, 6)
            book.on(day + days(wait), "explanations.noted", case.id)
        agree_tasks(book, case, day)
        day = workday(next_review(book, case, day, agreed))


def agree_tasks(book, case, day):
    for _ in range(book.between(0, 2)):
        case.tasks += 1
        key = f"T-{case.tasks:02d}"
        due = workday(day + days(book.between(14, 60)))
        role = book.chance.choice(["support_worker", "support_worker", "social_worker",
                                   "housing_coordinator"])
        book.on(day, "task.agreed", case.id, key, what=book.chance.choice(TASKS), due_on=due,
                role=role)
        fate = book.chance.choices(["done", "late", "dropped", "open"], [68, 18, 9, 5])[0]
        if fate == "open":
            continue
        end = due + days(book.between(2, 16) if fate == "late" else -book.between(1, 12))
        if case.is_open(end):
            book.on(end, "task.dropped" if fate == "dropped" else "task.done", case.id, key)


def visit(book, case):
    """Housing support: every week or two, closer where it is needed, sometimes a long gap."""
    day = case.stages[0][0] + days(book.between(1, 7))
    while day <= LAST and case.is_open(day):
        stage = case.stage_on(day)
        if case.away and case.away[0] <= day <= case.away[1]:
            day = case.away[1] + days(2)
            continue
        if stage == "own_lease":
            return
        saturday = day.weekday() == 5 and book.likely(0.15)
        when = book.time(day if saturday else workday(day), 8, 11)
        book.at(when, "visit.missed" if book.likely(0.06) else "visit.made", case.id)
        gap = book.between(9, 13) if stage == "trial_flat" else book.between(7, 12)
        day = when.date() + days(book.between(18, 34) if book.likely(0.05) else gap)
    if "close visits" in case.story:
        crowd(book, case)


def crowd(book, case):
    """Two weeks with four visits each."""
    monday = case.stages[0][0] + days(75)
    monday += days(-monday.weekday())
    for week in (0, 7):
        for weekday in (0, 1, 3, 4):
            day = monday + days(week + weekday)
            if case.is_open(day):
                book.on(day, "visit.made", case.id)


def pause(book, case):
    if case.away and case.is_open(case.away[1]):
        book.on(case.away[0], "case.paused", case.id)
        book.on(case.away[1], "case.resumed", case.id)


def trouble(book, case):
    """Remarks and disturbances while somebody lives in a flat; applications for another one."""
    for lease in case.leases:
        last = min(lease.end, LAST, case.closed or LAST)
        for kind, share in (("remark", 0.004), ("disturbance", 0.003)):
            day = lease.start + days(book.between(10, 60))
            while day < last - days(20):
                if book.likely(share * 20):
                    report_trouble(book, case, day, kind, book.likely(0.25))
                day += days(20)
    if book.likely(0.5) or "application" in case.story:
        sent = case.stages[0][0] + days(book.between(30, 120))
        wait = book.between(95, 130) if "application" in case.story else book.between(10, 50)
        if case.is_open(sent + days(wait)):
            book.on(sent, "application.sent", case.id, "BF-1")
            book.on(sent + days(wait), "application.answered", case.id, "BF-1")


def report_trouble(book, case, day, kind, late):
    case.troubles += 1
    key = f"{kind[0].upper()}-{case.troubles:02d}"
    said = "remark.received" if kind == "remark" else "disturbance.reported"
    day = workday(day)
    time = book.on(day, said, case.id, key)
    if kind == "disturbance" and not late:
        when = later(time, book.between(20, 90))
        if when.hour >= 16:
            when = book.time(workday(day + days(1)), 8, 10)
        book.at(when, "disturbance.handled", case.id, key)
    else:
        wait = book.between(7, 12) if late else book.between(1, 4)
        book.on(day + days(wait), f"{kind}.handled", case.id, key)


def close(book, case):
    if case.closed is not None and case.closed <= LAST:
        book.at(book.time(case.closed, 14, 15), "case.closed", case.id, outcome=case.outcome)
