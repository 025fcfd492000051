namespace Foundation.Protocols;

/// <summary>
/// What this host promises and how it is bounded: the numbers of <c>GET /api/version</c> that clients and acceptance tests read,
/// and the few by which the core adapts. No code asks which host it runs in.
/// </summary>
public sealed record HostProfile
{
    /// <summary>One process owns all rows: what it knows in memory is true at once, and no clock differs.</summary>
    public required bool SingleProcess { get; init; }

    /// <summary>
    /// The store is first asked by the first request, not at the start: for a platform that starts processes cold, counts how long they
    /// take, and gives up on those whose storage is not reachable yet.
    /// </summary>
    public bool LoadsAtFirstUse { get; init; }

    /// <summary>How late a configuration change is seen.</summary>
    public required TimeSpan ConfigDelay { get; init; }

    /// <summary>How late a watch tells.</summary>
    public required TimeSpan WatchDelay { get; init; }

    /// <summary>How late a due row may be looked at.</summary>
    public required TimeSpan TimerLateness { get; init; }

    /// <summary>How late an expired registration is noticed.</summary>
    public required TimeSpan ExpiryLag { get; init; }

    /// <summary>How far the clocks of two processes may differ; a lease ends for others this much later.</summary>
    public required TimeSpan ClockSkew { get; init; }

    /// <summary>The lease of a registration that names none.</summary>
    public required TimeSpan RegistrationLease { get; init; }

    /// <summary>How often an instance is asked to be heard.</summary>
    public required TimeSpan HeartbeatEvery { get; init; }

    /// <summary>How long one wake-up may go on taking further rows; null without bound.</summary>
    public TimeSpan? WorkPerWakeUp { get; init; }

    /// <summary>Partitions of the queue <c>default</c>.</summary>
    public int DefaultQueuePartitions { get; init; } = 1;

    /// <summary><c>strict</c>: high before normal before low, always; <c>lanes</c>: each has its own line.</summary>
    public string Priority { get; init; } = "strict";

    /// <summary>The longest <c>?wait=</c>.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The embedded host.</summary>
    public static HostProfile Embedded { get; } = new()
    {
        SingleProcess = true,
        ConfigDelay = TimeSpan.Zero,
        WatchDelay = TimeSpan.FromMilliseconds(100),
        TimerLateness = TimeSpan.FromSeconds(1),
        ExpiryLag = TimeSpan.FromSeconds(1),
        ClockSkew = TimeSpan.Zero,
        RegistrationLease = TimeSpan.FromSeconds(30),
        HeartbeatEvery = TimeSpan.FromSeconds(10),
    };

    /// <summary>The Azure host, and the Azure adapters in Kestrel.</summary>
    public static HostProfile Azure { get; } = new()
    {
        SingleProcess = false,
        ConfigDelay = TimeSpan.FromSeconds(3),
        WatchDelay = TimeSpan.FromSeconds(5),
        TimerLateness = TimeSpan.FromSeconds(120),
        ExpiryLag = TimeSpan.FromSeconds(60),
        ClockSkew = TimeSpan.FromSeconds(10),
        RegistrationLease = TimeSpan.FromSeconds(90),
        HeartbeatEvery = TimeSpan.FromSeconds(30),
        WorkPerWakeUp = TimeSpan.FromSeconds(60),
        DefaultQueuePartitions = 8,
        Priority = "lanes",
    };
}
