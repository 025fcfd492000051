namespace Foundation.Registry;

/// <summary>Knobs of the registry.</summary>
public sealed record RegistryOptions
{
    /// <summary>How many tasks an instance takes at once when it does not say.</summary>
    public const int MaxConcurrencyDefault = 4;

    /// <summary>The most an instance may say. 1–10000.</summary>
    public const int MaxConcurrencyMax = 10_000;

    /// <summary>Bounds of a weight.</summary>
    public const double WeightMin = 0.01, WeightMax = 1_000;

    /// <summary>Capabilities of one instance.</summary>
    public const int CapabilitiesMax = 100;

    /// <summary>Tags, and labels, of one instance.</summary>
    public const int TagsMax = 50;

    /// <summary>Characters of a capability, tag, label, version, zone or environment.</summary>
    public const int TextLengthMax = 128;

    /// <summary>Bytes of a registration as stored: it shares a row with its history.</summary>
    public const int SpecBytesMax = 24 * 1024;

    /// <summary>The greatest load that an instance may tell.</summary>
    public const int LoadMax = 1_000_000;

    /// <summary>Moments that an instance's history keeps.</summary>
    public const int HistoryMax = 20;

    /// <summary>The longest lease. Longer ones would hide a dead agent: say <c>none</c> and let outcomes tell.</summary>
    public static readonly TimeSpan LeaseMax = TimeSpan.FromHours(24);

    /// <summary>The shortest lease where one process hears everybody.</summary>
    public static readonly TimeSpan LeaseMinSingle = TimeSpan.FromSeconds(1);

    /// <summary>A lease is renewed this many times before it ends: two heartbeats may be lost.</summary>
    public const int HeartbeatsPerLease = 3;

    /// <summary>How long what is down or removed is still seen and its generation remembered. 1 h – 30 d. Default: 24 h.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How old the view of membership may get before it is read again, where several processes write. Default: 2 s.</summary>
    public TimeSpan MembershipFreshness { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The same for heartbeats and health; reads of both cost more than they tell. Default: 5 s.</summary>
    public TimeSpan LeaseFreshness { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When and for how long an instance is ejected.</summary>
    public OutlierOptions Outliers { get; init; } = new();

    /// <summary>What is wrong with the options, or null.</summary>
    internal string? Fault() =>
        Retention < TimeSpan.FromHours(1) || Retention > TimeSpan.FromDays(30) ? "Registry retention is 1 h to 30 d"
        : MembershipFreshness <= TimeSpan.Zero || LeaseFreshness < MembershipFreshness
            ? "Registry freshness is positive, and leases are not read more often than membership"
        : Outliers.Fault();
}

/// <summary>
/// When an instance is ejected. After Envoy's outlier detection (consecutive local-origin and gateway failures, ejection time × number of
/// ejections, capped), with a slow start after it. The base is shorter than Envoy's 30 s because a restarted agent registers anew and
/// is then back at once.
/// </summary>
public sealed record OutlierOptions
{
    /// <summary>Refused connections in a row, over the whole fleet. 1–100. Default: 3.</summary>
    public int RefusalsToEject { get; init; } = 3;

    /// <summary>Time-outs and server errors in a row. 1–1000. Default: 5.</summary>
    public int FailuresToEject { get; init; } = 5;

    /// <summary>The first ejection; the n-th in a row lasts n times as long. Default: 10 s.</summary>
    public TimeSpan BaseEjection { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest ejection. Default: 5 min.</summary>
    public TimeSpan MaxEjection { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long after an ejection the share grows back to the whole. Default: 30 s.</summary>
    public TimeSpan SlowStart { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The part of a service that failures may eject: a bad task must not empty a service. Refused connections are not bound by it, since
    /// sending more there helps nobody. 0–1. Default: 0.5.
    /// </summary>
    public double MaxEjectedShare { get; init; } = 0.5;

    internal string? Fault() =>
        RefusalsToEject is < 1 or > 100 || FailuresToEject is < 1 or > 1000
            ? "Outlier thresholds are 1–100 refusals and 1–1000 failures"
        : BaseEjection <= TimeSpan.Zero || MaxEjection < BaseEjection || SlowStart < TimeSpan.Zero
            ? "Outlier times are positive, and the longest ejection is not shorter than the first"
        : MaxEjectedShare is < 0 or > 1 ? "The share of ejected instances is 0–1" : null;
}
