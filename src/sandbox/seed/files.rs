//! Contents of attached files: a picture, a form, a log.

use std::fmt::Write as _;

/// A small picture of three boxes and the lines between them, as PNG.
pub(super) fn picture() -> Vec<u8> {
    PICTURE.to_vec()
}

/// A one-page form, as PDF.
pub(super) fn form(title_text: &str) -> Vec<u8> {
    let line = format!("BT /F1 18 Tf 72 720 Td ({title_text}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{line}\nendstream", line.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut offsets = String::new();
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(offsets, "{:010} 00000 n ", file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = file.len();
    let trailer = "trailer\n<< /Size 6 /Root 1 0 R >>";
    format!("{file}xref\n0 6\n0000000000 65535 f \n{offsets}{trailer}\nstartxref\n{start}\n%%EOF\n").into_bytes()
}

/// The log of a rehearsal that took `minutes`.
pub(super) fn log(host: &str, day: &str, error: &str, minutes: u16) -> String {
    format!(
        "{day} 20:00:00 {host} recovery started\n{day} 20:04:12 {host} snapshot mounted\n\
         {day} 20:09:47 {host} warning {error}\n{day} 20:10:03 {host} retry succeeded\n\
         {day} 20:15:00 {host} recovery finished after {minutes} minutes\n"
    )
}

const PICTURE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00, 0x00, 0x00,
    0x18, 0x00, 0x00, 0x00, 0x18, 0x02, 0x03, 0x00, 0x00, 0x00, 0x9d, 0x19, 0xd5, 0x6b, 0x00, 0x00, 0x00, 0x0c, 0x50,
    0x4c, 0x54, 0x45, 0xff, 0xff, 0xff, 0x09, 0x52, 0xcc, 0x42, 0x52, 0x6e, 0x00, 0x00, 0x00, 0x93, 0x2b, 0x02, 0xae,
    0x00, 0x00, 0x00, 0x2c, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x60, 0xc0, 0x06, 0x18, 0x43, 0x43, 0x44, 0x43,
    0x1d, 0x48, 0xa0, 0x18, 0x38, 0x18, 0x18, 0x14, 0x18, 0xe0, 0x14, 0xd7, 0xaa, 0x55, 0x0b, 0xc0, 0xbc, 0x06, 0x05,
    0x04, 0xc5, 0x10, 0x1a, 0xca, 0x40, 0x1a, 0x85, 0x04, 0x00, 0x3a, 0x23, 0x11, 0x91, 0x81, 0xe1, 0x56, 0x5e, 0x00,
    0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82,
];
