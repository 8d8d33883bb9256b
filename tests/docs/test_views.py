# SPDX-License-Identifier: MIT
"""The tables of views and of files beside the shards: all that README.md lists is there."""

import os
import re

import documents
import pytest

pytestmark = pytest.mark.fuse_required

VIEWS = documents.rows(documents.section("Views: other directories of the same records"))
FILES = documents.rows(documents.section("Files beside the shards"))

# Which tests show what a row of the table of views says.
SHOWN_BY = {
    "epochs/7/": ["test_every_epoch_has_each_record_once_in_an_order_of_its_own",
                  "test_tensorflow_reads_epochs", "test_an_epoch_is_the_same_on_another_machine"],
    "epochs/7/from/1000/": ["test_resuming_leaves_out_what_was_read"],
    "shards/64/": ["test_any_number_of_shards_holds_the_same_records",
                   "test_shards_by_size_are_about_that_large"],
    "folds/5/0/": ["test_folds_share_out_what_is_not_tested", "test_folds_keep_groups_together"],
    "balanced/": ["test_balance_repeats_and_leaves_out"],
    "by-class/cat/": ["test_a_class_by_itself", "test_rows_by_the_value_of_a_column"],
    "first/100/": ["test_a_quick_subset_keeps_the_proportions"],
    "schemas/tfds/": ["test_another_converters_records"],
    "by-index/train/3/": ["test_one_record_for_ordinary_tools"],
}


def paths(cell):
    return re.findall(r"`([^`]+)`", cell)


def test_every_view_of_the_table_is_shown_by_a_test():
    assert {paths(row[0])[0] for row in VIEWS} == set(SHOWN_BY)
    documents.assert_tests_exist(f"mount/test_views.py::{name}"
                                 for names in SHOWN_BY.values() for name in names)


def test_the_paths_of_the_tables_are_there(work):
    work("sh -c 'printf \"file,label,site\\n\" > rows.csv; cd images;"
         " for f in */*; do echo $f,${f%%/*},$((${#f} % 3)); done >> ../rows.csv'")
    with work.mounted("tfrecordfs mount ./images ./mnt --manifest rows.csv"):
        for row in VIEWS:
            for path in paths(row[0]):
                # There are 200 images, all of them in train.
                path = path.replace("1000", "150").replace("site=2", "site=1")
                assert os.listdir(work / "mnt" / path), path
        (name,) = os.listdir(work / "mnt/tfds")
        for row in FILES:
            for path in paths(row[0]):
                path = path.replace("NAME", name).replace("*", "train-00000-of-00016")
                found = work / "mnt" / path
                assert os.listdir(found) if path.endswith("/") else found.read_bytes(), path
        for path in ("balanced", "SHA256SUMS"):
            assert path not in os.listdir(work / "mnt")


def test_an_epoch_as_readme_reads_it(work, tf, monkeypatch):
    block = documents.code_block("for epoch in range(90)")
    monkeypatch.chdir(work.directory)
    with work.mounted("tfrecordfs mount ./images ./mnt"):
        seen = {}
        exec(block.replace("90", "3")  # pylint: disable=exec-used
             + "\n    seen[epoch] = [r.numpy() for r in tf.data.TFRecordDataset(files)]",
             {"tf": tf, "seen": seen})
    assert len(seen) == 3 and len(seen[0]) == 200
    assert sorted(seen[0]) == sorted(seen[1]) and seen[0] != seen[1]
