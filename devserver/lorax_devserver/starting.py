"""The engines of a server, over the files that are given or those that come in packages."""

from collections.abc import Sequence
from pathlib import Path

from lorax_devserver import adapters
from lorax_devserver.adapters import AdapterFile
from lorax_devserver.embedding import EmbeddingModel
from lorax_devserver.errors import StartError
from lorax_devserver.gguf import GgufError
from lorax_devserver.llama import LlamaEngine
from lorax_devserver.model import (
    HOW_TO_GET_ONE,
    PACKAGED_EMBEDDING_MODEL_ID,
    PACKAGED_MODEL_ID,
    packaged_embedding_model,
    packaged_model,
)
from lorax_devserver.scripted import ScriptedEngine
from lorax_devserver.settings import Limits


def model_engine(
    model: Path | None,
    model_id: str | None,
    files: Sequence[AdapterFile],
    limits: Limits,
    threads: int | None,
) -> LlamaEngine:
    """The engine over a real model; the packaged one comes with the shipped adapters.

    Raises:
        StartError: There is no model, or a file cannot be used with it.
    """
    if model is None:
        model = packaged_model()
        if model is None:
            raise StartError(f"there is no model: {HOW_TO_GET_ONE}")
        model_id = model_id or PACKAGED_MODEL_ID
        taken = {file.id for file in files}
        files = [*files, *(file for file in adapters.shipped() if file.id not in taken)]
    context = limits.max_total_tokens
    return LlamaEngine(model, model_id or model.stem, files, context=context, threads=threads)


def scripted_engine(model: Path | None, model_id: str | None) -> ScriptedEngine:
    """The scripted engine; of the model it takes the tokenizer alone.

    Raises:
        StartError: There is no model to take it from.
    """
    vocabulary = model or packaged_model()
    if vocabulary is None:
        raise StartError(f"there is no model to take a tokenizer from: {HOW_TO_GET_ONE}")
    try:
        return ScriptedEngine(vocabulary, model_id or PACKAGED_MODEL_ID)
    except (GgufError, KeyError, OSError) as error:
        raise StartError(f"model {vocabulary}: {error}") from error


def embedding_engine(
    model: Path | None, limits: Limits, threads: int | None, *, by_default: bool
) -> EmbeddingModel | None:
    """The model for embeddings that was asked for, or the packaged one; None for the engine.

    Raises:
        StartError: It cannot be used.
    """
    if model is not None:
        name = model.resolve().name.removesuffix(".gguf")
    elif by_default and (packaged := packaged_embedding_model()):
        model, name = packaged, PACKAGED_EMBEDDING_MODEL_ID
    else:
        return None
    return EmbeddingModel(model, name, limits.max_total_tokens, threads)
