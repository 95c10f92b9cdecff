//! Search: next-token candidates to hypotheses. Knows tokens and rules, no articles.
