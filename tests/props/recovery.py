"""Runs what the restore target writes, against a stub program that records its calls: order, gates, failures, crashes."""

import http.server
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import stat
import subprocess
import threading
import time

from lib.core import Failure, Sandbox, need, readable
from lib.rig import Rig, ago, check, index
from lib.terminal import Terminal

HOSTILE = "x y\"$(touch injected)`touch injected`'\\%{}*\u00e9\n#\t-- ;|&<>!"

DECLARED = ("region-loss", "--yes-i-declare", "INC-1", "--approved-by", "cto")


def restore_to():
    """The database is to be restored to five minutes ago: within its objective of 15 minutes. Asked when a test runs, however long others took."""
    return ago(5)


def answers():
    return {"input__at": restore_to(), "step__announce": "done"}


def test_whole_recovery(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        interrupted, restored = ago(90), ago(100)
        rig.run(*DECLARED, "--answers", rig.answers(**{**answers(), "input__at": restored}), "--interrupted-at", interrupted,
                expect=2)
        names = rig.names()
        fence, asked, promote, available, verify, app, traffic = index(
            names, "fence", "promoted?", "promote", "available?", "verify", "app", "traffic")
        check(fence < asked < promote < available < verify < app < traffic, f"wrong order: {names}")
        check(names.index("cache") < app, f"app did not wait for the cache: {names}")
        arguments = {call["args"][0]: call["args"] for call in rig.calls() if "args" in call}
        check(arguments["promote"][1:] == ["it's \"new\" $HOME `x` \\ *\nline two", restored],
              f"arguments did not arrive as written: {arguments['promote']}")
        check(arguments["app"][1:] == ["s3cret"], "the environment variable did not arrive")
        check(arguments["verify"][1:] == ["a b"], "a value in shell text was split")
        record = rig.record()
        database = next(a for a in record["assets"] if a["name"] == "database")
        # Asked to restore to ten minutes before the interruption.
        check(abs(database["rpo_ms"] - 600000) <= 1000 and database["rpo_verdict"] == "met", f"RPO: {database}")
        check(database["rto_ms"] >= 90 * 60000 and database["rto_verdict"] == "missed", f"RTO: {database}")
        check(all(step["state"] in ("ok", "skipped") for step in record["steps"]), f"steps: {record['steps']}")
        check(rig.journal()[-1]["status"] == "finished", "the journal does not say that it finished")


def test_dry_run_touches_nothing(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        before = sorted(str(p) for p in folder.rglob("*"))
        rig.run("region-loss", "--dry-run", expect=0)
        check(rig.names() == [], f"a command was run: {rig.names()}")
        after = sorted(str(p) for p in folder.rglob("*"))
        check(before == after, f"something was written: {set(after) - set(before)}")
        for text in ("stub fence prod-database", "stub available?", "point of no return", "Say on the bridge"):
            check(text in rig.output.replace("'", ""), f"`{text}` is not shown:\n{rig.output}")


def test_needs_confirmation(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.run("region-loss", expect=3)
        rig.run("region-loss", "--answers", rig.answers(confirm="WRONG"), expect=3)
        rig.run("region-loss", "--answers", rig.answers(confirm="FAILOVER"), expect=3)  # not approved
        rig.run("region-loss", "--answers", rig.answers(confirm="FAILOVER", approve="mallory"), expect=3)
        check(rig.names() == [], f"something ran: {rig.names()}")
        check(not list((folder / "state").glob("*/*/journal.jsonl")), "a journal was begun")


def test_failure_blocks_what_waits(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.behave("available?", "exit 0")
        rig.behave("promote", "exit 7")
        rig.run(*DECLARED, "--answers", rig.answers(**answers()), expect=1)
        names = rig.names()
        check("app" not in names and "traffic" not in names, f"a dependant ran: {names}")
        check("report" in names and "cache" in names, f"what does not wait was held up: {names}")
        check("BLOCKED app.start" in rig.output and "BLOCKED app.traffic" in rig.output, rig.output)
        states = {s["step"]: s["state"] for s in rig.record()["steps"]}
        check(states["database.promote"] == "failed" and states["app.start"] == "blocked"
              and states["announce"] == "blocked", f"{states}")
        # Mended: the run goes on and repeats only what is missing.
        rig.behave("promote", "exit 0")
        rig.behave("promoted?", "once exit 1")
        rig.forget()
        rig.run("region-loss", "--resume", "--answers", rig.answers(**answers()), expect=0)
        names = rig.names()
        check("fence" not in names and "cache" not in names and "report" not in names, f"done steps ran again: {names}")
        index(names, "promote", "app", "traffic")


def test_failed_fence_stops_promotion(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.behave("fence", "exit 1")
        rig.run(*DECLARED, "--answers", rig.answers(**answers()), expect=1)
        check("promote" not in rig.names(), "promoted although the fence failed")
        # Somebody attests what the fence would have done.
        rig.forget()
        rig.run("region-loss", "--resume", "--answers",
                rig.answers(**answers(), attest__database__fence="yes"), expect=0)
        index(rig.names(), "promote", "traffic")
        check(any(e["status"] == "attested" for e in rig.journal()), "the attestation is not in the journal")


def test_kill_and_resume(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.behave("app", "once sleep 30")
        process = subprocess.Popen(rig.command(*DECLARED, "--answers", rig.answers(**answers())), cwd=folder,
                                   env=env.variables(folder, rig.variables()), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        for _ in range(300):
            if "app" in rig.names():
                break
            time.sleep(0.1)
        check("app" in rig.names(), f"never came to the application: {rig.names()}")
        # Only recover.sh dies; its step goes on, and keeps a second run out.
        process.kill()
        process.wait()
        rig.run("region-loss", "--resume", "--answers", rig.answers(**answers()), expect=75)
        # Now everything of it dies.
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(path.name)) == process.pid:
                    os.kill(int(path.name), signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        time.sleep(0.3)
        rig.forget()
        rig.run("region-loss", "--resume", "--answers", rig.answers(**answers()), expect=0)
        names = rig.names()
        check("fence" not in names and "promote" not in names, f"done steps ran again: {names}")
        index(names, "app", "traffic")


def test_independent_steps_run_side_by_side(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        for name in ("fence", "cache", "report"):
            rig.behave(name, "sleep 1.5")
        rig.run(*DECLARED, "--answers", rig.answers(**answers()), expect=0)
        begun = {c["args"][0]: c["at"] for c in rig.calls() if "args" in c}
        ended = {c["end"]: c["at"] for c in rig.calls() if "end" in c}
        check(max(begun[n] for n in ("fence", "cache", "report")) < min(ended[n] for n in ("fence", "cache", "report")),
              f"they ran one after the other: {begun} {ended}")
        rig2_folder = folder / "second"
        rig2_folder.mkdir()
        one = Rig(env, rig2_folder)
        for name in ("cache", "report"):
            one.behave(name, "sleep 0.5")
        one.run(*DECLARED, "--jobs", "1", "--answers", one.answers(**answers()), expect=0)
        events = [("end", c["end"]) if "end" in c else ("begin", c["args"][0]) for c in one.calls()]
        for first, second in zip(events[::2], events[1::2]):
            check(first == ("begin", second[1]) and second[0] == "end", f"--jobs 1 ran two at once: {events}")


def test_retry_and_timeout(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.behave("cache", "once exit 1")  # has two retries
        rig.run(*DECLARED, "--answers", rig.answers(**answers()), expect=0)
        check(rig.names().count("cache") == 2, f"retries: {rig.names()}")
    with Sandbox() as folder:
        rig = Rig(env, folder)
        steps = rig.restore / "scenarios/region-loss/steps.tsv"
        steps.write_text(steps.read_text().replace("\t20\t", "\t2\t"))
        reseal(rig)
        rig.behave("report", "sleep 20")
        started = time.monotonic()
        rig.run(*DECLARED, "--answers", rig.answers(**answers()), expect=1)
        check(time.monotonic() - started < 15, "the time limit was not kept")
        states = {s["step"]: s["state"] for s in rig.record()["steps"]}
        check(states["report.start"] == "timed-out" and states["app.start"] == "ok", f"{states}")


def reseal(rig):
    """Writes SHA256SUMS anew, so that a test may change a table."""
    sums = rig.restore / "SHA256SUMS"
    names = [line.split("  ", 1)[1] for line in sums.read_text().splitlines()]
    done = subprocess.run(["sha256sum", "--", *names], cwd=rig.restore, capture_output=True, text=True, check=True)
    sums.write_text(done.stdout)


def test_refuses_other_plans_and_edits(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.run(*DECLARED, "--plan", "f" * 64, expect=4)
        (folder / "out/plan.json").write_text('{"digest": "' + "f" * 64 + '"}\n')
        rig.run(*DECLARED, expect=4)
        (folder / "out/plan.json").unlink()
        step = next((rig.restore / "scenarios/region-loss/steps").glob("001*"))
        step.write_text(step.read_text() + "# edited\n")
        rig.run(*DECLARED, expect=4)
        check(rig.names() == [], f"something ran: {rig.names()}")
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.behave("promote", "exit 1")
        rig.run(*DECLARED, "--answers", rig.answers(**answers()), expect=1)
        # The same output folder now holds another plan.
        for path in [rig.restore / "DIGEST", *rig.restore.rglob("scenario.tsv")]:
            path.write_text(path.read_text().replace("0123456789abcdef" * 4, "fedcba9876543210" * 4))
        reseal(rig)
        rig.forget()
        rig.run("region-loss", "--resume", "--answers", rig.answers(**answers()), expect=4)
        check(rig.names() == [], f"something ran: {rig.names()}")


def test_missing_variable_and_program(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.run(*DECLARED, expect=4, APP_TOKEN="")
        check("APP_TOKEN" in rig.output, rig.output)
        (folder / "bin/stub").unlink()
        rig.run(*DECLARED, expect=4)
        check("stub" in rig.output, rig.output)


def test_inputs_are_validated(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        for value in ("yesterday", "2026-13-01T00:00:00Z", "$(touch injected)", ""):
            rig.run(*DECLARED, "--answers", rig.answers(input__at=value), expect=64)
        check(rig.names() == [] and not (folder / "injected").exists(), "something ran")


def test_waits_for_people(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.run(*DECLARED, "--answers", rig.answers(input__at=restore_to()), expect=1)
        states = {s["step"]: s["state"] for s in rig.record()["steps"]}
        check(states["announce"] == "waiting" and states["app.traffic"] == "ok", f"{states}")
        rig.forget()
        rig.run("region-loss", "--resume", "--answers", rig.answers(**answers()), expect=0)
        check(rig.names() == [], f"done steps ran again: {rig.names()}")


def test_only_and_from(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.run(*DECLARED, "--only", "report", "--answers", rig.answers(), expect=0)
        check(rig.names() == ["report"], f"{rig.names()}")
        rig.forget()
        rig.run(*DECLARED, "--from", "app.start", "--answers", rig.answers(**answers()), expect=0)
        # A fence is not taken on trust: it runs again.
        check(sorted(rig.names()) == ["app", "fence", "report", "traffic"], f"{rig.names()}")


def test_drill_simulates_what_hurts(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.run("region-loss", "--drill", "--answers", rig.answers(confirm="DRILL", **answers()), expect=0)
        names = rig.names()
        check(not {"fence", "promote", "traffic"} & set(names), f"the drill was too real: {names}")
        index(names, "cache", "app", "report")
        check(rig.record()["kind"] == "drill-simulated", rig.record()["kind"])


def test_what_it_says_goes_on(env):
    """The command that an unfinished run names goes on with that run: a recovery and its way back have one each, wherever they are kept."""
    with Sandbox() as folder:
        rig = Rig(env, folder)
        state = str(folder / "an other state")
        rig.run("region-loss", "--failback", "--yes-i-declare", "INC-2", "--state", state, expect=1)
        said = re.search(r"Go on with: (.*)", rig.output)
        check(said and "failback.sh" in said[1], rig.output)
        command = f"{said[1]} --answers {shlex.quote(str(rig.answers(step__database__failback='done', step__database__reprotect='done')))}"
        done = subprocess.run(["bash", "-c", command], cwd=folder, env=rig.variables(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=90, check=False)
        check(done.returncode == 0 and b"Resuming run" in done.stdout, readable(done.stdout))


def test_failback(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.run("region-loss", "--failback", "--list", expect=0)
        check("database.failback" in rig.output and "database.reprotect" in rig.output, rig.output)
        rig.run("region-loss", "--failback", "--yes-i-declare", "INC-2", "--answers",
                rig.answers(step__database__failback="done", step__database__reprotect="done"), expect=0)
        check("Tell everybody." in rig.output, rig.output)


def test_hostile_names(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, HOSTILE)
        for script in rig.restore.rglob("*.sh"):
            done = env.run(["bash", "-n", script], folder)
            check(done.code == 0, readable(done.stderr))
        rig.run("region-loss", "--dry-run", expect=0)
        lines = [f"input.at={restore_to()}"]
        (folder / "answers").write_text("\n".join(lines) + "\n")
        rig.run(*DECLARED, "--answers", str(folder / "answers"))
        arguments = {call["args"][0]: call["args"] for call in rig.calls() if "args" in call}
        check(arguments["fence"][1] == HOSTILE + "prod-database", f"{arguments['fence']!r}")
        check(arguments["promote"][1] == HOSTILE + "it's \"new\" $HOME `x` \\ *\nline two", f"{arguments['promote']!r}")
        check(arguments["verify"][1] == HOSTILE + "a b", f"{arguments['verify']!r}")
        for line in rig.journal():
            check(isinstance(line["ms"], int), "journal")
        rig.record()
        check(not list(folder.rglob("injected")), "a name was executed")


def test_scripts_pass_shellcheck(env):
    program = need("shellcheck")
    with Sandbox() as folder:
        for prefix in ("", HOSTILE):
            (folder / f"p{len(prefix)}").mkdir()
            rig = Rig(env, folder / f"p{len(prefix)}", prefix)
            done = env.run([program, "--external-sources", "--source-path=SCRIPTDIR", "--format=gcc",
                            *sorted(rig.restore.rglob("*.sh"))], folder, timeout=120, limit=False)
            check(done.code == 0, readable(done.stdout)[:3000])


def test_fixed_texts_have_modes(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        for name in ("recover.sh", "drill.sh", "failback.sh"):
            check(os.access(rig.restore / name, os.X_OK), f"{name} is not executable")
        check(stat.S_IMODE((rig.restore / "lib/common.sh").stat().st_mode) & 0o111 == 0, "a sourced file is executable")
        check(re.fullmatch(r"[0-9a-f]{64}\n", (rig.restore / "DIGEST").read_text()) is not None, "DIGEST")
        shutil.rmtree(rig.restore)


def test_at_a_terminal(env):
    """Every question, with a wrong answer first; and what runs meanwhile is not held up by a question."""
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.behave("report", "sleep 3")
        terminal = Terminal(rig.command("region-loss"), folder, env.variables(folder, rig.variables()))
        terminal.expect("Type FAILOVER to go on")
        terminal.type("FAILOVER")
        terminal.expect("Name of the person who approves")
        terminal.type("mallory")
        terminal.expect("mallory may not approve this")
        terminal.expect("Name of the person")
        terminal.type("cto")
        terminal.expect("Recover to which moment")
        terminal.type("yesterday")
        terminal.expect("that is not a value of type timestamp")
        terminal.type(restore_to())
        terminal.expect("POINT OF NO RETURN")
        terminal.type("perhaps")
        terminal.expect("not understood: perhaps")
        check("promote" not in rig.names(), "promoted before the gate was opened")
        # The report ends while the gate's question is open.
        terminal.expect("ok     report.start")
        terminal.type("yes")
        terminal.expect("TO DO BY cto")
        terminal.type("done")
        code = terminal.finish()
        check(code == 0, f"exit {code}\n{terminal.text}")
        check(rig.record()["approved_by"] == "cto", "the approval is not in the record")


def test_gate_stays_shut(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.run(*DECLARED, "--answers", rig.answers(**answers(), gate__database__promote="no"), expect=1)
        check("promote" not in rig.names() and "report" in rig.names(), f"{rig.names()}")
        states = {s["step"]: s["state"] for s in rig.record()["steps"]}
        check(states["database.promote"] == "failed" and states["app.start"] == "blocked", f"{states}")


def test_interrupt_and_resume(env):
    with Sandbox() as folder:
        rig = Rig(env, folder)
        rig.behave("cache", "once sleep 30")
        process = subprocess.Popen(rig.command(*DECLARED, "--answers", rig.answers(**answers())), cwd=folder,
                                   env=env.variables(folder, rig.variables()), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            if {"cache", "promote"} <= set(rig.names()):
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        check(process.wait(timeout=20) == 130, "not ended by the signal")
        check(any(e["status"] == "interrupted" for e in rig.journal()), "the journal does not say so")
        rig.run("region-loss", "--resume", "--answers", rig.answers(**answers()), expect=0)
        check(rig.names().count("promote") == 1, f"promoted twice: {rig.names()}")


def test_cut_off_point_of_no_return(env):
    """A step without a check that was cut off is not repeated without a word."""
    with Sandbox() as folder:
        rig = Rig(env, folder)
        steps = rig.restore / "scenarios/region-loss/steps.tsv"
        steps.write_text(steps.read_text().replace("check,run,until,verify", "run,until,verify"))
        reseal(rig)
        rig.behave("promote", "once sleep 30")
        process = subprocess.Popen(rig.command(*DECLARED, "--answers", rig.answers(**answers())), cwd=folder,
                                   env=env.variables(folder, rig.variables()), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            if "promote" in rig.names():
                break
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
        terminal = Terminal(rig.command("region-loss", "--resume", "--answers", rig.answers(**answers())), folder,
                            env.variables(folder, rig.variables()))
        terminal.expect("was cut off in the middle")
        terminal.expect("POINT OF NO RETURN")
        check(rig.names().count("promote") == 1, f"{rig.names()}")
        terminal.type("yes")
        check(terminal.finish() == 0, terminal.text)


def test_notices_are_sent(env):
    need("curl")
    got = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.headers["Authorization"], json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(201)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with Sandbox() as folder:
            rig = Rig(env, folder)
            url = f"http://127.0.0.1:{server.server_port}/v1/incidents"
            program = ('source "$1"; notify status_page - "$2" TOKEN monitoring minor "It\'s \\"over\\"" '
                       '"{{incident.id}}: {{incident.eta}}"; notify slack - "$2" - x y T "line 1\nline 2"')
            done = env.run(["bash", "-euc", program.replace("\\n", "\n"), "test", rig.restore / "lib/notify.sh", url], folder,
                           env={"TOKEN": "t0ken", "DRC_INCIDENT_ID": "INC {{incident.id}}", "no_proxy": "127.0.0.1"})
            check(done.code == 0, readable(done.stdout + done.stderr))
    finally:
        server.shutdown()
    incident = got[0][1]["incident"]
    check(got[0][0] == "OAuth t0ken" and incident["name"] == 'It\'s "over"' and incident["status"] == "monitoring"
          and incident["impact_override"] == "minor" and incident["body"] == "INC {{incident.id}}: [eta]", f"{got[0]}")
    check(got[1][0] is None and got[1][1]["text"].startswith("T\nline 1"), f"{got[1]}")
