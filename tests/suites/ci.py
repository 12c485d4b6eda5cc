"""What runs in other people's repositories: action.yml, examples/ci and the hooks. Their scripts are taken out of the YAML and run in a repository
made here, with a main branch and a branch of a pull request; gh and curl are stand-ins that keep what they were told."""

import json
import os
import re
import subprocess

from lib.core import Failure, Sandbox, Skip, need, readable

GOOD = """import "std/aws"

plan shop { title = "Web shop"  owner = ops  review = 180d  maturity = draft }
person ann { name = "Ann Lee"  phone = "+49 30 1111"  email = "ann@example.com" }
team ops { members = [ann]  lead = ann }

site frankfurt : aws.region { region = "eu-central-1"  role = primary }
site ireland : aws.region { region = "eu-west-1"  role = recovery }

class disaster { title = "A whole region is lost"  rto = 4h  rpo = 1h }
scenario blackout { class = disaster  loses = [frankfurt]  detect = 5m  declare = 15m }

/// Orders and payments.
asset orders : aws.rds.postgres {
  site       = frankfurt
  size       = 20GiB
  identifier = "shop-orders"
  replica ireland { lag = 30s  watched_by = [ops] }
}
"""
WEAKER = ("lag = 30s", "lag = 20m")
REFUTED = ("lag = 30s", "lag = 2h")
STRONGER = ("declare = 15m", "declare = 10m")

GH = r"""#!/bin/sh
# Keeps each call and the body it sends; answers a list of comments with that of the test, by the query it is given.
set -eu
printf '%s\n' "$*" >> "$STAND_IN/calls"
[ ! -e "$STAND_IN/refuse" ] || { echo "HTTP 403" >&2; exit 1; }
for word in "$@"; do
  case $word in
  body=@*) cp "${word#body=@}" "$STAND_IN/body" ;;
  esac
done
while [ $# -gt 0 ]; do
  if [ "$1" = --jq ]; then exec jq -r "$2" "$STAND_IN/comments.json"; fi
  shift
done
"""
CURL = r"""#!/bin/sh
# The same for GitLab; the configuration on standard input has the token.
set -eu
printf '%s\n' "$*" >> "$STAND_IN/calls"
cat >> "$STAND_IN/config"
post=no
for word in "$@"; do
  case $word in
  body@*) cp "${word#body@}" "$STAND_IN/body"; post=yes ;;
  esac
done
[ "$post" = yes ] || cat "$STAND_IN/comments.json"
"""


def read_yaml(path):
    try:
        import yaml
    except ImportError:
        raise Skip("python3-yaml is not installed") from None

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!reference", lambda loader, node: loader.construct_sequence(node))
    return yaml.load(path.read_text(encoding="utf-8"), Loader)


class Repository:
    """A main branch with a specification and its artifacts, and a branch `change`, on which one is."""

    def __init__(self, env, box, comments=()):
        self.env, self.folder, self.box = env, box / "repository", box
        self.stand_in = box / "stand-in"
        (self.stand_in / "bin").mkdir(parents=True)
        for name, text in (("gh", GH), ("curl", CURL)):
            path = self.stand_in / "bin" / name
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755)
        (self.stand_in / "comments.json").write_text(json.dumps(list(comments)), encoding="utf-8")
        self.folder.mkdir()
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "Ann Lee")
        self.git("config", "user.email", "ann@example.com")
        self.write(GOOD)
        self.build()
        self.commit("A first plan")
        self.base = self.git("rev-parse", "HEAD").strip()
        self.git("switch", "-q", "-c", "change")

    def run(self, argv, **more):
        variables = {"PATH": f"{self.stand_in}/bin:{self.env.build}:{os.environ['PATH']}", "HOME": str(self.box), "STAND_IN": str(self.stand_in),
                     "LC_ALL": "C.UTF-8", "NO_COLOR": "1", **more}
        return subprocess.run(argv, cwd=self.folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=100)

    def git(self, *words):
        done = self.run([need("git"), *words])
        if done.returncode:
            raise Failure(f"git {words}: {readable(done.stdout)}")
        return done.stdout.decode("utf-8")

    def write(self, text, *changes):
        for old, new in changes:
            if old not in text:
                raise Failure(f"{old} is not in the specification of this test")
            text = text.replace(old, new)
        (self.folder / "dr").mkdir(exist_ok=True)
        (self.folder / "dr" / "main.dr").write_text(text, encoding="utf-8")

    def build(self):
        done = self.run([str(self.env.drc), "build", "dr", "-o", "recovery"])
        if done.returncode:
            raise Failure(readable(done.stdout))

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def change(self, *changes, build=True):
        self.write(GOOD, *changes)
        if build:
            self.build()
        self.commit("A change")

    def told(self, name):
        path = self.stand_in / name
        return path.read_text(encoding="utf-8") if path.exists() else ""


