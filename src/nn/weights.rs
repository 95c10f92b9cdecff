//! A checkpoint behind `get(name, shape)`: safetensors files mapped into memory, sharded or not, bytes in the binary, or,
//! where it was allowed, torch archives.
//!
//! Every header is checked before a byte of it is trusted: a declared size that the file does not hold is an error
//! here, never an allocation.
use super::pickle;
use crate::{Error, Result};
use memmap2::Mmap;
use safetensors::{
    tensor::{Metadata, TensorInfo},
    Dtype, SafeTensors,
};
use std::{
    collections::HashMap,
    fs::File,
    path::{Path, PathBuf},
};

/// What torch calls a checkpoint; its shards are listed in `pytorch_model.bin.index.json`.
const PICKLE: &str = "pytorch_model.bin";

enum Bytes {
    Mapped(Mmap),
    Owned(Vec<u8>),
    Static(&'static [u8]),
}

impl Bytes {
    fn get(&self) -> &[u8] {
        match self {
            Bytes::Mapped(m) => m,
            Bytes::Owned(v) => v,
            Bytes::Static(s) => s,
        }
    }
}

struct Shard {
    bytes: Bytes,
    /// Where the tensors begin, after the header.
    data: usize,
}

/// One tensor as the file holds it: little-endian, row-major.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub dtype: Dtype,
    pub shape: &'a [usize],
    pub bytes: &'a [u8],
}

impl View<'_> {
    /// The values as f32, whatever floating type the file uses.
    pub fn to_f32(&self) -> Option<Vec<f32>> {
        let b = self.bytes;
        Some(match self.dtype {
            Dtype::F32 => b.as_chunks::<4>().0.iter().map(|c| f32::from_le_bytes(*c)).collect(),
            Dtype::F16 => b
                .as_chunks::<2>()
                .0
                .iter()
                .map(|c| half::f16::from_le_bytes(*c).to_f32())
                .collect(),
            Dtype::BF16 => b
                .as_chunks::<2>()
                .0
                .iter()
                .map(|c| half::bf16::from_le_bytes(*c).to_f32())
                .collect(),
            Dtype::F64 => b
                .as_chunks::<8>()
                .0
                .iter()
                .map(|c| f64::from_le_bytes(*c) as f32)
                .collect(),
            _ => return None,
        })
    }
}

/// All tensors of one model, by name. Immutable; nothing is copied until a tensor is asked for.
pub struct Weights {
    origin: String,
    shards: Vec<Shard>,
    index: HashMap<String, (usize, TensorInfo)>,
}

impl Weights {
    /// Maps one or more safetensors files.
    pub fn open<P: AsRef<Path>>(files: &[P]) -> Result<Self> {
        let mut weights = Self::empty(
            files
                .first()
                .map_or(String::new(), |p| p.as_ref().display().to_string()),
        );
        for path in files {
            let path = path.as_ref();
            weights.add(&path.display().to_string(), mapped(path)?)?;
        }
        Ok(weights)
    }

    /// Maps one or more torch archives: see [`pickle`].
    pub fn open_pickles<P: AsRef<Path>>(files: &[P]) -> Result<Self> {
        let shown = |p: &P| p.as_ref().display().to_string();
        let mut weights = Self::empty(files.first().map_or(String::new(), shown));
        for path in files {
            let bytes = mapped(path.as_ref())?;
            let shard = weights.shards.len();
            for t in pickle::read(&shown(path), bytes.get())? {
                let info = TensorInfo {
                    dtype: t.dtype,
                    shape: t.shape,
                    data_offsets: t.bytes,
                };
                weights.index.insert(t.name, (shard, info));
            }
            weights.shards.push(Shard { bytes, data: 0 });
        }
        Ok(weights)
    }

