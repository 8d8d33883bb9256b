# SPDX-License-Identifier: MIT
"""Flags of a profile that make no sense: a sentence each, never a signal."""

import pytest


@pytest.mark.parametrize("arguments, words", [
    (["inception", "--part", "nonsense"], "SOURCE"),
    (["inception", "--part", "nonsense", "SOURCE"], '--part: "nonsense" is not SPLIT=FILE'),
    (["inception", "--part", "=gone"], "cannot find gone"),
    (["inception", "--train_directory=gone"], "cannot find gone"),
    (["coco", "--image_dir=gone"], "cannot find gone"),
    (["coco", "--image_info_file=", "--output_file_prefix="], "no file of images"),
    (["coco", "--image_info_file"], "--image_info_file wants a value"),
    (["inceptoin"], 'did you mean "inception"'),
])
def test_a_flag_that_makes_no_sense_is_told(tfrecordfs, photos, arguments, words):
    line = [photos if word == "SOURCE" else word for word in arguments]
    assert words in tfrecordfs("check", "--profile", *line, code=2).error
