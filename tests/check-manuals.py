#!/usr/bin/python3
# SPDX-License-Identifier: EUPL-1.2
"""Holds the manuals to the code: each key of the rule language, of chain.conf and calendar.conf,
each fact, kind of event, field, method, parameter and option stands in its page, and the page has
none that the code does not have. One line for each breach, "file:line: what is wrong"; exit 1 if
there is one. Looks at the tree in the current folder; what is not there is not compared.

usage: tests/check-manuals.py [--write | --list] [BUILD]

BUILD is the folder of the programs (default: build). --write makes those parts of the pages anew
that are nothing but tables of the code: the facts and the kinds. --list tells what was compared.
"""

import glob
import os
import re
import subprocess
import sys

RULES = "rules/language/kedja-rules.5"
CHAIN = "conf/kedja-chain.5"
CALENDAR = "conf/kedja-calendar.5"
DAEMON = "daemon/kedjad.8"
RULE_TESTS = "rules/walk/kedja-rules-test.5"
TEMPLATES = "conf/kedja-templates.5"

# Tables of keys: where they are, their name in the code, the page, its heading, what they are.
# Without a heading the page only has to have an item for each, wherever that is.
KEYS = (
    ("rules/**/load*.c", "root_keys", RULES, "Keys of a file", "key of a rule file"),
    ("rules/**/load*.c", "rule_keys", RULES, "Keys of a rule", "key of a rule"),
    ("rules/**/load*.c", "step_keys", RULES, "Keys of a step", "key of a step"),
    ("rules/**/chain*.c", "top_keys", CHAIN, "Keys of the file", "key of chain.conf"),
    ("rules/**/chain*.c", "stage_keys", CHAIN, "Keys of a stage", "key of a stage"),
    ("rules/**/chain*.c", "role_keys", CHAIN, "Keys of a role", "key of a role"),
    ("rules/**/chain*.c", "list_keys", CHAIN, "Keys of a list", "key of a list"),
    ("rules/**/chain*.c", "code_keys", CHAIN, "Keys of a code", "key of a code"),
    ("rules/**/chain*.c", "kind_keys", CHAIN, "Keys of a kind", "key of a kind"),
    ("rules/**/chain*.c", "field_keys", CHAIN, "Keys of a field", "key of a field"),
    ("rules/**/calendar*.c", "root_keys", CALENDAR, "Keys of the file", "key of calendar.conf"),
    ("rules/**/calendar*.c", "holiday_keys", CALENDAR, "Keys of a holiday", "key of a holiday"),
    ("rules/**/calendar*.c", "closed_keys", CALENDAR, "Keys of a closing", "key of a closing"),
    ("rules/**/ruletest*.c", "root_keys", RULE_TESTS, None, "key of a file of rule tests"),
    ("rules/**/ruletest*.c", "test_keys", RULE_TESTS, None, "key of a rule test"),
)

# How the pages call the forms of values in rules/conf/confread.h and daemon/control/rpc.h.
FORMS = {
    "CONF_TEXT": "text", "CONF_NUMBER": "number", "CONF_FLAG": "true or false",
    "CONF_TEXTS": "list of texts", "CONF_GROUPS": "list of groups", "CONF_GROUP": "group",
    "CONF_TEXT_OR_TEXTS": "text or list of texts", "CONF_TEXT_OR_FLAG": "text, true or false",
    "PARAMETER_TEXT": "text", "PARAMETER_NUMBER": "number", "PARAMETER_FLAG": "true or false",
    "PARAMETER_DATE": "date", "PARAMETER_TIME": "time", "PARAMETER_ANY": "anything",
}

TYPES = {"VALUE_NUMBER": "number", "VALUE_DATE": "date", "VALUE_FLAG": "true or false",
         "VALUE_TEXT": "text"}

BEGIN = '.\\" Made from the code by tests/check-manuals.py --write: '
END = '.\\" End of what is made from the code.'

complaints = []
compared = []


def complain(path, line, text):
    complaints.append((path, line, text))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


# --- the code -------------------------------------------------------------------------------------

EXPANDED = {}
TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|[A-Za-z_]\w*|\d\w*|\S')


