"""The programs of examples/client that the demo does not run."""

from examples.client import agent
from tests.examples.running import printed


def test_the_agent_by_hand(devserver: str) -> None:
    austen, author, greeting = printed(agent.main, devserver).split("? ")[1:4]
    assert "There are 3 books by Jane Austen." in austen
    assert "Edgar Allan Poe sold the most copies." in author
    assert "AskBookshop{" not in greeting
