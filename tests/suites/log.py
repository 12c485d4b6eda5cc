"""`drc log` over histories made here: each commit with what it did, its cause, its people; what cannot be read or proved is told; the cache changes nothing
but the time it takes."""

import csv
import io
import json
import os
import pathlib
import shutil
import subprocess
import sys

from lib.core import Failure, Sandbox, Skip, need, readable
from suites.ci import GOOD

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))
import history  # noqa: E402

ANN, BOB = ("Ann Lee", "ann@example.com"), ("Bob Ross", "bob@example.com")


class Repository:
    def __init__(self, env, box):
        self.env, self.box, self.folder = env, box, box / "repository"
        self.folder.mkdir()
        self.hour = 0
        self.git("init", "-q", "-b", "main")

    def git(self, *words, who=ANN, zone="+0000"):
        variables = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.box), "LC_ALL": "C.UTF-8"}
        for role in ("AUTHOR", "COMMITTER"):
            variables |= {f"GIT_{role}_NAME": who[0], f"GIT_{role}_EMAIL": who[1], f"GIT_{role}_DATE": f"{1767225600 + 3600 * self.hour} {zone}"}
        done = subprocess.run([need("git"), *words], cwd=self.folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            raise Failure(f"git {words}: {readable(done.stdout)}")
        return done.stdout.decode("utf-8").strip()

    def commit(self, message, text=None, path="dr/main.dr", **more):
        """The hash of a commit; an hour later than the one before."""
        if text is not None:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text, encoding="utf-8")
        self.hour += 1
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message, **more)
        return self.git("rev-parse", "HEAD")

    def log(self, *words, expect=0, cache="cache", folder=None):
        done = self.env.run([self.env.drc, "log", *words], folder or self.folder, env={"XDG_CACHE_HOME": str(self.box / cache), "TZ": "Asia/Tokyo"})
        if done.code != expect:
            raise Failure(f"drc log {words}: exit {done.code}, expected {expect}\n{readable(done.stdout + done.stderr)}")
        return done

    def json(self, *words, **more):
        """Twice, the second time out of the cache: the same."""
        first, again = (self.log(*words, "--format", "json", **more).stdout for _ in range(2))
        if first != again or first != self.log(*words, "--format", "json", "--no-cache", **more).stdout:
            raise Failure("the cache changes what is told")
        return json.loads(first)

    def compiled(self, *words, **more):
        told = readable(self.log(*words, "--timings", **more).stderr)
        return int(told.split(" commits, ")[1].split(" compiled")[0])


def lag(value, text=GOOD):
    return text.replace("lag = 30s", f"lag = {value}")


def changes(commit):
    return [(c["sort"], c["subject"], c["scenario"], c["what"], c["before"], c["after"], c["way"], c["rule"]) for c in commit["changes"]]


def expect(got, want, what):
    if got != want:
        raise Failure(f"{what}: {json.dumps(got, indent=1, default=str)[:3000]}\nexpected {want}")


