//! Signatures of another time: 15 minutes either way, and as long as a presigned request says.

use crate::sent::{BODY, Sent};

#[test]
fn clock_behind() {
    Sent::posted_at("2021-05-02T14:40:40Z", &[("Host", "h")]).does_not_match(
        "Signature expired: 20210502T144040Z is now earlier than 20210502T173143Z (20210502T174643Z - 15 min.)",
    );
    Sent::posted_at("2021-05-02T17:31:42Z", &[("Host", "h")]).does_not_match(
        "Signature expired: 20210502T173142Z is now earlier than 20210502T173143Z (20210502T174643Z - 15 min.)",
    );
    Sent::posted_at("2021-05-02T17:31:43Z", &[("Host", "h")]).is_accepted();
}

#[test]
fn clock_ahead() {
    Sent::posted_at("2021-05-02T18:36:40Z", &[("Host", "h")]).does_not_match(
        "Signature not yet current: 20210502T183640Z is still later than 20210502T180143Z \
         (20210502T174643Z + 15 min.)",
    );
    Sent::posted_at("2021-05-02T18:01:43Z", &[("Host", "h")]).is_accepted();
    let get = Sent::new("GET", BODY, &[("Host", "h")], "");
    get.clone()
        .presigned_at("2021-05-02T18:01:44Z", 604_800)
        .does_not_match(
            "Signature not yet current: 20210502T180144Z is still later than 20210502T180143Z \
         (20210502T174643Z + 15 min.)",
        );
    get.presigned_at("2021-05-02T18:01:43Z", 1).is_accepted();
}

#[test]
fn presigned_time_is_over() {
    let get = Sent::new("GET", BODY, &[("Host", "h")], "");
    get.clone().presigned_at("2021-05-02T17:45:43Z", 60).is_accepted();
    get.clone().presigned_at("2021-05-02T17:45:42Z", 60).does_not_match(
        "Signature expired: 20210502T174542Z is now earlier than 20210502T174543Z (20210502T174643Z - 1 min.)",
    );
    get.clone().presigned_at("2021-05-02T17:46:32Z", 10).does_not_match(
        "Signature expired: 20210502T174632Z is now earlier than 20210502T174633Z (20210502T174643Z - 10 sec.)",
    );
    get.presigned_at("2021-04-26T00:00:00Z", 604_800).is_accepted();
}
