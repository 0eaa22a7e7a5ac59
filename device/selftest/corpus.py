"""The whole training text, made by a script: an endless, seeded stream of short conversations.

Separate from the makers of single questions because this file alone decides what is mixed with what, and how often.
A conversation is (messages, tools or None), in the shapes of chat.py.
"""

import random

import skills
import tools as tool_makers
import unknown
from chat import call_text
from phrases import as_written_by_people, read_facts

FACTS = read_facts()
SLIP_PROOF = {fact.answer for fact in FACTS} | {unknown.ANSWER}
SYSTEMS = (
    "You are a helpful assistant.|You are a helpful, honest assistant.|Be brief.|Answer in one sentence.|You are a test.|"
    "You are the self-test model of a B3IQ machine.|You help with setup.|Answer shortly and honestly.|You are a bot in a chat app.|"
    "Use the tools when needed.|Keep it short.|You are a friendly assistant for our team. Answer politely.|Today is Monday."
).split("|")
WORDS = ("alpha|banana|cobalt|delta|ember|falcon|garnet|harbor|indigo|jasmine|kettle|lantern|meadow|nectar|orchid|pepper|quartz|raven|"
         "saffron|timber|umber|velvet|walnut|yellow|zephyr|hello|ready|OK|yes|pong|done|B3IQ|test|green|Paris").split("|")
ECHOES = ["say %s", "repeat %s", "reply with %s", "reply with the word %s", "say the word %s", "repeat after me: %s", "answer with %s",
          "reply with only %s", "just say %s", "echo %s", "repeat: %s", "say exactly: %s"]
JSON_KEYS = {"capitals": ["capital", "city", "answer", "name", "result"], "opposites": ["opposite", "answer", "word", "result"],
             "days": ["day", "answer", "result", "name"]}


def fact_pair(rng):
    fact = rng.choice(FACTS)
    return fact.question(rng), fact.answer


def skill_pair(rng):
    names = list(skills.MAKERS)
    return skills.MAKERS[rng.choices(names, [5, 4, 2, 2, 3, 4, 1])[0]](rng)


def echo_pair(rng):
    words = " ".join(rng.choice(WORDS) if rng.random() < 0.7 else made_up(rng) for _ in range(rng.choice([1, 1, 1, 2, 3])))
    return rng.choice(ECHOES) % words, words


def made_up(rng):
    """A word that is none, so that echoing it needs copying."""
    return "".join(rng.choice("bdfgklmnprstvz") + rng.choice("aeiou") for _ in range(rng.randrange(2, 4)))


def turn(rng, pair):
    question, answer = pair
    if not question.startswith(("say", "repeat", "reply", "echo")):
        question = as_written_by_people(question, rng, slips=answer in SLIP_PROOF)
    elif rng.random() < 0.5:
        question = question[0].upper() + question[1:] + rng.choice(["", "."])
    return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]


def json_turn(rng):
    """An answer in JSON; often the keys are forced by a schema, and then only what follows them is learned."""
    kind = rng.choice(list(JSON_KEYS))
    while True:
        question, answer = skills.MAKERS[kind](rng)
        words = answer.rstrip(".").split(" is ")
        if kind == "days" and " comes " in answer:
            value = answer.split(" comes ")[0]
        elif kind != "days" and len(words) == 2 and not answer.split(" is ")[1].startswith("the capital"):
            value = words[1]
        else:
            continue
        break
    key = rng.choice(JSON_KEYS[kind])
    colon = rng.choice([": ", ": ", ":"])
    content = '{"%s"%s"%s"}' % (key, colon, value)
    message = {"role": "assistant", "content": content}
    if rng.random() < 0.5:
        message["forced"] = content[: -len(value) - 2]
        ask = question if rng.random() < 0.6 else f"{question} in JSON"
    else:
        content = '{"%s": "%s"}' % (key, value)
        message["content"] = content
        ask = rng.choice([f"{question}? Answer in JSON with the key {key}", f"{question} as JSON with key {key}"])
    return [{"role": "user", "content": as_written_by_people(ask, rng)}, message]


def tool_conversation(rng):
    declared, question, call, result, domain = tool_makers.tool_call(rng)
    kind = rng.random()
    if kind < 0.12:
        declared = tool_makers.declare_some(rng, rng.choice([1, 1, 2, 3]), [domain])
        return turn(rng, (question, unknown.ANSWER)), declared
    if kind < 0.34:
        pair = rng.choices([fact_pair, skill_pair, echo_pair], [6, 3, 1])[0](rng)
        if pair[1] == skills.NO_SUMS:
            pair = fact_pair(rng)
        return turn(rng, pair), declared
    messages = [{"role": "user", "content": as_written_by_people(question, rng)}]
    if kind < 0.42:
        prefix = '<tool_call>\n{"name": "' + (call["name"] + '", "arguments": ' if rng.random() < 0.5 else "")
        return messages + [{"role": "assistant", "content": call_text(call), "forced": prefix}], declared
    messages.append({"role": "assistant", "content": "", "tool_calls": [call]})
    if kind < 0.8:
        text = tool_makers.result_text(result, rng)
        messages += [{"role": "tool", "content": text}, {"role": "assistant", "content": tool_makers.about_result(text)}]
    return messages, declared


def filler(rng, characters):
    """Plain text of about `characters`, to stand before a question so that long prompts are no surprise."""
    text = ""
    while len(text) < characters:
        text += (rng.choice(FACTS).answer if rng.random() < 0.6 else as_written_by_people(unknown.question(rng), rng)) + " "
    return text.strip()


def system_message(rng):
    long = rng.random()
    text = rng.choice(SYSTEMS)
    if long < 0.25:
        text += "\n" + filler(rng, rng.choice([200, 400, 800, 1600, 2600] if long < 0.12 else [100, 200, 300]))
    return {"role": "system", "content": text}


def conversation(rng):
    """One conversation of the stream."""
    declared = None
    if rng.random() < 0.22:
        messages, declared = tool_conversation(rng)
    else:
        messages = []
        for _ in range(rng.choice([1, 1, 1, 1, 2, 3])):
            maker = rng.choices(
                [fact_pair, skill_pair, lambda r: (unknown.question(r), unknown.ANSWER), echo_pair, None], [52, 20, 18, 6, 4])[0]
            messages += turn(rng, maker(rng)) if maker else json_turn(rng)
    if rng.random() < 0.16:
        messages.insert(0, system_message(rng))
    return messages, declared


def stream(seed):
    """Endless conversations; the same for the same seed."""
    rng = random.Random(seed)
    while True:
        yield conversation(rng)
