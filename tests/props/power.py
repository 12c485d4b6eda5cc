"""`drc build` and `drc fmt -w` die before each write, rename and sync, by a signal or for want of power: what is left is old or new, whole.

Between the first and the last rename of a build, some files are new already. Then `build --check` says so, the recovery script refuses to run,
and the next build completes it, or goes back, whatever was lost.
"""

import json
import os
import random
import subprocess

from lib.core import Failure, Sandbox, tree
from lib.power import Power, copy_tree, cuts

STAGE = ".drc-stage"

def long():
    return bool(os.environ.get("DRC_TEST_ALL"))


def output(folder):
    """What a build wrote, without its stage."""
    return {path: data for path, data in tree(folder).items() if not path.startswith(STAGE)} if folder.exists() else {}


def specifications(env, folder):
    """Two of which one is the other after a change: files that come, go, change and stay."""
    text = (env.root / "examples" / "hello.dr").read_text(encoding="utf-8")
    (folder / "old.dr").write_text(text, encoding="utf-8")
    (folder / "new.dr").write_text(text.replace("shop", "store").replace("orders", "sales"), encoding="utf-8")


def build(env, folder, name, out, *more):
    done = env.run([env.drc, "build", name, "-o", out, *more], folder, env={"LD_PRELOAD": str(folder / "power.so")})
    return done.code, done.stdout.decode() + done.stderr.decode()


def check_left(out, old, new, when):
    """Each file is old or new; the whole is one of both, or there is a journal that says what is to be done."""
    left = output(out)
    for path in sorted(set(old) | set(new) | set(left)):
        if left.get(path) not in (old.get(path), new.get(path)):
            raise Failure(f"{when}: {path} is neither old nor new")
    if left not in (old, new) and not (out / STAGE / "journal").exists():
        raise Failure(f"{when}: a mixture, and no journal that tells of it")
    return left


def check_told(env, folder, out, left, old, new, when):
    """Whoever looks is not told that a mixture is well."""
    for name, whole in (("old.dr", old), ("new.dr", new)):
        if build(env, folder, name, out, "--check")[0] == 0 and left != whole:
            raise Failure(f"{when}: `--check` is content with what is not {name}")
    # What the other state has besides is in nobody's way; the plan it goes by is beside it.
    whole = any(all(left.get(path) == data for path, data in files.items() if path.startswith("restore/") or path == "plan.json") for files in (old, new))
    done = subprocess.run(["bash", out / "restore" / "recover.sh", scenario(left), "--dry-run", "--state", folder / "state"], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, env=env.variables(folder), timeout=60, check=False)
    if (done.returncode == 0) != whole or not whole and done.returncode != 4:
        raise Failure(f"{when}: the recovery script ends with {done.returncode}\n{done.stdout[-500:]}{done.stderr[-500:]}")
    return whole


def scenario(files):
    return next(path.split("/")[2] for path in sorted(files) if path.startswith("restore/scenarios/"))


def check_next(env, folder, out, whole, name, when):
    code, text = build(env, folder, name, out)
    if code != 0 or output(out) != whole or (out / STAGE).exists():
        wrong = sorted(path for path in set(whole) | set(output(out)) if whole.get(path) != output(out).get(path))
        raise Failure(f"{when}: the next build of {name} ends with {code}, wrong are {wrong[:5]}\n{text}")
    listed = {entry["path"] for entry in json.loads((out / "manifest.json").read_text())["files"]}
    if listed != set(whole) - {"manifest.json"}:
        raise Failure(f"{when}: the manifest lists other files")


def prepared(env, folder):
    """Before, the tree after the old build, the one after the new one, and the calls in between."""
    specifications(env, folder)
    for name in ("old", "new"):
        code, text = build(env, folder, f"{name}.dr", folder / name)
        if code:
            raise Failure(text)
    return output(folder / "old"), output(folder / "new")


