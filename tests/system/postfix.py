# SPDX-License-Identifier: EUPL-1.2
"""A Postfix with settings, services and a queue of its own; the one of the system is left alone."""

import os
import shutil
import subprocess

from mail_office import free_port
from waiting import wait_until

SETTINGS = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/state
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
myhostname = relay.office.example
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_mynetworks, reject
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}
"""
SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """`settings`: further lines of main.cf, with {folder} for the folder. Started when this returns."""

    def __init__(self, folder, settings):
        shutil.rmtree(folder, ignore_errors=True)
        self.folder, self.port = folder, free_port()
        for name in ("conf", "queue", "state", "log", "mail"):
            os.makedirs(os.path.join(folder, name))
        for name, text in (("main.cf", SETTINGS + settings), ("master.cf", SERVICES)):
            with open(os.path.join(folder, "conf", name), "w", encoding="ascii") as file:
                file.write(text.format(folder=folder, port=self.port))
        subprocess.run(["chown", "postfix", os.path.join(folder, "state")], check=True)
        subprocess.run(["chown", "nobody", os.path.join(folder, "mail")], check=True)
        self.run("start")
        wait_until(lambda: self.log().count("daemon started"), "Postfix does not start")

    def run(self, what):
        done = subprocess.run(["postfix", "-c", os.path.join(self.folder, "conf"), what],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"postfix {what}: {done.stdout}{done.stderr}{self.log()}")

    def log(self):
        try:
            with open(os.path.join(self.folder, "log/mail.log"), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def queued(self):
        return sum(len(files) for name in ("incoming", "active", "deferred", "maildrop")
                   for _, _, files in os.walk(os.path.join(self.folder, "queue", name)))

    def stop(self):
        """Once; later calls do nothing."""
        if self.folder:
            self.run("stop")
            self.folder = None
