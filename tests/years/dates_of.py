# SPDX-License-Identifier: EUPL-1.2
"""Date, recipient and subject of the letters in a folder, sorted. usage: dates_of.py FOLDER"""

import email
import email.policy
import os
import sys

lines = []
for name in os.listdir(sys.argv[1]):
    with open(os.path.join(sys.argv[1], name), "rb") as file:
        letter = email.message_from_binary_file(file, policy=email.policy.default)
    said = letter.get_body(("plain",)).get_content()
    lines.append(f"{letter['Date']} {letter['To']} {letter['Subject']} {said!r}")
sys.stdout.buffer.write("\n".join(sorted(lines)).encode())
