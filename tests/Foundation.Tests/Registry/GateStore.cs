using Foundation.Protocols;

namespace Foundation.Tests.Registry;

/// <summary>A store that a test can hold up, or let fail.</summary>
internal sealed class GateStore(IStore inner) : IStore
{
    /// <summary>Runs after each read of one row.</summary>
    public Func<RowKey, Task>? AfterFind { get; set; }

    /// <summary>Whether nothing can be reached.</summary>
    public bool Down { get; set; }

    public int Commits { get; private set; }

    public int Shards => inner.Shards;

    public async ValueTask<Row?> FindAsync(Shard shard, RowKey key, CancellationToken ct)
    {
        Check();
        var row = await inner.FindAsync(shard, key, ct);
        await (AfterFind?.Invoke(key) ?? Task.CompletedTask);
        return row;
    }

    public ValueTask<Page<Row>> ListAsync(Shard shard, KeyRange range, Listing listing, CancellationToken ct)
    {
        Check();
        return inner.ListAsync(shard, range, listing, ct);
    }

    public ValueTask<Page<Row>> ListDueAsync(Shard shard, LaneRange range, Listing listing, CancellationToken ct)
    {
        Check();
        return inner.ListDueAsync(shard, range, listing, ct);
    }

    public ValueTask<IReadOnlyList<LaneSummary>> LanesAsync(Shard shard, string prefix, string? after, int limit, CancellationToken ct)
    {
        Check();
        return inner.LanesAsync(shard, prefix, after, limit, ct);
    }

    public ValueTask<long> CountAsync(Shard shard, string lanePrefix, long atMost, CancellationToken ct)
    {
        Check();
        return inner.CountAsync(shard, lanePrefix, atMost, ct);
    }

    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken ct)
    {
        Check();
        Commits++;
        return inner.CommitAsync(commit, ct);
    }

    public ValueTask DeleteRangeAsync(Shard shard, KeyRange range, CancellationToken ct)
    {
        Check();
        return inner.DeleteRangeAsync(shard, range, ct);
    }

    public IAsyncEnumerable<Change> WatchAsync(Table table, string? after, CancellationToken ct) => inner.WatchAsync(table, after, ct);

    private void Check()
    {
        if (Down)
        {
            throw new StoreUnavailableException("The test says so");
        }
    }
}
