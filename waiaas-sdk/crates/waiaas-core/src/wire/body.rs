//! Reading request bodies: every key by an explicit reader, every fault collected.

use super::issue::{Issue, IssueCode, Issues, PathStep};
use crate::chain::{ChainKind, Environment, Network};
use core::str::FromStr;
use serde_json::{Map, Value};

/// Why one value was refused.
pub(crate) type Refusal = (IssueCode, String);

/// A body object while it is read. Readers return `None` after they have recorded a fault.
pub(crate) struct Body<'v> {
    object: &'v Map<String, Value>,
    at: Vec<PathStep>,
    issues: Vec<Issue>,
}

impl<'v> Body<'v> {
    /// Starts reading a whole body.
    pub(crate) fn of(body: &'v Value) -> Result<Self, Issues> {
        match body {
            Value::Object(object) => Ok(Self { object, at: Vec::new(), issues: Vec::new() }),
            other => Err(Issues::one(Issue {
                path: Vec::new(),
                code: IssueCode::InvalidType,
                message: format!("the body must be a JSON object, not {}", kind_of(other)),
            })),
        }
    }

    /// The value at `key`, unread.
    pub(crate) fn raw(&self, key: &str) -> Option<&'v Value> {
        self.object.get(key)
    }

    /// Whether `key` is given, even as null.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.object.contains_key(key)
    }

    /// Records a fault of the value at `key`.
    pub(crate) fn refuse(&mut self, key: &str, code: IssueCode, message: impl Into<String>) {
        let mut path = self.at.clone();
        path.push(key.into());
        self.issues.push(Issue { path, code, message: message.into() });
    }

    /// Adds a fault that was found elsewhere.
    pub(crate) fn add(&mut self, issue: Issue) {
        self.issues.push(issue);
    }

    /// Reads `key`, which must be there.
    pub(crate) fn required<T>(&mut self, key: &str, read: impl FnOnce(&'v Value) -> Result<T, Refusal>) -> Option<T> {
        if self.has(key) {
            return self.optional(key, read);
        }
        self.refuse(key, IssueCode::Required, "is required");
        None
    }

    /// Reads `key` when it is there; null is a value like any other and usually of the wrong type.
    pub(crate) fn optional<T>(&mut self, key: &str, read: impl FnOnce(&'v Value) -> Result<T, Refusal>) -> Option<T> {
        match read(self.raw(key)?) {
            Ok(value) => Some(value),
            Err((code, message)) => {
                self.refuse(key, code, message);
                None
            }
        }
    }

    /// Reads `key` when it is there and not null.
    pub(crate) fn nullable<T>(&mut self, key: &str, read: impl FnOnce(&'v Value) -> Result<T, Refusal>) -> Option<T> {
        if self.raw(key).is_none_or(Value::is_null) { None } else { self.optional(key, read) }
    }

    /// Reads a value that may be written with either of two keys, which must then agree.
    pub(crate) fn either<T: PartialEq>(
        &mut self,
        key: &str,
        alias: &str,
        read: impl Fn(&'v Value) -> Result<T, Refusal>,
    ) -> Option<T> {
        let (first, second) = (self.optional(key, &read), self.optional(alias, &read));
        if let (Some(one), Some(other)) = (&first, &second)
            && one != other
        {
            self.refuse(alias, IssueCode::Conflict, format!("differs from `{key}`; give one of them"));
        }
        first.or(second)
    }

    /// Reads the array at `key`, element by element.
    pub(crate) fn list<T>(&mut self, key: &str, read: impl Fn(&'v Value) -> Result<T, Refusal>) -> Option<Vec<T>> {
        let items = self.optional(key, array)?;
        let mut list = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            match read(item) {
                Ok(value) => list.push(value),
                Err((code, message)) => {
                    let mut path = self.at.clone();
                    path.extend([key.into(), index.into()]);
                    self.issues.push(Issue { path, code, message });
                }
            }
        }
        Some(list)
    }

    /// Reads the object at `key`, which must be there, with its own paths.
    pub(crate) fn object<T>(&mut self, key: &str, read: impl FnOnce(&mut Body<'v>) -> Option<T>) -> Option<T> {
        let object = self.required(key, object)?;
        let mut at = self.at.clone();
        at.push(key.into());
        let mut inner = Body { object, at, issues: Vec::new() };
        let value = read(&mut inner);
        self.issues.append(&mut inner.issues);
        value
    }

    /// Refuses every key that is not in `known`.
    pub(crate) fn refuse_unknown(&mut self, known: &[&str]) {
        self.refuse_unknown_except(known, &[]);
    }

    /// Refuses every key that is not in `known`, save those in `spared`, which are dealt with elsewhere.
    pub(crate) fn refuse_unknown_except(&mut self, known: &[&str], spared: &[&str]) {
        let is_unknown = |key: &str| !known.contains(&key) && !spared.contains(&key);
        let unknown: Vec<&String> = self.object.keys().filter(|key| is_unknown(key)).collect();
        for key in unknown {
            let shown: String = key.chars().take(64).collect();
            self.refuse(&shown, IssueCode::UnrecognizedKey, format!("is not known here; known: {}", known.join(", ")));
        }
    }

    /// The result, unless a fault was recorded.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Issues> {
        match (Issues::from_list(self.issues), value) {
            (None, Some(value)) => Ok(value),
            (Some(issues), _) => Err(issues),
            (None, None) => Err(Issues::one(Issue {
                path: Vec::new(),
                code: IssueCode::InvalidValue,
                message: "the body is incomplete".to_owned(),
            })),
        }
    }
}

/// What a JSON value is, for messages.
pub(crate) const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn wrong_type(expected: &str, value: &Value) -> Refusal {
    (IssueCode::InvalidType, format!("must be {expected}, not {}", kind_of(value)))
}

/// Any string.
pub(crate) fn string(value: &Value) -> Result<&str, Refusal> {
    value.as_str().ok_or_else(|| wrong_type("a string", value))
}

/// A string of `min` to `max` characters.
pub(crate) fn text(min: usize, max: usize) -> impl Fn(&Value) -> Result<String, Refusal> {
    move |value| {
        let text = string(value)?;
        let length = text.chars().count();
        if length < min {
            Err((IssueCode::TooSmall, format!("must have at least {min} character(s)")))
        } else if length > max {
            Err((IssueCode::TooBig, format!("must have at most {max} characters")))
        } else {
            Ok(text.to_owned())
        }
    }
}

/// `true` or `false`.
pub(crate) fn boolean(value: &Value) -> Result<bool, Refusal> {
    value.as_bool().ok_or_else(|| wrong_type("true or false", value))
}

/// A whole number from `min` to `max`.
pub(crate) fn integer(min: i64, max: i64) -> impl Fn(&Value) -> Result<i64, Refusal> {
    move |value| {
        let Value::Number(number) = value else { return Err(wrong_type("a whole number", value)) };
        match number.as_i64() {
            Some(number) if number < min => Err((IssueCode::TooSmall, format!("must be at least {min}"))),
            Some(number) if number > max => Err((IssueCode::TooBig, format!("must be at most {max}"))),
            Some(number) => Ok(number),
            None if number.is_u64() => Err((IssueCode::TooBig, format!("must be at most {max}"))),
            None => Err((IssueCode::InvalidType, "must be a whole number".to_owned())),
        }
    }
}

/// Any array.
pub(crate) fn array(value: &Value) -> Result<&Vec<Value>, Refusal> {
    value.as_array().ok_or_else(|| wrong_type("an array", value))
}

/// Any object.
pub(crate) fn object(value: &Value) -> Result<&Map<String, Value>, Refusal> {
    value.as_object().ok_or_else(|| wrong_type("an object", value))
}

/// A string that `T` reads, such as an id.
pub(crate) fn parsed<T: FromStr<Err: core::fmt::Display>>(value: &Value) -> Result<T, Refusal> {
    string(value)?.parse().map_err(|error: T::Err| (IssueCode::InvalidValue, error.to_string()))
}

/// A string out of a closed list.
pub(crate) fn one_of<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> impl Fn(&Value) -> Result<T, Refusal> {
    move |value| {
        let text = string(value)?;
        all.iter().copied().find(|item| name(*item) == text).ok_or_else(|| {
            let names: Vec<&str> = all.iter().map(|item| name(*item)).collect();
            (IssueCode::InvalidValue, format!("must be one of {}", names.join(", ")))
        })
    }
}

/// A chain by its wire name, or `evm` for every EVM network.
pub(crate) fn chain(value: &Value) -> Result<ChainKind, Refusal> {
    if value.as_str() == Some("evm") {
        return Ok(ChainKind::Ethereum);
    }
    one_of(&ChainKind::ALL, ChainKind::as_str)(value)
}

/// An environment by its wire name.
pub(crate) fn environment(value: &Value) -> Result<Environment, Refusal> {
    one_of(&Environment::ALL, Environment::as_str)(value)
}

/// A network in any of its spellings.
pub(crate) fn network(value: &Value) -> Result<Network, Refusal> {
    Network::parse(string(value)?).map_err(|error| (IssueCode::InvalidValue, error.to_string()))
}
