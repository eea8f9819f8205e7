#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""A client that records all the while: sends visit.made for one case after the other, a request
each, until it is told to stop by the end of standard input. Says a line for each that is recorded.

usage: reload_load.py SOCKET CASES
"""

import json
import select
import socket
import sys
import time


def main():
    path, cases = sys.argv[1], int(sys.argv[2])
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    answers = client.makefile("rb")
    count = 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        request = {"jsonrpc": "2.0", "id": count, "method": "event.record",
                   "params": {"kind": "visit.made", "subject": f"K-{count % cases}"}}
        client.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(answers.readline())
        if "result" not in answer or answer["id"] != count:
            print("refused:", answer)
            return 1
        count += 1
        print(count, flush=True)
        time.sleep(0.002)
    return 0


sys.exit(main())
