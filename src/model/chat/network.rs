//! The decoder-only transformer of Llama, Qwen3 and Gemma 3 over quantized tensors: one network with switches.
//!
//! candle-transformers has these three, but not as their authors run them: its Qwen3 turns positions in half
//! precision, its Gemma 3 lets a window see one token too many, forgets the window while it decodes and does not
//! stretch positions, and all keep their cache inside the model. Here a model is immutable and [`Context`] is all that
//! changes. Reference: `modeling_{llama,qwen3,gemma3}.py` of transformers; tests/parity/chat.py.
use super::gguf::Gguf;
use crate::{Error, Result};
use candle_core::{quantized::QMatMul, DType, Device, Module, Tensor};
use candle_nn::kv_cache::KvCache;

/// Tokens read in one pass: bounds the memory of attention scores.
const CHUNK: usize = 256;
/// Longer contexts than this are not used, whatever the file allows.
const MOST_CONTEXT: usize = 32_768;

/// What the file says of the network, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// `llama`, `qwen3` or `gemma3`.
    pub architecture: String,
    pub vocab: usize,
    pub dim: usize,
    pub layers: usize,
    pub heads: usize,
    /// Keys and values are shared by `heads / kv_heads` heads.
    pub kv_heads: usize,
    pub head_dim: usize,
    pub ffn: usize,
    pub eps: f32,
    /// Tokens that it can have read and written together.
    pub context: usize,
    rope_base: f32,
    /// Positions are divided by this on layers that see everything.
    rope_scale: f32,
    /// Gemma: layers but every sixth see this many tokens and turn by their own base.
    window: Option<usize>,
    rope_local: f32,
}

/// Every this many layers, one of Gemma's sees everything.
const GLOBAL_EVERY: usize = 6;

impl Layout {
    pub fn of(gguf: &Gguf) -> Result<Self> {
        let file = gguf.name();
        let architecture = gguf.text("general.architecture").unwrap_or_default().to_string();
        if !["llama", "qwen3", "gemma3"].contains(&architecture.as_str()) {
            return Err(Error::new(format!(
                "`{file}` is of the architecture `{architecture}`, expected `llama`, `qwen3` or `gemma3`"
            )));
        }
        let key = |k: &str| format!("{architecture}.{k}");
        let size = |k: &str, most: usize| gguf.size(&key(k), most);
        let heads = size("attention.head_count", 1 << 10)?;
        let dim = size("embedding_length", 1 << 16)?;
        let vocab = gguf.shape("token_embd.weight").and_then(|s| s.first().copied());
        let gemma = architecture == "gemma3";
        let layout = Self {
            vocab: vocab.ok_or_else(|| Error::new(format!("`{file}` has no tensor `token_embd.weight`")))?,
            dim,
            layers: size("block_count", 1000)?,
            heads,
            kv_heads: match gguf.number(&key("attention.head_count_kv")) {
                Some(_) => size("attention.head_count_kv", heads)?,
                None => heads,
            },
            head_dim: match gguf.number(&key("attention.key_length")) {
                Some(_) => size("attention.key_length", 1 << 12)?,
                None => dim / heads,
            },
            ffn: size("feed_forward_length", 1 << 20)?,
            eps: gguf.float(&key("attention.layer_norm_rms_epsilon")).unwrap_or(1e-6),
            context: size("context_length", 1 << 30)?.min(MOST_CONTEXT),
            rope_base: gguf
                .float(&key("rope.freq_base"))
                .unwrap_or(if gemma { 1e6 } else { 1e4 }),
            rope_scale: match gguf.text(&key("rope.scaling.type")) {
                Some("linear") => gguf.float(&key("rope.scaling.factor")).unwrap_or(1.0),
                _ => 1.0,
            },
            window: match gemma {
                true => Some(size("attention.sliding_window", 1 << 30)?),
                false => None,
            },
            // Writers of these files have given it several names.
            rope_local: ["rope.freq_base_swa", "rope.local_freq_base", "rope.local.freq_base"]
                .iter()
                .find_map(|k| gguf.float(&key(k)))
                .unwrap_or(1e4),
            architecture: architecture.clone(),
        };
        let fault = |what: String| Err(Error::new(format!("`{file}`: {what}")));
        if layout.vocab == 0 || layout.vocab > 1 << 24 {
            return fault(format!("a vocabulary of {}", layout.vocab));
        }
        if !layout.heads.is_multiple_of(layout.kv_heads) || !layout.head_dim.is_multiple_of(2) || layout.head_dim == 0 {
            let (h, kv, d) = (layout.heads, layout.kv_heads, layout.head_dim);
            return fault(format!("{h} heads of {d} do not share {kv} keys"));
        }
        let turned = gguf
            .number(&key("rope.dimension_count"))
            .map_or(layout.head_dim, |n| n as usize);
        if turned != layout.head_dim {
            return fault(format!(
                "positions turn {turned} of {} dimensions, expected all",
                layout.head_dim
            ));
        }
        if !(layout.rope_scale > 0.0 && layout.rope_base > 0.0 && layout.rope_local > 0.0 && layout.eps >= 0.0) {
            return fault("positions or norms have no usable constants".into());
        }
        Ok(layout)
    }

