//! Signing in at a SAML identity provider: a response that a browser brings to this machine, or a file holds.
//!
//! Who starts at the provider's own page gets a response to no request. Otherwise the request's id and a random `RelayState`
//! tie the response to it (SAML bindings §3.4). Its signature, times and recipient are for the service that it goes to.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use locum_credentials::plain;
use locum_crypto::{Random, SecretString, hex};
use locum_federation::saml::Offer;

use super::error::LoginError;
use super::pages::{Parameters, Verdict, await_browser};
use super::settings::{Saml, Settings, Start};
use crate::loopback::{Loopback, Request};

/// A response of the greatest length that a service takes, each of its characters escaped.
const MAX_BODY: usize = 300_000 + 4_096;
/// The greatest length of a response in a file, with its line ends.
const MAX_FILE: u64 = 256 << 10;

/// A response, and the role that was chosen of those it offers.
pub(super) struct Chosen {
    pub(super) response: SecretString,
    pub(super) role_arn: String,
    pub(super) provider_arn: String,
}

/// A request of ours.
struct Asked {
    id: String,
    relay_state: SecretString,
}

/// Gets a response. `open` shows a page to the user.
pub(super) fn sign_in(
    saml: &Saml,
    settings: &Settings,
    open: &dyn Fn(&str),
    random: &mut dyn Random,
    now: Timestamp,
) -> Result<SecretString, LoginError> {
    if let Start::Given(file) = &saml.start {
        return given(file);
    }
    let listener = Loopback::bind(saml.acs.port, MAX_BODY).map_err(|reason| LoginError::Listen {
        port: saml.acs.port,
        reason,
    })?;
    let deadline = Instant::now() + settings.wait;
    let asked = match &saml.start {
        Start::Page(page) => {
            open(page.as_str());
            None
        }
        Start::Request { sso, entity_id } => {
            let mut token = || {
                let mut bytes = [0; 20];
                random.fill(&mut bytes);
                hex(&bytes)
            };
            let asked = Asked {
                id: format!("_{}", token()),
                relay_state: token().into(),
            };
            let acs = saml.acs.url(listener.port());
            let request = authn_request(&asked.id, sso.as_str(), &acs, entity_id, now);
            let parameters = [
                ("SAMLRequest", request.as_str()),
                ("RelayState", asked.relay_state.expose()),
            ];
            open(&sso.with_query(&parameters));
            Some(asked)
        }
        Start::Given(_) => None,
    };
    let judge = |request: &Request| judge(request, asked.as_ref());
    let response = await_browser(&listener, deadline, &saml.acs.path, "POST", judge)?;
    response.ok_or(LoginError::Nobody(settings.wait.as_secs()))
}

/// What the browser brought.
fn judge(request: &Request, asked: Option<&Asked>) -> Verdict<SecretString> {
    const OTHER: &str = "This does not belong to the sign-in that the terminal waits for.";
    let form = request.header("content-type").unwrap_or_default();
    let form = form.split(';').next().unwrap_or_default().trim();
    if !form.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Verdict::Passed(400, "A SAML response comes as a form.");
    }
    let form = Parameters::read(&request.body);
    let Some(response) = form.get("SAMLResponse") else {
        return Verdict::Passed(400, "There is no SAML response in the form.");
    };
    let Some(asked) = asked else {
        return Verdict::Taken(response.into());
    };
    if !form
        .get("RelayState")
        .is_some_and(|given| asked.relay_state.matches(given))
    {
        return Verdict::Passed(403, OTHER);
    }
    match Offer::read(response) {
        Ok(offer) if offer.answers(&asked.id) => Verdict::Taken(response.into()),
        _ => Verdict::Passed(403, OTHER),
    }
}

/// Reads a response from a file, or from standard input for `-`.
fn given(file: &OsStr) -> Result<SecretString, LoginError> {
    let read = |mut from: Box<dyn io::Read>| {
        let mut text = String::new();
        from.by_ref()
            .take(MAX_FILE)
            .read_to_string(&mut text)
            .map(|_| text)
    };
    let text = if file == "-" {
        read(Box::new(io::stdin()))
    } else {
        File::open(file).and_then(|file| read(Box::new(file)))
    };
    let text =
        text.map_err(|error| LoginError::Response(format!("{}: {error}", plain(&file.to_string_lossy()))))?;
    Ok(text.split_ascii_whitespace().collect::<String>().into())
}

/// Chooses a role of those that the response offers, by `role_arn` if one is set; `ask` asks a person. Any page that the
/// browser shows can bring a response that nobody asked for, so then a person is asked even about a single role: it could
/// be one of somebody else's account.
pub(super) fn choose(
    response: SecretString,
    saml: &Saml,
    settings: &Settings,
    ask: &dyn Fn(&[String]) -> Option<usize>,
) -> Result<Chosen, LoginError> {
    if let (Some(role_arn), Some(provider_arn)) = (&settings.role_arn, &saml.provider_arn) {
        return Ok(Chosen {
            response,
            role_arn: role_arn.clone(),
            provider_arn: provider_arn.clone(),
        });
    }
    let offer = Offer::read(response.expose()).map_err(|error| LoginError::Response(error.to_string()))?;
    if let Some(code) = offer.failure {
        return Err(LoginError::Refused {
            code,
            description: String::new(),
        });
    }
    let mut pairs = offer.roles;
    if let Some(provider) = &saml.provider_arn {
        pairs.retain(|(_, offered)| offered == provider);
    }
    let roles: Vec<String> = pairs.iter().map(|(role, _)| role.clone()).collect();
    if roles.is_empty() {
        return Err(LoginError::NoRoles);
    }
    let position = match &settings.role_arn {
        Some(wanted) => roles
            .iter()
            .position(|role| role == wanted)
            .ok_or(LoginError::OtherRoles {
                wanted: wanted.clone(),
                offered: roles,
            })?,
        None if roles.len() == 1 && !matches!(saml.start, Start::Page(_)) => 0,
        None => ask(&roles).ok_or(LoginError::NobodyToChoose(roles))?,
    };
    let (role_arn, provider_arn) = pairs.into_iter().nth(position).ok_or(LoginError::NoRoles)?;
    Ok(Chosen {
        response,
        role_arn,
        provider_arn,
    })
}

