# SPDX-License-Identifier: MIT
"""A terminal of so many columns, and what a person sees on it."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
import threading

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Screen:
    """What one command wrote to its terminal."""

    def __init__(self, code, text):
        self.code, self.raw = code, text.replace("\r\n", "\n")

    @property
    def coloured(self):
        return bool(COLOUR.search(self.raw))

    @property
    def text(self):
        """As it stands there in the end: without colours, each line as drawn last."""
        lines = COLOUR.sub("", self.raw).split("\n")
        return "\n".join(line.rsplit("\r\x1b[K", 1)[-1] for line in lines)

    @property
    def lines(self):
        return self.text.splitlines()

    @property
    def drawn(self):
        """Every state of lines that were drawn over again."""
        return [state for line in COLOUR.sub("", self.raw).split("\n") if "\r\x1b[K" in line
                for state in line.split("\r\x1b[K")[1:]]

    def in_style(self, number):
        """What stands in a colour: 31 is red, 32 green, 33 yellow, 1 bold."""
        return re.findall(rf"\x1b\[(?:1;)?{number}m(.*?)\x1b\[0m", self.raw)


def run(program, *arguments, columns=80, code=0, env=None, cwd=None, timeout=60):
    """Run a command on a terminal of its own; as Program.run() does, but for NO_COLOR."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = program.environment({"NO_COLOR": None, "TERM": "xterm-256color"} | (env or {}))
    pieces = []

    def collect():
        try:
            while piece := os.read(ours, 65536):
                pieces.append(piece)
        except OSError:  # The last one who had the other end has closed it.
            pass
    reader = threading.Thread(target=collect)
    try:
        process = subprocess.Popen(program.command(*arguments), stdin=theirs, stdout=theirs,
                                   stderr=theirs, env=environment, cwd=cwd)
        os.close(theirs)
        reader.start()
        got = process.wait(timeout)
        reader.join(timeout)
    finally:
        os.close(ours)
    screen = Screen(got, b"".join(pieces).decode(errors="replace"))
    assert code is None or got == code, f"exit code {got}, expected {code}\n{screen.raw}"
    return screen
