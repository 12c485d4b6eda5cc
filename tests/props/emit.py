"""The writers against the real readers: hostile and random text must come back as it went in.

All strings of a format go through one run of its reader. The random part is seeded, so that a failure can be repeated.
"""

import html.parser
import json
import random
import re
import unicodedata

from lib.core import Failure, Sandbox, Skip, need

HOSTILE = [
    "", " ", "  two  blanks  ", "plain", "orders-db", "a b", "it's", 'say "hi"', "'", '"', "''", '""', "\\", "\\\\",
    "a\\", "\\'", '\\"', "$", "$x", "${x}", "$${x}", "$$${x}", "$$$${x}", "%{if true}x%{endif}", "%%{x}", "%%%{x}",
    "${", "%{", "$", "ends in $", "ends in %", "ends $$", "$(id)", "`id`", "$((1+1))", "$'x'", "!!", "!", "a!b",
    "#", "# heading", "#12", "## two", "a#b", "-n", "-e", "--", "---", "- item", "+ item", "* item", "*", "**", "**b**",
    "_x_", "__x__", "snake_case_name", "~", "~/x", "~~gone~~", "=", "==", "===", "a=b", "=cmd", "|", "a|b", "a\\|b",
    "||", "|-|", "&", "&&", "&amp;", "&#35;", "&copy", ";", "a;b", "<", ">", ">>", "> quote", "<script>alert(1)</script>",
    "<!-- x -->", "--> x", "<a@b.c>", "a@b.example", "@team", "@", "http://x.example/a_b?c=d&e=f", "www.example.com",
    "https://x.example/*", "[link](http://x)", "![i](x)", "[x]", "[ ] task", "[^1]", "[a]: b", "(", ")", "()", "{}", "{a,b}",
    "[a-z]", "?", "a?b", "file*", "1. one", "1) one", "123456789. x", "1.", "0", "012", "0x1F", "1e3", ".5", "15:30", "1_000",
    "no", "No", "yes", "on", "off", "null", "~", "true", "n", "y", ".nan", ".inf", "<<", "for", "in", "if", "then", "time",
    "\n", "a\nb", "a\n\nb", "\na", "a\n", "a\n\n", "a \nb", " a\nb", "a\n b\n  c", "\t", "a\tb", "a\n\tb", "\r", "a\r\nb",
    "a\rb", "\x01", "\x07bell", "\x1b[31mred", "\x7f", "\x0b\x0c", "a\x08b", "EOF", "EOF\n", "%s%n", "%", "100%", "a%b",
    "\u00e9t\u00e9", "e\u0301", "\u00df", "\u65e5\u672c\u8a9e", "\U0001F600", "\U0001F468\u200d\U0001F469\u200d\U0001F467",
    "\u05e9\u05dc\u05d5\u05dd", "\u202egnp.exe", "\u200b", "\ufeff", "\u2028", "a\u2029b", "\u0085", "\u00a0", "\u00ad", "\ue000",
    "\uffff", "\U0010FFFF", "\U000E0041", "shellcheck disable=all", "shellcheck source=/x", "checkov:skip=X",
    "```", "````", "a```b", "`", "``", "` `", "`a", "a`", "a``b`c", "```sh\nx\n```", "~~~", "    code", "|a|b|\n|-|-|", "a\n===",
    "a\n---", "a\n# b", "a\n> b", "a\n- b", "a\n1. b", "a\n```\nb", ": x", "x:", "x: y", "- x: y", "? x", "!tag", "&anchor",
    "*alias", "%YAML 1.1", "--- x", "...", "a\n...\nb", "a\n---\nb", "@[x]", "$x$", "$$x$$", "costs $5 and $6", "x" * 5000,
    "word " * 400, "-" * 300, "'" * 50, "`" * 40, "\\" * 41, "$" * 20, "%" * 21, "$" * 9 + "{", "%" * 8 + "{", "${" * 9,
]

ALPHABET = list("""abz019 \\'"`$%{}()[]<>|&;*?!#~@^=+-_.,:/\n\t""") + [
    "\r", "\x1b", "\x01", "\u00e9", "\u0301", "\u202e", "\u200d", "\U0001F600", "\u2028", "\ufeff", "${", "%{", "$$", "--", "\\|", "]]", "-->",
]


