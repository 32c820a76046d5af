//! Reading the `rules` object of a row, with issues that say where and what is accepted.
//!
//! Numbers are taken as exact decimals from their text. JSON numbers pass through binary floats in
//! most clients, and in the parser here; up to 15 significant digits survive that unchanged, more may
//! not, so more are accepted only in strings.

use super::kind::RuleSet;
use super::row::PolicyType;
use super::tier::Tier;
use crate::chain::ChainKind;
use crate::money::{AmountError, BaseUnits, Decimal, Ratio, Usd};
use serde_json::{Map, Value};

/// One thing that is wrong with the rules of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleIssue {
    /// Where: begins with `rules`.
    pub path: Vec<String>,
    /// What is accepted there.
    pub message: String,
}

/// Checks the rules of a row that is to be created or changed.
///
/// Of a time zone only the syntax is checked; who can look zones up uses [`validate_rules_in`].
///
/// # Errors
/// Every issue found.
pub fn validate_rules(policy_type: PolicyType, rules: &Value) -> Result<(), Vec<RuleIssue>> {
    validate_rules_in(policy_type, rules, &|_| true)
}

/// As [`validate_rules`]; `knows_zone` tells whether a time zone of that IANA name exists.
///
/// # Errors
/// As [`validate_rules`], and an issue on `rules.timezone` for a zone that does not exist.
pub fn validate_rules_in(
    policy_type: PolicyType,
    rules: &Value,
    knows_zone: &dyn Fn(&str) -> bool,
) -> Result<(), Vec<RuleIssue>> {
    let mut issues = Issues::default();
    let rules = RuleSet::read(policy_type, &Node::root(rules), &mut issues);
    let mut found = issues.always;
    found.append(&mut issues.at_creation);
    if let Some(zone) = rules.as_ref().and_then(RuleSet::time_zone).filter(|zone| !knows_zone(zone)) {
        let path = ["rules", "timezone"].map(str::to_owned).to_vec();
        found.push(RuleIssue { path, message: format!("`{zone}` is not a known time zone") });
    }
    match rules {
        Some(_) if found.is_empty() => Ok(()),
        _ => Err(found),
    }
}

/// Reads stored rules. Shapes that are refused only at creation are accepted here.
///
/// # Errors
/// What is wrong, for the denial that follows from it.
pub(super) fn read_stored(policy_type: PolicyType, text: &str) -> Result<RuleSet, String> {
    let value: Value = serde_json::from_str(text).map_err(|_| "the rules are not JSON".to_owned())?;
    let mut issues = Issues::default();
    let rules = RuleSet::read(policy_type, &Node::root(&value), &mut issues);
    match (rules, issues.always.into_iter().next()) {
        (Some(rules), None) => Ok(rules),
        (_, Some(issue)) => Err(format!("{}: {}", issue.path.join("."), issue.message)),
        (None, None) => Err("the rules cannot be read".to_owned()),
    }
}

/// What a reader found wrong.
#[derive(Debug, Default)]
pub(super) struct Issues {
    always: Vec<RuleIssue>,
    at_creation: Vec<RuleIssue>,
}

impl Issues {
    /// Makes the rules unreadable: refused at creation, a denial when stored.
    pub(super) fn add(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.always.push(RuleIssue { path: node.path.clone(), message: message.into() });
    }

    /// Refused at creation; stored rows of this shape have a meaning and keep it.
    pub(super) fn add_at_creation(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.at_creation.push(RuleIssue { path: node.path.clone(), message: message.into() });
    }
}

/// A place in the rules. The readers answer `None` after recording an issue.
#[derive(Clone, Debug)]
pub(super) struct Node<'a> {
    value: &'a Value,
    path: Vec<String>,
}

impl<'a> Node<'a> {
    fn root(value: &'a Value) -> Self {
        Self { value, path: vec!["rules".to_owned()] }
    }

    fn child(&self, key: impl Into<String>, value: &'a Value) -> Self {
        let mut path = self.path.clone();
        path.push(key.into());
        Self { value, path }
    }

