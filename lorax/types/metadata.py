"""What comes beside an answer: what the server understood, counted and timed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

_TIMES = (
    *("total_time", "validation_time", "queue_time", "inference_time"),
    *("time_to_first_token", "time_per_token"),
)


@dataclass(frozen=True)
class Metadata:
    """What the server said beside an answer: what it understood, what it counted, how long it took.

    Attributes:
        adapter_id: The adapter the server used; `a,b` for a merge, None for the base model.
        adapter_source: Where it looked for the adapter.
        model_id: The base model; None when a gateway took the headers away.
        prompt_tokens: Tokens of the prompt.
        generated_tokens: Tokens of the answer.
        total_time: Seconds in all.
        validation_time: Seconds of checking the request.
        queue_time: Seconds of waiting for a place.
        inference_time: Seconds of generating.
        time_to_first_token: Seconds until the first token.
        time_per_token: Seconds a token.
        headers: All headers of the answer, names in lower case.

    Counts and times come with whole answers only; the server sends none with a stream.
    """

    adapter_id: str | None = None
    adapter_source: str | None = None
    model_id: str | None = None
    prompt_tokens: int | None = None
    generated_tokens: int | None = None
    total_time: float | None = None
    validation_time: float | None = None
    queue_time: float | None = None
    inference_time: float | None = None
    time_to_first_token: float | None = None
    time_per_token: float | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    @property
    def times(self) -> dict[str, float]:
        """The times that the server told, by their names."""
        named = {name: getattr(self, name) for name in _TIMES}
        return {name: seconds for name, seconds in named.items() if seconds is not None}

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> "Metadata":
        """Read an answer's headers; the server counts in milliseconds."""

        def number(name: str) -> int | None:
            value = headers.get(name, "")
            return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None

        def seconds(name: str) -> float | None:
            milliseconds = number(name)
            return None if milliseconds is None else milliseconds / 1000

        return cls(
            adapter_id=headers.get("x-adapter-id"),
            adapter_source=headers.get("x-adapter-source"),
            model_id=headers.get("x-model-id"),
            prompt_tokens=number("x-prompt-tokens"),
            generated_tokens=number("x-generated-tokens"),
            total_time=seconds("x-total-time"),
            validation_time=seconds("x-validation-time"),
            queue_time=seconds("x-queue-time"),
            inference_time=seconds("x-inference-time"),
            time_to_first_token=seconds("x-time-to-first-token"),
            time_per_token=seconds("x-time-per-token"),
            headers=headers,
        )


class Answered(BaseModel):
    """A part of an answer; keys that are not known here are kept out."""

    model_config = ConfigDict(extra="ignore")


class Usage(Answered):
    """Tokens of a request and its answer."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, prompt_tokens: int, completion_tokens: int) -> "Usage":
        """The usage of so many tokens."""
        return cls(
            prompt_tokens=prompt_tokens,
            completion_tokens=completion_tokens,
            total_tokens=prompt_tokens + completion_tokens,
        )


class WithMetadata(Answered):
    """An answer that knows more than its documented fields.

    What it knows beside them takes no part in equality and in `model_dump`.
    """

    # These lie in __dict__ as cached properties do: pydantic's private attributes cost each token
    # more than reading it does.
    _metadata: ClassVar[Metadata] = Metadata()
    _parsed: ClassVar[Any] = None

    @property
    def parsed(self) -> Any:
        """The answer as a value of response_format, where it was asked for by `check=True`.

        On a stream the piece that ends the text has it, and the last one.
        """
        return self._parsed

    def take_parsed(self, value: Any) -> None:
        """Put what came of the check; whoever reads an answer does."""
        vars(self)["_parsed"] = value

    @property
    def metadata(self) -> Metadata:
        """What the server said beside the answer."""
        return self._metadata

    def take_metadata(self, metadata: Metadata) -> None:
        """Put what the server said beside the answer; whoever reads an answer does."""
        vars(self)["_metadata"] = metadata

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WithMetadata) or type(self) is not type(other):
            return NotImplemented
        return dict(self) == dict(other)

    __hash__ = None  # type: ignore[assignment]
