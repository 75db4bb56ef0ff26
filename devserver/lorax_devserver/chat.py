"""The chat route: a conversation made a prompt, and the answer in OpenAI's form."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from jinja2 import Template, TemplateError
from jinja2.exceptions import UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lorax_devserver import tools
from lorax_devserver.bodies import ChatBody, GenerateParameters, Message, ResponseFormat
from lorax_devserver.generation import Answer, FinishReason, Step
from lorax_devserver.settings import VERSION
from lorax_devserver.shard import Shard
from lorax_devserver.validation import ValidRequest
from lorax_devserver.wire import DONE, RouterError, event, without_none

# A stop sequence's finish reason really is OpenAI's content_filter.
FINISH_REASONS: dict[FinishReason, str] = {
    "eos_token": "stop",
    "length": "length",
    "stop_sequence": "content_filter",
}


def compile_template(source: str) -> Template:
    """Read a model's chat template; it comes with the model, so it runs in a sandbox."""
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.globals["raise_exception"] = _raise
    return environment.from_string(source)


def _raise(message: str) -> None:
    raise RouterError(f"Template error: {message}", "template_error", 422)


def prompt_of(body: ChatBody, template: Template) -> str:
    """Render a conversation."""
    messages = [_rendered(message) for message in body.messages]
    # A plain string as the last content loses the tools' description.
    if body.tools and messages and not isinstance(body.messages[-1].content, str):
        messages[-1]["content"] += tools.prompt(body)
    try:
        return template.render(messages=messages, add_generation_prompt=True)
    except UndefinedError as error:
        raise RouterError(f"Missing template variable: {error}", "template_error", 422) from None
    except TemplateError as error:
        raise RouterError(f"Template error: {error}", "template_error", 422) from None


def _rendered(message: Message) -> dict[str, str]:
    content = message.content or ""
    if not isinstance(content, str):
        content = "".join(chunk.as_text() for chunk in content)
    return {"role": message.role, "content": content}


def adapter_of_model(model: str, model_id: str) -> str | None:
    """On OpenAI's routes the model is the adapter; the base model's own id means itself."""
    return None if model in {"", model_id} else model


def parameters_of(body: ChatBody, model_id: str) -> GenerateParameters:
    """The native parameters that a chat request comes to; it samples unless told not to."""
    return GenerateParameters(
        adapter_id=adapter_of_model(body.model, model_id),
        adapter_source=body.adapter_source,
        api_token=body.api_token,
        best_of=body.n,
        temperature=body.temperature or None,  # 0 only says that nothing is drawn
        repetition_penalty=body.repetition_penalty,
        frequency_penalty=body.frequency_penalty,
        presence_penalty=body.presence_penalty,
        top_k=body.top_k,
        top_p=body.top_p,
        do_sample=body.temperature != 0,
        max_new_tokens=body.max_tokens,
        ignore_eos_token=body.ignore_eos_token or False,
        stop=body.stop,
        seed=body.seed,
        response_format=_native_format(body),
        details=True,
    )


def _native_format(body: ChatBody) -> ResponseFormat | None:
    """json_object reads `schema`, json_schema reads the nested one; text lifts the constraint.

    Tools are a schema too.
    """
    if called := tools.chosen(body):
        return ResponseFormat.model_validate(
            {"type": "json_object", "schema": tools.schema(called)}
        )
    wanted = body.response_format
    if wanted is None or wanted.type in {"text", "Text"}:
        return None
    nested = wanted.type in {"json_schema", "JsonSchema"}
    holder = wanted.json_schema if nested else wanted
    schema = holder.schema_ if holder and "schema_" in holder.model_fields_set else None
    given = {} if schema is None else {"schema": schema}
    return ResponseFormat.model_validate({"type": "json_object", **given})


def whole(
    request: ValidRequest, answers: list[Answer], model_id: str, *, with_tools: bool
) -> dict[str, Any]:
    """The answer of /v1/chat/completions; it calls itself a text completion.

    Raises:
        RouterError: A tool was to be called, and the answer is no call.
    """
    choices = [
        {
            "index": index,
            "message": tools.message(answer.text)
            if with_tools
            else {"role": "assistant", "content": answer.text},
            "finish_reason": FINISH_REASONS[answer.finish_reason],
        }
        for index, answer in enumerate(answers)
    ]
    return {
        "id": "null",
        "object": "text_completion",
        "created": int(time.time()),
        "model": model_id,
        "choices": choices,
        "usage": usage(request, answers[0]),
        "system_fingerprint": f"{VERSION}-native",
    }


def stream(shard: Shard, request: ValidRequest) -> AsyncGenerator[bytes, None]:
    """The chunks of a streamed chat answer, then [DONE]; the last chunk has the usage."""
    return chunks(shard, request, _chunk)


async def chunks(
    shard: Shard, request: ValidRequest, write: Callable[[ValidRequest, Answer, Step], Any]
) -> AsyncGenerator[bytes, None]:
    """A stream in OpenAI's form: what is written of each token, then [DONE]."""
    answer = Answer()
    async with aclosing(shard.run(request)) as steps:
        async for step in steps:
            answer.add(step)
            yield event(write(request, answer, step))
    yield DONE


def _chunk(request: ValidRequest, answer: Answer, step: Step) -> dict[str, Any]:
    # The end token is hidden only where it ended the answer.
    ended = step.finish_reason == "eos_token"
    delta = {} if ended else {"role": "assistant", "content": step.text}
    finish = FINISH_REASONS[step.finish_reason] if step.finish_reason else None
    return without_none(
        id="null",
        object="chat.completion.chunk",
        created=0,
        model="null",
        choices=[{"index": 0, "delta": delta, "finish_reason": finish}],
        usage=usage(request, answer) if finish else None,
    )


def usage(request: ValidRequest, answer: Answer) -> dict[str, int]:
    """The tokens a request took."""
    generated = len(answer.steps)
    return {
        "prompt_tokens": request.job.input_length,
        "total_tokens": request.job.input_length + generated,
        "completion_tokens": generated,
    }
