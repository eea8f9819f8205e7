# SPDX-License-Identifier: EUPL-1.2
"""Letters, read back from their text and page as somebody reads them, by nothing but what stands
there: what may not stand twice, how long lines are, and which reminder each line is.

    letter_shape.py letters FILE          a letter a line, as JSON: text, html, language, items
    letter_shape.py demo FOLDER           the letters of a demonstration, with its notices

What is held against all of them:

- No sentence of more than 40 characters stands twice, in the text or on the page, when references,
  keys, names, numbers and days are one mark. Headings, lines of cases and cells of tables are
  exempt.
- A line of a case has at most 76 characters, and so has every line.
- Every reminder is found by its number, case, what to do and day.
"""

import collections
import datetime
import email
import email.policy
import html.parser
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
COLUMNS = 76
REPEATABLE = 40

MONTHS = {
    "sv": "januari februari mars april maj juni juli augusti september oktober november december".split(),
    "en": "January February March April May June July August September October November December".split(),
}
WEEKDAYS = {
    "sv": "måndag tisdag onsdag torsdag fredag lördag söndag".split(),
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
}
DAY = {
    "sv": re.compile(r"\b(?:" + "|".join(WEEKDAYS["sv"]) + r")(?:en den)? (\d+) ("
                     + "|".join(MONTHS["sv"]) + r")(?: (\d{4}))?"),
    "en": re.compile(r"\b(?:" + "|".join(WEEKDAYS["en"]) + r") (\d+) (" + "|".join(MONTHS["en"]) + r")(?: (\d{4}))?"),
}
MONTH = {lang: re.compile(r"\b(" + "|".join(names) + r") \d{4}") for lang, names in MONTHS.items()}
NUMBERED = re.compile(r"^( *)(\d{1,4})\. (.*)$")
IN = {"sv": r" i (?:ärende )?", "en": r" in (?:case )?"}


class Complaint(Exception):
    pass


# --- what is the same when names and days are not looked at ----------------------------------------

def masked(text, language, names):
    text = " ".join(text.split())
    for name in sorted(names, key=len, reverse=True):
        if name:
            text = text.replace(name, "#")
    text = DAY[language].sub("#", text)
    text = MONTH[language].sub("#", text)
    text = re.sub(r"\d+(?:(?:–|, |[.:])\d+)*", "#", text)
    return text


def sentences(paragraph):
    """A full stop behind an abbreviation ends none."""
    whole = re.sub(r"\b(kap|kl|nr|no|t\.ex|bl\.a)\. ", r"\1.~", " ".join(paragraph.split()))
    return [part.replace("~", " ") for part in re.split(r"(?<=[.?!])\)? ", whole) if part]


def said_twice(paragraphs, language, names):
    seen = collections.Counter(
        masked(one, language, names) for paragraph in paragraphs for one in sentences(paragraph))
    return [text for text, count in seen.items() if count > 1 and len(text) > REPEATABLE]


# --- the text ---------------------------------------------------------------------------------------

