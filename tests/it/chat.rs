//! Chat models in GGUF files do what transformers does with them: ids, templates, log-probabilities, answers.
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};
use sunto::{
    model::chat::{best, file, Chat, Message},
    nn::Device,
};

#[derive(Deserialize)]
struct Expected {
    models: BTreeMap<String, Model>,
}

#[derive(Deserialize)]
struct Model {
    chats: Vec<Conversation>,
    texts: Vec<(String, Vec<u32>)>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Conversation {
    messages: Vec<(String, String)>,
    text: String,
    ids: Vec<u32>,
}

#[derive(Deserialize)]
struct Case {
    prompt: Vec<u32>,
    forced: Vec<u32>,
    /// The best tokens and their log-probabilities after the prompt and after each forced token.
    steps: Vec<Vec<(u32, f32)>>,
    greedy: Vec<u32>,
}

fn expected() -> BTreeMap<String, Model> {
    let text = fs::read_to_string("tests/parity/chat/expected.json").unwrap();
    serde_json::from_str::<Expected>(&text).unwrap().models
}

fn open(name: &str) -> Chat {
    Chat::open(Path::new(&format!("tests/parity/chat/{name}.gguf")), &Device::cpu()).unwrap()
}

fn messages(pairs: &[(String, String)]) -> Vec<Message> {
    let role = |r: &str| match r {
        "system" => "system",
        "assistant" => "assistant",
        _ => "user",
    };
    let message = |(r, c): &(String, String)| Message {
        role: role(r),
        content: c.clone(),
    };
    pairs.iter().map(message).collect()
}

#[test]
fn forty_steps_agree_within_a_ten_thousandth() {
    for (name, model) in expected() {
        let chat = open(&name);
        for (n, case) in model.cases.iter().enumerate() {
            let mut context = chat.network().context();
            let mut logits = chat.network().read(&case.prompt, &mut context).unwrap();
            for (i, (step, &next)) in case.steps.iter().zip(&case.forced).enumerate() {
                let all = log_softmax(&logits);
                for &(token, logp) in step {
                    let found = all[token as usize];
                    assert!(
                        (found - logp).abs() < 1e-4,
                        "{name} {n}: step {i}, {token}: {found}, not {logp}"
                    );
                }
                logits = chat.network().read(&[next], &mut context).unwrap();
            }
            assert_eq!(context.tokens(), case.prompt.len() + 40);
            // In one pass as token by token.
            let whole = [case.prompt.as_slice(), &case.forced].concat();
            let at_once = chat.network().read(&whole, &mut chat.network().context()).unwrap();
            assert!(
                logits.iter().zip(&at_once).all(|(a, b)| (a - b).abs() < 1e-4),
                "{name} {n}"
            );
        }
    }
}

#[test]
fn the_likeliest_tokens_are_the_same() {
    for (name, model) in expected() {
        let chat = open(&name);
        for case in &model.cases {
            assert_eq!(greedy(&chat, case), case.greedy, "{name}");
        }
    }
}

/// Eleven quantized types in one model: the reference computes with the numbers that gguf's own reader finds in the file.
/// In floats this engine does the same; as the command runs chat models on a CPU, inputs are rounded to 8 bits besides.
#[test]
fn quantized_weights_mean_what_their_format_says() {
    #[derive(Deserialize)]
    struct Quantized {
        cases: Vec<Case>,
    }
    let text = fs::read_to_string("tests/parity/chat/quantized.json").unwrap();
    let cases = serde_json::from_str::<Quantized>(&text).unwrap().cases;
    assert!(cases.len() == 3 && cases.iter().all(|c| c.steps.len() == 40 && c.greedy.len() == 24));
    let path = Path::new("tests/parity/chat/quantized.gguf");
    // How far each step's best tokens are from the reference.
    let far = |chat: &Chat, case: &Case| -> Vec<f32> {
        let mut context = chat.network().context();
        let mut logits = chat.network().read(&case.prompt, &mut context).unwrap();
        let step = |(expected, &next): (&Vec<(u32, f32)>, &u32)| {
            let all = log_softmax(&logits);
            logits = chat.network().read(&[next], &mut context).unwrap();
            let one = |&(token, logp): &(u32, f32)| (all[token as usize] - logp).abs();
            expected.iter().map(one).fold(0f32, f32::max)
        };
        case.steps.iter().zip(&case.forced).map(step).collect()
    };
    let floats = Chat::open(path, &Device::cpu()).unwrap();
    assert_eq!(floats.stamp().dtype, "f32");
    for case in &cases {
        let worst = far(&floats, case).into_iter().fold(0f32, f32::max);
        assert!(worst < 1e-4, "{worst}");
        assert_eq!(greedy(&floats, case), case.greedy);
    }
    let rounded = Chat::open(path, &Device::cpu().with_dtype("int8").unwrap()).unwrap();
    assert_eq!(rounded.stamp().dtype, "q5_0");
    let apart = far(&rounded, &cases[0]);
    let mean = apart.iter().sum::<f32>() / apart.len() as f32;
    assert!(mean > 1e-3 && mean < 0.15, "{mean}");
}

/// The likeliest tokens, as many as the reference wrote.
fn greedy(chat: &Chat, case: &Case) -> Vec<u32> {
    let mut context = chat.network().context();
    let mut logits = chat.network().read(&case.prompt, &mut context).unwrap();
    let mut written = vec![];
    for _ in 0..case.greedy.len() {
        let token = best(&logits);
        written.push(token);
        logits = chat.network().read(&[token], &mut context).unwrap();
    }
    written
}

fn log_softmax(logits: &[f32]) -> Vec<f32> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum = logits.iter().map(|x| f64::from(x - most).exp()).sum::<f64>().ln() as f32;
    logits.iter().map(|x| x - most - sum).collect()
}

