"""What the linker sees: no name of ours is also a name of a library, and the core calls no function of input or output."""

import pathlib
import re
import subprocess
import sys

from lib.core import Failure, Skip, need, readable

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import layers  # noqa: E402


def symbols(env, *arguments):
    done = env.run([need("nm"), *arguments], env.root)
    return [line.split() for line in readable(done.stdout).split("\n") if line.split()]


def test_no_clash_with_libraries(env):
    """A shared library calls its own functions by name: one of ours with the same name would be called instead."""
    env.need_drc()
    done = env.run([need("ldd"), env.drc], env.root)
    libraries = re.findall(r"=> (/\S+)", readable(done.stdout))
    ours = {words[-1] for words in symbols(env, "-g", "--defined-only", env.build / "libdrc.a") if len(words) == 3}
    problems = []
    for library in libraries:
        theirs = {words[-1].split("@")[0] for words in symbols(env, "-D", "--defined-only", library) if len(words) == 3}
        problems += [f"{name} is also in {pathlib.Path(library).name}" for name in sorted(ours & theirs)]
    if problems:
        raise Failure("\n".join(problems))


def test_core_does_no_io(env):
    """Seen from the objects: nothing of the core refers to a function of input, output, clock, environment or locale."""
    folder = env.build / "obj"
    if not folder.is_dir() or env.sanitized:
        raise Skip("no objects of a plain build")
    forbidden = set(layers.IO_FUNCTIONS) | set(layers.BANNED)
    wanted = {}
    for words in symbols(env, "-uA", *sorted(folder.rglob("*.o"))):
        parts = pathlib.Path(words[0].rstrip(":")).relative_to(folder).parts
        source = pathlib.Path(*parts).with_suffix(".c")
        layer = parts[1] if parts[0] == "compiler" else parts[0]
        if layer in layers.IO_FREE and (env.root / source).exists():
            wanted.setdefault(str(source), set()).add(re.sub(r"^__(isoc\d+_)?|_chk$", "", words[-1]))
    problems = [f"{source} calls {name}()" for source, names in sorted(wanted.items())
                for name in sorted((names - layers.TOLERATED_CALLS.get(source, set())) & forbidden)]
    if problems:
        raise Failure("\n".join(problems))
