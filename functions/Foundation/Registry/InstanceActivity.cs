namespace Foundation.Registry;

/// <summary>
/// What changes too often for a snapshot: when an instance was heard, what it works on, what this process saw of it. One object per
/// instance and process, kept while the instance's row lives.
/// </summary>
public sealed class InstanceActivity
{
    private LeaseState? _lease;
    private long _deadline = long.MaxValue;
    private long _ejectedUntil;
    private int _open;

    /// <summary>Attempts that this process has open there: its dispatcher counts them.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>When the lease ends; null without one.</summary>
    public DateTimeOffset? LeaseExpiresAt => Volatile.Read(ref _lease)?.ExpiresAt;

    /// <summary>How busy the instance said it is.</summary>
    public InstanceLoad? Load => Volatile.Read(ref _lease)?.Load;

    /// <summary>Work that is known to be outstanding there: the greater of what it said and what this process has open.</summary>
    public int Outstanding => Math.Max(Open, Volatile.Read(ref _lease)?.Load is { } load ? load.Running + load.Queued : 0);

    internal InstanceTally Tally { get; } = new();

    internal LeaseState? Lease => Volatile.Read(ref _lease);

    internal DateTimeOffset? Deadline =>
        Volatile.Read(ref _deadline) is var at and not long.MaxValue ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    internal DateTimeOffset EjectedUntil => DateTimeOffset.FromUnixTimeMilliseconds(Volatile.Read(ref _ejectedUntil));

    /// <summary>An attempt begins.</summary>
    public void Enter() => Interlocked.Increment(ref _open);

    /// <summary>An attempt ended.</summary>
    public void Leave() => Interlocked.Decrement(ref _open);

    /// <summary>Whether the lease has not ended, or there is none.</summary>
    public bool AliveAt(DateTimeOffset now) => now.ToUnixTimeMilliseconds() < Volatile.Read(ref _deadline);

    /// <summary>Whether this process has no reason of its own to keep work away; the fleet's is <see cref="InstanceHealth"/>.</summary>
    internal bool TrustedAt(DateTimeOffset now) =>
        Volatile.Read(ref _ejectedUntil) is var until && (until == 0 || until <= now.ToUnixTimeMilliseconds());

    internal static InstanceActivity Leased(DateTimeOffset? end)
    {
        var activity = new InstanceActivity();
        var lease = new LeaseState { Id = "", Generation = 1, Phase = InstancePhase.Up, HeardAt = default, ExpiresAt = end };
        activity.Hear(lease, end);
        return activity;
    }

    /// <summary>Takes a lease that is not older than the one known.</summary>
    internal void Hear(LeaseState lease, DateTimeOffset? deadline)
    {
        Volatile.Write(ref _lease, lease);
        SetDeadline(deadline);
    }

    internal void SetDeadline(DateTimeOffset? deadline) =>
        Volatile.Write(ref _deadline, deadline?.ToUnixTimeMilliseconds() ?? long.MaxValue);

    internal void EjectUntil(DateTimeOffset? until) => Volatile.Write(ref _ejectedUntil, until?.ToUnixTimeMilliseconds() ?? 0);
}
