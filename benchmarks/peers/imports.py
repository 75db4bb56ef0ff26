"""How long an import takes in a fresh process, after others that do not count.

Modules are named as `module` or `module:name`, for packages that load their names when asked.
"""

import json
import sys
import time
from importlib import import_module


def load(names: list[str]) -> None:
    """Import modules, and what is named in them."""
    for name in names:
        module, _, inside = name.partition(":")
        found = import_module(module)
        if inside:
            getattr(found, inside)


def main() -> None:
    """Print the seconds."""
    measured, before = json.loads(sys.argv[1])
    load(before)
    began = time.perf_counter()
    load(measured)
    print(json.dumps({"value": time.perf_counter() - began}))


if __name__ == "__main__":
    main()
