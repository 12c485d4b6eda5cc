"""Files: archives in a directory, and snapshots of restic."""

import hashlib
import os
import shutil
import stat

from conform import kit
from lib.core import need


def described(top):
    """Everything below a folder and what `stat` says of it, one line each; hard links by the name that comes first."""
    lines, first = [], {}
    names = [top] + [os.path.join(at, name) for at, folders, files in os.walk(top) for name in sorted(folders + files)]
    for path in sorted(os.fsencode(name) for name in names):
        info = os.lstat(path)
        what = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link", stat.S_IFIFO: "pipe"}[stat.S_IFMT(info.st_mode)]
        name = os.path.relpath(path, os.fsencode(top))
        same = first.setdefault((info.st_dev, info.st_ino), name) if what == "file" else name
        more = ""
        if what == "file":
            with open(path, "rb") as file:
                more = f"{info.st_size} {hashlib.sha256(file.read()).hexdigest()[:16]}"
        elif what == "link":
            more = repr(os.readlink(path))
        extended = {key: os.getxattr(path, key, follow_symlinks=False) for key in os.listxattr(path, follow_symlinks=False)}
        lines.append(f"{name!r} {what} {stat.S_IMODE(info.st_mode):o} {info.st_uid}:{info.st_gid} {info.st_mtime_ns} {same!r} {extended} {more}")
    return "\n".join(lines) + "\n"


class Files(kit.Case):
    kind = "linux.files"
    question = "archive"
    service = False

    def __init__(self, folder, seed):
        super().__init__(folder, seed)
        self.data, self.there = folder / "data", folder / "elsewhere"

    def attributes(self):
        return f'paths = ["{self.data}"]' + ("  size = 1MiB" if self.kind == "linux.files" else "")

    def newest(self):
        return self.host.newest()

    def answers(self, there):
        return {"host": kit.THERE if there else kit.HERE, "into": self.there if there else "/"}

    # ---- what is in it

    def name(self):
        r = self.random
        odd = ["a", "Z", " ", "-", "'", '"', "$(x)", "\n", "\t", "*", "[", "\\", "ä", "\u4e2d", "\U0001f600", ";", "%", "#", "\u202e"]
        return "".join(r.choice(odd) for _ in range(r.randrange(1, 12))).strip("/") or "x"

    def begin(self):
        r, root = self.random, os.getuid() == 0
        self.data.mkdir()
        folders, files = [self.data], []
        for i in range(r.randrange(10, 30)):
            folder = r.choice(folders) / f"{i}{self.name()}"
            folder.mkdir()
            folders.append(folder)
        for i in range(r.randrange(60, 160)):
            path = r.choice(folders) / (f"{i}{self.name()}" if i else "n" * 255)
            sort = r.random()
            if sort < 0.12:
                os.symlink(r.choice(["/etc/passwd", "../..", "nowhere", str(r.choice(folders)), "a\nb"]), path)
            elif sort < 0.25 and files:
                os.link(r.choice(files), path)
                continue
            elif sort < 0.28 and self.kind == "linux.files":
                os.mkfifo(path)
            else:
                data = r.randbytes(r.choice([0, 1, 511, 512, 513, 9000, 70000]))
                path.write_bytes(b"\0" * 300000 + data if sort > 0.97 else data)
                files.append(path)
        for path in files + folders[1:]:
            if r.random() < 0.3:
                os.setxattr(path, "user.note", r.randbytes(r.randrange(1, 40)))
        for path in sorted(self.data.rglob("*"), reverse=True):
            if root:
                os.lchown(path, r.choice([0, 1, 1000, 54321]), r.choice([0, 4, 1000, 60000]))
            if not path.is_symlink():
                os.chmod(path, r.choice([0o755, 0o700, 0o2775, 0o1777] if path.is_dir() else [0o644, 0o600, 0o4755, 0o400, 0o2755, 0o000 if root else 0o600]))
        for path in sorted(self.data.rglob("*"), reverse=True) + [self.data]:
            moment = r.randrange(0, 4 * 10**18)
            os.utime(path, ns=(moment, moment), follow_symlinks=False)

    def whole(self, there):
        return described(f"{self.there}{self.data}" if there else str(self.data))

    def change(self):
        victims = [path for path in sorted(self.data.rglob("*")) if path.is_file() and not path.is_symlink()]
        victims[0].write_bytes(b"damaged\n")
        victims[1].unlink()

    def destroy(self):
        shutil.rmtree(self.data)

    def empty(self):
        self.there.mkdir()


class FilesInRestic(kit.InRestic, Files):
    opens = "RESTIC_PASSWORD"


class Configuration(Files):
    kind = "git.configuration"
    store = "git.repository"
    question = "revision"

    def begin(self):
        need("git")
        self.host.call("git", "init", "--quiet", "--bare", "--initial-branch=main", self.folder / "disk/copies.git")
        super().begin()

    def newest(self):
        return "HEAD"
