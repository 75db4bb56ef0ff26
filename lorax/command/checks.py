"""What `lorax doctor` checks, in the order in which a failure makes the rest meaningless."""

from typing import Any

from lorax import errors, explain, grammar
from lorax.command import identity, network
from lorax.command.exits import Exit, in_words
from lorax.command.findings import Check, Finding, Visit
from lorax.parameters import Parameters


def lorax(visit: Visit) -> Finding:
    """Whether HTTP is spoken, and LoRAX in it."""
    try:
        visit.info = visit.client.info()
    except errors.RequestTimeoutError:
        said = f"the port is open, but nothing answered within {visit.server.timeout:g} s"
        todo = "The server may hang or still be starting: look at its log."
        return Finding(said, visit.past_proxy(todo), Exit.TIMEOUT)
    except errors.ConnectionFailedError as error:
        if visit.proxy is None and visit.url.scheme == "http" and network.speaks_tls(visit):
            return identity.http_to_https(visit)
        said = f"what listens there speaks no HTTP: {in_words(error)}"
        todo = "Give --url the address and port of a LoRAX server."
        return Finding(said, visit.past_proxy(todo), Exit.NOT_LORAX)
    except errors.LoraxError as error:
        return identity.of_refusal(visit, error)
    other = identity.of_info(visit.info)
    return other or Finding(f"version {visit.info.version}, serves {visit.info.model_id}")


def health(visit: Visit) -> Finding:
    """Whether the server says that it can be used."""
    reason = visit.client.health().reason
    return Finding("it says that it is well") if reason is None else visit.failed(reason)


def generation(visit: Visit) -> Finding:
    """Whether the base model gives a token."""
    return _generates(visit)


def adapter(visit: Visit) -> Finding | None:
    """Whether the adapter that was named gives one."""
    if visit.adapter is None:
        return None
    return _generates(
        visit,
        adapter_id=visit.adapter,
        adapter_source=visit.source,
        api_token=visit.server.api_token,
    )


def _generates(visit: Visit, **named: Any) -> Finding:
    try:
        answer = visit.client.generate("Hello", max_new_tokens=1, **named)
    except errors.OverloadedError as error:
        told, info = visit.failed(error), visit.info
        most = f" It takes {info.max_concurrent_requests} requests at once." if info else ""
        return Finding(told.said + most, told.todo, told.exit)
    except errors.LoraxError as error:
        return visit.failed(error)
    metadata = answer.metadata
    taken = "" if metadata.total_time is None else f" in {metadata.total_time:.2f} s"
    return Finding(f"{metadata.adapter_id or 'the base model'} gave a token{taken}")


def schema(given: Any) -> Finding:
    """What a schema costs the server, and what of it is not enforced."""
    try:
        told = explain(given)
    except errors.ValidationError as error:
        return Finding(in_words(error), "Write it in another way.", Exit.MISMATCH)
    said, most = str(told), Parameters.model_fields["max_compile_seconds"].default
    if told.seconds > most:
        todo = f"Above {most:g} s it is not sent, as everyone waits: fewer properties, shorter "
        return Finding(said, f"{todo}enums or tighter types cost less.", Exit.MISMATCH)
    if told.seconds > grammar.WARN_SECONDS:
        return Finding(said, "Everyone who uses the server waits that long, once.")
    if told.unenforced:
        return Finding(said, "Check the answer for these: `lorax generate --schema` does.")
    return Finding(said)


# By their names in what is printed.
CHECKS: dict[str, Check] = {
    "proxy": network.proxies,
    "name": network.name,
    "port": network.port,
    "TLS": network.tls,
    "LoRAX": lorax,
    "health": health,
    "generates": generation,
    "adapter": adapter,
}
