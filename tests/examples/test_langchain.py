"""The programs of examples/langchain, on the real model where the answer matters."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest

from examples.bookshop import Bookshop
from examples.langchain import extraction, rag, sql_agent, support_graph
from examples.langchain.tenants.service import service
from lorax_devserver.in_thread import served
from lorax_devserver.testing import ScriptedServer
from tests.examples.running import printed

RECORD = {
    "customer": "Ada",
    "order": "B-1",
    "book": "Emma",
    "problem": "late",
    "wants": "refund",
    "urgent": True,
}


def test_the_agent_chooses_by_one_adapter_and_writes_by_another(devserver: str) -> None:
    said = printed(sql_agent.main, devserver)
    austen, genres, greeting = re.split(r"^\? ", said, flags=re.MULTILINE)[1:]
    assert "ask_bookshop" in austen
    assert re.search(r"→ COUNT\(\*\): 3", austen)
    assert "There are 3 books by Jane Austen." in austen
    assert "→ genre: adventure; history; romance; science fiction\nGenre: adventure;" in genres
    assert "→" not in greeting


def test_the_agent_is_the_same_however_it_runs(devserver: str) -> None:
    agent = sql_agent.agent_of(devserver, Bookshop())
    asked = {"messages": [{"role": "user", "content": sql_agent.QUESTIONS[0]}]}
    whole = agent.invoke(asked)["messages"]
    streamed = list(agent.stream(asked, stream_mode="values"))[-1]["messages"]
    assert [m.text for m in whole] == [m.text for m in streamed]


def test_the_graph_stops_for_a_person_and_goes_on(devserver: str) -> None:
    said = printed(support_graph.main, devserver)
    said = " ".join(said.split())  # the terminal's lines are no part of it
    assert "'record': { 'customer': 'Miriam Okafor', 'order': 'BK-20417', 'book': 'Dracula'" in said
    sent = said.split("app.invoke")[1]
    assert "Dear Miriam Okafor, we are sorry about order BK-20417." in sent
    assert sent.endswith("of Dracula we have 9 left.")


def test_the_right_paper_is_found_and_told(devserver: str) -> None:
    returns, readings = re.split(r"^\? ", printed(rag.main, devserver), flags=re.MULTILINE)[1:]
    assert "30 days\n  from returns.md" in returns
    assert "6 dollars\n  from readings.md" in readings


def test_all_messages_become_records(lorax_server: ScriptedServer) -> None:
    lorax_server.script(RECORD)
    said = printed(extraction.main, lorax_server.url)
    assert "300 messages, 300 of them urgent" in said
    messages = json.loads(extraction.MESSAGES.read_text())
    assert len({*messages}) == len(messages) == len(lorax_server.jobs) == 300
    assert {job.adapter and job.adapter.ids for job in lorax_server.jobs} == {("extract",)}


@pytest.fixture
def tenants(lorax_server: ScriptedServer) -> Iterator[str]:
    """The service, over the scripted server."""
    with served(service(lorax_server.url)) as serving:
        yield serving.url


def test_each_tenant_has_its_adapter(tenants: str, lorax_server: ScriptedServer) -> None:
    lorax_server.script("SELECT 1;")
    for tenant in ("bookshop", "helpdesk"):
        with httpx.stream("POST", f"{tenants}/tenants/{tenant}", json={"text": "hello"}) as answer:
            events = [json.loads(line[6:]) for line in answer.iter_lines() if line]
        assert events[-1] == {"end": True}
        assert len(events) > 2
    assert [asked.adapter_id for asked in lorax_server.requests] == ["sql", "extract"]


def test_a_tenant_that_is_none(tenants: str) -> None:
    refused = httpx.post(f"{tenants}/tenants/nobody", json={"text": "hello"})
    assert refused.status_code == 404
    assert refused.json()["detail"] == "There is no tenant 'nobody', but bookshop, helpdesk."


def test_an_answer_that_fails_is_told(tenants: str, lorax_server: ScriptedServer) -> None:
    lorax_server.script("SELECT 1;", fail_at=2)
    answer = httpx.post(f"{tenants}/tenants/bookshop", json={"text": "hello"})
    last = json.loads(answer.text.strip().split("\n\n")[-1][6:])
    assert "out of memory" in last["error"]


def test_a_browser_that_leaves_ends_the_answer(tenants: str, lorax_server: ScriptedServer) -> None:
    lorax_server.script("SELECT 1;", hang_at=2)
    with httpx.stream("POST", f"{tenants}/tenants/bookshop", json={"text": "hello"}) as answer:
        next(answer.iter_lines())
    lorax_server.wait_until_idle()
