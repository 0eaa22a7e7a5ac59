"""Trains the network on the corpus: one thread, a fixed number of steps, everything seeded.

Separate from the build so that a change of schedule touches one file. The rate follows the step, never the clock,
so that a slower machine makes the same weights.
"""

import math
import time
from dataclasses import dataclass
from itertools import islice

import torch
from torch.nn import functional as F

from chat import spans
from corpus import stream
from model import Pebble


@dataclass(frozen=True)
class Plan:
    """How long and how fast; `prompt_weight` is small because only answers must be exact."""

    seed: int = 8831
    steps: int = 3000
    batch_tokens: int = 1536
    longest: int = 1100
    pool: int = 512
    warm_steps: int = 60
    rate: float = 3e-3
    decay: float = 0.05
    prompt_weight: float = 0.1


def encode(conversation, tokenizer, plan):
    """(ids, weights): a weight says how much predicting this token counts."""
    ids, weights = [], []
    for text, written in spans(*conversation):
        part = tokenizer.encode(text)
        ids += part
        weights += [1.0 if written else plan.prompt_weight] * len(part)
    return ids, weights


def batches(tokenizer, plan):
    """Endless (ids, weights) tensors of conversations of like length, so that little is padding."""
    conversations = stream(plan.seed)
    shuffle = torch.Generator().manual_seed(plan.seed)
    while True:
        pool = [encode(c, tokenizer, plan) for c in islice(conversations, plan.pool)]
        pool = sorted((c for c in pool if len(c[0]) <= plan.longest), key=lambda c: len(c[0]))
        groups, group = [], []
        for item in pool:
            if group and len(item[0]) * (len(group) + 1) > plan.batch_tokens:
                groups.append(group)
                group = []
            group.append(item)
        groups.append(group)
        for place in torch.randperm(len(groups), generator=shuffle).tolist():
            width = max(len(ids) for ids, _ in groups[place])
            ids = torch.tensor([row + [0] * (width - len(row)) for row, _ in groups[place]])
            yield ids, torch.tensor([row + [0.0] * (width - len(row)) for _, row in groups[place]])


def rate_at(step, plan):
    """Share of the full rate: warm-up, then a straight line down to nothing, so that what is learned last is kept best."""
    return min((step + 1) / plan.warm_steps, (plan.steps - step) / max(plan.steps - plan.warm_steps, 1))


def train(tokenizer, shape, plan, log=print):
    """A trained model. Deterministic for one build of torch and BLAS on one kind of processor."""
    torch.manual_seed(plan.seed)
    torch.use_deterministic_algorithms(True)
    model = Pebble(shape)
    matrices = [p for p in model.parameters() if p.dim() == 2]
    vectors = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": plan.decay}, {"params": vectors, "weight_decay": 0.0}], lr=plan.rate, betas=(0.9, 0.97))
    source, began, seen, mean = batches(tokenizer, plan), time.process_time(), 0, math.log(shape.vocab)
    for step in range(plan.steps):
        for group in optimizer.param_groups:
            group["lr"] = plan.rate * rate_at(step, plan)
        ids, weights = next(source)
        states, weights = model.states(ids[:, :-1]).flatten(0, 1), weights[:, 1:].flatten()
        losses = F.cross_entropy(F.linear(states, model.token_embd.weight), ids[:, 1:].flatten(), reduction="none")
        scored = weights * losses
        model.zero_grad()
        (scored.sum() / weights.sum().clamp(min=plan.batch_tokens / 5)).backward()
        optimizer.step()
        seen += ids.numel()
        written = weights == 1.0
        mean += 0.02 * (float(losses[written].detach().mean()) - mean)
        if (step + 1) % 50 == 0:
            log(f"step {step + 1}/{plan.steps} answer loss {mean:.4f} tokens {seen} seconds {time.process_time() - began:.0f}")
    return model.eval()
