//! What it came to: per service, per function, and whether every expectation held.

use std::io::{self, Write};

use super::Paint;
use crate::scenario::counted;
use crate::scenario::record::Record;
use crate::scenario::verdict::Verdict;

/// Prints the tables at the end of a run.
pub fn summary(
    out: &mut impl Write,
    paint: Paint,
    record: &Record,
    verdicts: &[Verdict],
) -> io::Result<()> {
    services(out, paint, record, verdicts)?;
    others(out, paint, verdicts)?;
    functions(out, paint, record)?;
    let held = verdicts.iter().filter(|verdict| verdict.held()).count();
    let line = format!("{held} of {} expectations held", verdicts.len());
    let line = match held == verdicts.len() {
        true => paint.good(&line),
        false => paint.bad(&line),
    };
    writeln!(out, "\n{}", paint.strong(&line))
}

fn services(
    out: &mut impl Write,
    paint: Paint,
    record: &Record,
    verdicts: &[Verdict],
) -> io::Result<()> {
    writeln!(out, "\n{}", paint.strong("What became of each service"))?;
    for subject in record.subjects() {
        let path: Vec<String> = record.path(&subject).iter().map(u32::to_string).collect();
        let own = verdicts
            .iter()
            .filter(|verdict| verdict.subject.as_ref() == Some(&subject));
        let marks: Vec<String> = own.map(|verdict| mark(paint, verdict)).collect();
        writeln!(
            out,
            "  {subject:<24} {:<20} {}",
            path.join(" → "),
            marks.join("   ")
        )?;
    }
    Ok(())
}

fn others(out: &mut impl Write, paint: Paint, verdicts: &[Verdict]) -> io::Result<()> {
    let others: Vec<&Verdict> = verdicts
        .iter()
        .filter(|verdict| verdict.subject.is_none())
        .collect();
    if others.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.strong("What else was expected"))?;
    for verdict in others {
        writeln!(out, "  {}", mark(paint, verdict))?;
    }
    Ok(())
}

fn functions(out: &mut impl Write, paint: Paint, record: &Record) -> io::Result<()> {
    writeln!(out, "\n{}", paint.strong("What the functions did"))?;
    for (function, tally) in &record.functions {
        writeln!(
            out,
            "  {function:<24} {}, {} with nothing to do, {} failed; {}, {:.1} s in all",
            counted(tally.invocations, "invocation"),
            tally.quiet,
            tally.failed,
            counted(tally.cold_starts, "cold start"),
            tally.wall.as_secs_f64(),
        )?;
        for ((_, action), calls) in record.calls_of(function) {
            let refused = match calls.refused {
                0 => String::new(),
                refused => format!(", {refused} refused"),
            };
            let line = format!("{action:<52} {:>5}{refused}", calls.made);
            writeln!(out, "    {}", paint.faint(&line))?;
        }
    }
    Ok(())
}

fn mark(paint: Paint, verdict: &Verdict) -> String {
    match &verdict.instead {
        None => format!("{} {}", paint.good("✓"), verdict.expected),
        Some(instead) => {
            let text = format!("✗ {}: {instead}", verdict.expected);
            paint.bad(&text)
        }
    }
}
