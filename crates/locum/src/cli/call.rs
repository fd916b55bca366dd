//! An operation from its options to its printed result.

use locum_api::model::{Operation, Shape};
use locum_credentials::{Codes, SystemRunner, one_line};
use locum_crypto::SystemRandom;
use serde_json::{Map, Value};

use super::args::{Arity, Flag, Split, missing, split};
use super::client::{Call, Protocol, unparsable};
use super::config::{Environment, Files, Profile};
use super::credentials::Ways;
use super::endpoint::Wanted;
use super::errors::Failure;
use super::inputs::{self, Inputs, Skeleton};
use super::options::{Options, seconds};
use super::output::{Format, Look, json, render};
use super::outside::Outside;
use super::parameters::{self, kebab};
use super::program::Name;
use super::prompt::Terminal;
use super::proxy::without_password;
use super::query::Query;
use super::timestamp::Style;
use super::transport::{self, Settings, Transport};
use super::{credentials, debug, endpoint, help, python, skeleton, stream, wire};

/// How often a call is tried unless the configuration says otherwise.
const ATTEMPTS: u32 = 3;

/// The words behind an operation, taken apart before anything else is looked at.
pub(crate) enum Words {
    /// They ask for the operation's page.
    Help,
    /// They are options that the operation has.
    Given {
        /// Of each parameter, in the order of the declaration.
        values: Vec<Option<Vec<String>>>,
        /// The options beside parameters.
        inputs: Inputs,
    },
}

impl Words {
    /// Refuses what is no option, and an operation that lacks one.
    pub(crate) fn read(operation: &'static Operation, words: &[String]) -> Result<Self, Failure> {
        let members = operation.input.members;
        let found = split(words, &flags(operation), None);
        let asks = |words: &[String]| words.iter().any(|word| word == "--help" || word == "-h");
        let asked = found
            .as_ref()
            .map_or_else(|_| asks(words), |found| asks(&found.rest));
        if asked || matches!(words, [word] if word == "help") {
            return Ok(Self::Help);
        }
        let Split {
            mut values, mut rest, ..
        } = found?;
        let inputs = Inputs::of(&values.split_off(members.len()));
        if inputs.require_parameters() {
            let absent = members
                .iter()
                .zip(&values)
                .filter(|(member, given)| member.required && given.is_none());
            let absent: Vec<String> = absent
                .map(|(member, _)| format!("--{}", kebab(member.name)))
                .collect();
            if !absent.is_empty() {
                return Err(missing(&absent));
            }
        }
        // What an unset variable leaves behind is no option.
        rest.retain(|word| !word.is_empty());
        if !rest.is_empty() {
            return Err(Failure::UnknownOptions(rest));
        }
        Ok(Self::Given { values, inputs })
    }
}

/// What holds for every call of a command line: options, environment and profile.
pub(crate) struct Session<'a> {
    options: &'a Options,
    environment: &'a Environment,
    profile: Profile,
    query: Option<Query>,
    pager: Option<String>,
}

impl<'a> Session<'a> {
    /// Reads the words behind an operation and the configuration, and refuses options that could not work with any operation.
    /// What is wrong with the line comes before what is wrong with files: a line that cannot be read here is another's.
    pub(crate) fn open(
        options: &'a Options,
        environment: &'a Environment,
        words: impl FnOnce() -> Result<Words, Failure>,
    ) -> Result<(Self, Words), Failure> {
        if options.auto_prompt && options.no_auto_prompt {
            return Err(Failure::Validation(
                "Both --cli-auto-prompt and --no-cli-auto-prompt cannot be specified at the same time."
                    .to_owned(),
            ));
        }
        if options.auto_prompt {
            stream::print_error(
                "There is no prompt for parameters here; `help` lists them, and the shell completes them.\n",
            );
        }
        seconds("read", options.read_timeout.as_deref())?;
        seconds("connect", options.connect_timeout.as_deref())?;
        if let Some(url) = &options.endpoint_url {
            endpoint::check_url(url, "--endpoint-url")?;
        }
        let query = options.query.as_deref().map(Query::parse).transpose()?;
        let words = words()?;
        let profile = Profile::choose(Files::load(environment)?, options.profile.as_deref(), environment)?;
        let off = options.no_cli_pager || !stream::stdout_is_terminal();
        let pager = stream::pager(off, environment, &profile)?;
        let session = Self {
            options,
            environment,
            profile,
            query,
            pager,
        };
        Ok((session, words))
    }

