using System.Collections.Concurrent;

namespace Foundation.Tasks.Dispatch;

/// <summary>Gives the rows of waiting lanes one by one, each to one taker of this process at a time.</summary>
internal sealed class LaneReader(IStore store, SlotLedger ledger)
{
    private readonly ConcurrentDictionary<UInt128, byte> _claimed = [];

    /// <summary>Whether a taker of this process has the row already; claims it if not.</summary>
    public bool TryClaim(ResourceId id) => _claimed.TryAdd(id.Value, 0);

    /// <summary>The row was started, or turned out to be another's.</summary>
    public void Release(ResourceId id) => _claimed.TryRemove(id.Value, out _);

    /// <summary>The next unclaimed row of the lane, claimed, or null when there is none: then the lane is forgotten.</summary>
    public async ValueTask<Row?> TakeAsync(LaneQueue lane, CancellationToken ct)
    {
        await lane.Reading.WaitAsync(ct);
        try
        {
            if (TakeAhead(lane) is { } ahead)
            {
                return ahead;
            }

            var arrivals = lane.Arrivals;
            await ReadAsync(lane, ct);
            if (TakeAhead(lane) is { } row)
            {
                return row;
            }

            ledger.Empty(lane, arrivals);
            return null;
        }
        finally
        {
            lane.Reading.Release();
        }
    }

    private Row? TakeAhead(LaneQueue lane)
    {
        while (lane.Ahead.TryDequeue(out var row))
        {
            if (TryClaim(row.Key.ResourceId))
            {
                return row;
            }
        }

        return null;
    }

    // Rows being started still stand in the lane: the page is long enough to reach behind them.
    private async ValueTask ReadAsync(LaneQueue lane, CancellationToken ct)
    {
        var limit = Math.Min(1_000, LaneQueue.ReadAhead + _claimed.Count);
        var page = await store.ListDueAsync(lane.Shard, new LaneRange(lane.Lane), new Listing(limit, WithBodies: true), ct);
        foreach (var row in page.Items)
        {
            if (!_claimed.ContainsKey(row.Key.Id))
            {
                lane.Ahead.Enqueue(row);
            }
        }
    }
}