    fn is_gemma(&self) -> bool {
        self.architecture == "gemma3"
    }

    /// The window of a layer, where it has one.
    fn window_of(&self, layer: usize) -> Option<usize> {
        self.window.filter(|_| !(layer + 1).is_multiple_of(GLOBAL_EVERY))
    }
}

struct Norm {
    weight: Tensor,
    eps: f32,
}

impl Norm {
    fn load(gguf: &mut Gguf, name: &str, dim: usize, eps: f32, device: &Device) -> Result<Self> {
        let weight = gguf.tensor(&format!("{name}.weight"), &[dim])?.dequantize(device)?;
        Ok(Self { weight, eps })
    }

    fn forward(&self, x: &Tensor) -> Result<Tensor> {
        Ok(candle_nn::ops::rms_norm(&x.contiguous()?, &self.weight, self.eps)?)
    }
}

struct Layer {
    attn_norm: Norm,
    attn_q: QMatMul,
    attn_k: QMatMul,
    attn_v: QMatMul,
    attn_output: QMatMul,
    /// Qwen3 and Gemma 3 normalise each head's queries and keys.
    qk_norm: Option<(Norm, Norm)>,
    /// Gemma 3 normalises what a block adds as well.
    post_attention_norm: Option<Norm>,
    ffn_norm: Norm,
    ffn_gate: QMatMul,
    ffn_up: QMatMul,
    ffn_down: QMatMul,
    post_ffw_norm: Option<Norm>,
}

impl Layer {
    fn load(gguf: &mut Gguf, i: usize, l: &Layout, device: &Device) -> Result<Self> {
        let at = |name: &str| format!("blk.{i}.{name}");
        let (queries, keys) = (l.heads * l.head_dim, l.kv_heads * l.head_dim);
        let mut linear = |name: &str, from: usize, to: usize| gguf.matrix(&format!("{}.weight", at(name)), &[to, from]);
        let (attn_q, attn_k) = (linear("attn_q", l.dim, queries)?, linear("attn_k", l.dim, keys)?);
        let (attn_v, attn_output) = (linear("attn_v", l.dim, keys)?, linear("attn_output", queries, l.dim)?);
        let (ffn_gate, ffn_up) = (linear("ffn_gate", l.dim, l.ffn)?, linear("ffn_up", l.dim, l.ffn)?);
        let ffn_down = linear("ffn_down", l.ffn, l.dim)?;
        let mut norm = |name: &str, dim: usize| Norm::load(gguf, &at(name), dim, l.eps, device);
        let (gemma, normed) = (l.is_gemma(), l.architecture != "llama");
        Ok(Self {
            attn_norm: norm("attn_norm", l.dim)?,
            qk_norm: match normed {
                true => Some((norm("attn_q_norm", l.head_dim)?, norm("attn_k_norm", l.head_dim)?)),
                false => None,
            },
            post_attention_norm: gemma.then(|| norm("post_attention_norm", l.dim)).transpose()?,
            ffn_norm: norm("ffn_norm", l.dim)?,
            post_ffw_norm: gemma.then(|| norm("post_ffw_norm", l.dim)).transpose()?,
            attn_q,
            attn_k,
            attn_v,
            attn_output,
            ffn_gate,
            ffn_up,
            ffn_down,
        })
    }
}

/// A decoder-only model. Immutable.
pub struct Network {
    layout: Layout,
    device: Device,
    token_embd: QMatMul,
    layers: Vec<Layer>,
    output_norm: Norm,
    /// The embedding, where the file holds no head of its own.
    output: Option<QMatMul>,
    /// Llama 3 divides each frequency by a factor of its own.
    rope_factors: Option<Vec<f32>>,
}

/// All that changes while one text is read and continued.
pub struct Context {
    layers: Vec<KvCache>,
    tokens: usize,
}

