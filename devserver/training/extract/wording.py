"""The words of the training messages: what may go wrong, what is wanted, and what surrounds it.

In braces stand the places of the values: `{book}` is the book in question, with or without its
title, `{Book}` the same at the beginning of a sentence; `{order}` the order number, `{other}`
another title, `{name}` the writer, `{friend}` somebody else. `messages.py` puts them together.
"""

from __future__ import annotations

from training.extract.values import split

# How the book is spoken of where it is named, and where it is not.
TITLED = split(
    "{title}|{title}|{title}|{title}|{title}|my copy of {title}|the book {title}|the copy of "
    "{title} that I ordered|{title} by {author}|your edition of {title}|the novel {title}"
)
UNTITLED = split("the book|my book|the book I ordered|the book I bought from you|what I ordered")
QUOTES = split("{0}|{0}|{0}|{0}|{0}|\"{0}\"|'{0}'|“{0}”|*{0}*|«{0}»|_{0}_")

# Ends of a sentence that begins with the book, or with "it".
DAMAGE = split(
    "with a torn cover|with a broken spine|soaking wet|with pages 33 to 64 missing|badly creased|"
    "with coffee stains all over it|completely bent|with a ripped dust jacket|in terrible "
    "condition|with loose pages|with the corners crushed|damaged|full of scratches|with mould on "
    "the back|with a dent in the cover|with the first chapter printed twice|ruined by rain|"
    "falling apart|with ink smeared over half the pages|in pieces|with water damage|with blank "
    "pages in it"
)
ARRIVED = split("arrived|came|was delivered|turned up|reached me|got here|came out of the box")
IS_DAMAGED = split(
    "has a torn cover|is missing its last pages|is damaged|has a big scratch on the front|is "
    "falling apart|has pages stuck together|is stained|was crushed in the post|has a split spine|"
    "is wet through|looks like someone stepped on it|has wavy pages|is broken|was torn|has two "
    "pages ripped out|is printed upside down from page 90 on|smells of smoke and is dirty|is "
    "scratched and bent|has a hole in the cover|loses its pages as soon as it is opened"
)
IS_LATE = split(
    "has not arrived|still hasn't come|has not turned up yet|is late|never came|is two weeks late|"
    "was due on Monday and isn't here|hasn't been delivered|has not reached me so far|is overdue|"
    "should have been here ten days ago|has still not been delivered, a month after I ordered it|"
    "is nowhere to be seen|is still not here|was promised for last Friday, and nothing came"
)
IS_MISSING = split(
    "was not in the parcel|is missing from my parcel|was left out of the box|was not in there|was "
    "missing from the package|did not come with the other books|was forgotten when you packed|"
    "wasn't included, though it is on the packing list|is missing from the delivery|was not among "
    "the books in the box|was absent from the shipment"
)
IS_UNWANTED = split(
    "is not what I expected, so I want to return it|is not for me and I would like to send it "
    "back|has to go back, I already own it|was bought by mistake and I want to return it|is a "
    "present that my friend already has, so I'd like to return it|is going back to you, unread|is "
    "no longer needed, I want to give it back"
)
# An introduction says which book; then "it" follows.
INTRODUCTIONS = split(
    "I ordered {book} from you last week.|Two weeks ago I bought {book} in your shop.|It is about "
    "{book}.|I am writing about {book}.|This concerns {book}.|I bought {book} from your website "
    "on {date}.|On {date} I ordered {book}.|I recently placed an order for {book}.|I got {book} "
    "for my birthday.|I purchased {book} for my {relative} {friend}.|My order {order} was for "
    "{book}.|I ordered {book} (order {order}).|I bought {book} under order number {order}.|With "
    "order {order} I bought {book}."
)

