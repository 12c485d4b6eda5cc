"""`drc` in a repository that a stranger filled: what a clone brings with it makes no build write, replace or remove anything but its own output."""

import hashlib
import json
import os
import shutil
import stat
import subprocess

from lib.core import Failure, Sandbox, Skip
from lib.power import Power

EVIL = b"#!/bin/sh\necho owned > /tmp/owned\n"


def digest(data):
    return hashlib.sha256(data).hexdigest()


def clone(env, folder):
    """A specification whose output folder is the repository itself, and a hook that git would run."""
    text = (env.root / "examples" / "hello.dr").read_bytes()
    (folder / "main.dr").write_bytes(text)
    (folder / ".git" / "hooks").mkdir(parents=True)
    (folder / ".git" / "config").write_bytes(b"[core]\n")
    return {"main.dr": text, ".git/config": b"[core]\n"}


def stage(folder, changes, mode=0o700):
    """(path, old bytes or None, new bytes or None) as a journal that fits its folder in every respect."""
    place = folder / ".drc-stage"
    place.mkdir()
    listed = []
    for number, (path, old, new) in enumerate(changes):
        if new is not None:
            (place / f"new-{number}").write_bytes(new)
        listed.append({"path": path, "old": digest(old) if old is not None else "", "new": digest(new) if new is not None else ""})
    (place / "journal").write_text(json.dumps({"schema": "drc.journal/1", "stage": str(os.lstat(place).st_ino), "changes": listed}))
    place.chmod(mode)


def check_clone(env, folder, theirs, what, *more):
    done = subprocess.run([env.drc, "build", "main.dr", "-o", ".", *more], cwd=folder, env=env.variables(folder), capture_output=True, text=True,
                          check=False)
    for path, data in theirs.items():
        if not (folder / path).is_file() or (folder / path).is_symlink() or (folder / path).read_bytes() != data:
            raise Failure(f"{what}: {path} is gone or another\n{done.stdout}{done.stderr}")
    if os.listdir(folder / ".git" / "hooks") or (folder / "Makefile").exists() or (folder / "owned").exists():
        raise Failure(f"{what}: something was planted\n{done.stdout}{done.stderr}")
    return done


def test_journal(env):
    outside = "../outside"
    for change in ((".git/hooks/pre-commit", None, EVIL), ("main.dr", None, None), (".git/config", None, EVIL), ("Makefile", None, EVIL),
                   (outside, None, EVIL), ("terraform/../.git/hooks/x", None, EVIL), ("restore/.ssh", None, EVIL), (".", None, None)):
        for mode in (0o700, 0o755, 0o777):
            with Sandbox() as top:
                folder = top / "repo"
                folder.mkdir()
                theirs = clone(env, folder)
                path, _, new = change
                old = theirs.get(path)
                # The second entry is what a build might leave: one bad one spoils them all.
                stage(folder, [(path, old, new), ("restore/recover.sh", None, EVIL)], mode)
                done = check_clone(env, folder, theirs, f"{change[0]}, mode {mode:o}")
                if done.returncode or (top / "outside").exists() or (folder / ".drc-stage").exists():
                    raise Failure(f"{change[0]}, mode {mode:o}: {done.returncode}\n{done.stdout}{done.stderr}")
                if (folder / "restore" / "recover.sh").read_bytes() == EVIL:
                    raise Failure(f"{change[0]}, mode {mode:o}: a stranger's script is in place")


def test_stage_of_somebody_else(env):
    if os.geteuid() != 0:
        raise Skip("a file of somebody else needs root")
    with Sandbox() as folder:
        theirs = clone(env, folder)
        stage(folder, [("restore/recover.sh", None, EVIL)])
        os.chown(folder / ".drc-stage", 65534, 65534)
        done = check_clone(env, folder, theirs, "another's stage")
        if "belongs to somebody else" not in done.stderr + done.stdout or (folder / "restore" / "recover.sh").read_bytes() == EVIL:
            raise Failure(f"{done.returncode}\n{done.stdout}{done.stderr}")


def test_stage_is_a_link(env):
    """Nothing is read from where it leads, and nothing removed there."""
    with Sandbox() as top:
        folder, other = top / "repo", top / "other"
        folder.mkdir()
        other.mkdir()
        theirs = clone(env, folder)
        (other / "new-0").write_bytes(b"precious\n")
        (folder / ".drc-stage").symlink_to(other)
        check_clone(env, folder, theirs, "a link for a stage")
        if (other / "new-0").read_bytes() != b"precious\n":
            raise Failure("removed through a link")


def test_manifest(env):
    """It says that what is the user's was built: it is neither removed nor replaced."""
    with Sandbox() as folder:
        theirs = clone(env, folder)
        listed = [{"path": path, "sha256": digest(data), "size": len(data)} for path, data in theirs.items()]
        listed += [{"path": "../" + folder.name + "/main.dr", "sha256": digest(theirs["main.dr"])}]
        (folder / "manifest.json").write_text(json.dumps({"schema": "drc.manifest/1", "files": listed}))
        for more in ((), ("--force",)):
            check_clone(env, folder, theirs, f"manifest {more}", *more)


def test_stage_is_private(env):
    """Nobody else can look into it, whatever the umask: that of a build which dies among its renames."""
    with Sandbox() as folder, Sandbox() as aside:
        clone(env, folder)
        power, open_to_all = Power(env, aside), ["sh", "-c", 'umask 0; exec "$@"', "sh", env.drc, "build", "main.dr", "-o"]
        _, _, calls = power.run([*open_to_all, aside / "out"], folder, aside / "out")
        [at] = [n for n, call in enumerate(calls, 1) if call[0] == "unlink" and call[1].endswith("/journal")]
        code, text, _ = power.run([*open_to_all, "."], folder, folder, at)
        found = os.lstat(folder / ".drc-stage") if (folder / ".drc-stage").exists() else None
        if code != -9 or found is None or stat.S_IMODE(found.st_mode) != 0o700 or found.st_uid != os.geteuid():
            raise Failure(f"{code}, {found}\n{text}")


def test_unfinished_is_told(env):
    """Between the first and the last change of a build files of two plans stand side by side: whoever reads the folder says so."""
    with Sandbox() as folder:
        text = (env.root / "examples" / "hello.dr").read_text(encoding="utf-8")
        (folder / "main.dr").write_text(text)

        def run(*words):
            done = subprocess.run([env.drc, *words], cwd=folder, env=env.variables(folder), capture_output=True, text=True, check=False)
            return done.returncode, done.stdout + done.stderr

        run("build", "main.dr", "-o", "out")
        readme = (folder / "out/runbooks/README.md").read_bytes()
        stage(folder / "out", [("runbooks/README.md", readme, readme + b"\n")])
        for code, words in ((2, ("verify", "out")), (0, ("verify", "out/plan.json")), (0, ("diff", "main.dr", "out/plan.json"))):
            got, told = run(*words)
            if got != code or "unfinished: out: a build was interrupted here" not in told:
                raise Failure(f"{words}: {got}\n{told}")
        got, told = run("build", "--check", "main.dr", "-o", "out")
        if got != 2 or "an earlier build was interrupted" not in told:
            raise Failure(f"--check: {got}\n{told}")
        shutil.rmtree(folder / "out" / ".drc-stage")
        got, told = run("verify", "out")
        if got or "unfinished" in told:
            raise Failure(f"a folder without a stage: {got}\n{told}")
