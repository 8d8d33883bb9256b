# SPDX-License-Identifier: MIT
"""tfrecordfs-contract(7), sentence by sentence: which tests show it, and those missing."""

import errno
import os
import re
import signal
import subprocess
import sys

import pytest

import documents
import images
import view_model

PAGE = documents.TOP / "src/cli/tfrecordfs-contract.7"
SECTIONS = ["WHAT HOLDS", "WHAT DOES NOT HOLD"]

SOAK = "soak/test_soak.py::test_a_soak_finds_nothing_wrong"
WALKS = "mount/test_model.py::test_random_operations_answer_as_the_model_does"
CHANGED = "mount/test_changes.py::test_only_the_record_of_a_changed_image_fails"
FAILING = "mount/test_load.py::test_an_image_that_fails_costs_its_own_record_only"
HANGING = "mount/test_load.py::test_a_slow_image_delays_whoever_reads_it_and_nobody_else"
ONE_OR_OTHER = "mount/test_reload.py::test_readers_see_one_generation_or_the_other"
OPEN_STAYS = "mount/test_reload.py::test_a_file_that_is_open_stays_what_it_was"

SHOWN_BY = {
    # Bytes and sizes
    "The size of a shard is exact from the first stat(2), before any of it was read.": [
        "mount/test_bytes.py::test_sizes_are_exact_before_the_first_read"],
    "It stays as it is while the file is open, whatever happens to the images.": [
        "docs/test_promises.py::test_sizes_stay_whatever_happens_to_the_images", OPEN_STAYS],
    "Any window of a shard is that slice of the whole, from any thread or process, through "
    "read(2), mmap(2), sendfile(2) or splice(2), past the page cache too.": [
        "cli/test_bytes.py::test_every_window_is_a_slice",
        "mount/test_bytes.py::test_random_windows_of_a_cold_mount_are_slices",
        "mount/test_bytes.py::test_threads_that_read_at_once_see_the_same",
        "mount/test_bytes.py::test_processes_that_read_at_once_see_the_same",
        "mount/test_bytes.py::test_maps_show_the_same",
        "mount/test_bytes.py::test_direct_reads_see_the_same", WALKS],
    "The bytes are those that TensorFlow writes.": [
        "mount/test_bytes.py::test_the_mount_shows_what_tensorflow_writes"],
    "They depend on the manifest, the options and the images alone: on other machines, as "
    "another user, in another place and at another time they are the same.": [
        "docs/test_promises.py::test_another_place_user_time_and_locale_show_the_same",
        "mount/test_bytes.py::test_mounts_of_one_source_are_alike"],
    "A view is a pure function of its path: the same path shows the same bytes, and so does "
    "tfrecordfs cat without a mount.": [
        WALKS, "mount/test_views.py::test_an_epoch_is_the_same_on_another_machine",
        "mount/test_views.py::test_a_chain_means_the_same_however_it_is_spelled"],
    # Images that change
    "A read gives the right bytes, or fails.": [
        "docs/test_promises.py::test_reads_while_images_change_are_right_or_fail", SOAK],
    "An image that was truncated, grown, replaced, touched or removed after it was indexed "
    "makes reads of its record fail with EIO.": [CHANGED],
    "So does an image that cannot be opened or read, whatever the error is.": [FAILING],
    "Other records of the same shard are read as before.": [CHANGED, FAILING],
    "The image is named in the system log once, and by tfrecordfs status.": [
        "mount/test_changes.py::test_the_log_names_the_image", CHANGED],
    "When it is again what it was, its record is read again.": [
        "mount/test_changes.py::test_a_restored_image_is_read_again", SOAK],
    "An image that hangs delays whoever reads it, and nobody else.": [HANGING],
    "Whoever waits for it can be killed, and past the page cache be interrupted.": [
        "mount/test_load.py::test_a_reader_that_waits_for_storage_can_be_killed",
        "mount/test_faults_hang.py::test_who_waits_for_an_image_can_be_interrupted"],
    "However many images hang, there are threads for others.": [
        "mount/test_faults_hang.py::test_threads_do_not_run_out_when_many_images_hang"],
    "A mount ends while an image hangs.": [
        "mount/test_faults_hang.py::test_a_mount_ends_while_an_image_hangs"],
    "A read that is stuck for more than ten seconds is named with its age in the system log and "
    "by tfrecordfs status.": [
        "mount/test_faults_hang.py::test_a_stuck_read_is_named_with_its_age"],
    "A mount that hangs is told as that, and does not delay what is asked of others.": [
        "mount/test_status.py::test_a_mount_that_hangs_is_told_and_delays_no_other"],
    # Reloading
    "A reload shows all of the new data set or nothing of it.": [ONE_OR_OTHER, SOAK],
    "A file that is open keeps the data set that it was opened in, until it is closed.": [
        OPEN_STAYS, SOAK],
    "When tfrecordfs reload has returned, whatever is opened is of the new data set.": [
        SOAK, "mount/test_reload.py::test_images_that_come_and_go"],
    "A shard whose bytes stay the same stays the same file, and its cached pages are kept.": [
        "mount/test_reload.py::test_shards_that_stay_the_same_keep_their_pages"],
    "A shard whose bytes change is another file, with another inode.": [
        "mount/test_reload.py::test_a_changed_label_is_shown_and_only_its_shard_is_another_file"],
    "A reload that fails changes nothing and says why.": [
        "mount/test_reload.py::test_a_reload_that_fails_changes_nothing_and_says_why"],
    "Readers see one data set or the other while it happens, however many they are and however "
    "often it does.": [SOAK, ONE_OR_OTHER],
    # Crashes
    "If the process that serves dies, another takes its place.": [
        "mount/test_life_crash.py::test_a_worker_that_dies_is_replaced",
        "mount/test_life_crash.py::test_readers_go_on_while_workers_die", SOAK],
    "Reads that it had in hand fail, those that it had not taken up are answered by the next, "
    "and no reader is left waiting.": [
        "mount/test_life_crash.py::test_a_read_in_the_hands_of_a_worker_that_dies_fails",
        "mount/test_life_crash.py::"
        "test_a_read_that_no_worker_has_taken_up_is_answered_by_the_next"],
    "The next shows what was mounted, or reloaded last, whatever the source has become.": [
        "mount/test_life_crash.py::test_the_next_worker_shows_what_the_first_showed",
        "mount/test_reload.py::test_another_worker_shows_what_was_reloaded_last"],
    "Processes that die one after the other end the mount.": [
        "mount/test_life_crash.py::test_workers_that_die_one_after_the_other_end_the_mount"],
    "If the process that keeps the mount is killed, the mount is dead, which tfrecordfs status "
    "says and mount --replace clears.": [
        "mount/test_life.py::test_a_dead_mount_is_told_and_replaced"],
    "Indexing that is killed at any moment, or loses its power, leaves the old index, the new "
    "one or none, and the next run goes on from there.": [
        "cli/test_crash.py::test_indexing_that_is_killed_at_any_time_is_done_by_the_next_run",
        "unit/test_index_crash.c::a_kill_at_any_call_leaves_no_index_or_a_whole_one",
        "unit/test_index_crash.c::a_kill_at_any_call_leaves_the_old_index_or_the_new",
        "unit/test_index_crash.c::a_loss_of_power_leaves_no_index_or_a_whole_one",
        "unit/test_index_crash.c::a_loss_of_power_leaves_the_old_index_or_the_new"],
    "An index that was cut, flipped or written by something else is refused in one line, and "
    "built anew.": [
        "cli/test_index.py::test_an_odd_index_is_told_in_one_line_and_built_anew",
        "cli/test_index.py::test_no_flipped_byte_of_an_index_is_believed"],
    "A part of an index is whole or not there, whenever the machine that makes it is killed; "
    "one that was cut or flipped is named, and never believed.": [
        "cli/test_index_parts_crash.py::test_a_part_that_is_killed_at_any_call_is_there_or_not",
        "cli/test_index_parts.py::test_a_damaged_part_is_named_and_made_anew",
        "unit/test_part_file.c::a_flipped_byte_is_refused",
        "unit/test_part_file.c::a_part_that_is_cut_is_refused"],
    "Checksums kept beside it are right or unknown, whatever mixture of old and new sectors a "
    "power loss left.": [
        "unit/test_known_damage.c::any_mixture_of_old_and_new_sectors_is_right",
        "unit/test_index_crash.c::a_loss_of_power_never_makes_a_checksum_wrong"],
    # Resources
    "A full disk, or a directory that cannot be written, costs the index or the checksums "
    "only.": [
        "cli/test_index.py::test_a_full_disk_is_told_and_leaves_nothing_half_written",
        "cli/test_index.py::test_an_index_directory_that_cannot_be_written_is_told",
        "mount/test_known_sums.py::test_a_disk_without_room_for_them_serves_all_the_same"],
    "Machines and users share an index that none of them can write.": [
        "mount/test_shared_index.py::"
        "test_machines_and_users_share_an_index_that_none_can_write"],
    "With too few descriptors for all images, fewer are kept open, and reads wait instead of "
    "failing.": ["mount/test_load.py::test_readers_at_once_with_few_descriptors"],
    "Memory, descriptors and threads do not grow with the time that a mount is read.": [SOAK],
    "Where memory, a mapping or a thread is refused, bytes are right or a call fails with a "
    "sentence, and what comes later goes on.": [
        "cli/test_scarcity.py::test_commands_without_memory_tell_the_truth_or_fail",
        "cli/test_scarcity.py::test_what_a_mount_does_goes_on_after_it_lacked_memory"],
    # Ending
    "A mount that is in use is not unmounted unless --lazy says so, and then whoever has a file "
    "open reads on.": [
        "mount/test_life.py::test_a_busy_mount_is_not_torn_away_unless_told",
        "mount/test_load.py::test_unmounting_while_readers_read"],
    "SIGTERM and SIGINT unmount.": ["mount/test_life.py::test_a_signal_unmounts"],
    "Readers that are killed leave nothing behind.": [
        "mount/test_load.py::test_readers_that_are_killed_leave_nothing_behind"],
    "A mountpoint that is missing, not empty, no directory or taken is refused, and the message "
    "says what to type.": [
        "mount/test_life.py::test_a_mountpoint_that_is_missing_full_a_file_or_taken"],
    # Nothing is written
    "Every call that would write gives EROFS, even after the mount was remounted for writing.": [
        "mount/test_posix.py::test_what_would_write_gives_erofs",
        "mount/test_posix.py::"
        "test_what_would_write_is_refused_by_us_where_the_kernel_lets_it_through"],
    "Nothing is written but the index and checksums beside it.": [
        "docs/test_promises.py::test_the_kernel_sees_no_write_but_of_the_index"],
    "No path leads out of the source directory, unless --follow allows links that do.": [
        "docs/test_promises.py::test_no_path_leads_out_until_links_are_followed",
        "unit/test_root.c::links_swapped_in_meanwhile_never_lead_out"],
    # What is read can do no harm
    "An image, a manifest, labels, a schema, an index or a record can make a call fail, and no "
    "more: whatever is in it, nothing crashes.": [
        "cli/test_hostile_images.py::test_images_cut_anywhere_are_called_bad_or_read",
        "cli/test_hostile_manifests.py::test_a_hostile_manifest_is_refused",
        "cli/test_hostile_manifests.py::test_hostile_labels_and_schemas_are_refused",
        "cli/test_hostile_records.py::test_hostile_records_are_named_or_shown",
        "cli/test_index.py::test_no_flipped_byte_of_an_index_is_believed"],
    "What announces gigabytes is refused by its numbers, and nothing is allocated for it.": [
        "cli/test_hostile_images.py::test_a_header_that_announces_gigabytes_is_refused_by_its_"
        "numbers", "cli/test_hostile_records.py::test_holes_of_gigabytes_are_no_records"],
    "What never ends is refused at a limit.": [
        "cli/test_hostile_manifests.py::test_what_never_ends_is_refused_at_a_limit",
        "cli/test_hostile_records.py::test_what_is_no_file_is_never_waited_for"],
    "Names are escaped wherever a terminal or a browser shows them.": [
        "cli/test_hostile_names.py::test_reports_show_names_of_folders_escaped",
        "cli/test_hostile_names.py::test_reports_and_errors_show_cells_and_columns_escaped",
        "cli/test_hostile_names.py::test_commands_on_records_show_paths_and_keys_escaped",
        "mount/test_report.py::test_it_says_what_is_there_and_nothing_runs"],
    "The process that serves reads beneath the source, and where the files lie that options "
    "name.": ["unit/test_confine.c::files_are_read_beneath_what_is_named_only",
              "mount/test_confinement.py::test_a_swapped_link_leads_out_for_nobody"],
    "It writes in the index directory only, and starts no program.": [
        "unit/test_confine.c::files_are_written_in_the_index_directory_only",
        "unit/test_confine_calls.c::no_program_is_started_and_no_process",
        "mount/test_confinement.py::test_the_worker_is_confined_and_the_keeper_is_not"],
    "Where the kernel cannot hold it to that, mount says so.": [
        "mount/test_confinement.py::test_a_kernel_without_landlock_is_told"],
    # Who may read
    "Nobody but who mounted reads a mount, unless --allow-other was said.": [
        "mount/test_modes.py::test_nobody_else_reads_until_it_is_said"],
    "With it, nobody reads a shard who could not read each of its images, unless --uid, --gid or "
    "--mode say otherwise.": [
        "mount/test_modes.py::test_one_image_that_its_owner_keeps_closes_all_to_others",
        "mount/test_modes.py::test_a_directory_that_others_cannot_enter_closes_all",
        "mount/test_modes.py::test_owner_and_mode_can_be_said"],
    "An image that is closed to others afterwards fails its record.": [
        "mount/test_modes.py::test_an_image_that_is_closed_afterwards_is_not_read"],
    "Only who mounted, and root, tell a mount what to do.": [
        "mount/test_modes.py::test_others_who_read_do_not_command",
        "mount/test_status.py::test_only_who_mounted_switches_the_level"],
    # Nothing is lost
    "Every file of the source is a record, or named, or counted.": [
        "docs/test_promises.py::test_every_file_is_a_record_or_named_or_counted"],
    "An image that is broken when it is indexed is refused by name, or skipped and listed.": [
        "cli/test_bad_images.py::test_a_bad_image_is_refused_or_skipped"],
    # What does not hold
    "The kernel reads pages of 4 KiB: a record that shares one with a record that fails can fail "
    "with it.": ["docs/test_contract.py::test_a_page_fails_as_a_whole"],
    "A read that begins before such a page can end there, and be short.": [
        "docs/test_contract.py::test_a_page_fails_as_a_whole"],
    "A page of a map that cannot be read is SIGBUS.": [
        "docs/test_contract.py::test_a_map_of_what_fails_is_a_bus_error"],
    "A mount shows what there was when it was made, until it is reloaded.": [
        "docs/test_contract.py::test_nothing_new_is_shown_until_a_reload"],
    "An image is told by its size, inode and time of modification: who writes to it and sets "
    "its time back is not noticed.": [
        "docs/test_contract.py::test_an_image_whose_time_is_set_back_is_not_noticed"],
    "After the process that serves has died, files that were open have to be opened again.": [
        "mount/test_life_crash.py::test_files_that_were_open_are_opened_again"],
    "Some files of a mount are made by reading all shards or images, as SHA256SUMS, and fail "
    "where one of these does.": [
        "docs/test_contract.py::test_what_is_made_of_all_shards_fails_with_one"],
    "A directory that is put in the place of the source is read by the next mount only, unless "
    "--confine off was said.": [
        "mount/test_reload.py::test_a_confined_mount_keeps_to_the_source_it_has",
        "mount/test_reload.py::test_a_source_that_is_another_directory_now"],
}

