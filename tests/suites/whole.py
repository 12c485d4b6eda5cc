"""Every block of the language, with every attribute of it, occurs in the cases of `tests/cases/language` and compiles there.

The table in `compiler/model/schema.def` is read here a second time, and the specifications by a reader that knows only words,
strings, braces and comments."""

import re

from lib.case import Case, text_of
from lib.core import Failure

BLOCK = re.compile(r'^BLOCK\((\w+), "(\w+)", "\w+", (\w+), \w+, ([\w |]+), "([\w ]*)"', re.M)
ATTRIBUTE = re.compile(r"^ATTR\((\w+), (\w+),", re.M)
TOKEN = re.compile(r'"""(?:\\.|.)*?"""|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/|[A-Za-z_][\w.-]*|==|[{}\[\]()=]|\S', re.S)


def table(env):
    text = (env.root / "compiler" / "model" / "schema.def").read_text(encoding="utf-8")
    blocks = {name: {"word": word, "top": "SCHEMA_TOP" in flags, "inside": inside.split(), "attributes": set()}
              for name, word, _, flags, inside in BLOCK.findall(text)}
    for block, attribute in ATTRIBUTE.findall(text):
        blocks[block]["attributes"].add(attribute)
    return blocks


def used(blocks, text):
    """(block, attribute) pairs of a specification; (block, None) for the block itself."""
    tops = {row["word"]: name for name, row in blocks.items() if row["top"]}
    found, stack, depth = set(), [], 0
    tokens = [token for token in TOKEN.findall(text) if not token.startswith(("//", "/*"))]
    head = None
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in "([" or (token == "{" and head is None):
            depth += 1
        elif token in ")]" or (token == "}" and depth):
            depth -= 1
        elif depth:
            continue
        elif token == "{":
            stack.append(head)
            found.add((head, None))
            head = None
        elif token == "}":
            stack.pop()
            head = None
        elif following == "=":
            found.add((stack[-1] if stack else None, token))
            head = None
        elif head is None:
            inside = {blocks[name]["word"]: name for name in blocks[stack[-1]]["inside"]} if stack and stack[-1] in blocks else tops
            head = inside.get(token)
    return found


def test_every_attribute_is_used(env):
    blocks = table(env)
    if len(blocks) < 70 or sum(len(row["attributes"]) for row in blocks.values()) < 380:
        raise Failure("the table was not read whole")
    found = set()
    for path in sorted((env.root / "tests" / "cases" / "language").glob("*.case")):
        for section in Case(path).all("file"):
            if section.argument.endswith(".dr"):
                found |= used(blocks, text_of(section))
    missing = [f"{name} (`{row['word']}`)" for name, row in blocks.items() if (name, None) not in found]
    missing += [f"{name}.{attribute}" for name, row in blocks.items() for attribute in sorted(row["attributes"]) if (name, attribute) not in found]
    if missing:
        raise Failure("no case of tests/cases/language uses\n" + "\n".join(missing))
