"""A workflow that asks several adapters at once and puts their answers side by side.

Run it by `make example RUN=llamaindex.fan_out`.
"""

import asyncio

from llama_index.llms.lorax import LoRAX
from workflows import Context, Workflow, step
from workflows.events import Event, StartEvent, StopEvent

from examples import shown
from examples.bookshop import prompt_for
from examples.local_server import run

ADAPTERS = (None, "sql", "extract")
QUESTION = "Which genres have an average price of books above 12?"


class Asked(Event):
    """A prompt for one adapter."""

    adapter_id: str | None
    prompt: str


class Answered(Event):
    """What one adapter made of it."""

    adapter_id: str | None
    text: str


class FanOut(Workflow):
    """Sends a prompt to every adapter, and waits for all of them.

    Args:
        llm: The server's model; its copies with adapters share one connection.
    """

    def __init__(self, llm: LoRAX) -> None:
        super().__init__(timeout=120)
        self._llm = llm

    @step
    async def send(self, ctx: Context, event: StartEvent) -> Asked | None:
        """Ask each adapter."""
        for adapter_id in ADAPTERS:
            ctx.send_event(Asked(adapter_id=adapter_id, prompt=event.prompt))
        return None

    @step(num_workers=len(ADAPTERS))
    async def ask(self, event: Asked) -> Answered:
        """One adapter's answer."""
        llm = self._llm.with_adapter(event.adapter_id)
        answer = await llm.acomplete(event.prompt, formatted=True)
        return Answered(adapter_id=event.adapter_id, text=answer.text)

    @step
    async def gather(self, ctx: Context, event: Answered) -> StopEvent | None:
        """All answers, once they are there."""
        answers = ctx.collect_events(event, [Answered] * len(ADAPTERS))
        if answers is None:
            return None
        return StopEvent(result={answer.adapter_id: answer.text for answer in answers})


def main(base_url: str) -> None:
    """Run it; show who said what."""
    llm = LoRAX(base_url=base_url, max_new_tokens=48, stop_sequences=[";", "```"])
    prompt = prompt_for(QUESTION)

    async def ask_all() -> dict[str | None, str]:
        found: dict[str | None, str] = await FanOut(llm).run(prompt=prompt)
        return found

    shown.console.print(f"\n[bold]? {QUESTION}[/bold]")
    answers = asyncio.run(ask_all())
    shown.record({str(name or "base model"): answers[name].strip() for name in ADAPTERS})


if __name__ == "__main__":
    run(main)
