# SPDX-License-Identifier: EUPL-1.2
"""How tests in Python wait: until it is so. A busy machine may take its time; the bound is there for
what hangs, and no test is about how long something took."""

import time

HANG = 600  # seconds


def wait_until(condition, what):
    """What condition() gives as soon as it is true; `what` says what is wrong if that never comes."""
    end = time.monotonic() + HANG
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.01)
    raise SystemExit(f"waited {HANG} s in vain: {what}")


def with_more_and_more(amounts, attempt, *exceptions):
    """What depends on a time of the product's own is tried with a short one first; a machine that is too
    busy for that gets a longer one. The last attempt counts."""
    for amount in amounts[:-1]:
        try:
            return attempt(amount)
        except (AssertionError, *exceptions):
            pass
    return attempt(amounts[-1])


PATIENCES = (1, 6, 36, 200)  # of a mailer with a server that says nothing
