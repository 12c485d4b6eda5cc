"""Stores of the standard library with the real tools: what a job puts into them comes back byte for byte."""

import os
import subprocess

from lib.core import Failure, Sandbox, Test, need, readable

SPEC = """
import "std/linux"
import "std/git"
import "std/generic"
import "std/restic"
import "std/tiers"

plan t {{ title = "T"  owner = p }}
person p {{ name = "P"  phone = "+49 30 1"  email = "p@example.com" }}
secret pw {{ env = "RESTIC_PASSWORD"  kept_by = [p, "safe"] }}
site here : linux.host {{ address = "10.0.0.1"  role = primary }}
site there : generic.datacenter {{ }}
{store}
asset files : linux.files {{
  tier = low  site = here  rpo = 2d  paths = ["{folder}/data"]  size = 1MiB
  backup nightly {{ kind = full  schedule = daily at 02:00  duration = 1m  retain = 30d  to = copies }}
}}
"""


def round_trip(env, store, prepare, tools):
    """Backup, list, verify, another backup, damage, restore."""
    need("bash", "tar", "flock", *tools)
    with Sandbox() as folder:
        data = folder / "data"
        (data / "sub").mkdir(parents=True)
        (data / "one").write_bytes(b"first\n")
        (data / "sub" / "two words").write_bytes(bytes(range(256)))
        variables = {"DRC_STATE": str(folder / "state"), "DRC_WORK": str(folder / "work"), "RESTIC_PASSWORD": "not-a-secret",
                     "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_COMMITTER_NAME": "t",
                     "GIT_COMMITTER_EMAIL": "t@example.com", "GIT_CONFIG_GLOBAL": "/dev/null",
                     "PATH": "/usr/local/bin:/usr/bin:/bin:" + os.environ.get("PATH", "")}
        (folder / "work").mkdir()
        prepare(folder, {**os.environ, **variables})
        (folder / "main.dr").write_text(SPEC.format(store=store.format(folder=folder), folder=folder), encoding="utf-8")
        env.compile(["build", "main.dr", "-o", "out"], folder)
        job = folder / "out" / "cron" / "jobs" / "files-nightly.sh"

        def run(*words, expect=0):
            done = env.run(["bash", job, *words], folder, env=variables)
            if done.code != expect:
                raise Failure(f"{' '.join(words) or 'backup'} ended with {done.code}:\n"
                              + readable(done.stdout) + readable(done.stderr))
            return readable(done.stdout)

        run("verify", expect=3)  # there is nothing yet
        run()
        if len(run("list").split("\n")) < 2:
            raise Failure("the backup is not listed")
        run("verify")
        (data / "one").write_bytes(b"damaged\n")
        (data / "sub" / "two words").unlink()
        run("restore", "latest", "--yes")
        if (data / "one").read_bytes() != b"first\n" or (data / "sub" / "two words").read_bytes() != bytes(range(256)):
            raise Failure("the restored files are not those that were backed up")


def directory(folder, variables):
    (folder / "disk").mkdir()


def git(folder, variables):
    def call(*argv, cwd=folder):
        subprocess.run(["git", *argv], cwd=cwd, env=variables, check=True, capture_output=True)

    call("init", "--quiet", "--bare", "--initial-branch=main", "copies.git")
    call("clone", "--quiet", "copies.git", "first")
    call("commit", "--quiet", "--allow-empty", "--message", "first", cwd=folder / "first")
    call("push", "--quiet", "origin", "HEAD:main", cwd=folder / "first")


def restic(folder, variables):
    subprocess.run(["restic", "--repo", str(folder / "repository"), "init"], env=variables, check=True, capture_output=True)


STORES = [
    ("directory", 'store copies : generic.directory {{ site = there  path = "{folder}/disk" }}', directory, []),
    ("git", 'store copies : git.repository {{ site = there  url = "file://{folder}/copies.git" }}', git, ["git"]),
    ("restic", 'store copies : restic.repository {{ site = there  url = "{folder}/repository"  password = pw }}', restic, ["restic", "jq"]),
]


def collect(env):
    for name, store, prepare, tools in STORES:
        yield Test(name, lambda store=store, prepare=prepare, tools=tools: round_trip(env, store, prepare, tools))
