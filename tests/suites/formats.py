"""The machine formats of diagnostics, judged by their own standards.

SARIF's JSON Schema and the XML Schema of JUnit reports are not part of this repository: DRC_TEST_SCHEMAS names a folder
that holds sarif-2.1.0.json and junit-10.xsd; without it these tests are skipped.
"""

import json
import os
import pathlib
import pty
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

from lib.core import Failure, Sandbox, Skip, readable

# A file with errors of several kinds, a warning, labels in two places, fixes, and text that needs escaping everywhere.
BROKEN = """plan p { title = "a<b> & \\"c\\" 100% \u6f22 \u00e9" }
/// lost & <found>
x = 1
asset a : data {
  size = 5min, rto == 1h
  needs = [1, 2
  note = 'single <&>'
}
asset b : data {
"""


def schemas():
    folder = os.environ.get("DRC_TEST_SCHEMAS", "")
    if not folder:
        raise Skip("DRC_TEST_SCHEMAS names no folder with schemas")
    return pathlib.Path(folder)


def report(env, form, text=BROKEN):
    with Sandbox() as box:
        (box / "a b,c.dr").write_text(text, encoding="utf-8")
        return env.compile(["check", "--format", form, "a b,c.dr"], box, expect=1).stdout


def test_sarif_follows_its_schema(env):
    text = report(env, "sarif")
    log = json.loads(text)
    schema = schemas() / "sarif-2.1.0.json"
    try:
        import jsonschema
    except ImportError:
        raise Skip("python3-jsonschema is not installed") from None
    if not schema.exists():
        raise Skip(f"{schema.name} is not there")
    jsonschema.validate(log, json.loads(schema.read_text(encoding="utf-8")))


# A refuted objective: its offers have a fix with a place in bytes, and a result.
REFUTED = """plan p { title = "T"  owner = ann }
person ann { name = "Ann"  phone = "1"  email = "ann@example.com" }
kind t.region : site { title = "R"  level = region }
kind t.db : data { title = "D"  method restore { covers = [region]  restores = true  rto = 10m } }
kind t.bucket : store { title = "B" }
site east : t.region {}
site west : t.region { role = recovery }
store far : t.bucket { site = west }
class l1 { title = "L" }
scenario gone { class = l1  loses = [east]  detect = 1m  declare = 1m }
asset a : t.db { site = east  rto = 1h  rpo = 1h
  backup full { kind = full  schedule = daily at 02:00  duration = 1m  retain = 9d  to = far } }
"""


# Advice, which no rule of the standard library is needed for, and a finding that is told with its cause.
ADVISED = """plan p { title = "T" }
rule signed {
  title = "Plans are signed"
  for = p in plans
  require = known(p.revision)
  message = "`\\(p.name)` is not signed"
  about = paperwork
}
kind t.region : site { title = "R"  level = region }
kind t.app : compute { title = "A"  method restart { covers = [region]  rto = 2h } }
site east : t.region {}
site west : t.region { role = recovery }
class l1 { title = "L" }
scenario gone { class = l1  loses = [east]  detect = 1m  declare = 1m }
asset a : t.app { site = east  rto = 1h }
""" + "".join(f"asset x{i} : t.app {{ site = east  rto = 2h2m  needs = [a] }}\n" for i in range(1, 31))


def test_formats_are_whole(env):
    """Every finding by itself: also what a text names in the message of its cause, and advice with a level of its own."""
    log = json.loads(report(env, "json", ADVISED))
    follows_schema(env, log)
    severities = [item["severity"] for item in log["diagnostics"]]
    if severities != ["error"] * 31 + ["advice"]:
        raise Failure(f"json: {severities}")
    results = json.loads(report(env, "sarif", ADVISED))["runs"][0]["results"]
    if [result["level"] for result in results] != ["error"] * 31 + ["note"] or results[-1]["properties"]["tags"] != ["advice"]:
        raise Failure("sarif: " + " ".join(result["level"] for result in results))
    try:
        import jsonschema
        schema = schemas() / "sarif-2.1.0.json"
        jsonschema.validate(json.loads(report(env, "sarif", ADVISED)), json.loads(schema.read_text(encoding="utf-8")))
    except (ImportError, Skip):
        pass
    lines = report(env, "github", ADVISED).decode("utf-8").splitlines()
    if len(lines) != 32 or sum(line.startswith("::error ") for line in lines) != 31 or not lines[-1].startswith("::notice "):
        raise Failure(f"github: {len(lines)} lines, the last {lines[-1]}")
    suite = ElementTree.fromstring(report(env, "junit", ADVISED)).find("testsuite")
    if (suite.get("tests"), suite.get("failures")) != ("32", "31") or "advice[signed]" not in suite.findall("testcase/system-out")[-1].text:
        raise Failure("junit")
    for form in ("json", "sarif", "github", "junit"):
        if " more" in report(env, form, ADVISED).decode("utf-8"):
            raise Failure(f"{form} leaves something out")


