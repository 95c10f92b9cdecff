//! The plots of a report, as SVG that takes its colours from the page: intervals, distributions, bars.
//!
//! Drawn here and not by a plotting crate, because those write colours into the picture, and the page has two themes.
use std::fmt::Write;

/// A number as SVG wants it.
fn at(x: f64) -> String {
    format!("{:.1}", x)
}

/// Text that may hold anything, for an SVG.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A round axis from the lowest to the highest value.
pub fn axis(low: f64, high: f64) -> (f64, f64, f64) {
    let span = (high - low).max(1e-9);
    let rough = span / 4.0;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .map(|m| m * power)
        .into_iter()
        .find(|s| *s >= rough)
        .unwrap_or(power);
    ((low / step).floor() * step, (high / step).ceil() * step, step)
}

/// Name, score, interval.
pub type Row = (String, f64, Option<(f64, f64)>);

/// One row a system: a dot at the score, a line over its interval.
pub fn intervals(rows: &[Row]) -> String {
    let (row_height, left, width) = (30.0, 150.0, 620.0);
    let ends = rows
        .iter()
        .flat_map(|(_, s, i)| [i.map_or(*s, |i| i.0), i.map_or(*s, |i| i.1)]);
    let (low, high) = ends.fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(x), h.max(x)));
    if rows.is_empty() {
        return String::new();
    }
    let (low, high, step) = axis(low, high);
    let x = |v: f64| left + (v - low) / (high - low).max(1e-9) * (width - left - 20.0);
    let height = row_height * rows.len() as f64 + 26.0;
    let mut svg = open(width, height, "scores with 95% intervals");
    let mut tick = low;
    while tick <= high + step / 2.0 {
        let (x, bottom) = (at(x(tick)), at(height - 22.0));
        let label = if step < 1.0 {
            format!("{tick:.1}")
        } else {
            format!("{tick:.0}")
        };
        let _ = write!(svg, r#"<line class="grid" x1="{x}" y1="4" x2="{x}" y2="{bottom}"/>"#);
        let _ = write!(
            svg,
            r#"<text class="tick" x="{x}" y="{}">{label}</text>"#,
            at(height - 8.0)
        );
        tick += step;
    }
    for (i, (name, score, interval)) in rows.iter().enumerate() {
        let y = row_height * (i as f64 + 0.5) + 2.0;
        let _ = write!(
            svg,
            r#"<text class="name" x="{}" y="{}">{}</text>"#,
            at(left - 12.0),
            at(y + 4.0),
            escape(name)
        );
        if let Some((l, h)) = interval {
            let class = format!("series s{}", i % 6);
            let _ = write!(
                svg,
                r#"<line class="range {class}" x1="{}" y1="{y}" x2="{}" y2="{y}"/>"#,
                at(x(*l)),
                at(x(*h)),
                y = at(y)
            );
        }
        let _ = write!(
            svg,
            r#"<circle class="dot series s{}" cx="{}" cy="{}" r="5"><title>{}: {score:.2}</title></circle>"#,
            i % 6,
            at(x(*score)),
            at(y),
            escape(name)
        );
    }
    svg + "</svg>"
}

/// Shares of segments by score, one stepped line a system; (name, scores), in `bins` bins over 0 to `high`.
pub fn distribution(series: &[(String, Vec<f64>)], high: f64, bins: usize) -> String {
    let (width, height, left, right, bottom) = (620.0, 220.0, 44.0, 20.0, 28.0);
    let shares: Vec<Vec<f64>> = series
        .iter()
        .map(|(_, scores)| {
            let mut counts = vec![0.0; bins];
            for s in scores {
                let bin = (s / high * bins as f64).floor().clamp(0.0, bins as f64 - 1.0) as usize;
                counts[bin] += 1.0 / scores.len() as f64;
            }
            counts
        })
        .collect();
    let most = shares.iter().flatten().fold(0.0f64, |m, s| m.max(*s)).max(1e-9);
    let (_, top, step) = axis(0.0, most * 100.0);
    let x = |bin: f64| left + bin / bins as f64 * (width - left - 18.0);
    let y = |share: f64| height - bottom - share * 100.0 / top * (height - bottom - 10.0);
    let mut svg = open(width, height, "distribution of segment scores");
    let mut tick = 0.0;
    while tick <= top + step / 2.0 {
        let ty = at(y(tick / 100.0));
        let _ = write!(
            svg,
            r#"<line class="grid" x1="{}" y1="{ty}" x2="{}" y2="{ty}"/>"#,
            at(left),
            at(width - right)
        );
        let _ = write!(
            svg,
            r#"<text class="name" x="{}" y="{}">{tick:.0}%</text>"#,
            at(left - 6.0),
            at(y(tick / 100.0) + 4.0)
        );
        tick += step;
    }
    for label in 0..=4 {
        let value = high * f64::from(label) / 4.0;
        let tx = x(bins as f64 * f64::from(label) / 4.0);
        let _ = write!(
            svg,
            r#"<text class="tick" x="{}" y="{}">{value:.0}</text>"#,
            at(tx),
            at(height - 8.0)
        );
    }
    for (i, shares) in shares.iter().enumerate() {
        let mut path = format!("M{} {}", at(x(0.0)), at(y(0.0)));
        for (bin, share) in shares.iter().enumerate() {
            let _ = write!(path, "L{} {}", at(x(bin as f64)), at(y(*share)));
            let _ = write!(path, "L{} {}", at(x(bin as f64 + 1.0)), at(y(*share)));
        }
        let _ = write!(path, "L{} {}", at(x(bins as f64)), at(y(0.0)));
        let name = escape(&series[i].0);
        let _ = write!(
            svg,
            r#"<path class="area series s{}" d="{path}"><title>{name}</title></path>"#,
            i % 6
        );
    }
    svg + "</svg>"
}

