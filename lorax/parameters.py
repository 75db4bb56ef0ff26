"""A request's parameters: their types, bounds, meaning and names on the wire, written once.

Everything else that names a parameter is held to this file: the signatures of `generate` and
`generate_stream` by a test, the text of `help()` and the fields of the integrations by being
made from it.
"""

import difflib
import re
import reprlib
import textwrap
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic import ValidationError as PydanticError

from lorax.errors import UnknownParameterError, ValidationError

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
    merge_strategy: MergeStrategy = Field("linear", description="How they are merged.")
    density: Number = Field(
        0.0,
        ge=0,
        description="Share of weights, up to 1, that ties and the dare strategies keep.",
    )
    majority_sign_method: MajoritySignMethod = Field(
        "total", description="How ties and dare_ties settle on a sign."
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

    type: ResponseFormatType
    schema_spec: dict[str, Any] | PydanticClass | None = Field(default=None, alias="schema")


class GenerationSettings(BaseModel):
    """What can be set once for many calls, and again at each."""

    adapter_id: Text | None = Field(
        None, description='The LoRA adapter to apply; None or "" is the base model.'
    )
    adapter_source: AdapterSource | None = Field(
        None, description="Where the server looks for the adapter; None is the server's own choice."
    )
    merged_adapters: MergedAdapters | None = Field(
        None, description="Several adapters merged into one, in place of adapter_id."
    )
    do_sample: Flag = Field(
        False, description="Draw each token at random instead of taking the likeliest."
    )
    max_new_tokens: Count32 | None = Field(
        20, description="Tokens to generate at most; None is as many as the server allows."
    )
    best_of: Count | None = Field(
        None,
        description="Generate so many answers and give the likeliest; above 1 only when sampling "
        "and without a seed.",
    )
    repetition_penalty: Annotated[Number, Field(gt=0)] | None = Field(
        None,
        description="How much tokens that already came are made less likely; 1.0 leaves them as "
        "they are (https://arxiv.org/abs/1909.05858).",
    )
    frequency_penalty: Annotated[Number, Field(ge=-2, le=2)] | None = Field(
        None, description="How much each earlier occurrence of a token makes it less likely."
    )
    presence_penalty: Annotated[Number, Field(ge=-2, le=2)] | None = Field(
        None, description="How much a token's having occurred at all makes it less likely."
    )
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**64)] | None = Field(
        None, description="Seed of the random draw, which makes it repeatable."
    )
    temperature: Annotated[Number, Field(ge=0)] | None = Field(
        None,
        description="Divides the logits: below 1.0 bolder, above it more varied; 0 is greedy.",
    )
    top_k: Signed32 | None = Field(
        None, description="Draw from so many of the likeliest tokens only."
    )
    top_p: Annotated[Number, Field(gt=0, le=1)] | None = Field(
        None,
        description="Draw from the smallest set of tokens whose probabilities add up to this.",
    )
    typical_p: Annotated[Number, Field(gt=0, lt=1)] | None = Field(
        None,
        description="Draw from the tokens of typical probability that add up to this "
        "(https://arxiv.org/abs/2202.00666).",
    )
    truncate: Count | None = Field(
        None, description="Keep only the last so many tokens of the prompt."
    )
    watermark: Flag = Field(
        False, description="Mark the text as generated (https://arxiv.org/abs/2301.10226)."
    )
    ignore_eos_token: Flag = Field(
        False, description="Go on past the model's end token, to the limit."
    )
    return_k_alternatives: Signed32 | None = Field(
        None, description="Give so many of the likeliest tokens at each place of the answer."
    )
    response_format: Any = Field(
        None,
        description="Hold the answer to JSON of a form: a pydantic class, a JSON schema, "
        '{"type": "json_object", "schema": {...}}, OpenAI\'s nesting of it, or a ResponseFormat.',
    )
    check: Flag = Field(
        False, description="Validate the answer by response_format; `parsed` is what came of it."
    )
    max_compile_seconds: Annotated[Number, Field(gt=0)] | None = Field(
        30.0,
        description="Refuse a response_format that a server would compile for longer while "
        "everyone waits, by estimate; None sends any.",
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
    def _one_way_to_name_adapters(self) -> "GenerationSettings":
        if self.adapter_id is not None and self.merged_adapters is not None:
            raise ValueError("adapter_id and merged_adapters exclude each other: give one of them")
        return self

    @property
    def adapter_name(self) -> str | None:
        """The adapter as the server's header names it: a merge's ids side by side."""
        merged = self.merged_adapters
        return ",".join(merged.ids) if merged else self.adapter_id

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
        None,
        repr=False,
        description="Token with which the server fetches a private adapter.",
    )
    return_full_text: Flag = Field(False, description="Put the prompt before generated_text.")
    stop: list[Text] = Field(
        default_factory=list,
        description="Texts that end the answer when the model writes one of them.",
    )
    decoder_input_details: Flag = Field(
        False, description="Give the prompt's tokens with their log-probabilities."
    )
    details: Flag = Field(
        True, description="Give the tokens with their log-probabilities, and why the answer ended."
    )

    @field_validator("stop", mode="before")
    @classmethod
    def _none_is_no_stop(cls, value: object) -> object:
        return [] if value is None else value

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


