"""A request's parameters: their types, bounds, meaning and names on the wire, written once.

Everything else that names a parameter is held to this file: the signatures of `generate` and
`generate_stream` by a test, the text of `help()` and the fields of the integrations by being
made from it.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

MergeStrategy = Literal["linear", "ties", "dare_linear", "dare_ties"]
MajoritySignMethod = Literal["total", "frequency"]
AdapterSource = Literal["hub", "local", "s3", "pbase"]

Flag = Annotated[bool, Field(strict=True)]
# The server's own integers; one that does not fit is a body that does not parse.
Count32 = Annotated[int, Field(strict=True, ge=1, lt=2**32)]
Count = Annotated[int, Field(strict=True, ge=1, lt=2**64)]
Signed32 = Annotated[int, Field(strict=True, ge=1, lt=2**31)]
Text = Annotated[str, Field(strict=True)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]


PydanticClass = type[BaseModel]


class MergedAdapters(BaseModel):
    """Several adapters merged into one for a request.

    Example:
        >>> MergedAdapters(ids=["acme/a", "acme/b"], weights=[0.7, 0.3]).merge_strategy
        'linear'
    """

    # An unknown strategy ends the server's process, so what was checked must stay as it is.
    model_config = ConfigDict(extra="forbid", frozen=True, revalidate_instances="always")

    ids: list[Annotated[Text, Field(min_length=1)]] = Field(
        min_length=1, description="The adapters to merge."
    )
    weights: list[Number] = Field(description="How much each counts: one number an adapter.")
    merge_strategy: MergeStrategy = Field(default="linear", description="How they are merged.")
    density: Number = Field(
        default=0.0,
        ge=0,
        description="Share of weights, up to 1, that ties and the dare strategies keep.",
    )
    majority_sign_method: MajoritySignMethod = Field(
        default="total", description="How ties and dare_ties settle on a sign."
    )

    @model_validator(mode="after")
    def _one_weight_an_adapter(self) -> "MergedAdapters":
        if len(self.ids) != len(self.weights):
            raise ValueError(f"{len(self.ids)} ids need as many weights, not {len(self.weights)}")
        return self


class ResponseFormatType(str, Enum):
    """What holds the answer to a form."""

    json_object = "json_object"
    json_schema = "json_schema"
    text = "text"


class ResponseFormat(BaseModel):
    """A form that the answer is held to.

    Attributes:
        type: json_object and json_schema mean the same here.
        schema_spec: The JSON schema, or a pydantic class; named `schema` in the constructor.
    """

    model_config = ConfigDict(populate_by_name=True, extra="forbid", use_enum_values=True)

    type: ResponseFormatType | Literal["json_object", "json_schema", "text"]
    schema_spec: dict[str, Any] | PydanticClass | None = Field(default=None, alias="schema")


class AdapterSettings(BaseModel):
    """Which adapter is used."""

    adapter_id: Text | None = Field(
        default=None, description='The LoRA adapter to apply; None or "" is the base model.'
    )
    adapter_source: AdapterSource | None = Field(
        default=None,
        description="Where the server looks for the adapter; None is the server's own choice.",
    )
    merged_adapters: MergedAdapters | None = Field(
        default=None, description="Several adapters merged into one, in place of adapter_id."
    )

    @field_validator("adapter_source", mode="before")
    @classmethod
    def _any_case(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("adapter_id")
    @classmethod
    def _empty_is_the_base_model(cls, value: str | None) -> str | None:
        return value or None

    @model_validator(mode="after")
    def _one_way_to_name_adapters(self) -> "AdapterSettings":
        if self.adapter_id is not None and self.merged_adapters is not None:
            raise ValueError("adapter_id and merged_adapters exclude each other: give one of them")
        return self

    @property
    def adapter_name(self) -> str | None:
        """The adapter as the server's header names it: a merge's ids side by side."""
        merged = self.merged_adapters
        return ",".join(merged.ids) if merged else self.adapter_id


class GenerationSettings(AdapterSettings):
    """What can be set once for many calls, and again at each."""

    do_sample: Flag = Field(
        default=False, description="Draw each token at random instead of taking the likeliest."
    )
    max_new_tokens: Count32 | None = Field(
        default=20, description="Tokens to generate at most; None is as many as the server allows."
    )
    best_of: Count | None = Field(
        default=None,
        description="Generate so many answers and give the likeliest; above 1 only when sampling "
        "and without a seed.",
    )
    repetition_penalty: Annotated[Number, Field(gt=0)] | None = Field(
        default=None,
        description="How much tokens that already came are made less likely; 1.0 leaves them as "
        "they are (https://arxiv.org/abs/1909.05858).",
    )
    frequency_penalty: Annotated[Number, Field(ge=-2, le=2)] | None = Field(
        default=None,
        description="How much each earlier occurrence of a token makes it less likely.",
    )
    presence_penalty: Annotated[Number, Field(ge=-2, le=2)] | None = Field(
        default=None, description="How much a token's having occurred at all makes it less likely."
    )
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**64)] | None = Field(
        default=None, description="Seed of the random draw, which makes it repeatable."
    )
    temperature: Annotated[Number, Field(ge=0)] | None = Field(
        default=None,
        description="Divides the logits: below 1.0 bolder, above it more varied; 0 is greedy.",
    )
    top_k: Signed32 | None = Field(
        default=None, description="Draw from so many of the likeliest tokens only."
    )
    top_p: Annotated[Number, Field(gt=0, le=1)] | None = Field(
        default=None,
        description="Draw from the smallest set of tokens whose probabilities add up to this.",
    )
    typical_p: Annotated[Number, Field(gt=0, lt=1)] | None = Field(
        default=None,
        description="Draw from the tokens of typical probability that add up to this "
        "(https://arxiv.org/abs/2202.00666).",
    )
    truncate: Count | None = Field(
        default=None, description="Keep only the last so many tokens of the prompt."
    )
    watermark: Flag = Field(
        default=False, description="Mark the text as generated (https://arxiv.org/abs/2301.10226)."
    )
    ignore_eos_token: Flag = Field(
        default=False, description="Go on past the model's end token, to the limit."
    )
    return_k_alternatives: Signed32 | None = Field(
        default=None,
        description="Give so many of the likeliest tokens at each place of the answer.",
    )
    response_format: Any = Field(
        default=None,
        description="Hold the answer to JSON of a form: a pydantic class, a JSON schema, "
        '{"type": "json_object", "schema": {...}}, OpenAI\'s nesting of it, or a ResponseFormat.',
    )
    check: Flag = Field(
        default=False,
        description="Validate the answer by response_format; `parsed` is what came of it.",
    )
    max_compile_seconds: Annotated[Number, Field(gt=0)] | None = Field(
        default=30.0,
        description="Refuse a response_format that a server would compile for longer while "
        "everyone waits, by estimate; None sends any.",
    )

    @property
    def samples(self) -> bool:
        """Whether anything asks for a random draw."""
        warpers = (self.temperature, self.top_k, self.top_p, self.typical_p)
        return self.do_sample or any(value is not None for value in warpers)

    def keywords(self) -> dict[str, Any]:
        """The settings that differ from a call's own defaults, as keywords of a call."""
        return {
            name: value
            for name, field in GenerationSettings.model_fields.items()
            if (value := getattr(self, name)) != field.default
        }

    @model_validator(mode="after")
    def _best_of_needs_a_draw(self) -> "GenerationSettings":
        if self.best_of is not None and self.best_of > 1:
            if not self.samples:
                raise ValueError("best_of above 1 needs sampling: give do_sample=True")
            if self.seed is not None:
                raise ValueError("best_of above 1 and seed exclude each other: each draw differs")
        return self