/// A request as HTTP-Redirect carries it (SAML core §3.4.1, bindings §3.4.4.1).
fn authn_request(id: &str, destination: &str, acs: &str, entity_id: &str, now: Timestamp) -> String {
    let at = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let xml = format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" Version=\"2.0\" IssueInstant=\"{at}\" \
         Destination=\"{}\" AssertionConsumerServiceURL=\"{}\" \
         ProtocolBinding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\"><saml:Issuer>{}</saml:Issuer>\
         </samlp:AuthnRequest>",
        attribute(destination),
        attribute(acs),
        attribute(entity_id)
    );
    STANDARD.encode(deflate(xml.as_bytes()))
}

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

/// DEFLATE without compression: blocks that are stored (RFC 1951 §3.2.4). A request is too short to gain from more.
fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 5);
    let mut blocks = bytes.chunks(usize::from(u16::MAX)).peekable();
    while let Some(block) = blocks.next() {
        out.push(u8::from(blocks.peek().is_none()));
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(block);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [&str; 2] = [
        "arn:aws:iam::111122223333:role/a",
        "arn:aws:iam::111122223333:role/b",
    ];
    const PROVIDER: &str = "arn:aws:iam::111122223333:saml-provider/corp";

    fn response(roles: &[&str]) -> SecretString {
        let values: String = roles
            .iter()
            .map(|role| format!("<a:AttributeValue>{role},{PROVIDER}</a:AttributeValue>"))
            .collect();
        let xml = format!(
            "<p:Response xmlns:p=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
             xmlns:a=\"urn:oasis:names:tc:SAML:2.0:assertion\"><a:Attribute \
             Name=\"https://aws.amazon.com/SAML/Attributes/Role\">{values}</a:Attribute></p:Response>"
        );
        STANDARD.encode(xml).into()
    }

    fn chosen(roles: &[&str], wanted: Option<&str>, answer: Option<usize>) -> Result<String, String> {
        chosen_after(Start::Given("-".into()), roles, wanted, answer)
    }

    fn chosen_after(
        start: Start,
        roles: &[&str],
        wanted: Option<&str>,
        answer: Option<usize>,
    ) -> Result<String, String> {
        let saml = Saml {
            start,
            acs: super::super::settings::Oidc::for_tests().redirect,
            provider_arn: None,
        };
        let mut settings = Settings::for_tests();
        settings.role_arn = wanted.map(str::to_owned);
        choose(response(roles), &saml, &settings, &|_| answer)
            .map(|chosen| {
                assert_eq!(chosen.provider_arn, PROVIDER);
                chosen.role_arn
            })
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_role_is_named_alone_or_asked_for() {
        assert_eq!(chosen(&ROLES, Some(ROLES[1]), None).unwrap(), ROLES[1]);
        assert_eq!(chosen(&ROLES[..1], None, None).unwrap(), ROLES[0]);
        assert_eq!(chosen(&ROLES, None, Some(1)).unwrap(), ROLES[1]);
        for (roles, wanted, why) in [
            (&ROLES[..], None, "nobody is there to choose"),
            (
                &ROLES[..1],
                Some(ROLES[1]),
                "offers arn:aws:iam::111122223333:role/a but not",
            ),
            (&[][..], None, "no role"),
        ] {
            let error = chosen(roles, wanted, None).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn a_role_that_nobody_asked_for_is_confirmed() {
        let page = || Start::Page(crate::secure_url::SecureUrl::parse("x", "https://idp").unwrap());
        let error = chosen_after(page(), &ROLES[..1], None, None).unwrap_err();
        assert!(
            error.contains(ROLES[0]) && error.contains("--role-arn"),
            "{error}"
        );
        assert_eq!(
            chosen_after(page(), &ROLES[..1], None, Some(0)).unwrap(),
            ROLES[0]
        );
        assert_eq!(
            chosen_after(page(), &ROLES, Some(ROLES[1]), None).unwrap(),
            ROLES[1]
        );
    }

    #[test]
    fn a_request_is_stored_as_it_is() {
        let now = "2026-01-02T03:04:05.678Z".parse().unwrap();
        let request = authn_request(
            "_1",
            "https://idp/sso?a=1&b=2",
            "http://127.0.0.1:1/saml",
            "urn:<x>",
            now,
        );
        let bytes = STANDARD.decode(request).unwrap();
        let (head, xml) = bytes.split_at(5);
        let length = u16::try_from(xml.len()).unwrap().to_le_bytes();
        assert_eq!(head, [1, length[0], length[1], !length[0], !length[1]]);
        let xml = String::from_utf8(xml.to_vec()).unwrap();
        assert!(xml.contains(" IssueInstant=\"2026-01-02T03:04:05Z\""), "{xml}");
        assert!(
            xml.contains(" Destination=\"https://idp/sso?a=1&amp;b=2\""),
            "{xml}"
        );
        assert!(roxmltree::Document::parse(&xml).is_ok());
        assert_eq!(deflate(&[7; 70_000]).len(), 70_010);
    }
}