    /// Reads the checkpoint of a folder: `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
    pub fn open_folder(dir: &Path) -> Result<Self> {
        match Self::files(dir, "model.safetensors")? {
            Some(files) => Self::open(&files),
            None => Err(Error::new(format!("no `model.safetensors` in `{}`", dir.display()))),
        }
    }

    /// The same, and where there are no safetensors `pytorch_model.bin` or the shards of its index.
    fn open_folder_or_pickle(dir: &Path) -> Result<Self> {
        match Self::files(dir, "model.safetensors")? {
            Some(files) => Self::open(&files),
            None => match Self::files(dir, PICKLE)? {
                Some(files) => Self::open_pickles(&files),
                None => Self::open_folder(dir),
            },
        }
    }

    /// Reads the checkpoint of a folder; where it is a pickle, only if that was allowed.
    ///
    /// # Errors
    /// Where there is none, it is broken, or it is a pickle and nobody allowed that.
    pub fn of_folder(dir: &Path, allow_pickle: bool) -> Result<Self> {
        match allow_pickle {
            true => Self::open_folder_or_pickle(dir),
            false if Self::only_pickled(dir) => {
                Err(Error::new(format!("the weights in `{}` are a pickle", dir.display()))
                    .hint("`--allow-pickle` reads its tensors and runs nothing in it; safetensors are better"))
            }
            false => Self::open_folder(dir),
        }
    }

    /// Whether a folder's only weights are a pickle.
    fn only_pickled(dir: &Path) -> bool {
        let is_there = |name: &str| dir.join(name).is_file() || dir.join(format!("{name}.index.json")).is_file();
        is_there(PICKLE) && !is_there("model.safetensors")
    }

    /// The file of this name, or the shards that its index lists.
    fn files(dir: &Path, name: &str) -> Result<Option<Vec<PathBuf>>> {
        let single = dir.join(name);
        if single.is_file() {
            return Ok(Some(vec![single]));
        }
        let index = dir.join(format!("{name}.index.json"));
        let Ok(text) = std::fs::read_to_string(&index) else {
            return Ok(None);
        };
        #[derive(serde::Deserialize)]
        struct Index {
            weight_map: HashMap<String, String>,
        }
        let index: Index = serde_json::from_str(&text)
            .map_err(|e| Error::new(format!("`{}` is not a shard index", index.display())).caused_by(e))?;
        let mut files: Vec<String> = index.weight_map.into_values().collect();
        files.sort();
        files.dedup();
        // A shard is a file of the same folder: an index may not point elsewhere.
        if let Some(bad) = files.iter().find(|f| f.contains(['/', '\\'])) {
            return Err(Error::new(format!("shard `{bad}` lies outside `{}`", dir.display())));
        }
        Ok(Some(files.iter().map(|f| dir.join(f)).collect()))
    }

    /// Reads a checkpoint compiled into the binary.
    pub fn from_static(origin: &str, bytes: &'static [u8]) -> Result<Self> {
        let mut weights = Self::empty(origin.to_string());
        weights.add(origin, Bytes::Static(bytes))?;
        Ok(weights)
    }

    /// Reads a checkpoint held in memory.
    pub fn from_bytes(origin: &str, bytes: Vec<u8>) -> Result<Self> {
        let mut weights = Self::empty(origin.to_string());
        weights.add(origin, Bytes::Owned(bytes))?;
        Ok(weights)
    }

    fn empty(origin: String) -> Self {
        Self {
            origin,
            shards: vec![],
            index: HashMap::new(),
        }
    }

    fn add(&mut self, name: &str, bytes: Bytes) -> Result<()> {
        let (header, metadata): (usize, Metadata) = SafeTensors::read_metadata(bytes.get())
            .map_err(|e| Error::new(format!("`{name}` is not a whole safetensors file")).caused_by(e))?;
        let shard = self.shards.len();
        for (tensor, info) in metadata.tensors() {
            self.index.insert(tensor, (shard, info.clone()));
        }
        self.shards.push(Shard {
            bytes,
            data: 8 + header,
        });
        Ok(())
    }

