//! How a container names its image, and what tells whether two names bring the same bytes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The digest of an image manifest: `sha256:` and 64 digits, in lower case as the registry writes
/// them. Of an image for several platforms it may be that of the whole or of one platform.
/// Source: <https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests>.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(String);

/// The digests of a deployment by the name of the container, as far as they are known. Containers
/// that AWS injects are not recorded, and neither is what ECS could not resolve.
pub type Digests = BTreeMap<String, Digest>;

/// A text that names no image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is no name of an image: {wrong}")]
pub struct ImageError {
    text: String,
    wrong: &'static str,
}

impl Digest {
    /// Reads a digest.
    pub fn parse(text: &str) -> Result<Self, ImageError> {
        let digits = text.strip_prefix("sha256:").unwrap_or_default();
        let hexadecimal = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        if digits.len() == 64 && digits.chars().all(hexadecimal) {
            return Ok(Self(text.to_owned()));
        }
        Err(ImageError {
            text: text.to_owned(),
            wrong: "a digest is sha256: and 64 digits in lower case",
        })
    }

    /// The digest as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    /// For people: the first twelve digits, as other tools show them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0[.."sha256:".len() + 12])
    }
}

/// The name of an image in a task definition: `[REGISTRY/]REPOSITORY[:TAG][@DIGEST]`.
/// Source: <https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html>.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageRef {
    repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

impl ImageRef {
    /// Reads a name.
    pub fn parse(text: &str) -> Result<Self, ImageError> {
        let wrong = |wrong| ImageError {
            text: text.to_owned(),
            wrong,
        };
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(Digest::parse(digest)?)),
            None => (text, None),
        };
        // A colon before the last slash is the port of the registry.
        let colon = name
            .rfind(':')
            .filter(|at| name.rfind('/') < Some(*at) || !name.contains('/'));
        let (repository, tag) = match colon {
            Some(at) => (&name[..at], Some(&name[at + 1..])),
            None => (name, None),
        };
        if !is_repository(repository) {
            return Err(wrong(
                "the repository is missing or has signs that it may not",
            ));
        }
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err(wrong("a tag has 1 to 128 letters, digits and _ . -"));
        }
        Ok(Self {
            repository: repository.to_owned(),
            tag: tag.map(str::to_owned),
            digest,
        })
    }

    /// The registry, with its port, and the repository.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag, if it has one.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest that it is pinned to: then the tag, which anybody may move, means nothing. A tag
    /// that looks like a commit pins nothing.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// How the registry finds it: by its digest, or else by its tag, which is `latest` where none
    /// is written.
    pub fn lookup(&self) -> ImageAt {
        let tag = || Pointer::Tag(self.tag.clone().unwrap_or_else(|| "latest".to_owned()));
        ImageAt {
            repository: self.repository.clone(),
            by: self.digest.clone().map_or_else(tag, Pointer::Digest),
        }
    }

    /// The same repository at this digest.
    pub fn at(&self, digest: &Digest) -> ImageAt {
        ImageAt {
            repository: self.repository.clone(),
            by: Pointer::Digest(digest.clone()),
        }
    }

    /// The name that brings exactly these bytes.
    pub fn pinned(&self, digest: &Digest) -> String {
        format!("{}@{}", self.repository, digest.as_str())
    }

    /// Its tag, if that looks like a commit of Git: for people only.
    pub fn commit(&self) -> Option<&str> {
        let hexadecimal = |c: char| matches!(c, '0'..='9' | 'a'..='f');
        let tag = self.tag.as_deref()?;
        ((7..=40).contains(&tag.len()) && tag.chars().all(hexadecimal)).then_some(tag)
    }

    /// Whether it is in Amazon ECR, where it can be looked up.
    /// Source: <https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html>.
    pub fn is_in_ecr(&self) -> bool {
        let registry = self.repository.split('/').next().unwrap_or_default();
        let parts: Vec<&str> = registry.split('.').collect();
        matches!(parts[..], [_, "dkr", "ecr", _, "amazonaws", "com"])
            || matches!(parts[..], [_, "dkr", "ecr", _, "amazonaws", "com", "cn"])
    }
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

fn is_repository(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-:".contains(c);
    text.split('/')
        .all(|part| !part.is_empty() && part.chars().all(plain))
        && !text.starts_with('-')
}

