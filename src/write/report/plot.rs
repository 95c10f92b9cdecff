//! The plots of a report, drawn by plotters as SVG: intervals, distributions, bars.
//!
//! plotters writes colours into the picture and the page has two themes, so the colours that it is given are names in
//! disguise: each is replaced by a variable of the page.
use plotters::{
    coord::ranged1d::SegmentValue,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};
use std::error::Error;

const SOFT: RGBColor = RGBColor(1, 1, 1);
const LINE: RGBColor = RGBColor(1, 1, 2);
const WIDTH: u32 = 620;
const FONT: (&str, i32) = ("system-ui", 17);
type Drawn = Result<(), Box<dyn Error>>;

/// The colour of the nth system, as in the page's legend.
fn series(n: usize) -> RGBColor {
    RGBColor(2, 1, (n % 6) as u8)
}

/// Draws into a picture of this height; what cannot be drawn is left out.
fn picture(
    height: u32,
    label: &str,
    draw: impl FnOnce(DrawingArea<SVGBackend, plotters::coord::Shift>) -> Drawn,
) -> String {
    let mut svg = String::new();
    let drawn = draw(SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area());
    if drawn.is_err() {
        return String::new();
    }
    svg = svg.replace("#010101", "var(--soft)").replace("#010102", "var(--line)");
    for n in 0..6 {
        svg = svg.replace(&format!("#02010{n}"), &format!("var(--s{n})"));
    }
    // Inside a page an SVG needs no name space, and takes its size from the page.
    let opening = format!(r#"<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">"#);
    match svg.split_once("<svg ").and_then(|(_, rest)| rest.split_once('>')) {
        Some((_, rest)) => opening + rest,
        None => String::new(),
    }
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

/// Names at the middle of equal steps of an axis, the first at its top.
fn named(names: &[&str], value: &SegmentValue<u32>) -> String {
    match value {
        SegmentValue::CenterOf(i) | SegmentValue::Exact(i) => {
            let name = names.len().checked_sub(1 + *i as usize).and_then(|i| names.get(i));
            name.map_or(String::new(), |n| n.to_string())
        }
        SegmentValue::Last => String::new(),
    }
}

/// Widest column of names, in the units of the picture.
const MOST_LABEL: u32 = 230;

/// A name that fits into the widest column.
fn fitting(name: &str) -> String {
    match name.char_indices().nth(27) {
        Some((end, _)) => format!("{}…", name[..end].trim_end()),
        None => name.to_string(),
    }
}

/// One row a system: a dot at the score, a line over its interval.
pub fn intervals(rows: &[Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let ends = rows
        .iter()
        .flat_map(|(_, s, i)| [i.map_or(*s, |i| i.0), i.map_or(*s, |i| i.1)]);
    let (low, high) = ends.fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(x), h.max(x)));
    // One score without an interval has no range of its own.
    let room = if high - low < 1e-6 { 1.0 } else { 0.0 };
    let (low, high, step) = axis(low - room, high + room);
    let names: Vec<String> = rows.iter().map(|(name, ..)| fitting(name)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let longest = names.iter().map(|n| n.chars().count()).max().unwrap_or(0) as u32;
    let count = rows.len() as u32;
    picture(30 * count + 34, "scores with 95% intervals", |area| {
        let mut chart = ChartBuilder::on(&area)
            .margin_right(20)
            .margin_top(4)
            .x_label_area_size(26)
            .y_label_area_size((9 * longest + 16).clamp(60, MOST_LABEL))
            .build_cartesian_2d(low..high, (0..count - 1).into_segmented())?;
        let digits = usize::from(step < 1.0);
        chart
            .configure_mesh()
            .disable_y_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(LINE)
            .axis_style(LINE)
            .label_style(FONT.into_font().color(&SOFT))
            .x_labels(((high - low) / step).round() as usize + 1)
            .x_label_formatter(&|v| format!("{v:.digits$}"))
            .y_labels(rows.len())
            .y_label_formatter(&|v| named(&names, v))
            .draw()?;
        for (i, (_, score, interval)) in rows.iter().enumerate() {
            let row = SegmentValue::CenterOf(count - 1 - i as u32);
            if let Some((l, h)) = interval {
                let ends = vec![(*l, row.clone()), (*h, row.clone())];
                chart.draw_series([PathElement::new(ends, series(i).stroke_width(3))])?;
            }
            chart.draw_series([Circle::new((*score, row), 5, series(i).filled())])?;
        }
        Ok(area.present()?)
    })
}

/// Shares of segments by score, one stepped area a system; (name, scores), in `bins` bins over 0 to `high`.
pub fn distribution(all: &[(String, Vec<f64>)], high: f64, bins: usize) -> String {
    let shares = |scores: &[f64]| {
        let mut counts = vec![0.0; bins];
        for s in scores {
            let bin = (s / high * bins as f64).floor().clamp(0.0, bins as f64 - 1.0) as usize;
            counts[bin] += 100.0 / scores.len() as f64;
        }
        counts
    };
    let shares: Vec<Vec<f64>> = all.iter().map(|(_, scores)| shares(scores)).collect();
    let most = shares.iter().flatten().fold(0.0f64, |m, s| m.max(*s)).max(1e-9);
    let (_, top, step) = axis(0.0, most);
    let top = top.min(100.0);
    picture(220, "distribution of segment scores", |area| {
        let mut chart = ChartBuilder::on(&area)
            .margin_right(20)
            .margin_top(10)
            .x_label_area_size(26)
            .y_label_area_size(54)
            .build_cartesian_2d(0.0..high, 0.0..top)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(LINE)
            .axis_style(LINE)
            .label_style(FONT.into_font().color(&SOFT))
            .x_labels(11)
            .x_label_formatter(&|v| format!("{v:.0}"))
            .y_labels((top / step).round() as usize + 1)
            .y_label_formatter(&|v| format!("{v:.0}%"))
            .draw()?;
        let width = high / bins as f64;
        for (n, counts) in shares.iter().enumerate() {
            let steps = counts.iter().enumerate();
            let points = steps.flat_map(|(bin, share)| {
                let left = bin as f64 * width;
                [(left, *share), (left + width, *share)]
            });
            let area = AreaSeries::new(points, 0.0, series(n).mix(0.13)).border_style(series(n).stroke_width(2));
            chart.draw_series(area)?;
        }
        Ok(area.present()?)
    })
}

/// Grouped bars; (group, one value a system; `None` where the group has no segment).
pub fn bars(groups: &[(String, Vec<Option<f64>>)]) -> String {
    const BAR: i32 = 14;
    let systems = groups.iter().map(|(_, v)| v.len()).max().unwrap_or(0) as i32;
    if groups.is_empty() || systems == 0 {
        return String::new();
    }
    let values = groups.iter().flat_map(|(_, v)| v).flatten();
    let (_, high, _) = axis(0.0, values.fold(1e-9f64, |m, v| m.max(*v)));
    let names: Vec<&str> = groups.iter().map(|(name, _)| name.as_str()).collect();
    let count = groups.len() as u32;
    let height = count * (BAR * systems + 14) as u32 + 8;
    picture(height, "scores by group", |area| {
        let mut chart = ChartBuilder::on(&area)
            .margin_right(60)
            .margin_top(4)
            .margin_bottom(4)
            .y_label_area_size(190)
            .build_cartesian_2d(0.0..high, (0..count - 1).into_segmented())?;
        chart
            .configure_mesh()
            .disable_mesh()
            .disable_x_axis()
            .axis_style(LINE)
            .label_style(FONT.into_font().color(&SOFT))
            .y_labels(groups.len())
            .y_label_formatter(&|v| named(&names, v))
            .draw()?;
        let unit = f64::from(chart.plotting_area().dim_in_pixel().0) / high;
        for (g, (_, values)) in groups.iter().enumerate() {
            for (n, value) in values.iter().enumerate() {
                let Some(value) = value else { continue };
                let at = (0.0, SegmentValue::CenterOf(count - 1 - g as u32));
                let top = BAR * n as i32 - BAR * systems / 2;
                let right = (value.max(0.0) * unit) as i32;
                let style = ("system-ui", 15)
                    .into_font()
                    .color(&SOFT)
                    .pos(Pos::new(HPos::Left, VPos::Center));
                let bar = EmptyElement::at(at)
                    + Rectangle::new([(0, top), (right, top + BAR - 3)], series(n).filled())
                    + Text::new(format!("{value:.1}"), (right + 6, top + BAR / 2 - 1), style);
                chart.draw_series([bar])?;
            }
        }
        Ok(area.present()?)
    })
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
        let plots = [
            intervals(&[("a<b".into(), 3.0, Some((2.0, 4.0))), ("c".into(), 3.0, None)]),
            intervals(&[("one".into(), 0.0, Some((0.0, 0.0)))]),
            distribution(
                &[("a".into(), vec![0.0, 50.0, 100.0, 140.0]), ("b".into(), vec![])],
                100.0,
                20,
            ),
            bars(&[
                ("short".into(), vec![Some(1.0), None]),
                ("long".into(), vec![Some(0.0), Some(0.0)]),
            ]),
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
            // No colour of its own, and nothing of elsewhere.
            assert!(svg.starts_with("<svg viewBox") && svg.contains("var(--s0)"), "{svg}");
            assert!(!svg.contains("#0") && !svg.contains("http"), "{svg}");
        }
    }
}
