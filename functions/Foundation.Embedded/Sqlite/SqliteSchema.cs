namespace Foundation.Embedded.Sqlite;

/// <summary>The file's form and how older forms become the newest. Steps are never edited once released, only added.</summary>
internal static class SqliteSchema
{
    /// <summary>"FNDN": tells our files from other SQLite files.</summary>
    private const int ApplicationId = 0x464E444E;

    private static readonly string[] Steps =
    [
        // tables, parts: what the small numbers in rows mean. A part is a shard of a space; a table stands once per part.
        // rows: bodies stand apart, because they are written once while a state is rewritten; a row then stays small, and so does
        //   the log of a replace. Without rowid, one tree serves key order; ids sort by time, so inserts go to its right edge.
        // due: complete for the order (lane, at, table, key); a lane is stored as "<part>|<lane>". As text it needs no catalogue
        //   that grows with every instance that ever lived, and the skip-scan sees only lanes that hold rows.
        // chunks: id = blob number << 16 | index.
        """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE parts(id INTEGER PRIMARY KEY, space TEXT NOT NULL, number INTEGER NOT NULL, UNIQUE(space, number));
        CREATE TABLE tables(id INTEGER PRIMARY KEY, part INTEGER NOT NULL, name TEXT NOT NULL, form INTEGER NOT NULL, UNIQUE(part, name));
        CREATE TABLE rows(t INTEGER NOT NULL, k BLOB NOT NULL, v INTEGER NOT NULL, l TEXT, a INTEGER, p INTEGER, s BLOB NOT NULL, b INTEGER,
          PRIMARY KEY(t, k)) WITHOUT ROWID;
        CREATE INDEX due ON rows(l, a, t, k) WHERE l IS NOT NULL;
        CREATE TABLE bodies(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE blobs(name TEXT PRIMARY KEY, id INTEGER NOT NULL UNIQUE, length INTEGER NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE chunks(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        """,
    ];

    /// <summary>The newest form that this program knows.</summary>
    public static int Version => Steps.Length;

    /// <summary>Checks that the file is ours and brings it to the newest form.</summary>
    public static void Migrate(SqliteDatabase database, string path)
    {
        var version = (int)database.Number("PRAGMA user_version");
        var application = database.Number("PRAGMA application_id");
        if (application != ApplicationId && (version != 0 || database.Number("SELECT count(*) FROM sqlite_schema") != 0))
        {
            throw new DataFileException($"{path} is an SQLite file of another program. Choose another folder with --data.");
        }

        if (version > Version)
        {
            throw new DataFileException(
                $"{path} was written by a newer version of Foundation (form {version}; this one knows {Version}). "
                + "Start that version, or restore a backup.");
        }

        for (; version < Version; version++)
        {
            var stamp = $"PRAGMA application_id={ApplicationId};PRAGMA user_version={version + 1};";
            database.Execute($"BEGIN IMMEDIATE;{Steps[version]}{stamp}COMMIT;");
        }
    }
}
