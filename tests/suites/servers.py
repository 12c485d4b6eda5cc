"""Kinds that one runs oneself, with the real programs: the emitted job takes a copy, an empty one is not verified, and the emitted recovery brings
back what was there, compared whole."""

import os
import pathlib
import pwd
import re
import subprocess
import socket
import time

from lib.core import Failure, Sandbox, Skip, need, readable

HEAD = """
import "std/linux"
import "std/mysql"
import "std/redis"
import "std/git"
import "std/restic"
import "std/generic"
plan p {{ title = "P"  owner = ops }}
person ann {{ name = "Ann"  phone = "+49 30 1111"  email = "ann@example.com" }}
person bob {{ name = "Bob"  phone = "+49 30 1112"  email = "bob@example.com" }}
team ops {{ members = [ann, bob]  lead = ann }}
secret pw {{ env = "RESTIC_PASSWORD"  kept_by = [ann, "safe"] }}
site here : linux.host {{ address = "127.0.0.1"  role = primary }}
site there : linux.host {{ address = "192.0.2.9"  role = vault }}
class c {{ rto = 6h  rpo = 26h }}
scenario damage {{ class = c  corrupts = [thing]  detect = 5m  declare = 15m  noticed_within = 1d }}
store copies : {store}
asset thing : {asset}
  {backup} }}
"""
BACKUP = "backup nightly { kind = full  schedule = daily at 01:00  duration = 10m  retain = 30d  to = copies  watched_by = [ops] }"
RESTIC = "backup nightly { kind = full  method = restic  schedule = daily at 01:00  duration = 10m  retain = 30d  to = copies  watched_by = [ops] }"
DIRECTORY = 'generic.directory {{ site = here  path = "{folder}/disk" }}'
REPOSITORY = 'restic.repository {{ site = there  url = "{folder}/disk/r"  mounted = "192.0.2.9:/srv"  password = pw }}'
GIT = 'git.repository {{ site = there  url = "file://{folder}/disk/copies.git"  mounted = "192.0.2.9:/srv" }}'
FINDMNT = """#!/usr/bin/env bash
echo 192.0.2.9:/srv
"""


