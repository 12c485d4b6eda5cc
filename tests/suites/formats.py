"""The machine formats of diagnostics, judged by their own standards.

SARIF's JSON Schema and the XML Schema of JUnit reports are not part of this repository: DRC_TEST_SCHEMAS names a folder
that holds sarif-2.1.0.json and junit-10.xsd; without it these tests are skipped.
"""

import json
import os
import pathlib
import pty
import re
import shutil
import subprocess
import urllib.parse
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
    gone, rest = ElementTree.fromstring(report(env, "junit", ADVISED)).findall("testsuite")
    if (gone.get("name"), gone.get("tests"), gone.get("failures")) != ("gone", "31", "31") or len(gone.findall("testcase/failure")) != 31:
        raise Failure(f"junit: {gone.attrib}")
    if rest.get("tests") != "1" or "advice[signed]" not in rest.find("testcase/system-out").text:
        raise Failure("junit: advice")
    if len(json.loads(report(env, "gitlab", ADVISED))) != 32:
        raise Failure("gitlab")
    for form in ("json", "sarif", "github", "gitlab", "junit"):
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


def junit_is_valid(text):
    schema = schemas() / "junit-10.xsd"
    if not shutil.which("xmllint"):
        raise Skip("xmllint is not installed")
    if not schema.exists():
        raise Skip(f"{schema.name} is not there")
    done = subprocess.run(["xmllint", "--noout", "--schema", str(schema), "-"], input=text, capture_output=True, check=False)
    if done.returncode != 0:
        raise Failure(readable(done.stderr))


def counts_are_true(root):
    for suite in root.findall("testsuite"):
        for attribute, element in (("tests", "testcase"), ("failures", "testcase/failure"), ("errors", "testcase/error"), ("skipped", "testcase/skipped")):
            if int(suite.get(attribute)) != len(suite.findall(element)):
                raise Failure(f"{attribute} of {suite.get('name')} is {suite.get(attribute)}, and there are {len(suite.findall(element))}")


def test_junit_follows_its_schema(env):
    for text in (report(env, "junit"), report(env, "junit", ADVISED), report(env, "junit", VERDICTS)):
        counts_are_true(ElementTree.fromstring(text))
        junit_is_valid(text)


# Every verdict: held, refuted, unknown where proof is demanded and where it is not, accepted.
VERDICTS = """plan p { title = "T"  owner = ann }
person ann { name = "Ann"  phone = "1"  email = "ann@example.com" }
tier high { level = 0 }
tier low { level = 5 }
kind t.region : site { title = "R"  level = region }
kind t.app : compute {
  title = "A"
  attribute wait { type = duration  doc = "W" }
  method restart { covers = [region]  rto = self.wait }
}
site east : t.region {}
site west : t.region { role = recovery }
class l1 { title = "L" }
scenario gone { class = l1  loses = [east]  detect = 1m  declare = 1m }
asset fast : t.app { site = east  rto = 6h  wait = 10m }
asset slow : t.app { site = east  rto = 1h  wait = 2h }
asset excused : t.app { site = east  rto = 1h  wait = 2h }
asset vague : t.app { site = east  rto = 1h  tier = high }
asset free : t.app { site = east  rto = 1h  tier = low }
accept excused-is-slow { rule = E0501  on = [excused]  why = "until <May>"  by = ann  until = 2099-01-01 }
"""


def test_junit_has_a_case_for_each_objective(env):
    """Held passes, refuted fails, what nobody proved is an error, what somebody accepted was left out, with the reason."""
    root = ElementTree.fromstring(report(env, "junit", VERDICTS))
    cases = {case.get("name"): [child.tag for child in case] for case in root.find("testsuite").findall("testcase")}
    if cases != {"fast RTO": [], "slow RTO": ["failure"], "excused RTO": ["skipped"], "vague RTO": ["error"],
                 "free RTO": ["skipped", "system-out"]}:
        raise Failure(str(cases))
    reason = root.find("testsuite/testcase/skipped").get("message")
    if "until <May>" not in reason or "refuted" not in reason:
        raise Failure(reason)
    if "E0501" not in root.find("testsuite/testcase/failure").text:
        raise Failure("the failure does not say what is wrong")


