"""A model made for embeddings, beside the one that generates."""

from collections.abc import Callable, Sequence
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import xllamacpp

from lorax_devserver.bert import Bert
from lorax_devserver.engine import Adapter
from lorax_devserver.errors import EngineError, StartError
from lorax_devserver.llama_server import LlamaServer, model_head

_SLOTS = 4


class EmbeddingModel:
    """What llama.cpp makes of texts with an embedding model.

    Args:
        model: A GGUF file, or a BERT's folder as sentence-transformers saves it.
        model_id: Its name.
        context: How many tokens of a text a GGUF file's model reads at most.
        threads: The processor threads to compute on; by default half of the processors.

    Raises:
        StartError: A file is missing, damaged or of no model that is known here.
    """

    def __init__(
        self, model: Path, model_id: str, context: int = 2048, threads: int | None = None
    ) -> None:
        self.embeds_by = model_id
        # What a text is to llama.cpp: itself, or the tokens of the model's own tokenizer.
        self._prompts: Callable[[Sequence[str]], Sequence[Any]] = list
        if model.is_dir():
            bert = Bert(model)
            self._prompts = bert.encode
            self._server = _converted(bert, threads)
        else:
            self._server = LlamaServer(_params(model, context), threads)

    async def embed(self, texts: Sequence[str], adapter: Adapter | None) -> list[list[float]]:
        """The vectors of texts, of length one, computed together."""
        if adapter is not None:
            # A LoRAX server's words when it serves such a model.
            raise EngineError("This model does not support adapter loading.")
        if not texts:
            return []
        answer = await self._server.post("/embedding", {"content": self._prompts(texts)})
        return [item["embedding"][0] for item in sorted(answer, key=itemgetter("index"))]

    async def close(self) -> None:
        """Stop the model."""
        await self._server.close()


def _converted(bert: Bert, threads: int | None) -> LlamaServer:
    """A BERT under llama.cpp, by way of a file that is removed once it is read."""
    try:
        with TemporaryDirectory() as folder:
            file = Path(folder) / "model.gguf"
            bert.write_gguf(file)
            return LlamaServer(_params(file, bert.longest), threads)
    except OSError as error:
        raise StartError(f"the embedding model cannot be written for llama.cpp: {error}") from error


def _params(model: Path, context: int) -> Any:
    """What llama.cpp is to load, and how texts become vectors: as the model says, or by the mean.

    The file is read as a whole rather than mapped, so that it can be removed.
    """
    metadata = model_head("embedding model", model).metadata
    kind = metadata.get("general.architecture")
    known = metadata.get(f"{kind}.context_length")
    if known is None:
        raise StartError(f"embedding model {model} is a GGUF file, but of no model")
    longest = min(context, known)
    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE
    params.n_parallel = _SLOTS
    params.n_ctx = _SLOTS * longest
    params.n_batch = params.n_ubatch = longest  # a text is computed in one batch
    params.embedding = True
    if f"{kind}.pooling_type" not in metadata:
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    return params
