//! Where sign-in URLs are made, and how (IAM User Guide, "Enable custom identity broker access to the AWS console").

use std::time::Duration;

use locum_credentials::{Credentials, HttpRequest, Transport, plain};
use locum_crypto::SecretString;
use serde_json::{Value, json};

use super::ConsoleError;
use crate::cli::endpoint::without_fips;
use crate::secure_url::SecureUrl;

const TIMEOUT: Duration = Duration::from_secs(30);

/// A partition of AWS whose console is known.
struct Partition {
    /// How the names of its regions begin.
    prefix: &'static str,
    sign_in: &'static str,
    console: &'static str,
}

/// The others have hosts that are not published.
const PARTITIONS: [Partition; 2] = [
    Partition {
        prefix: "cn-",
        sign_in: "https://signin.amazonaws.cn",
        console: "https://console.amazonaws.cn",
    },
    Partition {
        prefix: "us-gov-",
        sign_in: "https://signin.amazonaws-us-gov.com",
        console: "https://console.amazonaws-us-gov.com",
    },
];
const COMMERCIAL: Partition = Partition {
    prefix: "",
    sign_in: "https://signin.aws.amazon.com",
    console: "https://console.aws.amazon.com",
};
const UNKNOWN: [&str; 3] = ["us-iso", "eu-iso", "eusc-"];

/// A federation endpoint, and the console that it leads to.
#[derive(Debug)]
pub(super) struct Federation {
    endpoint: SecureUrl,
    console: String,
    /// Where a session of the browser is ended; only AWS has one.
    logout: Option<String>,
    region: Option<String>,
}

impl Federation {
    /// That of AWS for a region. Its sign-in has no FIPS hosts.
    pub(super) fn of_aws(region: Option<&str>) -> Result<Self, ConsoleError> {
        let region = region.map(|region| without_fips(region).0);
        let named = region.as_deref().unwrap_or_default();
        if UNKNOWN.iter().any(|prefix| named.starts_with(prefix)) {
            return Err(ConsoleError::Partition(plain(named)));
        }
        let partition = PARTITIONS
            .iter()
            .find(|partition| named.starts_with(partition.prefix));
        let partition = partition.unwrap_or(&COMMERCIAL);
        let endpoint = format!("{}/federation", partition.sign_in);
        Ok(Self {
            endpoint: SecureUrl::parse("the federation endpoint", &endpoint)?,
            console: partition.console.to_owned(),
            logout: Some(format!("{}/oauth", partition.sign_in)),
            region,
        })
    }

    /// Another one, whose console is at the same host unless somebody says otherwise.
    pub(super) fn at(url: &str, region: Option<&str>) -> Result<Self, ConsoleError> {
        let endpoint = SecureUrl::parse("locum_federation_url", url)?;
        let origin: Vec<&str> = url.splitn(4, '/').take(3).collect();
        Ok(Self {
            console: origin.join("/"),
            endpoint,
            logout: None,
            region: region.map(str::to_owned),
        })
    }

    /// Whether there is a page that signs out.
    pub(super) const fn signs_out(&self) -> bool {
        self.logout.is_some()
    }

    /// The page to go to: a service's, or the home.
    pub(super) fn page(&self, service: Option<&str>) -> String {
        let mut page = match service {
            Some(service) => format!("{}/{service}/home", self.console),
            None => format!("{}/console/home", self.console),
        };
        if let Some(region) = &self.region {
            let region: String = form_urlencoded::byte_serialize(region.as_bytes()).collect();
            page = format!("{page}?region={region}");
        }
        page
    }

