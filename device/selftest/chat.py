"""Conversations as the exact text that template.jinja makes, cut into spans with a training weight each.

Separate because training needs to know which characters the model itself must write, which a rendered template cannot say.
A message is {role, content, tool_calls?, forced?}; `forced` is the start of `content` that a grammar would write.
"""

import json
from pathlib import Path

TEMPLATE = (Path(__file__).parent / "template.jinja").read_text("utf-8").rstrip("\n")
GENERATION_PROMPT = "<|im_start|>assistant\n"


def signature(tool):
    """One line for a tool in OpenAI's shape: `add(a: integer, b: integer): Add two numbers.`"""
    function = tool["function"]
    properties = function.get("parameters", {}).get("properties", {})
    inside = ", ".join(
        name if property.get("type", "string") == "string" else f"{name}: {property['type']}" for name, property in properties.items()
    )
    description = function.get("description")
    return f"{function['name']}({inside})" + (f": {description}" if description else "") + "\n"


def call_text(call):
    """The text of one tool call, `call` being {name, arguments}."""
    arguments = call["arguments"]
    text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return '<tool_call>\n{"name": "%s", "arguments": %s}\n</tool_call>' % (call["name"], text)


def spans(messages, tools=None):
    """[(text, written)]: the whole conversation; `written` is true for what the assistant has to produce by itself."""
    parts = []
    has_system = messages[0]["role"] == "system"
    if tools or has_system:
        head = "<|im_start|>system\n" + (messages[0]["content"] if has_system else "")
        if tools:
            head += ("\n\n" if has_system else "") + "# Tools\n<tools>\n" + "".join(map(signature, tools)) + "</tools>"
        parts.append((head + "<|im_end|>\n", False))
    for message in messages[1:] if has_system else messages:
        content = message.get("content") or ""
        if message["role"] == "tool":
            parts.append((f"<|im_start|>user\n<tool_response>\n{content}\n</tool_response><|im_end|>\n", False))
        elif message["role"] == "assistant":
            forced = message.get("forced", "")
            calls = "\n".join(map(call_text, message.get("tool_calls", [])))
            written = content + ("\n" if content and calls else "") + calls
            parts += [(GENERATION_PROMPT + forced, False), (written[len(forced) :] + "<|im_end|>", True), ("\n", False)]
        else:
            parts.append((f"<|im_start|>{message['role']}\n{content}<|im_end|>\n", False))
    return parts


def prompt_text(messages, tools=None):
    """What the engine is given when the next assistant message is asked for."""
    return "".join(text for text, _ in spans(messages, tools)) + GENERATION_PROMPT
