"""The functions of the training conversations, and how users ask for them.

An entry reads: domain; names; descriptions; arguments; what users say. Alternatives stand between
`|`, the name that the lines use comes first. An argument reads `kind = default; description`, where
the kind is one of `values.py`, `enum a b`, `bool`, `list KIND`, or `whole` for the user's whole
question; a default makes it optional.

A line reads `question => answer`. What stands in `<>` in the question is an argument, `{unit=inch}`
gives one that is said in other words, and what the answer has beyond that is the function's result.
"""
# ruff: noqa: E501  # a question and its answer stay in one line

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Function:
    """A function and how users ask for it.

    Attributes:
        domain: What it is about; a function of another domain cannot answer its questions.
        names: Names it may have.
        says: Descriptions it may have.
        asks: Questions and the answers that follow from the function's result.
        arguments: Its arguments: their names, and of what kind they are.
    """

    domain: str
    names: str
    says: str
    asks: str
    arguments: dict[str, str] = field(default_factory=dict)


FUNCTIONS = (
    Function(
        "weather",
        "get_weather|current_weather|weather_in|weatherNow",
        "Tell the current weather of a place|Current weather of a city|Get the weather",
        """
        What is the weather like in <place>? => It is <weather> in <place>, with <degrees> degrees.
        How warm is it in <place> right now? => It is <degrees> degrees in <place>.
        Tell me how hot <place> is, in Fahrenheit. {unit=fahrenheit} => <place> has <degrees> degrees.
        Do I need an umbrella in <place>? => The weather in <place> is <weather>.
        """,
        {
            "place|city|town|location": "city; Name of the place|The city",
            "unit|units|scale": "enum celsius fahrenheit = celsius; Unit of the temperature",
        },
    ),
    Function(
        "weather",
        "get_forecast|forecast|weather_forecast|daily_forecast",
        "Forecast the weather of the coming days|Weather forecast for a number of days",
        """
        How will the weather be in <place> over the next <days> days? => It will be <weather> in <place>.
        Give me the forecast for <place>, <days> days please. => <place> can expect <weather> weather.
        Will it get cold in <place>? => It will be about <degrees> degrees in <place>.
        """,
        {
            "place|city|where": "city; Where|Place of the forecast",
            "days|number_of_days|n_days": "int 2 14 = 1; How many days",
        },
    ),
    Function(
        "calendar",
        "create_event|add_event|new_event|schedule_meeting|add_to_calendar",
        "Put an event into the calendar|Schedule a meeting|Create a calendar entry",
        """
        Put <title> into my calendar for <date> at <time>. => <title> is in your calendar for <date> at <time>.
        Schedule <title> on <date>, <time>. => I scheduled <title> on <date> at <time>.
        I have <title> on <date> at <time>, please note it down. => I noted <title> for <date>, <time>.
        """,
        {
            "title|summary|subject|event": "occasion; What it is|Title of the event",
            "date|day|on": "date; The day, as YYYY-MM-DD|Date",
            "time|start|at": "time; When it begins|Time of day",
        },
    ),
    Function(
        "calendar",
        "list_events|get_events|events_of_day|agenda|show_calendar",
        "List the events of a day|What the calendar has for a day",
        """
        What do I have on <date>? => On <date> you have <occasion> at <time>.
        Am I busy on <date>? => Yes, there is <occasion> at <time> on <date>.
        Show me my appointments for <date>. => Your appointments are: <occasion> at <time>.
        """,
        {"date|day": "date; The day"},
    ),
    Function(
        "calendar",
        "cancel_event|delete_event|remove_event",
        "Cancel an event|Delete an event from the calendar",
        """
        Cancel <event>. => <event> is cancelled.
        I cannot make it to <event>, take it off my calendar. => I took <event> off your calendar.
        Please delete <event>! => <event> has been deleted.
        """,
        {"event|title|name": "occasion; Which one|The event"},
    ),
    Function(
        "messages",
        "send_message|send_text|text_contact|send_sms|message",
        "Send a message to a person|Send a text message to a contact",
        """
        Tell <to> that <text>. => I told <to> that <text>.
        Send <to> a message: <text> => Your message to <to> has been sent.
        Text <to>: <text> => I sent <to> your text.
        Write to <to> and say <text>. => I wrote to <to>.
        """,
        {
            "to|recipient|contact|person": "person; Who gets it|Name of the contact",
            "text|message|body|content": "remark; What to say|The text",
        },
    ),
    Function(
        "messages",
        "send_email|write_email|send_mail|email",
        "Send an e-mail|Write an e-mail to an address",
        """
        Send an e-mail to <to> about <subject>. => The e-mail about <subject> went to <to>.
        E-mail <to> on the subject of <subject>, it is urgent. {urgent=true} => I sent <to> an urgent e-mail.
        Please write to <to> with the subject <subject>. => I wrote to <to> about <subject>.
        """,
        {
            "to|address|recipient": "email; The address",
            "subject|title|topic": "topic; What it is about|Subject",
            "urgent|important|high_priority": "bool = false; Whether it cannot wait",
        },
    ),
    Function(
        "messages",
        "unread_messages|count_unread|get_unread|check_inbox",
        "Count the unread messages|How many unread messages there are",
        """
        Do I have new messages? => You have <number> new messages.
        How many messages did I not read yet? => There are <number> that you did not read.
        Check my inbox. => Your inbox has <number> unread messages.
        """,
    ),
    Function(
        "contacts",
        "find_contact|get_phone_number|lookup_contact|phone_of",
        "Find the telephone number of a person|Look up a contact's number",
        """
        What is the phone number of <name>? => The number of <name> is <phone>.
        How can I reach <name> by phone? => You can reach <name> at <phone>.
        I need the number of <name>. => It is <phone>.
        """,
        {"name|person|contact|who": "person; Name of the person|Full name"},
    ),
    Function(
        "contacts",
        "call_number|dial|make_call|start_call",
        "Call a telephone number|Start a phone call",
        """
        Call <number>. => I am calling <number>.
        Please dial <number> for me. => Dialling <number>.
        Ring <number>! => I started the call to <number>.
        """,
        {"number|phone|phone_number": "phone; The number to call"},
    ),
    Function(
        "restaurant",
        "book_table|reserve_table|make_reservation|tableReservation",
        "Reserve a table at a restaurant|Book a table",
        """
        Book a table for <people> at <restaurant> at <time>. => Your table for <people> at <restaurant> is booked for <time>.
        Reserve a table at <restaurant>, we are <people> and come at <time>. => <restaurant> expects <people> of you at <time>.
        We want to sit outside at <restaurant>, <people> persons, <time>. {outside=true} => You have a table outside at <restaurant>.
        """,
        {
            "restaurant|place|name": "company; Name of the restaurant",
            "people|guests|party_size|seats": "int 2 12; How many people|Number of guests",
            "time|at|hour": "time; When they come",
            "outside|outdoors|terrace": "bool = false; Whether they sit outside",
        },
    ),
    Function(
        "restaurant",
        "get_menu|todays_menu|menu|show_menu",
        "What is on the menu of a restaurant|The menu",
        """
        What can one eat at <restaurant>? => <restaurant> has <foods>.
        What is on the menu at <restaurant>? => On the menu are <foods>.
        Does <restaurant> have anything good today? => Today <restaurant> serves <foods>.
        """,
        {"restaurant|name|place": "company; The restaurant's name"},
    ),
    Function(
        "flights",
        "search_flights|find_flights|flight_search|get_flights",
        "Find flights between two cities|Search for flights",
        """
        Find flights from <origin> to <destination> on <date>. => Flight <code> goes from <origin> to <destination> at <time>.
        I want to fly to <destination> from <origin> on <date>. => You can take flight <code> at <time>.
        Which planes leave <origin> for <destination> on <date>? => On <date> there is flight <code>.
        When can I fly business class from <origin> to <destination> on <date>? {cabin=business} => At <time>, with <code>.
        """,
        {
            "origin|from_city|departure|start": "city; Where it starts|City of departure",
            "destination|to_city|arrival|to": "city; Where it goes|City of arrival",
            "date|day|on": "date; Day of the flight",
            "cabin|class_|travel_class": "enum economy business first = economy; The class",
        },
    ),
    Function(
        "flights",
        "flight_status|get_flight_status|check_flight|is_flight_on_time",
        "Whether a flight is on time|Status of a flight",
        """
        Is flight <flight> on time? => Flight <flight> is <number> minutes late.
        When does <flight> land? => <flight> lands at <time>.
        What is the status of flight <flight>? => <flight> leaves from gate <number>.
        """,
        {"flight|flight_number|code|number": "code; Number of the flight"},
    ),
    Function(
        "hotels",
        "book_hotel|reserve_room|book_room|hotel_booking",
        "Book a room in a hotel|Reserve a hotel room",
        """
        Book me <nights> nights at <hotel>. => I booked <nights> nights at <hotel> for <price> euros.
        I need a room at <hotel> for <nights> nights with breakfast. {breakfast=true} => <hotel> has a room for <price> euros, with breakfast.
        Reserve <hotel> for <nights> nights, please. => Done: <nights> nights at <hotel>, number <code>.
        We want a suite at <hotel>, <nights> nights. {kind=suite} => Your suite at <hotel> costs <price> euros.
        """,
        {
            "hotel|name|hotel_name": "company; Which hotel",
            "nights|stay|number_of_nights": "int 1 14; How many nights",
            "breakfast|with_breakfast": "bool = false; Whether breakfast is wanted",
            "kind|room_type|room": "enum single double suite = double; Kind of room",
        },
    ),
    Function(
        "hotels",
        "find_hotels|search_hotels|hotels_in|list_hotels",
        "Find hotels in a city|Search hotels by city and price",
        """
        Which hotels are there in <city>? => In <city> there are <companies>.
        Find a hotel in <city> for at most <limit> euros. => <company> in <city> costs <price> euros.
        Where can I sleep in <city> for less than <limit> euros? => You can stay at <company>.
        """,
        {
            "city|place|town|location": "city; The city",
            "limit|max_price|budget|price_limit": "int 40 300 = null; Highest price of a night",
        },
    ),
    Function(
        "cinema",
        "movies_today|now_showing|list_movies|cinema_program",
        "Which movies a cinema shows|Movies of a cinema",
        """
        What is on at <cinema> tonight? => <cinema> shows <titles>.
        Which movies does <cinema> show? => They show <titles>.
        I want to see a film at <cinema>, what is there? => There is <titles>.
        """,
        {"cinema|theater|name": "company; Name of the cinema"},
    ),
    Function(
        "cinema",
        "buy_tickets|book_tickets|get_tickets|ticket_purchase",
        "Buy tickets for a movie|Buy cinema tickets",
        """
        Buy <count> tickets for <movie>. => You have <count> tickets for <movie>, in row <number>.
        I would like <count> seats for <movie>. => Your <count> seats for <movie> cost <price> euros.
        Get us <count> tickets to see <movie>, please. => I bought <count> tickets for <movie>.
        """,
        {
            "movie|film|title": "title; Title of the movie|The film",
            "count|tickets|quantity|seats": "int 1 9; Number of tickets|How many",
        },
    ),
    Function(
        "cinema",
        "rate_movie|review_movie|add_rating",
        "Rate a movie with stars|Give a movie a rating",
        """
        Give <movie> <stars> stars. => You gave <movie> <stars> stars.
        I rate <movie> with <stars> stars. => Your rating of <stars> stars for <movie> is saved.
        I have seen <movie>: <stars> stars from me! => <movie> has <stars> stars from you now.
        """,
        {
            "movie|title|film": "title; Which movie",
            "stars|rating|score": "int 1 5; One to five stars",
        },
    ),
    Function(
        "music",
        "play_song|play|play_music|start_song|playTrack",
        "Play a song|Play music",
        """
        Play <song> by <artist>. => Now playing <song> by <artist>.
        I want to hear <song>. => <song> is playing.
        Put on <song> by <artist>, would you? => <song> by <artist> is on.
        """,
        {
            "song|title|track": "title; Name of the song",
            "artist|singer|by": "person = null; Who sings it",
        },
    ),
    Function(
        "music",
        "set_volume|change_volume|volume",
        "Set the volume of the speaker|Change how loud it is, in percent",
        """
        Set the volume to <level> percent. => The volume is at <level> percent.
        Make it <level> percent loud. => It is <level> percent loud now.
        Turn the sound to <level>. => The sound is at <level>.
        """,
        {"level|percent|volume|value": "int 0 100; From 0 to 100|The volume in percent"},
    ),
    Function(
        "music",
        "stop_music|pause_music|pause|stop_playback",
        "Stop the music|Pause what is playing",
        """
        Stop the music. => The music has stopped.
        Quiet, please, no more music! => I stopped the music.
        Pause it for a moment. => It is paused.
        """,
    ),
    Function(
        "home",
        "switch_light|set_light|light|control_light|turn_light",
        "Switch the light of a room on or off|Control the lights",
        """
        Turn on the light in the <room>. {on=true} => The light in the <room> is on.
        Switch off the light in the <room>. {on=false} => The light in the <room> is off.
        Lights on in the <room>, please. {on=true} => The <room> has light now.
        It is too bright in the <room>, lights off. {on=false} => I switched the light in the <room> off.
        """,
        {
            "room|where|location": "room; The room|Which room",
            "on|state|switched_on": "bool; On or off|Whether the light is on",
        },
    ),
    Function(
        "home",
        "lock_door|set_lock|door_lock",
        "Lock or unlock a door|Control the lock of a door",
        """
        Lock the <door> door. {action=lock} => The <door> door is locked.
        Open the lock of the <door> door. {action=unlock} => The <door> door is unlocked.
        Please unlock the <door> door. {action=unlock} => I unlocked the <door> door.
        Make sure that the <door> door is locked. {action=lock} => I locked the <door> door.
        """,
        {
            "door|which|name": "enum front back garage cellar; Which door",
            "action|command|do": "enum lock unlock; What to do",
        },
    ),
    Function(
        "home",
        "start_vacuum|clean_room|vacuum|robot_clean",
        "Let the robot clean a room|Start the cleaning robot",
        """
        Clean the <room>. => The robot is cleaning the <room>.
        The <room> is dirty, send the robot. => The robot is on its way to the <room>.
        Let the robot clean the <room> thoroughly. {mode=deep} => The robot cleans the <room> thoroughly.
        Can you quickly vacuum the <room>? {mode=quick} => The robot vacuums the <room>.
        """,
        {
            "room|area|where": "room; Which room",
            "mode|program|how": "enum quick normal deep = normal; How thoroughly",
        },
    ),
    Function(
        "home",
        "read_meter|power_usage|energy_today|get_power_usage",
        "How much electricity was used today|Read the power meter",
        """
        How much electricity did we use today? => You used <decimal> kilowatt hours today.
        Read the power meter. => The meter shows <decimal> kilowatt hours.
        Is our power consumption high today? => It is <decimal> kilowatt hours so far.
        """,
    ),
    Function(
        "timers",
        "set_timer|start_timer|timer|countdown",
        "Start a timer|Set a timer in minutes",
        """
        Set a timer for <minutes> minutes. => The timer runs for <minutes> minutes.
        Wake me from my nap in <minutes> minutes. => I will wake you in <minutes> minutes.
        Remind me in <minutes> minutes to look after the <label>. => I will remind you of the <label> in <minutes> minutes.
        Start a <minutes> minute timer for the <label>. => The timer for the <label> runs.
        """,
        {
            "minutes|duration|length|mins": "int 1 90; How many minutes|Length in minutes",
            "label|name|title": "food = null; What it is for",
        },
    ),
    Function(
        "timers",
        "set_alarm|create_alarm|alarm|add_alarm",
        "Set an alarm|Create an alarm for a time of day",
        """
        Wake me at <time>. => I will wake you at <time>.
        Set an alarm for <time> on <day>. => The alarm is set for <time> on <day>.
        I have to get up at <time> on <day>. => Your alarm for <day> rings at <time>.
        """,
        {
            "time|at|hour": "time; Time of day, as HH:MM",
            "day|weekday|date": "weekday = today; The day",
        },
    ),
    Function(
        "timers",
        "current_time|get_time|time_now|clock",
        "Tell the time|What time it is now",
        """
        What time is it? => It is <time>.
        How late is it? => It is <time> now.
        Can you tell me the time? => Yes, it is <time>.
        """,
    ),
    Function(
        "math",
        "add|add_numbers|sum_of|plus",
        "Add two numbers|Sum of two numbers",
        """
        What is <a> plus <b>? => <a> plus <b> is <sum>.
        Add <a> and <b>. => The sum is <sum>.
        How much are <a> and <b> together? => Together they are <sum>.
        """,
        {
            "a|x|first|left": "int 1 999; First number",
            "b|y|second|right": "int 1 999; Second number",
        },
    ),
    Function(
        "math",
        "multiply|multiply_numbers|product|times",
        "Multiply two numbers|Product of two numbers",
        """
        What is <a> times <b>? => <a> times <b> is <number>.
        Multiply <a> by <b>. => The product is <number>.
        How much is <a> multiplied with <b>? => It is <number>.
        """,
        {"a|x|first": "int 2 99; First factor", "b|y|second": "int 2 99; Second factor"},
    ),
    Function(
        "math",
        "rectangle_area|area|area_of_rectangle|compute_area",
        "Area of a rectangle|Compute the area from width and height",
        """
        How large is a room that is <width> meters wide and <height> meters long? => It is <decimal> square meters large.
        What is the area of a rectangle of <width> by <height>? => The area is <decimal>.
        Compute the area: width <width>, height <height>. => The area comes to <decimal>.
        """,
        {"width|w|x": "decimal; Its width", "height|h|y|length": "decimal; Its height"},
    ),
    Function(
        "math",
        "convert_length|convert_units|length_converter",
        "Convert a length to another unit|Convert between units of length",
        """
        How many <to> are <value> <unit>? => <value> <unit> are <decimal> <to>.
        Convert <value> <unit> to <to>. => That is <decimal> <to>.
        I have <value> <unit>, what is that in <to>? => It is <decimal> <to>.
        """,
        {
            "value|amount|number": "decimal; The length",
            "unit|from_unit|source_unit": "enum inches meters feet miles; Its unit",
            "to|to_unit|target_unit": "enum yards kilometers centimeters; The unit wanted",
        },
    ),
    Function(
        "maps",
        "get_distance|distance|distance_between|how_far",
        "Distance between two places|How far it is from one place to another",
        """
        How far is it from <start> to <end>? => It is <number> kilometers from <start> to <end>.
        What is the distance between <start> and <end>? => The distance is <number> kilometers.
        Is it far from <start> to <end>? => It is <number> kilometers.
        """,
        {
            "start|from_place|origin|a": "city; Where it begins",
            "end|to_place|destination|b": "city; Where it ends",
        },
    ),
    Function(
        "maps",
        "plan_route|get_route|directions|route",
        "Plan a route|How to get to a place",
        """
        How do I get to <destination>? => Take the road to <city>; it takes <number> minutes.
        Show me the way to <destination> on foot. {by=foot} => On foot you need <number> minutes to <destination>.
        I want to drive to <destination>. {by=car} => By car it is <number> minutes to <destination>.
        Which way is it to <destination> by train? {by=train} => Take the train by way of <city>.
        """,
        {
            "destination|to|goal|place": "street; Where to go",
            "by|mode|means|transport": "enum foot car train = car; How to travel",
        },
    ),
    Function(
        "maps",
        "find_nearby|nearby|places_nearby|search_places",
        "Find places near an address|Search for places around here",
        """
        Where is the next <what> around <near>? => The next <what> is <company>.
        Find a <what> near <near>. => Near <near> there is <company>.
        Is there a <what> close to <near>? => Yes, <company>, <number> meters away.
        """,
        {
            "what|kind|type|category": "shop; What is looked for",
            "near|address|around|location": "street; The address",
        },
    ),
    Function(
        "stocks",
        "stock_price|get_stock_price|share_price|quote",
        "Price of a share|Current price of a stock",
        """
        What is the share price of <company>? => A share of <company> costs <price>.
        How is <company> doing on the stock market? => <company> is at <price>.
        At what price does <company> trade? => It trades at <price>.
        """,
        {"company|name|firm": "company; Name of the company"},
    ),
    Function(
        "stocks",
        "buy_shares|order_shares|trade|place_order",
        "Buy or sell shares|Trade shares of a company",
        """
        Buy <quantity> shares of <company>. {side=buy} => You bought <quantity> shares of <company>.
        Sell <quantity> of my <company> shares. {side=sell} => I sold <quantity> shares of <company>.
        I want to get rid of <quantity> <company> shares. {side=sell} => Your <quantity> shares of <company> are sold.
        Get me <quantity> shares of <company>, please. {side=buy} => You own <quantity> more shares of <company>.
        """,
        {
            "company|name|stock": "company; The company",
            "quantity|amount|count|shares": "int 1 500; How many shares",
            "side|action|direction": "enum buy sell; Whether to buy or to sell",
        },
    ),
    Function(
        "sports",
        "match_result|get_score|last_score|game_result",
        "Result of a team's last match|Score of the last game",
        """
        How did <team> play? => <team> played <score>.
        What was the score of the last game of <team>? => It was <score>.
        Did <team> win? => The result of <team> was <score>.
        """,
        {"team|club|name": "team; The team"},
    ),
    Function(
        "sports",
        "next_match|next_game|upcoming_match|when_plays",
        "When a team plays next|Next match of a team",
        """
        When does <team> play next? => <team> plays on <date>.
        Who is the next opponent of <team>? => <team> plays against <team2>.
        When is the next game of <team>? => It is on <date> at <time>.
        """,
        {"team|club|name": "team; Name of the team"},
    ),
    Function(
        "taxi",
        "order_taxi|call_taxi|get_cab|book_ride",
        "Order a taxi|Book a ride",
        """
        I need a taxi from <pickup> to <dropoff>. => Your taxi at <pickup> comes in <number> minutes.
        Send a cab to <pickup>, I go to <dropoff>. => A cab comes to <pickup> in <number> minutes.
        Order a taxi for <passengers> people from <pickup> to <dropoff>. => A taxi for <passengers> is on its way to <pickup>.
        """,
        {
            "pickup|start|from_address|origin": "street; Where it picks you up",
            "dropoff|to_address|destination|end": "street; Where it goes",
            "passengers|people|persons": "int 2 7 = 1; How many ride along",
        },
    ),
    Function(
        "doctor",
        "book_appointment|make_appointment|doctor_appointment",
        "Make an appointment with a doctor|Book a doctor's appointment",
        """
        I need an appointment with Dr. <doctor> on <day>. => You see Dr. <doctor> on <day> at <time>.
        Can I see Dr. <doctor> on <day>? My <reason> hurts. => Dr. <doctor> will look at your <reason> on <day> at <time>.
        Make an appointment with Dr. <doctor> for <day> because of my <reason>. => Come on <day> at <time>.
        """,
        {
            "doctor|physician|with_doctor|name": "surname; Family name of the doctor",
            "day|weekday|date": "weekday; The day",
            "reason|body_part|complaint": "body = null; What it is about",
        },
    ),
    Function(
        "doctor",
        "refill_prescription|order_medicine|renew_prescription",
        "Renew a prescription|Order a medicine again",
        """
        I have run out of <medicine>. => <medicine> will be ready at <time>.
        Please renew my prescription for <medicine>. => Your prescription for <medicine> is renewed.
        Order <packs> packs of <medicine>. => <packs> packs of <medicine> are ordered.
        """,
        {
            "medicine|drug|name": "medicine; Name of the medicine",
            "packs|amount|quantity": "int 2 6 = 1; Number of packs",
        },
    ),
    Function(
        "bank",
        "transfer_money|send_money|make_transfer|pay",
        "Transfer money to a person|Send money",
        """
        Transfer <amount> euros to <to>. => <amount> euros went to <to>.
        Send <to> <amount> euros. => I sent <to> <amount> euros.
        I owe <to> <amount> euros for <purpose>, please pay. => I paid <to> <amount> euros for <purpose>.
        Pay <to> <amount> euros for <purpose>. => The payment of <amount> euros to <to> is done.
        """,
        {
            "to|recipient|payee|name": "person; Who gets it",
            "amount|sum|euros|value": "price; How much, in euros",
            "purpose|reason|note|reference": "topic = null; What it is for",
        },
    ),
    Function(
        "bank",
        "get_balance|account_balance|balance|check_balance",
        "Balance of an account|How much money is in an account",
        """
        How much money is in my <account> account? => There are <price> euros in your <account> account.
        What is the balance of the <account> account? => The balance is <price> euros.
        Do I still have money in <account>? => Yes, <price> euros.
        """,
        {"account|name|which": "enum checking savings business; Which account"},
    ),
    Function(
        "bank",
        "block_card|freeze_card|lock_card",
        "Block a bank card|Freeze a card that was lost",
        """
        I lost my card <card>. => Card <card> is blocked.
        Block the card with the number <card>! => I blocked the card <card>.
        Somebody stole card <card>, stop it. => Nobody can use card <card> any more.
        """,
        {"card|card_number|number": "digits; Number of the card"},
    ),
    Function(
        "news",
        "get_news|latest_news|headlines|news_about",
        "Latest news about a topic|Headlines on a topic",
        """
        What is new about <topic>? => There is this news: <headline>.
        Show me <count> headlines about <topic>. => The headlines about <topic>: <headline>.
        Any news on <topic>? => Yes: <headline>.
        """,
        {
            "topic|subject|about|keyword": "topic; What it is about",
            "count|limit|n|max_results": "int 2 10 = 5; How many",
        },
    ),
    Function(
        "fun",
        "tell_joke|random_joke|joke|get_joke",
        "Tell a joke|Get a random joke",
        """
        Tell me a joke. => <headline>
        Make me laugh! => <headline>
        Do you know something funny? => <headline>
        """,
    ),
    Function(
        "words",
        "define_word|define|dictionary|lookup_word|meaning_of",
        "Look a word up in the dictionary|Meaning of a word",
        """
        What does <word> mean? => It means <topic>.
        Define <word>. => <word> is <topic>.
        What is the meaning of the word <word>? => The word <word> means <topic>.
        """,
        {"word|term": "word; The word"},
    ),
    Function(
        "words",
        "find_rhymes|rhymes_with|rhyme",
        "Find words that rhyme|Rhymes of a word",
        """
        What rhymes with <word>? => <words> rhyme with <word>.
        Find rhymes for <word>. => <word> rhymes with <words>.
        I am writing a poem and need rhymes on <word>. => You could take <words>.
        """,
        {"word|to|term": "word; The word to rhyme with"},
    ),
    Function(
        "recipes",
        "find_recipe|search_recipes|recipe_with|suggest_recipe",
        "Find a recipe with some ingredients|Suggest what to cook",
        """
        What can I cook with <ingredients>? => You can cook <title>.
        I have <ingredients>, what is there to make of it? => You could make <title>.
        Give me a vegetarian recipe with <ingredients>. {vegetarian=true} => <title> is vegetarian.
        """,
        {
            "ingredients|items|foods": "list food; What there is",
            "vegetarian|no_meat|veggie": "bool = false; Whether it is without meat",
        },
    ),
    Function(
        "lists",
        "add_items|add_to_list|shopping_list_add|append_items",
        "Add things to the shopping list|Put items on the list",
        """
        Put <items> on the shopping list. => <items> are on the list.
        We need <items>. => I put <items> on your list.
        Add <items> to my list, please. => Your list has <items> now.
        """,
        {"items|things|entries|products": "list food; What to add"},
    ),
    Function(
        "lists",
        "show_list|get_shopping_list|read_list",
        "Show the shopping list|What is on the shopping list",
        """
        What do I have to buy? => You have to buy <foods>.
        What is on my shopping list? => On your list are <foods>.
        Read me the list. => The list has <foods>.
        """,
    ),
    Function(
        "tasks",
        "add_task|create_task|new_todo|add_todo",
        "Create a task|Add something to do",
        """
        Remind me to <task>. => I will remind you to <task>.
        I must <task> by <due>. => Your task to <task> is due on <due>.
        New task: <task>. It is important. {priority=high} => I added the important task to <task>.
        Add a task to <task>, due <due>. => I added it, due on <due>.
        """,
        {
            "task|title|text|what": "chore; What is to do",
            "due|due_date|deadline|by": "date = null; Until when",
            "priority|importance|level": "enum low normal high = normal; How important it is",
        },
    ),
    Function(
        "tasks",
        "complete_task|finish_task|mark_done|close_task",
        "Mark a task as done|Finish a task",
        """
        Task <id> is done. => Task <id> is marked as done.
        I finished number <id>. => Well done, number <id> is off the list.
        Mark task <id> as finished. => Task <id> is finished.
        """,
        {"id|task_id|number": "int 1 400; Number of the task"},
    ),
    Function(
        "orders",
        "get_order|order_status|find_order|check_order|orderStatus",
        "Status of an order|Look an order up by its number",
        """
        Where is my order <order>? => Your order <order> is <status>.
        What happened to order <order>? => Order <order> is <status>.
        Has <order> been sent? => It is <status>, and comes on <date>.
        """,
        {"order|order_id|number|order_number": "code; Number of the order"},
    ),
    Function(
        "orders",
        "cancel_order|stop_order|revoke_order",
        "Cancel an order|Stop an order before it is sent",
        """
        Cancel my order <order>. => Order <order> is cancelled.
        I do not want <order> any more. => I cancelled <order>.
        Please stop order <order>, <reason>. => Order <order> is cancelled, you get <price> euros back.
        """,
        {
            "order|order_id|number": "code; Number of the order",
            "reason|why|comment": "remark = null; Why",
        },
    ),
    Function(
        "products",
        "find_product|search_products|product_search|search_shop",
        "Search the shop's products|Find a product",
        """
        Do you sell a <product>? => Yes, a <product> costs <price> euros.
        I am looking for a <product> in <color>. => We have a <product> in <color> for <price> euros.
        Show me a <product> for less than <limit> euros. => There is a <product> by <company>.
        """,
        {
            "product|query|name|item": "product; What is looked for",
            "color|colour": "color = null; Its color",
            "limit|max_price|price_below": "int 10 400 = null; Highest price",
        },
    ),
    Function(
        "products",
        "product_stock|check_stock|in_stock|availability",
        "How many pieces of a product there are|Check the stock of a product",
        """
        How many pieces of <product> do we have? => We have <number> pieces of <product>.
        Is there still a <product> in stock? => Yes, <number> of them.
        Check the stock of <product> in <city>. => In <city> there are <number> of <product>.
        """,
        {
            "product|item|article": "product; The product",
            "city|branch|store|shop": "city = null; The branch",
        },
    ),
    Function(
        "products",
        "add_to_cart|cart_add|put_in_cart|order_product",
        "Put a product into the cart|Add something to the cart",
        """
        I take <quantity> of the <product>. => <quantity> of the <product> are in your cart.
        Put <quantity> <product> into the cart. => Your cart has <quantity> <product>.
        Order <quantity> <product> for me as a present. {gift=true} => I put <quantity> <product> into the cart, as a present.
        """,
        {
            "product|item|name": "product; What",
            "quantity|count|amount|pieces": "int 1 20; How many",
            "gift|present|is_gift": "bool = false; Whether it is a present",
        },
    ),
    Function(
        "staff",
        "request_leave|request_vacation|book_vacation|take_leave",
        "Ask for days off|Request vacation",
        """
        I want to take vacation from <start> to <end>. => Your vacation from <start> to <end> is requested.
        Please book my leave, <start> until <end>. => I asked for leave from <start> to <end>.
        I am off from <start> till <end>. => Your leave begins on <start>.
        """,
        {
            "start|from_date|begin|first_day": "date; First day",
            "end|to_date|last_day|until": "date; Last day",
        },
    ),
    Function(
        "staff",
        "find_employee|employee_info|get_employee|who_is",
        "What is known about an employee|Find an employee",
        """
        In which department does <name> work? => <name> works in <department>.
        Who is the boss of <name>? => The boss of <name> is <person>.
        In which office do I find <name>? => <name> sits in office <number>.
        """,
        {"name|employee|person": "person; Name of the employee"},
    ),
    Function(
        "support",
        "create_ticket|open_ticket|report_problem|new_ticket",
        "Open a ticket for a problem|Report a problem to the support",
        """
        My <device> does not work. => I opened ticket <code> for your <device>.
        Open a ticket: the <device> is broken, it is urgent. {severity=high} => Ticket <code> is open and urgent.
        The <device> makes strange noises, please report it. => Your ticket for the <device> is <code>.
        Report a small scratch on the <device>. {severity=low} => Reported as <code>.
        """,
        {
            "device|what|machine|object": "device; What does not work",
            "severity|priority|urgency": "enum low medium high = medium; How bad it is",
        },
    ),
    Function(
        "support",
        "system_status|get_status|server_status|health_check",
        "Whether all systems run|Status of the servers",
        """
        Are all systems running? => <number> systems are running.
        Is something down? => The systems are <state>.
        How are the servers? => The servers are <state>.
        """,
    ),
    Function(
        "support",
        "restart_device|reboot|restart|restart_machine",
        "Restart a device|Reboot a machine",
        """
        Restart the <device>. => The <device> is restarting.
        The <device> hangs, please reboot it. => I rebooted the <device>.
        Turn the <device> off and on again. => The <device> has been restarted.
        """,
        {"device|machine|name|target": "device; Which one"},
    ),
    Function(
        "files",
        "delete_file|remove_file|erase_file",
        "Delete a file|Remove a file from the disk",
        """
        Delete <file>. => <file> is deleted.
        I do not need <file> any more. => I removed <file>.
        Get rid of the file <file>. => <file> is gone.
        """,
        {"file|path|filename|name": "file; Name of the file"},
    ),
    Function(
        "files",
        "read_file|open_file|show_file|file_contents",
        "Read a file|Show what is in a file",
        """
        What does <file> say? => It says: <remark>.
        Open <file> for me. => <file> reads: <remark>.
        Show me the first <lines> lines of <file>. => <file> begins with: <remark>.
        """,
        {
            "file|path|filename": "file; Which file",
            "lines|max_lines|head": "int 2 50 = null; How many lines",
        },
    ),
    Function(
        "files",
        "rename_file|move_file|rename",
        "Give a file another name|Rename a file",
        """
        Rename <old> to <new>. => <old> is called <new> now.
        Call <old> from now on <new>. => I renamed it to <new>.
        Move <old> to <new>. => <old> was moved to <new>.
        """,
        {
            "old|source|src|from_path": "file; Its name now",
            "new|target|dst|to_path": "file; The new name",
        },
    ),
    Function(
        "search",
        "search_web|web_search|internet_search|google",
        "Search the web|Find pages on the internet",
        """
        Search the web for <query>. => I found this on <query>: <headline>.
        Look up <query> on the internet. => The internet says: <headline>.
        Find something on the internet about <query>. => There is a page about it: <headline>.
        """,
        {"query|q|terms|search": "topic; What to search for"},
    ),
    Function(
        "garden",
        "water_plants|start_sprinkler|irrigate|water",
        "Water a part of the garden|Start the sprinkler",
        """
        Water the <zone> for <minutes> minutes. => The <zone> gets water for <minutes> minutes.
        The <zone> look dry, give them <minutes> minutes of water. => I water the <zone> for <minutes> minutes.
        Start the sprinkler for the <zone>, <minutes> minutes. => The sprinkler runs for the <zone>.
        """,
        {
            "zone|area|part|bed": "plant; What is to be watered",
            "minutes|duration|time": "int 1 60; How long, in minutes",
        },
    ),
    Function(
        "garden",
        "plant_care|plant_info|care_tips",
        "How to care for a plant|Care tips for a plant",
        """
        How do I care for <plant>? => <plant> need <topic>.
        What do <plant> need? => They need <topic>.
        My <plant> look sad. What can I do? => Try <topic>.
        """,
        {"plant|name|species": "plant; The plant"},
    ),
    Function(
        "car",
        "charge_car|start_charging|charge|charge_to",
        "Charge the car|Charge the battery of the car to a level",
        """
        Charge the car to <percent> percent. => The car is charging to <percent> percent.
        I need <percent> percent in the battery by <time>. => The battery will be at <percent> percent by <time>.
        Load the battery up to <percent> percent. => It is loading to <percent> percent.
        """,
        {
            "percent|level|target|charge": "int 10 100; Level in percent",
            "time|by|until|ready_at": "time = null; When it has to be ready",
        },
    ),
    Function(
        "car",
        "battery_level|car_battery|range_left|get_range",
        "How far the car can still go|Level of the car's battery",
        """
        How far can I still drive? => You can still drive <number> kilometers.
        How full is the car's battery? => The battery is at <number> percent.
        Is the car charged? => It is at <number> percent.
        """,
    ),
    Function(
        "office",
        "print_document|print_file|print|send_to_printer",
        "Print a document|Send a file to the printer",
        """
        Print <file>. => <file> is being printed.
        Print <copies> copies of <file>. => <copies> copies of <file> are coming.
        I need <file> on paper, in color. {color=true} => <file> is being printed in color.
        """,
        {
            "file|document|path": "file; What to print",
            "copies|count|n": "int 2 30 = 1; How many copies",
            "color|in_color|colour": "bool = false; Whether in color",
        },
    ),
    Function(
        "office",
        "book_meeting_room|reserve_meeting_room|room_booking",
        "Reserve a meeting room|Book a room for a meeting",
        """
        Reserve a room for <people> people on <day> at <time>. => Room <number> is yours on <day> at <time>.
        We need a meeting room on <day>, <time>, for <people>. => Take room <number> on <day>.
        Is there a room for <people> persons on <day> at <time>? => Yes, room <number>.
        """,
        {
            "people|persons|capacity|size": "int 2 30; How many people come",
            "day|weekday|date": "weekday; The day",
            "time|start|hour": "time; When it begins",
        },
    ),
)
