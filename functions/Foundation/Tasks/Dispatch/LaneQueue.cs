namespace Foundation.Tasks.Dispatch;

/// <summary>A lane that holds rows nobody had a slot for, with the few rows read ahead of it.</summary>
internal sealed class LaneQueue(Shard shard, string lane, string targetKey, TaskPriority priority)
{
    /// <summary>Rows read ahead, at most.</summary>
    public const int ReadAhead = 32;

    public Shard Shard { get; } = shard;

    public string Lane { get; } = lane;

    public string TargetKey { get; } = targetKey;

    public TaskPriority Priority { get; } = priority;

    /// <summary>Rises with every row that came to wait: a reading that began before says nothing about it.</summary>
    public long Arrivals { get; set; }

    /// <summary>One reader at a time.</summary>
    public SemaphoreSlim Reading { get; } = new(1, 1);

    /// <summary>Rows read and not yet taken, in order.</summary>
    public Queue<Row> Ahead { get; } = new();
}
