//! A platform, a folder with one task, and the provider's context.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::AliasRoutingConfiguration;
use fusion_cloud::{Clients, CloudConfig, Endpoints, StaticCredentials};
use fusion_packaging::{TaskSource, hash_runtime, hash_sources};
use fusion_platform::{Platform, PlatformConfig};
use fusion_provider::context::Context;
use fusion_provider::function::{FunctionState, FusedFunction};
use fusion_provider::package::{Package, PackageState};
use fusion_provider::switch::{Switch, SwitchState};
use serde::Serialize;
use tempfile::TempDir;
use tfplugin::{
    CreateRequest, Cx, Diagnostic, Diagnostics, Dynamic, PlanRequest, Resource, Stored,
    UpdateRequest, Value, from_dynamic, to_dynamic,
};
use tokio_util::sync::CancellationToken;

/// The application of these tests.
pub const APPLICATION: &str = "app";

/// Everything that a resource needs.
pub struct World {
    platform: Option<Platform>,
    pub context: Context,
    stopping: CancellationToken,
    folder: TempDir,
}

impl World {
    pub async fn start() -> Self {
        let platform = Platform::start(PlatformConfig::default())
            .await
            .expect("the platform starts");
        let config = CloudConfig {
            region: Some("us-east-1".to_owned()),
            credentials: Some(StaticCredentials {
                access_key: platform.access_key().to_owned(),
                secret_key: platform.secret_key().to_owned(),
                token: None,
            }),
            endpoints: Endpoints {
                lambda: Some(platform.endpoint()),
                cloudwatch: Some(platform.endpoint()),
                sts: None,
            },
            ..CloudConfig::default()
        };
        let clients = fusion_cloud::connect(&config)
            .await
            .expect("the clients connect");
        let folder = TempDir::with_prefix("fusion-provider-").expect("a folder can be made");
        let world = Self {
            platform: Some(platform),
            context: Context { clients },
            stopping: CancellationToken::new(),
            folder,
        };
        world.write(
            "app/tasks/A/handler.js",
            "exports.handler = async () => 1;\n",
        );
        world.write(
            "runtime/entry.mjs",
            "export const handler = async () => 1;\n",
        );
        world
    }

    /// Ends the platform; what is asked afterwards is not answered.
    pub async fn end(&mut self) {
        if let Some(platform) = self.platform.take() {
            platform.shutdown().await;
        }
    }

    /// Where the platform is, and with which key it answers.
    pub fn access(&self) -> (String, String, String) {
        let platform = self.platform.as_ref().expect("it has not ended");
        let (access_key, secret_key) = (platform.access_key(), platform.secret_key());
        (
            platform.endpoint(),
            access_key.to_owned(),
            secret_key.to_owned(),
        )
    }

