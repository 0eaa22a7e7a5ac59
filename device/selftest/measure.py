"""Measures the trained model on questions it was never trained on, and picks the canaries.

Separate from training so that the numbers in the README come from one place. A greedy answer is exact when, along the
expected text, every expected token is the likeliest; the smallest lead on the way is the margin of that answer.
"""

import random

import torch

import skills
import tools as tool_makers
import unknown
from chat import call_text, prompt_text
from corpus import FACTS, SYSTEMS, filler


def check(model, tokenizer, prompt, expected):
    """(exact, margin): whether greedy decoding gives `expected`, and by how many logits at the closest token."""
    start, answer_ids = tokenizer.encode(prompt), tokenizer.encode(expected + "<|im_end|>")
    ids = torch.tensor([start + answer_ids])
    with torch.no_grad():
        logits = model(ids)[0, len(start) - 1 : -1]
    wanted = ids[0, len(start) :, None]
    own = logits.gather(1, wanted)[:, 0]
    best_other = logits.scatter(1, wanted, float("-inf")).max(1).values
    margin = float((own - best_other).min())
    return margin > 0, margin


def user(text):
    return [{"role": "user", "content": text}]


def sentence(text):
    return text[0].upper() + text[1:] + ("" if text.endswith("?") else "?")


def cases(seed=1):
    """(category, messages, tools, expected) of everything that is measured; all of it held out of training."""
    rng = random.Random(seed)
    for fact in FACTS:
        for held in fact.held:
            yield "facts, new wording", user(sentence(held)), None, fact.answer
            yield "facts, new wording, no capitals or marks", user(held.lower()), None, fact.answer
    for name, maker in skills.MAKERS.items():
        for _ in range(40):
            question, expected = maker(rng, held=True)
            yield f"{name}, new wording", user(sentence(question)), None, expected
    for _ in range(150):
        yield "unknown, new thing and wording", user(sentence(unknown.question(rng, held=True))), None, unknown.ANSWER
    for _ in range(100):
        fact, system = rng.choice(FACTS), rng.choice(SYSTEMS) + "\n" + filler(rng, 2300)
        messages = [{"role": "system", "content": system}] + user(sentence(fact.held[0]))
        yield "facts, new wording, after about 600 tokens", messages, None, fact.answer
    for _ in range(100):
        first, fact = rng.choice(FACTS), rng.choice(FACTS)
        messages = user(sentence(first.held[0])) + [{"role": "assistant", "content": first.answer}] + user(sentence(fact.held[-1]))
        yield "facts, new wording, second turn", messages, None, fact.answer
    for held in (False, True):
        for _ in range(150):
            declared, question, call, result, _ = tool_makers.tool_call(rng, held)
            label = "new tool name" if held else "known tool name"
            asked = user(sentence(question))
            yield f"tool call, {label}", asked, declared, call_text(call)
            text = tool_makers.result_text(result, rng)
            asked = asked + [{"role": "assistant", "content": "", "tool_calls": [call]}, {"role": "tool", "content": text}]
            yield f"tool result, {label}", asked, declared, tool_makers.about_result(text)
    for _ in range(100):
        fact = rng.choice(FACTS)
        yield "facts, new wording, tools present", user(sentence(fact.held[0])), tool_makers.declare_some(rng, 2), fact.answer


def leaked(draws=1500, seed=2):
    """Held-out questions that training can nevertheless draw; must be empty, or the measure would flatter."""
    rng = random.Random(seed)
    return [held for fact in FACTS for held in fact.held
            if held.lower() in {fact.question(rng).lower() for _ in range(draws)}]


def measure(model, tokenizer):
    """({category: [right, all]}, [(prompt, expected)] of the failures)."""
    table, failed = {}, []
    for category, messages, declared, expected in cases():
        prompt = prompt_text(messages, declared)
        exact, _ = check(model, tokenizer, prompt, expected)
        row = table.setdefault(category, [0, 0])
        row[0] += exact
        row[1] += 1
        if not exact:
            failed.append((category, prompt, expected))
    return table, failed
