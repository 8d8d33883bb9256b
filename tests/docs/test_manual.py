# SPDX-License-Identifier: MIT
"""The examples of the manual page and of --help, run as they stand."""

import json
import re
import shutil
import subprocess
import sys

import documents
import images
import oracle
import pytest

pytestmark = pytest.mark.fuse_required

EXAMPLES = documents.manual_displays("EXAMPLES")
# Which examples there are, by what they begin with, and who runs them.
RUN_BY = {
    "$ tfrecordfs mount ./images ./mnt\n": "test_class_folders_and_training",
    "$ tfrecordfs mount ./images ./mnt --manifest": "test_a_manifest_and_no_patient_in_two_splits",
    "$ tfrecordfs schema slim > records.py": "test_the_code_that_reads_it",
    "$ tfrecordfs where": "test_the_image_behind_a_corrupted_record",
    "$ tfrecordfs verify ./mnt --against": "test_comparing_with_a_converter_and_making_real_files",
    "$ cp mnt/*.tfrecord": "test_comparing_with_a_converter_and_making_real_files",
    "$ tfrecordfs export": "test_comparing_with_a_converter_and_making_real_files",
}


def example(beginning):
    (found,) = [text for text in EXAMPLES if text.startswith(beginning)]
    return found


def command(beginning):
    (line,) = documents.commands_of(example(beginning))
    return line


def test_every_example_of_the_manual_is_run():
    begun = [beginning for text in EXAMPLES for beginning in RUN_BY
             if text.startswith(beginning)]
    assert len(EXAMPLES) == len(begun) and set(begun) == set(RUN_BY)
    documents.assert_tests_exist(f"docs/test_manual.py::{name}" for name in RUN_BY.values())


def test_the_synopsis_has_every_command_and_the_options_of_short_ones(tfrecordfs):
    synopsis = documents.MANUAL.split(".Sh SYNOPSIS\n")[1].split(".Sh ")[0]
    entries = {entry.split("\n")[0].removeprefix(".Cm "): entry.replace("\\-", "-")
               for entry in synopsis.split(".Nm\n") if entry.startswith(".Cm ")}
    assert set(entries) == {*documents.commands_in_help(tfrecordfs), "help"}
    for command, entry in entries.items():
        if command == "help" or "data-set-options" in entry:
            continue
        out = tfrecordfs(command, "--help").out
        for letter, name in re.findall(r"^  (?:-(\w), |    )?--(\S+)", out, re.M):
            assert name == "help" or f"Fl -{name}\n" in entry or f"Fl -{name} " in entry or (
                letter and f".Op Fl {letter}\n" in entry), (command, name)


def test_class_folders_and_training(work, tf, monkeypatch):
    mount, python, *statements = example("$ tfrecordfs mount ./images ./mnt\n").splitlines()
    assert python == "$ python3" and all(s.startswith(">>> ") for s in statements)
    names = {"tf": tf}
    monkeypatch.chdir(work.directory)
    with work.mounted(mount.removeprefix("$ ")):
        for statement in statements:
            exec(statement.removeprefix(">>> "), names)  # pylint: disable=exec-used
        assert sum(1 for _ in names["records"]) == 200


def test_a_manifest_and_no_patient_in_two_splits(work, tf):
    lines = (work / "labels.csv").read_text().splitlines()[1:]
    patient = {line.split(",")[0]: line.split(",")[3] for line in lines}
    splits = {}
    with work.mounted(command("$ tfrecordfs mount ./images ./mnt --manifest")) as shards:
        for path in shards:
            split = splits.setdefault(path.name.split("-")[0], [])
            split += oracle.files_in(path)
    sizes = [len(splits[name]) for name in ("train", "validation", "test")]
    assert sum(sizes) == 200
    assert all(abs(size - 200 * share) <= 3 for size, share in zip(sizes, (0.7, 0.15, 0.15)))
    patients = [{patient[path] for path in split} for split in splits.values()]
    assert sum(map(len, patients)) == len(set.union(*patients))


def test_the_code_that_reads_it(work):
    work(command("$ tfrecordfs schema slim"))
    with work.mounted("tfrecordfs mount ./images ./mnt"):
        count = subprocess.run([sys.executable, "-c", "import records\n"
                                "print(len(list(records.dataset('mnt/train-*'))))"],
                               cwd=work.directory, capture_output=True, text=True, check=False)
        assert count.stdout == "200\n", count.stderr


