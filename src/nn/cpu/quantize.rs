//! A checkpoint with its matrices in int8, ahead of time: a quarter of the bytes of f32, and nothing to do at load.
//!
//! Each matrix `X.weight` (outputs, inputs) becomes int8 of the same name and shape, and `X.weight_scale` (outputs)
//! holds what an output's values are multiplied by. Everything else stays as it is. The header says so, and leaves out
//! the `format` without which transformers refuses a file: it would take the integers for the weights.
use super::panels;
use crate::{nn::Weights, Error, Result};
use safetensors::{tensor::TensorView, Dtype};
use std::collections::HashMap;

/// Whether a tensor is multiplied with: vectors, tables of positions and biases of attention are not.
fn is_matrix(name: &str, shape: &[usize]) -> bool {
    let is_table = ["embed_positions", "relative_attention_bias"];
    shape.len() == 2 && name.ends_with(".weight") && !is_table.iter().any(|t| name.contains(t))
}

/// The checkpoint as a safetensors file, without the tensors that `leave_out` names. What is int8 already stays so.
///
/// # Errors
/// Where a matrix holds no floats.
pub fn quantize(w: &Weights, leave_out: &[&str]) -> Result<Vec<u8>> {
    let mut tensors: Vec<(String, Dtype, Vec<usize>, Vec<u8>)> = vec![];
    let mut names: Vec<&str> = w.names().filter(|n| !leave_out.contains(n)).collect();
    names.sort_unstable();
    for name in names {
        let view = w.view(name)?;
        if view.dtype == Dtype::I8 || !is_matrix(name, view.shape) {
            tensors.push((name.to_string(), view.dtype, view.shape.to_vec(), view.bytes.to_vec()));
            continue;
        }
        let values = w.get(name, view.shape)?;
        let inputs = view.shape[1].max(1);
        let mut row = vec![0i8; inputs];
        let (mut bytes, mut scales) = (Vec::with_capacity(values.len()), vec![]);
        for values in values.chunks_exact(inputs) {
            scales.extend(panels::quantize(values, &mut row).to_le_bytes());
            bytes.extend(row.iter().map(|&v| v as u8));
        }
        tensors.push((name.to_string(), Dtype::I8, view.shape.to_vec(), bytes));
        tensors.push((format!("{name}_scale"), Dtype::F32, vec![view.shape[0]], scales));
    }
    let broken = |e| Error::new("cannot write the quantized checkpoint").caused_by(e);
    let views = tensors
        .iter()
        .map(|(n, d, s, b)| Ok((n.as_str(), TensorView::new(*d, s.clone(), b).map_err(broken)?)))
        .collect::<Result<Vec<_>>>()?;
    let about = HashMap::from([(
        "int8".to_string(),
        "X.weight times X.weight_scale, a row each".to_string(),
    )]);
    safetensors::serialize(views, Some(about)).map_err(broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matrices_become_int8_and_read_back_as_floats() {
        let floats = |v: &[f32]| -> Vec<u8> { v.iter().flat_map(|v| v.to_le_bytes()).collect() };
        let (matrix, vector) = (floats(&[1.0, -0.5, 0.25, 4.0, 8.0, 0.0]), floats(&[1.0, 2.0]));
        let views = [
            ("a.weight", TensorView::new(Dtype::F32, vec![2, 3], &matrix).unwrap()),
            ("a.bias", TensorView::new(Dtype::F32, vec![2], &vector).unwrap()),
            ("n.weight", TensorView::new(Dtype::F32, vec![2], &vector).unwrap()),
            (
                "e.embed_positions.weight",
                TensorView::new(Dtype::F32, vec![2, 1], &vector).unwrap(),
            ),
        ];
        let w = Weights::from_bytes("test", safetensors::serialize(views, None).unwrap()).unwrap();
        let q = Weights::from_bytes("test", quantize(&w, &[]).unwrap()).unwrap();
        assert_eq!(q.view("a.weight").unwrap().dtype, Dtype::I8);
        assert_eq!(q.get("n.weight", &[2]).unwrap(), [1.0, 2.0]);
        assert_eq!(q.view("e.embed_positions.weight").unwrap().dtype, Dtype::F32);
        let back = q.get("a.weight", &[2, 3]).unwrap();
        let close = |(a, b): (&f32, f32)| (a - b).abs() < 8.0 / 250.0;
        assert!(back.iter().zip([1.0, -0.5, 0.25, 4.0, 8.0, 0.0]).all(close), "{back:?}");
        assert_eq!(quantize(&q, &[]).unwrap(), quantize(&w, &[]).unwrap(), "once is enough");
        let less = Weights::from_bytes("test", quantize(&w, &["a.weight"]).unwrap()).unwrap();
        assert!(!less.contains("a.weight") && !less.contains("a.weight_scale") && less.contains("a.bias"));
    }
}
