using Foundation.Tasks;

namespace Foundation.Workflows;

/// <summary>Callers who wait for a change of a run; apart from those of tasks, because ids of both are one space.</summary>
internal sealed class RunWaiters(HostProfile profile, TimeProvider time)
{
    private readonly TaskWaiters _waiters = new(profile, time);

    /// <summary>A commit changed the run.</summary>
    public void Changed(ResourceId id) => _waiters.Changed(id);

    /// <summary>Reads until the condition holds or the patience is over; answers the last thing read.</summary>
    public ValueTask<T> UntilAsync<T>(ResourceId id, Func<CancellationToken, ValueTask<T>> read, Func<T, bool> done, TimeSpan patience, CancellationToken ct) =>
        _waiters.UntilAsync(id, read, done, patience, ct);
}