    /// The members of an object.
    pub(super) fn object(&self, issues: &mut Issues) -> Option<Object<'a>> {
        if let Value::Object(members) = self.value {
            Some(Object { node: self.clone(), members })
        } else {
            issues.add(self, "expected an object");
            None
        }
    }

    /// The entries of an array.
    pub(super) fn list(&self, issues: &mut Issues) -> Option<Vec<Self>> {
        if let Value::Array(entries) = self.value {
            Some(entries.iter().enumerate().map(|(index, entry)| self.child(index.to_string(), entry)).collect())
        } else {
            issues.add(self, "expected an array");
            None
        }
    }

    /// A text that stands directly in an array, without an issue when it is something else.
    pub(super) fn as_text(&self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// A text of at least one character.
    pub(super) fn text(&self, issues: &mut Issues) -> Option<&'a str> {
        match self.value {
            Value::String(text) if !text.is_empty() => Some(text),
            _ => {
                issues.add(self, "expected a text of at least one character");
                None
            }
        }
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, issues: &mut Issues) -> Option<bool> {
        let flag = self.value.as_bool();
        if flag.is_none() {
            issues.add(self, "expected `true` or `false`");
        }
        flag
    }

    /// The wire name of a chain.
    pub(super) fn chain(&self, issues: &mut Issues) -> Option<ChainKind> {
        let chain = self.value.as_str().and_then(ChainKind::parse);
        if chain.is_none() {
            issues.add(self, "expected a chain: `solana`, `ethereum` or `ripple`");
        }
        chain
    }

    /// Smallest units, as a string of digits.
    pub(super) fn digits(&self, issues: &mut Issues) -> Option<BaseUnits> {
        let Value::String(text) = self.value else {
            issues.add(self, "expected a string of digits (smallest units)");
            return None;
        };
        BaseUnits::parse_digits(text).map_err(|error| issues.add(self, error.to_string())).ok()
    }

    /// As [`Self::digits`], for a limit: a number above every possible amount becomes the largest amount.
    pub(super) fn digits_or_max(&self, issues: &mut Issues) -> Option<BaseUnits> {
        match self.value {
            Value::String(text) if BaseUnits::parse_digits(text) == Err(AmountError::TooLarge) => Some(BaseUnits::MAX),
            _ => self.digits(issues),
        }
    }

    /// The wire name of a tier.
    pub(super) fn tier(&self, issues: &mut Issues) -> Option<Tier> {
        let tier = self.value.as_str().and_then(Tier::parse);
        if tier.is_none() {
            issues.add(self, "expected a tier: `INSTANT`, `NOTIFY`, `DELAY` or `APPROVAL`");
        }
        tier
    }

    /// A whole number of at least `min`.
    pub(super) fn integer(&self, min: u64, issues: &mut Issues) -> Option<u64> {
        let number = match self.value {
            Value::Number(_) => self.decimal_text().ok(),
            _ => None,
        };
        let number = number
            .and_then(|text| Decimal::parse(&text).ok()?.scaled_digits(0).ok())
            .and_then(|digits| digits.parse::<u64>().ok())
            .filter(|number| *number >= min);
        if number.is_none() {
            issues.add(self, format!("expected a whole number of at least {min}"));
        }
        number
    }

    /// Dollars, at least zero: a number or the same as a string.
    pub(super) fn usd(&self, issues: &mut Issues) -> Option<Usd> {
        let parsed = self.decimal_text().and_then(|text| Usd::parse(&text).map_err(|error| error.to_string()));
        parsed.map_err(|reason| issues.add(self, format!("expected US dollars of at least 0: {reason}"))).ok()
    }

    /// Dollars above zero.
    pub(super) fn positive_usd(&self, issues: &mut Issues) -> Option<Usd> {
        let usd = self.usd(issues)?;
        if usd.is_zero() {
            issues.add(self, "expected US dollars above 0");
            return None;
        }
        Some(usd)
    }

    /// A number of at least zero and at most `max`.
    pub(super) fn ratio(&self, max: Option<Ratio>, issues: &mut Issues) -> Option<Ratio> {
        let parsed = self.decimal_text().and_then(|text| Ratio::parse(&text).map_err(|error| error.to_string()));
        let bounded = parsed.ok().filter(|ratio| max.is_none_or(|max| *ratio <= max));
        if bounded.is_none() {
            let bound = max.map_or_else(String::new, |max| format!(" and at most {max}"));
            issues.add(self, format!("expected a number of at least 0{bound}, with up to 6 digits after the point"));
        }
        bounded
    }

    /// The decimal that stands here, as text that no float has touched up.
    fn decimal_text(&self) -> Result<String, String> {
        match self.value {
            Value::String(text) => Ok(text.clone()),
            Value::Number(number) => {
                let text = number.to_string();
                if significant_digits(&text) > MAX_NUMBER_DIGITS {
                    let advice = format!("more than {MAX_NUMBER_DIGITS} significant digits; write it as a string");
                    return Err(advice);
                }
                Ok(text)
            }
            _ => Err("not a number".to_owned()),
        }
    }
}

