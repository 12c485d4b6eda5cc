"""Kinds that one runs oneself, with the real programs: the emitted job takes a copy, an empty one is not verified, and the emitted recovery brings
back what was there, compared whole."""

import os
import pathlib
import pwd
import re
import shutil
import subprocess
import tempfile
import time

from lib import hosts
from lib.core import Failure, Sandbox, Skip, need
from lib.hosts import Server, free_port, postgres_owner, postgres_programs, wait_for

HEAD = """
import "std/linux"
import "std/mysql"
import "std/postgres"
import "std/redis"
import "std/git"
import "std/restic"
import "std/generic"
plan p {{ title = "P"  owner = ops }}
person ann {{ name = "Ann"  phone = "+49 30 1111"  email = "ann@example.com" }}
person bob {{ name = "Bob"  phone = "+49 30 1112"  email = "bob@example.com" }}
team ops {{ members = [ann, bob]  lead = ann }}
secret pw {{ env = "RESTIC_PASSWORD"  kept_by = [ann, "safe"] }}
secret auth {{ env = "REDISCLI_AUTH"  kept_by = [ann, "safe"] }}
site here : linux.host {{ address = "127.0.0.1"  role = primary }}
site there : linux.host {{ address = "192.0.2.9"  role = vault }}
class c {{ rto = 6h  rpo = 26h }}
scenario damage {{ class = c  corrupts = [thing]  detect = 5m  declare = 15m  noticed_within = 1d }}
store copies : {store}
asset thing : {asset}
  {backup} }}
"""
ON_CHANGE = ("backup nightly { kind = full  schedule = on change  settle = 1m  interval = 1h  duration = 10m  retain = 10d  to = copies"
             "  watched_by = [ops] }")
BACKUP = "backup nightly { kind = full  schedule = daily at 01:00  duration = 10m  retain = 30d  to = copies  watched_by = [ops] }"
RESTIC = "backup nightly { kind = full  method = restic  schedule = daily at 01:00  duration = 10m  retain = 30d  to = copies  watched_by = [ops] }"
DIRECTORY = 'generic.directory {{ site = here  path = "{folder}/disk" }}'
REPOSITORY = 'restic.repository {{ site = there  url = "{folder}/disk/r"  mounted = "192.0.2.9:/srv"  password = pw }}'
GIT = 'git.repository {{ site = there  url = "file://{folder}/disk/copies.git"  mounted = "192.0.2.9:/srv" }}'


class Host(hosts.Host):
    """A plan with one asset `thing` on this machine."""

    def __init__(self, env, folder, store, asset, backup=BACKUP):
        super().__init__(env, folder, HEAD.format(store=store.format(folder=folder), asset=asset.format(folder=folder), backup=backup))


