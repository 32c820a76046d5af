//! Readers of single values. Each says in words what it would have accepted.

use super::layers::Raw;
use toml::Value;

/// What a reader returns: the value, or the rest of a sentence that begins with the key.
pub(super) type Outcome<T> = Result<T, String>;

/// Any text.
pub(super) fn text(raw: &Raw) -> Outcome<String> {
    match raw {
        Raw::Text(text) | Raw::Toml(Value::String(text)) => Ok(text.clone()),
        Raw::Toml(other) => Err(format!("must be a string, not {}", other.type_str())),
    }
}

/// `true` or `false`.
pub(super) fn boolean(raw: &Raw) -> Outcome<bool> {
    match raw {
        Raw::Toml(Value::Boolean(flag)) => Ok(*flag),
        Raw::Text(text) if text == "true" => Ok(true),
        Raw::Text(text) if text == "false" => Ok(false),
        Raw::Toml(_) | Raw::Text(_) => Err("must be true or false".to_owned()),
    }
}

/// A whole number from `min` to `max`.
pub(super) fn integer<T: TryFrom<i64>>(min: i64, max: i64) -> impl FnOnce(&Raw) -> Outcome<T> {
    move |raw| {
        let number = match raw {
            Raw::Toml(Value::Integer(number)) => Some(*number),
            Raw::Text(text) => text.trim().parse().ok(),
            Raw::Toml(_) => None,
        };
        number
            .filter(|number| (min..=max).contains(number))
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| format!("must be a whole number from {min} to {max}"))
    }
}

/// One name out of a list.
pub(super) fn choice<T: Copy>(choices: &'static [(&'static str, T)]) -> impl FnOnce(&Raw) -> Outcome<T> {
    move |raw| {
        let given = text(raw)?;
        choices.iter().find(|(name, _)| *name == given).map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
            format!("must be one of {}", names.join(", "))
        })
    }
}

/// A list of texts; in the environment a JSON array of strings.
pub(super) fn texts(raw: &Raw) -> Outcome<Vec<String>> {
    let refusal = || "must be a list of strings".to_owned();
    match raw {
        Raw::Toml(Value::Array(items)) => {
            items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(refusal)).collect()
        }
        Raw::Text(text) => {
            serde_json::from_str(text).map_err(|_| "must be a JSON array of strings, such as [\"a\",\"b\"]".to_owned())
        }
        Raw::Toml(_) => Err(refusal()),
    }
}

/// A relative or absolute path that is not empty.
pub(super) fn path(raw: &Raw) -> Outcome<String> {
    let path = text(raw)?;
    if path.is_empty() { Err("must not be empty".to_owned()) } else { Ok(path) }
}
