using System.Collections.Immutable;

namespace Foundation.Registry;

/// <summary>One running agent as the fleet knows it: the member of a snapshot, never changed in place.</summary>
public sealed record Instance
{
    /// <summary>The service it belongs to.</summary>
    public required string Service { get; init; }

    /// <summary>Its name inside the service.</summary>
    public required string Name { get; init; }

    /// <summary><c>service/name</c>: how bodies name it, and its row's key.</summary>
    public required string FullName { get; init; }

    /// <summary>Where tasks are pushed; null when the instance leases its tasks.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>How pushed tasks are wrapped.</summary>
    public DeliveryFormat Format { get; init; }

    /// <summary>What it can do.</summary>
    public ImmutableArray<Capability> Capabilities { get; init; } = [];

    /// <summary>The version of the agent.</summary>
    public string? Version { get; init; }

    /// <summary>Where it runs, for example <c>production</c>.</summary>
    public string? Environment { get; init; }

    /// <summary>Its zone, for pickers that stay near.</summary>
    public string? Zone { get; init; }

    /// <summary>Words to select it by.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Key-value pairs to select it by.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Its share of the work beside its peers. Default: 1.</summary>
    public double Weight { get; init; } = 1;

    /// <summary>How many tasks it takes at once (advisory across processes).</summary>
    public int MaxConcurrency { get; init; } = 1;

    /// <summary>Whether it can be given work, by its row alone. Ejections: <see cref="Health"/>; now: <see cref="StatusAt"/>.</summary>
    public InstanceStatus Status { get; init; }

    /// <summary>Rises with every takeover: what an older generation runs is lost.</summary>
    public long Generation { get; init; }

    /// <summary>When the status began.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When its lease ends unless it is heard; null for <c>"lease": "none"</c>.</summary>
    public DateTimeOffset? LeaseExpiresAt
    {
        get => Activity.LeaseExpiresAt;
        init => Activity = InstanceActivity.Leased(value);
    }

    /// <summary>What pushes to it are signed with.</summary>
    public SecretReference? Secret { get; init; }

    /// <summary>The key that registered it.</summary>
    public string? KeyId { get; init; }

    /// <summary>What the fleet saw of it. Null: nothing bad.</summary>
    public InstanceHealth? Health { get; init; }

    /// <summary>Whether it offers a capability.</summary>
    public bool Offers(string capability)
    {
        foreach (var offered in Capabilities)
        {
            if (string.Equals(offered.Name, capability, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What this process knows of it from moment to moment; shared by all versions of the instance.</summary>
    public InstanceActivity Activity { get; init; } = new();

    /// <summary>Its row as last seen; null only where a test made the instance up.</summary>
    internal InstanceState? Source { get; init; }

    /// <summary>The status now: a lease that has ended counts as down before anybody has written so.</summary>
    public InstanceStatus StatusAt(DateTimeOffset now) => Activity.AliveAt(now) ? Status : InstanceStatus.Down;

    /// <summary>Whether it may be given work now: up, heard, and not ejected.</summary>
    public bool EligibleAt(DateTimeOffset now) =>
        Status == InstanceStatus.Up && Activity.AliveAt(now) && Activity.TrustedAt(now) && Health?.EjectedAt(now) != true;

    /// <summary>The weight that pickers use now: less than <see cref="Weight"/> while an ejected instance returns gradually.</summary>
    public double WeightAt(DateTimeOffset now) => Health is null ? Weight : Weight * Health.ShareAt(now);
}

/// <summary>What the fleet's outlier detection holds against an instance.</summary>
/// <param name="EjectedUntil">No work before this; past after the ejection.</param>
/// <param name="RecoveredAt">From the end of the ejection to this its share grows from a tenth to the whole.</param>
/// <param name="Ejections">How often in a row; each makes the next one longer.</param>
public sealed record InstanceHealth(DateTimeOffset EjectedUntil, DateTimeOffset RecoveredAt, int Ejections)
{
    private const double ShareMin = 0.1;

    /// <summary>Whether it is ejected now.</summary>
    public bool EjectedAt(DateTimeOffset now) => now < EjectedUntil;

    /// <summary>The share of its weight that it gets now, 0–1.</summary>
    public double ShareAt(DateTimeOffset now)
    {
        if (now < EjectedUntil)
        {
            return 0;
        }

        var whole = RecoveredAt - EjectedUntil;
        return now >= RecoveredAt || whole <= TimeSpan.Zero ? 1 : Math.Max(ShareMin, (now - EjectedUntil) / whole);
    }
}
