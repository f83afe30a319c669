//! What files of a type begin with.

/// So many bytes tell.
pub(super) const ENOUGH: usize = 16;

/// Where it begins, with what, and the names of the type, the usual one first.
const KINDS: [(usize, &[u8], &[&str]); 22] = [
    (0, b"\x89PNG\r\n\x1a\n", &["image/png"]),
    (0, b"\xff\xd8\xff", &["image/jpeg", "image/jpg"]),
    (0, b"GIF8", &["image/gif"]),
    (8, b"WEBP", &["image/webp"]),
    (0, b"BM", &["image/bmp", "image/x-ms-bmp"]),
    (0, b"II*\0", &["image/tiff"]),
    (0, b"MM\0*", &["image/tiff"]),
    (4, b"ftypheic", &["image/heic", "image/heif"]),
    (4, b"ftypmif1", &["image/heif", "image/heic"]),
    (4, b"ftypavif", &["image/avif"]),
    (4, b"ftyp3g", &["video/3gpp", "video/3gpp2", "audio/3gpp", "audio/3gpp2"]),
    (4, b"ftyp", &["video/mp4", "audio/mp4", "audio/m4a", "audio/x-m4a", "video/3gpp", "audio/3gpp"]),
    (0, b"\x1a\x45\xdf\xa3", &["video/webm", "audio/webm"]),
    (0, b"OggS", &["audio/ogg", "video/ogg", "application/ogg", "audio/opus"]),
    (8, b"WAVE", &["audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"]),
    (0, b"#!AMR", &["audio/amr", "audio/amr-wb"]),
    (0, b"ID3", &["audio/mpeg", "audio/mp3"]),
    (0, b"\xff\xfb", &["audio/mpeg", "audio/mp3"]),
    (0, b"\xff\xf3", &["audio/mpeg", "audio/mp3"]),
    (0, b"\xff\xf2", &["audio/mpeg", "audio/mp3"]),
    (0, b"%PDF-", &["application/pdf"]),
    (0, b"PK\x03\x04", &["application/zip"]),
];

fn begins(start: &[u8], at: usize, magic: &[u8]) -> bool {
    start.get(at..).is_some_and(|rest| rest.starts_with(magic))
}

/// The type that a file of this beginning has, as far as it can be told.
pub(super) fn sniffed(start: &[u8]) -> Option<&'static str> {
    let (.., names) = KINDS.iter().find(|(at, magic, _)| begins(start, *at, magic))?;
    names.first().copied()
}

/// Whether files of the declared type begin like this, where that is known.
pub(super) fn may_be(declared: &str, start: &[u8]) -> bool {
    let declared = declared.split(';').next().unwrap_or_default().trim();
    let is_named = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(declared));
    let mut known = KINDS.iter().filter(|(.., names)| is_named(names)).peekable();
    known.peek().is_none() || known.any(|(at, magic, _)| begins(start, *at, magic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_must_begin_as_its_declared_type_does_where_that_is_known() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        let mp4 = b"\0\0\0\x18ftypmp42\0\0\0\0";
        let old_phone = b"\0\0\0\x18ftyp3gp4\0\0\0\0";
        for (declared, start, expected, kind) in [
            ("image/png", &png[..], true, Some("image/png")),
            ("IMAGE/PNG; q=1", png, true, Some("image/png")),
            ("image/jpeg", png, false, Some("image/png")),
            ("image/png", b"<!doctype html>", false, None),
            ("image/png", b"", false, None),
            ("video/mp4", mp4, true, Some("video/mp4")),
            ("video/3gpp", mp4, true, Some("video/mp4")),
            ("video/3gpp", old_phone, true, Some("video/3gpp")),
            ("audio/mp4", old_phone, true, Some("video/3gpp")),
            ("image/webp", b"RIFF\x10\0\0\0WEBPVP8 ", true, Some("image/webp")),
            ("audio/wav", b"RIFF\x10\0\0\0WEBPVP8 ", false, Some("image/webp")),
            ("audio/mpeg", b"\xff\xfb\x90\x64", true, Some("audio/mpeg")),
            ("audio/amr", b"#!AMR\n", true, Some("audio/amr")),
            ("text/vcard", b"BEGIN:VCARD", true, None),
            ("application/octet-stream", png, true, Some("image/png")),
        ] {
            assert_eq!(may_be(declared, start), expected, "{declared} {start:?}");
            assert_eq!(sniffed(start), kind, "{start:?}");
        }
    }
}