def strings(seed, count=250):
    random.seed(seed)
    made = ["".join(random.choice(ALPHABET) for _ in range(random.randint(1, 14))) for _ in range(count)]
    return HOSTILE + made


def write(env, mode, texts, folder):
    program = env.build / "props" / "emit_writers"
    if not program.exists():
        raise Skip("build/props/emit_writers is not built")
    data = b"".join(t if isinstance(t, bytes) else t.encode("utf-8", "surrogatepass") for t in
                    (x if isinstance(x, bytes) else x.encode() for x in texts) for t in (t + b"\0",))
    outcome = env.run([program, mode], folder, stdin=data)
    if outcome.code != 0:
        raise Failure(f"emit_writers {mode}: exit {outcome.code}\n{outcome.stderr.decode(errors='replace')[:2000]}")
    return outcome.stdout


def same(texts, got, what):
    """Compares lists of what went in and what came back."""
    if len(texts) != len(got):
        raise Failure(f"{what}: {len(texts)} strings went in, {len(got)} came back")
    bad = [(a, b) for a, b in zip(texts, got) if a != b]
    if bad:
        shown = "\n".join(f"  wrote {a!r}\n  read  {b!r}" for a, b in bad[:5])
        raise Failure(f"{what}: {len(bad)} strings changed\n{shown}")


def nfc(text):
    """Terraform normalises every string to NFC (documented in its language reference)."""
    return unicodedata.normalize("NFC", text)


def test_json(env):
    texts = strings(1)
    with Sandbox() as folder:
        for mode in ("json", "json-compact"):
            data = write(env, mode, texts, folder)
            got = json.loads(data.decode("utf-8"), object_pairs_hook=lambda pairs: pairs)
            same([[(t, t)] for t in texts], got, mode)
            if mode == "json-compact" and data.count(b"\n") != 1:
                raise Failure("compact JSON is not one line")
            if re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80\xae", data):
                raise Failure("a hidden character reached the file unescaped")


def test_json_in_jq(env):
    jq = need("jq")
    texts = strings(2)
    with Sandbox() as folder:
        data = write(env, "json", texts, folder)
        outcome = env.run([jq, "-j", '.[] | to_entries[0].value + "\\u0000"'], folder, stdin=data)
        if outcome.code != 0:
            raise Failure(f"jq: {outcome.stderr.decode(errors='replace')}")
        same(texts, outcome.stdout.decode("utf-8").split("\0")[:-1], "jq")


def test_json_broken_utf8(env):
    """Bytes that are not UTF-8 become U+FFFD, one each, as Unicode 3.9 allows; the file stays valid."""
    with Sandbox() as folder:
        data = write(env, "json", [b"a\xffb", b"\xc3(", b"\xed\xa0\x80", b"\xf5", b"x\xe2\x82"], folder)
    got = [list(x)[0] for x in json.loads(data.decode("utf-8"))]
    want = ["a\ufffdb", "\ufffd(", "\ufffd" * 3, "\ufffd", "x\ufffd\ufffd"]
    same(want, got, "broken UTF-8")


