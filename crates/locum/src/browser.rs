//! Opening a page in the user's browser: `$BROWSER`, or whatever the system opens pages with.
//!
//! The URL is one argument of a program, never part of a line that a shell reads. The browser gets none of this
//! process's streams, and an interrupt at the terminal does not reach it. Pages are opened by way of an address of this
//! machine, for what they are called may be a secret.

mod unseen;

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use locum_credentials::{Environment, split_words};

pub(crate) use self::unseen::open_unseen;

/// How long to wait for a program that opens pages to fail: those that cannot do it say so at once.
const TO_FAIL: Duration = Duration::from_secs(2);
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);

/// What the systems open pages with.
const OPENERS: [&str; 3] = ["xdg-open", "open", "wslview"];

/// Opens a page, and tells whether a program took it.
fn open(url: &str, environment: &Environment) -> bool {
    commands(environment)
        .iter()
        .any(|words| start(words, url).is_some())
}

/// The programs to try, in order. `$BROWSER` may name several between colons; where one holds `%s`, the URL goes there.
fn commands(environment: &Environment) -> Vec<Vec<String>> {
    match environment.non_empty("BROWSER") {
        Some(browsers) => browsers
            .split(':')
            .filter_map(|command| split_words(command).ok())
            .filter(|words| !words.is_empty())
            .collect(),
        None => OPENERS.iter().map(|opener| vec![(*opener).to_owned()]).collect(),
    }
}

fn start(words: &[String], url: &str) -> Option<()> {
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    let mut placed = false;
    for argument in arguments {
        placed |= argument.contains("%s");
        command.arg(argument.replace("%s", url));
    }
    if !placed {
        command.arg(url);
    }
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .ok()?;
    let until = Instant::now() + TO_FAIL;
    while Instant::now() < until {
        match child.try_wait() {
            Ok(Some(status)) => return status.success().then_some(()),
            Ok(None) => std::thread::sleep(BETWEEN_LOOKS),
            Err(_) => return None,
        }
    }
    // It shows the page itself and ends when its window is closed.
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_is_one_word_of_a_program() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("seen");
        let url = "https://a/?b=c&d=$(reboot);%20'";
        let browser = format!(
            "/nonexistent/browser:false:cp /dev/null %s:sh -c 'printf %%s \"$0\" > {}'",
            file.display()
        );
        let browser = browser.replace("%%s", "%b");
        let environment = Environment::of(&[("BROWSER", &browser)]);
        assert!(open(url, &environment));
        assert_eq!(std::fs::read_to_string(file).unwrap(), url);
        assert!(!open(url, &Environment::of(&[("BROWSER", "false")])));
        assert!(!open(url, &Environment::of(&[("BROWSER", ":")])));
    }

    #[test]
    fn without_a_browser_the_system_is_asked() {
        let commands = commands(&Environment::of(&[("BROWSER", "")]));
        assert_eq!(commands.concat(), OPENERS);
    }
}