def api_name(field: str) -> str:
    """A parameter's name in the client's methods."""
    return "stop_sequences" if field == "stop" else field


AnyModel = TypeVar("AnyModel", bound=BaseModel)


def checked(model: type[AnyModel], fields: Mapping[str, Any]) -> AnyModel:
    """Build a model from what a caller gave.

    Raises:
        ValidationError: A value is not allowed. Each is named with what is.
    """
    try:
        return model.model_validate(fields)
    except PydanticError as error:
        problems = [_problem(dict(e)) for e in error.errors(include_url=False)]
        raise ValidationError(" ".join(problems)) from None


def check_keywords(call: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Refuse keywords that a call does not have: a server would ignore them silently.

    Raises:
        UnknownParameterError: With the nearest name that there is.
    """
    names = list(known)
    for name in given:
        if name not in names:
            raise UnknownParameterError(
                f"{call}() has no parameter {name!r}.{nearest(name, names)}"
            )


def combined(settings: Mapping[str, Any], call: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords set once, and those of a call over them.

    A call that names an adapter in one way drops the one that was set in the other way.
    """
    rivals = {"adapter_id": "merged_adapters", "merged_adapters": "adapter_id"}
    dropped = {rivals[name] for name, value in call.items() if name in rivals and value}
    return {**{k: v for k, v in settings.items() if k not in dropped}, **call}


def argument_docs(names: Iterable[str], *models: type[BaseModel]) -> str:
    """What `help()` says of parameters, made from the fields of models."""
    fields = {api_name(n): field for model in models for n, field in model.model_fields.items()}
    schema = {n: part for m in models for n, part in m.model_json_schema()["properties"].items()}
    lines: list[str] = []
    for name in names:
        if name in fields:
            bounds = _bounds(schema["stop" if name == "stop_sequences" else name])
            text = f"{name}: {fields[name].description}{bounds}"
            lines += textwrap.wrap(
                text, 96, initial_indent=" " * 4, subsequent_indent=" " * 8, break_on_hyphens=False
            )
    return "\n".join(lines)


def _bounds(schema: dict[str, Any]) -> str:
    words = {
        "minimum": "at least",
        "exclusiveMinimum": "above",
        "maximum": "at most",
        "exclusiveMaximum": "below",
    }
    options = [schema, *schema.get("anyOf", [])]
    found = [f"{words[k]} {o[k]}" for o in options for k in words if k in o]
    allowed = [f"one of {', '.join(o['enum'])}" for o in options if "enum" in o]
    bounds = " and ".join(found) or "".join(allowed)
    return f" Allowed: {bounds}." if bounds else ""


def _problem(error: dict[str, Any]) -> str:
    """One thing wrong with a value: where, what is allowed, what came."""
    path = [str(part) for part in error["loc"] if not str(part).startswith(("function-", "dict["))]
    name = ".".join([api_name(path[0]), *path[1:]]) if path else ""
    message: str = error["msg"].removeprefix("Value error, ")
    for subject in ("Input ", "String ", "List "):
        message = message.removeprefix(subject)
    if not path:
        return message
    if error["type"] == "missing":
        return f"{name} is missing"
    if error["type"] == "extra_forbidden":
        return f"{name} is no field here"
    came = "" if name == "api_token" else f", not {reprlib.repr(error['input'])}"
    hint = ""
    if error["type"] in {"literal_error", "enum"} and isinstance(error["input"], str):
        allowed = re.findall(r"'(.+?)'", error["ctx"]["expected"])
        hint = nearest(error["input"], allowed)
    return f"{name} {message}{came}.{hint}"


def nearest(name: str, known: Iterable[str]) -> str:
    """A question after the nearest of the known names; nothing where none is near."""
    close = difflib.get_close_matches(name, known, 1, 0.5)
    return f" Did you mean {close[0]!r}?" if close else ""


__all__ = [
    "AdapterSource",
    "BatchRequest",
    "GenerationSettings",
    "MergedAdapters",
    "Parameters",
    "Request",
    "ResponseFormat",
    "ResponseFormatType",
    "combined",
]
