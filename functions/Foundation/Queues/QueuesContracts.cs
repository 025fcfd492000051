using System.Text.Json.Serialization;

namespace Foundation.Queues;

/// <summary>Whether a queue gives out its tasks.</summary>
[JsonConverter(typeof(KebabEnumConverter<QueueStatus>))]
public enum QueueStatus
{
    /// <summary>It gives out tasks.</summary>
    Running,

    /// <summary>It keeps what it has and takes more in.</summary>
    Paused,
}

/// <summary>A queue as the API answers it.</summary>
public sealed record QueueResource
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it gives out its tasks.</summary>
    public required QueueStatus Status { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>Shards that share its tasks.</summary>
    public required int Partitions { get; init; }

    /// <summary>Tasks by status.</summary>
    public QueueDepths? Depths { get; init; }

    /// <summary>When the task that waits longest for a slot was queued.</summary>
    public DateTimeOffset? OldestAt { get; init; }

    /// <summary>How long that is.</summary>
    public TimeSpan? OldestAge { get; init; }

    /// <summary>What this process saw in the last minute.</summary>
    public QueueRates? Rates { get; init; }
}

/// <summary>How many tasks stand where.</summary>
/// <param name="Queued">Waiting for a slot.</param>
/// <param name="Scheduled">Waiting for a time: a delay, or the back-off after a failure.</param>
/// <param name="Running">With an agent.</param>
/// <param name="DeadLettered">Ended without success and kept.</param>
/// <param name="Exact">False where counting stopped at a bound: there are at least so many.</param>
public sealed record QueueDepths(long Queued, long Scheduled, long Running, long DeadLettered, bool Exact);

/// <summary>Tasks per second, averaged over the last minute, in this process.</summary>
/// <param name="In">Submitted.</param>
/// <param name="Started">Started.</param>
/// <param name="Ended">Ended, whatever the outcome.</param>
public sealed record QueueRates(double In, double Started, double Ended);

/// <summary>Body of <c>POST /api/queues/{name}/pause</c>.</summary>
public sealed record QueuePauseRequest
{
    /// <summary>Why; up to 500 characters.</summary>
    public string? Reason { get; init; }
}
