"""Request bodies as the router deserialises them, and its words for those that do not fit."""

import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from lorax_devserver.wire import BodyError

U32 = Annotated[int, Field(ge=0, lt=2**32, json_schema_extra={"rust": "u32"})]
U64 = Annotated[int, Field(ge=0, lt=2**64, json_schema_extra={"rust": "u64"})]
Usize = Annotated[int, Field(ge=0, lt=2**64, json_schema_extra={"rust": "usize"})]
I32 = Annotated[int, Field(ge=-(2**31), lt=2**31, json_schema_extra={"rust": "i32"})]

MAX_BODY_BYTES = 2_097_152


class Body(BaseModel):
    """Strict in its types, and silent about keys it does not know: so is the router."""

    model_config = ConfigDict(strict=True, extra="ignore")


class MergedAdapters(Body):
    """Several adapters as one."""

    ids: list[str] = []
    weights: list[float] = []
    merge_strategy: str | None = None
    density: float = 0.0
    majority_sign_method: str | None = None


class AdapterParameters(Body):
    """Which adapter an embedding uses."""

    adapter_id: str | None = None
    adapter_source: str | None = None
    merged_adapters: MergedAdapters | None = None
    api_token: str | None = None


ResponseFormatType = Literal[
    "Text", "text", "JsonObject", "json_object", "JsonSchema", "json_schema"
]


class ResponseFormat(Body):
    """A native response format.

    `schema` is what stands there, whatever its type. That it may be absent, null or a text
    matters: the first puts the router's default in its place, the second lifts the constraint.
    """

    type: ResponseFormatType
    schema_: Any = Field(default=None, alias="schema")

    @property
    def has_schema(self) -> bool:
        """Whether the key stands there at all."""
        return "schema_" in self.model_fields_set


class GenerateParameters(AdapterParameters):
    """The parameters of the native routes, with the router's defaults."""

    best_of: Usize | None = None
    temperature: float | None = None
    repetition_penalty: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    top_k: I32 | None = None
    top_p: float | None = None
    typical_p: float | None = None
    do_sample: bool = False
    max_new_tokens: U32 | None = None
    ignore_eos_token: bool = False
    return_full_text: bool | None = None
    stop: list[str] = []
    truncate: Usize | None = None
    watermark: bool = False
    details: bool = False
    decoder_input_details: bool = False
    return_k_alternatives: I32 | None = None
    seed: U64 | None = None
    response_format: ResponseFormat | None = None


class GenerateBody(Body):
    """POST /generate and /generate_stream."""

    inputs: str
    parameters: GenerateParameters = GenerateParameters()


class CompatBody(GenerateBody):
    """POST / and /invocations: the body itself says whether it wants a stream."""

    stream: bool = False


class EmbedBody(Body):
    """POST /embed."""

    inputs: str
    parameters: AdapterParameters | None = None


class TokenizeBody(Body):
    """POST /tokenize."""

    inputs: str
    add_special_tokens: bool | None = None


class ImageUrl(Body):
    """Where a picture is."""

    url: str


class Chunk(Body):
    """A part of a message's content."""

    type: Literal["text", "image_url"]
    text: str | None = None
    image_url: ImageUrl | None = None

    def as_text(self) -> str:
        """The part as it reaches the prompt: a picture is written as Markdown."""
        return f"![]({self.image_url.url})" if self.image_url else self.text or ""


class Message(Body):
    """A turn of a conversation; its tool_calls and tool_call_id never reach the prompt."""

    role: str
    content: str | list[Chunk] | None = None
    name: str | None = None


class JsonSchemaFormat(Body):
    """The nested form that OpenAI's route takes."""

    name: str
    schema_: Any = Field(default=None, alias="schema")


class ChatResponseFormat(ResponseFormat):
    """A chat response format: json_schema is read from the nested form alone."""

    json_schema: JsonSchemaFormat | None = None


class ToolFunction(Body):
    """What a tool does, and what it takes."""

    name: str
    description: str | None = None
    parameters: dict[str, Any]


class Tool(Body):
    """A tool; only functions are known."""

    type: str
    function: ToolFunction


class FunctionName(Body):
    """A function's name."""

    name: str


class NamedFunction(Body):
    """The one object form of a tool choice that parses."""

    Function: FunctionName


class ChatBody(Body):
    """POST /v1/chat/completions."""

    model: str
    messages: list[Message]
    temperature: float | None = None
    top_p: float | None = None
    n: U32 | None = None
    stream: bool | None = None
    max_tokens: U32 | None = None
    stop: list[str] = []
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    seed: U64 | None = None
    response_format: ChatResponseFormat | None = None
    repetition_penalty: float | None = None
    top_k: I32 | None = None
    ignore_eos_token: bool | None = None
    adapter_source: str | None = None
    api_token: str | None = None
    tools: list[Tool] | None = None
    tool_choice: str | NamedFunction | None = None
    tool_prompt: str | None = None


