"""Scripts that ask: a test types on a terminal of its own."""

import os
import pty
import select
import time

from lib.core import Failure


class Terminal:
    """A program on a terminal of its own: read until a text appears, then type."""

    def __init__(self, command, cwd, variables):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            os.execvpe(command[0], command, variables)
        self.text = self.before = ""

    def expect(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text not in self.text:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.master], [], [], left)[0]:
                raise Failure(f"`{text}` never appeared:\n{self.text}")
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b""
            if not data:
                raise Failure(f"ended before `{text}`:\n{self.text}")
            self.text += data.decode("utf-8", "replace")
        self.before, self.text = self.text.split(text, 1)

    def type(self, line):
        os.write(self.master, line.encode() + b"\n")

    def finish(self):
        while True:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            if not data:
                break
            self.text += data.decode("utf-8", "replace")
        os.close(self.master)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