    /// Changes credentials for a token that signs in. They go nowhere but over TLS or within this machine.
    pub(super) fn sign_in_token(
        &self,
        credentials: &Credentials,
        session_duration: Option<u32>,
        transport: &dyn Transport,
    ) -> Result<SecretString, ConsoleError> {
        let session = SecretString::new(
            json!({
                "sessionId": credentials.access_key_id,
                "sessionKey": credentials.secret_access_key.expose(),
                "sessionToken": credentials.session_token.as_ref().map(SecretString::expose),
            })
            .to_string(),
        );
        let duration = session_duration.map(|seconds| seconds.to_string());
        let mut parameters = vec![("Action", "getSigninToken")];
        if let Some(duration) = &duration {
            parameters.push(("SessionDuration", duration));
        }
        parameters.push(("Session", session.expose()));
        // AWS documents the query. Elsewhere the secret stays out of it, and so out of logs.
        let query = SecretString::new(self.endpoint.with_query(&parameters));
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(&parameters);
        let headers = [
            ("Accept", "application/json".into()),
            ("Content-Type", "application/x-www-form-urlencoded".into()),
        ];
        let aws = self.logout.is_some();
        let reply = transport.send(&HttpRequest {
            method: if aws { "GET" } else { "POST" },
            url: if aws {
                query.expose()
            } else {
                self.endpoint.as_str()
            },
            headers: if aws { &headers[..1] } else { &headers },
            body: (!aws).then(|| SecretString::new(form.finish())),
            timeout: TIMEOUT,
            reach: self.endpoint.reach(),
        });
        // Such a sentence may name the URL, which may hold the secret.
        let reply = reply.map_err(|error| {
            ConsoleError::Unreached(plain(
                &error.to_string().replace(query.expose(), self.endpoint.as_str()),
            ))
        })?;
        if reply.status != 200 {
            return Err(ConsoleError::Refused {
                status: reply.status,
                hint: if reply.status == 400 {
                    "; only credentials of a role or of GetFederationToken can sign in, and --session-duration only \
                     with a role that was assumed with a user's own keys"
                } else {
                    ""
                },
            });
        }
        let answer: Value = serde_json::from_str(reply.body.expose()).unwrap_or_default();
        match answer.get("SigninToken").and_then(Value::as_str) {
            Some(token) if !token.is_empty() => Ok(token.into()),
            _ => Err(ConsoleError::NoToken),
        }
    }

