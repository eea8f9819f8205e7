#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Holds the C files and all texts of a tree to the rules of DEVELOPERS.md, as far as they can be
read off the files. One line for each breach, "file:line: what is wrong"; exit 1 if there is one.

usage: tests/check-code.py [FOLDER]     default: the current one
"""

import glob
import os
import re
import sys

LONGEST_FUNCTION = 70
LONGEST_TEST = 120  # a test may show its table of cases
LONGEST_FILE = 600

CLOCK = """time clock_gettime gettimeofday clock localtime localtime_r gmtime gmtime_r mktime timegm
    strftime strptime ctime ctime_r asctime asctime_r difftime tzset ftime times""".split()
SLEEP = "sleep usleep nanosleep clock_nanosleep".split()
IO = """fopen fdopen freopen open openat creat read write pread pwrite close socket sendto recvfrom
    printf vprintf fprintf vfprintf dprintf puts fputs putc
    fputc putchar fwrite fread fgets getline perror syslog getenv setenv setlocale opendir readdir
    stat lstat fstat unlink rename mkdir fork execv execve posix_spawn pipe ioctl mmap
    sqlite3_open sqlite3_open_v2 config_read_file config_write_file config_set_include_dir
    log_error log_warning log_notice log_debug""".split()
BANNED = """strcpy stpcpy strcat strncpy strncat sprintf vsprintf gets scanf strtok
    atoi atol atoll atof system popen alloca tmpnam tempnam mktemp rand srand random srandom
    strdupa bzero bcopy""".split()
# mem.c says why the process ends; that is the one thing the thinking ever writes.
PURE_EXCEPT = {"rules/base/mem.c": {"fputs"}}
PURE_HEADERS = """time.h sys/time.h unistd.h fcntl.h sys/socket.h sys/stat.h locale.h syslog.h
    pthread.h threads.h sys/un.h dirent.h poll.h""".split()
SQL_CLOCK = re.compile(r"'now'|\bCURRENT_(?:TIMESTAMP|DATE|TIME)\b", re.IGNORECASE)

BLANKS = r'(?:\s|"\s*")+'  # a text in quotes may go on in the next line

complaints = []


def complain(path, line, text):
    complaints.append((path, line, text))


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def find(*patterns):
    return sorted({path for pattern in patterns for path in glob.glob(pattern, recursive=True)})


TOKEN = re.compile(r"""/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.DOTALL)


def blank(text, strings=True):
    """The code alone: comments, and texts in quotes, become spaces; lines stay where they are."""
    def replace(match):
        token = match.group(0)
        if token[0] in "\"'" and not strings:
            return token
        inner = re.sub(r"[^\n]", " ", token[1:-1])
        return token[0] + inner + token[-1] if token[0] in "\"'" else re.sub(r"[^\n]", " ", token)
    return TOKEN.sub(replace, text)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def lies_in(module, place):
    """Is it that module, or one of that room or of a room within it?"""
    return module == place or module.startswith(place + "/")


PICTURE = "DEVELOPERS.md"


