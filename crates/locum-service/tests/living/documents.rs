//! The policies that lives are made of. `<HOME>` is the account they are written in.

use serde_json::Value;

use super::{
    chance::Chance,
    model::{ACCOUNTS, Kind, Model, Provider},
    sessions::{CLIENT, PLACE},
    statements::{list, statements},
};

/// An instant as condition keys have it.
pub(super) fn time(second: i64) -> String {
    jiff::Timestamp::from_second(second).unwrap().to_string()
}

fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

const RIGHTS: &[&str] = &[
    r#"{"Effect":"Allow","Action":["sts:*","organizations:Describe*"],"Resource":"*"}"#,
    r#"{"Effect":"Allow","Action":["iam:Get*","organizations:*"],"Resource":"*"}"#,
    r#"{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::<HOME>:user/${aws:username}"},{"Effect":"Allow","Action":"sts:*","Resource":"*"}"#,
    r#"<ALL>,{"Effect":"Deny","Action":"iam:*","Resource":["arn:aws:iam::*:user/b/*","arn:aws:iam::*:role/b/*"]}"#,
    r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/team":"red"}}}"#,
    r#"<ALL>,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#,
    r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"<NOW>"}}},<ALL>"#,
    r#"{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Resource":["arn:aws:iam::*:role/r0","arn:aws:iam::*:role/a/*"]}"#,
    r#"<ALL>,{"Effect":"Deny","Action":"sts:TagSession","Resource":"*"}"#,
    r#"<ALL>,{"Effect":"Deny","Action":"sts:SetSourceIdentity","Resource":"*","Condition":{"StringNotEquals":{"sts:SourceIdentity":"ann"}}}"#,
    r#"{"Effect":"Allow","Action":["iam:*","sts:*"],"Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"${aws:PrincipalTag/team}"}}}"#,
    r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"*/<UNIT>/*"}}}"#,
    r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:SourceIdentity":"ann"}}}"#,
    r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:userid":"*:s1"}}}"#,
    r#"<ALL>,{"Effect":"Deny","Action":["iam:*","sts:Get*"],"Resource":"*","Condition":{"StringEquals":{"aws:username":["ann","bob"]}}}"#,
    r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":["arn:aws:iam::*:role/r?","arn:aws:iam::<HOME>:user/a/*"]}}}"#,
    r#"<ALL>,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::<HOME>:user/a/*"}}}"#,
    r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"<PLACE>:sub":"u1"}}}"#,
    r#"<ALL>,{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"StringEqualsIfExists":{"saml:sub":"u1"}}}"#,
    r#"<ALL>,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ForAnyValue:StringLike":{"aws:ResourceOrgPaths":"*/<UNIT>/*"}}}"#,
];

const CEILINGS: &[&str] = &[
    r#"{"Effect":"Allow","Action":["sts:*","organizations:*","iam:Get*"],"Resource":"*"}"#,
    r#"{"Effect":"Deny","Action":"iam:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"red"}}}"#,
    r#"{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"arn:aws:iam::*:role/r0"}"#,
    r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:root"}}}"#,
    r#"<ALL>,{"Effect":"Deny","Action":"sts:*","Resource":"*","Condition":{"Null":{"aws:TokenIssueTime":"true"}}}"#,
    r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"},"StringNotLike":{"aws:userid":"*:s1"}}}"#,
];

const OUTLINES: &[&str] = &[
    r#"{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"<HOME>"}}}"#,
    r#"{"Effect":"Deny","Principal":"*","Action":"sts:TagSession","Resource":"*"}"#,
    r#"{"Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"arn:aws:iam::*:role/r0"}"#,
    r#"{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRoleWithWebIdentity","Resource":"*","Condition":{"StringEquals":{"<PLACE>:sub":"u1"}}}"#,
    r#"{"Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"*","Condition":{"StringLike":{"saml:doc":"*/corp","aws:RequestTag/team":"*"}}}"#,
    r#"{"Effect":"Deny","Principal":"*","Action":"sts:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"blue"}}}"#,
    r#"{"Effect":"Deny","Principal":"*","Action":["sts:AssumeRoot","sts:GetFederationToken"],"Resource":"*"}"#,
];

const CONDITIONS: &[&str] = &[
    "",
    "",
    "",
    r#","Condition":{"StringEquals":{"sts:ExternalId":"x9"}}"#,
    r#","Condition":{"StringEquals":{"sts:RoleSessionName":"${aws:username}"}}"#,
    r#","Condition":{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"*/<UNIT>/*"}}"#,
    r#","Condition":{"StringEquals":{"aws:RequestTag/team":"${aws:PrincipalTag/team}"}}"#,
    r#","Condition":{"ForAllValues:StringEquals":{"sts:TransitiveTagKeys":["none"]}}"#,
    r#","Condition":{"Null":{"sts:SourceIdentity":"false"}}"#,
    r#","Condition":{"StringNotEquals":{"aws:PrincipalTag/team":"${aws:ResourceTag/team}"}}"#,
    r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#,
    r#","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/R0"}}"#,
];

const ACTIONS: &[&str] = &[
    r#""sts:*""#,
    r#""sts:AssumeRole""#,
    r#"["sts:AssumeRole","sts:TagSession"]"#,
    r#"["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]"#,
    r#"["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]"#,
    r#"["sts:SetSourceIdentity","sts:TagSession"]"#,
];

