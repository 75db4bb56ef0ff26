"""The values in training conversations: many names are invented, so that they must be copied."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any


def _split(alternatives: str) -> tuple[str, ...]:
    return tuple(alternatives.split("|"))


CITIES = _split(
    "Paris|Hamburg|Lyon|Porto|Turin|Zurich|Krakow|Malmo|Bergen|Dublin|Leeds|Boston|Denver|Osaka|"
    "Lima|Quito|Nairobi|Cairo|Mumbai|Hanoi|New York|San Diego|Buenos Aires|Cape Town|Kuala Lumpur|"
    "Tel Aviv|St. Gallen|Rio de Janeiro|Salt Lake City|Den Haag"
)
FIRST = _split(
    "Anna|Peter|Maria|John|Lena|Omar|Yuki|Carlos|Priya|Sven|Fatima|Tom|Nora|Igor|Mei|Paul|Ella|Juan|"
    "Aisha|Marek|Ruth|Hugo|Ines|Kofi|Lars|Vera|Sam|Zoe"
)
LAST = _split(
    "Miller|Schmidt|Garcia|Okafor|Tanaka|Novak|Rossi|Dubois|Larsen|Kim|Haddad|Silva|Jansen|Moreau|"
    "Keller|Ivanova|Nguyen|Costa|Fischer|Brown|Lopez|Weber|Olsen|Singh"
)
ADJECTIVES = _split(
    "Silver|Hidden|Broken|Golden|Quiet|Last|Red|Frozen|Lost|Burning|Wooden|Endless|Blue|Secret|Old"
)
NOUNS = _split(
    "Harbor|Garden|Mirror|River|Tower|Letter|Winter|Bridge|Lantern|Orchard|Island|Clock|Forest|"
    "Window|Storm|Key|Road|Lion|Sparrow|Kitchen|Anchor|Star"
)
SYLLABLES = _split(
    "ba|ren|to|mil|ka|ver|lo|dan|si|mar|ul|ti|ger|no|fa|bel|ri|dor|ze|lin|pa|gus|ona|te|wal|kir"
)
WORDS = {
    "weekday": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|tomorrow",
    "month": "January|February|March|April|May|June|July|August|September|October|November|"
    "December",
    "room": "kitchen|bedroom|living room|hallway|bathroom|office|cellar|nursery|dining room|attic",
    "weather": "sunny|rainy|cloudy|foggy|windy|stormy|snowy|clear|dry",
    "food": "eggs|milk|flour|rice|apples|tomatoes|cheese|onions|bread|butter|lentils|carrots|"
    "tea|noodles|spinach|salmon|honey|potatoes|olive oil|black beans|goat cheese|oranges|oats",
    "occasion": "the team meeting|lunch with {first}|the dentist|yoga class|a call with {first}|"
    "the parents' evening|choir practice|the budget review|{first}'s birthday|"
    "the job interview|football training|the board meeting|dinner with {first}",
    "remark": "the train is late|I will be there at noon|the keys are under the mat|"
    "dinner is ready|we won the game|the report is finished|it takes longer than planned|"
    "I lost my wallet|the door was open|nobody was at home|we need more paper|"
    "the price is too high|the plan has changed|I am on my way|{first} is ill|"
    "the box arrived yesterday",
    "topic": "solar energy|the new timetable|wool|rent in {city}|electric cars|"
    "the summer party|space travel|school meals|warm water|working at home|volcanoes|old maps|"
    "the election|sourdough|sick leave|the roof repair|travel costs|bees|the history of {city}|"
    "chess|climate change|overtime|music theory|gift vouchers|the annual report|"
    "a little patience",
    "shop": "pharmacy|bakery|gas station|supermarket|bank|cafe|hairdresser|post office|playground",
    "team": "the Tigers|Blue Hawks|United {city}|FC {city}|the {city} Bears|Red Wolves|"
    "Dynamo {city}",
    "body": "knee|back|left ear|shoulder|stomach|tooth|right foot|throat",
    "medicine": "Ibuprofen|Aspirin|Loratol|Benadex|Cortifin|Panadol|Mexalin|Vitarin|Zolpidan",
    "word": "serendipity|gloomy|anchor|candid|thrive|frugal|moss|bright|nimble|stone|lament|brisk",
    "chore": "call {first}|water the flowers|pay the rent|buy stamps|return the ladder|"
    "feed the cat|clean the windows|renew my passport|send the invoice to {first}|fix the bike|"
    "book the trip",
    "status": "on its way|being packed|delivered|waiting for payment|delayed|at the warehouse",
    "state": "up|down|running|slow|offline|healthy",
    "product": "desk lamp|rain jacket|coffee grinder|bicycle pump|wool blanket|garden chair|"
    "backpack|wooden train|teapot|puzzle|headphones|pair of boots|camping stove|kite|mirror|"
    "phone case",
    "color": "red|blue|dark green|white|black|yellow|light grey|brown",
    "department": "sales|surgery|accounting|children's|marketing|research|logistics|legal",
    "device": "printer|laptop|coffee machine|dishwasher|router|tractor|projector|scanner|"
    "heater|drill|elevator|second screen|camera|oven",
    "plant": "roses|tomato plants|tulips|orchids|herbs|ferns|sunflowers|lemon trees|front lawn",
    "animals": "lions|penguins|zebras|otters|elephants|owls|sea lions|red pandas|camels",
    "headline": "Prices fall for the third month|{city} opens a new bridge|"
    "{first} {last} wins again|Why nobody sleeps enough|"
    "A fish walks into a bar and asks for water|The tower is closed|Old trams return to {city}|"
    "What do clouds wear? Thunderwear|Engineers test a quiet engine",
}
COUNTED = _split("zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve")


def draw(kind: str, rng: random.Random) -> Any:
    """Returns a value of a kind: of `WORDS`, of one of the makers below, or its plural."""
    if kind in _MAKERS:
        return _MAKERS[kind](rng)
    if kind in WORDS:
        names = {"first": rng.choice(FIRST), "last": rng.choice(LAST), "city": _city(rng)}
        return rng.choice(WORDS[kind].split("|")).format(**names)
    singular = {"people": "person", "companies": "company"}.get(kind, kind[:-1])
    return several(singular, rng)


def several(kind: str, rng: random.Random) -> list[Any]:
    """Returns two to four different values of a kind."""
    found: list[Any] = []
    wanted = rng.choice([2, 2, 3, 3, 4])
    while len(found) < wanted:
        value = draw(kind, rng)
        if value not in found:
            found.append(value)
    return found


def text_of(value: Any) -> str:
    """Returns a value as it is said in a sentence."""
    if isinstance(value, list):
        return " and ".join(filter(None, [", ".join(map(str, value[:-1])), str(value[-1])]))
    return str(value)


def _invented(rng: random.Random, syllables: int = 2) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(syllables)).capitalize()


def _city(rng: random.Random) -> str:
    return rng.choice(CITIES) if rng.random() < 0.6 else _invented(rng, rng.choice([2, 3]))


def _surname(rng: random.Random) -> str:
    return rng.choice(LAST) if rng.random() < 0.5 else _invented(rng)


def _person(rng: random.Random) -> str:
    first = rng.choice(FIRST) if rng.random() < 0.8 else _invented(rng)
    return f"{first} {_surname(rng)}" if rng.random() < 0.75 else first


def _title(rng: random.Random) -> str:
    adjective, noun = rng.choice(ADJECTIVES), rng.choice(NOUNS)
    return rng.choice(
        [
            f"The {adjective} {noun}",
            f"{adjective} {noun}s",
            f"{noun} of {_city(rng)}",
            f"{rng.choice(FIRST)} and the {noun}",
            f"A {noun} in {rng.choice(WORDS['month'].split('|'))}",
            _invented(rng, 3),
            noun,
        ]
    )


def _company(rng: random.Random) -> str:
    noun = rng.choice(NOUNS)
    return rng.choice(
        [_invented(rng), f"{_invented(rng)} Inc", f"{_surname(rng)} & Sons", f"The {noun}", noun]
    )


def _email(rng: random.Random) -> str:
    return (
        f"{rng.choice(FIRST)}.{_surname(rng)}@{_invented(rng)}.{rng.choice(['com', 'org'])}".lower()
    )


def _street(rng: random.Random) -> str:
    kind = rng.choice(["Street", "Road", "Square", "Lane"])
    return f"{rng.randint(1, 180)} {rng.choice([_surname(rng), rng.choice(NOUNS)])} {kind}"


def _code(rng: random.Random) -> str:
    letters = "".join(rng.choices("ABCDEFGHKLMNPRSTUVWXYZ", k=rng.choice([1, 2, 2, 3])))
    return f"{letters}{rng.choice(['', '-'])}{rng.randint(10, 99999)}"


def _date(rng: random.Random) -> str:
    return f"{rng.randint(2023, 2027)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"


def _file(rng: random.Random) -> str:
    folder = rng.choice(["", "", "docs/", "/tmp/", "photos/"])
    stem = rng.choice([rng.choice(NOUNS).lower(), f"{_invented(rng).lower()}_{rng.randint(1, 40)}"])
    return f"{folder}{stem}.{rng.choice(['txt', 'pdf', 'csv', 'png', 'md'])}"


def _price(rng: random.Random) -> float | int:
    whole = rng.randint(2, 400)
    return whole if rng.random() < 0.5 else whole + rng.choice([0.5, 0.25, 0.95, 0.9, 0.75])


_MAKERS: dict[str, Callable[[random.Random], Any]] = {
    "city": _city,
    "surname": _surname,
    "person": _person,
    "title": _title,
    "company": _company,
    "email": _email,
    "street": _street,
    "code": _code,
    "date": _date,
    "file": _file,
    "price": _price,
    "time": lambda rng: f"{rng.randint(0, 23):02}:{rng.choice([0, 5, 10, 15, 20, 30, 45, 50]):02}",
    "phone": lambda rng: f"0{rng.randint(20, 99)} {rng.randint(10000, 9999999)}",
    "digits": lambda rng: str(rng.randint(10**5, 10**9)),
    "number": lambda rng: rng.choice(
        [rng.randint(0, 20), rng.randint(2, 99), rng.randint(50, 5000)]
    ),
    "decimal": lambda rng: rng.randint(1, 300) + rng.randint(1, 9) / 10,
    "degrees": lambda rng: rng.randint(-9, 38),
    "year": lambda rng: rng.randint(1790, 2024),
    "sum": lambda rng: rng.randint(10, 1999),
    "score": lambda rng: f"{rng.randint(0, 5)}:{rng.randint(0, 5)}",
}