fn is_tag(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    (1..=128).contains(&text.len()) && text.chars().all(plain) && !text.starts_with(['.', '-'])
}

/// What to look up in a registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImageAt {
    /// The registry and the repository.
    pub repository: String,
    /// What it is found by.
    pub by: Pointer,
}

/// What finds an image in its repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pointer {
    /// A tag, which may be moved.
    Tag(String),
    /// A digest, which may not.
    Digest(Digest),
}

/// What a registry has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The digest that it is found by now.
    pub digest: Digest,
    /// The digests of its platforms, if it is for several.
    pub platforms: BTreeSet<Digest>,
}

impl Image {
    /// Whether these are the bytes that ran as `digest`. A service revision may record the digest
    /// of the whole or of one platform.
    pub fn is(&self, digest: &Digest) -> bool {
        self.digest == *digest || self.platforms.contains(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ECR: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop/web";

    fn digest(digit: char) -> Digest {
        Digest::parse(&format!("sha256:{}", digit.to_string().repeat(64))).unwrap()
    }

    #[test]
    fn a_name_has_a_repository_and_perhaps_a_tag_and_a_digest() {
        let pin = digest('a');
        let pinned = format!("{ECR}@{}", pin.as_str());
        let both = format!("{ECR}:v1@{}", pin.as_str());
        for (text, repository, tag, digest) in [
            (ECR, ECR, None, None),
            (&format!("{ECR}:v1"), ECR, Some("v1"), None),
            (&pinned, ECR, None, Some(&pin)),
            (&both, ECR, Some("v1"), Some(&pin)),
            ("nginx", "nginx", None, None),
            ("nginx:latest", "nginx", Some("latest"), None),
            ("host:5000/web", "host:5000/web", None, None),
            ("host:5000/web:1", "host:5000/web", Some("1"), None),
        ] {
            let image = ImageRef::parse(text).unwrap();
            assert_eq!(image.repository(), repository, "{text}");
            assert_eq!((image.tag(), image.digest()), (tag, digest), "{text}");
        }
    }

    #[test]
    fn what_is_no_digest_is_refused_and_pins_nothing() {
        let upper = format!("{ECR}@sha256:{}", "A".repeat(64));
        let short = format!("{ECR}@sha256:{}", "a".repeat(63));
        let other = format!("{ECR}@sha512:{}", "a".repeat(128));
        let long_tag = format!("web:{}", "a".repeat(129));
        for text in [
            &upper, &short, &other, &long_tag, "", ":v1", "a//b", "web:", "-x", "a b", "web:-v",
        ] {
            assert!(ImageRef::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_tag_that_looks_like_a_commit_is_shown_and_pins_nothing() {
        let image = ImageRef::parse(&format!("{ECR}:3f2a9c1")).unwrap();
        assert_eq!((image.commit(), image.digest()), (Some("3f2a9c1"), None));
        assert_eq!(image.lookup().by, Pointer::Tag("3f2a9c1".to_owned()));
        assert_eq!(ImageRef::parse("web:release").unwrap().commit(), None);
    }

    #[test]
    fn no_tag_is_the_tag_latest() {
        let image = ImageRef::parse("web").unwrap();
        assert_eq!(image.lookup().by, Pointer::Tag("latest".to_owned()));
    }

    #[test]
    fn the_digest_of_one_platform_is_of_the_image_too() {
        let image = Image {
            digest: digest('a'),
            platforms: BTreeSet::from([digest('b'), digest('c')]),
        };
        assert!(image.is(&digest('a')) && image.is(&digest('c')) && !image.is(&digest('d')));
    }

    #[test]
    fn what_is_elsewhere_than_in_ecr_cannot_be_looked_up() {
        assert!(ImageRef::parse(ECR).unwrap().is_in_ecr());
        let china = "123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/web";
        assert!(ImageRef::parse(china).unwrap().is_in_ecr());
        for text in [
            "nginx",
            "ghcr.io/a/b",
            "public.ecr.aws/nginx/nginx",
            "host:5000/a",
        ] {
            assert!(!ImageRef::parse(text).unwrap().is_in_ecr(), "{text}");
        }
    }
}
