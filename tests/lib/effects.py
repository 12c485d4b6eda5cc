"""What changes when one attribute of a specification is removed or has another value: findings, proof, ledger, or an emitted file.

The specification is read as words, strings and braces, as the suite `whole` does. Each attribute has a list of variants: the same text without
it, or with another value of the type its row in `schema.def` states. Outcomes are compared without digests, positions and the plan as JSON
(an echo of the specification): what is left is what somebody reads or runs."""

import concurrent.futures
import pathlib
import re

from lib.core import Sandbox

BLOCK = re.compile(r'^BLOCK\((\w+), "(\w+)", "\w+", (\w+), \w+, ([\w |]+), "([\w ]*)"', re.M)
ATTRIBUTE = re.compile(r'^ATTR\((\w+), (\w+), "([^"]*)"', re.M)
TOKEN = re.compile(r'"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/|[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*|[=!<>]=|[{}\[\]()=]|\n|[^\s]', re.S)
DIGEST = re.compile(rb"\b[0-9a-f]{16,64}\b")
PLACE = re.compile(rb"\b([\w./-]+\.(?:dr|ya?ml|json)):\d+(?::\d+)?")
MISTAKE = re.compile(r"^(?:error|warning)\[(E0[1-3]\d\d)\]", re.M)
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
            pass
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


def variants(kind, value):
    """Other values of the type `kind` in place of `value`, as text."""
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
    if NUMBER.search(value):
        for factor in (2, 100, 0.5, 0.01):
            changed = scaled(value, factor)
            if changed != value:
                yield changed
        yield NUMBER.sub(lambda m: str(int(float(m[0])) + 1), value)


class Bench:
    """Specifications side by side, and what the compiler makes of each."""

    def __init__(self, env, as_of):
        self.env, self.as_of = env, as_of

    def outcome(self, files, main):
        """What is told and what is emitted, as one dictionary, and the codes of mistakes in the text itself."""
        with Sandbox() as folder:
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf-8")
            day = ("--as-of", self.as_of)
            told = [self.env.run([self.env.drc, command, main, *day, *more], folder)
                    for command, more in (("build", ("-o", "out")), ("plan", ()), ("ledger", ()))]
            result = {str(at): clean(run.stdout + run.stderr) + str(run.code).encode() for at, run in enumerate(told)}
            for path in sorted((folder / "out").rglob("*")):
                name = str(path.relative_to(folder / "out"))
                if path.is_file() and name not in ("plan.json", "manifest.json"):
                    result[name] = clean(path.read_bytes())
            return result, set(MISTAKE.findall(told[0].stderr.decode("utf-8", "replace")))


def clean(data):
    return PLACE.sub(rb"\1", DIGEST.sub(b"-", data))


def effect(bench, files, main, base, text):
    """Where the changed text shows: the name of the first output that differs; "mistake" when it is no specification; None."""
    result, mistakes = bench.outcome({**files, main: text}, main)
    before, had = base
    if mistakes - had:
        return "mistake " + " ".join(sorted(mistakes - had))
    for name in sorted(set(before) | set(result)):
        if before.get(name) != result.get(name):
            return name
    return None


def tried(bench, blocks, specs, wanted, others=None, jobs=2):
    """For each (block, attribute) of `wanted`: the first output that shows one of its variants, or None. `specs` are (files, main)."""
    places, bases = {}, []
    for index, (files, main) in enumerate(specs):
        bases.append(bench.outcome(files, main))
        for one in written(blocks, files[main]):
            places.setdefault((one.block, one.name), []).append((index, one))

    def first(key):
        seen = None
        for index, one in places.get(key, []):
            files, main = specs[index]
            text = files[main]
            value, kind = text[one.value:one.end], blocks[key[0]]["attributes"][key[1]]
            for other in [*(others or {}).get(key, ()), *variants(kind, value), None]:
                if other is None:  # not written at all; blanks keep the places of the rest
                    changed = text[:one.start] + " " * (one.end - one.start) + text[one.end:]
                else:
                    changed = text[:one.value] + other + text[one.end:]
                shown = effect(bench, files, main, bases[index], changed)
                if shown and not shown.startswith("mistake"):
                    return key, f"{shown} ({value} -> {other})"
                seen = shown or seen
        return key, None if key in places else "absent"

    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        return dict(pool.map(first, wanted))


def case_files(case, text_of):
    return {section.argument: text_of(section) for section in case.all("file")}


__all__ = ["Bench", "Written", "case_files", "effect", "pathlib", "table", "tried", "variants", "written"]
