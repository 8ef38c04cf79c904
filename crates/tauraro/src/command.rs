//! The text of `-c`.

/// Takes the white space away that all lines begin with, as CPython does with the text of `-c`.
/// Lines of nothing but white space become empty then.
pub fn dedent(text: &str) -> String {
    let common = common_margin(text);
    if common.is_empty() {
        return text.to_string();
    }
    text.split_inclusive('\n')
        .map(|line| match line.strip_prefix(common) {
            Some(rest) if !is_blank(line) => rest,
            _ if line.ends_with('\n') => "\n",
            _ => "",
        })
        .collect()
}

fn is_blank(line: &str) -> bool {
    line.chars().all(|c| matches!(c, ' ' | '\t' | '\n'))
}

/// The longest white space that every line begins with, blank lines aside.
fn common_margin(text: &str) -> &str {
    let mut common: Option<&str> = None;
    for line in text.split('\n').filter(|l| !is_blank(l)) {
        let margin = &line[..line.len() - line.trim_start_matches([' ', '\t']).len()];
        common = Some(match common {
            None => margin,
            Some(so_far) => {
                let same = so_far.bytes().zip(margin.bytes());
                &so_far[..same.take_while(|(a, b)| a == b).count()]
            }
        });
    }
    common.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::dedent;

    #[test]
    fn common_white_space_goes_and_blank_lines_become_empty() {
        assert_eq!(dedent("\n    a\n      b\n   \n    c"), "\na\n  b\n\nc");
        assert_eq!(dedent("\t a\n\tb\n"), " a\nb\n");
        assert_eq!(dedent("a\n    \n  b"), "a\n    \n  b");
        assert_eq!(dedent("  \t\n"), "  \t\n");
    }
}
