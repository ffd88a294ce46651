//! What somebody changes in Lambda without the host.

use std::io::{Cursor, Write};
use std::time::Duration;

use anyhow::{Context, Result};
use aws_sdk_lambda::Client;
use aws_sdk_lambda::client::Waiters;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::case::Hand;

/// The alias that everybody calls.
pub const LIVE: &str = "live";

/// Does what a hand does.
pub async fn act(client: &Client, hand: &Hand) -> Result<()> {
    match hand {
        Hand::DeleteFunction(name) => {
            client.delete_function().function_name(name).send().await?;
        }
        Hand::DeleteVersion(name, version) => {
            let delete = client.delete_function().function_name(name);
            delete.qualifier(version).send().await?;
        }
        Hand::DeleteAlias(name) => {
            client
                .delete_alias()
                .function_name(name)
                .name(LIVE)
                .send()
                .await?;
        }
        Hand::MoveAlias(name, version) => point(client, name, version).await?,
        Hand::SetMemory(name, memory_mb) => set_memory(client, name, *memory_mb).await?,
        Hand::Publish(name, memory_mb) => {
            set_memory(client, name, *memory_mb).await?;
            let published = client.publish_version().function_name(name).send().await?;
            let version = published.version().context("no version was published")?;
            point(client, name, version).await?;
        }
        Hand::CreateFunction(name) => Box::pin(create(client, name)).await?,
    }
    Ok(())
}

async fn set_memory(client: &Client, name: &str, memory_mb: i32) -> Result<()> {
    let update = client.update_function_configuration().function_name(name);
    update.memory_size(memory_mb).send().await?;
    let updated = client.wait_until_function_updated_v2().function_name(name);
    updated.wait(Duration::from_secs(10)).await?;
    Ok(())
}

async fn point(client: &Client, name: &str, version: &str) -> Result<()> {
    let update = client.update_alias().function_name(name).name(LIVE);
    update.function_version(version).send().await?;
    Ok(())
}

/// A function of somebody else, with the name of one of ours.
async fn create(client: &Client, name: &str) -> Result<()> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("index.js", SimpleFileOptions::default())?;
    archive.write_all(b"exports.handler = async () => 'somebody else';\n")?;
    let archive = archive.finish()?.into_inner();
    client
        .create_function()
        .function_name(name)
        .role("arn:aws:iam::000000000000:role/other")
        .runtime(Runtime::Nodejs22x)
        .handler("index.handler")
        .code(FunctionCode::builder().zip_file(Blob::new(archive)).build())
        .send()
        .await?;
    Ok(())
}
