"""One pass of a kind through the kit.

A server is filled with random data, backed up by the emitted job, and destroyed; the emitted recovery brings it back into an empty one at another
place, and both are compared whole. Before that, copies that are cut off, damaged, from the future or without what opens them are given to a recovery
in place: it has to refuse, and what is there has to be as it was.

What a kind needs for that is a `Case`: see its methods. What it went through is read from the plan and not claimed: `ways`."""

import hashlib
import json
import random
import time

from lib.core import Failure, Sandbox, difference, need
from lib.hosts import Host

HERE, THERE, SAFE = "127.0.0.11", "127.0.0.12", "127.0.0.13"
HEAD = """
import "std/linux"
import "std/mysql"
import "std/postgres"
import "std/redis"
import "std/git"
import "std/restic"
import "std/generic"
plan p {{ title = "P"  owner = ops }}
person ann {{ name = "Ann"  phone = "+49 30 1111"  email = "ann@example.com" }}
person bob {{ name = "Bob"  phone = "+49 30 1112"  email = "bob@example.com" }}
team ops {{ members = [ann, bob]  lead = ann }}
secret pw {{ env = "RESTIC_PASSWORD"  kept_by = [ann, "safe"] }}
secret auth {{ env = "REDISCLI_AUTH"  kept_by = [ann, "safe"] }}
site here : linux.host {{ address = "127.0.0.11"  role = primary }}
site there : linux.host {{ address = "127.0.0.12"  role = recovery }}
site safe : linux.host {{ address = "127.0.0.13"  role = vault }}
class c {{ rto = 12h  rpo = 26h }}
scenario fire {{ class = c  loses = [here]  detect = 5m  declare = 15m }}
scenario damage {{ class = c  corrupts = [thing]  detect = 5m  declare = 15m  noticed_within = 1d }}
store copies : {store}
asset thing : {kind} {{ site = here  owner = ops  {attributes}
  backup nightly {{ kind = full  {backup}  schedule = daily at 01:00  duration = 10m  retain = 30d  to = copies  watched_by = [ops] }} }}
"""


class Case:
    """What the kit has to know of a kind. `self.host` is the machine, `self.random` the seeded source of all data."""

    kind = ""        # that is tried
    store = "generic.directory"
    backup = ""      # more of its `backup` block
    question = ""    # the input of its recovery that chooses the copy
    opens = None     # the variable that opens the server or the repository: without the right one nothing may be destroyed
    own_check = True  # its format tells a copy that is cut off, also where the checksum was made of what is left

    def __init__(self, folder, seed):
        self.folder, self.random, self.host = folder, random.Random(seed), None

    def declared(self):
        """The store, as it is declared."""
        if self.store == "restic.repository":
            return f'restic.repository {{ site = safe  url = "{self.folder}/disk/r"  mounted = "{SAFE}:/srv"  password = pw }}'
        if self.store == "git.repository":
            return f'git.repository {{ site = safe  url = "file://{self.folder}/disk/copies.git"  mounted = "{SAFE}:/srv" }}'
        return f'generic.directory {{ site = safe  path = "{self.folder}/disk" }}'

    def attributes(self):
        """Of the asset, beside its place and owner."""
        raise NotImplementedError

    def begin(self):
        """Starts what is tried, and fills it."""
        raise NotImplementedError

    def whole(self, there):
        """All that is to come back, as a text; `there`: at the other place."""
        raise NotImplementedError

    def change(self):
        """Changes the one in place a little, so that it is no longer what was copied."""
        raise NotImplementedError

    def destroy(self):
        """Nothing is left of it."""
        raise NotImplementedError

    def empty(self):
        """What those do who set an empty one up at the other place: no more than manual steps and demands ask of them."""
        raise NotImplementedError

    def hand_over(self):
        """What demands ask of those who kept something beside the copies, once these are loaded."""

    def answers(self, there):
        """To the questions of the recovery, but for the copy."""
        return {"host": THERE if there else HERE}

    def end(self):
        """Whatever happened: every process that was started is ended."""


class InRestic:
    """Before a `Case`: its copies are in a repository of restic and not in a directory."""

    store = "restic.repository"
    backup = "method = restic"
    question = "snapshot"

    def begin(self):
        need("restic", "jq")
        self.host.call("restic", "--repo", self.folder / "disk/r", "init")
        super().begin()

    def newest(self):
        return "latest"


# ---- what is in the store


class Copies:
    """The copies of a job in a folder."""

    def __init__(self, folder):
        self.folder = folder / "disk" / "thing-nightly"

    def files(self):
        return sorted(path for path in self.folder.iterdir() if path.suffix != ".sha256")

    def kept(self):
        return {path: path.read_bytes() for path in self.folder.iterdir()}

    def put_back(self, kept):
        for path in self.folder.iterdir():
            path.unlink()
        for path, data in kept.items():
            path.write_bytes(data)


