namespace Foundation.Protocols;

/// <summary>
/// Durable rows with one due index. The port has no clock: callers pass times. Implementations: in memory, SQLite, Azure
/// Tables; one conformance suite proves the same semantics on each.
/// </summary>
/// <remarks>
/// Failures: <see cref="StoreUnavailableException"/> when the store cannot answer (nothing is known of the outcome beyond what
/// <see cref="CommitAsync"/> says); <see cref="ArgumentException"/> when a bound is broken.
/// </remarks>
public interface IStore
{
    /// <summary>How many shards each space has: 1 embedded, 16 on Azure.</summary>
    int Shards { get; }

    /// <summary>Reads one row with its body, or null. Sees every commit acknowledged before the call.</summary>
    ValueTask<Row?> FindAsync(Shard shard, RowKey key, CancellationToken ct);

    /// <summary>Rows by key order. Sees every commit acknowledged before the call, as <see cref="ListDueAsync"/> does.</summary>
    ValueTask<Page<Row>> ListAsync(Shard shard, KeyRange range, Listing listing, CancellationToken ct);

    /// <summary>Rows of a lane in (at, key) order.</summary>
    ValueTask<Page<Row>> ListDueAsync(Shard shard, LaneRange range, Listing listing, CancellationToken ct);

    /// <summary>The lanes under a prefix that hold rows, in ordinal order, by skip-scan: the cost grows with lanes, not rows.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="prefix">A prefix of the lane's name; empty for all.</param>
    /// <param name="after">The last lane of the page before, or null.</param>
    /// <param name="limit">1–1000.</param>
    /// <param name="ct">Cancels.</param>
    ValueTask<IReadOnlyList<LaneSummary>> LanesAsync(Shard shard, string prefix, string? after, int limit, CancellationToken ct);

    /// <summary>Counts the rows in all lanes under a prefix, stopping at a bound: never more than <paramref name="atMost"/>.</summary>
    ValueTask<long> CountAsync(Shard shard, string lanePrefix, long atMost, CancellationToken ct);

    /// <summary>
    /// Writes all or nothing. <see cref="CommitResult.Committed"/> means durable; <see cref="CommitResult.Conflict"/> means that
    /// nothing was written. A lost reply is resolved inside: the store reads the rows again and recognises the commit's id.
    /// When even that fails it throws, and the outcome is unknown.
    /// </summary>
    ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken ct);

    /// <summary>Deletes a key range with its index entries: retention. Not atomic; repeat until it no longer throws.</summary>
    ValueTask DeleteRangeAsync(Shard shard, KeyRange range, CancellationToken ct);

    /// <summary>
    /// The newest state of a watched table's rows as they change; intermediate states may be skipped. Starts after the cursor
    /// and ends only by cancellation. A null cursor starts now, and a cursor that is too old or of another store cannot be
    /// resumed: both begin with one <see cref="ChangeKind.Resync"/>. Who lists after it and then follows misses nothing.
    /// </summary>
    IAsyncEnumerable<Change> WatchAsync(Table table, string? after, CancellationToken ct);
}

/// <summary>What a watch tells.</summary>
public enum ChangeKind
{
    /// <summary>The row was written.</summary>
    Updated,

    /// <summary>The row is gone.</summary>
    Deleted,

    /// <summary>The watch starts here: what came before it is not told. Read what you need, then follow.</summary>
    Resync,
}

/// <summary>One change of a watched table.</summary>
/// <param name="Cursor">Where to resume after it.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Key">The row, except for <see cref="ChangeKind.Resync"/>.</param>
/// <param name="Row">Its newest state when updated, without body.</param>
public sealed record Change(string Cursor, ChangeKind Kind, RowKey Key, Row? Row);

/// <summary>The store cannot answer now. The API says 503 <c>api.store-unavailable</c>.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
