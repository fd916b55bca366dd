//! The algebra of the layers (`facts: policy §2.2`): which of them must allow, and which may only limit.

use locum_names::{AccountId, Arn};

use crate::{
    Decision, Layer, Layers, Request, RequesterKind, ResourcePolicy, Source,
    statement::{Statement, Subject},
    who::Grants,
    work::Work,
};

/// Decides a request. Allocates nothing.
pub fn decide<'a>(request: &Request<'_>, layers: &Layers<'a>) -> Decision<'a> {
    let work = Work::new();
    let case = Case {
        request,
        layers,
        work: &work,
    };
    case.decide()
}

/// A request and the layers that bear on it.
#[derive(Clone, Copy)]
pub(crate) struct Case<'r, 'a> {
    pub(crate) request: &'r Request<'r>,
    pub(crate) layers: &'r Layers<'a>,
    pub(crate) work: &'r Work,
}

/// A statement that denies.
#[derive(Clone, Copy)]
pub(crate) struct Denying<'a> {
    pub(crate) layer: Layer,
    pub(crate) source: Source<'a>,
    pub(crate) index: usize,
    pub(crate) statement: &'a Statement,
}

impl<'a> Denying<'a> {
    pub(crate) fn decision(&self) -> Decision<'a> {
        Decision::ExplicitDeny {
            layer: self.layer,
            source: self.source.id,
            statement: self.index,
            sid: &self.statement.sid,
        }
    }
}

