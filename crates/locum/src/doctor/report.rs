//! What was seen, and what is wrong with it.

use std::io;

use locum_credentials::one_line;
use serde_json::{Value, json};

/// Something that is wrong, and how to mend it, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// What kind it is, for programs.
    pub(super) code: &'static str,
    pub(super) text: String,
}

/// One source and its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) source: &'static str,
    pub(super) verdict: String,
    /// What was chosen, if it was.
    pub(super) detail: Option<String>,
}

/// Everything.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) sources: Vec<Asked>,
    /// What was seen: a topic, and what there is to say.
    pub(super) facts: Vec<(&'static str, String)>,
    pub(super) findings: Vec<Finding>,
}

/// What is said of a path that could not be looked at: only what is not there is not.
pub(super) fn absent(shown: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => format!("{shown} is not there"),
        _ => format!("{shown} cannot be looked at: {error}"),
    }
}

impl Report {
    pub(super) fn fact(&mut self, topic: &'static str, text: impl Into<String>) {
        self.facts.push((topic, text.into()));
    }

    /// Adds a finding that is not there yet.
    pub(super) fn find(&mut self, code: &'static str, text: impl Into<String>) {
        let finding = Finding {
            code,
            text: text.into(),
        };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// What a person reads.
    pub(super) fn page(&self) -> String {
        let mut page = String::from("Sources, in the order in which they are asked\n");
        let width = self
            .sources
            .iter()
            .map(|asked| asked.source.len())
            .max()
            .unwrap_or(0);
        for Asked {
            source,
            verdict,
            detail,
        } in &self.sources
        {
            let detail = detail.as_ref().map(|detail| format!(": {}", one_line(detail)));
            page += &format!("  {source:width$}  {verdict}{}\n", detail.unwrap_or_default());
        }
        page.push_str("\nWhat was seen\n");
        for (topic, text) in &self.facts {
            page += &format!("  {topic:9}  {}\n", one_line(text));
        }
        match self.findings.len() {
            0 => page.push_str("\nNothing is wrong.\n"),
            1 => page.push_str("\n1 finding\n"),
            count => page += &format!("\n{count} findings\n"),
        }
        for Finding { text, .. } in &self.findings {
            page += &format!("  ! {}\n", one_line(text));
        }
        page
    }

    /// What a program reads.
    pub(super) fn document(&self) -> Value {
        let sources: Vec<Value> = self
            .sources
            .iter()
            .map(|asked| json!({"source": asked.source, "verdict": asked.verdict, "detail": asked.detail}))
            .collect();
        let facts: Vec<Value> = self
            .facts
            .iter()
            .map(|(topic, text)| json!({"topic": topic, "text": text}))
            .collect();
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|finding| json!({"code": finding.code, "text": finding.text}))
            .collect();
        json!({ "sources": sources, "facts": facts, "findings": findings })
    }
}
