"""The output folder under attack: full disks, crashes, hand edits, symbolic links, hostile manifests, a second build.

The model is a dictionary of path to bytes; what the folder holds is read by Python, never by the program.
"""

import fcntl
import hashlib
import json
import os
import random
import re
import resource
import signal
import stat
import shutil
import subprocess
import time

from lib.core import Failure, Sandbox, Skip

OK, DIFFERS, REFUSED, ERROR = range(4)
OLD = {f"d{i % 3}/f{i:02}": (f"old {i}\n" * 50).encode() for i in range(12)} | {"gone/x": b"gone\n", "run.sh*": b"#!/bin/sh\n"}
NEW = {f"d{i % 3}/f{i:02}": (f"new {i}\n" * 60).encode() for i in range(12)} | {"deep/er/y": b"y\n", "run.sh*": b"#!/bin/sh\n#\n"}


def check(condition, text):
    if not condition:
        raise Failure(text)


def command(env, folder, *options):
    program = env.build / "props" / "output_tree"
    if not program.exists():
        raise Skip("build/props/output_tree is not built")
    return [str(program), *options, str(folder)]


def described(files):
    return b"".join(path.encode() + b"\0" + data + b"\0" for path, data in files.items())


def build(env, folder, files, *options, expect=OK, **more):
    done = subprocess.run(command(env, folder, *options), input=described(files), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=env.variables(folder), timeout=60, check=False, **more)
    text = done.stdout.decode("utf-8", "backslashreplace")
    if expect is not None and done.returncode != expect:
        raise Failure(f"result {done.returncode}, expected {expect}\n{text}")
    return text


def tree(folder, with_stage=False):
    """Path to bytes of every file; an executable's path ends in `*`, as in the description."""
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            short = os.path.relpath(path, folder)
            if (short.startswith(".drc-stage") and not with_stage) or short == "manifest.json":
                continue
            mark = "*" if os.lstat(path).st_mode & stat.S_IXUSR and not os.path.islink(path) else ""
            found[short + mark] = os.readlink(path).encode() if os.path.islink(path) else open(path, "rb").read()
    return found


def same_tree(folder, want, when):
    got = tree(folder)
    if got != want:
        wrong = sorted(k for k in set(got) | set(want) if got.get(k) != want.get(k))
        raise Failure(f"{when}: the folder differs in {wrong[:8]}")
    check(not os.path.lexists(os.path.join(folder, ".drc-stage")), f"{when}: .drc-stage is left behind")


def manifest_agrees(folder):
    listed = {f["path"]: f for f in json.load(open(os.path.join(folder, "manifest.json")))["files"]}
    found = {k.rstrip("*"): v for k, v in tree(folder).items()}
    check(set(listed) == set(found), f"manifest lists {sorted(set(listed) ^ set(found))[:5]} wrongly")
    for path, data in found.items():
        check(listed[path]["sha256"] == hashlib.sha256(data).hexdigest(), f"wrong digest of {path}")
        check(listed[path]["size"] == len(data), f"wrong size of {path}")


def test_build_again_and_change(env):
    with Sandbox() as folder:
        out = folder / "a" / "b" / "out"
        build(env, out, OLD)
        same_tree(out, OLD, "first build")
        manifest_agrees(out)
        times = {p: os.lstat(out / p).st_mtime_ns for p in ("d0/f00", "manifest.json")}
        text = build(env, out, OLD)
        check("created 0 updated 0" in text and "removed 0" in text, f"second build changed something\n{text}")
        check(all(os.lstat(out / p).st_mtime_ns == t for p, t in times.items()), "an unchanged file was touched")
        build(env, out, OLD, "--check")
        some = dict(OLD, **{"d1/f01": b"changed\n"})
        text = build(env, out, some, "--check", expect=DIFFERS)
        check("stale d1/f01" in text, text)
        same_tree(out, OLD, "--check writes nothing")
        build(env, out, NEW)
        same_tree(out, NEW, "new state")
        manifest_agrees(out)
        check(not (out / "gone").exists(), "the empty folder of a removed file stays")


