//! Identity providers.

use serde_json::json;

use super::{
    Change, Mark, PlanError,
    account::Planner,
    documents::text_difference,
    facets::{members, new_details, tag_list, tags},
    policies::fixed,
};
use crate::{Content, OidcProvider, SamlProvider};

impl Planner<'_> {
    pub(super) fn providers(&mut self) -> Result<(), PlanError> {
        for (name, wanted) in self.described.saml_providers.iter().flatten() {
            let found = self
                .state
                .account
                .saml_providers
                .as_ref()
                .and_then(|providers| providers.get(name));
            let change = self.saml(name, wanted, found);
            self.push(change);
        }
        for (url, wanted) in self.described.oidc_providers.iter().flatten() {
            let present = self.state.account.oidc_providers.iter().flatten();
            let found = present.clone().find(|(known, _)| place(known) == place(url));
            let change = self.oidc(url, wanted, found.map(|(_, provider)| provider));
            if let Some((known, _)) = found {
                // With another scheme it has the same ARN, and its keys come by another way.
                fixed(&change.what, "URL", Some(url), known)?;
            }
            self.push(change);
        }
        Ok(())
    }

    fn saml(&self, name: &str, wanted: &SamlProvider, found: Option<&SamlProvider>) -> Change {
        let what = format!("SAML provider {name}");
        let Some(present) = found else {
            let mut change = Change::new(Mark::Created, what);
            let mut parameters = vec![
                ("SAMLMetadataDocument", json!(wanted.metadata.0)),
                ("Name", json!(name)),
            ];
            parameters.extend(
                wanted
                    .tags
                    .iter()
                    .filter(|tags| !tags.is_empty())
                    .map(|tags| ("Tags", tag_list(tags))),
            );
            text_difference(&mut change, "metadata", None, &wanted.metadata.0);
            new_details(&mut change, None, wanted.tags.as_ref());
            change.iam("CreateSAMLProvider", members(parameters));
            return change;
        };
        let mut change = Change::new(Mark::Changed, what);
        let arn = json!(self.saml_arn(name));
        if !same_text(&wanted.metadata, &present.metadata) {
            let before = Some(&*present.metadata.0);
            text_difference(&mut change, "metadata", before, &wanted.metadata.0);
            let parameters = json!({"SAMLMetadataDocument": wanted.metadata.0, "SAMLProviderArn": arn});
            change.iam("UpdateSAMLProvider", parameters);
        }
        let (new, old) = (wanted.tags.as_ref(), present.tags.as_ref());
        let actions = ["TagSAMLProvider", "UntagSAMLProvider"];
        tags(&mut change, "iam", actions, ("SAMLProviderArn", &arn), new, old);
        change
    }

    pub(super) fn saml_arn(&self, name: &str) -> String {
        format!(
            "arn:{}:iam::{}:saml-provider/{name}",
            self.state.partition, self.state.id
        )
    }

    fn oidc(&self, url: &str, wanted: &OidcProvider, found: Option<&OidcProvider>) -> Change {
        let what = format!("OIDC provider {}", place(url));
        let Some(present) = found else {
            let mut change = Change::new(Mark::Created, what);
            let mut parameters = vec![("Url", json!(url))];
            parameters.extend(wanted.client_ids.iter().map(|ids| ("ClientIDList", json!(ids))));
            parameters.extend(
                wanted
                    .thumbprints
                    .iter()
                    .map(|list| ("ThumbprintList", json!(list))),
            );
            parameters.extend(
                wanted
                    .tags
                    .iter()
                    .filter(|tags| !tags.is_empty())
                    .map(|tags| ("Tags", tag_list(tags))),
            );
            for id in wanted.client_ids.iter().flatten() {
                change.detail(Mark::Created, format!("client id {id}"));
            }
            for print in wanted.thumbprints.iter().flatten() {
                change.detail(Mark::Created, format!("thumbprint {print}"));
            }
            new_details(&mut change, None, wanted.tags.as_ref());
            change.iam("CreateOpenIDConnectProvider", members(parameters));
            return change;
        };
        let mut change = Change::new(Mark::Changed, what);
        let arn = json!(self.oidc_arn(url));
        if let Some(ids) = &wanted.client_ids {
            let present = present.client_ids.clone().unwrap_or_default();
            for id in present.iter().filter(|id| !ids.contains(id)) {
                change.detail(Mark::Removed, format!("client id {id}"));
                let parameters = json!({"OpenIDConnectProviderArn": arn, "ClientID": id});
                change.iam("RemoveClientIDFromOpenIDConnectProvider", parameters);
            }
            for id in ids.iter().filter(|id| !present.contains(id)) {
                change.detail(Mark::Created, format!("client id {id}"));
                let parameters = json!({"OpenIDConnectProviderArn": arn, "ClientID": id});
                change.iam("AddClientIDToOpenIDConnectProvider", parameters);
            }
        }
        let lower = |list: &Vec<String>| {
            list.iter()
                .map(|print| print.to_ascii_lowercase())
                .collect::<Vec<_>>()
        };
        let present_prints = present.thumbprints.as_ref().map(lower).unwrap_or_default();
        if let Some(prints) = &wanted.thumbprints
            && lower(prints) != present_prints
        {
            let wanted_prints = lower(prints);
            let lacks = |prints: &[String], print: &String| !prints.contains(print);
            let gone = present_prints.iter().filter(|print| lacks(&wanted_prints, print));
            let new = wanted_prints.iter().filter(|print| lacks(&present_prints, print));
            let details = gone
                .map(|print| (Mark::Removed, print))
                .chain(new.map(|print| (Mark::Created, print)))
                .map(|(mark, print)| (mark, format!("thumbprint {print}")))
                .collect::<Vec<_>>();
            if details.is_empty() {
                change.detail(Mark::Changed, "order of thumbprints");
            }
            for (mark, text) in details {
                change.detail(mark, text);
            }
            let parameters = json!({"OpenIDConnectProviderArn": arn, "ThumbprintList": prints});
            change.iam("UpdateOpenIDConnectProviderThumbprint", parameters);
        }
        let (new, old) = (wanted.tags.as_ref(), present.tags.as_ref());
        let actions = ["TagOpenIDConnectProvider", "UntagOpenIDConnectProvider"];
        tags(
            &mut change,
            "iam",
            actions,
            ("OpenIDConnectProviderArn", &arn),
            new,
            old,
        );
        change
    }

    pub(super) fn oidc_arn(&self, url: &str) -> String {
        let (partition, account) = (&self.state.partition, &self.state.id);
        format!("arn:{partition}:iam::{account}:oidc-provider/{}", place(url))
    }
}

/// A provider's URL without its scheme, as ARNs have it: with the slash at its end, if there is one.
pub(super) fn place(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, place)| place)
}

/// Line ends and the space around an XML document may have changed on the way.
fn same_text(a: &Content, b: &Content) -> bool {
    let [a, b] = [a, b].map(|content| content.0.replace('\r', ""));
    a.trim() == b.trim()
}
