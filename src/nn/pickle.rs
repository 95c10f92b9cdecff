//! `pytorch_model.bin`: the zip archive of torch since 1.6, whose pickle says where each tensor lies.
//!
//! A pickle is a program. This reads the few instructions that describe tensors and refuses every other: nothing of it
//! is ever run. candle's reader is not used, as it may panic on a hostile file, copies what is repeated, and passes
//! over what it does not know. Values lie in one list and name each other by number: no file makes this recurse.
use crate::{Error, Result};
use safetensors::Dtype;
use std::{collections::HashMap, io::Cursor};

/// One tensor of an archive: its values are `bytes` of the file, row-major.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub name: String,
    pub dtype: Dtype,
    pub shape: Vec<usize>,
    /// First byte in the file and the one after the last.
    pub bytes: (usize, usize),
}

/// Larger pickles are refused: a thousand tensors need 200 kB.
const MOST_PICKLE: usize = 16 << 20;

/// Reads the archive `file`; errors call it `name`.
///
/// # Errors
/// Where it is no such archive, its pickle asks for anything but tensors, or a tensor does not lie in it.
pub fn read(name: &str, file: &[u8]) -> Result<Vec<Stored>> {
    let broken = |e: zip::result::ZipError| {
        Error::new(format!("`{name}` is not a whole torch archive")).caused_by(e.to_string())
    };
    let mut archive = zip::ZipArchive::new(Cursor::new(file)).map_err(broken)?;
    let mut entries: HashMap<String, (usize, usize)> = HashMap::new();
    for i in 0..archive.len() {
        let entry = archive.by_index_raw(i).map_err(broken)?;
        let size = usize::try_from(entry.size()).unwrap_or(usize::MAX);
        if entry.compression() != zip::CompressionMethod::Stored || entry.compressed_size() != entry.size() {
            return Err(Error::new(format!("`{name}` is compressed, which torch never does")));
        }
        let start = entry
            .data_start()
            .and_then(|s| usize::try_from(s).ok())
            .unwrap_or(usize::MAX);
        let end = start.checked_add(size).filter(|&e| e <= file.len());
        let end = end.ok_or_else(|| Error::new(format!("`{name}` is cut short")))?;
        entries.insert(entry.name().map_err(broken)?.to_string(), (start, end));
    }
    let mut pickles = entries.keys().filter(|n| *n == "data.pkl" || n.ends_with("/data.pkl"));
    let (Some(pickle), None) = (pickles.next().cloned(), pickles.next()) else {
        return Err(Error::new(format!("`{name}` holds no `data.pkl`, or several")));
    };
    let (start, end) = entries[&pickle];
    if end - start > MOST_PICKLE {
        return Err(Error::new(format!(
            "the pickle of `{name}` has {} bytes, expected at most {MOST_PICKLE}",
            end - start
        )));
    }
    let folder = pickle.trim_end_matches("data.pkl").to_string() + "data/";
    let unusable = |e: Error| Error::new(format!("the pickle in `{name}` is refused")).caused_by(e);
    let mut found = vec![];
    for (tensor, t) in Machine::default().run(&file[start..end]).map_err(unusable)? {
        let lies = || {
            let (from, to) = *entries.get(&format!("{folder}{}", t.storage.key))?;
            let first = from.checked_add(t.offset.checked_mul(t.storage.width)?)?;
            let count = t.shape.iter().try_fold(1usize, |n, d| n.checked_mul(*d))?;
            let last = first.checked_add(count.checked_mul(t.storage.width)?)?;
            (last <= to).then_some((first, last))
        };
        let bytes = lies().ok_or_else(|| Error::new(format!("tensor `{tensor}` does not lie in `{name}`")))?;
        if !t.is_contiguous() {
            return Err(Error::new(format!(
                "tensor `{tensor}` of `{name}` is not stored row by row"
            )));
        }
        found.push(Stored {
            name: tensor,
            dtype: t.storage.dtype,
            shape: t.shape,
            bytes,
        });
    }
    Ok(found)
}

