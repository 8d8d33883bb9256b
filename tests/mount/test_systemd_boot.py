# SPDX-License-Identifier: MIT
"""Under a real systemd that is the first process of a machine of its own."""

import json
import re

import images
import program as programs
import pytest
import systemd_machine as machines

UNIT = "tfrecordfs@photos.service"
MNT = "/mnt/photos"

# What a sanitizer does, the unit's filters of system calls do not allow.
pytestmark = pytest.mark.slow


@pytest.fixture
def files(folder):
    """What is laid over the machine's root: images, and a data set file of them."""
    files = folder / "files"
    images.class_folders(files / "data/photos", {"cat": 4, "dog": 3})
    (files / "etc/tfrecordfs").mkdir(parents=True)
    (files / "etc/tfrecordfs/photos.json").write_text(
        json.dumps({"source": "/data/photos", "shards": 1, "on-bad": "skip"}))
    (files / "mnt/photos").mkdir(parents=True)
    soon = files / f"etc/systemd/system/{UNIT}.d/soon.conf"
    soon.parent.mkdir(parents=True)
    soon.write_text("[Service]\nRestartSec=100ms\nWatchdogSec=2\n")
    return files


@pytest.fixture
def machine(tfrecordfs, folder, files):
    with machines.booted(tfrecordfs, folder, files=files) as machine:
        yield machine


def main_pid(machine):
    return machine.show(UNIT, "MainPID")


def test_the_service_starts_reloads_and_stops(machine):
    machine.run("systemctl", "start", UNIT)
    assert machine.show(UNIT, "StatusText") == "Serving 1 shard, 7 records"
    # Others see the mount: it was not made in a namespace of the service's.
    assert machine.run("tfrecordfs", "verify", f"{MNT}/train-00000-of-00001.tfrecord")
    # Everybody may read it who may read the images.
    machine.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c",
                f"cat {MNT}/train-00000-of-00001.tfrecord > /dev/null")
    status = json.loads(machine.run("tfrecordfs", "status", MNT, "--json").stdout)[0]
    # What we give up ourselves, the filters of the unit let us.
    for part in ("landlock", "seccomp", "no new privileges", "capabilities"):
        assert part in status["confinement"]
    assert machine.shell("ls /var/cache/tfrecordfs/*.index")
    machine.shell("rm $(ls -d /data/photos/dog/* | head -n 1)")
    machine.run("systemctl", "reload", UNIT)
    assert machine.show(UNIT, "ActiveState") == "active"
    machine.wait_for(UNIT, "StatusText", "Serving 1 shard, 6 records")
    machine.run("systemctl", "stop", UNIT)
    assert machine.show(UNIT, "Result") == "success"
    assert not machine.is_mounted(MNT)
    assert "error" not in machine.journal(UNIT).lower()


@pytest.mark.fault(fault="reload fails", moment="systemctl reload",
                   expected="systemctl fails; the service goes on")
def test_a_reload_that_fails_fails_systemctl(machine):
    machine.run("systemctl", "start", UNIT)
    machine.shell("mv /data/photos /data/elsewhere")
    assert machine.run("systemctl", "reload", UNIT, code=None).returncode != 0
    assert machine.show(UNIT, "ActiveState") == "active"
    machine.run("tfrecordfs", "status", "--probe", MNT)


@pytest.mark.fault(fault="SIGKILL of the keeper", moment="under systemd",
                   expected="started again on the same mountpoint")
def test_a_service_that_is_killed_is_started_again(machine):
    machine.run("systemctl", "start", UNIT)
    before = main_pid(machine)
    machine.run("kill", "-KILL", before)
    machine.wait_for(UNIT, "NRestarts", "1")
    machine.wait_for(UNIT, "ActiveState", "active")
    assert main_pid(machine) != before
    machine.run("tfrecordfs", "verify", f"{MNT}/train-00000-of-00001.tfrecord")
    machine.run("systemctl", "stop", UNIT)
    assert not machine.is_mounted(MNT)


@pytest.mark.fault(fault="something else is mounted on the mountpoint", moment="systemctl start",
                   expected="the start fails; what is there stays")
