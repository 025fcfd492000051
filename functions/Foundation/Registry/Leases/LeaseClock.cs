namespace Foundation.Registry.Leases;

/// <summary>
/// Guards leases against what is not the agents' silence: this process was not there to hear them (a start, a store that could not
/// answer), or the wall clock stepped. After each, everybody has one lease to be heard again.
/// </summary>
/// <remarks>Steps are found by comparing the wall clock with the monotonic one between two looks; slewing is far slower.</remarks>
internal sealed class LeaseClock
{
    private static readonly TimeSpan StepMin = TimeSpan.FromSeconds(2);
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private DateTimeOffset _wall;
    private long _monotonic;

    public LeaseClock(TimeProvider time)
    {
        _time = time;
        (_wall, _monotonic) = (time.GetUtcNow(), time.GetTimestamp());
    }

    /// <summary>The wall clock.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>Whether the wall clock stepped since the last look.</summary>
    public bool Stepped()
    {
        lock (_gate)
        {
            var (wall, monotonic) = (_time.GetUtcNow(), _time.GetTimestamp());
            var difference = wall - _wall - _time.GetElapsedTime(_monotonic, monotonic);
            (_wall, _monotonic) = (wall, monotonic);
            return difference.Duration() >= StepMin;
        }
    }
}
