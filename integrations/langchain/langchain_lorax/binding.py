"""Models with something bound to them, which stays bound whatever is bound next.

LangChain's own bindings hand a method that they do not have on to the bare model, so that an
adapter bound before is lost without a word. Everything that such a method gives is here one of our
own classes, which have these methods themselves. What is a setting of the model's becomes one, so
that what is bound later wins by whatever name, and secrets are covered as the model's own.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import methodcaller
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from langchain_core.language_models import LanguageModelInput
from langchain_core.runnables import Runnable, RunnableBinding
from langchain_core.runnables.config import merge_configs
from langchain_core.runnables.configurable import (
    RunnableConfigurableAlternatives,
    RunnableConfigurableFields,
)
from langchain_core.runnables.fallbacks import RunnableWithFallbacks
from langchain_core.runnables.retry import RunnableRetry

from langchain_lorax.batching import all_at_once
from langchain_lorax.errors import raised_for_langchain
from langchain_lorax.settings import parted
from lorax.shapes import is_object

Answer_co = TypeVar("Answer_co", covariant=True)
Made = TypeVar("Made", bound=Runnable[Any, Any])
# pydantic would build a class for the parameters, and want what is inside to be of that very one.
if TYPE_CHECKING:
    _Binding = RunnableBinding[LanguageModelInput, Any]
    _Retry = RunnableRetry[LanguageModelInput, Any]
    _Fallbacks = RunnableWithFallbacks[LanguageModelInput, Any]
    _Fields = RunnableConfigurableFields[LanguageModelInput, Any]
    _Alternatives = RunnableConfigurableAlternatives[LanguageModelInput, Any]
else:
    _Binding, _Retry, _Fallbacks = RunnableBinding, RunnableRetry, RunnableWithFallbacks
    _Fields, _Alternatives = RunnableConfigurableFields, RunnableConfigurableAlternatives


class Keeping(Runnable[LanguageModelInput, Answer_co], Generic[Answer_co, Made]):
    """What a model and all that is made of it share: whatever is bound stays bound."""

    def bind(self, **kwargs: Any) -> Made:
        """Give keywords for every call; they stay when more is bound.

        Args:
            kwargs: Any of a call's: `adapter_id`, `temperature`, `stop`, …

        Raises:
            ModelInvalidRequestError: One is given by both of its names.

        Example:
            >>> sql = chat.bind(adapter_id="acme/sql").bind_tools([tables])
        """
        with raised_for_langchain():
            settings, others = parted(kwargs)
        return cast("Made", _having(self, settings)._with_others(others))

    def with_config(self, config: Any = None, **kwargs: Any) -> Made:
        """The same with a config for every call."""
        return self._as(Binding, super().with_config(config, **kwargs))

    def with_listeners(self, **kwargs: Any) -> Made:
        """The same with functions that are told when a run begins and ends."""
        return self._as(Binding, super().with_listeners(**kwargs))

    def with_alisteners(self, **kwargs: Any) -> Made:
        """The same with coroutines that are told when a run begins and ends."""
        return self._as(Binding, super().with_alisteners(**kwargs))

    def with_types(self, *args: Any, **kwargs: Any) -> Made:
        """The same with other types of input and output."""
        return self._as(Binding, super().with_types(*args, **kwargs))

    def with_retry(self, **kwargs: Any) -> Made:
        """The same, tried again when it fails."""
        return self._as(Retry, super().with_retry(**kwargs))

    def with_fallbacks(self, fallbacks: Sequence[Runnable[Any, Any]], **kwargs: Any) -> Any:
        """The same, with others to ask when it fails."""
        return self._as(Fallbacks, super().with_fallbacks(fallbacks, **kwargs))

    def configurable_fields(self, **kwargs: Any) -> Any:
        """The same, with fields that a run's config can set."""
        return self._as(Fields, super().configurable_fields(**kwargs))  # type: ignore[misc]

    def configurable_alternatives(self, *args: Any, **kwargs: Any) -> Any:
        """The same, with others among which a run's config can choose."""
        made = super().configurable_alternatives(*args, **kwargs)  # type: ignore[misc]
        return self._as(Alternatives, made)

    def _with_others(self, keywords: Mapping[str, Any]) -> Any:
        """The same with keywords for every call that are no settings."""
        return self._kind(Binding)(bound=self, kwargs=keywords)

    def _as(self, kind: Any, made: Any) -> Made:
        """What LangChain made, as our class of the same kind."""
        if not isinstance(made, Keeping):
            names: list[str] = list(made.__class__.model_fields)
            made = self._kind(kind)(**{name: getattr(made, name) for name in names})
        return cast("Made", made)

    @classmethod
    def _kind(cls, kind: Any) -> Any:
        """The class that is of a kind here."""
        return kind


