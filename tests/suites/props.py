"""Property tests: the modules in tests/props, each with test_* functions or collect(env)."""

import importlib.util

from lib.core import Test


def collect(env):
    for path in sorted((env.root / "tests" / "props").glob("*.py")):
        spec = importlib.util.spec_from_file_location(f"props_{path.stem}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        if hasattr(module, "collect"):
            tests = module.collect(env)
        else:
            tests = [Test(key[len("test_"):].replace("_", "-"), lambda value=value: value(env))
                     for key, value in sorted(vars(module).items()) if key.startswith("test_")]
        for test in tests:
            yield Test(f"{path.stem}/{test.name}", test.run)
