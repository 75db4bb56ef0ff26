"""The LoRAX server's own schema compiler: which schemas it takes, and what it lets a model write.

That is a function of outlines 0.1.1, the version that the server's image pins. Its package is found
where it is installed, and that one file of it is loaded: the package as a whole would bring much
that is not needed. Without it, llama.cpp's own converter serves, which takes other schemas.
"""

import functools
import importlib.util
import math
from collections.abc import Callable
from pathlib import Path

from lorax_devserver import costs
from lorax_devserver.errors import EngineError

MOST_SECONDS = 25  # the estimate may be a third too low: nobody waits 40 s unasked

HOW_TO_GET_IT = "pip install --no-deps outlines==0.1.1"


@functools.cache
def _compiler() -> Callable[[str], str] | None:
    package = importlib.util.find_spec("outlines")
    for folder in (package.submodule_search_locations if package else None) or ():
        file = Path(folder) / "fsm" / "json_schema.py"
        spec = importlib.util.spec_from_file_location("lorax_devserver_outlines", file)
        if file.exists() and spec is not None and spec.loader is not None:
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            compiler: Callable[[str], str] = module.build_regex_from_schema
            return compiler
    return None


def check(schema: str, lenient: bool) -> None:
    """Judge a schema as a LoRAX server would.

    Args:
        schema: The JSON schema, as text.
        lenient: Whether one is let through that a LoRAX server would compile for long.

    Raises:
        EngineError: The compiler refuses it, or it would take long while everyone waits.
    """
    pattern = regex(schema)
    if pattern is None or lenient:
        return
    needed = _seconds(pattern)
    if needed > MOST_SECONDS:
        about = "minutes" if needed == math.inf else f"about {needed:.0f} s"
        raise EngineError(
            f"a LoRAX server would compile this schema for {about}, and everyone would wait; more "
            f"than {MOST_SECONDS} s are refused here, unless the server is --lenient. Bounds on "
            "lengths and properties that are not required cost the most"
        )


@functools.lru_cache(maxsize=256)
def _seconds(pattern: str) -> float:
    return costs.seconds(pattern, limit=120)


@functools.lru_cache(maxsize=256)
def regex(schema: str) -> str | None:
    """The regular expression of what a schema allows; None without the compiler.

    Args:
        schema: The JSON schema, as text.

    Raises:
        EngineError: The compiler refuses the schema, with its own words.
    """
    compiler = _compiler()
    if compiler is None:
        return None
    try:
        return compiler(schema)
    except RecursionError:
        raise EngineError("maximum recursion depth exceeded") from None
    except Exception as error:
        raise EngineError(str(error)) from error
    except BaseException as error:
        # What its references are kept in panics where Python would say that it recurses too deeply.
        if type(error).__name__ != "PanicException":
            raise
        raise EngineError("maximum recursion depth exceeded") from None
