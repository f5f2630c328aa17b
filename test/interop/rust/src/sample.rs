//! The sample of interop.capnp: filled in and compared field by field.

use capnp::Result;

use crate::interop_capnp::{point, sample, Colour};

const TEXT: &str = "naïve 🦀";
const DATA: [u8; 4] = [0x00, 0x01, 0xfe, 0xff];
const MATRIX: [&[u8]; 3] = [&[1], &[], &[2, 3]];

pub fn fill(mut sample: sample::Builder) -> Result<()> {
    sample.set_yes(true);
    sample.set_no(false);
    sample.set_int8(i8::MIN);
    sample.set_int16(i16::MIN);
    sample.set_int32(i32::MIN);
    sample.set_int64(i64::MIN);
    sample.set_uint8(u8::MAX);
    sample.set_uint16(u16::MAX);
    sample.set_uint32(u32::MAX);
    sample.set_uint64(u64::MAX);
    sample.set_float32(1.5);
    sample.set_float64(-2.5e-300);
    sample.set_inverted(9);
    sample.set_colour(Colour::Blue);
    sample.set_text(TEXT);
    sample.set_data(&DATA);
    set_point(sample.reborrow().init_point(), -1, 2);
    set_point(sample.reborrow().init_any().init_as(), 5, 6);

    let mut bools = sample.reborrow().init_bools(10);
    for i in 0..bools.len() {
        bools.set(i, i % 3 == 0);
    }
    sample.set_int16s(&[-1, 0, 1])?;
    sample.set_float64s(&[0.5, f64::NEG_INFINITY, f64::NAN])?;
    sample.set_colours(&[Colour::Blue, Colour::Red])?;
    sample.set_texts(&["", "one", "zwei"])?;
    let mut points = sample.reborrow().init_points(2);
    set_point(points.reborrow().get(0), 1, 2);
    set_point(points.reborrow().get(1), 3, 4);
    let mut matrix = sample.reborrow().init_matrix(MATRIX.len() as u32);
    for (i, row) in (0..).zip(MATRIX) {
        let mut cells = matrix.reborrow().init(i, row.len() as u32);
        for (j, cell) in (0..).zip(row) {
            cells.set(j, *cell);
        }
    }

    let mut range = sample.reborrow().init_range();
    range.set_low(-5);
    range.set_high(5);
    sample.set_label("seven");
    Ok(())
}

/// The names of the fields that differ; empty when none does.
pub fn difference(sample: sample::Reader) -> Result<String> {
    let mut wrong: Vec<&str> = Vec::new();
    let mut check = |field, right: bool| {
        if !right {
            wrong.push(field);
        }
    };
    check("yes", sample.get_yes());
    check("no", !sample.get_no());
    check("int8", sample.get_int8() == i8::MIN);
    check("int16", sample.get_int16() == i16::MIN);
    check("int32", sample.get_int32() == i32::MIN);
    check("int64", sample.get_int64() == i64::MIN);
    check("uint8", sample.get_uint8() == u8::MAX);
    check("uint16", sample.get_uint16() == u16::MAX);
    check("uint32", sample.get_uint32() == u32::MAX);
    check("uint64", sample.get_uint64() == u64::MAX);
    check("float32", sample.get_float32() == 1.5);
    check("float64", sample.get_float64() == -2.5e-300);
    check("unset", sample.get_unset() == 42);
    check("inverted", sample.get_inverted() == 9);
    check("colour", sample.get_colour()? == Colour::Blue);
    check("text", sample.get_text()?.to_str()? == TEXT);
    check("unsetText", sample.get_unset_text()?.to_str()? == "unset");
    check("data", sample.get_data()? == DATA);
    check("point", is_point(sample.get_point()?, -1, 2));
    check("any", is_point(sample.get_any().get_as()?, 5, 6));

    let bools = sample.get_bools()?;
    check("bools", bools.len() == 10 && (0..10).all(|i| bools.get(i) == (i % 3 == 0)));
    check("int16s", sample.get_int16s()?.iter().eq([-1, 0, 1]));
    let float64s: Vec<f64> = sample.get_float64s()?.iter().collect();
    check(
        "float64s",
        matches!(float64s[..], [half, f64::NEG_INFINITY, nan] if half == 0.5 && nan.is_nan()),
    );
    let colours: std::result::Result<Vec<_>, _> = sample.get_colours()?.iter().collect();
    check("colours", colours? == [Colour::Blue, Colour::Red]);
    let texts: Result<Vec<_>> = sample.get_texts()?.iter().collect();
    check("texts", texts?.iter().eq(["", "one", "zwei"].iter()));
    let points = sample.get_points()?;
    check(
        "points",
        points.len() == 2 && is_point(points.get(0), 1, 2) && is_point(points.get(1), 3, 4),
    );
    let matrix: Result<Vec<Vec<u8>>> =
        sample.get_matrix()?.iter().map(|row| Ok(row?.iter().collect())).collect();
    check("matrix", matrix? == MATRIX);

    check("range", sample.get_range().get_low() == -5 && sample.get_range().get_high() == 5);
    check(
        "label",
        matches!(sample.which()?, sample::Label(Ok(label)) if label.to_str()? == "seven"),
    );
    Ok(wrong.join(" "))
}

fn set_point(mut point: point::Builder, x: i32, y: i32) {
    point.set_x(x);
    point.set_y(y);
}

fn is_point(point: point::Reader, x: i32, y: i32) -> bool {
    point.get_x() == x && point.get_y() == y
}
