"""A ReActAgent, which thinks in text: what the model says is scripted, all else is real.

Run it by `make example RUN=llamaindex.react_agent`.
"""

import asyncio

from llama_index.core.agent.workflow import AgentStream, ReActAgent, ToolCallResult
from llama_index.core.tools import FunctionTool
from llama_index.llms.lorax import LoRAX

from examples import shown
from lorax_devserver.testing import ScriptedServer, scripted_server

QUESTION = "How much are three copies of Emma at 8 dollars?"


def script(server: ScriptedServer) -> None:
    """What a model that follows the pattern would say."""
    server.script("Thought: I have it.\nAnswer: They are 24 dollars.", to="Observation: 24")
    server.script(
        'Thought: I need a product.\nAction: multiply\nAction Input: {"a": 3, "b": 8}\n',
        to=QUESTION,
    )


def multiply(a: int, b: int) -> int:
    """Multiply two numbers."""
    return a * b


async def ask(base_url: str) -> None:
    """Run the agent; show what it thinks while it comes, and what its tool says."""
    agent = ReActAgent(
        tools=[FunctionTool.from_defaults(multiply)],
        llm=LoRAX(base_url=base_url, adapter_id="acme/react"),
    )
    handler = agent.run(QUESTION)
    async for event in handler.stream_events():
        if isinstance(event, AgentStream) and event.delta:
            shown.console.print(event.delta, end="", style="green")
        elif isinstance(event, ToolCallResult):
            shown.console.print(f"\n→ {event.tool_name}: {event.tool_output.content}")
    shown.console.print(f"\n[bold]{await handler}[/bold]")


def main(base_url: str) -> None:
    """Ask one question."""
    shown.console.print(f"\n[bold]? {QUESTION}[/bold]")
    asyncio.run(ask(base_url))


if __name__ == "__main__":
    with scripted_server() as server:
        script(server)
        main(server.url)
