using Foundation.Retry;

namespace Foundation.Queues;

/// <summary>The declared queues. <c>default</c> exists by itself.</summary>
internal sealed class QueueDocuments(HostProfile profile)
{
    private readonly Dictionary<string, QueueSettings> _queues = new(StringComparer.Ordinal)
    {
        ["default"] = new QueueSettings("default", profile.DefaultQueuePartitions, RetryPolicy.Default, 5, TimeSpan.FromDays(7), TimeSpan.FromDays(30)),
    };

    public IReadOnlyList<string> Names => [.. _queues.Keys];

    public QueueSettings? Find(string name) => _queues.GetValueOrDefault(name);
}
