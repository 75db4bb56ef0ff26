"""Bars in a picture: plain SVG, in colours that can be read on light and on dark ground."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, LABELS, LINE = 780, 230, 22
LONGEST = WIDTH - LABELS - 150  # the rest is for the value behind the bar
GREY, OTHER, OURS = "#727c88", "#8a94a3", "#d9730d"


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its length as a ratio, the words behind it, whether it is ours."""

    label: str
    ratio: float
    value: str
    ours: bool


def picture(groups: list[tuple[str, list[Bar]]]) -> str:
    """Groups of bars, one below another, each with its own scale."""
    parts: list[str] = []
    y = 0
    for title, bars in groups:
        y += LINE + 8
        parts.append(_words(0, y, title, ' font-weight="bold"'))
        scale = LONGEST / max(bar.ratio for bar in bars)
        for bar in bars:
            y += LINE
            parts.extend(_bar(bar, y, scale))
    height = y + 14
    style = 'font-family="system-ui, sans-serif" font-size="13"'
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style} fill="{GREY}">'
    return "\n".join([head, *parts, "</svg>\n"])


def _bar(bar: Bar, y: int, scale: float) -> list[str]:
    length = max(bar.ratio * scale, 1)
    colour = OURS if bar.ours else OTHER
    weight = ' font-weight="bold"' if bar.ours else ""
    rest = f'width="{length:.0f}" height="14" rx="2" fill="{colour}"'
    return [
        _words(LABELS - 8, y, bar.label, f' text-anchor="end"{weight}'),
        f'<rect x="{LABELS}" y="{y - 12}" {rest}/>',
        _words(LABELS + length + 8, y, bar.value, weight),
    ]


def _words(x: float, y: float, words: str, more: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}"{more}>{escape(words)}</text>'
