"""Independent tools judge the artifacts of the examples and of the specifications in `tests/cases/language`. What is not installed skips with its name."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import urllib.parse

from lib import cron, examples
from lib.core import Failure, Nothing, Sandbox, Skip, Test, need, readable

# Terraform with the AWS provider takes most of a gigabyte: one at a time.
_terraform = threading.Lock()


def provider_mirror(env):
    """A folder that a Terraform file-system mirror may point at: TF_PLUGIN_MIRROR, the usual places, then a short search."""
    host = "registry.terraform.io"
    home = pathlib.Path.home()
    places = [pathlib.Path(p) for p in (os.environ.get("TF_PLUGIN_MIRROR"),) if p]
    places += [home / ".terraform.d/plugins", home / ".local/share/terraform/plugins",
               pathlib.Path("/usr/local/share/terraform/plugins"), pathlib.Path("/usr/share/terraform/plugins")]
    for place in places:
        if (place / host / "hashicorp" / "aws").is_dir():
            return place
    found = subprocess.run(["find", "/", "-maxdepth", "4", "-not", "-path", "/proc/*", "-type", "d", "-name", host],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, timeout=60, check=False)
    for line in sorted(found.stdout.split("\n")):
        if line and (pathlib.Path(line) / "hashicorp" / "aws").is_dir():
            return pathlib.Path(line).parent
    raise Skip("no file-system mirror with the AWS provider (set TF_PLUGIN_MIRROR)")


def terraform_roots(out):
    return sorted({path.parent for path in (out / "terraform").rglob("*.tf")
                   if "required_providers" in path.read_text(encoding="utf-8")})


def terraform_fmt(env, name):
    terraform = need("terraform")
    out = examples.built(env, name) / "terraform"
    if not out.is_dir():
        raise Nothing(f"examples/{name} has no terraform output")
    done = env.run([terraform, "fmt", "-check", "-diff", "-recursive", "."], out, limit=False)
    if done.code != 0:
        raise Failure("terraform fmt -check:\n" + readable(done.stdout)[:4000] + readable(done.stderr)[:2000])


def terraform_validate(env, name):
    terraform = need("terraform")
    out = examples.built(env, name)
    roots = terraform_roots(out) if (out / "terraform").is_dir() else []
    if not roots:
        raise Nothing(f"examples/{name} has no terraform output")
    mirror = provider_mirror(env)
    problems = []
    with Sandbox() as folder, _terraform:
        (folder / "terraform.rc").write_text(
            f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n', encoding="utf-8")
        # A copy: init writes beside the sources, and other tests read the folder meanwhile.
        shutil.copytree(out / "terraform", folder / "terraform")
        for root in roots:
            variables = {"TF_CLI_CONFIG_FILE": str(folder / "terraform.rc"), "CHECKPOINT_DISABLE": "1",
                         "TF_IN_AUTOMATION": "1"}
            for command in (["init", "-backend=false", "-input=false", "-no-color"], ["validate", "-no-color"]):
                done = env.run([terraform, f"-chdir={folder / root.relative_to(out)}", *command], folder, env=variables,
                               timeout=300, limit=False)
                # A warning of validate is a deprecated argument or worse.
                if done.code != 0 or (command[0] == "validate" and b"Warning" in done.stdout):
                    problems.append(f"terraform {command[0]} in {root.relative_to(out)}:\n"
                                    + readable(done.stdout + done.stderr)[:3000])
                    break
    examples.judge(problems)


def scripts_of(out):
    return [path for path in examples.files(out, "*") if path.suffix in (".sh", ".bash")
            or path.read_bytes()[:64].split(b"\n")[0].startswith((b"#!/bin/bash", b"#!/usr/bin/env bash", b"#!/bin/sh"))]


def shellcheck(env, name):
    program = need("shellcheck")
    out = examples.built(env, name)
    scripts = scripts_of(out)
    if not scripts:
        raise Nothing(f"examples/{name} has no scripts")
    problems = []
    for start in range(0, len(scripts), 40):
        done = env.run([program, "--external-sources", "--source-path=SCRIPTDIR", "--format=gcc",
                        *scripts[start:start + 40]], out, timeout=300, limit=False)
        problems += readable(done.stdout).replace(str(out) + "/", "").strip().split("\n") if done.code else []
    for script in scripts:
        text = script.read_text(encoding="utf-8")
        if re.search(r"#\s*shellcheck disable=(all|SC\d+(,SC\d+){3,})", text):
            problems.append(f"{script.relative_to(out)}: blanket `shellcheck disable`")
    examples.judge(problems)


def bash_syntax(env, name):
    bash = need("bash")
    out = examples.built(env, name)
    problems = []
    for script in scripts_of(out):
        done = env.run([bash, "-n", script], out)
        if done.code != 0:
            problems.append(readable(done.stderr).replace(str(out) + "/", ""))
        if script.read_bytes().startswith(b"#!") and not os.access(script, os.X_OK):
            problems.append(f"{script.relative_to(out)}: has a #! line but is not executable")
    examples.judge(problems)


def cron_rules(env, name):
    out = examples.built(env, name)
    found = cron.files(out)
    if not found:
        raise Nothing(f"examples/{name} has no cron files")
    examples.judge([f"{path.relative_to(out)}: {problem}" for path in found for problem in cron.problems(path)])


def cron_parser(env, name):
    """Debian's own parser, by `crontab -n`. A personal crontab has no user column, so that one is taken out."""
    crontab = need("crontab")
    out = examples.built(env, name)
    found = cron.files(out)
    if not found:
        raise Nothing(f"examples/{name} has no cron files")
    if "-n" not in readable(env.run([crontab, "-h"], out).stderr):
        raise Skip("this crontab cannot check without installing")
    problems = []
    with Sandbox() as folder:
        for path in found:
            (folder / "tab").write_text(cron.personal(path.read_text(encoding="utf-8")), encoding="utf-8")
            done = env.run([crontab, "-n", folder / "tab"], folder)
            if done.code != 0:
                problems.append(f"{path.relative_to(out)}: {readable(done.stderr)}")
    examples.judge(problems)


