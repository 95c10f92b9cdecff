//! Changes to one row of next-token log-probabilities, as data: rules make them, models apply them on any device.

/// A next token and its log-probability after the edits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    pub token: u32,
    pub logp: f32,
}

/// What to change in one row: applied in the order `add`, `only`, `ban`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edits {
    /// Tokens that may not come next.
    pub ban: Vec<u32>,
    /// If set, only these tokens may come next.
    pub only: Option<Vec<u32>>,
    /// Bonuses added to log-probabilities (not renormalised).
    pub add: Vec<(u32, f32)>,
}

impl Edits {
    pub fn is_empty(&self) -> bool {
        self.ban.is_empty() && self.only.is_none() && self.add.is_empty()
    }

    pub fn clear(&mut self) {
        self.ban.clear();
        self.only = None;
        self.add.clear();
    }

    /// Applies the edits to a full row of log-probabilities, `(vocab)`.
    pub fn apply(&self, logp: &mut [f32]) {
        for &(t, bonus) in &self.add {
            logp[t as usize] += bonus;
        }
        if let Some(only) = &self.only {
            let kept: Vec<(usize, f32)> = only.iter().map(|&t| (t as usize, logp[t as usize])).collect();
            logp.fill(f32::NEG_INFINITY);
            for (t, p) in kept {
                logp[t] = p;
            }
        }
        for &t in &self.ban {
            logp[t as usize] = f32::NEG_INFINITY;
        }
    }
}
