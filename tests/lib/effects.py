"""What changes when one attribute of a specification is removed or has another value: findings, proof, ledger, or an emitted file.

The specification is read as words, strings and braces, as the suite `whole` does. Each attribute has a list of variants: the same text without
it, or with another value of the type its row in `schema.def` states. Outcomes are compared without digests, positions, the lines that findings show, and the plan
as JSON (echoes of the specification): what is left is what somebody reads or runs."""

import concurrent.futures
import re

from lib.core import Sandbox

BLOCK = re.compile(r'^BLOCK\((\w+), "(\w+)", "\w+", (\w+), \w+, ([\w |]+), "([\w ]*)"', re.M)
ATTRIBUTE = re.compile(r'^ATTR\((\w+), (\w+), "([^"]*)"', re.M)
TOKEN = re.compile(r'"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*|[=!<>]=|[{}\[\]()=]|\n|[^\s]', re.S)
DIGEST = re.compile(rb"\b[0-9a-f]{16,64}\b|(?<=plan )[0-9a-f]{12}\b")
PLACE = re.compile(rb"\b([\w./-]+\.(?:dr|ya?ml|json)):\d+(?::\d+)?")
SHOWN = re.compile(rb"^ *(?:\d+ )?\|.*\n| \.\.\.\n", re.M)  # lines of the specification, shown under a finding
PLACED = re.compile(rb"^ *--> .*", re.M)
POINTS = "where findings point"  # what only these attributes change; others move it by their length
POINTING = {"CHECK.at", "RULE.at"}
MISTAKE = re.compile(r"^(?:error|warning)\[(E0[1-3]\d\d)\]", re.M)
VARIANTS = 12  # of one place where an attribute is written
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def table(env):
    """Blocks of the language: word, whether they stand at the top, blocks inside, attributes with their types."""
    text = (env.root / "compiler" / "model" / "schema.def").read_text(encoding="utf-8")
    blocks = {name: {"word": word, "top": "SCHEMA_TOP" in flags, "inside": inside.split(), "attributes": {}}
              for name, word, _, flags, inside in BLOCK.findall(text)}
    for block, attribute, kind in ATTRIBUTE.findall(text):
        blocks[block]["attributes"][attribute] = kind
    return blocks


class Written:
    """An attribute as it is written: whose, and where its name and its value stand in the text."""

    def __init__(self, block, name, kind, start, value, end):
        self.block, self.name, self.kind = block, name, kind
        self.start, self.value, self.end = start, value, end


def written(blocks, text):
    """Every attribute of a specification in canonical form, with the kind of the thing that holds it (or None)."""
    tops = {row["word"]: name for name, row in blocks.items() if row["top"]}
    tokens = [(m[0], m.start(), m.end()) for m in TOKEN.finditer(text) if not m[0].startswith(("//", "/*"))]
    stack, found, depth, head, kind, at = [], [], 0, None, None, 0
    while at < len(tokens):
        token, start, _ = tokens[at]
        following = tokens[at + 1][0] if at + 1 < len(tokens) else ""
        if token == "{":
            stack.append((head, kind))
            head = kind = None
        elif token == "}":
            stack.pop()
            head = kind = None
        elif token == "\n":
            head = kind = None  # an import, or the end of a line of a kind's own
        elif following == "=" and head is None:
            # The value ends at a line's end, before the next name with a `=` or a brace, or with its block.
            at += 2
            value, end, depth = tokens[at][1], tokens[at][2], 0
            while at < len(tokens):
                word, begin, stop = tokens[at]
                after = tokens[at + 1][0] if at + 1 < len(tokens) else ""
                if depth == 0 and (word in ("\n", "}") or (begin > value and re.match(r"[A-Za-z_]", word) and text[begin - 2:begin] == "  ")):
                    break
                depth += (word in "([{" and len(word) == 1) - (word in ")]}" and len(word) == 1)
                end = stop
                at += 1
            found.append(Written(stack[-1][0] if stack else None, token, stack[-1][1] if stack else None, start, value, end))
            continue
        elif head is None:
            inside = {blocks[name]["word"]: name for name in blocks[stack[-1][0]]["inside"]} if stack and stack[-1][0] in blocks else tops
            head = inside.get(token, "?" + token)
        elif token == ":":
            kind = following
        at += 1
    return found


def spread(words):
    """Splits the inside of a type or a list at commas that stand at the top of it."""
    depth, part, parts = 0, "", []
    for c in words:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += c
    return [p for p in parts + [part.strip()] if p]


def scaled(text, factor):
    return NUMBER.sub(lambda m: str(max(1, int(float(m[0]) * factor))), text)


def variants(kind, value, names):
    """Other values of the type `kind` in place of `value`, as text; `names` are those of the specification, by the word of their block."""
    for words in re.findall(r"ref\(([^()]*)\)", kind):
        for word in spread(words):
            for name in names.get(word, ())[:3]:
                other = f"[{name}]" if value.startswith("[") else name
                if other != value:
                    yield other
    if value in ("true", "false"):
        yield "false" if value == "true" else "true"
        return
    for words in re.findall(r"enum\(([^()]*)\)", kind):
        if re.fullmatch(r"[\w-]+", value):
            yield from (word for word in spread(words) if word != value)
        elif value.startswith("["):
            yield from ("[" + word + "]" for word in spread(words))
    if value.startswith("["):
        items = spread(value[1:-1])
        if len(items) > 1:
            yield "[" + ", ".join(items[1:]) + "]"
            yield "[" + ", ".join(items[:-1]) + "]"
        yield "[]"
        if items and items[-1].startswith('"'):
            yield value[:-1].rstrip()[:-1] + ' changed"]'
        return
    if value.startswith('"'):
        yield value[:-1] + ' changed"' if " " in value or value == '""' else value[:-1] + 'x"'
        return
    clock = re.search(r"\b(\d\d):\d\d\b", value)
    if clock:
        yield value[:clock.start(1)] + f"{(int(clock[1]) + 5) % 24:02}" + value[clock.end(1):]
    elif NUMBER.search(value):
        for factor in (2, 100, 0.5, 0.01):
            changed = scaled(value, factor)
            if changed != value:
                yield changed
        yield NUMBER.sub(lambda m: str(int(float(m[0])) + 1), value)


