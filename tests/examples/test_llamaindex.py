"""The programs of examples/llamaindex, on the real model where the answer matters."""

import json
import re

from examples.bookshop import DOCUMENTS
from examples.llamaindex import (
    entities,
    fan_out,
    ingestion,
    rag,
    react_agent,
    router,
    sql_agent,
)
from lorax_devserver.testing import ScriptedServer
from tests.examples.running import printed
from tests.llamaindex.frameworks_own import LEFT_OPEN, OLD_NAMES

pytestmark = [*OLD_NAMES, LEFT_OPEN]


def test_the_right_paper_is_found_and_told(devserver: str) -> None:
    returns, readings = re.split(r"^\? ", printed(rag.main, devserver), flags=re.MULTILINE)[1:]
    assert "from returns.md" in returns
    assert "30 days" in returns
    assert "on the first Thursday of each month" in readings
    assert "from readings.md" in readings


def test_what_is_sent_is_the_same_in_every_folder(lorax_server: ScriptedServer) -> None:
    printed(rag.main, lorax_server.url)
    sent = [json.dumps(asked.body) for asked in lorax_server.requests]
    assert any("Returns." in body for body in sent)
    assert not [body for body in sent if str(DOCUMENTS) in body]


def test_the_agent_chooses_by_one_adapter_and_writes_by_another(devserver: str) -> None:
    said = printed(sql_agent.main, devserver)
    austen, genres = re.split(r"^\? ", said, flags=re.MULTILINE)[1:]
    assert re.search(r"→ COUNT\(\*\): 3", austen)
    assert "→ genre: adventure; history; romance" in genres


def test_the_pipeline_puts_records_into_metadata(devserver: str) -> None:
    said = printed(ingestion.main, devserver)
    assert said.count("384 numbers") == ingestion.MANY
    assert len(re.findall(r"problem +\w", said)) == ingestion.MANY


def test_every_adapter_answers(devserver: str) -> None:
    said = printed(fan_out.main, devserver)
    assert re.search(r"sql +SELECT genre FROM books GROUP BY genre HAVING AVG\(price\) > 12", said)
    assert "base model" in said
    assert "extract" in said


def test_the_adapters_are_asked_at_once(lorax_server: ScriptedServer) -> None:
    lorax_server.script("x", delay=0.5)
    printed(fan_out.main, lorax_server.url)
    assert lorax_server.most_at_once == len(fan_out.ADAPTERS)


def test_the_agent_that_thinks_in_text(lorax_server: ScriptedServer) -> None:
    react_agent.script(lorax_server)
    said = printed(react_agent.main, lorax_server.url)
    assert "→ multiply: 24" in said
    assert said.strip().endswith("They are 24 dollars.")


def test_the_router_and_the_question_in_parts(lorax_server: ScriptedServer) -> None:
    router.script(lorax_server)
    said = printed(router.main, lorax_server.url)
    assert "30 days.\n" in said
    assert "At 9, and 30 days." in said
    asked = [one.adapter_id for one in lorax_server.requests if one.adapter_id]
    both = ["acme/opening", "acme/returns"]
    assert asked == ["acme/router", "acme/returns", "acme/router", *both, "acme/router"]


def test_people_are_found(lorax_server: ScriptedServer) -> None:
    said = printed(entities.main, lorax_server.url)
    assert re.findall(r"people +(\S.*\S)", said) == ["Miriam, Peter", "Anna"]
