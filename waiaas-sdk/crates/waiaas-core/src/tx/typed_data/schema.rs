//! The declared types of typed data.

use super::values::Domain;
use super::{TypedDataError, malformed};
use serde_json::Value;
use std::collections::BTreeMap;

/// The declared structs: by name, their fields as name and type, in order.
pub(super) type Types<'a> = BTreeMap<&'a str, Vec<(&'a str, &'a str)>>;

/// The name of the struct that the domain is hashed as.
const DOMAIN: &str = "EIP712Domain";

/// Reads the types. The primary type must be among them, and the domain, when it is, must be what its values are hashed
/// as: otherwise what is judged would not be what is signed.
///
/// Names must be identifiers. The text that is hashed is put together from them, so a name with brackets or commas in it
/// could make one struct hash like another.
pub(super) fn read<'a>(json: &'a Value, primary_type: &str, domain: &Domain) -> Result<Types<'a>, TypedDataError> {
    let mut types = Types::new();
    for (name, fields) in super::values::object("types", json)? {
        let fields = fields.as_array().filter(|_| is_identifier(name));
        let fields: Option<Vec<_>> = fields.and_then(|fields| fields.iter().map(field).collect());
        let path = || malformed(&format!("types.{name}"), "a struct of fields with `name` and `type`");
        types.insert(name.as_str(), fields.ok_or_else(path)?);
    }
    if !types.contains_key(primary_type) {
        return Err(malformed("primaryType", "one of the types"));
    }
    if types.get(DOMAIN).is_some_and(|declared| *declared != domain.fields) {
        return Err(malformed("types.EIP712Domain", "the fields of the domain, in the order of EIP-712"));
    }
    Ok(types)
}

fn field(json: &Value) -> Option<(&str, &str)> {
    let members = json.as_object().filter(|members| members.len() == 2)?;
    let name = members.get("name")?.as_str().filter(|name| is_identifier(name))?;
    let kind = members.get("type")?.as_str().filter(|kind| is_type(kind))?;
    Some((name, kind))
}

fn is_identifier(text: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || byte == b'$';
    text.bytes().next().is_some_and(letter) && text.bytes().all(|byte| letter(byte) || byte.is_ascii_digit())
}

/// An identifier, with any number of `[]` or `[4]` behind it.
fn is_type(text: &str) -> bool {
    let (name, arrays) = text.find('[').map_or((text, ""), |at| text.split_at(at));
    let is_array =
        |part: &str| part.strip_suffix(']').is_some_and(|size| size.bytes().all(|byte| byte.is_ascii_digit()));
    is_identifier(name) && (arrays.is_empty() || arrays.split('[').skip(1).all(is_array))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        for good in ["uint256", "bytes32[]", "Person[2][]", "_a$1"] {
            assert!(is_type(good), "{good}");
        }
        for bad in ["", "[]", "uint256]", "uint256[", "uint256[x]", "a b", "a,b", "a(b", "1a", "a[]b", "a[]]", "\u{e9}"]
        {
            assert!(!is_type(bad), "{bad}");
        }
    }
}
