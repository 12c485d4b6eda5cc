"""What a person does with the repository: make install and uninstall, make demo, completion, and finding their way."""

import shutil
import subprocess

from lib.core import Failure, Sandbox, Skip, need, readable, tree


def make(env, *arguments):
    program = need("make")
    done = subprocess.run([program, "-s", f"BUILD={env.build}", *arguments], cwd=env.root, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, timeout=600)
    if done.returncode != 0:
        raise Failure(f"make {' '.join(arguments)}: exit {done.returncode}\n" + readable(done.stdout)[-3000:])
    return readable(done.stdout)


def test_install_and_uninstall(env):
    env.need_drc()
    with Sandbox() as folder:
        make(env, "install", f"DESTDIR={folder}", "PREFIX=/opt/drc")
        names = set(tree(folder))
        for name in ("opt/drc/bin/drc", "opt/drc/share/man/man1/drc.1", "opt/drc/share/doc/drc/LICENSE", "opt/drc/share/drc/verify/drc-verify.py"):
            if name not in names:
                raise Failure(f"not installed: {name}; there are {', '.join(sorted(names))}")
        # It must not lean on the build folder: the library is inside.
        program = folder / "copy"
        shutil.copy(folder / "opt/drc/bin/drc", program)
        done = env.run([program, "version"], folder)
        if done.code != 0:
            raise Failure("the installed program does not run\n" + readable(done.stderr))
        make(env, "uninstall", f"DESTDIR={folder}", "PREFIX=/opt/drc")
        program.unlink()
        # Nothing beside a folder whose name is several words, or ends a quotation.
        beside = folder / "opt/my"
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text("mine", encoding="utf-8")
        make(env, "install", f"DESTDIR={folder}", "PREFIX=/opt/my own's $HOME".replace("$", "$$"))
        if not (folder / "opt/my own's $HOME/bin/drc").exists():
            raise Failure(f"installed elsewhere: {', '.join(sorted(tree(folder)))}")
        make(env, "uninstall", f"DESTDIR={folder}", "PREFIX=/opt/my own's $HOME".replace("$", "$$"))
        if set(tree(folder)) != {"opt/my"}:
            raise Failure(f"uninstall leaves or takes {', '.join(sorted(tree(folder)))}")
        beside.unlink()
        if tree(folder):
            raise Failure(f"uninstall leaves {', '.join(sorted(tree(folder)))}")


def test_demo(env):
    env.need_drc()
    if not (env.root / "examples" / "platform").is_dir():
        raise Skip("there is no example `platform`")
    done = env.run(["sh", "tools/demo.sh", env.build], env.root)
    text = readable(done.stdout)
    if done.code != 0 or "README.md" not in text or "runbooks/" not in text:
        raise Failure(f"exit {done.code}\n{text[-2000:]}{readable(done.stderr)[-2000:]}")


def test_completion(env):
    """The completion scripts are valid for their shells, and bash offers the commands."""
    env.need_drc()
    with Sandbox() as folder:
        for shell in ("bash", "zsh", "fish"):
            done = env.run([env.drc, "completion", shell], folder)
            if done.code == 64:
                raise Skip("this version prints no completion")
            if done.code != 0 or not done.stdout:
                raise Failure(f"drc completion {shell}: exit {done.code}")
            (folder / shell).write_bytes(done.stdout)
            if shutil.which(shell):
                check = env.run([shell, "-n", folder / shell], folder)
                if check.code != 0:
                    raise Failure(f"{shell} -n: " + readable(check.stderr))
        ask = ". ./bash; COMP_WORDS=(drc ch); COMP_CWORD=1; f=$(complete -p drc | sed 's/.*-F \\([^ ]*\\).*/\\1/'); $f; " \
              "printf '%s\\n' \"${COMPREPLY[@]}\""
        done = env.run(["bash", "-c", ask], folder)
        if "check" not in readable(done.stdout).split():
            raise Failure("bash completes `drc ch` to: " + readable(done.stdout + done.stderr))


def test_every_folder_says_what_it_is(env):
    missing = [name for name in ("", "compiler", "grammar", "backends", "stdlib", "examples", "tests", "editors")
               if (env.root / name).is_dir() and not (env.root / name / "README.md").exists()]
    if missing:
        raise Failure("no README.md in " + ", ".join(name or "the top folder" for name in missing))
