//! Identity providers.

use serde_json::json;

use super::{account::Reader, filled, strings, tags};
use crate::{ApiFailure, Content, Named, OidcProvider, SamlProvider, api::text};

pub(super) fn saml(reader: &mut Reader<'_, '_>) -> Result<(), ApiFailure> {
    if !reader.wants(|a| &a.saml_providers) {
        return Ok(());
    }
    let mut providers = Named::new();
    for summary in reader
        .pages
        .list("ListSAMLProviders", json!({}), "SAMLProviderList")?
    {
        let arn = text(&summary, "Arn");
        let name = arn.rsplit('/').next().unwrap_or_default().to_owned();
        if !reader.details(|a| &a.saml_providers, &name) {
            continue;
        }
        let details = reader
            .pages
            .get("GetSAMLProvider", json!({"SAMLProviderArn": arn}))?;
        let provider = SamlProvider {
            metadata: Content(text(&details, "SAMLMetadataDocument")),
            tags: filled(tags(details.get("Tags"))),
        };
        providers.insert(name, provider);
    }
    reader.state.account.saml_providers = Some(providers);
    Ok(())
}

pub(super) fn oidc(reader: &mut Reader<'_, '_>) -> Result<(), ApiFailure> {
    if !reader.wants(|a| &a.oidc_providers) {
        return Ok(());
    }
    let mut providers = Named::new();
    let listed = reader.pages.list(
        "ListOpenIDConnectProviders",
        json!({}),
        "OpenIDConnectProviderList",
    )?;
    for summary in listed {
        let arn = text(&summary, "Arn");
        let details = reader.pages.get(
            "GetOpenIDConnectProvider",
            json!({"OpenIDConnectProviderArn": arn}),
        )?;
        let url = text(&details, "Url");
        // The service leaves out the scheme.
        let url = if url.contains("://") {
            url
        } else {
            format!("https://{url}")
        };
        let provider = OidcProvider {
            client_ids: Some(strings(details.get("ClientIDList"))).filter(|list| !list.is_empty()),
            thumbprints: Some(strings(details.get("ThumbprintList"))).filter(|list| !list.is_empty()),
            tags: filled(tags(details.get("Tags"))),
        };
        providers.insert(url, provider);
    }
    reader.state.account.oidc_providers = Some(providers);
    Ok(())
}