def test_check_of_an_absent_folder(env):
    with Sandbox() as folder:
        text = build(env, folder / "no", OLD, "--check", expect=DIFFERS)
        check("missing d0/f00" in text and not (folder / "no").exists(), text)


def test_mode_alone(env):
    with Sandbox() as folder:
        build(env, folder / "o", {"s*": b"x"})
        os.chmod(folder / "o" / "s", 0o644)
        build(env, folder / "o", {"s*": b"x"}, "--check", expect=DIFFERS)
        build(env, folder / "o", {"s*": b"x"})
        same_tree(folder / "o", {"s*": b"x"}, "mode put right")


def test_hand_edits(env):
    with Sandbox() as folder:
        out = folder / "o"
        build(env, out, OLD)
        (out / "d0" / "f03").write_bytes(b"old 3\nmine\x1b[31m\n")
        (out / "gone" / "x").write_bytes(b"mine too\n")
        before = tree(out)
        text = build(env, out, NEW, expect=REFUSED)
        check("edited d0/f03: line 1: on disk `old 3`, built `new 3`" in text, text)
        check("mine?[31m" in text and "\x1b" not in text, f"an escape sequence reached the terminal\n{text}")
        same_tree(out, before, "refused")
        text = build(env, out, NEW, "--check", expect=DIFFERS)
        check("edited d0/f03" in text, text)
        text = build(env, out, NEW, "--force")
        check("kept gone/x" in text, text)
        same_tree(out, NEW | {"gone/x": b"mine too\n"}, "forced")


def test_deleted_file_comes_back(env):
    with Sandbox() as folder:
        build(env, folder / "o", OLD)
        os.remove(folder / "o" / "d1" / "f04")
        build(env, folder / "o", OLD)
        same_tree(folder / "o", OLD, "rebuilt")


def test_foreign_files(env):
    with Sandbox() as folder:
        out = folder / "o"
        (out / "d0").mkdir(parents=True)
        (out / "d0" / "f00").write_bytes(b"somebody's\n")
        (out / "notes.txt").write_bytes(b"keep me\n")
        text = build(env, out, OLD, expect=REFUSED)
        check("foreign d0/f00" in text, text)
        same_tree(out, {"d0/f00": b"somebody's\n", "notes.txt": b"keep me\n"}, "refused")
        build(env, out, OLD, "--force")
        same_tree(out, OLD | {"notes.txt": b"keep me\n"}, "forced; other files stay")
        build(env, out, {"only": b"1"})
        same_tree(out, {"only": b"1", "notes.txt": b"keep me\n"}, "other files survive every build")


def test_symbolic_links(env):
    with Sandbox() as folder:
        out, aside = folder / "o", folder / "aside"
        build(env, out, OLD)
        aside.mkdir()
        (aside / "f00").write_bytes(b"outside\n")
        os.rename(out / "d0", folder / "d0-real")
        os.symlink(aside, out / "d0")
        for options in ((), ("--force",)):
            text = build(env, out, NEW, *options, expect=REFUSED)
            check("blocked d0/f00" in text, text)
        check((aside / "f00").read_bytes() == b"outside\n", "written through a symbolic link")
        os.remove(out / "d0")
        os.rename(folder / "d0-real", out / "d0")
        os.remove(out / "run.sh")
        os.symlink(aside / "f00", out / "run.sh")
        build(env, out, NEW, "--force", expect=REFUSED)
        check((aside / "f00").read_bytes() == b"outside\n", "written through a symbolic link")
        os.remove(out / "run.sh")
        # The folder itself may be a link: that is its owner's choice.
        os.symlink(out, folder / "link")
        build(env, folder / "link", NEW)
        same_tree(out, NEW, "through a link to the folder")


def test_orphan_behind_a_symbolic_link(env):
    with Sandbox() as folder:
        out, aside = folder / "o", folder / "aside"
        build(env, out, OLD)
        os.rename(out / "gone", aside)
        os.symlink(aside, out / "gone")
        text = build(env, out, NEW)
        check("kept gone/x" in text and (aside / "x").read_bytes() == b"gone\n", f"removed through a link\n{text}")


