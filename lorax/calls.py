"""Every public call without I/O: its signature, its documentation, and the request it comes to."""

import functools
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from lorax import chat as chat_dialect
from lorax import native
from lorax.chat import Conversation
from lorax.documenting import documented, same_arguments
from lorax.exchange import Call, Request, StreamCall
from lorax.messages import Messages
from lorax.parameters import MergedAdapters, Parameters
from lorax.schemas.checking import check_of
from lorax.tools import Tool, ToolOptions
from lorax.types import ChatChunk, ChatResponse, Response, StreamResponse
from lorax.validating import api_name, checked

# A class, a TypedDict or another type; a JSON schema or one in any wrapping.
Form = Any


@documented
def generate(
    prompt: str,
    adapter_id: str | None = None,
    adapter_source: str | None = None,
    merged_adapters: MergedAdapters | None = None,
    api_token: str | None = None,
    do_sample: bool = False,
    max_new_tokens: int | None = 20,
    best_of: int | None = None,
    repetition_penalty: float | None = None,
    return_full_text: bool = False,
    seed: int | None = None,
    stop_sequences: list[str] | tuple[str, ...] | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    truncate: int | None = None,
    typical_p: float | None = None,
    watermark: bool = False,
    response_format: Form | None = None,
    decoder_input_details: bool = False,
    details: bool = True,
    *,
    frequency_penalty: float | None = None,
    presence_penalty: float | None = None,
    ignore_eos_token: bool = False,
    return_k_alternatives: int | None = None,
    check: bool = False,
    max_compile_seconds: float | None = 30.0,
) -> Call[Response]:
    """Generate text that goes on from a prompt.

    Args:
        prompt: The text to go on from; not empty.
        {parameters}

    Returns:
        The answer: `text` is what to show, `generated_text` the server's own form of it,
        `details` the tokens, `metadata` what the server said beside it.

    Raises:
        ValidationError: A parameter is not allowed; UnknownParameterError for a misspelt one.
        GenerationError: The model server failed; its subclasses tell what is with the adapter.
        OverloadedError: The server works on as many requests as it takes.
        ConnectionFailedError: The server cannot be reached.
        RequestTimeoutError: It did not answer in time.
        LoraxError: Anything else; all of these are one.

    Example:
        >>> client = Client("http://127.0.0.1:8080")
        >>> client.generate("Why is the sky blue?", adapter_id="some/adapter").text
        ' Rayleigh scattering'
    """
    # Every argument by its name, so that none is written a third time.
    parameters = _parameters(locals())
    return Call(
        _written(native.request(prompt, parameters, stream=False)),
        functools.partial(
            native.read_whole, prompt=prompt, parameters=parameters, check=check_of(parameters)
        ),
    )


@documented
def generate_stream(
    prompt: str,
    adapter_id: str | None = None,
    adapter_source: str | None = None,
    merged_adapters: MergedAdapters | None = None,
    api_token: str | None = None,
    do_sample: bool = False,
    max_new_tokens: int | None = 20,
    repetition_penalty: float | None = None,
    return_full_text: bool = False,
    seed: int | None = None,
    stop_sequences: list[str] | tuple[str, ...] | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    truncate: int | None = None,
    typical_p: float | None = None,
    watermark: bool = False,
    response_format: Form | None = None,
    details: bool = True,
    *,
    frequency_penalty: float | None = None,
    presence_penalty: float | None = None,
    ignore_eos_token: bool = False,
    return_k_alternatives: int | None = None,
    check: bool = False,
    max_compile_seconds: float | None = 30.0,
) -> StreamCall[StreamResponse]:
    """Generate text that goes on from a prompt, and give each token as it comes.

    The arguments are checked now; the request is sent when the first token is asked for.

    Args:
        prompt: The text to go on from; not empty.
        {parameters}

    Returns:
        A stream of tokens. Leaving it by `close`, by `with` or by dropping it ends the
        generation at the server.

    Raises:
        ValidationError: A parameter is not allowed; UnknownParameterError for a misspelt one.
        IncompleteGenerationError: The stream broke before the answer was whole.
        LoraxError: Anything else that `generate` raises, also after tokens came.

    Example:
        >>> client = Client("http://127.0.0.1:8080")
        >>> for token in client.generate_stream("Why is the sky blue?"):
        ...     print(token.text, end="")
         Rayleigh scattering
    """
    parameters = _parameters(locals())
    return StreamCall(
        _written(native.request(prompt, parameters, stream=True)),
        functools.partial(native.NativeReader, parameters.stop, check_of(parameters)),
    )


