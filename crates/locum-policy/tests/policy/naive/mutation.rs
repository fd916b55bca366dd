//! Mistakes that engines make (`facts: policy §7`), each of which the naive interpreter can make too.

use std::cell::Cell;

macro_rules! mutations {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// One mistake.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Mutation {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Mutation {
            pub const ALL: &[Self] = &[$(Self::$name,)+];
        }
    };
}

mutations! {
    /// A negated operator holds when any listed value differs.
    NegatedListIsAny,
    /// A negated operator fails on a key that is absent.
    NegatedFailsOnAbsentKey,
    /// A positive operator holds on a key that is absent, `sts:ExternalId` among them.
    PositiveHoldsOnAbsentKey,
    /// `…IfExists` fails on a key that is absent.
    IfExistsFailsOnAbsentKey,
    /// `ForAllValues:` fails on a key that is absent.
    AllValuesFailsOnAbsentKey,
    /// `ForAnyValue:` holds on a key that is absent.
    AnyValueHoldsOnAbsentKey,
    /// A negated operator without values holds, whatever qualifies it.
    NegatedEmptyListHolds,
    /// Two spellings of a key under one operator are two conditions.
    SpellingsAreConditions,
    /// Several values without a set operator: any will do.
    SeveralValuesAreAny,
    /// A tag key in another case is another key.
    TagKeysHaveCase,
    /// An unresolved variable is the empty text.
    UnresolvedIsEmpty,
    /// An unresolved variable is its own source text.
    UnresolvedIsItsText,
    /// The wildcards in a variable's value are wildcards.
    ValuesHoldWildcards,
    /// A variable's default is never used.
    DefaultsAreIgnored,
    /// Documents of 2008 have variables.
    OldVersionHasVariables,
    /// A range of `/0` holds nothing.
    SlashZeroIsEmpty,
    /// Addresses are compared as they are written.
    AddressesAreText,
    /// Seconds since 1970 and ISO 8601 dates are never equal.
    EpochIsNoDate,
    /// What a policy compares with and can not be read is never matched, by a `Deny` either.
    UnreadableNeverMatches,
    /// Numbers are compared as they are written.
    NumbersAreText,
    /// `*` and `?` stop at the end of a line.
    WildcardStopsAtNewline,
    /// `*` in a condition's ARN crosses colons.
    ArnStarCrossesColons,
    /// `*` in a resource crosses colons, in an `Allow` too.
    ResourceStarCrossesColons,
    /// `*` needs a character at least.
    StarIsNotEmpty,
    /// Resources have no case.
    ResourcesHaveNoCase,
    /// Actions have case.
    ActionsHaveCase,
    /// A point in an action is any character.
    PointInActionIsAny,
    /// `?` in an action is itself.
    QuestionInActionIsLiteral,
    /// `NotAction` in an `Allow` means locum's own actions, too.
    NotActionReachesOwn,
    /// A request on `*` is meant by every resource.
    NoResourceIsEvery,
    /// The entry of a `NotResource` that has no value is passed over.
    UnresolvedNotResourceIsInert,
    /// A grant to the role is a grant to the session.
    RoleGrantIsDirect,
    /// A grant to a user is a direct one to its federated sessions.
    UserGrantIsDirect,
    /// A grant to the account is a grant to everybody in it.
    AccountGrantIsDirect,
    /// A role trusts its own account without being told to.
    TrustIsNotMandatory,
    /// In another account, the resource's grant is enough.
    CrossAccountNeedsNoIdentity,
    /// In another account, the caller's policies are enough.
    CrossAccountNeedsNoGrant,
    /// A direct grant passes service control policies by.
    ResourceGrantBeatsServiceControl,
    /// All levels of the organization are one.
    LevelsAreJoined,
    /// A level without policies allows.
    EmptyLevelAllows,
    /// Service control policies reach service-linked roles.
    ServiceLinkedIsLimited,
    /// The root user has identity policies.
    RootHasIdentity,
    /// A boundary grants.
    BoundaryGrants,
    /// A boundary is not asked when the identity side allows.
    BoundaryIsIgnored,
    /// Session policies are not asked.
    SessionIsIgnored,
    /// A federated user without session policies has its issuer's permissions.
    FederatedNeedsNoSession,
    /// `Deny` with `NotPrincipal` spares whoever is listed by any of its names.
    NotPrincipalSparesAnyName,
    /// A boundary does not matter to `Deny` with `NotPrincipal`.
    NotPrincipalSparesBounded,
    /// A `Deny` means a name in its exact case only.
    DenyHasCase,
    /// A star in a trust policy trusts every identity provider.
    TrustStarReachesOutsiders,
    /// An account number means the same account of another partition.
    PartitionsAreOne,
}

thread_local! {
    static MUTATION: Cell<Option<Mutation>> = const { Cell::new(None) };
}

/// Whether this mistake is being made.
pub fn mutated(mutation: Mutation) -> bool {
    MUTATION.get() == Some(mutation)
}

/// Runs something with the naive interpreter making a mistake.
pub fn with_mutation<T>(mutation: Mutation, run: impl FnOnce() -> T) -> T {
    MUTATION.set(Some(mutation));
    let result = run();
    MUTATION.set(None);
    result
}