def expanded(path):
    """The file with its macros expanded, as the compiler sees it."""
    if path not in EXPANDED:
        command = [os.environ.get("CC") or "cc", "-E", "-P", "-I.", "-D_GNU_SOURCE", path]
        done = subprocess.run(command, capture_output=True, check=False)
        EXPANDED[path] = done.stdout.decode("utf-8", "replace")
        if done.returncode != 0:
            complain(path, 1, "cannot be expanded: " + " ".join(command))
    return EXPANDED[path]


def text_of(tokens):
    return "".join(re.sub(r"\\(.)", r"\1", token[1:-1]) for token in tokens)


def parse_value(tokens, at):
    """One value of an initializer, up to its comma or bracket: a list, a text, or words; what
    stands in round brackets is a cast or NULL. Returns it and where it ends."""
    found, words = None, []
    while tokens[at] not in (",", "}"):
        if tokens[at] == "(":
            depth = 0
            while True:
                depth += {"(": 1, ")": -1}.get(tokens[at], 0)
                at += 1
                if depth == 0:
                    break
        elif tokens[at] == "{":
            found, at = parse_list(tokens, at)
        else:
            words.append(tokens[at])
            at += 1
    if found is not None:
        return found, at
    if words and words[0].startswith('"'):
        return text_of(words), at
    return " ".join(words) or None, at


def parse_list(tokens, at):
    """From { to }: a list of values; one with names (.name = ...) becomes a dictionary."""
    values, named = [], {}
    at += 1
    while tokens[at] != "}":
        if tokens[at] == "." and tokens[at + 2] == "=":
            value, end = parse_value(tokens, at + 3)
            named[tokens[at + 1]] = value
        else:
            value, end = parse_value(tokens, at)
            values.append(value)
        at = end + 1 if tokens[end] == "," else end
    return named or values, at + 1


def is_end(row):
    return isinstance(row, list) and (not row or row[0] is None)


def table(path, name):
    """The rows of an array `name[] = { ... }`, without the row that ends it; None: not there."""
    text = expanded(path)
    match = re.search(r"\b" + name + r"\s*\[\s*\w*\s*\]\s*=\s*(?=\{)", text)
    if match is None:
        return None
    rows = parse_list(TOKEN.findall(text[match.end():]), 0)[0]
    return [row for row in rows if row is not None and not is_end(row)]


def holder(pattern, name):
    """The file among several that holds an array."""
    for path in sorted(glob.glob(pattern, recursive=True)):
        if re.search(r"\b" + name + r"\[\]\s*=", read(path)):
            return path
    return None


def needed(pattern, name):
    """A table that must be there when its files are."""
    path = holder(pattern, name)
    if path is None and glob.glob(pattern, recursive=True):
        complain(pattern, 1, f"has no table {name}: tests/check-manuals.py must follow")
    rows = table(path, name) if path is not None else None
    if path is not None and not rows:
        complain(path, 1, f"the table {name} cannot be read: tests/check-manuals.py must follow")
    return path, rows or []


def returned_words(path, function):
    """The texts that a function such as field_type_name() gives back."""
    match = re.search(r"\b" + function + r"\([^)]*\)\n\{(.*?)\n\}", read(path), re.DOTALL)
    return [word for word in re.findall(r'return "(\w+)"', match.group(1) if match else "")]


# --- the pages ------------------------------------------------------------------------------------

class Item:
    """An .It with what stands below it."""

    def __init__(self, words, line):
        self.words = words
        self.line = line
        self.body = []
        self.items = []
        name = words[1] if len(words) > 1 else ""
        self.name = name + "*" if words[2:3] == ["Ns"] else name
        self.form = " ".join(words[words.index("Pq") + 1:]) if "Pq" in words else ""


