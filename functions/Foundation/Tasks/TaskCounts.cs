using Foundation.Queues;

namespace Foundation.Tasks;

/// <summary>Counts a queue's tasks: queued ones by their lanes, others by reading what stands in the lanes all queues share.</summary>
internal sealed class TaskCounts(IStore store) : IQueueCounts
{
    private const int QueuedMax = 100_000;
    private const int ReadMax = 2_000;

    public async ValueTask<QueueDepths> CountAsync(string queue, IReadOnlyList<Shard> shards, CancellationToken ct)
    {
        var (queued, scheduled, running, dead, exact) = (0L, 0L, 0L, 0L, true);
        foreach (var shard in shards)
        {
            var waiting = await store.CountAsync(shard, QueueLanes.QueuedOf(queue), QueuedMax, ct);
            var later = await ReadAsync(shard, TaskLanes.Scheduled, queue, ct);
            var ended = await ReadAsync(shard, TaskLanes.EndedIn(AgentTaskStatus.DeadLettered), queue, ct);
            var active = await RunningAsync(shard, queue, ct);
            (queued, scheduled, running, dead) = (queued + waiting, scheduled + later.Count, running + active.Count, dead + ended.Count);
            exact &= waiting < QueuedMax && later.Exact && ended.Exact && active.Exact;
        }

        return new QueueDepths(queued, scheduled, running, dead, exact);
    }

    private async ValueTask<(long Count, bool Exact)> RunningAsync(Shard shard, string queue, CancellationToken ct)
    {
        var (count, exact) = (0L, true);
        var lanes = await store.LanesAsync(shard, TaskLanes.RunningPrefix, null, 1_000, ct);
        foreach (var lane in lanes)
        {
            var read = await ReadAsync(shard, lane.Lane, queue, ct);
            (count, exact) = (count + read.Count, exact && read.Exact);
        }

        return (count, exact && lanes.Count < 1_000);
    }

    private async ValueTask<(long Count, bool Exact)> ReadAsync(Shard shard, string lane, string queue, CancellationToken ct)
    {
        var (count, read) = (0L, 0);
        string? cursor = null;
        do
        {
            var page = await store.ListDueAsync(shard, new LaneRange(lane), new Listing(500, cursor), ct);
            count += page.Items.Count(r => TaskRows.Read(r).Queue == queue);
            (read, cursor) = (read + page.Items.Count, page.Next);
        }
        while (cursor is not null && read < ReadMax);
        return (count, cursor is null);
    }
}
