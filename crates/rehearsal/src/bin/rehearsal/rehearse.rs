//! `rehearsal rehearse`: a scenario with the real functions, told as it happens.

use std::error::Error;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use rehearsal::scenario::terminal::{Paint, Printer, summary};
use rehearsal::scenario::verdict::Verdict;
use rehearsal::scenario::{Scenario, run};
use rehearsal::suite::{self, Suite};
use rehearsal::template::Template;
use rehearsal::{Clock, binaries, report};

use crate::arguments::Rehearsing;
use crate::deployment;

/// Runs the scenario; ends well only if every expectation held.
pub(crate) async fn run(rehearsing: Rehearsing) -> Result<ExitCode, Box<dyn Error>> {
    let scenario = match &rehearsing.stack {
        Some(stack) => Scenario::load_with(&rehearsing.scenario, stack)?,
        None => Scenario::load(&rehearsing.scenario)?,
    };
    let deployment = deployment(scenario.parameters.clone());
    let template = Template::load(&rehearsing.template, &deployment)?;
    let folder = match &rehearsing.binaries {
        Some(folder) => folder.clone(),
        None => binaries::beside_this_one()?,
    };
    for function in &template.functions {
        binaries::check_clock(&folder.join(&function.name))?;
    }
    let account = suite::account(Clock::stepped(scenario.from), &template, &scenario.stack)?;
    let suite = Suite::deploy(Arc::new(account), 0, None, &template, |function| {
        folder.join(&function.name)
    })
    .await?;

    let mut stdout = std::io::stdout().lock();
    let paint = paint(stdout.is_terminal(), rehearsing.no_color);
    let mut printer = Printer::new(&mut stdout, paint, scenario.zone.clone());
    printer.title(&scenario)?;
    let mut unprinted = Ok(());
    let record = run::run(&scenario, &template, &suite, |entry| {
        if unprinted.is_ok() {
            unprinted = printer.entry(entry);
        }
    })
    .await?;
    unprinted?;
    printer.flush()?;
    suite.lambda.end().await;

    let verdicts: Vec<Verdict> = scenario
        .expect
        .iter()
        .flat_map(|expectation| expectation.judge(&record, &scenario.zone))
        .collect();
    summary(&mut stdout, paint, &record, &verdicts)?;
    let path = match rehearsing.report {
        Some(path) => path,
        None => default_report(&folder, &rehearsing.scenario)?,
    };
    std::fs::write(&path, report::page(&scenario, &record, &verdicts))?;
    writeln!(stdout, "The report: {}", from_here(&path)?.display())?;
    Ok(match verdicts.iter().all(Verdict::held) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    })
}

fn paint(is_terminal: bool, no_color: bool) -> Paint {
    match is_terminal && !no_color {
        true => Paint::Colour,
        false => Paint::Plain,
    }
}

/// The path as short as it can be written.
fn from_here(path: &Path) -> std::io::Result<&Path> {
    let here = std::env::current_dir()?;
    Ok(path.strip_prefix(here).unwrap_or(path))
}

/// `target/rehearsal/demo.html` for `scenarios/demo.yaml`.
fn default_report(binaries: &Path, scenario: &Path) -> std::io::Result<PathBuf> {
    let target = binaries.parent().unwrap_or(binaries);
    let folder = target.join("rehearsal");
    std::fs::create_dir_all(&folder)?;
    let name = scenario.file_stem().unwrap_or(scenario.as_os_str());
    Ok(folder.join(name).with_extension("html"))
}