class Host:
    """A plan with one asset `thing` on this machine, what the compiler writes of it, and folders for all that runs."""

    def __init__(self, env, folder, store, asset, backup=BACKUP):
        need("bash", "flock", "tar")
        self.env, self.folder = env, folder
        for name in ("bin", "work", "disk"):
            (folder / name).mkdir()
        self.program("findmnt", FINDMNT)
        self.variables = {**os.environ, "DRC_WORK": str(folder / "work"), "DRC_ENV_FILE": str(folder / "none"), "RESTIC_PASSWORD": "not-a-secret",
                          "MYSQL_PWD": "not-a-secret", "HOME": str(folder), "DRC_POLL_SECONDS": "1", "DRC_RETRY_SECONDS": "0",
                          "GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_COMMITTER_NAME": "t",
                          "GIT_COMMITTER_EMAIL": "t@example.com", "GIT_CONFIG_GLOBAL": "/dev/null",
                          "PATH": f"{folder}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
        (folder / "main.dr").write_text(HEAD.format(store=store.format(folder=folder), asset=asset.format(folder=folder), backup=backup), encoding="utf-8")
        env.compile(["build", "main.dr", "-o", "out"], folder)

    def program(self, name, text):
        (self.folder / "bin" / name).write_text(text, encoding="utf-8")
        (self.folder / "bin" / name).chmod(0o755)

    def call(self, *argv, expect=0, **more):
        done = subprocess.run([str(a) for a in argv], cwd=more.pop("cwd", self.folder), env={**self.variables, **more}, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=90, check=False)
        if done.returncode != expect:
            raise Failure(f"{argv} ended with {done.returncode}, not {expect}:\n{readable(done.stdout)}")
        return readable(done.stdout)

    def job(self, *words, expect=0):
        return self.call("bash", "out/cron/jobs/thing-nightly.sh", *words, expect=expect, DRC_STATE=f"{self.folder}/state")

    def newest(self):
        return self.job("list").split()[-1]

    def recover(self, expect=0, **answers):
        """The recovery, whose manual steps are done by nobody: they say so."""
        steps = (self.folder / "out/restore/scenarios/damage/steps.tsv").read_text(encoding="utf-8").split("\n")
        rows = [line.split("\t") for line in steps if line and not line.startswith("#")]
        lines = [f"step.{row[1]}=done" for row in rows if row[4] == "manual"]
        lines += [f"input.thing.{key}={value}" for key, value in answers.items()]
        (self.folder / "answers").write_text("\n".join(lines) + "\n", encoding="utf-8")
        began = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1200))
        self.call("bash", "out/restore/recover.sh", "damage", "--yes-i-declare", "INC-1", "--answers", "answers", "--interrupted-at", began,
                  "--state", f"{self.folder}/recoveries", expect=expect)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A program that is ended by its process, whatever becomes of the test."""

    def __init__(self, host, *argv):
        self.log = open(host.folder / "server.log", "wb")
        self.process = subprocess.Popen([str(a) for a in argv], env=host.variables, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def wait_for(what):
    for _ in range(300):
        if subprocess.run(what, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return
        time.sleep(0.1)
    raise Failure(f"the server does not come: {what}")


def mysql_round(env, store, backup):
    need("mariadbd", "mariadb-install-db", "mysql", "mysqldump", "mysqlcheck")
    with Sandbox() as folder:
        port = free_port()
        host = Host(env, folder, store,
                    f'mysql.server {{{{ site = here  owner = ops  database = "app"  username = "keeper"  host = "127.0.0.1"  port = {port}  size = 1MiB', backup)
        user = pwd.getpwuid(os.getuid()).pw_name
        host.call("mariadb-install-db", "--no-defaults", f"--datadir={folder}/data", f"--tmpdir={folder}/work",
                  "--auth-root-authentication-method=normal", f"--user={user}")
        if backup == RESTIC:
            host.call("restic", "--repo", folder / "disk/r", "init")
        with Server(host, "mariadbd", "--no-defaults", f"--user={user}", f"--datadir={folder}/data", f"--tmpdir={folder}/work",
                    f"--port={port}", "--bind-address=127.0.0.1",
                    f"--socket={folder}/socket", f"--pid-file={folder}/pid"):
            root = ["mysql", "--no-defaults", f"--socket={folder}/socket", "--user=root", "--password=", "--batch"]
            wait_for([*root, "--execute", "SELECT 1"])

            def sql(text):
                return host.call(*root, "--execute", text)

            sql("CREATE DATABASE app; CREATE USER keeper@'%' IDENTIFIED BY 'not-a-secret'; GRANT ALL ON *.* TO keeper@'%';"
                " CREATE USER keeper@localhost IDENTIFIED BY 'not-a-secret'; GRANT ALL ON *.* TO keeper@localhost")
            if backup == BACKUP:
                host.job(expect=3)  # a database without tables
            sql("USE app; CREATE TABLE `a b`(x int); CREATE TABLE `c``d`(x int);"
                " CREATE TABLE t(i int PRIMARY KEY, v varchar(99)); INSERT INTO t VALUES (1, 'one'), (2, 'zw\u00f6lf; \\\\ ''x''');"
                " CREATE VIEW w AS SELECT v FROM t; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.v = concat(NEW.v, '!')")
            shown = "USE app; SHOW TABLES; SELECT * FROM t ORDER BY i; SELECT * FROM w ORDER BY v; SHOW TRIGGERS LIKE 't'"
            before = re.sub(r"\d{4}-\d\d-\d\d \S+", "", sql(shown))
            host.job()
            host.job("verify")
            sql("USE app; DROP TABLE `a b`; DELETE FROM t; INSERT INTO t VALUES (3, 'junk'); CREATE TABLE junk(x int); INSERT INTO junk VALUES (1)")
            if backup == BACKUP:
                host.recover(dump=host.newest(), host="127.0.0.1")
            else:
                host.recover(snapshot="latest", host="127.0.0.1")
            after = re.sub(r"\d{4}-\d\d-\d\d \S+", "", sql(shown))
            if after != before:
                raise Failure(f"it came back as\n{after}\nand was\n{before}")
            # What verifies says so of an emptied database too.
            sql("USE app; DELETE FROM t")
            if backup == BACKUP:
                step = next((folder / "out/restore/scenarios/damage/steps").glob("*thing-tables.sh"))
                run = next((folder / "recoveries").glob("*/*/answers")).parent
                host.call("bash", step, "run", expect=1, DRC_RUN_DIR=str(run))


def test_mysql_comes_back(env):
    mysql_round(env, DIRECTORY, BACKUP)


def test_mysql_comes_back_from_restic(env):
    need("restic", "jq")
    mysql_round(env, REPOSITORY, RESTIC)


SYSTEMCTL = """#!/usr/bin/env bash
# As systemd would: the server of this test is one process, which saves when it stops.
set -eu
case "$1" in
    is-active) redis-cli -p {port} PING >/dev/null 2>&1 ;;
    stop) redis-cli -p {port} SHUTDOWN SAVE >/dev/null 2>&1 || true; while redis-cli -p {port} PING >/dev/null 2>&1; do sleep 0.1; done ;;
    start) setsid redis-server --port {port} --bind 127.0.0.1 --dir {folder}/data --save "" --appendonly no --daemonize yes >/dev/null
           until redis-cli -p {port} PING >/dev/null 2>&1; do sleep 0.1; done ;;
    *) exit 64 ;;
