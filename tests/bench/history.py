"""`drc log` over a generated history, cached: within ten compilations and 5 ms a commit.

Each commit of it changes the size of one asset, so that none is like the one before; between them stand as many that change something else.
"""

import os
import resource
import shutil
import subprocess
import time

import generate

COMMITS, ASSETS = 1000, 100
COMPILATIONS, SECONDS_A_COMMIT = 10, 0.005


def stream(commits, assets):
    """What `git fast-import` reads."""
    text = "".join(generate.dr(assets, True))
    where = []
    at = text.find("asset service-")
    while at >= 0:
        where.append(text.index("size", at))
        at = text.find("asset service-", at + 1)
    lines = text
    for number in range(commits):
        yield f"commit refs/heads/main\nmark :{number + 1}\ncommitter Ann Lee <ann@example.com> {1767222000 + number * 3600} +0100\n"
        message = f"Commit {number}\n\nReviewed-by: Bob Ross <bob@example.com>\n"
        yield f"data {len(message)}\n{message}\n"
        if number % 2 == 0:
            place = where[number // 2 % len(where)]
            end = lines.index("GiB", place)
            lines = f"{lines[:place]}size = {1 + number // 2 // len(where) % 7:03d}".replace("size = 00", "size = 10") + lines[end:]
            where = [spot + len(lines) - len(text) if spot > place else spot for spot in where]
            text = lines
            yield f"M 644 inline dr/main.dr\ndata {len(lines.encode())}\n{lines}\n"
        else:
            yield f"M 644 inline notes.txt\ndata {len(str(number))}\n{number}\n"


def make(folder, commits=COMMITS, assets=ASSETS):
    folder.mkdir()
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    text = "".join(stream(commits, assets)).encode()
    subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input=text, check=True)
    subprocess.run(["git", "-C", folder, "reset", "-q", "--hard", "main"], check=True)


def timed(argv, folder, cache):
    """(seconds, seconds of the processor) of a run, and what it printed."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([str(a) for a in argv], cwd=folder, stdout=subprocess.PIPE, check=False, env={**os.environ, "XDG_CACHE_HOME": str(cache), "NO_COLOR": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{argv}: exit {done.returncode}")
    return time.monotonic() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def judge(verdicts, drc, work, commits=COMMITS, assets=ASSETS):
    """Compiling and the log in turn, the least of several runs of each: other work on the computer only adds."""
    folder, cache = work / "history", work / "history-cache"
    make(folder, commits, assets)
    first, _, told = timed([drc, "log", "dr"], folder, cache)
    _, _, anew = timed([drc, "log", "dr", "--no-cache"], folder, cache)
    one, cached = [], []
    for _ in range(5):
        one.append(timed([drc, "check", "dr"], folder, cache)[1])
        _, seconds, again = timed([drc, "log", "dr"], folder, cache)
        cached.append(seconds)
        if again != told or anew != told:
            raise RuntimeError("the cache changes what is told")
    limit = COMPILATIONS * min(one) + SECONDS_A_COMMIT * commits
    verdicts.add(f"log, {commits:,} commits, {assets} assets, cached", f"{min(cached):.2f} s (a compilation {min(one):.3f} s, the first run {first:.1f} s)",
                 f"{limit:.2f} s", min(cached) <= limit)
    shutil.rmtree(folder)
    shutil.rmtree(cache)
