"""One mistake hides no other: a file with several independent mistakes is reported as each of them is alone.

Every entry of POOL is a piece of a specification with the codes a run over the base and that piece alone has to report,
decided by a person. Pieces share no names, so any of them in any order must together report exactly the sum: nothing
swallowed, nothing that only follows from another one.
"""

import collections
import json
import random

from lib.core import Failure, Sandbox

BASE = """\
plan p { title = "Plan" }
site east : t.region { }
site west : t.region { }
class site_loss { title = "Site lost" }
tier gold { level = 1 }
kind t.region : site { level = region }
kind t.store : store { title = "Store" }
kind t.db : data {
  title = "Database"
  attribute engine { type = enum(postgres, mysql)  default = postgres }
  attribute volume { type = size  default = 1GiB }
  attribute port { type = int  default = 5432 }
  replica { attribute pause { type = duration  default = 1m } }
}
kind t.app : compute { title = "Application"  attribute image { type = string  required = true } }
"""

# A mistake that is always there, so that no proof is attempted, whose verdicts depend on the whole.
ANCHOR = "tier anchor { level = 5m }\n"

POOL = {
    # ---- bytes and words
    "stray-character": ("E0106", "asset a01 : t.db { rto = 1h $ }"),
    "unclosed-string": ("E0107", 'asset a02 : t.db { title = "never closed }'),
    "bad-escape": ("E0109", 'asset a03 : t.db { title = "a\\qb" }'),
    "bad-unit": ("E0111", "asset a04 : t.db { volume = 5GBB }"),
    "out-of-range": ("E0112", "asset a05 : t.db { port = 99999999999999999999 }"),
    "bad-date": ("E0113", "param a06 { type = date  default = 2026-02-31 }"),
    "no-spaces": ("E0115", "asset a07 : t.db { volume = 5GiB -1GiB }"),
    "wrong-quotes": ("E0120", "asset a08 : t.db { title = 'single' }"),
    "hidden-order": ("E0119", 'asset a09 : t.db { title = "a\u202eb" }'),
    # ---- syntax
    "no-value": ("E0116", "asset b01 : t.db { rto = }"),
    "no-value-later-line": ("E0116", "asset b02 : t.db {\n  rto =\n  rpo = 5m\n}"),
    "two-values": ("E0101", "asset b03 : t.db { port = 5 6 }"),
    "comma": ("E0121", "asset b04 : t.db { rto = 1h, rpo = 5m }"),
    "colon": ("E0122", "asset b05 : t.db { rto: 1h }"),
    "double-equals": ("E0122", "asset b06 : t.db { rto == 1h }"),
    "word-operator": ("E0123", "asset b07 : t.db { port = true and false ? 1 : 2 }"),
    "open-bracket": ("E0118", "asset b08 : t.db {\n  needs = [b08x\n  rto = 1h\n}\nasset b08x : t.db { }"),
    "wrong-bracket": ("E0118", "asset b09 : t.db { port = (1 + 2] }"),
    "missing-brace": ("E0117", "asset b10 : t.db {\n  rto = 1h\n\nasset b11 : t.db {\n  rto = 1h\n}"),
    "missing-inner-brace": ("E0117", "asset b12 : t.db {\n  replica west {\n    pause = 1m\n  rto = 1h\n}\nasset b13 : t.db { needs = [b12] }"),
    "brace-too-many": ("E0118", "asset b14 : t.db {\n  rto = 1h\n}\n}"),
    "closed-too-early": ("E0118", "asset b15 : t.db {\n  rto = 1h }\n  rpo = 5m\n  port = 5\n}"),
    "kind-missing-after-colon": ("E0101", "asset b16 : { rto = 1h }\nasset b17 : t.db { needs = [b16] }"),
    "header-numbers": ("E0101", "asset 5 : t.db { rto = 1h }"),
    "header-nonsense": ("E0101", "asset b18 . : t.db { rto = 1h }\nasset b19 : t.db { needs = [b18] }"),
    "statement": ("E0201", "if true { asset b20 : t.db { } }\nasset b21 : t.db { needs = [b20] }"),
    "header-alone": ("E0116", "asset b22 : t.db\nasset b23 : t.db { needs = [b22] }"),
    "bad-schedule": ("E0114", "asset b24 : t.db { backup full { kind = full  schedule = weekly on someday at 02:00 } }"),
    "several-words": ("E0116", "asset b26 : t.db { title = no quotes here  rto = 1h }"),
    "word-operator-alone": ("E0123", "asset b27 : t.db { port = b27.port == 1 and true }"),
    "name-behind-brace": ("E0116", "asset { b25  size = 1GiB }"),
    # ---- names
    "unknown-block": ("E0201", "assset c01 : t.db { rto = 1h }\nasset c02 : t.db { needs = [c01] }"),
    "strange-block": ("E0201", "gizmo c03 { x = 1 }\nasset c04 : t.db { needs = [c03] }"),
    "two-names": ("E0202", "asset c05 t.db { rto = 1h }\nasset c06 : t.db { needs = [c05] }"),
    "no-name": ("E0202", "tier { level = 7 }"),
    "twice": ("E0203", "tier c07 { level = 8 }\ntier c07 { level = 8 }"),
    "twice-and-wrong": ("E0203 E0302", "tier c08 { level = 9 }\nasset c09 : t.db { }\nasset c09 : t.db { rto = 1h + 1GiB }"),
    "unknown-kind": ("E0204", "asset c10 : t.dbx { port = 1  whatever = postgres }\nasset c11 : t.db { needs = [c10]  rto = c10.rto }"),
    "unknown-kind-and-unit": ("E0204 E0302", "asset c12 : t.dbx { port = 15m + 3GiB }"),
    "unknown-kind-and-number": ("E0204 E0301", "asset c13 : t.dbx { rto = 15 }"),
    "unknown-base": ("E0204", "kind c14 : t.nobase { title = \"C\" }\nasset c15 : c14 { strange = 5 }"),
    "unknown-attribute": ("E0205", "asset c16 : t.db { portt = 5 }"),
    "misspelt-required": ("E0205", 'asset c17 : t.app { imagee = "x" }'),
    "misspelt-and-unit": ("E0205 E0302", "asset c18 : t.db { portt = 1h + 1GiB }"),
    "attribute-twice": ("E0206", "asset c19 : t.db { port = 1  port = 2 }"),
    "missing": ("E0207", "asset c20 : t.app { }"),
    "unknown-nested": ("E0208", "asset c21 : t.db { gizmo { x = 1 } }"),
    "misspelt-nested": ("E0208", "asset c22 : t.db { replca west { pause = 5m } }"),
    "misspelt-nested-and-number": ("E0208 E0301", "asset c23 : t.db { replca west { pause = 5 } }"),
    "abstract": ("E0210", "asset c24 : data { rto = 1h }"),
    "wrong-sort": ("E0210", "site c25 : t.db { }\nasset c26 : t.db { site = c25 }"),
    "no-kind": ("E0211", "asset c27 { rto = 1h }\nasset c28 : t.db { needs = [c27] }"),
    "kind-circle": ("E0212", 'kind c29 : c30 { title = "A" }\nkind c30 : c29 { title = "B" }\nasset c31 : c29 { odd = 1 }'),
    "bad-type": ("E0213", "kind c32 : data { attribute x { type = sizzze } }\nasset c33 : c32 { x = 5 }"),
    "shadows": ("E0214", "kind c34 : data { attribute rto { type = duration } }"),
    "parameter": ("E0215", "param c35 { type = int }\nasset c36 : t.db { port = param.c35 }"),
    "site-twice": ("E0203", "site c38 : t.region { }\nsite c38 : t.region { }"),
    # ---- values
    "wrong-type": ("E0300", 'asset d01 : t.db { port = "x" }'),
    "bare-number": ("E0301", "asset d02 : t.db { rto = 5 }"),
    "units": ("E0302", "asset d03 : t.db { rto = 5m + 1GiB }"),
    "comparison": ("E0303", "asset d04 : t.db { port = 5m < 1GiB ? 1 : 2 }"),
    "overflow": ("E0304", "asset d05 : t.db { port = 9223372036854775807 + 1 }"),
    "zero": ("E0305", "asset d06 : t.db { port = 1 / 0 }"),
    "nobody": ("E0306", "asset d07 : t.db { needs = [nobody_at_all] }"),
    "nobody-twice": ("E0306 E0306", "asset d08 : t.db { needs = [d08x, d08y] }"),
    "ambiguous": ("E0307", "site d09 : t.region { }\nstore d09 : t.store { site = east }\nasset d10 : t.db { port = d09 == 1 ? 1 : 2 }"),
    "field": ("E0308", "asset d11 : t.db { port = d12.nothing }\nasset d12 : t.db { }"),
    "function": ("E0309", "asset d13 : t.db { port = frobnicate(1) }"),
    "arguments": ("E0310", "asset d14 : t.db { port = max() }"),
    "word": ("E0312", "asset d15 : t.db { engine = postgress }"),
    "circle": ("E0313", "asset d16 : t.db { port = d17.port }\nasset d17 : t.db { port = d16.port }"),
    "unused-let": ("E0302", "asset d18 : t.db { let x = 5m + 1GiB }"),
    "negative": ("E0317", "asset d20 : t.db { rto = 0s - 5m }"),
    "type-notation": ("E0213", "kind d21 : data { attribute y { type = listt(string) } }"),
    "unit-of-another-sort": ("E0300", "asset d22 : t.db { volume = 5m }"),
    "condition": ("E0325", "asset d23 : t.db { port = 5 ? 1 : 2 }"),
    "rule-field": ("E0308", "rule d24 { title = \"R\"  for = a in assets : t.db  require = a.nothing == 1  message = \"m\" }"),
    # ---- form
    "cycle": ("E0507", "asset e01 : t.db { needs = [e02] }\nasset e02 : t.db { needs = [e01] }"),
    "site-cycle": ("E0510", "site e03 : t.region { within = e04 }\nsite e04 : t.region { within = e03 }"),
    "label": ("E0511", "asset e05 : t.db { replica nowhere { } }"),
    "never": ("E0512", 'asset e06 : t.db { backup full { kind = full  schedule = cron "0 0 30 2 *" } }'),
    "builds-on": ("E0513", "asset e07 : t.db { backup inc { kind = incremental  schedule = daily at 02:00  of = nothing } }"),
    # ---- imports
    "remote-import": ("E0804", 'import "https://example.com/x.dr" as far'),
    "no-such-file": ("E0801", 'import "no-such-file" as f02\nasset f03 : f02.kind { }\nasset f04 : t.db { needs = [f02.x] }'),
}