def systemd_calendar(env, name):
    program = need("systemd-analyze")
    out = examples.built(env, name)
    timers = examples.files(out, "*.timer")
    if not timers:
        raise Nothing(f"examples/{name} has no systemd timers")
    problems = []
    for timer in timers:
        for value in re.findall(r"^OnCalendar=(.*)$", timer.read_text(encoding="utf-8"), re.M):
            done = env.run([program, "calendar", "--iterations=1", value], out)
            if done.code != 0:
                problems.append(f"{timer.relative_to(out)}: {value}: {readable(done.stderr)}")
        if not timer.with_suffix(".service").exists():
            problems.append(f"{timer.relative_to(out)}: no service of this name")
    examples.judge(problems)


def systemd_verify(env, name):
    program = need("systemd-analyze")
    out = examples.built(env, name)
    units = examples.files(out, "*.timer", "*.service")
    if not units:
        raise Nothing(f"examples/{name} has no systemd units")
    done = env.run([program, "verify", "--man=no", *units], out)
    # The job scripts are not installed here, and the host's own units are not our concern.
    ours = {unit.name for unit in units}
    problems = [line for line in readable(done.stderr).split("\n")
                if any(name in line for name in ours) and "is not executable" not in line]
    examples.judge(problems)


def markdownlint(env, name):
    """All rules but MD013: paragraphs are on one line, because a reader's screen is narrower or wider than 80 columns."""
    program = env.root / "tests/tools/node_modules/.bin/markdownlint-cli2"
    need("node")
    if not program.exists():
        raise Skip("markdownlint-cli2 is not installed (npm ci in tests/tools)")
    out = examples.built(env, name)
    if not examples.files(out, "*.md"):
        raise Nothing(f"examples/{name} has no Markdown")
    config = env.root / "tests/tools/.markdownlint.json"
    done = env.run([program, "--config", config, "**/*.md"], out, timeout=300, limit=False)
    if done.code != 0:
        examples.judge([line for line in readable(done.stderr).split("\n") if line])


LINK = re.compile(r"(?<![!\\])\[(?:[^\]\\]|\\.)*\]\(([^)\s]+)\)")
CODE_SPAN = re.compile(r"(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)")
HEADING = re.compile(r"^#{1,6} (.*)$", re.M)


def anchors(text):
    """GitHub's anchors of the headings: lower case, punctuation dropped, spaces to hyphens, repeats numbered."""
    seen, found = {}, set()
    for heading in HEADING.findall(text):
        plain = re.sub(r"(?<!\\)\[([^\]]*)\]\([^)]*\)", r"\1", heading.strip().lower()).replace("\\", "")
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        found.add(slug if slug not in seen else f"{slug}-{seen[slug]}")
        seen[slug] = seen.get(slug, 0) + 1
    return found


