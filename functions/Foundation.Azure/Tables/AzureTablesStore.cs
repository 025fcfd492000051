using Azure.Data.Tables;

namespace Foundation.Azure.Tables;

/// <summary>
/// Rows in Azure Tables: a table per space, a partition per shard. Rows, due-index entries and change rows of a shard share its
/// partition, so that one commit is one entity group transaction.
/// </summary>
/// <remarks>
/// Cost, in storage transactions: find 1 (2 with a large body), commit 1 whatever its size (a large body 1 more, a conflict 1 per row
/// of it), a page by key 1, a page of a lane 1 + its rows, lanes 1 + one per lane, count 1 per 1,000. A watched table costs a commit
/// three operations of the same transaction, and each process that watches it one read per shard and look.
/// </remarks>
public sealed class AzureTablesStore : IStore
{
    private readonly AzureTablesOptions _options;
    private readonly TableCatalog _catalog;
    private readonly TableDirectory _tables;
    private readonly BodyBlobs _bodies;
    private readonly CommitRunner _commits;
    private readonly DueIndex _due;
    private readonly ChangeWatcher _watcher;
    private readonly OwnCommitIds _ids;

    /// <summary>Opens the store; makes no call.</summary>
    /// <param name="clients">The storage account: tables, and blobs for large bodies.</param>
    /// <param name="catalog">The declared tables: lanes hold rows of tables that are known by name.</param>
    /// <param name="options">Names and bounds.</param>
    /// <param name="random">For ids of commits that have none.</param>
    /// <param name="time">For the waits of watches; rows take their times from the callers.</param>
    public AzureTablesStore(
        AzureStorageClients clients, TableCatalog catalog, AzureTablesOptions options, RandomSource random, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Shards, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Shards, 256, nameof(options));
        (_options, _catalog, _ids) = (options, catalog, new OwnCommitIds(random));
        _tables = new TableDirectory(clients, options);
        _bodies = new BodyBlobs(clients.Blobs.GetBlobContainerClient(options.BodiesContainer), _tables, options.Parallel);
        var changes = new ChangeNumbers(_tables.Partition);
        _commits = new CommitRunner(_tables, _bodies, changes, new MarkerSlots(random), options.Parallel, time);
        _due = new DueIndex(_tables, ToRowAsync, options.Parallel);
        _watcher = new ChangeWatcher(_tables, ToRowAsync, options, time);
    }

    /// <inheritdoc/>
    public int Shards => _options.Shards;

    /// <inheritdoc/>
    public async ValueTask<Row?> FindAsync(Shard shard, RowKey key, CancellationToken ct)
    {
        Check(shard, key.Table);
        var entity = await _tables.Partition(shard).FindAsync(EntityKeys.Row(key), null, ct);
        return entity is null ? null : await ToRowAsync(shard, entity, true, ct);
    }

    /// <inheritdoc/>
    public async ValueTask<Page<Row>> ListAsync(Shard shard, KeyRange range, Listing listing, CancellationToken ct)
    {
        Check(shard, range.Table);
        ReadLimits.Check(range);
        var prefix = $"r!{range.Table.Name}!";
        var metric = range.Table.Keys == KeyForm.Id ? KeyMetric.Ids(prefix) : KeyMetric.Texts(prefix);
        var (from, to) = EntityKeys.Rows(range);
        var pager = new KeyPager(_tables.Partition(shard), metric, from, to, RowEntity.Keys);
        var page = await pager.PageAsync(listing.WithBodies ? null : RowEntity.WithoutBody, listing, ct);
        var rows = await Bounded.SelectAsync(page.Items, _options.Parallel, e => ToRowAsync(shard, e, listing.WithBodies, ct).AsTask());
        return new Page<Row>(rows, page.Next);
    }

    /// <inheritdoc/>
    public ValueTask<Page<Row>> ListDueAsync(Shard shard, LaneRange range, Listing listing, CancellationToken ct)
    {
        _catalog.Learn(shard.Space);
        return _due.ListAsync(shard, range, listing, ct);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<LaneSummary>> LanesAsync(Shard shard, string prefix, string? after, int limit, CancellationToken ct) =>
        _due.LanesAsync(shard, prefix, after, limit, ct);

    /// <inheritdoc/>
    public ValueTask<long> CountAsync(Shard shard, string lanePrefix, long atMost, CancellationToken ct) =>
        _due.CountAsync(shard, lanePrefix, atMost, ct);

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken ct)
    {
        ReadLimits.Check(commit.Shard, Shards);
        CommitLimits.Check(commit);
        foreach (var write in commit.Writes)
        {
            _catalog.Learn(write.Key.Table);
        }

        return _commits.RunAsync(commit.Id.Value == 0 ? commit with { Id = _ids.Next() } : commit, ct);
    }

    /// <inheritdoc/>
    public ValueTask DeleteRangeAsync(Shard shard, KeyRange range, CancellationToken ct)
    {
        Check(shard, range.Table);
        ReadLimits.Check(range);
        return new RangeDeletion(_tables.Partition(shard), _commits, _ids).RunAsync(shard, range, ct);
    }

    /// <summary>
    /// Watches a table that is declared with <see cref="Table.Watched"/>, and throws <see cref="NotSupportedException"/> for any other.
    /// The cursor holds a number per shard.
    /// </summary>
    public IAsyncEnumerable<Change> WatchAsync(Table table, string? after, CancellationToken ct)
    {
        _catalog.Learn(table);
        return table.Watched
            ? _watcher.WatchAsync(table, after, ct)
            : throw new NotSupportedException(
                $"The table {table.Name} is not declared as watched: on Azure its changes leave no trace. Poll its rows or lanes.");
    }

    /// <summary>
    /// Maintenance: deletes large bodies that no row names and that are older than a day. They are left by commits that failed after
    /// the body was stored, and by rows that are gone.
    /// </summary>
    /// <param name="now">The time of the caller.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many were deleted.</returns>
    public ValueTask<int> DeleteOrphanBodiesAsync(DateTimeOffset now, CancellationToken ct) =>
        _bodies.DeleteOrphansAsync(now.AddDays(-1), ct);

    /// <summary>Maintenance, once a day: orphaned bodies, and the stamps that processes which are gone have left.</summary>
    /// <param name="now">The time of the caller.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>How many bodies and stamps were deleted.</returns>
    public async ValueTask<(int Bodies, int Stamps)> CleanAsync(DateTimeOffset now, CancellationToken ct)
    {
        var stamps = 0;
        foreach (var space in _catalog.Spaces())
        {
            for (var number = 0; number < Shards; number++)
            {
                stamps += await _tables.Partition(new Shard(space, number)).DeleteOldMarkersAsync(now.AddDays(-1), ct);
            }
        }

        return (await DeleteOrphanBodiesAsync(now, ct), stamps);
    }

    private void Check(Shard shard, Table table)
    {
        ReadLimits.Check(shard, Shards, table);
        _catalog.Learn(table);
    }

    private async ValueTask<Row> ToRowAsync(Shard shard, TableEntity entity, bool withBody, CancellationToken ct)
    {
        var (name, key) = EntityKeys.ReadRow(entity.RowKey);
        var table = _catalog.GetTable(shard.Space, name, key);
        ReadOnlyMemory<byte> body = default;
        if (withBody)
        {
            body = RowEntity.BlobOf(entity) is { } blob ? await _bodies.GetAsync(blob, ct) : RowEntity.InlineBody(entity);
        }

        return RowEntity.ToRow(entity, table, body);
    }
}
