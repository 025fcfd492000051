using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Foundation.Queues;

/// <summary>Metrics of queues, meter <c>Foundation.Queues</c>: what the last look at each queue saw.</summary>
internal sealed class QueuesInstruments
{
    private readonly ConcurrentDictionary<string, (long Depth, double Age)> _seen = new(StringComparer.Ordinal);

    public QueuesInstruments(IMeterFactory meters)
    {
        var meter = meters.Create("Foundation.Queues");
        meter.CreateObservableGauge("foundation.queue.depth", () => _seen.Select(s => new Measurement<long>(s.Value.Depth, Queue(s.Key))), "{task}", "Tasks that wait for a slot");
        meter.CreateObservableGauge("foundation.queue.age", () => _seen.Select(s => new Measurement<double>(s.Value.Age, Queue(s.Key))), "s", "How long the oldest of them waits");
    }

    public void Saw(QueueResource queue) => _seen[queue.Name] = (queue.Depths?.Queued ?? 0, queue.OldestAge?.TotalSeconds ?? 0);

    private static KeyValuePair<string, object?> Queue(string name) => new("queue", name);
}