@documented
def chat(
    messages: Messages,
    adapter_id: str | None = None,
    *,
    adapter_source: str | None = None,
    api_token: str | None = None,
    do_sample: bool = False,
    max_new_tokens: int | None = 20,
    repetition_penalty: float | None = None,
    frequency_penalty: float | None = None,
    presence_penalty: float | None = None,
    seed: int | None = None,
    stop_sequences: list[str] | tuple[str, ...] | None = None,
    temperature: float | None = None,
    top_k: int | None = None,
    top_p: float | None = None,
    ignore_eos_token: bool = False,
    response_format: Form | None = None,
    check: bool = False,
    max_compile_seconds: float | None = 30.0,
    tools: Sequence[dict[str, Any] | type[BaseModel] | Tool] = (),
    tool_choice: str | dict[str, Any] | None = None,
    parallel_tool_calls: bool = False,
    server_tools: bool = False,
) -> Call[ChatResponse]:
    """Answer a conversation, rendered by the model's own chat template.

    Args:
        messages: The turns so far, each with `role` and `content`, a text or parts of text and
            images; a text alone is one user's turn. Calls and results of tools stand there in
            OpenAI's, Anthropic's or LangChain's form, and reach the prompt as text.
        {parameters}

    Returns:
        The answer's text or tool calls, why it ended and the tokens it took.

    Raises:
        ValidationError: A message or a parameter is not allowed.
        LoraxError: Anything else that `generate` raises.

    Example:
        >>> client = Client("http://127.0.0.1:8080")
        >>> client.chat([{"role": "user", "content": "Why is the sky blue?"}]).text
        'The sky is blue because of Rayleigh scattering.'
        >>> answer = client.chat("Is it raining in Rome?", tools=[Weather], tool_choice="any")
        >>> answer.tool_calls[0].arguments
        {'city': 'Rome'}
    """
    conversation = _conversation(locals())
    return Call(
        _written(conversation.request(messages, stream=False)),
        functools.partial(chat_dialect.read_whole, conversation=conversation),
    )


@same_arguments(chat)
def chat_stream(messages: Messages, *args: Any, **kwargs: Any) -> StreamCall[ChatChunk]:
    """Answer a conversation, and give each piece of text as it comes.

    Args:
        messages: The turns so far, each with `role` and `content`; a text is one user's turn.
        {parameters}

    Returns:
        A stream of chunks; the last has usage, and the one that ends the text finish_reason.

    Raises:
        ValidationError: A message or a parameter is not allowed.
        IncompleteGenerationError: The stream broke before the answer was whole.
        LoraxError: Anything else that `generate` raises, also after chunks came.

    Example:
        >>> client = Client("http://127.0.0.1:8080")
        >>> for chunk in client.chat_stream("Why is the sky blue?"):
        ...     print(chunk.text, end="")
        The sky is blue because of Rayleigh scattering.
    """
    bound = inspect.signature(chat).bind(messages, *args, **kwargs)
    conversation = _conversation(bound.arguments)
    return StreamCall(
        _written(conversation.request(messages, stream=True)),
        functools.partial(chat_dialect.ChatReader, conversation),
    )


def _parameters(arguments: Mapping[str, Any]) -> Parameters:
    names = {api_name(field): field for field in Parameters.model_fields}
    return checked(Parameters, {names[k]: v for k, v in arguments.items() if k in names})


def _conversation(arguments: Mapping[str, Any]) -> Conversation:
    named = {k: v for k, v in arguments.items() if k in ToolOptions.model_fields}
    if isinstance(named.get("tools"), tuple):
        named["tools"] = list(named["tools"])
    if named.get("tools", ...) is None:
        del named["tools"]
    return Conversation.of(_parameters(arguments), checked(ToolOptions, named))


def _written(request: Request) -> Request:
    """A request whose body can be written: what cannot is told now, not when it is sent."""
    _ = request.content
    return request
