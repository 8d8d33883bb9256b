# SPDX-License-Identifier: MIT
"""Indexing anew: what did not change is not opened again, and nobody can tell."""

import os
import shutil
import time

import images
import pytest
import tracing
from PIL import Image


@pytest.fixture
def index(tfrecordfs, folder):
    """Index with @options; the file's bytes, and as .opened which images were opened."""
    def run(*options, source=folder / "images", at="index"):
        with tracing.traced(tfrecordfs, *tracing.OPENS, log=folder / "log"):
            tfrecordfs("index", source, *options, "--index", folder / at, env=tracing.UNLEAKED)
        run.opened = tracing.images_opened(folder / "log")
        (path,) = (folder / at).iterdir()
        return path.read_bytes()
    return run


def check_reused(index, folder, *options, changed):
    """As an index made from nothing, with only @changed being opened."""
    reused = index(*options)
    opened = index.opened
    shutil.rmtree(folder / "fresh", ignore_errors=True)
    assert reused == index(*options, at="fresh")
    assert len(index.opened) >= 40
    assert opened == sorted(changed)


def set_times(path, status):
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_nothing_changed_and_nothing_is_opened(index, aged_source, folder):
    index()
    assert len(index.opened) == 60
    check_reused(index, folder, "--reindex", changed=[])


def test_without_reindex_a_changed_folder_opens_what_is_new(index, aged_source, folder):
    index()
    images.write(aged_source / "dog/new.png", 777, ("png", "RGB"))
    (aged_source / "cat/0003.png").unlink()
    check_reused(index, folder, changed=["dog/new.png"])


def test_a_changed_image_is_looked_at_again(index, aged_source, folder):
    index()
    before = index("--reindex")
    images.write(aged_source / "cat/0001.png", 4711, ("png", "L"), (77, 11))
    check_reused(index, folder, "--reindex", changed=["cat/0001.png"])
    assert index("--reindex") != before


def test_an_image_of_another_time_is_looked_at_again(index, aged_source, folder):
    before = index()
    os.utime(aged_source / "cat/0001.png", ns=(0, 12345))
    check_reused(index, folder, "--reindex", changed=["cat/0001.png"])
    assert index("--reindex") != before


def test_an_image_of_the_same_size_is_told_by_its_time(index, aged_source, folder):
    index()
    picture = aged_source / "cat/0007.bmp"
    content = bytearray(picture.read_bytes())
    content[-4] ^= 1
    picture.write_bytes(content)
    check_reused(index, folder, "--reindex", changed=["cat/0007.bmp"])


def test_an_image_whose_time_was_set_back_is_looked_at_again(index, aged_source, folder):
    """Same name, size, modification time and inode; only the inode was touched."""
    skip = ["--on-bad", "skip"]
    before = index(*skip)
    picture = aged_source / "cat/0001.png"
    status = picture.stat()
    picture.write_bytes(b"x" * status.st_size)
    set_times(picture, status)
    assert picture.stat().st_mtime_ns == status.st_mtime_ns
    check_reused(index, folder, *skip, "--reindex", changed=["cat/0001.png"])
    assert index(*skip) != before


def test_an_image_that_replaces_another_is_told_by_its_inode(index, aged_source, folder):
    index()
    picture, other = aged_source / "cat/0001.png", aged_source / "dog/other.png"
    status = picture.stat()
    other.write_bytes(picture.read_bytes())
    set_times(other, status)
    other.rename(picture)
    check_reused(index, folder, "--reindex", changed=["cat/0001.png"])


def test_images_that_change_places_are_looked_at_again(index, aged_source, folder):
    """A renamed file is known by its name only."""
    index()
    one, other = aged_source / "cat/0001.png", aged_source / "cat/0004.png"
    one.rename(aged_source / "cat/aside")
    other.rename(one)
    (aged_source / "cat/aside").rename(other)
    check_reused(index, folder, "--reindex", changed=["cat/0001.png", "cat/0004.png"])


def test_a_directory_that_moved_out_and_is_linked_is_no_longer_inside(
        tfrecordfs, index, aged_source, folder):
    index()
    shutil.move(aged_source / "fox", folder / "fox")
    (aged_source / "fox").symlink_to(folder / "fox")
    said = tfrecordfs("index", aged_source, "--reindex", "--index", folder / "index", code=1).err
    assert "fox" in said
    (aged_source / "fox").unlink()
    check_reused(index, folder, "--reindex", changed=[])


