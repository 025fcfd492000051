namespace Foundation.Registry.View;

/// <summary>Tells when ejections end: one timer on the earliest.</summary>
internal sealed class ReturnAlarms : IDisposable
{
    // An instance ejected again leaves its earlier entry behind, which then finds it still ejected: bounded all the same.
    private const int EntriesMax = 100_000;
    private static readonly TimeSpan WaitMax = TimeSpan.FromHours(1);
    private readonly TimeProvider _time;
    private readonly Action<string> _onReturn;
    private readonly Lock _gate = new();
    private readonly PriorityQueue<string, DateTimeOffset> _queue = new();
    private readonly ITimer _timer;

    public ReturnAlarms(TimeProvider time, Action<string> onReturn)
    {
        (_time, _onReturn) = (time, onReturn);
        _timer = time.CreateTimer(_ => Fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Arm(string fullName, DateTimeOffset at)
    {
        lock (_gate)
        {
            if (_queue.Count < EntriesMax)
            {
                _queue.Enqueue(fullName, at);
                SetTimer();
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Fire()
    {
        List<string> back = [];
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            while (_queue.TryPeek(out var name, out var at) && at <= now)
            {
                back.Add(name);
                _queue.Dequeue();
            }

            SetTimer();
        }

        back.ForEach(_onReturn);
    }

    private void SetTimer()
    {
        if (_queue.TryPeek(out _, out var at))
        {
            var wait = at - _time.GetUtcNow();
            var least = TimeSpan.FromMilliseconds(1);
            _timer.Change(wait < least ? least : wait > WaitMax ? WaitMax : wait, Timeout.InfiniteTimeSpan);
        }
    }
}
