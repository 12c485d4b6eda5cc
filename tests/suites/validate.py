"""Translation validation: what a build writes says what its plan says, and each fact that is changed in it is seen by `drc verify DIR`.

Every row of a table below is a way to change a fact of one kind of artifact: a pattern, and what becomes of it. It is tried at up to three places of
each example, with the digests of the manifest and of SHA256SUMS made to fit, so that only a reader can see it. Each must be found, in that file.
"""

import hashlib
import json
import os
import random
import re
import shutil

from lib.core import Failure, Sandbox, Test, readable

EXAMPLES = ("hello.dr", "small", "platform")
PLACES = 3  # of each way, in each example

# kind of artifact: the files; name of the way: pattern, replacement (a text with groups, or a function of the match)
WAYS = {}


def kind(name, files, **ways):
    WAYS[name] = (re.compile(files), ways)


def more(match):
    """One more than the number that is the last group."""
    return match[0][:match.start(match.lastindex) - match.start()] + str(int(match[match.lastindex]) + 1) + match[0][match.end(match.lastindex) - match.start():]


def drop(_):
    return ""


def double(match):
    return match[0] + match[0]


kind("crontab", r"cron/cron\.d/",
     hour=(r"(?m)^(\d+ )(\d+) \* \* ", more),
     minute=(r"(?m)^(\d+) ", more),
     every_hour=(r"(?m)^(\d+ )\S+( \* \* \S+ root)", r"\1*\2"),
     every_minute=(r"(?m)^\d\S*( .* root)", r"*\1"),
     day_of_the_month=(r"(?m)^(\d\S* \S+ )\*( \* \S+ root)", r"\g<1>1\2"),
     month=(r"(?m)^(\d\S* \S+ \* )\*( \S+ root)", r"\g<1>2\2"),
     weekday=(r"(?m)^(\d\S* \S+ \* \* )\*( root)", r"\g<1>1-5\2"),
     other_weekday=(r"(?m)^(\d\S* \S+ \* \* )0( root)", r"\g<1>6\2"),
     leap_day=(r"(?m)^(\d\S* \S+ )\* \*( \S+ root)", r"\g<1>1-31 1-11\2"),
     dropped=(r"(?m)^\d.* root .*\n", drop),
     commented_out=(r"(?m)^(\d.* root .*\n)", r"# \1"),
     twice_a_day=(r"(?m)^(\d+) (\d+)( \* \* \S+ root)", r"\1 \2,23\3"),
     user=(r" root ", " nobody "),
     no_user=(r" root ", " "),
     script=(r"/jobs/([a-z])", r"/jobs/x\1"),
     folder=(r"/opt/drc/", "/opt/drd/"),
     argument=(r"\.sh( verify)?\n", r".sh --if-due\1\n"),
     verify_dropped=(r"\.sh verify\n", ".sh\n"),
     on_change_dropped=(r" --if-changed\n", "\n"),
     shell=(r"SHELL=/bin/sh", "SHELL=/bin/false"),
     path=(r"PATH=\S+", "PATH=/tmp"),
     mail=(r'MAILTO=""\n', ""),
     other_zone=(r"(?m)^SHELL", "CRON_TZ=Europe/Berlin\nSHELL"),
     last_newline=(r"\n\Z", ""))


def build(env, example, folder):
    out = folder / "out"
    env.compile(["build", str(env.root / "examples" / example), "-o", str(out), "--quiet"], folder)
    return out


def fit_digests(out, path):
    """Manifest and SHA256SUMS agree with the file as it is now."""
    data = (out / path).read_bytes()
    sums = out / "restore" / "SHA256SUMS"
    paths = [path]
    if path.startswith("restore/") and path != "restore/SHA256SUMS":
        name = path.removeprefix("restore/")
        lines = sums.read_text().splitlines()
        sums.write_text("".join((f"{hashlib.sha256(data).hexdigest()}  {name}" if line.endswith(f"  {name}") else line) + "\n" for line in lines))
        paths.append("restore/SHA256SUMS")
    manifest = json.loads((out / "manifest.json").read_text())
    for entry in manifest["files"]:
        if entry["path"] in paths:
            data = (out / entry["path"]).read_bytes()
            entry.update(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    (out / "manifest.json").write_text(json.dumps(manifest))


class Changed:
    """The folder with one file changed, and everything as it was afterwards."""

    def __init__(self, out, path, text):
        self.out, self.path, self.text = out, path, text

    def __enter__(self):
        self.kept = {path: (self.out / path).read_bytes() for path in (self.path, "manifest.json", "restore/SHA256SUMS") if (self.out / path).exists()}
        (self.out / self.path).write_text(self.text)
        fit_digests(self.out, self.path)

    def __exit__(self, *_):
        for path, data in self.kept.items():
            (self.out / path).write_bytes(data)


def findings(env, out):
    done = env.run([env.drc, "verify", str(out), "--format", "json"], out.parent)
    if done.code not in (0, 1, 2):
        raise Failure(f"verify ends with {done.code}\n{readable(done.stderr)}")
    return done.code, json.loads(done.stdout)["artifacts"]["problems"]


def changes(text, pattern, replacement):
    """Up to PLACES texts, each with one match changed: the first, the last, and one between."""
    matches = [match for match in re.finditer(pattern, text) if match[0] or match.re.pattern.startswith("(?=")]
    chosen = matches if len(matches) <= PLACES else [matches[0], matches[len(matches) // 2], matches[-1]]
    for match in chosen:
        new = replacement(match) if callable(replacement) else match.expand(replacement)
        changed = text[:match.start()] + new + text[match.end():]
        if changed != text:
            yield text.count("\n", 0, match.start()) + 1, changed


def try_way(env, out, name, pattern, replacement, files):
    tried, missed = 0, []
    candidates = [path for path in files if re.search(pattern, (out / path).read_text())]
    for path in candidates if len(candidates) <= PLACES else [candidates[0], candidates[len(candidates) // 2], candidates[-1]]:
        for line, changed in changes((out / path).read_text(), pattern, replacement):
            with Changed(out, path, changed):
                code, problems = findings(env, out)
            tried += 1
            if code != 2 or not problems:
                missed.append(f"{name}: {path}:{line}")
    return tried, missed


def mutate(env, kind_name):
    files, ways = WAYS[kind_name]
    tried, missed, count = dict.fromkeys(ways, 0), [], 0
    for example in EXAMPLES:
        with Sandbox() as folder:
            out = build(env, example, folder)
            listed = [entry["path"] for entry in json.loads((out / "manifest.json").read_text())["files"]]
            for name, (pattern, replacement) in ways.items():
                number, more_missed = try_way(env, out, f"{example}, {name}", pattern, replacement, [path for path in listed if files.search(path)])
                tried[name] += number
                missed += more_missed
                count += number
    never = [name for name, number in tried.items() if not number]
    if missed or never or len(ways) < 20:
        raise Failure(f"{kind_name}: {len(missed)} of {count} changes were not seen:\n  " + "\n  ".join(missed[:40])
                      + (f"\nnever tried: {', '.join(never)}" if never else "") + (f"\nonly {len(ways)} ways" if len(ways) < 20 else ""))


def test_examples_agree(env):
    for example in EXAMPLES:
        with Sandbox() as folder:
            code, problems = findings(env, build(env, example, folder))
            if code or problems:
                raise Failure(f"{example}: {problems[:5]}")


def collect(env):
    yield Test("examples-agree", lambda: test_examples_agree(env))
    for name in WAYS:
        yield Test(f"changes-in-{name}", lambda name=name: mutate(env, name))
