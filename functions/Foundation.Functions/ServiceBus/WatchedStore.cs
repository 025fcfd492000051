namespace Foundation.Functions.ServiceBus;

/// <summary>The store, with its commits told to the watch.</summary>
internal sealed class WatchedStore(IStore inner, DeadLetterWatch watch) : IStore
{
    public int Shards => inner.Shards;

    public ValueTask<Row?> FindAsync(Shard shard, RowKey key, CancellationToken ct) => inner.FindAsync(shard, key, ct);

    public ValueTask<Page<Row>> ListAsync(Shard shard, KeyRange range, Listing listing, CancellationToken ct) => inner.ListAsync(shard, range, listing, ct);

    public ValueTask<Page<Row>> ListDueAsync(Shard shard, LaneRange range, Listing listing, CancellationToken ct) =>
        inner.ListDueAsync(shard, range, listing, ct);

    public ValueTask<IReadOnlyList<LaneSummary>> LanesAsync(Shard shard, string prefix, string? after, int limit, CancellationToken ct) =>
        inner.LanesAsync(shard, prefix, after, limit, ct);

    public ValueTask<long> CountAsync(Shard shard, string lanePrefix, long atMost, CancellationToken ct) => inner.CountAsync(shard, lanePrefix, atMost, ct);

    public async ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken ct)
    {
        var result = await inner.CommitAsync(commit, ct);
        if (result is CommitResult.Committed)
        {
            watch.Committed(commit);
        }

        return result;
    }

    public ValueTask DeleteRangeAsync(Shard shard, KeyRange range, CancellationToken ct) => inner.DeleteRangeAsync(shard, range, ct);

    public IAsyncEnumerable<Change> WatchAsync(Table table, string? after, CancellationToken ct) => inner.WatchAsync(table, after, ct);
}
