//! What changes somebody who is there: names, tags, groups, trust.

use serde_json::json;

use super::{
    deeds::{Deed, Draw, GROUPS, PATHS, USERS},
    model::{Entity, Kind, arn},
};

impl Draw<'_> {
    pub(super) fn rename(&mut self) -> Deed {
        let (name, new, path) = (self.name(Kind::User), self.of(USERS), self.of(PATHS));
        let mut parameters = json!({});
        let (renamed, moved) = (self.chance.once_in(2), self.chance.once_in(2));
        if renamed {
            parameters["NewUserName"] = new.into();
        }
        if moved {
            parameters["NewPath"] = path.into();
        }
        let (model, account) = (self.model, self.account);
        let found = model.named(account, Kind::User, name).cloned();
        let free = move |user: &Entity| {
            let taken = model.named(account, Kind::User, new);
            !renamed || taken.is_none_or(|taken| taken.id == user.id)
        };
        let mut deed = self.on("UpdateUser", (Kind::User, name), parameters, free, move |user| {
            if renamed {
                new.clone_into(&mut user.name);
            }
            if moved {
                path.clone_into(&mut user.path);
            }
        });
        // Where nobody is, there is nowhere to go.
        let Some(old) = found else {
            return deed;
        };
        let to = (
            if moved { path } else { &old.path },
            if renamed { new } else { &old.name },
        );
        let mut second = deed.questions[0].clone();
        second.resource = arn(account, Kind::User, to.0, to.1);
        deed.questions.push(second);
        deed
    }

    pub(super) fn rename_group(&mut self) -> Deed {
        let (name, new) = (self.name(Kind::Group), self.of(GROUPS));
        let (model, account) = (self.model, self.account);
        let free = move |group: &Entity| {
            let taken = model.named(account, Kind::Group, new);
            taken.is_none_or(|taken| taken.id == group.id)
        };
        let parameters = json!({ "NewGroupName": new });
        let group = (Kind::Group, name);
        let mut deed = self.on("UpdateGroup", group, parameters, free, |group| {
            new.clone_into(&mut group.name)
        });
        let Some(Entity { path, .. }) = model.named(account, Kind::Group, name) else {
            return deed;
        };
        let mut second = deed.questions[0].clone();
        second.resource = arn(account, Kind::Group, path, new);
        deed.questions.push(second);
        deed
    }

    pub(super) fn tag(&mut self, kind: Kind) -> Deed {
        let name = self.name(kind);
        if self.chance.once_in(3) {
            let action = format!("Untag{}", kind.word());
            let parameters = json!({ "TagKeys": ["TEAM"] });
            return self.on(
                &action,
                (kind, name),
                parameters,
                |_| true,
                |entity| {
                    entity.tags.retain(|key, _| !key.eq_ignore_ascii_case("team"));
                },
            );
        }
        let (key, value) = (self.of(&["team", "Team"]), self.of(&["red", "blue"]));
        let action = format!("Tag{}", kind.word());
        let parameters = json!({ "Tags": [{ "Key": key, "Value": value }] });
        self.on(
            &action,
            (kind, name),
            parameters,
            |_| true,
            |entity| {
                entity.tags.retain(|key, _| !key.eq_ignore_ascii_case("team"));
                entity.tags.insert(key.to_owned(), value.to_owned());
            },
        )
    }

    pub(super) fn join(&mut self) -> Deed {
        let (user, group) = (self.name(Kind::User), self.name(Kind::Group));
        let action = self.of(&["AddUserToGroup", "AddUserToGroup", "RemoveUserFromGroup"]);
        self.member(action, user, group)
    }

    pub(super) fn member(&self, action: &str, user: &str, group: &str) -> Deed {
        let account = self.account;
        let adds = action.starts_with("Add");
        // Who is in the group already, or not in it, is no error.
        let found = self.model.named(account, Kind::User, user).is_some();
        let mut deed = self.on(
            action,
            (Kind::Group, group),
            json!({ "UserName": user }),
            |_| found,
            |_| (),
        );
        let (user, group) = (user.to_owned(), group.to_owned());
        deed.change = Box::new(move |model, _| {
            let id = model.named(account, Kind::Group, &group).unwrap().id.clone();
            let at = model.place(account, Kind::User, &user).unwrap();
            let groups = &mut model.entities[at].groups;
            if adds {
                groups.insert(id)
            } else {
                groups.remove(&id)
            };
        });
        deed
    }

    pub(super) fn trust(&mut self) -> Deed {
        let name = self.name(Kind::Role);
        let text = self.model.trust(self.chance, self.account);
        let trust = self.model.resolved(&text);
        let parameters = json!({ "PolicyDocument": text });
        let role = (Kind::Role, name);
        self.on(
            "UpdateAssumeRolePolicy",
            role,
            parameters,
            |_| true,
            |role| role.trust = trust,
        )
    }

    pub(super) fn lengthen(&mut self) -> Deed {
        let name = self.name(Kind::Role);
        let longest = self.chance.of(&[3600, 7200, 43200]);
        let parameters = json!({ "MaxSessionDuration": longest });
        let role = (Kind::Role, name);
        self.on(
            "UpdateRole",
            role,
            parameters,
            |_| true,
            move |role| role.longest = longest,
        )
    }
}
