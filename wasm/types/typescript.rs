//! OpenAPI 3.0 schemas as TypeScript.

use serde_json::{Map, Value};

/// An exported type.
pub(crate) fn declaration(name: &str, schema: &Value) -> String {
    let comment = comment(schema, "");
    format!("\n{comment}export type {name} = {};\n", type_of(schema, ""))
}

fn type_of(schema: &Value, indent: &str) -> String {
    let bare = bare(schema, indent);
    let nullable = schema.get("nullable").and_then(Value::as_bool).unwrap_or(false);
    if nullable && bare != "unknown" { format!("{bare} | null") } else { bare }
}

fn bare(schema: &Value, indent: &str) -> String {
    let texts = |key: &str| schema.get(key).and_then(Value::as_array);
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        return reference.rsplit('/').next().unwrap_or("unknown").to_owned();
    }
    if let Some(values) = texts("enum") {
        return values.iter().map(Value::to_string).collect::<Vec<_>>().join(" | ");
    }
    for (key, between) in [("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")] {
        if let Some(parts) = texts(key) {
            let parts: Vec<String> = parts.iter().map(|part| type_of(part, indent)).collect();
            return if parts.len() > 1 { format!("({})", parts.join(between)) } else { parts.concat() };
        }
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => "string".to_owned(),
        Some("integer" | "number") => "number".to_owned(),
        Some("boolean") => "boolean".to_owned(),
        Some("array") => {
            let items = schema.get("items").map_or_else(|| "unknown".to_owned(), |items| type_of(items, indent));
            format!("Array<{items}>")
        }
        Some("object") => object(schema, indent),
        _ => "unknown".to_owned(),
    }
}

fn object(schema: &Value, indent: &str) -> String {
    let empty = Map::new();
    let members = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let inner = format!("{indent}  ");
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let mut lines = String::new();
    for (name, member) in members {
        let mark = if required.contains(&name.as_str()) { "" } else { "?" };
        let key = if is_identifier(name) { name.clone() } else { Value::from(name.as_str()).to_string() };
        let comment = comment(member, &inner);
        lines.push_str(&format!("{comment}{inner}{key}{mark}: {};\n", type_of(member, &inner)));
    }
    match schema.get("additionalProperties") {
        Some(Value::Bool(true)) => lines.push_str(&format!("{inner}[key: string]: unknown;\n")),
        Some(values @ Value::Object(_)) => {
            lines.push_str(&format!("{inner}[key: string]: {};\n", type_of(values, &inner)));
        }
        _ => {}
    }
    if lines.is_empty() { "Record<string, never>".to_owned() } else { format!("{{\n{lines}{indent}}}") }
}

fn comment(schema: &Value, indent: &str) -> String {
    let text = schema.get("description").and_then(Value::as_str).unwrap_or_default().replace("*/", "* /");
    if text.is_empty() { String::new() } else { format!("{indent}/** {text} */\n") }
}

fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
