"""The formatter on random specifications with random layout: every comment survives, in its order, the tree stays the same,
and formatting again changes nothing. The generator writes what the language reference allows, and nothing else."""

import os
import random
import re
import stat
import subprocess

from lib.core import Failure, Sandbox, Skip, readable

FILES, SEED = 300, 20261121

LITERALS = ["5", "0.5", "30%", "99.999%", "15m", "1h30m", "500GiB", "1.5TiB", "200MiB/s", "1200 USD", "1200   USD/mo", "2026-11-21",
            "(05:15)", "true", "null", "unknown", '"text"', '"a \\(b) c"', '"\\(f("x\\(y)"))"', '"// no comment"', '"é漢字 \\u{e9}"', '""',
            '"""one line"""', "every 15m", "daily at 02:00, 14:00", 'weekly on sun, wed at 03:00 in "Europe/Berlin"',
            "monthly on 1, 15 at 04:00", 'cron "0 2 * * 1-5"', "continuous", "on change"]
NAMES = ["a", "orders-db", "self.site", "r.site.name", "daily", "every", "all", "x_1", "in", "for", "averyveryverylongname"]
WORDS = ["size", "rto", "for_", "every", "in", "at", "a", "identifier", "let", "import", "a_rather_long_attribute_name"]
OPERATORS = ["+", "-", "*", "/", "%", "==", "!=", "<=", "&&", "||", ".."]


class Writer:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.comments = 0

    def chance(self, percent):
        return self.random.random() * 100 < percent

    def comment(self, line):
        self.comments += 1
        if not line:
            return f"/* c{self.comments}. */"
        return self.random.choice([f"// c{self.comments}.\n", f"# c{self.comments}.\n", f"/* c{self.comments}.\n    on two lines */\n"])

    def gap(self, line_ok=True, need=True):
        """White space between two tokens: blanks, line ends, comments."""
        roll = self.random.random()
        if roll < 0.80 or not line_ok:
            return " " * self.random.choice([1, 1, 1, 2, 3]) if need or self.chance(30) else ""
        if roll < 0.92:
            return "\n" * self.random.choice([1, 1, 2]) + " " * self.random.randrange(0, 9)
        if roll < 0.96:
            return " " + self.comment(False) + " "
        return " " + self.comment(True) + " " * self.random.randrange(0, 5)

    def expr(self, depth, flat=False):
        g = (lambda need=True: " ") if flat else (lambda need=True: self.gap(True, need))
        kind = self.random.randrange(14) if depth > 0 else self.random.randrange(2)
        if kind == 0:
            return self.random.choice(LITERALS)
        if kind in (1, 2):
            return self.random.choice(NAMES)
        if kind in (3, 4):
            items = [self.expr(depth - 1, flat) for _ in range(self.random.randrange(0, 5))]
            tail = "," if items and self.chance(30) else ""
            return "[" + g(False) + ("," + g(False)).join(items) + tail + g(False) + "]"
        if kind == 5:
            items = [self.expr(depth - 1, flat) for _ in range(self.random.randrange(0, 4))]
            return self.random.choice(["f", "self.loses", "concat"]) + "(" + g(False) + ("," + g(False)).join(items) + g(False) + ")"
        if kind == 6:
            pairs = [self.random.choice([*WORDS, '"odd key"']) + g(False) + "=" + g(False) + self.expr(depth - 1, flat)
                     for _ in range(self.random.randrange(0, 4))]
            return "{" + g() + (self.random.choice([",", ";", " "]) + g()).join(pairs) + g() + "}"
        if kind == 7:
            return "(" + g(False) + self.expr(depth - 1, flat) + g(False) + ")"
        if kind == 8:
            return self.random.choice(["-", "!"]) + self.operand(depth - 1, flat)
        if kind == 9:
            return self.operand(depth - 1, flat) + g() + "?" + g() + self.operand(depth - 1, flat) + g() + ":" + g() + self.operand(
                depth - 1, flat)
        if kind == 10:
            body = self.operand(depth - 1, flat)
            quantifier = self.random.choice(["any", "all", "count"])
            return f"{quantifier}(" + g(False) + f"x in xs:" + g(False) + body + g(False) + ")"
        if kind == 11:
            test = " if" + g() + self.operand(depth - 1, flat) if self.chance(50) else ""
            return "[" + g(False) + "for x in xs" + test + ":" + g() + self.operand(depth - 1, flat) + g(False) + "]"
        operator = self.random.choice(OPERATORS)
        if operator == "..":
            return self.operand(0, flat) + ".." + self.operand(0, flat)
        return self.operand(depth - 1, flat) + g() + operator + g() + self.operand(depth - 1, flat)

    def operand(self, depth, flat):
        """Something that can stand beside an operator without changing what it binds."""
        return "(" + self.expr(depth, flat) + ")" if depth > 0 else self.random.choice(NAMES[:4] + ["5", "15m", '"s"'])

    def attribute(self, flat):
        name = self.random.choice(WORDS)
        if self.chance(5):
            return f"let {name} = " + self.expr(2, flat)
        if self.chance(4):
            return "for = r in xs" + self.random.choice(["", " : aws.rds.postgres"])
        if not flat and self.chance(6):
            indent = " " * self.random.randrange(0, 6)
            return f'{name} = """\n{indent}  one\n\n{indent}    two \\(x) "three"\n{indent}  """'
        g = (lambda: " ") if flat else (lambda: self.gap(True, False))
        return name + self.random.choice(["", " ", "   "]) + "=" + g() + self.expr(self.random.randrange(0, 4), flat)

    def header(self):
        return self.random.choice([
            "asset database : aws.rds.postgres", "plan p", "review", "tag", "resource aws_x ident(self.name, r.site) ", "once r.site",
            'step "a b"', 'inventory "a.yaml" as e : kind(e.kind)', "backup daily", "default : k8s.deployment"])

    def block(self, depth):
        if self.chance(35):
            items = [self.attribute(True) for _ in range(self.random.randrange(0, 4))]
            return self.header() + " {" + " ".join(" " + item for item in items) + " }"
        text = ""
        if self.chance(15):
            self.comments += 1
            text = f"/// c{self.comments}.\n"
        text += self.header() + self.random.choice([" ", "", "\n", "  "]) + "{" + self.gap(True, True)
        for _ in range(self.random.randrange(0, 6)):
            text += self.attribute(False) if depth == 0 or self.chance(70) else self.block(depth - 1)
            text += self.random.choice(["\n", "\n", " ", ";", "\n\n\n", " // e\n"]) + self.gap(True, True)
        return text + "}"

    def file(self):
        text = "".join(f'import "std/{n}"' + self.random.choice(["\n", "\n\n", " as y\n"]) for n in range(self.random.randrange(0, 3)))
        for _ in range(self.random.randrange(0, 4)):
            text += self.block(2) + self.random.choice(["\n", " ", "\n\n\n\n"]) + self.gap(True, True)
        return text


