"""What every suite shares: the test, its outcomes, the environment, and running a program in a sandbox."""

import dataclasses
import difflib
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Failure(Exception):
    """The behaviour is not the expected one; the text is shown to the reader."""


class Skip(Exception):
    """The test cannot be run here; the text says what is missing."""


class Nothing(Exception):
    """There is nothing of what the test judges, wherever it runs: neither a pass nor a gap."""


@dataclasses.dataclass
class Test:
    name: str
    run: object  # a callable without arguments; raises Failure, Skip or Nothing


@dataclasses.dataclass
class Outcome:
    """How a program ended. `code` is negative when a signal ended it, as subprocess has it."""

    code: int
    stdout: bytes
    stderr: bytes


class Env:
    """Where things are, and how programs under test are run."""

    def __init__(self, build, bless=False):
        self.root = ROOT
        self.build = pathlib.Path(build).resolve()
        self.drc = self.build / "drc"
        self.bless = bless
        self.sanitized = self.build.name == "san"
        self.timeout = 400 if self.sanitized else 100  # a hang, also on a machine with much else to do

    def need_drc(self):
        if not self.drc.exists():
            raise Skip("the compiler is not built")

    def variables(self, home, extra=None):
        """A clean environment: nothing of the caller's reaches the program but what is listed here."""
        variables = {
            "PATH": f"{self.build}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": str(home),
            "LC_ALL": "C",
            "TZ": "UTC",
            "NO_COLOR": "1",
            "TERM": "dumb",
            "ASAN_OPTIONS": "detect_leaks=1:exitcode=99",
            "UBSAN_OPTIONS": "print_stacktrace=1",
            "LLVM_PROFILE_FILE": "/dev/null",
        }
        variables.update(extra or {})
        return variables

    def run(self, argv, cwd, stdin=b"", env=None, timeout=None, limit=True, seconds=None, mebibytes=None):
        """Runs a program. A hang is a Failure; memory is bounded so that a runaway cannot take the machine. `seconds` of its own time, which other
        work on the machine does not add to, and `mebibytes` bound it more narrowly; a build with sanitizers is exempt."""

        # Programs that keep something at home do it in the sandbox, never among the artifacts they judge.
        home = cwd
        if not str(cwd).startswith(tempfile.gettempdir()) or self.build in pathlib.Path(cwd).resolve().parents:
            home = self.build / "home"
            home.mkdir(exist_ok=True)

        def bound():
            if limit and not self.sanitized:
                bytes_ = (mebibytes or 4096) << 20
                resource.setrlimit(resource.RLIMIT_AS, (bytes_, bytes_))
                if seconds:
                    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        try:
            done = subprocess.run(
                [str(a) for a in argv],
                cwd=cwd,
                input=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self.variables(home, env),
                timeout=timeout or self.timeout,
                preexec_fn=bound,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Failure(f"no end after {timeout or self.timeout} s: {' '.join(map(str, argv))}") from None
        return Outcome(done.returncode, done.stdout, done.stderr)

    def compile(self, argv, cwd, expect=0, **more):
        """Runs drc and insists on the exit code."""
        self.need_drc()
        outcome = self.run([self.drc, *argv], cwd, **more)
        if outcome.code != expect:
            raise Failure(
                f"drc {' '.join(map(str, argv))}: exit {outcome.code}, expected {expect}\n"
                + readable(outcome.stdout) + readable(outcome.stderr)
            )
        return outcome


class Sandbox:
    """A temporary folder that is gone afterwards, also when the test fails."""

    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="drc-test-")).resolve()
        return self.path

    def __exit__(self, *_):
        for folder, _, _ in os.walk(self.path):
            os.chmod(folder, 0o700)
        shutil.rmtree(self.path, ignore_errors=True)


def need(*programs):
    """The paths of the programs, or Skip with the name of the first that is missing."""
    paths = []
    for program in programs:
        path = shutil.which(program, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:"
                            + os.environ.get("PATH", ""))
        if path is None:
            raise Skip(f"{program} is not installed")
        paths.append(path)
    return paths if len(paths) > 1 else paths[0]


def readable(data):
    """Bytes as text that can stand in a case file: odd bytes and control characters become \\xNN."""
    text = data.decode("utf-8", errors="backslashreplace")
    return "".join(
        c if c in "\n\t" or (ord(c) >= 32 and ord(c) != 127) else f"\\x{ord(c):02x}" for c in text
    )


def difference(want, got, what):
    lines = list(difflib.unified_diff(want.splitlines(), got.splitlines(), f"expected {what}", f"actual {what}",
                                      lineterm=""))
    if len(lines) > 80:
        lines = lines[:80] + [f"... {len(lines) - 80} more lines"]
    return "\n".join(line[:400] for line in lines)


def tree(folder):
    """Every file below a folder: relative name to bytes. Symbolic links are shown as such."""
    files = {}
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_symlink():
            files[str(path.relative_to(folder))] = b"link to " + os.readlink(path).encode()
        elif path.is_file():
            files[str(path.relative_to(folder))] = path.read_bytes()
    return files


def same_trees(one, other, what):
    """Fails unless two results of tree() are equal, and names the first file that is not."""
    if one == other:
        return
    for name in sorted(set(one) | set(other)):
        if name not in one or name not in other:
            raise Failure(f"{what}: only one of them has {name}")
        if one[name] != other[name]:
            raise Failure(f"{what}: {name} differs\n" + difference(readable(one[name]), readable(other[name]), name))
