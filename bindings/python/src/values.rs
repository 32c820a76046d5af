//! Python's values as JSON and back, without floats.

use crate::faults;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyMapping, PyString, PyTuple, PyType};
use serde_json::{Map, Value};

/// No document is nested deeper; one that is must not use up the stack.
const DEEPEST: usize = 64;

/// Members whose integers are amounts, which are texts in the API: they may have 256 bits.
const AMOUNTS: [&str; 3] = ["amount", "humanAmount", "value"];

static DECIMAL: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// A document: JSON text, or dicts and lists of `str`, `int`, `bool`, `None` and `decimal.Decimal`. `name` is what the
/// caller calls it.
///
/// # Errors
/// `UsageError`: a float, another type, a text that is no JSON, or too many levels.
pub(crate) fn document(given: &Bound<'_, PyAny>, name: &str) -> PyResult<Value> {
    if let Ok(text) = given.cast::<PyString>() {
        return serde_json::from_str(&text.to_cow()?)
            .map_err(|error| faults::usage(given.py(), &format!("{name} is no JSON: {error}")));
    }
    value(given, &mut vec![name.to_owned()])
}

fn value(given: &Bound<'_, PyAny>, path: &mut Vec<String>) -> PyResult<Value> {
    if path.len() > DEEPEST {
        return Err(wrong(given, path, &format!("is nested deeper than {DEEPEST} levels")));
    }
    if given.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(text) = given.cast::<PyString>() {
        return Ok(Value::from(text.to_cow()?.as_ref()));
    }
    if let Ok(flag) = given.cast::<PyBool>() {
        return Ok(Value::from(flag.is_true()));
    }
    if let Ok(number) = given.cast::<PyInt>() {
        return integer(number, path);
    }
    if let Ok(members) = given.cast::<PyDict>() {
        return object(members.as_mapping(), path);
    }
    if let Ok(list) = given.cast::<PyList>() {
        return entries(list.iter(), path);
    }
    if let Ok(list) = given.cast::<PyTuple>() {
        return entries(list.iter(), path);
    }
    if given.is_instance_of::<PyFloat>() {
        let advice = "is a float, and floats are not exact: write it as text, as int or as decimal.Decimal";
        return Err(wrong(given, path, advice));
    }
    if given.is_instance(DECIMAL.import(given.py(), "decimal", "Decimal")?)? {
        return decimal(given, path);
    }
    if let Ok(members) = given.cast::<PyMapping>() {
        return object(members, path);
    }
    let kind = given.get_type().name()?;
    Err(wrong(given, path, &format!("is of type {kind}, which JSON does not have")))
}

/// Amounts, and what has more than 64 bits, become text, which every reader of numbers takes.
fn integer(number: &Bound<'_, PyInt>, path: &[String]) -> PyResult<Value> {
    let is_amount = path.last().is_some_and(|key| AMOUNTS.contains(&key.as_str()));
    if !is_amount {
        if let Ok(number) = number.extract::<i64>() {
            return Ok(Value::from(number));
        }
        if let Ok(number) = number.extract::<u64>() {
            return Ok(Value::from(number));
        }
    }
    Ok(Value::from(number.str()?.to_cow()?.as_ref()))
}

/// The digits as text: a JSON number would pass through a float.
fn decimal(given: &Bound<'_, PyAny>, path: &[String]) -> PyResult<Value> {
    if path.last().is_some_and(|key| key == "amount" || key == "value") {
        return Err(wrong(given, path, "is in smallest units: int or text of digits, not Decimal"));
    }
    if !given.call_method0("is_finite")?.is_truthy()? {
        return Err(wrong(given, path, "is no finite number"));
    }
    let text = given.call_method1("__format__", ("f",))?;
    Ok(Value::from(text.cast::<PyString>()?.to_cow()?.as_ref()))
}

fn object(members: &Bound<'_, PyMapping>, path: &mut Vec<String>) -> PyResult<Value> {
    let mut object = Map::new();
    for member in members.items()?.iter() {
        let (key, entry): (Bound<'_, PyAny>, Bound<'_, PyAny>) = member.extract()?;
        let Ok(key) = key.cast::<PyString>() else {
            return Err(wrong(&key, path, &format!("has a key that is no text: {}", key.repr()?)));
        };
        let key = key.to_cow()?.into_owned();
        path.push(key.clone());
        let entry = value(&entry, path)?;
        path.pop();
        object.insert(key, entry);
    }
    Ok(Value::Object(object))
}

fn entries<'py>(list: impl Iterator<Item = Bound<'py, PyAny>>, path: &mut Vec<String>) -> PyResult<Value> {
    let mut entries = Vec::new();
    for (index, entry) in list.enumerate() {
        path.push(index.to_string());
        entries.push(value(&entry, path)?);
        path.pop();
    }
    Ok(Value::Array(entries))
}

fn wrong(given: &Bound<'_, PyAny>, path: &[String], what: &str) -> PyErr {
    faults::usage(given.py(), &format!("{} {what}", path.join(".")))
}

/// JSON as Python has it; numbers with a fraction become `decimal.Decimal`.
pub(crate) fn python<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(flag) => PyBool::new(py, *flag).to_owned().into_any(),
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => number.into_pyobject(py)?.into_any(),
            (None, Some(number)) => number.into_pyobject(py)?.into_any(),
            (None, None) => DECIMAL.import(py, "decimal", "Decimal")?.call1((number.to_string(),))?,
        },
        Value::Array(entries) => {
            let entries = entries.iter().map(|entry| python(py, entry)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, entries)?.into_any()
        }
        Value::Object(members) => {
            let object = PyDict::new(py);
            for (key, entry) in members {
                object.set_item(key, python(py, entry)?)?;
            }
            object.into_any()
        }
    })
}
