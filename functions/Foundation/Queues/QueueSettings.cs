using Foundation.Retry;

namespace Foundation.Queues;

/// <summary>What a queue document means at run time.</summary>
/// <param name="Name">The queue.</param>
/// <param name="Partitions">1–16 shards that share its tasks.</param>
/// <param name="Retry">The policy of tasks that name none.</param>
/// <param name="DeadLetterAfter">Attempts lost in a row before dead-lettering.</param>
/// <param name="Retention">How long succeeded and cancelled tasks are kept.</param>
/// <param name="DeadLetterRetention">How long dead letters are kept.</param>
public sealed record QueueSettings(
    string Name, int Partitions, RetryPolicy Retry, int DeadLetterAfter, TimeSpan Retention, TimeSpan DeadLetterRetention)
{
    /// <summary>The shard number 0–15 of one of the queue's partitions: (hash(queue) + p) mod 16.</summary>
    public int ShardOf(int partition) => (int)((StableHash.Of(Name) + (uint)partition) % 16);
}

/// <summary>The queues as other rooms see them.</summary>
public interface IQueues
{
    /// <summary>The names of all queues.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>A queue's settings, or null.</summary>
    QueueSettings? Find(string name);

    /// <summary>Since when and why the queue is paused, or null when it runs.</summary>
    QueuePause? PauseOf(string name);

    /// <summary>Reads the store where this process may not know the newest pause; no-op in a single process.</summary>
    ValueTask RefreshAsync(CancellationToken ct);

    /// <summary>Called when a paused queue runs again. Set once, by the room that takes from queues.</summary>
    void OnResumed(Action<string> resumed);
}

/// <summary>A paused queue.</summary>
/// <param name="Since">When.</param>
/// <param name="Reason">Why.</param>
public sealed record QueuePause(DateTimeOffset Since, string? Reason);