esac
"""
CHOWN = """#!/bin/sh
exit 0
"""


def redis_round(env, store, backup):
    need("redis-server", "redis-cli", "redis-check-rdb")
    with Sandbox() as folder:
        port = free_port()
        (folder / "data").mkdir()
        host = Host(env, folder, store, f'redis.server {{{{ site = here  owner = ops  host = "127.0.0.1"  port = {port}  persistent = true  size = 1MiB'
                    '  directory = "{folder}/data"', backup)
        host.program("systemctl", SYSTEMCTL.format(port=port, folder=folder))
        host.program("chown", CHOWN)
        if backup == RESTIC:
            host.call("restic", "--repo", folder / "disk/r", "init")
        try:
            host.call("systemctl", "start", "redis-server")
            if backup == BACKUP:
                host.job(expect=3)  # of a server that holds nothing
            host.call("redis-cli", "-p", port, "SET", "one", "first")
            host.call("redis-cli", "-p", port, "RPUSH", "list", "a", "b c")
            host.job()
            host.job("verify")
            host.call("redis-cli", "-p", port, "SET", "one", "damaged")
            host.call("redis-cli", "-p", port, "DEL", "list")
            if backup == BACKUP:
                host.recover(file=host.newest(), host="127.0.0.1")
            else:
                host.recover(snapshot="latest", host="127.0.0.1")
            if host.call("redis-cli", "-p", port, "GET", "one") != "first\n" or host.call("redis-cli", "-p", port, "LRANGE", "list", "0", "-1") != "a\nb c\n":
                raise Failure("what came back is not what was there")
        finally:
            subprocess.run(["redis-cli", "-p", str(port), "SHUTDOWN", "NOSAVE"], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_redis_comes_back(env):
    redis_round(env, DIRECTORY, BACKUP)


def test_redis_comes_back_from_restic(env):
    need("restic", "jq")
    redis_round(env, REPOSITORY, RESTIC)


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()}


def files_round(env, store, backup, prepare, asset="linux.files", answers=None):
    with Sandbox() as folder:
        more = "size = 1MiB" if asset == "linux.files" else ""
        host = Host(env, folder, store, f'{asset} {{{{ site = here  owner = ops  paths = ["{{folder}}/data"]  {more}', backup)
        (folder / "data" / "sub").mkdir(parents=True)
        prepare(host)
        host.job(expect=3)  # folders alone
        (folder / "data" / "one").write_bytes(b"first\n")
        (folder / "data" / "sub" / "two words").write_bytes(bytes(range(256)))
        before = tree(folder / "data")
        time.sleep(1.1)  # the next copy has a name of its own
        host.job()
        host.job("verify")
        (folder / "data" / "one").write_bytes(b"damaged\n")
        (folder / "data" / "sub" / "two words").unlink()
        mode = os.stat("/").st_mode
        host.recover(**(answers or (lambda host: {}))(host), host="127.0.0.1", into="/")
        # What holds the files on their way is no part of them.
        if (left := os.stat("/").st_mode) != mode:
            os.chmod("/", mode & 0o7777)
            raise Failure(f"the recovery left the place it restores into with mode {left:o}")
        if tree(folder / "data") != before:
            raise Failure(f"it came back as {tree(folder / 'data')}")


def test_files_come_back(env):
    files_round(env, DIRECTORY, BACKUP, lambda host: None, answers=lambda host: {"archive": host.newest()})


def test_files_come_back_from_restic(env):
    need("restic", "jq")
    files_round(env, REPOSITORY, RESTIC, lambda host: host.call("restic", "--repo", host.folder / "disk/r", "init"),
                answers=lambda host: {"snapshot": "latest"})


def test_configuration_comes_back_from_git(env):
    need("git")

    def prepare(host):
        host.call("git", "init", "--quiet", "--bare", "--initial-branch=main", host.folder / "disk/copies.git")
        host.call("git", "clone", "--quiet", host.folder / "disk/copies.git", "first")
        # Somebody else's file in the same repository: it is neither taken away nor written to the host.
        (host.folder / "first" / "other").write_text("of another asset\n", encoding="utf-8")
        host.call("git", "add", "other", cwd=host.folder / "first")
        host.call("git", "commit", "--quiet", "--message", "first", cwd=host.folder / "first")
        host.call("git", "push", "--quiet", "origin", "HEAD:main", cwd=host.folder / "first")

    def answers(host):
        there = host.call("git", "-C", host.folder / "disk/copies.git", "ls-tree", "-r", "--name-only", "main").split("\n")
        if "other" not in there:
            raise Failure("the file of somebody else is gone")
        if pathlib.Path("/other").exists():
            raise Skip("there is a file /other here")
        return {"revision": "HEAD"}

    files_round(env, GIT, BACKUP, prepare, "git.configuration", answers)
    if pathlib.Path("/other").exists():
        raise Failure("the file of somebody else was written to the host")