class Parameters(GenerationSettings):
    """All parameters of a native request, by their names on the wire.

    `stop` is called `stop_sequences` in the client's methods.
    """

    model_config = ConfigDict(extra="forbid")

    api_token: Text | None = Field(
        default=None,
        repr=False,
        description="Token with which the server fetches a private adapter.",
    )
    return_full_text: Flag = Field(
        default=False, description="Put the prompt before generated_text."
    )
    stop: list[Text] = Field(
        default_factory=list,
        description="Texts that end the answer when the model writes one of them.",
    )
    decoder_input_details: Flag = Field(
        default=False, description="Give the prompt's tokens with their log-probabilities."
    )
    details: Flag = Field(
        default=True,
        description="Give the tokens with their log-probabilities, and why the answer ended.",
    )

    @field_validator("stop", mode="before")
    @classmethod
    def _none_is_no_stop(cls, value: object) -> object:
        return [] if value is None else value

    @field_validator("stop")
    @classmethod
    def _nothing_is_no_stop(cls, value: list[str]) -> list[str]:
        # The server would end every answer after its first token.
        return [stop for stop in value if stop]

    def wire(self, response_format: Mapping[str, Any] | None) -> dict[str, Any]:
        """The parameters as the server takes them: an explicit null is refused, so none is sent."""
        mine = {"response_format", "check", "max_compile_seconds"}
        fields = self.model_dump(exclude_none=True, exclude=mine)
        return {**fields, **({"response_format": response_format} if response_format else {})}


class Request(BaseModel):
    """A native request's body."""

    inputs: Text = Field(min_length=1)
    parameters: Parameters | None = None
    stream: Flag = False


class BatchRequest(BaseModel):
    """A body with several texts."""

    inputs: list[Text]


def combined(settings: Mapping[str, Any], call: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords set once, and those of a call over them.

    A call that names an adapter in one way drops the one that was set in the other way.
    """
    dropped = replaced(call)
    return {**{k: v for k, v in settings.items() if k not in dropped}, **call}


def replaced(call: Mapping[str, Any]) -> set[str]:
    """The settings that a call drops by naming an adapter in the other way."""
    rivals = {"adapter_id": "merged_adapters", "merged_adapters": "adapter_id"}
    return {rivals[name] for name, value in call.items() if name in rivals and value}


__all__ = [
    "AdapterSettings",
    "AdapterSource",
    "BatchRequest",
    "GenerationSettings",
    "MergedAdapters",
    "Parameters",
    "Request",
    "ResponseFormat",
    "ResponseFormatType",
    "combined",
    "replaced",
]
