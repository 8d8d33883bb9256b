# SPDX-License-Identifier: MIT
"""where: from a byte of a mounted shard back to its image."""

import re


def records_of(path):
    """Offset and size of every record."""
    data, offset = path.read_bytes(), 0
    while offset < len(data):
        size = int.from_bytes(data[offset:offset + 8], "little") + 16
        yield offset, size
        offset += size


def test_every_record_is_the_image_that_it_says(tfrecordfs, mount, photos):
    with mount(photos, "--shards", 2) as mounted:
        for shard in mounted.shards():
            for number, (offset, size) in enumerate(records_of(shard)):
                shown = tfrecordfs("show", f"{shard}:{number}", "--json").json["features"]
                path = photos / shown["image/filename"]["values"][0]
                # The record's start, TensorFlow's other number, and the last byte.
                for byte in (offset, offset + 12, offset + size - 1):
                    where = tfrecordfs("where", shard, byte, "--json").json
                    assert where["image"] == str(path) and where["exists"] is True
                    assert (where["record"], where["offset"], where["size"]) == \
                        (number, offset, size)


def test_the_path_stands_alone_on_the_first_line(tfrecordfs, mount, photos):
    with mount(photos, "--shards", 1) as mounted:
        out = tfrecordfs("where", mounted.shards()[0], 100).out.splitlines()
        assert (photos / out[0]).is_file()
        assert re.match(r"record 0 of .*, bytes 0 to \d+$", out[1])


def test_tensorflows_message_leads_to_the_image(tfrecordfs, mount, photos, tf, folder):
    with mount(photos, "--shards", 1) as mounted:
        copy = folder / "copy"
        data = bytearray(mounted.shards()[0].read_bytes())
        offset, size = list(records_of(mounted.shards()[0]))[3]
        data[offset + size // 2] ^= 1
        copy.write_bytes(data)
        try:
            list(tf.data.TFRecordDataset(str(copy)))
            raise AssertionError("TensorFlow found no fault")
        except tf.errors.DataLossError as error:
            named = re.search(r"corrupted record at (\d+)", error.message)[1]
        where = tfrecordfs("where", mounted.shards()[0], named, "--json").json
        assert where["record"] == 3


def test_past_the_end_the_last_byte_is_told(tfrecordfs, mount, photos):
    with mount(photos, "--shards", 1) as mounted:
        shard = mounted.shards()[0]
        last = shard.stat().st_size - 1
        tfrecordfs("where", shard, last)
        error = tfrecordfs("where", shard, last + 1, code=1).error
        assert f"whose last byte is {last}" in error


def test_what_is_no_mounted_shard_is_told(tfrecordfs, mount, photos, folder):
    (folder / "file").write_bytes(b"x")
    assert "not a shard" in tfrecordfs("where", folder / "file", 0, code=2).error
    assert "No such file" in tfrecordfs("where", folder / "gone", 0, code=1).error
    with mount(photos) as mounted:
        assert "is a directory" in tfrecordfs("where", mounted.path, 0, code=2).error
        assert "not \"1k\"" in tfrecordfs("where", mounted.shards()[0], "1k", code=2).error


def test_an_image_that_is_gone_is_told(tfrecordfs, mount, photos):
    with mount(photos, "--shards", 1) as mounted:
        image = tfrecordfs("where", mounted.shards()[0], 0).out.splitlines()[0]
        (photos / image).unlink()
        result = tfrecordfs("where", mounted.shards()[0], 0)
        assert result.out.splitlines()[0] == image and "not there any more" in result.err
