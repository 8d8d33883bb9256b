"""The ratios of a table as bars, in SVG and without anything to install."""

import html
import math

WIDTH, LEFT, RIGHT, ROW, TOP = 1040, 560, 60, 18, 46
LEAST, MOST = 0.1, 20
COLOURS = {"met": "#2f7d4f", "missed": "#c0392b", "": "#7a8794"}
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)


def across(ratio):
    """Where a ratio stands: a logarithmic scale, cut at both ends."""
    share = math.log(min(max(ratio, LEAST), MOST) / LEAST) / math.log(MOST / LEAST)
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def text(x, y, words, anchor="start", colour="#222", size=11):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" '
            f'font-size="{size}">{html.escape(words)}</text>')


def vertical(x, top, bottom, colour, width=1.0):
    return (f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top:.1f}" y2="{bottom:.1f}" '
            f'stroke="{colour}" stroke-width="{width}"/>')


def speed(line, value):
    """Costs that shall be small are drawn as speeds, so that right is always better."""
    return 1 / value if line.get("smaller_is_better") else value


def shorten(words, limit=92):
    return words if len(words) <= limit else words[:limit - 1] + "…"


def bar(line, y):
    value = speed(line, line["ratio"])
    one, end = across(1), across(value)
    colour = COLOURS[line["verdict"]]
    drawn = [text(LEFT - 8, y + 12, shorten(line["key"]), "end"),
             f'<rect x="{min(one, end):.1f}" y="{y + 3:.1f}" width="{max(abs(end - one), 1):.1f}" '
             f'height="{ROW - 6}" fill="{colour}"/>',
             text(max(one, end) + 4, y + 12, f"{value:.2f}", colour=colour)]
    if line.get("limit"):
        drawn.append(vertical(across(speed(line, line["limit"])), y + 1, y + ROW - 1, "#000", 2))
    return drawn


def svg(lines, title):
    """All lines with a ratio, in their order."""
    lines = [line for line in lines if line["ratio"] is not None]
    bottom = TOP + ROW * len(lines)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{bottom + 24}" '
             f'viewBox="0 0 {WIDTH} {bottom + 24}" font-family="sans-serif">',
             f'<rect width="{WIDTH}" height="{bottom + 24}" fill="#fff"/>',
             text(12, 18, title, size=13),
             text(12, 34, "Right of 1: the mount is faster or takes less. Black: the goal. Green: "
                  "met; red: missed; grey: no goal.", colour="#555")]
    for tick in TICKS:
        parts.append(vertical(across(tick), TOP, bottom, "#888" if tick == 1 else "#ddd"))
        parts.append(text(across(tick), bottom + 15, f"{tick:g} ×", "middle", "#555"))
    for number, line in enumerate(lines):
        parts += bar(line, TOP + ROW * number)
    return "\n".join([*parts, "</svg>"]) + "\n"
