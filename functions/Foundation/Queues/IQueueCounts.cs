namespace Foundation.Queues;

/// <summary>Counts a queue's tasks by status; answered by the room that owns them.</summary>
public interface IQueueCounts
{
    /// <summary>Counts in these shards, each status up to a bound.</summary>
    ValueTask<QueueDepths> CountAsync(string queue, IReadOnlyList<Shard> shards, CancellationToken ct);
}
