# SPDX-License-Identifier: EUPL-1.2
"""An SMTP server that does what a script says, for trying out a mail client.

    server = Script({"RCPT": "550 5.1.1 no such user", "DATA 2": DROP}, extensions=["PIPELINING"])
    ... server.port ... server.commands ... server.taken ...
    server.close()

A step is a command's verb (MAIL, RCPT, DATA, AUTH, ...), GREETING, CONTENT (the end of a letter's
data) or BDAT; with a number it is meant only for the n-th such step, counted over all
connections. What is done: a reply (text, or bytes as they are), DROP (hang up), HANG (say
nothing until the client hangs up), FLOOD (talk without end), or a list of these; for CONTENT
also "middle" and "middle-hang" (both after the first line of the data) and "stall" (reads nothing
for `stall` seconds, then all) and "early" (answers before it reads anything, and once more). What is not in the script goes well.
"""
import base64
import socket
import ssl
import threading
import time

DROP, HANG, FLOOD = object(), object(), object()

WELL = {"GREETING": "220 script ESMTP", "DATA": "354 go on", "QUIT": "221 bye",
        "STARTTLS": "220 begin", "CONTENT": "250 2.0.0 taken"}


class Ended(Exception):
    pass


class Script:
    def __init__(self, steps=None, extensions=(), tls=None, password=None, port=0):
        self.steps = steps or {}
        self.extensions = list(extensions)
        self.tls = tls                  # an ssl.SSLContext, or None
        self.password = password        # (user, password), or None
        self.commands = []              # every line that came
        self.taken = []                 # letters answered with 250: (recipient, bytes)
        self.seen = []                  # letters that arrived whole, answered or not
        self.server_names = []          # SNI
        self.connections = 0
        self.stall = 3
        self.counts = {}
        self.lock = threading.Lock()
        if tls:
            tls.sni_callback = lambda _s, name, _c: self.server_names.append(name)
        self.socket = socket.create_server(("127.0.0.1", port))
        self.port = self.socket.getsockname()[1]
        self.open = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        # shutdown wakes the thread that waits in accept; close alone would not
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for one in self.open:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def verbs(self):
        return [line.split(" ")[0].split(":")[0].upper() for line in self.commands]

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            self.open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        conversation = Conversation(self, connection)
        try:
            conversation.run()
        except (Ended, OSError, ValueError):
            pass
        finally:
            conversation.close()

    def action(self, step):
        with self.lock:
            self.counts[step] = self.counts.get(step, 0) + 1
            key = f"{step} {self.counts[step]}"
        return self.steps.get(key, self.steps.get(step, WELL.get(step, "250 2.1.0 ok")))


class Conversation:
    def __init__(self, script, connection):
        self.script, self.connection = script, connection
        self.file = connection.makefile("rb")
        self.recipient, self.data, self.secure = None, b"", False

    def close(self):
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.file.close()
        self.connection.close()

    def say(self, what):
        self.connection.sendall(what if isinstance(what, bytes) else what.encode() + b"\r\n")

    def do(self, action):
        """The reply's first digit, b'' if there was none."""
        last = ""
        for one in action if isinstance(action, list) else [action]:
            if one is DROP:
                raise Ended
            if one is HANG:
                while self.connection.recv(4096):
                    pass
                raise Ended
            if one is FLOOD:
                while True:
                    self.say("250-" + "x" * 60)
            self.say(one)
            last = one.decode() if isinstance(one, bytes) else one
        return last[:1]

    def line(self):
        got = self.file.readline(100000)
        if not got:
            raise Ended
        return got

    def run(self):
        if self.do(self.script.action("GREETING")) != "2":
            self.file.readline()
            return
        while True:
            line = self.line().rstrip(b"\r\n").decode("latin-1")
            self.script.commands.append(line)
            verb = line.split(" ")[0].split(":")[0].upper()
            handler = getattr(self, "on_" + verb.lower(), None)
            if handler:
                handler(line, verb)
            else:
                self.do(self.script.action(verb))

    def on_ehlo(self, line, verb):
        if verb in self.script.steps or f"{verb} 1" in self.script.steps:
            self.do(self.script.action(verb))
            return
        extensions = list(self.script.extensions)
        if self.script.tls and not self.secure:
            extensions.append("STARTTLS")
        lines = ["script"] + extensions
        for i, text in enumerate(lines):
            self.say(("250 " if i == len(lines) - 1 else "250-") + text)

    def on_starttls(self, _line, verb):
        if self.do(self.script.action(verb)) != "2":
            return
        self.connection = self.script.tls.wrap_socket(self.connection, server_side=True)
        self.file = self.connection.makefile("rb")
        self.secure = True

    def on_auth(self, line, verb):
        given = None
        words = line.split(" ")
        if words[1] == "PLAIN":
            given = tuple(base64.b64decode(words[2]).decode().split("\0")[1:])
        elif words[1] == "LOGIN":
            # the library gives the name along with the command
            name = words[2] if len(words) > 2 else self.ask("334 VXNlcm5hbWU6")
            secret = self.ask("334 UGFzc3dvcmQ6")
            given = (base64.b64decode(name).decode(), base64.b64decode(secret).decode())
        if verb in self.script.steps or f"{verb} 1" in self.script.steps:
            self.do(self.script.action(verb))
        else:
            self.say("235 2.7.0 welcome" if given == self.script.password
                     else "535 5.7.8 wrong name or password")

    def ask(self, challenge):
        self.say(challenge)
        return self.line().rstrip(b"\r\n").decode()

    def on_rcpt(self, line, verb):
        self.recipient = line[line.index("<") + 1:line.index(">")]
        self.data = b""
        self.do(self.script.action(verb))

    def on_data(self, _line, verb):
        if self.do(self.script.action(verb)) != "3":
            return
        action = self.script.action("CONTENT")
        lines = []
        # a drop in the middle of the data: after its first line
        if action == "middle":
            self.line()
            raise Ended
        if action == "middle-hang":
            self.line()
            self.do(HANG)
        if action == "stall":
            time.sleep(self.script.stall)
            action = "250 2.0.0 taken"
        if action == "early":
            self.say("250 2.0.0 taken")
            action = "250 2.0.0 taken, now truly"
        while (got := self.line()) != b".\r\n":
            lines.append(got[1:] if got.startswith(b".") else got)
        self.finish(b"".join(lines), action)

    def on_bdat(self, line, verb):
        words = line.split(" ")
        size, last = int(words[1]), len(words) > 2
        while size:
            got = self.file.read(size)
            if not got:
                raise Ended
            self.data += got
            size -= len(got)
        if last:
            self.finish(self.data, self.script.action("CONTENT"))
        else:
            self.do(self.script.action(verb))

    def finish(self, data, action):
        self.script.seen.append((self.recipient, data))
        if self.do(action) == "2":
            self.script.taken.append((self.recipient, data))
