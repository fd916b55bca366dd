"""A pseudo-terminal with a person in front of it."""

import os
import pty
import select
import time


class Terminal:
    """A process whose controlling terminal this is, its standard streams too."""

    def __init__(self, *words, env, cwd):
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(cwd)
                os.execve(words[0], [str(word) for word in words], env)
            finally:
                os._exit(99)
        self.shown = ""

    def until(self, text, timeout=60):
        """Waits until a text is shown, and returns what came before it; what follows is for the next time."""
        deadline = time.monotonic() + timeout
        while text not in self.shown:
            ready, _, _ = select.select([self.master], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"not shown: {text!r} in {self.shown!r}"
            try:
                more = os.read(self.master, 4096)
            except OSError:
                more = b""
            assert more, f"the end came before {text!r}: {self.shown!r}"
            self.shown += more.decode(errors="replace")
        before, _, self.shown = self.shown.partition(text)
        return before

    def type(self, text):
        os.write(self.master, text.encode())

    def rest(self):
        """What is shown until the end, and the exit status as a shell would tell it."""
        while True:
            try:
                more = os.read(self.master, 4096)
            except OSError:
                more = b""
            if not more:
                break
            self.shown += more.decode(errors="replace")
        _, status = os.waitpid(self.pid, 0)
        os.close(self.master)
        code = os.waitstatus_to_exitcode(status)
        return self.shown, 128 - code if code < 0 else code
