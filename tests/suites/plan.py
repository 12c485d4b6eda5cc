"""plan.json: one table describes it (compiler/plan/plan.def), so schema, writer and reader agree; and it is complete, so that a program
which has nothing else prints what runbooks and scripts say."""

import copy
import functools
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import subprocess
import sys

from lib import examples, plan_only
from lib.case import Case, prepare
from lib.core import Failure, Sandbox, Skip, difference, readable
from oracles import lot, model

SPECIFICATIONS = ["examples/hello.dr", "examples/small", "examples/platform"]


def test_schema_is_up_to_date(env):
    want = (env.root / "compiler" / "plan" / "plan.schema.json").read_text(encoding="utf-8")
    got = readable(env.compile(["debug", "plan-schema"], env.root).stdout)
    if want != got:
        raise Failure("`make reference` writes it again\n" + difference(want, got, "compiler/plan/plan.schema.json"))


def printed(env, specification, folder):
    """The plan of a specification, whatever its verdicts are; b"" when there is none."""
    done = env.run([env.drc, "plan", "--emit", "plan", specification], folder, limit=False)
    if done.code not in (0, 1):
        raise Failure(f"{specification}: exit {done.code}\n{readable(done.stderr)}")
    return done.stdout


def check_copy(env, folder, path, what):
    """Written, read and written again: the same bytes."""
    done = env.run([env.drc, "debug", "plan", path], folder, limit=False)
    if done.code != 0 or done.stdout != path.read_bytes():
        raise Failure(f"{what}: read and written again it is not the same\n{readable(done.stderr)[:2000]}")


def validator():
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import jsonschema"], capture_output=True, check=False).returncode == 0:
            return python
    return None


def check_schema(env, folder, paths):
    python = validator()
    if not python:
        return
    program = ("import json, sys, jsonschema\n"
               "schema = json.load(open(sys.argv[1], encoding='utf-8'))\n"
               "kind = jsonschema.validators.validator_for(schema)\n"
               "kind.check_schema(schema)\n"
               "judge, wrong = kind(schema), 0\n"
               "for path in sys.argv[2:]:\n"
               "    for e in list(judge.iter_errors(json.load(open(path, encoding='utf-8'))))[:3]:\n"
               "        wrong += 1\n"
               "        print(path, '/'.join(map(str, e.path)), e.message[:300])\n"
               "sys.exit(bool(wrong))\n")
    done = env.run([python, "-c", program, env.root / "compiler/plan/plan.schema.json", *paths], folder, limit=False, timeout=900)
    if done.code != 0:
        raise Failure("against the schema:\n" + readable(done.stdout + done.stderr)[:4000])


def test_examples_come_back(env):
    with Sandbox() as folder:
        paths = []
        for number, name in enumerate(SPECIFICATIONS):
            paths.append(folder / f"{number}.json")
            paths[-1].write_bytes(printed(env, env.root / name, folder))
            check_copy(env, folder, paths[-1], name)
        check_schema(env, folder, paths)


def specifications(case):
    """The files a case asks drc about: those of its own that its commands name, else the first."""
    own = [section.argument for kind in ("file", "file-py") for section in case.all(kind) if section.argument.endswith(".dr")]
    words = [word for section in case.all("args") for line in section.body if not line.startswith("! ") for word in line.split()]
    return [name for name in own if name in words] or own[:1]


def cases(env):
    """(what it is called, how to put it into a folder, its specification) for all there are; an eighth of them by default. Cases of the same
    form (`expect`) that stand elsewhere come with DRC_TEST_CASES=FOLDER."""
    root, found = env.root / "tests" / "cases", []
    for path in sorted(root.rglob("*.case")):
        case = Case(path)
        found += [(path.stem, functools.partial(prepare, case), name) for name in specifications(case)]
    roots = [root] + [pathlib.Path(folder) for folder in [os.environ.get("DRC_TEST_CASES")] if folder]
    for path in sorted(path.parent for top in roots for path in top.rglob("expect")):
        found.append((path.name, functools.partial(shutil.copytree, path, dirs_exist_ok=True), "main.dr"))
    return found if os.environ.get("DRC_TEST_ALL") else found[::8]


