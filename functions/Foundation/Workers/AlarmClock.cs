namespace Foundation.Workers;

/// <summary>Remembers when each lane next wants attention: one timer on the smallest time, one entry per lane.</summary>
internal sealed class AlarmClock : IDisposable
{
    private readonly TimeProvider _time;
    private readonly Action<Shard, string> _ring;
    private readonly Lock _gate = new();
    private readonly Dictionary<(Shard Shard, string Lane), long> _armed = [];
    private readonly PriorityQueue<(Shard Shard, string Lane, long At), long> _queue = new();
    private readonly ITimer _timer;

    public AlarmClock(TimeProvider time, Action<Shard, string> ring)
    {
        (_time, _ring) = (time, ring);
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _armed.Count;
            }
        }
    }

    /// <summary>Rings for the lane at the time, unless an earlier ring is already set.</summary>
    public void Arm(Shard shard, string lane, long at)
    {
        lock (_gate)
        {
            if (_armed.TryGetValue((shard, lane), out var armed) && armed <= at)
            {
                return;
            }

            _armed[(shard, lane)] = at;
            _queue.Enqueue((shard, lane, at), at);
            if (_queue.Peek().At == at)
            {
                SetTimer();
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        List<(Shard Shard, string Lane)> due = [];
        lock (_gate)
        {
            var now = _time.GetUtcNow().ToUnixTimeMilliseconds();
            while (_queue.TryPeek(out var next, out var at) && at <= now)
            {
                _queue.Dequeue();
                // An entry that was re-armed for an earlier time leaves its old one behind: only the valid one rings.
                if (_armed.TryGetValue((next.Shard, next.Lane), out var armed) && armed == next.At)
                {
                    _armed.Remove((next.Shard, next.Lane));
                    due.Add((next.Shard, next.Lane));
                }
            }

            SetTimer();
        }

        foreach (var (shard, lane) in due)
        {
            _ring(shard, lane);
        }
    }

    private void SetTimer()
    {
        if (!_queue.TryPeek(out _, out var at))
        {
            return;
        }

        // Timers take at most about 49 days; a later look sets the rest.
        var wait = TimeSpan.FromMilliseconds(Math.Clamp(at - _time.GetUtcNow().ToUnixTimeMilliseconds(), 1, 86_400_000));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