def test_an_image_that_may_no_longer_be_read_is_told(as_user, aged_source, folder):
    if not as_user.prefix:
        pytest.skip("root reads everything")
    (folder / "index").mkdir(mode=0o777)
    (folder / "index").chmod(0o777)
    as_user("index", aged_source, "--index", folder / "index")
    (aged_source / "cat/0001.png").chmod(0)
    said = as_user("index", aged_source, "--index", folder / "index", "--reindex", code=1).err
    assert "cat/0001.png" in said and "Permission denied" in said


def test_other_options_look_at_everything(index, aged_source, folder):
    index()
    index("--formats", "only:png,jpeg,gif,bmp", at="other")
    assert len(index.opened) == 60
    index("--check", "full", at="full")
    index("--check", "full", "--reindex", at="full")
    assert len(index.opened) >= 60


def test_a_bad_image_is_looked_at_each_time(index, aged_source, folder):
    (aged_source / "cat/bad.png").write_bytes(b"no image at all")
    time.sleep(0.05)
    skip = ["--on-bad", "skip"]
    index(*skip)
    check_reused(index, folder, *skip, "--reindex", changed=["cat/bad.png"])
    images.write(aged_source / "cat/bad.png", 1, ("png", "RGB"))
    check_reused(index, folder, *skip, changed=["cat/bad.png"])


def test_a_manifest_in_another_order_opens_nothing(index, aged_source, folder):
    rows = [[path, path.split("/")[0]] for path in images.paths(aged_source)]
    manifest = images.write_csv(folder / "m.csv", ["file", "label"], rows)
    index("--manifest", manifest)
    images.write_csv(manifest, ["file", "label"], rows[::-1])
    check_reused(index, folder, "--manifest", manifest, changed=[])
    images.write_csv(manifest, ["file", "label"], [[p, label[::-1]] for p, label in rows])
    check_reused(index, folder, "--manifest", manifest, changed=[])


def test_masks_are_reused_too(index, aged_source, folder):
    rows = []
    for path in sorted((aged_source / "fox").iterdir()):
        mask = images.write(aged_source / "masks" / f"{path.stem}.png", 5, ("png", "L"),
                            Image.open(path).size)
        rows.append([f"fox/{path.name}", f"masks/{mask.name}", "fox"])
    time.sleep(0.05)
    manifest = images.write_csv(folder / "m.csv", ["file", "mask", "label"], rows)
    (folder / "mine.json").write_text('{"features": {"mask": "mask.encoded"}}')
    options = ["--manifest", manifest, "--mask-column", "mask",
               "--schema", folder / "mine.json"]
    index(*options)
    assert len(index.opened) >= 20
    images.write(aged_source / rows[0][1], 6, ("png", "L"),
                 Image.open(aged_source / rows[0][0]).size)
    reused = index(*options, "--reindex")
    assert index.opened == [rows[0][1]]
    assert reused == index(*options, at="fresh")


def test_encoded_images_are_not_encoded_again(index, aged_source, folder):
    """Nor their augmented copies, unless the class is another."""
    for path in [*aged_source.rglob("*.gif"), *aged_source.rglob("*.bmp")]:
        path.unlink()
    rows = [[path, path.split("/")[0]] for path in images.paths(aged_source)]
    manifest = images.write_csv(folder / "m.csv", ["file", "label"], rows)
    time.sleep(0.05)
    options = ["--manifest", manifest, "--fix", "png2jpeg", "--augment", "cat=hflip",
               "--augment", "dog=rotate"]
    index(*options)
    check_reused(index, folder, *options, "--reindex", changed=[])
    rows[0][1] = "dog"
    images.write_csv(manifest, ["file", "label"], rows)
    check_reused(index, folder, *options, changed=[rows[0][0]])
    rows[0][1] = "ant"
    images.write_csv(manifest, ["file", "label"], rows)
    check_reused(index, folder, *options, changed=[])
    images.write(aged_source / rows[1][0], 88, ("png", "RGB"))
    # To look at it, and to encode it and its copy.
    check_reused(index, folder, *options, "--reindex", changed=[rows[1][0]] * 3)