def test_cases_come_back(env):
    plans, compared = [], 0
    with Sandbox() as folder:
        for number, (name, put, specification) in enumerate(cases(env)):
            place = folder / str(number)
            place.mkdir()
            put(place)
            text = printed(env, specification, place)
            if not text:
                continue  # it does not compile
            compared += 1
            plan = folder / f"{number}.json"
            plan.write_bytes(text)
            check_copy(env, folder, plan, name)
            if len(text) < 4 << 20:  # what is larger repeats itself, and the judge is slow
                plans.append(plan)
            if len(plans) == 40:  # so many in one command
                check_schema(env, folder, plans)
                plans = []
            shutil.rmtree(place)
        check_schema(env, folder, plans)
    if compared < 40:
        raise Failure(f"only {compared} cases have a plan")


def test_random_models_come_back(env):
    """Ten by default, a thousand in a long run."""
    for seed, rng in lot.seeds("plan", 10 if lot.effort() == 1 else -(-1000 // lot.effort())):
        with Sandbox() as folder:
            (folder / "main.dr").write_text(model.specification(model.random_model(rng)))
            (folder / "plan.json").write_bytes(printed(env, "main.dr", folder))
            check_copy(env, folder, folder / "plan.json", f"seed {seed}")


# ---- what is no plan

def places(tree, path=()):
    """Every member and element of a tree: (container, key, path)."""
    for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        yield tree, key, path + (key,)
        if isinstance(value, (dict, list)):
            yield from places(value, path + (key,))


DAMAGE = {
    "a member is gone": lambda box, key: box.pop(key) if isinstance(box, dict) else box.insert(key, {"x": 1}),
    "another type": lambda box, key: box.__setitem__(key, {"x": [1.5]}),
    "a float": lambda box, key: box.__setitem__(key, 0.5),
}


def test_damage_is_refused(env):
    """Whatever is missing or of another type is named with its place; nothing crashes."""
    rng = random.Random("damage")
    with Sandbox() as folder:
        whole = json.loads(printed(env, env.root / "examples/small", folder))
        spots = list(places(whole))
        for what, damage in DAMAGE.items():
            for number in sorted(rng.sample(range(len(spots)), 20)):
                tree = copy.deepcopy(whole)
                box, key, path = list(places(tree))[number]
                if "attributes" in path or "value" in path:
                    continue  # an attribute may hold anything, and be there or not
                damage(box, key)
                (folder / "plan.json").write_text(json.dumps(tree))
                done = env.run([env.drc, "debug", "plan", "plan.json"], folder)
                if done.code != 1 or "is no plan: " not in readable(done.stderr) or done.stdout:
                    raise Failure(f"{what} at {path}: exit {done.code}\n{readable(done.stderr)}")


def test_references_must_lead_somewhere(env):
    with Sandbox() as folder:
        whole = json.loads(printed(env, env.root / "examples/small", folder))
        step = next(s for scenario in whole["scenarios"] for s in scenario["steps"] if s["after"])
        for change, words in ((lambda: step["after"].__setitem__(0, "no.such"), "`no.such` leads nowhere"),
                              (lambda: whole.__setitem__("format", 3), "it is no plan of format 2"),
                              (lambda: whole.__setitem__("more", 1), "`more` is no field of this format")):
            before = copy.deepcopy(whole)
            change()
            (folder / "plan.json").write_text(json.dumps(whole))
            done = env.run([env.drc, "debug", "plan", "plan.json"], folder)
            if done.code != 1 or words not in readable(done.stderr):
                raise Failure(f"{words}: exit {done.code}\n{readable(done.stderr)}")
            whole = before
            step = next(s for scenario in whole["scenarios"] for s in scenario["steps"] if s["after"])


# ---- complete

def cells(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def plain(cell):
    """A cell without its markup."""
    cell = re.sub(r"\[((?:[^\]\\]|\\.)*)\]\([^)]*\)", r"\1", cell).replace("**!** ", "! ").replace("**", "").replace("`", "")
    return re.sub(r"\\(.)", r"\1", cell)


def page_table(page):
    lines = page.split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("| # | Starts |"))
    rows = []
    for line in lines[start + 2:]:
        if not line.startswith("|"):
            return rows
        rows.append([plain(cell) for cell in cells(line)])
    return rows


def page_commands(page):
    """Number of the step to the words of its commands, in the order of the page."""
    found = {}
    for part in re.split(r"^### Step ", page, flags=re.M)[1:]:
        number = int(part.split(":", 1)[0])
        found[number] = [shlex.split(block) for block in re.findall(r"^```sh\n(.*?)^```$", part.split("\n## ")[0], re.M | re.S)]
    return found


def script_words(text, name):
    """Words of a function of a step's script, with the variables for its values put back; None when it has none."""
    match = re.search(rf"^step_{name}\(\) \{{\n(.*?)^\}}$", text, re.M | re.S)
    if not match:
        return None
    body, values = match[1], {}
    while (value := re.match(r"\s*(v\d+)=('(?:[^']|'\\'')*'|\S*)\n", body)):
        values[value[1]], body = shlex.split(value[2])[0] if value[2] else "", body[value.end():]
    words = shlex.split(body)
    return [re.sub(r"\$\{(v\d+)\}", lambda m: values.get(m[1], m[0]), word) for word in words]


def same_words(ours, theirs):
    return "".join(ours).replace("\n", "") == "".join(theirs).replace("\n", "")


def test_tables_are_those_of_the_runbooks(env):
    out = examples.built(env, "platform")
    plan = plan_only.Plan(json.loads((out / "plan.json").read_text(encoding="utf-8")))
    for name, rows in plan_only.tables(plan).items():
        want = page_table((out / "runbooks" / f"scenario-{name}.md").read_text(encoding="utf-8"))
        if rows != want:
            raise Failure(difference("\n".join(map(str, want)), "\n".join(map(str, rows)), name))


def test_way_back_is_one(env):
    """Page, script and plan."""
    out = examples.built(env, "platform")
    plan = plan_only.Plan(json.loads((out / "plan.json").read_text(encoding="utf-8")))
    seen = 0
    for name, rows in plan_only.ways_back(plan).items():
        page = (out / "runbooks" / f"failback-{name}.md").read_text(encoding="utf-8")
        want = page_table(page) if "| # | Starts |" in page else []
        if rows != want:
            raise Failure(difference("\n".join(map(str, want)), "\n".join(map(str, rows)), name))
        lines = (out / "restore/scenarios" / name / "failback/steps.tsv").read_text(encoding="utf-8").split("\n")
        script = [line.split("\t")[-2] for line in lines if line and not line.startswith("#")]
        if script != [row[6].removeprefix("! ").removesuffix(" (no way back)") for row in rows]:
            raise Failure(f"{name}: the script has {script}, the plan {rows}")
        seen += len(rows)
    if seen < 10:
        raise Failure(f"only {seen} steps")


def test_declare_by_is_rounded_down(env):
    out = examples.built(env, "platform")
    for scenario in json.loads((out / "plan.json").read_text(encoding="utf-8"))["scenarios"]:
        page = (out / "runbooks" / f"scenario-{scenario['name']}.md").read_text(encoding="utf-8")
        told = re.search(r"Declare at the latest \| T\+(\d+):(\d\d) after", page)
        ms = scenario["declare_by"] and scenario["declare_by"]["ms"]
        if (told is None) != (ms is None) or told and int(told[1]) * 60 + int(told[2]) != ms // 60000:
            raise Failure(f"{scenario['name']}: {told and told[0]}, the plan {ms}")


def check_scripts(texts, notices, folder, where):
    """Each command of the plan is in the script of its step, and each of the script in the plan. What tells somebody something is a command
    in the script, in the plan the notices."""
    seen, scripts = 0, {int(path.name[:3]): path for path in folder.glob("*.sh")}
    if set(scripts) != set(texts):
        raise Failure(f"{where}: scripts of {sorted(scripts)}, steps {sorted(texts)}")
    for number, path in scripts.items():
        script = path.read_text(encoding="utf-8")
        told = script_words(script, "run") if notices[number] and "run" not in texts[number] else None
        functions = set(re.findall(r"^step_(\w+)\(\)", script, re.M)) - {"manual", "otherwise"} - ({"run"} if told and told[0] == "notify" else set())
        if functions != set(texts[number]):
            raise Failure(f"{where}, {path.name}: the plan has {sorted(texts[number])}")
        for what, text in texts[number].items():
            if not same_words(shlex.split(text), script_words(script, what)):
                raise Failure(f"{where}, {path.name}, {what}: another command than\n{text}\n{script}")
            seen += 1
    return seen


def test_commands_are_those_of_the_scripts(env):
    """There, and on the way back."""
    out, seen = examples.built(env, "platform"), 0
    plan = plan_only.Plan(json.loads((out / "plan.json").read_text(encoding="utf-8")))
    for way, folder in (("steps", "steps"), ("failback", "failback/steps")):
        for scenario, steps in plan_only.commands(plan, way).items():
            [notices] = [{step["ordinal"]: step["notify"] for step in each[way]} for each in plan.data["scenarios"] if each["name"] == scenario]
            seen += check_scripts(steps, notices, out / "restore/scenarios" / scenario / folder, f"{scenario}, {way}")
    if seen < 80:
        raise Failure(f"only {seen} commands were compared")


def test_commands_are_those_of_the_runbooks(env):
    out, seen = examples.built(env, "platform"), 0
    plan = plan_only.Plan(json.loads((out / "plan.json").read_text(encoding="utf-8")))
    for scenario, steps in plan_only.commands(plan).items():
        listed = page_commands((out / "runbooks" / f"scenario-{scenario}.md").read_text(encoding="utf-8"))
        for number, texts in steps.items():
            ours = [shlex.split(text) for text in texts.values()]
            theirs = listed.get(number, [])
            if len(ours) != len(theirs) or not all(any(same_words(one, other) for other in theirs) for one in ours):
                raise Failure(f"{scenario}, step {number}: the page has\n{theirs}\nthe plan\n{ours}")
            seen += len(ours)
    if seen < 60:
        raise Failure(f"only {seen} commands were compared")


def test_plan_is_enough(env):
    """The program, alone with plan.json in a folder, prints all of it."""
    out = examples.built(env, "platform")
    with Sandbox() as folder:
        shutil.copy(env.root / "tests/lib/plan_only.py", folder)
        shutil.copy(out / "plan.json", folder)
        text = env.run([sys.executable, "-I", "plan_only.py", "plan.json"], folder).stdout.decode()
    plan = plan_only.Plan(json.loads((out / "plan.json").read_text(encoding="utf-8")))
    texts = plan_only.commands(plan)
    for name, rows in plan_only.tables(plan).items():
        part = text[text.index(f"# {name}\n"):].split("\n# ")[0]
        wanted = [" | ".join(row) for row in rows] + [f"    {what}: {line}" for step in texts[name].values() for what, line in step.items()]
        if missing := [line for line in wanted if line not in part]:
            raise Failure(f"{name}: {len(missing)} are not printed\n{missing[0]}")


def test_reader_is_short(env):
    lines = (env.root / "tests/lib/plan_only.py").read_text(encoding="utf-8").count("\n")
    if lines > 150:
        raise Failure(f"{lines} lines")
