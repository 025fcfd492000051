using Foundation.Protocols;

namespace Foundation.Functions.Tests.Fakes;

/// <summary>A store that can be away.</summary>
internal sealed class SwitchStore(IStore inner) : IStore
{
    public bool Down { get; set; }

    public int Shards => inner.Shards;

    private IStore Inner => Down ? throw new StoreUnavailableException("Down") : inner;

    public ValueTask<Row?> FindAsync(Shard shard, RowKey key, CancellationToken ct) => Inner.FindAsync(shard, key, ct);

    public ValueTask<Page<Row>> ListAsync(Shard shard, KeyRange range, Listing listing, CancellationToken ct) => Inner.ListAsync(shard, range, listing, ct);

    public ValueTask<Page<Row>> ListDueAsync(Shard shard, LaneRange range, Listing listing, CancellationToken ct) =>
        Inner.ListDueAsync(shard, range, listing, ct);

    public ValueTask<IReadOnlyList<LaneSummary>> LanesAsync(Shard shard, string prefix, string? after, int limit, CancellationToken ct) =>
        Inner.LanesAsync(shard, prefix, after, limit, ct);

    public ValueTask<long> CountAsync(Shard shard, string lanePrefix, long atMost, CancellationToken ct) => Inner.CountAsync(shard, lanePrefix, atMost, ct);

    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken ct) => Inner.CommitAsync(commit, ct);

    public ValueTask DeleteRangeAsync(Shard shard, KeyRange range, CancellationToken ct) => Inner.DeleteRangeAsync(shard, range, ct);

    public IAsyncEnumerable<Change> WatchAsync(Table table, string? after, CancellationToken ct) => Inner.WatchAsync(table, after, ct);
}
