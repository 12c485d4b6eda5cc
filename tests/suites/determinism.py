"""The same input gives the same bytes: again, elsewhere, in another locale and time zone, with the library found elsewhere."""

import shutil

from lib import examples
from lib.core import Failure, Sandbox, Test, readable, same_trees, tree


def copy_examples(env, folder):
    shutil.copytree(env.root / "examples", folder / "examples")


def build(env, folder, source, target, variables=None, options=()):
    env.compile(["build", *options, source, "-o", target], folder, env=variables)
    return tree(folder / target)


def variants(env, source):
    with Sandbox() as folder:
        copy_examples(env, folder)
        first = build(env, folder, source, "one")
        same_trees(first, build(env, folder, source, "two"), "a second build")
        for variables in (
            {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"},
            {"LC_ALL": "tr_TR.UTF-8"},
            {"TZ": "America/New_York"},
            {"TZ": "Pacific/Chatham", "LC_ALL": "C.UTF-8"},
            {"HOME": "/nonexistent", "USER": "someone", "SOURCE_DATE_EPOCH": "1"},
        ):
            what = " ".join(f"{key}={value}" for key, value in variables.items())
            same_trees(first, build(env, folder, source, "other", variables), f"with {what}")
            shutil.rmtree(folder / "other")


def elsewhere(env, source):
    """Neither the folder of the specification nor that of the output leaves a trace."""
    with Sandbox() as one, Sandbox() as other:
        copy_examples(env, one)
        first = build(env, one, source, "out")
        deep = other / "a folder" / "with spaces"
        deep.mkdir(parents=True)
        copy_examples(env, deep)
        same_trees(first, build(env, deep, source, "elsewhere/out"), "in another folder")
        # called from another folder: by its absolute path, from inside, and from beside
        same_trees(first, build(env, other, deep / source, "absolute"), "by its absolute path")
        inside = (deep / source) if (deep / source).is_dir() else (deep / source).parent
        main = "." if inside == deep / source else (deep / source).name
        same_trees(first, build(env, inside, main, other / "inside"), "from its own folder")
        same_trees(first, build(env, other / "a folder", f"with spaces/../with spaces/{source}", "beside"), "from beside")


def library_order(env, source):
    """The embedded library, and the same files on the search path in any order, are the same library."""
    with Sandbox() as folder:
        copy_examples(env, folder)
        shutil.copytree(env.root / "stdlib", folder / "library" / "std")
        (folder / "empty").mkdir()
        first = build(env, folder, source, "embedded")
        for number, paths in enumerate((["library", "empty"], ["empty", "library"])):
            options = [word for path in paths for word in ("-I", path)]
            same_trees(first, build(env, folder, source, f"out{number}", options=options), f"with {' '.join(options)}")


def objects(env):
    """What make compiles is the same from any folder, also from one with a space in its name."""
    wanted = ["build/obj/compiler/base/strbuf.o", "build/obj/gen/lexer.o"]
    made = []
    with Sandbox() as folder:
        for name in ("one", "another one/with spaces"):
            place = folder / name
            place.mkdir(parents=True)
            for part in ("compiler", "grammar", "tools"):
                shutil.copytree(env.root / part, place / part, ignore=shutil.ignore_patterns("node_modules"))
            for part in ("Makefile", "VERSION"):
                shutil.copy2(env.root / part, place / part)
            done = env.run(["make", *wanted], place, limit=False)
            if done.code:
                raise Failure(f"{name}:\n" + readable(done.stdout + done.stderr)[-2000:])
            made.append([(place / path).read_bytes() for path in wanted])
    if made[0] != made[1]:
        raise Failure("an object is another one in another folder")


def collect(env):
    if not env.sanitized:
        yield Test("objects", lambda: objects(env))
    for name, source in examples.sources(env).items():
        for what in (variants, elsewhere, library_order):
            yield Test(f"{name}/{what.__name__.replace('_', '-')}", lambda what=what, source=source: what(env, source))