def test_things_in_the_way(env):
    with Sandbox() as folder:
        out = folder / "o"
        (out / "d0" / "f00").mkdir(parents=True)
        os.mkfifo(out / "run.sh")
        (out / "d1").write_bytes(b"a file, not a folder\n")
        text = build(env, out, OLD, "--force", expect=REFUSED)
        for path in ("d0/f00", "run.sh", "d1/f01"):
            check(f"blocked {path}" in text, text)


def test_hostile_manifest(env):
    with Sandbox() as folder:
        victim = folder / "victim"
        victim.write_bytes(b"precious\n")
        digest = hashlib.sha256(b"precious\n").hexdigest()
        out = folder / "o"
        build(env, out, OLD)
        manifest = json.load(open(out / "manifest.json"))
        bad = ["../victim", str(victim), "d0/../../victim", "", ".", "a//b", ".git/hooks/pre-commit", "d0/.x", "d0\\..\\x", "x" * 300, "d0/\x1b", "./d0/f00"]
        manifest["files"] += [{"path": p, "sha256": digest} for p in bad] + [{"path": 7}, {"sha256": digest}, 5, None]
        (out / "manifest.json").write_text(json.dumps(manifest))
        text = build(env, out, NEW)
        check(victim.read_bytes() == b"precious\n", "the manifest reached outside the folder")
        check(text.count("ignored manifest.json") == len(bad) + 4, text)
        same_tree(out, NEW, "the good entries still count")


def test_damaged_manifest(env):
    for damage in (b"", b"{", b"[]", b'{"schema": "other/1", "files": []}', b"\xff\xfe", b"<<<<<<< HEAD\n", b'{"a":1,"a":2}'):
        with Sandbox() as folder:
            out = folder / "o"
            build(env, out, OLD)
            (out / "manifest.json").write_bytes(damage)
            text = build(env, out, NEW, expect=REFUSED)
            check("damaged manifest.json" in text, text)
            same_tree(out, OLD, "refused")
            build(env, out, OLD, "--force")
            manifest_agrees(out)


def test_refused_names(env):
    names = ["/x", "../x", ".x", "a/.git/x", "a/../b", "a//b", "a/", ".", "a/.", "", "a\\b", "a\nb", "a\x7fb", "x" * 256, "a./b", "a ", "b/" * 600 + "c",
             "\u202ex", "a/" + "\x01"]
    with Sandbox() as folder:
        for name in names:
            text = build(env, folder / "o", {name: b""}, expect=9)
            check("refused" in text, f"{name!r}: {text}")
        for pair in (["A", "a"], ["dir/x", "DIR/y"], ["p", "p/q"], ["p/q", "p"], ["P", "p/q"], ["a/B/c", "a/b/d"]):
            text = build(env, folder / "o", dict.fromkeys(pair, b""), expect=9)
            check("refused" in text, f"{pair}: {text}")
        check(not (folder / "o").exists(), "something was written")


def test_full_disk_at_any_byte(env):
    """A file-size limit fails writing like a full disk does, at a place of our choice and without root."""
    biggest = max(len(v) for v in NEW.values())
    with Sandbox() as folder:
        out = folder / "o"
        build(env, out, OLD)
        for limit in (0, 1, 2, 100, biggest - 1, biggest, 900, 1500):

            def bound(limit=limit):
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

            text = build(env, out, NEW, expect=ERROR, preexec_fn=bound)
            check("failed" in text and "cannot" in text, text)
            same_tree(out, OLD, f"limit {limit}")
            build(env, out, OLD, "--check")
        build(env, out, NEW)
        same_tree(out, NEW, "afterwards")