def links(env, name):
    out = examples.built(env, name)
    problems = []
    for page in examples.files(out, "*.md"):
        text = re.sub(r"^(`{3,}|~{3,}).*?^\1", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        text = CODE_SPAN.sub("", text)
        for target in LINK.findall(text):
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            path, _, fragment = target.partition("#")
            where = (page.parent / path).resolve() if path else page
            if not where.exists():
                problems.append(f"{page.relative_to(out)}: dead link {target}")
            elif fragment and where.suffix == ".md" and urllib.parse.unquote(fragment) not in anchors(where.read_text(encoding="utf-8")):
                problems.append(f"{page.relative_to(out)}: no heading for {target}")
    examples.judge(problems)


def interpreter_with(module):
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0:
            return python
    raise Skip(f"no Python with the module {module}")


def plan_schema(env, name):
    python = interpreter_with("jsonschema")
    schema = env.root / "compiler/plan/plan.schema.json"
    if not schema.exists():
        raise Skip("compiler/plan/plan.schema.json is not there yet")
    out = examples.built(env, name)
    program = (
        "import json, sys, jsonschema\n"
        "schema, plan = (json.load(open(p, encoding='utf-8')) for p in sys.argv[1:])\n"
        "kind = jsonschema.validators.validator_for(schema)\n"
        "kind.check_schema(schema)\n"
        "found = sorted(kind(schema).iter_errors(plan), key=lambda e: list(map(str, e.path)))\n"
        "[print('/'.join(map(str, e.path)), e.message[:300]) for e in found[:20]]\n"
        "sys.exit(bool(found))\n"
    )
    done = env.run([python, "-c", program, schema, out / "plan.json"], out, limit=False)
    if done.code != 0:
        raise Failure("plan.json against its schema:\n" + readable(done.stdout + done.stderr))


def manifest(env, name):
    """Every file is listed once with its true digest and size, and nothing else lies there."""
    out = examples.built(env, name)
    entries = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"]
    listed = {entry["path"]: entry for entry in entries}
    problems = [] if len(listed) == len(entries) else ["a path is listed twice"]
    if [e["path"] for e in entries] != sorted(listed, key=lambda p: p.encode()):
        problems.append("not sorted by path")
    present = {str(path.relative_to(out)) for path in examples.files(out, "*")} - {"manifest.json"}
    problems += [f"{path}: not in the manifest" for path in sorted(present - set(listed))]
    problems += [f"{path}: in the manifest only" for path in sorted(set(listed) - present - {"manifest.json"})]
    for path in sorted(present & set(listed)):
        data = (out / path).read_bytes()
        if listed[path]["sha256"] != hashlib.sha256(data).hexdigest() or listed[path].get("size", len(data)) != len(data):
            problems.append(f"{path}: digest or size is wrong")
    examples.judge(problems)


def json_files(env, name):
    out = examples.built(env, name)
    problems = []
    for path in examples.files(out, "*.json"):
        try:
            json.loads(path.read_text(encoding="utf-8"))
        except ValueError as reason:
            problems.append(f"{path.relative_to(out)}: {reason}")
    examples.judge(problems)


def yaml_files(env, name):
    python = interpreter_with("yaml")
    out = examples.built(env, name)
    found = examples.files(out, "*.yaml", "*.yml")
    if not found:
        raise Nothing(f"examples/{name} has no YAML")
    program = ("import sys, yaml\n"
               "for p in sys.argv[1:]:\n"
               "    for d in yaml.safe_load_all(open(p, encoding='utf-8')):\n"
               "        if isinstance(d, dict) and d.get('kind') == 'CronJob':\n"
               "            assert d['apiVersion'] == 'batch/v1' and d['spec']['jobTemplate'], p\n"
               "            assert len(d['metadata']['name']) <= 52, p + ': a CronJob name has at most 52 characters'\n")
    done = env.run([python, "-c", program, *found], out)
    if done.code != 0:
        raise Failure(readable(done.stderr))


def traces(env, name):
    """No artifact knows where or by whom it was built."""
    out = examples.built(env, name)
    problems = []
    for path in examples.files(out, "*"):
        data = path.read_bytes()
        for word in {str(env.root), str(env.build), str(out)}:
            if word.encode() in data:
                problems.append(f"{path.relative_to(out)}: holds the path {word}")
        if path.suffix in (".md", ".sh", ".tf", ".json", ".yaml") and data and not data.endswith(b"\n"):
            problems.append(f"{path.relative_to(out)}: no newline at the end")
    examples.judge(problems)


FUNCTION = re.compile(r"^\s*([A-Za-z_]\w*)\(\) *[{(]", re.M)


def functions(env):
    """The list of names that a program is not called by plainly has every function of the fixed texts, but those that stand in for a program of
    their own name, and no other."""
    wanted = set()
    for path in sorted((env.root / "backends").rglob("*.sh")):
        text = path.read_text(encoding="utf-8")
        wanted |= {name for name in FUNCTION.findall(text) if not re.search(rf"\bcommand {name} ", text)}
    text = (env.root / "backends" / "common" / "functions.c").read_text(encoding="utf-8")
    prefixes = re.findall(r'"(\w+)"', re.search(r"prefixes\[\] = \{(.*?)\}", text)[1])
    listed = re.findall(r'"(\w+)"', re.search(r"fixed\[\] = \{(.*?)\}", text, re.S)[1])
    wanted = sorted(name for name in wanted if not name.startswith(tuple(prefixes)))
    if listed != wanted:
        raise Failure(f"fixed[] of backends/common/functions.c is to be\n" + ", ".join(f'"{name}"' for name in wanted))


JUDGES = (terraform_fmt, terraform_validate, shellcheck, bash_syntax, cron_rules, cron_parser, systemd_calendar,
          systemd_verify, markdownlint, links, plan_schema, manifest, json_files, yaml_files, traces)


def collect(env):
    yield Test("functions-of-the-texts", lambda: functions(env))
    for name in [*examples.sources(env), *examples.specimens(env)]:
        for what in JUDGES:
            yield Test(f"{name}/{what.__name__.replace('_', '-')}", lambda what=what, name=name: what(env, name))