/// What trust policies ask of the tokens of an issuer.
const TOKENS: &[&str] = &[
    r#"{"StringEquals":{"<PLACE>:aud":"<CLIENT>"}}"#,
    r#"{"StringEquals":{"<PLACE>:aud":"<CLIENT>","<PLACE>:sub":"u1"}}"#,
];

/// What they ask of the assertions of a company.
const ASSERTIONS: &[&str] = &[
    r#"{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml"}}"#,
    r#"{"StringEquals":{"SAML:aud":"https://signin.aws.amazon.com/saml","SAML:sub":"u1","saml:sub_type":"persistent"}}"#,
    r#"{"StringLike":{"saml:doc":"<HOME>/*"},"StringNotEquals":{"aws:RequestTag/team":"red"}}"#,
    r#"{"StringEquals":{"saml:iss":"https://elsewhere.example.com"}}"#,
    r#"{"Null":{"saml:sub":"false"}}"#,
];

impl Model {
    fn finish(&self, chance: &mut Chance, account: &str, statements: &str) -> String {
        let units: Vec<&String> = self.units.keys().collect();
        let statements = statements
            .replace("<ALL>", ALL)
            .replace("<HOME>", account)
            .replace("<PLACE>", PLACE)
            .replace("<CLIENT>", CLIENT)
            .replace("<UNIT>", units[chance.below(units.len())])
            .replace("<NOW>", &time(self.now));
        document(&statements)
    }

    /// An identity policy, a boundary or a session policy.
    pub(super) fn rights(&self, chance: &mut Chance, account: &str) -> String {
        let rights = if chance.once_in(2) {
            "<ALL>"
        } else {
            chance.of(RIGHTS)
        };
        self.finish(chance, account, rights)
    }

    /// A control policy of either type.
    pub(super) fn control(&self, chance: &mut Chance, rcp: bool) -> String {
        let statements = chance.of(if rcp { OUTLINES } else { CEILINGS });
        let home = chance.of(&ACCOUNTS);
        self.finish(chance, home, statements)
    }

    /// A trust policy of an account.
    pub(super) fn trust(&self, chance: &mut Chance, account: &str) -> String {
        let count = 1 + chance.below(3);
        let statements: Vec<String> = (0..count)
            .map(|_| self.trust_statement(chance, account))
            .collect();
        self.finish(chance, account, &statements.join(","))
    }

    fn trust_statement(&self, chance: &mut Chance, account: &str) -> String {
        if chance.once_in(4) {
            let provider = chance.of(&[Provider::Oidc, Provider::Saml]);
            let (action, condition) = match provider {
                Provider::Oidc => ("sts:AssumeRoleWithWebIdentity", chance.of(TOKENS)),
                Provider::Saml => ("sts:AssumeRoleWithSAML", chance.of(ASSERTIONS)),
            };
            return format!(
                r#"{{"Effect":"Allow","Principal":{{"Federated":"{}"}},"Action":["{action}","sts:TagSession","sts:SetSourceIdentity"],"Condition":{condition}}}"#,
                provider.arn(account)
            );
        }
        let other = chance.of(&ACCOUNTS);
        if chance.once_in(3) {
            return format!(
                r#"{{"Effect":"Allow","Principal":{{"AWS":"{other}"}},"Action":{}}}"#,
                chance.of(&ACTIONS[3..5])
            );
        }
        let from = if chance.once_in(2) { account } else { other };
        let there: Vec<_> = self
            .entities
            .iter()
            .filter(|entity| entity.account == from)
            .collect();
        let principal = match chance.below(8) {
            0 | 1 => from.to_owned(),
            2 => format!("arn:aws:iam::{from}:root"),
            3 => "*".to_owned(),
            4 if !there.is_empty() => there[chance.below(there.len())].id.clone(),
            _ => match there.get(chance.below(there.len().max(1))) {
                Some(role) if role.kind == Kind::Role && chance.once_in(3) => {
                    format!("arn:aws:sts::{from}:assumed-role/{}/s1", role.name)
                }
                Some(entity) if entity.kind != Kind::Group => entity.arn(),
                _ => from.to_owned(),
            },
        };
        let principal = match principal.strip_prefix("AGPA") {
            Some(_) => from.to_owned(),
            None => principal,
        };
        let effect = if chance.once_in(6) { "Deny" } else { "Allow" };
        let (actions, condition) = (chance.of(ACTIONS), chance.of(CONDITIONS));
        format!(
            r#"{{"Effect":"{effect}","Principal":{{"AWS":"{principal}"}},"Action":{actions}{condition}}}"#
        )
    }

    /// A trust policy as it is kept: whoever it names is named by the id.
    pub(super) fn resolved(&self, text: &str) -> Value {
        let mut document: Value = serde_json::from_str(text).unwrap();
        let changed: Vec<Value> = statements(&document)
            .into_iter()
            .map(|statement| {
                let mut statement = statement.clone();
                if let [named] = list(&statement["Principal"]["AWS"])[..] {
                    statement["Principal"]["AWS"] = self.id_of(named).into();
                }
                statement
            })
            .collect();
        document["Statement"] = changed.into();
        document
    }

    fn id_of(&self, named: &str) -> String {
        for entity in &self.entities {
            let session = format!("arn:aws:sts::{}:assumed-role/{}/", entity.account, entity.name);
            if entity.kind != Kind::Group && entity.arn() == named {
                return entity.id.clone();
            }
            if let Some(session) = named.strip_prefix(&session)
                && entity.kind == Kind::Role
            {
                return format!("{}:{session}", entity.id);
            }
        }
        named.to_owned()
    }
}
