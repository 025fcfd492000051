using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Foundation.Registry;

/// <summary>Where an instance is in its life, as stored.</summary>
[JsonConverter(typeof(KebabEnumConverter<InstancePhase>))]
internal enum InstancePhase
{
    /// <summary>Takes work.</summary>
    Up,

    /// <summary>Takes nothing new.</summary>
    Draining,

    /// <summary>Its lease ended.</summary>
    Down,

    /// <summary>Left. The row stays for a while so that generations never repeat and an old token never fits again.</summary>
    Removed,
}

/// <summary>What an agent told of itself, checked and with the defaults filled in.</summary>
internal sealed record InstanceSpec
{
    public string? Endpoint { get; init; }

    public DeliveryFormat Format { get; init; }

    public ImmutableArray<Capability> Capabilities { get; init; } = [];

    public string? Version { get; init; }

    public string? Environment { get; init; }

    public string? Zone { get; init; }

    public ImmutableArray<string> Tags { get; init; } = [];

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public double Weight { get; init; } = 1;

    public int MaxConcurrency { get; init; } = RegistryOptions.MaxConcurrencyDefault;

    public LeaseTerm Lease { get; init; }

    public SecretReference? Secret { get; init; }
}

/// <summary>The membership of an instance: a row of <c>instances</c>.</summary>
internal sealed record InstanceState
{
    /// <summary>Unique per creation of the row: with the generation it seals the lease token.</summary>
    public required string Id { get; init; }

    public required string Service { get; init; }

    public required string Name { get; init; }

    public required InstancePhase Phase { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Rises with every takeover.</summary>
    public required long Generation { get; init; }

    /// <summary>Rises with every write of this row: a view never goes back.</summary>
    public required long Revision { get; init; }

    public required DateTimeOffset RegisteredAt { get; init; }

    public required string KeyId { get; init; }

    public required InstanceSpec Spec { get; init; }

    /// <summary>The last things that happened, newest last.</summary>
    public ImmutableArray<InstanceMoment> History { get; init; } = [];

    [JsonIgnore]
    public bool Live => Phase is InstancePhase.Up or InstancePhase.Draining;

    [JsonIgnore]
    public string FullName => RegistryTables.FullName(Service, Name);
}

/// <summary>When an instance was heard: a row of <c>leases</c>. A heartbeat rewrites only this.</summary>
internal sealed record LeaseState
{
    /// <summary>Of the instance's row: a heartbeat checks its token without reading that.</summary>
    public required string Id { get; init; }

    public required long Generation { get; init; }

    /// <summary>As in the instance's row; both change in one commit.</summary>
    public required InstancePhase Phase { get; init; }

    public required DateTimeOffset HeardAt { get; init; }

    /// <summary>Null: no lease.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How long each heartbeat counts; null: no lease.</summary>
    public TimeSpan? Term { get; init; }

    public InstanceLoad? Load { get; init; }

    [JsonIgnore]
    public bool Live => Phase is InstancePhase.Up or InstancePhase.Draining;
}

/// <summary>An instance with its lease.</summary>
/// <param name="Instance">Who it is.</param>
/// <param name="Lease">When it was heard.</param>
/// <param name="Deadline">When the lease counts as ended here: its end, clock skew, the grace after a restart. Null: never.</param>
internal sealed record Member(InstanceState Instance, LeaseState Lease, DateTimeOffset? Deadline)
{
    public bool LiveAt(DateTimeOffset now) => Instance.Live && !(Deadline <= now);
}