/// Decimal digits that a 64-bit binary float keeps exactly (IEEE 754, DBL_DIG).
const MAX_NUMBER_DIGITS: usize = 15;

fn significant_digits(text: &str) -> usize {
    let mantissa = text.split(['e', 'E']).next().unwrap_or(text);
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

/// An object of the rules.
#[derive(Clone, Debug)]
pub(super) struct Object<'a> {
    node: Node<'a>,
    members: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    /// Where the object stands.
    pub(super) fn node(&self) -> &Node<'a> {
        &self.node
    }

    /// A member that may be missing. `null` is a value like any other, and no reader accepts it.
    pub(super) fn optional(&self, name: &str) -> Option<Node<'a>> {
        self.members.get(name).map(|value| self.node.child(name, value))
    }

    /// A member that may be missing, read by `read`; `None` after an issue, `Some(None)` when it is missing.
    pub(super) fn read_optional<T>(
        &self,
        name: &str,
        issues: &mut Issues,
        read: impl FnOnce(&Node<'a>, &mut Issues) -> Option<T>,
    ) -> Option<Option<T>> {
        self.optional(name).map_or(Some(None), |node| read(&node, issues).map(Some))
    }

    /// A member that must be there.
    pub(super) fn required(&self, name: &str, issues: &mut Issues) -> Option<Node<'a>> {
        let member = self.optional(name);
        if member.is_none() {
            issues.add(&self.node.child(name, self.node.value), "required");
        }
        member
    }

    /// All members.
    pub(super) fn members(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        self.members.iter().map(|(name, value)| (name.as_str(), self.node.child(name.as_str(), value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn usd(value: &Value) -> Option<String> {
        Node::root(value).usd(&mut Issues::default()).map(|usd| usd.to_string())
    }

    #[test]
    fn numbers_are_exact_decimals() {
        for (given, expect) in [
            ("0.1", "0.1"),
            ("10.0", "10"),
            ("0.3", "0.3"),
            ("123456789.123456", "123456789.123456"),
            ("1e3", "1000"),
            ("\"999999999999999.999999\"", "999999999999999.999999"),
        ] {
            let value: Value = serde_json::from_str(given).unwrap();
            assert_eq!(usd(&value).as_deref(), Some(expect), "{given}");
        }
        for given in
            ["-1", "1e30", "1e-7", "1234567890.1234567", "9007199254740993", "null", "\"1e3\"", "true", "0.0000001"]
        {
            let value: Value = serde_json::from_str(given).unwrap();
            assert_eq!(usd(&value), None, "{given}");
        }
    }

    #[test]
    fn whole_numbers() {
        let read = |value: Value| Node::root(&value).integer(1, &mut Issues::default());
        assert_eq!(read(json!(10)), Some(10));
        assert_eq!(read(json!(10.0)), Some(10));
        for refused in [json!(0), json!(-1), json!(1.5), json!("10"), json!(null), json!(1e300)] {
            assert_eq!(read(refused.clone()), None, "{refused}");
        }
    }
}
