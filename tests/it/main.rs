//! The one integration binary; each module says what it proves.
mod batch; // killed, resumed, retried; the same files at any number of jobs
mod batches; // the same bytes at any threads and jobs; failures told, kept, retried
mod brief; // what briefs choose, cite and show, with reference translations in place of a model
mod bundle; // models in one file: there and back, and nothing that a bundle does not list
mod cards; // what a card names is what its family's loader reads
mod chat; // chat models in GGUF files: ids, templates, logits and answers equal to transformers
mod check; // `sunto check` from outside: lines, texts, briefs, exit codes
mod cli; // the command as people run it: stdout, stderr and exit status in full
mod command; // how tests start the command: no settings, no models
mod encoders; // encoders, BERTScore and COMET equal their references on token ids
mod eval; // `sunto eval` from outside
mod eval_faults; // what it says of bad files
mod glossary; // `--glossary` end to end: bad files, terms told, the brief names it
mod hostile; // model folders made to do harm are refused in three lines and little memory
mod hub; // models pulled from a hub of the test's own: cuts, lies, refusals, silence
mod layers; // dependency direction, file length, module docs, no print in the library
mod learned; // learned metrics from text to score equal their reference implementations
mod metrics; // BLEU, chrF, TER and ROUGE equal sacreBLEU and rouge-score
mod odd_input; // odd files, full disks and locked folders cost one error each, on the command itself
mod parity; // the engine equals transformers on real and on tiny checkpoints
mod pickle; // torch archives: their tensors, and nothing in them is run
mod quantized; // a folder in int8 runs as its origin does
mod read; // formats against golden files; odd input costs one error and no more
mod site; // a folder of briefs to pages: golden files, nothing lost, nothing of an article taken for markup
mod strategies; // briefs that a model writes: read, cited, checked; what is said where the model is missing
mod suites; // suites open, the test split is untrained, runs resume, reports gate
mod toy; // a model without weights for tests of what stands around one