def check_picture(path):
    """DEVELOPERS.md shows the floors, the top one first, in a block that begins with ```floors."""
    floors = [re.sub(r"\s+", " ", line[len("floor "):].replace("#", "")).strip()
              for line in read(path).splitlines() if line.startswith("floor ")]
    if not os.path.exists(PICTURE):
        return
    text = read(PICTURE)
    block = re.search(r"^```floors\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    if block is None:
        complain(PICTURE, 1, f"shows no picture of the floors of {path} (```floors)")
        return
    shown = [re.sub(r"\s+", " ", line).strip() for line in block.group(1).splitlines()
             if line.strip("-| \t")]
    for number, (mine, theirs) in enumerate(zip(shown, reversed(floors))):
        if mine != theirs:
            complain(PICTURE, line_of(text, block.start(1)) + number, f'the floor here is "{theirs}"')
            return
    for match in re.finditer(r"`((?:rules|daemon|conf|contrib|tests)/[\w./-]+)`", text):
        if not os.path.exists(match.group(1)):
            complain(PICTURE, line_of(text, match.start()), f"there is no {match.group(1)}")
    if len(shown) != len(floors):
        complain(PICTURE, line_of(text, block.start(1)), f"{len(shown)} floors, {path} has {len(floors)}")


class Layers:
    """tests/layers.txt: `floor` lines from the lowest up; `apart`, `library`, `callers`, `obeys` lines."""

    def __init__(self, path):
        self.floors = []  # (pattern, number)
        self.apart = []
        self.libraries = []  # (header prefix, patterns)
        self.callers = []  # (function, modules, number)
        self.obeys = []  # rooms
        self.path = path
        for number, line in enumerate(read(path).splitlines(), 1):
            words = line.split("#")[0].split()
            if not words:
                continue
            if words[0] == "floor":
                self.floors += [(word, number) for word in words[1:]]
            elif words[0] == "apart":
                self.apart.append(words[1:])
            elif words[0] == "library" and len(words) > 2:
                self.libraries.append((words[1], words[2:]))
            elif words[0] == "callers" and len(words) > 1:
                self.callers.append((words[1], words[2:], number))
            elif words[0] == "obeys":
                self.obeys += words[1:]
            else:
                complain(path, number, "neither floor, apart, library, callers nor obeys")

    def floor(self, module):
        """The floor of a module: its own name before its room, an inner room before an outer."""
        fits = [(len(p) + (1000 if p == module else 0), n) for p, n in self.floors
                if lies_in(module, p)]
        return max(fits)[1] if fits else None


def check_include(layers, path, line, header):
    module, target = os.path.splitext(path)[0], os.path.splitext(header)[0]
    if not os.path.exists(header):
        complain(path, line, f'"{header}" is not there; write includes with their folder')
        return
    if path.startswith("rules/") and header.startswith("daemon/"):
        complain(path, line, f'rules/ never includes daemon/: "{header}"')
        return
    if target.endswith("_own") and os.path.dirname(target) != os.path.dirname(module):
        complain(path, line, f'"{header}" is for the files of one module in {os.path.dirname(target)}')
    mine, other = layers.floor(module), layers.floor(target)
    if mine is None or other is None:
        return  # told once, for the module itself
    if other > mine:
        complain(path, line, f'"{header}" is of a higher floor than {module}')
    for folders in layers.apart:
        home = [f for f in folders if path.startswith(f + "/")]
        away = [f for f in folders if header.startswith(f + "/")]
        if home and away and home != away:
            complain(path, line, f'{home[0]} and {away[0]} stay apart: "{header}"')


def check_library(layers, path, line, header):
    for prefix, patterns in layers.libraries:
        if header.startswith(prefix) and not any(
                lies_in(os.path.splitext(path)[0], p) for p in patterns):
            complain(path, line, f"<{header}> is for {' '.join(patterns)} alone")
    if path.startswith("rules/") and header in PURE_HEADERS:
        complain(path, line, f"rules/ is pure: no <{header}>")


def check_includes(layers, path, text):
    if layers.floor(os.path.splitext(path)[0]) is None:
        complain(path, 1, f"has no floor in {layers.path}")
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<([^>]+)>)',
                             blank(text, strings=False), re.MULTILINE):
        line = line_of(text, match.start())
        if match.group(1):
            check_include(layers, path, line, match.group(1))
        else:
            check_library(layers, path, line, match.group(2))


def check_floors_exist(layers):
    modules = {os.path.splitext(path)[0] for path in find("rules/**/*.[ch]", "daemon/**/*.[ch]")}
    for pattern, number in layers.floors:
        if not any(lies_in(module, pattern) for module in modules):
            complain(layers.path, number, f"there is no {pattern}")


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.MULTILINE)
FUNCTION = re.compile(r"^(?!static\b)[A-Za-z_][\w \t*]*?[ *](\w+)\([^;{}]*\)\s*\n\{", re.MULTILINE)
TABLE = re.compile(r"^(?!static\b|extern\b|typedef\b)[a-z][\w \t*]*?[ *](\w+)(?:\[[^\]\n]*\])*\s*=",
                   re.MULTILINE)


