//! Any text as `config.json`, and what follows its first NUL as `generation_config.json`: an architecture that is read
//! has dimensions that a model can have.
#![no_main]
use libfuzzer_sys::fuzz_target;
use sunto_fuzz::model::config::{Architecture, Generation};

fuzz_target!(|text: &str| {
    let (config, generation) = match text.split_once('\0') {
        Some((config, generation)) => (config, Some(generation)),
        None => (text, None),
    };
    match Architecture::parse(config, "config.json") {
        Ok(Architecture::Transformer(layout)) => {
            for stack in [layout.encoder, layout.decoder] {
                assert!(stack.heads > 0 && layout.dim % stack.heads == 0 && stack.layers <= 1000);
            }
            assert!(layout.dim > 0 && layout.vocab > 0 && layout.target_vocab > 0);
        }
        Ok(Architecture::T5(layout)) => {
            assert!(layout.dim > 0 && layout.heads > 0 && layout.head_dim > 0 && layout.vocab > 0);
        }
        Ok(Architecture::Toy(_)) => {}
        Err(error) => assert!(!error.what.is_empty()),
    }
    if let Err(error) = Generation::parse(config, generation, "config.json") {
        assert!(!error.what.is_empty());
    }
});
