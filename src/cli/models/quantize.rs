//! `sunto models quantize`: a folder in, a folder with int8 weights out.
use crate::{
    cli::{args::models::QuantizeArgs, output, place, settings::Settings},
    model::quantize::quantize_folder,
    Error,
};

pub fn run(settings: &Settings, args: &QuantizeArgs) -> anyhow::Result<()> {
    let place = place::find(settings, &args.model)?;
    let folder = match (place.chat()?, place.folder()) {
        (None, Some(folder)) => folder,
        (Some(_), _) => return Err(Error::new("a GGUF file is quantized already").into()),
        (None, None) => {
            return Err(Error::new(format!("`{}` is embedded in this program", args.model))
                .hint("give a folder in the transformers layout")
                .into())
        }
    };
    let sizes = quantize_folder(folder, &args.output, settings.allow_pickle)?;
    output::line(&format!(
        "{}: weights {:.1} MB, were {:.1} MB",
        args.output.display(),
        super::megabytes(sizes.after),
        super::megabytes(sizes.before)
    ))?;
    Ok(())
}
