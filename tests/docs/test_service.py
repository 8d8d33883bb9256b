# SPDX-License-Identifier: MIT
"""What README.md, mount.tfrecordfs(8) and systemd/README.md say of boots and containers."""

import re
import subprocess

import documents
import images
import pytest

pytestmark = pytest.mark.fuse_required

PAGE = (documents.TOP / "src/cli/mount.tfrecordfs.8").read_text()
SYSTEMD = (documents.TOP / "systemd/README.md").read_text()
SHOWN_BY = {
    "`/etc/fstab`": [
        "mount/test_fstab.py::test_a_line_of_fstab_is_mounted_listed_and_unmounted",
        "mount/test_systemd_boot.py::test_fstab_mounts_at_boot_and_unmounts_at_the_end"],
    "systemd": [
        "mount/test_systemd_boot.py::test_the_service_starts_reloads_and_stops",
        "mount/test_systemd_boot.py::"
        "test_a_service_that_hangs_is_killed_by_the_watchdog_and_started_again",
        "mount/test_systemd_boot.py::test_the_unit_of_a_user_serves_and_unmounts",
        "mount/test_systemd_boot.py::test_the_example_of_an_automount_mounts_when_somebody_looks"],
    "a container's first process": [
        "mount/test_container.py::test_the_first_process_ends_by_a_signal_and_unmounts"],
    "a container without rights": [
        "mount/test_container.py::test_a_plugin_hands_a_mount_to_who_may_do_nothing",
        "mount/test_container.py::test_a_fusermount3_that_has_a_plugin_mount_is_used"],
}

# What stands in mount.tfrecordfs(8)'s list of options.
OPTIONS_SHOWN_BY = {
    "index=": "mount/test_fstab.py::test_the_index_is_where_boot_finds_it_again",
    "setuid=": "mount/test_fstab.py::test_setuid_serves_as_another_user",
    "user": "mount/test_fstab.py::test_an_ordinary_user_mounts_and_unmounts_a_line_with_user",
    "remount": "mount/test_fstab.py::test_a_remount_is_refused_with_what_to_do_instead",
    "x-systemd.mount-timeout=": "docs/test_service.py::test_every_line_of_fstab_is_understood",
    "x-systemd.automount": "mount/test_systemd_boot.py::"
                           "test_the_example_of_an_automount_mounts_when_somebody_looks",
}

# What systemd/README.md lists, by how it begins.
POINTS_SHOWN_BY = {
    "`systemctl start` returns": [
        "mount/test_systemd_boot.py::test_the_service_starts_reloads_and_stops",
        "mount/test_notify.py::test_a_long_scan_asks_for_patience_and_tells_how_far_it_is"],
    "`systemctl status` shows": [
        "mount/test_notify.py::test_all_is_told_in_its_order",
        "mount/test_notify.py::test_an_image_that_fails_degrades_until_a_reload"],
    "`systemctl reload` takes": [
        "mount/test_systemd_boot.py::test_the_service_starts_reloads_and_stops",
        "mount/test_systemd_boot.py::test_a_reload_that_fails_fails_systemctl"],
    "A mount that does not answer": [
        "mount/test_systemd_boot.py::test_a_service_that_is_killed_is_started_again",
        "mount/test_systemd_boot.py::"
        "test_a_service_that_hangs_is_killed_by_the_watchdog_and_started_again"],
    "`systemctl stop` unmounts": [
        "mount/test_systemd_boot.py::test_the_service_starts_reloads_and_stops",
        "mount/test_container.py::test_the_first_process_ends_by_a_signal_and_unmounts",
        "mount/test_systemd_boot.py::test_a_start_that_is_refused_leaves_other_mounts_alone",
        "mount/test_systemd_boot.py::"
        "test_a_service_that_is_killed_for_good_leaves_no_dead_mount"],
    "Indexes are kept": [
        "mount/test_systemd_boot.py::test_the_service_starts_reloads_and_stops"],
}


def test_every_row_of_readme_is_shown_by_a_test():
    rows = documents.rows(documents.section("At boot and in containers"))
    assert [row[0] for row in rows] == list(SHOWN_BY)
    documents.assert_tests_exist(name for names in SHOWN_BY.values() for name in names)


def test_every_option_of_the_manual_is_shown_by_a_test():
    options = PAGE.split(".Sh OPTIONS\n")[1].split(".Sh ")[0]
    assert set(re.findall(r"^\.It Cm (\S+)", options, re.M)) == set(OPTIONS_SHOWN_BY)
    documents.assert_tests_exist(OPTIONS_SHOWN_BY.values())


def test_every_point_of_systemd_s_readme_is_shown_by_a_test():
    points = re.findall(r"^\* (.*)", SYSTEMD, re.M)
    for point in points:
        assert any(point.startswith(beginning) for beginning in POINTS_SHOWN_BY), point
    assert len(points) == len(POINTS_SHOWN_BY)
    documents.assert_tests_exist(name for names in POINTS_SHOWN_BY.values() for name in names)


def lines_of_fstab():
    """From all that shows one, and with each example of commas in values."""
    units = "".join(path.read_text() for path in (documents.TOP / "systemd/examples").iterdir())
    lines = re.findall(r"(/\S+ /\S+ fuse\.tfrecordfs \S+) 0 0",
                       documents.README + PAGE + SYSTEMD + units)
    (line, *_) = lines
    commas = re.findall(r"^\.Dl (split=\S+)$", PAGE, re.M)
    assert len(lines) == 4 and len(commas) == 2
    plain = [documents.plain_mdoc(text).replace(r"\(dq", '"') for text in commas]
    return [*lines, *[f"{line},{text},x-systemd.mount-timeout=1h" for text in plain]]


@pytest.mark.parametrize("line", lines_of_fstab())
def test_every_line_of_fstab_is_understood(tfrecordfs, folder, mnt, line):
    source = images.class_folders(folder / "data", {"x": 100}) / "x"
    (source / "labels.csv").write_text("file,label\n" + "".join(
        f"{path.name},cat\n" for path in sorted(source.iterdir())))
    (folder / "mount.tfrecordfs").symlink_to(tfrecordfs.path)
    _, _, _, options = line.split(" ")
    done = subprocess.run([folder / "mount.tfrecordfs", source, mnt, "-o",
                           f"{options},index={folder / 'index'}"], capture_output=True, text=True,
                          check=False, env=tfrecordfs.environment())
    assert done.returncode == 0 and done.stdout == "", done.stderr
    assert list(mnt.glob("train-*.tfrecord"))
    tfrecordfs("umount", mnt)


def test_the_units_are_where_systemd_s_readme_says():
    named = re.findall(r"`((?:user/|examples/)?[\w@-]+\.(?:service|mount|automount))`", SYSTEMD)
    named += re.findall(r"^    cp systemd/(\S+)", SYSTEMD, re.M)
    named = set(named) - {"x-systemd.automount"}
    assert len(named) == 4
    for path in named:
        assert (documents.TOP / "systemd" / path).is_file(), path
