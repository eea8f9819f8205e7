#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""A mailer that does what the address of each letter says, to try what stands before it.

In the folder KEDJA_FAKE: "mode" says how it starts; "log" gets a line for all it is told;
"healed" being there, the letters to die, hang, tls and relay are sent after all; "slow" are the seconds that
a letter to slow takes (0.3), and one to wait is sent when there is "go". For a letter to away no server
is there, and with "back" there is one that puts it off.
Modes: normal, mute, nonsense, old, exit, config, stubborn (stays after the end of its input).
"""
import hashlib
import json
import os
import select
import socket
import sys
import time

FOLDER = os.environ["KEDJA_FAKE"]
pipe = socket.socket(fileno=0)
lines = pipe.makefile("rb")
told = None  # the letter whose outcome has to be noted before the next one


def mode():
    try:
        with open(FOLDER + "/mode", encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:
        return "normal"


def log(*words):
    with open(FOLDER + "/log", "a", encoding="utf-8") as file:
        print(*words, file=file)


def say(what):
    pipe.sendall((json.dumps(what) + "\n").encode())


def at_end():
    poll = select.poll()
    poll.register(pipe, select.POLLRDHUP)
    return bool(poll.poll(0))


def end():
    log("end")
    sys.exit(0)


def outcome(letter, name, code, text):
    global told
    told = letter["id"]
    say({"id": told, "outcome": name, "code": code, "text": text})


def wait_noted():
    global told
    while told is not None:
        line = lines.readline()
        if not line:
            end()
        if json.loads(line)["noted"] == told:
            told = None


def hang():
    while True:
        time.sleep(3600)


def slowness():
    try:
        with open(FOLDER + "/slow", encoding="ascii") as file:
            return float(file.read())
    except FileNotFoundError:
        return 0.3


def misbehave(letter, what):
    """What a mailer may do instead of telling an outcome."""
    if what == "die":
        os._exit(7)
    if what == "babble":
        pipe.sendall(b"{]\n")
    if what == "flood":
        pipe.sendall(b"x" * (3 << 20))
    if what == "stranger":
        say({"id": letter["id"] + 1000, "outcome": "sent", "code": 250, "text": ""})
    if what == "early":
        say({"done": True})
    hang()


def deliver(letter):
    """True: there was a fault of the installation."""
    what = letter["to"]["address"].split("@")[0].split("-")[0]
    healed = os.path.exists(FOLDER + "/healed")
    line = json.dumps(letter, sort_keys=True, ensure_ascii=False)
    log("letter", letter["id"], what, hashlib.sha256(line.encode()).hexdigest()[:16])
    if what == "slow":
        time.sleep(slowness())
    while what == "wait" and not os.path.exists(FOLDER + "/go"):
        time.sleep(0.01)
    if what in ("sent", "slow", "wait") or healed:
        outcome(letter, "sent", 250, "2.0.0 Ok")
    elif what == "deferred":
        outcome(letter, "deferred", 451, "4.3.0 try later\nö")
    elif what == "away" and not os.path.exists(FOLDER + "/back"):
        outcome(letter, "deferred", 0, "no connection")
    elif what == "away":
        outcome(letter, "deferred", 450, "4.2.0 come again")
    elif what == "refused":
        outcome(letter, "refused", 550, "5.1.1 nobody here")
    elif what == "unclear":
        outcome(letter, "unclear", 0, "the connection was lost")
    elif what == "tls":
        say({"fault": "the certificate has expired", "kind": "tls"})
        return True
    elif what == "relay":
        say({"fault": "the server takes nothing from us: 550 5.7.54", "kind": "relay", "id": letter["id"]})
        return True
    elif what == "tlsdie":
        say({"fault": "the certificate has expired", "kind": "tls"})
        os._exit(7)
    else:
        misbehave(letter, what)
    return False


def send(letters, doubt):
    global told
    log("batch", len(letters), "doubt" if doubt else "")
    for letter in letters:
        wait_noted()
        if deliver(letter):
            break
        if at_end():
            end()
    say({"done": True})
    told = None


def configure(settings):
    log("configure", settings["sender"])
    if mode() == "config":
        say({"fault": "the sender is no address", "kind": "config"})
    else:
        say({"ready": True})


def main():
    log("start", len(os.listdir("/proc/self/fd")) - 1)
    if mode() == "exit":
        sys.exit(3)
    if mode() == "mute":
        hang()
    if mode() == "nonsense":
        pipe.sendall(b"HTTP/1.1 400 Bad Request\r\n")
    say({"hello": "kedja-mailer", "protocol": 2 if mode() == "old" else 1})
    for line in lines:
        if len(line) > 1 << 20:
            sys.exit("a line over 1 MiB")
        said = json.loads(line)
        if "configure" in said:
            configure(said["configure"])
        elif "send" in said:
            send(said["send"], said.get("doubt", False))
    log("end")
    if mode() == "stubborn":
        hang()


main()