def test_the_image_behind_a_corrupted_record(work):
    """With images so large that the shard has this byte."""
    for i in range(16):
        images.write_sparse_bmp(work / f"large/a/{i:02}.bmp", 12920, 12920)
    with work.mounted("tfrecordfs mount ./large ./mnt"):
        said = work(command("$ tfrecordfs where")).out.splitlines()
        assert said[0] in {str(path) for path in (work / "large/a").iterdir()}
        assert said[1].startswith("record 0 of mnt/train-00003-of-00016.tfrecord")


def test_comparing_with_a_converter_and_making_real_files(work, tf, folder):
    rows = oracle.rows_of_folders(work / "images")
    (work / "converted").mkdir()
    for half in range(2):
        oracle.shard(work / f"converted/{half}.tfrecord", oracle.SLIM, work / "images",
                     rows[half::2])
    with work.mounted("tfrecordfs mount ./images ./mnt") as shards:
        work(command("$ tfrecordfs verify"))
        oracle.shard(work / "converted/1.tfrecord", oracle.SLIM, work / "images", rows[3::2])
        work(command("$ tfrecordfs verify"), code=1)
        (folder / "real").mkdir()
        line = command("$ cp")
        assert line.endswith(" /somewhere/else")
        work(line.replace("/somewhere/else", str(folder / "real")))
        work(command("$ tfrecordfs export"))
        for made in (folder / "real").iterdir(), (work / "out").glob("*.tfrecord"):
            assert {p.name: p.read_bytes() for p in made} == {
                p.name: p.read_bytes() for p in shards}


READ_BY = {
    "nobody reads a mount but": [
        "mount/test_modes.py::test_nobody_else_reads_until_it_is_said"],
    "Ordinary users may only where": [
        "mount/test_modes.py::test_ordinary_users_share_where_the_administrator_says_so"],
    "the owner and the group of the source's directory": [
        "mount/test_modes.py::test_what_is_shown_is_of_the_sources_owner"],
    "Owner of what is shown": [
        "mount/test_modes.py::test_owner_and_mode_can_be_said",
        "mount/test_modes.py::test_what_is_no_owner_or_mode_is_refused"],
    "read every image and every mask": [
        "unit/test_access.c::nobody_reads_by_it_who_could_not_read_the_file",
        "mount/test_modes.py::test_one_image_that_its_owner_keeps_closes_all_to_others",
        "mount/test_modes.py::test_a_group_reads_what_a_group_may_read",
        "mount/test_modes.py::test_a_mask_that_its_owner_keeps_closes_all_to_others"],
    "each directory that images lie in": [
        "mount/test_modes.py::test_a_directory_that_others_cannot_enter_closes_all"],
    "as links may lead anywhere, only the owner": [
        "mount/test_modes.py::test_where_links_lead_anywhere_only_the_owner_reads"],
    "The user who mounts always may": [
        "mount/test_users.py::test_images_that_only_a_group_may_read_are_shown_to_who_mounts"],
    "Where an image is closed to some": [
        "mount/test_modes.py::test_an_image_that_is_closed_afterwards_is_not_read"],
}


def test_what_is_said_of_readers_is_shown():
    assert all(words in documents.MANUAL for words in READ_BY)
    documents.assert_tests_exist(name for names in READ_BY.values() for name in names)


