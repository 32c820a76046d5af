//! Writes the TypeScript declarations of everything that crosses the boundary as JSON: of the API's shapes from their
//! schemas, and of the policy tools' documents and answers from theirs.

mod shapes;
mod typescript;

#[cfg(test)]
mod tests;

use std::io::Write as _;
use waiaas_core::wire::all_components;

fn main() -> std::io::Result<()> {
    std::io::stdout().write_all(declarations().as_bytes())
}

/// The whole file.
fn declarations() -> String {
    let mut text = "// Generated from the schemas of the engine: changes belong there.\n".to_owned();
    let api = all_components();
    let own = shapes::all();
    for (name, schema) in api.iter().map(|(name, schema)| (*name, schema)).filter(|(name, _)| !own.contains_key(name)) {
        text.push_str(&typescript::declaration(name, schema));
    }
    for (name, schema) in &own {
        text.push_str(&typescript::declaration(name, schema));
    }
    text
}
