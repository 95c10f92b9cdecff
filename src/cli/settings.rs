//! Flags over `SUNTO_...` variables over a settings file: resolved once, every default in one place.
use super::{
    args::{model::ModelArgs, Dtype, Global},
    hub,
};
use crate::Error;
use clap::ValueEnum;
use serde::Deserialize;
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// The embedded translator.
pub const DEFAULT_MODEL: &str = "small-it-en";
const DEFAULT_BEAMS: usize = 4;
const DEFAULT_SEED: u64 = 1;
const MAX_BEAMS: usize = 64;
const MAX_THREADS: usize = 1024;

/// `sunto.toml`: every key may be left out, unknown keys are errors.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct File {
    device: Option<String>,
    dtype: Option<String>,
    threads: Option<usize>,
    seed: Option<u64>,
    offline: Option<bool>,
    allow_pickle: Option<bool>,
    commercial: Option<bool>,
    #[serde(alias = "translator")]
    model: Option<String>,
    summarizer: Option<String>,
    beams: Option<usize>,
    max_tokens: Option<usize>,
    no_repair: Option<bool>,
    glossary: Option<PathBuf>,
    strategy: Option<String>,
}

/// What every command runs with.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(test, derive(Default))]
pub struct Settings {
    /// The settings file that was read.
    pub path: Option<PathBuf>,
    /// `auto`, `cpu`, `cuda`, `cuda:N` or `metal`.
    pub device: String,
    /// `None`: what suits the device.
    pub dtype: Option<Dtype>,
    /// `None`: all processors.
    pub threads: Option<usize>,
    pub seed: u64,
    pub offline: bool,
    pub allow_pickle: bool,
    /// Models whose licence forbids commercial use are refused.
    pub commercial: bool,
    pub quiet: bool,
    pub verbose: bool,
    file: File,
}

/// What a translation runs with.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelSettings {
    /// A card's name, `ORG/NAME`, or a folder.
    pub model: String,
    pub beams: usize,
    /// `None`: in proportion to the source.
    pub max_tokens: Option<usize>,
    /// Whether sentences that fail the checks are translated again.
    pub repair: bool,
    /// Terms to be used.
    pub glossary: Option<PathBuf>,
}

impl File {
    fn dtype(&self) -> Result<Option<Dtype>, Error> {
        let one = |name: &String| {
            Dtype::from_str(name, false).map_err(|_| {
                Error::new(format!(
                    "settings: `dtype` is `{name}`, expected `f32`, `f16`, `bf16` or `int8`"
                ))
            })
        };
        self.dtype.as_ref().map(one).transpose()
    }

    /// Every key that is set here, and those of `under` for the others.
    fn over(self, under: Self) -> Self {
        Self {
            device: self.device.or(under.device),
            dtype: self.dtype.or(under.dtype),
            threads: self.threads.or(under.threads),
            seed: self.seed.or(under.seed),
            offline: self.offline.or(under.offline),
            commercial: self.commercial.or(under.commercial),
            model: self.model.or(under.model),
            summarizer: self.summarizer.or(under.summarizer),
            beams: self.beams.or(under.beams),
            max_tokens: self.max_tokens.or(under.max_tokens),
            no_repair: self.no_repair.or(under.no_repair),
            strategy: self.strategy.or(under.strategy),
            glossary: self.glossary.or(under.glossary),
            allow_pickle: self.allow_pickle.or(under.allow_pickle),
        }
    }
}

impl Settings {
    /// Lays keys of a settings file over these: what a suite says of one system.
    ///
    /// # Errors
    /// Where a key or value is none of a settings file's, or belongs to the whole run (`threads`, `offline`, `commercial`,
    /// `allow-pickle`).
    pub fn with(&self, table: &toml::Table) -> Result<Self, Error> {
        let own: File = table.clone().try_into().map_err(|e: toml::de::Error| {
            let message = e.message().replace('\n', " ");
            Error::new(message)
        })?;
        if let Some(key) = ["threads", "offline", "commercial", "allow-pickle"]
            .iter()
            .find(|k| table.contains_key(**k))
        {
            return Err(Error::new(format!("`{key}` is for the whole run, not for one system")));
        }
        let dtype = own.dtype()?.or(self.dtype);
        let seed = own.seed.unwrap_or(self.seed);
        let device = own.device.clone().unwrap_or_else(|| self.device.clone());
        Ok(Self {
            dtype,
            seed,
            device,
            file: own.over(self.file.clone()),
            ..self.clone()
        })
    }

