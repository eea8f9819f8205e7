#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Stands between kedjactl and kedjad and ends it after some requests of one method: cuts the line, or
kills one of the two on the spot.

usage: cut_line.py SOCKET DAEMON_SOCKET METHOD COUNT [line|asker|daemon]

line    the daemon has done the last of them, and nobody hears of it
asker   kedjactl is killed instead of hearing that it is done
daemon  kedjad is killed as soon as it has been handed the last of them
"""

import json
import os
import signal
import socket
import struct
import sys

path, daemon_path, method, left = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
how = sys.argv[5] if len(sys.argv) > 5 else "line"


def kill(stream):
    """The process at the other end."""
    pid = struct.unpack("3i", stream.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
    os.kill(pid, signal.SIGKILL)


# Who waits for the file to be there may connect at once: it gets its name when it is listened at.
listener = socket.socket(socket.AF_UNIX)
listener.bind(path + ".new")
listener.listen(1)
os.rename(path + ".new", path)
peer, _ = listener.accept()
daemon = socket.socket(socket.AF_UNIX)
daemon.connect(daemon_path)
questions, answers = peer.makefile("rb"), daemon.makefile("rb")
for line in questions:
    left -= json.loads(line)["method"] == method
    daemon.sendall(line)
    if left == 0 and how == "daemon":
        kill(daemon)
        break
    answer = answers.readline()
    if left == 0:
        if how == "asker":
            kill(peer)
        break
    peer.sendall(answer)
peer.close()
os.unlink(path)
