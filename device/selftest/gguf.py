"""Writes the model as GGUF v3: matrices in Q8_0, norms in F32, tokenizer and chat template inside.

Separate and without a library so that the repository owns every byte of its self-test model.
@see https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

import struct

import numpy

from chat import TEMPLATE
from tokenizer import CONTROL, MARKS

ALIGNMENT = 32
UINT32, FLOAT32, BOOL, STRING, ARRAY, INT32 = 4, 6, 7, 8, 9, 5
TYPE_F32, TYPE_Q8_0, FILE_TYPE_MOSTLY_Q8_0 = 0, 8, 7
TOKEN_NORMAL, TOKEN_CONTROL, TOKEN_USER_DEFINED = 1, 3, 4


def quantise(matrix):
    """Q8_0 blocks of `matrix` [rows, columns]: per 32 numbers one float16 scale and 32 signed bytes."""
    blocks = matrix.astype(numpy.float32).reshape(-1, 32)
    scale = (numpy.abs(blocks).max(1) / 127).astype(numpy.float32)
    inverse = numpy.where(scale > 0, 1 / numpy.where(scale > 0, scale, 1), 0)
    numbers = numpy.rint(blocks * inverse[:, None]).astype(numpy.int8)
    return scale.astype(numpy.float16), numbers


def dequantise(matrix):
    """`matrix` as an engine will see it after Q8_0, so that measuring uses the shipped numbers."""
    scale, numbers = quantise(matrix)
    return (scale.astype(numpy.float32)[:, None] * numbers).reshape(matrix.shape)


def tensors(model):
    """(name, array) of every tensor, under llama.cpp's names; the fused matrices of training are cut apart."""
    weights = {name: value.detach().numpy() for name, value in model.named_parameters()}
    yield "token_embd.weight", weights["token_embd.weight"]
    yield "output_norm.weight", weights["output_norm.weight"]
    for number in range(model.shape.layers):
        block = f"blk.{number}"
        for name in ("attn_norm", "ffn_norm", "attn_output", "ffn_down"):
            yield f"{block}.{name}.weight", weights[f"{block}.{name}.weight"]
        for letter, part in zip("qkv", numpy.split(weights[f"{block}.attn_qkv.weight"], 3)):
            yield f"{block}.attn_{letter}.weight", part
        gate, up = numpy.split(weights[f"{block}.ffn_gate_up.weight"], 2)
        yield f"{block}.ffn_gate.weight", gate
        yield f"{block}.ffn_up.weight", up


def metadata(shape, tokenizer):
    """(key, type, value) of the header; an array's type is (ARRAY, element type)."""
    kinds = {**dict.fromkeys(CONTROL, TOKEN_CONTROL), **dict.fromkeys(MARKS, TOKEN_USER_DEFINED)}
    end, pad = tokenizer.ids["<|im_end|>"], tokenizer.ids["<|endoftext|>"]
    return [
        ("general.architecture", STRING, "llama"),
        ("general.type", STRING, "model"),
        ("general.name", STRING, "B3IQ self-test"),
        ("general.basename", STRING, "b3iq-selftest"),
        ("general.description", STRING, "Self-test model of a B3IQ machine. Not an assistant. Made by a script, from no downloaded data."),
        ("general.license", STRING, "other"),
        ("general.license.name", STRING, "same as the repository it is part of"),
        ("general.file_type", UINT32, FILE_TYPE_MOSTLY_Q8_0),
        ("general.quantization_version", UINT32, 2),
        ("general.alignment", UINT32, ALIGNMENT),
        ("llama.vocab_size", UINT32, shape.vocab),
        ("llama.context_length", UINT32, shape.context),
        ("llama.embedding_length", UINT32, shape.dim),
        ("llama.block_count", UINT32, shape.layers),
        ("llama.feed_forward_length", UINT32, shape.hidden),
        ("llama.attention.head_count", UINT32, shape.heads),
        ("llama.attention.head_count_kv", UINT32, shape.heads),
        ("llama.attention.layer_norm_rms_epsilon", FLOAT32, shape.epsilon),
        ("llama.rope.dimension_count", UINT32, shape.dim // shape.heads),
        ("llama.rope.freq_base", FLOAT32, shape.rope_base),
        ("tokenizer.ggml.model", STRING, "gpt2"),
        ("tokenizer.ggml.pre", STRING, "qwen2"),
        ("tokenizer.ggml.tokens", (ARRAY, STRING), tokenizer.tokens),
        ("tokenizer.ggml.token_type", (ARRAY, INT32), [kinds.get(token, TOKEN_NORMAL) for token in tokenizer.tokens]),
        ("tokenizer.ggml.merges", (ARRAY, STRING), [f"{a} {b}" for a, b in tokenizer.merges]),
        ("tokenizer.ggml.bos_token_id", UINT32, pad),
        ("tokenizer.ggml.eos_token_id", UINT32, end),
        ("tokenizer.ggml.padding_token_id", UINT32, pad),
        ("tokenizer.ggml.add_bos_token", BOOL, False),
        ("tokenizer.ggml.add_eos_token", BOOL, False),
        ("tokenizer.chat_template", STRING, TEMPLATE),
    ]


def _value(kind, value):
    if isinstance(kind, tuple):
        return struct.pack("<IQ", kind[1], len(value)) + b"".join(_value(kind[1], item) for item in value)
    if kind == STRING:
        data = value.encode("utf-8")
        return struct.pack("<Q", len(data)) + data
    return struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}[kind], value)


def _padded(data):
    return data + b"\0" * (-len(data) % ALIGNMENT)


def write(path, model, tokenizer):
    """Writes the file at `path`; the same model gives the same bytes."""
    infos, body = b"", b""
    entries = list(tensors(model))
    for name, array in entries:
        if array.ndim == 2:
            scale, numbers = quantise(array)
            data = numpy.concatenate([scale[:, None].view(numpy.int8), numbers], 1).tobytes()
        else:
            data = array.astype("<f4").tobytes()
        infos += _value(STRING, name) + struct.pack(f"<I{array.ndim}Q", array.ndim, *array.shape[::-1])
        infos += struct.pack("<IQ", TYPE_Q8_0 if array.ndim == 2 else TYPE_F32, len(body))
        body += _padded(data)
    header = metadata(model.shape, tokenizer)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(entries), len(header))
    for key, kind, value in header:
        head += _value(STRING, key) + struct.pack("<I", kind[0] if isinstance(kind, tuple) else kind) + _value(kind, value)
    path.write_bytes(_padded(head + infos) + body)