    /// Where the checkpoint came from: a path, or a name for embedded bytes.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The raw bytes of every shard, in order: what a hash of the checkpoint covers.
    pub fn shards(&self) -> impl Iterator<Item = &[u8]> {
        self.shards.iter().map(|s| s.bytes.get())
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.index.keys().map(String::as_str)
    }

    pub fn contains(&self, name: &str) -> bool {
        self.index.contains_key(name)
    }

    /// The shape of a tensor, if the checkpoint holds it.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.index.get(name).map(|(_, info)| info.shape.as_slice())
    }

    /// A tensor as the file holds it.
    pub fn view(&self, name: &str) -> Result<View<'_>> {
        let (shard, info) = self
            .index
            .get(name)
            .ok_or_else(|| Error::new(format!("`{}` has no tensor `{name}`", self.origin)))?;
        let shard = &self.shards[*shard];
        let (start, end) = info.data_offsets;
        let bytes = shard.bytes.get().get(shard.data + start..shard.data + end);
        let bytes = bytes.ok_or_else(|| Error::new(format!("tensor `{name}` lies outside `{}`", self.origin)))?;
        Ok(View {
            dtype: info.dtype,
            shape: &info.shape,
            bytes,
        })
    }

    /// A tensor of exactly this shape, as f32; int8 is multiplied by its rows' scales, `{name}_scale`.
    pub fn get(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>> {
        let view = self.view(name)?;
        if view.shape != shape {
            let found = view.shape;
            return Err(Error::new(format!(
                "tensor `{name}` has shape {found:?}, the configuration expects {shape:?}"
            )));
        }
        if view.dtype == Dtype::I8 && self.contains(&format!("{name}_scale")) {
            let scales = self.get(&format!("{name}_scale"), &shape[..1])?;
            let rows = view.bytes.chunks_exact((view.bytes.len() / shape[0].max(1)).max(1));
            let row =
                |(row, scale): (&[u8], f32)| row.iter().map(|&b| f32::from(b as i8) * scale).collect::<Vec<f32>>();
            return Ok(rows.zip(scales).flat_map(row).collect());
        }
        view.to_f32()
            .ok_or_else(|| Error::new(format!("tensor `{name}` holds {:?}, not floats", view.dtype)))
    }

    /// The first of `names` that the checkpoint holds: one tensor goes by several names among exporters.
    pub fn first_of<'n>(&self, names: &[&'n str]) -> Option<&'n str> {
        names.iter().find(|n| self.contains(n)).copied()
    }
}

