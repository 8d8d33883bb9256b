# SPDX-License-Identifier: MIT
"""Commands on hostile input: they end soon, in few megabytes, with a sentence."""

import contextlib
import ctypes
import json
import os
import re
import subprocess
import sys
import tempfile
import threading

import program as programs

# What turns text round, hides it, or is obeyed by terminals; but for newlines and tabs.
OBEYED = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

# A process inherits how large the one it was made of was, so a small one makes it.
LAUNCHER = """
import json, os, resource, signal, subprocess, sys
report, limit = int(sys.argv[1]), int(sys.argv[2])
if limit:
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
child = os.fork()
if child == 0:
    os.close(report)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(sys.argv[3], sys.argv[3:])
with open(report, "w") as file:
    file.write(f"{child}\\n")
    file.flush()
    _, status, usage = os.wait4(child, 0)
    file.write(json.dumps([os.waitstatus_to_exitcode(status), usage.ru_maxrss,
                           usage.ru_utime + usage.ru_stime]))
"""

# No command may have more addresses, however much its input asks for: the stacks and
# arenas of threads reserve much that they do not use.
ADDRESSES_MAX = 8 << 30


RENAME_EXCHANGE = 2


@contextlib.contextmanager
def exchanging(one, other):
    """Two paths that change places over and over, each time at once; ends as it began."""
    libc = ctypes.CDLL(None, use_errno=True)
    done = threading.Event()

    def exchange():
        assert libc.renameat2(-100, os.fsencode(one), -100, os.fsencode(other),
                              RENAME_EXCHANGE) == 0, os.strerror(ctypes.get_errno())

    def run():
        while not done.is_set():
            exchange()
            exchange()

    exchange()
    exchange()
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def is_sanitized(program):
    """Sanitizers take many times the memory and the time, and all addresses there are."""
    return program.path.parent.name != "release"


class Ended(programs.Result):
    """What a command left behind, and what it took."""
    resident = 0  # bytes at most
    seconds = 0.0  # of a processor


def run(program, *arguments, code=1, megabytes=64, seconds=5, env=None, cwd=None,
        stdin=subprocess.DEVNULL, encoding="utf-8"):
    """
    Run a command that must not crash, hang or swell; @code: one exit code or several.
    What it prints must be text that a terminal does not obey.  @seconds are a processor's:
    how long it takes besides depends on who else is there.
    """
    patience = 100 + 10 * seconds
    with (tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err,
          tempfile.TemporaryFile("w+") as report):
        command = program.command(*arguments)
        launcher = [sys.executable, "-ISc", LAUNCHER, str(report.fileno()),
                    str(0 if is_sanitized(program) else ADDRESSES_MAX)]
        process = subprocess.Popen(launcher + command, stdin=stdin, stdout=out, stderr=err,
                                   cwd=cwd, env=program.environment(env),
                                   pass_fds=[report.fileno()])
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired as late:
            report.seek(0)
            subprocess.run(["kill", "-KILL", report.readline().strip()], check=True)
            process.wait()
            raise AssertionError(f"not done after {patience} s: {command}"[:4000]) from late
        for file in (out, err, report):
            file.seek(0)
        report.readline()
        ended, resident, took = json.loads(report.read())
        result = Ended(command, ended, out.read().decode(encoding), err.read().decode(encoding))
    result.resident, result.seconds = resident * 1024, took
    codes = code if isinstance(code, tuple) else (code,)
    assert result.code in codes, f"expected exit code {code}\n{result}"[:4000]
    if not is_sanitized(program):
        assert result.seconds <= seconds, f"{result.seconds} s\n{result}"[:4000]
        assert result.resident <= megabytes << 20, f"{result.resident >> 20} MB\n{result}"[:4000]
    obeyed = OBEYED.search(result.out + result.err)
    assert not obeyed, f"prints {obeyed[0]!r}\n{result}"[:4000]
    return result