impl<'r, 'a> Case<'r, 'a> {
    pub(crate) fn decide(&self) -> Decision<'a> {
        match self.denying() {
            Some(denying) => denying.decision(),
            None => self.allowed_or(),
        }
    }

    /// The request as a policy of this layer sees it.
    pub(crate) fn subject(&self, layer: Layer) -> Subject<'r> {
        Subject {
            request: self.request,
            trust: layer == Layer::Trust,
            bounded: self.boundary().is_some(),
            work: self.work,
        }
    }

    /// Visits every policy that applies, in the order in which denials are reported, until `visit` has an answer.
    pub(crate) fn each_policy<T>(&self, mut visit: impl FnMut(Layer, Source<'a>) -> Option<T>) -> Option<T> {
        let levels = |levels: &'a [&'a [Source<'a>]]| levels.iter().flat_map(|level| level.iter().copied());
        let resource = self.resource();
        let sources = levels(self.service_control())
            .map(|s| (Layer::ServiceControl, s))
            .chain(levels(self.resource_control()).map(|s| (Layer::ResourceControl, s)))
            .chain(resource)
            .chain(self.identity().iter().map(|s| (Layer::Identity, *s)))
            .chain(self.boundary().map(|s| (Layer::Boundary, s)))
            .chain(
                self.session()
                    .unwrap_or_default()
                    .iter()
                    .map(|s| (Layer::Session, *s)),
            );
        for (layer, source) in sources {
            if let Some(answer) = visit(layer, source) {
                return Some(answer);
            }
        }
        None
    }

    /// The first statement that denies.
    pub(crate) fn denying(&self) -> Option<Denying<'a>> {
        self.each_policy(|layer, source| {
            let (index, statement) = source.policy.first_deny(&self.subject(layer))?;
            Some(Denying {
                layer,
                source,
                index,
                statement,
            })
        })
    }

    /// The decision of a case in which no statement denies.
    pub(crate) fn allowed_or(&self) -> Decision<'a> {
        match self.first_refusal() {
            Some(layer) => Decision::ImplicitDeny { layer },
            None => Decision::Allow,
        }
    }

    /// The first layer that had to allow and did not.
    fn first_refusal(&self) -> Option<Layer> {
        let levels = self.service_control();
        if !levels
            .iter()
            .all(|level| self.any_allows(Layer::ServiceControl, level))
        {
            return Some(Layer::ServiceControl);
        }
        let resource = self.resource();
        let mandatory = matches!(self.layers.resource, ResourcePolicy::Trust(_));
        let refusing = if mandatory { Layer::Trust } else { Layer::Resource };
        let grants = resource
            .filter(|_| !self.crosses_partitions())
            .map_or(Grants::NONE, |(layer, source)| {
                source.policy.allows(&self.subject(layer))
            });
        let principal = &self.request.principal;
        if !principal.has_identity() {
            let refused = grants.is_none() || self.is_foreign_provider();
            return refused.then_some(refusing);
        }
        if principal.account != Some(self.request.resource_account) {
            return if grants.is_none() {
                Some(refusing)
            } else {
                self.identity_side()
            };
        }
        if grants.has(Grants::DIRECT) {
            return None;
        }
        if grants.has(Grants::VIA_ROLE.union(Grants::VIA_USER)) {
            return self.limits();
        }
        if mandatory && !grants.has(Grants::ACCOUNT) {
            return Some(Layer::Trust);
        }
        self.identity_side()
    }

    /// Whether caller and resource are of two partitions: an account number alone, or a star, does not say of which.
    /// A resource counts by what it begins with, even if the rest of it is no good ARN.
    fn crosses_partitions(&self) -> bool {
        let fields = self.request.resource.strip_prefix("arn:");
        let partition = fields.and_then(|fields| fields.split(':').next());
        partition.is_some_and(|partition| partition != self.request.principal.partition.as_str())
    }

    /// Whether an identity provider of one account vouches to another (`facts: sts §4.6`).
    fn is_foreign_provider(&self) -> bool {
        let RequesterKind::Federated(provider) = self.request.principal.kind else {
            return false;
        };
        let owner = || Arn::parse(provider).ok()?.account.parse::<AccountId>().ok();
        provider.starts_with("arn:") && owner() != Some(self.request.resource_account)
    }

    /// What the caller's own side lacks: its policies, its boundary and its session must all allow.
    fn identity_side(&self) -> Option<Layer> {
        if !self.is_root() && !self.any_allows(Layer::Identity, self.identity()) {
            return Some(Layer::Identity);
        }
        self.limits()
    }

    /// Which of boundary and session does not allow.
    fn limits(&self) -> Option<Layer> {
        if let Some(boundary) = self.boundary()
            && !self.any_allows(Layer::Boundary, &[boundary])
        {
            return Some(Layer::Boundary);
        }
        let allowed = match self.session() {
            Some(policies) => self.any_allows(Layer::Session, policies),
            // A federated user has what was passed, and nothing was.
            None => !matches!(self.request.principal.kind, RequesterKind::FederatedUser { .. }),
        };
        (!allowed).then_some(Layer::Session)
    }

    pub(crate) fn any_allows(&self, layer: Layer, sources: &[Source<'_>]) -> bool {
        let subject = self.subject(layer);
        sources.iter().any(|s| !s.policy.allows(&subject).is_none())
    }

    /// Whether the identity side allows without policies: the root user, and a federated user of it.
    pub(crate) fn is_root(&self) -> bool {
        matches!(
            self.request.principal.kind,
            RequesterKind::Root
                | RequesterKind::FederatedUser {
                    issuer: crate::FederatedIssuer::Root,
                    ..
                }
        )
    }

    /// Identity policies can not be attached to the root user.
    pub(crate) fn identity(&self) -> &'a [Source<'a>] {
        if self.is_root() { &[] } else { self.layers.identity }
    }

    pub(crate) fn boundary(&self) -> Option<Source<'a>> {
        let exempt = self.request.principal.is_service_linked();
        self.layers.boundary.filter(|_| !exempt)
    }

    pub(crate) fn session(&self) -> Option<&'a [Source<'a>]> {
        self.layers.session
    }

    pub(crate) fn service_control(&self) -> &'a [&'a [Source<'a>]] {
        let exempt = self.request.principal.is_service_linked();
        if exempt { &[] } else { self.layers.service_control }
    }

    pub(crate) fn resource_control(&self) -> &'a [&'a [Source<'a>]] {
        let exempt = self.request.principal.is_service_linked();
        if exempt { &[] } else { self.layers.resource_control }
    }

    pub(crate) fn resource(&self) -> Option<(Layer, Source<'a>)> {
        match self.layers.resource {
            ResourcePolicy::None => None,
            ResourcePolicy::Attached(source) => Some((Layer::Resource, source)),
            ResourcePolicy::Trust(source) => Some((Layer::Trust, source)),
        }
    }
}
