"""When adapters are fetched and loaded: at first use, by id alone, one at a time."""

from lorax_devserver.adapters import SOURCES
from lorax_devserver.engine import Adapter, Engine
from lorax_devserver.errors import EngineError

_BASE = ""


class AdapterLoader:
    """Keeps what the router keeps of adapters: their numbers, and which are there.

    An adapter is known by its id alone: once it is there, source and token are not looked at.
    A request for another adapter puts the idle one out, and it is loaded again when it is next
    asked for (recordings adapters/*, chat/no_max_tokens).
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._indices: dict[object, int] = {_BASE: 0}
        self._downloaded: set[object] = set()
        self._loaded: object = None

    def index(self, adapter: Adapter | None) -> int:
        """An adapter's number; a new one gets the next, whether it turns out to exist or not."""
        return self._indices.setdefault(_key(adapter), len(self._indices))

    async def ready(self, adapter: Adapter | None) -> None:
        """Fetch and load what is not there.

        Raises:
            EngineError: It is not to be had.
        """
        key = _key(adapter)
        if self._loaded == key:
            return
        self._loaded = None
        verb = "loading" if key in self._downloaded else "downloading"
        if adapter is not None and adapter.source.lower() not in SOURCES:
            name = ",".join(adapter.ids)
            raise EngineError(f"Invalid source '{adapter.source}' when {verb} adapter '{name}'")
        if key not in self._downloaded:
            await self.engine.download(adapter)
            self._downloaded.add(key)
        await self.engine.load(adapter, self.index(adapter))
        self._loaded = key


def _key(adapter: Adapter | None) -> object:
    return _BASE if adapter is None else adapter.key