class Bench:
    """Specifications, and what the compiler makes of each."""

    def __init__(self, env, as_of):
        self.env, self.as_of = env, as_of

    def outcome(self, files, main):
        """What is told and what is emitted, as one dictionary, and the codes of mistakes in the text itself."""
        with Sandbox() as folder:
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf-8")
            told = self.env.run([self.env.drc, "build", main, "--as-of", self.as_of, "-o", "out"], folder)
            result = {POINTS: b" ".join(PLACED.findall(told.stderr)),
                      "what the build tells": clean(SHOWN.sub(b"", told.stdout + told.stderr)) + str(told.code).encode()}
            for path in sorted((folder / "out").rglob("*")):
                name = str(path.relative_to(folder / "out"))
                if path.is_file() and name not in ("plan.json", "manifest.json"):
                    result[name] = clean(path.read_bytes())
            return result, set(MISTAKE.findall(told.stderr.decode("utf-8", "replace")))


    def ledger(self, files, main):
        """What the proof rests on, as it is told."""
        with Sandbox() as folder:
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf-8")
            told = self.env.run([self.env.drc, "ledger", main, "--as-of", self.as_of], folder)
            return clean(told.stdout)


def clean(data):
    return PLACE.sub(rb"\1", DIGEST.sub(b"-", data))


NAMED = re.compile(r"^(\w+) ([\w-]+) (?::|\{)", re.M)

# Values that no type says.
OTHERS = {"ACCEPT.until": ["2026-01-31"], "PARAM.type": ["int"], "STEP.for": ['x in ["other"]'], "STEP.size": ["1KiB"], "ATTRIBUTE.type": ["int"], "CHECK.at": ["many"], "CHECK.for": ["x in []"], "METHOD.for": ["x in []", "r in []"], "RULE.for": ["a in []"], "METHOD.rpo": ["9d"],
          "RULE.at": ["rto"], "RECOVERY.method": ["refill"], "METHOD.into": ["self.site"], "KIND.of": ["site", "asset"]}


def named(text):
    names = {}
    for word, name in NAMED.findall(text):
        names.setdefault(word, []).append(name)
    return names


class Trial:
    """One place where an attribute is written, and the text that stands there instead; `other` None: the attribute is not written."""

    def __init__(self, spec, one, other):
        self.spec, self.one, self.other = spec, one, other
        files, main = spec
        self.text, self.main = files[main], main
        self.value = self.text[one.value:one.end]

    def row(self):
        """As the table of known trials has it."""
        return [self.main, self.value, "-" if self.other is None else self.other]

    def changed(self):
        if self.other is None:  # blanks keep the places of the rest
            return self.text[:self.one.start] + " " * (self.one.end - self.one.start) + self.text[self.one.end:]
        return self.text[:self.one.value] + self.other + self.text[self.one.end:]


class Search:
    """Looks for a value of each attribute that changes an output. `specs` are (files, main); `known` the trials that did last time, by key."""

    def __init__(self, bench, blocks, specs, known):
        self.bench, self.blocks, self.specs, self.known = bench, blocks, specs, known
        self.places = {}
        self.bases, self.ledgers = {}, {}
        for spec in specs:
            self.bases[spec[1]], self.ledgers[spec[1]] = bench.outcome(*spec), bench.ledger(*spec)
            for one in written(blocks, spec[0][spec[1]]):
                if one.block in blocks:
                    own = one.name in blocks[one.block]["attributes"]
                    self.places.setdefault(f"{one.block if own else one.kind}.{one.name}", []).append((spec, one))

    def trials(self, key):
        """The one that did last time first, then all others."""
        for spec, one in self.places.get(key, []):
            trial = Trial(spec, one, None)
            if key in self.known and self.known[key][:2] == trial.row()[:2]:
                yield Trial(spec, one, None if self.known[key][2] == "-" else self.known[key][2])
        for spec, one in self.places.get(key, []):
            kind = self.blocks[one.block]["attributes"].get(one.name, "")
            value = Trial(spec, one, None).value
            for other in [*OTHERS.get(key, ()), *variants(kind, value, named(spec[0][spec[1]]))][:VARIANTS] + [None]:
                yield Trial(spec, one, other)

    def shown(self, trial):
        """The name of the first output that differs; None. A text that is no specification any more shows nothing."""
        before, had = self.bases[trial.main]
        result, mistakes = self.bench.outcome({**trial.spec[0], trial.main: trial.changed()}, trial.main)
        if mistakes - had:
            return None
        name = next((name for name in sorted(set(before) | set(result)) if before.get(name) != result.get(name)
                     and (name != POINTS or f"{trial.one.block}.{trial.one.name}" in POINTING)), None)
        if not name and self.bench.ledger({**trial.spec[0], trial.main: trial.changed()}, trial.main) != self.ledgers[trial.main]:
            return "the ledger"
        return name

    def first(self, key):
        for trial in self.trials(key):
            shown = self.shown(trial)
            if shown:
                return key, [*trial.row(), shown]
        return key, None

    def found(self, wanted, jobs=2):
        """For each of `wanted` the row of the first trial that shows, with the output that shows it, or None."""
        with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
            return dict(pool.map(self.first, wanted))


def case_files(case, text_of):
    return {section.argument: text_of(section) for section in case.all("file")}