def follows_schema(env, told):
    try:
        import jsonschema
    except ImportError:
        raise Skip("python3-jsonschema is not installed") from None
    schema = json.loads((env.root / "docs/log.schema.json").read_text(encoding="utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    found = list(kind(schema).iter_errors(told))
    if found:
        raise Failure("\n".join(f"{list(error.path)}: {error.message}" for error in found[:10]))


def walked(env, box):
    repository = Repository(env, box)
    made = [repository.commit("A first plan", GOOD),
            repository.commit("Something else", "x", path="notes.txt"),
            repository.commit("The lag is what the provider says\n\nWe asked.\n\nApproved-by: Bob Ross\n  <bob@example.com>\nSigned-off-by:\nReviewed-by: Eve\nFixes: #7",
                              lag("20m"), who=BOB, zone="-0530"),
            repository.commit("A comment", "// of no meaning\n" + lag("20m")),
            repository.commit("A slip", lag("20m").replace("site       = frankfurt", "sight = frankfurt")),
            repository.commit("Too far", lag("2h")),
            repository.commit("Back", lag("1m"))]
    return repository, made


def test_what_each_commit_did(env):
    with Sandbox() as box:
        repository, made = walked(env, box)
        told = repository.json("dr")
        follows_schema(env, told)
        by = {commit["commit"]: commit for commit in told["commits"]}
        expect([commit["commit"] for commit in told["commits"]], [made[i] for i in (6, 5, 4, 2, 0)], "commits, newest first")
        expect(told["commits_walked"], 7, "commits walked")
        first = {(c["subject"], c["what"]): c["after"] for c in by[made[0]]["changes"]}
        expect(first, {("orders", "RTO"): "4h", ("orders", "worst-case recovery time"): "45m4s", ("orders", "RTO verdict"): "ok", ("orders", "RPO"): "1h",
                       ("orders", "worst-case loss"): "30s", ("orders", "RPO verdict"): "ok"}, "the first plan")
        lagging = by[made[2]]
        expect(changes(lagging), [("asset", "orders", "blackout", "worst-case loss", "30s", "20m", "weaker", "RPO_NO_REGRESS")], "the lag")
        if not any(line.startswith("because `lag` of `asset.orders/replica.ireland`: 30s -> 20m (main.dr:18") for line in lagging["changes"][0]["because"]):
            raise Failure(f"the cause: {lagging['changes'][0]['because']}")
        expect(lagging["author"], {"name": "Bob Ross", "email": "bob@example.com", "date": "2025-12-31T21:30:00-05:30"}, "author, the date as it was written")
        expect(lagging["approvals"], [{"trailer": "Approved-by", "value": "Bob Ross <bob@example.com>"}, {"trailer": "Reviewed-by", "value": "Eve"}], "approvals")
        slip = by[made[4]]
        if slip["status"] != "invalid" or not slip["error"].startswith("dr/main.dr:15: ") or not slip["error"].endswith(" [E0205]"):
            raise Failure(f"what cannot be proved: {slip['error']}")
        expect(by[made[5]]["compared_with"], made[3], "compared with the last that could be proved")
        expect([c[3:7] for c in changes(by[made[5]])], [("worst-case loss", "20m", "2h", "weaker"), ("RPO verdict", "ok", "refuted", "weaker")], "too far")
        expect(by[made[5]]["counts"]["refuted"], 1, "counts")
        expect({c[6] for c in changes(by[made[6]])}, {"stronger"}, "back")


def test_text(env):
    with Sandbox() as box:
        repository, made = walked(env, box)
        text = repository.log("dr").stdout.decode("utf-8")
        for line in (f"{made[2][:12]}  2025-12-31 21:30 -0530  Bob Ross <bob@example.com>", "    Approved-by: Bob Ross <bob@example.com>",
                     "    weaker    worst-case loss of asset `orders` in `blackout`: 30s -> 20m  [RPO_NO_REGRESS]",
                     f"    compared with {made[3][:12]}, the last before it that could be proved",
                     "7 commits, of which 6 change what the specification reads; nothing is proved of 1"):
            if line not in text.split("\n"):
                raise Failure(f"not told: {line}\n{text}")
        expect("cannot be proved: dr/main.dr:15: " in text, True, text)


def test_one_name(env):
    """Only what is asked about; under its earlier names too."""
    with Sandbox() as box:
        repository = Repository(env, box)
        two = GOOD + GOOD[GOOD.index("/// Orders"):].replace("Orders", "Stock").replace("orders", "stock")
        first = repository.commit("Two", two)
        repository.commit("The other", two.replace("lag = 30s  watched_by = [ops] }\n}\n/// Stock", "lag = 2m  watched_by = [ops] }\n}\n/// Stock"))
        renamed = repository.commit("Renamed", two.replace("lag = 30s  watched_by = [ops] }\n}\n/// Stock", "lag = 2m  watched_by = [ops] }\n}\n/// Stock")
                                    .replace("asset stock", "asset goods"))
        later = repository.commit("Later", two.replace("lag = 30s", "lag = 2m").replace("asset stock", "asset goods"))
        for words in (["goods", "dr"], ["dr", "goods"], ["--asset", "goods", "dr"]):
            told = repository.json(*words)
            expect([commit["commit"] for commit in told["commits"]], [later, renamed, first], "commits of `goods`")
            expect(told["commits"][1]["renames"], [{"was": "asset.stock", "is": "asset.goods"}], "renamed")
            expect({c["subject"] for commit in told["commits"] for c in commit["changes"]}, {"goods", "stock"}, "subjects")
        expect(b"was ever called `nothing`" in repository.log("nothing", "dr", expect=1).stderr, True, "a name that never was")


def test_moved_removed_and_back(env):
    with Sandbox() as box:
        repository = Repository(env, box)
        first = repository.commit("A first plan", GOOD, path="old/place/main.dr")
        (repository.folder / "old/place").rename(repository.folder / "dr")
        moved = repository.commit("Moved")
        shutil.rmtree(repository.folder / "dr")
        gone = repository.commit("Gone")
        repository.commit("Nothing to do with it", "x", path="notes")
        back = repository.commit("Back", lag("5m"))
        told = repository.json("dr")
        follows_schema(env, told)
        expect([(c["commit"], c["status"], c["path"]) for c in told["commits"]],
               [(back, "proved", "dr"), (gone, "absent", "dr"), (moved, "proved", "dr"), (first, "proved", "old/place")], "commits")
        expect((told["commits"][0]["compared_with"], changes(told["commits"][0])[0][4:6]), (moved, ("30s", "5m")), "what is back")
        text = readable(repository.log("dr").stdout)
        if "moved from `old/place` to `dr`" not in text or "there is no `dr` any more" not in text:
            raise Failure(text)
        # A file of the specification that has another name now, and one of the top that went into a folder.
        repository.commit("In two", GOOD.replace(GOOD[GOOD.index("/// Orders"):], "") + 'import "assets"\n')
        (repository.folder / "dr/assets.dr").write_text(lag("5m")[GOOD.index("/// Orders"):], encoding="utf-8")
        text = GOOD.replace('import "std/aws"\n', 'import "std/aws"\nimport "assets"\n')
        split = repository.commit("In two", text[:text.index("/// Orders")])
        told = repository.json("dr")
        expect([c["status"] for c in told["commits"] if c["commit"] == split], [], "what was only moved between files is no change of meaning")


def test_merges(env):
    """A merge is one commit, with what it brought; approvals and authors of the commits it brought are told."""
    with Sandbox() as box:
        repository = Repository(env, box)
        repository.commit("A first plan", GOOD)
        repository.git("switch", "-q", "-c", "change")
        repository.commit("Half way", lag("10m"), who=BOB)
        repository.commit("All the way\n\nAcked-by: Eve", lag("20m"), who=BOB)
        repository.git("switch", "-q", "main")
        repository.commit("Meanwhile", "x", path="notes")
        repository.hour += 1
        repository.git("merge", "-q", "--no-ff", "-m", "Merge change\n\nApproved-by: Ann Lee", "change")
        told = repository.json("dr")
        expect(len(told["commits"]), 2, "commits")
        merge = told["commits"][0]
        expect((merge["summary"], merge["merged_authors"], merge["approvals"]),
               ("Merge change", ["Bob Ross <bob@example.com>"], [{"trailer": "Approved-by", "value": "Ann Lee"}, {"trailer": "Acked-by", "value": "Eve"}]), "merge")
        expect(changes(merge)[0][4:6], ("30s", "20m"), "what it brought")
        repository.git("clone", "-q", "--depth", "1", f"file://{repository.folder}", box / "shallow")
        merge = repository.json("dr", folder=box / "shallow")["commits"][0]
        expect((merge["merged_authors"], merge["approvals"]), ([], [{"trailer": "Approved-by", "value": "Ann Lee"}]), "a merge whose parents are not there")


def test_shallow_and_bare(env):
    with Sandbox() as box:
        repository, made = walked(env, box)
        repository.git("clone", "-q", "--depth", "3", f"file://{repository.folder}", box / "shallow")
        told = repository.json("dr", folder=box / "shallow")
        expect((told["shallow"], [c["commit"] for c in told["commits"]]), (True, [made[6], made[5], made[4]]), "shallow clone")
        expect(told["commits"][1]["compared_with"], None, "the first that can be proved")
        if "the clone is shallow" not in readable(repository.log("dr", folder=box / "shallow").stdout):
            raise Failure("that it is shallow is not told")
        repository.git("clone", "-q", "--bare", repository.folder, box / "bare")
        told = repository.json("main~4:dr", folder=box / "bare")
        expect([c["commit"] for c in told["commits"]], [made[2], made[0]], "a revision of a bare repository")


def test_what_is_read_decides(env):
    """Imports and inventories outside of the folder count; what lies beside them does not. Each version is compiled once."""
    with Sandbox() as box:
        repository = Repository(env, box)
        people = GOOD[GOOD.index("person ann"):GOOD.index("site frankfurt")]
        text = GOOD.replace(people, "").replace('import "std/aws"\n', 'import "std/aws"\nimport "../shared/people"\n')
        repository.commit("People", people, path="shared/people.dr")
        first = repository.commit("A first plan", text)
        for number in range(5):
            repository.commit("Beside it", str(number), path="dr/README.md")
            repository.commit("Beside them", str(number), path="shared/other.dr")
        gone = repository.commit("Ann is gone", people.replace("person ann", "person bob"), path="shared/people.dr")
        expect(repository.compiled("dr"), 2, "compilations")
        expect(repository.compiled("dr"), 0, "compilations of the second run")
        told = repository.json("dr")
        expect([(c["commit"], c["status"]) for c in told["commits"]], [(gone, "invalid"), (first, "proved")], "commits")
        repository.commit("Back", people, path="shared/people.dr")
        expect(repository.compiled("dr"), 2, "compilations: the new commit, and the one it is compared with")


def test_parameters_and_revisions(env):
    with Sandbox() as box:
        repository = Repository(env, box)
        text = GOOD.replace("class disaster", 'param lag { type = duration  default = 30s  doc = "Lag" }\nclass disaster').replace("lag = 30s ", "lag = param.lag ")
        repository.commit("A first plan", text)
        for value in ("1m", "2m"):
            told = repository.json("dr", "-D", f"lag={value}")
            if value not in [c["after"] for c in told["commits"][0]["changes"]]:
                raise Failure(f"-D lag={value}: {told['commits'][0]['changes']}")
            (box / "params.yaml").write_text(f"lag: {value[0]}5m\n", encoding="utf-8")
            told = repository.json("dr", "--params", str(box / "params.yaml"))
            if f"{value[0]}5m" not in [c["after"] for c in told["commits"][0]["changes"]]:
                raise Failure(f"--params {value[0]}5m: {told['commits'][0]['changes']}")
        for words, code in ((["dr", "--format", "sarif"], 64), (["a", "b", "dr"], 64), (["nowhere:dr"], 74), (["HEAD:nothing"], 74), (["/etc"], 74)):
            repository.log(*words, expect=code)


def entries(repository):
    return sorted((repository.box / "cache/drc/log").glob("*"))


def test_cache_is_not_believed_blindly(env):
    """Damaged, exchanged and foreign entries are worked out again; nobody else can read or write them; without a place for them all is as ever."""
    with Sandbox() as box:
        repository, _ = walked(env, box)
        right = repository.log("dr").stdout
        count = len(entries(repository))
        if count < 6 or any(path.stat().st_mode & 0o077 for path in [*entries(repository), entries(repository)[0].parent]):
            raise Failure(f"{count} entries, or others can read them")
        for path in entries(repository):
            data = path.read_bytes()
            for damaged in (b"", data[:40], data[:-1], data[:200] + b"x" + data[201:], b"0" * 64 + data[64:], data + b"\n"):
                path.write_bytes(damaged)
                if repository.log("dr").stdout != right:
                    raise Failure(f"{path.name} with {damaged[:60]} changes what is told")
        # Whole, but another's: of another name, and what somebody put there by a link.
        one, other = [path for path in entries(repository) if path.suffix == ".json"][:2]
        (box / "elsewhere").write_bytes(one.read_bytes())
        one.unlink()
        one.symlink_to(box / "elsewhere")
        expect(repository.log("dr").stdout, right, "a link")
        if one.is_symlink() or not (box / "elsewhere").exists():
            raise Failure("the link stays, or what it leads to is gone")
        folder = other.parent
        folder.chmod(0o777)
        before = {path.name: path.read_bytes() for path in entries(repository)}
        expect(repository.log("dr").stdout, right, "a folder that everybody may write to")
        expect({path.name: path.read_bytes() for path in entries(repository)}, before, "it is left alone")
        folder.chmod(0o700)
        (box / "file").write_text("", encoding="utf-8")
        expect(repository.log("dr", cache="file").stdout, right, "no place for it")


def test_csv(env):
    """A header people understand, quotation, and nothing a spreadsheet would carry out."""
    with Sandbox() as box:
        repository = Repository(env, box)
        repository.commit("A first plan", GOOD)
        repository.commit('=HYPERLINK("http://example.com","x"), "quoted"\n\nApproved-by: +1 =2', lag("20m"), who=("@SUM(1+1)", "-x@example.com"))
        repository.commit("A slip", "plan")
        text = repository.log("dr", "--format", "csv").stdout.decode("utf-8")
        rows = list(csv.reader(io.StringIO(text)))
        expect(rows[0], ["Date", "Commit", "Author", "E-mail", "Approvals", "Message", "Sort", "Name", "Scenario", "What", "Before", "After", "Direction", "Rule",
                         "Because", "Place"], "header")
        expect({len(row) for row in rows}, {16}, "columns")
        if any(field[:1] in tuple("=+-@\t\r") for row in rows for field in row if field):
            raise Failure(text)
        row = next(row for row in rows if "HYPERLINK" in row[5])
        expect(row[2:6], ["'@SUM(1+1)", "'-x@example.com", "Approved-by: +1 =2", '\'=HYPERLINK("http://example.com","x"), "quoted"'], "quotation")
        expect(row[6:14], ["asset", "orders", "blackout", "worst-case loss", "30s", "20m", "weaker", "RPO_NO_REGRESS"], "the change")
        expect(rows[1][9].startswith("cannot be proved: dr/main.dr:1: "), True, rows[1])


def test_hostile_commits(env):
    """Names, messages and paths that drive a terminal, are no UTF-8, or hold quotation marks."""
    with Sandbox() as box:
        repository = Repository(env, box)
        repository.commit("A first plan", GOOD, path='a "b" \x1b[31m\u202e/main.dr')
        repository.commit("\x1b[2J\u202eevil\x07", lag("20m"), path='a "b" \x1b[31m\u202e/main.dr', who=("E\x1b]0;x\x07ve", "<>\"@example.com"))
        (repository.folder / "message").write_bytes(b"caf\xe9 \xff\n\nReviewed-by: J\xfcrgen\n")
        (repository.folder / 'a "b" \x1b[31m\u202e/main.dr').write_text(lag("25m"), encoding="utf-8")
        repository.hour += 1
        repository.git("add", 'a "b" \x1b[31m\u202e')
        repository.git("commit", "-q", "-F", "message")
        name = 'a "b" \x1b[31m\u202e'
        told = repository.json(f"HEAD:{name}")
        expect(len(told["commits"]), 3, "commits")
        text = repository.log(f"HEAD:{name}").stdout
        if b"\x1b" in text or b"\xe2\x80\xae" in text or b"\x07" in text or b"\xff" in text:
            raise Failure(readable(text))
        list(csv.reader(io.StringIO(repository.log(f"HEAD:{name}", "--format", "csv").stdout.decode("utf-8"))))


def test_long_history(env):
    """Many commits: each version is compiled once, and afterwards none; the same is told with the cache and without."""
    with Sandbox() as box:
        history.make(box / "long", 120, 10)
        repository = Repository(env, box)
        told = repository.json("dr", folder=box / "long")
        expect((told["commits_walked"], len(told["commits"])), (120, 60), "commits")
        expect(repository.compiled("dr", folder=box / "long"), 0, "compilations of a later run")


def test_repository_is_left_alone(env):
    with Sandbox() as box:
        repository, _ = walked(env, box)

        def all_files():
            return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(repository.folder.rglob("*")) if path.is_file()}

        before = all_files()
        repository.log("dr")
        expect(all_files(), before, "files of the repository")
        expect(sorted(os.listdir(box)), ["cache", "repository"], "what is written besides the cache")