def test_build_dies_before_any_call(env):
    with Sandbox() as folder:
        power, rng = Power(env, folder), random.Random(5)
        old, new = prepared(env, folder)
        out, before, cut = folder / "out", folder / "before", folder / "cut"
        build(env, folder, "old.dr", before)
        copy_tree(before, out)
        command = [env.drc, "build", "new.dr", "-o", out]
        code, text, calls = power.run(command, folder, out)
        if code or output(out) != new:
            raise Failure(text)
        if not {"write", "rename", "syncfs", "link", "unlink", "mkdir"} <= {call[0] for call in calls}:
            raise Failure(f"the log lacks calls: {sorted({call[0] for call in calls})}")
        # What surrounds a sync is always tried; of the many alike before and after, some.
        mixtures, near = 0, {n + k for n, call in enumerate(calls, 1) if call[0] in ("syncfs", "rmdir") for k in (-1, 0, 1)}
        scripts = [n for n, call in enumerate(calls, 1) if call[0] == "rename" and call[2].startswith("restore/")]
        near |= {scripts[len(scripts) // 2]}  # among what the recovery consists of
        for at in range(1, len(calls) + 1):
            if not long() and at not in near and at % 90:
                continue
            copy_tree(before, out)
            code, text, done = power.run(command, folder, out, at)
            if code != -9:
                raise Failure(f"call {at}: not killed, {code}\n{text}")
            when = f"killed before call {at}, {' '.join(calls[at - 1][:2])}"
            left = check_left(out, old, new, when)
            mixtures += not check_told(env, folder, out, left, old, new, when)
            name, whole = (("new.dr", new), ("old.dr", old))[at % 2]
            for lost in cuts(before, done, cut, STAGE, rng, 1 if not long() else 4 if at in near else 2):
                left = check_left(cut, old, new, f"{when}, lost: {lost}")
                check_next(env, folder, cut, whole, name, f"{when}, lost: {lost}")
            check_next(env, folder, out, whole, name, when)
        if not mixtures:
            raise Failure("no build died among its renames")


def test_first_build_dies_before_any_call(env):
    """There was nothing: then there is nothing, or all of it."""
    with Sandbox() as folder:
        power, rng = Power(env, folder), random.Random(6)
        old, new = prepared(env, folder)
        out, before, cut = folder / "out", folder / "before", folder / "cut"
        before.mkdir()
        command = [env.drc, "build", "new.dr", "-o", out]
        copy_tree(before, out)
        _, _, calls = power.run(command, folder, out)
        for at in range(1, len(calls) + 1):
            if not long() and at % 90 and calls[at - 1][0] != "syncfs" and calls[at - 2][0] != "syncfs":
                continue
            copy_tree(before, out)
            _, _, done = power.run(command, folder, out, at)
            when = f"killed before call {at}, {' '.join(calls[at - 1][:2])}"
            check_left(out, {}, new, when)
            for lost in cuts(before, done, cut, STAGE, rng, 2):
                check_left(cut, {}, new, f"{when}, lost: {lost}")
                check_next(env, folder, cut, new, "new.dr", f"{when}, lost: {lost}")
            check_next(env, folder, out, new, "new.dr", when)


def test_fmt_dies_before_any_call(env):
    with Sandbox() as folder:
        power, rng = Power(env, folder), random.Random(7)
        before, place, cut = folder / "before", folder / "place", folder / "cut"
        before.mkdir()
        ugly = b'plan   p { title   = "P" }\n' + b"// a comment\n" * 40
        (before / "main.dr").write_bytes(ugly)
        os.chmod(before / "main.dr", 0o640)
        copy_tree(before, place)
        command = [env.drc, "fmt", "-w", place / "main.dr"]
        code, text, calls = power.run(command, folder, place)
        neat = (place / "main.dr").read_bytes()
        if code or neat == ugly or not {"write", "rename", "fsync"} <= {call[0] for call in calls}:
            raise Failure(f"{code}: {calls}\n{text}")
        for at in range(1, len(calls) + 2):
            copy_tree(before, place)
            _, _, done = power.run(command, folder, place, at)
            check_formatted(place, ugly, neat, f"killed before call {at}")
            for lost in cuts(before, done, cut, STAGE, rng, 8):
                check_formatted(cut, ugly, neat, f"killed before call {at}, lost: {lost}")


def check_formatted(folder, ugly, neat, when):
    status = os.lstat(folder / "main.dr")
    if (folder / "main.dr").read_bytes() not in (ugly, neat) or status.st_mode & 0o7777 != 0o640:
        raise Failure(f"{when}: neither old nor new, or of mode {status.st_mode & 0o7777:o}")
