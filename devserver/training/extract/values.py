"""What the training messages speak of: people, order numbers and titles, drawn at random.

Titles and order numbers are put together rather than listed, so that nearly every message has its
own and the adapter has to copy them rather than know them.
"""

from __future__ import annotations

import random
import string


def split(alternatives: str) -> tuple[str, ...]:
    """Returns what stands between the bars."""
    return tuple(alternatives.split("|"))


FIRST_NAMES = split(
    "Anna|Ben|Carla|Dmitri|Elena|Farid|Grace|Hiroshi|Ines|Jamal|Kofi|Leila|Marek|Nadia|Omar|Priya|"
    "Quentin|Rosa|Sanjay|Tomas|Ursula|Victor|Wanjiru|Yasmin|Zoltan|Aisha|Bjorn|Chiara|Daniel|Emil|"
    "Fatima|Georg|Haruka|Ivan|Joana|Kenji|Lucia|Mehmet|Noor|Olga|Pedro|Ruth|Sofia|Tariq|Uma|Vera|"
    "William|Ximena|Yusuf|Zara|Åsa|José|Zoë|Björn|François|Łukasz|Mei|Ayodele|Ngozi|Siddharth|"
    "Guadalupe|Ingrid|Tuan|Linh|Min-jun|Seo-yeon|Rashid|Simone|Theo|Margaret|Patrick|Deirdre|Colm"
)
LAST_NAMES = split(
    "Smith|Novak|García|Tanaka|Okafor|Müller|Rossi|Khan|Johansson|Kowalska|Dubois|Silva|Chen|"
    "Patel|Nguyen|Haddad|Ivanova|O'Brien|Kamau|Yilmaz|Andersen|van Dijk|de Souza|Fernández|"
    "Schmidt|Mensah|Kim|Park|Suzuki|Popescu|Horváth|Papadopoulos|Cohen|Ali|Hussain|Larsen|MacLeod|"
    "Jones|Williams|Nakamura|Diallo|Traoré|Adeyemi|Banerjee|Reddy|Singh|Lopez|Moreau|Lefèvre|"
    "Weber|Fischer|Virtanen|Jansen|Costa|Bianchi|Kaya|Tesfaye|Mwangi|Le Roux|Hoang|Santos|Petrov|"
    "Stone|Baker|Hughes|Byrne"
)
HONORIFICS = split("Mrs|Mr|Ms|Dr.|Dr|Prof.|Mx")
AUTHORS = split(
    "Jane Austen|Leo Tolstoy|Selma Lagerlöf|Natsume Soseki|Charles Dickens|Thomas Mann|E. M. "
    "Forster|Rabindranath Tagore|Kate Chopin|Edith Wharton|a certain M. Weiss|Jack London|Clara "
    "Holt"
)
CLASSICS = split(
    "Emma|Middlemarch|Moby Dick|War and Peace|Dracula|Persuasion|Kim|Ulysses|The Trial|Jane Eyre|"
    "Frankenstein|The Time Machine|Don Quixote|Hunger|Orlando|Treasure Island|Little Women|North "
    "and South|The Odyssey|Les Misérables|Anna Karenina|Der Zauberberg|Cien años de soledad|Le "
    "Rouge et le Noir|Il Gattopardo|Ensaio sobre a cegueira|Peer Gynt|Botchan|Walden|1984|Twenty "
    "Thousand Leagues Under the Sea|Around the World in Eighty Days|The Three Musketeers"
)
ADJECTIVES = split(
    "Silent|Golden|Hidden|Broken|Small|Crooked|Last|Second|Blue|Hollow|Distant|Borrowed|Patient|"
    "Burning|Frozen|Wild|Secret|Empty|Green|Invisible|Long|Reluctant|Paper|Iron|Northern|Bitter"
)
THINGS = split(
    "Garden|River|Lighthouse|Clockmaker|Orphan|Kitchen|Mountain|Letter|Piano|Forest|Mirror|Baker|"
    "Island|Island Keeper|Sparrow|Winter|Bridge|Librarian|Door|Teacher|Fox|Harvest|Storm|Map|"
    "Train|Physician|Fisherman|Tailor|Photograph|House|Planet|Horse|Pilot|Recipe|Shadow|Circus|"
    "Theorem"
)
PLURALS = split(
    "Stars|Stones|Daughters|Apples|Promises|Ghosts|Secrets|Wolves|Bells|Roads|Spoons|Whales|Roses|"
    "Mushrooms|Numbers|Lies|Feathers|Ships|Bicycles|Clouds|Dictionaries|Sparrows|Trains|Curtains"
)
PLACES = split(
    "Lisbon|Kyoto|the North|Patagonia|Vienna|the Desert|Istanbul|Dakar|the Moor|Odessa|Havana|the "
    "Valley|Bergen|Mumbai|the Island|Aleppo|Nowhere|the Sea|Glasgow|the Attic|Montevideo"
)
SUBJECTS = split(
    "Beginners|Dogs|Bread|Astronomers|Parents|Chess|Gardeners|the Curious|Engineers|Insomniacs|"
    "Tea|Cats|Everyone|Violinists|Hikers|Accountants|Children|Python Programmers|Widowers|Sleepers"
)
CRAFTS = split(
    "Cooking|Physics|Algebra|Knitting|Photography|Philosophy|Drawing|Geology|Latin|Walking|"
    "Chemistry|Woodwork|Astronomy|Meditation|Economics|Poetry|Baking|Gardening|Linear Algebra|"
    "Sourdough"
)
FOREIGN = split(
    "Das Haus am See|La casa del viento|Le jardin de pierre|Il mare di notte|Die letzte Fahrt|A "
    "cidade e o rio|Vinterens lys|El tren de las seis|Les enfants du quai|Der alte Garten|Noć i "
    "dan|La sombra de la torre|Une saison à Brest|Die Uhr von Prag|Kleine Geschichten"
)
TITLE_FORMS = split(
    "Why {plural} Matter|{plural}; Or, The {thing}|Is There a {thing} in {place}?|On {plural}|"
    "Under the {thing}|The {thing} at {place}|Memoirs of a {adjective} {thing}|{number} Days in "
    "{place}|{adjective}|{number}|The {thing} Who Was {adjective}|{thing}, {thing2} and {plural}|"
    "{place}|The {craft} Handbook|{number} Lessons in {craft}|{thing} {thing2}|The {adjective} "
    "{thing}|The {adjective} {thing}|The {thing} of {place}|{plural} of {place}|{craft} for "
    "{subject}|A History of {plural}|The {thing}'s {thing2}|{adjective} {plural}|{plural} and "
    "{plural2}|A {thing} in {place}|{thing} and {thing2}|{number} {plural}|{thing}|The {thing} "
    "Who Loved {plural}|How to Love a {thing}|The {thing} and the {thing2}|{plural}|Letters from "
    "{place}|My Life among {plural}|The Art of {craft}|{craft}: A Short Introduction|No {plural} "
    "in {place}|When the {thing} Sleeps|An Encyclopaedia of {plural}|{thing} Street|Where Do "
    "{plural} Go?|{adjective} {thing}, {adjective2} {thing2}|The {plural} of {name}|{name} and "
    "the {adjective} {thing}|Goodbye, {name}|The {adjective} {thing} of {place}|The Girl with the "
    "{adjective} {thing}|{craft} Made Easy|{place} in Winter|{name}'s {thing}"
)
NUMBERS = split("Two|Three|Seven|Ten|101|Twelve|A Hundred|365|Five|Thirteen")


