"""Functions that take a question whole: those of databases, and those that search documents.

Words are written as in `functions.py`.
"""
# ruff: noqa: E501  # a question and its answer stay in one line

from __future__ import annotations

# Who has a database, and what is asked about it: these questions are passed on as they are.
DATABASES = {
    "hospital|patients, doctors and beds": """
        How many beds are free in the <department> ward? => <number> beds are free in the <department> ward.
        Which doctor treats <person>? => <person> is treated by <person2>.
        When was <person> admitted? => <person> was admitted on <date>.
        Which patients go home on <weekday>? => On <weekday> <people> go home.
        What is the average age of the patients? => The average age is <decimal> years.
        """,
    "school|pupils, teachers and grades": """
        How many pupils are in class <number>? => There are <number2> pupils.
        Who teaches <topic>? => <person> teaches <topic>.
        What was the best grade of <person>? => The best grade of <person> was <number>.
        Which teachers are ill today? => <people> are ill today.
        When is the next test of <person>? => The next test is on <date>.
        """,
    "garage|cars, repairs and customers": """
        Which cars are ready? => <codes> are ready.
        How much did the repair of <code> cost? => The repair of <code> cost <price> euros.
        Who owns the car <code>? => <code> belongs to <person>.
        How many repairs did we finish in <month>? => In <month> you finished <number> repairs.
        When is <person> going to pick up the car? => <person> comes on <date>.
        """,
    "zoo|animals, keepers and visitors": """
        How many <animals> live here? => <number> <animals> live here.
        Who feeds the <animals>? => <person> feeds the <animals>.
        Which animals were born in <month>? => In <month> <animals> were born.
        How many visitors came on <weekday>? => On <weekday> <number> visitors came.
        How old is the oldest of the <animals>? => It is <number> years old.
        """,
    "wine dealer|wines, growers and deliveries": """
        Which wines come from <city>? => From <city> come <titles>.
        How many bottles of <title> are left? => <number> bottles of <title> are left.
        What does a bottle of <title> cost? => A bottle of <title> costs <price> euros.
        Which wine did customers buy most often? => They bought <title> most often.
        Who grows <title>? => <title> is grown by <person>.
        List the wines that cost less than <number> euros. => These are <titles>.
        """,
    "museum|paintings, artists and exhibitions": """
        Who painted <title>? => <title> was painted by <person>.
        How many paintings by <person> do you own? => The museum owns <number> paintings by <person>.
        In which year was <title> painted? => <title> was painted in <year>.
        Which paintings hang in room <number>? => In room <number> hang <titles>.
        What is the oldest painting of <person>? => It is <title>, of <year>.
        """,
    "record store|records, musicians and sales": """
        How many records by <person> are in stock? => There are <number> records by <person>.
        What is the cheapest record? => The cheapest record is <title>.
        Which records by <person> do you have? => By <person> there are <titles>.
        How much is <title>? => <title> costs <price> euros.
        How many copies of <title> were sold in <month>? => In <month> <number> copies of <title> were sold.
        Which musician sold the most? => <person> sold the most.
        Is <title> sold out? => There are <number> copies of <title> left.
        """,
    "toy shop|toys, makers and prices": """
        Which toys cost more than <number> euros? => More than <number> euros cost <products>.
        How many toys by <company> do we have? => You have <number> toys by <company>.
        What is the price of the <product>? => The <product> costs <price> euros.
        Which toy was sold most often in <month>? => In <month> the <product> was sold most often.
        How much money did we take on <weekday>? => On <weekday> you took <price> euros.
        """,
    "airline|planes, crews and passengers": """
        How many passengers flew to <city> in <month>? => In <month> <number> passengers flew to <city>.
        Which planes stand in <city>? => In <city> stand <codes>.
        Who is the captain of <code>? => <person> is the captain of <code>.
        What is the longest route? => The longest route goes to <city>.
        How old is the plane <code>? => The plane <code> is <number> years old.
        """,
    "farm|fields, harvests and machines": """
        How many tons of <food> did we harvest? => You harvested <number> tons of <food>.
        Which fields lie fallow? => Fields <codes> lie fallow.
        What grows on field <code>? => On field <code> grows <food>.
        What did the <device> cost? => The <device> cost <price> euros.
        When did we sow the <food>? => You sowed the <food> on <date>.
        """,
    "cinema chain|films, halls and tickets": """
        How many tickets did <title> sell? => <title> sold <number> tickets.
        Which film ran the longest? => <title> ran the longest.
        Who directed <title>? => <title> was directed by <person>.
        How many halls are there in <city>? => There are <number> halls in <city>.
        Which films by <person> did we show? => You showed <titles>.
        """,
    "sports club|members, teams and fees": """
        How many members does the club have? => The club has <number> members.
        Who trains the <team>? => <person> trains the <team>.
        Which members did not pay in <month>? => In <month> <people> did not pay.
        What is the yearly fee for children? => Children pay <price> euros a year.
        Since when is <person> a member? => <person> is a member since <year>.
        """,
}

# Names and descriptions of what asks a database; <owner>, <things> are those above.
ASKING = """
ask_<owner>(question): Answer a question about the <owner>'s <things> from its database
query_<owner>(question): Answer questions about <things> of the <owner>
<owner>_database(query): Look up <things> in the database of the <owner>
ask_database(question): Answer a question about <things> from the database
query_database(question): Answers questions on <things>
run_sql(query): Find <things> of the <owner> in its tables
search_records(query): Search the records of the <owner>: <things>
lookup(question): Facts about the <owner>'s <things>
answer_from_data(question): Ask about <things> in plain English
<owner>_info(question): Everything about the <owner>: <things>
"""

# Names and descriptions of what searches texts, and what is asked of it.
SEARCHING = """
search_manual(query): Search the manual for how something is done
search_articles(query): Find articles that answer a question
knowledge_base(question): Search the company's knowledge base
search_handbook(query): Search the rules of the company's handbook
find_in_notes(query): Search my notes
faq(question): Find the answer to a frequent question
retrieve(query): Retrieve passages that are relevant to a question
"""
SEARCHES = """
How do I clean the <device>? => Clean the <device> with <topic>.
What are the rules for <topic>? => The rules are: <remark>.
How long is the guarantee on the <product>? => The guarantee lasts <number> months.
Who decides about <topic>? => <person> decides about it.
What should I do when the <device> stops working? => The text says: <remark>.
Where do I find the <device>? => You find it in the <room>.
What do my notes say about <topic>? => They say: <remark>.
What is the policy on <topic>? => The policy is: <remark>.
How much does <topic> cost? => It costs <price> euros.
"""
