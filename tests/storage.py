# SPDX-License-Identifier: MIT
"""A directory by way of storage that can be made slow, to fail, or to hang."""

import contextlib
import os
import subprocess

import program as programs
import tracing


class Storage:
    """What tests/faults/faulty_source shows of a directory."""

    def __init__(self, server, path, faults):
        self.server, self.path, self.file = server, path, faults

    def set(self, *faults):
        """From now on these faults, each (part, operation, milliseconds, number)."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text("".join(" ".join(map(str, fault)) + "\n" for fault in faults))
        fresh.rename(self.file)

    def mend(self):
        self.file.unlink(missing_ok=True)

    @contextlib.contextmanager
    def fault(self, part, operation, milliseconds=0, number=0):
        self.set((part, operation, milliseconds, number))
        try:
            yield
        finally:
            self.mend()


@contextlib.contextmanager
def storage_of(program_path, directory, path):
    """Show @directory at @path."""
    path.mkdir()
    faults = path.with_suffix(".faults")
    server = subprocess.Popen([program_path.parent / "tests/faults/faulty_source", directory,
                               path, faults], env={**os.environ, **tracing.UNLEAKED})
    try:
        programs.wait_until(lambda: os.path.ismount(path), 20, "the storage to be mounted")
        yield Storage(server, path, faults)
    finally:
        faults.unlink(missing_ok=True)
        subprocess.run(["fusermount3", "-uz", path], check=False, capture_output=True)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            raise
