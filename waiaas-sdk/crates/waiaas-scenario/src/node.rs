//! Reading a document: every value by a reader that says where it stands and what is accepted there.

use serde_json::{Map, Value};
use waiaas_core::wire::{Issue, IssueCode, Issues, PathStep};

/// What is wrong with a document, collected.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Issue>);

impl Faults {
    /// Records a fault. One that is known already (of a shared part that several cases read) is not repeated.
    pub(crate) fn add(&mut self, issue: Issue) {
        if !self.0.contains(&issue) {
            self.0.push(issue);
        }
    }

    /// `value`, unless anything was wrong.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Issues> {
        match (Issues::from_list(self.0), value) {
            (Some(issues), _) => Err(issues),
            (None, Some(value)) => Ok(value),
            (None, None) => {
                let message = "cannot be read".to_owned();
                Err(Issues::one(Issue { path: Vec::new(), code: IssueCode::InvalidValue, message }))
            }
        }
    }
}

/// A value and its place in the document. Readers answer `None` after recording a fault.
#[derive(Clone, Debug)]
pub(crate) struct Node<'v> {
    /// The value.
    pub(crate) value: &'v Value,
    path: Vec<PathStep>,
}

impl<'v> Node<'v> {
    /// The top of a document.
    pub(crate) const fn root(value: &'v Value) -> Self {
        Self { value, path: Vec::new() }
    }

    /// A document that is one part of a larger one.
    pub(crate) fn at(value: &'v Value, step: &str) -> Self {
        Self { value, path: vec![step.into()] }
    }

    fn child(&self, step: PathStep, value: &'v Value) -> Self {
        let mut path = self.path.clone();
        path.push(step);
        Self { value, path }
    }

    /// Where the value stands.
    pub(crate) fn path(&self) -> &[PathStep] {
        &self.path
    }

    /// Records a fault of this value.
    pub(crate) fn fault(&self, faults: &mut Faults, code: IssueCode, message: impl Into<String>) {
        faults.add(Issue { path: self.path.clone(), code, message: message.into() });
    }

    /// A value of the right type that is not accepted.
    pub(crate) fn invalid<T>(&self, faults: &mut Faults, message: impl Into<String>) -> Option<T> {
        self.fault(faults, IssueCode::InvalidValue, message);
        None
    }

    fn wrong_type<T>(&self, faults: &mut Faults, expected: &str) -> Option<T> {
        self.fault(faults, IssueCode::InvalidType, format!("expected {expected}"));
        None
    }

    /// Whether it is `null`.
    pub(crate) fn is_null(&self) -> bool {
        self.value.is_null()
    }

    /// The members of an object.
    pub(crate) fn object(&self, faults: &mut Faults) -> Option<&'v Map<String, Value>> {
        match self.value {
            Value::Object(members) => Some(members),
            _ => self.wrong_type(faults, "an object"),
        }
    }

    /// Records a fault for every member of an object that is not one of `known`.
    pub(crate) fn only(&self, known: &[&str], faults: &mut Faults) {
        let Some(members) = self.object(faults) else { return };
        for (key, value) in members.iter().filter(|(key, _)| !known.contains(&key.as_str())) {
            let message = format!("is not known here; accepted are: {}", known.join(", "));
            self.child(key.as_str().into(), value).fault(faults, IssueCode::UnrecognizedKey, message);
        }
    }

    /// A member of an object, if it is there.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        Some(self.child(key.into(), self.value.as_object()?.get(key)?))
    }

    /// A member of an object, if it is there and not `null`.
    pub(crate) fn given(&self, key: &str) -> Option<Self> {
        self.get(key).filter(|node| !node.is_null())
    }

    /// A member that must be there.
    pub(crate) fn required(&self, key: &str, faults: &mut Faults) -> Option<Self> {
        let member = self.get(key);
        if member.is_none() {
            self.child(key.into(), self.value).fault(faults, IssueCode::Required, "is required");
        }
        member
    }

    /// All members of an object.
    pub(crate) fn members(&self) -> Vec<(&'v str, Self)> {
        let members = self.value.as_object().into_iter().flatten();
        members.map(|(key, value)| (key.as_str(), self.child(key.as_str().into(), value))).collect()
    }

    /// The entries of an array.
    pub(crate) fn list(&self, faults: &mut Faults) -> Option<Vec<Self>> {
        match self.value {
            Value::Array(entries) => {
                Some(entries.iter().enumerate().map(|(index, entry)| self.child(index.into(), entry)).collect())
            }
            _ => self.wrong_type(faults, "an array"),
        }
    }

    /// A text.
    pub(crate) fn text(&self, faults: &mut Faults) -> Option<&'v str> {
        match self.value {
            Value::String(text) => Some(text),
            _ => self.wrong_type(faults, "a text"),
        }
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, faults: &mut Faults) -> Option<bool> {
        match self.value {
            Value::Bool(flag) => Some(*flag),
            _ => self.wrong_type(faults, "`true` or `false`"),
        }
    }

    /// A whole number.
    pub(crate) fn integer(&self, faults: &mut Faults) -> Option<i64> {
        match self.value.as_i64() {
            Some(number) => Some(number),
            None => self.wrong_type(faults, "a whole number"),
        }
    }

    /// A text that `read` understands; `expected` says which those are.
    pub(crate) fn parsed<T>(
        &self,
        faults: &mut Faults,
        expected: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(faults)?;
        let value = read(text);
        if value.is_none() {
            self.fault(faults, IssueCode::InvalidValue, format!("expected {expected}, not `{text}`"));
        }
        value
    }

    /// One of a closed list of names.
    pub(crate) fn one_of<T: Copy>(&self, faults: &mut Faults, all: &[T], name: fn(T) -> &'static str) -> Option<T> {
        let names: Vec<&str> = all.iter().map(|value| name(*value)).collect();
        let expected = format!("one of {}", names.join(", "));
        self.parsed(faults, &expected, |text| all.iter().copied().find(|value| name(*value) == text))
    }

    /// A decimal, written as a text or as a number, that `read` understands.
    pub(crate) fn decimal<T, E: core::fmt::Display>(
        &self,
        faults: &mut Faults,
        expected: &str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let Some(text) = decimal_text(self.value) else {
            let limit = "a number may have 15 significant digits, more only as a text";
            return self.wrong_type(faults, &format!("{expected} as a decimal text such as \"12.5\" ({limit})"));
        };
        match read(&text) {
            Ok(value) => Some(value),
            Err(error) => self.invalid(faults, format!("expected {expected}: {error}")),
        }
    }
}

/// Decimal digits that a 64-bit binary float keeps exactly (IEEE 754, DBL_DIG). JSON and TOML numbers pass through
/// one in most programs, so more digits are taken from texts only.
const MAX_NUMBER_DIGITS: usize = 15;

/// A decimal as its text.
pub(crate) fn decimal_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => {
            let text = number.to_string();
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            // `10.0` is how TOML's `10.0` comes out; the grammar of decimals has no trouble with it.
            (digits.trim_matches('0').len() <= MAX_NUMBER_DIGITS).then_some(text)
        }
        _ => None,
    }
}