# Macros of mdoc that stand for a word of the sentence that they are in.
WORDS = {"Er", "Dv", "Pa", "Cm", "Ql", "Nm", "Ar"}


def line_as_printed(line):
    """A line of mdoc as text; it begins with a blank unless it belongs to the word before."""
    if not line.startswith("."):
        return " " + line
    macro, *words = line[1:].split()
    text = ""
    for word in [macro, *words]:
        if word in WORDS or word == "Xr":
            continue
        if word in {"Fl"}:
            text += " -"
        elif re.fullmatch(r"[.,:;)]", word):
            text += word
        elif re.fullmatch(r"\d", word) and macro == "Xr":
            text += f"({word})"
        else:
            text += word if text.endswith(" -") else f" {word}"
    return text


def sentences():
    """Every sentence of the sections of the page that promise something."""
    text, found = PAGE.read_text(), []
    for title in SECTIONS:
        section = re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh )", text, re.M | re.S)[1]
        sentence = ""
        for line in section.splitlines():
            if line.startswith((".Ss", ".Pp")):
                assert not sentence, f"no sentence ends before {line}"
                continue
            sentence += line_as_printed(line)
            if sentence.endswith("."):
                found.append(sentence.strip())
                sentence = ""
    return found


def test_every_sentence_is_shown_by_a_test():
    said = sentences()
    assert len(said) == len(set(said)) > 40
    assert set(said) - set(SHOWN_BY) == set(), "the page promises what no test shows"
    assert set(SHOWN_BY) - set(said) == set(), "the page no longer says so"
    assert all(SHOWN_BY.values())
    documents.assert_tests_exist(name for names in SHOWN_BY.values() for name in names)


