using Foundation.Protocols.Memory;

namespace Foundation.Embedded.Sqlite;

/// <summary>The writer's connection with all that is true only while it is open. Used by the writer's thread alone.</summary>
internal sealed class WriterState : IDisposable
{
    /// <summary>Versions are reserved in blocks, so that one never returns and no group pays for a counter.</summary>
    private const long Block = 1_000_000;

    /// <summary>How long restarting the log waits for readers; nothing else of the writer ever waits.</summary>
    private const int RestartMilliseconds = 20;

    private readonly SqliteStoreOptions _options;
    private readonly SqliteCatalogue _catalogue;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _reserve;
    private readonly List<RowChange> _changes = [];
    private long _reserved;
    private int _applied;
    private bool _closed;

    private WriterState(SqliteStoreOptions options, SqliteDatabase database, SqliteCatalogue catalogue, RecentCommits recent)
    {
        (_options, Database, _catalogue, Recent) = (options, database, catalogue, recent);
        catalogue.Load(database);
        Rows = new SqliteRows(database, catalogue);
        Blobs = new SqliteBlobRows(database);
        _begin = database.Prepare("BEGIN IMMEDIATE");
        _commit = database.Prepare("COMMIT");
        _rollback = database.Prepare("ROLLBACK");
        _reserve = database.Prepare(
            "INSERT INTO meta(name, value) VALUES('versions', ?1) ON CONFLICT DO UPDATE SET value = excluded.value");
        Version = _reserved = database.Number("SELECT value FROM meta WHERE name = 'versions'");
    }

    public SqliteDatabase Database { get; }

    public SqliteRows Rows { get; }

    public SqliteBlobRows Blobs { get; }

    public RecentCommits Recent { get; }

    /// <summary>The version that the last commit gave its rows.</summary>
    public long Version { get; private set; }

    /// <summary>What the group under way does to rows.</summary>
    public List<RowChange> Changes => _changes;

    /// <summary>Opens the file, brings its form up to date and sets how it is written.</summary>
    public static WriterState Open(SqliteStoreOptions options, SqliteCatalogue catalogue, RecentCommits recent)
    {
        var database = SqliteDatabase.Open(options.File, create: true, options.CacheKibibytes);
        try
        {
            if (database.ReadOnly)
            {
                throw new DataFileException(
                    $"{options.File} cannot be written. Give this user write access to it and its folder, or choose another with --data.");
            }

            database.Execute("PRAGMA page_size=8192");
            if (database.Text("PRAGMA journal_mode=WAL") != "wal")
            {
                throw new DataFileException(
                    $"{options.File} is on a file system that cannot hold a write-ahead log. Choose a local disk with --data.");
            }

            // FULL: a commit is acknowledged after its fsync. Moves of the log are the writer's own, so that their errors are seen.
            database.Execute(
                "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA journal_size_limit=67108864");
            SqliteSchema.Migrate(database, options.File);
            database.WaitAtMost(RestartMilliseconds);
            if (options.PagesMax > 0)
            {
                database.Execute($"PRAGMA max_page_count={options.PagesMax}");
            }

            return new WriterState(options, database, catalogue, recent);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that a table has a number.</summary>
    public void Ensure(Table table, int shard) => _catalogue.Ensure(Database, table, shard);

    public void Begin(int jobs)
    {
        _changes.Clear();
        _applied = 0;
        _begin.Run();
        if (Version + jobs > _reserved)
        {
            _reserve.Bind(1, _reserved + Block).Run();
        }
    }

    /// <summary>Remembers what a commit did.</summary>
    public void Applied(Commit commit, long version)
    {
        Version = version;
        Recent.Add(commit.Id, version);
        _applied++;
        foreach (var write in commit.Writes)
        {
            _changes.Add(new RowChange(_catalogue.TableForWriter(write.Key.Table, commit.Shard.Number), write.Key, write, version));
        }
    }

    /// <summary>Remembers deleted rows.</summary>
    public void Deleted(int table, List<RowKey> keys)
    {
        foreach (var key in keys)
        {
            _changes.Add(new RowChange(table, key, null, 0));
        }
    }

    /// <summary>Makes the group durable: returns after the fsync.</summary>
    public void Commit()
    {
        _options.Fault?.Invoke(CommitPoint.Before);
        _commit.Run();
        _options.Fault?.Invoke(CommitPoint.After);
        if (Version > _reserved)
        {
            _reserved += Block;
        }
    }

    /// <summary>Undoes the group. Its versions stay used.</summary>
    public void Rollback()
    {
        Forget();
        if (Database.InTransaction)
        {
            _rollback.Run();
        }
    }

    /// <summary>The group's commits are not to be recognised: they are not durable, or nobody knows.</summary>
    public void Forget()
    {
        Recent.Forget(_applied);
        _applied = 0;
    }

    /// <summary>Closes without touching the log; does nothing when that was done.</summary>
    public void Abandon()
    {
        if (!_closed)
        {
            Database.KeepLogOnClose();
            Dispose();
        }
    }

    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            Database.Dispose();
        }
    }
}