def test_gitlab_issues(env):
    """What GitLab asks of a code quality report; fingerprints are each another, and stay when lines move."""
    issues = json.loads(report(env, "gitlab"))
    for issue in issues:
        lines = issue["location"]["lines"]
        if (set(issue) != {"type", "check_name", "description", "categories", "severity", "fingerprint", "location"} or issue["type"] != "issue"
                or issue["severity"] not in ("info", "minor", "major", "critical", "blocker") or not 1 <= lines["begin"] <= lines["end"]
                or issue["location"]["path"] != "a b,c.dr"):
            raise Failure(str(issue))
    prints = [issue["fingerprint"] for issue in issues]
    moved = [issue["fingerprint"] for issue in json.loads(report(env, "gitlab", "// a line more\n\n" + BROKEN))]
    if len(set(prints)) != len(prints) or sorted(prints) != sorted(moved):
        raise Failure("fingerprints")


def test_sarif_places(env):
    """Relative to the folder drc was called in, whatever a file is called by; columns in units of UTF-16; fixes by JavaScript's count mend."""
    text = REFUTED.replace("backup full { kind = full", "backup /* \U0001d538\U0001f600 */ full { kind = full")
    with Sandbox() as box:
        (box / "dr").mkdir()
        (box / "dr" / "main.dr").write_text(text, encoding="utf-8")
        for name in ("dr", "dr/main.dr", "./dr/main.dr", str(box / "dr" / "main.dr")):
            run = json.loads(env.compile(["check", "--format", "sarif", name], box, expect=1).stdout)["runs"][0]
            place = run["results"][0]["locations"][0]["physicalLocation"]
            if place["artifactLocation"] != {"uri": "dr/main.dr", "uriBaseId": "%SRCROOT%"}:
                raise Failure(f"{name}: {place['artifactLocation']}")
            if str(box) in json.dumps(run):
                raise Failure("the report names the folder it was made in")
        if run["columnKind"] != "utf16CodeUnits":
            raise Failure(run["columnKind"])
        fixes = [fix for result in run["results"] for fix in result.get("fixes", ()) if "schedule" in fix["description"]["text"]]
        change = fixes[0]["artifactChanges"][0]["replacements"][0]
        region, lines = change["deletedRegion"], text.split("\n")
        units = lines[region["startLine"] - 1].encode("utf-16-le")
        gone = units[2 * region["startColumn"] - 2:2 * region["endColumn"] - 2].decode("utf-16-le")
        if gone != "daily at 02:00":
            raise Failure(f"the fix replaces `{gone}`")
        commands = env.compile(["check", "--format", "github", "dr"], box, expect=1).stdout.decode("utf-8")
        if not commands.startswith("::error file=dr/main.dr,line="):
            raise Failure(commands[:200])


def test_sarif_rules_have_help(env):
    run = json.loads(report(env, "sarif", ADVISED))["runs"][0]
    for rule in run["tool"]["driver"]["rules"]:
        if len(rule["help"]["text"]) < 20 or rule["shortDescription"]["text"] in ("", rule["id"]):
            raise Failure(str(rule))
    if "Plans are signed" not in json.dumps(run["tool"]["driver"]["rules"]):
        raise Failure("the title of a rule of the specification is not in it")


# Names and texts that would end a command, an element, an attribute or a string, turn the direction of writing, or are no UTF-8.
HOSTILE = ("]]><!--", "\u202egnp.exe", "%0A::error::x", "\x1b[31m", "&amp;\"'<x>", "\u0085\ufffe\U000e0001", "::set-output name=a::b", "\ud7ff\ue000")