/// Grouped bars; (group, one value a system; `None` where the group has no segment).
pub fn bars(groups: &[(String, Vec<Option<f64>>)], names: &[String]) -> String {
    let (left, width, bar) = (190.0, 620.0, 14.0);
    let group_height = bar * names.len() as f64 + 14.0;
    let height = group_height * groups.len() as f64 + 6.0;
    let high = groups
        .iter()
        .flat_map(|(_, v)| v)
        .flatten()
        .fold(0.0f64, |m, v| m.max(*v));
    let (_, high, _) = axis(0.0, high.max(1e-9));
    let mut svg = open(width, height, "scores by group");
    for (g, (name, values)) in groups.iter().enumerate() {
        let top = group_height * g as f64 + 6.0;
        let middle = top + bar * names.len() as f64 / 2.0;
        let _ = write!(
            svg,
            r#"<text class="name" x="{}" y="{}">{}</text>"#,
            at(left - 10.0),
            at(middle + 4.0),
            escape(name)
        );
        for (i, value) in values.iter().enumerate() {
            let Some(value) = value else { continue };
            let (y, w) = (top + bar * i as f64, value.max(0.0) / high * (width - left - 60.0));
            let _ = write!(
                svg,
                r#"<rect class="bar series s{}" x="{left}" y="{}" width="{}" height="{}"><title>{}: {value:.2}</title></rect>"#,
                i % 6,
                at(y),
                at(w),
                at(bar - 3.0),
                escape(&names[i])
            );
            let _ = write!(
                svg,
                r#"<text class="value" x="{}" y="{}">{value:.1}</text>"#,
                at(left + w + 6.0),
                at(y + bar - 4.0)
            );
        }
    }
    svg + "</svg>"
}

fn open(width: f64, height: f64, label: &str) -> String {
    format!(
        r#"<svg viewBox="0 0 {} {}" role="img" aria-label="{label}">"#,
        at(width),
        at(height)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_are_round() {
        let check = |low, high, expected| assert_eq!(axis(low, high), expected);
        check(0.0, 100.0, (0.0, 100.0, 50.0));
        check(31.2, 36.9, (30.0, 38.0, 2.0));
        check(0.0, 7.0, (0.0, 8.0, 2.0));
    }

    #[test]
    fn plots_are_well_formed_whatever_the_numbers() {
        let names = vec!["a<b".to_string(), "c".to_string()];
        let plots = [
            intervals(&[("a<b".into(), 3.0, Some((2.0, 4.0))), ("c".into(), 3.0, None)]),
            intervals(&[("one".into(), 0.0, Some((0.0, 0.0)))]),
            distribution(
                &[("a".into(), vec![0.0, 50.0, 100.0, 140.0]), ("b".into(), vec![])],
                100.0,
                20,
            ),
            bars(
                &[
                    ("short".into(), vec![Some(1.0), None]),
                    ("long".into(), vec![Some(0.0), Some(0.0)]),
                ],
                &names,
            ),
        ];
        for svg in plots {
            let mut reader = quick_xml::Reader::from_str(&svg);
            let mut depth = 0i32;
            loop {
                match reader.read_event().expect("well-formed") {
                    quick_xml::events::Event::Start(_) => depth += 1,
                    quick_xml::events::Event::End(_) => depth -= 1,
                    quick_xml::events::Event::Eof => break,
                    _ => {}
                }
            }
            assert_eq!(depth, 0);
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}