def _having(one: Any, settings: Mapping[str, Any]) -> Any:
    """One with settings: ours takes them in, another's model is given them with every call."""
    is_ours = hasattr(one.__class__, "with_keywords")  # LangChain's have what is inside of them
    return one.with_keywords(settings) if is_ours else one.bind(**settings)


def of_each(name: str) -> Any:
    """A method that is called of what is inside, and gives the same around what came of it."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return self._around_each(methodcaller(name, *args, **kwargs))

    return method


class Around(Keeping[Any, Any]):
    """What is made of a model and stands around it."""

    inside: ClassVar[tuple[str, ...]]
    with_adapter = of_each("with_adapter")
    with_parameters = of_each("with_parameters")

    @classmethod
    def get_lc_namespace(cls) -> list[str]:
        """Where LangChain finds the class of what it wrote down."""
        return cls.__module__.split(".")

    def with_keywords(self, settings: Mapping[str, Any]) -> Any:
        """The same around what has a call's keywords as its settings."""
        return self._around_each(lambda one: _having(one, settings))

    def _around_each(self, change: Callable[[Any], Any]) -> Any:
        def changed(part: Any) -> Any:
            if isinstance(part, Runnable):
                return change(part)
            if is_object(part):
                return {name: changed(one) for name, one in part.items()}
            return [*map(changed, part)] if hasattr(part, "__iter__") else change(part())

        parts = {name: changed(getattr(self, name)) for name in self.inside}
        return cast("Any", self).model_copy(update=parts)


class _Bound(Around):
    inside = ("bound",)
    configurable_fields = of_each("configurable_fields")


class Binding(_Bound, _Binding):
    """A model with keywords or a config for every call."""

    def _with_others(self, keywords: Mapping[str, Any]) -> Any:
        return self.model_copy(update={"kwargs": {**self.kwargs, **keywords}})


class Retry(_Bound, _Retry):
    """A model that is tried again when it fails."""


class _Dynamic(Around):
    """What a run's config chooses."""

    def with_config(self, config: Any = None, **kwargs: Any) -> Any:
        """The same with a config for every call; LangChain's own drops the one before."""
        before = cast("Any", self).config
        return super().with_config(merge_configs(before, config), **kwargs)

    def batch(self, inputs: list[Any], config: Any = None, **kwargs: Any) -> list[Any]:
        """Answer each input; all at once, as far as the server takes them, and in their order."""
        return super().batch(inputs, all_at_once(config, len(inputs)), **kwargs)


class Fields(_Dynamic, _Fields):
    """A model with fields that a run's config can set, as long as nothing is bound there."""

    inside: ClassVar = ("default",)

    def with_keywords(self, settings: Mapping[str, Any]) -> Any:
        """The same around what has these settings; a run's config sets them no more."""
        left = {name: field for name, field in self.fields.items() if name not in settings}
        return super().with_keywords(settings).model_copy(update={"fields": left})

    def configurable_fields(self, **kwargs: Any) -> Any:
        """The same, with more fields that a run's config can set."""
        made = super().configurable_fields(**kwargs)
        return made.model_copy(update={"config": self.config})


class Alternatives(_Dynamic, _Alternatives):
    """Models among which a run's config can choose."""

    inside: ClassVar = ("default", "alternatives")


class _Each(Around):
    inside = ("runnable", "fallbacks")
    bind = of_each("bind")
    with_config = of_each("with_config")
    with_listeners = of_each("with_listeners")
    with_alisteners = of_each("with_alisteners")
    with_types = of_each("with_types")
    with_retry = of_each("with_retry")
    configurable_fields = of_each("configurable_fields")


class Fallbacks(_Each, _Fallbacks):
    """A model with others to ask when it fails; each gets what is bound in its own form."""
