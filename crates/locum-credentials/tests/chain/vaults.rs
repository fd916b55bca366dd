//! The vault: what is kept comes back, whose files it takes, and what stands in the keyring before them.

use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use locum_credentials::{
    Environment, FileVault, Kind, Layered, MAX_NAME, NoVault, Vault, VaultError, state_directory,
};
use locum_crypto::SecretBytes;

use crate::world::World;

fn secret(text: &str) -> SecretBytes {
    SecretBytes::new(text.as_bytes())
}

fn text(found: Option<SecretBytes>) -> Option<String> {
    found.map(|bytes| String::from_utf8(bytes.expose().to_vec()).unwrap())
}

fn files(world: &World) -> FileVault<&World> {
    FileVault::new(Some(world.path().join("state/locum")), world)
}

#[test]
fn what_is_kept_comes_back() {
    let world = World::new();
    let vault = files(&world);
    assert_eq!(text(vault.load(Kind::Keys, "a").unwrap()), None);
    assert!(vault.list(Kind::Keys).unwrap().is_empty());
    assert!(!vault.remove(Kind::Keys, "a").unwrap());
    for name in ["b", "A", "a", "../../x", "arn:aws:iam::1:mfa/é"] {
        vault.store(Kind::Keys, name, &secret(name)).unwrap();
    }
    vault.store(Kind::Keys, "a", &secret("second")).unwrap();
    vault.store(Kind::Login, "c", &secret("other kind")).unwrap();
    assert_eq!(
        vault.list(Kind::Keys).unwrap(),
        ["../../x", "A", "a", "arn:aws:iam::1:mfa/é", "b"]
    );
    assert_eq!(
        text(vault.load(Kind::Keys, "a").unwrap()).as_deref(),
        Some("second")
    );
    assert_eq!(text(vault.load(Kind::Keys, "A").unwrap()).as_deref(), Some("A"));
    assert_eq!(text(vault.load(Kind::Keys, "c").unwrap()), None);
    assert!(vault.remove(Kind::Keys, "a").unwrap());
    assert_eq!(text(vault.load(Kind::Keys, "a").unwrap()), None);
    assert!(!world.path().join("x.secret").exists());
}

#[test]
fn files_are_private_and_nothing_is_left_beside_them() {
    let world = World::new();
    files(&world).store(Kind::Keys, "a", &secret("s")).unwrap();
    let mode = |path: &str| {
        std::fs::metadata(world.path().join(path))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(mode("state/locum"), 0o700);
    assert_eq!(mode("state/locum/keys"), 0o700);
    assert_eq!(mode("state/locum/keys/a.secret"), 0o600);
    let directory = world.path().join("state/locum/keys");
    assert_eq!(std::fs::read_dir(directory).unwrap().count(), 1);
}

#[test]
fn what_others_could_have_put_there_is_an_error_and_not_an_absence() {
    type Spoil = fn(&Path);
    let spoils: [(&str, Spoil); 6] = [
        ("a link", |path| {
            let real = path.with_extension("real");
            std::fs::rename(path, &real).unwrap();
            symlink(real, path).unwrap();
        }),
        ("open to others", |path| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666)).unwrap();
        }),
        ("read by others", |path| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o604)).unwrap();
        }),
        ("read by the group", |path| {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o640)).unwrap();
        }),
        ("in a directory of everybody's", |path| {
            let directory = path.parent().unwrap();
            std::fs::set_permissions(directory, std::fs::Permissions::from_mode(0o777)).unwrap();
        }),
        ("a directory", |path| {
            std::fs::remove_file(path).unwrap();
            std::fs::create_dir(path).unwrap();
        }),
    ];
    for (what, spoil) in spoils {
        let world = World::new();
        let vault = files(&world);
        vault.store(Kind::Keys, "a", &secret("s")).unwrap();
        let path = world.path().join("state/locum/keys/a.secret");
        spoil(&path);
        let error = vault.load(Kind::Keys, "a").unwrap_err().to_string();
        let place = format!("The vault's file {} cannot be used: ", path.display());
        assert!(error.starts_with(&place), "{what}: {error}");
    }
}

#[test]
fn names_have_bounds() {
    let world = World::new();
    let vault = files(&world);
    let long = "x".repeat(MAX_NAME + 1);
    for name in ["", "a\nb", "a\u{1b}[2J", long.as_str()] {
        let error = vault.store(Kind::Keys, name, &secret("s")).unwrap_err();
        assert_eq!(error, VaultError::Name(name.to_owned()));
        assert!(!error.to_string().contains('\u{1b}'));
    }
    // These have fewer bytes than a name may have.
    for name in ["É".repeat(MAX_NAME / 2), "X".repeat(67)] {
        let error = vault.store(Kind::Keys, &name, &secret("s")).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "{name} is too long a name for a file: capital letters take three places there, those of other scripts \
                 six and more, and there are 200"
            )
        );
    }
}

#[test]
fn without_a_directory_nothing_is_kept() {
    let vault = FileVault::new(None, World::new());
    assert_eq!(text(vault.load(Kind::Keys, "a").unwrap()), None);
    assert_eq!(
        vault.store(Kind::Keys, "a", &secret("s")),
        Err(VaultError::NoDirectory)
    );
    assert_eq!(NoVault.store(Kind::Keys, "a", &secret("s")), Err(VaultError::Off));
    assert_eq!(text(NoVault.load(Kind::Keys, "a").unwrap()), None);
}

#[test]
fn the_state_is_where_the_system_wants_it() {
    let place = |variables: &[(&str, &str)]| {
        state_directory(&Environment::of(variables)).map(|path| path.to_str().unwrap().to_owned())
    };
    let home = ("HOME", "/h");
    assert_eq!(
        place(&[home, ("XDG_STATE_HOME", "/s")]).as_deref(),
        Some("/s/locum")
    );
    if !cfg!(target_os = "macos") {
        for relative in ["", "s"] {
            let found = place(&[home, ("XDG_STATE_HOME", relative)]);
            assert_eq!(found.as_deref(), Some("/h/.local/state/locum"));
        }
    }
    assert_eq!(place(&[]), None);
}

#[test]
fn what_is_new_goes_into_the_keyring_and_out_of_the_files() {
    let world = World::new();
    let keyring = FileVault::new(Some(world.path().join("keyring")), &world);
    let vault = Layered {
        keyring: &keyring,
        files: &files(&world),
    };
    vault.files.store(Kind::Keys, "old", &secret("file")).unwrap();
    vault.files.store(Kind::Keys, "both", &secret("file")).unwrap();
    assert_eq!(
        text(vault.load(Kind::Keys, "old").unwrap()).as_deref(),
        Some("file")
    );
    vault.store(Kind::Keys, "both", &secret("keyring")).unwrap();
    assert_eq!(text(vault.files.load(Kind::Keys, "both").unwrap()), None);
    assert_eq!(
        text(vault.load(Kind::Keys, "both").unwrap()).as_deref(),
        Some("keyring")
    );
    // Somebody chose files since: theirs is the newer one.
    vault.files.store(Kind::Keys, "both", &secret("newer")).unwrap();
    assert_eq!(
        text(vault.load(Kind::Keys, "both").unwrap()).as_deref(),
        Some("newer")
    );
    assert_eq!(vault.list(Kind::Keys).unwrap(), ["both", "old"]);
    assert!(vault.remove(Kind::Keys, "old").unwrap());
    assert!(vault.remove(Kind::Keys, "both").unwrap());
    assert!(!vault.remove(Kind::Keys, "both").unwrap());
    assert!(vault.list(Kind::Keys).unwrap().is_empty());
}
