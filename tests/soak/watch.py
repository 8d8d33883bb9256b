# SPDX-License-Identifier: MIT
"""The processes of a mount as /proc shows them: memory, descriptors, threads, zombies."""

import dataclasses
import pathlib
import statistics
import time

import program as programs

# Beyond these, growth between the second and the last third is a leak.
MEMORY_SHARE, MEMORY_BYTES = 0.15, 12 << 20
# Images are kept open, up to so many (stream/image_files.h); the rest of both is slack.
MORE_DESCRIPTORS, MORE_THREADS = 64 + 8, 40


@dataclasses.dataclass
class Sample:
    """What /proc says of one process."""
    anonymous: int
    descriptors: int
    threads: int


def sample(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    value = {line.split(":")[0]: line.split(":")[1].split()[0]
             for line in status.splitlines() if ":\t" in line and line.split(":")[1].split()}
    return Sample(int(value["RssAnon"]) << 10,
                  len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir())), int(value["Threads"]))


def zombies_of(pid):
    return [path.name for path in pathlib.Path("/proc").glob("[0-9]*")
            if programs.parent_of(path.name) == pid and not programs.is_running(path.name)]


class Watched:
    """The two processes of one mount."""

    def __init__(self, name, mounted):
        self.name, self.mounted = name, mounted
        self.keeper, self.worker = mounted.pid, mounted.worker
        self.first = sample(self.worker)
        self.first_keeper = sample(self.keeper)
        self.samples = []

    def look(self):
        self.samples.append(sample(self.worker))

    def faults(self, is_sanitized):
        """Sentences about what grew, once nobody reads any more."""
        if self.mounted.worker != self.worker or self.mounted.pid != self.keeper:
            yield f"{self.name}: another process serves than at the beginning"
            return
        deadline = time.monotonic() + 60
        while True:
            now, keeper = sample(self.worker), sample(self.keeper)
            more = (now.descriptors - self.first.descriptors, now.threads - self.first.threads)
            if more[0] <= MORE_DESCRIPTORS and more[1] <= MORE_THREADS:
                break
            if time.monotonic() > deadline:
                yield (f"{self.name}: {now.descriptors} descriptors and {now.threads} threads "
                       f"are left, of {self.first.descriptors} and {self.first.threads}")
                break
            time.sleep(0.5)
        if (keeper.descriptors, keeper.threads) != (self.first_keeper.descriptors,
                                                    self.first_keeper.threads):
            yield f"{self.name}: the keeper has {keeper}, and had {self.first_keeper}"
        for pid in (self.keeper, self.worker):
            if zombies := zombies_of(pid):
                yield f"{self.name}: zombies {zombies}"
        # A sanitizer keeps what was freed.
        if not is_sanitized and self.growth() > max(
                MEMORY_BYTES, MEMORY_SHARE * self.median(1)):
            yield f"{self.name}: its memory grew by {self.growth() >> 20} MiB"

    def median(self, third):
        samples = self.samples or [self.first]
        part = len(samples) // 3
        return statistics.median(s.anonymous for s in
                                 samples[third * part:(third + 1) * part] or samples)

    def growth(self):
        return int(self.median(2) - self.median(1))

    def line(self):
        self.look()
        most = max(self.samples, key=lambda s: s.anonymous)
        return (f"{self.name:10} memory {self.median(1) / 2**20:.1f} then "
                f"{self.median(2) / 2**20:.1f} MiB (most {most.anonymous / 2**20:.1f}), "
                f"descriptors {self.first.descriptors} to "
                f"{max(s.descriptors for s in self.samples)}, then "
                f"{self.samples[-1].descriptors}, threads {self.first.threads} to "
                f"{max(s.threads for s in self.samples)}, then {self.samples[-1].threads}")
