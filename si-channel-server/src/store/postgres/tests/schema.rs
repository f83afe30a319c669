//! The tables as they are made and as they change.

use super::super::schema::{MIGRATIONS, Migration, migrate};
use super::*;

const A: Migration = Migration { name: "1_a", sql: "CREATE TABLE a (x integer)" };
const B: Migration = Migration { name: "2_b", sql: "CREATE TABLE b (x integer); CREATE TABLE c (x integer)" };
/// The server ends the connection in the middle of it.
const CUT: Migration = Migration {
    name: "2_b",
    sql: "CREATE TABLE b (x integer); SELECT pg_terminate_backend(pg_backend_pid()); CREATE TABLE c (x integer)",
};
/// Programs that know one migration go on with it.
const GENTLE: Migration =
    Migration { name: "2_d", sql: "-- serves programs from: 1\nCREATE TABLE d (x integer)" };
const HARSH: Migration = Migration { name: "2_e", sql: "DROP TABLE a" };

async fn brought_to(schema: &Schema, migrations: &[Migration]) -> Result<(), OpenError> {
    let link = schema.server().connect().await.unwrap();
    migrate(&link, &schema.name, migrations).await
}

async fn tables(schema: &Schema) -> Vec<String> {
    let sql = "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
               AND relname <> 'schema_migrations' ORDER BY 1";
    schema.raw().await.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn f74_a_migration_killed_half_way_leaves_the_step_before_and_resumes() {
    let Some(schema) = Schema::new() else { return };
    let error = brought_to(&schema, &[A, CUT]).await.unwrap_err();
    assert!(matches!(error, OpenError::Migration { name: "2_b", .. }), "{error}");
    assert_eq!(tables(&schema).await, ["a"]);
    brought_to(&schema, &[A, B]).await.unwrap();
    assert_eq!(tables(&schema).await, ["a", "b", "c"]);
    brought_to(&schema, &[A, B]).await.unwrap();
}

#[tokio::test]
async fn f74_a_newer_schema_is_refused_unless_it_says_that_it_serves() {
    let Some(schema) = Schema::new() else { return };
    brought_to(&schema, &[A, GENTLE]).await.unwrap();
    brought_to(&schema, &[A]).await.unwrap();
    let error = brought_to(&schema, &[]).await.unwrap_err();
    assert!(matches!(error, OpenError::TooNew { found: 2, known: 0 }), "{error}");

    let Some(schema) = Schema::new() else { return };
    brought_to(&schema, &[A, HARSH]).await.unwrap();
    let error = brought_to(&schema, &[A]).await.unwrap_err();
    assert!(
        error.to_string().contains("schema version 2 and this program knows versions up to 1"),
        "{error}"
    );
}

#[tokio::test]
async fn a_schema_made_by_another_text_is_refused() {
    let Some(schema) = Schema::new() else { return };
    brought_to(&schema, &[A]).await.unwrap();
    let changed = Migration { sql: "CREATE TABLE a (x bigint)", ..A };
    assert!(matches!(brought_to(&schema, &[changed]).await, Err(OpenError::Changed("1_a"))));
}

#[tokio::test]
async fn a_schema_of_another_program_is_refused_and_left_alone() {
    let Some(schema) = Schema::new() else { return };
    let client = schema.raw().await;
    client
        .batch_execute(&format!("CREATE SCHEMA {0}; CREATE TABLE {0}.theirs (x integer)", schema.name))
        .await
        .unwrap();
    let error = PostgresStore::open(&schema.url, schema.options()).await.unwrap_err();
    assert!(matches!(error, OpenError::Foreign(_)), "{error}");
    assert_eq!(tables(&schema).await, ["theirs"]);
    for name in ["", "Mine", "a\"b", "pg_mine", "1a", &"a".repeat(64)] {
        let options = Options { schema: name.to_owned(), ..Options::default() };
        assert!(
            matches!(PostgresStore::open(&schema.url, options).await, Err(OpenError::Schema(_))),
            "{name}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_start_at_once_make_the_tables_once() {
    let Some(schema) = Schema::new() else { return };
    let opened = futures_util::future::join_all((0..4).map(|_| schema.store())).await;
    for (n, store) in opened.iter().enumerate() {
        store.commit(put(&n.to_string())).await.unwrap();
    }
    let rows = schema.raw().await.query("SELECT number FROM schema_migrations", &[]).await.unwrap();
    assert_eq!(rows.len(), MIGRATIONS.len());
}
