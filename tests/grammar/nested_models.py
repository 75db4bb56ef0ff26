"""Types that hold others: unions told apart, generics, and types that hold themselves."""

from typing import Annotated, Any, Generic, Literal, TypeVar, Union

from pydantic import BaseModel, ConfigDict, Discriminator, Field, RootModel, Tag, create_model
from typing_extensions import TypeAliasType, TypedDict

from tests.grammar.entry import Entry

T = TypeVar("T")


class Walk(BaseModel):
    kind: Literal["walk"] = "walk"
    metres: float


class Say(BaseModel):
    kind: Literal["say"] = "say"
    text: str
    loud: bool = False


class Wait(BaseModel):
    kind: Literal["wait"] = "wait"
    seconds: int = Field(ge=0)


Deed = Annotated[Walk | Say | Wait, Field(discriminator="kind")]


class Plan(BaseModel):
    deeds: list[Deed]
    last: Deed


class Undecided(BaseModel):
    deed: Walk | Say | Wait
    other: Walk | str | None = None


def _kind(value: Any) -> str:
    return value.get("kind", "walk") if isinstance(value, dict) else str(value.kind)


class Called(BaseModel):
    deed: Annotated[Annotated[Walk, Tag("walk")] | Annotated[Say, Tag("say")], Discriminator(_kind)]


class Widget(BaseModel):
    """A part of a page, with parts inside."""

    kind: Literal["box", "button", "text", "form"]
    label: str
    inside: list["Widget"]
    attributes: list["Setting"]


class Setting(BaseModel):
    name: str
    value: str


class Chain(BaseModel):
    value: int
    after: Union["Chain", None] = None


class Node(BaseModel):
    model_config = ConfigDict(extra="forbid")
    value: float
    left: "Node | None"
    right: "Node | None"


class Folder(BaseModel):
    name: str
    entries: dict[str, "Folder"] = Field(default_factory=dict)


class Husband(BaseModel):
    wife: "Wife | None" = None


class Wife(BaseModel):
    husband: Husband | None = None
    friends: list[Husband] = Field(default_factory=list)


class Endless(BaseModel):
    again: "Endless"


class Twins(BaseModel):
    both: tuple["Twins", "Twins"]


class Number(BaseModel):
    kind: Literal["number"]
    value: float


class Negation(BaseModel):
    kind: Literal["negation"]
    of: "Term"


class Sum(BaseModel):
    kind: Literal["sum"]
    left: "Term"
    right: "Term"


class Choice(BaseModel):
    kind: Literal["choice"]
    condition: "Test"
    then: "Term"
    otherwise: "Term"


class Test(BaseModel):
    left: "Term"
    sign: Literal["<", "=", ">"]
    right: "Term"


Term = Annotated[Number | Negation | Sum | Choice, Field(discriminator="kind")]
for model in (Negation, Sum, Choice, Test):
    model.model_rebuild()

Value = TypeAliasType("Value", "str | float | bool | list[Value] | dict[str, Value] | None")


class Page(BaseModel, Generic[T]):
    items: list[T]
    number: int = 1


class Answer(BaseModel, Generic[T]):
    result: T | None
    sure: float = Field(ge=0, le=1)


class Tree(BaseModel, Generic[T]):
    value: T
    branches: list["Tree[T]"] = Field(default_factory=list)


class Branch(TypedDict):
    name: str
    twigs: "list[Branch]"


class Lists(RootModel["list[Lists]"]):
    pass


class Shared(BaseModel):
    """One type in many places is no recursion."""

    a: Setting
    b: Setting | None = None
    c: list[Setting]
    d: dict[str, Setting]
    e: tuple[Setting, Setting]


class Deep(BaseModel):
    class Inner(BaseModel):
        class Innermost(BaseModel):
            text: str = Field(max_length=12)

        innermost: Innermost
        several: list[Innermost] = Field(max_length=2)

    inner: Inner


class Chapter(BaseModel):
    title: str
    claims: list[str] = Field(description="What it says", min_length=1)


class Outline(BaseModel):
    title: str
    chapters: list[Chapter]
    appendix: Chapter | None = None
    words: dict[str, int] = Field(default_factory=dict)


MANY = create_model("Many", **{f"field_{n}": (int | None, None) for n in range(30)})

ENTRIES = [
    Entry(form.__name__, form)
    for form in (
        *(Plan, Undecided, Called, Widget, Chain, Node, Folder, Husband, Wife, Branch, Lists),
        *(Shared, Deep, Outline, MANY, Page[int], Page[Answer[str]], Answer[list[Walk]]),
        *(Tree[int], Tree[Answer[bool]], Negation, Sum, Choice),
    )
]
ENTRIES += [
    Entry("a union told apart", Deed),
    Entry("a list of a union told apart", list[Deed]),
    Entry("any JSON value", RootModel[Value]),
    Entry("a term", Term),
    Entry("Endless", Endless, "holds itself"),
    Entry("Twins", Twins, "holds itself"),
]
