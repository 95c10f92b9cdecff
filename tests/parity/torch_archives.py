"""Writes tests/parity/pickle/: the tiny m2m_100 checkpoint of tests/parity/families as torch saves it, whole and sharded,
and other tiny checkpoints whose published likeness is a pickle.

    python tests/parity/torch_archives.py

Needs torch and safetensors.
"""
import json, os
import torch
from safetensors.torch import load_file

here = os.path.dirname(os.path.abspath(__file__))
out = os.path.join(here, "pickle")
os.makedirs(out, exist_ok=True)
tensors = load_file(os.path.join(here, "families", "m2m_100", "model.safetensors"))
# As old checkpoints hold them: parameters, an ordered dictionary, one tensor that is a slice of a longer storage.
name = "model.encoder.layers.0.fc1.weight"
long = torch.cat([torch.zeros(3, tensors[name].shape[1], dtype=tensors[name].dtype), tensors[name]])
tensors[name] = long[3:]
state = torch.nn.ParameterDict().state_dict()
for key, value in tensors.items():
    state[key] = torch.nn.Parameter(value, requires_grad=False) if key.endswith("bias") else value
torch.save(state, os.path.join(out, "pytorch_model.bin"))
keys = sorted(state)
shards = {"a.bin": keys[::2], "b.bin": keys[1::2]}
sharded = os.path.join(out, "sharded")
os.makedirs(sharded, exist_ok=True)
for file, names in shards.items():
    torch.save({n: state[n] for n in names}, os.path.join(sharded, file))
index = {"metadata": {}, "weight_map": {n: f for f, names in shards.items() for n in names}}
json.dump(index, open(os.path.join(sharded, "pytorch_model.bin.index.json"), "w"))
torch.save(load_file(os.path.join(here, "learned", "metricx", "model.safetensors")), os.path.join(out, "metricx.bin"))
for name in ("bart", "t5", "mt5"):
    torch.save(load_file(os.path.join(here, "families", name, "model.safetensors")), os.path.join(out, name + ".bin"))
