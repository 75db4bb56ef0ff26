"""A BERT's folder, as sentence-transformers saves it: its tokens, and its weights for llama.cpp."""

import json
import mmap
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from lorax_devserver import gguf
from lorax_devserver.errors import StartError

_KIND = {"model_type": "bert", "hidden_act": "gelu", "position_embedding_type": "absolute"}
_POOLINGS = {"pooling_mode_mean_tokens": 1, "pooling_mode_cls_token": 2}
_EMBEDDINGS = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
}
_LAYER = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}


class Bert:
    """A sentence-transformers model whose transformer is a BERT.

    Args:
        folder: Where its files are.

    Attributes:
        longest: How many tokens of a text it reads.

    Raises:
        StartError: A file is missing or damaged, or it is another kind of model.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._config = self._read("config.json")
        for key, known in _KIND.items():
            if (value := self._config.get(key, known)) != known:
                raise StartError(
                    f"embedding model {folder}: {key} is {value!r} in its config.json, and only "
                    f"{known!r} is read from a folder; give a GGUF file"
                )
        self._pooling = self._pooling_type()
        longest = self._read("sentence_bert_config.json")["max_seq_length"]
        self.longest: int = longest or self._config["max_position_embeddings"]
        tokenizer = self._text("tokenizer.json")
        try:
            self._tokenizer = Tokenizer.from_str(tokenizer)
        except Exception as error:  # the package raises no other
            raise StartError(f"embedding model {folder}: tokenizer.json: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.longest)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """The tokens of each text, between those that begin and end one; no more than it reads."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]

    def write_gguf(self, path: Path) -> None:
        """Write its weights for llama.cpp, without a vocabulary: it is given tokens.

        Raises:
            StartError: A weight is missing or no 32-bit float.
        """
        config = self._config
        metadata = {
            "general.architecture": "bert",
            "bert.block_count": config["num_hidden_layers"],
            "bert.context_length": config["max_position_embeddings"],
            "bert.embedding_length": config["hidden_size"],
            "bert.feed_forward_length": config["intermediate_size"],
            "bert.attention.head_count": config["num_attention_heads"],
            "bert.attention.layer_norm_epsilon": float(config["layer_norm_eps"]),
            "bert.attention.causal": False,
            "bert.pooling_type": self._pooling,
            "bert.vocab_size": config["vocab_size"],
            "tokenizer.ggml.model": "no_vocab",
            "tokenizer.ggml.token_type_count": config["type_vocab_size"],
        }
        gguf.write(path, metadata, self._tensors())

    def _tensors(self) -> list[gguf.Tensor]:
        """The weights by llama.cpp's names."""
        names = dict(_EMBEDDINGS)
        for layer in range(self._config["num_hidden_layers"]):
            for theirs, ours in _LAYER.items():
                names[f"encoder.layer.{layer}.{theirs}"] = f"blk.{layer}.{ours}"
        path = self._folder / "model.safetensors"
        tensors = []
        missing = set(names)
        for name, (kind, shape, data) in _safetensors(path).items():
            place, _, part = name.rpartition(".")
            if place in names:
                if kind != "F32":
                    raise StartError(f"{path}: {name} is {kind}, and F32 is read; give a GGUF file")
                tensors.append(gguf.Tensor(f"{names[place]}.{part}", shape[::-1], data))
                missing.discard(place)
        if missing:
            raise StartError(f"{path}: there is no {min(missing)} in it")
        return tensors

    def _pooling_type(self) -> int:
        """How a text's vector comes from its tokens', by llama.cpp's number."""
        asked = self._read("1_Pooling/config.json")
        for mode, number in _POOLINGS.items():
            if asked.get(mode):
                return number
        raise StartError(
            f"embedding model {self._folder}: 1_Pooling/config.json asks for none of "
            f"{', '.join(_POOLINGS)}; others are not read from a folder; give a GGUF file"
        )

    def _read(self, name: str) -> "_Settings":
        where = f"embedding model {self._folder}: {name}"
        try:
            return _Settings(where, json.loads(self._text(name)))
        except (TypeError, ValueError) as error:
            raise StartError(f"{where} is no JSON object: {error}") from error

    def _text(self, name: str) -> str:
        try:
            return (self._folder / name).read_text(encoding="utf-8")
        except OSError as error:
            raise StartError(f"embedding model {self._folder}: {name}: {error.strerror}") from error


class _Settings(dict[str, Any]):
    """A JSON file's object, which says so when a key is missing."""

    def __init__(self, where: str, values: Any) -> None:
        super().__init__(values)
        self._where = where

    def __missing__(self, key: str) -> Any:
        raise StartError(f"{self._where} has no {key}")


def _safetensors(path: Path) -> dict[str, tuple[str, tuple[int, ...], memoryview]]:
    """Every tensor of a safetensors file: its type, its shape, the slowest-running first, its data.

    The data are the file's own, mapped, for as long as they are held.
    """
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        (length,) = struct.unpack_from("<Q", data)
        head = json.loads(bytes(data[8 : 8 + length]))
    except OSError as error:
        raise StartError(f"embedding model {path.parent}: {path.name}: {error.strerror}") from error
    except (ValueError, struct.error) as error:
        raise StartError(f"{path} is cut or damaged: {error}") from error
    head.pop("__metadata__", None)
    tensors = {}
    for name, tensor in head.items():
        begin, end = (8 + length + offset for offset in tensor["data_offsets"])
        if end > len(data):
            raise StartError(f"{path} is cut: {name} is not all there")
        tensors[name] = (tensor["dtype"], tuple(tensor["shape"]), data[begin:end])
    return tensors
