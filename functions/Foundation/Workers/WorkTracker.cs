namespace Foundation.Workers;

/// <summary>Counts work that nobody awaits at once, so that a stop can drain it. Not fire-and-forget: failures are observed by the work itself.</summary>
public sealed class WorkTracker(TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _drained;
    private int _count;

    /// <summary>Pieces of work under way.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds work that never throws.</summary>
    public void Track(ValueTask work)
    {
        if (work.IsCompletedSuccessfully)
        {
            return;
        }

        lock (_gate)
        {
            _count++;
        }

        _ = AwaitAsync(work);
    }

    /// <summary>Waits until nothing is under way, or the patience is over.</summary>
    /// <returns>Whether everything ended.</returns>
    public async ValueTask<bool> DrainAsync(TimeSpan patience)
    {
        Task drained;
        lock (_gate)
        {
            if (_count == 0)
            {
                return true;
            }

            drained = (_drained ??= new TaskCompletionSource()).Task;
        }

        return await Task.WhenAny(drained, Task.Delay(patience, time)) == drained;
    }

    private async Task AwaitAsync(ValueTask work)
    {
        try
        {
            await work;
        }
        finally
        {
            lock (_gate)
            {
                if (--_count == 0)
                {
                    _drained?.TrySetResult();
                    _drained = null;
                }
            }
        }
    }
}
