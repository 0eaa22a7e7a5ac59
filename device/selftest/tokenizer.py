"""Byte-level BPE: learns the merges and encodes exactly as llama.cpp does with `tokenizer.ggml.pre = qwen2`.

Separate because training and engine must cut text alike; a different cut would be a different model.
"""

from collections import Counter, defaultdict

import regex

SPLIT = regex.compile(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
MARKS = ["<tools>", "</tools>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>"]
SPECIAL = CONTROL + MARKS


def byte_letters():
    """GPT-2's map of the 256 bytes to printable letters, in which a vocabulary is written."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in kept}
    spare = 256
    for byte in range(256):
        if byte not in letters:
            letters[byte] = chr(spare)
            spare += 1
    return letters


LETTERS = byte_letters()


class Tokenizer:
    """`merges` in order of learning; ids are the 256 bytes, then the merges, then the special tokens."""

    def __init__(self, merges):
        self.merges = [tuple(pair) for pair in merges]
        self.tokens = [LETTERS[byte] for byte in range(256)] + [a + b for a, b in self.merges] + SPECIAL
        self.ids = {token: place for place, token in enumerate(self.tokens)}
        self.ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self.cache = {}
        self.special = regex.compile("(" + "|".join(map(regex.escape, SPECIAL)) + ")")

    def encode(self, text):
        """Ids of `text`; special tokens written in it count as such."""
        ids = []
        for part in self.special.split(text):
            if part in SPECIAL:
                ids.append(self.ids[part])
            else:
                for piece in SPLIT.findall(part):
                    ids += self._piece(piece)
        return ids

    def decode(self, ids):
        """Text of `ids`; bytes that are no UTF-8 become U+FFFD."""
        back = {letter: byte for byte, letter in LETTERS.items()}
        data = b""
        for place in ids:
            token = self.tokens[place]
            data += token.encode() if token in SPECIAL else bytes(back[letter] for letter in token)
        return data.decode("utf-8", "replace")

    def _piece(self, piece):
        if piece not in self.cache:
            parts = [LETTERS[byte] for byte in piece.encode("utf-8")]
            while len(parts) > 1:
                rank, place = min((self.ranks.get(pair, 1 << 30), i) for i, pair in enumerate(zip(parts, parts[1:])))
                if rank == 1 << 30:
                    break
                parts[place : place + 2] = [parts[place] + parts[place + 1]]
            self.cache[piece] = [self.ids[part] for part in parts]
        return self.cache[piece]


def learn_merges(texts, vocab_size):
    """Merges for a vocabulary of `vocab_size`, special tokens included. Ties go to the pair that sorts first."""
    special = regex.compile("|".join(map(regex.escape, SPECIAL)))
    counts = Counter(piece for text in texts for part in special.split(text) for piece in SPLIT.findall(part))
    words = [[LETTERS[byte] for byte in piece.encode("utf-8")] for piece in counts]
    weights = list(counts.values())
    pairs, where = Counter(), defaultdict(set)
    for number, word in enumerate(words):
        for pair in zip(word, word[1:]):
            pairs[pair] += weights[number]
            where[pair].add(number)
    merges = []
    while len(merges) < vocab_size - 256 - len(SPECIAL):
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for number in sorted(where[best]):
            word = words[number]
            for pair in zip(word, word[1:]):
                pairs[pair] -= weights[number]
                where[pair].discard(number)
            place = 0
            while place < len(word) - 1:
                if (word[place], word[place + 1]) == best:
                    word[place : place + 2] = [word[place] + word[place + 1]]
                place += 1
            for pair in zip(word, word[1:]):
                pairs[pair] += weights[number]
                where[pair].add(number)
        pairs.pop(best, None)
    return merges
