//! Reading rules: JSON text in, plain values out, anew for each use.
//!
//! What does not have the documented shape is [`Corrupt`], and a row with corrupt rules refuses what it concerns
//! (section 3, "Corrupt rows").

use ruint::aliases::U512;
use serde_json::{Map, Value};
use waiaas_core::policy::Tier;

/// The rules do not have the documented shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Corrupt;

/// A value of the rules, if they can be read.
pub(crate) type Read<T> = Result<T, Corrupt>;

/// The members of the rules.
pub(crate) type Rules = Map<String, Value>;

/// The rules as a JSON object.
pub(crate) fn rules(text: &str) -> Read<Rules> {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        _ => Err(Corrupt),
    }
}

/// A list with at least `least` entries.
pub(crate) fn list<'a>(members: &'a Rules, key: &str, least: usize) -> Read<&'a Vec<Value>> {
    let list = members.get(key).and_then(Value::as_array).ok_or(Corrupt)?;
    if list.len() < least { Err(Corrupt) } else { Ok(list) }
}

/// A text with at least one character.
pub(crate) fn text(value: Option<&Value>) -> Read<&str> {
    value.and_then(Value::as_str).filter(|text| !text.is_empty()).ok_or(Corrupt)
}

/// An entry that is an object with a text under `key`.
pub(crate) fn entry<'a>(value: &'a Value, key: &str) -> Read<(&'a Rules, &'a str)> {
    let members = value.as_object().ok_or(Corrupt)?;
    Ok((members, text(members.get(key))?))
}

/// An entry that is a plain text, or an object with a text under `key`.
pub(crate) fn entry_or_text<'a>(value: &'a Value, key: &str) -> Read<&'a str> {
    if value.is_string() { text(Some(value)) } else { Ok(entry(value, key)?.1) }
}

/// A flag; `absent` when there is none.
pub(crate) fn flag(members: &Rules, key: &str, absent: bool) -> Read<bool> {
    members.get(key).map_or(Ok(absent), |value| value.as_bool().ok_or(Corrupt))
}

/// A tier by its name, `absent` when there is none.
pub(crate) fn tier(value: Option<&Value>) -> Read<Option<Tier>> {
    let Some(value) = value else { return Ok(None) };
    Tier::parse(value.as_str().ok_or(Corrupt)?).map(Some).ok_or(Corrupt)
}

/// A whole number, written without a fraction.
pub(crate) fn whole(value: &Value) -> Read<u64> {
    value.as_u64().ok_or(Corrupt)
}

/// An amount in smallest units: a text of digits.
pub(crate) fn digits(value: &Value) -> Read<U512> {
    let text = value.as_str().ok_or(Corrupt)?;
    let all_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits {
        return Err(Corrupt);
    }
    // What does not fit is above every amount.
    Ok(U512::from_str_radix(text, 10).unwrap_or(U512::MAX))
}

/// A number (or its text) as a count of millionths, which is as fine as dollars, shares and scores are written.
pub(crate) fn millionths(value: &Value) -> Read<U512> {
    let text = decimal_text(value)?;
    let (whole, fraction) = split_decimal(&text)?;
    if fraction.trim_end_matches('0').len() > 6 {
        return Err(Corrupt);
    }
    shifted(whole, fraction, 6)
}

/// The decimal text of a JSON number, or a text.
pub(crate) fn decimal_text(value: &Value) -> Read<String> {
    match value {
        Value::Number(number) => Ok(number.to_string()),
        Value::String(text) => Ok(text.clone()),
        _ => Err(Corrupt),
    }
}

/// The digits before and after the point.
pub(crate) fn split_decimal(text: &str) -> Read<(&str, &str)> {
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return Err(Corrupt),
        Some(parts) => parts,
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) { Err(Corrupt) } else { Ok((whole, fraction)) }
}

/// `whole.fraction` times ten to the power of `places`, cut off to an integer: digits are appended or dropped.
pub(crate) fn shifted(whole: &str, fraction: &str, places: usize) -> Read<U512> {
    let padded = format!("{fraction}{}", "0".repeat(places));
    U512::from_str_radix(&format!("{whole}{}", &padded[..places]), 10).map_err(|_| Corrupt)
}
