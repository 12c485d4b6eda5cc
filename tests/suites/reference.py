"""docs/reference.md is what the compiler's tables and the standard library say, and is good Markdown."""

import re

from lib.core import Failure, Skip, difference, need, readable


def printed(env):
    return readable(env.compile(["debug", "reference"], env.root).stdout)


def test_page_is_up_to_date(env):
    want = (env.root / "docs" / "reference.md").read_text(encoding="utf-8")
    got = printed(env)
    if want != got:
        raise Failure("`make reference` writes it again\n" + difference(want, got, "docs/reference.md"))


def test_page_is_complete(env):
    """Counted in the sources, not in what was printed: every block and attribute of the schema, every kind and rule of the library."""
    env.need_drc()
    page = printed(env)
    schema = (env.root / "compiler/model/schema.def").read_text(encoding="utf-8")
    library = "\n".join(path.read_text(encoding="utf-8") for path in sorted((env.root / "stdlib").rglob("*.dr")))
    problems = []
    blocks = re.findall(r'^BLOCK\(\w+, "([\w-]+)"', schema, re.M)
    attributes = re.findall(r"^ATTR\(\w+, (\w+),", schema, re.M)
    kinds = re.findall(r"^kind ([\w.-]+)", library, re.M)
    rules = re.findall(r"^rule ([\w-]+)", library, re.M)
    headings = re.findall(r"^### (.*)$", page, re.M)
    for name in blocks:
        if not any(re.fullmatch(rf"{name}( in .*)?", heading.replace("\\", "")) for heading in headings):
            problems.append(f"block {name}")
    if (rows := len(re.findall(r"^\| `\w+` \| `", page.split("## Computed fields")[0], re.M))) != len(attributes):
        problems.append(f"{len(attributes)} attributes in the schema, {rows} on the page")
    problems += [f"kind {name}" for name in kinds if f"kind {name}" not in [heading.replace("\\", "") for heading in headings]]
    problems += [f"rule {name}" for name in rules if f"| `{name}` |" not in page]
    if len(headings) != len(set(headings)):
        problems.append("two headings are equal, so that links lead to the first")
    anchors = {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}
    problems += [f"dead link {target}" for target in re.findall(r"\]\(#([^)]+)\)", page) if target not in anchors]
    if problems:
        raise Failure("docs/reference.md lacks, or has wrong:\n" + "\n".join(problems))


def test_language_page(env):
    """grammar/README.md lists every function and computed field in the words of the program, and none that is gone."""
    page = (env.root / "grammar" / "README.md").read_text(encoding="utf-8")
    told = printed(env)
    fields = re.findall(r"^\| `[a-z]+\.[a-z_]+(?:\([a-z]+\))?` \|.*$", told.split("## Computed fields")[1].split("\n## ")[0], re.M)
    functions = re.findall(r"^\| `\w+\(.*$", told.split("## Functions")[1].split("\n## ")[0], re.M)
    if len(fields) < 30 or len(functions) < 30:
        raise Failure("the tables of docs/reference.md were not found: this test is out of date")
    listed = re.findall(r"^\| `[a-z]+\.[a-z_]+(?:\([a-z]+\))?` \|.*$", page.split("## 7 Computed fields")[1].split("\n## ")[0], re.M)
    problems = [row for row in fields + functions if row not in page] + [f"gone: {row}" for row in listed if row not in fields]
    if problems:
        raise Failure("grammar/README.md lacks, or has wrong:\n" + "\n".join(problems))


def test_markdown(env):
    program = env.root / "tests/tools/node_modules/.bin/markdownlint-cli2"
    need("node")
    if not program.exists():
        raise Skip("markdownlint-cli2 is not installed (npm ci in tests/tools)")
    config = env.root / "tests/tools/.markdownlint.json"
    done = env.run([program, "--config", config, "docs/*.md"], env.root, timeout=300, limit=False)
    if done.code != 0:
        raise Failure(readable(done.stderr)[:2000])


def test_man_page(env):
    """Every command, option and exit status of the program is on the man page, which groff reads without a warning."""
    source = (env.root / "man" / "drc.1").read_text(encoding="utf-8")
    plain = re.sub(r"\\f[A-Z]", "", source.replace("\\-", "-"))
    main = (env.root / "compiler/driver/main.c").read_text(encoding="utf-8")
    commands = re.findall(r'^    \{"([a-z]+)", .*command_\w+, false\}', main, re.M)
    options = re.findall(r"^    \{(?:0|'.'), \"([a-z-]+)\"", main, re.M)
    codes = re.findall(r"EXIT_\w+ = (\d+)", (env.root / "compiler/driver/driver.h").read_text(encoding="utf-8"))
    if len(commands) < 5 or len(options) < 10:
        raise Failure("the tables of compiler/driver/main.c were not found: this test is out of date")
    entries = re.findall(r"^\.TP\n(.*)", plain, re.M)
    problems = [f"command {name}" for name in commands if not any(re.match(rf"\.B[IR]? {name}\b", entry) for entry in entries)]
    problems += [f"option --{name}" for name in options if not any(f"--{name}" in entry for entry in entries)]
    problems += [f"exit status {code}" for code in codes if code != "3" and f".B {code}" not in entries]
    if problems:
        raise Failure("man/drc.1 does not explain " + ", ".join(problems))
    done = env.run([need("groff"), "-man", "-Tutf8", "-ww", "-z", "man/drc.1"], env.root)
    if done.code != 0 or done.stderr.strip():
        raise Failure(readable(done.stderr))
