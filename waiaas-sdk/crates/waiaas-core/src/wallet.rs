//! What a wallet is, apart from its key.

macro_rules! wire_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// All values, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The wire name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// Reads a wire name; case matters.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use wire_enum;

wire_enum! {
    /// Life of a wallet.
    WalletStatus {
        /// The row exists, its key does not yet.
        Creating => "CREATING",
        /// Ready to sign.
        Active => "ACTIVE",
        /// Stopped by an operator, AutoStop or the kill switch; can be resumed.
        Suspended => "SUSPENDED",
        /// Gone for good; the key file stays until the wallet is purged.
        Terminated => "TERMINATED",
    }
}

wire_enum! {
    /// How far the owner of a wallet has been established.
    OwnerState {
        /// No owner address.
        None => "NONE",
        /// An address was registered, its key has not signed yet.
        Grace => "GRACE",
        /// The owner has signed; the address cannot be changed without the owner's key.
        Locked => "LOCKED",
    }
}
