//! Italian abbreviations by what may follow their full stop, and the words that begin sentences.

use std::collections::HashSet;
use std::sync::LazyLock;

/// What a full stop after an abbreviation may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or noun follows (`dott. Rossi`): never the end of a sentence.
    Title,
    /// A number or name mostly follows (`art. 3`): the end only before a word that begins sentences.
    Reference,
    /// Mostly stands last (`ecc.`): the end before any capital.
    Closing,
}

const TITLES: &str =
    "dott dr dott.ssa dr.ssa sig sig.ra sig.na sigg sig.ri prof prof.ssa proff avv avv.ti avv.to ing geom \
    rag arch on on.le sen mons card don.ssa p.i cav comm gr.uff gen col ten magg cap capt mar m.llo mar.llo brig \
    app sov sost isp isp.re ass.te v.q v.q.a comandante.gen lgt s.ten s.lgt amm c.te dir pres vicepres vice-pres proc \
    cons egr gent gent.mo spett spett.le ill ill.mo rev s ss st ste sta fr mr mrs ms loc fraz prov dip uff es p.es \
    p.ex cd c.d cosid vs cfr cass min.ro l.go v.le c.so p.zza dep deb ambasc arciv ved jr.sr fam f.lli f.lle dist \
    serg serg.magg cp.le c.le app.sc vbrig v.brig mar.ca mar.ord lt sgt gip.dott";
const REFERENCES: &str =
    "art artt n nn nr num nro p pp pag pagg vol voll fig figg tab tabb par parr lett co sez cap.lo \
    capp op ed trad rif prot all alleg reg cod tel fax cell int sc ca c.ca circ gg min max sec h gen.le feb apr \
    mag giu lug ago set sett ott nov dic dec lgs d.lgs dlgs d.l dl d.p.r dpr d.m d.p.c.m dpcm r.d l.r t.u tit cost \
    v vd vv inc ltd corp jr sr bros a.r.l lun gio ven sab dom p.m pm.a g.i.p g.u.p p.g a.g u.p.g r.g r.g.n.r \
    n.r.g cat mod conv delib det ord sent dec.to sub lib prop pos cal pen civ";
const CLOSING: &str = "ecc etc eccetera c.p c.p.p c.c c.p.c c.p.m c.d.s c.n a.c d.c a.d c.a c.m seg segg \
    sgg ssgg cit cpv u.c mln mld mila kg km mq kmq cm mm ndr n.d.r n.d.a n.d.t tot red i.e e.g a.m s.l \
    s.n.c s.a.s p.v p.c";

/// Lower-cased function words and verbs that open Italian sentences, and rarely names.
const STARTERS: &str = "il lo la i gli le l un uno una nel nello nella nei negli nelle nell in a al allo alla ai agli \
    alle all da dal dallo dalla dai dagli dalle dall di del dello della dei degli delle dell su sul sullo sulla sui \
    sugli sulle sull con col per tra fra e ed ma però o oppure anche ancora già poi quindi infine inoltre invece \
    intanto mentre quando dove come se perché poiché dopo prima durante secondo nonostante contro senza sono è era \
    erano ha hanno aveva avevano sarà saranno si non ne ci vi lui lei loro egli essi questo questa questi queste \
    quest quello quella quelli quelle quell quel tale tali tutti tutte tutto tutta altri altre nessun nessuno \
    alcuni alcune molti molte due tre quattro cinque sei sette otto nove dieci undici dodici chi che cosa così \
    ora oggi ieri domani adesso allora pertanto tuttavia infatti ad entrambi entrambe ieri successivamente qui \
    grazie sotto sopra verso oltre circa fino nessuna ogni qualcuno solo soltanto stando sempre sull d'altra";

/// Nouns that a single letter may follow: `serie A`, `vitamina C`.
const LETTERED: &str = "serie vitamina vitamine piano classe gruppo tipo epatite lettera zona girone fascia categoria \
    scala punto blocco reparto palazzina opzione squadra lotto ipotesi variante influenza";

/// A list as a set, made once.
macro_rules! set {
    ($list:expr) => {{
        static SET: LazyLock<HashSet<&str>> = LazyLock::new(|| $list.split_ascii_whitespace().collect());
        &*SET
    }};
}

/// The kind of the abbreviation `token` (without its last full stop), in any case; `None` if it is none.
pub fn kind(token: &str) -> Option<Kind> {
    let token = token.to_lowercase();
    let token = token.rsplit(['\'', '’']).next().unwrap_or(&token);
    if set!(TITLES).contains(token) {
        Some(Kind::Title)
    } else if set!(REFERENCES).contains(token) {
        Some(Kind::Reference)
    } else if set!(CLOSING).contains(token) {
        Some(Kind::Closing)
    } else {
        None
    }
}

/// Whether `word` (letters only, capital or not) is one that begins sentences rather than names.
pub fn starts_sentence(word: &str) -> bool {
    set!(STARTERS).contains(word.to_lowercase().as_str())
}

/// Whether a single capital may belong to the noun `word`.
pub fn takes_letter(word: &str) -> bool {
    set!(LETTERED).contains(word.to_lowercase().as_str())
}
