"""Mounts, caches and commands: what every measurement needs."""

import contextlib
import ctypes
import dataclasses
import functools
import glob
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, "build/release/tfrecordfs")
NR_CPUS = os.cpu_count()
TOOLS = os.path.join(ROOT, "build/release/tests/bench")
WORK = os.path.join(ROOT, "build/bench")
README = os.path.join(ROOT, "tests/bench/README.md")
DROP_CACHES = "/proc/sys/vm/drop_caches"


def run(*command, **options):
    """Run a command; its standard output.  Fails loudly."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))[:500]}\n{done.stdout}{done.stderr}")
    return done.stdout


@functools.cache
def has_option(name):
    """Whether mount knows an option, which may be newer than this file."""
    return re.search(rf"{name}(?![\w-])", run(PROGRAM, "mount", "--help-all")) is not None


def umount(point, *command):
    """Unmount, again and again while something is still busy."""
    for _ in range(50):
        if subprocess.run([*command, point], capture_output=True).returncode == 0:
            break
        time.sleep(0.1)
    if os.path.ismount(point):
        sys.exit(f"{point} stayed mounted")
    os.rmdir(point)


def new_directory(what, below=WORK):
    path = os.path.join(below, f"{what}-{os.getpid()}-{time.monotonic_ns()}")
    os.makedirs(path)
    return path


@contextlib.contextmanager
def mounted(source, index, *options):
    """A fresh mount in a fresh directory; yields its path and what mount --json said.

    Besides that: "seconds" that the command took.
    """
    point = new_directory("mnt")
    start = time.perf_counter()
    try:
        told = json.loads(run(PROGRAM, "mount", source, point, "--index", index, "--json",
                              *options))
        told["seconds"] = time.perf_counter() - start
        if os.stat(point).st_dev == os.stat(WORK).st_dev:
            sys.exit(f"{point} is not a mount")
        yield point, told
    finally:
        if os.path.ismount(point):
            umount(point, PROGRAM, "umount")
        elif os.path.isdir(point):
            os.rmdir(point)


def left_mounted():
    """What is mounted below our directory."""
    with open("/proc/self/mountinfo", encoding="utf-8") as lines:
        points = [line.split(" ")[4] for line in lines]
    return [point for point in points if point.startswith(WORK + "/")]


def daemon_of(point):
    return int(os.getxattr(point, "user.tfrecordfs.worker_pid").decode())


def shards(directory):
    return sorted(glob.glob(os.path.join(directory, "*-of-*")))


@dataclasses.dataclass(frozen=True)
class Pass:
    """What a reader read; None where it does not look."""
    seconds: float
    bytes: int = None
    records: int = None
    digest: int = None


def parse_pass(text):
    seconds, nr_bytes, records, digest = text.split()
    return Pass(float(seconds), int(nr_bytes), int(records), int(digest))


def read_counted(files, readers):
    """A pass over files as TensorFlow reads, both checksums verified."""
    return parse_pass(run(f"{TOOLS}/read_shards", "verify", readers, *files))


def read(files, readers):
    """Bytes per second of such a pass."""
    seen = read_counted(files, readers)
    return seen.bytes / seen.seconds


def read_files(files, threads, *how):
    """A pass over image files in C; how: convert and a directory, else they are only read."""
    how = how or ("read",)
    return parse_pass(run(f"{TOOLS}/read_files", how[0], threads, *how[1:],
                          input="\n".join(files) + "\n"))


def evict(files):
    """Drop files from the page cache, so that their next pass is a first one."""
    for path in files:
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def can_drop_caches():
    return os.access(DROP_CACHES, os.W_OK)


def drop_caches():
    """Make the kernel forget all that is not in use: files, names and inodes."""
    os.sync()
    with open(DROP_CACHES, "w", encoding="ascii") as file:
        file.write("3")


def meminfo_bytes(*names):
    """The sum of some rows of /proc/meminfo."""
    text = open("/proc/meminfo", encoding="ascii").read()
    return sum(1024 * int(re.search(rf"^{name}:\s+(\d+)", text, re.M).group(1)) for name in names)


class CacheStat(ctypes.Structure):
    """struct cachestat: numbers of pages."""
    _fields_ = [(name, ctypes.c_uint64) for name in (
        "cached", "dirty", "writeback", "evicted", "recently_evicted")]


CACHESTAT = 451  # the system call's number, the same everywhere


def cached_bytes(handles):
    """Bytes that the page cache holds of open files; None where the kernel cannot say."""
    libc = ctypes.CDLL(None)
    whole = (ctypes.c_uint64 * 2)(0, 0)
    stat, pages = CacheStat(), 0
    for handle in handles:
        if libc.syscall(CACHESTAT, handle, whole, ctypes.byref(stat), 0) != 0:
            return None
        pages += stat.cached
    return pages * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def opened(files):
    """Handles of files."""
    handles = []
    try:
        for path in files:
            handles.append(os.open(path, os.O_RDONLY))
        yield handles
    finally:
        for handle in handles:
            os.close(handle)


def cached_bytes_of(files):
    """As cached_bytes(), of files that can be opened without losing what is cached."""
    total = 0
    for first in range(0, len(files), 500):
        with opened(files[first:first + 500]) as handles:
            total += cached_bytes(handles)
    return total


def status_mb(pid, *names):
    status = open(f"/proc/{pid}/status", encoding="ascii").read()
    return sum(int(re.search(rf"{name}:\s+(\d+)", status).group(1)) for name in names) / 1024


def resident_mb(pid):
    return status_mb(pid, "VmRSS")


def forget_peak(pid):
    """From now on the peak of memory, VmHWM, counts anew."""
    with open(f"/proc/{pid}/clear_refs", "w", encoding="ascii") as file:
        file.write("5")


def process_cpu(pid):
    """Seconds of processor that a process used, in both modes."""
    fields = open(f"/proc/{pid}/stat", encoding="ascii").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_cpu():
    """Seconds of processor of all commands that ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def watch(*command):
    """Seconds and peak memory in MB of one command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(" ".join(command))
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def missing_command(name, package):
    """Why a command cannot be run, or None."""
    return None if shutil.which(name) else f"{name} is not installed ({package})"
