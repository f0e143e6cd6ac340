//! The size of a Fargate task, from which its price follows.

/// The size of a Fargate task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// CPU units; 1024 are a vCPU.
    pub cpu_units: u32,
    /// Memory in MiB.
    pub memory_mib: u32,
    /// Ephemeral storage in GiB; 20 unless the task definition says otherwise.
    pub ephemeral_gib: u32,
    /// Its processor.
    pub architecture: Architecture,
    /// Its operating system.
    pub os: OperatingSystem,
}

/// The processor of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    /// `X86_64`.
    X86,
    /// `ARM64`.
    Arm,
}

/// The operating system of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperatingSystem {
    /// `LINUX`.
    Linux,
    /// One of the `WINDOWS_SERVER_…` families.
    Windows,
}

impl Architecture {
    /// Its name in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::X86 => "x86",
            Self::Arm => "arm",
        }
    }
}

impl OperatingSystem {
    /// Its name in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Linux => "linux",
            Self::Windows => "windows",
        }
    }
}
