# SPDX-License-Identifier: EUPL-1.2
"""kedja-mailer and encryption and login: certificates good and bad, and a password that goes nowhere in clear.

    KEDJA_MAILER=build/kedja-mailer /usr/bin/python3 tests/system/mailer_tls.py [CLASS[.test] ...]
"""
import json
import os
import shutil
import ssl
import subprocess
import tempfile
import unittest

from mailer_driver import SENDER, Case, Mailer, letter, short, smtp_settings
from smtp_script import DROP, HANG, Script
from waiting import PATIENCES, with_more_and_more


class Tls(Case):
    @classmethod
    def setUpClass(cls):
        cls.store = tempfile.mkdtemp(prefix="kedja-certs.")
        cls.authority("ca")
        cls.authority("other")
        cls.certificate("good", "ca", "DNS:localhost,IP:127.0.0.1")
        cls.certificate("wrong", "ca", "DNS:mail.exempel.se")
        cls.certificate("stranger", "other", "DNS:localhost,IP:127.0.0.1")
        cls.certificate("expired", "ca", "DNS:localhost,IP:127.0.0.1", days="-1")
        with open(cls.file("password"), "w") as file:
            file.write("hemligt åäö\n")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.store)

    @classmethod
    def file(cls, name):
        return os.path.join(cls.store, name)

    @classmethod
    def openssl(cls, *arguments):
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, cwd=cls.store)

    @classmethod
    def authority(cls, name):
        cls.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                    "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")

    @classmethod
    def certificate(cls, name, authority, names, days="30"):
        with open(cls.file(f"{name}.ext"), "w") as file:
            file.write(f"subjectAltName={names}\n")
        cls.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                    "-keyout", f"{name}.key", "-out", f"{name}.csr")
        cls.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
                    "-CAcreateserial", "-days", days, "-extfile", f"{name}.ext", "-out", f"{name}.pem")

    def context(self, name):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.file(f"{name}.pem"), self.file(f"{name}.key"))
        return made

    def send(self, count=2, certificate="good", steps=None, extensions=(), password=None, host="localhost", env=None,
             batches=1, options=(), **changes):
        tls = self.context(certificate) if certificate else None
        settings = {"smtp_starttls": True, "smtp_ca_file": self.file("ca.pem"), "smtp_host": host}
        settings.update(changes)
        with Script(steps, tls=tls, extensions=extensions, password=password) as self.server:
            with Mailer(*options, env=env) as mailer:
                self.assertEqual(mailer.configure(**smtp_settings(self.server, **settings)), {"ready": True})
                for _ in range(batches):
                    self.heard = mailer.send([letter(i + 1) for i in range(count)])
            self.assertEqual(mailer.status, 0)
        return short(self.heard)

    def nothing_went_out(self, kind="tls"):
        self.assertEqual(short(self.heard), [(None, kind, None)], self.heard)
        self.assertNotIn("MAIL", self.server.verbs())
        self.assertEqual(self.server.seen, [])

    def test_good_certificate(self):
        self.assertEqual(self.send(5), [(i, "sent", 250) for i in range(1, 6)])
        self.assertEqual(self.server.server_names, ["localhost"])

    def test_good_certificate_for_an_address(self):
        self.assertEqual(self.send(host="127.0.0.1"), [(1, "sent", 250), (2, "sent", 250)])

    def test_many_sessions_in_one_process(self):
        self.assertEqual(self.send(1, batches=30), [(1, "sent", 250)])
        self.assertEqual(self.server.connections, 30)

    def test_bad_certificates(self):
        for certificate, word in (("stranger", "issuer"), ("wrong", "ostname"), ("expired", "expired")):
            self.send(certificate=certificate)
            self.nothing_went_out()
            self.assertIn(word, self.heard[0]["fault"])
        self.send(certificate="wrong", host="127.0.0.1")
        self.nothing_went_out()

    def test_not_trusted_by_the_system(self):
        self.send(smtp_ca_file="")
        self.nothing_went_out()

    def test_not_offered(self):
        self.send(certificate=None)
        self.nothing_went_out()
        self.assertIn("STARTTLS", self.heard[0]["fault"])
        self.send(certificate=None, steps={"EHLO": "502 5.5.1 what"})
        self.nothing_went_out()

    def test_refused_and_broken(self):
        for action in ("454 4.7.0 not now", DROP, ["220 begin", b"no handshake\r\n", DROP]):
            self.send(steps={"STARTTLS": action})
            self.nothing_went_out()

    def test_silent(self):
        def try_it(patience):
            self.send(steps={"STARTTLS": HANG}, options=["--patience", str(patience)])
            self.nothing_went_out()
        with_more_and_more(PATIENCES, try_it)

    def test_server_that_speaks_only_tls_1_3(self):
        made = self.context("good")
        made.minimum_version = ssl.TLSVersion.TLSv1_3
        self.context = lambda _name: made
        self.send()
        self.nothing_went_out()

    def test_answers_slipped_in_before_the_encryption(self):
        lie = b"250 a\r\n250 b\r\n250 c\r\n354 d\r\n250 e\r\n250 f\r\n"
        for steps in ({"STARTTLS": b"220 begin\r\n" + lie}, {"STARTTLS": b"220 begin\r\n250-half"}):
            self.send(steps=steps)
            self.nothing_went_out()
            self.assertIn("slips in", self.heard[0]["fault"])
        self.send(steps={"EHLO": b"250-script\r\n250 STARTTLS\r\n220 begin\r\n" + lie})
        self.nothing_went_out()

    def test_smtp_outcomes_within(self):
        self.assertEqual(self.send(3, steps={"RCPT 1": "550 5.1.1 no", "CONTENT 1": "250 nobody", "CONTENT 2": DROP}),
                         [(1, "refused", 550), (2, "unclear", 0), (3, "deferred", 0)])

    def login(self, mechanisms="PLAIN LOGIN", password=("kedja", "hemligt åäö"), **changes):
        made = {"smtp_user": "kedja", "smtp_password_file": self.file("password"), "password": password,
                "extensions": [f"AUTH {mechanisms}"]}
        made.update(changes)
        return self.send(**made)

    def test_login_good(self):
        for mechanisms in ("PLAIN LOGIN", "PLAIN", "LOGIN", "CRAM-MD5 LOGIN"):
            self.assertEqual(self.login(mechanisms), [(1, "sent", 250), (2, "sent", 250)], mechanisms)

    def test_login_from_the_credential(self):
        os.makedirs(self.path("credentials"))
        shutil.copy(self.file("password"), self.path("credentials/smtp-password"))
        env = {"CREDENTIALS_DIRECTORY": self.path("credentials")}
        self.assertEqual(self.login(smtp_password_file="", env=env), [(1, "sent", 250), (2, "sent", 250)])

    def test_login_bad(self):
        for mechanisms in ("PLAIN LOGIN", "PLAIN", "LOGIN"):
            self.login(mechanisms, password=("kedja", "other"))
            self.nothing_went_out("login")
            self.assertIn("535", self.heard[0]["fault"])
            self.assertEqual(self.server.verbs().count("AUTH"), 1)
            self.assertNotIn("hemligt", json.dumps(self.heard))

    def test_login_bad_and_answers_in_advance(self):
        well = b"250 a\r\n250 b\r\n354 c\r\n250 d\r\n" * 3
        self.login("PLAIN", steps={"AUTH": b"535 5.7.8 no\r\n" + well})
        self.nothing_went_out("login")

    def test_login_refused_otherwise(self):
        for action in ("504 5.5.4 not that", "454 4.7.0 later", "534 5.7.9 too weak", "538 5.7.11 encrypt"):
            self.login(steps={"AUTH": action})
            self.nothing_went_out("login")
            self.assertIn(action[:3], self.heard[0]["fault"])
        self.assertEqual(self.login(steps={"AUTH 1": "504 5.5.4 not that", "AUTH 2": "235 2.7.0 well"}),
                         [(1, "sent", 250), (2, "sent", 250)])

    def test_login_not_offered(self):
        for extensions in ([], ["AUTH CRAM-MD5"]):
            self.login(extensions=extensions)
            self.nothing_went_out("login")

    def test_password_never_goes_out_in_clear(self):
        self.login(certificate=None)
        self.nothing_went_out()
        self.assertNotIn("AUTH", self.server.verbs())

    def test_password_file(self):
        for content in ("", "\n", "x" * 256 + "\n"):
            with open(self.path("pw"), "w") as file:
                file.write(content)
            with Mailer() as mailer:
                heard = mailer.configure(transport="smtp", smtp_host="localhost", sender=SENDER, smtp_user="kedja",
                                         smtp_password_file=self.path("pw"), smtp_ca_file=self.file("ca.pem"))
                self.assertEqual(heard["kind"], "login")
        with open(self.path("pw"), "w") as file:
            file.write("x" * 255 + "\n")
        for mechanism in ("PLAIN", "LOGIN"):
            self.assertEqual(self.login(mechanism, password=("k" * 255, "x" * 255), smtp_user="k" * 255,
                                        smtp_password_file=self.path("pw")), [(1, "sent", 250), (2, "sent", 250)])


if __name__ == "__main__":
    unittest.main()