# Whole sentences, for each problem.
SENTENCES = {
    "damaged": split(
        "Unfortunately {book} was damaged in transit.|There are pages missing in {book}.|The "
        "cover of {book} is torn.|The spine of {book} is broken.|Half of {book} is unreadable.|"
        "When I opened the box I found that {book} had been crushed.|You sent me {book} in a "
        "state that I can't accept, all bent and dirty.|I found stains on nearly every page of "
        "{book}.|Someone had already scribbled in {book}.|The pages of {book} are coming loose.|"
        "The binding of {book} gave way on the first day.|The parcel was wet and so was {book}.|I "
        "received {book} today, with a cut across the cover."
    ),
    "late": split(
        "I am still waiting for {book}.|There is no sign of {book}.|I have been waiting for "
        "{book} for three weeks.|I have not received {book} yet.|My parcel hasn't arrived.|My "
        "parcel with {book} is lost, it seems.|Nothing has been delivered so far.|The delivery of "
        "{book} is overdue.|Your website says {book} was delivered, but I have nothing.|I ordered "
        "{book} a month ago and got nothing.|The parcel is late.|The tracking of my parcel hasn't "
        "moved for nine days.|My order was promised for the {day} and nothing has come.|I'm "
        "waiting and waiting for {book}."
    ),
    "missing": split(
        "The parcel came without {book}.|I paid for three books and got two, {book} was left out.|"
        "You forgot to put {book} in the box.|Only {other} was in the parcel, {book} was not.|"
        "There should have been two books in the package, but {book} is missing.|My parcel "
        "arrived but {book} wasn't inside.|{other} came, but {book} was not with it.|In the box "
        "was {other}. {Book} wasn't.|I unpacked everything and could not find {book}.|The "
        "delivery was incomplete: {book} was missing.|You only sent part of my order, {book} is "
        "not there.|Four of my five books were in the box. The one missing is {book}."
    ),
    "wrong item": split(
        "I ordered {book} and received {other}.|Instead of {book} I got {other}.|You sent me "
        "{other} instead of {book}.|{other} was in the envelope, but I had ordered {book}.|You "
        "sent the wrong book. I had ordered {book}.|I bought {book} in hardcover and got a "
        "paperback.|I got a book about {thing} instead of {book}.|This is not {book}, this is "
        "{other}!|What came is not what I ordered.|I received the German edition of {book}, but "
        "ordered the English one.|There was a calendar in the box rather than {book}.|I was sent "
        "somebody else's book, mine is {book}.|The book in the parcel was {other}. It should be "
        "{book}.|I got the wrong item."
    ),
    "payment": split(
        "I was charged twice for {book}.|My card was debited two times.|You took {amount} for "
        "{book}, although it costs less.|The invoice for {book} is wrong.|I was billed for {book} "
        "although I cancelled it.|The discount code was not applied to {book}.|I paid {amount} "
        "but the price on your website was lower.|There are two payments for {book} on my "
        "statement.|You charged me for shipping, though it was to be free.|You charged my card "
        "{amount} too much.|The amount on my bill is wrong.|I have been billed for two copies of "
        "{book} and ordered one.|I paid double for {book}.|My bank shows the payment for {book} "
        "twice."
    ),
    "return": split(
        "I would like to return {book}.|I want to send {book} back.|I changed my mind about "
        "{book}.|I bought {book} by mistake and want to return it.|I want to give {book} back.|My "
        "{relative} {friend} gave me the same book, so I want to return {book}.|I don't like "
        "{book} and wish to return it.|Please take {book} back, I have not read it.|I'd like to "
        "return {book}, it's still unopened.|I do not need {book} any more and would like to send "
        "it back.|I already own {book}, so this copy should go back.|I ordered two of {book} by "
        "accident, one has to go back.|I want to return my order."
    ),
}
# Problem and demand in one sentence.
JOINED = {
    ("late", "answer"): split(
        "Where is {book}?|When will {book} arrive?|Where is my parcel?|What happened to my order?|"
        "Can you tell me when {book} will finally be here?|How much longer do I have to wait for "
        "{book}?|where's {book}|Do you know where {book} is?|Has {book} been sent at all?"
    ),
    ("return", "answer"): split(
        "How can I return {book}?|Can I still return {book}?|What do I have to do to send {book} "
        "back?|Who pays the postage if I return {book}?|Where do I send {book} if I don't want it?"
    ),
    ("return", "refund"): split(
        "I want to return {book} and get my money back.|Can I give {book} back for a refund?|I'm "
        "returning {book}, please refund me.|I don't want {book} any more, I want my money back."
    ),
    ("payment", "answer"): split(
        "Why was I charged twice for {book}?|Why did you take {amount} for {book}?|Why is the "
        "bill for {book} higher than the price on your site?|Can you explain the second payment "
        "for {book}?|Why do I see two charges on my card?"
    ),
    ("payment", "refund"): split(
        "I was charged twice for {book} and want one payment back.|You charged me {amount} too "
        "much, please pay it back.|Please refund the second charge for {book}.|I demand back what "
        "you overcharged me for {book}.|Give me back the {amount} that you took twice."
    ),
    ("damaged", "replacement"): split(
        "Please replace {book}, it came damaged.|I need a new copy of {book}, mine is torn.|Can I "
        "exchange {book}? The cover is ripped."
    ),
    ("damaged", "refund"): split(
        "I want a refund for {book}, which is damaged.|Please give me my money back for {book}, "
        "the pages are torn."
    ),
    ("wrong item", "replacement"): split(
        "Please send me {book}, not {other} which I got.|I want {book} as ordered, not the wrong "
        "book that you sent."
    ),
}
QUESTIONS = split(
    "Is {book} in stock?|Do you have {book}?|When will {book} be published?|Is {book} available "
    "in large print?|Does {book} have pictures?|How long is {book}?|Is there a paperback of "
    "{book}?|Is {book} suitable for a child of ten?|Who translated {book}?|Is {book} part of a "
    "series?|Will {book} be back in stock soon?|Is there an e-book of {book}?|What language is "
    "{book} in?|How much is {book}?|Could you tell me whether {book} is a hardcover?|Which "
    "edition of {book} do you sell?|Do you sell {book} in Spanish?|Is {book} signed by the "
    "author?|Can you order {book} for me?|What is the ISBN of {book}?|Is there a sequel to "
    "{book}?|I am looking for {book}, do you sell it?|Can I pre-order {book}?|Has {book} come out "
    "yet?|I would like to know whether you could get {book} for me.|What is {book} about?|How "
    "many chapters does {book} have?|Is there an audiobook of {book}?|Which age is {book} for?"
)
GENERAL_QUESTIONS = split(
    "Do you ship to Iceland?|Do you gift-wrap?|What does shipping to Norway cost?|Can I pay by "
    "invoice?|Do you have a shop in town?|How do I change my password?|Do you buy used books?|Can "
    "I change the delivery address of my order?|When does your sale end?|Can I add a book to my "
    "order?|Can I cancel my order?|Do you offer discounts for schools?|Has my order been shipped "
    "already?|Do you sell gift cards?|How long does delivery to Canada take?|Can I get an invoice "
    "for my order?|Which carrier do you use?|How do I use a voucher?|Are you open on Sundays?|Can "
    "I pick up my order in the shop?|Do you accept PayPal?|Can someone recommend a crime novel?"
)
PRAISE = split(
    "I love {book}!|{Book} arrived in perfect condition, thank you.|Thank you so much for {book}.|"
    "{Book} is wonderful.|I have just finished {book} and it is the best book I have read this "
    "year.|{Book} came the very next day, great service.|What a beautiful edition {book} is.|I "
    "wanted to tell you how much I enjoyed {book}.|My {relative} {friend} adores {book}.|{Book} "
    "was packed so nicely.|I am very happy with {book}.|Thanks for helping me find {book}.|{Book} "
    "made my {relative} very happy.|Everything went well with {book}, thanks.|I just want to say "
    "that {book} is fantastic.|We read {book} to our children and they love it."
)
GENERAL_PRAISE = split(
    "You are the best bookshop I know.|Everything was perfect, thank you.|Great service, thanks!|"
    "Fast delivery and a very nice note in the parcel.|Just wanted to say thank you to your team.|"
    "Keep up the good work.|My parcel came in one day, wow.|I am a very happy customer.|Lovely "
    "packaging!|Your staff was so kind on the phone.|Everything arrived safe and sound.|Five "
    "stars from me.|The delivery was quick and the books are flawless.|all good, thanks a lot"
)