def mysql_round(env, store, backup):
    need("mariadbd", "mariadb-install-db", "mysql", "mysqldump", "mysqlcheck")
    with Sandbox() as folder:
        port = free_port()
        host = Host(env, folder, store,
                    f'mysql.server {{{{ site = here  owner = ops  database = "app"  username = "keeper"  host = "127.0.0.1"  port = {port}  size = 1MiB', backup)
        user = pwd.getpwuid(os.getuid()).pw_name
        host.call("mariadb-install-db", "--no-defaults", f"--datadir={folder}/data", f"--tmpdir={folder}/work",
                  "--auth-root-authentication-method=normal", f"--user={user}")
        with Server(host, "mariadbd", "--no-defaults", f"--user={user}", f"--datadir={folder}/data", f"--tmpdir={folder}/work",
                    f"--port={port}", "--bind-address=127.0.0.1",
                    f"--socket={folder}/socket", f"--pid-file={folder}/pid"):
            root = ["mysql", "--no-defaults", f"--socket={folder}/socket", "--user=root", "--password=", "--batch"]
            wait_for([*root, "--execute", "SELECT 1"])

            def sql(text):
                return host.call(*root, "--execute", text)

            sql("CREATE DATABASE app CHARACTER SET utf8mb4 COLLATE utf8mb4_bin; CREATE USER keeper@'%' IDENTIFIED BY 'not-a-secret'; GRANT ALL ON *.* TO keeper@'%';"
                " CREATE USER keeper@localhost IDENTIFIED BY 'not-a-secret'; GRANT ALL ON *.* TO keeper@localhost")
            host.job(expect=3 if backup == BACKUP else 1)  # a database without tables
            sql("USE app; CREATE TABLE versioned(i int) WITH SYSTEM VERSIONING; INSERT INTO versioned VALUES (1);"
                " CREATE TABLE `a b`(x int); CREATE TABLE `c``d`(x int);"
                " CREATE TABLE t(i int PRIMARY KEY, v varchar(99)); INSERT INTO t VALUES (1, 'one'), (2, 'zw\u00f6lf; \\\\ ''x''');"
                " CREATE VIEW w AS SELECT v FROM t; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.v = concat(NEW.v, '!')")
            host.call(*root, "--delimiter", "//", "--execute", "USE app// CREATE PROCEDURE rebuild()\nBEGIN\nCREATE TABLE IF NOT EXISTS c (i int);\nEND//")
            shown = "SHOW CREATE DATABASE app; USE app; SHOW TABLES; SELECT * FROM versioned; SELECT * FROM t ORDER BY i; SELECT * FROM w ORDER BY v; SHOW TRIGGERS LIKE 't'"
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
            sql("USE app; DELETE FROM t; DELETE FROM versioned")
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
    start) setsid redis-server --port {port} --bind 127.0.0.1 --dir {folder}/data --save "" --requirepass not-a-secret --appendonly no --daemonize yes >/dev/null
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
        (folder / "real").mkdir()
        (folder / "data").symlink_to(folder / "real")  # where data was moved to a bigger disk
        host = Host(env, folder, store, f'redis.server {{{{ site = here  owner = ops  host = "127.0.0.1"  port = {port}  persistent = true  size = 1MiB  password = auth'
                    '  directory = "{folder}/data"', backup)
        host.program("systemctl", SYSTEMCTL.format(port=port, folder=folder))
        host.program("chown", CHOWN)
        try:
            host.call("systemctl", "start", "redis-server")
            host.job(expect=3 if backup == BACKUP else 1)  # of a server that holds nothing
            host.call("redis-cli", "-p", port, "-n", "1", "SET", "one", "first")
            host.call("redis-cli", "-p", port, "-n", "1", "RPUSH", "list", "a", "b c")
            host.job()
            host.job("verify")
            host.call("redis-cli", "-p", port, "-n", "1", "SET", "one", "damaged")
            host.call("redis-cli", "-p", port, "-n", "1", "DEL", "list")
            if backup == BACKUP:
                host.recover(file=host.newest(), host="127.0.0.1")
            else:
                host.recover(snapshot="latest", host="127.0.0.1")
            asked = [host.call("redis-cli", "-p", port, "-n", "1", *words) for words in (["GET", "one"], ["LRANGE", "list", "0", "-1"])]
            if asked != ["first\n", "a\nb c\n"]:
                raise Failure("what came back is not what was there")
        finally:
            subprocess.run(["redis-cli", "-p", str(port), "SHUTDOWN", "NOSAVE"], check=False, env=host.variables, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def test_redis_comes_back(env):
    redis_round(env, DIRECTORY, BACKUP)


def test_redis_comes_back_from_restic(env):
    need("restic", "jq")
    redis_round(env, REPOSITORY, RESTIC)


def postgres_round(env, store, backup):
    programs = postgres_programs()
    as_owner = postgres_owner()
    with Sandbox() as folder, tempfile.TemporaryDirectory(prefix="drc-pg-") as data:
        port = free_port()
        host = Host(env, folder, store,
                    f'postgres.server {{{{ site = here  owner = ops  database = "app"  username = "keeper"  host = "127.0.0.1"  port = {port}  size = 1MiB', backup)
        if as_owner:
            shutil.chown(data, "postgres", "postgres")
        host.call(*as_owner, programs / "initdb", "--pgdata", f"{data}/d", "--username", "keeper", "--auth", "trust", "--encoding", "UTF8", "--locale", "C",
                  "--no-sync", cwd=data)
        with Server(host, *as_owner, programs / "postgres", "-D", f"{data}/d", "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}",
                    "-c", "fsync=off"):
            at = ["psql", "--host", "127.0.0.1", "--port", port, "--username", "keeper", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--tuples-only", "--no-align"]
            wait_for([str(a) for a in [*at, "--dbname", "postgres", "--command", "SELECT 1"]])

            def sql(text, database="app"):
                return host.call(*at, "--dbname", database, "--command", text)

            sql("CREATE ROLE reader", "postgres")
            sql("CREATE DATABASE app", "postgres")
            host.job(expect=3 if backup == BACKUP else 1)  # a database without tables
            # A table of contents that no pipe holds at once.
            sql("DO $$ BEGIN FOR i IN 1..400 LOOP EXECUTE format('CREATE TABLE t%s (i int PRIMARY KEY, v text)', i);"
                " EXECUTE format('INSERT INTO t%s VALUES (1, ''zw\u00f6lf; \\ %s'')', i, i); END LOOP; END $$")
            sql("CREATE VIEW w AS SELECT v FROM t1; GRANT SELECT ON t2 TO reader; CREATE SEQUENCE s START 7; SELECT nextval('s')")
            dump = ["pg_dump", "--host", "127.0.0.1", "--port", port, "--username", "keeper", "app"]

            def whole():
                return [line for line in host.call(*dump).split("\n") if not line.startswith(("\\restrict", "\\unrestrict"))]

            before = whole()
            time.sleep(1.1)
            host.job()
            host.job("verify")
            sql("DROP TABLE t3; DELETE FROM t4; CREATE TABLE junk (i int); UPDATE t5 SET v = 'damaged'")
            if backup == BACKUP:
                host.recover(dump=host.newest(), host="127.0.0.1")
            else:
                host.recover(snapshot="latest", host="127.0.0.1")
            if whole() != before:
                raise Failure(f"it came back otherwise: {[line for line in whole() if line not in before][:20]}")


def test_postgres_comes_back(env):
    postgres_round(env, DIRECTORY, BACKUP)


def test_postgres_comes_back_from_restic(env):
    need("restic", "jq")
    postgres_round(env, REPOSITORY, RESTIC)


def test_restic_keeps_what_it_should(env):
    """Old snapshots of a job that stores by itself go, and its list shows the others."""
    need("restic", "jq")
    with Sandbox() as folder:
        host = Host(env, folder, REPOSITORY, 'linux.files {{ site = here  owner = ops  paths = ["{folder}/data"]  size = 1MiB', RESTIC)
        (folder / "data").mkdir()
        (folder / "data" / "one").write_text("first\n")
        repository = ["restic", "--repo", folder / "disk/r"]
        host.call(*repository, "init")
        old = time.gmtime(time.time() - 40 * 86400)
        host.call(*repository, "backup", "--tag", "thing", "--tag", time.strftime("thing-nightly/%Y%m%dT%H%M%SZ.backup", old), folder / "data")
        host.call(*repository, "backup", "--tag", "of-another", folder / "data")
        host.job()
        if len(host.job("list").split()) != 3:
            raise Failure(f"one copy is in the store, of the job: {host.job('list')}")
        left = host.call(*repository, "snapshots", "--json")
        if left.count('"time"') != 2 or "of-another" not in left:
            raise Failure(f"what is older than 30 days goes, and nothing else: {left}")


def test_restic_paths_are_paths(env):
    """One that looks like a pattern comes back; one that is not there is no backup."""
    need("restic", "jq")
    with Sandbox() as folder:
        host = Host(env, folder, REPOSITORY, 'linux.files {{ site = here  owner = ops  paths = ["{folder}/data", "{folder}/a[1]"]  size = 1MiB', RESTIC)
        for name in ("data", "a[1]"):
            (folder / name).mkdir()
            (folder / name / "one").write_text("first\n")
        host.job()
        shutil.rmtree(folder / "a[1]")
        if "does not exist" not in host.job(expect=1):
            raise Failure("nobody hears that a path is gone")
        host.recover(snapshot="latest", host="127.0.0.1", into="/")
        if host.job("list").count("thing-nightly/") > 1 or (folder / "a[1]" / "one").read_text() != "first\n":
            raise Failure("not all of it came back")


def test_a_link_is_no_backup(env):
    with Sandbox() as folder:
        host = Host(env, folder, DIRECTORY, 'linux.files {{ site = here  owner = ops  paths = ["{folder}/data/", "{folder}/more", "{folder}/spool", "{folder}/enabled"]'
                    '  may_be_empty = ["{folder}/spool"]  size = 1MiB')
        for name in ("elsewhere", "more", "spool"):
            (folder / name).mkdir()
        (folder / "elsewhere" / "one").write_text("first\n")
        (folder / "data").symlink_to(folder / "elsewhere")
        (folder / "enabled").mkdir()
        (folder / "enabled" / "site").symlink_to(folder / "more" / "two")
        (folder / "more" / "two").write_text("second\n")
        if "symbolic link" not in host.job(expect=1):
            raise Failure("nobody hears why")
        (folder / "data").unlink()
        (folder / "data").mkdir()
        if "holds nothing" not in host.job(expect=1):  # a disk that is not mounted
            raise Failure("nobody hears why")
        (folder / "data" / "one").write_text("first\n")
        host.job()


def test_an_empty_archive_is_no_recovery(env):
    """What somebody chose may hold nothing: unpacking and comparing it would end well."""
    with Sandbox() as folder:
        host = Host(env, folder, DIRECTORY, 'linux.files {{ site = here  owner = ops  paths = ["{folder}/data"]  size = 1MiB')
        (folder / "data").mkdir()
        host.call("tar", "--create", "--gzip", "--file", "empty.tar.gz", "--files-from", "/dev/null")
        host.recover(expect=1, archive=folder / "empty.tar.gz", host="127.0.0.1", into="/")


def test_thousands_of_files_and_their_attributes(env):
    with Sandbox() as folder:
        host = Host(env, folder, DIRECTORY, 'linux.files {{ site = here  owner = ops  paths = ["{folder}/data"]  size = 1MiB')
        (folder / "data").mkdir()
        for i in range(9000):
            (folder / "data" / f"a name that is not short, so that the list of all is long, {i}").touch()
        attribute = folder / "data" / "with attribute"
        attribute.write_text("x")
        try:
            os.setxattr(attribute, "user.owner", b"ann")
        except OSError as why:
            raise Skip(f"no extended attributes here: {why}") from why
        host.job()
        host.job("verify")
        shutil.rmtree(folder / "data")
        host.recover(archive=host.newest(), host="127.0.0.1", into="/")
        if os.getxattr(attribute, "user.owner") != b"ann" or len(list((folder / "data").iterdir())) != 9001:
            raise Failure("not all of it came back")


def test_copies_made_on_change(env):
    """The one from before a change outlives what replaced it; what is in no store any more is stored again."""
    with Sandbox() as folder:
        host = Host(env, folder, DIRECTORY, 'linux.files {{ site = here  owner = ops  paths = ["{folder}/data"]  size = 1MiB', ON_CHANGE)
        (folder / "data").mkdir()
        (folder / "data" / "one").write_text("good\n")
        host.job("--if-changed")
        copies = folder / "disk" / "thing-nightly"
        for path in sorted(copies.iterdir()):
            old = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - 30 * 86400))
            if path.suffix == ".sha256":
                path.write_text(path.read_text().replace(path.name.split(".")[0], old))
            path.rename(path.with_name(old + path.name[16:]))
        time.sleep(1.1)
        if "unchanged" not in host.job("--if-changed"):
            raise Failure("the same data are stored again")
        (folder / "data" / "one").write_text("damaged\n")
        host.job("--if-changed")
        if len(host.job("list").split()) != 6:
            raise Failure(f"the copy from before the change is gone: {host.job('list')}")
        shutil.rmtree(copies)
        if "unchanged" in host.job("--if-changed") or len(host.job("list").split()) != 3:
            raise Failure("a store that was emptied stays empty")


