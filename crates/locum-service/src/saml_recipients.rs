use std::borrow::Cow;

use locum_names::Partition;

use crate::settings::Settings;

/// The audience that assertions for AWS name (`facts: sts §6.1`).
const AUDIENCE: &str = "urn:amazon:webservices";

/// The addresses that SAML responses may be made for, besides `<public URL>/saml`.
#[derive(Debug, Clone, Default)]
pub enum SamlRecipients {
    /// Those of AWS in the deployment's partition, so that an identity provider that was set up for AWS works as it is.
    #[default]
    Aws,
    /// These URLs and no others, to the letter.
    Only(Vec<String>),
}

impl Settings {
    /// The URLs that may be a response's recipient; `{region}` in one stands for the name of any region.
    #[must_use]
    pub fn saml_recipients(&self) -> Vec<Cow<'_, str>> {
        let mut recipients: Vec<Cow<'_, str>> = match &self.saml_recipients {
            SamlRecipients::Aws => of_aws(self.partition).iter().copied().map(Cow::from).collect(),
            SamlRecipients::Only(urls) => urls.iter().map(Cow::from).collect(),
        };
        recipients.push(Cow::from(format!("{}/saml", self.public_url)));
        recipients
    }
}

/// What an assertion may name as its audience: AWS by its name, or a recipient.
pub(crate) fn audiences<'a>(recipients: &[&'a str]) -> Vec<&'a str> {
    [AUDIENCE].into_iter().chain(recipients.iter().copied()).collect()
}

/// The addresses of AWS's own sign-in. Those of the other partitions are not known (`facts: sts §6.1`).
const fn of_aws(partition: Partition) -> &'static [&'static str] {
    match partition {
        Partition::Aws => &[
            "https://signin.aws.amazon.com/saml",
            "https://{region}.signin.aws.amazon.com/saml",
            "https://signin.aws.amazon.com/static/saml",
        ],
        Partition::China => &[
            "https://signin.amazonaws.cn/saml",
            "https://{region}.signin.amazonaws.cn/saml",
        ],
        Partition::UsGov => &[
            "https://signin.amazonaws-us-gov.com/saml",
            "https://{region}.signin.amazonaws-us-gov.com/saml",
        ],
        Partition::Iso | Partition::IsoB | Partition::IsoE | Partition::IsoF | Partition::Eusc => &[],
    }
}
