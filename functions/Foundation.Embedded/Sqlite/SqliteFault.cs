using SQLitePCL;

namespace Foundation.Embedded.Sqlite;

/// <summary>SQLite refused. Stays inside this folder: callers of the ports get <see cref="Protocols.StoreUnavailableException"/>.</summary>
internal sealed class SqliteFault(int code, string message) : Exception(message)
{
    /// <summary>The extended result code.</summary>
    public int Code { get; } = code;

    /// <summary>The primary result code.</summary>
    public int Primary => Code & 0xFF;

    /// <summary>No room on the disk: nothing was written, and the next commit may find room again.</summary>
    public bool DiskFull => Primary == raw.SQLITE_FULL;

    /// <summary>The file itself is damaged or none of ours.</summary>
    public bool Corrupt => Primary is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;
}
