//! The policies in files, compiled as what they are.

use std::ffi::{OsStr, OsString};

use locum_names::PrincipalArn;
use locum_policy::{Policy, PolicyError, PolicyKind, Span, resolve_principals};

use super::{
    super::source::{self, Source, SourceError},
    options::Files,
    principal::Asker,
};

/// Why the policies can not be simulated.
#[derive(Debug, thiserror::Error)]
pub(super) enum SetupError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{place}: {message} ({detail}); `locum policy validate` tells more")]
    Malformed {
        place: String,
        message: String,
        detail: String,
    },
}

/// A policy and the file it is in.
#[derive(Debug)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) policy: Policy,
    /// Where its statements are.
    pub(super) spans: Vec<Span>,
}

/// The policy of the resource.
#[derive(Debug)]
pub(super) enum OfResource {
    None,
    Attached(File),
    /// A trust policy; who is meant in it depends on who asks.
    Trust(File),
}

/// Everything that is decided over.
#[derive(Debug)]
pub(super) struct Setup {
    pub(super) identity: Vec<File>,
    pub(super) boundary: Option<File>,
    /// `None`: no session policy was passed.
    pub(super) session: Option<Vec<File>>,
    pub(super) service_control: Vec<Vec<File>>,
    pub(super) resource_control: Vec<Vec<File>>,
    pub(super) resource: OfResource,
}

impl Setup {
    pub(super) fn read(files: &Files) -> Result<Self, SetupError> {
        let read = |file: &OsString, kind| File::read(file, kind);
        let all = |files: &[OsString], kind| -> Result<Vec<File>, SetupError> {
            files.iter().map(|file| read(file, kind)).collect()
        };
        let levels = |levels: &[Vec<OsString>], kind| -> Result<Vec<Vec<File>>, SetupError> {
            levels.iter().map(|level| all(level, kind)).collect()
        };
        let boundary = files.boundary.as_ref();
        let resource = match (&files.resource_policy, &files.trust) {
            (Some(file), _) => OfResource::Attached(read(file, PolicyKind::Resource)?),
            (None, Some(file)) => OfResource::Trust(read(file, PolicyKind::Trust)?),
            (None, None) => OfResource::None,
        };
        let session = all(&files.session, PolicyKind::Session)?;
        Ok(Self {
            identity: all(&files.policies, PolicyKind::Inline)?,
            boundary: boundary.map(|file| read(file, PolicyKind::Inline)).transpose()?,
            session: (!session.is_empty()).then_some(session),
            service_control: levels(&files.scps, PolicyKind::ServiceControl)?,
            resource_control: levels(&files.rcps, PolicyKind::ResourceControl)?,
            resource,
        })
    }
}

impl File {
    fn read(file: &OsStr, kind: PolicyKind) -> Result<Self, SetupError> {
        let Source { name, text } = source::read(file)?;
        let policy = Policy::compile(&text, kind).map_err(|error| malformed(&name, &text, &error))?;
        let spans = policy.statement_spans();
        Ok(Self { name, policy, spans })
    }

    /// A trust policy as it is stored in an account where the asker is who it says, and nobody else is.
    pub(super) fn resolved(&self, asker: &Asker) -> Result<Policy, SetupError> {
        let document = self.policy.document();
        let mut find = |arn: &PrincipalArn| Some(asker.id_of(arn));
        let malformed = |error: PolicyError| malformed(&self.name, document, &error);
        let resolved = resolve_principals(document, &mut find).map_err(malformed)?;
        Policy::compile(&resolved, PolicyKind::Trust).map_err(malformed)
    }
}

fn malformed(name: &str, text: &str, error: &PolicyError) -> SetupError {
    let place = match error.line_and_column(text) {
        Some((line, column)) => format!("{name}:{line}:{column}"),
        None => name.to_owned(),
    };
    SetupError::Malformed {
        place,
        message: error.message.trim_end_matches('.').to_owned(),
        detail: error.detail.to_string(),
    }
}
