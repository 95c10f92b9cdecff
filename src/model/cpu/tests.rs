//! The slice path against the tensor path on random checkpoints of every family, and int8 against itself.
use super::*;
use crate::model::{transformer::Transformer, Architecture, Candidate, Edits};
use crate::nn::Device;
use safetensors::{tensor::TensorView, Dtype};

const VOCAB: usize = 150;
const DIM: usize = 24;

/// A checkpoint of two layers a side with every tensor that any family reads.
fn checkpoint(family: &str, positions: usize) -> (Layout, Weights) {
    let config = format!(
        r#"{{"model_type": "{family}", "vocab_size": {VOCAB}, "d_model": {DIM}, "encoder_layers": 2, "decoder_layers": 2,
        "encoder_attention_heads": 3, "decoder_attention_heads": 2, "encoder_ffn_dim": 40, "decoder_ffn_dim": 70,
        "max_position_embeddings": {positions}, "activation_function": "gelu", "scale_embedding": true,
        "pad_token_id": 1}}"#
    );
    let Architecture::Transformer(layout) = Architecture::parse(&config, "test").unwrap() else {
        panic!("a transformer");
    };
    let mut tensors: Vec<(String, Vec<usize>)> = vec![
        ("model.shared.weight".into(), vec![VOCAB, DIM]),
        ("final_logits_bias".into(), vec![1, VOCAB]),
    ];
    let mut add = |name: String, shape: &[usize]| tensors.push((name, shape.to_vec()));
    for (side, ffn) in [("encoder", 40), ("decoder", 70)] {
        add(format!("model.{side}.embed_positions.weight"), &[positions + 2, DIM]);
        let mut norms = vec!["layer_norm".to_string(), "layernorm_embedding".to_string()];
        for layer in 0..2 {
            let blocks: &[&str] = if side == "encoder" {
                &["self_attn"]
            } else {
                &["self_attn", "encoder_attn"]
            };
            for block in blocks {
                for part in ["q_proj", "k_proj", "v_proj", "out_proj"] {
                    add(
                        format!("model.{side}.layers.{layer}.{block}.{part}.weight"),
                        &[DIM, DIM],
                    );
                    add(format!("model.{side}.layers.{layer}.{block}.{part}.bias"), &[DIM]);
                }
                norms.push(format!("layers.{layer}.{block}_layer_norm"));
            }
            norms.push(format!("layers.{layer}.final_layer_norm"));
            for (part, from, to) in [("fc1", DIM, ffn), ("fc2", ffn, DIM)] {
                add(format!("model.{side}.layers.{layer}.{part}.weight"), &[to, from]);
                add(format!("model.{side}.layers.{layer}.{part}.bias"), &[to]);
            }
        }
        for norm in norms {
            add(format!("model.{side}.{norm}.weight"), &[DIM]);
            add(format!("model.{side}.{norm}.bias"), &[DIM]);
        }
    }
    let bytes: Vec<Vec<u8>> = tensors
        .iter()
        .enumerate()
        .map(|(t, (name, shape))| {
            let n: usize = shape.iter().product();
            let base = if name.ends_with("norm.weight") { 1.0 } else { 0.0 };
            let value = |i: usize| base + 0.3 * ((i * 7919 + t * 104_729) as f32 * 0.618).sin();
            (0..n).flat_map(|i| value(i).to_le_bytes()).collect()
        })
        .collect();
    let views = tensors
        .iter()
        .zip(&bytes)
        .map(|((name, shape), b)| (name.clone(), TensorView::new(Dtype::F32, shape.clone(), b).unwrap()));
    let file = safetensors::serialize(views, None).unwrap();
    (layout, Weights::from_bytes("test", file).unwrap())
}

fn close(a: &[Vec<Candidate>], b: &[Vec<Candidate>], tolerance: f32, what: &str) {
    assert_eq!(a.len(), b.len(), "{what}");
    for (a, b) in a.iter().zip(b) {
        assert_eq!(a.len(), b.len(), "{what}");
        for c in a {
            let other = b.iter().find(|o| o.token == c.token).unwrap();
            assert!((c.logp - other.logp).abs() < tolerance, "{what}: {c:?} {other:?}");
        }
    }
}

