"""The runner is tested too, with a stand-in for the compiler: a test that cannot fail proves nothing."""

import os

from lib import case, cron
from lib.core import Env, Failure, Sandbox, readable

STAND_IN = """#!/bin/sh
case $1 in
check) printf 'error[E0301]: wrong\\n' >&2; exit 1 ;;
twice) printf 'error[E0301]: wrong\\nwarning[W0001]: odd\\nerror[E0301]: wrong again\\n' >&2; exit 1 ;;
cat) cat "$2" ;;
write) printf 'new\\n' > out.txt ;;
crash) kill -SEGV $$ ;;
bug) exit 70 ;;
esac
"""


def attempt(text, bless=False):
    """None if the case passes, else the text of its failure; and the case file as it is afterwards."""
    with Sandbox() as folder:
        (folder / "drc").write_text(STAND_IN, encoding="utf-8")
        os.chmod(folder / "drc", 0o755)
        path = folder / "one.case"
        path.write_text(text, encoding="utf-8")
        try:
            case.run_case(Env(folder, bless), path)
            reason = None
        except Failure as failure:
            reason = str(failure)
        return reason, path.read_text(encoding="utf-8")


def expect(condition, text):
    if not condition:
        raise Failure(text)


def test_passing_case(env):
    reason, _ = attempt("Title.\n\n== exit\n1\n\n== codes\nE0301\n\n== stderr\nerror[E0301]: wrong\n")
    expect(reason is None, f"should pass: {reason}")


def test_wrong_expectations_fail(env):
    for section in ("exit\n0", "codes", "codes\nE0301 E0301", "codes\nE0302", "stderr\nerror[E0301]: other", "stdout\nx",
                    "out out.txt\nx", "contains stderr\nnowhere", "lacks stderr\nwrong"):
        reason, _ = attempt(f"Title.\n\n== {section}\n")
        expect(reason is not None, f"should fail: == {section}")
    reason, _ = attempt("Title.\n\n== args\nwrite\n\n== absent out.txt\n")
    expect(reason is not None, "should fail: == absent out.txt")


def test_codes_count(env):
    reason, _ = attempt("== args\ntwice\n\n== codes\nE0301 W0001 E0301\n")
    expect(reason is None, f"codes in any order, as often as they occur: {reason}")


def test_crash_and_bug_fail(env):
    for word in ("crash", "bug"):
        reason, _ = attempt(f"== args\n{word}\n")
        expect(reason is not None and "crashed" in reason, f"{word} should fail the case")


def test_bless(env):
    text = "Title.\n\n== codes\nE0999\n\n== exit\n7\n\n== stderr\n"
    reason, after = attempt(text, bless=True)
    expect(reason is not None, "bless must not hide wrong codes")
    expect(after == text + "error[E0301]: wrong\n", f"bless wrote:\n{after}")
    expect(attempt(after, bless=True)[1] == after, "a second bless changes the file")


def test_layout_survives_bless(env):
    text = ("Title\nof two lines.\n\n== args\ncat a.txt\n\n== file a.txt\n\\== not a heading\n\n\n== stdout\n"
            "\\== not a heading\n\n")
    reason, after = attempt(text)
    expect(reason is None, f"blank lines and escaped headings: {reason}")
    expect(attempt(text, bless=True)[1] == after == text, "bless changed what it should not")


def test_hostile_file(env):
    text = '== args\ncat a.txt\n\n== file-py a.txt\nb"\\xff\\x00\\x1b" + b"x" * 3\n\n== stdout\n\\xff\\x00\\x1bxxx\n\\ no newline at the end\n'
    reason, _ = attempt(text)
    expect(reason is None, reason)
    expect(readable(b"\xc3\xa9\r\n") == "é\\x0d\n", "readable()")


def test_cron_checker(env):
    """The second implementation of cron's rules accepts what crontab(5) shows, and nothing broken."""
    good = ("5 0 * * *", "15 14 1 * *", "0 22 * * 1-5", "23 0-23/2 * * *", "5 4 * * sun", "0 */4 1,15 jan-mar 7")
    bad = ("60 0 * * *", "0 24 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 8", "5/15 * * * *", "*/0 * * * *", "30-10 * * * *",
           "a * * * *", "* * * * noday")
    with Sandbox() as folder:
        for text, valid in [(t, True) for t in good] + [(t, False) for t in bad]:
            path = folder / "job"
            path.write_text(f"PATH=/bin\n{text} root true\n", encoding="utf-8")
            path.chmod(0o644)
            found = cron.problems(path)
            expect(not found if valid else found, f"`{text}`: {found}")
        for content, name in (("0 0 * * * root true", "job"), ("PATH=/bin\n0 0 * * * root date +%F\n", "job"),
                              ("0 0 * * * root true\n", "job"), ("PATH=/bin\n0 0 * * * root true\n", "a.b"),
                              ("PATH=/bin\n0 0 * * * true\n", "job"), ("PATH=/bin\n", "job")):
            path = folder / name
            path.write_text(content, encoding="utf-8")
            path.chmod(0o644)
            expect(cron.problems(path), f"should be refused: {content!r} as {name}")