class Page:
    """The headings of a page with their lists."""

    def __init__(self, path):
        self.path = path
        self.lines = read(path).split("\n")
        self.heading_lines = {}
        self.items = {}  # by heading, the outermost ones
        self.every = []
        heading, lists = "", []
        for number, line in enumerate(self.lines, 1):
            words = line.split()
            macro = words[0] if words else ""
            if macro in (".Sh", ".Ss"):
                heading = " ".join(words[1:])
                self.heading_lines[heading] = number
            elif macro == ".Bl":
                lists.append(None)
            elif macro == ".El" and lists:
                lists.pop()
            elif macro == ".It" and lists:
                item = Item(words[1:], number)
                above = lists[-2] if len(lists) > 1 else None
                (above.items if above else self.items.setdefault(heading, [])).append(item)
                self.every.append(item)
                lists[-1] = item
            for item in lists if macro != ".It" else []:
                if item is not None:
                    item.body.append(line)


PAGES = {}


def page_at(path):
    if path not in PAGES:
        if not os.path.exists(path):
            complain(path, 1, "this manual page is missing")
            PAGES[path] = None
        else:
            PAGES[path] = Page(path)
    return PAGES[path]


def note(what, count):
    compared.append(f"{count} {what}")


def compare(page, heading, items, wanted, what):
    """The names of a list in a page against those of the code, both ways."""
    line = page.heading_lines.get(heading, 1)
    have = {}
    for item in items:
        if item.name in have:
            complain(page.path, item.line, f"the {what} {item.name} stands twice")
        have[item.name] = item
    for name in wanted:
        if name not in have:
            complain(page.path, line, f"lacks the {what} {name}")
    for name, item in have.items():
        if name not in wanted:
            complain(page.path, item.line, f"there is no {what} {name}")
    return have


# --- what is compared -----------------------------------------------------------------------------

def check_key(page, item, row, what):
    name, form, required = row[0], FORMS.get(row[1]), row[2] in ("1", "true")
    if form is None:
        complain(page.path, item.line, f"tests/check-manuals.py knows no words for {row[1]}")
        return
    wanted = form if required else form + ", optional"
    if item.form != wanted:
        complain(page.path, item.line, f"the {what} {name} is \"{wanted}\", not \"{item.form}\"")
    body = "\n".join(item.body)
    if not required and "Default:" not in body:
        complain(page.path, item.line, f"the {what} {name} may be left out: its default is missing")
    if not re.search(r"(?<![\w-])" + name + r"\s*=", body):
        complain(page.path, item.line, f"the {what} {name} has no example, \"{name} = ...\"")


def check_keys():
    known = set()
    for pattern, name, path, heading, what in KEYS:
        source, rows = needed(pattern, name)
        known.add((source, name))
        page = page_at(path) if rows else None
        if page is None:
            continue
        note(what, len(rows))
        if heading is None:
            for name in sorted({row[0] for row in rows} - {item.name for item in page.every}):
                complain(path, 1, f"lacks the {what} {name}")
            continue
        have = compare(page, heading, page.items.get(heading, []), [row[0] for row in rows], what)
        for row in rows:
            if row[0] in have:
                check_key(page, have[row[0]], row, what)
    for path in sorted(glob.glob("rules/**/*.c", recursive=True)):
        for match in re.finditer(r"\bstruct conf_key (\w+)\[\]\s*=", read(path)):
            if (path, match.group(1)) not in known:
                complain(path, read(path).count("\n", 0, match.start()) + 1,
                         f"the keys {match.group(1)} have no manual: see KEYS in "
                         "tests/check-manuals.py")


CHOICE = re.compile(r'\b(?:load_word\(\s*\w+|read_choice\(\s*\w+,\s*\w+),\s*"(\w+)",\s*(\w+)\)')


def choices(pattern):
    """The words that a key may have, by key, as the code asks for them."""
    found = {}
    for path in sorted(glob.glob(pattern, recursive=True)):
        text = read(path)
        for match in CHOICE.finditer(text):
            lists = re.findall(r"\bchar \*const " + match.group(2) + r"\[\]\s*=\s*\{(.*?)\}",
                               text[:match.start()], re.DOTALL)
            words = re.findall(r'"([^"]+)"', lists[-1]) if lists else []
            if match.group(1) == "type":
                words = returned_words("rules/kinds/kind.c", "field_type_name")
            if not words:
                complain(path, text.count("\n", 0, match.start()) + 1,
                         f"the words of {match.group(1)} cannot be read: "
                         "tests/check-manuals.py must follow")
            found.setdefault(match.group(1), []).extend(words)
    return found


