"""Runs what the cron target writes, against stub programs and stores: storing, copies, retention, failures, locks."""

import hashlib
import http.server
import json
import os
import pathlib
import subprocess
import threading
import time

from lib.core import Failure, Sandbox, Skip, need, readable

STORE = r"""#!/usr/bin/env python3
import os, pathlib, shutil, sys
home = pathlib.Path(os.environ["STUB_HOME"])
verb, store, *rest = sys.argv[1:]
with open(home / "calls", "a") as calls:
    print("store", *sys.argv[1:3], *[r for r in rest if not r.startswith("/")], file=calls)
if (home / f"break-{verb}-{store}").exists():
    sys.exit(9)
root = home / "stores" / store
root.mkdir(parents=True, exist_ok=True)
if verb == "put":
    (root / rest[1]).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(rest[0], root / rest[1])
elif verb == "fetch":
    shutil.copy(root / rest[0], rest[1])
elif verb == "remove":
    (root / rest[0]).unlink()
elif verb == "list":
    for path in root.rglob("*"):
        name = str(path.relative_to(root))
        if path.is_file() and name.startswith(rest[0]):
            print(name)
"""

BACKUP = r"""#!/usr/bin/env python3
import os, pathlib, sys, time
home = pathlib.Path(os.environ["STUB_HOME"])
name, output = sys.argv[1:3]
with open(home / "calls", "a") as calls:
    print("backup", name, *sys.argv[3:], file=calls)
behaviour = home / f"backup-{name}"
text = behaviour.read_text() if behaviour.exists() else f"data of {name}\n"
if text.startswith("sleep "):
    time.sleep(float(text[6:]))
if text.startswith("exit "):
    pathlib.Path(output).write_text("half")
    sys.exit(int(text[5:]))
if text.startswith("nothing"):
    sys.exit(0)
if name == "files":
    os.makedirs(output)
    pathlib.Path(output, "a").write_text("one\n")
    pathlib.Path(output, "b").write_text("two\n")
else:
    pathlib.Path(output).write_text(text)
"""

VERIFY = r"""#!/usr/bin/env python3
import os, pathlib, sys
home = pathlib.Path(os.environ["STUB_HOME"])
what, name, path = sys.argv[0].rsplit("-", 1)[1], sys.argv[1], pathlib.Path(sys.argv[2])
body = "+".join(sorted(p.name for p in path.iterdir())) if path.is_dir() else path.read_text().strip()
with open(home / "calls", "a") as calls:
    print(what, name, body, file=calls)
sys.exit(4 if (home / f"break-{what}").exists() else 0)
"""


class Rig:
    def __init__(self, env, folder):
        need("bash", "flock", "timeout", "sha256sum")
        helper = env.build / "props" / "operations"
        if not helper.exists():
            raise Skip("the test helper is not built (make unit)")
        self.env, self.folder, self.home = env, folder, folder / "stub"
        done = env.run([helper, folder / "out"], folder)
        if done.code != 0:
            raise Failure("operations: " + readable(done.stderr))
        self.cron = folder / "out/cron"
        (folder / "bin").mkdir()
        self.home.mkdir()
        for name, text in (("stub-store", STORE), ("stub-backup", BACKUP), ("stub-verify", VERIFY), ("stub-restore", VERIFY)):
            path = folder / "bin" / name
            path.write_text(text)
            path.chmod(0o755)

        (folder / "bin/alert").write_text('#!/bin/sh\necho "$@" >>"$STUB_HOME/alerts"\n')
        (folder / "bin/alert").chmod(0o755)

    def variables(self, **extra):
        return {"PATH": f"{self.folder}/bin:/usr/local/bin:/usr/bin:/bin", "STUB_HOME": str(self.home),
                "DRC_STATE": str(self.folder / "state"), "DRC_ENV_FILE": str(self.folder / "demo.env"),
                "DB_PASSWORD": "pw", "DRC_ALERT_COMMAND": str(self.folder / "bin/alert"), **extra}

    def job(self, name, *arguments, expect=0, **extra):
        done = self.env.run(["bash", self.cron / f"jobs/{name}.sh", *arguments], self.folder, env=self.variables(**extra),
                            timeout=180, limit=False)
        self.output = readable(done.stdout) + readable(done.stderr)
        if done.code != expect:
            raise Failure(f"{name} {arguments}: exit {done.code} instead of {expect}\n{self.output}")
        return self.output

    def calls(self, word):
        path = self.home / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if line.startswith(word)]

    def stamps(self, store, job):
        """Complete backups in a store."""
        folder = self.home / "stores" / store / job
        names = {p.name for p in folder.iterdir()} if folder.is_dir() else set()
        return sorted(n.split(".")[0] for n in names if not n.endswith(".sha256") and n + ".sha256" in names)

    def plant(self, store, job, stamp, text="old\n", suffix="dump"):
        folder = self.home / "stores" / store / job
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{stamp}.{suffix}").write_text(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        (folder / f"{stamp}.{suffix}.sha256").write_text(f"{digest}  {stamp}.{suffix}\n")

    def log(self):
        return [json.loads(line) for line in (self.folder / "state/backup.jsonl").read_text().splitlines()]