class CompletionBody(Body):
    """POST /v1/completions."""

    model: str
    prompt: str
    max_tokens: U32 | None = None
    temperature: float | None = None
    top_p: float | None = None
    n: U32 | None = None
    stream: bool | None = None
    echo: bool | None = None
    logprobs: U32 | None = None
    stop: list[str] = []
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    best_of: Usize | None = None
    seed: U64 | None = None
    repetition_penalty: float | None = None
    top_k: I32 | None = None
    ignore_eos_token: bool | None = None
    adapter_source: str | None = None
    api_token: str | None = None


class EmbeddingsBody(Body):
    """POST /v1/embeddings: the model is not looked at, an adapter goes in the parameters."""

    input: str | list[str]
    model: str
    parameters: AdapterParameters | None = None

    def texts(self) -> list[str]:
        """The texts, one or several."""
        return [self.input] if isinstance(self.input, str) else self.input


class ClassifyBody(Body):
    """POST /classify."""

    inputs: str


class ClassifyBatchBody(Body):
    """POST /classify_batch."""

    inputs: list[str]


AnyBody = TypeVar("AnyBody", bound=Body)


async def buffer(request: Request) -> None:
    """Take in a request's body.

    Raises:
        BodyError: It is too large.
    """
    raw, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MAX_BODY_BYTES:
            raw += chunk
    # The rest was read all the same: a client that is still writing would not see the answer.
    if size > MAX_BODY_BYTES:
        raise BodyError(413, "Failed to buffer the request body: length limit exceeded")
    request.state.body = bytes(raw)


def read(request: Request, model: type[AnyBody]) -> AnyBody:
    """Read a request's body.

    Raises:
        BodyError: It is no JSON, or does not fit; with the router's status and words.
    """
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise BodyError(415, "Expected request with `Content-Type: application/json`")
    try:
        value = json.loads(request.state.body, parse_constant=_no_number)
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate is no text
    except (ValueError, RecursionError) as error:
        reason = _json_reason(error, request.state.body)
        raise BodyError(400, f"Failed to parse the request body as JSON: {reason}") from None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        reason = _reason(error.errors()[0], model)
        text = f"Failed to deserialize the JSON body into the target type: {reason}"
        raise BodyError(422, text) from None


def _no_number(name: str) -> None:
    raise json.JSONDecodeError(f"{name} is no number", "", 0)


def _json_reason(error: ValueError | RecursionError, body: bytes) -> str:
    """Python's words for a body that is no JSON, as serde's."""
    if isinstance(error, RecursionError):
        return "recursion limit exceeded"
    if not isinstance(error, json.JSONDecodeError):
        return "invalid unicode code point"
    if error.pos >= len(body.decode(errors="replace")):
        return "EOF while parsing a value"
    if error.msg.startswith("Expecting property name"):
        return "key must be a string"
    return "expected value"


# Fields of several forms: what fits none of them is told without a reason.
_UNTAGGED = {"tool_choice": "ToolTypeDeserializer", "input": "StringOrVec"}
_EXPECTED = {
    "string_type": "a string",
    "bool_type": "a boolean",
    "list_type": "a sequence",
    "float_type": "f32",
    "model_type": "struct",
    "dict_type": "a map",
}


def _reason(error: Any, model: type[Body]) -> str:
    """One pydantic error in serde's words: where, what came, what was expected."""
    if error["type"] == "missing" and len(error["loc"]) == 1:
        return f"missing field `{error['loc'][0]}`"
    path = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error["loc"]).lstrip(".")
    for field, name in _UNTAGGED.items():
        if error["loc"][:1] == (field,):
            return f"{field}: data did not match any variant of untagged enum {name}"
    if error["type"] == "missing":
        parent, _, name = path.rpartition(".")
        return f"{parent}: missing field `{name}`"
    if error["type"] == "literal_error":
        allowed = error["ctx"]["expected"].replace("'", "`").replace(" or ", ", ")
        return f"{path}: unknown variant `{error['input']}`, expected one of {allowed}"
    expected = _EXPECTED.get(error["type"]) or _rust_type(model, error["loc"])
    kind = "value" if error["type"].startswith(("greater", "less")) else "type"
    place = f"{path}: " if path else ""
    return f"{place}invalid {kind}: {_seen(error['input'])}, expected {expected}"


def _seen(value: object) -> str:
    """A JSON value as serde names it in an error."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"boolean `{str(value).lower()}`"
    if isinstance(value, int):
        return f"integer `{value}`"
    if isinstance(value, float):
        return f"floating point `{value}`"
    if isinstance(value, str):
        return f"string {json.dumps(value, ensure_ascii=False)}"
    return "sequence" if isinstance(value, list) else "map"


def _rust_type(model: type[Body], path: tuple[str | int, ...]) -> str:
    """The integer type that the router's field has: it stands in the field's schema."""
    schema: Any = model.model_json_schema()
    definitions = schema.get("$defs", {})
    for step in path:
        if not isinstance(step, str) or step not in schema.get("properties", {}):
            return "a value of another type"
        schema = schema["properties"][step]
        for option in [schema, *schema.get("anyOf", [])]:
            if "rust" in option:
                return str(option["rust"])
            if "$ref" in option:
                schema = definitions[option["$ref"].rsplit("/", 1)[1]]
                break
    return "a value of another type"
