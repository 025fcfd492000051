namespace Foundation.Queues;

/// <summary>The tables of this room, in the space of work: a queue's life commits with its tasks.</summary>
public static class QueueTables
{
    /// <summary>The space that tasks, results and queues share.</summary>
    public static Space Work { get; } = new("work");

    /// <summary>Queues by name: pauses.</summary>
    public static Table Life { get; } = new("queues", Work, KeyForm.Text);
}

/// <summary>How queued tasks are laned. Persisted: frozen.</summary>
public static class QueueLanes
{
    /// <summary>All lanes of queued tasks.</summary>
    public const string Queued = "tasks/queued/";

    /// <summary>The lanes of one queue: every target, priority and tenant.</summary>
    public static string QueuedOf(string queue) => $"{Queued}{queue}/";
}
