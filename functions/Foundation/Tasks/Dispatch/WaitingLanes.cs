namespace Foundation.Tasks.Dispatch;

/// <summary>
/// Which lanes hold rows that wait for a slot, by target: high before normal before low, and within a priority the lanes (so
/// tenants and queues) in turn. Guarded by the ledger's lock.
/// </summary>
internal sealed class WaitingLanes
{
    private const int Priorities = 3;
    private readonly Dictionary<(Shard Shard, string Lane), LaneQueue> _lanes = [];
    private readonly Dictionary<string, LinkedList<LaneQueue>[]> _byTarget = new(StringComparer.Ordinal);

    public int Count => _lanes.Count;

    public bool Any(string targetKey) => _byTarget.ContainsKey(targetKey);

    public void Note(Shard shard, string lane, string targetKey, TaskPriority priority)
    {
        if (!_lanes.TryGetValue((shard, lane), out var queue))
        {
            queue = new LaneQueue(shard, lane, targetKey, priority);
            _lanes.Add((shard, lane), queue);
            Ring(queue).AddLast(queue);
        }

        queue.Arrivals++;
    }

    /// <summary>The lane whose turn it is among the targets, or null.</summary>
    public LaneQueue? Next(IReadOnlyList<string> targetKeys, Func<LaneQueue, bool> mayRun)
    {
        for (var priority = 0; priority < Priorities; priority++)
        {
            foreach (var key in targetKeys)
            {
                if (_byTarget.TryGetValue(key, out var rings) && TakeTurn(rings[priority], mayRun) is { } lane)
                {
                    return lane;
                }
            }
        }

        return null;
    }

    /// <summary>A reading found the lane empty: it is forgotten, unless something arrived since.</summary>
    public void Empty(LaneQueue queue, long arrivalsAtReading)
    {
        if (queue.Arrivals == arrivalsAtReading && queue.Ahead.Count == 0 && _lanes.Remove((queue.Shard, queue.Lane)))
        {
            Ring(queue).Remove(queue);
            if (_byTarget[queue.TargetKey].All(r => r.Count == 0))
            {
                _byTarget.Remove(queue.TargetKey);
            }
        }
    }

    private static LaneQueue? TakeTurn(LinkedList<LaneQueue> ring, Func<LaneQueue, bool> mayRun)
    {
        for (var i = ring.Count; i > 0; i--)
        {
            var first = ring.First!;
            ring.RemoveFirst();
            ring.AddLast(first);
            if (mayRun(first.Value))
            {
                return first.Value;
            }
        }

        return null;
    }

    private LinkedList<LaneQueue> Ring(LaneQueue queue)
    {
        if (!_byTarget.TryGetValue(queue.TargetKey, out var rings))
        {
            _byTarget[queue.TargetKey] = rings = [new(), new(), new()];
        }

        return rings[(int)queue.Priority];
    }
}