# --- What the page says and no other test shows -----------------------------------------------


@pytest.fixture
def source(folder):
    """Nine images whose records are 30 kB each."""
    for i in range(9):
        images.write(folder / "source/a" / f"{i}.bmp", i, ("bmp", "RGB"), (100, 100))
    return folder / "source"


ONE_SHARD = ["--shards", 1, "--order", "manifest"]


def place_of(whole, image):
    """Where the record of an image begins and ends."""
    place = 0
    for record in view_model.framed(whole):
        if image in record:
            return place, place + len(record)
        place += len(record)
    raise AssertionError("no record has the image")


@pytest.fixture
def failing(mount, source):
    """A shard of a mount whose fifth record fails: path, bytes, place of the record."""
    victim = source / "a/4.bmp"
    image = victim.read_bytes()
    with mount(source, *ONE_SHARD) as mounted:
        whole = mounted.shards()[0].read_bytes()
    with mount(source, *ONE_SHARD) as mounted:
        os.truncate(victim, 100)
        yield mounted.shards()[0], whole, place_of(whole, image)


@pytest.mark.fuse_required
def test_a_page_fails_as_a_whole(failing):
    path, whole, (start, end) = failing
    first, last = start // 4096 * 4096, -(-end // 4096) * 4096
    fd = os.open(path, os.O_RDONLY)
    try:
        with pytest.raises(OSError) as caught:
            os.pread(fd, 10, first)
        assert caught.value.errno == errno.EIO and first < start
        found = os.pread(fd, end - 20_000, 20_000)
        assert found and whole[20_000:end].startswith(found)
        assert first <= 20_000 + len(found) < last
        assert os.pread(fd, 1000, last) == whole[last:last + 1000]
    finally:
        os.close(fd)


