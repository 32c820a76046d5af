//! Small values by name.

use super::world::{assert_stale, refused};
use crate::ports::store::Store;

cases! {
    a_value_changes_only_from_the_expected_one,
    the_schema_has_a_version,
}

async fn a_value_changes_only_from_the_expected_one<S: Store>(store: S) {
    assert_eq!(store.value("k").await.unwrap(), None);
    assert_stale(&refused(&store, store.set_value("k", Some(b"x"), b"one")).await);
    store.set_value("k", None, b"one").await.unwrap();
    assert_stale(&refused(&store, store.set_value("k", None, b"two")).await);
    store.set_value("k", Some(b"one"), b"").await.unwrap();
    // Empty is a value; it is not the same as none.
    assert_eq!(store.value("k").await.unwrap().as_deref(), Some(&b""[..]));
    assert_stale(&refused(&store, store.set_value("k", None, b"two")).await);
    store.set_value("k", Some(b""), &[0, 255, 254]).await.unwrap();
    assert_eq!(store.value("k").await.unwrap(), Some(vec![0, 255, 254]));
    assert_eq!(store.value("other").await.unwrap(), None);
}

async fn the_schema_has_a_version<S: Store>(store: S) {
    store.schema_version().await.unwrap();
}
