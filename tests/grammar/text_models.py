"""Types whose fields are texts of a form, numbers in bounds, or both."""

import ipaddress
import pathlib
import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AnyUrl,
    AwareDatetime,
    Base64Bytes,
    BaseModel,
    ByteSize,
    ConfigDict,
    Field,
    FiniteFloat,
    FutureDate,
    HttpUrl,
    Json,
    NaiveDatetime,
    PositiveInt,
    SecretStr,
    StringConstraints,
    conint,
    conlist,
    constr,
)

from tests.grammar.entry import Entry


def _text(**constraints: Any) -> Any:
    return Annotated[str, StringConstraints(**constraints)]


# What stands in models by these names: patterns that people write.
PATTERNS = {
    "a code": r"^[A-Z]{3}-\d{4}$",
    "a telephone number": r"^\+?[0-9 ()-]{7,20}$",
    "a colour": "^#[0-9a-fA-F]{6}$",
    "words": r"^\w+( \w+)*$",
    "no anchors": "ab+c",
    "one anchor": "^ab",
    "anything": ".*",
    "not a quote": '[^"]+',
    "a quote": '^"[a-z]*"$',
    "a backslash": r"^[a-z]:\\[a-z\\]+$",
    "a line end": "^a\nb$",
    "a blank": r"^\S+\s\S+$",
    "a choice": "^(yes|no|perhaps)$",
    "a choice of anchors": "^yes$|^no$",
    "a choice without anchors": "yes|no",
    "a lazy one": "^a+?b*?$",
    "a group that is named": "^(?P<year>[0-9]{4})-(?P<month>[0-9]{2})$",
    "a group not kept": "^(?:ab)+$",
    "an accent": "^[éèà]+$",
    "Chinese": "^[一-龥]{2,4}$",
    "a version": r"^\d+\.\d+\.\d+(-[a-z0-9.]+)?$",
    "an empty one": "^$",
    "optional all": "^[a-z]*$",
    "a brace": r"^\{[a-z]+\}$",
    "a slash": "^/[a-z/]+$",
    "not letters": r"^[^a-z\s]+$",
    "not digits": r"^\D{2}$",
    "a hyphen in a set": r"^[a\-z\]\[^]+$",
    "a long bound": "^[a-z]{1,60}$",
    "a semantic one": "^[A-Za-z_][A-Za-z0-9_]{0,30}$",
}
AHEAD = {"looking ahead": "^(?=.*[0-9])[a-z0-9]+$", "named again": r"^([a-z])\1$"}


class Mixed(BaseModel):
    short: constr(min_length=2, max_length=5)
    few: conlist(int, min_length=1, max_length=3)
    dozen: conint(ge=1, le=12)
    step: conint(multiple_of=3)
    secret: SecretStr
    path: pathlib.Path
    size: ByteSize
    finite: FiniteFloat
    positive: PositiveInt


class Net(BaseModel):
    url: HttpUrl
    any_url: AnyUrl
    four: ipaddress.IPv4Address
    six: ipaddress.IPv6Address
    either: ipaddress.IPv4Address | ipaddress.IPv6Address
    network: ipaddress.IPv4Network


class Times(BaseModel):
    aware: AwareDatetime
    naive: NaiveDatetime
    future: FutureDate


class Encoded(BaseModel):
    raw: bytes
    coded: Base64Bytes
    inner: Json[dict[str, int]]
    expression: re.Pattern[str]


class Trimmed(BaseModel):
    name: _text(strip_whitespace=True, min_length=1)
    shout: _text(to_upper=True, pattern="^[A-Z]+$")


class AllTrimmed(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True)
    name: str = Field(min_length=2)


class Money(BaseModel):
    amount: Annotated[Decimal, Field(max_digits=5)] | None = None
    price: Decimal
    currency: Literal["EUR", "USD"]


ENTRIES = [
    Entry(form.__name__, form) for form in (Mixed, Net, Times, Encoded, Trimmed, AllTrimmed, Money)
]
ENTRIES += [
    Entry(f"pattern: {name}", {"type": "string", "pattern": pattern})
    for name, pattern in {**PATTERNS, **AHEAD}.items()
]
ENTRIES += [
    Entry(f"pattern in a model: {name}", list[_text(pattern=PATTERNS[name])])
    for name in ("a code", "not a quote", "a blank", "a backslash", "Chinese", "a choice")
]
ENTRIES += [
    Entry(f"string, {least} to {most} long", _text(min_length=least, max_length=most))
    for least, most in ((0, 20), (3, 3), (5, None), (10, 80), (0, 200), (0, 4000), (30, None))
]
