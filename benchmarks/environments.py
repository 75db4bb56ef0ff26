"""The environment of each peer, made anew when it is asked for, and what is installed there."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from docs.pages import ROOT

PEERS = ROOT / ".venv" / "peers"
UV = Path(sys.executable).parent / "uv"


@dataclass(frozen=True)
class Environment:
    """A virtual environment.

    Attributes:
        name: Its folder among the peers.
        packages: What is installed, the project's own by their paths.
        constrained: Whether the project's pins hold, as for its own clients and for plain httpx.
    """

    name: str
    packages: tuple[str, ...]
    constrained: bool = False

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return PEERS / self.name / "bin" / "python"

    def make(self) -> None:
        """Create it if need be, and bring it up to date with the project."""
        if not self.python.exists():
            _uv("venv", "--python", sys.executable, str(PEERS / self.name))
        # No sources: they would install the project editable, and uncompiled.
        ours = ("lorax-client", "langchain-lorax", "llama-index-llms-lorax")
        again = [f"--reinstall-package={name}" for name in ours if self.constrained]
        pins = ["--constraint", "constraints.txt"] if self.constrained else []
        settings = ("--no-sources", "--compile-bytecode", "--python", str(self.python))
        _uv("pip", "install", *settings, *again, *pins, *self.packages)

    def versions(self) -> dict[str, str]:
        """What is installed, with its versions."""
        return _versions(self.python)


@lru_cache
def _versions(python: Path) -> dict[str, str]:
    listed = _uv("pip", "list", "--format", "json", "--python", str(python))
    return {package["name"]: package["version"] for package in json.loads(listed)}


def _uv(*arguments: str) -> str:
    command = [str(UV), *arguments]
    # Nothing outside the project's folder is written, whoever starts this.
    around = {"UV_CACHE_DIR": str(ROOT / ".venv" / "cache"), **os.environ}
    # What is measured looks for compiled files beside the sources.
    around.pop("PYTHONPYCACHEPREFIX", None)
    done = subprocess.run(
        command, cwd=ROOT, env=around, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"uv {' '.join(arguments)}:\n{done.stderr}")
    return done.stdout


LORAX_CLIENT = Environment("lorax-client", ("lorax-client==0.6.3",))
OPENAI = Environment("openai", ("openai==3.54.0",))
HUGGING_FACE = Environment("huggingface-hub", ("huggingface-hub==0.36.2", "aiohttp"))
HTTPX = Environment("httpx", ("httpx", "httpx-aiohttp", "pydantic", "orjson"), constrained=True)
OURS = Environment("lorax", (".",), constrained=True)
OURS_AIOHTTP = Environment("lorax-aiohttp", (".", "httpx-aiohttp"), constrained=True)
FRAMEWORKS = Environment(
    "frameworks",
    (".", "httpx-aiohttp", "./integrations/langchain", "./integrations/llamaindex/llms"),
    constrained=True,
)
ENVIRONMENTS = (LORAX_CLIENT, OPENAI, HUGGING_FACE, HTTPX, OURS, OURS_AIOHTTP, FRAMEWORKS)