    /// Prints a text, by the pager in front of a person.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        stream::print(text, self.pager.as_deref())
    }

    /// Runs an operation with the words that follow it, or prints its help.
    pub(crate) fn run(
        &self,
        name: Name,
        operation: &'static Operation,
        words: &Words,
    ) -> Result<(), Failure> {
        let Words::Given { values, inputs } = words else {
            return self.print(&help::operation(name, operation));
        };
        let parameters = parameters::collect(operation, values, inputs, self.environment)?;
        match inputs.skeleton {
            Some(Skeleton::Output) => {
                parameters::validate(operation.input, &parameters)?;
                self.show(operation, &skeleton::output(operation))
            }
            // By no pager, as the original has it.
            Some(Skeleton::Input) => stream::print(&json(&skeleton::input(operation)), None),
            Some(Skeleton::YamlInput) => stream::print(&skeleton::yaml_input(operation), None),
            None => {
                let result = self.call(operation, &parameters)?;
                self.show(operation, &result)
            }
        }
    }

    fn call(&self, operation: &'static Operation, parameters: &Map<String, Value>) -> Result<Value, Failure> {
        let style = Style::of(&self.profile)?;
        let format = self.format()?;
        let signed = operation.signed && !self.options.no_sign_request;
        let region = self.region()?;
        let endpoint = endpoint::find(
            &Wanted {
                region: region.as_deref(),
                endpoint_url: self.options.endpoint_url.as_deref(),
                signed,
            },
            self.environment,
            &self.profile,
        )?;
        if self.validates() {
            parameters::validate(operation.input, parameters)?;
        }
        // Before a code is asked for, which is good once.
        let attempts = self.attempts()?;
        let transport = Transport::new(&Settings {
            connect_timeout: seconds("connect", self.options.connect_timeout.as_deref())?,
            read_timeout: seconds("read", self.options.read_timeout.as_deref())?,
            verify: !self.options.no_verify_ssl,
            ca_bundle: self.ca_bundle(),
            tls: transport::is_tls(&endpoint.url),
        })?;
        let codes = Codes::default();
        let debug = |line: &str| self.debug(line);
        let ways = self.ways(region.as_deref(), &codes, &debug);
        let find = || credentials::find(operation.name, self.environment, &self.profile, &ways);
        let credentials = if signed { Some(find()?) } else { None };
        self.debug(&format!(
            "format {format:?}, endpoint {}, signed for {}",
            without_password(&endpoint.url),
            endpoint.signing_region
        ));
        self.debug(&format!(
            "{} {}",
            operation.name,
            debug::masked(operation.input, parameters)
        ));
        let command = format!("{}.{}", operation.service.cli_name(), kebab(operation.name));
        let call = Call {
            operation: operation.name,
            signing_name: operation.service.signing_name(),
            protocol: Protocol::Query,
            body: &wire::encode(operation, parameters),
            endpoint: &endpoint,
            credentials: credentials.as_ref(),
            user_agent: format!("locum/{} md/command#{command}", env!("CARGO_PKG_VERSION")),
            attempts,
        };
        let text = match call.send(&transport, &mut SystemRandom, &debug) {
            Err(failure) if credentials::forget_refused(&failure, self.environment, &self.profile, &ways) => {
                let again = find()?;
                let call = Call {
                    credentials: Some(&again),
                    ..call
                };
                call.send(&transport, &mut SystemRandom, &debug)?
            }
            sent => sent?,
        };
        let result = wire::decode(operation, &text, style).map_err(|error| unparsable(&error, ""))?;
        if let (Some(output), Some(members)) = (operation.output, result.as_object()) {
            self.debug(&format!("result {}", debug::masked(output, members)));
        }
        Ok(result)
    }

    /// How the chain of credentials reaches the world.
    fn ways<'b>(&'b self, region: Option<&'b str>, codes: &'b Codes, debug: &'b dyn Fn(&str)) -> Ways<'b> {
        Ways {
            region,
            endpoint_url: None,
            verify: true,
            ca_bundle: self.ca_bundle(),
            prompt: &Terminal,
            codes,
            runner: SystemRunner::default(),
            debug,
        }
    }

    /// The region of the command line or, where environment and profile have none either, that of the instance this runs on.
    fn region(&self) -> Result<Option<String>, Failure> {
        let (environment, profile) = (self.environment, &self.profile);
        if self.options.region.is_some() || endpoint::configured_region(environment, profile).is_some() {
            return Ok(self.options.region.clone());
        }
        let codes = Codes::default();
        let debug = |line: &str| self.debug(line);
        let outside = Outside {
            environment,
            profile,
            ways: &self.ways(None, &codes, &debug),
        };
        let chain = credentials::chain(environment, profile, false);
        let found = chain.instance_region(&outside, &debug);
        found.map_err(|error| Failure::General(error.to_string()))
    }

    fn show(&self, operation: &Operation, result: &Value) -> Result<(), Failure> {
        let format = self.format()?;
        let queried = self.query.as_ref().map(|query| query.apply(result)).transpose()?;
        self.print(&render(
            format,
            operation.name,
            queried.as_ref().unwrap_or(result),
            self.look(),
        ))
    }

    fn format(&self) -> Result<Format, Failure> {
        let named = self
            .options
            .output
            .clone()
            .or_else(|| self.environment.non_empty("AWS_DEFAULT_OUTPUT"))
            .or_else(|| self.profile.get("output").map(str::to_owned))
            .unwrap_or_else(|| "json".to_owned());
        Format::named(&named).ok_or_else(|| Failure::General(format!("Unknown output type: {named}")))
    }

    fn look(&self) -> Look {
        let colour = match self.options.color.as_deref() {
            Some("on") => true,
            Some("off") => false,
            _ => stream::stdout_is_terminal(),
        };
        Look {
            width: stream::width(),
            colour,
        }
    }

    fn ca_bundle(&self) -> Option<String> {
        let named = self.options.ca_bundle.clone();
        named.or_else(|| transport::configured_bundle(self.environment, &self.profile))
    }

    /// Whether parameters are checked before they are sent, which a profile may turn off.
    fn validates(&self) -> bool {
        self.profile
            .get("parameter_validation")
            .is_none_or(|value| value.eq_ignore_ascii_case("true"))
    }

    fn attempts(&self) -> Result<u32, Failure> {
        let given = self
            .environment
            .non_empty("AWS_MAX_ATTEMPTS")
            .or_else(|| self.profile.get("max_attempts").map(str::to_owned));
        let Some(text) = given else { return Ok(ATTEMPTS) };
        let digits = python::int(&text).ok_or_else(|| {
            Failure::General(format!(
                "invalid literal for int() with base 10: {}",
                python::repr(&text)
            ))
        })?;
        digits
            .parse()
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| {
                Failure::General(format!(
                    "Value provided to \"max_attempts\": {digits} must be an integer greater than or equal to one."
                ))
            })
    }

    fn debug(&self, line: &str) {
        if self.options.debug {
            stream::print_error(&format!("{}\n", one_line(line)));
        }
    }
}

/// Returns the options of an operation: one a parameter, then those that every operation takes.
pub(crate) fn flags(operation: &Operation) -> Vec<Flag> {
    let members = operation.input.members.iter().map(|member| Flag {
        name: kebab(member.name),
        arity: arity(member.shape),
        choices: &[],
    });
    members.chain(inputs::flags()).collect()
}

const fn arity(shape: &Shape) -> Arity {
    match shape {
        Shape::List { .. } => Arity::Many,
        _ => Arity::One,
    }
}
