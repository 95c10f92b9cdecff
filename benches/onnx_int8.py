"""A Marian checkpoint in ONNX Runtime: exported node by node, quantized dynamically, driven by a loop in Python.

No exporter writes this model with a cache today, so the graphs are written here: an encoder that also computes the keys
and values of the source for every decoder layer, and one decoder step that takes the cache and gives it back longer.
What a search needs is in the graph (arg-max, or log-softmax and top-k over all beams), queries, keys and values are one
product, and between steps the cache stays in the runtime's own memory (`run_with_ort_values`): Python sees token ids
only. Outputs have a fixed number of tokens. Matrices are int8, a scale for each output; the rest is float32.
"""
import json, os, threading

import numpy as np

FIXED = -1e9  # what stands for minus infinity in masks


class Graph:
    """Nodes as they are added; `op` gives the names of their outputs."""
    def __init__(self):
        self.nodes, self.values, self.count = [], [], 0

    def const(self, array):
        from onnx import numpy_helper
        name = f"c{len(self.values)}"
        self.values.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def op(self, kind, *inputs, outputs=None, **attributes):
        from onnx import helper
        self.count += 1
        outputs = outputs or [f"n{self.count}"]
        self.nodes.append(helper.make_node(kind, list(inputs), outputs, **attributes))
        return outputs[0] if len(outputs) == 1 else outputs

    def linear(self, x, weights, biases):
        product = self.op("MatMul", x, self.const(np.concatenate(weights).T))
        return self.op("Add", product, self.const(np.concatenate(biases)))

    def norm(self, x, w, name):
        return self.op("LayerNormalization", x, self.const(w[f"{name}.weight"]), self.const(w[f"{name}.bias"]), epsilon=1e-5)

    def heads(self, x, heads, width):
        """(rows, time, dim) -> (rows, heads, time, width)"""
        split = self.op("Reshape", x, self.const(np.array([0, 0, heads, width])))
        return self.op("Transpose", split, perm=[0, 2, 1, 3])

    def attend(self, q, k_transposed, v, mask, dim, width):
        """Heads of queries over transposed keys and values -> (rows, time, dim)"""
        scaled = self.op("Mul", q, self.const(np.float32(width ** -0.5)))
        scores = self.op("MatMul", scaled, k_transposed)
        if mask:
            scores = self.op("Add", scores, mask)
        mixed = self.op("MatMul", self.op("Softmax", scores, axis=-1), v)
        return self.op("Reshape", self.op("Transpose", mixed, perm=[0, 2, 1, 3]), self.const(np.array([0, 0, dim])))

    def block(self, x, w, layer):
        """Feed-forward, swish, and its norm."""
        wide = self.linear(x, [w[f"{layer}.fc1.weight"]], [w[f"{layer}.fc1.bias"]])
        wide = self.op("Mul", wide, self.op("Sigmoid", wide))
        y = self.linear(wide, [w[f"{layer}.fc2.weight"]], [w[f"{layer}.fc2.bias"]])
        return self.norm(self.op("Add", x, y), w, f"{layer}.final_layer_norm")

    def save(self, path, inputs, outputs):
        import onnx
        from onnx import TensorProto, helper
        from onnxruntime.quantization import QuantType, quantize_dynamic
        kinds = {"f": TensorProto.FLOAT, "i": TensorProto.INT64}
        told = [[helper.make_tensor_value_info(n, kinds[k], s) for n, k, s in side] for side in (inputs, outputs)]
        graph = helper.make_graph(self.nodes, "g", *told, initializer=self.values)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        onnx.save(model, path + ".f32")
        quantize_dynamic(path + ".f32", path, per_channel=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"],
                         extra_options={"MatMulConstBOnly": True})
        os.remove(path + ".f32")