def test_hostile_texts(env):
    """Each format says them back as its reader reads them, hidden characters replaced, and nothing else becomes of them."""
    hidden = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"
                        "\U000e0000-\U000e007f]")
    for text in HOSTILE:
        said = "".join("\\u{%x}" % ord(c) if hidden.match(c) or c in '\\"' else c for c in text)
        spec = (ADVISED[:ADVISED.index("asset x1 ")]
                .replace("is not signed\"", f"is not signed: {said}\"").replace("Plans are signed", f"Signed {said}"))
        want = f"`p` is not signed: {hidden.sub(chr(0xfffd), text)}"
        results = json.loads(report(env, "sarif", spec))["runs"][0]["results"]
        if not any(hidden.sub(chr(0xfffd), result["message"]["text"]).startswith(want) for result in results):
            raise Failure(f"sarif: {want!r} is not told: {results[-1]['message']['text']!r}")
        issues = json.loads(report(env, "gitlab", spec))
        if not any(hidden.sub(chr(0xfffd), issue["description"]).startswith(want) for issue in issues):
            raise Failure(f"gitlab: {want!r}: {issues}")
        xml = report(env, "junit", spec)
        junit_is_valid(xml)
        if want not in ElementTree.fromstring(xml).findall("testsuite")[-1].find("testcase/system-out").text:
            raise Failure(f"junit: {want!r}")
        lines = report(env, "github", spec).decode("utf-8").split("\n")
        if len(lines) != 3 or lines[2] or hidden.search("".join(lines)):
            raise Failure(f"github: {lines}")
        message = lines[1].split("::", 2)[2].replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
        if not message.startswith(want):
            raise Failure(f"github: {message!r}")


def test_hostile_file_names(env):
    """Names of files are as hostile as texts, and may be no UTF-8."""
    for name in (b"a]]>&\xff.dr", "b\u202e,::%0A x.dr".encode(), b"c \"d\".dr", b"-e.dr", b"f#?%41;g:h.dr", b"javascript:x.dr"):
        with Sandbox() as box:
            (pathlib.Path(os.fsdecode(os.fsencode(box) + b"/" + name))).write_text(REFUTED, encoding="utf-8")
            out = {form: env.run([env.drc, "check", "--format", form, "--", os.fsdecode(name)], box).stdout for form in ("sarif", "gitlab", "junit", "github")}
        uri = json.loads(out["sarif"])["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        if urllib.parse.unquote_to_bytes(uri) != name or urllib.parse.urlsplit(uri).path != uri:
            raise Failure(f"{name!r}: {uri}")
        json.loads(out["gitlab"])
        ElementTree.fromstring(out["junit"])
        if out["github"].count(b"\n") != 1 or not out["github"].startswith(b"::error file=") or b"::" in out["github"][8:out["github"].index(b",line=")]:
            raise Failure(f"{name!r}: {readable(out['github'])[:300]}")


def test_builds_for_servers(env):
    """A build tells the objectives too; with --check each file that differs is a finding, and nothing but the report is printed."""
    text = REFUTED.replace("rpo = 1h", "rpo = 2d")
    with Sandbox() as box:
        (box / "main.dr").write_text(text, encoding="utf-8")
        suite = ElementTree.fromstring(env.compile(["build", "main.dr", "-o", "out", "--format", "junit"], box).stdout).find("testsuite")
        if (suite.get("name"), suite.get("tests")) != ("gone", "2"):
            raise Failure(f"a build does not tell the objectives: {suite.attrib}")

        def check(form, *more, expect=2, out="out"):
            return env.compile(["build", "main.dr", "-o", out, "--check", "--format", form, *more], box, expect=expect).stdout

        for form in ("gitlab", "sarif", "junit", "github"):
            if b"ARTIFACT_DIFFERS" in check(form, expect=0):
                raise Failure("what is the same is told as different")
        (box / "out" / "plan.json").unlink()
        (box / "out" / "README.md").write_text("by hand\n", encoding="utf-8")
        for out in ("out", str(box / "out")):
            results = [result for result in json.loads(check("sarif", "--diff", out=out))["runs"][0]["results"] if result["ruleId"] == "ARTIFACT_DIFFERS"]
            found = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: result["message"]["text"] for result in results}
            if found.keys() != {"out/plan.json", "out/README.md"} or "missing" not in found["out/plan.json"] or "edited" not in found["out/README.md"]:
                raise Failure(str(found))
        junit = check("junit", "--diff")
        junit_is_valid(junit)
        root = ElementTree.fromstring(junit)
        counts_are_true(root)
        if [suite.get("failures") for suite in root] != ["0", "2"]:
            raise Failure("junit: " + str([suite.attrib for suite in root]))
        if check("gitlab").count(b'"check_name":"ARTIFACT_DIFFERS"') != 2 or check("github").count(b"::error file=out/") != 2:
            raise Failure("gitlab or github")


