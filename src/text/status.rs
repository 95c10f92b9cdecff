//! Words that carry the law: what somebody is in proceedings, how sure a statement is, what is denied.
//!
//! Each is a class that both languages know, found by tables of word forms. The classes are what a translation has to
//! keep: `indagato` may become `suspect` or `person under investigation`, never `convicted`.
use super::{
    pattern::{small, Pattern},
    words::Language,
    Span,
};
use std::sync::LazyLock;

/// Somebody's place in proceedings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Under investigation.
    Suspect,
    /// Reported to the authorities.
    Reported,
    /// Arrested, detained, in custody.
    Arrested,
    /// Accused, charged, on trial.
    Accused,
    /// Convicted, guilty, sentenced.
    Convicted,
    /// Acquitted, cleared, dismissed.
    Acquitted,
}

impl Status {
    /// As a reason says it.
    pub fn label(self) -> &'static str {
        match self {
            Status::Suspect => "under investigation",
            Status::Reported => "reported to the authorities",
            Status::Arrested => "arrested",
            Status::Accused => "accused",
            Status::Convicted => "convicted",
            Status::Acquitted => "acquitted",
        }
    }
}

/// What a word form stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    Status(Status),
    /// The statement is somebody's claim or a hypothesis: the hearsay conditional, `allegedly`.
    Hedge,
    /// A weaker sign of distance, enough to carry a hedge over but not to ask for one: `according to`, `would`.
    SoftHedge,
    Negation,
    /// Negative by its meaning (`senza`, `ruled out`): carries a negation over, does not ask for one.
    SoftNegation,
}

/// A marked place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marked {
    pub mark: Mark,
    pub span: Span,
}

/// Words of each class, in small letters.
type Table = &'static [(Mark, &'static str)];

use Mark::{Hedge, Negation, SoftHedge, SoftNegation};
use Status::*;

