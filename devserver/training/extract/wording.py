"""The words of the training messages: what may go wrong, what is wanted, and what surrounds it.

In braces stand the places of the values: `{book}` is the book in question, with or without its
title, `{Book}` the same at the beginning of a sentence; `{order}` the order number, `{other}`
another title, `{name}` the writer, `{friend}` somebody else. `messages.py` puts them together.
"""

from __future__ import annotations

from training.extract.values import split

# How the book is spoken of where it is named, and where it is not.
TITLED = split(
    "{title}|{title}|{title}|{title}|{title}|my copy of {title}|the book {title}|{title} by "
    "{author}|your edition of {title}|the novel {title}"
)
UNTITLED = split("the book|my book|the book|my book|the book I bought|the book from my last order")
QUOTES = split("{0}|{0}|{0}|{0}|{0}|\"{0}\"|'{0}'|“{0}”|*{0}*|«{0}»|_{0}_")

# Ends of a sentence that begins with the book, or with "it".
DAMAGE = split(
    "with a cracked back|with several pages cut out|with a greasy cover|with bite marks on it|"
    "like an old rag|with its cover hanging off|with the print faded|with folded corners|badly "
    "scuffed|wet and swollen|with glue between the pages|with half of the text unreadable|"
    "second-hand rather than new|in a poor state|with a big crease down the middle|with a torn "
    "cover|with a broken spine|soaking wet|with pages 33 to 64 missing|badly creased|with coffee "
    "stains all over it|completely bent|with a ripped dust jacket|in terrible condition|with "
    "loose pages|with the corners crushed|damaged|full of scratches|with mould on the back|with a "
    "dent in the cover|with the first chapter printed twice|ruined by rain|falling apart|with ink "
    "smeared over half the pages|in pieces|with water damage|with blank pages in it"
)
ARRIVED = split("arrived|came|was delivered|turned up|reached me|got here|came out of the box")
IS_DAMAGED = split(
    "has seen better days|is torn in the middle|is dirty and bent|has its spine cut open|lost its "
    "cover|is mouldy|has twenty pages missing|has coffee on it|is unreadable in places|must have "
    "been dropped in a puddle|cannot be read, the ink is smudged|is battered|has the pages in the "
    "wrong order|has been chewed by something|is defective|was soaked|is full of pencil marks|has "
    "a torn cover|is missing its last pages|is damaged|has a big scratch on the front|is falling "
    "apart|has pages stuck together|is stained|was crushed in the post|has a split spine|is wet "
    "through|looks like someone stepped on it|has wavy pages|is broken|was torn|has two pages "
    "ripped out|is printed upside down from page 90 on|smells of smoke and is dirty|is scratched "
    "and bent|has a hole in the cover|loses its pages as soon as it is opened"
)
IS_LATE = split(
    "is taking for ever|has been on its way for a month|was supposed to come yesterday|did not "
    "arrive on {date} as promised|seems to be stuck somewhere|seems to have got lost in the post|"
    "has not been seen by anyone here|ought to have come by now|has not come|hasn't shown up|did "
    "not come|still isn't here|is not here yet|has yet to arrive|has been delayed again and again|"
    "has not arrived|still hasn't come|has not turned up yet|is late|never came|is two weeks late|"
    "was due on Monday and isn't here|hasn't been delivered|has not reached me so far|is overdue|"
    "should have been here ten days ago|has still not been delivered, a month after I ordered it|"
    "is nowhere to be seen|is still not here|was promised for last Friday, and nothing came"
)
IS_MISSING = split(
    "was not packed|isn't in the box|wasn't there, the others were|was nowhere in the package|has "
    "not come along with {other}|is absent, although I paid for it|was on the bill but not in the "
    "box|is the one that is missing|did not lie in the box|was simply not inside|could not be "
    "found in the parcel|was not in the parcel|is missing from my parcel|was left out of the box|"
    "was not in there|was missing from the package|did not come with the other books|was "
    "forgotten when you packed|wasn't included, though it is on the packing list|is missing from "
    "the delivery|was not among the books in the box|was absent from the shipment"
)
IS_UNWANTED = split(
    "is not needed after all, so back it goes|should go back to you|turned out to be a duplicate, "
    "and I'd like to give it back|can go back, I changed my mind|bored me and should go back to "
    "you|was ordered twice by accident, so I am returning it|is a book I don't want to keep|is "
    "not what I expected, so I want to return it|is not for me and I would like to send it back|"
    "has to go back, I already own it|was bought by mistake and I want to return it|is a present "
    "that my friend already has, so I'd like to return it|is going back to you, unread|is no "
    "longer needed, I want to give it back"
)
# An introduction says which book; then "it" follows.
INTRODUCTIONS = split(
    "You have sent me {book}.|There is a problem with {book}.|I have a complaint about {book}.|I "
    "am a customer of yours and bought {book}.|My {relative} wanted {book} and so I ordered it.|I "
    "was so looking forward to {book}.|I am contacting you because of {book}.|On {date} I bought "
    "{book} and {other}.|Yesterday the postman brought a parcel. In it should be {book}.|A while "
    "ago I bought {book}.|For our reading group I ordered {book}.|Order {order}, {book}.|About "
    "{book} from order {order}:|Regarding {book}.|I opened the parcel with {book} today.|Today it "
    "is about {book}.|I ordered {book} from you last week.|Two weeks ago I bought {book} in your "
    "shop.|It is about {book}.|I am writing about {book}.|This concerns {book}.|I bought {book} "
    "from your website on {date}.|On {date} I ordered {book}.|I recently placed an order for "
    "{book}.|I got {book} for my birthday.|I purchased {book} for my {relative} {friend}.|My "
    "order {order} was for {book}.|I ordered {book} (order {order}).|I bought {book} under order "
    "number {order}.|With order {order} I bought {book}."
)

