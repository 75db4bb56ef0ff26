"""The routes as they are described: what each reads, and what it may answer."""

from dataclasses import dataclass
from typing import Any

from lorax_devserver import answers, bodies


@dataclass(frozen=True)
class Operation:
    """What a route does.

    Attributes:
        summary: In a few words.
        body: The type of what it reads.
        answer: The type of a whole answer; None is an answer without a body.
        text: Whether it comes as plain text as well.
        event: The type of what a stream's events carry.
        done: Whether a stream ends with [DONE].
        errors: The statuses that carry an error as JSON.
    """

    summary: str
    body: Any = None
    answer: Any = None
    text: bool = False
    event: Any = None
    done: bool = False
    errors: tuple[int, ...] = (422, 424, 429)


_COMPAT = Operation(
    "Generate: an answer in a list, or a stream",
    bodies.CompatBody,
    list[answers.Generated],
    event=answers.TokenEvent,
)
_HEALTH = Operation("Whether the model answers", errors=(503,))

OPERATIONS = {
    ("POST", "/"): _COMPAT,
    ("POST", "/invocations"): _COMPAT,
    ("POST", "/generate"): Operation(
        "Generate a whole answer", bodies.GenerateBody, answers.Generated
    ),
    ("POST", "/generate_stream"): Operation(
        "Generate a stream; once its body is read, every failure is an event",
        bodies.GenerateBody,
        event=answers.TokenEvent,
        errors=(),
    ),
    ("POST", "/v1/chat/completions"): Operation(
        "Chat, in OpenAI's form; the model is an adapter's id, or empty",
        bodies.ChatBody,
        answers.ChatCompletion,
        event=answers.ChatChunk,
        done=True,
    ),
    ("POST", "/v1/completions"): Operation(
        "Complete a prompt, in OpenAI's older form; the model is an adapter's id, or empty",
        bodies.CompletionBody,
        answers.Completion,
        event=answers.Completion,
        done=True,
    ),
    ("POST", "/embed"): Operation("Make a text a vector", bodies.EmbedBody, answers.Embedding),
    ("POST", "/v1/embeddings"): Operation(
        "Make texts vectors; the model is not looked at",
        bodies.EmbeddingsBody,
        answers.Embeddings,
        errors=(422, 424, 429, 500),
    ),
    ("POST", "/classify"): Operation(
        "Find a text's entities",
        bodies.ClassifyBody,
        list[answers.EntityGroup],
        errors=(424, 429),
    ),
    ("POST", "/classify_batch"): Operation(
        "Find the entities of several texts",
        bodies.ClassifyBatchBody,
        list[list[answers.EntityGroup]],
        errors=(424, 429, 500),
    ),
    ("POST", "/tokenize"): Operation(
        "Cut a text into tokens", bodies.TokenizeBody, list[answers.PlacedToken], errors=()
    ),
    ("GET", "/"): _HEALTH,
    ("GET", "/health"): _HEALTH,
    ("GET", "/ping"): _HEALTH,
    ("GET", "/info"): Operation(
        "The model and the limits", answer=dict[str, str | int | float | bool | None], errors=()
    ),
    ("GET", "/startup"): Operation("Generate one token", errors=(500,)),
    ("GET", "/metrics"): Operation(
        "What the server counted: Prometheus' text, or JSON where that is accepted",
        answer=dict[str, answers.Metric],
        text=True,
        errors=(),
    ),
}

# What a body can be refused for before it is looked into; the answer is plain text.
UNREADABLE = (400, 413, 415, 422)

STATUSES = {
    200: "The answer",
    400: "The body is no JSON",
    413: f"The body is larger than {bodies.MAX_BODY_BYTES} bytes",
    415: "The content type is not application/json",
    422: "The body does not fit (text), or what it asks for is refused (JSON)",
    424: "The model failed, or the adapter is not to be had",
    429: "Too many requests are running",
    500: "Nothing came of it",
    503: "The model does not answer",
}
