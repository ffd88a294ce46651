//! Curves as SVG, drawn by plotters.
//!
//! Owns how a picture looks. The same values make the same bytes.

use anyhow::{Result, anyhow};
use plotters::prelude::*;

const SIZE: (u32, u32) = (760, 440);
const COLOURS: [RGBColor; 4] = [
    RGBColor(31, 98, 173),
    RGBColor(200, 82, 32),
    RGBColor(44, 138, 92),
    RGBColor(126, 76, 160),
];

/// A picture of curves over one another.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The file's name, without a folder.
    pub file: String,
    /// What it shows.
    pub title: String,
    /// What goes to the right.
    pub x: String,
    /// What goes up.
    pub y: String,
    /// The curves.
    pub curves: Vec<Curve>,
}

/// One curve.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it is of.
    pub name: String,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
}

impl Picture {
    /// The text of the SVG file.
    pub fn svg(&self) -> Result<String> {
        let mut text = String::new();
        self.draw(&mut text)
            .map_err(|error| anyhow!("{} cannot be drawn: {error}", self.file))?;
        text.push('\n');
        Ok(text)
    }

    fn draw(&self, text: &mut String) -> Result<(), Box<dyn std::error::Error>> {
        let area = SVGBackend::with_string(text, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let (right, top) = self.extent();
        let mut chart = ChartBuilder::on(&area)
            .caption(&self.title, ("sans-serif", 18))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..right, 0.0..top)?;
        chart
            .configure_mesh()
            .light_line_style(TRANSPARENT)
            .x_desc(&self.x)
            .y_desc(&self.y)
            .draw()?;
        for (curve, colour) in self.curves.iter().zip(COLOURS.iter().cycle()) {
            let points = curve.points.iter().copied();
            chart
                .draw_series(LineSeries::new(points, colour.stroke_width(2)).point_size(3))?
                .label(&curve.name)
                .legend(|(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK.mix(0.3))
            .draw()?;
        area.present()?;
        Ok(())
    }

    /// The upper ends of both axes, with room for the highest point.
    fn extent(&self) -> (f64, f64) {
        let points = self.curves.iter().flat_map(|curve| &curve.points);
        let (right, top) = points.fold((0.0_f64, 0.0_f64), |(right, top), (x, y)| {
            (right.max(*x), top.max(*y))
        });
        (right.max(f64::EPSILON), (top * 1.1).max(f64::EPSILON))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_names_what_it_shows() -> Result<()> {
        let picture = Picture {
            file: "growth.svg".to_owned(),
            title: "Plans".to_owned(),
            x: "tasks".to_owned(),
            y: "seconds".to_owned(),
            curves: vec![Curve {
                name: "first plan".to_owned(),
                points: vec![(50.0, 1.0), (1000.0, 9.0)],
            }],
        };
        let svg = picture.svg()?;
        for expected in [
            "<svg",
            "Plans",
            "tasks",
            "seconds",
            "first plan",
            "polyline",
        ] {
            assert!(svg.contains(expected), "{expected}");
        }
        assert_eq!(svg, picture.svg()?);
        Ok(())
    }
}
