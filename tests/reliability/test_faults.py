"""What users get when the network or the server fails; a whole run writes it into the docs."""

from collections.abc import Iterator

import pytest

from docs.pages import RELIABILITY, write_part
from lorax_devserver.faults import KINDS
from lorax_devserver.listening import START_FAULTS
from tests.conftest import running_devserver
from tests.reliability import page
from tests.reliability.connections import being_noticed
from tests.reliability.matrix import Matrix
from tests.reliability.rows import ROWS, Row
from tests.reliability.ways import WAYS, Way


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    with being_noticed(), running_devserver("--scripted") as url:
        matrix = Matrix(url, tmp_path_factory.mktemp("tls"))
        yield matrix
    cells = [cell for row in matrix.rows.values() for cell in row.values()]
    if matrix.rows.keys() == set(ROWS) and all(c.done() and not c.exception() for c in cells):
        write_part(RELIABILITY, "make test", page.text({row: matrix.rows[row] for row in ROWS}))


def test_every_fault_of_the_server_is_here() -> None:
    assert {row.name for row in ROWS} == KINDS.keys() | START_FAULTS.keys()


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.fault)
def test_what_the_user_gets(matrix: Matrix, row: Row, way: Way) -> None:
    cell = matrix.cells(row)[way]
    assert cell.done(), "it hangs"
    assert cell.result() == row.expected(way)
