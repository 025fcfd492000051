namespace Foundation.Tasks;

/// <summary>Names of the lanes that tasks wait in. Persisted: frozen.</summary>
internal static class TaskLanes
{
    public const string QueuedPrefix = Queues.QueueLanes.Queued;
    public const string Scheduled = "tasks/scheduled";
    public const string RunningPrefix = "tasks/running/";
    public const string EndedPrefix = "tasks/ended/";
    private const int SegmentMax = 64;

    public static string Queued(AgentTask task) =>
        $"{QueuedPrefix}{task.Queue}/{TargetKey(task.Target)}/{(int)task.Priority + 1}/{Segment(task.Tenant)}";

    /// <summary>The lanes of one queue and target key, all priorities and tenants.</summary>
    public static string QueuedFor(string queue, string targetKey) => $"{QueuedPrefix}{queue}/{targetKey}/";

    public static string Running(string instance) => RunningPrefix + Segment(instance.Replace('/', '.'));

    public static string EndedIn(AgentTaskStatus status) => EndedPrefix + Kebab.Name(status);

    /// <summary>The segment of a target: what kind it names and which.</summary>
    public static string TargetKey(TaskTarget target) => target switch
    {
        { Capability: { } capability } => CapabilityKey(capability),
        { Service: { } service } => ServiceKey(service),
        { Instance: { } instance } => InstanceKey(instance),
        _ => throw new ArgumentException("A target names a capability, a service or an instance"),
    };

    public static string CapabilityKey(string capability) => "c:" + Segment(capability);

    public static string ServiceKey(string service) => "s:" + Segment(service);

    public static string InstanceKey(string instance) => "i:" + Segment(instance.Replace('/', '.'));

    /// <summary>The parts of a queued lane.</summary>
    public static bool TryParseQueued(string lane, out string queue, out string targetKey, out TaskPriority priority, out string tenant)
    {
        (queue, targetKey, priority, tenant) = ("", "", TaskPriority.Normal, "");
        if (!lane.StartsWith(QueuedPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        var parts = lane[QueuedPrefix.Length..].Split('/');
        if (parts.Length != 4 || parts[2] is not ("1" or "2" or "3"))
        {
            return false;
        }

        (queue, targetKey, priority, tenant) = (parts[0], parts[1], (TaskPriority)(parts[2][0] - '1'), parts[3]);
        return true;
    }

    // Texts of callers may hold slashes or be long: prefix and hash keep lanes readable, short and distinct.
    private static string Segment(string text)
    {
        var plain = text.Length <= SegmentMax && text.AsSpan().IndexOfAnyExcept(Plain) < 0;
        if (plain)
        {
            return text;
        }

        var head = string.Concat(text.Take(24).Select(c => Plain.Contains(c) ? c : '-'));
        return $"{head}~{StableHash.Of(text):x16}";
    }

    private static readonly System.Buffers.SearchValues<char> Plain =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:@");
}