def marks(text):
    return re.findall(r"c\d+\.", text)


def test_random_layout(env):
    program = env.build / "props" / "format_check"
    if not program.exists():
        raise Skip("format_check is not built")
    with Sandbox() as box:
        names = []
        for number in range(FILES):
            name = box / f"{number}.dr"
            name.write_text(Writer(SEED + number).file(), encoding="utf-8")
            names.append(name.name)
        done = env.run([program, *names], box)
        if done.code != 0:
            raise Failure(readable(done.stdout + done.stderr))
        for name in names:
            before, after = (box / name).read_text(encoding="utf-8"), (box / f"{name}.out").read_text(encoding="utf-8")
            if sorted(marks(before)) != sorted(marks(after)):
                raise Failure(f"comments were lost or doubled:\n{before}\n--- after\n{after}")
            for number, line in enumerate(after.split("\n"), 1):
                if line != line.rstrip() and '"""' not in after:
                    raise Failure(f"line {number} ends in blanks:\n{after}")
            if after and (not after.endswith("\n") or after.endswith("\n\n") or "\n\n\n" in after):
                raise Failure(f"blank lines:\n{after}")


def test_write_in_place_is_careful(env):
    """`fmt -w` keeps mode and owner, replaces no link and writes through none that somebody planted."""
    with Sandbox() as folder:
        text, precious = b"plan   p { }\n", folder / "precious"
        main, link = folder / "main.dr", folder / "link.dr"
        main.write_bytes(text)
        precious.write_bytes(text)
        main.chmod(0o640)
        link.symlink_to(precious)
        (folder / "main.dr.drc-new").symlink_to(precious)
        owner = (65534, 65534) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
        os.chown(main, *owner)

        def run(path):
            return subprocess.run([env.drc, "fmt", "-w", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env.variables(folder), check=False)

        done, found = run(main), os.lstat(main)
        if done.returncode or main.read_bytes() == text or stat.S_IMODE(found.st_mode) != 0o640 or (found.st_uid, found.st_gid) != owner:
            raise Failure(f"status {done.returncode}, mode {found.st_mode:o}, owner {found.st_uid}:{found.st_gid}\n{done.stdout.decode()}")
        done = run(link)
        if done.returncode != 74 or b"symbolic link" not in done.stdout or not link.is_symlink() or precious.read_bytes() != text:
            raise Failure(f"status {done.returncode}: a link was written through or replaced\n{done.stdout.decode()}")
        if sorted(os.listdir(folder)) != ["link.dr", "main.dr", "main.dr.drc-new", "precious"]:
            raise Failure(f"left behind: {sorted(os.listdir(folder))}")