def test_full_disk_on_tmpfs(env):
    if os.geteuid() != 0:
        raise Skip("mounting a small tmpfs needs root")
    with Sandbox() as folder:
        mount = folder / "m"
        mount.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(mount)], stderr=subprocess.PIPE,
                          check=False).returncode:
            raise Skip("cannot mount a tmpfs here")
        try:
            big = {f"f{i}": bytes([65 + i]) * 4096 for i in range(12)}
            changed = {k: v.lower() for k, v in big.items()}  # both states do not fit at once
            build(env, mount / "o", big)
            text = build(env, mount / "o", changed, expect=ERROR)
            check("No space" in text, text)
            same_tree(mount / "o", big, "full disk")
        finally:
            subprocess.run(["umount", str(mount)], check=False)


def test_folder_without_rights(env):
    def demote():
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)

    with Sandbox() as folder:
        if os.geteuid() != 0:
            demote = None  # noqa: F811
        os.chmod(folder, 0o755)
        program = folder / "tool"
        source = command(env, folder)[0]
        program.write_bytes(open(source, "rb").read())
        program.chmod(0o755)

        def run(files, expect):
            done = subprocess.run([program, out], input=described(files), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  env=env.variables(folder), preexec_fn=demote, check=False)
            check(done.returncode == expect, f"result {done.returncode}, expected {expect}\n{done.stdout.decode()}")

        out = folder / "o"
        out.mkdir()
        os.chmod(out, 0o777)
        run(OLD, OK)
        # One folder deep in the tree: found only while renaming, so everything must be undone.
        os.chmod(out / "d2", 0o555)
        run(NEW, ERROR)
        same_tree(out, OLD, "a folder that cannot be written")
        os.chmod(out / "d2", 0o755)
        os.chmod(out, 0o555)
        run(NEW, ERROR)
        same_tree(out, OLD, "the output folder cannot be written")
        os.chmod(out, 0o777)
        run(NEW, OK)
        same_tree(out, NEW, "afterwards")


def test_two_builds_at_once(env):
    with Sandbox() as folder:
        out = folder / "o"
        build(env, out, OLD)
        held = os.open(out, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        text = build(env, out, NEW, expect=ERROR)
        check("busy" in text, text)
        os.close(held)
        same_tree(out, OLD, "busy")
        first = subprocess.Popen(command(env, out), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=env.variables(folder))
        second = subprocess.Popen(command(env, out), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=env.variables(folder))
        first.communicate(described(NEW))
        second.communicate(described(NEW))
        check({first.returncode, second.returncode} <= {OK, ERROR}, "a race ended oddly")
        build(env, out, NEW)
        same_tree(out, NEW, "after a race")


def test_crash_at_any_moment(env):
    """kill -9 at random moments of many builds: the next build always ends in the new state, and what lies between is
    whole: each file is entirely old or entirely new."""
    random.seed(11)
    with Sandbox() as folder:
        out = folder / "o"
        build(env, out, OLD)
        states = [OLD, NEW]
        begin = time.monotonic()
        build(env, out, NEW)
        length = max(time.monotonic() - begin, 0.002)
        build(env, out, OLD)
        killed = 0
        deadline = time.monotonic() + 6
        for turn in range(120):
            if time.monotonic() > deadline:
                break
            target = states[(turn + 1) % 2]
            process = subprocess.Popen(command(env, out), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, env=env.variables(folder))
            process.stdin.write(described(target))
            process.stdin.close()
            time.sleep(random.random() * length)
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
            for path, data in tree(out).items():
                check(data in (OLD.get(path), NEW.get(path)), f"turn {turn}: {path} is neither old nor new")
            build(env, out, target)
            same_tree(out, target, f"turn {turn}")
            manifest_agrees(out)
        check(killed > 0, "no build was caught in the act")


def stop_at(env, out, files, call, when):
    """Runs a build under strace that kills it at the n-th call of a kind; false when there is no such call any more."""
    done = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                           f"inject={call}:signal=SIGKILL:when={when}", *command(env, out)], input=described(files),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env.variables(out.parent), check=False)
    return done.returncode not in (OK, DIFFERS, REFUSED, ERROR)


