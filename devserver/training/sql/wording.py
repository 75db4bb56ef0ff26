"""The words the training questions are made of: values, conditions, measures, orders, lookups.

Every entry pairs a piece of SQL with the ways a customer may say it. `questions.py` fits the
pieces together. The values deliberately leave out many authors, genres, countries, titles and
every date of the shipped bookshop: those are met for the first time in the held-out questions,
so the adapter has to copy names rather than know them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


def _split(alternatives: str) -> tuple[str, ...]:
    return tuple(alternatives.split("|"))


AUTHORS = _split(
    "Jane Austen|Mary Shelley|Jules Verne|Leo Tolstoy|Virginia Woolf|Franz Kafka|Thomas Mann|"
    "Emily Bronte|Charles Dickens|George Eliot|Herman Melville|Nikolai Gogol|Anton Chekhov|"
    "Victor Hugo|Gustave Flaubert|Kate Chopin|E. M. Forster|D. H. Lawrence|G. K. Chesterton|"
    "Italo Svevo|Marcel Proust|James Joyce|Henry James|Edith Wharton|Jack London|Willa Cather|"
    "Selma Lagerlof|Knut Hamsun|Natsume Soseki|Rabindranath Tagore|William Makepeace Thackeray|"
    "Miguel de Cervantes|Harriet Beecher Stowe|Louisa May Alcott|Johann Wolfgang von Goethe"
)
COUNTRIES = _split(
    "England|France|Germany|Italy|Spain|Japan|India|Brazil|Sweden|Austria|Poland|Portugal|"
    "Greece|Canada|Mexico|South Korea|South Africa|New Zealand|Czech Republic"
)
GENRES = _split(
    "romance|adventure|satire|fantasy|thriller|western|biography|travel|history|cookery|gothic|"
    "crime|comedy|war|philosophy|true crime|short story|magical realism|fairy tale|young adult"
)
TITLES = _split(
    "Emma|Pride and Prejudice|Frankenstein|War and Peace|Moby Dick|The Trial|Middlemarch|Ulysses|"
    "Jane Eyre|The Metamorphosis|Dead Souls|The Awakening|A Tale of Two Cities|White Fang|"
    "Little Women|The Magic Mountain|Howards End|The House of Mirth|Don Quixote|Vanity Fair|"
    "The Call of the Wild|A Room with a View|In Search of Lost Time|The Cherry Orchard|Hunger|"
    "The Sea Wolf|Dubliners|The Overcoat|Eugene Onegin|Effi Briest|Kim|Robinson Crusoe|Persuasion|"
    "Wuthering Heights|The Red and the Black|Les Miserables|A Sentimental Education|Botchan|"
    "The Age of Innocence|The Secret Agent|Heart of Darkness|The Scarlet Letter|Old Goriot|"
    "Fathers and Sons|Buddenbrooks|Silas Marner|The Castle|Orlando|To the Lighthouse|Niels Lyhne"
)
MONTHS = _split(
    "January|February|March|April|May|June|July|August|September|October|November|December"
)
GROUPS = {"genre": "genre", "author": "name", "country": "country", "year": "year"}
GROUP_PLURALS = {
    "genre": "genres",
    "author": "authors",
    "country": "countries",
    "year": "years",
}


@dataclass(frozen=True)
class Phrase:
    """A piece of SQL and the ways of saying it.

    Attributes:
        sql: The SQL, with slots such as `{genre}`.
        says: The wordings, with the same slots.
        tables: The tables needed beyond `books`.
        weight: How often it is drawn in comparison with the others.
    """

    sql: str
    says: tuple[str, ...]
    tables: frozenset[str] = frozenset()
    weight: int = 1


def _phrase(sql: str, says: str, *tables: str, weight: int = 1) -> Phrase:
    return Phrase(sql, _split(says), frozenset(tables), weight)


# Wordings with {books} stand around the noun, the others follow it.
CONDITIONS = (
    _phrase(
        "genre = '{genre}'",
        "{genre} {books}|{genre} {books}|{genre} {books}|{books} in the {genre} genre"
        "|{books} of the genre {genre}|{books} filed under {genre}",
        weight=6,
    ),
    _phrase("genre <> '{genre}'", "that are not {genre}|outside the {genre} genre"),
    _phrase(
        "name = '{author}'",
        "by {author}|written by {author}|from the author {author}|which {author} wrote"
        "|of {author}|from {author}",
        "authors",
        weight=4,
    ),
    _phrase(
        "country = '{country}'",
        "by authors from {country}|by writers from {country}|by somebody from {country}"
        "|with an author from {country}|written in {country}",
        "authors",
        weight=4,
    ),
    _phrase("year = {year}", "published in {year}|from {year}|from the year {year}"),
    _phrase(
        "year < {year}",
        "published before {year}|from before {year}|older than {year}|written before {year}"
        "|printed earlier than {year}|that appeared before {year}|that came out before {year}",
        weight=2,
    ),
    _phrase(
        "year > {year}",
        "published after {year}|from after {year}|newer than {year}|written after {year}"
        "|printed later than {year}|that appeared after {year}|that came out after {year}",
        weight=2,
    ),
    _phrase(
        "year BETWEEN {year} AND {later}",
        "published between {year} and {later}|from {year} to {later}|dated {year} to {later}"
        "|from between {year} and {later}",
    ),
    _phrase(
        "price < {price}",
        "under {price} dollars|cheaper than {price} dollars|costing less than {price}"
        "|priced below {price}|for less than ${price}|below {price} dollars"
        "|that cost less than {price} dollars|that cost under ${price}",
        weight=3,
    ),
    _phrase(
        "price > {price}",
        "over {price} dollars|more expensive than {price} dollars|costing more than {price}"
        "|priced above {price}|for more than ${price}|dearer than {price} dollars"
        "|that cost more than {price} dollars|that cost over ${price}",
        weight=3,
    ),
    _phrase(
        "price BETWEEN {price} AND {dearer}",
        "priced between {price} and {dearer}|costing {price} to {dearer} dollars"
        "|between {price} and {dearer} dollars",
    ),
    _phrase(
        "stock < {n}",
        "with fewer than {n} copies in stock|with less than {n} copies left"
        "|with a stock below {n}|of which fewer than {n} copies are left",
    ),
    _phrase(
        "stock > {n}",
        "with more than {n} copies in stock|with over {n} copies left|with a stock above {n}"
        "|of which more than {n} copies are left|that have more than {n} copies left",
    ),
    _phrase("stock = 0", "that are out of stock|that are sold out|with no copies left"),
)
# Those said with a verb may also end a question: "Which fantasy books cost under 9 dollars?"
PREDICATES = tuple(
    replace(condition, says=verbs)
    for condition in CONDITIONS
    if (verbs := tuple(says for says in condition.says if says.startswith("that ")))
)
SOLD_IN = _phrase(
    "sold_on LIKE '{sales_year}-{month_number}-%'",
    "in {month} {sales_year}|during {month} {sales_year}",
    "sales",
)

# What may be measured of books: said as a noun phrase. {books} is "fantasy books under 9 dollars".
MEASURES = (
    _phrase("COUNT(*)", "the number of {books}|the count of {books}|the total number of {books}"),
    _phrase("AVG(price)", "the average price of {books}|the mean price of {books}"),
    _phrase("MAX(price)", "the highest price of {books}|the maximum price of {books}"),
    _phrase("MIN(price)", "the lowest price of {books}|the minimum price of {books}"),
    _phrase(
        "SUM(stock)",
        "the total stock of {books}|the number of copies in stock of {books}"
        "|the stock we hold of {books}",
    ),
    _phrase("AVG(year)", "the average year of {books}|the mean publication year of {books}"),
    _phrase(
        "SUM(quantity)",
        "the number of copies sold of {books}|the total sales of {books}"
        "|the number of sold copies of {books}",
        "sales",
    ),
    _phrase(
        "SUM(quantity * price)",
        "the revenue from {books}|the money earned with {books}|the turnover of {books}",
        "sales",
    ),
)
# The same measures asked directly.
DIRECT = {
    "COUNT(*)": (
        "How many {books} are there?",
        "How many {books} do you have?",
        "Count the {books}.",
        "How many {books} does the shop carry?",
        "How many {books} {predicate}?",
    ),
    "AVG(price)": ("How much do {books} cost on average?", "What do {books} cost on average?"),
    "MAX(price)": ("How much is the most expensive of the {books}?",),
    "MIN(price)": ("How much is the cheapest of the {books}?",),
    "SUM(stock)": (
        "How many copies of {books} are in stock?",
        "How many copies of {books} are on the shelves?",
    ),
    "SUM(quantity)": (
        "How many copies of {books} were sold?",
        "How many copies of {books} did we sell?",
        "How many copies did {books} sell?",
    ),
    "SUM(quantity * price)": (
        "How much money did {books} bring in?",
        "How much did we earn with {books}?",
        "How much revenue came from {books}?",
    ),
}
ASK_MEASURE = ("What is {measure}?", "Give me {measure}.", "Tell me {measure}.", "Find {measure}.")
ASK_PER_GROUP = (
    "What is {measure} per {group}?",
    "Show {measure} for each {group}.",
    "List every {group} with {measure}.",
    "For each {group}, give {measure}.",
    "Give {measure} by {group}.",
)
# The group with most of a measure: "Which genre ...?"
TOP_GROUP = {
    "COUNT(*)": "has the most {books}|is represented by the most {books}",
    "AVG(price)": "has the highest average price of {books}|has the dearest {books} on average",
    "SUM(stock)": "has the most copies of {books} in stock|has the largest stock of {books}",
    "SUM(quantity)": "sold the most copies of {books}|has the highest sales of {books}",
    "SUM(quantity * price)": "earned the most with {books}|has the highest revenue from {books}",
}
# The groups over a threshold: "Which genres ...?"
GROUPS_OVER = {
    "COUNT(*)": "have more than {n} {books}|count over {n} {books}",
    "AVG(price)": "have an average price of {books} above {n}",
    "SUM(stock)": "have more than {n} copies of {books} in stock",
    "SUM(quantity)": "sold more than {n} copies of {books}",
}

LISTS = (
    _phrase(
        "title",
        "List the {books}.|Which {books} are there?|Show me all {books}.|What {books} do you have?"
        "|I want {books}.|Name the {books}.|Find {books}.|Do you have any {books}?"
        "|I am looking for {books}.|Have you got {books}?|Are there {books}?"
        "|Which {books} {predicate}?"
        "|Which {books} {predicate}?",
    ),
    _phrase(
        "title, price",
        "List the {books} with their prices.|Show titles and prices of {books}."
        "|Which {books} are there and what do they cost?",
    ),
    _phrase(
        "title, year",
        "List the {books} with their years.|Show titles and years of {books}."
        "|Which {books} are there and when were they published?",
    ),
    _phrase(
        "title, stock",
        "List the {books} with their stock.|Show titles and stock of {books}."
        "|Which {books} are there and how many copies of each?",
    ),
    _phrase(
        "title, name",
        "List the {books} with their authors.|Show titles and authors of {books}."
        "|Which {books} are there and who wrote them?",
        "authors",
    ),
    _phrase(
        "DISTINCT name",
        "Which authors wrote {books}?|List the authors of {books}.|Who are the writers of {books}?",
        "authors",
    ),
    _phrase(
        "DISTINCT genre",
        "Which genres do {books} belong to?|List the genres of {books}."
        "|What genres are there among {books}?",
    ),
)
SORTED = {
    "price": "sorted by price|ordered by price|cheapest first",
    "price DESC": "from the most expensive to the cheapest|most expensive first",
    "year": "sorted by year|oldest first|in order of publication",
    "year DESC": "newest first|from the newest to the oldest",
    "title": "in alphabetical order|sorted by title|alphabetically",
}
SUPERLATIVES = {
    "price": "cheapest|least expensive|lowest priced",
    "price DESC": "most expensive|dearest|priciest",
    "year": "oldest|earliest",
    "year DESC": "newest|latest|most recent",
    "stock DESC": "best stocked",
    "SUM(quantity) DESC": "best-selling|most sold|most popular",
}
ASK_TOP_ONE = (
    "What is the {order} of the {books}?",
    "Which of the {books} is the {order}?",
    "Name the {order} of all {books}.",
    "Of the {books}, which is the {order}?",
    "What is the {order} {book}?",
    "Which {book} is the {order}?",
    "Find the {order} {book}.",
)
ASK_TOP_N = (
    "What are the {n} {order} {books}?",
    "List the {n} {order} {books}.",
    "Show the top {n} {order} {books}.",
    "Give me the {n} {order} {books}.",
)
NUMBER_WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 10: "ten"}

LOOKUPS = (
    _phrase(
        "SELECT price FROM books WHERE title = '{title}'",
        "How much does {title} cost?|What is the price of {title}?|How much is {title}?",
    ),
    _phrase(
        "SELECT year FROM books WHERE title = '{title}'",
        "When was {title} published?|In which year did {title} come out?",
    ),
    _phrase(
        "SELECT stock FROM books WHERE title = '{title}'",
        "How many copies of {title} are in stock?|How many copies of {title} are left?"
        "|Is {title} in stock?",
    ),
    _phrase(
        "SELECT genre FROM books WHERE title = '{title}'",
        "What genre is {title}?|Which genre does {title} belong to?|What kind of book is {title}?",
    ),
    _phrase(
        "SELECT name FROM books JOIN authors ON authors.id = author_id WHERE title = '{title}'",
        "Who wrote {title}?|Who is the author of {title}?|By whom is {title}?",
    ),
    _phrase(
        "SELECT year, genre FROM books WHERE title = '{title}'",
        "What are the year and the genre of {title}?"
        "|When was {title} published and what genre is it?",
    ),
    _phrase(
        "SELECT price, year FROM books WHERE title = '{title}'",
        "What are the price and the year of {title}?"
        "|How much does {title} cost and when did it come out?",
    ),
    _phrase(
        "SELECT name, genre FROM books JOIN authors ON authors.id = author_id "
        "WHERE title = '{title}'",
        "What are the author and the genre of {title}?"
        "|Who wrote {title} and which genre does it belong to?",
    ),
    _phrase(
        "SELECT SUM(quantity) FROM books JOIN sales ON books.id = book_id WHERE title = '{title}'",
        "How many copies of {title} were sold?|How often did we sell {title}?"
        "|What are the total sales of {title}?",
    ),
    _phrase(
        "SELECT sold_on FROM books JOIN sales ON books.id = book_id WHERE title = '{title}'",
        "On which days was {title} sold?|When did we sell {title}?|List the sale dates of {title}.",
    ),
    _phrase(
        "SELECT name FROM authors WHERE country = '{country}'",
        "Which authors come from {country}?|List the authors from {country}."
        "|Who are the writers from {country}?",
    ),
    _phrase(
        "SELECT COUNT(*) FROM authors WHERE country = '{country}'",
        "How many authors come from {country}?|Count the authors from {country}."
        "|How many writers from {country} are there?",
    ),
    _phrase(
        "SELECT country FROM authors WHERE name = '{author}'",
        "Where does {author} come from?|Which country is {author} from?|Where is {author} from?",
    ),
    _phrase(
        "SELECT country, COUNT(*) FROM authors GROUP BY country",
        "How many authors are there per country?|Count the authors for each country."
        "|How many authors does every country have?",
    ),
)
