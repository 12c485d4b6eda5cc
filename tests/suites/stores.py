"""Stores of the standard library with the real tools: what a job puts into them comes back byte for byte, and is on the host the store
is at. The other host is a folder: stand-ins for `ssh` and `findmnt` know it, and a path of it means nothing here."""

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
site there : linux.host {{ within = hall  address = "192.0.2.9"  role = recovery }}
site hall : generic.datacenter {{ }}
{store}
asset files : linux.files {{
  tier = low  site = here  rpo = 2d  paths = ["{folder}/data"]  size = 1MiB
  backup nightly {{ kind = full  schedule = daily at 02:00  duration = 1m  retain = 30d  to = copies }}
}}
"""


# Runs the command where the paths of the other host are: what is below /other here.
SSH = """#!/usr/bin/env bash
user="" address=""
while (($# > 0)); do
    case "$1" in
        -o | -l) [[ "$1" == -l ]] && user="$2"; shift 2 ;;
        -*) shift ;;
        *) break ;;
    esac
done
address="$1"
shift
[[ "${user:+${user}@}${address}" == root@192.0.2.9 || "${address}" == root@192.0.2.9 ]] || exit 255
command="$*"
exec sh -c "${command//\\/elsewhere/{folder}/other}"
"""
FINDMNT = """#!/usr/bin/env bash
[[ "${!#}" != {folder}/mount* || ! -e {folder}/mounted ]] && echo /dev/sda1 || echo 192.0.2.9:/srv
"""


def stand_ins(folder):
    for name, text in (("ssh", SSH), ("findmnt", FINDMNT)):
        (folder / "bin").mkdir(exist_ok=True)
        (folder / "bin" / name).write_text(text.replace("{folder}", str(folder)), encoding="utf-8")
        (folder / "bin" / name).chmod(0o755)


def round_trip(env, store, prepare, tools, place):
    """Backup, list, verify, another backup, damage, restore."""
    need("bash", "tar", "flock", *tools)
    with Sandbox() as folder:
        stand_ins(folder)
        data = folder / "data"
        (data / "sub").mkdir(parents=True)
        (data / "one").write_bytes(b"first\n")
        (data / "sub" / "two words").write_bytes(bytes(range(256)))
        variables = {"DRC_STATE": str(folder / "state"), "DRC_WORK": str(folder / "work"), "RESTIC_PASSWORD": "not-a-secret",
                     "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_COMMITTER_NAME": "t",
                     "GIT_COMMITTER_EMAIL": "t@example.com", "GIT_CONFIG_GLOBAL": "/dev/null",
                     "PATH": f"{folder}/bin:/usr/local/bin:/usr/bin:/bin:" + os.environ.get("PATH", "")}
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

        if place == "mount":  # nothing of another system is there: neither written nor read
            run(expect=1)
            if list((folder / "mount").rglob("*.tar.gz")):
                raise Failure("written to a path that is not mounted")
            (folder / "mounted").write_text("")
        run("verify", expect=3)  # there is nothing yet
        run()
        if len(run("list").split("\n")) < 2:
            raise Failure("the backup is not listed")
        run("verify")
        if not any(path.is_file() for path in (folder / place).rglob("*")):
            raise Failure("nothing is at the place of the store")
        if len(variables) and tools != ["restic", "jq"] and place != "mount" and list(folder.glob("elsewhere/**/*")):
            raise Failure("the copy is on the host of the job")
        run("fetch", "latest", "--into", str(folder / "fetched"))
        if not list((folder / "fetched").glob("files-nightly-*.tar.gz")):
            raise Failure("nothing was fetched")
        (data / "one").write_bytes(b"damaged\n")
        (data / "sub" / "two words").unlink()
        run("restore", "latest", "--yes")
        if (data / "one").read_bytes() != b"first\n" or (data / "sub" / "two words").read_bytes() != bytes(range(256)):
            raise Failure("the restored files are not those that were backed up")


def directory(folder, variables):
    (folder / "other" / "disk").mkdir(parents=True)
    (folder / "mount" / "disk").mkdir(parents=True)


def git(folder, variables, place="other"):
    def call(*argv, cwd=folder):
        subprocess.run(["git", *argv], cwd=cwd, env=variables, check=True, capture_output=True)

    (folder / place).mkdir()
    call("init", "--quiet", "--bare", "--initial-branch=main", f"{place}/copies.git")
    call("clone", "--quiet", f"{place}/copies.git", "first")
    call("commit", "--quiet", "--allow-empty", "--message", "first", cwd=folder / "first")
    call("push", "--quiet", "origin", "HEAD:main", cwd=folder / "first")


def restic(folder, variables):
    (folder / "mount").mkdir()
    subprocess.run(["restic", "--repo", str(folder / "mount" / "repository"), "init"], env=variables, check=True, capture_output=True)


DIRECTORY, GIT, RESTIC = "generic.directory", "git.repository", "restic.repository"
STORES = [
    ("directory", f'{DIRECTORY} {{{{ site = there  path = "/elsewhere/disk" }}}}', directory, [], "other"),
    ("directory-of-a-hall", f'{DIRECTORY} {{{{ site = hall  address = "192.0.2.9"  path = "/elsewhere/disk" }}}}', directory, [], "other"),
    ("directory-mounted", f'{DIRECTORY} {{{{ site = there  path = "{{folder}}/mount/disk"  mounted = "192.0.2.9:/srv" }}}}', directory, [], "mount"),
    ("git", f'{GIT} {{{{ site = there  url = "/elsewhere/copies.git" }}}}', git, ["git"], "other"),
    ("git-mounted", f'{GIT} {{{{ site = there  url = "file://{{folder}}/mount/copies.git"  mounted = "192.0.2.9:/srv" }}}}',
     lambda folder, variables: git(folder, variables, "mount"), ["git"], "mount"),
    ("restic", f'{RESTIC} {{{{ site = there  url = "{{folder}}/mount/repository"  mounted = "192.0.2.9:/srv"  password = pw }}}}', restic,
     ["restic", "jq"], "mount"),
]


def collect(env):
    for name, store, *rest in STORES:
        yield Test(name, lambda store=store, rest=rest: round_trip(env, f"store copies : {store}", *rest))