def test_a_start_that_is_refused_leaves_other_mounts_alone(machine):
    machine.shell(f"mount -t tmpfs tmpfs {MNT} && echo precious > {MNT}/file")
    assert machine.run("systemctl", "start", UNIT, code=None).returncode != 0
    machine.wait_for(UNIT, "ActiveState", "failed")
    assert machine.shell(f"cat {MNT}/file") == "precious\n"
    machine.shell(f"umount {MNT} && tfrecordfs mount /data/photos {MNT} --index none")
    assert machine.run("systemctl", "start", UNIT, code=None).returncode != 0
    machine.wait_for(UNIT, "ActiveState", "failed")
    machine.run("tfrecordfs", "status", "--probe", MNT)
    machine.run("tfrecordfs", "umount", MNT)


@pytest.mark.fault(fault="SIGKILL of the keeper", moment="under systemd, which starts it no more",
                   expected="no dead mount is left")
def test_a_service_that_is_killed_for_good_leaves_no_dead_mount(machine):
    machine.shell(f"printf '[Service]\\nRestart=no\\n' > /etc/systemd/system/{UNIT}.d/no.conf")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", UNIT)
    machine.run("kill", "-KILL", main_pid(machine))
    machine.wait_for(UNIT, "ActiveState", "failed")
    assert not machine.is_mounted(MNT)


@pytest.mark.fault(fault="the process that serves hangs", moment="under systemd's watchdog",
                   expected="killed and started again")
def test_a_service_that_hangs_is_killed_by_the_watchdog_and_started_again(machine):
    machine.run("systemctl", "start", UNIT)
    machine.shell(f"pkill -STOP -P {main_pid(machine)}")
    machine.wait_for(UNIT, "NRestarts", "1")
    machine.wait_for(UNIT, "ActiveState", "active")
    machine.run("tfrecordfs", "status", "--probe", MNT)
    assert "Watchdog timeout" in machine.journal(UNIT)


@pytest.mark.fault(fault="wrong option in a data set file", moment="under systemd",
                   expected="the start fails with the sentence; not tried again")
def test_a_wrong_option_is_told_once(machine):
    machine.shell('echo \'{"source": "/data/photos", "shrads": 1}\' > '
                  "/etc/tfrecordfs/photos.json")
    assert machine.run("systemctl", "start", UNIT, code=None).returncode != 0
    assert machine.show(UNIT, "ActiveState") == "failed"
    said = [line for line in machine.journal(UNIT).splitlines() if "tfrecordfs: " in line]
    assert len(said) == 1 and "shards" in said[0]


def test_fstab_mounts_at_boot_and_unmounts_at_the_end(tfrecordfs, folder, files):
    names = sorted(path.name for path in (files / "data/photos/cat").iterdir())
    (files / "data/photos/labels.csv").write_text(f"file,label\ncat/{names[0]},x\n")
    images.class_folders(files / "images", {"newt": 3})
    (files / "mnt/newts").mkdir()
    fstab = (f"/data/photos {MNT} fuse.tfrecordfs manifest=labels.csv,shards=1,ro,nofail,"
             "x-systemd.requires-mounts-for=/data 0 0\n"
             # Relative to the root, where a boot is.
             "images /mnt/newts fuse.tfrecordfs shards=1,ro,nofail 0 0\n"
             "/nowhere /srv fuse.tfrecordfs ro,nofail 0 0\n")
    with machines.booted(tfrecordfs, folder, fstab, files) as machine:
        machine.wait_for("mnt-photos.mount", "ActiveState", "active")
        assert "fuse.tfrecordfs" in machine.run("findmnt", "-no", "FSTYPE", MNT).stdout
        machine.run("tfrecordfs", "verify", f"{MNT}/train-00000-of-00001.tfrecord")
        assert machine.shell("ls /var/cache/tfrecordfs/*.index")
        machine.wait_for("mnt-newts.mount", "ActiveState", "active")
        machine.run("tfrecordfs", "verify", "/mnt/newts/train-00000-of-00001.tfrecord")
        # nofail: the boot went on, and the journal has the sentence.
        machine.wait_for("srv.mount", "ActiveState", "failed")
        assert "the source /nowhere: No such file" in machine.journal("srv.mount")
        machine.run("systemctl", "stop", "mnt-photos.mount")
        assert not machine.is_mounted(MNT)
        machine.run("systemctl", "start", "mnt-photos.mount")
        machine.run("umount", MNT)
        machine.wait_for("mnt-photos.mount", "ActiveState", "inactive")