def sinusoids(count, dim):
    angles = np.arange(count)[:, None] / 10000 ** (2 * np.arange(dim // 2)[None] / dim)
    return np.concatenate([np.sin(angles), np.cos(angles)], 1).astype(np.float32)


def parts(w, layer, attention, names):
    return ([w[f"{layer}.{attention}.{n}_proj.weight"] for n in names], [w[f"{layer}.{attention}.{n}_proj.bias"] for n in names])


def export(folder, out):
    """encoder.onnx, greedy.onnx and beams.onnx of a Marian checkpoint with tied embeddings."""
    from safetensors.numpy import load_file
    w = {k: v.astype(np.float32) for k, v in load_file(f"{folder}/model.safetensors").items()}
    c = json.load(open(f"{folder}/config.json"))
    os.makedirs(out, exist_ok=True)
    dim, heads, layers = c["d_model"], c["encoder_attention_heads"], c["decoder_layers"]
    width, places = dim // heads, sinusoids(c["max_position_embeddings"], dim)
    shared = w["model.shared.weight"]
    table = (shared * np.float32(dim ** 0.5)).astype(np.float32)
    cross = [f"{kind}{i}" for i in range(layers) for kind in ("ck", "cv")]
    own = [f"{kind}{i}" for i in range(layers) for kind in ("k", "v")]

    g = Graph()
    x = g.op("Gather", g.const(table), "ids")
    length = g.op("Slice", g.op("Shape", "ids"), g.const(np.array([1])), g.const(np.array([2])))
    x = g.op("Add", x, g.op("Slice", g.const(places), g.const(np.array([0])), length, g.const(np.array([0]))))
    for i in range(c["encoder_layers"]):
        layer = f"model.encoder.layers.{i}"
        qkv = g.linear(x, *parts(w, layer, "self_attn", "qkv"))
        q, k, v = g.op("Split", qkv, outputs=[f"q{i}", f"k{i}", f"v{i}"], axis=-1, num_outputs=3)
        q, k, v = (g.heads(t, heads, width) for t in (q, k, v))
        y = g.attend(q, g.op("Transpose", k, perm=[0, 1, 3, 2]), v, "mask", dim, width)
        y = g.linear(y, *parts(w, layer, "self_attn", ["out"]))
        x = g.block(g.norm(g.op("Add", x, y), w, f"{layer}.self_attn_layer_norm"), w, layer)
    for i in range(layers):
        kv = g.linear(x, *parts(w, f"model.decoder.layers.{i}", "encoder_attn", "kv"))
        k, v = g.op("Split", kv, outputs=[f"mk{i}", f"mv{i}"], axis=-1, num_outputs=2)
        k = g.op("Transpose", g.heads(k, heads, width), perm=[0, 1, 3, 2])
        # Each source as often as it has beams.
        g.op("Gather", k, "rows", outputs=[f"ck{i}"], axis=0)
        g.op("Gather", g.heads(v, heads, width), "rows", outputs=[f"cv{i}"], axis=0)
    said = lambda n: ["r", heads, width, "s"] if n.startswith("ck") else ["r", heads, "s", width]
    g.save(f"{out}/encoder.onnx", [("ids", "i", ["b", "s"]), ("mask", "f", ["b", 1, 1, "s"]), ("rows", "i", ["r"])],
           [(n, "f", said(n)) for n in cross])

    for name in ("greedy", "beams"):
        g = Graph()
        tokens = g.op("Unsqueeze", "token", g.const(np.array([1])))
        x = g.op("Add", g.op("Gather", g.const(table), tokens), g.op("Gather", g.const(places), "place"))
        for i in range(layers):
            layer = f"model.decoder.layers.{i}"
            qkv = g.linear(x, *parts(w, layer, "self_attn", "qkv"))
            q, k, v = g.op("Split", qkv, outputs=[f"sq{i}", f"sk{i}", f"sv{i}"], axis=-1, num_outputs=3)
            q, k, v = (g.heads(t, heads, width) for t in (q, k, v))
            before = [g.op("Gather", f"{n}{i}", "from", axis=0) if name == "beams" else f"{n}{i}" for n in "kv"]
            k = g.op("Concat", before[0], k, outputs=[f"new_k{i}"], axis=2)
            v = g.op("Concat", before[1], v, outputs=[f"new_v{i}"], axis=2)
            y = g.attend(q, g.op("Transpose", k, perm=[0, 1, 3, 2]), v, None, dim, width)
            y = g.linear(y, *parts(w, layer, "self_attn", ["out"]))
            x = g.norm(g.op("Add", x, y), w, f"{layer}.self_attn_layer_norm")
            q = g.heads(g.linear(x, *parts(w, layer, "encoder_attn", "q")), heads, width)
            y = g.attend(q, f"ck{i}", f"cv{i}", "mask", dim, width)
            y = g.linear(y, *parts(w, layer, "encoder_attn", ["out"]))
            x = g.block(g.norm(g.op("Add", x, y), w, f"{layer}.encoder_attn_layer_norm"), w, layer)
        bias = w.get("final_logits_bias", np.zeros((1, len(shared)), np.float32))[0].copy()
        bias[[c["eos_token_id"], c["pad_token_id"]]] = -np.inf  # lengths are fixed: no sentence ends by itself
        logits = g.linear(g.op("Squeeze", x, g.const(np.array([1]))), [shared], [bias])
        inputs = [("token", "i", ["r"]), ("place", "i", [1]), ("mask", "f", ["r", 1, 1, "s"])]
        if name == "greedy":
            g.op("ArgMax", logits, outputs=["best"], axis=1, keepdims=0)
            outputs = [("best", "i", ["r"])]
        else:
            total = g.op("Add", g.op("LogSoftmax", logits, axis=1), "score")
            all_beams = g.op("Reshape", total, "shape")
            g.op("TopK", all_beams, "beams", outputs=["value", "best"], axis=1)
            inputs += [("from", "i", ["r"]), ("score", "f", ["r", 1]), ("shape", "i", [2]), ("beams", "i", [1])]
            outputs = [("value", "f", ["b", "k"]), ("best", "i", ["b", "k"])]
        inputs += [(n, "f", said(n)) for n in cross] + [(n, "f", ["r", heads, "t", width]) for n in own]
        g.save(f"{out}/{name}.onnx", inputs, outputs + [(f"new_{n}", "f", ["r", heads, "u", width]) for n in own])
    json.dump(dict(c, cross=cross, own=own), open(f"{out}/config.json", "w"))


class Runtime:
    def __init__(self, folder):
        import onnxruntime as ort
        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.value = ort.OrtValue.ortvalue_from_numpy
        open_ = lambda n: ort.InferenceSession(f"{folder}/{n}.onnx", options, providers=["CPUExecutionProvider"])
        self.encoder, self.greedy, self.beams = open_("encoder"), open_("greedy"), open_("beams")
        self.c = json.load(open(f"{folder}/config.json"))

    def batch(self, sources, beams, tokens):
        """`tokens` ids for each source: the best of `beams` beams, the end token last, as the other engines give them."""
        c, n, v = self.c, len(sources), self.value
        longest, rows, vocabulary = max(map(len, sources)), len(sources) * beams, c["vocab_size"]
        ids = np.full((n, longest), c["pad_token_id"], np.int64)
        for row, source in zip(ids, sources):
            row[:len(source)] = source
        mask = np.where(ids == c["pad_token_id"], FIXED, 0).astype(np.float32)[:, None, None]
        rows_of = np.repeat(np.arange(n), beams)
        found = self.encoder.run_with_ort_values(c["cross"], {"ids": v(ids), "mask": v(mask), "rows": v(rows_of)})
        fixed = dict(zip(c["cross"], found), mask=v(mask[rows_of]))
        heads, width = c["decoder_attention_heads"], c["d_model"] // c["decoder_attention_heads"]
        cache = {name: v(np.zeros((rows, heads, 0, width), np.float32)) for name in c["own"]}
        token = np.full(rows, c["decoder_start_token_id"], np.int64)
        longer = [f"new_{name}" for name in c["own"]]
        kept, score = np.zeros((rows, 0), np.int64), np.full((n, beams), FIXED, np.float32)
        score[:, 0] = 0
        come_from = np.arange(rows)
        if beams > 1:
            fixed.update(shape=v(np.array([n, beams * vocabulary])), beams=v(np.array([beams])))
        for place in range(tokens):
            inputs = {**fixed, **cache, "token": v(token), "place": v(np.array([place]))}
            if beams == 1:
                best, *new = self.greedy.run_with_ort_values(["best"] + longer, inputs)
                token = best.numpy()
            else:
                inputs.update({"from": v(come_from), "score": v(score.reshape(rows, 1))})
                value, best, *new = self.beams.run_with_ort_values(["value", "best"] + longer, inputs)
                score, best = value.numpy(), best.numpy()
                come_from = (best // vocabulary + np.arange(n)[:, None] * beams).reshape(rows)
                token, kept = (best % vocabulary).reshape(rows), kept[come_from]
            cache = dict(zip(c["own"], new))
            kept = np.concatenate([kept, token[:, None]], 1)
        return [row[:tokens - 1].tolist() + [c["eos_token_id"]] for row in kept.reshape(n, beams, -1)[:, 0]]

    def run(self, sources, beams, batch, tokens, threads):
        """Batches in turns over threads, each with a loop of its own; the sessions are shared."""
        starts = range(0, len(sources), batch)
        out = {}

        def work(first):
            for i in list(starts)[first::threads]:
                out[i] = self.batch(sources[i:i + batch], beams, tokens)

        if threads == 1:
            work(0)
        else:
            all_ = [threading.Thread(target=work, args=(t,)) for t in range(threads)]
            [t.start() for t in all_]
            [t.join() for t in all_]
        return [ids for i in starts for ids in out[i]]
