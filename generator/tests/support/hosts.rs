//! The hosts, and working copies in which they judge generated modules.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// What names the version of OpenTofu that `make tools` builds.
const GO_MOD: &str = include_str!("../../../tools/tofu/go.mod");

/// The provider's binary, as `cargo build` names it.
const PROVIDER: &str = "terraform-provider-fusion";

/// `terraform` and `tofu`, where they are.
pub fn all() -> Vec<PathBuf> {
    let terraform =
        on_path("terraform").expect("`terraform` is not on PATH: install it to run these tests");
    let version = GO_MOD
        .lines()
        .find_map(|line| line.strip_prefix("require github.com/opentofu/opentofu v"))
        .expect("tools/tofu/go.mod names the version of OpenTofu");
    let cached = cache().join("tofu").join(version).join("tofu");
    let tofu = on_path("tofu").or_else(|| cached.is_file().then(|| cached.clone()));
    let tofu = tofu.unwrap_or_else(|| {
        panic!(
            "`tofu` is neither on PATH nor at {}: run `make tools`",
            cached.display()
        )
    });
    vec![terraform, tofu]
}

/// The cache outside the clone.
fn cache() -> PathBuf {
    let folder = |name: &str| std::env::var_os(name).map(PathBuf::from);
    folder("FUSIONIZE_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("fusionize")))
        .or_else(|| folder("HOME").map(|home| home.join(".cache/fusionize")))
        .expect("none of FUSIONIZE_CACHE, XDG_CACHE_HOME and HOME is set")
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// The folder with the provider's binary: the target folder of this very test.
fn provider_folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.ancestors().nth(2).unwrap().to_owned();
    assert!(
        folder.join(PROVIDER).is_file(),
        "`{PROVIDER}` is not in {}: run `cargo build -p {PROVIDER}`",
        folder.display(),
    );
    folder
}

/// A folder in which hosts run without anything of the machine's configuration.
pub struct WorkingCopy {
    folder: TempDir,
}

impl WorkingCopy {
    /// A folder with these files.
    pub fn new<'f>(files: impl IntoIterator<Item = (&'f String, &'f String)>) -> Self {
        let copy = Self {
            folder: TempDir::with_prefix("fusionize-generator-").unwrap(),
        };
        for (path, text) in files {
            copy.write(path, text);
        }
        copy
    }

    /// Writes one more file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// A path in the folder.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Makes hosts take the provider from the target folder.
    pub fn with_provider(self) -> Self {
        let folder = provider_folder();
        let folder = folder.to_string_lossy();
        let text = format!(
            r#"provider_installation {{
  dev_overrides {{
    "registry.opentofu.org/fusionize/fusion"  = "{folder}"
    "registry.terraform.io/fusionize/fusion" = "{folder}"
  }}
  direct {{}}
}}
"#
        );
        self.write("hosts.tfrc", &text);
        self
    }

    /// Runs a host in a folder of the copy; fails with what it said unless it succeeds.
    pub fn run<A: AsRef<OsStr>>(&self, host: &Path, folder: &str, arguments: &[A]) -> String {
        self.ended(host, folder, arguments, true)[0].clone()
    }

    /// Runs a host that has to fail; gives what it said of that.
    pub fn fails<A: AsRef<OsStr>>(&self, host: &Path, folder: &str, arguments: &[A]) -> String {
        self.ended(host, folder, arguments, false)[1].clone()
    }

    /// Standard output and standard error of a host that succeeds, or does not, as it should.
    fn ended<A: AsRef<OsStr>>(
        &self,
        host: &Path,
        folder: &str,
        arguments: &[A],
        succeeds: bool,
    ) -> [String; 2] {
        let configuration = self.path("hosts.tfrc");
        if !configuration.exists() {
            std::fs::write(&configuration, "").unwrap();
        }
        let output = Command::new(host)
            .args(arguments)
            .current_dir(self.path(folder))
            .env("TF_CLI_CONFIG_FILE", configuration)
            .env("CHECKPOINT_DISABLE", "1")
            .env_remove("TF_DATA_DIR")
            // Nothing here asks AWS; whatever does fails at once.
            .env("AWS_ACCESS_KEY_ID", "nobody")
            .env("AWS_SECRET_ACCESS_KEY", "nothing")
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
            .output()
            .unwrap_or_else(|error| panic!("{}: {error}", host.display()));
        let said =
            [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
        assert_eq!(
            output.status.success(),
            succeeds,
            "{} {:?} in {folder}:\n{}",
            host.display(),
            arguments
                .iter()
                .map(|argument| argument.as_ref().to_string_lossy())
                .collect::<Vec<_>>(),
            said.concat(),
        );
        said
    }
}