def headers_seen(path, texts, seen=None):
    """All that a file includes, and what that includes."""
    seen = set() if seen is None else seen
    for header in INCLUDE.findall(blank(texts[path], strings=False)):
        if header in texts and header not in seen:
            seen.add(header)
            headers_seen(header, texts, seen)
    return seen


def uses_of(texts):
    """{file: {other file: names of it that the first uses}}, of the .c files."""
    codes = {path: blank(text) for path, text in texts.items()}
    home, told = {}, {}
    for path, code in codes.items():
        if path.endswith(".c"):
            home.update((name, path) for pattern in (FUNCTION, TABLE) for name in pattern.findall(code)
                        if name != "main")
        else:
            for name in re.findall(r"\w+", code):
                told.setdefault(name, set()).add(path)
    uses = {}
    for path, code in codes.items():
        if not path.endswith(".c"):
            continue
        headers = headers_seen(path, texts)
        uses[path] = {}
        for name in set(re.findall(r"(?<![\w.>])(?<!struct )(?<!enum )[A-Za-z_]\w*", code)):
            if home.get(name, path) != path and told.get(name, set()) & headers:
                uses[path].setdefault(home[name], set()).add(name)
    return uses


def rings_of(uses):
    """Groups of files each of which reaches all others (Tarjan)."""
    index, low, stack, rings = {}, {}, [], []

    def visit(path):
        index[path] = low[path] = len(index)
        stack.append(path)
        for other in uses[path]:
            if other not in index:
                visit(other)
            if other in stack:
                low[path] = min(low[path], low[other])
        if low[path] == index[path]:
            ring = [stack.pop()]
            while ring[-1] != path:
                ring.append(stack.pop())
            if len(ring) > 1:
                rings.append(sorted(ring))

    for path in uses:
        if path not in index:
            visit(path)
    return rings


def check_circles(texts):
    """Files that call each other in a ring cannot be read one after the other."""
    uses = uses_of(texts)
    for ring in rings_of(uses):
        ties = [f"{path} -> {other} ({', '.join(sorted(uses[path][other])[:3])})"
                for path in ring for other in sorted(uses[path]) if other in ring]
        complain(ring[0], 1, f"a circle of {len(ring)} files: {'; '.join(ties)}")


def check_callers(layers, texts):
    """What decides is asked by those who are listed, and by its own room; who is listed does ask."""
    codes = {path: blank(text) for path, text in texts.items() if path.endswith(".c")}
    home = {name: path for path, code in codes.items() for name in FUNCTION.findall(code)}
    for name, modules, number in layers.callers:
        if name not in home:
            complain(layers.path, number, f"there is no function {name}")
            continue
        asking = set()
        for path, code in codes.items():
            calls = [match.start() for match in re.finditer(rf"(?<![\w.>]){name}\b", code)]
            if not calls or os.path.dirname(path) == os.path.dirname(home[name]):
                continue
            asking.add(os.path.splitext(path)[0])
            if os.path.splitext(path)[0] not in modules:
                complain(path, line_of(code, calls[0]),
                         f"{name}: decides what is said; {layers.path} lists who asks it")
        for module in modules:
            if module not in asking:
                complain(layers.path, number, f"{module} does not call {name}")


# What somebody would write who decides for himself whether a step goes, has gone, or who sees an event.
OF_THE_ENGINE = r"\w*(?:step|planned|deadline|told|telling|next|gone|held)\w*(?:\[[^\]]*\])?(?:->|\.)"
HOURS = r"(?:at|day|due|known|ended|until|wake|next_at|repetition)"
ORDER = r"(?:<=?|(?<!-)>=?)"
OWN_VERDICTS = [
    (re.compile(rf"\b{OF_THE_ENGINE}(?:\w+(?:->|\.))*{HOURS}\s*(?:{ORDER}|[!=]=\s*[\w(>.-]*(?:now|today))"
                rf"|(?:{ORDER}|(?:now|today)\w*\)*\s*[!=]=)\s*{OF_THE_ENGINE}(?:\w+(?:->|\.))*{HOURS}\b(?!->|\.|\()"),
     "compares an hour or a day of a deadline: ask the engine (rules/plan/telling.h)"),
    (re.compile(r"\bstrn?cmp\s*\([^;]*\bkind->name\b|\bkind->name\s*\[|\b(?:event|voided)->kind\s*[!=]=(?!\s*NULL)"),
     "compares a kind: that is for rules/kinds, rules/facts and rules/language"),
]
FIRED = re.compile(rf"\b(?:FROM|JOIN|INTO|UPDATE){BLANKS}firing\b", re.IGNORECASE)


