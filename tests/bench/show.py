"""Costs as texts."""


def seconds(cost):
    if cost >= 10:
        return f"{cost:,.1f} s"
    return f"{cost:.2f} s" if cost >= 0.2 else milliseconds(cost)


def milliseconds(cost):
    return f"{1000 * cost:,.0f} ms" if cost >= 0.01 else f"{1000 * cost:.1f} ms"


def megabytes(cost):
    return f"{cost:,.0f} MB"


def each(cost):
    return f"{cost:.1f} B"


def times(cost):
    return f"{cost:.2f} ×"


def gigabytes(images):
    """Of seconds a pass over the shards, or files, of images."""
    return lambda cost: f"{images.expected.bytes / cost / 1e9:.2f} GB/s"


def a_second(images):
    return lambda cost: f"{images.nr / cost:,.0f}/s"


def of_many(number):
    return lambda cost: f"{number() / cost:,.0f}/s"


def small_megabytes(cost):
    return f"{cost:,.2f} MB"
