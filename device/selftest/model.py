"""The network: llama's architecture at the smallest size that still answers, in plain torch.

Separate and small so that it can be read beside llama.cpp's: RMSNorm, RoPE in adjacent pairs, SwiGLU, tied embeddings.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Shape:
    """Sizes; every row length is a multiple of 32, the block of Q8_0, and heads are 64 wide, which every GPU kernel takes."""

    vocab: int = 1792
    dim: int = 192
    layers: int = 4
    heads: int = 3
    hidden: int = 512
    context: int = 2048
    rope_base: float = 10000.0
    epsilon: float = 1e-5


class Norm(nn.Module):
    def __init__(self, dim, epsilon):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.epsilon = epsilon

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon) * self.weight


class Block(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.heads = shape.heads
        self.attn_norm, self.ffn_norm = Norm(shape.dim, shape.epsilon), Norm(shape.dim, shape.epsilon)
        self.attn_qkv = nn.Linear(shape.dim, 3 * shape.dim, bias=False)
        self.attn_output = nn.Linear(shape.dim, shape.dim, bias=False)
        self.ffn_gate_up = nn.Linear(shape.dim, 2 * shape.hidden, bias=False)
        self.ffn_down = nn.Linear(shape.hidden, shape.dim, bias=False)

    def forward(self, x, cos, sin, mask):
        batch, length, dim = x.shape
        q, k, v = self.attn_qkv(self.attn_norm(x)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = rotate(q, cos, sin) @ rotate(k, cos, sin).transpose(-1, -2) / math.sqrt(dim // self.heads)
        mixed = torch.softmax(scores + mask, -1) @ v
        x = x + self.attn_output(mixed.transpose(1, 2).reshape(batch, length, dim))
        gate, up = self.ffn_gate_up(self.ffn_norm(x)).chunk(2, -1)
        return x + self.ffn_down(F.silu(gate) * up)


def rotate(x, cos, sin):
    """RoPE on adjacent pairs, as GGUF's `llama` expects."""
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), -1).flatten(-2)


class Pebble(nn.Module):
    """The self-test model. `forward(ids)` takes [batch, length] and gives logits [batch, length, vocab]."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocab, shape.dim)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = Norm(shape.dim, shape.epsilon)
        half = shape.dim // shape.heads // 2
        angles = torch.outer(torch.arange(shape.context), shape.rope_base ** (-torch.arange(half) / half))
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                deep = 0.02 / math.sqrt(2 * shape.layers) if name.endswith(("attn_output.weight", "ffn_down.weight")) else 0.02
                nn.init.normal_(weight, std=deep * math.sqrt(1024 / shape.dim))

    def states(self, ids):
        """Final normalised states [batch, length, dim]: apart from the logits, so that training can skip what it does not score."""
        length = ids.shape[1]
        mask = torch.full((length, length), float("-inf")).triu(1)
        x = self.token_embd(ids)
        for block in self.blk:
            x = block(x, self.cos[:length], self.sin[:length], mask)
        return self.output_norm(x)

    def forward(self, ids):
        return F.linear(self.states(ids), self.token_embd.weight)


def answer(model, tokenizer, prompt, limit=120):
    """Greedy answer to `prompt`, up to `limit` tokens or the end mark."""
    ids = tokenizer.encode(prompt)
    start, end = len(ids), tokenizer.ids["<|im_end|>"]
    with torch.no_grad():
        while len(ids) - start < limit:
            ids.append(int(model(torch.tensor([ids]))[0, -1].argmax()))
            if ids[-1] == end:
                return tokenizer.decode(ids[start:-1])
    return tokenizer.decode(ids[start:])
