"""The frameworks' tests with the lowest and the newest core that the packages allow, by Python.

An interpreter that does not start is told and passed over; without any of them it fails.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).parent / "uv"
CORES = {
    "langchain-core": ROOT / "integrations" / "langchain" / "pyproject.toml",
    "llama-index-core": ROOT / "integrations" / "llamaindex" / "llms" / "pyproject.toml",
}
TESTS = ["tests/langchain", "tests/llamaindex"]


def lowest(core: str) -> str:
    """The lowest version of a framework's core that our package allows."""
    (version,) = re.findall(rf'"{core}>=([\d.]+),', CORES[core].read_text())
    return f"{core}=={version}"


def version(python: str) -> str | None:
    """What an interpreter says that it is; None where it is missing."""
    asked = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    try:
        found = subprocess.run(asked, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return found.stdout.strip() if found.returncode == 0 else None


def tested(python: str, name: str, cores: list[str]) -> bool:
    """Whether all of them pass in an environment of their own."""
    there = ROOT / ".venv" / "matrix" / name
    own = there / "bin" / "python"
    # What is there may be of another Python, or hold what was the newest.
    subprocess.run([UV, "venv", "--quiet", "--clear", "--python", python, there], check=True)
    install = [UV, "pip", "install", "--quiet", "--python", own, *cores, "--group", "dev"]
    subprocess.run(install, check=True, cwd=ROOT)
    tests = [own, "-m", "pytest", "-q", "--numprocesses", "auto", "--dist", "loadfile", *TESTS]
    return subprocess.run(tests, check=False, cwd=ROOT).returncode == 0


def main(pythons: list[str]) -> int:
    """Run all of them; 1 if any failed or none could be run."""
    passed: dict[str, bool] = {}
    for python in pythons:
        if (found := version(python)) is None:
            print(f"{python} is not here: name one by `make test-matrix PYTHON310=… PYTHON313=…`")
            continue
        for which, cores in {"lowest": [*map(lowest, CORES)], "newest": [*CORES]}.items():
            name = f"{found}-{which}"
            passed[name] = tested(python, name, cores)
    for name, well in passed.items():
        print(f"Python {name} cores: {'passed' if well else 'FAILED'}")
    return 0 if passed and all(passed.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
