# SPDX-License-Identifier: MIT
"""What may become of a file of ours: an index, or a part of one."""

KINDS = ["flip", "truncate", "empty", "append", "version"]


def damaged(content, kind):
    """@content with a bit flipped, cut, ..., or said to be of the next version."""
    changed = bytearray(content)
    if kind == "flip":
        changed[len(changed) // 2] ^= 1
    elif kind == "truncate":
        del changed[len(changed) * 2 // 3:]
    elif kind == "empty":
        changed.clear()
    elif kind == "append":
        changed += b"x"
    else:
        assert kind == "version"
        changed[8] += 1
    return bytes(changed)
