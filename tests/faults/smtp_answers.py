# SPDX-License-Identifier: EUPL-1.2
"""Every answer of a mail server with more behind it, less of it, or another in its place: whatever is
said ahead of its command, broken off or misshapen, no letter counts as sent whose data was not
answered, and the letter after it is tried or kept.

usage: smtp_answers.py FOLDER
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../system"))
from mailer_driver import Mailer, letter, short, smtp_settings  # noqa: E402
from smtp_script import DROP, Script  # noqa: E402

LONG = b"x" * 3000
WELL = {"GREETING": b"220 s\r\n", "MAIL": b"250 ok\r\n", "RCPT": b"250 ok\r\n", "DATA": b"354 go\r\n",
        "CONTENT": b"250 taken\r\n", "RSET": b"250 r\r\n"}
BEHIND = [b"250 x\r\n", b"250 x\r\n250 y\r\n", b"354 x\r\n", b"250 x\r\n354 y\r\n", b"354 x\r\n250 y\r\n",
          b"250 x\r\n354 y\r\n250 z\r\n", b"250 x\r\n250 w\r\n354 y\r\n250 z\r\n", b"421 bye\r\n",
          b"550 n\r\n250 y\r\n", b"451 n\r\n250 y\r\n", b"250-x\r\n250 y\r\n250 z\r\n"]
INSTEAD = {
    "MAIL": [b"354 x\r\n"],
    "RCPT": [b"354 x\r\n", b"250 x\r\n250 y\r\n", b"251 x\r\n", b"252 x\r\n"],
    "DATA": [b"250 ok\r\n", b"251 ok\r\n", b"200 \r\n", b"220 x\r\n", b"350 x\r\n", b"250 x\r\n250 y\r\n"],
    "CONTENT": [b"354 x\r\n", b"350 x\r\n", b"150 x\r\n", b"250-x\r\n", b"250-x", b"250", b"250 no newline", b"2",
                b"250 x\r", b"\r\n", b"\n250 x\r\n", b"  250 x\r\n", b"250\tx\r\n", b"250-a\r\n550 b\r\n",
                b"550-a\r\n250 b\r\n", b"\x00250 a\r\n", b"250\xc3\xa5 x\r\n", b"550 x\r\n250 y\r\n",
                b"354 x\r\n250 y\r\n", b"250 " + b"x" * 1100 + b"\r\n"],
}
# a line that the library would take for two answers, the second of them the final one
CUNNING = [b"354 " + b"x" * (1023 - 4) + b"250 x\r\n"]


def conversations():
    """(step, what is done there)"""
    for step, well in WELL.items():
        for behind in BEHIND:
            yield step, [well + behind]
            yield step, [well + behind, DROP]
    for step, answers in INSTEAD.items():
        for answer in answers:
            yield step, [answer]
            yield step, [answer, DROP]
    for answer in CUNNING:
        yield "DATA", [answer]


def final_is_good(step, done):
    """Is the first answer to the letter's data one that takes it?"""
    return step != "CONTENT" or done[0].startswith((b"250 taken\r\n",))


def try_one(extensions, step, done):
    with Script({f"{step} 1": done}, extensions=extensions) as server, Mailer("--patience", "1") as mailer:
        mailer.configure(**smtp_settings(server))
        heard = short(mailer.send([letter(1, text=LONG.decode()), letter(2)]))
        seen = {1: b"", 2: b""}
        for to, data in server.seen:
            seen[int(to[3])] += data
    what = f"{extensions} {step} {done}: {heard}"
    outcomes = {one[0]: one[1] for one in heard if one[0]}
    for number, outcome in outcomes.items():
        if outcome == "sent":
            assert b"letter-%d@" % number in seen[number], f"false sent: {what}"
    if outcomes.get(1) == "sent":
        assert LONG[:60] in seen[1] and final_is_good(step, done), f"sent by another answer: {what}"
    assert len(outcomes) == 2 or any(one[0] is None for one in heard), f"a letter without an outcome: {what}"
    return outcomes.get(1) == "sent"


def main():
    tried = sent = 0
    for extensions in ((), ("PIPELINING",), ("PIPELINING", "CHUNKING")):
        assert try_one(extensions, "QUIT", b"221 bye\r\n"), "nothing is ever sent"
        for step, done in conversations():
            sent += try_one(extensions, step, done)
            tried += 1
    print(f"{tried} hostile conversations: {sent} letters sent, none of them falsely")
    assert sent, "no letter was sent, though some answers took it"


main()
