using System.Diagnostics.Metrics;
using Foundation.Kernel;
using Foundation.Protocols.Memory;

namespace Foundation.Embedded.Sqlite;

/// <summary>
/// Rows in one SQLite file, of one process. Commits are acknowledged after their fsync and share it with their neighbours; reads
/// run beside the writer and see every commit acknowledged before them.
/// </summary>
public sealed class SqliteStore : IStore, IDisposable
{
    private readonly SqliteStoreOptions _options;
    private readonly DataFolder _folder;
    private readonly SqliteCatalogue _catalogue = new();
    private readonly SqliteReaders _readers;
    private readonly SqliteWriter _writer;
    private readonly RowCache _cache;
    private readonly ChangeRing _changes;
    private bool _disposed;

    /// <summary>Locks the folder, opens or creates the file. Throws <see cref="DataFileException"/> when it cannot be used.</summary>
    public SqliteStore(
        SqliteStoreOptions options, RandomSource random, IMeterFactory meters, TimeProvider time, ILogger<SqliteStore> logger)
    {
        _options = options;
        _cache = new RowCache(options.CachedRows);
        _changes = new ChangeRing(random);
        _readers = new SqliteReaders(options, _catalogue);
        _folder = DataFolder.Lock(options.Folder);
        try
        {
            var instruments = new SqliteInstruments(meters, () => _writer?.Depth ?? 0);
            _writer = new SqliteWriter(options, _catalogue, _readers, _cache, _changes, instruments, time, logger);
            RemoveUnfinishedBlobs(logger);
            logger.Opened(options.File, SqliteSchema.Version, SQLitePCL.raw.sqlite3_libversion().utf8_to_string());
            _writer.Start();
        }
        catch (SqliteFault e)
        {
            _writer?.Dispose();
            _folder.Dispose();
            throw Explain(e);
        }
        catch
        {
            _writer?.Dispose();
            _folder.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Shards => _options.Shards;

    internal SqliteReaders Readers => _readers;

    /// <inheritdoc/>
    public ValueTask<Row?> FindAsync(Shard shard, RowKey key, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards, key.Table);
        ct.ThrowIfCancellationRequested();
        if (_catalogue.FindTable(key.Table, shard.Number) is not { } table)
        {
            return new((Row?)null);
        }

        return _cache.Find(table, key) is { } row
            ? new(row)
            : _readers.ReadAsync((_cache, table, key), static (reader, s) =>
            {
                var stamp = s._cache.Stamp;
                var found = reader.Find(s.table, s.key);
                if (found is not null)
                {
                    s._cache.Fill(stamp, s.table, found);
                }

                return found;
            }, ct);
    }

    /// <inheritdoc/>
    public ValueTask<Page<Row>> ListAsync(Shard shard, KeyRange range, Listing listing, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards, range.Table);
        ReadLimits.Check(range);
        ReadLimits.CheckLimit(listing.Limit);
        return _catalogue.FindTable(range.Table, shard.Number) is { } table
            ? _readers.ReadAsync((table, range, listing), static (reader, s) => reader.List(s.table, s.range, s.listing), ct)
            : new(Nothing(listing.Cursor is { } cursor ? ListCursor.Key(range.Table, cursor) : null));
    }

    /// <inheritdoc/>
    public ValueTask<Page<Row>> ListDueAsync(Shard shard, LaneRange range, Listing listing, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards);
        ReadLimits.CheckLimit(listing.Limit);
        return _catalogue.FindPart(shard) is { } part
            ? _readers.ReadAsync(
                (shard, part, range, listing), static (reader, s) => reader.ListDue(s.shard, s.part, s.range, s.listing), ct)
            : new(Nothing(listing.Cursor is { } cursor ? ListCursor.Due(shard.Space, cursor).Key : null));
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LaneSummary>> LanesAsync(Shard shard, string prefix, string? after, int limit, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards);
        ReadLimits.CheckLimit(limit);
        return _catalogue.FindPart(shard) is { } part
            ? _readers.ReadAsync<(int, string, string?, int), IReadOnlyList<LaneSummary>>(
                (part, prefix, after, limit), static (reader, s) => reader.Lanes(s.Item1, s.Item2, s.Item3, s.Item4), ct)
            : new([]);
    }

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(Shard shard, string lanePrefix, long atMost, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards);
        return _catalogue.FindPart(shard) is { } part
            ? _readers.ReadAsync((part, lanePrefix, atMost), static (reader, s) => reader.Count(s.part, s.lanePrefix, s.atMost), ct)
            : new(0);
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken ct)
    {
        ReadLimits.Check(commit.Shard, Shards);
        CommitLimits.Check(commit);
        return new(RunAsync(new CommitJob(commit, ct)));
    }

    /// <inheritdoc/>
    public async ValueTask DeleteRangeAsync(Shard shard, KeyRange range, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards, range.Table);
        ReadLimits.Check(range);
        if (_catalogue.FindTable(range.Table, shard.Number) is { } table)
        {
            while (await RunAsync(new DeleteRangeJob(shard, table, range, ct)))
            {
            }
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Change> WatchAsync(Table table, string? after, CancellationToken ct) =>
        _changes.WatchAsync(table, after, FindStateAsync, ct);

    /// <summary>Writes what is queued, moves the log into the file, closes and unlocks.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _writer.Dispose();
            _readers.Dispose();
            _folder.Dispose();
        }
    }

    internal Task<T> RunAsync<T>(WriterJob<T> job)
    {
        _writer.Post(job);
        return job.Task;
    }

    /// <summary>The page of a table or shard that holds no row yet; a cursor was still read, and refused when malformed.</summary>
    private static Page<Row> Nothing(RowKey? _) => new([], null);

    private async ValueTask<Row?> FindStateAsync(int shard, RowKey key, CancellationToken ct) =>
        await FindAsync(new Shard(key.Table.Space, shard), key, ct) is { } row ? row with { Body = default } : null;

    private void RemoveUnfinishedBlobs(ILogger logger)
    {
        var removed = _writer.StateAtStart.Blobs.RemoveUnfinished();
        if (removed > 0)
        {
            logger.ChunksRemoved(removed);
        }
    }

    private DataFileException Explain(SqliteFault fault) => new(
        fault.Corrupt
            ? $"{_options.File} is damaged or not a data file ({fault.Message}). "
                + "Keep a copy of it, and restore a backup or choose another folder with --data."
            : $"{_options.File} cannot be opened ({fault.Message}). Check that the disk is well and has room, and who may write.",
        fault);
}