def values(text, context):
    """`${{ … }}` by what the test knows; a script has none, for what it is replaced by would be read as shell."""
    def known(match):
        if match[1] not in context:
            raise Failure(f"{match[0]} is not known to this test")
        return context[match[1]]
    return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", known, str(text))


def holds(condition, context):
    """Of `if`: comparisons of equals, joined by `&&`."""
    for part in condition.split("&&") if condition else ():
        name, sign, text = re.fullmatch(r"\s*(\S+) (==|!=) '([^']*)'\s*", part).groups()
        if (context[name] == text) != (sign == "=="):
            return False
    return True


def act(env, repository, event="pull_request", **inputs):
    """The action's steps as the runner runs them: (status, whole log, outputs)."""
    action = read_yaml(env.root / "action.yml")
    box = repository.box
    context = {"github.action_path": str(env.root), "github.event_name": event, "runner.temp": str(box), "github.token": "t0ken",
               "github.event.pull_request.base.sha": repository.base if event == "pull_request" else "",
               "github.event.pull_request.number": "7" if event == "pull_request" else ""}
    for name, declared in action["inputs"].items():
        context[f"inputs.{name}"] = values(inputs.get(name, declared["default"]), context)
    if set(inputs) - set(action["inputs"]):
        raise Failure(f"no such input: {inputs}")
    summary = box / "summary"
    log = ""
    for step in action["runs"]["steps"]:
        if not holds(step.get("if"), context):
            continue
        output = box / "output"
        output.write_text("", encoding="utf-8")
        more = {name: values(value, {**{f"steps.{s}.outputs.status": "" for s in ("check", "artifacts", "diff")}, **context})
                for name, value in step.get("env", {}).items()}
        done = repository.run([need("bash"), "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], GITHUB_OUTPUT=str(output),
                              GITHUB_STEP_SUMMARY=str(summary), GITHUB_PATH=str(box / "path"), GITHUB_REPOSITORY="owner/shop", **more)
        log += done.stdout.decode("utf-8")
        for line in output.read_text(encoding="utf-8").splitlines():
            name, value = line.split("=", 1)
            context[f"steps.{step['id']}.outputs.{name}"] = value
        if done.returncode:
            return done.returncode, log, context
    return 0, log, context


def commands(log):
    """Annotations, as the runner reads them: not while commands are stopped."""
    found, word = [], None
    for line in log.splitlines():
        line = line.strip()
        if word:
            word = None if line == f"::{word}::" else word
        elif line.startswith("::stop-commands::"):
            word = line[len("::stop-commands::"):]
        elif line.startswith("::"):
            found.append(line)
    return found


def expect(got, want, what, log=""):
    if got != want:
        raise Failure(f"{what}: {got!r}, expected {want!r}\n{log[-3000:]}")


def test_a_weaker_plan(env):
    """The check fails, the place is marked, the comment says what and because of which line; an approval lets it pass."""
    with Sandbox() as box:
        repository = Repository(env, box)
        repository.change(WEAKER)
        status, log, context = act(env, repository, artifacts="recovery")
        expect(status, 1, "exit status", log)
        expect([context.get(f"steps.{name}.outputs.status") for name in ("check", "artifacts", "diff")], ["0", "0", "3"], "steps", log)
        line = next(i for i, text in enumerate((repository.folder / "dr/main.dr").read_text(encoding="utf-8").split("\n"), 1) if text.startswith("asset orders"))
        if not any(c.startswith(f"::error file=dr/main.dr,line={line},") and "title=RPO_NO_REGRESS::" in c and "30s -> 20m" in c for c in commands(log)):
            raise Failure(f"no mark at line {line}:\n{log}")
        body = repository.told("body")
        if not body.startswith("<!-- drc ") or "Recovery is weaker: Web shop" not in body or "RPO_NO_REGRESS" not in body or "20m" not in body:
            raise Failure(f"the comment:\n{body}")
        if "api -X POST repos/owner/shop/issues/7/comments" not in repository.told("calls"):
            raise Failure(repository.told("calls"))
        if "Recovery is weaker" not in (box / "summary").read_text(encoding="utf-8"):
            raise Failure("the summary does not say so")
        status, log, _ = act(env, repository, artifacts="recovery", approved="true")
        expect(status, 0, "approved", log)


def test_a_better_plan(env):
    with Sandbox() as box:
        repository = Repository(env, box)
        repository.change(STRONGER)
        status, log, context = act(env, repository, artifacts="recovery", sarif="drc.sarif")
        expect(status, 0, "exit status", log)
        expect(context["steps.diff.outputs.status"], "2", "drc diff", log)
        if any(command.startswith("::error") for command in commands(log)) or "Recovery is stronger" not in repository.told("body"):
            raise Failure(f"{log}\n{repository.told('body')}")
        expect(json.loads((repository.folder / "drc.sarif").read_text(encoding="utf-8"))["version"], "2.1.0", "SARIF")


def test_a_refuted_plan(env):
    with Sandbox() as box:
        repository = Repository(env, box)
        repository.change(REFUTED, build=False)
        status, log, context = act(env, repository)
        expect((status, context["steps.check.outputs.status"], context["steps.diff.outputs.status"]), (1, "1", "3"), "status", log)
        if not any(c.startswith("::error file=dr/main.dr,line=") and "title=E0502" in c for c in commands(log)):
            raise Failure(f"no mark:\n{log}")
        if "refuted" not in repository.told("body"):
            raise Failure(repository.told("body"))


def test_stale_artifacts(env):
    """Artifacts that nobody wrote anew fail the check, and no line of theirs is read as a command."""
    with Sandbox() as box:
        repository = Repository(env, box)
        repository.change(STRONGER, ("A whole region is lost", "::error::not a command"), build=False)
        status, log, context = act(env, repository, artifacts="recovery")
        expect((status, context["steps.artifacts.outputs.status"]), (1, "2"), "status", log)
        if not any("title=drc build::" in command for command in commands(log)):
            raise Failure(log)
        if any("not a command" in command for command in commands(log) if not command.startswith("::error title=") and "file=" not in command):
            raise Failure("text of the specification became a command")
        if "+++" not in log:
            raise Failure("what would change is not shown")
        status, log, _ = act(env, repository)
        expect(status, 0, "without artifacts", log)


def test_comments_are_kept_up_to_date(env):
    """Our own comment is changed, not that of somebody who wrote the same mark; a token that may not write is no failure."""
    with Sandbox() as box:
        repository = Repository(env, box)
        repository.change(STRONGER)
        act(env, repository)
        mark = repository.told("body").split("\n")[0]
        comments = [{"id": 11, "body": mark + "\nme too", "user": {"type": "User"}}, {"id": 12, "body": "another", "user": {"type": "Bot"}},
                    {"id": 13, "body": mark + "\nold", "user": {"type": "Bot"}}]
        (repository.stand_in / "comments.json").write_text(json.dumps(comments), encoding="utf-8")
        (repository.stand_in / "calls").unlink()
        status, log, _ = act(env, repository)
        expect(status, 0, "exit status", log)
        if "-X PATCH repos/owner/shop/issues/comments/13 " not in repository.told("calls") or "POST" in repository.told("calls"):
            raise Failure(repository.told("calls"))
        (repository.stand_in / "refuse").touch()
        status, log, _ = act(env, repository)
        expect(status, 0, "a token that may not write", log)
        if not any(command.startswith("::notice title=drc::no comment") for command in commands(log)):
            raise Failure(log)


def test_first_specification_and_broken_ones(env):
    """Nothing to compare with is said and passes; what cannot be proved is said, quoted, and fails; without the merge base nothing is guessed."""
    with Sandbox() as box:
        repository = Repository(env, box)
        repository.git("rm", "-q", "-r", "dr")
        repository.commit("None")
        repository.base = repository.git("rev-parse", "HEAD").strip()
        repository.write(GOOD)
        repository.commit("One")
        status, log, _ = act(env, repository)
        expect(status, 0, "a first specification", log)
        if "A first specification" not in repository.told("body"):
            raise Failure(repository.told("body"))
        repository.base = repository.git("rev-parse", "HEAD").strip()
        repository.write(GOOD, ("size       = 20GiB", "sise = \"</details><b>\""))
        repository.commit("Broken")
        status, log, context = act(env, repository)
        expect((status, context["steps.diff.outputs.status"]), (1, "1"), "broken", log)
        if "could not be compared" not in repository.told("body") or not re.search(r"^    error\[E0205\]", repository.told("body"), re.M):
            raise Failure(repository.told("body"))
        repository.base = "0" * 40
        status, log, _ = act(env, repository)
        if status != 74 or "fetch-depth: 0" not in log:
            raise Failure(f"{status}: {log}")


def test_moved_specifications(env):
    """A specification that was moved is compared with what it was; what is gone instead of moved is no first one."""
    with Sandbox() as box:
        repository = Repository(env, box)
        repository.git("mv", "dr", "plans")
        text = (repository.folder / "plans" / "main.dr").read_text(encoding="utf-8")
        (repository.folder / "plans" / "main.dr").write_text(text.replace(*WEAKER), encoding="utf-8")
        repository.commit("Moved, and weaker")
        status, log, context = act(env, repository, specification="plans")
        expect((status, context["steps.diff.outputs.status"]), (1, "3"), "moved", log)
        if "RPO_NO_REGRESS" not in repository.told("body"):
            raise Failure(repository.told("body"))
        expect(pipeline(env, repository, "recovery-review", DRC_SPECIFICATION="plans")[0], 3, "moved, at GitLab")
        repository.git("switch", "-q", "-c", "other", repository.base)
        repository.git("rm", "-q", "-r", "dr")
        (repository.folder / "plans").mkdir(exist_ok=True)
        (repository.folder / "plans" / "main.dr").write_text('import "std/aws"\nplan tiny { title = "Tiny"  maturity = draft }\n', encoding="utf-8")
        repository.commit("Another one")
        status, log, context = act(env, repository, specification="plans")
        expect((status, context["steps.diff.outputs.status"]), (1, "3"), "gone", log)
        if "A specification is gone" not in repository.told("body") or "    dr/main.dr" not in repository.told("body"):
            raise Failure(repository.told("body"))
        expect(act(env, repository, specification="plans", approved="true")[0], 0, "gone, and approved")
        expect(pipeline(env, repository, "recovery-review", DRC_SPECIFICATION="plans")[0], 3, "gone, at GitLab")


def test_waivers_and_a_broken_base(env):
    """A waiver counts until its last day; a base of which nothing can be proved wants an approval, and nothing more."""
    with Sandbox() as box:
        repository = Repository(env, box)
        for until, want in (("2999-01-01", (0, "2")), ("2020-01-01", (1, "3"))):
            waiver = f'accept later {{ rule = RPO_NO_REGRESS  on = [orders]  why = "a slow month"  by = ann  until = {until} }}\n/// Orders'
            repository.write(GOOD, WEAKER, ("/// Orders", waiver))
            repository.commit("Waived")
            status, log, context = act(env, repository)
            expect((status, context["steps.diff.outputs.status"]), want, f"a waiver until {until}", log)
            expect(pipeline(env, repository, "recovery-review")[0], int(want[1]) if want[0] else 0, f"a waiver until {until}, at GitLab")
        repository.write(GOOD, ("size       = 20GiB", "sise = 1"))
        repository.commit("Broken")
        repository.base = repository.git("rev-parse", "HEAD").strip()
        repository.write(GOOD)
        repository.commit("Mended")
        for approved, want in (("false", 1), ("true", 0)):
            status, log, _ = act(env, repository, approved=approved)
            expect(status, want, f"a broken base, approved: {approved}", log)
        expect(pipeline(env, repository, "recovery-review", CI_MERGE_REQUEST_LABELS="recovery-approved")[0], 0, "a broken base, at GitLab")
        expect(pipeline(env, repository, "recovery-review")[0], 1, "a broken base, not approved, at GitLab")


def test_push(env):
    with Sandbox() as box:
        repository = Repository(env, box)
        status, log, _ = act(env, repository, event="push", artifacts="recovery")
        expect(status, 0, "exit status", log)
        if repository.told("calls"):
            raise Failure("a comment without a pull request")


def scripts(env):
    """Every script of the YAML files, with the shell that runs it."""
    for step in read_yaml(env.root / "action.yml")["runs"]["steps"]:
        yield f"action.yml, {step['name']}", step["run"]
    for name, job in read_yaml(env.root / "examples/ci/gitlab/recovery.yml").items():
        for part in ("before_script", "script"):
            for text in job.get(part, ()) if name != "variables" else ():
                yield f"gitlab, {name}", text


def test_scripts_are_clean(env):
    shellcheck = need("shellcheck")
    for name, text in scripts(env):
        if "${{" in text:
            raise Failure(f"{name}: what stands in ${{{{ }}}} would be read as shell; give it in `env`")
        done = subprocess.run([shellcheck, "-s", "bash", "-"], input=text.encode(), stdout=subprocess.PIPE, check=False)
        if done.returncode:
            raise Failure(f"{name}:\n{readable(done.stdout)}")
    done = subprocess.run([shellcheck, env.root / "examples/ci/hooks/pre-commit"], stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise Failure(readable(done.stdout))


def test_workflow_calls_the_action(env):
    """What the workflow hands over exists, and the action's own text says of each input what it is."""
    workflow = read_yaml(env.root / "examples/ci/github/recovery.yml")
    action = read_yaml(env.root / "action.yml")
    steps = workflow["jobs"]["recovery"]["steps"]
    ours = [step for step in steps if step["uses"].startswith("OWNER/drc@")]
    if len(ours) != 1 or set(ours[0]["with"]) - set(action["inputs"]):
        raise Failure(str(ours))
    if workflow["permissions"] != {"contents": "read", "pull-requests": "write", "security-events": "write"} or "pull_request_target" in str(workflow):
        raise Failure("permissions")
    if steps[0]["with"]["fetch-depth"] != 0:
        raise Failure("the merge base would not be there")
    if any(not declared.get("description") or "default" not in declared for declared in action["inputs"].values()):
        raise Failure("an input without a description or a default")


def pipeline(env, repository, job, **more):
    """A job of GitLab's: before_script and script as one bash, as its runner does."""
    text = read_yaml(env.root / "examples/ci/gitlab/recovery.yml")
    base = text[".drc"]
    variables = {**text["variables"], **base["variables"], "CI_MERGE_REQUEST_DIFF_BASE_SHA": repository.base, "CI_API_V4_URL": "https://git.example.com/api/v4",
                 "CI_PROJECT_ID": "5", "CI_MERGE_REQUEST_IID": "8", **more}
    script = "\n".join(["set -eo pipefail", *base["before_script"], *text[job]["script"]])
    done = repository.run([need("bash"), "-c", script], **variables)
    return done.returncode, done.stdout.decode("utf-8")


def test_gitlab(env):
    with Sandbox() as box:
        repository = Repository(env, box)
        repository.change(WEAKER)
        status, log = pipeline(env, repository, "recovery-check")
        expect(status, 0, "check", log)
        if 'name="blackout"' not in (repository.folder / "drc-junit.xml").read_text(encoding="utf-8"):
            raise Failure("JUnit")
        expect(json.loads((repository.folder / "drc-quality.json").read_text(encoding="utf-8")), [], "code quality")
        status, log = pipeline(env, repository, "recovery-artifacts", DRC_ARTIFACTS="recovery")
        expect(status, 0, "artifacts", log)
        status, log = pipeline(env, repository, "recovery-review", DRC_COMMENT_TOKEN="s3cret")
        expect(status, 3, "review", log)
        if "Recovery is weaker" not in repository.told("body") or 'PRIVATE-TOKEN: s3cret"' not in repository.told("config"):
            raise Failure(repository.told("body"))
        if "s3cret" in repository.told("calls") + log or "--request POST" not in repository.told("calls"):
            raise Failure(repository.told("calls"))
        (repository.stand_in / "comments.json").write_text(json.dumps([{"id": 31, "body": repository.told("body")}]), encoding="utf-8")
        status, log = pipeline(env, repository, "recovery-review", DRC_COMMENT_TOKEN="s3cret", CI_MERGE_REQUEST_LABELS="x,recovery-approved")
        expect(status, 0, "approved", log)
        if "--request PUT" not in repository.told("calls") or "/merge_requests/8/notes/31" not in repository.told("calls"):
            raise Failure(repository.told("calls"))
        status, log = pipeline(env, repository, "recovery-review")
        expect(status, 3, "without a token", log)
        repository.change(REFUTED, build=False)
        status, log = pipeline(env, repository, "recovery-check")
        expect(status, 1, "refuted", log)
        expect([issue["check_name"] for issue in json.loads((repository.folder / "drc-quality.json").read_text(encoding="utf-8"))], ["E0502"], "quality")
        status, log = pipeline(env, repository, "recovery-artifacts", DRC_ARTIFACTS="recovery")
        expect(status, 1, "artifacts of a refuted plan", log)
        repository.change(STRONGER, build=False)
        status, log = pipeline(env, repository, "recovery-artifacts", DRC_ARTIFACTS="recovery")
        expect(status, 2, "stale artifacts", log)


def blocks(env):
    """(language, text) of each block of the README; what stands in a list item is moved to the left."""
    text = (env.root / "examples/ci/README.md").read_text(encoding="utf-8")
    for indent, language, body in re.findall(r"^( *)```(\w+)\n(.*?)^ *```$", text, re.M | re.S):
        yield language, re.sub(f"^{indent}", "", body, flags=re.M)


def test_readme(env):
    """Its blocks name what is there: files, variables, hooks, inputs."""
    import yaml
    found = [yaml.safe_load(text) for language, text in blocks(env) if language == "yaml"]
    included = next(block for block in found if "include" in block)
    pipeline_file = read_yaml(env.root / "examples/ci/gitlab/recovery.yml")
    # Of a job they would go before those of the file that includes this one.
    if set(included["variables"]) - set(pipeline_file["variables"]) or any(set(included["variables"]) & set(job.get("variables", ()))
                                                                           for job in pipeline_file.values()):
        raise Failure(f"variables: {set(included['variables'])}")
    asked = {hook["id"] for repository in next(block for block in found if "repos" in block)["repos"] for hook in repository["hooks"]}
    expect(asked, {hook["id"] for hook in read_yaml(env.root / ".pre-commit-hooks.yaml")}, "hooks")


def test_git_hook(env):
    """It judges what is staged, not what lies in the work tree, and leaves the repository as it was."""
    with Sandbox() as box:
        repository = Repository(env, box)
        # As the README says it.
        block = next(text for language, text in blocks(env) if language == "sh")
        done = subprocess.run(["sh", "-e", "-c", block.replace("YOUR-REPOSITORY", str(repository.folder))], cwd=env.root, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)
        expect(done.returncode, 0, "what the README says", readable(done.stdout))

        def commit(message):
            done = repository.run([need("git"), "commit", "-q", "-m", message])
            return done.returncode, done.stdout.decode("utf-8")

        repository.write(GOOD, STRONGER)
        repository.git("add", "-A")
        status, log = commit("artifacts are stale")
        if status == 0 or "help: drc build dr -o recovery" not in log:
            raise Failure(f"stale artifacts are committed: {log}")
        repository.build()
        repository.git("add", "-A")
        expect(commit("good")[0], 0, "a good change")
        repository.write(GOOD, REFUTED)
        repository.git("add", "-A")
        repository.write(GOOD)
        status, log = commit("refuted, and mended in the work tree alone")
        if status == 0 or "E0502" not in log:
            raise Failure(f"refuted: {log}")
        repository.git("reset", "-q", "--hard")
        repository.write(GOOD + "person bob{name=\"Bob\"}\n")
        repository.git("add", "-A")
        status, log = commit("not in canonical form")
        if status == 0 or "drc fmt -w dr" not in log:
            raise Failure(f"form: {log}")
        if repository.git("status", "--short").strip() not in ("M  dr/main.dr",) or list(box.glob("tmp*")):
            raise Failure(repository.git("status", "--short"))


def test_hooks_of_pre_commit(env):
    with Sandbox() as box:
        repository = Repository(env, box)
        hooks = {hook["id"]: hook for hook in read_yaml(env.root / ".pre-commit-hooks.yaml")}

        def run(name, *files):
            hook = hooks[name]
            names = [file for file in files if re.search(hook["files"], file)] if hook.get("pass_filenames", True) else []
            return repository.run([*hook["entry"].split(), *hook.get("args", ()), *names])

        repository.write(GOOD.replace("  size       = 20GiB", "  size=20GiB"))
        expect(run("drc-fmt", "dr/main.dr", "README.md").returncode, 0, "drc-fmt")
        expect((repository.folder / "dr/main.dr").read_text(encoding="utf-8"), GOOD, "the form after drc-fmt")
        expect(run("drc-check", "dr/main.dr").returncode, 0, "drc-check")
        repository.write(GOOD, REFUTED)
        expect(run("drc-check", "dr/main.dr").returncode, 1, "drc-check of a refuted plan")
