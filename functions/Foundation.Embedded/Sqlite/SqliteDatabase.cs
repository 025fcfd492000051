using System.Text;
using SQLitePCL;

namespace Foundation.Embedded.Sqlite;

/// <summary>One connection. Used by one thread at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int BusyMilliseconds = 5_000;
    private readonly sqlite3 _db;
    private readonly List<SqliteStatement> _statements = [];

    static SqliteDatabase() => Batteries_V2.Init();

    private SqliteDatabase(sqlite3 db) => _db = db;

    /// <summary>Whether the file system or the file's mode forbids writing.</summary>
    public bool ReadOnly => raw.sqlite3_db_readonly(_db, "main") == 1;

    /// <summary>Whether a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_db) == 0;

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_db);

    /// <summary>Opens a file, creating it when asked.</summary>
    public static SqliteDatabase Open(string path, bool create, int cacheKibibytes)
    {
        var flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | (create ? raw.SQLITE_OPEN_CREATE : 0);
        var code = raw.sqlite3_open_v2(path, out var db, flags, null);
        var database = new SqliteDatabase(db);
        if (code != raw.SQLITE_OK)
        {
            var fault = database.Fault(code, "open");
            database.Dispose();
            throw fault;
        }

        raw.sqlite3_extended_result_codes(db, 1);
        raw.sqlite3_busy_timeout(db, BusyMilliseconds);
        database.Execute($"PRAGMA cache_size=-{cacheKibibytes}");
        return database;
    }

    public void Execute(string sql)
    {
        var code = raw.sqlite3_exec(_db, sql);
        if (code != raw.SQLITE_OK)
        {
            throw Fault(code, sql);
        }
    }

    public SqliteStatement Prepare(string sql)
    {
        var code = raw.sqlite3_prepare_v3(_db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var prepared);
        if (code != raw.SQLITE_OK)
        {
            throw Fault(code, sql);
        }

        var statement = new SqliteStatement(this, prepared, sql);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>The one number that a query returns; 0 for null or no row.</summary>
    public long Number(string sql)
    {
        using var statement = Once(sql);
        return statement.Read() ? statement.Long(0) : 0;
    }

    /// <summary>The one text that a query returns.</summary>
    public string Text(string sql)
    {
        using var statement = Once(sql);
        return statement.Read() ? Encoding.UTF8.GetString(statement.Bytes(0)) : "";
    }

    /// <summary>
    /// Moves pages from the log into the file. Returns how many the log holds, how many of them are moved, and whether other
    /// connections hindered it.
    /// </summary>
    public (int Logged, int Moved, bool Busy) Checkpoint(int mode)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_db, "main", mode, out var logged, out var moved);
        return (code & 0xFF) is raw.SQLITE_OK or raw.SQLITE_BUSY ? (logged, moved, code != raw.SQLITE_OK) : throw Fault(code, "checkpoint");
    }

    /// <summary>How long a statement waits for other connections.</summary>
    public void WaitAtMost(int milliseconds) => raw.sqlite3_busy_timeout(_db, milliseconds);

    /// <summary>Pages written to the log since the last call.</summary>
    public int PagesWritten() =>
        raw.sqlite3_db_status(_db, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1) == raw.SQLITE_OK ? pages : 0;

    /// <summary>Leaves the log as it is when closing: after a failure only a fresh look at the disk may move it.</summary>
    public void KeepLogOnClose() => raw.sqlite3_db_config(_db, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);

    public SqliteFault Fault(int code, string what)
    {
        var extended = raw.sqlite3_extended_errcode(_db);
        return new SqliteFault(extended == raw.SQLITE_OK ? code : extended, $"{raw.sqlite3_errmsg(_db).utf8_to_string()} ({what})");
    }

    public void Dispose()
    {
        foreach (var statement in _statements)
        {
            statement.Dispose();
        }

        _db.Dispose();
    }

    /// <summary>A statement that its caller disposes.</summary>
    public SqliteStatement Once(string sql)
    {
        var code = raw.sqlite3_prepare_v2(_db, sql, out var prepared);
        return code == raw.SQLITE_OK ? new SqliteStatement(this, prepared, sql) : throw Fault(code, sql);
    }
}
