namespace Foundation.Azure;

/// <summary>Which queue takes the wake-ups of a lane; the same names for Service Bus and Storage Queues.</summary>
public static class WakeUpQueues
{
    /// <summary>Queued tasks of priority 1.</summary>
    public const string TasksHigh = "tasks-high";

    /// <summary>Queued tasks of priority 2.</summary>
    public const string TasksNormal = "tasks-normal";

    /// <summary>Queued tasks of priority 3.</summary>
    public const string TasksLow = "tasks-low";

    /// <summary>Everything else.</summary>
    public const string WakeUps = "wakeups";

    private const string QueuedTasks = "tasks/queued/";

    /// <summary>All of them, the most urgent first.</summary>
    public static IReadOnlyList<string> All { get; } = [TasksHigh, WakeUps, TasksNormal, TasksLow];

    /// <summary>The queue of a lane: <c>tasks/queued/…/&lt;priority&gt;/&lt;tenant&gt;</c> by priority.</summary>
    public static string Of(string lane)
    {
        if (!lane.StartsWith(QueuedTasks, StringComparison.Ordinal))
        {
            return WakeUps;
        }

        var tenant = lane.LastIndexOf('/');
        return lane.AsSpan(0, tenant) switch
        {
            [.., '/', '1'] => TasksHigh,
            [.., '/', '3'] => TasksLow,
            _ => TasksNormal,
        };
    }
}
