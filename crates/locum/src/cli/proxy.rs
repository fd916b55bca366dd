//! Which proxy a request goes through: the environment's, as Python reads it for `aws` (`facts: cli §2`).
//!
//! `HTTPS_PROXY` is for `https`, `HTTP_PROXY` for `http`; the name in lower case wins, and `NO_PROXY` names the hosts that
//! are reached without one. `ALL_PROXY` is not read, by AWS's command either.

/// The proxies of an environment.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Proxies {
    http: Option<String>,
    https: Option<String>,
    except: Vec<String>,
}

impl Proxies {
    /// Reads the variables of this process.
    pub(super) fn of_process() -> Self {
        let read = |name: &str| std::env::var(name).ok();
        Self::of(&read)
    }

    fn of(read: &dyn Fn(&str) -> Option<String>) -> Self {
        let named = |name: &str| {
            let found = read(name).or_else(|| read(&name.to_uppercase()));
            found
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty())
        };
        // A web server gives the header Proxy of a request to its programs as HTTP_PROXY.
        let http = match read("REQUEST_METHOD") {
            Some(_) => read("http_proxy").filter(|value| !value.is_empty()),
            None => named("http_proxy"),
        };
        let except = named("no_proxy").unwrap_or_default();
        Self {
            http: http.map(with_scheme),
            https: named("https_proxy").map(with_scheme),
            except: except
                .split(',')
                .map(|name| name.trim().trim_start_matches('.').to_lowercase())
                .filter(|name| !name.is_empty())
                .collect(),
        }
    }

    /// Returns the proxy for a URL.
    pub(super) fn choose(&self, url: &str) -> Option<&str> {
        let (scheme, rest) = url.split_once("://")?;
        let proxy = if scheme.eq_ignore_ascii_case("https") {
            self.https.as_deref()
        } else {
            self.http.as_deref()
        };
        proxy.filter(|_| !self.is_excepted(rest))
    }

    fn is_excepted(&self, rest: &str) -> bool {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let with_port = authority.rsplit('@').next().unwrap_or_default().to_lowercase();
        let host = match with_port.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => with_port.as_str(),
        };
        self.except.iter().any(|name| {
            let matches = |whole: &str| {
                whole
                    .strip_suffix(name.as_str())
                    .is_some_and(|before| before.is_empty() || before.ends_with('.'))
            };
            name == "*" || matches(host) || matches(&with_port)
        })
    }
}

fn with_scheme(proxy: String) -> String {
    if proxy.starts_with("http:") || proxy.starts_with("https:") {
        proxy
    } else {
        format!("http://{}", proxy.trim_start_matches("//"))
    }
}

/// Returns a URL without the name and password that may stand before its host.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.rsplit_once('@').map_or(url, |(_, host)| host).to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://********@{host}{path}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use locum_credentials::Environment;

    fn proxies(variables: &[(&str, &str)]) -> Proxies {
        let environment = Environment::of(variables);
        Proxies::of(&|name| environment.get(name))
    }

    #[test]
    fn the_scheme_chooses_the_proxy() {
        let both = proxies(&[
            ("HTTPS_PROXY", "http://s:1"),
            ("HTTP_PROXY", "h:2"),
            ("http_proxy", "lower:3"),
        ]);
        assert_eq!(both.choose("https://sts.test/"), Some("http://s:1"));
        assert_eq!(both.choose("HTTPS://sts.test/"), Some("http://s:1"));
        assert_eq!(both.choose("http://sts.test/"), Some("http://lower:3"));
        let other = proxies(&[("HTTP_PROXY", "h:2"), ("ALL_PROXY", "a:1"), ("https_proxy", "")]);
        assert_eq!(other.choose("https://sts.test/"), None);
        assert_eq!(
            proxies(&[("HTTP_PROXY", "h"), ("REQUEST_METHOD", "GET")]),
            Proxies::default()
        );
    }

    #[test]
    fn some_hosts_need_none() {
        for (except, url, through) in [
            ("sts.test", "http://sts.test/", false),
            ("sts.test", "http://u:p@STS.test:81/x", false),
            ("test", "http://sts.test", false),
            (".test", "http://sts.test", false),
            ("other, .sts.test ", "http://a.sts.test?x", false),
            ("ts.test", "http://sts.test", true),
            ("sts.test:80", "http://sts.test:80/", false),
            ("sts.test:81", "http://sts.test:80/", true),
            ("*", "http://sts.test", false),
            ("127.0.0.1", "http://127.0.0.1:9", false),
            ("[::1]", "http://[::1]:9", false),
            ("", "http://sts.test", true),
        ] {
            let found = proxies(&[("HTTP_PROXY", "h"), ("NO_PROXY", except)]);
            assert_eq!(found.choose(url).is_some(), through, "{except} {url}");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        for (url, shown) in [
            ("http://user:pw@host:1/p@th", "http://********@host:1/p@th"),
            ("https://host/a@b", "https://host/a@b"),
            ("user:pw@host", "host"),
            ("host", "host"),
            ("http://a:b@c@host", "http://********@host"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