def test_yaml(env):
    try:
        import yaml
    except ImportError:
        raise Skip("python3-yaml is not installed") from None
    texts = [t for t in strings(3) if t != "nested-list"]
    with Sandbox() as folder:
        data = write(env, "yaml", texts, folder)
    want = [{t: t, "nested-list": [t, {"deep": t, "number": -12, "truth": True}]} for t in texts]
    # libyaml's own parser and the pure Python one differ in places; both must agree.
    for loader in (yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        same(want, list(yaml.load_all(data, Loader=loader)), loader.__name__)


def test_sh(env):
    bash = need("bash")
    texts = strings(4)
    with Sandbox() as folder:
        script = write(env, "sh", texts, folder)
        (folder / "x.sh").write_bytes(script)
        outcome = env.run([bash, "x.sh"], folder)
        if outcome.code != 0 or outcome.stderr:
            raise Failure(f"bash: exit {outcome.code}\n{outcome.stderr.decode(errors='replace')[:2000]}")
        got = outcome.stdout.decode("utf-8").split("\0")[:-1]
        want = []
        for t in texts:
            want += [t, t, t + "$m" + t, t, "matched", "found"]
        same(want, got, "bash")
        if re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80[\xa8-\xae]", script):
            raise Failure("a hidden character reached the script unescaped")


def test_sh_shellcheck(env):
    shellcheck = need("shellcheck")
    texts = [t for t in strings(5, 60) if len(t) < 200]
    with Sandbox() as folder:
        (folder / "x.sh").write_bytes(write(env, "sh", texts, folder))
        outcome = env.run([shellcheck, "-x", "--norc", "-f", "gcc", "x.sh"], folder, timeout=120)
        # The test's own shape, not the writer's words: constant comparisons, the helper variables' use.
        found = [line for line in outcome.stdout.decode("utf-8", "replace").splitlines()
                 if not re.search(r"\[SC(2034|2050|2194|2195)\]", line)]
        if found:
            raise Failure("shellcheck:\n" + "\n".join(found[:12]))


def test_sh_broken_utf8(env):
    bash = need("bash")
    texts = [b"a\xffb", b"\xc3(", b"\xed\xa0\x80'", b"\xf5\\", b"x\xe2\x82"]
    with Sandbox() as folder:
        (folder / "x.sh").write_bytes(write(env, "sh", texts, folder))
        got = env.run([bash, "x.sh"], folder).stdout.split(b"\0")[:-1]
        same(texts, got[::6], "bytes that are not UTF-8")


def test_hcl(env):
    terraform = need("terraform")
    texts = strings(6)
    with Sandbox() as folder:
        source = write(env, "hcl", texts, folder)
        (folder / "main.tf").write_bytes(source)
        outcome = env.run([terraform, "fmt", "-check", "-diff"], folder, limit=False)
        if outcome.code != 0:
            raise Failure(f"terraform fmt would change the file\n{outcome.stdout.decode(errors='replace')[:3000]}"
                          f"{outcome.stderr.decode(errors='replace')[:2000]}")
        outcome = env.run([terraform, "apply", "-auto-approve", "-input=false", "-no-color"], folder, limit=False,
                          timeout=120)
        if outcome.code != 0:
            raise Failure(f"terraform apply\n{outcome.stdout.decode(errors='replace')[-1500:]}"
                          f"{outcome.stderr.decode(errors='replace')[:2500]}")
        state = json.loads((folder / "terraform.tfstate").read_text())
    got = state["outputs"]["strings"]["value"]
    same([nfc(t) for t in texts], [x["text"] for x in got], "strings")
    same([nfc(t + "|" + t) for t in texts], [nfc(x["template"]) for x in got], "templates")
    same([sorted({nfc(t), "short"}) for t in texts], [sorted(x["as_key"]) for x in got], "keys")


def test_hcl_layout(env):
    """Trees of every shape: terraform fmt must find nothing to change, and no syntax error."""
    terraform = need("terraform")
    with Sandbox() as folder:
        for seed in range(8):
            texts = [str(seed)] + strings(seed, 60)
            (folder / f"t{seed}.tf").write_bytes(write(env, "hcl-tree", [t for t in texts if len(t) < 60], folder))
        outcome = env.run([terraform, "fmt", "-check", "-diff"], folder, limit=False)
        if outcome.code != 0:
            raise Failure(f"terraform fmt would change the files\n{outcome.stdout.decode(errors='replace')[:3000]}"
                          f"{outcome.stderr.decode(errors='replace')[:2000]}")


# ---- Markdown ------------------------------------------------------------------------------------

# Two readers: markdown-it, and micromark with what GitHub adds (tables, bare links, footnotes, maths).
READERS = {
    "markdown-it": """
import { createRequire } from "node:module";
const MarkdownIt = createRequire(process.argv[2] + "/x.js")("markdown-it");
const md = new MarkdownIt({ html: true, linkify: true });
const render = (text) => md.render(text);
""",
    "micromark": """
import { pathToFileURL } from "node:url";
const load = (path) => import(pathToFileURL(process.argv[2] + "/" + path).href);
const { micromark } = await load("micromark/index.js");
const table = await load("micromark-extension-gfm-table/index.js");
const link = await load("micromark-extension-gfm-autolink-literal/index.js");
const note = await load("micromark-extension-gfm-footnote/index.js");
const math = await load("micromark-extension-math/index.js");
const render = (text) => micromark(text, { allowDangerousHtml: true,
  extensions: [table.gfmTable(), link.gfmAutolinkLiteral(), note.gfmFootnote(), math.math()],
  htmlExtensions: [table.gfmTableHtml(), link.gfmAutolinkLiteralHtml(), note.gfmFootnoteHtml(), math.mathHtml()] });
""",
}
READER_END = """
let text = "";
process.stdin.setEncoding("utf8");
for await (const part of process.stdin) { text += part; }
process.stdout.write(render(text));
"""


class Shown(html.parser.HTMLParser):
    """What a page shows: the text of every block with the kind of block, links, and tags nobody asked for."""

    BLOCKS = {"h1", "h2", "p", "li", "td", "th", "pre", "blockquote"}
    KNOWN = BLOCKS | {"ul", "ol", "table", "thead", "tbody", "tr", "code", "strong", "br"}

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.blocks = []
        self.open = []
        self.strange = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.KNOWN:
            self.strange.append((tag, attrs))
        if tag == "br":
            self.handle_data("\n")
        elif tag in self.BLOCKS:
            self.blocks.append([tag, ""])
            self.open.append(self.blocks[-1])

    def handle_endtag(self, tag):
        if tag in self.BLOCKS and self.open:
            self.open.pop()

    def handle_data(self, data):
        if self.open:
            self.open[-1][1] += data


HIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
                    "\ufff9-\ufffb\U000e0000-\U000e007f\ufdd0-\ufdef\ufffe\uffff\U0010fffe\U0010ffff]")