def test_the_first_copy_makes_the_branch(env):
    need("git")
    with Sandbox() as folder:
        host = Host(env, folder, GIT, 'git.configuration {{ site = here  owner = ops  paths = ["{folder}/data"]')
        (folder / "data").mkdir()
        (folder / "data" / "one").write_text("first\n")
        host.call("git", "init", "--quiet", "--bare", folder / "disk/copies.git")
        if host.job("list").split():
            raise Failure("an empty repository has copies")
        host.job()
        host.job("verify")


def tree(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(pathlib.Path(folder).rglob("*")) if path.is_file()}


def files_round(env, store, backup, prepare, asset="linux.files", answers=None):
    with Sandbox() as folder:
        more = "size = 1MiB" if asset == "linux.files" else ""
        host = Host(env, folder, store, f'{asset} {{{{ site = here  owner = ops  paths = ["{{folder}}/data"]  {more}', backup)
        (folder / "data" / "sub").mkdir(parents=True)
        prepare(host)
        host.job(expect=1)  # folders alone
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
    files_round(env, REPOSITORY, RESTIC, lambda host: None,
                answers=lambda host: {"snapshot": "latest"})


def test_configuration_comes_back_from_git(env):
    need("git")

    def prepare(host):
        host.call("git", "init", "--quiet", "--bare", "--initial-branch=main", host.folder / "disk/copies.git")
        host.call("git", "clone", "--quiet", host.folder / "disk/copies.git", "first")
        # Somebody else's file in the same repository: it is neither taken away nor written to the host.
        (host.folder / "first" / "other").write_text("of another asset\n", encoding="utf-8")
        host.call("git", "add", "other", cwd=host.folder / "first")
        host.call("git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "--message", "first", cwd=host.folder / "first")
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


def test_files_that_change_while_they_are_read(env):
    """The copy is whole, the night is not lost, and the log says which files it was."""
    with Sandbox() as folder:
        host = Host(env, folder, DIRECTORY, 'linux.files {{ site = here  owner = ops  paths = ["{folder}/data"]  size = 1MiB')
        (folder / "data").mkdir()
        (folder / "data" / "quiet").write_text("first\n")
        (folder / "data" / "log").write_bytes(os.urandom(40 << 20))
        with Server(host, "bash", "-c", f"for ((i = 0; i < 6000; i++)); do echo x >>{folder}/data/log; sleep 0.01; done"):
            said = host.job()
        if "remarks" not in said or "file changed as we read it" not in (folder / "state/backup.jsonl").read_text():
            raise Failure(f"no remark: {said}")
        host.job("verify")
        (folder / "data" / "quiet").unlink()
        host.job("restore", "latest", "--yes")
        if (folder / "data" / "quiet").read_text() != "first\n":
            raise Failure("it did not come back")
        # What cannot be read at all is no remark.
        host.program("tar", "#!/bin/sh\nexit 2\n")
        host.job(expect=1)


def test_restic_makes_its_repository_once(env):
    need("restic", "jq")
    with Sandbox() as folder:
        host = Host(env, folder, REPOSITORY, 'linux.files {{ site = here  owner = ops  paths = ["{folder}/data"]  size = 1MiB', RESTIC)
        (folder / "data").mkdir()
        (folder / "data" / "one").write_text("first\n")
        host.job()
        shutil.move(folder / "disk/r", folder / "disk/taken")
        if "is gone" not in host.job(expect=1) or (folder / "disk/r").exists():
            raise Failure("a repository that was taken away is made anew without a word")
        shutil.move(folder / "disk/taken", folder / "disk/r")
        host.job()


def damage(path):
    """Flips bytes in the middle of a file."""
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xff
    path.write_bytes(data)
    return bytes(data)


def test_restic_reads_all_in_turn_and_remembers_damage(env):
    """Each damaged pack is found within twenty tests, and then every test is red until everything was read and is right."""
    need("restic", "jq")
    with Sandbox() as folder:
        host = Host(env, folder, REPOSITORY, 'linux.files {{ site = here  owner = ops  paths = ["{folder}/data"]  size = 1MiB', RESTIC)
        (folder / "data").mkdir()
        (folder / "data" / "one").write_bytes(os.urandom(100 << 10))
        host.job()
        packs = [path for path in (folder / "disk/r/data").rglob("*") if path.is_file()]
        bad = max(packs, key=lambda path: path.stat().st_size)
        good = bad.read_bytes()
        damage(bad)
        for turn in range(21):
            done = subprocess.run(["bash", "out/cron/jobs/thing-nightly.sh", "verify"], cwd=folder, env={**host.variables, "DRC_STATE": f"{folder}/state"},
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=90, check=False)
            if done.returncode != 0:
                break
        if done.returncode != 3:
            raise Failure(f"{turn} tests did not find the damage")
        for _ in range(2):
            host.job("verify", expect=3)
        bad.write_bytes(good)
        if "all of it is read" not in host.job("verify"):
            raise Failure("what was damaged counts as well although only a part was read")
        host.job("verify")


def test_two_jobs_of_one_group_share_no_work_folder(env):
    """A killed run leaves dumps in plain text: the next one of the same job takes them away, before it does anything else."""
    need("restic", "jq")
    with Sandbox() as folder:
        host = Host(env, folder, REPOSITORY, 'linux.files {{ site = here  owner = ops  paths = ["{folder}/data"]  size = 1MiB', RESTIC)
        (folder / "data").mkdir()
        left = folder / "state/restic.work/thing-nightly/thing"
        other = folder / "state/restic.work/thing-hourly/thing"
        for path in (left, other):
            path.mkdir(parents=True, mode=0o700)
            (path / "dump").write_text("plain text")
        (folder / "state/thing-nightly.running").write_text("2026-01-01T00:00:00Z\n")
        host.job(expect=1)  # it fails at once: there is nothing
        if left.exists() or not (other / "dump").exists():
            raise Failure("plain text of a killed run is left, or that of another job was taken away")


def test_a_base_backup_comes_back_with_its_tablespaces(env):
    """Into empty folders, by the job itself; what is not empty is not written over, and what was cut off is found before."""
    programs, as_owner = postgres_programs(), postgres_owner()
    backup = BACKUP.replace("nightly", "dump") + "\n  " + BACKUP.replace("kind = full", "kind = snapshot")
    with Sandbox() as folder, tempfile.TemporaryDirectory(prefix="drc-pg-") as data:
        port = free_port()
        host = Host(env, folder, DIRECTORY,
                    f'postgres.server {{{{ site = here  owner = ops  database = "app"  username = "keeper"  host = "127.0.0.1"  port = {port}  size = 1MiB'
                    f'  data_directory = "{data}/d"', backup)
        (pathlib.Path(data) / "elsewhere").mkdir()
        if as_owner:
            for path in (data, f"{data}/elsewhere"):
                shutil.chown(path, "postgres", "postgres")
        host.call(*as_owner, programs / "initdb", "--pgdata", f"{data}/d", "--username", "keeper", "--auth", "trust", "--encoding", "UTF8", "--locale", "C",
                  "--no-sync", cwd=data)
        server = [*as_owner, programs / "postgres", "-D", f"{data}/d", "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}",
                  "-c", "fsync=off"]
        at = ["psql", "--host", "127.0.0.1", "--port", port, "--username", "keeper", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--tuples-only", "--no-align"]

        def sql(text, database="app"):
            return host.call(*at, "--dbname", database, "--command", text)

        shown = "SELECT * FROM here UNION ALL SELECT * FROM there ORDER BY 1"
        with Server(host, *server):
            wait_for([str(a) for a in [*at, "--dbname", "postgres", "--command", "SELECT 1"]])
            sql(f"CREATE TABLESPACE fast LOCATION '{data}/elsewhere'", "postgres")
            sql("CREATE DATABASE app", "postgres")
            sql("CREATE TABLE here AS SELECT i FROM generate_series(1, 50) i; CREATE TABLE there TABLESPACE fast AS SELECT i FROM generate_series(51, 99) i")
            before = sql(shown)
            host.job()
            host.job("verify")
            if "is not empty" not in host.job("restore", "latest", "--yes", expect=1) or sql(shown) != before:
                raise Failure("a running server was written over")
        for name in ("d", "elsewhere"):
            (pathlib.Path(data) / name).rename(pathlib.Path(data) / f"{name}.old")
        host.job("restore", "latest", "--yes")
        with Server(host, *server):
            wait_for([str(a) for a in [*at, "--dbname", "app", "--command", "SELECT 1"]])
            if sql(shown) != before or "fast" not in sql("SELECT tablespace FROM pg_tables WHERE tablename = 'there'"):
                raise Failure("not all of it came back")


def test_a_damaged_dump_drops_nothing(env):
    """By the job's own `restore`: the archive is damaged where only reading all of it shows that."""
    programs, as_owner = postgres_programs(), postgres_owner()
    with Sandbox() as folder, tempfile.TemporaryDirectory(prefix="drc-pg-") as data:
        port = free_port()
        host = Host(env, folder, DIRECTORY,
                    f'postgres.server {{{{ site = here  owner = ops  database = "app"  username = "keeper"  host = "127.0.0.1"  port = {port}  size = 1MiB', BACKUP)
        if as_owner:
            shutil.chown(data, "postgres", "postgres")
        host.call(*as_owner, programs / "initdb", "--pgdata", f"{data}/d", "--username", "keeper", "--auth", "trust", "--encoding", "UTF8", "--locale", "C",
                  "--no-sync", cwd=data)
        at = ["psql", "--host", "127.0.0.1", "--port", port, "--username", "keeper", "--no-psqlrc", "--set", "ON_ERROR_STOP=1", "--tuples-only", "--no-align"]
        with Server(host, *as_owner, programs / "postgres", "-D", f"{data}/d", "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}",
                    "-c", "fsync=off"):
            wait_for([str(a) for a in [*at, "--dbname", "postgres", "--command", "SELECT 1"]])
            host.call(*at, "--dbname", "postgres", "--command", "CREATE DATABASE app")
            host.call(*at, "--dbname", "postgres", "--command", "CREATE ROLE reader")
            host.call(*at, "--dbname", "app", "--command", "CREATE TABLE t AS SELECT i, md5(i::text) FROM generate_series(1, 50000) i")
            host.job()
            copy = next(path for path in (folder / "disk/thing-nightly").iterdir() if not path.name.endswith(".sha256"))
            damage(copy)
            # Whoever damaged it had the checksum at hand as well.
            sum_of = host.call("sha256sum", copy).split()[0].lstrip("\\")
            copy.with_name(copy.name + ".sha256").write_text(f"{sum_of}  {copy.name}\n")
            host.job("restore", "latest", "--yes", expect=1)
            if host.call(*at, "--dbname", "app", "--command", "SELECT count(*) FROM t").strip() != "50000":
                raise Failure("what was there is gone")
