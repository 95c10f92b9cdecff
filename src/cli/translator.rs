//! Opens the translator that a command asks for: the embedded one, a folder's, or one of the cache.
use super::{
    chat,
    place::find,
    settings::{ModelSettings, Settings},
};
use crate::{
    brief::{repair, Glossary, Repair, Translate, Translated, Translator},
    decode::{Generator, Search},
    model::{self, embedded, Loaded, Options, Source},
    nn::Device,
    tokenizer::Tokenizer,
    Error,
};
use std::path::Path;

/// Target tokens for each source token at most: what is longer is a loop, not a translation.
const MAX_RATIO: f32 = 3.0;

/// The translator, loaded.
///
/// # Errors
/// Where there is no such model, no such device, or the files do not fit together.
pub fn open(settings: &Settings, model: &ModelSettings) -> anyhow::Result<Box<dyn Translate>> {
    let terms = || model.glossary.as_deref().map(glossary).transpose();
    let place = find(settings, &model.model)?;
    if let Some(writer) = chat::open(settings, &place)? {
        return Ok(Box::new(writer.with_glossary(terms()?)));
    }
    let options = Options {
        device: device(settings)?,
        allow_pickle: settings.allow_pickle,
    };
    if model.repair {
        std::thread::spawn(warm_checks);
    }
    let (loaded, tokenizer) = match place.folder() {
        None => embedded_model(&options)?,
        Some(dir) => folder_model(dir, &options)?,
    };
    let (name, revision) = place.signature();
    let forced_first = tokenizer.framing().forced_first;
    let hints = tokenizer.hints();
    let generator = Generator::new(loaded, tokenizer);
    let mut search = Search {
        max_ratio: Some(MAX_RATIO),
        forced_first: forced_first.or(generator.defaults().forced_first),
        ..generator.defaults().clone().with_beams(model.beams)
    };
    if let Some(most) = model.max_tokens {
        search.max_tokens = search.max_tokens.min(most);
    }
    let translator = Translator::new(generator, search, name, revision).with_hints(hints);
    let glossary = terms()?;
    Ok(match (model.repair, glossary) {
        (true, glossary) => Box::new(Repair::new(translator).with_glossary(glossary)),
        (false, None) => Box::new(translator),
        (false, glossary) => Box::new(Repair::new(translator).with_glossary(glossary).terms_only()),
    })
}

/// Makes the tables of the checks while the model loads: they are made when they are first needed, and take as long.
fn warm_checks() {
    let english = Translated {
        text: "On 3 May 2024 the police arrested two men in Rome, the prosecutor said.".into(),
        ..Translated::default()
    };
    let italian = "Il 3 maggio 2024 la polizia ha arrestato due uomini a Roma, ha detto il procuratore.";
    repair::faults(italian, &english, None);
}

/// The glossary of a file.
///
/// # Errors
/// Where it cannot be read or is none.
pub fn glossary(path: &Path) -> Result<Glossary, Error> {
    let shown = path.display();
    let bytes =
        std::fs::read(path).map_err(|e| Error::new(format!("cannot read the glossary `{shown}`")).caused_by(e))?;
    Glossary::parse(&bytes).map_err(|e| {
        Error::new(format!("`{shown}` is no glossary"))
            .caused_by(e)
            .hint("lines are an Italian term, a tab and its English; TBX is read as well")
    })
}

fn folder_model(dir: &Path, options: &Options) -> anyhow::Result<(Loaded, Tokenizer)> {
    // The model first: without `config.json` the folder is no model at all, and that is said.
    let loaded = model::load(Source::Folder(dir), options)?;
    Ok((loaded, Tokenizer::open(dir)?.italian_to_english()?))
}

fn embedded_model(options: &Options) -> anyhow::Result<(Loaded, Tokenizer)> {
    let files = embedded::required()?;
    std::thread::scope(|scope| {
        let tokenizer = scope.spawn(|| Tokenizer::from_bytes(&files.tokenizer));
        let loaded = model::load(files.source(), options)?;
        let tokenizer = tokenizer
            .join()
            .map_err(|_| Error::new("the tokenizer's thread stopped"))?;
        Ok((loaded, tokenizer?))
    })
}

/// The device that was asked for; a CPU multiplies in int8 unless told otherwise.
pub fn device(settings: &Settings) -> anyhow::Result<Device> {
    let device = Device::by_name(&settings.device)?;
    Ok(match settings.dtype {
        Some(dtype) => device.with_dtype(dtype.name())?,
        None if device.is_cpu() => device.with_dtype("int8")?,
        None => device,
    })
}
