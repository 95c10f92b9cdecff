//! `sunto models pull`: a bar on a terminal, one line a model elsewhere.
use crate::{
    cli::{args::models::PullArgs, hub, output, settings::Settings},
    model::{card::is_non_commercial, hub::Spec},
    Error,
};

/// What is pulled under a name.
///
/// # Errors
/// Where it is no name of a model on a hub.
pub fn spec(name: &str) -> Result<Spec, Error> {
    Spec::parse(name).ok_or_else(|| match crate::model::card::ModelCard::named(name) {
        Some(_) => Error::new(format!(
            "`{name}` is embedded in this program: there is nothing to pull"
        )),
        None => Error::new(format!("there is no model `{name}`"))
            .hint("give a name that `sunto models list` shows, ORG/NAME, or ORG/NAME@REVISION"),
    })
}

#[cfg(feature = "hub")]
pub fn run(settings: &Settings, args: &PullArgs) -> anyhow::Result<()> {
    use super::bar::Bar;
    use crate::model::hub::pull::{pull, Options};
    let specs = args.names.iter().map(|n| spec(n)).collect::<Result<Vec<_>, _>>()?;
    let (remote, cache) = (hub::remote(settings)?, hub::cache());
    let options = Options {
        allow_pickle: settings.allow_pickle,
        commercial: settings.commercial,
    };
    for spec in &specs {
        let bar = Bar::new(settings);
        let lock = pull(&remote, &cache, spec, &options, &mut |event| bar.show(event))?;
        bar.clear();
        let dir = cache.snapshot(&lock.repo, &lock.commit)?.dir;
        output::line(&format!(
            "{}: {} files, {:.1} MB, licence {}{}, commit {}\n  {}",
            spec.name(),
            lock.files.len(),
            lock.size() as f64 / 1e6,
            match lock.licence.as_str() {
                "" => "not stated",
                licence => licence,
            },
            match is_non_commercial(&lock.licence) {
                true => " (not for commercial use)",
                false => "",
            },
            lock.commit,
            dir.display()
        ))?;
    }
    Ok(())
}

#[cfg(not(feature = "hub"))]
pub fn run(settings: &Settings, args: &PullArgs) -> anyhow::Result<()> {
    let _ = (hub::cache(), settings, is_non_commercial(""), output::line);
    args.names.iter().try_for_each(|n| spec(n).map(|_| ()))?;
    Err(Error::new("this binary was built without the network")
        .hint("build it with `--features hub`, or bring the model with `sunto models bundle`")
        .into())
}