#[derive(Clone, Debug)]
struct Storage {
    key: String,
    dtype: Dtype,
    /// Bytes of a value.
    width: usize,
}

#[derive(Clone, Debug)]
struct Tensor {
    storage: Storage,
    /// In values.
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<usize>,
}

impl Tensor {
    fn is_contiguous(&self) -> bool {
        let mut expected = 1usize;
        for (&size, &stride) in self.shape.iter().zip(&self.strides).rev() {
            if size > 1 && stride != expected {
                return false;
            }
            expected = expected.saturating_mul(size);
        }
        self.shape.len() == self.strides.len()
    }
}

#[derive(Clone, Debug)]
enum Value {
    /// None, truth values, floats: nothing that a tensor needs.
    Other,
    Int(i64),
    Text(String),
    Global(String),
    Tuple(Vec<usize>),
    List(Vec<usize>),
    Dict(Vec<(usize, usize)>),
    Storage(Storage),
    Tensor(Tensor),
}

/// Callables that describe tensors, and what an ordered dictionary is made by.
const KNOWN: &[&str] = &[
    "collections.OrderedDict",
    "torch.Size",
    "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_tensor_v2",
];

fn storage(global: &str) -> Option<(Dtype, usize)> {
    Some(match global {
        "torch.FloatStorage" => (Dtype::F32, 4),
        "torch.HalfStorage" => (Dtype::F16, 2),
        "torch.BFloat16Storage" => (Dtype::BF16, 2),
        "torch.DoubleStorage" => (Dtype::F64, 8),
        "torch.LongStorage" => (Dtype::I64, 8),
        "torch.IntStorage" => (Dtype::I32, 4),
        "torch.ByteStorage" => (Dtype::U8, 1),
        "torch.BoolStorage" => (Dtype::BOOL, 1),
        _ => return None,
    })
}

/// The stack machine of the pickle format.
#[derive(Default)]
struct Machine {
    values: Vec<Value>,
    /// Numbers of values; none is a mark.
    stack: Vec<Option<usize>>,
    memo: HashMap<u32, usize>,
}