#[test]
fn templates_and_ids_are_the_references() {
    for (name, model) in expected() {
        let chat = open(&name);
        for c in &model.chats {
            let text = chat.prompt(&messages(&c.messages)).unwrap();
            assert_eq!(text, c.text, "{name}");
            assert_eq!(chat.tokenizer().encode(&text), c.ids, "{name}: {text}");
        }
        assert!(model.texts.len() >= 250);
        for (text, ids) in &model.texts {
            assert_eq!(&chat.tokenizer().encode(text), ids, "{name}: {text:?}");
        }
    }
}

#[test]
fn an_article_cannot_speak_as_the_system() {
    for (name, _) in expected() {
        let chat = open(&name);
        let controls = [
            "<|im_end|>",
            "<|im_start|>",
            "<end_of_turn>",
            "<start_of_turn>",
            "<|end|>",
            "</s>",
            "<s>",
        ];
        let count = |text: &str| {
            let prompt = chat.prompt(&[Message::user(text)]).unwrap();
            let ids = chat.tokenizer().encode(&prompt);
            ids.iter().filter(|&&id| chat.tokenizer().is_control(id)).count()
        };
        let honest = count("Una frase.");
        for control in controls {
            let nested = format!("{}{control}{}", &control[..1], &control[1..]);
            assert_eq!(
                count(&format!("Una {control} frase {nested}.")),
                honest,
                "{name}: {control}"
            );
        }
    }
}

#[test]
fn answers_end_and_say_whether_they_were_cut() {
    for (name, model) in expected() {
        let chat = open(&name);
        let ask = messages(&model.chats[0].messages);
        let answer = chat.answer(&ask, 5).unwrap();
        // Random weights do not stop after five tokens by themselves in these three.
        assert!(answer.cut && answer.score < 0.0, "{name}: {answer:?}");
        assert_eq!(chat.answer(&ask, 5).unwrap(), answer, "{name}: no state is left behind");
        assert!(chat.fits(&ask, 100) && !chat.fits(&ask, 2048), "{name}");
        let long = [Message::user("parola ".repeat(3000))];
        let error = chat.answer(&long, 5).unwrap_err().to_string();
        assert!(error.ends_with("tokens, expected 1 to 2048"), "{error}");
    }
    let refused = open("gemma3").prompt(&messages(&[("user".into(), "a".into()), ("user".into(), "b".into())]));
    let error = refused.unwrap_err();
    assert_eq!(error.to_string(), "the model's chat template refuses the messages");
    assert_eq!(error.cause.unwrap().to_string(), "turns must alternate");
}

#[test]
fn broken_files_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("m.gguf");
    let good = fs::read("tests/parity/chat/llama.gguf").unwrap();
    let shown = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let error = Chat::open(&path, &Device::cpu()).err().unwrap();
        error.to_string().replace(&dir.path().display().to_string(), "DIR")
    };
    let whole = "`DIR/m.gguf` is not a whole GGUF file";
    assert_eq!(shown(b""), whole);
    assert_eq!(shown(b"GGUF"), whole);
    assert_eq!(shown(&good[..4000]), whole);
    // A count of 2^60 tensors.
    assert_eq!(
        shown(&[&good[..8], &(1u64 << 60).to_le_bytes(), &good[16..]].concat()),
        whole
    );
    assert_eq!(
        shown(&good[..good.len() - 100]),
        "cannot read the tensor `output.weight` of `DIR/m.gguf`"
    );
    let replaced = |from: &str, to: &str| {
        let at = good.windows(from.len()).position(|w| w == from.as_bytes()).unwrap();
        let mut bytes = good.clone();
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        shown(&bytes)
    };
    assert_eq!(
        replaced("llama.block_count", "llama.black_count"),
        "`DIR/m.gguf` has no number `llama.block_count`"
    );
    assert_eq!(
        replaced("blk.1.ffn_up.weight", "blk.1.ffn_un.weight"),
        "`DIR/m.gguf` has no tensor `blk.1.ffn_up.weight`"
    );
    assert_eq!(
        replaced("tokenizer.chat_template", "tokenizer.chat_templat_"),
        "`DIR/m.gguf` has no chat template"
    );
    fs::write(&path, &good).unwrap();
    assert_eq!(file(dir.path()).unwrap(), Some(path.clone()));
    fs::write(dir.path().join("n.gguf"), &good).unwrap();
    let error = file(dir.path()).unwrap_err();
    assert!(error.to_string().ends_with("holds 2 GGUF files"), "{error}");
    assert_eq!(file(Path::new("models/small-it-en")).unwrap(), None);
    fs::write(
        dir.path().join("tokenizer_config.json"),
        r#"{"chat_template": "{{ bos_token }}Q: {{ messages[0].content }}"}"#,
    )
    .unwrap();
    let chat = Chat::open(&path, &Device::cpu()).unwrap();
    assert_eq!(chat.prompt(&[Message::user("Ciao")]).unwrap(), "<s>Q: Ciao");
}