impl Network {
    pub fn load(gguf: &mut Gguf, device: &Device) -> Result<Self> {
        let layout = Layout::of(gguf)?;
        let (vocab, dim) = (layout.vocab, layout.dim);
        let rope_factors = match gguf.contains("rope_freqs.weight") {
            true => {
                let factors = gguf
                    .tensor("rope_freqs.weight", &[layout.head_dim / 2])?
                    .dequantize(device)?;
                Some(factors.to_dtype(DType::F32)?.to_vec1::<f32>()?)
            }
            false => None,
        };
        let output = match gguf.contains("output.weight") {
            true => Some(gguf.matrix("output.weight", &[vocab, dim])?),
            false => None,
        };
        Ok(Self {
            token_embd: gguf.matrix("token_embd.weight", &[vocab, dim])?,
            layers: (0..layout.layers)
                .map(|i| Layer::load(gguf, i, &layout, device))
                .collect::<Result<_>>()?,
            output_norm: Norm::load(gguf, "output_norm", dim, layout.eps, device)?,
            output,
            rope_factors,
            layout,
            device: device.clone(),
        })
    }

    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// An empty context.
    pub fn context(&self) -> Context {
        // Keys are (1, heads, time, dim): time grows.
        let layers = (0..self.layout.layers).map(|_| KvCache::new(2, CHUNK)).collect();
        Context { layers, tokens: 0 }
    }

    /// Reads tokens at the end of a context; -> logits after the last one, (vocab).
    ///
    /// # Errors
    /// Where there is no token, one lies outside the vocabulary, or the context is full.
    pub fn read(&self, tokens: &[u32], context: &mut Context) -> Result<Vec<f32>> {
        if let Some(id) = tokens.iter().find(|&&id| id as usize >= self.layout.vocab) {
            return Err(Error::new(format!(
                "token {id} lies outside the vocabulary of {}",
                self.layout.vocab
            )));
        }
        let needed = context.tokens + tokens.len();
        if tokens.is_empty() || needed > self.layout.context {
            let most = self.layout.context;
            return Err(Error::new(format!("{needed} tokens, expected 1 to {most}")));
        }
        let mut last = None;
        for chunk in tokens.chunks(CHUNK) {
            last = Some(self.chunk(chunk, context)?);
            context.tokens += chunk.len();
        }
        let x = last.ok_or_else(|| Error::new("a text without tokens"))?;
        let x = self.output_norm.forward(&x.narrow(1, x.dim(1)? - 1, 1)?)?;
        let logits = self.output.as_ref().unwrap_or(&self.token_embd).forward(&x)?;
        Ok(logits.flatten_all()?.to_dtype(DType::F32)?.to_vec1::<f32>()?)
    }

    /// (1, time) tokens -> (1, time, dim)
    fn chunk(&self, tokens: &[u32], context: &mut Context) -> Result<Tensor> {
        let l = &self.layout;
        let ids = Tensor::from_slice(tokens, (1, tokens.len()), &self.device)?;
        let mut x = self.token_embd.embedding(&ids)?.to_dtype(DType::F32)?;
        if l.is_gemma() {
            x = (x * (l.dim as f64).sqrt())?;
        }
        let (start, time) = (context.tokens, tokens.len());
        let turns = self.turns(start, time, l.rope_base, l.rope_scale, self.rope_factors.as_deref())?;
        let local = match l.window {
            Some(_) => Some(self.turns(start, time, l.rope_local, 1.0, None)?),
            None => None,
        };
        let mask = self.mask(start, time, None)?;
        let near = l.window.map(|w| self.mask(start, time, Some(w))).transpose()?.flatten();
        for (i, layer) in self.layers.iter().enumerate() {
            let (turns, mask) = match (l.window_of(i), &local) {
                (Some(_), Some(local)) => (local, &near),
                _ => (&turns, &mask),
            };
            let y = layer.attn_norm.forward(&x)?;
            let y = self.attention(layer, &y, turns, mask.as_ref(), &mut context.layers[i])?;
            let y = layer
                .post_attention_norm
                .as_ref()
                .map_or(Ok(y.clone()), |n| n.forward(&y))?;
            x = (x + y)?;
            let y = layer.ffn_norm.forward(&x)?;
            let gate = layer.ffn_gate.forward(&y)?;
            let gate = if l.is_gemma() { gate.gelu()? } else { gate.silu()? };
            let y = layer.ffn_down.forward(&(gate * layer.ffn_up.forward(&y)?)?)?;
            let y = layer.post_ffw_norm.as_ref().map_or(Ok(y.clone()), |n| n.forward(&y))?;
            x = (x + y)?;
        }
        Ok(x)
    }

