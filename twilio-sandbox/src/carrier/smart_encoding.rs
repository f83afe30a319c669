//! Smart Encoding: characters outside GSM 03.38 that have a look-alike in it.
//!
//! The pairs are those of Twilio's published segment calculator; what Twilio itself replaces may differ.
//! <https://www.twilio.com/docs/messaging/services#smart-encoding>

/// The text with every known look-alike replaced.
pub(crate) fn smart_encode(body: &str) -> String {
    let mut text = String::with_capacity(body.len());
    for c in body.chars() {
        match look_alike(c) {
            Some(plain) => text.push_str(plain),
            None => text.push(c),
        }
    }
    text
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn look_alike(c: char) -> Option<&'static str> {
    Some(match c {
        '\u{ab}'
        | '\u{bb}'
        | '\u{201c}'..='\u{201d}'
        | '\u{2ba}'
        | '\u{2ee}'
        | '\u{201f}'
        | '\u{201e}'
        | '\u{275d}'..='\u{275e}'
        | '\u{301d}'..='\u{301e}'
        | '\u{ff02}' => "\"",
        '\u{2018}'..='\u{2019}'
        | '\u{2bb}'
        | '\u{2c8}'
        | '\u{2bc}'..='\u{2bd}'
        | '\u{2b9}'
        | '\u{201b}'
        | '\u{ff07}'
        | '\u{b4}'
        | '\u{2ca}'
        | '\u{60}'
        | '\u{2cb}'
        | '\u{275b}'..='\u{275c}'
        | '\u{313}'..='\u{314}'
        | '\u{fe10}'..='\u{fe11}' => "'",
        '\u{f7}' | '\u{29f8}' | '\u{337}'..='\u{338}' | '\u{2044}' | '\u{2215}' | '\u{ff0f}' => "/",
        '\u{bc}' => "1/4",
        '\u{bd}' => "1/2",
        '\u{be}' => "3/4",
        '\u{29f9}' | '\u{29f5}' | '\u{20e5}' | '\u{fe68}' | '\u{ff3c}' => "\\",
        '\u{332}' | '\u{ff3f}' | '\u{2017}' => "_",
        '\u{20d2}'..='\u{20d3}'
        | '\u{2223}'
        | '\u{ff5c}'
        | '\u{23b8}'..='\u{23b9}'
        | '\u{23d0}'
        | '\u{239c}'
        | '\u{239f}' => "|",
        '\u{23bc}'..='\u{23bd}'
        | '\u{2015}'
        | '\u{fe63}'
        | '\u{ff0d}'
        | '\u{2010}'
        | '\u{2043}'
        | '\u{2014}'
        | '\u{2013}'
        | '\u{2022}' => "-",
        '\u{fe6b}' | '\u{ff20}' => "@",
        '\u{fe69}' | '\u{ff04}' => "$",
        '\u{1c3}' | '\u{fe15}' | '\u{fe57}' | '\u{ff01}' => "!",
        '\u{fe5f}' | '\u{ff03}' => "#",
        '\u{fe6a}' | '\u{ff05}' => "%",
        '\u{fe60}' | '\u{ff06}' => "&",
        '\u{201a}' | '\u{326}' | '\u{fe50}'..='\u{fe51}' | '\u{ff0c}' | '\u{ff64}' | '\u{3001}' => ",",
        '\u{2768}' | '\u{276a}' | '\u{fe59}' | '\u{ff08}' | '\u{27ee}' | '\u{2985}' => "(",
        '\u{2769}' | '\u{276b}' | '\u{fe5a}' | '\u{ff09}' | '\u{27ef}' | '\u{2986}' => ")",
        '\u{204e}'
        | '\u{2217}'
        | '\u{229b}'
        | '\u{2722}'..='\u{2725}'
        | '\u{2731}'..='\u{2733}'
        | '\u{273a}'..='\u{273d}'
        | '\u{2743}'
        | '\u{2749}'..='\u{274b}'
        | '\u{29c6}'
        | '\u{fe61}'
        | '\u{ff0a}' => "*",
        '\u{2d6}' | '\u{fe62}' | '\u{ff0b}' => "+",
        '\u{3002}' | '\u{fe52}' | '\u{ff0e}' | '\u{ff61}' => ".",
        '\u{2d0}' | '\u{2f8}' | '\u{2982}' | '\u{a789}' | '\u{fe13}' | '\u{ff1a}' => ":",
        '\u{204f}' | '\u{fe14}' | '\u{fe54}' | '\u{ff1b}' => ";",
        '\u{fe64}' | '\u{ff1c}' | '\u{203a}' => "<",
        '\u{347}' | '\u{a78a}' | '\u{fe66}' | '\u{ff1d}' => "=",
        '\u{fe65}' | '\u{ff1e}' | '\u{2039}' => ">",
        '\u{fe16}' | '\u{fe56}' | '\u{ff1f}' => "?",
        '\u{2c6}' | '\u{302}' | '\u{ff3e}' | '\u{1dcd}' => "^",
        '\u{2774}' | '\u{fe5b}' | '\u{ff5b}' => "{",
        '\u{2775}' | '\u{fe5c}' | '\u{ff5d}' => "}",
        '\u{ff3b}' => "[",
        '\u{ff3d}' => "]",
        '\u{2dc}' | '\u{2f7}' | '\u{303}' | '\u{330}' | '\u{334}' | '\u{223c}' | '\u{ff5e}' => "~",
        '\u{a0}'
        | '\u{2000}'
        | '\u{2002}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}'
        | '\u{8d}'
        | '\u{9f}'
        | '\u{80}'
        | '\u{90}'
        | '\u{9b}' => "  ",
        '\u{10}'
        | '\u{0}'
        | '\u{3}'..='\u{4}'
        | '\u{17}'
        | '\u{19}'
        | '\u{11}'..='\u{14}'
        | '\u{2060}'
        | '\u{200b}'
        | '\u{feff}' => "",
        '\u{9}' => "       ",
        '\u{203c}' => "!!",
        '\u{2028}'..='\u{2029}' | '\u{2001}' => " ",
        '\u{2026}' => "...",
        '\u{ff21}' | '\u{1d00}' => "A",
        '\u{ff22}' | '\u{0299}' => "B",
        '\u{ff23}' | '\u{1d04}' => "C",
        '\u{ff24}' | '\u{1d05}' => "D",
        '\u{ff25}' | '\u{1d07}' => "E",
        '\u{ff26}' | '\u{a730}' => "F",
        '\u{ff27}' | '\u{0262}' => "G",
        '\u{ff28}' | '\u{029c}' => "H",
        '\u{ff29}' | '\u{026a}' => "I",
        '\u{ff2a}' | '\u{1d0a}' => "J",
        '\u{ff2b}' | '\u{1d0b}' => "K",
        '\u{ff2c}' | '\u{029f}' => "L",
        '\u{ff2d}' | '\u{1d0d}' => "M",
        '\u{ff2e}' | '\u{0274}' => "N",
        '\u{ff2f}' | '\u{1d0f}' => "O",
        '\u{ff30}' | '\u{1d18}' => "P",
        '\u{ff31}' => "Q",
        '\u{ff32}' | '\u{0280}' => "R",
        '\u{ff33}' | '\u{a731}' => "S",
        '\u{ff34}' | '\u{1d1b}' => "T",
        '\u{ff35}' | '\u{1d1c}' => "U",
        '\u{ff36}' | '\u{1d20}' => "V",
        '\u{ff37}' | '\u{1d21}' => "W",
        '\u{ff38}' => "X",
        '\u{ff39}' | '\u{028f}' => "Y",
        '\u{ff3a}' | '\u{1d22}' => "Z",
        '\u{ff10}' => "0",
        '\u{ff11}' => "1",
        '\u{ff12}' => "2",
        '\u{ff13}' => "3",
        '\u{ff14}' => "4",
        '\u{ff15}' => "5",
        '\u{ff16}' => "6",
        '\u{ff17}' => "7",
        '\u{ff18}' => "8",
        '\u{ff19}' => "9",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::carrier::segments::segments;

    #[test]
    fn look_alikes_are_replaced_and_the_rest_stays() {
        for (body, expected) in [
            ("\u{201c}Hi\u{201d} \u{2013} it\u{2019}s 5\u{2026}", "\"Hi\" - it's 5..."),
            ("a\u{a0}b\u{200b}c", "a  bc"),
            ("\u{ff21}\u{ff11}\u{bd}", "A11/2"),
            ("caf\u{e9} \u{1f600}", "caf\u{e9} \u{1f600}"),
        ] {
            assert_eq!(smart_encode(body), expected);
        }
        let typographic = format!("{}\u{2019}", "a".repeat(100));
        assert_eq!((segments(&typographic), segments(&smart_encode(&typographic))), (2, 1));
    }
}
