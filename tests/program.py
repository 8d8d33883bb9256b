# SPDX-License-Identifier: MIT
"""Running tfrecordfs: its commands, its mounts, and both as an ordinary user."""

import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pytest

NOBODY = 65534


@dataclasses.dataclass
class Result:
    """What one command left behind."""
    command: list
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def error(self):
        """The one line that a failing command prints."""
        lines = [line for line in self.err.splitlines() if line.startswith("tfrecordfs: ")]
        assert len(lines) == 1, f"not one line of error:\n{self.err}"
        return lines[0].removeprefix("tfrecordfs: ")

    def __str__(self):
        return (f"$ {' '.join(map(str, self.command))}\nexit code {self.code}\n"
                f"--- stdout\n{self.out}--- stderr\n{self.err}")


class Program:
    """One build of tfrecordfs, run with an environment of its own."""

    def __init__(self, path, home):
        self.path = pathlib.Path(path)
        self.home = pathlib.Path(home)
        self.prefix = []

    def environment(self, changes=None):
        environment = {name: value for name, value in os.environ.items()
                       if not name.startswith(("XDG_", "TRFS_PROGRAM"))
                       and name not in ("CACHE_DIRECTORY", "NOTIFY_SOCKET")}
        environment.update(HOME=str(self.home), XDG_CACHE_HOME=str(self.home / "cache"),
                           LC_ALL="C.UTF-8", NO_COLOR="1")
        environment.update(changes or {})
        return {name: value for name, value in environment.items() if value is not None}

    def command(self, *arguments):
        return [*self.prefix, str(self.path), *map(str, arguments)]

    def run(self, *arguments, code=0, timeout=120, env=None, cwd=None, binary=False):
        """Run a command; any other exit code than @code (None: whatever) is a failure."""
        command = self.command(*arguments)
        done = subprocess.run(command, capture_output=True, timeout=timeout, cwd=cwd,
                              stdin=subprocess.DEVNULL, env=self.environment(env))
        out = done.stdout if binary else done.stdout.decode()
        result = Result(command, done.returncode, out, done.stderr.decode())
        if code is not None:
            assert result.code == code, f"expected exit code {code}\n{result}"
        return result

    def start(self, *arguments, env=None, **options):
        """Start a command and let it run."""
        return subprocess.Popen(self.command(*arguments), env=self.environment(env),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **options)

    __call__ = run


def as_ordinary_user(program, home):
    """The same program as nobody runs it, where we are root; otherwise as we do."""
    home.mkdir()
    if os.geteuid() != 0:
        return Program(program.path, home)
    # The tree may lie where nobody else may look, so the program comes along.
    copy = home / program.path.name
    shutil.copy(program.path, copy)
    copy.chmod(0o755)
    os.chown(home, NOBODY, NOBODY)
    user = Program(copy, home)
    user.prefix = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return user


def give_to_ordinary_user(*paths):
    if os.geteuid() == 0:
        for path in paths:
            os.chown(path, NOBODY, NOBODY)


def mounts_below(directory):
    """Mountpoints at or below @directory, deepest first, dead ones included."""
    directory = os.path.realpath(directory)
    found = []
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            path = line.split(" ")[4]
            for escape, character in (("\\040", " "), ("\\011", "\t"), ("\\134", "\\")):
                path = path.replace(escape, character)
            if path == directory or path.startswith(directory + "/"):
                found.append(path)
    return sorted(found, reverse=True)


def processes_of(program, *words):
    """Who runs @program with all of @words on the command line."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            arguments = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
            if (os.path.realpath(process / "exe") == os.path.realpath(program.path)
                    and all(str(word) in arguments for word in words)):
                found.append(int(process.name))
    return found


def keepers_of(program, *words):
    """Of these, the ones that no other of them has started: those to send signals to."""
    pids = processes_of(program, *words)
    return [pid for pid in pids if parent_of(pid) not in pids]


def parent_of(pid):
    """None of a process that is gone."""
    with contextlib.suppress(OSError):
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    return None


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.02)


def is_running(pid):
    """Whether the process is there and not a zombie that nobody collects."""
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def worker_of(program, *words):
    """Who serves of the processes that were started with these words; None while nobody does."""
    pids = processes_of(program, *words)
    serving = [pid for pid in pids if parent_of(pid) in pids and is_running(pid)]
    assert len(serving) <= 1, f"{len(serving)} processes serve {words}"
    return serving[0] if serving else None


def kill_worker(program, *words, number=signal.SIGKILL):
    """
    Until another serves.  It is not enough that the first is dead: threads of it take up what
    is asked while they die, and that fails.
    """
    victim = worker_of(program, *words)
    os.kill(victim, number)
    wait_until(lambda: worker_of(program, *words) not in (None, victim), 30, "the next worker")


class Mount:
    """A mounted data set."""

    def __init__(self, program, source, path, index, result):
        self.program, self.source = program, pathlib.Path(source)
        self.path, self.index, self.result = path, index, result

    def __truediv__(self, name):
        return self.path / name

    def shards(self, split="*"):
        return sorted(self.path.glob(f"{split}-*.tfrecord"))

    @property
    def pid(self):
        """Of the keeper: the process to send signals to."""
        pids = keepers_of(self.program, self.path)
        assert len(pids) == 1, f"{len(pids)} processes keep {self.path}"
        return pids[0]

    @property
    def worker(self):
        """The process that serves, with all threads and memory."""
        pid = worker_of(self.program, self.path)
        assert pid, f"no process serves {self.path}"
        return pid

    def contents(self):
        return {path.name: path.read_bytes() for path in self.shards()}


@contextlib.contextmanager
def mounted(program, source, path, *options, index, code=0, timeout=120):
    """Mount, check that it is one, and unmount at the end, whatever happens."""
    path.mkdir(exist_ok=True)
    result = program.run("mount", source, path, *options, "--index", index, code=code,
                         timeout=timeout)
    mount = Mount(program, source, path, index, result)
    try:
        assert os.stat(path).st_dev != os.stat(path.parent).st_dev, f"not mounted\n{result}"
        pids = processes_of(program, path)
        yield mount
    except BaseException:
        force_unmount(path)
        raise
    if mounts_below(path):
        unmount(program, path)
    wait_until(lambda: not any(map(is_running, pids)), 30, "the end of the daemon")


def unmount(program, path):
    """With a few tries, as an indexer or a slow close may still have a file open."""
    for attempt in range(5):
        result = program.run("umount", path, code=None)
        if result.code == 0 and not mounts_below(path):
            return
        time.sleep(0.2 * (attempt + 1))
    force_unmount(path)
    raise AssertionError(f"could not unmount\n{result}")


def force_unmount(path):
    for mountpoint in mounts_below(path):
        subprocess.run(["umount", "--lazy", mountpoint], check=False, capture_output=True)
        if mounts_below(mountpoint):
            subprocess.run(["fusermount3", "-uz", mountpoint], check=False,
                           capture_output=True)


@contextlib.contextmanager
def control_group(limit):
    """A control group with so much memory, of whichever version; its directory."""
    top = pathlib.Path("/sys/fs/cgroup")
    is_first = (top / "memory").is_dir()
    group = top / ("memory" if is_first else "") / f"tfrecordfs-test-{os.getpid()}"
    file = group / ("memory.limit_in_bytes" if is_first else "memory.max")
    try:
        group.mkdir()
        file.write_text(str(limit))
    except OSError as error:
        pytest.skip(f"a control group with a limit cannot be made: {error}")
    try:
        yield group
    finally:
        wait_until(lambda: not (group / "cgroup.procs").read_text(), 30,
                   "the group to be empty")
        group.rmdir()
