namespace Foundation.Registry.Health;

/// <summary>What is to be told of one service, and when.</summary>
internal sealed class ServiceReports
{
    private readonly Lock _gate = new();
    private readonly Queue<Instance> _pending = new();
    private DateTimeOffset _due = DateTimeOffset.MaxValue;
    private DateTimeOffset _lastSent = DateTimeOffset.MinValue;
    private long _number;

    /// <summary>Notes that there is something to tell.</summary>
    /// <returns>When, if that is earlier than it was.</returns>
    public DateTimeOffset? Note(Instance? first, TimeSpan gap, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (first is not null)
            {
                _pending.Enqueue(first);
            }

            var at = _lastSent == DateTimeOffset.MinValue && gap <= InstanceHealthReporter.Gap ? now : Later(_lastSent + gap, now);
            if (at >= _due)
            {
                return null;
            }

            _due = at;
            return at;
        }
    }

    /// <summary>Takes what is due.</summary>
    /// <returns>The instances and the number of the signal, or none.</returns>
    public (List<Instance> Instances, long Number)? Take(DateTimeOffset now, int most)
    {
        lock (_gate)
        {
            if (_due > now || _pending.Count == 0)
            {
                // What was noted may have gone out with a signal that was just being written.
                _due = _pending.Count == 0 ? DateTimeOffset.MaxValue : _due;
                return null;
            }

            var taken = new List<Instance>(Math.Min(most, _pending.Count));
            while (taken.Count < most && _pending.TryDequeue(out var instance))
            {
                taken.Add(instance);
            }

            _lastSent = now;
            _due = _pending.Count > 0 ? now + InstanceHealthReporter.Gap : DateTimeOffset.MaxValue;
            return (taken, ++_number);
        }
    }

    /// <summary>When the next signal is due.</summary>
    public DateTimeOffset Due
    {
        get
        {
            lock (_gate)
            {
                return _due;
            }
        }
    }

    /// <summary>A signal was not taken: it is told again later, with what was seen by then.</summary>
    public void Again(List<Instance> instances, DateTimeOffset at)
    {
        lock (_gate)
        {
            instances.ForEach(_pending.Enqueue);
            _due = at;
        }
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;
}
