"""Hosts under test that run the real programs: a plan on this machine, its emitted job and recovery, and servers on loopback addresses."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

from lib.core import Failure, Skip, need, readable

FINDMNT = """#!/usr/bin/env bash
echo 192.0.2.9:/srv
"""


class Host:
    """A plan with one asset `thing` and its backup `nightly`, what the compiler writes of it, and folders for all that runs."""

    def __init__(self, env, folder, specification):
        need("bash", "flock", "tar")
        self.env, self.folder = env, folder
        for name in ("bin", "work", "disk"):
            (folder / name).mkdir(exist_ok=True)
        self.program("findmnt", FINDMNT)
        # No more than a machine has where nobody has set anything up: no identity for git, no folder for work.
        self.variables = {**{k: v for k, v in os.environ.items() if not k.startswith(("DRC_", "GIT_", "PG"))},
                          "DRC_ENV_FILE": str(folder / "none"), "RESTIC_PASSWORD": "not-a-secret", "MYSQL_PWD": "not-a-secret",
                          "PGPASSWORD": "not-a-secret", "REDISCLI_AUTH": "not-a-secret", "HOME": str(folder), "DRC_POLL_SECONDS": "1",
                          "DRC_RETRY_SECONDS": "0", "GIT_CONFIG_GLOBAL": "/dev/null",
                          "PATH": f"{folder}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        (folder / "main.dr").write_text(specification, encoding="utf-8")
        env.compile(["build", "main.dr", "-o", "out"], folder)

    def program(self, name, text):
        (self.folder / "bin" / name).write_text(text, encoding="utf-8")
        (self.folder / "bin" / name).chmod(0o755)

    def call(self, *argv, expect=0, **more):
        """Runs a program; `expect`: how it has to end, several in a tuple, None: however."""
        done = subprocess.run([str(a) for a in argv], cwd=more.pop("cwd", self.folder), env={**self.variables, **more}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=90, check=False)
        if expect is not None and done.returncode not in (expect if isinstance(expect, tuple) else (expect,)):
            raise Failure(f"{argv} ended with {done.returncode}, not {expect}:\n{readable(done.stdout)}")
        return readable(done.stdout)

    def job(self, *words, expect=0):
        return self.call("bash", "out/cron/jobs/thing-nightly.sh", *words, expect=expect, DRC_STATE=f"{self.folder}/state")

    def newest(self):
        return self.job("list").split()[-1]

    def recover(self, expect=0, scenario="damage", **answers):
        """The recovery, whose manual steps are done by nobody: they say so."""
        steps = (self.folder / f"out/restore/scenarios/{scenario}/steps.tsv").read_text(encoding="utf-8").split("\n")
        rows = [line.split("\t") for line in steps if line and not line.startswith("#")]
        lines = [f"step.{row[1]}=done" for row in rows if row[4] == "manual"]
        lines += [f"input.thing.{key}={value}" for key, value in answers.items()]
        (self.folder / "answers").write_text("\n".join(lines) + "\n", encoding="utf-8")
        began = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1200))
        return self.call("bash", "out/restore/recover.sh", scenario, "--yes-i-declare", "INC-1", "--answers", "answers", "--interrupted-at", began,
                         "--state", f"{self.folder}/recoveries", expect=expect)


def free_port(*addresses):
    """A port that is free at each of the addresses."""
    for _ in range(50):
        with socket.socket() as first:
            first.bind((addresses[0] if addresses else "127.0.0.1", 0))
            port = first.getsockname()[1]
        try:
            for address in addresses:
                with socket.socket() as other:
                    other.bind((address, port))
        except OSError:
            continue
        return port
    raise Skip("no port is free at all of " + ", ".join(addresses))


class Server:
    """A program that is ended by its process, whatever becomes of the test."""

    def __init__(self, host, *argv, log="server.log"):
        self.log = open(host.folder / log, "ab")
        self.process = subprocess.Popen([str(a) for a in argv], env=host.variables, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def wait_for(what, variables=None):
    for _ in range(300):
        if subprocess.run([str(a) for a in what], env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise Failure(f"the server does not come: {what}")


def postgres_programs():
    need("initdb" if shutil.which("initdb") else "pg_dump", "psql", "pg_restore")
    found = shutil.which("initdb") or max((str(p) for p in pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")), default=None)
    if not found:
        raise Skip("the server of PostgreSQL is not installed")
    return pathlib.Path(found).parent


def postgres_owner():
    """It does not run as root; its own user need not reach the folder of the test."""
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] if os.getuid() == 0 else []