REFUND = split(
    "Please refund me.|I want my money back.|I would like a refund.|Please send the money back to "
    "my account.|Kindly reimburse me.|I expect a full refund.|Can I get my money back?|refund "
    "please|Please return the amount to my card.|I'd rather have the money back.|Give me back my "
    "money.|Please credit it to my account.|Would you please pay back the price?|I'd like to be "
    "refunded.|I must ask you to repay me.|money back please|I demand a refund.|I want to be paid "
    "back."
)
DEMANDS = {
    ("damaged", "replacement"): split(
        "Please send me a new copy.|Could you replace it?|I would like a replacement.|Can I have "
        "another one?|I want an undamaged copy.|Please exchange it.|new one please|Kindly send me "
        "a fresh copy.|I need a good copy.|Please send a replacement.|You will send me a new one.|"
        "Can you swap it for a new one?|I'd like it exchanged."
    ),
    ("late", "replacement"): split(
        "Please send it again.|Could you ship another copy?|Please send a second parcel.|I want "
        "you to send it once more.|Please send a replacement.|Can you send a new one?"
    ),
    ("missing", "replacement"): split(
        "Please send it on.|Could you send the missing book?|Please send it separately.|I would "
        "like to get it after all.|Kindly send what is missing.|Please ship it now.|Can you send "
        "it to me?|I ask you to send it.|Please forward the rest.|send it please"
    ),
    ("wrong item", "replacement"): split(
        "Please send the right one.|Could you send me the correct book?|I want the one I ordered.|"
        "Please exchange it.|Kindly send the right title.|I'd like to swap it for the right one.|"
        "Send me what I paid for.|Please send me the proper book.|Can I have the right one?"
    ),
    ("late", "answer"): split(
        "Where is it?|When will it come?|Can you tell me when it will arrive?|What is going on?|"
        "Could you find out where it is?|Please let me know where it is.|When can I expect it?|"
        "Please tell me what happened to it.|Any news?|Was it sent at all?|wheres it"
    ),
    ("damaged", "answer"): split(
        "What should I do?|What can be done about it?|Can you tell me what to do now?|How do I go "
        "about this?|What do you suggest?|How did this happen?|Please advise."
    ),
    ("missing", "answer"): split(
        "Where is it?|What happened?|Will it come later?|Does it come in a second parcel?|Can you "
        "tell me why?|Is it still on its way?|What should I do now?"
    ),
    ("wrong item", "answer"): split(
        "What should I do with it?|How could that happen?|Do I have to send it back?|What do I do "
        "now?|Can you tell me what went wrong?|How do we sort this out?"
    ),
    ("payment", "answer"): split(
        "Why is that?|Can you explain this?|How did this happen?|What went wrong?|Please explain.|"
        "Could you check this and tell me?|Is this a mistake?"
    ),
    ("return", "answer"): split(
        "How do I do that?|Is that possible?|Where do I send it?|Who pays for postage?|What do I "
        "have to do?|Can you send me the instructions?|Please tell me how.|how does it work"
    ),
}
URGENT = split(
    "It is urgent.|I need it by {day}.|It's a present for {day}.|Please hurry.|This can't wait.|I "
    "need this settled before {day}.|Please be quick.|The birthday is on {day}!|asap please|I "
    "leave on {day}, so it has to be before that.|It must be here by tomorrow.|urgent!!|My exam "
    "is on {day} and I need it for that.|Please act at once.|I need an answer today.|My course "
    "begins on {day}, so I have to have it by then.|As soon as possible, please.|It's for my "
    "{relative} {friend}'s party on {day}, so time is short.|Quickly, please!|Please do it "
    "immediately.|I have to know by {day}.|The wedding is this {day}.|The book club meets on "
    "{day} and I cannot come without it.|Please treat this with priority."
)
# What every mail may hold and no field of the record is about.
ASIDES = split(
    "My phone number is {phone}.|You can call me at {phone}.|Tracking number: {tracking}.|I spoke "
    "to your colleague {friend} about it.|My customer number is {number}.|I have been a customer "
    "since {year}.|It was meant for my {relative} {friend}.|I paid {amount} by card.|The parcel "
    "service says {tracking}.|Invoice {number}.|I also bought {other}, which is fine.|I enjoyed "
    "{other}, by the way.|Last year I bought {other} from you.|My friend {friend} recommended "
    "your shop.|I also ordered {other} and that one came without trouble.|My postcode is "
    "{number}.|There is no hurry.|Take your time.|It is not urgent.|{friend} at your hotline was "
    "friendly.|I live at {number} Mill Road.|I wrote to you on {date} already.|I can be reached "
    "under {phone}.|I'm reading {other} at the moment.|My neighbour {friend} was at home all day.|"
    "The postman came on {date}.|It cost {amount}.|No rush, though.|I ordered it on {date}."
)
FILLERS = split(
    "I hope you are well.|I've been reading your newsletter for years.|What a week it has been "
    "here.|My dog barked at the postman, as always.|I am not someone who writes such mails, you "
    "know.|It has been raining here for days.|The children are on holiday and the house is full.|"
    "I had a cup of tea and thought I would write to you.|You know how it is.|I love reading.|My "
    "{relative} says I should write to you, so here I am.|Books are all I have in the evenings.|I "
    "waited a few days before I wrote this.|Well, these things happen.|I'm not good with "
    "computers.|We moved to a new flat last month and everything is in boxes.|First of all, hello "
    "to everyone.|I was so looking forward to a quiet weekend.|I had a good laugh about it, in a "
    "way."
)
ANGRY = split(
    "This is unacceptable!|I am furious.|What a disgrace!|Unbelievable.|How hard can it be?!|I am "
    "really annoyed.|Worst shop ever!!|You should be ashamed.|I will never buy from you again!|"
    "This is the second time!|Is anybody even reading this?|ENOUGH!|I've had it with you.|Do you "
    "even care?|What kind of service is that?|I'm so angry.|That's a scandal!|Seriously?!"
)
POLITE = split(
    "I would be grateful for your help.|Thank you in advance.|I look forward to your reply.|Thank "
    "you for your time.|I appreciate your assistance.|Many thanks for your trouble."
)

