"""The examples compile without findings, are in canonical form, and build into a folder that a second build leaves alone."""

from lib import examples
from lib.core import Failure, Sandbox, Skip, Test, readable, same_trees, tree


def checks(env, source):
    done = env.compile(["check", source], env.root)
    if done.stderr.strip():
        raise Failure("findings:\n" + readable(done.stderr))


def builds(env, source):
    with Sandbox() as folder:
        env.compile(["build", source, "-o", folder / "out"], env.root)
        first = tree(folder / "out")
        stamps = {name: (folder / "out" / name).stat().st_mtime_ns for name in first}
        env.compile(["build", source, "-o", folder / "out", "--check"], env.root)
        env.compile(["build", source, "-o", folder / "out"], env.root)
        same_trees(first, tree(folder / "out"), "the second build")
        touched = [name for name in first if (folder / "out" / name).stat().st_mtime_ns != stamps[name]]
        if touched:
            raise Failure(f"rewritten without need: {', '.join(touched[:10])}")


def formatted(env, source):
    path = env.root / source
    for file in sorted(path.rglob("*.dr")) if path.is_dir() else [path]:
        env.compile(["fmt", "--check", file.relative_to(env.root)], env.root)


def plans(env, source):
    done = env.compile(["plan", source], env.root)
    if not done.stdout.strip():
        raise Failure("drc plan prints nothing")
    wide = [line for line in readable(done.stdout).split("\n") if len(line) > 120]
    if wide:
        raise Failure("wider than 120 columns:\n" + "\n".join(wide[:5]))


def hello(env):
    path = env.root / "examples" / "hello.dr"
    if not path.exists():
        raise Skip("there is no example `hello`")
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines >= 25:
        raise Failure(f"examples/hello.dr has {lines} lines; it is to stay under 25")


def collect(env):
    for name, source in examples.sources(env).items():
        for what in (checks, builds, formatted, plans):
            yield Test(f"{name}/{what.__name__}", lambda what=what, source=source: what(env, source))
    yield Test("stdlib/formatted", lambda: formatted(env, "stdlib"))
    yield Test("hello/short", lambda: hello(env))
