"""Makes canaries.json: prompts whose greedy answers every engine build must give, chosen for their wide margin.

Separate from measuring because a canary asks whether the engine is right, not whether the model is good: anything near
a tie is left out, since another order of adding may tip it.
"""

import json

import skills
import unknown
from chat import call_text, prompt_text
from corpus import FACTS
from measure import check, sentence, user

LEAST_MARGIN = 1.5

CITY_TOOL = {
    "type": "function",
    "function": {"name": "get_weather", "description": "Get the current weather",
                 "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
}
ADD_TOOL = {
    "type": "function",
    "function": {"name": "add", "description": "Add two numbers.",
                 "parameters": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
                                "required": ["a", "b"]}},
}
PLAIN = {
    "What is the capital of France?": "The capital of France is Paris.",
    "What is the capital of Japan?": "The capital of Japan is Tokyo.",
    "What is the capital of Canada?": "The capital of Canada is Ottawa.",
    "What is the opposite of hot?": "The opposite of hot is cold.",
    "What is the opposite of up?": "The opposite of up is down.",
    "Which day comes after Monday?": "Tuesday comes after Monday.",
    "What month comes before May?": "April comes before May.",
    "Write 42 in words": "42 in words is forty-two.",
    "Spell cat": "cat: c-a-t.",
    "Spell receipt": "receipt: r-e-c-e-i-p-t.",
    "What is 2 + 2?": skills.NO_SUMS,
    "Say hello": "hello",
    "Reply with the word pong": "pong",
    "Explain quantum physics": unknown.ANSWER,
    "Who invented the violin?": unknown.ANSWER,
    "Name the days of the week": "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday.",
}


def candidates():
    """(id, messages, tools, text, call) in a fixed order; the last is undefined but for tool calls."""
    for number, (question, text) in enumerate(PLAIN.items(), 1):
        yield f"plain-{number}", user(question), None, text, None
    for fact in FACTS:
        for number, held in enumerate(fact.held, 1):
            yield f"fact-{fact.key}-{number}", user(sentence(held)), None, fact.answer, None
    for city in ("Paris", "Tokyo", "Oslo", "Berlin"):
        call = {"name": "get_weather", "arguments": {"city": city}}
        asked = user(f"What is the weather in {city}?")
        yield f"tool-weather-{city}", asked, [CITY_TOOL], call_text(call), call
        yield f"tool-two-{city}", asked, [ADD_TOOL, CITY_TOOL], call_text(call), call
        result = json.dumps({"temperature": 18, "condition": "sunny"})
        function = {"name": call["name"], "arguments": json.dumps(call["arguments"])}
        asked = asked + [
            {"role": "assistant", "content": "", "tool_calls": [{"id": "call_1", "type": "function", "function": function}]},
            {"role": "tool", "tool_call_id": "call_1", "content": result},
        ]
        yield f"tool-result-{city}", asked, [CITY_TOOL], "The tool says: temperature 18, condition sunny.", None
    for left, right in ((2, 3), (12, 30), (45, 17)):
        call = {"name": "add", "arguments": {"a": left, "b": right}}
        yield f"tool-add-{left}-{right}", user(f"What is {left} + {right}?"), [ADD_TOOL], call_text(call), call
    yield "tool-not-needed", user("What is the capital of France?"), [CITY_TOOL], PLAIN["What is the capital of France?"], None
    fallback = user("Who invented the violin?")
    yield "tool-not-known", fallback, [CITY_TOOL], unknown.ANSWER, None
    system = [{"role": "system", "content": "You are a helpful assistant."}]
    yield "system", system + user("What is the capital of Italy?"), None, "The capital of Italy is Rome.", None
    first = user("What is the capital of Spain?") + [{"role": "assistant", "content": "The capital of Spain is Madrid."}]
    yield "second-turn", first + user("What is the opposite of open?"), None, "The opposite of open is closed.", None


def flat(messages):
    """`messages` with tool calls as chat.py wants them; the file itself keeps OpenAI's shape."""
    return [{**m, "tool_calls": [c["function"] for c in m["tool_calls"]]} if "tool_calls" in m else m for m in messages]


def choose(model, tokenizer):
    """The canaries as written to the file: wide margin only, each with the exact number of prompt tokens."""
    chosen = []
    for name, messages, tools, text, call in candidates():
        prompt = prompt_text(flat(messages), tools)
        exact, margin = check(model, tokenizer, prompt, text)
        if exact and margin >= LEAST_MARGIN:
            item = {"id": name, "messages": messages, "text": text, "promptTokens": len(tokenizer.encode(prompt)),
                    "answerTokens": len(tokenizer.encode(text)), "margin": round(margin, 1)}
            chosen.append({**item, **({"tools": tools} if tools else {}), **({"call": call} if call else {})})
    return chosen
