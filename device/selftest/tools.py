"""Tool conversations: which tool, which argument, and what to say about the result.

Separate because they teach copying, the weakest skill of a model of this size: names and arguments vary widely,
while the way to answer about a result is always the same, so that it works for tools never seen.
"""

import json
from dataclasses import dataclass

from skills import CAPITALS, DAYS

CITIES = list(CAPITALS.values()) + (
    "New York|San Francisco|Chicago|Boston|Seattle|Hamburg|Munich|Cologne|Milan|Venice|Naples|Barcelona|Valencia|Porto|Lyon|Nice|"
    "Geneva|Zurich|Bern|Prague|Krakow|Amsterdam|Rotterdam|Antwerp|Manchester|Liverpool|Oxford|Cambridge|Osaka|Kyoto|Shanghai|Hong Kong|"
    "Singapore|Mumbai|Dubai|Cape Town|Sydney|Melbourne|Toronto|Montreal|Vancouver|Miami|Dallas|Denver|Los Angeles|Philadelphia"
).split("|")
ROOMS = "kitchen|bedroom|living room|bathroom|office|hall|garage|cellar|attic|garden|workshop|lab|dining room|nursery".split("|")
PEOPLE = "Anna|Ben|Clara|David|Emma|Felix|Greta|Hugo|Ida|Jonas|Lena|Max|Nora|Oscar|Paula|Robert|Sara|Tom|Ursula|Victor|Alice|Bob".split("|")
TERMS = "receipt|token|claim|endpoint|engine|model|label|key|hotspot|owner|tensor|router|kernel|socket|cache|merkle tree|hash|nonce".split("|")
ITEMS = "apples|bread|milk|chairs|lamps|pens|paper|bananas|coffee|tea|shoes|books|eggs|candles|batteries|cables|screws|soap".split("|")
SONGS = "jazz|rock|blues|piano|classical|folk|techno|salsa|swing|opera".split("|")
WEATHER = "sunny|cloudy|rainy|windy|foggy|snowy|clear|stormy".split("|")


@dataclass
class Domain:
    """One kind of tool. Names and descriptions vary; `slots` gives (parameter names, values) in order; `asks` use {0}, {1}."""

    names: str
    about: str
    slots: list
    asks: str
    result: object


def _weather(rng, args):
    return {"temperature": rng.randrange(-5, 36), "condition": rng.choice(WEATHER)}


DOMAINS = [
    Domain("get_weather|get_weather|get_current_weather|weather|fetch_weather|weather_lookup",
           "Get the weather of a city.|Get the current weather|Current weather for a city|Weather in a place|Get current temperature for a given location.|",
           [("city|location|place|town", CITIES)],
           "what is the weather in {0}|weather in {0}|how is the weather in {0}|what's the weather like in {0}|is it raining in {0}|"
           "how warm is it in {0}|will it rain in {0} today|do I need a coat in {0}|tell me the weather in {0}|temperature in {0}|"
           "what is the weather like in {0} today|is it cold in {0}|get the weather for {0}", _weather),
    Domain("get_time|get_current_time|time_in|clock|local_time", "Get the time in a city.|Current time of a place|Tell the local time|",
           [("city|location|place|timezone_city", CITIES)],
           "what time is it in {0}|time in {0}|what is the time in {0}|tell me the time in {0}|current time in {0}|how late is it in {0}",
           lambda rng, args: {"time": f"{rng.randrange(24):02d}:{rng.randrange(60):02d}"}),
    Domain("set_light|light|control_light|switch_light|set_lamp", "Switch the light of a room.|Turn a light on or off|Control the lights|",
           [("room|place|area", ROOMS), ("state|mode|value", ["on", "off"])],
           "turn {1} the light in the {0}|switch {1} the {0} light|turn the {0} light {1}|lights {1} in the {0}|please turn {1} the lights in the {0}",
           lambda rng, args: {"ok": True}),
    Domain("lookup|define|search|lookup_term|dictionary|find", "Look up a term.|Search for a word|Find the meaning of a term|",
           [("term|query|word|q", TERMS)],
           "look up {0}|look up the word {0}|search for {0}|find {0}|look up the term {0}|please look up {0}|search {0}",
           lambda rng, args: {"results": rng.randrange(1, 90)}),
    Domain("add|add_numbers|sum|plus|calculate_sum", "Add two numbers.|Sum of two numbers|Adds a and b|",
           [("a|x|left|first", range(1, 100)), ("b|y|right|second", range(1, 100))],
           "what is {0} + {1}|add {0} and {1}|{0} plus {1}|calculate {0} + {1}|sum of {0} and {1}|what is {0} plus {1}|how much is {0} + {1}",
           lambda rng, args: {"sum": args[0] + args[1]}),
    Domain("get_schedule|list_events|calendar|get_calendar|agenda", "List the events of a day.|Read the calendar|Get the schedule|",
           [("day|date|weekday", DAYS)],
           "what is on my calendar on {0}|what do I have on {0}|show my schedule for {0}|events on {0}|am I free on {0}|what happens on {0}",
           lambda rng, args: {"events": rng.randrange(6)}),
    Domain("send_message|message|call_person|send_text|notify", "Send a message to a person.|Notify someone|Contact a person|",
           [("name|person|to|recipient", PEOPLE)],
           "send a message to {0}|message {0}|contact {0}|write to {0}|notify {0}|tell {0} that I am here|please text {0}",
           lambda rng, args: {"status": rng.choice(["sent", "delivered", "queued"])}),
    Domain("get_stock|check_stock|inventory|stock|get_price|price", "Check the stock of an item.|How many are left|Price and stock of an item|",
           [("item|product|article|name", ITEMS)],
           "how many {0} are in stock|do we have {0}|check the stock of {0}|are there {0} left|how many {0} do we have|price of {0}",
           lambda rng, args: {"count": rng.randrange(100), "price": rng.randrange(1, 50)}),
    Domain("set_timer|timer|start_timer|alarm", "Start a timer.|Set a timer in minutes|Countdown|", [("minutes|duration|time", range(1, 61))],
           "set a timer for {0} minutes|timer {0} minutes|start a timer of {0} minutes|wake me in {0} minutes|remind me in {0} minutes",
           lambda rng, args: {"status": rng.choice(["running", "started"])}),
    Domain("play_music|play|music|start_music", "Play music of a kind.|Start music|Play a genre|", [("genre|style|kind|query", SONGS)],
           "play {0}|play some {0}|I want to hear {0}|put on some {0} music|play {0} music", lambda rng, args: {"status": "playing"}),
    Domain("read_sensor|get_temperature|sensor|room_temperature", "Read the temperature of a room.|Read a sensor|Room sensor|",
           [("room|sensor|place|area", ROOMS)],
           "how warm is the {0}|temperature of the {0}|read the {0} sensor|what is the temperature in the {0}|is it warm in the {0}",
           lambda rng, args: {"celsius": rng.randrange(5, 31)}),
    Domain("get_country_info|country|population|country_facts", "Facts about a country.|Population of a country|",
           [("country|name|nation", list(CAPITALS))],
           "how many people live in {0}|population of {0}|tell me the population of {0}|look up the country {0}|facts about {0}",
           lambda rng, args: {"population_million": rng.randrange(1, 200)}),
]
HELD_NAMES = {"get_weather": "check_weather", "get_time": "read_clock", "set_light": "lamp_switch", "lookup": "wiki", "add": "adder",
              "get_schedule": "diary", "send_message": "ping_person", "get_stock": "warehouse", "set_timer": "egg_timer",
              "play_music": "jukebox", "read_sensor": "thermometer", "get_country_info": "atlas"}




