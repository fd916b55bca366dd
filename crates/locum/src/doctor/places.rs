//! Where calls go: region, endpoint, proxy, certificates, and who said so.

use locum_credentials::{Environment, plain};

use super::report::Report;
use crate::caller::{Caller, CallerOptions};
use crate::cli::endpoint;
use crate::cli::proxy::without_password;
use crate::cli::transport::{Settings, Transport, is_tls};

const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/// Looks at the way to STS.
pub(super) fn look(
    caller: &Caller<'_>,
    options: &CallerOptions,
    environment: &Environment,
    report: &mut Report,
) {
    region(caller, options, environment, report);
    place(caller, options, environment, report);
    proxies(environment, report);
    certificates(caller, options, environment, report);
}

fn region(caller: &Caller<'_>, options: &CallerOptions, environment: &Environment, report: &mut Report) {
    let by = if options.region.is_some() {
        "--region"
    } else {
        let variables = ["AWS_REGION", "AWS_DEFAULT_REGION"];
        let set = variables
            .into_iter()
            .find(|name| environment.non_empty(name).is_some());
        set.unwrap_or("the profile")
    };
    match caller.region() {
        Some(region) => report.fact("region", format!("{region}, by {by}")),
        None => report.fact("region", "none"),
    }
}

fn place(caller: &Caller<'_>, options: &CallerOptions, environment: &Environment, report: &mut Report) {
    let endpoint = match caller.endpoint(true) {
        Ok(endpoint) => endpoint,
        Err(failure) => {
            let text = failure.to_string();
            let sentence = text
                .rsplit("): ")
                .next()
                .unwrap_or_default()
                .trim_end_matches('.');
            report.find(
                "endpoint",
                format!("{sentence}: set AWS_REGION, or correct the setting that it names."),
            );
            return;
        }
    };
    let configured = endpoint::configured_url("sts", environment, caller.profile());
    let by = match (&options.endpoint_url, configured) {
        (Some(_), _) => "by --endpoint-url".to_owned(),
        (None, Ok(Some((_, source)))) => format!("by {source}"),
        (None, _) => "AWS's".to_owned(),
    };
    let url = without_password(&endpoint.url);
    report.fact(
        "endpoint",
        format!("{url}, {by}, signed for {}", endpoint.signing_region),
    );
    let host = endpoint.url.split("://").nth(1).unwrap_or_default();
    let is_near = ["127.", "localhost", "[::1]"]
        .iter()
        .any(|near| host.starts_with(near));
    if !is_tls(&endpoint.url) && !is_near {
        report.find(
            "no-tls",
            format!(
                "Calls go to {url} without TLS, and whoever is on the way sees session tokens: use https."
            ),
        );
    }
    if options.no_verify_ssl {
        report.find(
            "no-verify",
            "With --no-verify-ssl anybody on the way can be STS: name its certificates with --ca-bundle.",
        );
    }
}

fn proxies(environment: &Environment, report: &mut Report) {
    for name in PROXIES {
        if let Some(url) = environment.non_empty(name) {
            report.fact("proxy", format!("{}, by {name}", without_password(&url)));
        }
    }
    if let Some(hosts) = environment
        .non_empty("NO_PROXY")
        .or_else(|| environment.non_empty("no_proxy"))
    {
        report.fact("proxy", format!("not for {hosts}"));
    }
    for name in ["ALL_PROXY", "all_proxy"] {
        if environment.non_empty(name).is_some() {
            // It may hold a password, and is no proxy of ours.
            report.fact(
                "proxy",
                format!("{name} is read neither here nor by AWS's command"),
            );
        }
    }
    for (upper, lower) in [("HTTPS_PROXY", "https_proxy"), ("NO_PROXY", "no_proxy")] {
        if let (Some(one), Some(other)) = (environment.non_empty(upper), environment.non_empty(lower))
            && one != other
        {
            report.find(
                "variables-differ",
                format!(
                    "{upper} and {lower} differ, and programs disagree which counts: set both to the same."
                ),
            );
        }
    }
}

fn certificates(
    caller: &Caller<'_>,
    options: &CallerOptions,
    environment: &Environment,
    report: &mut Report,
) {
    let bundle = caller.ca_bundle();
    let by = if options.ca_bundle.is_some() {
        "--ca-bundle"
    } else if environment.non_empty("AWS_CA_BUNDLE").is_some() {
        "AWS_CA_BUNDLE"
    } else if caller.profile().get("ca_bundle").is_some() {
        "the profile"
    } else {
        "REQUESTS_CA_BUNDLE"
    };
    match &bundle {
        Some(path) => report.fact("trust", format!("the certificates of {path}, by {by}")),
        None => report.fact("trust", "the certificates of the system"),
    }
    let settings = Settings {
        connect_timeout: None,
        read_timeout: None,
        verify: true,
        ca_bundle: bundle,
        tls: true,
    };
    if let Err(failure) = Transport::new(&settings) {
        let sentence = failure.to_string();
        let sentence = plain(sentence.trim_end_matches('.'));
        report.find(
            "certificates",
            format!("{sentence}: name a file of certificates in PEM, or none."),
        );
    }
}