def title(rng: random.Random) -> str:
    """Returns the title of a book, mostly one that nobody wrote."""
    if rng.random() < 0.2:
        return rng.choice(CLASSICS + FOREIGN)
    made = rng.choice(TITLE_FORMS).format(
        adjective=rng.choice(ADJECTIVES),
        adjective2=rng.choice(ADJECTIVES),
        thing=rng.choice(THINGS),
        thing2=rng.choice(THINGS),
        plural=rng.choice(PLURALS),
        plural2=rng.choice(PLURALS),
        place=rng.choice(PLACES),
        craft=rng.choice(CRAFTS),
        subject=rng.choice(SUBJECTS),
        number=rng.choice(NUMBERS),
        name=rng.choice(FIRST_NAMES),
    )
    return made[0].upper() + made[1:]


def person(rng: random.Random, formal: bool = False) -> str:
    """Returns a name as one would sign with it: a first name, both, or one with initials."""
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    if rng.random() < 0.12:
        last += f"-{rng.choice(LAST_NAMES)}"
    forms = [f"{first} {last}"] * 5
    forms += [f"{first[0]}. {last}", f"{rng.choice(HONORIFICS)} {first} {last}"]
    if formal:
        forms += [f"{first} {rng.choice(string.ascii_uppercase)}. {last}"]
        forms += [f"{rng.choice(HONORIFICS)} {last}"]
    else:
        forms += [first] * 5 + [f"{first} {last[0].upper()}."]
    return rng.choice(forms)


def order(rng: random.Random) -> str:
    """Returns an order number in one of many forms: digits and letters in groups."""
    if rng.random() < 0.4:
        return _digits(rng, rng.randint(3, 8))
    groups = [_group(rng) for _ in range(rng.choice([2, 2, 2, 3, 3, 4]))]
    return rng.choice("----/._ :").replace(" ", "").join(groups)


def _group(rng: random.Random) -> str:
    letters = "".join(rng.choices(string.ascii_uppercase, k=rng.choice([1, 1, 2, 2, 3, 3, 4, 5])))
    if rng.random() < 0.2:
        letters = letters.lower()
    year = str(rng.randint(2019, 2026))
    digits = _digits(rng, rng.randint(1, 6))
    return rng.choice([digits, digits, digits, digits, letters, letters, letters + digits, year])


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choices(string.digits, k=count))
