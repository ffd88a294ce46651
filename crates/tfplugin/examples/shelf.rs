//! A tiny provider: notes on a shelf, which is a directory.
//!
//! `tests/hosts.rs` runs it under real hosts. It shows every part of the crate: configuration,
//! typed state with unknown values, private data, import, a data source and a function.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tfplugin::{
    AnyDataSource, AnyFunction, AnyResource, Attribute, CreateRequest, Cx, DataSource, Diagnostic,
    Diagnostics, Function, FunctionError, Host, Nesting, Number, Parameter, PlanRequest, Planned,
    Provider, Resource, Schema, Signature, Stored, Type, UpdateRequest, Value,
};

#[tokio::main]
async fn main() -> ExitCode {
    tfplugin::serve(Shelf).await
}

/// The provider.
struct Shelf;

#[derive(Deserialize)]
struct ShelfConfig {
    directory: Value<PathBuf>,
}

/// Where notes are kept.
struct Directory(PathBuf);

impl Directory {
    fn path(&self, title: &str) -> PathBuf {
        self.0.join(format!("{title}.json"))
    }

    fn load(&self, title: &str) -> Result<Option<NoteState>, Diagnostic> {
        match std::fs::read(self.path(title)) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|error| failed(&self.path(title), &error)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&self.path(title), &error)),
        }
    }

    fn save(&self, note: &NoteState) -> Result<(), Diagnostic> {
        let path = self.path(note.title.as_str().unwrap_or_default());
        serde_json::to_vec(note)
            .map_err(std::io::Error::from)
            .and_then(|bytes| std::fs::write(&path, bytes))
            .map_err(|error| failed(&path, &error))
    }
}

fn failed(path: &Path, error: &dyn std::error::Error) -> Diagnostic {
    let detail = format!(
        "`{}`: {error}. Check the directory of the provider.",
        path.display()
    );
    Diagnostic::error("Note cannot be kept", detail)
}

impl Provider for Shelf {
    type Config = ShelfConfig;
    type Context = Directory;

    fn schema(&self) -> Schema {
        Schema::new("Notes on a shelf.").attribute(
            "directory",
            Attribute::string("The directory that is the shelf.").required(),
        )
    }

    async fn configure(
        &self,
        config: ShelfConfig,
        _host: Host,
        _diagnostics: &mut Diagnostics,
    ) -> Result<Option<Directory>, Diagnostic> {
        Ok(config.directory.into_known().map(Directory))
    }

    fn resources(&self) -> Vec<Box<dyn AnyResource<Directory>>> {
        vec![tfplugin::resource(Note)]
    }

    fn data_sources(&self) -> Vec<Box<dyn AnyDataSource<Directory>>> {
        vec![tfplugin::data_source(Titles)]
    }

    fn functions(&self) -> Vec<Box<dyn AnyFunction>> {
        vec![tfplugin::function(Shout)]
    }
}

/// A note: its title names it, its revision counts its changes.
struct Note;

#[derive(Clone, Serialize, Deserialize)]
struct NoteState {
    title: Value<String>,
    body: Value<String>,
    colour: Value<String>,
    weight: Value<Number>,
    words: Value<BTreeMap<String, Word>>,
    revision: Value<u64>,
}

#[derive(Clone, Serialize, Deserialize)]
struct Word {
    meaning: Value<String>,
    length: Value<u64>,
}

/// Beside a note: how often it was looked at.
#[derive(Default, Serialize, Deserialize)]
struct Looks {
    times: u64,
}

type StoredNote = Stored<NoteState, Looks>;

/// The lengths of the words, as far as their meanings are known.
fn measure(note: &mut NoteState) {
    if let Value::Known(words) = &mut note.words {
        for word in words.values_mut() {
            word.length = word.meaning.as_ref().map(|text| text.len() as u64);
        }
    }
}

impl Resource for Note {
    type Context = Directory;
    type State = NoteState;
    type Private = Looks;
    const NAME: &'static str = "shelf_note";

    fn schema(&self) -> Schema {
        let word = [
            ("meaning", Attribute::string("What it means.").required()),
            (
                "length",
                Attribute::number("How long the meaning is, in bytes.").computed(),
            ),
        ];
        Schema::new("A note.")
            .attribute(
                "title",
                Attribute::string("Its name on the shelf.").required(),
            )
            .attribute("body", Attribute::string("What it says.").optional())
            .attribute("colour", Attribute::string("Its colour.").default("yellow"))
            .attribute(
                "weight",
                Attribute::number("Its weight, in grams.").optional(),
            )
            .attribute(
                "words",
                Attribute::nested(Nesting::Map, "Its words.", word).optional(),
            )
            .attribute(
                "revision",
                Attribute::number("How often it changed.").computed(),
            )
    }

    async fn validate(&self, config: NoteState, diagnostics: &mut Diagnostics) {
        if config
            .title
            .as_str()
            .is_some_and(|title| title.contains('/'))
        {
            let detail = "A title is the name of a file. Leave out the `/`.";
            diagnostics.error("title", "Unsuitable title", detail);
        }
    }