def check_words():
    for pattern, path in (("rules/**/load*.c", RULES), ("rules/**/chain*.c", CHAIN)):
        found = choices(pattern)
        page = page_at(path) if found else None
        if page is None:
            continue
        for key, words in sorted(found.items()):
            items = [item for item in page.every if item.name == key and item.words[:1] == ["Ic"]]
            have = [inner for item in items for inner in item.items]
            line = items[0].line if items else 1
            for word in words:
                if word not in [inner.name for inner in have]:
                    complain(path, line, f"lacks the word {word} of {key}")
            for inner in have:
                if inner.name not in words:
                    complain(path, inner.line, f"{key} has no word {inner.name}")
        note(f"keys with words in {path}", len(found))


def check_condition_names():
    if not os.path.exists("rules/language/load_names.c"):
        return
    page = page_at(RULES)
    names = needed("rules/language/load_names.c", "extra_if")[1] + \
        needed("rules/language/load_names.c", "extra_while")[1]
    if page is not None:
        heading = "Names besides the facts"
        items = [item for item in page.items.get(heading, []) if not item.name.endswith("*")]
        compare(page, heading, items, names, "name in conditions")
        note("names in conditions", len(names))


def check_template_names():
    if not os.path.exists("daemon/letters/templates.c"):
        return
    page = page_at(TEMPLATES)
    of_item = needed("daemon/letters/serving.c", "item_names")[1]
    of_page = needed("daemon/letters/templates.c", "page_names")[1]
    words = [row[0] for row in table("daemon/letters/words.c", "rows")] + ["weekdays", "months"]
    parts = [row[0] for row in table("daemon/letters/templates.c", "part_rows")]
    if page is None:
        return
    for heading, names in (("Names of an item", of_item), ("Names of letter.html", of_page),
                           ("Keys of words.conf", words), ("The parts of a rule", parts)):
        items = [item for item in page.items.get(heading, []) if item.name not in ("event_FIELD", "as_ROLE")]
        compare(page, heading, items, names, "name in templates")
    note("names in templates", len(of_item) + len(of_page) + len(words))


def sentence(text):
    text = text[:1].upper() + text[1:]
    return text if text[-1] in ".?!" else text + "."


def fact_lines(subject, rows):
    lines = [".Bl -tag -width Ds"]
    for (name, whose, kind, codes, help_text), *_ in rows:
        if whose == subject:
            form = f"code of {codes}" if codes else TYPES.get(kind, kind)
            lines.append(f".It Ic {name} Pq {form}")
            lines.append(sentence(help_text))
    return lines + [".El"]


KEY_SAYS = {"KEY_ALLOWED": "It may have a key, the {}", "KEY_REQUIRED": "It has a key, the {}"}
CLASSES = {"CLASS_OPEN": "open", "CLASS_CASE": "case", "CLASS_SECRET": "secret",
           "CLASS_STAFF": "staff"}


def shown_to_cases():
    """The kinds of others that the facts of a case read (rules/language/sees.h)."""
    return {row[0] for row in needed("rules/facts/facts_case.c", "verbs")[1]}


def kind_says(kind, path):
    says = [sentence(kind["help"])]
    if kind.get("key") in KEY_SAYS:
        key = KEY_SAYS[kind["key"]].format(kind["key_means"])
        codes = table(path, kind["key_codes"]) if kind.get("key_codes") else []
        says.append(key + (": " + ", ".join(codes) if codes else "") + ".")
    if kind.get("may_lie_ahead") in ("1", "true"):
        says.append("It may lie ahead.")
    if kind["subject"] == "SUBJECT_PROGRAMME" and kind["name"] in shown_to_cases():
        says.append("The cases of the programme see it too.")
    if kind.get("is_virtual") in ("1", "true"):
        says.append("It follows from other events and is never recorded.")
    return says


