//! The models of learned metrics: `--metric-model` and a suite's table, resolved to folders.
use crate::{
    cli::{place, settings::Settings},
    eval::metrics::learned::{self, ModelOf},
    nn::Device,
    Error,
};
use std::{collections::BTreeMap, path::PathBuf};

/// Help of `--metric-model`, which two commands have.
pub const FORM: &str = "[METRIC=]FOLDER|CARD[,layer=N][,idf][,baseline=FILE][,batch=N]";

/// Reads what `--metric-model` was given, once for each learned metric; the name may be left out where there is one.
///
/// # Errors
/// Where a text is not of [`FORM`], or names no learned metric that is asked for.
pub fn parse(given: &[String], metrics: &[String]) -> Result<BTreeMap<String, ModelOf>, Error> {
    let asked: Vec<&str> = learned::names()
        .filter(|n| metrics.iter().any(|m| m.trim() == *n))
        .collect();
    let mut models = BTreeMap::new();
    for text in given {
        let bad = |what: String| Error::new(what).hint(format!("the form is {FORM}"));
        let mut parts = text.split(',');
        let first = parts.next().unwrap_or_default();
        let (name, model) = match (first.split_once('='), asked.as_slice()) {
            (Some((name, model)), _) => (name, model),
            (None, [one]) => (*one, first),
            (None, _) => {
                let what = format!("`--metric-model {text}` does not say whose model it is");
                return Err(bad(what));
            }
        };
        if !asked.contains(&name) {
            return Err(Error::new(format!(
                "`--metric-model` is for `{name}`, which is not among the metrics"
            ))
            .hint(format!(
                "metrics with a model are {}",
                learned::names().collect::<Vec<_>>().join(", ")
            )));
        }
        let mut of = ModelOf {
            model: PathBuf::from(model),
            ..ModelOf::default()
        };
        for part in parts {
            let number = |n: &str| n.parse::<usize>().map_err(|_| bad(format!("`{part}` is not a number")));
            match part.split_once('=') {
                None if part == "idf" => of.idf = true,
                Some(("layer", n)) => of.layer = Some(number(n)?),
                Some(("batch", n)) => of.batch = Some(number(n)?),
                Some(("baseline", path)) => of.baseline = Some(PathBuf::from(path)),
                _ => return Err(bad(format!("`--metric-model {text}` has an unknown part `{part}`"))),
            }
        }
        models.insert(name.to_string(), of);
    }
    Ok(models)
}

/// Finds the folder of every learned metric among `metrics`: the one that was given, else its usual card's.
///
/// # Errors
/// Where there is none, or none is here.
pub fn resolve(
    settings: &Settings,
    given: &BTreeMap<String, ModelOf>,
    metrics: &[String],
) -> anyhow::Result<BTreeMap<String, ModelOf>> {
    let mut models = BTreeMap::new();
    for name in metrics.iter().map(|m| m.trim()) {
        let Some(card) = learned::usual_card(name) else {
            continue;
        };
        let mut of = given.get(name).cloned().unwrap_or_else(|| ModelOf {
            model: PathBuf::from(card),
            ..ModelOf::default()
        });
        let wanted = of.model.display().to_string();
        let place = place::find(settings, &wanted).map_err(|e| {
            Error::new(format!("the model of `{name}` is not here"))
                .caused_by(e)
                .hint(format!(
                    "give its folder: `--metric-model {name}=FOLDER`, or pull it: `sunto models pull {card}`"
                ))
        })?;
        match place.folder() {
            Some(folder) => of.model = folder.to_path_buf(),
            None => anyhow::bail!("`{wanted}` writes texts and scores nothing"),
        }
        models.insert(name.to_string(), of);
    }
    Ok(models)
}

/// Where learned metrics are computed: in floats, whatever translators run in.
pub fn device(settings: &Settings) -> anyhow::Result<Device> {
    let device = Device::by_name(&settings.device)?;
    Ok(match settings.dtype.map(|d| d.name()) {
        Some(name) if name != "int8" => device.with_dtype(name)?,
        _ => device,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let check = |given: &str, metrics: &str, expected: Result<(&str, ModelOf), &str>| {
            let metrics: Vec<String> = metrics.split(',').map(String::from).collect();
            let found = parse(&[given.to_string()], &metrics).map_err(|e| e.to_string());
            let expected = expected.map(|(name, of)| BTreeMap::from([(name.to_string(), of)]));
            assert_eq!(found, expected.map_err(str::to_string), "{given}");
        };
        let of = |model: &str| ModelOf {
            model: model.into(),
            ..ModelOf::default()
        };
        check("a/b", "bleu,comet", Ok(("comet", of("a/b"))));
        check("nli=a", "nli,comet", Ok(("nli", of("a"))));
        let full = ModelOf {
            layer: Some(9),
            idf: true,
            baseline: Some("b.tsv".into()),
            batch: Some(2),
            ..of("a")
        };
        check(
            "bertscore=a,layer=9,idf,baseline=b.tsv,batch=2",
            "bertscore",
            Ok(("bertscore", full)),
        );
        check(
            "a",
            "nli,comet",
            Err("`--metric-model a` does not say whose model it is"),
        );
        check(
            "bleu=a",
            "bleu",
            Err("`--metric-model` is for `bleu`, which is not among the metrics"),
        );
        check("a,layer=x", "nli", Err("`layer=x` is not a number"));
        check(
            "a,deep",
            "nli",
            Err("`--metric-model a,deep` has an unknown part `deep`"),
        );
    }
}