const FAMILIES: [&str; 5] = ["marian", "bart", "mbart", "m2m_100", "pegasus"];
const SOURCES: [&[u32]; 3] = [&[5, 9, 77, 3, 2], &[8, 2], &[140, 141, 142, 20, 21, 22, 23, 24, 2]];

#[test]
fn slices_agree_with_tensors_whatever_comes_and_goes() {
    for family in FAMILIES {
        let (layout, w) = checkpoint(family, 50);
        let slices = CpuModel::load(layout.clone(), &w, Precision::F32).unwrap();
        let tensors = Transformer::load(layout, &w, Device::cpu()).unwrap();
        let (mut a, mut b) = (slices.start(&SOURCES).unwrap(), tensors.start(&SOURCES).unwrap());
        let mut both = |what: &str, tokens: &[u32], rows: &[usize], new: &[&[u32]]| {
            let (x, y) = (a.step(tokens, &[], VOCAB).unwrap(), b.step(tokens, &[], VOCAB).unwrap());
            close(&x, &y, 1e-4, &format!("{family} {what}"));
            let (x, y) = (a.attention().unwrap(), b.attention().unwrap());
            for (x, y) in x.iter().zip(&y) {
                assert_eq!(x.len(), y.len());
                assert!(x.iter().zip(y).all(|(x, y)| (x - y).abs() < 1e-4), "{family} {what}");
            }
            a.select(rows).unwrap();
            b.select(rows).unwrap();
            a.admit(new).unwrap();
            b.admit(new).unwrap();
        };
        both("first", &[1, 1, 1], &[0, 0, 2, 1, 1], &[]);
        both("beams", &[4, 5, 6, 7, 8], &[1, 0, 0, 4, 3], &[]);
        both("swapped", &[9, 10, 11, 12, 13], &[0, 2, 3], &[&[50, 51, 52, 2]]);
        both("admitted", &[14, 15, 16, 1], &[3, 1], &[]);
        both(
            "left",
            &[17, 18],
            &[1],
            &[&[60, 2], &[61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 2]],
        );
        both("again", &[19, 1, 1], &[], &[&[99, 2]]);
        both("emptied", &[1], &[0], &[]);
    }
}

#[test]
fn a_quantized_checkpoint_is_the_same_on_every_path() {
    for family in FAMILIES {
        let (layout, w) = checkpoint(family, 50);
        let file = crate::nn::cpu::quantize::quantize(&w, &[]).unwrap();
        let quantized = Weights::from_bytes("test", file).unwrap();
        let run = |model: &dyn Seq2Seq| model.start(&SOURCES).unwrap().step(&[1; 3], &[], VOCAB).unwrap();
        let load = |w: &Weights, precision| CpuModel::load(layout.clone(), w, precision).unwrap();
        let (at_load, ahead) = (load(&w, Precision::Int8), load(&quantized, Precision::Int8));
        assert_eq!(run(&at_load), run(&ahead), "{family}");
        let tensors = Transformer::load(layout.clone(), &quantized, Device::cpu()).unwrap();
        close(&run(&load(&quantized, Precision::F32)), &run(&tensors), 1e-4, family);
    }
}

#[test]
fn int8_is_close_and_a_row_is_the_same_in_any_batch() {
    for family in FAMILIES {
        let (layout, w) = checkpoint(family, 50);
        let exact = CpuModel::load(layout.clone(), &w, Precision::F32).unwrap();
        let int8 = CpuModel::load(layout, &w, Precision::Int8).unwrap();
        let steps = |model: &CpuModel, sources: &[&[u32]]| -> Vec<Vec<Candidate>> {
            let mut state = model.start(sources).unwrap();
            state.step(&vec![1; sources.len()], &[], VOCAB).unwrap();
            state.step(&vec![7; sources.len()], &[], VOCAB).unwrap()
        };
        let all = steps(&int8, &SOURCES);
        close(&all, &steps(&exact, &SOURCES), 0.35, family);
        for (source, row) in SOURCES.iter().zip(&all) {
            assert_eq!(&steps(&int8, &[source])[0], row, "{family}");
        }
    }
}