impl Machine {
    /// Runs to the end; -> the tensors of the dictionary that is left.
    fn run(mut self, bytes: &[u8]) -> Result<Vec<(String, Tensor)>> {
        let mut at = Reader(bytes);
        loop {
            let op = at.byte()?;
            match op {
                0x80 => drop(at.take(1)?),                     // PROTO
                0x95 => drop(at.take(8)?),                     // FRAME
                b'(' => self.stack.push(None),                 // MARK
                b'N' | 0x88 | 0x89 => self.push(Value::Other), // NONE, NEWTRUE, NEWFALSE
                b'G' => {
                    at.take(8)?;
                    self.push(Value::Other);
                }
                b'J' => {
                    let n = at.u32()? as i32;
                    self.push(Value::Int(i64::from(n)));
                }
                b'K' => {
                    let n = at.byte()?;
                    self.push(Value::Int(i64::from(n)));
                }
                b'M' => {
                    let b = at.take(2)?;
                    self.push(Value::Int(i64::from(u16::from_le_bytes([b[0], b[1]]))));
                }
                0x8a => {
                    let n = usize::from(at.byte()?);
                    let b = at.take(n)?;
                    let mut whole = [if b.last().is_some_and(|x| x & 0x80 != 0) {
                        0xff
                    } else {
                        0
                    }; 8];
                    let fits = n <= 8;
                    whole[..n.min(8)].copy_from_slice(&b[..n.min(8)]);
                    self.push(if fits {
                        Value::Int(i64::from_le_bytes(whole))
                    } else {
                        Value::Other
                    });
                }
                b'X' | b'T' => {
                    let n = at.u32()? as usize;
                    self.text(at.take(n)?)?;
                }
                0x8c | b'U' => {
                    let n = usize::from(at.byte()?);
                    self.text(at.take(n)?)?;
                }
                b'}' => self.push(Value::Dict(vec![])),
                b']' => self.push(Value::List(vec![])),
                b')' => self.push(Value::Tuple(vec![])),
                b't' => {
                    let all = self.marked()?;
                    self.push(Value::Tuple(all));
                }
                0x85..=0x87 => {
                    let n = usize::from(op - 0x84);
                    let from = self.stack.len().checked_sub(n).ok_or_else(short)?;
                    let all: Option<Vec<usize>> = self.stack.split_off(from).into_iter().collect();
                    self.push(Value::Tuple(all.ok_or_else(short)?));
                }
                b'a' => {
                    let value = self.pop()?;
                    self.append(vec![value])?;
                }
                b'e' => {
                    let all = self.marked()?;
                    self.append(all)?;
                }
                b's' => {
                    let (value, key) = (self.pop()?, self.pop()?);
                    self.set(vec![key, value])?;
                }
                b'u' => {
                    let all = self.marked()?;
                    self.set(all)?;
                }
                b'q' => {
                    let n = u32::from(at.byte()?);
                    self.keep(n)?;
                }
                b'r' => {
                    let n = at.u32()?;
                    self.keep(n)?;
                }
                0x94 => self.keep(self.memo.len() as u32)?, // MEMOIZE
                b'h' => {
                    let n = u32::from(at.byte()?);
                    self.recall(n)?;
                }
                b'j' => {
                    let n = at.u32()?;
                    self.recall(n)?;
                }
                b'0' => drop(self.stack.pop().ok_or_else(short)?), // POP
                b'c' => {
                    let (module, name) = (at.line()?, at.line()?);
                    self.global(format!("{module}.{name}"))?;
                }
                0x93 => {
                    let (name, module) = (self.pop()?, self.pop()?);
                    match (&self.values[module], &self.values[name]) {
                        (Value::Text(module), Value::Text(name)) => self.global(format!("{module}.{name}"))?,
                        _ => return Err(short()),
                    }
                }
                b'Q' => self.persistent()?,
                b'R' | 0x81 => self.reduce()?,
                // BUILD: attributes of a dictionary (`_metadata`) say nothing of tensors.
                b'b' => drop(self.pop()?),
                b'.' => break,
                other => {
                    return Err(Error::new(format!(
                        "it has the instruction {other:#04x}, which no tensor needs"
                    )))
                }
            }
        }
        self.tensors()
    }

    fn push(&mut self, value: Value) {
        self.stack.push(Some(self.values.len()));
        self.values.push(value);
    }

    fn pop(&mut self) -> Result<usize> {
        self.stack.pop().flatten().ok_or_else(short)
    }

    fn text(&mut self, bytes: &[u8]) -> Result<()> {
        let text =
            std::str::from_utf8(bytes).map_err(|e| Error::new("it has a text that is not UTF-8").caused_by(e))?;
        self.push(Value::Text(text.to_string()));
        Ok(())
    }

    /// All since the last mark.
    fn marked(&mut self) -> Result<Vec<usize>> {
        let mark = self.stack.iter().rposition(Option::is_none).ok_or_else(short)?;
        let all = self.stack.split_off(mark);
        Ok(all.into_iter().flatten().collect())
    }

    fn top(&mut self) -> Result<&mut Value> {
        let top = self.stack.last().copied().flatten().ok_or_else(short)?;
        Ok(&mut self.values[top])
    }

    fn append(&mut self, mut more: Vec<usize>) -> Result<()> {
        match self.top()? {
            Value::List(list) => list.append(&mut more),
            _ => return Err(short()),
        }
        Ok(())
    }

    fn set(&mut self, pairs: Vec<usize>) -> Result<()> {
        match self.top()? {
            Value::Dict(dict) => dict.extend(pairs.as_chunks::<2>().0.iter().map(|[k, v]| (*k, *v))),
            _ => return Err(short()),
        }
        Ok(())
    }

    fn keep(&mut self, n: u32) -> Result<()> {
        let top = self.stack.last().copied().flatten().ok_or_else(short)?;
        self.memo.insert(n, top);
        Ok(())
    }

    fn recall(&mut self, n: u32) -> Result<()> {
        let value = *self.memo.get(&n).ok_or_else(short)?;
        self.stack.push(Some(value));
        Ok(())
    }

