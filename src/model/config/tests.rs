//! Configurations: every family's switches, and what hostile files get.
use super::*;

fn bart(model_type: &str, changes: &[(&str, serde_json::Value)]) -> String {
    let mut json = serde_json::json!({
        "model_type": model_type, "vocab_size": 60, "d_model": 32, "encoder_layers": 2, "decoder_layers": 2,
        "encoder_attention_heads": 4, "decoder_attention_heads": 4, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64,
        "max_position_embeddings": 64, "activation_function": "gelu", "pad_token_id": 1
    });
    for (key, value) in changes {
        json[*key] = value.clone();
    }
    json.to_string()
}

#[test]
fn families_differ_by_their_switches() {
    let check = |family: &str, position: Position, first: bool, embedding: bool, last: bool| {
        let Architecture::Transformer(l) = Architecture::parse(&bart(family, &[]), "config.json").unwrap() else {
            panic!("{family}");
        };
        assert_eq!(
            (l.position, l.norm_first, l.norm_embedding, l.norm_final),
            (position, first, embedding, last)
        );
    };
    let marian = Position::Sinusoidal {
        kind: Sinusoid::Marian,
        offset: 0,
    };
    check("marian", marian, false, false, false);
    check("pegasus", marian, true, false, true);
    check("bart", Position::Learned { offset: 2 }, false, true, false);
    check("mbart", Position::Learned { offset: 2 }, true, true, true);
    check(
        "m2m_100",
        Position::Sinusoidal {
            kind: Sinusoid::Fairseq,
            offset: 2,
        },
        true,
        false,
        true,
    );
}

#[test]
fn hostile_configurations_are_refused() {
    let check = |key: &str, value: serde_json::Value, expected: &str| {
        let error = Architecture::parse(&bart("bart", &[(key, value)]), "config.json").unwrap_err();
        let cause = error.cause.as_ref().map(|c| format!(": {c}")).unwrap_or_default();
        let text = format!("{error}{cause}");
        assert!(text.starts_with(expected), "{key}: {text}");
    };
    check(
        "encoder_attention_heads",
        0.into(),
        "`config.json`: `encoder_attention_heads` is 0, expected 1 to 4096",
    );
    check(
        "decoder_attention_heads",
        5.into(),
        "`config.json`: `d_model` 32 does not divide into 5 heads",
    );
    check(
        "d_model",
        0.into(),
        "`config.json`: `d_model` is 0, expected 1 to 65536",
    );
    check(
        "d_model",
        (1u64 << 60).into(),
        "`config.json`: `d_model` is 1152921504606846976",
    );
    check(
        "vocab_size",
        u64::MAX.into(),
        "`config.json`: `vocab_size` is 18446744073709551615",
    );
    check(
        "max_position_embeddings",
        (1u64 << 40).into(),
        "`config.json`: `max_position_embeddings` is",
    );
    check("decoder_layers", 0.into(), "`config.json`: `decoder_layers` is 0");
    check(
        "pad_token_id",
        60.into(),
        "`config.json`: `pad_token_id` 60 is no token",
    );
    let unread = "`config.json` describes no model that can run here: ";
    check("encoder_layers", (-1).into(), unread);
    check(
        "activation_function",
        "mish".into(),
        &format!("{unread}unknown variant `mish`"),
    );
    check(
        "model_type",
        "gpt_bigcode".into(),
        &format!("{unread}unknown variant `gpt_bigcode`, expected one of `marian`"),
    );
    check("vocab_size", serde_json::Value::Null, unread);
}

#[test]
fn hostile_t5_configurations_are_refused() {
    let check = |key: &str, value: u64| {
        let mut json = serde_json::json!({"model_type": "t5", "vocab_size": 60, "d_model": 32, "d_kv": 8, "d_ff": 64,
            "num_layers": 2, "num_heads": 4});
        assert!(Architecture::parse(&json.to_string(), "config.json").is_ok());
        json[key] = value.into();
        let error = Architecture::parse(&json.to_string(), "config.json")
            .unwrap_err()
            .to_string();
        assert!(error.starts_with(&format!("`config.json`: `{key}` is")), "{error}");
    };
    for key in [
        "vocab_size",
        "d_model",
        "d_kv",
        "d_ff",
        "num_heads",
        "num_layers",
        "num_decoder_layers",
    ] {
        check(key, 0);
        check(key, 1 << 50);
    }
    check("relative_attention_num_buckets", 0);
    check("relative_attention_max_distance", 3);
}

#[test]
fn generation_settings_come_from_either_file() {
    let config = r#"{"eos_token_id": 2, "pad_token_id": 1, "decoder_start_token_id": 2, "num_beams": 4,
        "early_stopping": true, "length_penalty": 2.0, "max_length": 142, "min_length": 56, "no_repeat_ngram_size": 3}"#;
    let alone = Generation::parse(config, None, "config.json").unwrap();
    assert_eq!(
        (alone.beams, alone.early_stopping, alone.min_length),
        (Some(4), EarlyStopping::Always, Some(56))
    );
    assert_eq!(
        (alone.length_penalty, alone.no_repeat_ngram, alone.max_length),
        (Some(2.0), Some(3), Some(142))
    );
    let generation = r#"{"num_beams": 6, "early_stopping": "never", "forced_bos_token_id": 9, "eos_token_id": [2, 7],
        "bad_words_ids": [[1], [3, 4]], "suppress_tokens": [5]}"#;
    let both = Generation::parse(config, Some(generation), "config.json").unwrap();
    assert_eq!(
        (both.beams, both.early_stopping, both.length_penalty),
        (Some(6), EarlyStopping::Never, None)
    );
    assert_eq!(
        (both.start, both.pad, both.eos, both.forced_first),
        (2, 1, vec![2, 7], Some(9))
    );
    assert_eq!((both.bad_words, both.suppressed), (vec![vec![1], vec![3, 4]], vec![5]));
    assert!(Generation::parse(config, Some("{"), "config.json").is_err());
}
