//! A system of a suite that runs models: the same `Briefer` that `sunto brief` runs.
use super::{
    corpus::Item,
    prediction::{Output, Producer},
};
use crate::{brief::Briefer, Error, Result};

/// A briefer as a producer of outputs.
pub struct Briefing(pub Briefer);

impl Producer for Briefing {
    fn fingerprint(&self) -> String {
        let stamp = self.0.translator.stamp();
        let (strategy, search, seed) = (self.0.strategy.name(), self.0.translator.search(), self.0.seed);
        format!(
            "{strategy}|{}|sha256:{}|{}|{search}|seed:{seed}",
            stamp.name, stamp.sha256, stamp.dtype
        )
    }

    fn produce(&mut self, item: &Item) -> Result<Output> {
        let failed = |e| Error::new(format!("cannot brief article `{}`", item.article.id)).caused_by(e);
        let brief = self.0.brief(&item.article).map_err(failed)?;
        let mut cited: Vec<u32> = brief
            .summary
            .iter()
            .flat_map(|s| &s.citations)
            .map(|c| c.sentence)
            .collect();
        cited.sort_unstable();
        cited.dedup();
        Ok(Output {
            translation: brief.translation.into_iter().map(|t| t.text).collect(),
            headline: brief.headline,
            brief: brief.summary.into_iter().map(|s| s.text).collect(),
            cited: Some(cited),
        })
    }
}
