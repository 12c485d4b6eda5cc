"""Unit tests: every tests/unit/*_test.c is a program that prints ok and not ok lines."""

from lib.core import Failure, Sandbox, Skip, Test, readable


def run_program(env, program):
    if not program.exists():
        raise Skip("unit tests are not built (make unit)")
    with Sandbox() as folder:
        done = env.run([program], folder, timeout=10 * env.timeout)
    text = readable(done.stdout)
    if done.code != 0 or "\nnot ok" in "\n" + text:
        wrong, keep = [], False
        for line in text.split("\n"):
            keep = line.startswith("not ok") or (keep and line.startswith("#"))
            if keep:
                wrong.append(line)
        raise Failure("\n".join(wrong[:60]) + f"\nexit {done.code}\n" + readable(done.stderr)[-4000:])
    if "\n1.." not in "\n" + text:
        raise Failure("the program ended before test_finish()\n" + text[-2000:])


def collect(env):
    for source in sorted((env.root / "tests" / "unit").glob("*_test.c")):
        program = env.build / "unit" / source.stem
        yield Test(source.stem.removesuffix("_test"), lambda program=program: run_program(env, program))
