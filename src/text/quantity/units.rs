//! Words and signs that say what a number counts: currencies and measures, in either language.
use super::{Currency, Unit};

/// The currency that a word or sign names.
pub fn currency(word: &str) -> Option<Currency> {
    Some(match word {
        "euro" | "euros" | "€" | "eur" => Currency::Euro,
        "dollaro" | "dollari" | "dollar" | "dollars" | "$" | "usd" => Currency::Dollar,
        "sterlina" | "sterline" | "pound" | "pounds" | "£" | "gbp" => Currency::Pound,
        "lira" | "lire" => Currency::Lira,
        "franco" | "franchi" | "franc" | "francs" | "chf" => Currency::Franc,
        "yen" | "¥" => Currency::Yen,
        "bitcoin" | "bitcoins" | "btc" => Currency::Bitcoin,
        _ => return None,
    })
}

/// The unit that a whole word names: `chilometri`, `kilometres`, `km`, `mesi`, `months`.
pub fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "secondi" | "seconds" => Unit::Second,
        "minuto" | "minuti" | "minute" | "minutes" => Unit::Minute,
        "ore" | "hour" | "hours" => Unit::Hour,
        "giorno" | "giorni" | "giornata" | "giornate" | "day" | "days" => Unit::Day,
        "settimana" | "settimane" | "week" | "weeks" => Unit::Week,
        "mese" | "mesi" | "month" | "months" => Unit::Month,
        "anno" | "anni" | "year" | "years" => Unit::Year,
        "millimetro" | "millimetri" | "millimetre" | "millimetres" | "millimeters" | "mm" => Unit::Millimetre,
        "centimetro" | "centimetri" | "centimetre" | "centimetres" | "centimeters" | "cm" => Unit::Centimetre,
        "metro" | "metri" | "metre" | "metres" | "meter" | "meters" | "mt" => Unit::Metre,
        "chilometro" | "chilometri" | "kilometre" | "kilometres" | "kilometer" | "kilometers" | "km" => Unit::Kilometre,
        "miglio" | "miglia" | "mile" | "miles" => Unit::Mile,
        "mq" | "m²" | "sqm" => Unit::SquareMetre,
        "kmq" | "km²" => Unit::SquareKilometre,
        "mc" | "m³" => Unit::CubicMetre,
        "ettaro" | "ettari" | "hectare" | "hectares" => Unit::Hectare,
        "grammo" | "grammi" | "gram" | "grams" | "gr" => Unit::Gram,
        "chilo" | "chili" | "chilogrammo" | "chilogrammi" | "kilo" | "kilos" | "kilogram" | "kilograms" | "kg" => {
            Unit::Kilogram
        }
        "tonnellata" | "tonnellate" | "tonne" | "tonnes" | "ton" | "tons" => Unit::Tonne,
        "litro" | "litri" | "litre" | "litres" | "liter" | "liters" => Unit::Litre,
        "grado" | "gradi" | "degree" | "degrees" => Unit::Degree,
        "watt" => Unit::Watt,
        "kilowatt" | "chilowatt" | "kilowatts" | "kw" => Unit::Kilowatt,
        "megawatt" | "megawatts" | "mw" => Unit::Megawatt,
        "gigawatt" | "gigawatts" | "gw" => Unit::Gigawatt,
        "megabyte" | "megabytes" | "mb" => Unit::Megabyte,
        "gigabyte" | "gigabytes" | "gb" | "giga" => Unit::Gigabyte,
        "terabyte" | "terabytes" | "tb" | "tera" => Unit::Terabyte,
        _ => return None,
    })
}

/// What `quadrati`, `cubi`, `square` make of a length.
pub fn raised(unit: Unit, cubic: bool) -> Option<Unit> {
    Some(match (unit, cubic) {
        (Unit::Metre, false) => Unit::SquareMetre,
        (Unit::Metre, true) => Unit::CubicMetre,
        (Unit::Kilometre, false) => Unit::SquareKilometre,
        _ => return None,
    })
}
