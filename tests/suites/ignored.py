"""Nothing that the language accepts is ignored: every attribute of every block and of every kind is read by something that decides or prints.

A static scan. An attribute of a block counts as read when the analysis, the evaluator or a target names its row (`ASSET_rto`), when a target
or the analysis asks for it by name, or when the library reads it (`a.rto` in a rule, a method, an emission). The copy of the model in
`plan.json` does not count: it is an echo. An attribute of a kind counts as read when the library has `.NAME`, or a target or the analysis its
name. What is read by nobody stands in DEBTS, each with the issue that gives it an effect; an entry that is read by now fails too."""

import os
import re

from lib import effects
from lib.case import Case, text_of
from lib.core import Failure

ATTRIBUTE = re.compile(r'^ATTR\((\w+), (\w+), "([^"]*)"', re.M)
KIND = re.compile(r"^kind ([\w.-]+).*?(?=^kind |\Z)", re.S | re.M)

# Rows that describe the specification itself, for readers of the source and of `drc explain`; nothing could come of them in a plan.
DESCRIPTIONS = {"RULE.reason", "RULE.basis", "FRAMEWORK.url"}

# Only a comparison of two plans reads them: the suite `diff` shows what each does.
COMPARED = {"CHANGES.refused", "CHANGES.warned", "CHANGES.ignored", "ASSET.was", "SITE.was", "STORE.was", "ENDPOINT.was", "GROUP.was", "SCENARIO.was"}

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
    unread = (set(unread_rows(env)) | set(unread_kind_attributes(env))) - DESCRIPTIONS - COMPARED
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


# ---- what changes when an attribute does

# Descriptions for readers of the source, of `drc explain` and `drc list figures`, and examples for `make test`: nothing could come of them in what is emitted.
SAYS_ONLY = {"ATTRIBUTE.doc", "EXAMPLE.spec", "KIND.title", "PARAM.doc", "RULE.basis", "RULE.reason", "SOURCE.read"} | COMPARED

TRIALS = "effects.tsv"  # BLOCK.attribute, file, value, other value (`-`: not written): what changed an output last time; --bless writes it


# Cases of tests/cases/language, and the files of each that are compiled: everything at once, what cannot stand beside it, kinds of a specification's
# own that decide and that refuse, what rules ask, what places decide, what kinds decide.
SPECIFICATIONS = {
    "every-attribute": ["main.dr", "other.dr"],
    "own-kinds-decide": ["own.dr"],
    "own-kinds-refuse": ["refused.dr"],
    "rules-decide": ["ruled.dr", "draft.dr"],
    "places-decide": ["places.dr"],
    "kinds-decide": ["kinds.dr"],
}


def specifications(env):
    """What is tried: (files, main)."""
    for name, mains in SPECIFICATIONS.items():
        files = effects.case_files(Case(env.root / "tests" / "cases" / "language" / f"{name}.case"), text_of)
        yield from ((files, main) for main in mains)


def test_every_attribute_has_an_effect(env):
    """Each attribute of the language is changed or removed somewhere, and something that is told or emitted changes."""
    env.need_drc()
    blocks = effects.table(env)
    path = env.root / "tests" / "suites" / TRIALS
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
    search = effects.Search(effects.Bench(env, "2026-11-21"), blocks, list(specifications(env)), {row[0]: row[1:] for row in rows})
    known = {f"{block}.{name}" for block, row in blocks.items() for name in row["attributes"]}
    unknown = sorted(SAYS_ONLY - known)
    if unknown:
        raise Failure("no attribute any more: " + ", ".join(unknown))
    # A third of them by default, since each costs a build; all with DRC_TEST_ALL=1 and when the table is blessed.
    wanted = sorted(known - SAYS_ONLY)
    found = search.found(wanted if env.bless or os.environ.get("DRC_TEST_ALL") else wanted[::3])
    if env.bless:
        path.write_text("".join("\t".join([key, *row[:3]]) + "\n" for key, row in sorted(found.items()) if row), encoding="utf-8")
    silent = [key + (": no output changes" if key in search.places else ": in no specification of this test") for key, row in found.items() if not row]
    if silent:
        raise Failure("accepted, and without effect: give it one, refuse it, or take it away\n" + "\n".join(silent))
