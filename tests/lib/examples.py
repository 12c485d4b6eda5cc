"""The compiled examples, built once per run and shared by the suites that judge artifacts."""

import shutil
import threading

from lib.case import Case, prepare
from lib.core import Failure, Nothing, Sandbox, Skip

_lock = threading.Lock()
_built = {}


def sources(env):
    """Name to what is given to drc, relative to the root: folders with .dr files, and single files."""
    folder = env.root / "examples"
    found = {}
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if path.is_dir() and list(path.glob("*.dr")):
                found[path.name] = f"examples/{path.name}"
            elif path.suffix == ".dr":
                found[path.stem] = f"examples/{path.name}"
    return found


def specimens(env):
    """Name to the case that holds the files: specifications nobody would write, for the judges of artifacts only."""
    return {path.stem: path for path in sorted((env.root / "tests" / "cases" / "language").glob("*.case"))}


def build_specimen(env, name, target):
    with Sandbox() as folder:
        prepare(Case(specimens(env)[name]), folder)
        return env.run([env.drc, "build", "main.dr", "--as-of", "2026-11-21", "-o", target], folder)


def built(env, name):
    """The folder with the artifacts of one example. A build that fails is the failure of `examples` only."""
    env.need_drc()
    with _lock:
        if name not in _built:
            source = sources(env).get(name)
            target = env.build / "examples" / name
            if name in specimens(env):
                shutil.rmtree(target, ignore_errors=True)
                done = build_specimen(env, name, target)
                _built[name] = target if done.code == 0 else Nothing(f"{name} does not build (see the case of this name)")
            elif source is None:
                _built[name] = Skip(f"there is no example `{name}`")
            else:
                shutil.rmtree(target, ignore_errors=True)
                done = env.run([env.drc, "build", source, "-o", target], env.root)
                _built[name] = target if done.code == 0 else Skip(f"examples/{name} does not build (see suite examples)")
        result = _built[name]
    if isinstance(result, Exception):
        raise result
    return result


def files(folder, *patterns):
    return sorted({path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()})


def judge(problems):
    """Fails with all problems at once; a list of places is worth more than the first of them."""
    if problems:
        more = [f"... and {len(problems) - 25} more"] if len(problems) > 25 else []
        raise Failure("\n".join(problems[:25] + more))
