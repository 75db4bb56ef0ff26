"""Types as they are asked for most: records of a task, with the fields that such records have."""

import datetime
import enum
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, RootModel
from typing_extensions import NotRequired, TypedDict

from tests.grammar.entry import Entry


class Pun(BaseModel):
    """A pun, and how good it is."""

    opening: str = Field(description="What leads up to it")
    turn: str = Field(description="Where it turns")
    stars: int | None = Field(default=None, description="How funny, of ten", ge=1, le=10)


class Human(BaseModel):
    """Somebody named in a text."""

    called: str
    years: int = Field(ge=0, le=130)
    hair: str | None = None
    height_m: float | None = None


class Crowd(BaseModel):
    humans: list[Human]


class Appointment(BaseModel):
    what: str
    on: datetime.date
    at: datetime.time
    until: datetime.datetime | None = None
    who: list[str]


class Working(BaseModel):
    thought: str
    gives: str


class Solution(BaseModel):
    workings: list[Working]
    result: str


class Line(BaseModel):
    article: str
    count: int = Field(gt=0)
    each: Decimal
    tax: Decimal = Field(ge=0, le=1, decimal_places=2, max_digits=3)


class Bill(BaseModel):
    number: str = Field(pattern=r"^[A-Z]{2}-\d{4,6}$")
    issued: datetime.date
    due: datetime.date | None
    lines: list[Line] = Field(min_length=1)
    total: Decimal


class Dish(BaseModel):
    title: str
    minutes: Annotated[int, Field(ge=1, le=600)]
    portions: int = 4
    needs: dict[str, str]
    steps: list[str] = Field(min_length=1, max_length=8)


class Lookup(BaseModel):
    """What to look up, and how."""

    words: str = Field(min_length=1, max_length=40)
    since: int | None = None
    kind: Literal["news", "paper", "code"] = "news"
    synonyms: set[str] = Field(default_factory=set)


class Thing(BaseModel):
    key: int
    label: str
    kind: str


class Tie(BaseModel):
    source: int
    target: int
    verb: str


class Map(BaseModel):
    things: list[Thing] = Field(default_factory=list)
    ties: list[Tie] = Field(default_factory=list)


class Mood(enum.Enum):
    GLAD = "glad"
    SAD = "sad"
    SO_SO = 'neither "nor"'


class Grade(enum.IntEnum):
    BAD = 1
    FAIR = 2
    GOOD = 3


class Opinion(BaseModel):
    mood: Mood
    grade: Grade
    language: Literal["en", "de", "français"]
    because: str


class Loose(BaseModel):
    anything: Any
    mapping: dict[str, Any]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    whole: int
    part: float
    yes: bool
    nothing: None


class Renamed(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    kind: str = Field(alias="@type")
    quoted: int = Field(alias='say "hi"')
    deep: bool = Field(alias="a\\b\nc")


class Order(TypedDict):
    item: str
    amount: NotRequired[int]
    note: NotRequired[str | None]


class Partial(TypedDict, total=False):
    a: int
    b: list[float]


@dataclass
class Place:
    name: str
    latitude: float
    tags: list[str] = field(default_factory=list)


class Point(NamedTuple):
    x: float
    y: float
    label: str = ""


class Colour(RootModel[tuple[int, int, int]]):
    pass


class Tags(RootModel[list[Annotated[str, Field(max_length=10)]]]):
    pass


class Person(BaseModel):
    identity: uuid.UUID
    joined: datetime.datetime
    waited: datetime.timedelta
    wakes: datetime.time


class Empty(BaseModel):
    pass


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Wide(BaseModel):
    """Many strings, as forms have them."""

    first_name: str
    last_name: str
    street: str
    house_number: str
    postal_code: str
    city: str
    country: str
    telephone: str
    comment: str


class Halves(BaseModel):
    """Many fields that may be left out: the dearest that a plain schema can be."""

    one: str | None = None
    two: str | None = None
    three: str | None = None
    four: str | None = None
    five: str | None = None
    six: str | None = None
    seven: str | None = None
    eight: str | None = None
    nine: int | None = None
    ten: bool = False


ENTRIES = [
    Entry(form.__name__, form)
    for form in (
        *(Pun, Human, Crowd, Appointment, Solution, Bill, Dish, Lookup, Map, Opinion, Loose),
        *(Strict, Renamed, Order, Partial, Place, Point, Colour, Tags, Person, Empty, Closed),
        *(Wide, Halves, Mood, Grade),
    )
]
PLAIN: list[Any] = [
    *(int, float, bool, str, Decimal, uuid.UUID, bytes),
    *(datetime.date, datetime.time, datetime.datetime, datetime.timedelta),
    *(list[int], list[str], list[Human], list[list[int]], list[int | str], list[Any], list),
    *(dict, dict[str, int], dict[str, list[Thing]], dict[int, str], dict[Mood, int]),
    *(dict[uuid.UUID, bool], dict[Literal["a", "b"], float], dict[datetime.date, int]),
    *(tuple[int, str], tuple[int, ...], tuple[Human, Thing], set[str], frozenset[int]),
    *(Literal["x", 1, True, None], Human | Thing, int | None, str | int | list[bool]),
    *(tuple[()], list[Literal[1, 2]]),
]
HELD: dict[str, Any] = {
    "words that need escapes": Literal["\n", "\t\\", "é", "\u2028"],
    "int from 0, below 20": Annotated[int, Field(ge=0, lt=20)],
    "int in steps of 5": Annotated[int, Field(multiple_of=5, gt=0, le=100)],
    "float between 0 and 1": Annotated[float, Field(gt=0, lt=1)],
    "list of at least 2": Annotated[list[int], Field(min_length=2)],
    "set of at least 2": Annotated[set[int], Field(min_length=2)],
    "list of at most 3": Annotated[list[str], Field(max_length=3)],
    "dict of 2 or 3": Annotated[dict[str, int], Field(min_length=2, max_length=3)],
    "a date since 2020": Annotated[datetime.date, Field(ge=datetime.date(2020, 1, 1))],
    "less than a day": Annotated[datetime.timedelta, Field(lt=datetime.timedelta(days=1))],
}


def _name(form: Any) -> str:
    words = form.__name__ if isinstance(form, type) and not get_args(form) else str(form)
    return words.replace("tests.grammar.models.", "").replace("typing.", "")


ENTRIES += [Entry(_name(form), form) for form in PLAIN]
ENTRIES += [Entry(name, form) for name, form in HELD.items()]
