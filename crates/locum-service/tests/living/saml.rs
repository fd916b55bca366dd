//! Sessions for those whom a SAML provider vouches for, with an assertion that works once.

use super::{
    life::Life,
    model::Provider,
    sessions::{Form, Passed, put},
    statements::Keys,
    vouched::Vouched,
};
use crate::idp::{RECIPIENT, Said};

/// For how long an assertion can be redeemed, with what clocks may differ.
const REDEEMABLE: i64 = 5 * 60 + 60;

impl Life {
    /// An assertion that brought credentials brings none again, however the clock was moved since.
    fn redeem_again(&mut self) {
        let newest = self.redeemed.len() - 1;
        let at = match self.chance.once_in(3) {
            true => self.chance.below(self.redeemed.len()),
            false => newest,
        };
        let (arn, form) = self.redeemed[at].clone();
        if self.chance.once_in(2) {
            let ahead = self.chance.of(&[REDEEMABLE - 60, REDEEMABLE, 3600]);
            self.wait(ahead);
            self.upkeep();
            self.wait(-ahead);
            self.log.push(format!("the clock was {ahead} s ahead"));
        }
        let answer = self.unsigned("AssumeRoleWithSAML", &form);
        let what = format!("AssumeRoleWithSAML {arn} again");
        self.compare_vouched("somebody who overheard it".to_owned(), &what, false, &answer);
    }

    pub(super) fn saml(&mut self) {
        let (account, arn, role) = self.role_of(Provider::Saml);
        let subject = self.chance.of(&["u1", "u2"]);
        let ago = self.chance.of(&[0, 0, 1, 60, 299]);
        let issued = self.model.now - ago;
        let id = format!("_{}", self.fresh());
        let provider = Provider::Saml.arn(account);
        let mut said = Said::new(self.world.now(), &[format!("{arn},{provider}")]).id(&id);
        said.issued = -ago;
        subject.clone_into(&mut said.subject);
        let name = self.chance.of(&["s1", "ann"]);
        said.aws("RoleSessionName", &[name]);
        let mut passed = Passed::default();
        if self.chance.once_in(3) {
            let value = self.chance.of(&["red", "blue"]);
            said.aws("PrincipalTag:team", &[value]);
            passed.tags.insert("team".to_owned(), value.to_owned());
            if self.chance.once_in(2) {
                said.aws("TransitiveTagKeys", &["team"]);
                passed.transitive.insert("team".to_owned());
            }
        }
        if self.chance.once_in(4) {
            said.aws("SourceIdentity", &["ann"]);
            passed.source_identity = Some("ann".to_owned());
        }
        let mut form = Form::new();
        put(&mut form, "RoleArn", &arn);
        put(&mut form, "PrincipalArn", &provider);
        put(&mut form, "SAMLAssertion", &self.idp.response(&said));
        let (policy, policy_arns, there) = self.limits(account, &mut form);
        let vouched = Vouched {
            provider: Provider::Saml,
            subject,
            issued,
            session_name: name,
            passed: &passed,
            keys: [
                ("saml:aud", RECIPIENT),
                ("saml:sub_type", "persistent"),
                ("saml:doc", &format!("{account}/corp")),
            ]
            .into_iter()
            .map(|(key, value)| (key.to_owned(), vec![value.to_owned()]))
            .collect::<Keys>(),
        };
        let trusted = role.as_ref().is_some_and(|role| self.lets_in(role, &vouched));
        let answer = self.unsigned("AssumeRoleWithSAML", &form);
        // Where the clock was put back, nobody can tell what was redeemed meanwhile, and it may be refused.
        let unsure = issued + REDEEMABLE <= self.model.latest && answer.body.contains("already redeemed");
        let expected = trusted && there && !unsure;
        let told = format!("{subject} of the company, {id}, {:?}, {issued}", passed.tags);
        self.compare_vouched(told, &format!("AssumeRoleWithSAML {arn}"), expected, &answer);
        if expected {
            self.redeemed.push((arn, form));
            self.keep_vouched(answer, &role.unwrap(), vouched, (policy, policy_arns));
        }
        if !self.redeemed.is_empty() && self.chance.once_in(3) {
            self.redeem_again();
        }
    }
}
