# SPDX-License-Identifier: MIT
"""Debian systems with nothing on them, to install into and to throw away.

A base is made once by debootstrap and kept in build/chroots; a system is a layer above it,
with processes, mounts and users of its own.  What fetches packages from where is this
machine's own: its mirrors, proxies, certificates and caches are handed on."""

import contextlib
import ctypes
import fcntl
import functools
import itertools
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import time

import documents

STORE = documents.TOP / "build/chroots"
HOST = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', pathlib.Path("/etc/os-release").read_text(), re.M))
HANDED_ON = re.compile(r"(?i)^((http|https|ftp|no|all)_proxy|PIP_\w+|SSL_CERT_\w+)$")
PIP_CONFIGURATION = pathlib.Path("/etc/pip.conf")
# Where the one is, and where the other is to be, which packages of certificates leave alone.
CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
CERTIFICATES_INSIDE = "/etc/certificates-of-the-host.crt"
# What dpkg does for the safety of disks costs most of the time, and these are thrown away.
UNSAFE = "force-unsafe-io\n"
CLONE_NEWNS = 0x20000


def why_not():
    """Why there can be none here; None: there can."""
    if os.geteuid() != 0:
        return "takes root"
    for program in ("debootstrap", "unshare", "nsenter"):
        if not shutil.which(program):
            return f"{program} is not installed"
    if "VERSION_CODENAME" not in HOST or not sources("bookworm"):
        return "this machine has no mirror of Debian that another release could come from"
    return None


def entries_of_this_machine():
    """(address, suite, components) of every line of its lists of packages."""
    for path in [pathlib.Path("/etc/apt/sources.list"),
                 *sorted(pathlib.Path("/etc/apt/sources.list.d").glob("*"))]:
        text = path.read_text() if path.is_file() else ""
        for address, suite, components in re.findall(
                r"^deb +(?:\[[^\]]*\] +)?(\S+) +(\S+) +(.*)$", text, re.M):
            yield address, suite, components
        for stanza in re.split(r"\n\s*\n", text) if path.suffix == ".sources" else []:
            fields = dict(re.findall(r"^([\w-]+): *(.*)$", stanza, re.M))
            for suite in fields.get("Suites", "").split():
                yield fields["URIs"].split()[0], suite, fields.get("Components", "")


def sources(release):
    """The same for another release: [(address, suite, components)], its main archive first."""
    here = HOST["VERSION_CODENAME"]
    found = [(address, release + suite.removeprefix(here), components)
             for address, suite, components in entries_of_this_machine()
             if re.fullmatch(rf"{here}(-updates|-security)?", suite)]
    return sorted(found, key=lambda entry: len(entry[1]))


def run(*command, **keywords):
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors="replace", check=False,
                          **keywords)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


def leave_the_mounts_of_others():
    """Nothing that is mounted from now on is seen by others, or outlives this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.unshare(CLONE_NEWNS) == 0, os.strerror(ctypes.get_errno())
    run("mount", "--make-rprivate", "/")


def acquire_options():
    """How this machine's apt fetches: proxies, retries, what it does not check."""
    said = run("apt-config", "dump")
    return "".join(line + "\n" for line in said.splitlines()
                   if re.match(r"Acquire::(http|https|Retries|Check|ForceIPv)\S* ", line))


def inside(text):
    """A setting of this machine as it is right in a system."""
    return text.replace(str(CERTIFICATES), CERTIFICATES_INSIDE)