def check(condition, text):
    if not condition:
        raise Failure(text)


def ago(**parts):
    days, hours = parts.get("days", 0), parts.get("hours", 0)
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() - 86400 * days - 3600 * hours))


def test_backup_is_stored_and_copied(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.job("full")
        for store in ("near", "far"):
            check(len(rig.stamps(store, "full")) == 1, f"{store}: {rig.stamps(store, 'full')}\n{rig.output}")
            stamp = rig.stamps(store, "full")[0]
            data = (rig.home / "stores" / store / "full" / f"{stamp}.dump").read_bytes()
            digest = (rig.home / "stores" / store / "full" / f"{stamp}.dump.sha256").read_text().split()[0]
            check(data == b"data of full\n" and digest == hashlib.sha256(data).hexdigest(), f"{store}: {data!r} {digest}")
        check(rig.calls("backup") == ["backup full pw"], "the secret did not arrive")
        check(rig.calls("verify") == ["verify full data of full"], f"{rig.calls('verify')}")
        last = rig.log()[-1]
        check(last["status"] == "ok" and last["bytes"] == 13 and last["job"] == "full", f"{last}")
        check(not list((folder / "state").glob("work.*")), "the work folder was left behind")


def test_failures_have_their_codes(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        (rig.home / "backup-full").write_text("exit 3")
        rig.job("full", expect=1)
        (rig.home / "backup-full").write_text("nothing")
        rig.job("full", expect=1)
        (rig.home / "backup-full").unlink()
        (rig.home / "break-verify").touch()
        rig.job("full", expect=3)
        (rig.home / "break-verify").unlink()
        check(rig.stamps("near", "full") == [] and not (rig.home / "stores/near/full").exists(), "something was stored")
        (rig.home / "break-put-near").touch()
        rig.job("full", expect=1)
        (rig.home / "break-put-near").unlink()
        (rig.home / "break-put-far").touch()
        rig.job("full", expect=4)
        check(len(rig.stamps("near", "full")) == 1, "the first store has no copy")
        rig.job("full", expect=78, DB_PASSWORD="")
        alerts = (rig.home / "alerts").read_text().splitlines()
        check(len(alerts) == 6 and alerts[0].startswith("demo full failed") and "copy-missing" in alerts[4], f"{alerts}")
        check([line["status"] for line in rig.log() if line["status"] != "started"]
              == ["failed", "failed", "verification-failed", "failed", "copy-failed", "copy-missing", "not-set-up"], f"{rig.log()}")


def test_time_limit(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        script = rig.cron / "jobs/full.sh"
        script.write_text(script.read_text().replace("job timeout 902", "job timeout 1"))
        (rig.home / "backup-full").write_text("sleep 20")
        rig.job("full", expect=124)
        check(rig.log()[-1]["status"] == "timed-out", f"{rig.log()}")


def test_one_run_at_a_time(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        (rig.home / "backup-full").write_text("sleep 3")
        first = subprocess.Popen(["bash", str(rig.cron / "jobs/full.sh")], cwd=folder, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, env=env.variables(folder, rig.variables()))
        for _ in range(100):
            if rig.calls("backup"):
                break
            time.sleep(0.05)
        rig.job("full", expect=75)
        rig.job("weekdays")
        check(first.wait(timeout=30) == 0, "the first run failed")
        check("locked" in [line["status"] for line in rig.log()], "the missed run is not in the log")


def test_retention_by_age(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        old, older, young = ago(days=8), ago(days=30), ago(days=6)
        for stamp in (old, older, young):
            rig.plant("near", "weekdays", stamp)
        # Half written: no checksum. It neither counts nor goes for the last good one.
        (rig.home / "stores/near/weekdays" / f"{ago(days=1)}.dump").write_text("half")
        (rig.home / "stores/near/weekdays" / f"{ago(days=3)}.dump").write_text("half, long ago")
        rig.job("weekdays")
        # Never more in a day than were made in a day: the rest goes with the next ones, or when it is forced.
        check(older not in rig.stamps("near", "weekdays") and old in rig.stamps("near", "weekdays") and "prune-held" in rig.output, rig.output)
        rig.job("weekdays", "prune")
        check(old in rig.stamps("near", "weekdays"), "more went in a day than are made in one")
        rig.job("weekdays", "prune", "--force")
        halves = [p.name for p in (rig.home / "stores/near/weekdays").glob("*.dump") if not p.with_name(p.name + ".sha256").exists()]
        check(len(halves) == 1 and halves[0] > ago(days=2), f"half-written ones: {halves}")
        stamps = rig.stamps("near", "weekdays")
        check(young in stamps and old not in stamps and older not in stamps and len(stamps) == 2, f"{stamps}\n{rig.output}")


def test_last_good_one_stays(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        only = ago(days=400)
        rig.plant("near", "weekdays", only)
        rig.job("weekdays", "prune")
        check(rig.stamps("near", "weekdays") == [only], f"{rig.stamps('near', 'weekdays')}")
        # A failed backup removes nothing either.
        rig.plant("near", "weekdays", ago(days=300))
        (rig.home / "backup-weekdays").write_text("exit 1")
        rig.job("weekdays", expect=1)
        check(len(rig.stamps("near", "weekdays")) == 2, "something was removed although the backup failed")


def test_what_is_built_upon_stays(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        # Full backups 20, 10 and 9 days ago; an incremental 9 days and 1 hour ago builds on the one of 10 days.
        fulls = [ago(days=20), ago(days=10), ago(days=9)]
        for stamp in fulls:
            rig.plant("near", "full", stamp)
        rig.plant("near", "hourly", ago(days=9, hours=1))
        rig.job("full")
        rig.job("full", "prune", "--force")
        stamps = rig.stamps("near", "full")
        check(fulls[1] in stamps and fulls[0] not in stamps and fulls[2] not in stamps, f"{stamps} of {fulls}")
    with Sandbox() as folder:
        rig = Rig(env, folder)
        # Kept for 2 days; the oldest kept one builds, through those before it, on the full backup of 3 days ago.
        rig.plant("near", "full", ago(days=5))
        rig.plant("near", "full", ago(days=3))
        chain = [ago(days=4), ago(days=2, hours=20), ago(days=2, hours=10), ago(days=1)]
        for stamp in chain:
            rig.plant("near", "hourly", stamp)
        rig.job("hourly")
        stamps = rig.stamps("near", "hourly")
        check(set(chain[1:]) <= set(stamps) and chain[0] not in stamps, f"{stamps} of {chain}")


def test_each_store_has_its_turn_in_a_pod(env):
    """Without state from run to run the day says which store is tested: two days apart by one are two stores."""
    with Sandbox() as folder:
        rig = Rig(env, folder)
        library = (rig.cron / "lib/drc-backup-lib.sh").read_text()
        rig.job("full")
        tested = []
        for day in ("1000", "1001"):
            (rig.cron / "lib/drc-backup-lib.sh").write_text(library.replace("turn=$((EPOCHSECONDS / 86400))", f"turn={day}"))
            (rig.folder / "state/full.verified").unlink(missing_ok=True)
            rig.job("full", "verify", "--if-due", DRC_STATELESS="1")
            tested.append([e["store"] for e in rig.log() if e["status"] == "verified"][-1])
        check(len(set(tested)) == 2, f"tested {tested}")


def test_after_a_wrong_clock(env):
    """A copy of the future is no newest one, and nothing that is removed; it is told once."""
    with Sandbox() as folder:
        rig = Rig(env, folder)
        ahead = ago(days=-400)
        rig.plant("near", "weekdays", ahead)
        rig.job("weekdays")
        check(ahead in rig.stamps("near", "weekdays") and "ahead copies=1" in rig.output, rig.output)
        rig.job("weekdays", "fetch", "latest", "--into", str(folder / "fetched"))
        check(not any(ahead in p.name for p in (folder / "fetched").glob("*")), "the copy of the future was taken for the newest one")
        time.sleep(1.1)
        rig.job("weekdays")
        check("ahead copies" not in rig.output, "told twice")


def test_grandfather_father_son(env):
    """3 daily, 2 weekly, 2 monthly: what a hand calculation leaves of some weeks of daily backups."""
    with Sandbox() as folder:
        rig = Rig(env, folder)
        planted = [ago(days=n) for n in range(1, 45)]
        for stamp in planted:
            rig.plant("near", "periods", stamp)
        rig.job("periods")
        check(len(rig.stamps("near", "periods")) == len(planted), "more removed in a run than are made in a day")
        rig.job("periods", "prune", "--force")
        newest_first = sorted(rig.stamps("near", "periods") + [], reverse=True)
        every = sorted(planted + [newest_first[0]], reverse=True)

        def newest(count, key):
            kept, last = [], None
            for stamp in every:
                if key(stamp) != last:
                    last = key(stamp)
                    kept.append(stamp)
            return kept[:count]

        def week(stamp):
            return time.strftime("%G-%V", time.strptime(stamp, "%Y%m%dT%H%M%SZ"))

        want = set(newest(3, lambda s: s[:8])) | set(newest(2, week)) | set(newest(2, lambda s: s[:6]))
        check(set(newest_first) == want, f"kept {newest_first}\nwant {sorted(want, reverse=True)}")


def test_on_change(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.job("config", "--if-changed")
        time.sleep(1.1)
        rig.job("config", "--if-changed")
        check(len(rig.stamps("near", "config")) == 1, "stored again without a change")
        # On a new machine, too.
        (folder / "state/config.sha256").unlink()
        rig.job("config", "--if-changed")
        check(len(rig.stamps("near", "config")) == 1, "stored again on a new machine")
        (rig.home / "backup-config").write_text("changed\n")
        rig.job("config", "--if-changed")
        check(len(rig.stamps("near", "config")) == 2, "a change was not stored")


def test_stored_backups_are_tested(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.job("full", "verify", expect=3)  # there is none yet
        rig.job("full")
        rig.job("full", "verify")
        rig.job("full", "verify", "--if-due")  # not due
        rig.job("full", "verify")
        fetched = rig.calls("store fetch")
        check([line.split()[2] for line in fetched] == ["near", "near", "far", "far"], f"not each store in turn: {fetched}")
        # Damage.
        stamp = rig.stamps("near", "full")[0]
        (rig.home / "stores/near/full" / f"{stamp}.dump").write_text("damaged")
        rig.job("full", "verify", expect=3)
        check(rig.log()[-1]["status"] == "verification-failed", f"{rig.log()[-1]}")


def test_restore(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.job("files")
        rig.job("files", "restore", "latest", expect=64)  # needs --yes
        rig.job("files", "restore", "latest", "--yes")
        check(rig.calls("restore") == ["restore files a+b"], f"{rig.calls('restore')}")
        # The near copy is damaged: the far one serves.
        rig.job("full")
        stamp = rig.stamps("near", "full")[0]
        (rig.home / "stores/near/full" / f"{stamp}.dump").write_text("damaged")
        rig.job("full", "restore", stamp, "--yes")
        check(rig.calls("restore")[-1] == "restore full data of full", f"{rig.calls('restore')}")


def test_environment_file(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        (folder / "demo.env").write_text("DB_PASSWORD=from-file\n")
        (folder / "demo.env").chmod(0o644)
        rig.job("full", expect=78)
        (folder / "demo.env").chmod(0o600)
        rig.job("full")
        check(rig.calls("backup") == ["backup full from-file"], f"{rig.calls('backup')}")


def test_killed_run_leaves_nothing_that_counts(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.job("full")
        before = rig.stamps("near", "full")
        (rig.home / "backup-full").write_text("sleep 30")
        process = subprocess.Popen(["bash", str(rig.cron / "jobs/full.sh")], cwd=folder, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, env=env.variables(folder, rig.variables()),
                                   start_new_session=True)
        for _ in range(100):
            if len(rig.calls("backup")) == 2:
                break
            time.sleep(0.05)
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(path.name)) == process.pid:
                    os.kill(int(path.name), 9)
            except (ProcessLookupError, PermissionError):
                continue
        process.wait()
        (rig.home / "backup-full").unlink()
        check(rig.stamps("near", "full") == before, "a killed run left something")
        time.sleep(1.1)
        rig.job("full")
        check(len(rig.stamps("near", "full")) == 2, "the next run did not work")


def test_scripts_pass_shellcheck(env):
    program = need("shellcheck")
    with Sandbox() as folder:
        rig = Rig(env, folder)
        done = env.run([program, "--external-sources", "--source-path=SCRIPTDIR", "--format=gcc",
                        *sorted(rig.cron.rglob("*.sh"))], folder, timeout=120, limit=False)
        check(done.code == 0, readable(done.stdout)[:3000])


def test_hours_jitter_and_heartbeat(env):
    need("curl")
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with Sandbox() as folder:
            rig = Rig(env, folder)
            url = f"http://127.0.0.1:{server.server_port}/beat/{{job}}"
            rig.job("weekdays", DRC_HEARTBEAT_URL=url, no_proxy="127.0.0.1")
            check(seen == ["/beat/weekdays"], f"{seen}")
            (rig.home / "backup-weekdays").write_text("exit 1")
            rig.job("weekdays", expect=1, DRC_HEARTBEAT_URL=url, no_proxy="127.0.0.1")
            check(len(seen) == 1, "a failed run gave a sign of life")
            script = rig.cron / "jobs/weekdays.sh"
            text = script.read_text()
            script.write_text(text.replace("job timeout", f"job heartbeat '{url}'\njob timeout", 1))
            (rig.home / "backup-weekdays").write_text("exit 0")
            rig.job("weekdays", no_proxy="127.0.0.1")
            check(len(seen) == 2, "the heartbeat of the specification was not given")
            rig.job("weekdays", DRC_HEARTBEAT_URL=url.replace("beat", "other"), no_proxy="127.0.0.1")
            check(seen[2:] == ["/other/weekdays"], f"the machine's setting does not go before the specification's: {seen}")
            script = rig.cron / "jobs/hourly.sh"
            text = script.read_text()
            script.write_text(text.replace("job timeout", "job not_within 00:00-23:59\njob timeout"))
            # A minute before midnight it may run: then there is nothing to see here.
            if time.strftime("%H:%M", time.gmtime()) != "23:59":
                rig.job("hourly", expect=76)
                check(rig.log()[-1]["status"] == "outside-hours" and rig.calls("backup hourly") == [], f"{rig.log()[-1]}")
            script.write_text(text.replace("job timeout", "job jitter 1\njob timeout"))
            rig.job("hourly", "--scheduled")
    finally:
        server.shutdown()


def processes(text):
    """Those of the machine whose command line has the text."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if text.encode() in (path / "cmdline").read_bytes():
                found.append(int(path.name))
        except OSError:
            continue
    return found


class Started:
    """A run in the background, in a session of its own; ended with all it started."""

    def __init__(self, rig, name, *words, **extra):
        self.process = subprocess.Popen(["bash", str(rig.cron / f"jobs/{name}.sh"), *words], cwd=rig.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        env=rig.env.variables(rig.folder, rig.variables(**extra)), start_new_session=True)

    def __enter__(self):
        return self

    def kill(self):
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(path.name)) == self.process.pid:
                    os.kill(int(path.name), 9)
            except (ProcessLookupError, PermissionError):
                continue
        self.process.wait()

    def __exit__(self, *_):
        self.kill()


def wait_until(what, text):
    for _ in range(200):
        if what():
            return
        time.sleep(0.05)
    raise Failure(text)


def alerts(rig):
    path = rig.home / "alerts"
    return path.read_text().splitlines() if path.exists() else []


def test_a_killed_run_is_told_and_its_work_is_removed(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        (rig.home / "backup-full").write_text("sleep 30")
        with Started(rig, "full") as run:
            wait_until(lambda: rig.calls("backup"), "it does not begin")
            work = list((folder / "state").glob("work.full.*"))
            check(len(work) == 1, f"{work}")
            # Another run of another verb takes nothing away from one that goes on.
            rig.job("full", "list")
            check(work[0].is_dir(), "a run took the work folder of another away")
            run.kill()
        check(work[0].is_dir() and not alerts(rig), "it was not killed")
        (rig.home / "backup-full").unlink()
        rig.job("full")
        check(len(alerts(rig)) == 1 and "killed" in alerts(rig)[0] and not list((folder / "state").glob("work.*")), f"{alerts(rig)}")
        rig.job("full")
        check(len(alerts(rig)) == 1, "told twice")


def test_a_signal_ends_all_at_once_and_is_told(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        (rig.home / "backup-full").write_text("sleep 30")
        with Started(rig, "full") as run:
            wait_until(lambda: rig.calls("backup"), "it does not begin")
            began = time.time()
            run.process.terminate()
            check(run.process.wait(timeout=10) == 143 and time.time() - began < 5, "it does not end")
            check(not processes(f"{folder}/bin/stub-backup"), "the command goes on")
        check(len(alerts(rig)) == 1 and "stopped" in alerts(rig)[0] and not list((folder / "state").glob("work.*")), f"{alerts(rig)}")
        (rig.home / "backup-full").unlink()
        rig.job("full")
        check(len(alerts(rig)) == 1, f"{alerts(rig)}")


def test_what_cannot_be_written_is_told(env):
    """A full disk under the log, settings that others may read, a state folder that is no folder."""
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.job("full", DRC_LOG="/dev/full")
        check(len(rig.stamps("near", "full")) == 1 and len(alerts(rig)) == 1 and "log-failed" in alerts(rig)[0], f"{alerts(rig)}")
        (rig.home / "backup-full").write_text("exit 3")
        rig.job("full", expect=1, DRC_LOG="/dev/full")
        check(any(" failed " in line for line in alerts(rig)[1:]), f"a failure is kept to itself: {alerts(rig)}")
        count = len(alerts(rig))
        (folder / "demo.env").write_text("DB_PASSWORD=x\n")
        (folder / "demo.env").chmod(0o644)
        rig.job("full", expect=78)
        check("chmod 600" in alerts(rig)[-1] and len(alerts(rig)) == count + 1, f"{alerts(rig)}")
        rig.job("full", "list", expect=78)
        check(len(alerts(rig)) == count + 1, "who looks on is told by an alarm")
        (folder / "demo.env").unlink()
        (folder / "no-folder").write_text("")
        rig.job("full", expect=78, DRC_STATE=str(folder / "no-folder"))
        check("cannot be written" in alerts(rig)[-1], f"{alerts(rig)}")


def test_on_a_full_disk(env):
    """A file system without room: told, and nothing half written is left under a final name."""
    with Sandbox() as folder:
        rig = Rig(env, folder)
        (folder / "small").mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "none", str(folder / "small")], check=False, capture_output=True).returncode != 0:
            raise Skip("no file system can be mounted here")
        try:
            rig.job("full", DRC_STATE=str(folder / "small"))
            file = os.open(folder / "small/fill", os.O_WRONLY | os.O_CREAT)
            try:
                while True:
                    os.write(file, b"x" * 4096)
            except OSError:
                os.close(file)
            before = rig.stamps("near", "full")
            done = env.run(["bash", rig.cron / "jobs/full.sh"], folder, env=rig.variables(DRC_STATE=str(folder / "small")), timeout=60, limit=False)
            check(done.code != 0 and alerts(rig), f"{done.code} {alerts(rig)}")
            check(rig.stamps("near", "full") == before, "something counts that is none")
        finally:
            subprocess.run(["umount", str(folder / "small")], check=False)


def test_missed_copies_are_made_up(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.job("full")
        (rig.home / "break-put-far").touch()
        for _ in range(2):
            time.sleep(1.1)
            rig.job("full", expect=4)
        (rig.home / "break-put-far").unlink()
        check(len(rig.stamps("near", "full")) == 3 and len(rig.stamps("far", "full")) == 1, "the far store did not miss any")
        # One that is damaged in the first store is not carried on.
        time.sleep(1.1)
        rig.job("full")
        check(rig.stamps("far", "full") == rig.stamps("near", "full"), f"{rig.stamps('far', 'full')}\n{rig.output}")
        # What is older than all there has expired there by itself.
        oldest = rig.stamps("far", "full")[0]
        for path in (rig.home / "stores/far/full").glob(oldest + "*"):
            path.unlink()
        time.sleep(1.1)
        rig.job("full")
        check(oldest not in rig.stamps("far", "full"), "what has expired is stored again")


def test_a_damaged_copy_is_not_carried_on(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.job("full")
        (rig.home / "break-put-far").touch()
        time.sleep(1.1)
        rig.job("full", expect=4)
        (rig.home / "break-put-far").unlink()
        bad = rig.stamps("near", "full")[-1]
        (rig.home / "stores/near/full" / f"{bad}.dump").write_text("damaged")
        time.sleep(1.1)
        rig.job("full", expect=4)
        check(bad not in rig.stamps("far", "full") and len(rig.stamps("far", "full")) == 2, f"{rig.stamps('far', 'full')}")


def test_a_day_removes_no_more_than_a_day_makes(env):
    """Many were made on one day; after an outage each of many runs a day must not remove as many."""
    with Sandbox() as folder:
        rig = Rig(env, folder)
        day = ago(days=40)[:8]
        for hour in range(10):
            rig.plant("near", "weekdays", f"{day}T{hour:02}0000Z")
        for n in range(20, 39):
            rig.plant("near", "weekdays", ago(days=n))
        for _ in range(3):
            rig.job("weekdays")
            time.sleep(1.1)
        check(len(rig.stamps("near", "weekdays")) >= 29 - 10, f"{len(rig.stamps('near', 'weekdays'))} left")
        told = rig.job("weekdays", "prune", "--dry-run", "--force")
        left = len(rig.stamps("near", "weekdays"))
        check(told.count("would remove") > 10 and left >= 19, told)
        rig.job("weekdays", "prune", "--force")
        check(len(rig.stamps("near", "weekdays")) == left - told.count("would remove"), "the dry run did not tell what would go")


def test_a_red_test_stops_the_signs_of_life(env):
    need("curl")
    with Sandbox() as folder:
        rig = Rig(env, folder)
        (folder / "bin/curl").write_text('#!/bin/sh\necho "$@" >>"$STUB_HOME/beats"\n')
        (folder / "bin/curl").chmod(0o755)
        beats = lambda: len((rig.home / "beats").read_text().splitlines()) if (rig.home / "beats").exists() else 0
        rig.job("full", DRC_HEARTBEAT_URL="http://x/")
        check(beats() == 1, "no sign of life")
        for store in ("near", "far"):
            stamp = rig.stamps(store, "full")[-1]
            (rig.home / "stores" / store / "full" / f"{stamp}.dump").write_text("damaged")
        rig.job("full", "verify", expect=3)
        time.sleep(1.1)
        rig.job("full", DRC_HEARTBEAT_URL="http://x/")
        check(beats() == 1, "a sign of life although what is stored could not be read")
        rig.job("full", "verify")
        rig.job("full", DRC_HEARTBEAT_URL="http://x/")
        check(beats() == 2, "no sign of life any more")


def test_scripts_replaced_meanwhile(env):
    """What is installed over a run belongs to the next one; a script that was cut off does nothing and says so."""
    with Sandbox() as folder:
        rig = Rig(env, folder)
        (rig.home / "backup-full").write_text("sleep 2")
        script, library = rig.cron / "jobs/full.sh", rig.cron / "lib/drc-backup-lib.sh"
        texts = script.read_text(), library.read_text()
        with Started(rig, "full") as run:
            wait_until(lambda: rig.calls("backup"), "it does not begin")
            script.write_text("#!/bin/bash\ntouch replaced\nexit 0\n")
            library.write_text("touch replaced\nexit 0\n")
            check(run.process.wait(timeout=60) == 0 and len(rig.stamps("far", "full")) == 1, "it went on with something else")
            check(not (folder / "replaced").exists(), "it carried out what was written over it")
        library.write_text(texts[1])
        (rig.home / "backup-full").unlink()
        for share in (8, 13, 19):
            script.write_text(texts[0][:len(texts[0]) * share // 20])
            done = env.run(["bash", script], folder, env=rig.variables(), timeout=60, limit=False)
            check(done.code != 0 and len(rig.calls("backup")) == 1, f"a script that was cut off ended with {done.code}")


def test_what_somebody_types_at_night(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        for words in (["--help"], ["restore", "--help"], ["run", "-h"]):
            check("usage" in rig.job("full", *words), "no help")
        check("does not answer" not in rig.job("full", "run", "--dry-run") and not rig.calls("backup"), rig.output)
        rig.job("full", "run")
        stamp = rig.stamps("near", "full")[0]
        rig.job("full", "verify", stamp, "--from", "far")
        check([line.split()[2] for line in rig.calls("store fetch")] == ["far", "far"], f"{rig.calls('store fetch')}")
        rig.job("full", "verify", "20200101T000000Z", expect=3)
        told = rig.job("full", "restore", stamp, "--dry-run")
        check("stub-restore" in told and not rig.calls("restore"), told)
        for words in (["restore", stamp], ["list", stamp], ["prune", "all"], ["backup", "it"], ["nothing"], ["--what"]):
            check("usage" in rig.job("full", *words, expect=64), "no help")
