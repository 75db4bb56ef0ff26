"""`lorax doctor`: each trouble made for real, found, named, and said what to do about."""

import json
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from lorax.command import network
from tests.command.running import Page, process, run, serving
from tests.conftest import running_devserver

INFO = {
    "model_id": "base",
    "max_concurrent_requests": 4,
    "max_best_of": 2,
    "max_stop_sequences": 4,
    "max_input_length": 100,
    "max_total_tokens": 200,
    "version": "0.1.0",
}


def examined(*options: str) -> tuple[int, str, str, str]:
    """The code, the name of the last check, what it said, and what to do."""
    result = run("doctor", *options, "--json")
    told = json.loads(result.stdout)
    assert told["exit"] == result.exit_code
    *before, last = told["checks"]
    assert all(check["ok"] for check in before)
    assert last["ok"] == (result.exit_code == 0)
    assert result.stderr == ""
    return result.exit_code, last["check"], last["said"], last["todo"]


def test_all_is_well(url: str) -> None:
    result = run("doctor", "--url", url, "--adapter", "acme/a")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    checks = ["address", "proxy", "name", "port", "LoRAX", "health", "generates", "adapter"]
    assert [line.split()[:2] for line in lines[:-2]] == [["✓", check] for check in checks]
    assert "acme/a gave a token" in lines[-3]
    assert lines[-1].startswith("lorax-client ")
    assert "Python 3." in lines[-1]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("127.0.0.1:8080", "must begin with http"),
        ("http://host:port", "Invalid port"),
        ("http://host/?a=b", "must end with its path"),
    ],
)
def test_an_address_that_is_none(address: str, said: str) -> None:
    code, check, words, todo = examined("--url", address)
    assert (code, check) == (2, "address")
    assert said in words
    assert "--url" in todo


def test_a_name_that_nobody_knows() -> None:
    code, check, said, todo = examined("--url", "http://no-such-host.invalid:8080")
    assert (code, check) == (3, "name")
    assert "no-such-host.invalid is not known" in said
    assert "VPN" in todo


def test_a_port_on_which_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    code, check, said, todo = examined("--url", f"http://127.0.0.1:{port}")
    assert (code, check) == (3, "port")
    assert f"nothing listens on port {port}" in said
    assert "Start the server" in todo


def test_a_server_that_never_answers() -> None:
    with running_devserver("--scripted", "--fault", "deaf") as url:
        code, check, said, _ = examined("--url", url, "--timeout", "0.5")
        assert (code, check) == (8, "LoRAX")
        assert "the port is open, but nothing answered within 0.5 s" in said
        tls = url.replace("http:", "https:")
        code, check, said, _ = examined("--url", tls, "--timeout", "0.5")
        assert (code, check) == (8, "TLS")


def test_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = tmp_path / "issuer.pem"
    with running_devserver("--scripted", "--fault", f"expired-tls={issuer}") as expired:
        code, check, said, todo = examined("--url", expired)
        assert (code, check) == (3, "TLS")
        assert "an authority that is not trusted here" in said
        assert "SSL_CERT_FILE" in todo
        plain = expired.replace("https:", "http:")
        code, check, said, todo = examined("--url", plain)
        assert (code, check, said) == (3, "LoRAX", "the port speaks HTTPS")
        assert todo == f"Give --url {expired}"
        monkeypatch.setenv("SSL_CERT_FILE", str(issuer))
        code, check, said, todo = examined("--url", expired)
        assert (code, check) == (3, "TLS")
        assert "the certificate has expired" in said
        assert "renewed" in todo
    with serving({}) as plain:
        code, check, said, todo = examined("--url", plain.replace("http:", "https:"))
        assert (code, check) == (3, "TLS")
        assert "speaks no TLS" in said
        assert plain in todo


