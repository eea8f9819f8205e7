#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""One client has the rules read again and asks for all deadlines, which is answered when everybody
is planned anew; meanwhile another asks for the time, over and over. Says how often that one was
answered before the first.

usage: reload_order.py SOCKET
"""

import json
import select
import socket
import sys


class Client:
    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.answers = self.socket.makefile("rb")

    def send(self, method):
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": {}}
        self.socket.sendall(json.dumps(request).encode() + b"\n")

    def ask(self, method):
        self.send(method)
        return json.loads(self.answers.readline())["result"]

    def has_answer(self):
        return bool(select.select([self.socket], [], [], 0)[0])


def main():
    patient, other = Client(sys.argv[1]), Client(sys.argv[1])
    if not patient.ask("rules.reload")["changed"]:
        sys.exit("the rules were not others")
    patient.send("deadline.list")
    count = 0
    while not patient.has_answer():
        other.ask("clock.show")
        count += 1
    print(count)


main()
