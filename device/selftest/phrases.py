"""Reads the fact files and expands their phrase patterns.

Separate from the corpus so that a fact is added by writing text, never code. Format of facts/*.txt:
  [key]           starts a fact
  A: answer       the only answer; short, and true of the product
  T: a | b        terms that get the general "what is a" questions
  Q: pattern      question pattern: {x|y|} are alternatives, $name is a macro
  H: question     held out: measured, never trained on
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

FACTS_FOLDER = Path(__file__).parent / "facts"

MACROS = {
    "howdo": "{how do I|how do I|how can I|how can I|how to|how do you|how would I|how should I|what must I do to|"
    "what do I do to|I want to|tell me how to|can you tell me how to|please explain how to|is there a way to}",
}

TERM_FORMS = [
    "what is %s", "what is %s", "what's %s", "whats %s", "what does %s mean", "what do you mean by %s", "explain %s",
    "tell me about %s", "%s", "%s", "%s", "define %s", "can you explain %s", "what is meant by %s", "I do not understand %s",
    "describe %s", "please tell me what %s is", "what are %s", "what exactly is %s", "explain %s to me",
    "what can you tell me about %s", "I would like to know about %s", "what about %s", "do you know %s",
    "give me an explanation of %s", "so what is %s", "could you explain what %s is",
]


@dataclass
class Fact:
    """One thing the model knows: `answer`, the ways to ask for it, and the ways kept back for measuring."""

    key: str
    group: str
    answer: str = ""
    patterns: list = field(default_factory=list)
    terms: list = field(default_factory=list)
    held: list = field(default_factory=list)

    def question(self, rng):
        """One question, drawn from the patterns and the general forms; several terms make the latter likelier."""
        if self.terms and rng.random() < (0.3 if self.patterns else 1.0):
            return rng.choice(TERM_FORMS) % rng.choice(self.terms)
        return expand(rng.choice(self.patterns), rng)


def expand(pattern, rng):
    """One string out of `pattern`; alternatives do not nest."""
    text = re.sub(r"\$(\w+)", lambda found: MACROS[found[1]], pattern)
    text = re.sub(r"\{([^{}]*)\}", lambda found: rng.choice(found[1].split("|")), text)
    return re.sub(r"\s+", " ", text).strip()


def read_facts(folder=FACTS_FOLDER):
    """All facts in file order. Throws ValueError on a line of another kind and on a fact that cannot be asked."""
    facts = []
    for path in sorted(folder.glob("*.txt")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not line or line.startswith("#"):
                continue
            if line.startswith("["):
                facts.append(Fact(key=line.strip("[]"), group=path.stem))
                continue
            kind, _, text = line.partition(": ")
            if kind == "A":
                facts[-1].answer = text
            elif kind == "Q":
                facts[-1].patterns.append(text)
            elif kind == "T":
                facts[-1].terms += [term.strip() for term in text.split("|")]
            elif kind == "H":
                facts[-1].held.append(text)
            else:
                raise ValueError(f"{path.name}:{number}: unknown kind of line {kind!r}")
    for fact in facts:
        if not fact.answer or not (fact.patterns or fact.terms):
            raise ValueError(f"fact {fact.key} has no answer or no question")
    return facts


LEAD_INS = ["please", "hi,", "hello,", "sorry,", "quick question:", "hey,", "question:", "ok,", "so", "and", "but", "excuse me,",
            "I have a question:", "now"]


def as_written_by_people(text, rng, slips=False):
    """`text` with the capitals, punctuation and lead-ins that people use, and `slips` of the finger where no word is copied."""
    if rng.random() < 0.1 and len(text) > 12:
        text = f"{rng.choice(LEAD_INS)} {text}"
    elif rng.random() < 0.04 and len(text) > 12:
        text = f"{text} please"
    shape = rng.random()
    if shape < 0.5:
        text = text[0].upper() + text[1:]
    elif shape < 0.72:
        text = text.lower()
    elif shape < 0.74:
        text = text.upper()
    ending = rng.random()
    if ending < 0.55:
        text += "?"
    elif ending < 0.62:
        text += "."
    elif ending < 0.64:
        text += rng.choice([" ?", "!", "??", "..."])
    if slips and rng.random() < 0.1:
        text = in_few_words(text, rng)
    if slips and rng.random() < 0.06 and len(text) > 10:
        text = one_slip(text, rng)
    return text.replace("'", "’") if rng.random() < 0.02 else text


SMALL_WORDS = frozenset("a an the do does i is are can it of to in on for my this please me what how be will".split())


def in_few_words(text, rng):
    """`text` as typed into a search box: most of its small words left out, if two others remain."""
    words = [word for word in text.split() if word.lower() not in SMALL_WORDS or rng.random() < 0.3]
    return " ".join(words) if len(words) >= 2 else text


def one_slip(text, rng):
    """`text` with one letter dropped, doubled or swapped with its neighbour."""
    place = rng.randrange(1, len(text) - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place] + text[place:]
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
