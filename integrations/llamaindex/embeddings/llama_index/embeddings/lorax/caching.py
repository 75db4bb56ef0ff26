"""A store whose keys tell who put what there, in front of one that others use, too."""

# What LlamaIndex's stores hold, they do not say.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from typing import Any

from llama_index.core.storage.kvstore.types import DEFAULT_COLLECTION, BaseKVStore


class KeyedStore(BaseKVStore):
    """A view of a store: of what was put there by the same owner.

    Args:
        store: The store.
        owner: What its keys begin with.

    Attributes:
        store: The store.
    """

    def __init__(self, store: BaseKVStore, owner: str) -> None:
        self.store = store
        self._owner = f"{owner} "

    def put(self, key: str, val: dict[str, Any], collection: str = DEFAULT_COLLECTION) -> None:
        """Put a value."""
        self.store.put(self._owner + key, val, collection)

    async def aput(
        self, key: str, val: dict[str, Any], collection: str = DEFAULT_COLLECTION
    ) -> None:
        """Put a value."""
        await self.store.aput(self._owner + key, val, collection)

    def get(self, key: str, collection: str = DEFAULT_COLLECTION) -> dict[str, Any] | None:
        """The value of a key, if there is one."""
        return self.store.get(self._owner + key, collection)

    async def aget(self, key: str, collection: str = DEFAULT_COLLECTION) -> dict[str, Any] | None:
        """The value of a key, if there is one."""
        return await self.store.aget(self._owner + key, collection)

    def get_all(self, collection: str = DEFAULT_COLLECTION) -> dict[str, dict[str, Any]]:
        """All of the owner's values."""
        return self._mine(self.store.get_all(collection))

    async def aget_all(self, collection: str = DEFAULT_COLLECTION) -> dict[str, dict[str, Any]]:
        """All of the owner's values."""
        return self._mine(await self.store.aget_all(collection))

    def delete(self, key: str, collection: str = DEFAULT_COLLECTION) -> bool:
        """Take a value away; whether there was one."""
        return self.store.delete(self._owner + key, collection)

    async def adelete(self, key: str, collection: str = DEFAULT_COLLECTION) -> bool:
        """Take a value away; whether there was one."""
        return await self.store.adelete(self._owner + key, collection)

    def _mine(self, everything: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        owner = self._owner
        return {k.removeprefix(owner): v for k, v in everything.items() if k.startswith(owner)}
