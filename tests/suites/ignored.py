"""Nothing that the language accepts is ignored: every attribute of every block and of every kind is read by something that decides or prints.

A static scan. An attribute of a block counts as read when the analysis, the evaluator or a target names its row (`ASSET_rto`), when a target
or the analysis asks for it by name, or when the library reads it (`a.rto` in a rule, a method, an emission). The copy of the model in
`plan.json` does not count: it is an echo. An attribute of a kind counts as read when the library has `.NAME`, or a target or the analysis its
name. What is read by nobody stands in DEBTS, each with the issue that gives it an effect; an entry that is read by now fails too."""

import re

from lib.core import Failure

ATTRIBUTE = re.compile(r'^ATTR\((\w+), (\w+), "([^"]*)"', re.M)
KIND = re.compile(r"^kind ([\w.-]+).*?(?=^kind |\Z)", re.S | re.M)

# Rows that describe the specification itself, for readers of the source and of `drc explain`; nothing could come of them in a plan.
DESCRIPTIONS = {"RULE.reason", "RULE.basis", "FRAMEWORK.url"}

# Accepted, and read by nobody: BLOCK.attribute or kind.attribute, and the issue it belongs to.
DEBTS = {}


def sources(env, *folders, without=()):
    return "\n".join(path.read_text(encoding="utf-8") for folder in folders for path in sorted((env.root / folder).rglob("*.c"))
                     if path.name not in without)


def library(env):
    """The library without comments and without the declarations of attributes."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted((env.root / "stdlib").rglob("*.dr")))
    return re.sub(r"^\s*//.*$", "", text, flags=re.M)


def unread_rows(env):
    code = sources(env, "compiler/analysis", "compiler/sema", "compiler/model", "backends", without={"json.c", "digest.c"})
    texts = library(env)
    for block, name, _ in ATTRIBUTE.findall((env.root / "compiler" / "model" / "schema.def").read_text(encoding="utf-8")):
        if re.search(rf"\b{block}_{name}\b", code) or f'"{name}"' in code:
            continue
        if not re.search(rf"\.{name}\b", texts):
            yield f"{block}.{name}"


def unread_kind_attributes(env):
    code = sources(env, "compiler/analysis", "backends", without={"json.c"})
    texts = library(env)
    for kind in KIND.finditer(texts):
        for name, rest in re.findall(r"^\s*attribute (\w+) \{([^}]*)", kind[0], re.M):
            if "address = true" in rest:  # where commands that hold it work: read by the evaluator
                continue
            asked = rf"\.{name}\b|\bfact\([^()]*\"{name}\"\)|\bref\([^()]*\b{name}\)"
            if not re.search(asked, texts) and f'"{name}"' not in code:
                yield f"{kind[1]}.{name}"


def test_nothing_is_ignored(env):
    unread = (set(unread_rows(env)) | set(unread_kind_attributes(env))) - DESCRIPTIONS
    new = sorted(unread - set(DEBTS))
    paid = sorted(set(DEBTS) - unread)
    if new:
        raise Failure("accepted by the language, and read by nobody: give it an effect, refuse it, or name in DEBTS the issue that will\n" + "\n".join(new))
    if paid:
        raise Failure("read by now: take it out of DEBTS\n" + "\n".join(paid))


def test_debts_name_their_issue(env):
    wrong = [name for name, issue in DEBTS.items() if not re.match(r"[C-H]: \w", issue)]
    if wrong:
        raise Failure("a debt without its issue: " + ", ".join(wrong))