def field_lines(fields):
    if not fields:
        return []
    lines = [".Bl -tag -width goals_short_ -compact"]
    for field in fields:
        codes, most, rank = field.get("codes"), field.get("most"), field["class"]
        form = field["type"].replace("FIELD_", "").lower() + (f" of {codes}" if codes else "")
        form += f" from {field['least'].rstrip('L')} to {most.rstrip('L')}" if most else ""
        optional = ", may be left out" if field.get("optional") in ("1", "true") else ""
        lines += [f".It Va {field['name']}",
                  f"{form}{optional}, {CLASSES.get(rank, rank)}: {field['help']}"]
    return lines + [".El"]


def kind_lines(subject, kinds, path):
    lines = [".Bl -tag -width Ds"]
    for kind in kinds:
        if kind["subject"] == subject:
            lines += [f".It Ic {kind['name']}"] + kind_says(kind, path)
            lines += field_lines(kind.get("fields"))
    return lines + [".El"]


def check_made(path, name, wanted, what, inner):
    """A part of a page that is made from the code: says what is missing and what is too much,
    or with --write mends it."""
    page = page_at(path)
    if page is None:
        return
    try:
        start = page.lines.index(BEGIN + name)
        end = page.lines.index(END, start)
    except ValueError:
        complain(path, 1, f"has no place for the {name}: a line '{BEGIN}{name}' and one '{END}'")
        return
    if WRITE:
        page.lines[start + 1:end] = wanted
        return
    have, outer = page.lines[start + 1:end], ""
    names = {}
    for lines, side in ((have, 0), (wanted, 1)):
        for number, line in enumerate(lines, start + 2):
            words = line.split()
            if words[:2] == [".It", "Ic"]:
                outer = words[2]
                names.setdefault((what, outer), {})[side] = number
            elif words[:2] == [".It", "Va"]:
                names.setdefault((inner, f"{words[2]} of {outer}"), {})[side] = number
    for (kind, what_it_is), sides in sorted(names.items()):
        if 0 not in sides:
            complain(path, start + 1, f"lacks the {kind} {what_it_is}: "
                     "tests/check-manuals.py --write")
        elif 1 not in sides:
            complain(path, sides[0], f"there is no {kind} {what_it_is}: "
                     "tests/check-manuals.py --write")
    if have != wanted and all(len(sides) == 2 for sides in names.values()):
        differ = [i for i, pair in enumerate(zip(have + [""], wanted + [""])) if pair[0] != pair[1]]
        complain(path, start + 2 + (differ or [0])[0],
                 f"the code says other things of the {name}: tests/check-manuals.py --write")
    note(name, sum(line.startswith(".It Ic") for line in wanted))


def check_facts():
    if not os.path.exists("rules/facts/facts_rows.c"):
        return
    rows = needed("rules/facts/facts_rows.c", "rows")[1]
    for subject, name in (("SUBJECT_CASE", "facts of a case"),
                          ("SUBJECT_PROGRAMME", "facts of a programme")):
        check_made(RULES, name, fact_lines(subject, rows), "fact", "")


def check_kinds():
    path = "rules/kinds/kind_table.c"
    if not os.path.exists(path):
        return
    kinds = needed(path, "kinds")[1]
    for subject, name in (("SUBJECT_STAFF", "kinds of staff"),
                          ("SUBJECT_PROGRAMME", "kinds of a programme"),
                          ("SUBJECT_CASE", "kinds of a case"), ("SUBJECT_ANY", "kinds of any")):
        check_made(CHAIN, name, kind_lines(subject, kinds, path), "kind", "field")


def check_fixed_lists():
    if not os.path.exists("rules/kinds/chain.c"):
        return
    page = page_at(CHAIN)
    lists = needed("rules/kinds/chain.c", "chain_fixed_lists")[1]
    if page is None:
        return
    heading = "Lists of the program"
    have = compare(page, heading, page.items.get(heading, []), [row[0] for row in lists], "list")
    for name, _, _, array in lists:
        if name in have:
            compare(page, heading, have[name].items, table("rules/kinds/chain.c", array),
                    f"code of the list {name}:")
    note("lists of the program", len(lists))


