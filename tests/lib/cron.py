"""Debian's rules for files in /etc/cron.d (cron(8), crontab(5)), checked by a second implementation."""

import re

RANGES = ((0, 59, "minute"), (0, 23, "hour"), (1, 31, "day of month"), (1, 12, "month"), (0, 7, "day of week"))
NAMES = ({}, {}, {}, {n: i for i, n in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)},
         {n: i for i, n in enumerate("sun mon tue wed thu fri sat".split())})
SETTING = re.compile(r"^\s*[A-Za-z_][A-Za-z0-9_]*\s*=")
# MAX_COMMAND and MAX_ENVSTR of Debian's cron 3.0pl1.
LONGEST_COMMAND = 999


def files(out):
    """Files meant for /etc/cron.d: whatever lies in a folder of that name, without a suffix a script would have."""
    return sorted(path for path in out.rglob("*") if path.is_file() and path.parent.name in ("cron.d", "etc-cron.d"))


def jobs(text):
    """(line number, five fields, user, command) of every job line."""
    for number, line in enumerate(text.split("\n"), 1):
        stripped = line.lstrip(" \t")
        if stripped == "" or stripped.startswith("#") or SETTING.match(line):
            continue
        parts = stripped.split(None, 6)
        yield number, parts[:5], parts[5] if len(parts) > 5 else "", parts[6] if len(parts) > 6 else ""


def personal(text):
    """The same table without the user column, as `crontab` reads it."""
    lines = text.split("\n")
    for number, fields, _, command in jobs(text):
        lines[number - 1] = " ".join(fields) + " " + command
    return "\n".join(lines)


def field_problem(text, index):
    low, high, name = RANGES[index]
    for part in text.split(","):
        match = re.fullmatch(r"(\*|(\w+)(?:-(\w+))?)(?:/(\d+))?", part)
        if not match:
            return f"{name} `{text}` is not a cron field"
        for word in (match[2], match[3]):
            if word is not None:
                value = NAMES[index].get(word.lower(), int(word) if word.isdigit() else -1)
                if not low <= value <= high:
                    return f"{name} `{word}` is out of range {low}-{high}"
        if match[4] is not None and (int(match[4]) == 0 or (match[2] and not match[3])):
            return f"{name} `{part}`: a step needs a range or `*`, and is not zero"
        if match[2] and match[3]:
            first, last = (NAMES[index].get(w.lower(), int(w) if w.isdigit() else -1) for w in (match[2], match[3]))
            if first > last:
                return f"{name} `{part}` runs backwards"
    return None


def problems(path):
    found = []
    if not re.fullmatch(r"[A-Za-z0-9_-]+", path.name):
        found.append("cron ignores files with such a name (only letters, digits, `_` and `-`)")
    data = path.read_bytes()
    if not data.endswith(b"\n"):
        found.append("no newline at the end: cron ignores the last line")
    if b"\r" in data or b"\0" in data:
        found.append("control characters")
    text = data.decode("utf-8")
    if not re.search(r"^PATH=", text, re.M):
        found.append("no PATH: cron's own is /usr/bin:/bin")
    if re.search(r"^\s*(CRON_)?TZ\s*=", text, re.M):
        found.append("Debian's cron does not know CRON_TZ; TZ moves no schedule")
    if path.stat().st_mode & 0o133:
        found.append("mode: cron refuses files that others may write, and none needs to be executable")
    count = 0
    for number, fields, user, command in jobs(text):
        count += 1
        if len(fields) < 5 or not command:
            found.append(f"line {number}: not five fields, a user and a command")
            continue
        found += [f"line {number}: {p}" for p in (field_problem(f, i) for i, f in enumerate(fields)) if p]
        if not re.fullmatch(r"[a-z_][a-z0-9_-]*\$?", user):
            found.append(f"line {number}: `{user}` is not a user's name")
        if re.search(r"(?<!\\)%", command):
            found.append(f"line {number}: a bare % ends the command")
        if len(command) > LONGEST_COMMAND:
            found.append(f"line {number}: the command is longer than {LONGEST_COMMAND} characters")
    if count == 0:
        found.append("no job")
    return found
