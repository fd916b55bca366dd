//! Every operation of STS, over the whole service, against the recorded facts.

mod harness;

mod sts {
    mod assume_role;
    mod audit;
    mod authentication;
    mod confusion;
    mod denials;
    mod envelopes;
    mod federation;
    mod identity;
    mod keys;
    mod properties;
    mod scene;
    mod sessions;
    mod trust;
    mod validation;
    mod wire;
}