@pytest.mark.fuse_required
def test_a_map_of_what_fails_is_a_bus_error(failing):
    path, _, (start, _) = failing
    script = ("import mmap, sys\n"
              "f = open(sys.argv[1], 'rb')\n"
              "m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)\n"
              "m[100]; print('so far', flush=True); m[int(sys.argv[2])]")
    done = subprocess.run([sys.executable, "-c", script, path, str(start + 10_000)],
                          capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("so far\n", "", -signal.SIGBUS)


@pytest.mark.fuse_required
def test_nothing_new_is_shown_until_a_reload(mount, source, tfrecordfs):
    with mount(source, *ONE_SHARD) as mounted:
        before = mounted.contents()
        images.write(source / "a/9.bmp", 9, ("bmp", "RGB"), (100, 100))
        assert mounted.contents() == before
        tfrecordfs("reload", mounted.path)
        assert (source / "a/9.bmp").read_bytes() in mounted.contents()[
            "train-00000-of-00001.tfrecord"]


@pytest.mark.fuse_required
def test_an_image_whose_time_is_set_back_is_not_noticed(mount, source):
    victim = source / "a/4.bmp"
    other = images.encode(77, ("bmp", "RGB"), (100, 100))
    with mount(source, *ONE_SHARD) as mounted:
        status = victim.stat()
        victim.write_bytes(other)
        os.utime(victim, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert other in mounted.shards()[0].read_bytes()


@pytest.mark.fuse_required
def test_what_is_made_of_all_shards_fails_with_one(failing):
    path, _, _ = failing
    with pytest.raises(OSError) as caught:
        (path.parent / "SHA256SUMS").read_bytes()
    assert caught.value.errno == errno.EIO
