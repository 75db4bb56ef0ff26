"""What `lorax doctor` checks below HTTP: proxies, the name, the port, TLS."""

import ipaddress
import os
import socket
import ssl
import urllib.request

import httpx

from lorax.command.exits import Exit, in_words
from lorax.command.findings import Finding, Visit
from lorax.errors import ConnectionFailedError
from lorax.net.connections import setting_up, shown, words

# By OpenSSL's number of what it does not like about a certificate.
_CERTIFICATES = {
    9: ("is not valid yet", "Set this machine's clock, or wait."),
    10: ("has expired", "Have it renewed where the server or its gateway is run."),
    18: (
        "is signed by itself, and not trusted here",
        "Put it in a file that SSL_CERT_FILE names, or have the server take one of an authority.",
    ),
    62: ("is for another host", "Take the host that it is made for in --url."),
    64: ("is for another address", "Take the host name that it is made for in --url."),
}
_UNKNOWN_ISSUER = (
    "is of an authority that is not trusted here",
    "Name a file of the authority's certificate by SSL_CERT_FILE; a company's proxy has one, too.",
)


def proxies(visit: Visit) -> Finding:
    """Whether the environment puts a proxy in the way."""
    try:
        with setting_up(visit.client.base_url):
            httpx.Client().close()
    except ConnectionFailedError as error:
        todo = "Correct or unset the variable: HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE or the like."
        return Finding(in_words(error), todo, Exit.CONNECTION)
    set_here = urllib.request.getproxies()
    scheme = next((s for s in (visit.url.scheme, "all") if set_here.get(s)), None)
    if scheme is None or urllib.request.proxy_bypass(visit.url.host):
        return Finding("none of the environment's is in the way")
    variable = next((v for v in os.environ if v.lower() == f"{scheme}_proxy"), "the system")
    given = set_here[scheme]
    visit.proxy = httpx.URL(given if "://" in given else f"http://{given}")
    said = f"{variable} sends requests through {shown(visit.proxy)}"
    here = is_near(visit.url.host)
    todo = f"A server this near needs none: NO_PROXY={visit.url.host} goes past it." if here else ""
    return Finding(said, todo)


def is_near(host: str) -> bool:
    """Whether it is this machine, or in a private network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".localhost"))


def name(visit: Visit) -> Finding:
    """Whether the host's name leads to addresses."""
    host, port = visit.address
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else words(error)
        todo = (
            "Check the spelling in --url. A name of a cluster or a company is known inside it "
            "alone: a VPN or a forwarded port leads there."
        )
        return Finding(f"{host} is not known: {reason}", visit.past_proxy(todo), Exit.CONNECTION)
    addresses = dict.fromkeys(str(where[4][0]) for where in found)
    return Finding(f"{host} is {', '.join(addresses)}")


def port(visit: Visit) -> Finding:
    """Whether a connection can be made."""
    host, number = visit.address
    try:
        socket.create_connection((host, number), timeout=visit.seconds).close()
    except ConnectionRefusedError:
        said = f"nothing listens on port {number} of {host}"
        todo = "Start the server, or give --url its port; a container must publish it."
    except TimeoutError:
        said = f"port {number} of {host} does not react"
        todo = "A firewall may hold it back, or the machine be down."
    except OSError as error:
        said = f"{host} cannot be reached: {error.strerror or words(error)}"
        todo = "Check the network, and whether a VPN is needed."
    else:
        return Finding(f"{number} is open")
    return Finding(said, visit.past_proxy(todo), Exit.CONNECTION)


def tls(visit: Visit) -> Finding | None:
    """Whether TLS can be spoken, as the client speaks it; through a proxy it does that itself."""
    if visit.url.scheme != "https" or visit.proxy is not None:
        return None
    try:
        return Finding(
            f"{_greet(visit, httpx.create_ssl_context())} with a certificate that is trusted"
        )
    except ssl.SSLCertVerificationError as error:
        said, todo = _CERTIFICATES.get(error.verify_code, _UNKNOWN_ISSUER)
        return Finding(f"the certificate {said}: {error.verify_message}", todo, Exit.CONNECTION)
    except TimeoutError:
        said = f"nothing answers the greeting within {visit.seconds:g} s"
        return Finding(said, "The server may hang: look at its log.", Exit.TIMEOUT)
    except OSError as error:  # ssl's own are of this kind
        todo = f"It may speak plain HTTP: try --url {shown(visit.url.copy_with(scheme='http'))}"
        reason = getattr(error, "reason", None) or words(error)
        return Finding(f"the port speaks no TLS: {reason}", todo, Exit.CONNECTION)


def speaks_tls(visit: Visit) -> bool:
    """Whether TLS is what is spoken there, whoever vouches for it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        _greet(visit, context)
    except OSError:
        return False
    return True


def _greet(visit: Visit, context: ssl.SSLContext) -> str:
    """Speak the greeting; the version that was agreed on."""
    with (
        socket.create_connection(visit.address, timeout=visit.seconds) as plain,
        context.wrap_socket(plain, server_hostname=visit.address[0]) as spoken,
    ):
        return spoken.version() or "TLS"
