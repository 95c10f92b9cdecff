//! What a family puts around a source and before a target: `</s>`, `<s> .. </s>`, language tokens.
use super::vocabulary::Vocabulary;
use crate::{Error, Result};

/// Where a family says which language is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Languages {
    /// It does not, or the card's prompt does (`<2en> `, `summarize: `).
    None,
    /// A token of the target language before the source, where the vocabulary has one: Marian's `>>eng<<`.
    TargetBeforeSource,
    /// A token of the source language before the source, and the target's as the first token of the target:
    /// mBART (`it_IT`), NLLB (`ita_Latn`), M2M100 (`__it__`).
    Both,
}

/// Ids around a source, and the first id of a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Framing {
    pub prefix: Vec<u32>,
    pub suffix: Vec<u32>,
    /// The language token that a target must begin with.
    pub forced_first: Option<u32>,
}

impl Framing {
    /// Sets the language tokens; `source` and `target` as the vocabulary spells them, with or without its marks;
    /// what is not given stays.
    pub fn set_languages(
        &mut self,
        family: Languages,
        vocabulary: &Vocabulary,
        source: Option<&str>,
        target: Option<&str>,
    ) -> Result<()> {
        let find = |code: &str| {
            // Marked ones first: `it` and `en` are also pieces of words.
            let spellings = [format!(">>{code}<<"), format!("__{code}__"), code.to_owned()];
            spellings.iter().find_map(|s| vocabulary.id(s)).ok_or_else(|| {
                Error::new(format!("the vocabulary has no token for the language `{code}`"))
                    .hint("write the code as the model's card does, such as `ita_Latn`, `it_IT` or `it`")
            })
        };
        match family {
            Languages::None => {}
            Languages::TargetBeforeSource => {
                if let Some(code) = target {
                    self.prefix = vec![find(code)?];
                }
            }
            Languages::Both => {
                if let Some(code) = source {
                    self.prefix = vec![find(code)?];
                }
                if let Some(code) = target {
                    self.forced_first = Some(find(code)?);
                }
            }
        }
        Ok(())
    }
}
