#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Are the shipped rules really tested? In a copy, each number of each rule is changed by one, up
and down, one at a time; the tests that lie beside the rule must fail.

usage: tests/mutants.py [--least PERCENT] [RULE FILE...]      default: all of conf/rules.d/

A mutant that `kedjactl rules check` refuses is no mutant. One that every test lets pass survives
and is named, with its file and line. The last line says how many were caught; exit 1 if that is
less than the least (95 percent), or if there was nothing to change. KEDJACTL or BUILD say which
kedjactl.
"""

import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
AT_ONCE = 2
COMMENT = re.compile(r'"(?:\\.|[^"\\])*"|#[^\n]*|//[^\n]*|/\*.*?\*/', re.DOTALL)
# Words for people, and identity: no number in them decides a day.
NAMES = re.compile(r'\b(?:name|title|was|help)\s*=\s*"(?:\\.|[^"\\])*"')
DURATION = re.compile(r"-?\bP(?:\d+[YMWD])+\b")
NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")
DIGITS = re.compile(r"\d+")


def hide(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def numbers_in(text):
    """Where the numbers of the rules stand: (from, to), in the order of the text."""
    code = COMMENT.sub(lambda m: m.group(0) if m.group(0)[0] == '"' else hide(m), text)
    code = NAMES.sub(hide, code)
    found = {match.span() for match in NUMBER.finditer(code)}
    for duration in DURATION.finditer(code):
        for digits in DIGITS.finditer(duration.group(0)):
            found.add((duration.start() + digits.start(), duration.start() + digits.end()))
    return sorted(found)


def mutants_of(path):
    """(text, line, what was changed) for each change."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for start, end in numbers_in(text):
        old = text[start:end]
        for new in (int(old) + 1, int(old) - 1):
            if new < 0:
                continue
            changed = str(new).zfill(len(old))
            line_start = text.rfind("\n", 0, start) + 1
            line_end = text.find("\n", end)
            line = text[line_start:start] + f"[{old} -> {changed}]" + text[end:line_end]
            yield (text[:start] + changed + text[end:], text.count("\n", 0, start) + 1,
                   " ".join(line.split()))


def run(*words):
    return subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)


def link_all(folder, copy):
    """A copy whose entries are links; to a folder that was linked, one of its own."""
    if os.path.islink(copy):
        os.unlink(copy)
    os.mkdir(copy)
    for name in os.listdir(folder):
        os.symlink(os.path.join(os.path.abspath(folder), name), os.path.join(copy, name))


def try_mutant(kedjactl, conf, path, mutant):
    """What became of it: "caught", "survived" or "refused"."""
    text, line, change = mutant
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "conf")
        changed = os.path.join(copy, "rules.d", os.path.basename(path))
        link_all(conf, copy)
        link_all(os.path.join(conf, "rules.d"), os.path.join(copy, "rules.d"))
        os.unlink(changed)
        with open(changed, "w", encoding="utf-8") as file:
            file.write(text)
        if run(kedjactl, "rules", "check", copy).returncode != 0:
            return "refused", path, line, change
        beside = os.path.join(copy, "rules.d",
                              os.path.basename(path).replace(".conf", ".test.conf"))
        if not os.path.exists(beside):
            return "survived", path, line, change
        passed = run(kedjactl, "rules", "test", copy, beside).returncode == 0
        return "survived" if passed else "caught", path, line, change


def read_words(words):
    least = 95.0
    if words[:1] == ["--least"] and len(words) > 1:
        least = float(words[1])
        words = words[2:]
    return least, [os.path.abspath(word) for word in words]


def main():
    if sys.argv[1:2] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 0
    least, paths = read_words(sys.argv[1:])
    kedjactl = os.path.abspath(os.environ.get(
        "KEDJACTL", os.path.join(os.environ.get("BUILD", os.path.join(ROOT, "build")), "kedjactl")))
    paths = paths or sorted(path for path in glob.glob(os.path.join(ROOT, "conf/rules.d/*.conf"))
                            if not path.endswith(".test.conf"))
    conf = os.path.dirname(os.path.dirname(paths[0])) if paths else ""
    if not paths or run(kedjactl, "rules", "test", conf).returncode != 0:
        print("mutants: first let kedjactl rules test pass")
        return 1
    caught = total = 0
    work = [(path, mutant) for path in paths for mutant in mutants_of(path)]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        tried = pool.map(lambda pair: try_mutant(kedjactl, conf, *pair), work)
        for verdict, path, line, change in tried:
            if verdict == "refused":
                continue
            total += 1
            caught += verdict == "caught"
            if verdict == "survived":
                print(f"survived: {os.path.relpath(path)}:{line}: {change}")
    share = 100.0 * caught / total if total else 0.0
    print(f"{caught} of {total} mutants caught, {share:.1f} percent")
    return 0 if total and share >= least else 1


if __name__ == "__main__":
    sys.exit(main())