def test_json_follows_its_schema(env):
    follows_schema(env, json.loads(report(env, "json")))


def test_json_of_offers_follows_its_schema(env):
    log = json.loads(report(env, "json", REFUTED))
    if not any("result" in help_ and "start" in help_["fix"] for item in log["diagnostics"] for help_ in item["helps"]):
        raise Failure("nothing is offered")
    follows_schema(env, log)


def follows_schema(env, log):
    schema = json.loads((env.root / "compiler/source/diagnostics.schema.json").read_text(encoding="utf-8"))
    try:
        import jsonschema
    except ImportError:
        raise Skip("python3-jsonschema is not installed") from None
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    found = sorted(kind(schema).iter_errors(log), key=lambda error: list(map(str, error.path)))
    if found:
        raise Failure("\n".join(f"{list(error.path)}: {error.message}" for error in found[:10]))
    levels = [item["severity"] for item in log["diagnostics"]]
    if log["errors"] != levels.count("error") or log["warnings"] != levels.count("warning"):
        raise Failure("the counts are wrong")


def test_sarif_refers_to_itself_correctly(env):
    run = json.loads(report(env, "sarif"))["runs"][0]
    rules, results = run["tool"]["driver"]["rules"], run["results"]
    if len(results) < 6:
        raise Failure(f"only {len(results)} results")
    lines = BROKEN.split("\n")
    for result in results:
        if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
            raise Failure(f"ruleIndex of {result['ruleId']}")
        region = result["locations"][0]["physicalLocation"]["region"]
        if not 1 <= region["startColumn"] <= len(lines[region["startLine"] - 1]) + 1:
            raise Failure(f"column outside its line: {region}")
    prints = [result["partialFingerprints"]["drc/v1"] for result in results]
    if len(set(prints)) != len(prints):
        raise Failure("two results share a fingerprint")


def test_fingerprints_do_not_depend_on_lines(env):
    def prints(text):
        results = json.loads(report(env, "sarif", text))["runs"][0]["results"]
        return sorted(result["partialFingerprints"]["drc/v1"] for result in results)

    if prints(BROKEN) != prints("// a line more\n\n" + BROKEN):
        raise Failure("the fingerprints changed when lines moved")


def test_fixes_mend(env):
    """Applying every fix of the report, last first, leaves only the mistakes that had none."""
    report_of = json.loads(report(env, "json"))
    lines = BROKEN.split("\n")
    codes = [item["code"] for item in report_of["diagnostics"]]
    fixes = [item["helps"][0]["fix"] for item in report_of["diagnostics"] if item["helps"] and "fix" in item["helps"][0]]
    if len(fixes) < 3:
        raise Failure(f"only {len(fixes)} fixes for {codes}")
    for fix in sorted(fixes, key=lambda f: (f["line"], f["column"]), reverse=True):
        line = lines[fix["line"] - 1]
        lines[fix["line"] - 1] = line[:fix["column"] - 1] + fix["replacement"] + line[fix["end_column"] - 1:]
    again = json.loads(report(env, "json", "\n".join(lines)))
    left = [item["code"] for item in again["diagnostics"]]
    for code in ("E0111", "E0120", "E0121", "E0122"):
        if code in left:
            raise Failure(f"{code} is still there after its fix: {lines}")


def test_junit_follows_its_schema(env):
    text = report(env, "junit")
    root = ElementTree.fromstring(text)
    suite = root.find("testsuite")
    if int(suite.get("failures")) != len(suite.findall("testcase/failure")):
        raise Failure("the count of failures is wrong")
    schema = schemas() / "junit-10.xsd"
    if not shutil.which("xmllint"):
        raise Skip("xmllint is not installed")
    if not schema.exists():
        raise Skip(f"{schema.name} is not there")
    done = subprocess.run(["xmllint", "--noout", "--schema", str(schema), "-"], input=text, capture_output=True, check=False)
    if done.returncode != 0:
        raise Failure(readable(done.stderr))


