using System.Collections.Concurrent;

namespace Foundation.Tasks;

/// <summary>
/// Callers who wait for a change of a task: woken by the commits of this process, and looking for themselves now and then where
/// other processes commit too.
/// </summary>
internal sealed class TaskWaiters(HostProfile profile, TimeProvider time)
{
    private static readonly TimeSpan LookEveryMin = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookEveryMax = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<UInt128, TaskCompletionSource> _waiting = [];

    /// <summary>A commit changed the task.</summary>
    public void Changed(ResourceId id)
    {
        if (!_waiting.IsEmpty && _waiting.TryRemove(id.Value, out var waiter))
        {
            waiter.TrySetResult();
        }
    }

    /// <summary>Reads until the condition holds or the patience is over; answers the last thing read.</summary>
    public async ValueTask<T> UntilAsync<T>(ResourceId id, Func<CancellationToken, ValueTask<T>> read, Func<T, bool> done, TimeSpan patience, CancellationToken ct)
    {
        var deadline = time.GetUtcNow() + patience;
        var every = LookEveryMin;
        while (true)
        {
            // Waiting is declared before reading, so that a commit between the two is not missed.
            var changed = _waiting.GetOrAdd(id.Value, static _ => new TaskCompletionSource()).Task;
            var value = await read(ct);
            var rest = deadline - time.GetUtcNow();
            if (done(value) || rest <= TimeSpan.Zero)
            {
                return value;
            }

            var pause = profile.SingleProcess || rest < every ? rest : every;
            try
            {
                await WaitAsync(changed, pause, ct);
            }
            finally
            {
                // Whoever leaves takes the entry along; others who wait on it just look again.
                Changed(id);
            }

            every = every * 2 < LookEveryMax ? every * 2 : LookEveryMax;
        }
    }

    private async ValueTask WaitAsync(Task changed, TimeSpan pause, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(changed, Task.Delay(pause, time, ended.Token));
        await ended.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }
}
