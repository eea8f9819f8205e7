#!/usr/bin/python3
"""A client that records all the while: sends visit.made for one case after the other, a request
each, until it is told to stop by the end of standard input. Says how many it recorded, and the
longest that it waited for an answer, in milliseconds.

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
    count, longest = 0, 0.0
    while not select.select([sys.stdin], [], [], 0)[0]:
        request = {"jsonrpc": "2.0", "id": count, "method": "event.record",
                   "params": {"kind": "visit.made", "subject": f"K-{count % cases}"}}
        begun = time.monotonic()
        client.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(answers.readline())
        longest = max(longest, time.monotonic() - begun)
        if "result" not in answer or answer["id"] != count:
            print("refused:", answer)
            return 1
        count += 1
        time.sleep(0.002)
    print(count, int(longest * 1000))
    return 0


sys.exit(main())