def report(env, text):
    with Sandbox() as box:
        (box / "main.dr").write_text(text)
        done = env.run([env.drc, "check", "--format", "json", "main.dr"], box)
        if done.code != 1:
            raise Failure(f"exit {done.code}\n{done.stderr.decode()}")
        return json.loads(done.stdout)["diagnostics"]


def check(env, names, anchor=ANCHOR):
    text = BASE + anchor + "\n".join(POOL[name][1] for name in names) + "\n"
    want = collections.Counter(code for name in names for code in POOL[name][0].split())
    found = [d for d in report(env, text) if d["severity"] == "error"]
    got = collections.Counter(d["code"] for d in found)
    if anchor:
        want["E0300"] += 1
    if got != want:
        lines = [f"{', '.join(names)}: missing {sorted((want - got).elements())}, too many {sorted((got - want).elements())}"]
        lines += [f"  {d['code']} line {d.get('line')}: {d['message']}" for d in found]
        raise Failure("\n".join(lines) + "\n--- main.dr\n" + text[len(BASE):])


MISSING = {"missing-brace", "missing-inner-brace"}
TOO_MANY = {"brace-too-many", "closed-too-early"}


def draw(source, count):
    """A random choice in random order. A brace too few and one too many make up for each other: nobody could tell them."""
    without = source.choice([MISSING, TOO_MANY])
    return source.sample(sorted(set(POOL) - without), count)


def test_each_alone(env):
    wrong = []
    for name in POOL:
        try:
            check(env, [name])
            check(env, [name], "")
        except Failure as failure:
            wrong.append(str(failure))
    if wrong:
        raise Failure("\n\n".join(wrong))


def test_random_subsets(env):
    source = random.Random(20261121)
    for _ in range(150):
        names = draw(source, source.randint(2, 14))
        check(env, names)


def test_all_together(env):
    source = random.Random(7)
    for _ in range(5):
        check(env, draw(source, len(POOL) - 2))
