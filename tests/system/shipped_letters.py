# SPDX-License-Identifier: EUPL-1.2
"""
The letter of every step of every shipped rule, in one language, against tests/golden/letters/.
Prints the first difference of each rule; exit 1 if there is one. After a wanted change
KEDJA_GOLDEN=write writes the files anew; read the difference before you believe it.

usage: shipped_letters.py KEDJACTL CONF LANGUAGE RULES.json
"""

import difflib
import json
import os
import pathlib
import re
import subprocess
import sys

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden" / "letters"
ANCHOR = "2027-03-01"
# Those who read letters report what is done; it is others who record it, at a shell.
NOT_FOR_READERS = re.compile(r"kedjactl|\bregistrera\b|\bregistrerar du\b|\brecord (it|the|that|what)\b", re.I)


def steps_of_rules(conf):
    """The names of the steps by rule, as they stand in the shipped files."""
    found = {}
    for path in sorted(pathlib.Path(conf, "rules.d").glob("*.conf")):
        if path.name.endswith(".test.conf"):
            continue
        rule = None
        for line in path.read_text(encoding="utf-8").splitlines():
            name = re.match(r'    name +\= "([a-z-]+)";', line)
            rule = name.group(1) if name else rule
            found.setdefault(rule, []).extend(re.findall(r'{ name = "([a-z-]+)"; +(?:at|after) ', line))
    return found


def letter(kedjactl, conf, language, rule, step):
    words = [kedjactl, "templates", "preview", rule, step, conf, "--language", language, "--anchor", ANCHOR]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        raise SystemExit(f"{rule} {step} {language}: {said.stderr}")
    return said.stdout


def compare(path, text):
    if os.environ.get("KEDJA_GOLDEN") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    golden = path.read_text(encoding="utf-8") if path.exists() else ""
    for line in difflib.unified_diff(golden.splitlines(), text.splitlines(), str(path), "now", lineterm="", n=1):
        print(line)
    return golden == text


def main():
    kedjactl, conf, language, listing = sys.argv[1:]
    with open(listing, encoding="utf-8") as file:
        rules = json.load(file)
    same = True
    by_rule = steps_of_rules(conf)
    for rule in rules:
        steps = by_rule[rule["name"]]
        assert len(steps) == rule["steps"], f"{rule['name']} has {rule['steps']} steps, not {steps}"
        text = "".join(
            f"==== {step}\n{letter(kedjactl, conf, language, rule['name'], step)}" for step in steps
        )
        found = NOT_FOR_READERS.search(" ".join(text.split()))
        if found:
            print(f"{rule['name']} asks for what readers cannot do: {found.group()}")
            same = False
        same = compare(GOLDEN / language / f"{rule['name']}.txt", text) and same
    names = {f"{rule['name']}.txt" for rule in rules}
    left = [path.name for path in (GOLDEN / language).glob("*.txt") if path.name not in names]
    if left:
        print("no rule any more:", *left)
    sys.exit(0 if same and not left else 1)


main()