    /// Reads the settings file, if there is one, and puts flags and variables over it.
    ///
    /// # Errors
    /// Where a file that was asked for cannot be read, where a file is no settings file, and where a value is out of
    /// range.
    pub fn resolve(global: &Global) -> anyhow::Result<Self> {
        let (path, file) = match &global.config {
            Some(path) => (Some(path.clone()), read(path)?),
            None => standard_paths()
                .find(|p| p.is_file())
                .map_or(Ok((None, File::default())), |p| read(&p).map(|f| (Some(p), f)))?,
        };
        let dtype = match global.dtype {
            None => file.dtype()?,
            given => given,
        };
        let threads = global.threads.or(file.threads);
        within("threads", threads, 1, MAX_THREADS)?;
        Ok(Self {
            device: global
                .device
                .clone()
                .or_else(|| file.device.clone())
                .unwrap_or_else(|| "auto".into()),
            dtype,
            threads,
            seed: global.seed.or(file.seed).unwrap_or(DEFAULT_SEED),
            allow_pickle: global.allow_pickle || file.allow_pickle.unwrap_or(false),
            offline: global.offline || file.offline.unwrap_or(false) || hub::is_offline(),
            commercial: global.commercial || file.commercial.unwrap_or(false),
            quiet: global.quiet,
            verbose: global.verbose,
            path,
            file,
        })
    }

    /// The model and its search.
    ///
    /// # Errors
    /// Where a value is out of range.
    pub fn model(&self, args: &ModelArgs) -> anyhow::Result<ModelSettings> {
        let beams = args.beams.or(self.file.beams);
        let max_tokens = args.max_tokens.or(self.file.max_tokens);
        within("beams", beams, 1, MAX_BEAMS)?;
        within("max-tokens", max_tokens, 1, usize::MAX)?;
        Ok(ModelSettings {
            model: args
                .model
                .clone()
                .or_else(|| self.file.model.clone())
                .unwrap_or_else(|| DEFAULT_MODEL.into()),
            beams: beams.unwrap_or(DEFAULT_BEAMS),
            max_tokens,
            glossary: args.glossary.clone().or_else(|| self.file.glossary.clone()),
            repair: !(args.no_repair || self.file.no_repair.unwrap_or(false)),
        })
    }

    /// The strategy by name: the flag, else the file's, else the default.
    pub fn strategy(&self, flag: Option<&str>, default: &str) -> String {
        flag.or(self.file.strategy.as_deref()).unwrap_or(default).to_string()
    }

    /// The summarizer by name: the flag, else the file's.
    pub fn summarizer(&self, flag: Option<&str>) -> Option<String> {
        flag.or(self.file.summarizer.as_deref()).map(String::from)
    }

    /// Threads that will compute.
    pub fn thread_count(&self) -> usize {
        self.threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
    }

    /// Makes rayon, and candle through its variable, use the threads asked for. Called before any of them starts.
    pub fn apply_threads(&self) {
        if let Some(n) = self.threads {
            env::set_var("RAYON_NUM_THREADS", n.to_string());
        }
    }
}

fn within(name: &str, value: Option<usize>, least: usize, most: usize) -> Result<(), Error> {
    match value {
        Some(v) if v < least => Err(Error::new(format!("`{name}` is {v}, expected at least {least}"))),
        Some(v) if v > most => Err(Error::new(format!("`{name}` is {v}, expected at most {most}"))),
        _ => Ok(()),
    }
}

fn standard_paths() -> impl Iterator<Item = PathBuf> {
    let home = env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|h| PathBuf::from(h).join(".config")));
    [
        Some(PathBuf::from("sunto.toml")),
        home.map(|h| h.join("sunto/sunto.toml")),
    ]
    .into_iter()
    .flatten()
}

