//! How a section is declared and read.

use super::layers::{Given, Layers, Raw};
use super::{Config, not_used};

/// What the documentation says about a key.
#[derive(Clone, Debug)]
pub struct KeyDoc {
    /// Name inside the section.
    pub name: String,
    /// The doc comment of the field.
    pub text: String,
    /// A value other than the default, in TOML; it is also what the tests set.
    pub example: String,
}

/// A section of the file.
pub(super) trait Section: Sized + Default {
    /// Name in the file.
    const NAME: &'static str;
    /// Its keys.
    fn keys() -> Vec<KeyDoc>;
    /// Takes its keys out of `reader`; what is wrong is recorded there.
    fn read(reader: &mut Reader) -> Self;
}

/// Hands out the given values, key by key, and collects what is wrong.
pub(super) struct Reader {
    layers: Layers,
}

impl Reader {
    pub(super) fn new(layers: Layers) -> Self {
        Self { layers }
    }

    /// Takes the raw value of a key.
    pub(super) fn take(&mut self, section: &str, key: &str) -> Option<Given> {
        self.layers.given.remove(&(section.to_owned(), key.to_owned()))
    }

    /// Takes a key and reads it; the default when it was not given or cannot be read.
    pub(super) fn value<T>(
        &mut self,
        section: &str,
        key: &str,
        default: T,
        read: impl FnOnce(&Raw) -> Result<T, String>,
    ) -> T {
        let Some(given) = self.take(section, key) else { return default };
        match read(&given.raw) {
            Ok(value) => value,
            Err(expected) => {
                self.problem(format!("{section}.{key} {expected} (set by {})", given.origin));
                default
            }
        }
    }

    pub(super) fn problem(&mut self, text: String) {
        self.layers.problems.push(text);
    }

    /// The warnings about what nobody took, or everything that stops the start.
    pub(super) fn finish(self) -> Result<Vec<String>, Vec<String>> {
        if !self.layers.problems.is_empty() {
            return Err(self.layers.problems);
        }
        let warnings = self.layers.given.into_iter().map(|((section, key), given)| {
            if not_used::contains(&section, &key) {
                format!("{section}.{key} is accepted but has no effect in this build (set by {})", given.origin)
            } else {
                let hint = closest(&section, &key).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                format!("unknown key `{key}` in section [{section}] (set by {}){hint}", given.origin)
            }
        });
        Ok(warnings.collect())
    }
}

/// Keys by section, used and unused.
pub(super) fn known_keys() -> Vec<(&'static str, Vec<String>)> {
    Config::reference()
        .into_iter()
        .map(|(section, keys)| (section, keys.into_iter().map(|key| key.name).collect()))
        .collect()
}

/// The known key that is nearest to a mistyped one, when it is near enough.
fn closest(section: &str, key: &str) -> Option<String> {
    let used = known_keys().into_iter().filter(|(name, _)| *name == section).flat_map(|(_, keys)| keys);
    let unused = not_used::KEYS.iter().filter(|(name, _)| *name == section).flat_map(|(_, keys)| keys.iter());
    used.chain(unused.map(|key| (*key).to_owned()))
        .map(|candidate| (distance(key, &candidate), candidate))
        .filter(|(distance, candidate)| distance.saturating_mul(2) <= candidate.len())
        .min()
        .map(|(_, candidate)| candidate)
}

/// Edit distance: insertions, deletions and replacements.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (line, left) in from.chars().enumerate() {
        let mut diagonal = line;
        let mut previous = line.saturating_add(1);
        let mut next = vec![previous];
        for (above, right) in row.iter().skip(1).zip(to.chars()) {
            let replaced = diagonal.saturating_add(usize::from(left != right));
            previous = replaced.min(above.saturating_add(1)).min(previous.saturating_add(1));
            diagonal = *above;
            next.push(previous);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// Declares a section: its struct, defaults, documentation and reading.
///
/// ```text
/// section! {
///     /// What it is about.
///     Name in "name" {
///         /// What the key does.
///         key: Type = default, how to read it, "example in TOML";
///     }
/// }
/// ```
macro_rules! section {
    (
        $(#[doc = $doc:literal])*
        $name:ident in $section:literal {
            $(
                $(#[doc = $text:literal])*
                $field:ident: $type:ty = $default:expr, $read:expr, $example:literal;
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[doc = $text])* pub $field: $type,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $crate::config::section::Section for $name {
            const NAME: &'static str = $section;

            fn keys() -> Vec<$crate::config::section::KeyDoc> {
                vec![$($crate::config::section::KeyDoc {
                    name: stringify!($field).to_owned(),
                    text: [$($text),*].map(str::trim).join(" "),
                    example: $example.to_owned(),
                }),*]
            }

            fn read(reader: &mut $crate::config::section::Reader) -> Self {
                let defaults = Self::default();
                Self {
                    $($field: reader.value($section, stringify!($field), defaults.$field, $read),)*
                }
            }
        }
    };
}
pub(super) use section;
