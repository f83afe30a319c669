//! The conversation on the terminal.

/// Columns of a line, at most.
const WIDTH: usize = 88;
/// Where texts begin: behind a name and an arrow.
const MARGIN: usize = 10;

/// A line between the messages: what happens, and why.
pub fn narrate(text: &str) {
    println!();
    for line in wrapped(text, WIDTH - 2) {
        println!("~ {line}");
    }
    println!();
}

/// A message, beside the name of whose it is.
pub(crate) fn show(name: &str, arrow: &str, text: &str) {
    let lines = text.lines().flat_map(|line| wrapped(line, WIDTH - MARGIN));
    for (number, line) in lines.enumerate() {
        let label = if number == 0 { format!("{name:<7}{arrow}") } else { String::new() };
        println!("{label:<MARGIN$}{line}");
    }
}

/// The text in lines of at most `width` characters where its words allow.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if line.is_empty() {
            word.clone_into(line);
        } else if line.chars().count() + 1 + word.chars().count() <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_lose_none() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("a-very-long-word b", 4), ["a-very-long-word", "b"]);
        assert_eq!(wrapped("", 4), [""]);
    }
}
