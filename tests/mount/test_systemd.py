# SPDX-License-Identifier: MIT
"""The files of systemd/: what systemd says of them, and the unit's command line as it stands,
with its places moved.  test_systemd_boot.py runs them for real."""

import json
import shutil
import subprocess

import documents
import images
import program as programs
import pytest

FOLDER = documents.TOP / "systemd"
UNIT = FOLDER / "tfrecordfs@.service"
PLACES = {"/usr/local/bin/tfrecordfs": "", "/etc/tfrecordfs/%i.json": "data.json",
          "/mnt/%i": "mnt"}
# Each of these gives a service mounts of its own, which nobody else sees.
OWN_MOUNTS = {
    "BindPaths", "BindReadOnlyPaths", "InaccessiblePaths", "MountAPIVFS", "MountFlags",
    "NoExecPaths", "PrivateDevices", "PrivateIPC", "PrivateMounts", "PrivateNetwork",
    "PrivateTmp", "PrivateUsers", "ProcSubset", "ProtectControlGroups", "ProtectHome",
    "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "ProtectProc",
    "ProtectSystem", "ReadOnlyPaths", "ReadWritePaths", "RootDirectory", "RootImage",
    "TemporaryFileSystem", "DynamicUser"}
needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"),
                                   reason="systemd-analyze is not here")


def command(folder):
    (line,) = [line for line in UNIT.read_text().splitlines() if line.startswith("ExecStart=")]
    words = line.removeprefix("ExecStart=").split()
    assert set(PLACES) <= set(words)
    return [str(folder / PLACES[word]) if word in PLACES else word for word in words][1:]


def test_the_command_of_the_unit_serves_a_data_set_file(tfrecordfs, folder):
    source = folder / "images"
    images.class_folders(source, {"cat": 3, "dog": 3})
    (folder / "data.json").write_text(json.dumps({"source": str(source)}))
    (folder / "mnt").mkdir()
    process = tfrecordfs.start(*command(folder), env={"CACHE_DIRECTORY": str(folder / "cache")})
    try:
        programs.wait_until(lambda: programs.mounts_below(folder / "mnt"), 30, "the mount")
        assert list((folder / "mnt").glob("train-*.tfrecord"))
        assert list((folder / "cache").glob("*.index")), "the index is in CACHE_DIRECTORY"
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert process.returncode == 0


@needs_systemd
@pytest.mark.parametrize("unit", sorted(path for path in FOLDER.rglob("*") if path.suffix in (
    ".service", ".mount", ".automount")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_systemd_understands_every_unit(tfrecordfs, folder, unit):
    copies = folder / "units"
    # An automount needs its mount.
    shutil.copytree(unit.parent, copies, ignore=shutil.ignore_patterns("user", "examples"))
    copy = copies / unit.name.replace("@.", "@x.")
    (copies / unit.name).rename(copy)
    copy.write_text(copy.read_text().replace("/usr/local/bin/tfrecordfs", str(tfrecordfs.path)))
    whose = ["--user"] if unit.parent.name == "user" else []
    run = subprocess.run(["systemd-analyze", "verify", "--man=no", *whose, copy],
                         capture_output=True, text=True, check=False,
                         env=tfrecordfs.environment({"XDG_RUNTIME_DIR": str(folder)}))
    assert run.returncode == 0 and copy.name not in run.stderr, run.stderr


def settings_of(unit):
    return {line.split("=")[0] for line in unit.read_text().splitlines()
            if "=" in line and not line.startswith("#")}


def test_no_unit_hides_its_mount_from_others():
    for unit in FOLDER.rglob("*.service"):
        assert not settings_of(unit) & OWN_MOUNTS


@needs_systemd
def test_the_service_is_confined_as_far_as_others_still_see_the_mount():
    run = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=40", UNIT],
                         capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