# Whole sentences, for each problem.
SENTENCES = {
    "damaged": split(
        "I can't read {book}, the pages are stuck together.|The box was crushed and {book} with "
        "it.|I opened the parcel and {book} was bent.|The cover came off {book}.|My {relative} "
        "unwrapped {book} and it was torn.|Two chapters of {book} are simply not there.|Pages are "
        "missing from {book}.|I am sad to see {book} in such a state, with a broken back.|There "
        "is a long tear in {book}.|It rained on the parcel, and now {book} is ruined.|Your "
        "packing was so thin that {book} got dents on all sides.|What you sent me is a damaged "
        "copy of {book}.|Upon opening the parcel I noticed that {book} had suffered, its jacket "
        "is ripped.|{Book}: damaged on arrival.|Unfortunately {book} was damaged in transit.|"
        "There are pages missing in {book}.|The cover of {book} is torn.|The spine of {book} is "
        "broken.|Half of {book} is unreadable.|When I opened the box I found that {book} had been "
        "crushed.|You sent me {book} in a state that I can't accept, all bent and dirty.|I found "
        "stains on nearly every page of {book}.|Someone had already scribbled in {book}.|The "
        "pages of {book} are coming loose.|The binding of {book} gave way on the first day.|The "
        "parcel was wet and so was {book}.|I received {book} today, with a cut across the cover."
    ),
    "late": split(
        "Nothing in my mailbox, and I ordered {book} weeks ago.|{Book} should have come on "
        "{date}.|I bought {book} on {date} and I have heard nothing since.|On {date} I paid for "
        "{book}, and it is not here to this day.|According to the carrier my parcel is still in "
        "the depot.|I have checked with all the neighbours, nobody has {book}.|My order was to be "
        "here on {date}.|Every day I look into the mailbox, and still no sign of {book}.|The app "
        "says delivered, but no parcel was left here.|I have been waiting since {date}.|You "
        "promised delivery within two days. That was three weeks ago.|Still nothing!|{other} came "
        "a week ago, {book} from the same day did not.|Both books were sent apart. {other} is "
        "here, {book} isn't.|I bought {other} and {book}. The first has come, the second parcel "
        "has not arrived yet.|I am still waiting for {book}.|There is no sign of {book}.|I have "
        "been waiting for {book} for three weeks.|I have not received {book} yet.|My parcel "
        "hasn't arrived.|My parcel with {book} is lost, it seems.|Nothing has been delivered so "
        "far.|The delivery of {book} is overdue.|Your website says {book} was delivered, but I "
        "have nothing.|I ordered {book} a month ago and got nothing.|The parcel is late.|The "
        "tracking of my parcel hasn't moved for nine days.|My order was promised for the {day} "
        "and nothing has come.|I'm waiting and waiting for {book}."
    ),
    "missing": split(
        "I counted the books twice. {Book} is not among them.|{other} and {book} were to come in "
        "one parcel. Only the first was in it.|I unpacked the box, and one book was missing: "
        "{book}.|In the parcel I found the invoice but not {book}.|I ordered three books and only "
        "two were inside. I miss {book}.|The package had been filled with paper, {book} had been "
        "forgotten.|One of the books that I paid for is not in the parcel.|The parcel was "
        "incomplete.|{other} was in the box, but {book}, which I had ordered too, was not.|The "
        "packing list names {book}, the box doesn't hold it.|I got a half-empty box without "
        "{book}.|You left out {book}.|The set is incomplete, {book} was not with it.|The parcel "
        "arrived today, but without {book}.|The parcel came without {book}.|I paid for three "
        "books and got two, {book} was left out.|You forgot to put {book} in the box.|Only "
        "{other} was in the parcel, {book} was not.|There should have been two books in the "
        "package, but {book} is missing.|My parcel arrived but {book} wasn't inside.|{other} "
        "came, but {book} was not with it.|In the box was {other}. {Book} wasn't.|I unpacked "
        "everything and could not find {book}.|The delivery was incomplete: {book} was missing.|"
        "You only sent part of my order, {book} is not there.|Four of my five books were in the "
        "box. The one missing is {book}."
    ),
    "wrong item": split(
        "You have mixed up my order: I got {other}, not {book}.|The title on the bill is {book}, "
        "but the book in the box is {other}.|Somebody packed {other} for me. I wanted {book}.|I "
        "was expecting {book} and found {other}.|What I got is {other}, what I had ordered is "
        "{book}.|I opened the parcel and found a book about {thing}. I had bought {book}.|It "
        "should have been {book}, it is {other}.|This is not the book that I ordered.|You "
        "delivered a different book.|A cookbook came in place of {book}.|I asked for {book} in "
        "English and it came in French.|The wrong title was delivered, I wanted {book}.|I am "
        "holding {other} in my hands, yet I paid for {book}.|{other}? I never ordered that. My "
        "order was for {book}.|A wrong volume was sent: volume 2 of {book} rather than volume 1.|"
        "The parcel contained {other} rather than {book}.|I ordered {book} and received {other}.|"
        "Instead of {book} I got {other}.|You sent me {other} instead of {book}.|{other} was in "
        "the envelope, but I had ordered {book}.|You sent the wrong book. I had ordered {book}.|I "
        "bought {book} in hardcover and got a paperback.|I got a book about {thing} instead of "
        "{book}.|This is not {book}, this is {other}!|What came is not what I ordered.|I received "
        "the German edition of {book}, but ordered the English one.|There was a calendar in the "
        "box rather than {book}.|I was sent somebody else's book, mine is {book}.|The book in the "
        "parcel was {other}. It should be {book}.|I got the wrong item."
    ),
    "payment": split(
        "You billed me twice.|The price of {book} was {amount}, but {amount} was taken.|There is "
        "a mistake in my bill for {book}.|Two payments of {amount} went off my account.|I see a "
        "double booking of {amount} on my account.|You took too much money for {book}.|My voucher "
        "was not counted when I paid for {book}.|The invoice says {amount}, but on the website "
        "{book} costs less.|My bank says that you took {amount} twice.|I paid for {book} once "
        "with PayPal and once more by card, as the first seemed to fail.|I have been overcharged "
        "for {book}.|The gift card was used up, yet you charged my card as well.|{amount} for "
        "{book}? It was advertised at half of that.|The bank shows two charges.|I paid {amount} "
        "too much for {book}.|You've billed me for {book}, which I never ordered.|I was charged "
        "twice for {book}.|My card was debited two times.|You took {amount} for {book}, although "
        "it costs less.|The invoice for {book} is wrong.|I was billed for {book} although I "
        "cancelled it.|The discount code was not applied to {book}.|I paid {amount} but the price "
        "on your website was lower.|There are two payments for {book} on my statement.|You "
        "charged me for shipping, though it was to be free.|You charged my card {amount} too "
        "much.|The amount on my bill is wrong.|I have been billed for two copies of {book} and "
        "ordered one.|I paid double for {book}.|My bank shows the payment for {book} twice."
    ),
    "return": split(
        "I'd like to give {book} back.|{Book} goes back to you.|I'm not happy with {book}, it "
        "isn't what I thought, so I am sending it back.|We now have two copies of {book}, and one "
        "may go back to you.|I have read ten pages of {book} and it is not for me, I'd like to "
        "return it.|Please accept my return of {book}.|I pressed the wrong button and bought "
        "{book}. I want to return it.|I want to withdraw from the purchase of {book}.|I hereby "
        "cancel the purchase of {book} and will send it back.|{Book} was a present for my "
        "{relative}, who has it already. I would like to return it.|I no longer want {book}.|I "
        "ordered too many books and would like to send {book} back.|I am returning {book}, it is "
        "as new.|Here comes a return: {book}, unread.|I don't want to keep {book}.|I would like "
        "to return {book}.|I want to send {book} back.|I changed my mind about {book}.|I bought "
        "{book} by mistake and want to return it.|I want to give {book} back.|My {relative} "
        "{friend} gave me the same book, so I want to return {book}.|I don't like {book} and wish "
        "to return it.|Please take {book} back, I have not read it.|I'd like to return {book}, "
        "it's still unopened.|I do not need {book} any more and would like to send it back.|I "
        "already own {book}, so this copy should go back.|I ordered two of {book} by accident, "
        "one has to go back.|I want to return my order."
    ),
}
# Problem and demand in one sentence.
JOINED = {
    ("late", "answer"): split(
        "Any idea when {book} will come?|What about {book}, which I ordered on {date}?|Could you "
        "tell me where {book} is?|I would like to know where {book} is.|Why is {book} not here "
        "yet?|Where on earth is {book}?|Where is my order?|When can I expect {book}?|Please find "
        "out where my parcel is.|What has become of {book}?|Where is {book}?|When will {book} "
        "arrive?|Where is my parcel?|What happened to my order?|Can you tell me when {book} will "
        "finally be here?|How much longer do I have to wait for {book}?|where's {book}|Do you "
        "know where {book} is?|Has {book} been sent at all?"
    ),
    ("return", "answer"): split(
        "What is the way to return {book}?|How does it work when I want to return {book}?|Is it "
        "possible to return {book}?|How long do I have to return {book}?|I want to send {book} "
        "back. How?|Do you take {book} back?|How can I return {book}?|Can I still return {book}?|"
        "What do I have to do to send {book} back?|Who pays the postage if I return {book}?|Where "
        "do I send {book} if I don't want it?"
    ),
    ("return", "refund"): split(
        "Please take {book} back and refund me.|I would like to return {book} for a refund.|I "
        "want to give {book} back and have the money returned.|I want to return {book} and get my "
        "money back.|Can I give {book} back for a refund?|I'm returning {book}, please refund me.|"
        "I don't want {book} any more, I want my money back."
    ),
    ("payment", "answer"): split(
        "Why was I charged twice for {book}?|Why did you take {amount} for {book}?|Why is the "
        "bill for {book} higher than the price on your site?|Can you explain the second payment "
        "for {book}?|Why do I see two charges on my card?"
    ),
    ("payment", "refund"): split(
        "Please pay back what you took too much for {book}.|You took the money for {book} twice, "
        "I want half of it back.|I paid {amount} twice, kindly return one of them.|I ask you to "
        "refund the double payment.|One of the two payments for {book} should come back to me.|I "
        "was charged twice for {book} and want one payment back.|You charged me {amount} too "
        "much, please pay it back.|Please refund the second charge for {book}.|I demand back what "
        "you overcharged me for {book}.|Give me back the {amount} that you took twice."
    ),
    ("damaged", "replacement"): split(
        "Please swap my torn copy of the book for a new one.|My copy is damaged, can I get "
        "another?|Please replace {book}, it came damaged.|I need a new copy of {book}, mine is "
        "torn.|Can I exchange {book}? The cover is ripped."
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
    "Quick question: is {book} any good for beginners?|Would you happen to have {book}?|I was "
    "wondering whether {book} is still in print.|Does {book} exist in German?|My {relative} asks "
    "me for {book}. Do you have it?|May I ask how many pages {book} has?|Which translation of "
    "{book} is yours?|Who wrote {book}?|How heavy is {book}?|Is {book} the first volume or the "
    "second?|Could I get {book} with a dedication?|Are there still copies of {book} left?|I have "
    "heard of {book}. Is it funny?|Do you know when {book} comes out?|Has the author of {other} "
    "written {book}, too?|I liked {other}. Is {book} similar?|I have read {other} and now want "
    "{book}. Do you stock it?|Would {book} be right for my {relative}, who is twelve?|We need ten "
    "copies of {book} for a class. Do you have so many?|What's the difference between the two "
    "editions of {book}?|Is there a film of {book}?|Which is better, {book} or the other one by "
    "the same author?|Does {book} come with a map?|Can you reserve {book} for me?|Will there be a "
    "second part of {book}?|Is {book} in stock?|Do you have {book}?|When will {book} be "
    "published?|Is {book} available in large print?|Does {book} have pictures?|How long is "
    "{book}?|Is there a paperback of {book}?|Is {book} suitable for a child of ten?|Who "
    "translated {book}?|Is {book} part of a series?|Will {book} be back in stock soon?|Is there "
    "an e-book of {book}?|What language is {book} in?|How much is {book}?|Could you tell me "
    "whether {book} is a hardcover?|Which edition of {book} do you sell?|Do you sell {book} in "
    "Spanish?|Is {book} signed by the author?|Can you order {book} for me?|What is the ISBN of "
    "{book}?|Is there a sequel to {book}?|I am looking for {book}, do you sell it?|Can I "
    "pre-order {book}?|Has {book} come out yet?|I would like to know whether you could get {book} "
    "for me.|What is {book} about?|How many chapters does {book} have?|Is there an audiobook of "
    "{book}?|Which age is {book} for?"
)
GENERAL_QUESTIONS = split(
    "What are your opening hours?|Could you send me your catalogue?|Is it possible to pay in two "
    "parts?|I have moved. Can you send my order to the new address?|May I change my order?|Which "
    "books would you recommend for a long flight?|Can you tell me if my order has left your "
    "house?|Do you deliver to islands?|How much is shipping to Japan?|Can I have my order "
    "delivered to a neighbour?|Does your shop sell maps?|I have forgotten my password, what now?|"
    "Where can I enter the code of my gift card?|Do I get points for my order?|Do you have a "
    "reading next week?|How can I unsubscribe from the newsletter?|Is your shop in the centre of "
    "town?|Could I get my order wrapped as a present?|Can I pay by bank transfer?|Do you ship to "
    "Iceland?|Do you gift-wrap?|What does shipping to Norway cost?|Can I pay by invoice?|Do you "
    "have a shop in town?|How do I change my password?|Do you buy used books?|Can I change the "
    "delivery address of my order?|When does your sale end?|Can I add a book to my order?|Can I "
    "cancel my order?|Do you offer discounts for schools?|Has my order been shipped already?|Do "
    "you sell gift cards?|How long does delivery to Canada take?|Can I get an invoice for my "
    "order?|Which carrier do you use?|How do I use a voucher?|Are you open on Sundays?|Can I pick "
    "up my order in the shop?|Do you accept PayPal?|Can someone recommend a crime novel?"
)
PRAISE = split(
    "You recommended {book} to me and you were right.|{Book} is a joy.|I could not put {book} "
    "down.|I laughed and cried over {book}.|{Book} reached me sooner than expected, well done.|"
    "How lovely that you had {book}, I had searched for years.|I have read {book} twice already, "
    "so good!|What a find, {book}!|The copy of {book} you sent is flawless.|{Book} is just what I "
    "wanted.|I'm delighted with {book}.|It was a pleasure to receive {book}, so well packed.|"
    "Thank you for finding {book} for me.|The replacement for {book} has come and all is well "
    "now.|I gave {book} to my {relative} {friend}, who is thrilled.|The new copy of {book} is "
    "perfect, thanks for the quick help.|{Book} is a masterpiece, thank you for having it.|I love "
    "{book}!|{Book} arrived in perfect condition, thank you.|Thank you so much for {book}.|{Book} "
    "is wonderful.|I have just finished {book} and it is the best book I have read this year.|"
    "{Book} came the very next day, great service.|What a beautiful edition {book} is.|I wanted "
    "to tell you how much I enjoyed {book}.|My {relative} {friend} adores {book}.|{Book} was "
    "packed so nicely.|I am very happy with {book}.|Thanks for helping me find {book}.|{Book} "
    "made my {relative} very happy.|Everything went well with {book}, thanks.|I just want to say "
    "that {book} is fantastic.|We read {book} to our children and they love it."
)
GENERAL_PRAISE = split(
    "No complaints at all.|I just want to praise you.|Compliments to your team!|Such kind people, "
    "thank you.|A big thank you for the quick answer yesterday.|The wrapping was beautiful.|You "
    "have made my day.|I am impressed by how fast you are.|Wonderful shop, I will come back.|"
    "Thank you for everything.|Thanks for solving my problem so quickly.|It came on the next day "
    "and in perfect shape.|Your prices are fair and your parcels are well packed.|I will tell all "
    "my friends about you.|so happy with my parcel|Nothing to complain about, only thanks.|My "
    "order came today and it is perfect.|What a nice card you put in the box.|You are the best "
    "bookshop I know.|Everything was perfect, thank you.|Great service, thanks!|Fast delivery and "
    "a very nice note in the parcel.|Just wanted to say thank you to your team.|Keep up the good "
    "work.|My parcel came in one day, wow.|I am a very happy customer.|Lovely packaging!|Your "
    "staff was so kind on the phone.|Everything arrived safe and sound.|Five stars from me.|The "
    "delivery was quick and the books are flawless.|all good, thanks a lot"
)

REFUND = split(
    "I want it refunded.|Please transfer the price back to me.|I would like to get the price "
    "back.|Just give me the money back.|I would ask you for a refund.|So I want my money.|I "
    "expect to get my money back.|You owe me a refund.|Please give the money back.|Refund it.|"
    "Could you refund it?|I would like to have the money returned.|And then I want to be "
    "refunded.|I insist on a refund.|Please refund me.|I want my money back.|I would like a "
    "refund.|Please send the money back to my account.|Kindly reimburse me.|I expect a full "
    "refund.|Can I get my money back?|refund please|Please return the amount to my card.|I'd "
    "rather have the money back.|Give me back my money.|Please credit it to my account.|Would you "
    "please pay back the price?|I'd like to be refunded.|I must ask you to repay me.|money back "
    "please|I demand a refund.|I want to be paid back."
)
DEMANDS = {
    ("damaged", "replacement"): split(
        "Please send another.|May I have a copy in good condition?|I ask for another copy.|Can "
        "you send me one that is whole?|Please send a copy that isn't broken.|I expect a flawless "
        "one.|Another copy, please.|I would be glad of a new one.|You must replace it.|Would you "
        "send me a better one?|Please send me a new copy.|Could you replace it?|I would like a "
        "replacement.|Can I have another one?|I want an undamaged copy.|Please exchange it.|new "
        "one please|Kindly send me a fresh copy.|I need a good copy.|Please send a replacement.|"
        "You will send me a new one.|Can you swap it for a new one?|I'd like it exchanged."
    ),
    ("late", "replacement"): split(
        "Just send me another one.|I ask you to send it anew.|Send it again!|Please dispatch it "
        "once more.|I would like a second one sent.|Could you please send the book again?|Then "
        "send me a new parcel.|Please send it again.|Could you ship another copy?|Please send a "
        "second parcel.|I want you to send it once more.|Please send a replacement.|Can you send "
        "a new one?"
    ),
    ("missing", "replacement"): split(
        "Please send me what is missing.|Could it be sent afterwards?|I'd like to have it sent to "
        "me.|Could you put it in the post?|I want the missing book.|Send me the rest!|Please post "
        "it to me.|Would you send it, please?|Please send it on.|Could you send the missing book?|"
        "Please send it separately.|I would like to get it after all.|Kindly send what is "
        "missing.|Please ship it now.|Can you send it to me?|I ask you to send it.|Please forward "
        "the rest.|send it please"
    ),
    ("wrong item", "replacement"): split(
        "Please send the book that I ordered.|I still want the right book.|Could I get what I "
        "ordered?|Please swap it.|Can you exchange the two?|Please deliver the correct title.|I "
        "need the right one.|Now send the right one!|Would you please send the right book?|Please "
        "send the right one.|Could you send me the correct book?|I want the one I ordered.|Please "
        "exchange it.|Kindly send the right title.|I'd like to swap it for the right one.|Send me "
        "what I paid for.|Please send me the proper book.|Can I have the right one?"
    ),
    ("late", "answer"): split(
        "Where has it got to?|Could you look into it and tell me?|What happened?|What can you "
        "tell me about it?|Is it lost?|When is it going to be here?|Please inform me about the "
        "delivery.|I want to know where it is.|Can you help me find it?|What shall I do?|Could "
        "you check?|where is it|What now?|Where is it?|When will it come?|Can you tell me when it "
        "will arrive?|What is going on?|Could you find out where it is?|Please let me know where "
        "it is.|When can I expect it?|Please tell me what happened to it.|Any news?|Was it sent "
        "at all?|wheres it"
    ),
    ("damaged", "answer"): split(
        "What happens now?|What are my options?|Could you tell me how to proceed?|What can you do "
        "for me?|What now?|Shall I send it back to you?|Do I need to send photos?|How does one "
        "complain about that?|What should I do?|What can be done about it?|Can you tell me what "
        "to do now?|How do I go about this?|What do you suggest?|How did this happen?|Please "
        "advise."
    ),
    ("missing", "answer"): split(
        "Did you forget it?|What now?|Can you tell me where it is?|Do you know where it is?|Could "
        "you check that?|When will I get it?|Please tell me what happened.|Where is it?|What "
        "happened?|Will it come later?|Does it come in a second parcel?|Can you tell me why?|Is "
        "it still on its way?|What should I do now?"
    ),
    ("wrong item", "answer"): split(
        "What now?|Shall I keep it?|What happens next?|Please tell me what to do.|Where should I "
        "send the wrong one?|Can you explain that?|What should I do with it?|How could that "
        "happen?|Do I have to send it back?|What do I do now?|Can you tell me what went wrong?|"
        "How do we sort this out?"
    ),
    ("payment", "answer"): split(
        "What is the reason?|Could you explain why?|How can that be?|Where does the difference "
        "come from?|Please tell me why.|I would like to know why.|What is this about?|Did I do "
        "something wrong?|Why is that?|Can you explain this?|How did this happen?|What went "
        "wrong?|Please explain.|Could you check this and tell me?|Is this a mistake?"
    ),
    ("return", "answer"): split(
        "How do I do that?|Is that possible?|Where do I send it?|Who pays for postage?|What do I "
        "have to do?|Can you send me the instructions?|Please tell me how.|how does it work"
    ),
}
URGENT = split(
    "I need it before {day}.|I have to have it on {day}.|I need it urgently.|This is very urgent!|"
    "Time is running out.|It has to be done by {day} at the latest.|On {day} it will be too late.|"
    "Please reply today.|I have an exam on {day}!|We travel on {day} and I want to take it with "
    "me.|It's a gift for {day}.|It's for a birthday on {day}.|My lecture is on {day}.|Without "
    "delay, please.|Do it fast, please.|Can you do it quickly?|I need this today.|I must have it "
    "tomorrow.|Answer me at once!|The concert is on {day} and I need it there.|Please make it "
    "fast, my {relative} leaves on {day}.|My {relative}'s birthday is on {day}.|It's really "
    "urgent, we marry on {day}.|I cannot wait any longer than {day}.|before {day}, please|It is "
    "urgent.|I need it by {day}.|It's a present for {day}.|Please hurry.|This can't wait.|I need "
    "this settled before {day}.|Please be quick.|The birthday is on {day}!|asap please|I leave on "
    "{day}, so it has to be before that.|It must be here by tomorrow.|urgent!!|My exam is on "
    "{day} and I need it for that.|Please act at once.|I need an answer today.|My course begins "
    "on {day}, so I have to have it by then.|As soon as possible, please.|It's for my {relative} "
    "{friend}'s party on {day}, so time is short.|Quickly, please!|Please do it immediately.|I "
    "have to know by {day}.|The wedding is this {day}.|The book club meets on {day} and I cannot "
    "come without it.|Please treat this with priority."
)
# What every mail may hold and no field of the record is about.
ASIDES = split(
    "You may ring me on {phone}.|My {relative} {friend} says hello.|{friend} from next door took "
    "the parcel in.|On {date} I talked to {friend} on the phone.|It's for my {relative}, who "
    "loves to read.|My birthday was on {date}.|I read the sample of {other} on your site.|My last "
    "book from you was {other}.|The delivery man's name was {friend}.|I already have {other} on "
    "my shelf.|I told {friend} about it.|The box weighed {number} grams.|Parcel number "
    "{tracking}.|My account is {number}.|Take all the time you need.|It's not pressing.|The card "
    "was charged {amount}.|The parcel with {other} came on {date}.|My bill number is {number}.|My "
    "phone number is {phone}.|You can call me at {phone}.|Tracking number: {tracking}.|I spoke to "
    "your colleague {friend} about it.|My customer number is {number}.|I have been a customer "
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
    "I had taken a day off for it.|I sat down with a biscuit and opened the mail.|Where do I "
    "begin.|To be honest, I hesitated to write.|You will laugh.|I am seventy-two and have bought "
    "books all my life.|It's been a long day.|The cat sat on the parcel, of course.|I tell "
    "everybody about your shop.|My {relative} is the patient one in our family.|It was a Sunday "
    "and the sun was shining.|My train was late, too.|I don't want to bother you.|Life is full of "
    "surprises.|I was at work when the bell rang.|We have just come back from the mountains.|So, "
    "to the point.|That is all from me.|Sorry for the long mail.|I hope you are well.|I've been "
    "reading your newsletter for years.|What a week it has been here.|My dog barked at the "
    "postman, as always.|I am not someone who writes such mails, you know.|It has been raining "
    "here for days.|The children are on holiday and the house is full.|I had a cup of tea and "
    "thought I would write to you.|You know how it is.|I love reading.|My {relative} says I "
    "should write to you, so here I am.|Books are all I have in the evenings.|I waited a few days "
    "before I wrote this.|Well, these things happen.|I'm not good with computers.|We moved to a "
    "new flat last month and everything is in boxes.|First of all, hello to everyone.|I was so "
    "looking forward to a quiet weekend.|I had a good laugh about it, in a way."
)
ANGRY = split(
    "I can't believe it.|This is a joke.|Not again!|I'm fed up.|What on earth are you doing "
    "there?|Never again.|You can't be serious.|Pathetic.|I have written to you three times!|I "
    "have never seen anything like it.|How dare you!|Nobody answers the phone!|What a mess.|I "
    "have lost all patience.|I am very disappointed.|This is unacceptable!|I am furious.|What a "
    "disgrace!|Unbelievable.|How hard can it be?!|I am really annoyed.|Worst shop ever!!|You "
    "should be ashamed.|I will never buy from you again!|This is the second time!|Is anybody even "
    "reading this?|ENOUGH!|I've had it with you.|Do you even care?|What kind of service is that?|"
    "I'm so angry.|That's a scandal!|Seriously?!"
)
POLITE = split(
    "I would be grateful for your help.|Thank you in advance.|I look forward to your reply.|Thank "
    "you for your time.|I appreciate your assistance.|Many thanks for your trouble."
)

ORDER_NOTES = split(
    "It has the number {order}.|Order nr {order}|The order in question is {order}.|ord. {order}|"
    "My order ref is {order}.|This is order {order}.|I mean order {order}.|order: {order}|It is "
    "order number {order}.|You'll find it under {order}.|That was order {order}.|My order number "
    "is {order}.|Order number: {order}.|Order {order}.|The order is {order}.|order no. {order}|"
    "Order #{order}.|It's order {order}.|The number of my order is {order}.|This is about order "
    "{order}.|I refer to order {order}.|Ref. {order}|My order: {order}|#{order}|Order ID {order}.|"
    "The order has the number {order}.|The reference is {order}.|No. {order}.|It was order no. "
    "{order}.|Order reference: {order}."
)
ORDER_ASIDES = split(
    ", order no. {order}| (order number {order})| (ref. {order})| under order {order}| in order "
    "{order}| from order {order}| [{order}]| (my order: {order})| (order {order})| (order no. "
    "{order})|, order {order}| (#{order})| ({order})"
)
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
CHAT_INTRODUCTIONS = split(
    "{name} here|this is {name}|it's {name}|my name is {name}|i'm {name}|I am {name}|name's "
    "{name}|{name} again|{name} speaking"
)
CHAT_SIGNATURES = split(
    "- {name}|-{name}|thx, {name}|thanks {name}|{name}|{name}|~{name}|cheers {name}|bye {name}|"
    "signed, {name}|sincerely {name}|xx {name}|yours {name}|love, {name}|best, {name}|-- {name}|"
    "greetings from {name}|Regards, {name}|this is {name} by the way"
)
# Notes of a few words.
NOTES = {
    "damaged": split(
        "{book}, pages torn|damaged: {book}|{book} arrived broken|{book} wet|{book} has a ripped "
        "cover|{book} damaged|{book} torn|cover of {book} ripped|{book} came broken|pages loose "
        "in {book}"
    ),
    "late": split(
        "{book}, ordered on {date}, not here|no parcel yet|{book} overdue|no sign of {book}|my "
        "order is late|{book} never came|{book} not here yet|still no {book}|{book} late|waiting "
        "for {book}|order not here|parcel not arrived|nothing came so far"
    ),
    "missing": split(
        "no {book} in my parcel|{book} was not with the rest|missing: {book}|one book missing in "
        "the box|parcel incomplete|{book} not in the box|{book} missing from parcel|parcel came "
        "without {book}|one book missing: {book}|got the parcel but no {book} in it"
    ),
    "wrong item": split(
        "received {other}, ordered {book}|wrong title, should be {book}|{other} in the box but "
        "bought {book}|you sent me the wrong book|wrong: {other}. right: {book}|wrong book, "
        "ordered {book}|got {other} instead of {book}|{book} ordered, {other} came|not the book i "
        "ordered|wrong item sent"
    ),
    "payment": split(
        "paid twice for {book}|two charges for {book}|overcharged|{amount} too much on my card|"
        "you charged me twice|charged twice|charged two times for {book}|double payment for "
        "{book}|bill for {book} too high|wrong amount on invoice|discount missing"
    ),
    "return": split(
        "return of {book}|{book}: return|i want to give {book} back|returning my order|sending my "
        "order back unopened|returning {book}|want to return {book}|don't want {book} any more|"
        "sending {book} back|bought {book} by mistake, want to return it"
    ),
    "question": split(
        "any {book} left?|is there an ebook of {book}|how much is {book}|do you ship to peru|how "
        "long is delivery|{book} signed?|who wrote {book}|{book} in stock?|got {book}?|price of "
        "{book}?|{book} as ebook?|when is {book} out|shipping to spain?|{book} in french?|gift "
        "cards?|do you have {book}|paperback of {book}?"
    ),
    "praise": split(
        "thanks for {book}, it's brilliant|great service|quick delivery, thank you|{book} = best "
        "book ever|very happy with everything|love {book}|{book} is great|perfect, thanks|great "
        "shop!|{book} arrived, thank you"
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