CONFINED_BY = {
    "It reads beneath the source": [
        "unit/test_confine.c::files_are_read_beneath_what_is_named_only",
        "mount/test_confinement.py::"
        "test_with_follow_links_lead_out_and_writing_stays_confined"],
    "It makes, writes and removes files in the index directory": [
        "unit/test_confine.c::files_are_written_in_the_index_directory_only",
        "unit/test_confine.c::what_may_be_read_everywhere_is_not_written_everywhere",
        "unit/test_confine_calls.c::owners_modes_and_times_stay",
        "mount/test_confinement.py::test_all_is_read_and_known_sums_are_written_confined"],
    "It starts no program": [
        "unit/test_confine_calls.c::no_program_is_started_and_no_process",
        "unit/test_confine_calls.c::others_are_reached_by_local_sockets_only",
        "unit/test_confine_calls.c::what_is_mounted_stays"],
    "No memory that was written": [
        "unit/test_confine_calls.c::memory_that_was_written_is_not_executed"],
    "Started by root": [
        "unit/test_confine_calls.c::root_reads_files_of_others_and_can_do_no_more",
        "mount/test_confinement.py::test_the_worker_is_confined_and_the_keeper_is_not",
        "mount/test_confinement.py::test_root_reads_images_of_others_confined",
        "mount/test_confinement.py::"
        "test_an_index_directory_of_another_user_is_written_by_root"],
    "What this kernel lacks": [
        "unit/test_confine.c::what_the_kernel_lacks_is_left_out_and_told",
        "mount/test_confinement.py::test_a_kernel_without_landlock_is_told"],
    "Rules are of the directories": [
        "unit/test_confine.c::a_rule_is_of_the_directory_and_not_of_its_name",
        "mount/test_reload.py::test_a_confined_mount_keeps_to_the_source_it_has",
        "mount/test_reload.py::test_a_source_that_is_a_link_is_switched_while_confined",
        "mount/test_reload.py::test_a_manifest_elsewhere_is_replaced_while_confined"],
}


def test_what_confinement_is_said_to_do_is_shown():
    text = documents.manual_section("CONFINEMENT")
    items = [after.lstrip().splitlines()[0] for after in text.split(".It\n")[1:]]
    assert all(any(item.startswith(words) for words in CONFINED_BY) for item in items)
    assert all(words in text for words in CONFINED_BY)
    documents.assert_tests_exist(name for names in CONFINED_BY.values() for name in names)


def test_the_data_set_file_of_the_manual(work):
    (text,) = documents.manual_displays("DATA SET FILES")
    (work / "mine.json").write_text(text)
    report = work("tfrecordfs check mine.json --json").json
    assert {s["name"]: s["shards"] for s in report["splits"]} == {"train": 16, "test": 16}
    assert report["images"] == 200 and not report["shared_groups"]


def test_the_profiles_of_the_manual(tfrecordfs):
    text = documents.manual_section("PROFILES")
    listed = re.findall(r"^\.It Cm (\S+)$", text, re.M)
    assert listed == documents.profiles(tfrecordfs)
    (shown,) = documents.manual_displays("PROFILES")
    # Run by test_profiles.py.
    assert documents.commands_of(shown) == documents.commands_of(
        documents.code_block("# python build_image_data.py"))[:1]


def test_the_dialects_of_the_manual(tfrecordfs):
    text = re.search(r"^\.It Fl -dialect (.*?)^\.It", documents.MANUAL, re.M | re.S)[1]
    said = set(re.findall(r"[\w-]+(?=[,.])", text.split("For files:")[1]))
    error = tfrecordfs("check", ".", "--dialect", "?", code=2).error
    assert {name.lower() for name in error.rsplit("there are ", 1)[1].split(", ")} == said


def test_the_schema_file_of_the_manual(work, tf):
    schema = documents.manual_displays("SCHEMA FILES")[0]
    (work / "mine.json").write_text(schema)
    with work.mounted("tfrecordfs mount ./images ./mnt --manifest labels.csv --schema "
                      "./mine.json") as shards:
        (work / "one").write_bytes(shards[0].read_bytes())
        for record in oracle.records(work / "one"):
            assert set(record) == set(json.loads(schema)["features"])
            assert record["image/colorspace"] == [b"RGB"] and len(record["age"]) == 1
            assert record["image/class/label"][0] in (1, 2, 3)


def test_the_examples_of_help(work, tfrecordfs):
    """The first line of each command's help, on a mount of which each can be true."""
    lines = {name: tfrecordfs(name, "--help").out.splitlines()[0].strip()
             for name in documents.commands_in_help(tfrecordfs)}
    work(lines.pop("mount"))
    umount, where = lines.pop("umount"), lines.pop("where")
    cat = lines.pop("cat")
    try:
        for line in lines.values():
            assert work(line).out
        assert re.search(r" \d{6,}$", where)
        work(re.sub(r"\d+$", "1000", where))
        assert "whose last byte is" in work(where, code=1).err
        # Of images without --split, which is another data set.
        assert "TFRecord" not in work(f"{cat} --index none > window").out
        assert (work / "window").stat().st_size > 1000
        assert "--json" not in umount
    finally:
        work(umount)
    shutil.rmtree(work / "mnt")
