# SPDX-License-Identifier: MIT
"""Reads of windows that are right, or fail where they may."""

import errno
import os
import time

import view_model

PAGE = 4096


def ranges_with(data, marks):
    """Where in a shard the records are that have one of @marks in them, in whole pages."""
    found, place = [], 0
    for record in view_model.framed(data):
        if any(mark in record for mark in marks):
            found.append((place // PAGE * PAGE, -(-(place + len(record)) // PAGE) * PAGE))
        place += len(record)
    return found


def overlaps(ranges, offset, length):
    """Whether a window, in whole pages, has to do with one of @ranges."""
    start, end = offset // PAGE * PAGE, -(-(offset + length) // PAGE) * PAGE
    return any(start < last and first < end for first, last in ranges)


def is_right(data, whole, ranges, offset, length):
    """A slice of @whole; or the beginning of it, up to what fails, as the kernel reads pages."""
    expected = whole[offset:offset + length]
    if data and len(data) < len(expected):
        return expected.startswith(data) and overlaps(ranges, offset, length) and any(
            first <= offset + len(data) < last for first, last in ranges)
    return data == expected


def a_window(numbers, size, most=200_000):
    return numbers.randrange(size), numbers.randint(1, numbers.choice([100, 5000, most]))


def read(fd, length, offset, tally, phase=None):
    """Bytes, or None where the read failed with EIO; how long it took, if @phase is told."""
    begun = time.perf_counter()
    try:
        data = os.pread(fd, length, offset)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        tally.refused += 1
        data = None
    if phase:
        tally.seconds[phase].append(time.perf_counter() - begun)
    tally.operations += 1
    tally.bytes += len(data or b"")
    return data