def test_github_commands_are_one_line_each(env):
    lines = report(env, "github").decode("utf-8").splitlines()
    for line in lines:
        if not line.startswith(("::error file=a b%2Cc.dr,line=", "::warning file=a b%2Cc.dr,line=")):
            raise Failure(f"not a workflow command: {line}")


LONG = "the-database-with-all-orders-of-the-last-twenty-years-and-of-their-customers"
LONG_METHOD = "restore_from_the_newest_copy_that_somebody_can_still_read"
TABLES = f"""plan p {{ title = "T"  owner = ann }}
person ann {{ name = "Ann"  phone = "1"  email = "ann@example.com" }}
class disaster {{ title = "C" }}
kind t.region : site {{ title = "R"  level = region }}
kind t.db : compute {{ title = "A database with a title as long as no terminal is wide, which gives way at its end before anything else does"
  method {LONG_METHOD} {{ covers = [region]  rto = 10m }} }}
site here : t.region {{ }}
site there : t.region {{ role = recovery }}
scenario fire {{ class = disaster  loses = [here]  detect = 1m  declare = 1m }}
asset {LONG} : t.db {{ title = "D"  sites = [here]  rto = 1h }}
"""


def on_a_terminal(env, argv, cwd, columns):
    """What a program prints on a terminal of 80 columns, with COLUMNS set or not; the lines."""
    here, there = pty.openpty()
    more = {"COLUMNS": columns} if columns else {}
    with subprocess.Popen([env.drc, *argv], cwd=cwd, stdin=subprocess.DEVNULL, stdout=there, stderr=subprocess.DEVNULL,
                          env=env.variables(cwd, more)) as program:
        os.close(there)
        data = b""
        while True:
            try:
                more_data = os.read(here, 65536)
            except OSError:  # how Linux says that nobody is left on the other side
                break
            if not more_data:
                break
            data += more_data
        os.close(here)
        program.wait(env.timeout)
    return data.decode("utf-8").replace("\r\n", "\n").splitlines()


def test_tables_fit_the_terminal_and_are_whole_in_a_pipe(env):
    env.need_drc()
    commands = (["plan", "t.dr"], ["simulate", "t.dr", "--runs", "10"], ["list", "kinds", "t.dr"])
    with Sandbox() as box:
        (box / "t.dr").write_text(TABLES, encoding="utf-8")
        for argv in commands:
            for extra in ({}, {"COLUMNS": "60"}):
                text = env.run([env.drc, *argv], box, env=extra).stdout.decode("utf-8")
                if "\u2026" in text or (argv[0] != "list" and LONG not in text) or (argv[0] == "plan" and LONG_METHOD not in text):
                    raise Failure(f"{argv}: not whole in a pipe\n{text}")
            for columns, width in ((None, 80), ("140", 140), ("nonsense", 80)):
                lines = on_a_terminal(env, argv, box, columns)
                table = [line for line in lines if "\u2026" in line]
                wide = max(map(len, table), default=0)
                if not table and argv[0] != "list":
                    raise Failure(f"{argv}: nothing gave way at {width} columns\n" + "\n".join(lines))
                if wide > max(width, 100 if argv[0] == "simulate" else 0):
                    raise Failure(f"{argv}: a line of {wide} columns on a terminal of {width}\n" + "\n".join(lines))


def test_json_of_a_comparison_follows_its_schema(env):
    with Sandbox() as folder:
        out = folder / "out"
        log = json.loads(env.compile(["build", "examples/hello.dr", "-o", str(out), "--check", "--format", "json"], env.root, expect=2).stdout)
        follows_schema(env, log)
        if log["same"] or {entry["state"] for entry in log["files"]} != {"missing"} or "diff" in log or out.exists():
            raise Failure(str(log)[:500])
        env.compile(["build", "examples/hello.dr", "-o", str(out)], env.root)
        log = json.loads(env.compile(["build", "examples/hello.dr", "-o", str(out), "--check", "--diff", "--format", "json"], env.root).stdout)
        follows_schema(env, log)
        if not log["same"] or log["files"] or log["diff"]:
            raise Failure(str(log)[:500])
