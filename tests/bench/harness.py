"""Mounts, readers and ratios: what every measurement needs."""

import contextlib
import glob
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(ROOT, "build/release/tfrecordfs")
NR_CPUS = os.cpu_count()
TOOLS = os.path.join(ROOT, "build/release/tests/bench")
WORK = os.path.join(ROOT, "build/bench")
README = os.path.join(ROOT, "tests/bench/README.md")


def run(*command, **options):
    """Run a command; its standard output.  Fails loudly."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def mounted(source, index, *options):
    """A fresh mount in a fresh directory; yields its path and what mount --json said."""
    point = os.path.join(WORK, f"mnt-{time.monotonic_ns()}")
    os.makedirs(point)
    told = json.loads(run(PROGRAM, "mount", source, point, "--index", index, "--json", *options))
    if os.stat(point).st_dev == os.stat(WORK).st_dev:
        sys.exit(f"{point} is not a mount")
    try:
        yield point, told
    finally:
        for _ in range(20):
            if subprocess.run([PROGRAM, "umount", point], capture_output=True).returncode == 0:
                break
            time.sleep(0.1)
        if os.path.ismount(point):
            sys.exit(f"{point} stayed mounted")
        os.rmdir(point)


def shards(directory):
    return sorted(glob.glob(os.path.join(directory, "*-of-*")))


def read_counted(files, readers):
    """Seconds, bytes and records of a pass over files, both checksums verified."""
    seconds, nr_bytes, records = run(f"{TOOLS}/read_shards", readers, *files).split()
    return float(seconds), int(nr_bytes), int(records)


def read(files, readers):
    """Bytes per second of a pass over files."""
    seconds, nr_bytes, _ = read_counted(files, readers)
    return nr_bytes / seconds


def evict(files):
    """Drop files from the page cache, so that their next pass is a first one."""
    for path in files:
        with open(path, "rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def resident_mb(pid):
    status = open(f"/proc/{pid}/status").read()
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def watch(*command):
    """Seconds and peak memory in MB of one command."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(" ".join(command))
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def ratio(ours, theirs):
    return statistics.median(ours) / statistics.median(theirs)


def gigabytes(rates):
    return f"{statistics.median(rates) / 1e9:.2f} GB/s"
