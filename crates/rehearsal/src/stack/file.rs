//! A stack's file.

use std::path::{Path, PathBuf};

use super::Stack;

/// Why a stack's file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The file cannot be read.
    #[error("the stack {} cannot be read", .0.display())]
    File(PathBuf, #[source] std::io::Error),
    /// A file says something that a stack does not have.
    #[error("the stack {} has a mistake: {mistake}", .path.display())]
    FileMistake {
        /// The file.
        path: PathBuf,
        /// What, and where.
        mistake: String,
    },
    /// It says something that a stack does not have.
    #[error("the stack has a mistake: {0}")]
    Mistake(String),
}

impl Stack {
    /// Reads a stack's file.
    pub fn load(path: &Path) -> Result<Self, Unreadable> {
        let yaml = std::fs::read_to_string(path)
            .map_err(|cause| Unreadable::File(path.to_owned(), cause))?;
        Self::parse(&yaml).map_err(|mistake| Unreadable::FileMistake {
            path: path.to_owned(),
            mistake,
        })
    }

    /// Reads a stack.
    pub fn read(yaml: &str) -> Result<Self, Unreadable> {
        Self::parse(yaml).map_err(Unreadable::Mistake)
    }

    fn parse(yaml: &str) -> Result<Self, String> {
        serde_saphyr::from_str(yaml).map_err(|mistake| mistake.to_string())
    }

    /// The `caretaker:hours` of a service or a group, or of the service's cluster.
    pub fn hours(&self, subject: &str) -> Option<&str> {
        const TAG: &str = "caretaker:hours";
        let hours = match subject.split_once('/') {
            None => {
                let group = self.groups.iter().find(|group| group.name == subject)?;
                group.tags.get(TAG)
            }
            Some((cluster, name)) => {
                let cluster = self.clusters.iter().find(|known| known.name == cluster)?;
                let service = cluster.services.iter().find(|known| known.name == name)?;
                service.tags.get(TAG).or(cluster.tags.get(TAG))
            }
        };
        hours.map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_stack_can_be_read() {
        let stack = Stack::read(include_str!("../../stacks/default.yaml")).unwrap();
        assert_eq!(stack.hours("shop/checkout"), Some("always"));
        assert_eq!(
            stack.hours("shop/web"),
            Some("Mon-Fri 08:00-20:00 Europe/Berlin")
        );
    }

    #[test]
    fn a_mistyped_field_is_named_with_its_place() {
        let yaml = "clusters:\n  - name: shop\n    services:\n      - {name: web, desird: 2}\n";
        let mistake = Stack::read(yaml).unwrap_err().to_string();
        assert!(mistake.contains("line 4 column 21"), "{mistake}");
        assert!(mistake.contains("unknown field `desird`"), "{mistake}");
    }
}