def check_parameters(page, heading, method, item, rows):
    have = compare(page, heading, item.items, [row[0] for row in rows], f"parameter of {method}:")
    for name, form, required, _ in rows:
        words = FORMS.get(form, form) + ("" if required in ("1", "true") else ", optional")
        if name in have and have[name].form != words:
            complain(page.path, have[name].line, f"the parameter {name} of {method} is \"{words}\","
                     f" not \"{have[name].form}\"")


def check_methods():
    path = "daemon/methods/table.c"
    if not os.path.exists(path):
        return
    page = page_at(DAEMON)
    rows = needed(path, "method_table")[1]
    if page is None:
        return
    heading = "Methods"
    have = compare(page, heading, page.items.get(heading, []), [row[0] for row in rows], "method")
    for name, _, _, _, parameters, any_shape, *_ in rows:
        if name in have and any_shape not in ("1", "true"):
            check_parameters(page, heading, name, have[name], table(path, parameters) or [])
    note("methods", len(rows))


def check_members():
    """What an event on the socket may have besides its fields."""
    path = "daemon/methods/event.c"
    if not os.path.exists(path):
        return
    text, page = read(path), page_at(DAEMON)
    match = re.search(r"\bis_of_the_event\b.*?\bnames\[\]\s*=\s*\{(.*?)\}", text, re.DOTALL)
    names = re.findall(r'"(\w+)"', match.group(1)) if match else []
    if not names:
        complain(path, 1, "the members of an event cannot be read: tests/check-manuals.py must "
                 "follow")
    names += re.findall(r'json_object_get\(\s*(?:call->parameters|asked),\s*"(\w+)"\)', text)
    if page is not None:
        heading = "Events on the socket"
        compare(page, heading, page.items.get(heading, []), sorted(set(names)),
                "member of an event")
        note("members of an event", len(set(names)))


def options_of_page(page):
    """`.It Fl c , -conf Ar dir`: c and -conf, with the line."""
    found = {}
    for item in page.every:
        if item.words[:1] == ["Fl"]:
            for word in item.words[1:]:
                if word in ("Ar", "Ns", "Op"):
                    break
                if word not in (",", "Fl"):
                    found[word] = item.line
    return found


def check_options(build):
    path = "daemon/start.c"
    if not os.path.exists(path):
        return
    page = page_at(DAEMON)
    rows = needed(path, "options")[1]
    wanted = {"-" + row[0] for row in rows}
    short = re.search(r'getopt_long\(\s*argc,\s*argv,\s*"([^"]*)"', read(path))
    wanted |= set(short.group(1).replace(":", "")) if short else set()
    program = os.path.join(build, "kedjad")
    if os.access(program, os.X_OK):
        said = subprocess.run([program, "--help"], capture_output=True, check=False, text=True)
        wanted |= set(re.findall(r"(?<![\w-])-(-[a-z][a-z-]+)", said.stdout))
    if page is None:
        return
    have = options_of_page(page)
    for option in sorted(wanted - set(have)):
        complain(DAEMON, 1, f"lacks the option -{option}")
    for option in sorted(set(have) - wanted):
        complain(DAEMON, have[option], f"kedjad has no option -{option}")
    note("options of kedjad", len(wanted))


def write_pages():
    for page in PAGES.values():
        if page is not None and "\n".join(page.lines) != read(page.path):
            with open(page.path, "w", encoding="utf-8") as file:
                file.write("\n".join(page.lines))
            print(f"{page.path}: written")


WRITE = "--write" in sys.argv[1:]


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    unknown = set(sys.argv[1:]) - set(words) - {"--write", "--list"}
    if unknown or len(words) > 1:
        sys.stderr.write(__doc__)
        return 2
    if WRITE:
        check_facts()
        check_kinds()
        write_pages()
    else:
        check_keys()
        check_words()
        check_condition_names()
        check_template_names()
        check_facts()
        check_kinds()
        check_fixed_lists()
        check_methods()
        check_members()
        check_options(words[0] if words else "build")
    if "--list" in sys.argv[1:]:
        print("\n".join(compared))
    for path, line, text in sorted(set(complaints)):
        print(f"{path}:{line}: {text}")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
