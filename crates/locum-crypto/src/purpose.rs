/// What a key may be used for. A key has one purpose: the purpose chooses the HKDF label its cipher key is derived
/// with and stands in the AAD, so bytes sealed for one purpose never open for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// The session token of temporary credentials.
    SessionToken,
    /// The sealed explanation of a denial.
    AuthorizationMessage,
    /// The marker of a next page.
    Marker,
    /// A value at rest in a store.
    StoreValue,
}

impl Purpose {
    /// Every purpose, in the order of declaration.
    pub const ALL: [Self; 4] = [
        Self::SessionToken,
        Self::AuthorizationMessage,
        Self::Marker,
        Self::StoreValue,
    ];

    /// The HKDF label. Never changed: sealed values outlive releases.
    pub(crate) const fn label(self) -> &'static [u8] {
        match self {
            Self::SessionToken => b"locum v1 session token",
            Self::AuthorizationMessage => b"locum v1 authorization message",
            Self::Marker => b"locum v1 marker",
            Self::StoreValue => b"locum v1 store value",
        }
    }

    /// Its number in stored layouts and in the AAD.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::SessionToken => 1,
            Self::AuthorizationMessage => 2,
            Self::Marker => 3,
            Self::StoreValue => 4,
        }
    }
}