    /// A name of Python's: refused unless it has to do with tensors.
    fn global(&mut self, name: String) -> Result<()> {
        if !KNOWN.contains(&name.as_str()) && storage(&name).is_none() {
            return Err(Error::new(format!(
                "it asks Python for `{name}`: a checkpoint needs no code"
            )));
        }
        self.push(Value::Global(name));
        Ok(())
    }

    /// ("storage", type, key, device, size)
    fn persistent(&mut self) -> Result<()> {
        let id = self.pop()?;
        let Value::Tuple(parts) = &self.values[id] else {
            return Err(short());
        };
        let part = |i: usize| parts.get(i).map(|&v| &self.values[v]);
        let (Some(Value::Global(kind)), Some(Value::Text(key))) = (part(1), part(2)) else {
            return Err(short());
        };
        let (dtype, width) = storage(kind).ok_or_else(short)?;
        let key = key.clone();
        self.push(Value::Storage(Storage { key, dtype, width }));
        Ok(())
    }

    fn reduce(&mut self) -> Result<()> {
        let (arguments, callable) = (self.pop()?, self.pop()?);
        let (Value::Global(name), Value::Tuple(arguments)) = (&self.values[callable], &self.values[arguments]) else {
            return Err(short());
        };
        let argument = |i: usize| arguments.get(i).copied().ok_or_else(short);
        match name.as_str() {
            "collections.OrderedDict" => self.push(Value::Dict(vec![])),
            "torch.Size" | "torch._utils._rebuild_parameter" => {
                let first = argument(0)?;
                self.stack.push(Some(first));
            }
            "torch._utils._rebuild_tensor_v2" => {
                let (storage, offset) = (argument(0)?, argument(1)?);
                let Value::Storage(storage) = &self.values[storage] else {
                    return Err(short());
                };
                let tensor = Tensor {
                    storage: storage.clone(),
                    offset: self.size(offset)?,
                    shape: self.sizes(argument(2)?)?,
                    strides: self.sizes(argument(3)?)?,
                };
                self.push(Value::Tensor(tensor));
            }
            _ => return Err(short()),
        }
        Ok(())
    }

    fn size(&self, value: usize) -> Result<usize> {
        match self.values[value] {
            Value::Int(n) => usize::try_from(n).map_err(|_| short()),
            _ => Err(short()),
        }
    }

    fn sizes(&self, value: usize) -> Result<Vec<usize>> {
        match &self.values[value] {
            Value::Tuple(all) => all.iter().map(|&v| self.size(v)).collect(),
            _ => Err(short()),
        }
    }

    /// Tensors of the dictionary on top, or of its `state_dict`.
    fn tensors(mut self) -> Result<Vec<(String, Tensor)>> {
        let mut top = self.pop()?;
        let is_state = |k: &usize| matches!(&self.values[*k], Value::Text(t) if t == "state_dict");
        if let Value::Dict(pairs) = &self.values[top] {
            if let Some((_, inner)) = pairs.iter().find(|(k, _)| is_state(k)) {
                top = *inner;
            }
        }
        let Value::Dict(pairs) = &self.values[top] else {
            return Err(Error::new("it holds no dictionary of tensors"));
        };
        let pair = |(k, v): &(usize, usize)| match (&self.values[*k], &self.values[*v]) {
            (Value::Text(name), Value::Tensor(tensor)) => Some((name.clone(), tensor.clone())),
            _ => None,
        };
        Ok(pairs.iter().filter_map(pair).collect())
    }
}

/// What a pickle of torch never does.
fn short() -> Error {
    Error::new("it is cut short or describes no tensors")
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or_else(short)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn u32(&mut self) -> Result<u32> {
        let b = self.take(4)?;
        Ok(u32::from_le_bytes([b[0], b[1], b[2], b[3]]))
    }

    fn line(&mut self) -> Result<&'a str> {
        let end = self.0.iter().position(|&b| b == b'\n').ok_or_else(short)?;
        let line = self.take(end + 1)?;
        std::str::from_utf8(&line[..end]).map_err(|e| Error::new("it has a name that is not UTF-8").caused_by(e))
    }
}
