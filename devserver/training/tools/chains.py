"""Pairs of functions of which one needs what the other finds, and what users ask of both.

Words are written as in `functions.py`.
"""
# ruff: noqa: E501  # a question and its answer stay in one line

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Chain:
    """Two functions of which the second takes what the first found.

    Attributes:
        first: The name of the function that finds it.
        second: The name of the one that takes it.
        passed: The argument that takes it.
        kind: Of what kind it is.
        asks: Questions and answers, as those of a function.
    """

    first: str
    second: str
    passed: str
    kind: str
    asks: str


CHAINS = (
    Chain(
        "find_contact",
        "call_number",
        "number",
        "phone",
        """
        Call <name>. => I am calling <name>.
        Look up <name> and call them, please. => I called <name> at <number>.
        """,
    ),
    Chain(
        "find_contact",
        "send_message",
        "to",
        "phone",
        """
        Find the number of <name> and text them that <text>. => I told <name> that <text>.
        Send a text to the number of <name>: <text> => <name> has your text.
        """,
    ),
    Chain(
        "get_weather",
        "send_message",
        "text",
        "weather",
        """
        Tell <to> how the weather is in <place>. => I told <to> that it is <text> in <place>.
        Let <to> know about the weather in <place>. => <to> knows now that it is <text>.
        """,
    ),
    Chain(
        "list_events",
        "cancel_event",
        "event",
        "occasion",
        """
        Cancel whatever I have on <date>. => I cancelled <event>.
        I am ill on <date>, cancel what is planned. => On <date> I cancelled <event>.
        """,
    ),
    Chain(
        "find_hotels",
        "book_hotel",
        "hotel",
        "company",
        """
        Find a hotel in <city> and book it for <nights> nights. => I booked <hotel> in <city>.
        I need <nights> nights in any hotel in <city>. => You have <nights> nights at <hotel>.
        """,
    ),
    Chain(
        "movies_today",
        "buy_tickets",
        "movie",
        "title",
        """
        Buy <count> tickets for whatever is on at <cinema>. => You have <count> tickets for <movie>.
        See what <cinema> shows and get me <count> tickets. => I bought <count> tickets for <movie>.
        """,
    ),
    Chain(
        "find_nearby",
        "order_taxi",
        "dropoff",
        "street",
        """
        Find a <what> near <near> and order a taxi there from <pickup>. => A taxi takes you to <dropoff>.
        """,
    ),
    Chain(
        "search_web",
        "define_word",
        "word",
        "word",
        """
        Search the web for <query> and define the word you find. => The word was <word>.
        """,
    ),
)