def check_own_verdicts(layers, path, code, text):
    if not any(lies_in(os.path.splitext(path)[0], room) for room in layers.obeys):
        return
    for pattern, why in OWN_VERDICTS:
        for match in pattern.finditer(code):
            complain(path, line_of(code, match.start()), why)
    for match in FIRED.finditer(blank_comments(text)):
        complain(path, line_of(text, match.start()), "reads what has fired: daemon/store/said.h tells the engine")


def check_calls(path, code, names, why):
    for match in re.finditer(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(", code):
        complain(path, line_of(code, match.start()), f"{match.group(1)}(): {why}")


def check_forbidden_calls(path, code, text):
    check_calls(path, code, BANNED, "not used in this project; there is a safer way")
    if path.startswith("rules/"):
        names = set(CLOCK + SLEEP + IO) - PURE_EXCEPT.get(path, set())
        check_calls(path, code, sorted(names), "rules/ is pure: no clock, no I/O, no logging")
    if path.startswith("daemon/") and path != "daemon/base/clock.c":
        check_calls(path, code, CLOCK, "daemon/base/clock.c is the only caller of the time functions")
        for match in SQL_CLOCK.finditer(blank_comments(text)):
            complain(path, line_of(text, match.start()), "SQLite's clock: ask daemon/base/clock.c")
    if path.startswith("daemon/") and not path.startswith(("daemon/mailer/", "daemon/ctl/")):
        check_calls(path, code, SLEEP, "the loop never waits")


# Tables with one owner: whoever else wants a row changed calls a verb of it.
OWNERS = {"notice": "daemon/store/notice.c", "notice_history": "daemon/store/notice.c",
          "message": "daemon/store/message.c", "message_history": "daemon/store/message.c"}
SQL_WRITES = re.compile(rf"\b(?:INSERT(?:{BLANKS}OR{BLANKS}\w+)?{BLANKS}INTO|REPLACE{BLANKS}INTO"
                        rf"|UPDATE(?:{BLANKS}OR{BLANKS}\w+)?|DELETE{BLANKS}FROM){BLANKS}(\w+)", re.IGNORECASE)


def check_owners(path, text):
    for match in SQL_WRITES.finditer(blank_comments(text)):
        owner = OWNERS.get(match.group(1).lower(), path)
        if path != owner:
            complain(path, line_of(text, match.start()), f"writes {match.group(1)}: that is for {owner} alone")


def blank_comments(text):
    return blank(text, strings=False)


def check_defaults(path, code, text):
    """An enum's switch names every value. Others may say `default:`, with the reason beside it."""
    lines, raw = code.split("\n"), text.split("\n")
    for number, line in enumerate(lines, 1):
        if not re.match(r"\s*default\s*:", line):
            continue
        above = raw[number - 2].strip() if number > 1 else ""
        if "/*" not in raw[number - 1] and not (above.endswith("*/") or above.startswith("//")):
            complain(path, number, "default: without a reason beside it; an enum's switch has none")


def check_lengths(path, code):
    start = None
    most = LONGEST_TEST if path.startswith("tests/") else LONGEST_FUNCTION
    lines = code.split("\n")
    for number, line in enumerate(lines, 1):
        if line.startswith("{"):
            start = number
        elif line.startswith("}") and start is not None:
            if number - start - 1 > most:
                complain(path, start, f"a function of {number - start - 1} lines, over {most}")
            start = None
    if not path.startswith("tests/") and len(lines) - 1 > LONGEST_FILE:
        complain(path, LONGEST_FILE, f"a file of {len(lines) - 1} lines, over {LONGEST_FILE}")


UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
ELSEWHERE = re.compile(r"(?<![\w./-])/(?:home|root|work|Users)/|(?<![\w/])(?<!\.\./)\bshared/"
                       r"|\.\./shared/(?!samples)")
HOSTS = re.compile(r"\b(?:deb|security|packages|snapshot)\.deb" r"ian\.org|\bpypi\.|\bgithub\.com")


def check_text(path, text):
    if text and not text.endswith("\n"):
        complain(path, text.count("\n") + 1, "the last line has no end")
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip() and not path.endswith(".eml"):
            complain(path, number, "white space at the end of the line")
        if UNFINISHED.search(line):
            complain(path, number, "unfinished: do it, or write it down elsewhere")
        if ELSEWHERE.search(line):
            complain(path, number, "a path of somebody's own machine")
        if HOSTS.search(line):
            complain(path, number, "names a host that packages come from")


TEXTS = (".c .h .py .sh .bats .conf .txt .tab .md .service .sysusers .tmpfiles .supp .csv"
         " .mustache .1 .5 .8").split()


def text_files():
    named = [path for path in find("**/*", ".ci/*", ".clang-format", ".gitignore")
             if os.path.isfile(path) and not path.startswith("build/")]
    for path in named:
        plain = os.path.splitext(path)[1] in TEXTS or "." not in os.path.basename(path)[1:]
        # Seeds and samples of bad input are what they are.
        if plain and "/seeds/" not in path and "/bad/" not in path:
            yield path


LICENCE = "SPDX-License-Identifier: EUPL-1.2"
SOURCES = re.compile(r"(?:\.(?:c|h|py|sh|bats|bash|service|sysusers|tmpfiles|[1-9])|^Makefile)$")
OF_OTHERS = re.compile(r"^(?:build|tests/(?:golden|lint|payments|tables)|.*/(?:seeds|bad))/")


def check_licence():
    """Where there is a licence, each source file names it: in its first line, or right after "#!"."""
    if not os.path.exists("LICENSE"):
        return
    for path in find("**/*", ".ci/*"):
        if OF_OTHERS.search(path) or not os.path.isfile(path):
            continue
        lines = read(path).split("\n")[:2]
        is_script = lines[0].startswith("#!")
        if (is_script or SOURCES.search(path)) and LICENCE not in lines[1 if is_script else 0]:
            complain(path, 1, f"does not say {LICENCE}")


ROOT = set(""".ci .clang-format .gitignore CHANGELOG.md DEVELOPERS.md LICENSE Makefile README.md conf contrib
    daemon rules tests""".split())


def check_root():
    """The hall is kept free: what lies in the root is on the list, or git is told to pass it over."""
    passed_over = [".git"]
    if os.path.exists(".gitignore"):
        passed_over += [line.strip().strip("/") for line in read(".gitignore").splitlines() if line.strip()]
    for name in sorted(set(os.listdir()) - ROOT):
        if name not in passed_over:
            complain(name, 1, "does not belong in the root; what does is listed in tests/check-code.py")


def main():
    if len(sys.argv) > 1:
        os.chdir(sys.argv[1])
    layers = Layers("tests/layers.txt")
    check_floors_exist(layers)
    check_picture(layers.path)
    sources = {path: read(path) for path in find("rules/**/*.[ch]", "daemon/**/*.[ch]")}
    check_circles(sources)
    check_callers(layers, sources)
    for path in find("rules/**/*.[ch]", "daemon/**/*.[ch]", "tests/**/*.[ch]"):
        text = sources.get(path) or read(path)
        code = blank(text)
        if not path.startswith("tests/"):
            check_includes(layers, path, text)
            check_forbidden_calls(path, code, text)
            check_owners(path, text)
            check_own_verdicts(layers, path, code, text)
        check_defaults(path, code, text)
        check_lengths(path, code)
    for path in text_files():
        check_text(path, read(path))
    check_root()
    check_licence()
    for path, line, text in sorted(complaints):
        print(f"{path}:{line}: {text}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
