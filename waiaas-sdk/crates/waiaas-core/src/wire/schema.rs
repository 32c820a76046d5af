//! One declaration per JSON shape: the struct, its serde code and its OpenAPI 3.0 schema.
//!
//! The description texts of the schemas are the doc comments, so the documentation of the API and of
//! the Rust types is the same text.

use super::number::{Millionths, UnixSecs};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Named schemas, as they stand under `components.schemas` of an OpenAPI document.
pub type Components = BTreeMap<&'static str, Value>;

/// A type whose JSON form has an OpenAPI 3.0 schema.
pub trait Schema {
    /// The component name; `None` for types that are written out where they are used.
    const NAME: Option<&'static str> = None;

    /// The schema itself.
    fn definition() -> Value;

    /// What stands where the type is used: a `$ref` for named types, else the schema.
    #[must_use]
    fn reference() -> Value {
        match Self::NAME {
            Some(name) => json!({ "$ref": format!("#/components/schemas/{name}") }),
            None => Self::definition(),
        }
    }

    /// Adds this type, when named, and every named type that it mentions.
    fn register(_components: &mut Components) {}
}

/// One member of an object schema.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) docs: &'static [&'static str],
    pub(crate) required: bool,
    pub(crate) default: Option<Value>,
    pub(crate) schema: Value,
}

/// The schema of an object with these members.
pub(crate) fn object(docs: &[&str], members: Vec<Member>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for member in members {
        if member.required {
            required.push(Value::from(member.name.as_str()));
        }
        properties.insert(member.name, described(member.schema, member.docs, member.default));
    }
    let mut schema = Map::new();
    schema.insert("type".to_owned(), Value::from("object"));
    schema.insert("description".to_owned(), Value::from(prose(docs)));
    if !required.is_empty() {
        schema.insert("required".to_owned(), Value::Array(required));
    }
    schema.insert("properties".to_owned(), Value::Object(properties));
    Value::Object(schema)
}

/// The schema of a value that is one of several.
pub(crate) fn one_of(schemas: Vec<Value>) -> Value {
    json!({ "oneOf": schemas })
}

/// The schema of a string out of a closed list.
pub(crate) fn text_enum(values: Vec<&str>) -> Value {
    json!({ "type": "string", "enum": values })
}

/// `owner_address` as `ownerAddress`; an explicit wire name wins.
pub(crate) fn wire_name(field: &str, explicit: &[&str]) -> String {
    if let Some(name) = explicit.first() {
        return (*name).to_owned();
    }
    let mut name = String::with_capacity(field.len());
    let mut upper = false;
    for letter in field.chars() {
        if letter == '_' {
            upper = true;
        } else if upper {
            name.push(letter.to_ascii_uppercase());
            upper = false;
        } else {
            name.push(letter);
        }
    }
    name
}

/// The schema of an `Option` field that is left out instead of being null.
pub(crate) fn not_null(mut schema: Value) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.remove("nullable");
        if object.len() == 1
            && let Some(Value::Array(parts)) = object.get_mut("allOf")
            && parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return only;
        }
    }
    schema
}

fn nullable(schema: Value) -> Value {
    let mut object = wrapped(schema);
    object.insert("nullable".to_owned(), Value::Bool(true));
    Value::Object(object)
}

fn described(schema: Value, docs: &[&str], default: Option<Value>) -> Value {
    let mut object = wrapped(schema);
    let text = prose(docs);
    if !text.is_empty() {
        object.insert("description".to_owned(), Value::from(text));
    }
    if let Some(default) = default {
        object.insert("default".to_owned(), default);
    }
    Value::Object(object)
}

/// OpenAPI 3.0 ignores whatever stands beside `$ref`, so a reference is wrapped before anything is added.
fn wrapped(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(object) if !object.contains_key("$ref") => object,
        other => {
            let mut object = Map::new();
            object.insert("allOf".to_owned(), Value::Array(vec![other]));
            object
        }
    }
}

fn prose(docs: &[&str]) -> String {
    docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").trim().to_owned()
}

macro_rules! plain_schema {
    ($($type:ty => $schema:tt;)*) => {
        $(impl Schema for $type {
            fn definition() -> Value {
                json!($schema)
            }
        })*
    };
}

plain_schema! {
    String => { "type": "string" };
    bool => { "type": "boolean" };
    u8 => { "type": "integer", "minimum": 0, "maximum": 255 };
    u16 => { "type": "integer", "minimum": 0, "maximum": 65_535 };
    u32 => { "type": "integer", "format": "int64", "minimum": 0 };
    u64 => { "type": "integer", "format": "int64", "minimum": 0 };
    i64 => { "type": "integer", "format": "int64" };
    Value => {};
    Map<String, Value> => { "type": "object", "additionalProperties": true };
    Millionths => { "type": "number" };
    UnixSecs => { "type": "integer", "format": "int64" };
}

impl<T: Schema> Schema for Option<T> {
    fn definition() -> Value {
        nullable(T::reference())
    }

    fn register(components: &mut Components) {
        T::register(components);
    }
}

impl<T: Schema> Schema for Vec<T> {
    fn definition() -> Value {
        json!({ "type": "array", "items": T::reference() })
    }

