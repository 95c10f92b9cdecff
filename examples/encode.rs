//! Prints the ids of each line of standard input: `encode FOLDER [--target]`, for comparing with other tokenizers.
use std::io::BufRead;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().ok_or("usage: encode FOLDER [--target]")?;
    let target = args.next().is_some();
    let tokenizer = sunto::tokenizer::Tokenizer::open(folder.as_ref())?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let ids = if target {
            tokenizer.encode_target(&line)
        } else {
            tokenizer.encode(&line)
        };
        println!("{}", ids.iter().map(u32::to_string).collect::<Vec<_>>().join(" "));
    }
    Ok(())
}
