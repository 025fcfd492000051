using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Foundation.Embedded.Sqlite;

/// <summary>The embedded host's data file.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The folder that holds the file, its log and its lock. Default: <c>.foundation</c>.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Folder { get; set; } = ".foundation";

    /// <summary>KiB of pages that the writer keeps in memory: more makes large working sets cheaper. Default: 32768.</summary>
    [Range(1_024, 4_194_304)]
    public int CacheKibibytes { get; set; } = 32_768;

    /// <summary>
    /// Pages of 8 KiB in the log before they are moved into the file: more means fewer moves of the same page, a longer log and a
    /// longer first start after a crash. Default: 4000.
    /// </summary>
    [Range(100, 1_000_000)]
    public int CheckpointPages { get; set; } = 4_000;

    /// <summary>Commits that share one fsync at most: more is throughput, fewer is latency of the first among them. Default: 512.</summary>
    [Range(1, 10_000)]
    public int GroupCommitsMax { get; set; } = 512;

    /// <summary>Bytes of states and bodies that share one fsync at most. Default: 8 MiB.</summary>
    [Range(1, 1_073_741_824)]
    public int GroupBytesMax { get; set; } = 8 * 1024 * 1024;

    /// <summary>Commits that may wait for the writer; more are refused as unavailable. Default: 100000.</summary>
    [Range(1, 10_000_000)]
    public int QueueMax { get; set; } = 100_000;

    /// <summary>Connections that read beside the writer. Default: 8.</summary>
    [Range(1, 256)]
    public int Readers { get; set; } = 8;

    /// <summary>Rows kept in memory as last committed: finding one of them costs no read. Default: 8192.</summary>
    [Range(1, 4_194_304)]
    public int CachedRows { get; set; } = 8_192;

    /// <summary>How many shards each space has: 1, but for tests.</summary>
    internal int Shards { get; set; } = 1;

    /// <summary>Lets a test fail the disk: called around each group's COMMIT, throws what SQLite would.</summary>
    internal Action<CommitPoint>? Fault { get; set; }

    /// <summary>Lets a test bound the file; 0 does not.</summary>
    internal int PagesMax { get; set; }

    /// <summary>The data file.</summary>
    internal string File => Path.Combine(Path.GetFullPath(Folder), "foundation.db");
}

/// <summary>Where a test may let the disk fail.</summary>
internal enum CommitPoint
{
    /// <summary>Nothing of the group is in the log yet.</summary>
    Before,

    /// <summary>The group is in the log, but its writer shall not learn of it.</summary>
    After,

    /// <summary>The store tries to open the file again.</summary>
    Reopening,
}

[OptionsValidator]
internal sealed partial class SqliteStoreOptionsValidator : IValidateOptions<SqliteStoreOptions>;
