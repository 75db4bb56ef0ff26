"""What is measured, and of whom."""

from dataclasses import dataclass, replace

from benchmarks import environments
from benchmarks.environments import Environment


@dataclass(frozen=True)
class Contender:
    """Who is measured.

    Attributes:
        name: As tables and pictures say it.
        environment: Where it runs.
        script: The file of `peers` that it runs.
        option: What tells it apart from others of that file.
    """

    name: str
    environment: Environment
    script: str
    option: str = ""


LIMIT = Contender("limit: a bare socket and orjson", environments.HTTPX, "limit")
THEIRS = Contender("lorax-client 0.6.3", environments.LORAX_CLIENT, "lorax_client")
OURS = Contender("**lorax**", environments.OURS, "lorax_client")
FAST = Contender("**lorax** with httpx-aiohttp", environments.OURS_AIOHTTP, "lorax_client")
FAST_CHAT = Contender("**lorax**, chat with httpx-aiohttp", environments.OURS_AIOHTTP, "lorax_chat")
HTTPX = Contender("plain httpx and pydantic", environments.HTTPX, "plain_httpx")
HTTPX_FAST = Contender(
    "plain httpx with httpx-aiohttp", environments.HTTPX, "plain_httpx", "aiohttp"
)
HUGGING_FACE = Contender("huggingface_hub", environments.HUGGING_FACE, "hugging_face")
OPENAI = Contender("openai, completions", environments.OPENAI, "openai_sdk")
OPENAI_CHAT = Contender("openai, chat", environments.OPENAI, "openai_sdk", "chat")
LANGCHAIN = Contender("LangChain, LoRAX", environments.FRAMEWORKS, "langchain_llm", "ours")
LANGCHAIN_CHAT = Contender(
    "LangChain, ChatLoRAX", environments.FRAMEWORKS, "langchain_chat", "ours"
)
LLAMAINDEX = Contender("LlamaIndex, LoRAX", environments.FRAMEWORKS, "llamaindex_llm", "ours")

SYNC = (LIMIT, THEIRS, OURS, HTTPX, HUGGING_FACE, OPENAI, OPENAI_CHAT)
ASYNC = (LIMIT, THEIRS, OURS, FAST, HTTPX, HTTPX_FAST, HUGGING_FACE, OPENAI, OPENAI_CHAT)
# Whom tables and the picture show; more is measured for what it is compared with.
SHOWN = {"stream": SYNC, "astream": ASYNC, "paced": ASYNC[:-1], "generate": SYNC[:-1]}


@dataclass(frozen=True)
class Wrapped:
    """What a framework's class over our client is compared with.

    Attributes:
        who: The class.
        client: Our client alone.
        call: What is called, of a stream that is waited for; an `a` before it is awaited.
    """

    who: Contender
    client: Contender
    call: str

    @property
    def floor(self) -> Contender:
        """A class of the framework that does nothing."""
        return replace(self.who, name=f"{self.who.name}: nothing", option="")

    @property
    def plainest(self) -> Contender:
        """The plainest class of the framework over our client."""
        return replace(self.who, name=f"{self.who.name}: the plainest", option="plainest")


# The client under the sync frameworks is that of the async one's environment.
WRAPPED = {
    "LangChain, LLM": Wrapped(LANGCHAIN, FAST, "stream"),
    "LangChain, chat": Wrapped(LANGCHAIN_CHAT, FAST_CHAT, "stream"),
    "LlamaIndex": Wrapped(LLAMAINDEX, FAST, "stream_complete"),
}
IN_FRAMEWORKS = (
    FAST_CHAT,
    *(one for w in WRAPPED.values() for one in (w.who, w.floor, w.plainest)),
)


@dataclass(frozen=True)
class Case:
    """What is measured.

    Attributes:
        name: What its results are found by.
        measured: The case of `peers/measuring.py`.
        manner: How the server answers, one of `stub_server.MANNERS`.
        tokens: Tokens of each answer.
        repeats: Answers, one after another or at once.
        contenders: Who is measured, in turn.
    """

    name: str
    measured: str
    manner: str
    tokens: int
    repeats: int
    contenders: tuple[Contender, ...]


CASES = (
    Case("stream", "stream", "at once", 1000, 10, (*SYNC, FAST, *IN_FRAMEWORKS)),
    Case("astream", "astream", "at once", 1000, 10, (*ASYNC, *IN_FRAMEWORKS)),
    Case("paced", "at_once", "paced", 120, 100, SHOWN["paced"]),
    Case("generate", "generate", "at once", 20, 300, SHOWN["generate"]),
    Case("batch", "batch", "busy", 20, 64, (THEIRS, OURS)),
    Case("abatch", "abatch", "busy", 20, 64, (THEIRS, OURS, FAST, LANGCHAIN)),
    Case("memory", "memory", "open", 20, 1000, (THEIRS, OURS, FAST)),
)


@dataclass(frozen=True)
class Import:
    """An import in a fresh process.

    Attributes:
        name: As the table says it.
        environment: Where it is imported.
        modules: What is imported.
        before: What was imported already and does not count.
    """

    name: str
    environment: Environment
    modules: tuple[str, ...]
    before: tuple[str, ...] = ()


_CORE = (
    "langchain_core.language_models:LLM",
    "langchain_core.language_models:BaseChatModel",
)
IMPORT_OURS = Import("**import lorax**", environments.OURS, ("lorax",))
IMPORT_CLIENT = Import("**from lorax import Client**", environments.OURS, ("lorax:Client",))
IMPORT_BASE = Import("import httpx, pydantic", environments.OURS, ("httpx", "pydantic"))
IMPORT_THEIRS = Import("import lorax, of lorax-client 0.6.3", environments.LORAX_CLIENT, ("lorax",))
# The classes: the package alone imports nothing until it is asked for one.
IMPORT_LANGCHAIN = Import(
    "**from langchain_lorax import LoRAX, ChatLoRAX**, after the next",
    environments.FRAMEWORKS,
    ("langchain_lorax:LoRAX", "langchain_lorax:ChatLoRAX"),
    _CORE,
)
IMPORT_CORE = Import(
    "from langchain_core.language_models import LLM, BaseChatModel", environments.FRAMEWORKS, _CORE
)
IMPORTS = (IMPORT_OURS, IMPORT_CLIENT, IMPORT_BASE, IMPORT_THEIRS, IMPORT_LANGCHAIN, IMPORT_CORE)