class Text:
    """Its paragraphs, numbered lines with the heading that they stand under, and rows of tables."""

    def __init__(self, text, language):
        self.language = language
        self.paragraphs = []
        self.lines = {}  # number -> (heading or None, what stands on the line)
        self.wide = [line for line in text.splitlines() if len(line) > COLUMNS]
        found = [NUMBERED.match(line) for line in text.splitlines()]
        # numbers stand right below each other; a year at the head of a line does not
        self.room = min((len(m.group(1)) + len(m.group(2)) for m in found if m), default=0)
        self.read([line.rstrip() for line in text.splitlines()])

    def columns(self, line):
        """Where the columns of a table begin, if this is its head; else None."""
        heads = {"sv": r"(?:Nr|Dag)  ", "en": r"(?:No\.|Day)  "}[self.language]
        if not re.match(heads, line):
            return None
        return [match.start() for match in re.finditer(r"(?:(?<=  )|^)\S", line)]

    def read_table(self, lines, at, starts):
        """Rows of cells; a line whose first cell is empty goes on with the row above it."""
        ends = starts[1:] + [None]
        heads = [lines[at][a:b].strip() for a, b in zip(starts, ends)]
        rows, at = [], at + 1
        while at < len(lines) and lines[at]:
            cells = [lines[at][a:b].strip() for a, b in zip(starts, ends)]
            if cells[0] and not (rows and not re.match(r"\d", cells[0]) and heads[0] in ("Nr", "No.")):
                rows.append(cells)
            else:
                rows[-1] = [" ".join((was + " " + more).split()) for was, more in zip(rows[-1], cells)]
            at += 1
        if heads[0] in ("Nr", "No.") and len(heads) == 4 and re.fullmatch(r"\d+", rows[0][0]):
            for number, day, what, case in rows:
                self.lines[int(number)] = (what, f"{case}, {day}")
        return at

    def is_numbered(self, line):
        match = NUMBERED.match(line)
        return match is not None and len(match.group(1)) + len(match.group(2)) == self.room

    def read_numbered(self, lines, at):
        """The line and what hangs under it at the same place."""
        indent, number, text = NUMBERED.match(lines[at]).groups()
        hang = len(indent) + len(number) + 2
        return int(number), text, hang, at + 1

    def read(self, lines):
        at, heading = 0, None
        while at < len(lines):
            line = lines[at]
            starts = self.columns(line)
            if not line:
                heading = None
                at += 1
            elif starts is not None:
                at = self.read_table(lines, at, starts)
            elif self.is_numbered(line):
                at = self.read_case(lines, at, heading)
            else:
                at, heading = self.read_paragraph(lines, at)

    def read_case(self, lines, at, heading):
        number, text, hang, at = self.read_numbered(lines, at)
        if number in self.lines:
            raise Complaint(f"number {number} stands twice")
        if heading is not None or re.match(r"(?:Ärende|Case|Verksamheten|The programme) ", text):
            # a case of several; what hangs below it belongs to its line
            below = []
            while at < len(lines) and lines[at].startswith(" " * (hang + 2)):
                below.append(lines[at].strip())
                at += 1
            self.lines[number] = (heading, ", ".join([text, *below]))
            return at
        # one of its own: the sentence goes on until its full stop
        while not text.endswith(".") and at < len(lines) and lines[at].startswith(" " * hang):
            text += " " + lines[at].strip()
            at += 1
        self.lines[number] = (None, text.rstrip("."))
        return at

    def read_paragraph(self, lines, at):
        first = at
        while at < len(lines) and lines[at] and not self.is_numbered(lines[at]) and \
                self.columns(lines[at]) is None and (at == first or not lines[at].startswith("- ")):
            at += 1
        text = " ".join(lines[first:at])
        if at < len(lines) and self.is_numbered(lines[at]):
            return at, text  # a matter's heading
        if not text.lstrip().startswith("- "):
            self.paragraphs.append(text)
        return at, None


# --- the page ---------------------------------------------------------------------------------------