def visible(text):
    """A text as a Markdown page can show it: blanks collapse, and what cannot be seen is marked."""
    return " ".join(HIDDEN.sub("\ufffd", text).split())


def test_md_markdown_it(env):
    read_markdown(env, "markdown-it")


def test_md_micromark(env):
    read_markdown(env, "micromark")


def read_markdown(env, reader):
    node = need("node")
    modules = env.root / "tests" / "tools" / "node_modules"
    if not (modules / reader).exists():
        raise Skip(f"{reader} is not installed in tests/tools")
    texts = strings(7)
    with Sandbox() as folder:
        (folder / "read.mjs").write_text(READERS[reader] + READER_END)
        source = write(env, "md", texts, folder)
        outcome = env.run([node, "read.mjs", modules], folder, stdin=source, limit=False)
        if outcome.code != 0:
            raise Failure(f"{reader}: {outcome.stderr.decode(errors='replace')[:1500]}")
    page = Shown()
    page.feed(outcome.stdout.decode("utf-8"))
    if page.strange:
        raise Failure(f"text became markup: {page.strange[:5]}")
    groups, current = [], None
    for tag, text in page.blocks:
        if tag == "h2":
            current = []
            groups.append(current)
        if current is not None:
            current.append((tag, visible(text)))
    want = []
    for number, text in enumerate(texts):
        plain = visible(text)
        blocks = [("h2", f"{number} {plain}".strip())]
        if plain:
            blocks.append(("p", plain))
        blocks += [("p", visible(f"x {plain} y")), ("li", plain), ("li", visible("b " + plain)), ("li", plain),
                   ("li", visible("[ ] " + plain))]
        if plain:  # quotes of nothing are left out
            blocks += [("blockquote", ""), ("p", plain), ("blockquote", ""), ("p", visible("[!NOTE] " + plain))]
        blocks += [("th", "plain"), ("th", "code"), ("td", plain), ("td", plain),
                   ("pre", plain)]
        want.append(blocks)
    same(want, groups, reader)


def test_md_lint(env):
    node = need("node")
    lint = env.root / "tests" / "tools" / "node_modules" / "markdownlint-cli2" / "markdownlint-cli2-bin.mjs"
    if not lint.exists():
        raise Skip("markdownlint-cli2 is not installed in tests/tools")
    texts = [t for t in strings(8, 40) if len(t) < 200]
    with Sandbox() as folder:
        (folder / "x.md").write_bytes(write(env, "md", texts, folder))
        # Line length cannot hold for tables; <br> is the one tag; heading texts and their end signs are the test's own.
        (folder / ".markdownlint.json").write_text(json.dumps(
            {"default": True, "MD013": False, "MD033": {"allowed_elements": ["br"]}, "MD024": False, "MD026": False,
             "MD010": {"code_blocks": False}}))
        outcome = env.run([node, lint, "x.md"], folder, limit=False, timeout=120)
        if outcome.code != 0:
            raise Failure("markdownlint:\n" + outcome.stderr.decode(errors="replace")[:3000])
