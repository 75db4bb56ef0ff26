"""A service for many tenants: each has its adapter, and its answers stream to the browser.

Run it by `make example RUN=langchain.tenants.service`, and open the address that it prints.
"""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import Body, FastAPI, HTTPException
from fastapi.responses import FileResponse, StreamingResponse
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import PromptTemplate
from langchain_core.runnables import Runnable

from examples import shown
from examples.bookshop import PROMPT as QUERY
from examples.client.extract import PROMPT as RECORD
from examples.client.extract import SCHEMA
from examples.local_server import run
from langchain_lorax import LoRAX
from lorax.errors import LoraxError

PAGE = Path(__file__).with_name("page.html")


def tenants(base_url: str) -> dict[str, Runnable[dict[str, Any], str]]:
    """Each tenant's chain: one base model and one connection, an adapter each."""
    llm = LoRAX(base_url=base_url, max_new_tokens=120)
    return {
        "bookshop": PromptTemplate.from_template(QUERY.replace("{question}", "{text}"))
        | llm.bind(adapter_id="sql", stop=[";"])
        | StrOutputParser(),
        "helpdesk": PromptTemplate.from_template(RECORD.replace("{message}", "{text}"))
        | llm.bind(adapter_id="extract", response_format=SCHEMA)
        | StrOutputParser(),
    }


def service(base_url: str) -> FastAPI:
    """The service: a page, and for each tenant a stream of server-sent events."""
    app, chains = FastAPI(title="Tenants"), tenants(base_url)

    @app.get("/")
    def page() -> FileResponse:
        return FileResponse(PAGE, media_type="text/html")

    @app.get("/tenants")
    def names() -> list[str]:
        return list(chains)

    @app.post("/tenants/{tenant}")
    def answer(tenant: str, text: Annotated[str, Body(embed=True)]) -> StreamingResponse:
        if tenant not in chains:
            raise HTTPException(404, f"There is no tenant {tenant!r}, but {', '.join(chains)}.")
        return StreamingResponse(events(chains[tenant], text), media_type="text/event-stream")

    return app


async def events(chain: Runnable[dict[str, Any], str], text: str) -> AsyncIterator[str]:
    """An answer as events; a browser that leaves ends it at the LoRAX server, too."""
    try:
        async for piece in chain.astream({"text": text}):
            yield event({"text": piece})
        yield event({"end": True})
    except LoraxError as error:
        yield event({"error": str(error)})


def event(value: dict[str, Any]) -> str:
    """A server-sent event."""
    return f"data: {json.dumps(value)}\n\n"


def main(base_url: str) -> None:
    """Serve on loopback until Ctrl-C."""
    port = int(os.environ.get("PORT", "8090"))
    shown.console.print(f"open http://127.0.0.1:{port}")
    uvicorn.run(service(base_url), host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    run(main)
