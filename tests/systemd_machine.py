# SPDX-License-Identifier: MIT
"""A machine with a real systemd: its own processes, mounts and control groups, over a layer
on top of this machine's files."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess

import program as programs
import pytest

SYSTEMD = "/lib/systemd/systemd"
TOP = pathlib.Path(__file__).parents[1]
GROUPS = pathlib.Path("/sys/fs/cgroup")

# What of a boot would reach through to the machine that the test runs on, or takes long.
MASKED = """systemd-sysctl systemd-modules-load systemd-udevd systemd-udev-trigger
systemd-random-seed systemd-remount-fs systemd-hwdb-update systemd-timesyncd
systemd-journal-flush systemd-update-utmp systemd-sysusers systemd-firstboot"""

# Before systemd is started: arguments are the directory to work in, and the program.
BOOT = r"""
set -e
over=$1 program=$2 masked=$3
root=$over/root
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$over"
mkdir "$over/upper" "$over/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$over/upper,workdir=$over/work" "$root"
mount -t proc proc "$root/proc"
# A systemd raises limits of the kernel's, which are those of the machine that the test runs on.
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
if [ -d /sys/fs/cgroup/systemd ]; then
	mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
	for kind in systemd devices unified; do mkdir "$root/sys/fs/cgroup/$kind"; done
	mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
	mount -t cgroup -o devices cgroup "$root/sys/fs/cgroup/devices"
	mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup/unified"
else
	mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
fi
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$root/dev/"
mknod -m 666 "$root/dev/fuse" c 10 229
[ ! -e /dev/autofs ] || cp -a /dev/autofs "$root/dev/"
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
cp "$program" "$root/usr/local/bin/tfrecordfs"
for link in mount.tfrecordfs mount.fuse.tfrecordfs; do
	ln -sf /usr/local/bin/tfrecordfs "$root/usr/sbin/$link"
done
rm -rf "$root"/etc/systemd/system/*.wants "$root/var/cache/tfrecordfs"
: > "$root/etc/machine-id"
cp "$over.fstab" "$root/etc/fstab"
cp -r "$over.files/." "$root/"
for name in $masked; do ln -sf /dev/null "$root/etc/systemd/system/$name.service"; done
ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
cd "$root"
mkdir old
pivot_root . old
umount -l /old
exec env -i container=lxc \
	PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	/lib/systemd/systemd --system --show-status=no --log-target=journal
"""


class Machine:
    """A booted one."""

    def __init__(self, pid):
        self.pid = pid
        self.root = pathlib.Path(f"/proc/{pid}/root")

    def run(self, *command, code=0, timeout=60):
        done = subprocess.run(["nsenter", "--target", str(self.pid), "--all", "--",
                               *map(str, command)], capture_output=True, text=True,
                              check=False, timeout=timeout, stdin=subprocess.DEVNULL)
        assert code is None or done.returncode == code, (
            f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}\n"
            + (self.journal() if command[0] != "journalctl" else ""))
        return done

    def shell(self, script, code=0):
        return self.run("sh", "-c", script, code=code).stdout

    def journal(self, unit=None):
        return self.run("journalctl", "--no-pager", "-o", "short",
                        *(["-u", unit] if unit else []), code=None).stdout

    def show(self, unit, name):
        return self.run("systemctl", "show", "--value", "--property", name, unit).stdout.strip()

    def wait_for(self, unit, name, value, seconds=30):
        programs.wait_until(lambda: self.show(unit, name) == value, seconds,
                            f"{name}={value} of {unit}")

    def is_mounted(self, path):
        return self.run("findmnt", "--noheadings", path, code=None).returncode == 0


def groups(name):
    """Control groups of the machine, in each hierarchy that systemd is to see."""
    if not (GROUPS / "systemd").is_dir():
        return [GROUPS / name]
    return [GROUPS / kind / name for kind in ("systemd", "devices", "unified")]


def enter(paths):
    """Runs after fork()."""
    def write():
        for path in paths:
            (path / "cgroup.procs").write_text("0")
    return write


def remove_groups(paths):
    for path in paths:
        for directory, _, _ in os.walk(path, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(directory)


def child_of(pid):
    """Who is systemd to us; None before it is there."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (programs.parent_of(int(process.name)) == pid
                    and os.path.realpath(process / "exe") == os.path.realpath(SYSTEMD)):
                return int(process.name)
    return None


def why_not():
    if os.geteuid() != 0:
        return "only root can start a systemd of its own"
    for command in ("systemctl", "nsenter", "journalctl"):
        if not shutil.which(command):
            return f"{command} is not here"
    return None if os.path.exists(SYSTEMD) else "systemd is not here"


@contextlib.contextmanager
def booted(program, folder, fstab="", files=None):
    """
    Boot with @fstab and with @files, a directory that is laid over the root; systemd/'s units
    are there, too.
    """
    if why_not():
        pytest.skip(why_not())
    over = folder / "machine"
    over.mkdir()
    over.with_suffix(".fstab").write_text(fstab)
    laid = over.with_suffix(".files")
    laid.mkdir()
    if files:
        shutil.copytree(files, laid, dirs_exist_ok=True)
    for units, place in (("", "system"), ("user", "user")):
        (laid / "etc/systemd" / place).mkdir(parents=True, exist_ok=True)
        for unit in (TOP / "systemd" / units).glob("*.service"):
            shutil.copy(unit, laid / "etc/systemd" / place)
    paths = groups(f"tfrecordfs-test-{os.getpid()}")
    for path in paths:
        path.mkdir(exist_ok=True)
    process = subprocess.Popen(
        ["unshare", "--mount", "--pid", "--cgroup", "--uts", "--ipc", "--fork", "--kill-child",
         "sh", "-c", BOOT, "sh", over, program.path, " ".join(MASKED.split())],
        preexec_fn=enter(paths), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True)
    try:
        programs.wait_until(lambda: child_of(process.pid) or process.poll() is not None, 30,
                            "systemd")
        if process.poll() is not None:
            said = process.stdout.read()
            if "permission" in said.lower() or "not permitted" in said:
                pytest.skip(f"no machine can be started here: {said}")
            raise AssertionError(said)
        machine = Machine(child_of(process.pid))
        wait_for_boot(machine)
        yield machine
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        programs.wait_until(lambda: not any(map(has_processes, paths)), 30, "the end of systemd")
        remove_groups(paths)


def has_processes(path):
    return any((pathlib.Path(directory) / "cgroup.procs").read_text()
               for directory, _, _ in os.walk(path))


def wait_for_boot(machine):
    def is_up():
        state = machine.run("systemctl", "is-system-running", code=None).stdout.strip()
        return state in ("running", "degraded")
    programs.wait_until(is_up, 60, "the end of the boot")