def test_diff_for_servers(env):
    """What is weaker is a finding of its rule, at the place on the new side; each rule is a case of JUnit's; what was not compared is never fine."""
    with Sandbox() as box:
        for folder, text in (("old", REFUTED.replace("rpo = 1h", "rpo = 2d")), ("new", REFUTED.replace("rpo = 1h", "rpo = 3d").replace("retain = 9d", "retain = 8d")),
                             ("broken", REFUTED)):
            (box / folder).mkdir()
            (box / folder / "main.dr").write_text(text, encoding="utf-8")

        def diff(form, *more, after="new", expect=3):
            return env.compile(["diff", "old", after, "--format", form, *more], box, expect=expect).stdout

        run = json.loads(diff("sarif"))["runs"][0]
        found = {result["ruleId"]: result for result in run["results"]}
        if set(found) != {"OBJECTIVE_NO_WEAKEN", "RETENTION_NO_SHORTEN"} or {result["level"] for result in found.values()} != {"error"}:
            raise Failure(str(found))
        place = found["OBJECTIVE_NO_WEAKEN"]["locations"][0]["physicalLocation"]
        line = (box / "new" / "main.dr").read_text(encoding="utf-8").split("\n")[place["region"]["startLine"] - 1]
        if place["artifactLocation"]["uri"] != "new/main.dr" or not line.startswith("asset a"):
            raise Failure(str(place))
        try:
            import jsonschema
            jsonschema.validate(json.loads(diff("sarif")), json.loads((schemas() / "sarif-2.1.0.json").read_text(encoding="utf-8")))
        except (ImportError, Skip):
            pass
        if "because `rpo` of" not in diff("github").decode("utf-8") or len(json.loads(diff("gitlab"))) != 3:
            raise Failure("github or gitlab")
        suite = ElementTree.fromstring(diff("junit")).find("testsuite")
        failed = {case.get("name") for case in suite.findall("testcase") if case.find("failure") is not None}
        if failed != set(found) or int(suite.get("tests")) < 15:
            raise Failure(f"junit: {failed}")
        off = diff("junit", "-Wno-OBJECTIVE_NO_WEAKEN")
        if [case.get("name") for case in ElementTree.fromstring(off).findall("testsuite/testcase") if case.find("skipped") is not None] != ["OBJECTIVE_NO_WEAKEN"]:
            raise Failure("a rule that does not count is not left out")
        if diff("github", "-Wno-OBJECTIVE_NO_WEAKEN").decode("utf-8").count("::notice ") != 2:
            raise Failure("a rule that does not count is no notice")
        gaps = ElementTree.fromstring(diff("junit", after="broken"))
        counts_are_true(gaps)
        if gaps.find("testsuite").get("tests") != str(len(gaps.findall("testsuite[1]/testcase/failure")) + len(gaps.findall("testsuite[1]/testcase/skipped"))):
            raise Failure("a rule of which not all was compared passes")
        if "NOT_COMPARED" not in diff("sarif", after="broken").decode("utf-8"):
            raise Failure("that the plans were not compared whole is not told")


def test_github_commands_are_one_line_each(env):
    lines = report(env, "github").decode("utf-8").splitlines()
    for line in lines:
        if not re.match(r"::(error|warning) file=a b%2Cc\.dr,line=[0-9]+,endLine=[0-9]+(,col=[0-9]+,endColumn=[0-9]+)?,title=E[0-9]{4} [a-z-]+::[^\r\n]+$", line):
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
