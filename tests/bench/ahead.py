# SPDX-License-Identifier: EUPL-1.2
"""Looking ahead, and taking new rules in: a year simulated with the rules that ship, against the one
SQL query that an administrator would write today over the same dates; the plan of all cases after a
reload; the check of a thousand rules."""

import os
import resource
import sqlite3
import statistics
import subprocess
import time

from daemon import case, office

UNTIL = "2027-03-01"

# The careful one: only so many repetitions as a year can hold, and no date computed twice.
QUERY = """
WITH RECURSIVE n(k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM n WHERE k < 12)
SELECT day, subject, rule FROM (
  SELECT date(anchor, '+' || (k * every) || ' months') AS day, subject, rule, every, k
  FROM dates JOIN n ON (every > 0 OR k = 0) AND k * every <= 12)
WHERE day >= '2026-03-02' AND day < '2027-03-02' ORDER BY day
"""


def timed(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def ctl(build, daemon, *words):
    done = subprocess.run([os.path.join(build, "kedjactl"), *words, "--conf", daemon.folder,
                           "--socket", daemon.socket], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"bench: kedjactl {' '.join(words)}: {done.stderr}")
    return done.stdout


def copy_dates(daemon):
    """What an administrator would have: a row for each thing to remind of, months between."""
    dates = sqlite3.connect(":memory:")
    dates.execute("CREATE TABLE dates (subject TEXT, rule TEXT, anchor TEXT, every INTEGER)")
    with sqlite3.connect(os.path.join(daemon.folder, "kedja.db")) as file:
        dates.executemany("INSERT INTO dates VALUES (?, ?, ?, ?)", file.execute(
            "SELECT subject, rule, due, CASE rule WHEN 'plan-review' THEN 3 ELSE 0 END FROM deadline"
            " WHERE state IN ('open', 'asleep')"))
    file.close()
    return dates


def simulate(bench, show, ratio_of, count):
    daemon = bench.daemon(f"ahead-{count}")
    daemon.start()
    daemon.record_all(office() + [e for i in range(count) for e in case(f"CASE-{i:06d}")])
    daemon.ask("deadline.list")  # answered when nobody is behind
    dates = copy_dates(daemon)
    ours, theirs, notices = [], [], 0
    for _ in range(bench.rounds if count < 10000 else 1):
        began = time.monotonic()
        notices = ctl(bench.build, daemon, "rules", "simulate", "--until", UNTIL, "--csv").count("\n")
        ours.append(time.monotonic() - began)
        theirs.append(timed(lambda: dates.execute(QUERY).fetchall()))
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    show(f"a year of {count:,} cases simulated / one SQL query of its dates", *ratio_of(ours, theirs),
         ("<=", 10), False, f"{statistics.median(ours):.2f} against {statistics.median(theirs):.3f} s, "
         f"{notices - 1} notices, at most {most:.0f} MiB")
    return daemon, statistics.median(ours)


def reload(bench, daemon, count):
    own = os.path.join(daemon.folder, "rules.d", "local")
    os.makedirs(own, exist_ok=True)
    waits = []
    for weeks in range(14, 14 + min(bench.rounds, 3)):
        with open(os.path.join(own, "bench.conf"), "w", encoding="utf-8") as file:
            file.write(f'rules = ({{ override = "plan-review"; due = "P{weeks}W"; }});\n')

        def take_in():
            daemon.ask("rules.reload")
            daemon.ask("deadline.list")
        waits.append(timed(take_in))
    print(f"  after a reload all {count:,} cases are planned anew in {statistics.median(waits):.2f} s")


def check(bench, daemon):
    path = os.path.join(daemon.folder, "rules.d", "99-many.conf")
    few = statistics.median(timed(lambda: ctl(bench.build, daemon, "rules", "check", daemon.folder))
                            for _ in range(5))
    with open(path, "w", encoding="utf-8") as file:
        file.write("rules = (\n" + ",\n".join(
            f'{{ name = "m-{i}"; title = "Nr {i}"; subject = "case"; starts = [ "visit.made" ];'
            f" while = \"stage = 'trial_flat' AND stage_days > {i}\"; due = \"P{i + 1}D\";"
            ' done = [ "visit.missed" ];'
            ' steps = ({ name = "today"; at = "P0D"; to = [ "social_worker" ]; }); }'
            for i in range(1000)) + ");\n")
    many = statistics.median(timed(lambda: ctl(bench.build, daemon, "rules", "check", daemon.folder))
                             for _ in range(5))
    os.unlink(path)
    print(f"  rules check: {few * 1e3:.0f} ms with those that ship, {many * 1e3:.0f} ms with 1,000 more")


def measure(bench, show, ratio_of):
    """1,000 and 10,000 cases; 100,000 too with BENCH_LARGE=1."""
    before = None
    for count in (1000, 10000) + ((100000,) if os.environ.get("BENCH_LARGE") else ()):
        daemon, seconds = simulate(bench, show, ratio_of, count)
        if before is not None:
            show(f"simulating {count:,} cases / {count // 10:,}, for each case",
                 seconds / before / 10, (seconds / before / 10,) * 2, ("<=", 1.4), False)
        before = seconds
        if count == 10000:
            reload(bench, daemon, count)
            check(bench, daemon)
        daemon.stop()
