//! How a container definition names an image.
//!
//! Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>
//! (`repository-url/image:tag` or `repository-url/image@digest`).

use crate::world::Identity;

/// What is pulled where nothing is said.
const LATEST: &str = "latest";

/// An image's name, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    /// The registry and the repository.
    pub repository: &'a str,
    /// The tag; `latest` if nothing is said.
    pub tag: &'a str,
    /// The digest, which counts more than the tag.
    pub digest: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// Takes a name apart. A colon before the last slash belongs to a registry's port.
    pub fn of(image: &'a str) -> Self {
        let (name, digest) = match image.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (image, None),
        };
        let last = name.rfind('/').map_or(0, |at| at + 1);
        let colon = name.get(last..).and_then(|part| part.find(':'));
        let (repository, tag) = match colon.map(|at| last + at) {
            Some(at) => (
                name.get(..at).unwrap_or(name),
                name.get(at + 1..).unwrap_or(LATEST),
            ),
            None => (name, LATEST),
        };
        Self {
            repository,
            tag,
            digest,
        }
    }

    /// The name of the account's own repository, if it is in that.
    pub fn own<'b>(&'b self, identity: &Identity) -> Option<&'a str> {
        let rest = self.repository.strip_prefix(registry(identity).as_str())?;
        rest.strip_prefix('/')
    }
}

/// The host of the account's own registry.
pub(super) fn registry(identity: &Identity) -> String {
    format!(
        "{}.dkr.ecr.{}.amazonaws.com",
        identity.account_id, identity.region
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_an_image_is_taken_apart() {
        let of = |image| {
            let it = Reference::of(image);
            (it.repository, it.tag, it.digest)
        };
        assert_eq!(of("web"), ("web", "latest", None));
        assert_eq!(of("web:1"), ("web", "1", None));
        assert_eq!(
            of("shop/web@sha256:a"),
            ("shop/web", "latest", Some("sha256:a"))
        );
        assert_eq!(of("web:1@sha256:a"), ("web", "1", Some("sha256:a")));
        assert_eq!(of("host:5000/web"), ("host:5000/web", "latest", None));
        assert_eq!(of("host:5000/web:1"), ("host:5000/web", "1", None));
    }

    #[test]
    fn only_the_account_s_own_registry_is_its_own() {
        let identity = Identity::default();
        let own = |image| Reference::of(image).own(&identity);
        let image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1";
        assert_eq!(own(image), Some("shop/web"));
        assert_eq!(
            own("210987654321.dkr.ecr.eu-central-1.amazonaws.com/shop/web:1"),
            None
        );
        assert_eq!(own("shop/web:1"), None);
    }
}
