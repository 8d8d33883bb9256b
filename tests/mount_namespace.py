# SPDX-License-Identifier: MIT
"""A mount namespace, which is what a machine's mounts are."""

import subprocess


class MountNamespace:
    """Lives until it is ended, when what is mounted in it goes; @enter runs a command there."""

    def __init__(self):
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c",
             "echo; exec sleep infinity"], stdout=subprocess.PIPE)
        assert self.holder.stdout.readline() == b"\n", "namespaces cannot be made here"
        self.enter = ["nsenter", f"--mount=/proc/{self.holder.pid}/ns/mnt"]

    def seen(self, path):
        """A path in it, for who stands outside."""
        return f"/proc/{self.holder.pid}/root{path}"

    def end(self):
        self.holder.kill()
        self.holder.wait()
        self.holder.stdout.close()