#[test]
fn edits_and_k_apply_as_on_a_full_row() {
    let (layout, w) = checkpoint("marian", 50);
    let model = CpuModel::load(layout, &w, Precision::Int8).unwrap();
    let step = |edits: &[Edits], k: usize| {
        model
            .start(&SOURCES[..1])
            .unwrap()
            .step(&[1], edits, k)
            .unwrap()
            .remove(0)
    };
    let full = step(&[], VOCAB);
    assert_eq!(full.len(), VOCAB);
    let total: f32 = full.iter().map(|c| c.logp.exp()).sum();
    assert!((total - 1.0).abs() < 1e-4, "{total}");
    let mut row = vec![0.0; VOCAB];
    full.iter().for_each(|c| row[c.token as usize] = c.logp);
    let (first, second) = (full[0].token, full[1].token);
    let last = VOCAB as u32 - 1;
    let cases = [
        Edits::default(),
        Edits {
            ban: vec![second, first, 0, last],
            ..Edits::default()
        },
        Edits {
            only: Some(vec![last, 3, first, 70]),
            ..Edits::default()
        },
        Edits {
            add: vec![(last, 9.0), (3, 2.0), (3, 1.0), (64, 5.0)],
            ..Edits::default()
        },
        Edits {
            add: vec![(5, 50.0), (last, 3.0)],
            only: Some(vec![5, 63, 64, last]),
            ban: vec![63],
        },
        Edits {
            only: Some(vec![]),
            ..Edits::default()
        },
        Edits {
            only: Some(vec![9]),
            ban: vec![9],
            ..Edits::default()
        },
    ];
    for edits in cases {
        for k in [0, 1, 2, 5, 8, VOCAB] {
            let mut expected = row.clone();
            edits.apply(&mut expected);
            let expected = crate::model::candidates::top(&expected, k);
            let found = step(std::slice::from_ref(&edits), k);
            let tokens = |c: &[Candidate]| c.iter().map(|c| c.token).collect::<Vec<_>>();
            assert_eq!(tokens(&found), tokens(&expected), "{edits:?} {k}");
            for (f, e) in found.iter().zip(&expected) {
                assert!((f.logp - e.logp).abs() < 1e-4, "{edits:?} {k}");
            }
        }
    }
}

#[test]
fn wrong_calls_are_errors() {
    let (layout, w) = checkpoint("marian", 6);
    let model = CpuModel::load(layout, &w, Precision::Int8).unwrap();
    let fails = |sources: &[&[u32]], expected: &str| {
        assert_eq!(model.start(sources).err().unwrap().to_string(), expected);
    };
    fails(&[&[5, 2], &[]], "a source has no tokens");
    fails(&[&[5, 150]], "token 150 lies outside the vocabulary of 150");
    fails(&[&[5; 7]], "7 tokens are more than the model's 6 positions");
    let mut state = model.start(&[&[5, 2]]).unwrap();
    assert_eq!(
        state.step(&[1, 1], &[], 1).unwrap_err().to_string(),
        "a step of 2 tokens for 1 rows"
    );
    assert_eq!(state.select(&[1]).unwrap_err().to_string(), "row 1 of 1");
    for _ in 0..6 {
        state.step(&[1], &[], 1).unwrap();
    }
    assert_eq!(
        state.step(&[1], &[], 1).unwrap_err().to_string(),
        "7 tokens are more than the model's 6 positions"
    );
    state.select(&[]).unwrap();
    assert!(state.step(&[], &[], 4).unwrap().is_empty());
}

#[test]
fn cells_are_reused() {
    let (layout, w) = checkpoint("marian", 50);
    let model = CpuModel::load(layout, &w, Precision::F32).unwrap();
    for _ in 0..20 {
        // Memory goes from one state to the next.
        let mut state = State::<f32>::new(&model, &model.exact);
        state.admit(&SOURCES[..1]).unwrap();
        for _ in 0..5 {
            state.step(&vec![1; state.rows.len()], &[], 1).unwrap();
            state.select(&[0, 0]).unwrap();
        }
        assert!(state.cells.len() <= 12, "{}", state.cells.len());
        state.select(&[]).unwrap();
        state.admit(&SOURCES[..1]).unwrap();
        assert_eq!(state.rows[0].source, 0, "the only one there is");
    }
    let once = State::<f32>::new(&model, &model.exact);
    assert!(!once.buffers.kept.is_empty() && once.buffers.sources.length(0) == 0);
}