fn read(path: &Path) -> Result<File, Error> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|e| {
        let failure = Error::new(format!("cannot read the settings file `{shown}`"));
        match e.kind() {
            io::ErrorKind::NotFound => failure.hint("check the path given with `--config` or `SUNTO_CONFIG`"),
            _ => failure,
        }
        .caused_by(e)
    })?;
    toml::from_str(&text).map_err(|e| {
        let before = &text[..e.span().map_or(0, |s| s.start.min(text.len()))];
        let line = 1 + before.matches('\n').count();
        let message = e.message().replace('\n', " ");
        Error::new(format!("settings file `{shown}`, line {line}: {message}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Settings from a file's text and flags.
    fn resolve(text: &str, change: impl Fn(&mut Global)) -> anyhow::Result<Settings> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("sunto.toml");
        fs::write(&path, text)?;
        let mut global = Global {
            config: Some(path),
            ..Global::default()
        };
        change(&mut global);
        Settings::resolve(&global)
    }

    #[test]
    fn defaults_need_no_file() {
        let s = resolve("", |_| ()).unwrap();
        assert_eq!(
            (s.device.as_str(), s.dtype, s.threads, s.seed, s.offline),
            ("auto", None, None, 1, false)
        );
        let m = s.model(&ModelArgs::default()).unwrap();
        assert_eq!((m.model.as_str(), m.beams, m.max_tokens), ("small-it-en", 4, None));
        assert_eq!(s.strategy(None, "extract-translate"), "extract-translate");
    }

    #[test]
    fn flags_win_over_the_file() {
        let text = "device = \"cpu\"\nthreads = 2\nbeams = 6\nmodel = \"a\"\ndtype = \"f16\"\nstrategy = \"lead\"";
        let s = resolve(text, |g| g.threads = Some(3)).unwrap();
        assert_eq!(
            (s.device.as_str(), s.dtype, s.threads),
            ("cpu", Some(Dtype::F16), Some(3))
        );
        let m = s
            .model(&ModelArgs {
                beams: Some(1),
                ..ModelArgs::default()
            })
            .unwrap();
        assert_eq!((m.model.as_str(), m.beams), ("a", 1));
        assert_eq!(s.strategy(None, "x"), "lead");
        assert_eq!(s.strategy(Some("y"), "x"), "y");
    }

    #[test]
    fn a_system_of_a_suite_lays_its_keys_over_the_users() {
        let user = resolve("beams = 6\nseed = 7\nmodel = \"a\"", |_| ()).unwrap();
        let with = |text: &str| user.with(&toml::from_str(text).unwrap());
        let s = with("translator = \"b\"\ndtype = \"f32\"\nno-repair = true\nstrategy = \"lead\"").unwrap();
        let m = s.model(&ModelArgs::default()).unwrap();
        assert_eq!((m.model.as_str(), m.beams, m.repair), ("b", 6, false));
        assert_eq!(
            (s.dtype, s.seed, s.strategy(None, "x").as_str()),
            (Some(Dtype::F32), 7, "lead")
        );
        assert_eq!(with("seed = 9").unwrap().seed, 9);
        let check = |text: &str, expected: &str| {
            let error = with(text).unwrap_err().to_string();
            assert!(error.starts_with(expected), "{error}");
        };
        check("beam = 4", "unknown field `beam`, expected one of `device`");
        check("beams = \"four\"", "invalid type: string \"four\", expected usize");
        check("threads = 2", "`threads` is for the whole run, not for one system");
        check("dtype = \"f64\"", "settings: `dtype` is `f64`");
    }

    #[test]
    fn faults_are_told_with_their_place() {
        for (text, expected) in [
            ("threads = 0", "`threads` is 0, expected at least 1"),
            ("threads = 9999", "`threads` is 9999, expected at most 1024"),
            (
                "dtype = \"f64\"",
                "settings: `dtype` is `f64`, expected `f32`, `f16`, `bf16` or `int8`",
            ),
            ("seed = 1\nbeam = 4", "line 2: unknown field `beam`"),
            (
                "threads = \"two\"",
                "line 1: invalid type: string \"two\", expected usize",
            ),
            ("threads", "line 1: "),
        ] {
            let error = resolve(text, |_| ()).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
        let s = resolve("beams = 65", |_| ()).unwrap();
        assert_eq!(
            s.model(&ModelArgs::default()).unwrap_err().to_string(),
            "`beams` is 65, expected at most 64"
        );
    }
}
