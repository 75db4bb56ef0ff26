"""The native routes without I/O: a prompt as the server takes it, and its answers read back."""

from typing import Annotated

import pydantic

from lorax import grammar
from lorax.exchange import Request
from lorax.parameters import Parameters
from lorax.parameters import Request as Body
from lorax.schemas.checking import Check
from lorax.text import StopCutter, cut
from lorax.types import Response, StreamResponse
from lorax.validating import checked


class _Prompt(pydantic.BaseModel):
    prompt: str = pydantic.Field(strict=True, min_length=1)


def request(prompt: str, parameters: Parameters, *, stream: bool) -> Request:
    """A native request goes to base_url itself: a gateway's path can stand there."""
    checked(_Prompt, {"prompt": prompt})
    body = Body.model_construct(inputs=prompt, stream=stream).model_dump(exclude={"parameters"})
    form = grammar.response_format(parameters.response_format, parameters.max_compile_seconds)
    wire = parameters.wire(form)
    return Request("", {**body, "parameters": wire}, parameters.adapter_name, generates=True)


_WHOLE = pydantic.TypeAdapter(Annotated[list[Response], pydantic.Field(min_length=1)])


def read_whole(data: bytes, prompt: str, parameters: Parameters, check: Check | None) -> Response:
    """A whole native answer; on base_url itself it comes in a list."""
    response = _WHOLE.validate_json(data)[0]
    text = response.generated_text
    if response.details is not None and response.details.tokens:
        # An answer that ends inside a character has no generated_text; its tokens have.
        text = "".join(token.text for token in response.details.tokens if not token.special)
    elif parameters.return_full_text:
        text = text.removeprefix(prompt)
    shown = cut(text, parameters.stop)
    before = prompt if parameters.return_full_text else ""
    response.take_text(before + shown, stopped=len(shown) < len(text))
    if check is not None:
        response.take_parsed(check(shown))
    return response


# What model_validate_json comes to, without its look at every argument for each token.
_read_token = StreamResponse.__pydantic_validator__.validate_json


class NativeReader:
    """Reads the events of `generate_stream`; the last has generated_text."""

    def __init__(self, stop_sequences: list[str], check: Check | None) -> None:
        self.complete = False
        self._cutter = StopCutter(stop_sequences)
        self._check = check
        self._text = ""
        self._as_it_comes = not stop_sequences and check is None

    def read(self, data: bytes) -> StreamResponse:
        """Read one event.

        Raises:
            pydantic.ValidationError: It is no token.
            AnswerMismatchError: It ends an answer that was to be checked and does not fit.
        """
        item: StreamResponse = _read_token(data)
        if self._as_it_comes and item.generated_text is None and not item.token.special:
            return item
        was_stopped = self._cutter.stopped
        text = self._cutter.feed("" if item.token.special else item.token.text)
        if item.generated_text is not None:
            self.complete = True
            text += self._cutter.finish()
        item.take_text(text, is_last=self.complete, stopped=self._cutter.stopped)
        if self._check is not None:
            self._text += text
            if self.complete or (item.is_stopped and not was_stopped):
                item.take_parsed(self._check(self._text))
        return item