def seal(path):
    """A checksum of what is there now: as if it had been damaged before it was stored."""
    path.with_name(path.name + ".sha256").write_text(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n", encoding="utf-8")


def middle(size, rand):
    """A place that is neither the beginning nor the end."""
    return rand.randrange(max(1, size // 4), max(2, size * 3 // 4))


def truncated(path, rand):
    data = path.read_bytes()
    path.write_bytes(data[:middle(len(data), rand)])


def flipped(path, rand):
    data = bytearray(path.read_bytes())
    data[middle(len(data), rand)] ^= 1 << rand.randrange(8)
    path.write_bytes(bytes(data))


def truncated_and_sealed(path, rand):
    truncated(path, rand)
    seal(path)


def emptied_and_sealed(path, rand):
    path.write_bytes(b"")
    seal(path)


def unsealed(path, rand):
    path.with_name(path.name + ".sha256").unlink()


def from_the_future(path, rand):
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() + 30 * 86400))
    for old in (path, path.with_name(path.name + ".sha256")):
        old.rename(old.with_name(stamp + old.name[16:]))
    moved = path.with_name(stamp + path.name[16:])
    seal(moved)


DAMAGES = {"truncated": truncated, "flipped": flipped, "cut off before it was stored": truncated_and_sealed, "emptied before it was stored": emptied_and_sealed,
           "without a checksum": unsealed, "from the future": from_the_future}


# ---- the pass


def ways(plan, scenario):
    """KIND.WAY of all that the recovery of `thing` goes through, from the plan alone."""
    outcome = next(o for s in plan["scenarios"] if s["name"] == scenario for o in s["assets"] if o["asset"] == "thing")
    chosen = next(c for c in outcome["candidates"] if c["chosen"])
    kinds = {kind["name"]: kind for kind in plan["kinds"]}
    things = {thing["id"]: thing for thing in plan["declared"]}
    kind, store = things["asset.thing"]["kind"], things["store.copies"]["kind"]
    backup = next(b for b in things["asset.thing"]["blocks"] if b["block"] == "backup")
    method = backup["attributes"].get("method")
    found = {f"{kind}.{chosen['method']}"}
    if method:
        found.add(f"{store}.{method}")
    else:
        found |= {f"{kind}.full"} | {f"{store}.{name}" for name in ("put", "fetch", "list")}
    known = {f"{name}.{way['name']}" for name, kind in kinds.items() for way in kind["methods"] + kind["procedures"]}
    if not found <= known:
        raise Failure(f"the plan has no {found - known}")
    return found


def same(before, after, what):
    if before != after:
        raise Failure(f"{what}:\n" + difference(before, after, "what was there"))


REFUSED = (1, 4)  # a step failed, or it did not begin


def refuses(case, what, before, there, **answers):
    """A recovery that must not begin to destroy: it fails, and what is there is as it was."""
    try:
        said = case.host.recover(expect=REFUSED, scenario="fire" if there else "damage", **answers)
    except Failure as why:
        raise Failure(f"a copy {what}: {why}") from why
    same(before, case.whole(there), f"a copy {what}: the recovery was refused, and yet something changed. It said\n{said}\n")


def refuse_all(case, there, rand):
    before = case.whole(there)
    scenario = "fire" if there else "damage"
    answers = case.answers(there)
    if case.store == "generic.directory":
        copies = Copies(case.folder)
        kept = copies.kept()
        stamp = copies.files()[-1].name[:16]
        for what, damage in DAMAGES.items():
            if what.startswith("cut off") and not case.own_check:
                continue
            damage(copies.files()[-1], rand)
            refuses(case, what, before, there, **{case.question: stamp if what != "from the future" else copies.files()[-1].name[:16]}, **answers)
            if what == "from the future":
                refuses(case, what + ", asked for the newest", before, there, **{case.question: "latest"}, **answers)
            copies.put_back(kept)
        # What somebody brought by hand is looked at like what is fetched.
        brought = case.folder / "brought" / copies.files()[-1].name
        brought.parent.mkdir(exist_ok=True)
        for path, data in kept.items():
            (brought.parent / path.name).write_bytes(data)
        flipped(brought, rand)
        refuses(case, "brought by hand, and flipped", before, there, **{case.question: brought}, **answers)
    else:
        kind = "r/data" if case.store == "restic.repository" else "copies.git/objects"
        packs = sorted(p for p in (case.folder / "disk" / kind).rglob("*") if p.is_file())
        kept = {path: path.read_bytes() for path in packs}
        for what, damage in (("truncated", truncated), ("flipped", flipped)):
            for path in packs:
                path.chmod(0o600)
                damage(path, rand)
            refuses(case, what, before, there, **{case.question: case.newest()}, **answers)
            for path, data in kept.items():
                path.write_bytes(data)
    if case.opens:
        newest, right = case.newest(), case.host.variables[case.opens]
        case.host.variables[case.opens] = "lost"
        try:
            said = case.host.recover(expect=REFUSED, scenario=scenario, **{case.question: newest}, **answers)
        finally:
            case.host.variables[case.opens] = right
        same(before, case.whole(there), f"the key is lost: the recovery was refused, and yet something changed. It said\n{said}\n")


def conform(env, make, seed):
    """Raises Failure where the kind does not do what it says; returns the ways that were carried out."""
    with Sandbox() as folder:
        case = make(folder, seed)
        try:
            case.host = Host(env, folder, HEAD.format(store=case.declared(), kind=case.kind, attributes=case.attributes(), backup=case.backup))
            case.host.program("findmnt", f"#!/bin/sh\necho {SAFE}:/srv\n")
            found = ways(json.loads((folder / "out/plan.json").read_text(encoding="utf-8")), "fire")
            case.begin()
            before = case.whole(False)
            case.host.job()
            case.host.job("verify")
            newest = case.newest()
            case.change()
            if case.whole(False) == before:
                raise Failure("the kit changed nothing, so nothing can be seen")
            refuse_all(case, False, case.random)
            # With the copy as it is, the same answers are taken: the refusals were for what was wrong with it.
            case.host.recover(scenario="damage", **{case.question: newest}, **case.answers(False))
            same(before, case.whole(False), "it came back in place otherwise")
            case.destroy()
            case.empty()
            case.host.recover(scenario="fire", **{case.question: newest}, **case.answers(True))
            case.hand_over()
            same(before, case.whole(True), "it came back otherwise")
            return found
        finally:
            case.end()