def fail_at(env, out, files, call, when, error):
    """The same with an error instead of death."""
    done = subprocess.run(["strace", "-f", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                           f"inject={call}:error={error}:when={when}", *command(env, out)], input=described(files),
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env.variables(out.parent), check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def need_strace(env, folder):
    if env.sanitized:
        raise Skip("strace and the leak sanitizer exclude each other")
    if shutil.which("strace") is None:
        raise Skip("strace is not installed")
    probe = subprocess.run(["strace", "-o", "/dev/null", "-e", "trace=close", "-e", "inject=close:error=EIO:when=900", "true"],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if probe.returncode:
        raise Skip("strace cannot trace here")


def test_crash_at_every_call(env):
    with Sandbox() as folder:
        need_strace(env, folder)
        small_old = {"a/x": b"old x\n", "b*": b"old b\n", "gone/g": b"g\n"}
        small_new = {"a/x": b"new x, longer\n", "b*": b"new b\n", "c/d/e": b"e\n"}
        for call in ("write", "linkat", "renameat", "unlinkat", "mkdirat", "syncfs"):
            for when in range(1, 30):
                out = folder / f"{call}{when}"
                build(env, out, small_old)
                if not stop_at(env, out, small_new, call, when):
                    break
                found = tree(out)
                for path, data in found.items():
                    check(data in (small_old.get(path), small_new.get(path)), f"{call} {when}: {path} is mixed")
                if call != "renameat" and call != "unlinkat":
                    # A late write is the report, when all is done already.
                    check(found in (small_old, small_new), f"{call} {when}: the folder is neither old nor new")
                # Whatever comes next must work: the same build, a check, or going back.
                build(env, out, small_new if when % 2 else small_old)
                same_tree(out, small_new if when % 2 else small_old, f"{call} {when}")
                manifest_agrees(out)


def test_error_at_every_call(env):
    with Sandbox() as folder:
        need_strace(env, folder)
        small_old = {"a/x": b"old x\n", "b*": b"old b\n", "gone/g": b"g\n"}
        small_new = {"a/x": b"new x, longer\n", "b*": b"new b\n", "c/d/e": b"e\n"}
        for call, error in (("write", "ENOSPC"), ("linkat", "ENOSPC"), ("renameat", "EIO"), ("mkdirat", "EACCES"),
                            ("fchmod", "EROFS"), ("linkat", "EPERM"), ("syncfs", "EIO")):
            for when in range(1, 30):
                out = folder / f"{call}{error}{when}"
                build(env, out, small_old)
                code, text = fail_at(env, out, small_new, call, when, error)
                if code == OK:
                    same_tree(out, small_new, f"{call} {when} {error}: said to be done")
                    if error != "EPERM" or when > 3:
                        break
                    continue
                check(code == ERROR or "= " not in text, f"{call} {when} {error}: result {code}\n{text}")
                if "= error" in text and "on the disk" not in text:
                    same_tree(out, small_old, f"{call} {when} {error}")
                build(env, out, small_new)
                same_tree(out, small_new, f"after {call} {when} {error}")


def test_lost_stage_files(env):
    """The journal survived a power failure, the staged files did not: nothing may be lost or mixed for good."""
    with Sandbox() as folder:
        need_strace(env, folder)
        out = folder / "o"
        build(env, out, OLD)
        check(stop_at(env, out, NEW, "renameat", 5), "the build was not stopped")
        stage = out / ".drc-stage"
        check((stage / "journal").exists(), "no journal")
        for name in os.listdir(stage):
            if name.startswith("new-"):
                (stage / name).write_bytes(b"")
        build(env, out, NEW)
        same_tree(out, NEW, "built anew")
        manifest_agrees(out)


def test_edit_between_crash_and_recovery(env):
    with Sandbox() as folder:
        need_strace(env, folder)
        out = folder / "o"
        build(env, out, OLD)
        check(stop_at(env, out, NEW, "renameat", 3), "the build was not stopped")
        (out / "d2" / "f11").write_bytes(b"edited meanwhile\n")
        text = build(env, out, NEW, expect=REFUSED)
        check("edited d2/f11" in text, text)
        check((out / "d2" / "f11").read_bytes() == b"edited meanwhile\n", "the edit is lost")


def hostile_stage(out, changes, mode=0o700, number=None):
    """A stage as a stranger's repository would bring it, with the bytes of each new file."""
    stage = out / ".drc-stage"
    stage.mkdir()
    listed = []
    for n, (path, old, new) in enumerate(changes):
        if new is not None:
            (stage / f"new-{n}").write_bytes(new)
        listed.append({"path": path, "old": hashlib.sha256(old).hexdigest() if old is not None else "",
                       "new": hashlib.sha256(new).hexdigest() if new is not None else ""})
    journal = {"schema": "drc.journal/1", "changes": listed}
    if number:
        journal["stage"] = number(stage)
    (stage / "journal").write_text(json.dumps(journal))
    os.chmod(stage, mode)
    return stage


def test_hostile_journal(env):
    with Sandbox() as folder:
        victim = folder / "victim"
        victim.write_bytes(b"precious\n")
        for path in ("../victim", str(victim), "d0/../../victim"):
            out = folder / "o"
            build(env, out, OLD)
            stage = hostile_stage(out, [(path, b"precious\n", None)], number=lambda s: str(os.lstat(s).st_ino))
            build(env, out, NEW)
            check(victim.read_bytes() == b"precious\n", "the journal reached outside the folder")
            same_tree(out, NEW, "a hostile journal is dropped")
            os.symlink(folder, stage)
            build(env, out, OLD, expect=ERROR)
            os.remove(stage)


def test_journal_of_a_clone(env):
    """A repository brings a stage with it: no hook is installed, nothing of the user's is removed or replaced."""
    right = lambda stage: str(os.lstat(stage).st_ino)  # noqa: E731
    bad = [([("d0/f00", b"old 0\n" * 50, b"evil")], 0o755, right),  # as git makes folders
           ([("d0/f00", b"old 0\n" * 50, b"evil")], 0o700, None),   # another folder's journal, under umask 077
           ([("d0/f00", b"old 0\n" * 50, b"evil")], 0o700, lambda stage: str(os.lstat(stage).st_ino + 1)),
           ([(".git/hooks/pre-commit", None, b"#!/bin/sh\nevil")], 0o700, right),
           ([("main.dr", b"plan\n", None)], 0o700, right),
           ([("Makefile", None, b"evil:")], 0o700, right)]
    for changes, mode, number in bad:
        with Sandbox() as folder:
            out = folder / "o"
            files = {path: data for path, data in OLD.items() if path.startswith("d0")}
            build(env, out, files, "--only", "d0")
            (out / "main.dr").write_bytes(b"plan\n")
            (out / ".git" / "hooks").mkdir(parents=True)
            hostile_stage(out, changes, mode, number)
            text = build(env, out, files, "--only", "d0")
            check("recovered" not in text, f"{changes}: carried out\n{text}")
            same_tree(out, files | {"main.dr": b"plan\n"}, f"{changes}")
            check(not os.listdir(out / ".git" / "hooks"), "a hook was installed")


def test_manifest_beyond_the_roots(env):
    with Sandbox() as folder:
        out = folder / "o"
        build(env, out, {"d0/f": b"1"}, "--only", "d0")
        (out / "main.dr").write_bytes(b"plan\n")
        manifest = json.load(open(out / "manifest.json"))
        manifest["files"].append({"path": "main.dr", "sha256": hashlib.sha256(b"plan\n").hexdigest()})
        (out / "manifest.json").write_text(json.dumps(manifest))
        text = build(env, out, {"d0/f": b"2"}, "--only", "d0")
        check("ignored manifest.json: `main.dr`: no target writes there" in text, text)
        same_tree(out, {"d0/f": b"2", "main.dr": b"plan\n"}, "what is the user's")


def test_interrupted_in_a_folder_of_nobody(env):
    """What an interrupted build was writing for somebody who is not asked now is neither carried out nor forgotten."""
    right = lambda stage: str(os.lstat(stage).st_ino)  # noqa: E731
    with Sandbox() as folder:
        out = folder / "o"
        build(env, out, {"d0/f": b"1"}, "--only", "d0")
        hostile_stage(out, [("d0/f", b"1", b"2"), ("mine/x", None, b"x")], number=right)
        text = build(env, out, {"d0/f": b"2"}, "--only", "d0", expect=ERROR)
        check("blocked .drc-stage" in text and "--drop mine" in text, text)
        check(tree(out) == {"d0/f": b"1"}, f"something was done: {tree(out)}")
        (out / "mine").mkdir()
        (out / "mine" / "x").write_bytes(b"x")
        text = build(env, out, {"d0/f": b"2"}, "--only", "d0")
        same_tree(out, {"d0/f": b"2", "mine/x": b"x"}, "what was done already holds nobody up")


def test_large_strangers(env):
    """What another put in place of a file may be of any size: it is neither read whole nor kept in memory."""
    with Sandbox() as folder:
        out = folder / "o"
        for name in ("d0/f", "manifest.json", "gone/g"):
            build(env, out, {"d0/f": b"1", "gone/g": b"1"}, "--force")
            with open(out / name, "wb") as file:
                file.truncate(1 << 40)
            started = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
            text = build(env, out, {"d0/f": b"2"}, expect=OK if name == "gone/g" else REFUSED,
                         preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29)) if not env.sanitized else None)
            used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - started
            check(used < 5 and {"d0/f": "edited d0/f", "manifest.json": "damaged manifest.json", "gone/g": "kept gone/g"}[name] in text, f"{used} s: {text}")
            os.remove(out / name)