fn mapped(path: &Path) -> Result<Bytes> {
    let name = path.display();
    let file = File::open(path).map_err(|e| Error::new(format!("cannot open `{name}`")).caused_by(e))?;
    // SAFETY: the map is read only and lives as long as `Weights`. Another process that cuts the file while
    // it is mapped would fault this one; checkpoints are replaced by rename, never written in place.
    let map = unsafe { Mmap::map(&file) }.map_err(|e| Error::new(format!("cannot map `{name}`")).caused_by(e))?;
    Ok(Bytes::Mapped(map))
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::tensor::TensorView;

    fn file(tensors: &[(&str, Dtype, Vec<usize>, Vec<u8>)]) -> Vec<u8> {
        let views = tensors
            .iter()
            .map(|(n, d, s, b)| (*n, TensorView::new(*d, s.clone(), b).unwrap()));
        safetensors::serialize(views, None).unwrap()
    }

    #[test]
    fn floats_of_every_width_become_f32() {
        let values = [1.5f32, -2.0, 0.25];
        let cases: [(Dtype, Vec<u8>); 4] = [
            (Dtype::F32, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            (
                Dtype::F16,
                values
                    .iter()
                    .flat_map(|v| half::f16::from_f32(*v).to_le_bytes())
                    .collect(),
            ),
            (
                Dtype::BF16,
                values
                    .iter()
                    .flat_map(|v| half::bf16::from_f32(*v).to_le_bytes())
                    .collect(),
            ),
            (
                Dtype::F64,
                values.iter().flat_map(|v| f64::from(*v).to_le_bytes()).collect(),
            ),
        ];
        for (dtype, bytes) in cases {
            let w = Weights::from_bytes("test", file(&[("a", dtype, vec![3], bytes)])).unwrap();
            assert_eq!(w.get("a", &[3]).unwrap(), values, "{dtype:?}");
        }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let w = Weights::from_bytes(
            "test",
            file(&[
                ("a", Dtype::F32, vec![2], vec![0; 8]),
                ("b", Dtype::I64, vec![1], vec![0; 8]),
            ]),
        )
        .unwrap();
        let check = |name: &str, shape: &[usize], expected: &str| {
            assert_eq!(w.get(name, shape).unwrap_err().to_string(), expected);
        };
        check("c", &[2], "`test` has no tensor `c`");
        check("a", &[3], "tensor `a` has shape [2], the configuration expects [3]");
        check("b", &[1], "tensor `b` holds I64, not floats");
    }

    #[test]
    fn hostile_files_are_refused() {
        let good = file(&[("a", Dtype::F32, vec![64], vec![0; 256])]);
        let declare = |header: &str| [&(header.len() as u64).to_le_bytes(), header.as_bytes()].concat();
        let cases: Vec<(&str, Vec<u8>)> = vec![
            ("empty", vec![]),
            ("seven bytes", vec![0; 7]),
            ("truncated data", good[..good.len() - 1].to_vec()),
            ("truncated header", good[..20].to_vec()),
            ("trailing bytes", [good.as_slice(), &[0]].concat()),
            (
                "header of 2^60 bytes",
                [&(1u64 << 60).to_le_bytes()[..], b"{}"].concat(),
            ),
            (
                "header longer than memory",
                [&u64::MAX.to_le_bytes()[..], b"{}"].concat(),
            ),
            ("not json", declare("hello")),
            (
                "10 GB declared",
                declare(r#"{"a":{"dtype":"F32","shape":[2500000000],"data_offsets":[0,10000000000]}}"#),
            ),
            (
                "overflowing shape",
                declare(r#"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,4]}}"#),
            ),
            (
                "offsets reversed",
                declare(r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[8,4]}}"#),
            ),
            (
                "shape and bytes disagree",
                [
                    declare(r#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#),
                    vec![0; 4],
                ]
                .concat(),
            ),
        ];
        for (what, bytes) in cases {
            let error = Weights::from_bytes("model.safetensors", bytes).err();
            let error = error.unwrap_or_else(|| panic!("{what}: accepted"));
            assert_eq!(
                error.to_string(),
                "`model.safetensors` is not a whole safetensors file",
                "{what}"
            );
        }
    }

    #[test]
    fn shards_are_read_as_one_and_stay_in_their_folder() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
        write(
            "m-1.safetensors",
            &file(&[("a", Dtype::F32, vec![1], 1f32.to_le_bytes().to_vec())]),
        );
        write(
            "m-2.safetensors",
            &file(&[("b", Dtype::F32, vec![1], 2f32.to_le_bytes().to_vec())]),
        );
        write(
            "model.safetensors.index.json",
            br#"{"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors"}}"#,
        );
        let w = Weights::open_folder(dir.path()).unwrap();
        assert_eq!(
            (w.get("a", &[1]).unwrap(), w.get("b", &[1]).unwrap()),
            (vec![1.0], vec![2.0])
        );
        write(
            "model.safetensors.index.json",
            br#"{"weight_map":{"a":"../m-1.safetensors"}}"#,
        );
        let error = Weights::open_folder(dir.path()).err().unwrap().to_string();
        assert!(error.starts_with("shard `../m-1.safetensors` lies outside"), "{error}");
    }
}
