"""One store that several jobs write to at once, with the real tools: nobody fails because of another, nobody takes away what another stored,
and who dies in the middle holds up nobody for ever."""

import os
import pathlib
import signal
import subprocess
import time

from lib.core import Failure, Sandbox, need, readable

SPEC = """
import "std/linux"
import "std/git"
import "std/restic"
import "std/tiers"

plan t {{ title = "T"  owner = p }}
person p {{ name = "P"  phone = "+49 30 1"  email = "p@example.com" }}
secret pw {{ env = "RESTIC_PASSWORD"  kept_by = [p, "safe"] }}
site here : linux.host {{ address = "10.0.0.1"  role = primary }}
site there : linux.host {{ address = "192.0.2.9"  role = recovery }}
{store}
"""
ASSET = """
asset {name} : {kind} {{
  tier = low  site = here  rpo = 2d  paths = ["{folder}/{name}"]  {more}
  backup nightly {{ kind = full  schedule = daily at 02:00  duration = 1m  retain = 30d  to = copies }}
}}
"""
FINDMNT = """#!/usr/bin/env bash
echo 192.0.2.9:/srv
"""


def kill(process):
    """A process that leads a session, and all it started."""
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(path.name)) == process.pid:
                os.kill(int(path.name), signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
    process.communicate()


class Shared:
    """Two assets, `one` and `two`, whose jobs write into the store `copies`."""

    def __init__(self, env, folder, store, kind="linux.files"):
        self.env, self.folder, self.started = env, folder, []
        for name in ("bin", "work", "shared"):
            (folder / name).mkdir()
        (folder / "bin" / "findmnt").write_text(FINDMNT, encoding="utf-8")
        (folder / "bin" / "findmnt").chmod(0o755)
        self.variables = {**os.environ, "DRC_STATE": str(folder / "state"), "DRC_WORK": str(folder / "work"), "DRC_ENV_FILE": str(folder / "none"),
                          "RESTIC_PASSWORD": "not-a-secret", "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_COMMITTER_NAME": "t",
                          "GIT_COMMITTER_EMAIL": "t@example.com", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": str(folder),
                          "PATH": f"{folder}/bin:/usr/local/bin:/usr/bin:/bin:" + os.environ.get("PATH", "")}
        text = SPEC.format(store=store.format(folder=folder))
        for name in ("one", "two"):
            (folder / name).mkdir()
            (folder / name / "file").write_text(f"of {name}\n", encoding="utf-8")
            text += ASSET.format(name=name, kind=kind, folder=folder, more="size = 1MiB" if kind == "linux.files" else "")
        (folder / "main.dr").write_text(text, encoding="utf-8")
        env.compile(["build", "main.dr", "-o", "out"], folder)

    def call(self, *argv, cwd=None):
        return subprocess.run([str(a) for a in argv], cwd=cwd or self.folder, env=self.variables, check=True, capture_output=True, text=True).stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.started:
            if process.poll() is None:
                kill(process)

    def spawn(self, *argv, **more):
        self.started.append(subprocess.Popen([str(a) for a in argv], cwd=self.folder, env=self.variables, stdin=subprocess.DEVNULL,
                                             start_new_session=True, **more))
        return self.started[-1]

    def start(self, name, *words):
        return self.spawn("bash", self.folder / "out/cron/jobs" / f"{name}-nightly.sh", *words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def end(self, process, expect=0, seconds=90):
        try:
            said = process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired as late:
            kill(process)
            raise Failure(f"not done after {seconds} s: {process.args}") from late
        if process.returncode != expect:
            raise Failure(f"ended with {process.returncode}, not {expect}:\n{readable(said)}")
        return readable(said)

    def run(self, name, *words, expect=0):
        return self.end(self.start(name, *words), expect)

    def restored(self, name):
        """What a restore of the newest copy brings back."""
        path = self.folder / name / "file"
        was = path.read_text(encoding="utf-8")
        path.write_text("damaged\n", encoding="utf-8")
        self.run(name, "restore", "latest", "--yes")
        if path.read_text(encoding="utf-8") != was:
            raise Failure(f"restored `{path.read_text(encoding='utf-8')}`, stored was `{was}`")

    def wait_for(self, what, text):
        for _ in range(300):
            if what():
                return
            time.sleep(0.1)
        raise Failure(text)


REPOSITORY = 'store copies : restic.repository {{ site = there  url = "{folder}/shared/r"  mounted = "192.0.2.9:/srv"  password = pw }}'


def repository(env, folder):
    need("bash", "tar", "flock", "restic", "jq")
    shared = Shared(env, folder, REPOSITORY)
    shared.call("restic", "--repo", folder / "shared/r", "init")
    return shared


def test_restic_jobs_wait_for_each_other(env):
    with Sandbox() as folder, repository(env, folder) as shared:
        # Somebody's own backup, which lasts: it holds the repository, not for itself alone.
        os.mkfifo(folder / "pipe")
        own = shared.spawn("sh", "-c", f"exec restic --repo {folder}/shared/r backup --stdin <{folder}/pipe", stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        with open(folder / "pipe", "w", encoding="utf-8") as pipe:
            shared.wait_for(lambda: list((folder / "shared/r/locks").iterdir()), "the other backup does not hold the repository")
            both = [shared.start(name) for name in ("one", "two")]
            for process in both:
                shared.end(process)
            # One that removes old copies has to wait for it; what it stores is stored.
            job = folder / "out/cron/jobs/one-nightly.sh"
            job.write_text(job.read_text(encoding="utf-8").replace("job retain 2592000", "job retain 1"), encoding="utf-8")
            time.sleep(1.2)
            (folder / "one/file").write_text("second one\n", encoding="utf-8")
            removes = shared.start("one")
            shared.wait_for(lambda: len(shared.call("restic", "--repo", folder / "shared/r", "snapshots", "--json").split('"tree"')) > 6,
                            "the second copy is not stored")
            time.sleep(4)
            if removes.poll() is not None:
                raise Failure(f"did not wait: {removes.returncode}\n{readable(removes.stdout.read())}")
            pipe.write("done\n")
        own.wait(timeout=60)
        said = shared.end(removes)
        if "removed=1" not in said:
            raise Failure(f"nothing was removed:\n{said}")
        for name in ("one", "two"):
            shared.restored(name)


def test_restic_lock_of_who_died(env):
    with Sandbox() as folder, repository(env, folder) as shared:
        (folder / "big").write_bytes(os.urandom(30 << 20))
        shared.call("restic", "--repo", folder / "shared/r", "backup", folder / "big")
        shared.run("one")
        # It wants the repository for itself, and takes half a minute at that rate.
        check = shared.spawn("restic", "--repo", folder / "shared/r", "--limit-download", "1000", "check", "--read-data", stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        shared.wait_for(lambda: list((folder / "shared/r/locks").iterdir()), "the check does not hold the repository")
        time.sleep(1)
        os.kill(check.pid, signal.SIGSTOP)
        waits = shared.start("two")
        # A recovery waits as long as the others may need, then reads all the same: who holds it may have died elsewhere.
        job = folder / "out/cron/jobs/one-nightly.sh"
        text = job.read_text(encoding="utf-8")
        if "\nv1=140\n" not in text:
            raise Failure("a restore does not wait for two jobs of a minute and ten seconds each")
        job.write_text(text.replace("\nv1=140\n", "\nv1=1\n"), encoding="utf-8")
        shared.run("one", "fetch", "latest", "--into", folder / "fetched")
        if waits.poll() is not None:
            raise Failure(f"did not wait: {waits.returncode}\n{readable(waits.stdout.read())}")
        os.kill(check.pid, signal.SIGKILL)
        check.wait()
        shared.end(waits)
        shared.restored("two")
        # A job that is killed with all it started: the next run goes on.
        dies = shared.start("one")
        time.sleep(0.7)
        kill(dies)
        shared.run("one")
        shared.restored("one")


GIT = 'store copies : git.repository {{ site = there  url = "file://{folder}/shared/copies.git"  mounted = "192.0.2.9:/srv" }}'


def test_git_jobs_keep_what_others_stored(env):
    need("bash", "tar", "flock", "git")
    with Sandbox() as folder, Shared(env, folder, GIT, "git.configuration") as shared:
        bare = folder / "shared/copies.git"
        shared.call("git", "init", "--quiet", "--bare", "--initial-branch=main", bare)
        shared.call("git", "clone", "--quiet", bare, "first")
        shared.call("git", "commit", "--quiet", "--allow-empty", "--message", "first", cwd=folder / "first")
        shared.call("git", "push", "--quiet", "origin", "HEAD:main", cwd=folder / "first")
        # Both have cloned before one of them is through: the other is refused.
        hook = bare / "hooks/pre-receive"
        hook.write_text(f"#!/bin/sh\necho >>{folder}/pushes\nsleep 1\n", encoding="utf-8")
        hook.chmod(0o755)
        for _ in range(2):
            both = [shared.start(name) for name in ("one", "two")]
            for process in both:
                shared.end(process)
            time.sleep(1.1)  # the next copy has a name of its own
        if (folder / "pushes").read_text(encoding="utf-8").count("\n") < 9:
            raise Failure("no push was refused: this tested nothing")
        there = shared.call("git", "-C", bare, "ls-tree", "-r", "--name-only", "main").split("\n")
        for name in ("one", "two"):
            if f"{name}-nightly{folder}/{name}/file" not in there:
                raise Failure(f"the files of {name} are not to be read:\n" + "\n".join(there))
            if len([line for line in there if line.startswith(f".copies/{name}-nightly/") and line.endswith(".tar.gz")]) != 2:
                raise Failure(f"copies of {name} are missing:\n" + "\n".join(there))
            shared.run(name, "verify")
            shared.restored(name)
