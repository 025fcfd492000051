using Azure.Data.Tables;

namespace Foundation.Azure.Tables;

/// <summary>Makes a row of an entity, with its body or without.</summary>
internal delegate ValueTask<Row> RowReader(Shard shard, TableEntity entity, bool withBody, CancellationToken ct);

/// <summary>The reads of the due index: entries <c>d!lane!at!table!key</c> beside the rows they stand for.</summary>
internal sealed class DueIndex(TableDirectory tables, RowReader toRow, int parallel)
{
    public async ValueTask<Page<Row>> ListAsync(Shard shard, LaneRange range, Listing listing, CancellationToken ct)
    {
        var partition = tables.Partition(shard);
        var (from, to) = EntityKeys.Entries(range);
        var metric = KeyMetric.Times($"d!{KeyCode.Encode(range.Lane)}!");
        var page = await new KeyPager(partition, metric, from, to, RowEntity.Entry).PageAsync(RowEntity.Entry, listing, ct);
        var select = listing.WithBodies ? null : RowEntity.WithoutBody;
        var rows = await Bounded.SelectAsync(page.Items, parallel, async entry =>
        {
            var entity = await partition.FindAsync(RowEntity.RowOf(entry), select, ct);
            return entity is not null && StandsAt(entity, entry) ? await toRow(shard, entity, listing.WithBodies, ct) : null;
        });
        return new Page<Row>([.. rows.OfType<Row>()], page.Next);
    }

    /// <summary>One read per lane: the first entry behind the lane before.</summary>
    public async ValueTask<IReadOnlyList<LaneSummary>> LanesAsync(
        Shard shard, string prefix, string? after, int limit, CancellationToken ct)
    {
        ReadLimits.CheckLimit(limit);
        var partition = tables.Partition(shard);
        var (from, to) = EntityKeys.Lanes(prefix);
        if (after is not null && EntityKeys.AfterLane(after) is var start && string.CompareOrdinal(start, from) > 0)
        {
            from = start;
        }

        var lanes = new List<LaneSummary>();
        while (lanes.Count < limit && string.CompareOrdinal(from, to) < 0)
        {
            var first = await partition.ReadAsync(from, to, 1, RowEntity.Keys, ct);
            if (first.Items.Count == 0)
            {
                break;
            }

            lanes.Add(EntityKeys.ReadEntry(first.Items[0].RowKey));
            from = EntityKeys.AfterLane(lanes[^1].Lane);
        }

        return lanes;
    }

    public async ValueTask<long> CountAsync(Shard shard, string lanePrefix, long atMost, CancellationToken ct)
    {
        var partition = tables.Partition(shard);
        var (from, to) = EntityKeys.Lanes(lanePrefix);
        var count = 0L;
        while (count < atMost)
        {
            var page = await partition.ReadAsync(from, to, (int)Math.Min(Partition.PageMax, atMost - count), RowEntity.Keys, ct);
            count += page.Items.Count;
            if (!page.More || page.Items.Count == 0)
            {
                break;
            }

            from = page.Items[^1].RowKey + KeyCode.JustAfter;
        }

        return Math.Min(count, atMost);
    }

    // The row may have moved on between the two reads: then it no longer waits here, and is listed where it does.
    private static bool StandsAt(TableEntity row, TableEntity entry) =>
        RowEntity.DueOf(row) is { } due && EntityKeys.ReadEntry(entry.RowKey) == new LaneSummary(due.Lane, due.At);
}