CALLS = "trace=openat,write,renameat,linkat,unlinkat,mkdirat,syncfs,fchmod"


def unsynced(log, folder):
    """Files that hold data no sync put on the disk, under the names they had in the end."""
    dirty = set()
    for line in log.splitlines():
        call = re.search(r"(\w+)\((.*)", line)
        if not call or " = -1 " in line:
            continue
        paths = re.findall(r"\d+<([^>]*)>", call[2])
        names = re.findall(r'"([^"]*)"', call[2])
        if call[1] == "write" and paths and paths[0].startswith(str(folder)):
            dirty.add(paths[0])
        elif call[1] == "syncfs":
            dirty.clear()
        elif call[1] == "renameat" and len(paths) == 2 and f"{paths[0]}/{names[0]}" in dirty:
            dirty.remove(f"{paths[0]}/{names[0]}")
            dirty.add(f"{paths[1]}/{names[1]}")
    return dirty


def test_power_cut_at_every_call(env):
    """Dead at any call, and what no sync had put on the disk is gone, as file systems that delay data lose it: names stay, bytes do not.
    The next build leaves the new state, and until then each file is old or new or on its way, never empty or half."""
    with Sandbox() as folder:
        need_strace(env, folder)
        old = {"a/x": b"old x\n", "b*": b"old b\n", "gone/g": b"g\n"}
        new = {"a/x": b"new x, longer\n", "b*": b"new b\n", "c/d/e": b"e\n"}
        for call in ("write", "renameat", "unlinkat", "syncfs"):
            for when in range(1, 30):
                out = folder / f"{call}{when}"
                log = folder / "log"
                build(env, out, old)
                done = subprocess.run(["strace", "-f", "-y", "-o", str(log), "-e", CALLS, "-e", f"inject={call}:signal=SIGKILL:when={when}",
                                       *command(env, out)], input=described(new), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                      env=env.variables(folder), check=False)
                if done.returncode in (OK, DIFFERS, REFUSED, ERROR):
                    break
                for path in unsynced(log.read_text(errors="replace"), out):
                    if os.path.lexists(path):
                        os.truncate(path, 0)
                for path, data in tree(out).items():
                    check(data in (old.get(path), new.get(path)), f"{call} {when}: {path} is neither old nor new")
                text = build(env, out, new if when % 2 else old)
                same_tree(out, new if when % 2 else old, f"{call} {when}\n{text}")
                manifest_agrees(out)
