# SPDX-License-Identifier: EUPL-1.2
"""The letters in the Maildir are those of which the daemon tells, and can be read by others.
usage: letters.py FOLDER SEED; prints one line for each letter, sorted"""

import collections
import email
import email.policy
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from office import Office, invented, with_sources  # noqa: E402


def read(maildir):
    letters = []
    for folder in ("new", "cur"):
        for name in os.listdir(os.path.join(maildir, folder)):
            with open(os.path.join(maildir, folder, name), "rb") as file:
                letters.append((name, file.read()))
    assert not os.listdir(os.path.join(maildir, "tmp"))
    return letters


def check_letter(raw):
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    for part in letter.walk():
        assert not part.defects, part.defects
        for name, value in part.items():
            assert not value.defects, (name, value.defects)
    assert max(len(line) for line in raw.split(b"\n")) <= 998
    assert all(byte < 128 for byte in raw), "all is ASCII on the wire"
    body = letter.get_body(("plain",)).get_content()
    assert "\ufffd" not in body + letter["Subject"] and "Ã" not in body + letter["Subject"]
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime.utcoffset().total_seconds() in (3600, 7200)
    to, = letter["To"].addresses
    return letter, to, body


def replay(line, events):
    for event in events:
        line.ask("clock.set", {"time": event["at"]})
        line.ask("event.record", event)
    line.ask("clock.set", {"time": "2006-12-04T16:00"})


def main(folder, seed):
    events = with_sources(invented(seed, "2006-12-01"))
    office = Office(folder)
    line = office.start("--virtual-clock", "2006-05-01T08:00")
    replay(line, events)
    notices = line.rows("notice.list")
    messages = {row["id"]: row for row in line.rows("outbox.list")}
    office.stop()

    told = collections.defaultdict(list)
    for notice in notices:
        assert notice["state"] in ("sent", "overtaken", "unreachable"), notice
        assert (notice["state"] == "sent") == (notice["message"] is not None), notice
        if notice["message"] is not None:
            told[notice["message"]].append(notice)
    staff = {event["subject"]: event["data"] for event in events
             if event["kind"] in ("staff.joined", "staff.changed")}
    expected = collections.Counter()
    for message, rows in told.items():
        person, = {row["person"] for row in rows}
        address = staff[person]["email"] if person else "admin@office.example"
        assert messages[message]["to"] == address, messages[message]
        expected[address] += 1
    assert set(told) <= set(messages)
    # What goes without a notice of its own sums up, on return, what went to others.
    absent = {staff[event["subject"]]["email"] for event in events if event["kind"] == "staff.absent"}
    for message in set(messages) - set(told):
        assert messages[message]["to"] in absent, messages[message]
        expected[messages[message]["to"]] += 1

    found, identities, swedish = collections.Counter(), set(), ""
    by_identity = {row["message_id"]: row for row in messages.values()}
    for _, raw in read(office.maildir):
        letter, to, body = check_letter(raw)
        found[to.addr_spec] += 1
        identity = letter["Message-ID"].strip("<>")
        assert identity not in identities
        identities.add(identity)
        row = by_identity[identity]
        assert row["to"] == to.addr_spec and row["subject"] == letter["Subject"]
        for notice in told[row["id"]]:
            assert notice["subject"] in body or notice["subject"] == "ostermalm", (notice, body)
        name = staff.get(row["person"], {}).get("name")
        assert name is None or to.display_name == name, (to, name)
        swedish += body + letter["Subject"] + to.display_name
        print(to.addr_spec, letter["Date"].datetime.isoformat(), letter["Subject"])
    assert found == expected, (found, expected)
    assert identities == set(by_identity)
    assert all(char in swedish for char in "åäöÖ"), "Swedish letters are whole"
    assert len(identities) > 100 and len({address for address in found}) >= 5, found


main(sys.argv[1], int(sys.argv[2]))
