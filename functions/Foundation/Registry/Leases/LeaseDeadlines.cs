namespace Foundation.Registry.Leases;

/// <summary>When leases count as ended in this process.</summary>
internal sealed class LeaseDeadlines(HostProfile profile)
{
    private long _graceFrom = long.MinValue;

    /// <summary>The last time from which everybody has one lease to be heard again; null when there was none.</summary>
    public DateTimeOffset? GraceFrom =>
        Volatile.Read(ref _graceFrom) is var at and not long.MinValue ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;

    /// <summary>Gives everybody who was last heard before now one lease from now on.</summary>
    public void Grant(DateTimeOffset now) => Volatile.Write(ref _graceFrom, now.ToUnixTimeMilliseconds());

    /// <summary>When this lease counts as ended; null without one.</summary>
    public DateTimeOffset? Of(LeaseState lease)
    {
        if (lease is not { ExpiresAt: { } end, Term: { } term })
        {
            return null;
        }

        var deadline = GraceFrom is { } grace && lease.HeardAt <= grace && grace + term > end ? grace + term : end;
        return deadline + profile.ClockSkew;
    }
}
