using System.Globalization;

namespace Foundation.Workflows;

/// <summary>What a list of runs shows.</summary>
internal sealed record RunFilter
{
    public WorkflowRunStatus? Status { get; init; }

    public string? Workflow { get; init; }

    public string? Key { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    public bool Matches(Caller caller, WorkflowRun run) =>
        caller.Sees(run.Tenant)
        && (Status is null || run.Status == Status)
        && (Workflow is null || run.Workflow == Workflow)
        && (Key is null || run.Key == Key)
        && (Since is null || run.CreatedAt >= Since)
        && (Until is null || run.CreatedAt < Until)
        && Labels.All(l => run.Labels is not null && run.Labels.TryGetValue(l.Key, out var value) && value == l.Value);
}

/// <summary>
/// Lists runs in the order of their creation: a merge of the shards by id, filtered as it goes. What a page may read is bounded, so a
/// page of rare matches is short and says where to go on. Workflow and key together name one shard.
/// </summary>
internal sealed class RunLister(IStore store)
{
    private const int RowsReadMax = 5_000;
    private const int PageSize = 100;

    public async ValueTask<Page<WorkflowRun>> ListAsync(
        Caller caller, RunFilter filter, int limit, string? cursor, bool newestFirst, CancellationToken ct)
    {
        var shards = filter is { Workflow: { } workflow, Key: { } key }
            ? [StableHash.ShardOf($"{workflow}/{key}") % store.Shards]
            : Enumerable.Range(0, store.Shards).ToArray();
        var found = new List<WorkflowRun>();
        var position = cursor is null ? StartOf(filter, newestFirst) : UInt128.Parse(cursor, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        for (var read = 0; read < RowsReadMax;)
        {
            var (rows, complete) = await MergeAsync(shards, position, newestFirst, ct);
            foreach (var row in rows)
            {
                position = row.Key.Id;
                if (TooFar(filter, row.Key.ResourceId, newestFirst))
                {
                    return new Page<WorkflowRun>(found, null);
                }

                if (RunRows.Read(row) is var run && filter.Matches(caller, run))
                {
                    found.Add(run);
                    if (found.Count == limit)
                    {
                        return new Page<WorkflowRun>(found, CursorOf(position.Value));
                    }
                }
            }

            read += rows.Count;
            if (complete)
            {
                return new Page<WorkflowRun>(found, null);
            }
        }

        return new Page<WorkflowRun>(found, CursorOf(position!.Value));
    }

    private static string CursorOf(UInt128 position) => position.ToString("x32", CultureInfo.InvariantCulture);

    // Ids begin with their millisecond: a time is a position.
    private static UInt128? StartOf(RunFilter filter, bool newestFirst) => (newestFirst, filter) switch
    {
        (true, { Until: { } until }) => ((UInt128)(ulong)until.ToUnixTimeMilliseconds() + 1) << 80,
        (false, { Since: { } since }) when since.ToUnixTimeMilliseconds() > 0 => ((UInt128)(ulong)since.ToUnixTimeMilliseconds() << 80) - 1,
        _ => null,
    };

    private static bool TooFar(RunFilter filter, ResourceId id, bool newestFirst) => newestFirst
        ? filter.Since is { } since && id.Milliseconds < since.ToUnixTimeMilliseconds() - 1_000
        : filter.Until is { } until && id.Milliseconds > until.ToUnixTimeMilliseconds() + 1_000;

    private async ValueTask<(List<Row> Rows, bool Complete)> MergeAsync(int[] shards, UInt128? after, bool newestFirst, CancellationToken ct)
    {
        var pages = await Task.WhenAll(shards.Select(n => PageAsync(n, after, newestFirst, ct)));
        var merged = pages.SelectMany(p => p.Items).ToList();
        merged.Sort((a, b) => newestFirst ? b.Key.Id.CompareTo(a.Key.Id) : a.Key.Id.CompareTo(b.Key.Id));

        // Where a shard has more, nothing behind its last row may be shown yet.
        var horizon = pages.Where(p => p.Next is not null && p.Items.Count > 0).Select(p => p.Items[^1].Key.Id).ToList();
        if (horizon.Count > 0)
        {
            var edge = newestFirst ? horizon.Max() : horizon.Min();
            merged.RemoveAll(r => newestFirst ? r.Key.Id < edge : r.Key.Id > edge);
        }

        return (merged, pages.All(p => p.Next is null));
    }

    private async Task<Page<Row>> PageAsync(int shard, UInt128? after, bool newestFirst, CancellationToken ct)
    {
        var table = RunTables.Runs;
        var range = (after, newestFirst) switch
        {
            (null, _) => new KeyRange(table),
            ({ } id, true) => new KeyRange(table, To: new RowKey(table, id)),
            ({ } id, false) => new KeyRange(table, From: new RowKey(table, id + 1)),
        };
        return await store.ListAsync(new Shard(RunTables.Space, shard), range, new Listing(PageSize, Descending: newestFirst), ct);
    }
}