    /// The URL that signs in and goes to `destination`.
    pub(super) fn sign_in_url(
        &self,
        token: &SecretString,
        destination: &str,
        issuer: Option<&str>,
        logout_first: bool,
    ) -> Result<SecretString, ConsoleError> {
        let mut parameters = vec![("Action", "login")];
        if let Some(issuer) = issuer {
            parameters.push(("Issuer", issuer));
        }
        parameters.push(("Destination", destination));
        parameters.push(("SigninToken", token.expose()));
        let url = SecretString::new(self.endpoint.with_query(&parameters));
        if !logout_first {
            return Ok(url);
        }
        let logout = self.logout.as_deref().ok_or(ConsoleError::NoLogout)?;
        let logout = SecureUrl::parse("the sign-out page", logout)?;
        let parameters = [("Action", "logout"), ("redirect_uri", url.expose())];
        Ok(SecretString::new(logout.with_query(&parameters)))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use locum_credentials::{HttpError, HttpReply};

    use super::*;

    /// A host that remembers one request and gives one answer.
    struct Host {
        answer: Result<(u16, &'static str), HttpError>,
        seen: RefCell<Option<(&'static str, String, Option<String>)>>,
    }

    impl Transport for Host {
        fn send(&self, request: &HttpRequest<'_>) -> Result<HttpReply, HttpError> {
            let body = request.body.as_ref().map(|body| body.expose().to_owned());
            *self.seen.borrow_mut() = Some((request.method, request.url.to_owned(), body));
            self.answer.clone().map(|(status, body)| HttpReply {
                status,
                error_type: None,
                body: body.into(),
            })
        }
    }

    fn host(answer: Result<(u16, &'static str), HttpError>) -> Host {
        Host {
            answer,
            seen: RefCell::new(None),
        }
    }

    fn credentials() -> Credentials {
        Credentials::new("ASIA".into(), "se+cret".into(), Some("tok".into()))
    }

    #[test]
    fn each_partition_has_its_hosts() {
        for (region, service, page, sign_in) in [
            (
                None,
                None,
                "https://console.aws.amazon.com/console/home",
                "https://signin.aws.amazon.com/federation",
            ),
            (
                Some("eu-west-1"),
                Some("ec2"),
                "https://console.aws.amazon.com/ec2/home?region=eu-west-1",
                "https://signin.aws.amazon.com/federation",
            ),
            (
                Some("cn-north-1"),
                None,
                "https://console.amazonaws.cn/console/home?region=cn-north-1",
                "https://signin.amazonaws.cn/federation",
            ),
            (
                Some("us-gov-west-1"),
                Some("s3"),
                "https://console.amazonaws-us-gov.com/s3/home?region=us-gov-west-1",
                "https://signin.amazonaws-us-gov.com/federation",
            ),
            (
                Some("fips-us-gov-west-1"),
                None,
                "https://console.amazonaws-us-gov.com/console/home?region=us-gov-west-1",
                "https://signin.amazonaws-us-gov.com/federation",
            ),
        ] {
            let federation = Federation::of_aws(region).unwrap();
            assert_eq!(
                (federation.page(service).as_str(), federation.endpoint.as_str()),
                (page, sign_in)
            );
        }
        for region in [
            "us-iso-east-1",
            "us-isob-east-1",
            "fips-us-iso-east-1",
            "eu-isoe-west-1",
            "eusc-de-east-1",
        ] {
            assert!(matches!(
                Federation::of_aws(Some(region)),
                Err(ConsoleError::Partition(_))
            ));
        }
        let other = Federation::at("https://sts.example.com:8443/sign/federation", None).unwrap();
        assert_eq!(other.page(None), "https://sts.example.com:8443/console/home");
        assert!(Federation::at("http://sts.example.com/federation", None).is_err());
        let odd = Federation::of_aws(Some("a&b=c#d")).unwrap();
        assert!(odd.page(None).ends_with("/console/home?region=a%26b%3Dc%23d"));
    }

    #[test]
    fn the_session_goes_to_aws_as_it_documents_and_elsewhere_in_the_body() {
        let session = "%7B%22sessionId%22%3A%22ASIA%22%2C%22sessionKey%22%3A%22se%2Bcret%22%2C%22sessionToken%22%3A%22tok%22%7D";
        let answer = Ok((200, r#"{"SigninToken": "T"}"#));
        let aws = host(answer.clone());
        let token = Federation::of_aws(None)
            .unwrap()
            .sign_in_token(&credentials(), Some(900), &aws)
            .unwrap();
        assert!(token.matches("T"));
        let (method, url, body) = aws.seen.take().unwrap();
        assert_eq!((method, body), ("GET", None));
        assert_eq!(
            url,
            format!(
                "https://signin.aws.amazon.com/federation?Action=getSigninToken&SessionDuration=900&Session={session}"
            )
        );
        let other = host(answer);
        let federation = Federation::at("http://127.0.0.1:1/federation", None).unwrap();
        federation.sign_in_token(&credentials(), None, &other).unwrap();
        let (method, url, body) = other.seen.take().unwrap();
        assert_eq!((method, url.as_str()), ("POST", "http://127.0.0.1:1/federation"));
        assert_eq!(body.unwrap(), format!("Action=getSigninToken&Session={session}"));
    }

    #[test]
    fn no_error_tells_the_secret() {
        let aws = Federation::of_aws(None).unwrap();
        let failing = Failing;
        let error = aws
            .sign_in_token(&credentials(), None, &failing)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("https://signin.aws.amazon.com/federation\""),
            "{error}"
        );
        assert!(!error.contains("cret"), "{error}");
        for (status, body) in [
            (400, "se+cret"),
            (500, ""),
            (200, "se+cret"),
            (200, r#"{"SigninToken": ""}"#),
        ] {
            let error = aws
                .sign_in_token(&credentials(), None, &host(Ok((status, body))))
                .unwrap_err();
            assert!(!error.to_string().contains("cret"), "{error}");
        }
    }

    /// Nobody there; the sentence names the URL.
    struct Failing;

    impl Transport for Failing {
        fn send(&self, request: &HttpRequest<'_>) -> Result<HttpReply, HttpError> {
            Err(HttpError::Transient(format!(
                "Could not connect to \"{}\"",
                request.url
            )))
        }
    }

    #[test]
    fn a_url_signs_in_and_may_sign_out_before() {
        let aws = Federation::of_aws(None).unwrap();
        let url = |logout| {
            let url = aws
                .sign_in_url(&"T/+".into(), "https://console/?a=b", Some("https://i"), logout)
                .unwrap();
            url.expose().to_owned()
        };
        let plain = "https://signin.aws.amazon.com/federation?Action=login&Issuer=https%3A%2F%2Fi&\
                     Destination=https%3A%2F%2Fconsole%2F%3Fa%3Db&SigninToken=T%2F%2B";
        assert_eq!(url(false), plain);
        assert!(url(true).starts_with(
            "https://signin.aws.amazon.com/oauth?Action=logout&redirect_uri=https%3A%2F%2Fsignin.aws.amazon.com"
        ));
        let other = Federation::at("https://sts.example.com/federation", None).unwrap();
        assert!(matches!(
            other.sign_in_url(&"T".into(), "https://a", None, true),
            Err(ConsoleError::NoLogout)
        ));
    }
}