ORDER_NOTES = split(
    "My order number is {order}.|Order number: {order}.|Order {order}.|The order is {order}.|"
    "order no. {order}|Order #{order}.|It's order {order}.|The number of my order is {order}.|"
    "This is about order {order}.|I refer to order {order}.|Ref. {order}|My order: {order}|"
    "#{order}|Order ID {order}.|The order has the number {order}.|The reference is {order}.|No. "
    "{order}.|It was order no. {order}.|Order reference: {order}."
)
ORDER_ASIDES = split(" (order {order})| (order no. {order})|, order {order}| (#{order})| ({order})")
GREETINGS = {
    "formal": split(
        "Dear Sir or Madam,|Dear customer service,|To whom it may concern,|Dear Ms {friend},|Dear "
        "Sirs,|Good day,|Dear team,|Dear bookshop,|Dear Mr {friend},|Ladies and gentlemen,"
    ),
    "plain": split(
        "Hello,|Hi,|Good morning,|Dear team,|Hi there,|Hello {friend},|Good evening,|Hey,"
    ),
    "chat": split("hi|hey|hello|hi there|good morning|hi,|hello!|yo|hey there,"),
}
CLOSINGS = {
    "formal": split(
        "Yours faithfully,|Yours sincerely,|Kind regards,|With kind regards,|Respectfully,|"
        "Regards,|Best regards,|Sincerely,|With best wishes,|Yours truly,"
    ),
    "plain": split(
        "Thanks,|Best,|Cheers,|Thank you,|Kind regards,|Greetings,|Best wishes,|Regards,|Thanks!|"
        "Love,|Bye,|Many thanks,|Yours,|Thank you very much,|Have a nice day,|Take care,"
    ),
}
CHAT_NAMES = split(
    "{name} here|this is {name}|- {name}|-{name}|it's {name}|thx, {name}|thanks {name}|{name}|my "
    "name is {name}|i'm {name}|~{name}|cheers {name}|I am {name}|bye {name}|signed, {name}"
)
# Notes of a few words.
NOTES = {
    "damaged": split(
        "{book} damaged|{book} torn|cover of {book} ripped|{book} came broken|pages loose in {book}"
    ),
    "late": split(
        "{book} not here yet|still no {book}|{book} late|waiting for {book}|order not here|parcel "
        "not arrived|nothing came so far"
    ),
    "missing": split(
        "{book} not in the box|{book} missing from parcel|parcel came without {book}|one book "
        "missing: {book}|got the parcel but no {book} in it"
    ),
    "wrong item": split(
        "wrong book, ordered {book}|got {other} instead of {book}|{book} ordered, {other} came|"
        "not the book i ordered|wrong item sent"
    ),
    "payment": split(
        "charged twice|charged two times for {book}|double payment for {book}|bill for {book} too "
        "high|wrong amount on invoice|discount missing"
    ),
    "return": split(
        "returning {book}|want to return {book}|don't want {book} any more|sending {book} back|"
        "bought {book} by mistake, want to return it"
    ),
    "question": split(
        "{book} in stock?|got {book}?|price of {book}?|{book} as ebook?|when is {book} out|"
        "shipping to spain?|{book} in french?|gift cards?|do you have {book}|paperback of {book}?"
    ),
    "praise": split(
        "love {book}|{book} is great|perfect, thanks|great shop!|{book} arrived, thank you"
    ),
}
RELATIVES = split(
    "sister|brother|mother|father|aunt|son|daughter|wife|husband|grandson|niece|friend"
)
DAYS = split(
    "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|tomorrow|the weekend|the 5th|12 May|"
    "next week|Christmas|the 21st|tonight"
)
DATES = split(
    "3 May|12 June|the 4th|1 December|last Monday|20 August|the 17th of March|2 January|5/6|"
    "14.10.|April 9|Tuesday|the 30th|September 22nd|2025-02-11"
)
TOPICS = split("horses|taxes|gardening|the Vikings|knitting|cars|cats|football|chess|physics")
