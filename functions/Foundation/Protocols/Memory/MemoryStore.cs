namespace Foundation.Protocols.Memory;

/// <summary>
/// The reference of <see cref="IStore"/>: rows in memory, gone with the process. For tests, for the simulator and for
/// <c>--data :memory:</c>. Thread-safe by one lock.
/// </summary>
public sealed class MemoryStore : IStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Space, int Number), MemoryShard> _shards = [];
    private readonly RecentCommits _recent = new();
    private readonly ChangeRing _changes;
    private long _version;

    /// <summary>An empty store.</summary>
    /// <param name="shards">How many shards each space has.</param>
    /// <param name="random">Names the incarnation in watch cursors.</param>
    /// <param name="changesKept">How many changes a watch may fall behind.</param>
    public MemoryStore(int shards = 1, RandomSource? random = null, int changesKept = ChangeRing.DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        Shards = shards;
        _changes = new ChangeRing(random ?? RandomSource.System, changesKept);
    }

    /// <inheritdoc/>
    public int Shards { get; }

    /// <inheritdoc/>
    public ValueTask<Row?> FindAsync(Shard shard, RowKey key, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards, key.Table);
        return Read(shard, s => s.Find(key), ct);
    }

    /// <inheritdoc/>
    public ValueTask<Page<Row>> ListAsync(Shard shard, KeyRange range, Listing listing, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards, range.Table);
        ReadLimits.Check(range);
        ReadLimits.CheckLimit(listing.Limit);
        return Read(shard, s => s.List(range, listing), ct);
    }

    /// <inheritdoc/>
    public ValueTask<Page<Row>> ListDueAsync(Shard shard, LaneRange range, Listing listing, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards);
        ReadLimits.CheckLimit(listing.Limit);
        return Read(shard, s => s.ListDue(shard.Space, range, listing), ct);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LaneSummary>> LanesAsync(Shard shard, string prefix, string? after, int limit, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards);
        ReadLimits.CheckLimit(limit);
        return Read<IReadOnlyList<LaneSummary>>(shard, s => s.Lanes(prefix, after, limit), ct);
    }

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(Shard shard, string lanePrefix, long atMost, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards);
        return Read(shard, s => s.Count(lanePrefix, atMost), ct);
    }

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken ct)
    {
        ReadLimits.Check(commit.Shard, Shards);
        CommitLimits.Check(commit);
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(Commit(commit));
        }
    }

    /// <inheritdoc/>
    public ValueTask DeleteRangeAsync(Shard shard, KeyRange range, CancellationToken ct)
    {
        ReadLimits.Check(shard, Shards, range.Table);
        ReadLimits.Check(range);
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            _changes.Append(shard.Number, Of(shard).DeleteRange(range));
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<Change> WatchAsync(Table table, string? after, CancellationToken ct) =>
        _changes.WatchAsync(table, after, (number, key, _) => ReadState(new Shard(table.Space, number), key), ct);

    private CommitResult Commit(Commit commit)
    {
        var shard = Of(commit.Shard);
        if (shard.Conflict(commit) is { } key)
        {
            return (CommitResult?)_recent.Find(commit) ?? new CommitResult.Conflict(key);
        }

        var version = ++_version;
        foreach (var write in commit.Writes)
        {
            shard.Apply(write, new RowVersion(version));
        }

        _recent.Add(commit.Id, version);
        _changes.Append(commit);
        return new CommitResult.Committed(RecentCommits.Versions(commit.Writes, version));
    }

    private ValueTask<Row?> ReadState(Shard shard, RowKey key) =>
        Read(shard, s => s.Find(key) is { } row ? row with { Body = default } : null, CancellationToken.None);

    private ValueTask<T> Read<T>(Shard shard, Func<MemoryShard, T> read, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        lock (_gate)
        {
            return new(read(Of(shard)));
        }
    }

    private MemoryShard Of(Shard shard)
    {
        var name = (shard.Space.Name, shard.Number);
        if (!_shards.TryGetValue(name, out var found))
        {
            _shards.Add(name, found = new MemoryShard());
        }

        return found;
    }
}
