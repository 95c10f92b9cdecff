//! Tables for the layout: each line of an article with the role it must get.
use super::*;
use crate::read::txt;

/// `lines`: (role letter, text) per expected sentence: T S H B M (metadata) X (boilerplate); parted by blank lines.
fn check(lines: &[(char, &str)]) {
    let text: Vec<&str> = lines.iter().map(|l| l.1).collect();
    check_text(
        &text.join("\n\n"),
        &lines.iter().map(|&(r, l)| (r, l.trim())).collect::<Vec<_>>(),
    );
}

fn check_text(text: &str, expected: &[(char, &str)]) {
    let article = arrange(txt::page(text.to_string()), "a".into());
    let letter = |r: Role| match r {
        Role::Title => 'T',
        Role::Standfirst => 'S',
        Role::Heading => 'H',
        Role::Body => 'B',
        Role::Metadata => 'M',
        Role::Boilerplate => 'X',
    };
    let found: Vec<(char, &str)> = article
        .sentences
        .iter()
        .map(|s| (letter(s.role), s.span.of(&article.text)))
        .collect();
    assert_eq!(found, expected);
}

const BODY: &str = "La polizia ha concluso ieri una lunga indagine sui furti di biciclette in città.";
const MORE: &str = "Gli agenti hanno restituito dodici biciclette ai proprietari che le avevano denunciate.";

#[test]
fn finds_the_parts_of_an_article() {
    check(&[
        ('H', "Cronaca"),
        (
            'T',
            "Padova, furti di biciclette: tre denunciati e dodici mezzi ritrovati",
        ),
        (
            'S',
            "Le indagini sono durate sei mesi tra la stazione e il centro storico",
        ),
        ('X', "© Web"),
        ('B', BODY),
        ('X', "Ti potrebbe interessare"),
        ('X', "Treni, orari nuovi da domenica"),
        ('X', "Il meteo del fine settimana"),
    ]);
    check(&[
        ('T', "Furti di biciclette in calo"),
        ('B', BODY),
        ('H', "Le indagini"),
        ('B', MORE),
    ]);
    check(&[('B', BODY), ('B', MORE), ('M', "16/12/2023")]);
    check(&[
        ('T', "Furti in calo"),
        ('M', "di Maria Rossi"),
        ('M', "Padova, 16 dicembre 2023"),
        ('B', BODY),
    ]);
    check(&[
        ('B', BODY),
        ('X', "Condividi su Facebook"),
        ('B', MORE),
        ('X', "© Riproduzione riservata"),
    ]);
}

#[test]
fn strips_markup_from_headings_and_items() {
    check_text(
        &format!("## Furti in calo\n\n{BODY}\n\nLe indagini -\n\n{MORE}\n\n- dodici biciclette\n- tre catene"),
        &[
            ('T', "Furti in calo"),
            ('B', BODY),
            ('H', "Le indagini"),
            ('B', MORE),
            ('B', "dodici biciclette"),
            ('B', "tre catene"),
        ],
    );
}

#[test]
fn parts_dates_from_the_text_around_them() {
    check_text(&format!(" date 2024-03 {BODY}"), &[('M', "date 2024-03"), ('B', BODY)]);
    check_text(&format!("{BODY} 16/12/2023"), &[('B', BODY), ('M', "16/12/2023")]);
    let article = arrange(txt::page(format!(" date 2024-03 {BODY}\n\n16/12/2023")), "a".into());
    assert_eq!(article.meta.date.as_deref(), Some("2024-03"));
}

#[test]
fn a_lone_headline_is_text() {
    check(&[('B', "Arrestato un uomo a Pisa")]);
}

#[test]
fn the_title_is_known_to_the_metadata() {
    let article = arrange(txt::page(format!("Furti in calo? Sì\n\n{BODY}")), "a".into());
    assert_eq!(article.meta.title.as_deref(), Some("Furti in calo? Sì"));
}
