//! The types of the hosts' language.
//!
//! Owns [`Type`] and its JSON text, which schemas and dynamic values carry. Does not know values.

use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// Types nest at most this deep when they come from outside.
const MAX_DEPTH: usize = 64;

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Type {
    /// Truth values.
    Bool,
    /// Decimal numbers of any size.
    Number,
    /// Texts.
    String,
    /// Any type; each value brings its own.
    Dynamic,
    /// Ordered elements of one type.
    List(Box<Type>),
    /// Unordered distinct elements of one type.
    Set(Box<Type>),
    /// Elements of one type by text keys.
    Map(Box<Type>),
    /// A fixed number of elements, each of its own type.
    Tuple(Vec<Type>),
    /// Named attributes, each of its own type. `optional` names those that a caller may leave out.
    Object {
        /// Every attribute's type.
        attributes: BTreeMap<String, Type>,
        /// The attributes that may be left out where a value is converted to this type.
        optional: BTreeSet<String>,
    },
}

/// Why a JSON text is not a type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a type: {0}")]
pub struct TypeError(String);

impl Type {
    /// A list of this type.
    pub fn list(element: Self) -> Self {
        Self::List(Box::new(element))
    }

    /// A set of this type.
    pub fn set(element: Self) -> Self {
        Self::Set(Box::new(element))
    }

    /// A map of this type.
    pub fn map(element: Self) -> Self {
        Self::Map(Box::new(element))
    }

    /// An object with these attributes, none of which may be left out.
    ///
    /// ```
    /// use tfplugin::Type;
    ///
    /// let group = Type::object([("tasks", Type::set(Type::String)), ("memory_mb", Type::Number)]);
    /// assert_eq!(
    ///     group.to_json().to_string(),
    ///     r#"["object",{"memory_mb":"number","tasks":["set","string"]}]"#,
    /// );
    /// ```
    pub fn object<N: Into<String>>(attributes: impl IntoIterator<Item = (N, Self)>) -> Self {
        Self::Object {
            attributes: attributes.into_iter().map(|(n, t)| (n.into(), t)).collect(),
            optional: BTreeSet::new(),
        }
    }

    /// The JSON form, as schemas carry it.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool => json!("bool"),
            Self::Number => json!("number"),
            Self::String => json!("string"),
            Self::Dynamic => json!("dynamic"),
            Self::List(element) => json!(["list", element.to_json()]),
            Self::Set(element) => json!(["set", element.to_json()]),
            Self::Map(element) => json!(["map", element.to_json()]),
            Self::Tuple(elements) => {
                json!([
                    "tuple",
                    elements.iter().map(Self::to_json).collect::<Vec<_>>()
                ])
            }
            Self::Object {
                attributes,
                optional,
            } => {
                let fields: serde_json::Map<_, _> = attributes
                    .iter()
                    .map(|(name, r#type)| (name.clone(), r#type.to_json()))
                    .collect();
                if optional.is_empty() {
                    json!(["object", fields])
                } else {
                    json!(["object", fields, optional])
                }
            }
        }
    }

    /// The JSON form as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_json().to_string().into_bytes()
    }

    /// Reads the JSON form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TypeError> {
        let json: Json =
            serde_json::from_slice(bytes).map_err(|error| TypeError(error.to_string()))?;
        Self::from_json(&json)
    }

    /// Reads the JSON form.
    pub fn from_json(json: &Json) -> Result<Self, TypeError> {
        Self::read(json, MAX_DEPTH)
    }

    fn read(json: &Json, depth: usize) -> Result<Self, TypeError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(TypeError(format!("nested deeper than {MAX_DEPTH}")));
        };
        let unknown = || TypeError(json.to_string().chars().take(100).collect());
        if let Some(name) = json.as_str() {
            return match name {
                "bool" => Ok(Self::Bool),
                "number" => Ok(Self::Number),
                "string" => Ok(Self::String),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(unknown()),
            };
        }
        match json.as_array().map(Vec::as_slice) {
            Some([kind, of]) => match (kind.as_str(), of) {
                (Some("list"), of) => Ok(Self::list(Self::read(of, depth)?)),
                (Some("set"), of) => Ok(Self::set(Self::read(of, depth)?)),
                (Some("map"), of) => Ok(Self::map(Self::read(of, depth)?)),
                (Some("tuple"), Json::Array(elements)) => elements
                    .iter()
                    .map(|element| Self::read(element, depth))
                    .collect::<Result<_, _>>()
                    .map(Self::Tuple),
                (Some("object"), Json::Object(fields)) => {
                    Self::read_object(fields, BTreeSet::new(), depth)
                }
                _ => Err(unknown()),
            },
            Some([kind, Json::Object(fields), Json::Array(names)])
                if kind.as_str() == Some("object") =>
            {
                let optional = names
                    .iter()
                    .map(|name| name.as_str().map(str::to_owned).ok_or_else(unknown))
                    .collect::<Result<_, _>>()?;
                Self::read_object(fields, optional, depth)
            }
            _ => Err(unknown()),
        }
    }

    fn read_object(
        fields: &serde_json::Map<String, Json>,
        optional: BTreeSet<String>,
        depth: usize,
    ) -> Result<Self, TypeError> {
        let attributes = fields
            .iter()
            .map(|(name, json)| Ok((name.clone(), Self::read(json, depth)?)))
            .collect::<Result<_, TypeError>>()?;
        Ok(Self::Object {
            attributes,
            optional,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_back() {
        let mut object = Type::object([("a", Type::Bool), ("b", Type::list(Type::Dynamic))]);
        let types = [
            Type::Number,
            Type::set(Type::map(Type::String)),
            Type::Tuple(vec![Type::Bool, Type::object::<&str>([])]),
            object.clone(),
            {
                if let Type::Object { optional, .. } = &mut object {
                    optional.insert("b".to_owned());
                }
                object
            },
        ];
        for r#type in types {
            assert_eq!(Type::from_bytes(&r#type.to_bytes()), Ok(r#type));
        }
    }

    #[test]
    fn what_is_no_type_is_refused() {
        for text in [
            "",
            "1",
            "\"int\"",
            "[]",
            "[\"list\"]",
            "[\"tuple\",\"bool\"]",
            "{}",
        ] {
            assert!(Type::from_bytes(text.as_bytes()).is_err(), "{text}");
        }
        let deep = format!("{}\"bool\"{}", "[\"list\",".repeat(100), "]".repeat(100));
        assert!(Type::from_bytes(deep.as_bytes()).is_err());
    }
}
