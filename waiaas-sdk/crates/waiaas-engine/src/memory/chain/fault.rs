//! What can be made to go wrong with a broadcast.

/// How one broadcast is treated: whether the transaction gets into the pool, and what the caller hears.
/// The two need not agree: nodes crash after taking a transaction, and balancers answer for nodes that
/// never saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroadcastFault {
    /// Whether the transaction is taken (as far as its sequence number and funds permit).
    pub taken: bool,
    /// What the caller hears.
    pub answer: BroadcastAnswer,
}

/// What the caller of a broadcast hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BroadcastAnswer {
    /// Success.
    Accepted,
    /// [`SubmitError::Rejected`](crate::ports::chain::SubmitError::Rejected).
    Rejected(String),
    /// [`SubmitError::SequenceUsed`](crate::ports::chain::SubmitError::SequenceUsed).
    SequenceUsed,
    /// [`SubmitError::Unknown`](crate::ports::chain::SubmitError::Unknown): no answer in time.
    Unknown,
}

impl BroadcastFault {
    /// The node refuses the transaction, for this reason.
    #[must_use]
    pub fn refused(reason: &str) -> Self {
        Self { taken: false, answer: BroadcastAnswer::Rejected(reason.to_owned()) }
    }

    /// The node takes the transaction, and the answer is lost.
    #[must_use]
    pub const fn taken_without_answer() -> Self {
        Self { taken: true, answer: BroadcastAnswer::Unknown }
    }

    /// The transaction never arrives, and there is no answer.
    #[must_use]
    pub const fn lost() -> Self {
        Self { taken: false, answer: BroadcastAnswer::Unknown }
    }

    /// The node says that the sequence number is used.
    #[must_use]
    pub const fn sequence_used() -> Self {
        Self { taken: false, answer: BroadcastAnswer::SequenceUsed }
    }
}
