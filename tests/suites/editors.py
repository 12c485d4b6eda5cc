"""Editor support: the grammars load, and highlight each kind of token of the language as what it is."""

import json
import re

from lib.core import Failure, Sandbox, need, readable

SAMPLE = """\
/// A doc comment.
import "std/aws"
asset orders-db : aws.rds.postgres {
  size        = 500GiB  // comment
  change_rate = 200MiB/s
  rpo         = 1h30m
  cost        = 1200 USD/mo
  since       = 2026-11-21
  goal        = 99.95%
  ok          = true
  title       = "copy of \\(self.name) at {{incident.eta}}"
  backup full { schedule = daily at 02:00  duration = 40m }
}
"""
# line, the text on it, and the group it belongs to
TOKENS = (
    (1, "A doc", "drDoc"), (2, "import", "drImport"), (2, "std/aws", "drString"), (3, "asset", "drBlock"),
    (3, "aws.rds.postgres", "drKind"), (4, "size", "drAttribute"), (4, "500GiB", "drUnit"), (4, "comment", "drComment"),
    (5, "200MiB/s", "drUnit"), (6, "1h30m", "drUnit"), (7, "1200 USD/mo", "drUnit"), (8, "2026-11-21", "drUnit"),
    (9, "99.95%", "drUnit"), (10, "true", "drConstant"), (11, "copy", "drString"), (11, "self", "drInterpolation"),
    (11, "incident", "drPlaceholder"), (12, "backup", "drBlock"), (12, "schedule", "drAttribute"), (12, "daily", "drSchedule"),
    (12, "02:00", "drUnit"), (12, "40m", "drUnit"),
)


def test_vim(env):
    vim = need("vim")
    lines = SAMPLE.split("\n")
    with Sandbox() as folder:
        (folder / "sample.dr").write_text(SAMPLE, encoding="utf-8")
        commands = ["set nocompatible", f"set runtimepath^={env.root}/editors/vim", "filetype plugin on", "syntax on",
                    "edit sample.dr", "let out = [&filetype, &commentstring]"]
        for line, text, _ in TOKENS:
            column = lines[line - 1].index(text) + 1
            commands.append(f"call add(out, synIDattr(synID({line}, {column}, 1), 'name'))")
        commands += ["call writefile(out, 'out')", "qall!"]
        (folder / "script.vim").write_text("\n".join(commands) + "\n", encoding="utf-8")
        done = env.run([vim, "-Nu", "NONE", "-i", "NONE", "-es", "-S", "script.vim"], folder)
        if not (folder / "out").exists():
            raise Failure(readable(done.stdout + done.stderr))
        got = (folder / "out").read_text(encoding="utf-8").split("\n")
    if got[:2] != ["dr", "// %s"]:
        raise Failure(f"file type and comments: {got[:2]}")
    wrong = [f"line {line}, `{text}`: {group or 'nothing'}, expected {want}"
             for (line, text, want), group in zip(TOKENS, got[2:]) if group != want]
    if wrong:
        raise Failure("\n".join(wrong))


def test_textmate(env):
    """The grammar is valid JSON, every included rule exists, and every pattern is a regular expression."""
    folder = env.root / "editors" / "vscode"
    for path in sorted(folder.rglob("*.json")):
        json.loads(path.read_text(encoding="utf-8"))
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    for part in package["contributes"]["grammars"]:
        grammar = json.loads((folder / part["path"]).read_text(encoding="utf-8"))
        problems = []

        def walk(value):
            if isinstance(value, list):
                for item in value:
                    walk(item)
            elif isinstance(value, dict):
                for key, item in value.items():
                    if key in ("match", "begin", "end"):
                        try:
                            re.compile(item)
                        except re.error as reason:
                            problems.append(f"{item}: {reason}")
                    elif key == "include" and item.startswith("#") and item[1:] not in grammar["repository"]:
                        problems.append(f"no rule {item}")
                    walk(item)

        walk(grammar)
        literals = [re.compile(rule["match"]) for rule in grammar["repository"]["literals"]["patterns"]]
        for text in ("500GiB", "200MiB/s", "1h30m", "1200 USD/mo", "2026-11-21", "99.95%", "02:00", "12"):
            if not any(pattern.fullmatch(text) for pattern in literals):
                problems.append(f"no literal pattern fits `{text}`")
        block = re.compile(grammar["repository"]["block"]["begin"])
        for line in SAMPLE.split("\n"):
            if ("{" in line and "{{" not in line) != (block.search(line) is not None):
                problems.append(f"block pattern: {line}")
        if problems:
            raise Failure("\n".join(problems))


def test_man_page(env):
    """groff reads every page without a warning."""
    groff = need("groff")
    for page in sorted((env.root / "man").glob("*.1")):
        done = env.run([groff, "-man", "-Tutf8", "-ww", page], env.root)
        if done.code != 0 or done.stderr:
            raise Failure(readable(done.stderr))
