# SPDX-License-Identifier: MIT
"""TensorFlow reads a mount as any directory of shards."""

import os

import images
import oracle
import pytest

SPLIT = ["--split", "train=0.8,test=0.2", "--shards", "train=4,test=1"]


@pytest.fixture
def mounted(mount, photos, tf):
    with mount(photos, *SPLIT) as mounted:
        yield mounted


@pytest.fixture
def expected(mounted):
    """Every record of the train shards, framing taken off by hand."""
    records = []
    for path in mounted.shards("train"):
        data, place = path.read_bytes(), 0
        while place < len(data):
            length = int.from_bytes(data[place:place + 8], "little")
            records.append(data[place + 12:place + 12 + length])
            place += 16 + length
    return records


def paths(mounted):
    return [str(path) for path in mounted.shards("train")]


@pytest.mark.parametrize("size", [0, 1, 100, 4096, 262144, 1 << 20, 8 << 20])
def test_any_buffer_size(mounted, expected, tf, size):
    dataset = tf.data.TFRecordDataset(paths(mounted), buffer_size=size)
    assert list(dataset.as_numpy_iterator()) == expected


def test_parallel_reads_and_interleave(mounted, expected, tf):
    parallel = tf.data.TFRecordDataset(paths(mounted), num_parallel_reads=4)
    assert sorted(parallel.as_numpy_iterator()) == sorted(expected)
    files = tf.data.Dataset.list_files(str(mounted / "train-*.tfrecord"))
    interleaved = files.interleave(tf.data.TFRecordDataset, cycle_length=4,
                                   num_parallel_calls=tf.data.AUTOTUNE, deterministic=False)
    assert sorted(interleaved.as_numpy_iterator()) == sorted(expected)


def test_globs_find_shards_and_nothing_else(mounted, tf):
    assert sorted(tf.io.gfile.glob(str(mounted / "train-*"))) == paths(mounted)
    assert sorted(tf.io.gfile.glob(str(mounted / "*.tfrecord"))) == sorted(
        str(path) for path in mounted.shards())
    assert sorted(tf.io.gfile.listdir(str(mounted.path))) == sorted(os.listdir(mounted.path))
    assert tf.io.gfile.exists(paths(mounted)[0])
    assert not tf.io.gfile.exists(str(mounted / "train-00009-of-00004.tfrecord"))


def test_whole_files_by_every_way_of_tensorflow(mounted, tf, folder):
    path = paths(mounted)[0]
    with open(path, "rb") as file:
        whole = file.read()
    assert tf.io.read_file(path).numpy() == whole
    with tf.io.gfile.GFile(path, "rb") as file:
        assert file.size() == len(whole)
        assert file.read() == whole
    tf.io.gfile.copy(path, str(folder / "copy"))
    assert (folder / "copy").read_bytes() == whole
    assert tf.io.gfile.stat(path).length == len(whole)


def test_old_iterators(mounted, expected, tf):
    records = [r for path in paths(mounted) for r in tf.compat.v1.io.tf_record_iterator(path)]
    assert records == expected


def test_images_decode_as_from_their_files(mounted, tf, photos):
    for path in mounted.shards():
        for record in oracle.records(path):
            data = (photos / record["image/filename"][0].decode()).read_bytes()
            assert record["image/encoded"] == [data]
            pixels = tf.io.decode_image(data, expand_animations=False)
            assert [record["image/height"][0], record["image/width"][0],
                    record["image/channels"][0]] == list(pixels.shape)


def test_an_image_that_is_deleted_while_tensorflow_reads(mount, tf, folder):
    source = folder / "source"
    for i in range(9):
        images.write(source / "a" / f"{i}.bmp", i, ("bmp", "RGB"), (200, 200))
    with mount(source, "--shards", 1, "--order", "manifest") as mounted:
        (source / "a" / "6.bmp").unlink()
        dataset = tf.data.TFRecordDataset([str(mounted.shards()[0])], buffer_size=0)
        read = []
        with pytest.raises(tf.errors.OpError, match="Input/output error"):
            for record in dataset:
                read.append(record)
        # The record before it may share its last page with the bad one, and fail too.
        assert len(read) in (5, 6)