    /// (1, time, dim) -> (1, time, dim)
    fn attention(
        &self,
        layer: &Layer,
        x: &Tensor,
        (cos, sin): &(Tensor, Tensor),
        mask: Option<&Tensor>,
        cache: &mut KvCache,
    ) -> Result<Tensor> {
        let l = &self.layout;
        let (time, groups) = (x.dim(1)?, l.heads / l.kv_heads);
        let split = |y: Tensor, heads: usize| -> Result<Tensor> {
            Ok(y.reshape((1, time, heads, l.head_dim))?.transpose(1, 2)?.contiguous()?)
        };
        let mut q = split(layer.attn_q.forward(x)?, l.heads)?;
        let mut k = split(layer.attn_k.forward(x)?, l.kv_heads)?;
        let v = split(layer.attn_v.forward(x)?, l.kv_heads)?;
        if let Some((q_norm, k_norm)) = &layer.qk_norm {
            (q, k) = (q_norm.forward(&q)?, k_norm.forward(&k)?);
        }
        // Llama's files have their rows ordered for turning neighbours; the others turn halves.
        let turn = |y: &Tensor| match l.architecture == "llama" {
            true => candle_nn::rotary_emb::rope_i(y, cos, sin),
            false => candle_nn::rotary_emb::rope(y, cos, sin),
        };
        let (k, v) = cache.append(&turn(&k)?, &v)?;
        // Heads that share keys stand together: they are rows of one product, and keys are not repeated.
        let q = turn(&q)?.reshape((l.kv_heads, groups * time, l.head_dim))?;
        let (k, v) = (k.squeeze(0)?.contiguous()?, v.squeeze(0)?.contiguous()?);
        let keys = k.dim(1)?;
        let mut scores = (q.matmul(&k.transpose(1, 2)?)? * (l.head_dim as f64).powf(-0.5))?;
        if let Some(mask) = mask {
            scores = scores.reshape((l.heads, time, keys))?.broadcast_add(mask)?.reshape((
                l.kv_heads,
                groups * time,
                keys,
            ))?;
        }
        let weights = candle_nn::ops::softmax_last_dim(&scores)?;
        let y = weights.matmul(&v)?.reshape((1, l.heads, time, l.head_dim))?;
        let y = y.transpose(1, 2)?.reshape((1, time, l.heads * l.head_dim))?;
        Ok(layer.attn_output.forward(&y)?)
    }

    /// Cosines and sines of the positions `start..start + time`, (time, head_dim / 2) each.
    fn turns(
        &self,
        start: usize,
        time: usize,
        base: f32,
        scale: f32,
        factors: Option<&[f32]>,
    ) -> Result<(Tensor, Tensor)> {
        let half = self.layout.head_dim / 2;
        let frequency = |i: usize| {
            let f = 1.0 / base.powf((2 * i) as f32 / self.layout.head_dim as f32) / scale;
            f / factors.map_or(1.0, |x| x[i])
        };
        let frequencies: Vec<f32> = (0..half).map(frequency).collect();
        let angles = (start..start + time).flat_map(|p| frequencies.iter().map(move |f| p as f32 * f));
        let angles: Vec<f32> = angles.collect();
        let angles = Tensor::from_vec(angles, (time, half), &self.device)?;
        Ok((angles.cos()?, angles.sin()?))
    }

    /// What each of the last `time` positions may not see is -inf, (time, start + time); none where all is seen.
    fn mask(&self, start: usize, time: usize, window: Option<usize>) -> Result<Option<Tensor>> {
        let keys = start + time;
        if time == 1 && window.is_none_or(|w| keys <= w) {
            return Ok(None);
        }
        let seen = |q: usize, k: usize| k <= q && window.is_none_or(|w| q - k < w);
        let row = |q: usize| (0..keys).map(move |k| if seen(q, k) { 0.0 } else { f32::NEG_INFINITY });
        let values: Vec<f32> = (start..keys).flat_map(row).collect();
        Ok(Some(Tensor::from_vec(values, (time, keys), &self.device)?))
    }
}

impl Context {
    /// Tokens read so far.
    pub fn tokens(&self) -> usize {
        self.tokens
    }
}

/// The id of the largest logit; of equal ones the lowest.
pub fn best(logits: &[f32]) -> u32 {
    let mut best = (0, f32::NEG_INFINITY);
    for (id, &x) in logits.iter().enumerate() {
        if x > best.1 {
            best = (id, x);
        }
    }
    best.0 as u32
}
