"""What LlamaIndex's tests share: a model on the scripted server, and the ways to ask it."""

from collections.abc import Iterator
from typing import Any

import llama_index.core
import pytest
from llama_index.core.instrumentation import get_dispatcher
from llama_index.core.instrumentation.event_handlers import BaseEventHandler
from llama_index.core.instrumentation.span_handlers import BaseSpanHandler
from llama_index.llms.lorax import LoRAX
from pydantic import Field, PrivateAttr

from lorax_devserver.testing import ScriptedServer
from tests.llamaindex.ways import WAYS, Way


@pytest.fixture(params=WAYS, ids=lambda way: way.name)
def way(request: pytest.FixtureRequest) -> Way:
    """Each way of asking."""
    found: Way = request.param
    return found


@pytest.fixture
def llm(lorax_server: ScriptedServer) -> LoRAX:
    """A model on the scripted server."""
    return LoRAX(base_url=lorax_server.url)


class Seen(BaseEventHandler):
    """Keeps the events that LlamaIndex tells its handlers."""

    events: list[Any] = Field(default_factory=list)

    @classmethod
    def class_name(cls) -> str:
        return "Seen"

    def handle(self, event: Any, **kwargs: Any) -> None:
        self.events.append(event)

    @property
    def names(self) -> list[str]:
        """Their kinds, of many in a row one."""
        names = [event.class_name() for event in self.events]
        return [name for name, before in zip(names, [None, *names], strict=False) if name != before]


class Spans(BaseSpanHandler[Any]):
    """Keeps what LlamaIndex tells its handlers of calls: their arguments, and their errors."""

    _told: list[Any] = PrivateAttr(default_factory=list)

    @property
    def told(self) -> list[Any]:
        return self._told

    def new_span(self, id_: str, bound_args: Any, *args: Any, **kwargs: Any) -> None:
        self._told.append((id_.rsplit("-", 5)[0], bound_args.args, bound_args.kwargs))

    def prepare_to_exit_span(self, *args: Any, **kwargs: Any) -> None:
        pass

    def prepare_to_drop_span(self, *args: Any, err: Any = None, **kwargs: Any) -> None:
        self._told.append(err)


@pytest.fixture
def seen() -> Iterator[Seen]:
    """LlamaIndex's events from here on."""
    root, handler = get_dispatcher(), Seen()
    root.add_event_handler(handler)
    yield handler
    root.event_handlers.remove(handler)


@pytest.fixture
def spans() -> Iterator[Spans]:
    """LlamaIndex's spans from here on."""
    root, handler = get_dispatcher(), Spans()
    root.add_span_handler(handler)
    yield handler
    root.span_handlers.remove(handler)


@pytest.fixture(autouse=True)
def _own_tokenizer(monkeypatch: pytest.MonkeyPatch) -> None:
    """LlamaIndex's global tokenizer as it was; its own would be loaded from the network."""
    monkeypatch.setattr(llama_index.core, "global_tokenizer", str.split)
