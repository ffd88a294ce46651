//! How a function wants to log.

use serde::Deserialize;

use crate::lambda::check::Violations;
use crate::lambda::error::ApiError;
use crate::lambda::model::Logging;

/// `LoggingConfig` of a request.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LoggingRequest {
    log_format: Option<String>,
    application_log_level: Option<String>,
    system_log_level: Option<String>,
    log_group: Option<String>,
}

impl LoggingRequest {
    /// `current` with what the request says.
    pub fn apply(self, current: Logging) -> Result<Logging, ApiError> {
        let levels = [&self.application_log_level, &self.system_log_level];
        let json = match self.log_format.as_deref() {
            Some("JSON") => true,
            Some("Text") => false,
            None => current.json,
            Some(other) => {
                let mut violations = Violations::default();
                violations.one_of("loggingConfig.logFormat", other, &["JSON", "Text"]);
                return violations.into_result().map(|()| current);
            }
        };
        if !json && levels.iter().any(|level| level.is_some()) {
            return Err(ApiError::invalid(
                "LogLevel is not supported when LogFormat is set to \"Text\". Remove LogLevel from \
                 your request or change the LogFormat to \"JSON\" and try again.",
            ));
        }
        let all = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
        let mut violations = Violations::default();
        if let Some(level) = levels[0].as_deref().filter(|level| !all.contains(level)) {
            violations.one_of("loggingConfig.applicationLogLevel", level, &all);
        }
        if let Some(level) = levels[1]
            .as_deref()
            .filter(|level| !all[1..4].contains(level))
        {
            violations.one_of("loggingConfig.systemLogLevel", level, &all[1..4]);
        }
        violations.into_result()?;
        let kept = |given: Option<String>, current: String| {
            if json {
                given.unwrap_or(current)
            } else {
                "INFO".to_owned()
            }
        };
        Ok(Logging {
            json,
            application_level: kept(self.application_log_level, current.application_level),
            system_level: kept(self.system_log_level, current.system_level),
            group: self.log_group.unwrap_or(current.group),
        })
    }
}
