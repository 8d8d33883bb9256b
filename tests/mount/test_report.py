# SPDX-License-Identifier: MIT
"""report.html: what it says, that it is harmless, and how a browser shows it."""

import html
import html.parser
import re
import subprocess

import images
import pytest
import view_model

VOID = {"meta", "img", "br", "link"}


class Page(html.parser.HTMLParser):
    """A page taken apart: every element is ended, in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.headings, self.cells, self.images = [], [], [], [], []
        self.attributes = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs
        if tag == "img":
            self.images.append(dict(attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("h1", "h2", "h3"):
            self.headings.append((self.open[-1], data))
        if self.open and self.open[-1] in ("td", "th"):
            self.cells.append(data)


@pytest.fixture
def report(mount, folder):
    """report.html of a data set with odd names, a bad image, and groups in two splits."""
    rows = []
    for i in range(60):
        images.write(folder / f"source/{i:02}.jpg", i, ("jpeg", "RGB"), (40 + i, 300 - 3 * i))
        rows.append([f"{i:02}.jpg", ["cat", "<script>alert(1)</script>", "c‮at\x01"][i % 3],
                     i // 2])
    (folder / "source/bad.jpg").write_bytes(b"no image")
    rows.append(["bad.jpg", "cat", 99])
    images.write_csv(folder / "rows.csv", ["file", "label", "patient"], rows)
    with mount(folder / "source", "--manifest", folder / "rows.csv", "--on-bad", "skip",
               "--split", "train=0.8,test=0.2", "--shards", "2", code=None) as mounted:
        yield mounted


def test_it_says_what_is_there_and_nothing_runs(report):
    text = (report / "report.html").read_text()
    page = Page(text)
    assert "script" not in page.seen and "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\u202e" not in text and "\x01" not in text and "\\u202e" in text
    # Nothing from elsewhere.
    assert not re.findall(r"(?:https?:)?//[a-z]", re.sub(r'base64,[^"]*', "", text))
    assert {name for name, _ in page.attributes if name.startswith("on")} == set()
    assert [level for level, _ in page.headings[:1]] == ["h1"]
    assert [name for level, name in page.headings if level == "h2"] == [
        "Classes and splits", "Images", "Problems", "Leaks", "Samples", "How it was made"]
    counts = {}
    for row in view_model.rows(report.path):
        counts[row["label"], row["split"]] = counts.get((row["label"], row["split"]), 0) + 1
    at = page.cells.index("cat")
    assert page.cells[at + 1:at + 3] == [str(counts["cat", "train"]), str(counts["cat", "test"])]
    assert "bad.jpg" in page.cells and "patient" not in page.cells
    assert all(image["alt"].endswith(".jpg") for image in page.images)
    assert len(page.images) == 30 and len(text) < 1_500_000
    assert "images are of groups that stand in two splits" in text


def test_it_is_the_same_every_time(report, tfrecordfs, folder):
    again = tfrecordfs("cat", report.source, "report.html", "--manifest", folder / "rows.csv",
                       "--on-bad", "skip", "--split", "train=0.8,test=0.2", "--shards", "2",
                       "-q", binary=True).out
    assert again == (report / "report.html").read_bytes()


def test_it_stays_small(mount, folder):
    images.write(folder / "many/0.png", 1, ("png", "L"), (1, 1))
    rows = [["0.png", "c0"]]
    for i in range(1, 700):
        (folder / f"many/{i}.png").hardlink_to(folder / "many/0.png")
        rows.append([f"{i}.png", f"class number {i // 2}"])
    images.write_csv(folder / "many.csv", ["file", "label"], rows)
    with mount(folder / "many", "--manifest", folder / "many.csv") as mounted:
        text = (mounted / "report.html").read_text()
    page = Page(text)
    assert len(text) < 500_000 and len(page.images) <= 120
    assert "311 other classes" in text


def chromium(*arguments):
    return subprocess.run(["chromium", "--headless=new", "--no-sandbox", "--disable-gpu",
                           "--hide-scrollbars", *map(str, arguments)], check=True,
                          capture_output=True, text=True, timeout=120,
                          env={"PATH": "/usr/bin:/bin", "HOME": "/tmp"}).stdout


# The page in a frame of a given width, as windows cannot be as narrow as a phone.
MEASURE = """<script>addEventListener("load", () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    parent.document.body.dataset.seen = [document.documentElement.scrollWidth, innerWidth,
        dark, getComputedStyle(document.body).color, getComputedStyle(
        document.documentElement).backgroundColor,
        [...document.images].every(i => i.naturalWidth > 0)].join("|");
});</script>"""


def framed(text, width):
    inner = html.escape(text.replace("</body>", MEASURE + "</body>"))
    return (f'<!doctype html><body><iframe width={width} height=900 style="border:0" '
            f'srcdoc="{inner}"></iframe></body>')


def luminance(colour):
    parts = [int(n) / 255 for n in re.findall(r"\d+", colour)[:3]]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.slow
def test_a_browser_shows_it_on_a_phone_in_the_dark_and_on_paper(report, folder):
    page = folder / "page.html"
    text = (report / "report.html").read_text()
    for width in (360, 390, 1280):
        page.write_text(framed(text, width))
        for scheme in (0, 1):
            out = chromium("--window-size=1400,1000", "--dump-dom",
                           f"--blink-settings=preferredColorScheme={scheme}", page.as_uri())
            wide, inner, dark, ink, paper, pictures = re.search(
                r'data-seen="([^"]*)"', out).group(1).split("|")
            assert int(wide) <= int(inner) == width, f"scrolls sideways at {width} pixels"
            assert dark == ("true" if scheme == 0 else "false") and pictures == "true"
            light, shade = sorted([luminance(ink), luminance(paper)], reverse=True)
            assert (light + 0.05) / (shade + 0.05) >= 4.5
    page.write_text(text)
    chromium(f"--print-to-pdf={folder / 'page.pdf'}", page.as_uri())
    assert (folder / "page.pdf").read_bytes().startswith(b"%PDF")
