"""All ways of calling through one fault at a time: each cell is run once."""

import threading
import time
from collections.abc import Generator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from pathlib import Path

import pytest

from lorax import Client
from lorax_devserver.faulty_wire import HEADER
from tests.conftest import running_devserver
from tests.reliability.outcomes import Outcome
from tests.reliability.rows import Row
from tests.reliability.ways import WAYS, Way

# Far longer than anything here takes: what is not over by then hangs.
LONGEST = 90
Cells = dict[Way, "Future[Outcome]"]


class Matrix:
    """What the ways of calling came to, by fault.

    Args:
        url: A scripted server, for the faults of answers.
        folder: Where the issuer of a certificate can be written.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self._url = url
        self._issuer = folder / "issuer.pem"
        self.rows: dict[Row, Cells] = {}

    def cells(self, row: Row) -> Cells:
        """Each way's call through a fault, over or hanging; all are made at once, at first use.

        Raises:
            AssertionError: The server goes on with what nobody waits for.
        """
        if row not in self.rows:
            with self._server(row) as url:
                self.rows[row] = cells = {way: _call(way, row, url) for way in WAYS}
                wait(cells.values(), timeout=LONGEST)
            _wait_until_idle(self._url)
        return self.rows[row]

    @contextmanager
    def _server(self, row: Row) -> Generator[str, None, None]:
        """The server that has a fault; a start's has its own."""
        if not row.is_of_start:
            yield self._url
            return
        of_tls = row.fault == "expired-tls"
        fault = f"{row.fault}={self._issuer}" if of_tls else row.fault
        with (
            running_devserver("--scripted", "--fault", fault) as url,
            pytest.MonkeyPatch.context() as patch,
        ):
            if of_tls:  # whoever trusts its issuer finds nothing wrong but its date
                patch.setenv("SSL_CERT_FILE", str(self._issuer))
            yield url


def _call(way: Way, row: Row, url: str) -> "Future[Outcome]":
    """Call in a thread of its own, which cannot hold up the end of the run."""
    cell: Future[Outcome] = Future()
    # Its name makes it a fault of this call alone, and the wrappers' client one of its own.
    headers = {HEADER: f"{row.fault};{way}"}

    def call() -> None:
        try:
            cell.set_result(way.call(url, headers, row.timeout))
        except BaseException as error:  # noqa: BLE001  (whatever it is, a test reports it)
            cell.set_exception(error)

    threading.Thread(target=call, daemon=True).start()
    return cell


def _wait_until_idle(url: str) -> None:
    """Wait until the server has seen that nobody waits for its answers any more."""
    deadline = time.monotonic() + LONGEST
    with Client(url) as client:
        while client.metrics()["lorax_batch_current_size"].data[0].value:
            assert time.monotonic() < deadline, "the server goes on with what nobody waits for"