def test_the_example_of_an_automount_mounts_when_somebody_looks(machine):
    if not (machine.root / "dev/autofs").exists():
        pytest.skip("this kernel has no autofs")
    for unit in (machines.TOP / "systemd/examples").iterdir():
        text = unit.read_text()
        if unit.suffix == ".mount":
            text = re.sub("(?m)^Options=.*", "Options=shards=1", text)
        (machine.root / "etc/systemd/system" / unit.name).write_text(text)
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", "mnt-photos.automount")
    assert machine.show("mnt-photos.mount", "ActiveState") == "inactive"
    assert "train-00000-of-00001.tfrecord" in machine.run("ls", MNT).stdout
    assert machine.show("mnt-photos.mount", "ActiveState") == "active"
    machine.run("systemctl", "stop", "mnt-photos.automount", "mnt-photos.mount")


def test_another_service_sees_the_mount(machine):
    machine.run("systemctl", "start", UNIT)
    seen = machine.run("systemd-run", "--pipe", "--wait", "--quiet", "-p", "PrivateTmp=yes",
                       "-p", "ProtectSystem=strict", "-p", f"RequiresMountsFor={MNT}",
                       "ls", MNT)
    assert "train-00000-of-00001.tfrecord" in seen.stdout


USER = "nobody"
HOME = "/home/somebody"
# As logind and PAM would have it, which are packages of their own.
MANAGER = f"""
install -d -o {USER} -m 700 /run/user/65534 {HOME}
install -d -o {USER} {HOME}/.config/tfrecordfs
echo '{{"source": "/data/photos", "shards": 1}}' > {HOME}/.config/tfrecordfs/photos.json
systemd-run --quiet --unit=manager --uid={USER} -p Delegate=yes -p Type=notify -E HOME={HOME} \
    -E XDG_RUNTIME_DIR=/run/user/65534 /lib/systemd/systemd --user
"""
AS_USER = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", f"HOME={HOME}",
           "XDG_RUNTIME_DIR=/run/user/65534"]


def test_the_unit_of_a_user_serves_and_unmounts(machine):
    machine.shell(MANAGER)

    def systemctl(*words):
        return machine.run(*AS_USER, "systemctl", "--user", *words).stdout.strip()

    unit, mnt = "tfrecordfs@photos", f"{HOME}/tfrecordfs/photos"
    systemctl("start", unit)
    assert systemctl("show", "--value", "-p", "StatusText", unit) == "Serving 1 shard, 7 records"
    machine.run(*AS_USER, "tfrecordfs", "verify", f"{mnt}/train-00000-of-00001.tfrecord")
    assert machine.shell(f"ls {HOME}/.cache/tfrecordfs/*.index")
    systemctl("reload", unit)
    systemctl("stop", unit)
    assert not machine.is_mounted(mnt)
    # What else is mounted there is left alone, and a dead mount is not left.
    machine.run(*AS_USER, "tfrecordfs", "mount", "/data/photos", mnt, "--index", "none")
    assert machine.run(*AS_USER, "systemctl", "--user", "start", unit, code=None).returncode != 0
    machine.run(*AS_USER, "tfrecordfs", "status", "--probe", mnt)
    machine.run(*AS_USER, "tfrecordfs", "umount", mnt)
    drop_in = f"{HOME}/.config/systemd/user/{unit}.service.d"
    machine.shell(f"mkdir -p {drop_in} && printf '[Service]\\nRestart=no\\n' > {drop_in}/no.conf")
    systemctl("daemon-reload")
    systemctl("start", unit)
    machine.run("kill", "-KILL", systemctl("show", "--value", "-p", "MainPID", unit))
    programs.wait_until(lambda: systemctl("show", "--value", "-p", "ActiveState", unit) == "failed",
                        30, "the end of the unit")
    assert not machine.is_mounted(mnt)