    fn register(components: &mut Components) {
        T::register(components);
    }
}

/// Declares a JSON object once.
///
/// ```text
/// wire_struct! {
///     /// What it is.
///     Name {
///         /// Sent always, possibly null.
///         some_field: Option<String>,
///         /// Left out of the JSON when there is none.
///         [optional] other_field: Option<String>,
///         /// May be left out by the sender; this is what it means then.
///         with_default: bool = true,
///         /// Another wire name than `txType`.
///         tx_type as "type": TxType,
///     }
/// }
/// ```
///
/// The struct is [`serde::Serialize`] and [`Schema`]. The form `read Name { … }` is also
/// [`serde::Deserialize`], for answers that a client reads; request bodies are never deserialised but
/// parsed by a function that reports every issue at once.
macro_rules! wire_struct {
    (
        $(#[doc = $doc:literal])*
        read $name:ident { $($body:tt)* }
    ) => {
        $crate::wire::schema::wire_struct! {
            @derive [serde::Serialize, serde::Deserialize] $(#[doc = $doc])* $name { $($body)* }
        }
    };
    (
        @derive [$($derive:path),*]
        $(#[doc = $doc:literal])*
        $name:ident {
            $(
                $(#[doc = $field_doc:literal])*
                $([$optional:ident])? $field:ident $(as $wire:literal)? : $type:ty $(= $default:expr)?,
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq, $($derive),*)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $(
                $(#[doc = $field_doc])*
                $(
                    #[doc = concat!("(", stringify!($optional), ": left out of the JSON when there is none.)")]
                    #[serde(default, skip_serializing_if = "Option::is_none")]
                )?
                $(#[serde(rename = $wire)])?
                pub $field: $type,
            )*
        }

        impl $crate::wire::schema::Schema for $name {
            const NAME: Option<&'static str> = Some(stringify!($name));

            fn definition() -> serde_json::Value {
                $crate::wire::schema::object(
                    &[$($doc),*],
                    vec![$({
                        let optional: &[&str] = &[$(stringify!($optional))?];
                        let default: Option<serde_json::Value> =
                            None$(.or_else(|| serde_json::to_value($default).ok()))?;
                        let schema = <$type as $crate::wire::schema::Schema>::reference();
                        $crate::wire::schema::Member {
                            name: $crate::wire::schema::wire_name(stringify!($field), &[$($wire)?]),
                            docs: &[$($field_doc),*],
                            required: optional.is_empty() && default.is_none(),
                            schema: if optional.is_empty() { schema } else { $crate::wire::schema::not_null(schema) },
                            default,
                        }
                    }),*],
                )
            }

            fn register(components: &mut $crate::wire::schema::Components) {
                if !components.contains_key(stringify!($name)) {
                    components.insert(stringify!($name), <Self as $crate::wire::schema::Schema>::definition());
                    $(<$type as $crate::wire::schema::Schema>::register(components);)*
                }
            }
        }
    };
    (
        $(#[doc = $doc:literal])*
        $name:ident { $($body:tt)* }
    ) => {
        $crate::wire::schema::wire_struct! { @derive [serde::Serialize] $(#[doc = $doc])* $name { $($body)* } }
    };
}
pub(crate) use wire_struct;

#[cfg(test)]
#[expect(unreachable_pub, reason = "the macro always declares public types")]
mod tests {
    use super::*;
    use crate::id::WalletId;

    wire_struct! {
        /// Something
        /// small.
        read Inner {
            /// Which wallet.
            wallet_id: WalletId,
        }
    }

    wire_struct! {
        /// A sample.
        read Sample {
            /// May be null.
            some_field: Option<String>,
            /// May be absent.
            [optional] other_field: Option<Inner>,
            /// Has a default.
            flag: bool = true,
            /// Renamed.
            sample_type as "type": String,
            /// Nested.
            inner: Option<Inner>,
        }
    }

    #[test]
    fn schema_and_json_agree() {
        let sample =
            Sample { some_field: None, other_field: None, flag: false, sample_type: "x".to_owned(), inner: None };
        let json = serde_json::to_value(&sample).unwrap();
        assert_eq!(json, json!({ "someField": null, "flag": false, "type": "x", "inner": null }));
        assert_eq!(serde_json::from_value::<Sample>(json).unwrap(), sample);
        let inner = "#/components/schemas/Inner";
        assert_eq!(
            Sample::definition(),
            json!({
                "type": "object",
                "description": "A sample.",
                "required": ["someField", "type", "inner"],
                "properties": {
                    "someField": { "type": "string", "nullable": true, "description": "May be null." },
                    "otherField": { "allOf": [{ "$ref": inner }], "description": "May be absent." },
                    "flag": { "type": "boolean", "default": true, "description": "Has a default." },
                    "type": { "type": "string", "description": "Renamed." },
                    "inner": { "allOf": [{ "$ref": inner }], "nullable": true, "description": "Nested." },
                },
            })
        );
        let mut components = Components::new();
        Sample::register(&mut components);
        assert_eq!(components.keys().copied().collect::<Vec<_>>(), ["Inner", "Sample"]);
        assert_eq!(components["Inner"]["description"], "Something small.");
    }
}
