#!/usr/bin/python3
"""Stands between kedjactl and kedjad and cuts the line after some requests of one method: as if
kedjactl had been killed there.

usage: cut_line.py SOCKET DAEMON_SOCKET METHOD COUNT
"""

import json
import os
import socket
import sys

path, daemon_path, method, left = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(1)
peer, _ = listener.accept()
daemon = socket.socket(socket.AF_UNIX)
daemon.connect(daemon_path)
questions, answers = peer.makefile("rb"), daemon.makefile("rb")
for line in questions:
    daemon.sendall(line)
    answer = answers.readline()
    if json.loads(line)["method"] == method:
        left -= 1
        if left == 0:
            break  # the daemon has done it; nobody hears of it
    peer.sendall(answer)
peer.close()
os.unlink(path)