const ITALIAN: Table = &[
    (
        Mark::Status(Suspect),
        r"(?:co)?indagat[oaie]|sospettat[oaie]|indiziat[oaie]|sottopost[oaie] a(?:d)? indagin[ei]|presunt[oaie] (?:autor[ei]|responsabil[ei]|colpevol[ei]|rapinator[ei]|truffator[ei])",
    ),
    (
        Mark::Status(Reported),
        r"denunciat[oaie]|segnalat[oaie] all['’]autorità|deferit[oaie]",
    ),
    (
        Mark::Status(Arrested),
        r"arrestat[oaie]|arrest[oi]|arrestare|fermat[oaie]|ferm[oi] di indiziat[oi]|in manette|custodia cautelare|arresti domiciliari|in carcere|ammanettat[oaie]|detenut[oaie]|ai domiciliari|dietro le sbarre|cattur[ao]t?[oaie]?",
    ),
    (
        Mark::Status(Accused),
        r"imputat[oaie]|accusat[oaie]|accus[ae]|rinviat[oaie] a giudizio|rinvio a giudizio|a processo|a giudizio|contestat[oaie]|contestan?o?|contesta|incriminat[oaie]|addebit[oi]|capi d['’]imputazione|imputazion[ei]",
    ),
    (
        Mark::Status(Convicted),
        r"colpevol[ei]|colpevolezza|esecuzione penale|inflitt[oaie]|reo|rei|(?:pluri)?pregiudicat[oaie]|ergastol[oaie]\w*|malfattor[ei]|bandit[oi]|forzat[oi]|galeott[oi]|sentenza definitiva|precedenti|recidiv[oaie]|pena|pene|ann[oi] di (?:reclusione|carcere|detenzione)|mesi di (?:reclusione|carcere|detenzione|arresto)|autor[ei]|autric[ei]|responsabil[ei]|malviventi?|criminal[ei]|deliquent[ei]|delinquent[ei]|ladr[oi]|rapinator[ei]|truffator[ei]|killer|assassin[oi]|omicid[ai]|spacciator[ei]|boss|scafist[ai]|borseggiator[ei]|aggressor[ei]|piroman[ei]|ex detenut[oi]|scontare|sconta(?:to|ndo|va)?|giustiziat[oaie]|condann\w+|patteggi\w*",
    ),
    (
        Mark::Status(Acquitted),
        r"assolt[oaie]|assoluzion[ei]|assolvere|assolve|assolveva|prosciol\w+|proscioglimento|scagion\w+|discolp\w+|archiviat[oaie]|archiviazion[ei]|prescritt[oaie]|prescrizion[ei]|non luogo a procedere|scarcerat[oaie]|innocent[ei]|innocenza|riabilitat[oaie]|estrane[oiae]|(?:prescriv|non colpevol)\w+",
    ),
    (
        Hedge,
        r"avrebber?o?|sarebber?o?|(?:starebbe|farebbe|risulterebbe|ammonterebbe|consisterebbe|riguarderebbe|apparterrebbe|emergerebbe|figurerebbe|coinciderebbe|descriverebbe|sfiorerebbe|mancherebbe|aggirerebbe|deterrebbe|ruoterebbe|opererebbe|gestirebbe|fornirebbe|dimostrerebbe|confermerebbe|proverebbe|ricostruirebbe|costituirebbe)(?:ro)?|presunt[oaie]|asserit[oaie]|sedicent[ei]|reat[oi] (?:ipotizzat[oi]|contestat[oi])|ipotesi di reato|addebiti contestati",
    ),
    (
        SoftHedge,
        r"secondo|stando a(?:l|lla|i|gli|lle|ll)?|ritenut[oaie]|accusat[oaie]|sospettat[oaie]|sospett[oi]|indiziat[oaie]|ipotes[ie]|indagat[oaie]|imputat[oaie]|contestat[oaie]|contesta(?:no)?|pare|sembra|sembrano|sembrerebbe|parrebbe|potrebbe|potrebbero|forse|credono|crede|ritengono|ritiene|sostengono|avrebber?o?|sarebber?o?|\w+rebbe(?:ro)?|accus[ae]|a detta|a dire|a suo dire|riferit[oaie]|dice|dicono|annunciat[oaie]|asseritamente|addebit[oi]|si assum\w+|il fatto non sussiste|fatti contestati|(?:ipotizz|probabil|verosimil|sostien|afferm|denunci|stim|riferi)\w+|(?:apparentement|racconta)\w*",
    ),
    (Negation, r"non|né|mai|nessun[oa]?|nulla|niente|neppure|nemmeno|neanche"),
    (
        SoftNegation,
        r"senza|all['’]oscuro|estrane[oiae]|di fantasia|in (?:stato di )?libertà|per ben|incensurat[oaie]|nega(?:no|to|va|vano|ndo|re|rono|ta|ti|te)?|negò|neghi?no?|priv[oaie]|mancat[oaie]|mancanza|manca(?:no|va|vano|re|ndo)?|assenza|assent[ei]|tranne|eccetto|divieto|in\w+bil[ei]|no|ignot[oaie]|sconosciut[oaie]|a malapena|a stento|zero|anziché|piuttosto che|poc[oahi]+|insufficient[ei]|incapac[ei]|altro che|stop|guai|macché|in(?:agibil|adegua|complet|visibil|certa|certo|attes|edit|dipendent)\w*|spent[oaie]|a meno che|ignor(?:a|ano|iamo|ava|avano|are)|(?:si )?guard\w+ bene|a vuoto|invano|azzerat[oaie]|sfiduci\w*|nullatenent[ei]|disconosciut[oaie]|a piede libero|pers[oaie] le tracce|(?:venir|venut[oaie]|viene) meno|tac(?:e|ciono|eva)|im\w+bil[ei]|nient['’]altro|ir\w+bil[ei]|cessat[oaie]|(?:esclu|smenti|impossib|inesist|illecit|illegal|respin|fallit|difficil|irregolar|abusiv|sfugg|inutil|insoddisf|scongiur|disabitat|rinunci|sprovvist|disert|desert|sconsigliat|difform)\w+|(?:vieta|evita)\w*",
    ),
];