def base(release):
    """The directory of a fresh minimal system; made where it is not there."""
    directory = STORE / release
    STORE.mkdir(parents=True, exist_ok=True)
    with open(STORE / f"{release}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if directory.exists():
            return directory
        making = STORE / f"{release}.part"
        shutil.rmtree(making, ignore_errors=True)
        run("debootstrap", "--variant=minbase", release, making, sources(release)[0][0])
        (making / "etc/apt/sources.list").write_text("".join(
            f"deb {address} {suite} {components}\n"
            for address, suite, components in sources(release)))
        (making / "etc/apt/apt.conf.d/90this-machine").write_text(acquire_options())
        (making / "etc/dpkg/dpkg.cfg.d/unsafe").write_text(UNSAFE)
        (making / "etc/resolv.conf").unlink(missing_ok=True)
        for path in ("etc/resolv.conf", "etc/hosts"):
            shutil.copy(f"/{path}", making / path)
        # As what starts a system makes it; fusermount3 reads it.
        if not (making / "etc/mtab").is_symlink():
            (making / "etc/mtab").symlink_to("../proc/self/mounts")
        making.rename(directory)
    return directory


@functools.cache
def fetched_packages(release):
    """(where apt keeps what it fetches, kept for the next run; the lock on it)

    Of this process alone, as apt waits for no other that uses it."""
    for number in itertools.count():
        place = STORE / f"{release}-packages-{number}"
        (place / "partial").mkdir(parents=True, exist_ok=True)
        lock = open(f"{place}.lock", "w", encoding="utf-8")  # pylint: disable=consider-using-with
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return place, lock
        except BlockingIOError:
            lock.close()


class System:
    """A running system; run() is a root shell in it."""

    def __init__(self, release):
        self.release = release
        self.root = STORE / f"{release}-{os.getpid()}-{time.monotonic_ns()}"
        self.keeper = None

    def start(self):
        lower = base(self.release)
        root, (packages, _) = self.root, fetched_packages(self.release)
        for directory in (root, *self.beside()):
            directory.mkdir(parents=True, exist_ok=True)
        try:
            run("mount", "-t", "overlay", "overlay", "-o",
                f"lowerdir={lower},upperdir={self.beside()[0]},workdir={self.beside()[1]}", root)
        except AssertionError:
            # Some containers' own file system cannot be below an overlay.
            run("cp", "-a", f"{lower}/.", root)
            run("mount", "--bind", root, root)
        self.bind("/dev", "dev", "--rbind")
        self.bind("/sys", "sys", "--rbind")
        self.bind(packages, "var/cache/apt/archives")
        # Tests of the page cache ask about files that are not of an overlay.
        self.bind(self.beside()[2], "tmp")
        (root / "tmp").chmod(0o1777)
        self.bind_what_pip_needs()
        # Its own processes: when the first one ends, all end, and what they mounted with them.
        self.keeper = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child",
             f"--mount-proc={root}/proc", "chroot", str(root), "bash", "-c",
             "while :; do sleep 1; done"])
        children = pathlib.Path(f"/proc/{self.keeper.pid}/task/{self.keeper.pid}/children")
        deadline = time.monotonic() + 30
        while not children.read_text().split():
            assert time.monotonic() < deadline, "the system does not start"
            time.sleep(0.01)
        self.first = children.read_text().split()[0]
        self.run("until mountpoint -q /proc; do sleep 0.01; done")

    def bind(self, source, place, how="--bind"):
        target = self.root / place
        if pathlib.Path(source).is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        run("mount", how, source, target)
        run("mount", "--make-rslave", target)

    def bind_what_pip_needs(self):
        if CERTIFICATES.exists():
            shutil.copy(CERTIFICATES, self.root / CERTIFICATES_INSIDE[1:])
        if PIP_CONFIGURATION.exists():
            (self.root / "etc/pip.conf").write_text(inside(PIP_CONFIGURATION.read_text()))
        for place in os.environ.get("PIP_FIND_LINKS", "").split():
            if os.path.isdir(place):
                self.bind(place, place[1:])
        cache = STORE / "pip"
        cache.mkdir(exist_ok=True)
        self.bind(cache, "root/.cache/pip")

    def run(self, line, code=0, user=None, network=True, cwd="/root", timeout=1500):
        """Run a line of shell; any other exit code than @code is a failure."""
        environment = {name: inside(value) for name, value in os.environ.items()
                       if HANDED_ON.match(name)}
        environment |= {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                        "HOME": f"/home/{user}" if user else "/root", "LC_ALL": "C.UTF-8",
                        "DEBIAN_FRONTEND": "noninteractive", "TERM": "dumb"}
        cwd = f"/home/{user}" if user and cwd == "/root" else cwd
        who = f"setpriv --reuid={user} --regid={user} --init-groups" if user else ""
        command = ["nsenter", f"--target={self.first}", "--mount", "--pid", "--root", "--wd",
                   *([] if network else ["unshare", "--net"]), *who.split(),
                   "bash", "-c", f"cd {shlex.quote(cwd)} && {{ {line}\n}}"]
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=timeout, check=False)
        assert done.returncode == code, f"{self.release}: $ {line}\n{done.stdout[-100_000:]}"
        return done.stdout

    def install(self, *packages):
        self.run("apt-get update -q && apt-get install -qy --no-install-recommends "
                 + " ".join(packages))

    def entries(self):
        """{path: its kind, mode, owner, and size or where it leads}"""
        said = self.run(r"find / -xdev \( -type d -printf '%p\t%M %U %G\n' \) "
                        r"-o -printf '%p\t%M %U %G %s %l\n'")
        return dict(line.split("\t", 1) for line in said.splitlines())

    def stop(self):
        if self.keeper:
            self.keeper.kill()
            self.keeper.wait()
        # All that is bound from this machine stands on this mount, and goes with it.
        while os.path.ismount(self.root):
            run("umount", "--recursive", "--lazy", self.root)
        run("rm", "-rf", "--one-file-system", self.root, *self.beside())

    def beside(self):
        """What the layer is made of, and /tmp."""
        return [self.root.with_suffix(suffix) for suffix in (".upper", ".work", ".tmp")]


@contextlib.contextmanager
def system(release):
    machine = System(release)
    try:
        machine.start()
        yield machine
    finally:
        machine.stop()
