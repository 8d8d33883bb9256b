# SPDX-License-Identifier: MIT
"""
What a FUSE CSI plugin does: it has the rights to mount, and hands the mounted descriptor of
/dev/fuse to a process that has none, by a socket.  Also as that process's fusermount3.

    python3 fuse_plugin.py run SOCKET PROGRAM SOURCE [OPTION...]
        receive a descriptor, and serve it
    fusermount3 -o OPTIONS -- MOUNTPOINT
        where this file is called so: have the plugin of FUSE_PLUGIN_SOCKET do it
"""

import contextlib
import ctypes
import os
import socket
import sys
import threading

LIBC = ctypes.CDLL(None, use_errno=True)
READ_ONLY_NOSUID_NODEV = 1 | 2 | 4
LAZY = 2


def mount(path):
    """A descriptor of /dev/fuse, mounted on @path."""
    fd = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions"
    if LIBC.mount(b"photos", os.fsencode(path), b"fuse.tfrecordfs", READ_ONLY_NOSUID_NODEV,
                  options.encode()) != 0:
        os.close(fd)
        raise OSError(ctypes.get_errno(), f"mounting on {path}")
    return fd


class Plugin:
    """Answers one line a connection: "mount PATH" with a descriptor, "unmount PATH" with ok."""

    def __init__(self, address):
        self.address = str(address)
        self.heard = []
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.address)
        os.chmod(self.address, 0o666)
        self.socket.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.socket.accept()
            with connection:
                self.answer(connection, connection.recv(4096).decode())

    def answer(self, connection, line):
        self.heard.append(line)
        what, path = line.split(" ", 1)
        if what == "mount":
            fd = mount(path)
            socket.send_fds(connection, [b"ok"], [fd])
            os.close(fd)
        elif what == "unmount":
            LIBC.umount2(os.fsencode(path), LAZY)
            connection.send(b"ok")


def ask(address, line):
    """The answer's descriptor, or None."""
    with socket.socket(socket.AF_UNIX) as plugin:
        plugin.connect(address)
        plugin.send(line.encode())
        _, fds, _, _ = socket.recv_fds(plugin, 16, 1)
        return fds[0] if fds else None


def run(address, program, source, *options):
    mnt, *options = options
    fd = ask(address, f"mount {mnt}")
    os.set_inheritable(fd, True)
    os.execv(program, [program, "mount", "--foreground", source, f"/dev/fd/{fd}", *options])


def fusermount3(words):
    """As libfuse calls it: the descriptor goes to the socket that _FUSE_COMMFD numbers."""
    address = os.environ["FUSE_PLUGIN_SOCKET"]
    path = os.path.abspath(words[-1])
    if "-u" in words or "-uz" in words:
        ask(address, f"unmount {path}")
        return
    fd = ask(address, f"mount {path}")
    with contextlib.suppress(OSError):
        ask(address, "environment " + " ".join(sorted(os.environ)))
    with socket.socket(fileno=int(os.environ["_FUSE_COMMFD"])) as libfuse:
        socket.send_fds(libfuse, [b"\0"], [fd])
        os.close(fd)
        if "auto_unmount" in " ".join(words):
            # Open as long as who mounts lives.
            while libfuse.recv(1):
                pass
            ask(address, f"unmount {path}")


if __name__ == "__main__":
    if os.path.basename(sys.argv[0]) == "fusermount3":
        fusermount3(sys.argv[1:])
    else:
        run(*sys.argv[2:])