const ENGLISH: Table = &[
    (
        Mark::Status(Suspect),
        r"suspects?|suspected|under (?:\w+ )?investigation|investigated|persons? of interest|alleged (?:perpetrators?|offenders?)",
    ),
    (Mark::Status(Reported), r"reported|report(?:s|ing)?|complaints?"),
    (
        Mark::Status(Arrested),
        r"arrest(?:s|ed|ing)?|detain(?:ed|ees?|s)?|detention|custody|handcuff(?:s|ed)?|in (?:prison|jail)|imprison(?:ed|ment)|jail(?:ed)?|stopped|inmates?|prisoners?|behind bars|captured?",
    ),
    (
        Mark::Status(Accused),
        r"defendants?|accus(?:ed|ations?|es?|ing)|charg(?:e|es|ed|ing)|indict(?:ed|ment|ments)|committed for trial|committal|on trial|stand trial|alleg(?:ed|edly|ations?|es|e)|counts?|trial",
    ),
    (
        Mark::Status(Convicted),
        r"convict(?:ed|ions?|s|ing)?|guilty|sentenced|sentences|plea[- ]bargain\w*|perpetrators?|culprits?|offenders?|criminals|life (?:imprisonment|sentence)|prior record",
    ),
    (
        Mark::Status(Acquitted),
        r"acquit(?:ted|tals?|s)?|exonerat\w+|time-barred|statute of limitations|innocent|innocence|cleared of",
    ),
    (Hedge, r"allegedly|alleged|reportedly|supposedly|purportedly"),
    (
        SoftHedge,
        r"according to|suspected|suspicions?|believed?|believes?|said to|thought|claim(?:s|ed|ing)?|seems?|seemed|appears?|appeared|apparent(?:ly)?|would|could|might|supposed|reported|understood|likely|probably|possibl[ey]|perhaps|deemed|held to|in the view|theory|putative|so-called|rumou?r\w*|['’]d|on paper|reportedly|not thought|charges|charged|self-styled|suggests?|it is reported|in (?:his|her|its|their) (?:view|words)|under investigation|investigated|would-be|word has it|posing as|purporting|pass(?:ed|es|ing) (?:him|her|them)sel(?:f|ves) off|hint(?:s|ed|ing)?|was to|were to|told|said|stated|states|(?:accus|alleg|presum|hypothes|argu|assum|reconstruct)\w+|(?:maintain|contend|potential|estimate)\w*",
    ),
    (
        Negation,
        r"not|never|no|none|nor|neither|cannot|nobody|nothing|no one|nowhere|noone",
    ),
    (
        SoftNegation,
        r"without|except|excluding|exclude[sd]?|rul(?:ed|es|ing)? out|den(?:y|ies|ied|ying|ial)|lack(?:s|ed|ing)?|absen(?:ce|t)|fail(?:s|ed|ing|ure)?|unable|un(?:(?:[abcefghjklmnopqrsvwxyz]|d[^e]|de[^r]|i[mn])\w+|t[^i]\w*)|barely|hardly|scarcely|rather than|instead|unless|far from|miss(?:ing|ed)?|other than|anything but|free of|free from|non|nil|zero|fewer than|apart from|invalid|in(?:complete|accessible|visible|explicable|tolerable|direct|dependent|effective|correct|sufficient)|short of|yet to|dis(?:agree|miss|approv|continu|appear)\w*|below|in vain|gone|no longer|left out|different view|blind|prevent(?:s|ed|ing)?|stop(?:s|ped|ping)?|hard to|too \w+ (?:for|to)|disallow\w*|declin\w*|had enough|r[au]n out|all but|useless|g[ai]ve\w* way|refus\w*|void|(?:impossib|inadmissib|inadequa|insufficien|incapa|disprov|dislik|ceas)\w+|(?:prohibit|avoid|reject|illegal|unlawful|irregular)\w*",
    ),
];

fn compiled(table: Table) -> Vec<(Mark, Pattern)> {
    let pattern = |(mark, words): &(Mark, &str)| {
        let contracted = if *mark == Mark::Negation {
            r"|\b\w+n['’]t\b"
        } else {
            ""
        };
        (*mark, Pattern::new(&format!(r"(?i)\b(?:{words})\b{contracted}")))
    };
    table.iter().map(pattern).collect()
}

static COMPILED_IT: LazyLock<Vec<(Mark, Pattern)>> = LazyLock::new(|| compiled(ITALIAN));
static COMPILED_EN: LazyLock<Vec<(Mark, Pattern)>> = LazyLock::new(|| compiled(ENGLISH));

/// Places of one class.
pub fn of(marks: &[Marked], mark: Mark) -> impl Iterator<Item = Span> + '_ {
    marks.iter().filter(move |m| m.mark == mark).map(|m| m.span)
}

/// Places of a softer class that no word of the strong one covers.
pub fn uncovered(marks: &[Marked], soft: Mark, strong: Mark) -> Vec<Span> {
    let covered = |s: &Span| of(marks, strong).any(|c| c.start <= s.start && s.start < c.end);
    of(marks, soft).filter(|s| !covered(s)).collect()
}

/// Marks of a text, by class and then by place; classes may overlap (`alleged` accuses and hedges).
pub fn marks(text: &str, language: Language) -> Vec<Marked> {
    let table = match language {
        Language::Italian => &COMPILED_IT,
        Language::English => &COMPILED_EN,
    };
    let text = small(text);
    let found = |(mark, pattern): &(Mark, Pattern)| {
        let mark = *mark;
        pattern
            .find_all(&text)
            .into_iter()
            .map(move |span| Marked { mark, span })
    };
    table.iter().flat_map(found).collect()
}
