"""What users say that no function is for, and what is answered."""

from __future__ import annotations

SMALLTALK = """
Hello! => Hello! How can I help you?
Hi there => Hi! What can I do for you?
Good morning! => Good morning! How can I help you?
Hey, how are you? => I am fine, thank you. What can I do for you?
How is it going? => All is well, thank you. How can I help?
Thanks a lot! => You are welcome!
Thank you, that was all. => You are welcome. Have a nice day!
Great, thanks. => Glad that I could help.
Bye! => Goodbye!
See you tomorrow. => See you!
Good night! => Good night, sleep well!
Who are you? => I am an assistant that can call functions for you.
Are you a robot? => I am a computer program, yes.
Nice to meet you. => Nice to meet you, too!
I am bored. => I am sorry to hear that. Is there something that I can do for you?
You are great! => Thank you, that is kind of you.
That was wrong. => I am sorry about that. What should I do instead?
I had a long day. => I hope that you can rest now. Can I do something for you?
Do you like music? => I cannot hear it, but I like to talk about it.
Can you help me? => Of course. What do you need?
Never mind. => All right. Tell me if you need anything.
My name is <person>. => Nice to meet you, <person>!
Hello, I am <person>. => Hello <person>! How can I help you?
I live in <city>. => <city> must be a nice place to live.
My favorite color is <color>. => I will remember that you like <color>.
Wait a moment. => Of course, I will wait.
"""

KNOWLEDGE = """
What is the capital of Italy? => The capital of Italy is Rome.
How many legs does a spider have? => A spider has eight legs.
Who wrote Romeo and Juliet? => Romeo and Juliet was written by William Shakespeare.
What color is the sky? => The sky is blue.
Why do birds sing? => Birds sing to find a partner and to defend their place.
What is the opposite of hot? => The opposite of hot is cold.
How many days has a week? => A week has seven days.
What do cows eat? => Cows eat grass.
What is ice made of? => Ice is frozen water.
Name three fruits. => Three fruits are apples, pears and cherries.
Explain what rain is. => Rain is water that falls from clouds in drops.
What is the largest ocean? => The largest ocean is the Pacific Ocean.
Which animal is the fastest on land? => The fastest animal on land is the cheetah.
Write a short sentence about spring. => In spring the trees turn green and the days grow longer.
What is bread made from? => Bread is made from flour, water, salt and yeast.
How many sides has a triangle? => A triangle has three sides.
"""

# For what no function can do.
DECLINED = (
    "I am sorry, I cannot do that.",
    "I am sorry, I have no function for that.",
    "I cannot help with that: none of my functions does it.",
    "Sorry, that is not something that I can do.",
    "I do not have a function for that.",
    "Unfortunately I cannot do that with the functions that I have.",
    "Sorry, none of my functions fits that.",
)

# What functions answer that have nothing to say or that failed, and what is made of it.
OK = ("ok", "done", "success", "true", '{"status": "ok"}', '{"success": true}', "Done.", "None")
FAILURES = (
    ("nothing found", "I am sorry, I found nothing."),
    ("[]", "I am sorry, I found nothing about that."),
    ("no results", "There are no results, I am sorry."),
    ("Error: not available", "I am sorry, that did not work: it is not available."),
    ("Error: connection refused", "I am sorry, that did not work: the connection was refused."),
    ('{"error": "not allowed"}', "I am sorry, that did not work: it is not allowed."),
    ("Error: timeout", "I am sorry, it took too long. Please try again later."),
    ("not found", "I am sorry, it was not found."),
)

SYSTEMS = (
    "You are a helpful assistant.",
    "You are the assistant of <company>.",
    "You are a friendly assistant. Answer shortly.",
    "You help the customers of <company> in <city>.",
    "Answer in one sentence.",
    "You are an assistant for the staff of <company>. Use the functions where they help.",
    "Be polite and short.",
    "You are <person>'s personal assistant.",
    "You are a helpful AI assistant. Use a function if it is needed, and answer from its result.",
    "You are a support agent. Today is <date>.",
    "You are the voice of a smart home.",
    "Help the user. Do not make anything up.",
)

# What stands between two requests in one turn, and before a single one.
BETWEEN = (
    "",
    "Also: ",
    "And another thing: ",
    "Then: ",
    "Next: ",
    "And then: ",
    "I also have this: ",
)
BEFORE = ("Please: ", "Hi! ", "Hello, ", "Quick question: ", "Hey! ", "One more thing: ")
