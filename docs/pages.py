"""The parts of pages that commands write, each between two comments that name its command."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
RELIABILITY = ROOT / "docs" / "reliability.md"
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
STRUCTURED_OUTPUT = ROOT / "docs" / "structured-output.md"


def write_part(page: Path, command: str, text: str) -> None:
    """Put what a command found in its place.

    The place begins with the comment `<!-- COMMAND -->` and ends with `<!-- end of COMMAND -->`.
    """
    begin, end = f"<!-- {command} -->", f"<!-- end of {command} -->"
    before, rest = page.read_text().split(begin)
    after = rest.split(end)[1]
    page.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}")