    pub fn clients(&self) -> &Clients {
        &self.context.clients
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("it has a folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    }

    pub fn cx(&self) -> Cx<'_, Context> {
        Cx {
            provider: &self.context,
            stopping: &self.stopping,
        }
    }

    /// The package of the task `A` with its present source, made.
    pub async fn package(&self) -> PackageState {
        let created = self.create(&Package, self.package_config()).await;
        created.expect("the package is made").0
    }

    /// The package's arguments.
    pub fn package_config(&self) -> PackageState {
        let text = |path: &str| Dynamic::from(self.path(path).display().to_string());
        let task = Dynamic::mapping([
            ("source", Dynamic::from("tasks/A")),
            ("handler", Dynamic::from("handler.handler")),
            ("runtime", Dynamic::from("nodejs22.x")),
            ("sha256", Dynamic::from(self.source_sha256())),
            ("timeout_seconds", Dynamic::Null),
            ("environment", Dynamic::Null),
        ]);
        let state = Dynamic::mapping([
            ("application", Dynamic::from(APPLICATION)),
            ("alias", Dynamic::Null),
            ("root", Dynamic::from("A")),
            ("source_root", text("app")),
            ("shared", Dynamic::Null),
            ("runtime_path", text("runtime")),
            (
                "fusion_runtime_sha256",
                Dynamic::from(self.runtime_sha256()),
            ),
            ("directory", text("packages")),
            ("inline_async", Dynamic::Null),
            ("function_names", Dynamic::Null),
            ("tasks", Dynamic::mapping([("A", task)])),
            ("sha256", Dynamic::Null),
            ("path", Dynamic::Null),
            ("code_sha256", Dynamic::Null),
        ]);
        from_dynamic(state).expect("it is a package")
    }

    /// The hash of the fusion runtime.
    pub fn runtime_sha256(&self) -> String {
        hash_runtime(&self.path("runtime")).expect("the runtime can be hashed")
    }

    /// The hash of the task's source.
    pub fn source_sha256(&self) -> String {
        let source = TaskSource {
            source: "tasks/A".to_owned(),
            handler: "handler.handler".to_owned(),
            runtime: "nodejs22.x".to_owned(),
        };
        let name: fusion_model::TaskName = "A".parse().expect("it is a name");
        let hashes = hash_sources(&self.path("app"), &[], &[(name.clone(), source)].into());
        hashes.expect("the source can be hashed")[&name]
            .sha256
            .clone()
    }

    /// Plans and creates, as a host does; the object and the warnings.
    pub async fn create<R>(
        &self,
        resource: &R,
        config: R::State,
    ) -> Result<(R::State, Vec<String>), Diagnostic>
    where
        R: Resource<Context = Context, Private = ()>,
        R::State: Clone,
    {
        let mut diagnostics = Diagnostics::new();
        let request = PlanRequest {
            prior: None,
            proposed: config.clone(),
            config: config.clone(),
            private: (),
        };
        let planned = resource
            .plan(Some(self.cx()), request, &mut diagnostics)
            .await?
            .state;
        let known = to_dynamic(&planned).expect("a value");
        let request = CreateRequest {
            planned,
            config,
            private: (),
        };
        let created = resource
            .create(self.cx(), request, &mut diagnostics)
            .await?;
        diagnostics.stop_on_errors()?;
        trap_13_what_was_planned_came_true(&known, &created.state);
        Ok((created.state, messages(&diagnostics)))
    }

    /// Plans and updates, as a host does: computed attributes are in `config` as they were.
    pub async fn update<R>(
        &self,
        resource: &R,
        prior: &R::State,
        config: R::State,
    ) -> Result<(R::State, Vec<String>), Diagnostic>
    where
        R: Resource<Context = Context, Private = ()>,
        R::State: Clone,
    {
        let mut diagnostics = Diagnostics::new();
        let request = PlanRequest {
            prior: Some(prior.clone()),
            proposed: config.clone(),
            config: config.clone(),
            private: (),
        };
        let planned = resource
            .plan(Some(self.cx()), request, &mut diagnostics)
            .await?
            .state;
        let known = to_dynamic(&planned).expect("a value");
        let request = UpdateRequest {
            prior: prior.clone(),
            planned,
            config,
            private: (),
        };
        let updated = resource
            .update(self.cx(), request, &mut diagnostics)
            .await?;
        diagnostics.stop_on_errors()?;
        trap_13_what_was_planned_came_true(&known, &updated.state);
        Ok((updated.state, messages(&diagnostics)))
    }

    /// Refreshes; `None` where the object is gone.
    pub async fn read<R>(&self, resource: &R, state: &R::State) -> (Option<R::State>, Vec<String>)
    where
        R: Resource<Context = Context, Private = ()>,
        R::State: Clone,
    {
        let mut diagnostics = Diagnostics::new();
        let current = Stored {
            state: state.clone(),
            private: (),
        };
        let read = resource
            .read(self.cx(), current, &mut diagnostics)
            .await
            .expect("reading never fails");
        (read.map(|stored| stored.state), messages(&diagnostics))
    }

    /// Deletes.
    pub async fn delete<R>(&self, resource: &R, state: &R::State) -> Result<(), Diagnostic>
    where
        R: Resource<Context = Context, Private = ()>,
        R::State: Clone,
    {
        let prior = Stored {
            state: state.clone(),
            private: (),
        };
        resource
            .delete(self.cx(), prior, &mut Diagnostics::new())
            .await
    }

    /// The function `app-A` with its first version and alias.
    pub async fn deployed(&self) -> FunctionState {
        let package = self.package().await;
        let config = function_config(&package, "0123456789ab");
        self.create(&FusedFunction, config)
            .await
            .expect("the function is created")
            .0
    }

    /// A switch of `app-A` at a version.
    pub async fn switched(&self, prior: Option<&SwitchState>, version: Option<i64>) -> SwitchState {
        let versions = version.map(|version| ("app-A".to_owned(), Value::Known(version.into())));
        let config = SwitchState {
            application: APPLICATION.into(),
            alias: Value::Null,
            versions: Value::Known(versions.into_iter().collect()),
        };
        let switched = match prior {
            Some(prior) => self.update(&Switch, prior, config).await,
            None => self.create(&Switch, config).await,
        };
        switched.expect("the switch works").0
    }

    /// The version that `live` of `app-A` points at.
    pub async fn live(&self) -> Option<u64> {
        fusion_cloud::functions::alias_version(self.clients(), "app-A", "live")
            .await
            .ok()
    }

    /// By hand: `live` of `app-A` gives a share of its requests to another version.
    pub async fn share_requests(&self, version: u64, share: f64) {
        let weights = [(version.to_string(), share)].into();
        let routing =
            AliasRoutingConfiguration::builder().set_additional_version_weights(Some(weights));
        let call = self
            .clients()
            .lambda
            .update_alias()
            .function_name("app-A")
            .name("live");
        let changed = call.routing_config(routing.build()).send().await;
        changed.expect("the alias can be changed");
    }

    /// By hand: `app-A` gets another timeout, unpublished.
    pub async fn change_by_hand(&self) {
        let lambda = &self.clients().lambda;
        let change = lambda
            .update_function_configuration()
            .function_name("app-A");
        change.timeout(7).send().await.expect("it can be changed");
    }

    /// By hand: `app-A` gets other code, unpublished.
    pub async fn upload_by_hand(&self, zip: Vec<u8>) {
        let lambda = &self.clients().lambda;
        let upload = lambda.update_function_code().function_name("app-A");
        let uploaded = upload.zip_file(Blob::new(zip)).send().await;
        uploaded.expect("it can be uploaded");
    }

    /// By hand: `app-A` is published, once what was changed has taken effect.
    pub async fn publish_by_hand(&self, description: Option<&str>) {
        loop {
            let publish = self.clients().lambda.publish_version();
            let publish = publish
                .function_name("app-A")
                .set_description(description.map(str::to_owned));
            if publish.send().await.is_ok() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The number of published versions of `app-A`.
    pub async fn versions(&self) -> usize {
        let listed = self
            .clients()
            .lambda
            .list_versions_by_function()
            .function_name("app-A")
            .send()
            .await;
        listed.expect("versions can be listed").versions().len() - 1
    }

    /// What changes with every write to `app-A`.
    pub async fn revision(&self) -> String {
        let asked = self
            .clients()
            .lambda
            .get_function_configuration()
            .function_name("app-A")
            .send()
            .await;
        asked
            .expect("it exists")
            .revision_id()
            .unwrap_or_default()
            .to_owned()
    }
}

/// Hosts end a run where a value that the plan knew comes back another, or unknown.
fn trap_13_what_was_planned_came_true<S: Serialize>(planned: &Dynamic, applied: &S) {
    let applied = to_dynamic(applied).expect("a value");
    assert!(applied.is_wholly_known(), "{applied:?}");
    came_true(planned, &applied);
}

fn came_true(planned: &Dynamic, applied: &Dynamic) {
    match (planned, applied) {
        (Dynamic::Unknown(_), _) => {}
        (Dynamic::Mapping(planned), Dynamic::Mapping(applied))
            if planned.len() == applied.len() =>
        {
            for (name, planned) in planned {
                came_true(planned, &applied[name]);
            }
        }
        _ => assert_eq!(planned, applied),
    }
}

fn messages(diagnostics: &Diagnostics) -> Vec<String> {
    diagnostics.iter().map(ToString::to_string).collect()
}

/// The arguments of the function of `A` under a release.
pub fn function_config(package: &PackageState, release: &str) -> FunctionState {
    FunctionState {
        application: APPLICATION.into(),
        task: "A".into(),
        name: "app-A".into(),
        role: "arn:aws:iam::000000000000:role/app".into(),
        runtime: "nodejs22.x".into(),
        memory_mb: Value::Known(128.into()),
        timeout_seconds: Value::Known(30.into()),
        release: release.into(),
        package_path: package.path.clone(),
        package_sha256: package.sha256.clone(),
        ..FunctionState::default()
    }
}