@contextmanager
def greeting(certificate: trustme.LeafCert) -> Iterator[str]:
    """A port on which TLS is spoken, and nothing more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    def greet() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                try:
                    context.wrap_socket(connection, server_side=True).close()
                except OSError:  # the client does not like what it sees
                    continue

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=greet)
        thread.start()
        try:
            yield f"https://localhost:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def test_a_certificate_for_another_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with greeting(authority.issue_cert("other.example")) as url:
        for address, words in ((url, "another host"), (url.replace("localhost", "127.0.0.1"), "")):
            code, check, said, todo = examined("--url", address)
            assert (code, check) == (3, "TLS")
            assert words in said
            assert "made for" in todo


def test_certificates_that_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "none.pem")
    code, check, _, todo = examined("--url", "https://127.0.0.1")
    assert (code, check) == (3, "proxy")
    assert "SSL_CERT_FILE" in todo


def test_a_proxy_in_the_way(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({}) as proxy:
        there = proxy.replace("//", "//me:s3cret@")
        monkeypatch.setenv("http_proxy", there)
        result = run("doctor", "--url", url)
        assert result.exit_code == 4
        assert f"! proxy       http_proxy sends requests through {proxy}" in result.stdout
        assert result.stdout.count("NO_PROXY=127.0.0.1") == 2
        assert "s3cret" not in result.output
        monkeypatch.setenv("http_proxy", "http://a:b:c")
        assert examined("--url", url)[:2] == (3, "proxy")
        monkeypatch.setenv("http_proxy", there)
    code, check, _, todo = examined("--url", url)
    assert (code, check) == (3, "port")
    assert "NO_PROXY=127.0.0.1" in todo
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert examined("--url", url)[0] == 0


@pytest.mark.parametrize(
    ("pages", "code", "said", "todo"),
    [
        ({}, 4, "this is not LoRAX", "the address of the server itself"),
        (
            {"/": Page("<!doctype html><title>Grafana</title>", kind="text/html")},
            4,
            "a web page is here, 'Grafana'",
            "the address of the server itself",
        ),
        ({"/v1/models": Page('{"object": "list", "data": []}')}, 4, "vLLM", "OpenAI client"),
        (
            {"/api/version": Page('{"version": "0.5"}'), "/v1/models": Page('{"data": []}')},
            4,
            "this is Ollama",
            "Ollama has its own client",
        ),
        (
            {"/info": Page(json.dumps({**INFO, "router": "text-generation-router"}))},
            4,
            "this is Text Generation Inference",
            "a LoRAX server",
        ),
        ({"/info": Page("no", 401, "text/plain")}, 10, "no (status 401)", "--api-key"),
        ({"/info": Page("no", 429, "text/plain")}, 7, "status 429", "later"),
        (
            {"/info": Page("<html><title>Bad</title>", 502, "text/html")},
            5,
            "no server behind it: The answer is a page of HTML, 'Bad' (status 502)",
            "whether the server runs",
        ),
        (
            {"/info": Page("The plain HTTP request was sent to HTTPS port", 400, "text/plain")},
            3,
            "the port speaks HTTPS",
            "Give --url https://127.0.0.1",
        ),
    ],
)
def test_what_is_not_lorax(pages: dict[str, Page], code: int, said: str, todo: str) -> None:
    with serving(pages) as url:
        found, check, words, what = examined("--url", url)
    assert (found, check) == (code, "LoRAX")
    assert said in words
    assert todo in what


def test_a_route_behind_the_address(url: str) -> None:
    code, check, said, todo = examined("--url", f"{url}/v1")
    assert (code, check) == (4, "LoRAX")
    assert said == "the server is there, but not below this path"
    assert todo == f"Give --url {url}, without a route behind it."


def test_what_speaks_no_http() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=talk, args=(server,))
        thread.start()
        code, check, said, _ = examined("--url", f"http://127.0.0.1:{server.getsockname()[1]}")
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
    assert (code, check) == (4, "LoRAX")
    assert "speaks no HTTP" in said


def talk(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")


def test_a_server_that_is_not_well() -> None:
    sick = Page('{"error": "unhealthy", "error_type": "healthcheck"}', 503)
    with serving({"/info": Page(json.dumps(INFO)), "/health": sick}) as url:
        code, check, said, todo = examined("--url", url)
    assert (code, check) == (5, "health")
    assert "unhealthy" in said
    assert "loading" in todo


def test_what_lets_no_request_through() -> None:
    faults = ["--fault", "overloaded*1", "--fault", "unavailable*1", "--fault", "html=200"]
    with running_devserver("--scripted", *faults) as url:
        code, check, said, todo = examined("--url", url)
        assert (code, check) == (7, "generates")
        assert said.endswith("It takes 128 requests at once.")
        assert "try again later" in todo
        assert examined("--url", url)[:2] == (5, "generates")
        code, check, said, _ = examined("--url", url)
        assert (code, check) == (4, "generates")
        assert said.endswith("is not LoRAX's. It is a page of HTML, 'Bad Gateway'.")


@pytest.mark.parametrize(
    ("adapter", "words"),
    [
        ("acme/missing", "--source"),
        ("acme/private", "--api-token"),
        ("acme/badrank", "of a rank that the server allows"),
    ],
)
def test_adapters_that_are_not_to_be_had(url: str, adapter: str, words: str) -> None:
    code, check, _, todo = examined("--url", url, "--adapter", adapter)
    assert (code, check) == (6, "adapter")
    assert words in todo


def test_an_adapter_that_is_lost_on_the_way() -> None:
    answer = Page('[{"generated_text": "a"}]', model="base")
    pages = {"/info": Page(json.dumps(INFO)), "/health": Page(""), "/": answer}
    with serving(pages) as url:
        code, check, said, todo = examined("--url", url, "--adapter", "acme/a")
    assert (code, check) == (6, "adapter")
    assert "base alone" in said
    assert "between here and the server" in todo


def test_schemas(url: str, tmp_path: Path) -> None:
    file = tmp_path / "schema.json"

    def with_schema(schema: object, address: str = url) -> tuple[int, str, str, str]:
        file.write_text(json.dumps(schema))
        return examined("--url", address, "--schema", str(file))

    assert with_schema({"type": "integer"})[0] == 0
    code, check, said, todo = with_schema({"type": "integer", "minimum": 0})
    assert (code, check) == (0, "schema")
    assert "$: minimum 0" in said
    assert "generate --schema" in todo
    texts = {f"p{n}": {"type": "string"} for n in range(300)}
    dear = {"type": "object", "properties": texts, "required": list(texts)}
    code, check, said, todo = with_schema(dear)
    assert (code, check) == (9, "schema")
    assert "Above 30 s it is not sent" in todo
    assert with_schema({"type": "object", "required": ["a"], "properties": {"a": False}})[0] == 9


def test_a_schema_is_looked_at_without_a_server(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_text('{"type": "integer"}')
    result = run("doctor", "--url", "nowhere", "--schema", str(file))
    assert result.exit_code == 2
    assert "✗ address" in result.stdout
    assert "✓ schema" in result.stdout


def test_no_secret_is_in_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["--api-token", "t0ken-of-hub", "--header", "Cookie: c00kie", "--adapter", "a"]
    with serving({"/info": Page(None, 400, "text/plain")}) as url:

        def said(*more: str) -> str:
            said = run("doctor", *options, *more).output
            assert "this is not LoRAX" in said
            assert "ookie: …" in said
            return said + run("doctor", *options, *more, "--json").output

        texts = said("--url", url.replace("//", "//me:passw0rd@"))
        monkeypatch.setenv("LORAX_API_KEY", "k3y-of-gateway")
        texts += said("--url", url)
    assert "Bearer …" in texts
    for secret in ("k3y-of-gateway", "passw0rd", "bWU6cGFzc3cwcmQ", "t0ken-of-hub", "c00kie"):
        assert secret not in texts


def test_whoever_reads_may_have_left(url: str) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    with process("doctor", "--url", url, stdout=theirs, stderr=-1) as asked:
        os.close(theirs)
        assert asked.stderr is not None
        assert asked.stderr.read() == b""
        assert asked.wait(timeout=20) == 141


@pytest.mark.parametrize(
    ("host", "near"),
    [("10.1.2.3", True), ("lorax", True), ("8.8.8.8", False), ("api.example.com", False)],
)
def test_what_is_near(host: str, near: bool) -> None:
    assert network.is_near(host) == near
