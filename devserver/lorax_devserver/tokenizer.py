"""SmolLM2's tokenizer, rebuilt from its GGUF file for the engine that has no llama.cpp."""

from typing import Any

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from lorax_devserver.engine import Piece
from lorax_devserver.vocabulary import Vocabulary


class SmolTokenizer:
    """Byte-level BPE in which digits stand alone (`tokenizer.ggml.pre` is `smollm`)."""

    def __init__(self, metadata: dict[str, Any], vocabulary: Vocabulary) -> None:
        texts: list[str] = metadata["tokenizer.ggml.tokens"]
        merges = [tuple(merge.split(" ")) for merge in metadata["tokenizer.ggml.merges"]]
        ids = {text: number for number, text in enumerate(texts)}
        self._vocabulary = vocabulary
        self._tokenizer = Tokenizer(models.BPE(vocab=ids, merges=merges))
        digits = pre_tokenizers.Digits(individual_digits=True)
        byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False)
        self._tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, byte_level])
        self._tokenizer.decoder = decoders.ByteLevel()
        special = [AddedToken(text, special=True) for text in vocabulary.special_names()]
        self._tokenizer.add_special_tokens(special)

    def encode(self, text: str) -> list[Piece]:
        """Cut a text into tokens; special tokens written in it count as such."""
        return [self._vocabulary[number] for number in self._tokenizer.encode(text).ids]