class Page(html.parser.HTMLParser):
    """Its paragraphs, but for headings, lines of cases and tables."""

    def __init__(self, page):
        super().__init__()
        self.paragraphs, self.cases, self.stack, self.text = [], [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "p":
            values = dict(attributes)
            style = values.get("style") or ""
            exempt = "bold" in style or "line" in (values.get("class") or "")
            self.stack.append("exempt" if exempt else "p")
            self.text = ""

    def handle_data(self, data):
        self.text += data

    def handle_endtag(self, tag):
        if tag == "p":
            text = " ".join(self.text.split())
            kind = self.stack.pop()
            if kind == "p" and not text.startswith("- "):
                self.paragraphs.append(text)
            elif kind == "exempt":
                self.cases.append(text)


# --- what a rule's template can say at its head -----------------------------------------------------

def parts_of(path):
    found, part = collections.defaultdict(str), None
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        match = re.fullmatch(r"\[([a-z]+)\]\s*", line)
        if match:
            part = match.group(1)
            found[part] = ""
        elif part:
            found[part] += line
    return found


def pattern_of(template):
    """A regular expression of all that a template can give."""
    out = ""
    for piece in re.split(r"(\{\{[^}]*\}\})", re.sub(r"\{\{!.*?\}\}", "", template, flags=re.S)):
        if piece.startswith("{{#") or piece.startswith("{{^"):
            out += "(?:"
        elif piece.startswith("{{/"):
            out += ")?"
        elif piece.startswith("{{"):
            out += ".+?"
        else:
            out += re.sub(r"(?:\\ |\\\n|\s)+", r"\\s*", re.escape(piece))
    return re.compile(out + r"\s*")


class Templates:
    def __init__(self, folder):
        self.parts = {}
        for path in sorted(folder.glob("*/*.txt")):
            self.parts[path.parent.name, path.stem] = parts_of(path)
        self.heads = {key: pattern_of(parts["heading"]) for key, parts in self.parts.items()}

    def name(self, language, rule):
        return (language, rule) if (language, rule) in self.parts else (language, "item")

    def is_heading(self, language, rule, text):
        """Of a row in a table, what tells it apart stands behind it."""
        match = self.heads[self.name(language, rule)].match(text + " ")
        return match is not None and (text[match.end():].strip() == "" or text[match.end():].startswith(", ")
                                      or text[:match.end()].strip() == text or text[match.end() - 1:][:1] in ", ")

    def says_day(self, language, rule, when):
        """Does it name the day of what is late, for today or coming?"""
        parts = self.parts[self.name(language, rule)]
        if "day" not in parts:
            return True
        day = parts["day"]
        for name in ("late", "today", "coming"):
            gone = "#" if name != when else "^"
            day = re.sub(r"\{\{" + re.escape(gone) + name + r"\}\}.*?\{\{/" + name + r"\}\}", "", day, flags=re.S)
        return "due" in day


# --- a letter ---------------------------------------------------------------------------------------

def day_words(language, day):
    date = datetime.date.fromisoformat(day)
    return f"{WEEKDAYS[language][date.weekday()]} {date.day} {MONTHS[language][date.month - 1]}"


def check_item(text, templates, language, item):
    """Is this reminder at its number, with its case, what to do and its day?"""
    number = item["number"]
    if number not in text.lines:
        raise Complaint(f"no line {number}")
    heading, line = text.lines[number]
    case = re.escape(item["called"])
    if item.get("minimal"):
        if not re.search(r"(?:^|\s)" + case + r"[,.]", line):
            raise Complaint(f"line {number} is not of {item['called']}: {line}")
        return
    if heading is None:
        match = re.match(r"(.*)" + IN[language] + case + r"(?::|\.|,|$)(.*)$", line)
        if match is None:
            raise Complaint(f"line {number} is not of {item['called']}: {line}")
        heading, line = match.group(1), match.group(2)
    elif not re.match(case + r"(?:,|$)", line):
        raise Complaint(f"line {number} is not of {item['called']}: {line}")
    if not templates.is_heading(language, item["template"], heading):
        raise Complaint(f"line {number} is not about {item['template']}: {heading}")
    is_today = item["due"] == item["today"]
    today = {"sv": "i dag", "en": "today"}[language]
    when = "today" if is_today else "late" if item["due"] < item["today"] else "coming"
    if templates.says_day(language, item["template"], when) and day_words(language, item["due"]) not in line \
            and not (is_today and today in line):
        raise Complaint(f"line {number} does not say {item['due']}: {line}")


def check(letter, templates):
    """All that is wrong with it."""
    language, names = letter["language"], letter["names"]
    complaints = []
    text = Text(letter["text"], language)
    for line in text.wide:
        complaints.append(f"{len(line)} wide: {line}")
    for one in said_twice(text.paragraphs, language, names):
        complaints.append(f"twice in the text: {one}")
    if letter.get("html"):
        page = Page(letter["html"])
        for one in said_twice(page.paragraphs, language, names):
            complaints.append(f"twice on the page: {one}")
    numbers = {item["number"] for item in letter["items"]}
    if letter["items"] and set(text.lines) != set(range(1, len(numbers) + 1)):
        complaints.append(f"the numbers are {sorted(text.lines)}, not 1 to {len(numbers)}")
    for item in letter["items"]:
        try:
            check_item(text, templates, language, item)
        except Complaint as complaint:
            complaints.append(str(complaint))
    return complaints


def lengths(letters):
    sizes = sorted(len(letter["text"]) for letter in letters)
    return sizes[len(sizes) // 2], sizes[len(sizes) * 9 // 10], sizes[-1]


def too_long(letters):
    """None is above 5,000 characters but those of more than 60 cases."""
    return [letter for letter in letters if len(letter["text"]) > 5000 and
            len({item["subject"] for item in letter["items"]}) <= 60]


# --- where they come from ---------------------------------------------------------------------------

def of_file(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def of_demo(folder):
    """The letters of a demonstration with the notices that went into them."""
    folder = pathlib.Path(folder)
    notices = json.loads((folder / "notices.json").read_text())
    outbox = {row["message_id"]: row for row in json.loads((folder / "outbox.json").read_text())}
    story = [json.loads(line) for line in (folder / "story.ndjson").read_text().splitlines()]
    names = {event["data"].get("name") for event in story if event.get("kind") in ("staff.joined", "staff.changed")}
    names |= {event["subject"] for event in story if "subject" in event}
    titles = {event["subject"]: event["data"]["title"] for event in story
              if event.get("kind") == "programme.started" and event["data"].get("title")}
    names |= set(titles.values())
    told = collections.defaultdict(dict)
    for notice in notices:
        if notice["state"] == "sent" and notice["item"]:
            told[notice["message"]].setdefault(notice["item"], []).append(notice)
    letters = []
    for path in sorted((folder / "mail" / "new").iterdir()):
        with open(path, "rb") as file:
            mail = email.message_from_binary_file(file, policy=email.policy.default)
        row = outbox[mail["Message-ID"].strip("<>")]
        text = mail.get_body(("plain",)).get_content()
        page = mail.get_body(("html",))
        today = mail["Date"].datetime.date().isoformat()
        items = []
        for number, rows in told.get(row["id"], {}).items():
            for notice in rows:
                items.append({"number": number, "subject": notice["subject"], "template": notice["rule"],
                              "called": titles.get(notice["subject"], notice["subject"]),
                              "due": notice["due"], "today": today,
                              "minimal": re.search(rf"^ *{number}\. (?:Ärende|Verksamheten) ", text, re.M) is not None})
        letters.append({"language": "sv", "text": text, "html": page and page.get_content(), "names": names - {None},
                        "subject": mail["Subject"], "to": str(mail["To"]), "day": today, "items": items})
    return letters


def main(how, where):
    templates = Templates(ROOT / "conf" / "templates")
    letters = of_file(where) if how == "letters" else of_demo(where)
    wrong = 0
    for number, letter in enumerate(letters):
        complaints = check(letter, templates)
        wrong += bool(complaints)
        if complaints and wrong <= 10:
            print(f"--- letter {number}, {letter.get('day')}, {letter.get('to')}: " + "; ".join(complaints))
            print(letter["text"])
    print(f"{len(letters)} letters, {wrong} of them wrong; median {lengths(letters)[0]} characters, nine in ten"
          f" below {lengths(letters)[1]}, the longest {lengths(letters)[2]}")
    if how == "demo":
        for letter in too_long(letters):
            print(f"too long: {letter['day']} {letter['to']} {len(letter['text'])}")
            wrong += 1
        if lengths(letters)[1] >= 1500:
            print("nine in ten should be below 1,500 characters")
            wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