    async fn read(
        &self,
        cx: Cx<'_, Directory>,
        current: StoredNote,
        _diagnostics: &mut Diagnostics,
    ) -> Result<Option<StoredNote>, Diagnostic> {
        let found = cx.load(current.state.title.as_str().unwrap_or_default())?;
        let times = current.private.times + 1;
        Ok(found.map(|state| Stored {
            state,
            private: Looks { times },
        }))
    }

    async fn plan(
        &self,
        _cx: Option<Cx<'_, Directory>>,
        request: PlanRequest<NoteState, Looks>,
        _diagnostics: &mut Diagnostics,
    ) -> Result<Planned<NoteState, Looks>, Diagnostic> {
        let mut state = request.proposed;
        measure(&mut state);
        let mut planned = Planned::new(state, request.private);
        let Some(prior) = request.prior else {
            planned.state.revision = Value::Known(1);
            return Ok(planned);
        };
        if prior.title != planned.state.title {
            planned.requires_replace.push("title".into());
        }
        let changed = tfplugin::to_dynamic(&prior) != tfplugin::to_dynamic(&planned.state);
        if changed {
            planned.state.revision = prior.revision.map(|revision| revision + 1);
        }
        Ok(planned)
    }

    async fn create(
        &self,
        cx: Cx<'_, Directory>,
        request: CreateRequest<NoteState, Looks>,
        _diagnostics: &mut Diagnostics,
    ) -> Result<StoredNote, Diagnostic> {
        let mut state = request.planned;
        assert!(state.body.as_str() != Some("panic"), "the note says so");
        if state.body.as_str() == Some("fail") {
            return Err(
                Diagnostic::error("Note refused", "The shelf does not like it.").at("body"),
            );
        }
        measure(&mut state);
        cx.save(&state)?;
        Ok(Stored {
            state,
            private: request.private,
        })
    }

    async fn update(
        &self,
        cx: Cx<'_, Directory>,
        request: UpdateRequest<NoteState, Looks>,
        _diagnostics: &mut Diagnostics,
    ) -> Result<StoredNote, Diagnostic> {
        let mut state = request.planned;
        measure(&mut state);
        cx.save(&state)?;
        Ok(Stored {
            state,
            private: request.private,
        })
    }

    async fn delete(
        &self,
        cx: Cx<'_, Directory>,
        prior: StoredNote,
        _diagnostics: &mut Diagnostics,
    ) -> Result<(), Diagnostic> {
        let path = cx.path(prior.state.title.as_str().unwrap_or_default());
        tracing::info!(looks = prior.private.times, "a note leaves the shelf");
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(failed(&path, &error))
            }
            _ => Ok(()),
        }
    }

    async fn import(
        &self,
        cx: Cx<'_, Directory>,
        id: &str,
        _diagnostics: &mut Diagnostics,
    ) -> Result<StoredNote, Diagnostic> {
        let missing = || Diagnostic::error("No such note", format!("No note is called `{id}`."));
        let state = cx.load(id)?.ok_or_else(missing)?;
        Ok(Stored {
            state,
            private: Looks::default(),
        })
    }
}

/// The titles of all notes.
struct Titles;

#[derive(Serialize, Deserialize)]
struct TitlesState {
    titles: Value<Vec<String>>,
}

impl DataSource for Titles {
    type Context = Directory;
    type State = TitlesState;
    const NAME: &'static str = "shelf_titles";

    fn schema(&self) -> Schema {
        Schema::new("The titles of all notes.").attribute(
            "titles",
            Attribute::new(Type::set(Type::String), "The titles.").computed(),
        )
    }

    async fn read(
        &self,
        cx: Option<Cx<'_, Directory>>,
        _config: TitlesState,
        _diagnostics: &mut Diagnostics,
    ) -> Result<TitlesState, Diagnostic> {
        let cx = Cx::known(cx, Self::NAME)?;
        let entries = std::fs::read_dir(&cx.0).map_err(|error| failed(&cx.0, &error))?;
        let title = |entry: std::fs::DirEntry| {
            Some(
                entry
                    .file_name()
                    .to_str()?
                    .strip_suffix(".json")?
                    .to_owned(),
            )
        };
        let titles: Vec<_> = entries.flatten().filter_map(title).collect();
        Ok(TitlesState {
            titles: titles.into(),
        })
    }
}

/// Says it louder.
struct Shout;

impl Function for Shout {
    type Arguments = (String, Vec<String>);
    type Output = String;
    const NAME: &'static str = "shout";

    fn signature(&self) -> Signature {
        Signature::new(
            "Says it louder.",
            [Parameter::new("text", Type::String, "What to say.")],
            Type::String,
        )
        .variadic(Parameter::new("more", Type::String, "What else to say."))
    }

    fn call(&self, (text, more): Self::Arguments) -> Result<String, FunctionError> {
        if text.is_empty() {
            return Err(FunctionError::at(0, "There is nothing to say."));
        }
        let words = std::iter::once(text).chain(more);
        Ok(words.collect::<Vec<_>>().join(" ").to_uppercase() + "!")
    }
}
