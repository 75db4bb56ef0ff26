"""The local server's vectors beside those of sentence-transformers, text by text.

`make embeddings` runs it. It prints the largest difference, which must stay below 1e-3, and writes
the reference vectors that `make test` compares with.
"""

import json
import subprocess
import sys
from pathlib import Path

from examples.local_server import local_server
from lorax import Client
from lorax_devserver.model import packaged_embedding_model
from tests.embeddings.texts import STORED, TEXTS

REFERENCE = Path(__file__).with_name("reference.json")
TOLERANCE = 1e-3


def difference(a: list[float], b: list[float]) -> float:
    """How far two vectors are apart where they are farthest."""
    return max(abs(x - y) for x, y in zip(a, b, strict=True))


def reference(python: str, folder: Path) -> dict[str, list[float]]:
    """The vectors of sentence-transformers, by an interpreter that has it."""
    command = [python, str(Path(__file__).with_name("reference.py")), str(folder)]
    texts = json.dumps(list(TEXTS.values()))
    done = subprocess.run(command, input=texts, stdout=subprocess.PIPE, text=True, check=True)
    return dict(zip(TEXTS, json.loads(done.stdout), strict=True))


def main() -> None:
    """Compare, print, and store."""
    folder = packaged_embedding_model()
    assert folder is not None, "the packaged model is one of the development dependencies"
    right = reference(sys.argv[1], folder)
    with local_server() as url, Client(url) as client:
        ours = dict(zip(TEXTS, client.embed_many(list(TEXTS.values())).embeddings, strict=True))
    differences = {name: difference(right[name], ours[name]) for name in TEXTS}
    for name, found in sorted(differences.items(), key=lambda item: item[1]):
        print(f"{found:.1e}  {name}")
    largest = max(differences.values())
    print(f"{len(TEXTS)} texts; the largest difference of a number is {largest:.1e}")
    if largest >= TOLERANCE:
        sys.exit(f"that is not below {TOLERANCE}")
    lines = [f'"{name}": {[round(number, 6) for number in right[name]]}' for name in STORED]
    REFERENCE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
