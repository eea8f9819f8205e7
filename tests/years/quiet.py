# SPDX-License-Identifier: EUPL-1.2
"""What a stretch of virtual time costs a daemon: prints its wakeups, writes and ticks of processor
time while the clock goes to TIME. usage: quiet.py SOCKET TIME"""

import json
import socket
import sys


def cost(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        switches = next(int(line.split()[1]) for line in file if line.startswith("voluntary_"))
    with open(f"/proc/{pid}/io", encoding="ascii") as file:
        writes = next(int(line.split()[1]) for line in file if line.startswith("syscw"))
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        ticks = sum(int(word) for word in file.read().rsplit(")", 1)[1].split()[11:13])
    return switches, writes, ticks


def main(path, time):
    line = socket.socket(socket.AF_UNIX)
    line.connect(path)
    answers = line.makefile(encoding="utf-8")

    def ask(method, **parameters):
        line.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method,
                                 "params": parameters}).encode() + b"\n")
        return json.loads(answers.readline())["result"]

    pid = ask("status")["pid"]
    before = cost(pid)
    result = ask("clock.set", time=time)
    after = cost(pid)
    switches, writes, ticks = (b - a for a, b in zip(before, after))
    print(switches, writes, ticks, result["letters"])


main(sys.argv[1], sys.argv[2])