def declare(domain, rng, held=False):
    """(tool in OpenAI's shape, parameter names) of one domain, with varied words."""
    base = domain.names.split("|")[0]
    name = HELD_NAMES[base] if held else rng.choice(domain.names.split("|"))
    names = [rng.choice(slot[0].split("|")) for slot in domain.slots]
    if len(set(names)) < len(names):
        names = [slot[0].split("|")[0] for slot in domain.slots]
    properties = {n: {"type": "integer" if isinstance(s[1], range) else "string"} for n, s in zip(names, domain.slots)}
    function = {"name": name, "parameters": {"type": "object", "properties": properties, "required": names}}
    about = rng.choice(domain.about.strip("|").split("|") if held else domain.about.split("|"))
    if about:
        function["description"] = about
    return {"type": "function", "function": function}, names


def declare_some(rng, count, without=()):
    """`count` tools of different domains, none of `without`."""
    return [declare(domain, rng)[0] for domain in rng.sample([d for d in DOMAINS if d not in without], count)]


def tool_call(rng, held=False):
    """(tools, question, {name, arguments}, result, domain) of one conversation in which a tool is needed."""
    domain = rng.choice(DOMAINS[:2]) if rng.random() < 0.25 else rng.choice(DOMAINS)
    tool, names = declare(domain, rng, held)
    values = [rng.choice(slot[1]) for slot in domain.slots]
    question = rng.choice(domain.asks.split("|")).format(*values)
    tools = declare_some(rng, rng.choice([0, 0, 0, 1, 1, 2]), [domain]) + [tool]
    rng.shuffle(tools)
    return tools, question, {"name": tool["function"]["name"], "arguments": dict(zip(names, values))}, domain.result(rng, values), domain


def result_text(result, rng):
    """The result as a tool may send it: JSON in two spacings, or plain words."""
    shape = rng.random()
    if shape < 0.4:
        return json.dumps(result)
    if shape < 0.7:
        return json.dumps(result, separators=(",", ":"))
    return ", ".join(f"{key} {value}" for key, value in result.items()) if shape < 0.85 else " ".join(
        f"{value}" for value in result.values())


def about_result(text):
    """What the model says about a result: its contents in the same order, without JSON's marks."""
    try:
        result = json.loads(text)
    except ValueError:
        result = None
    if isinstance(result, dict):
        text = ", ".join(f"{key} {json.dumps(value) if not isinstance(value, str) else value}" for key, value in result.items())
    return f"The tool says: {text}."
