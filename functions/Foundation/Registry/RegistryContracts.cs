using System.Text.Json.Serialization;

namespace Foundation.Registry;

/// <summary>Whether an instance can be given work.</summary>
[JsonConverter(typeof(KebabEnumConverter<InstanceStatus>))]
public enum InstanceStatus
{
    /// <summary>Registered, and heard within its lease.</summary>
    Up,

    /// <summary>Finishes what it has and takes nothing new.</summary>
    Draining,

    /// <summary>Not heard within its lease; kept for a day, so that it can be seen and come back.</summary>
    Down,
}

/// <summary>The envelope in which tasks are pushed to an instance.</summary>
[JsonConverter(typeof(KebabEnumConverter<DeliveryFormat>))]
public enum DeliveryFormat
{
    /// <summary>CloudEvents 1.0, binary mode.</summary>
    Cloudevent,

    /// <summary>A Jido signal.</summary>
    Jido,
}

/// <summary>What an instance can do. On the wire a bare name, or an object with version and parameters.</summary>
/// <param name="Name">The word that tasks name it by; 1–128 characters.</param>
/// <param name="Version">Its version, where the agent tells one.</param>
[JsonConverter(typeof(CapabilityConverter))]
public sealed record Capability(string Name, string? Version = null)
{
    /// <summary>Whatever the agent wants to tell of it, as sent; empty when nothing.</summary>
    public RawJson Parameters { get; init; }
}

/// <summary>What an agent tells of itself: the body of <c>PUT /api/services/{service}/instances/{instance}</c>.</summary>
public sealed record InstanceRegistration
{
    /// <summary>Where tasks are pushed, an absolute http or https URL. Without one the instance leases its tasks.</summary>
    public string? Endpoint { get; init; }

    /// <summary>How pushed tasks are wrapped. Default: <c>cloudevent</c>.</summary>
    public DeliveryFormat? Format { get; init; }

    /// <summary>What it can do; at most 100.</summary>
    public IReadOnlyList<Capability>? Capabilities { get; init; }

    /// <summary>The agent's version.</summary>
    public string? Version { get; init; }

    /// <summary>Where it runs, for example <c>production</c>.</summary>
    public string? Environment { get; init; }

    /// <summary>Its zone.</summary>
    public string? Zone { get; init; }

    /// <summary>Words to select it by; at most 50.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Key-value pairs to select it by; at most 50.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Its share of the work beside its peers, 0.01–1000. Default: 1.</summary>
    public double? Weight { get; init; }

    /// <summary>How many tasks it takes at once, 1–10000. Default: 4.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>How long it may stay unheard, or <c>none</c>. The host may grant more; the answer rules. Default: the host's.</summary>
    public LeaseTerm? Lease { get; init; }

    /// <summary>What pushes to it are signed with; demanded unless the endpoint is on this machine.</summary>
    public SecretReference? Secret { get; init; }
}

/// <summary>How busy an instance says it is.</summary>
/// <param name="Running">Tasks it works on.</param>
/// <param name="Queued">Tasks it holds and has not begun.</param>
public sealed record InstanceLoad(int Running = 0, int Queued = 0);

/// <summary>What a heartbeat may say of the status.</summary>
[JsonConverter(typeof(KebabEnumConverter<HeartbeatStatus>))]
public enum HeartbeatStatus
{
    /// <summary>Takes work.</summary>
    Up,

    /// <summary>Takes no new work.</summary>
    Draining,
}

/// <summary>The body of <c>POST …/heartbeat</c>.</summary>
public sealed record Heartbeat
{
    /// <summary>The token of the registration's answer.</summary>
    public required string LeaseToken { get; init; }

    /// <summary>How busy it is.</summary>
    public InstanceLoad? Load { get; init; }

    /// <summary>Drains, or takes work again. Absent: as before.</summary>
    public HeartbeatStatus? Status { get; init; }
}

/// <summary>The answer to a heartbeat.</summary>
public sealed record HeartbeatAnswer
{
    /// <summary>As the registry sees it.</summary>
    public required InstanceStatus Status { get; init; }

    /// <summary>When the lease ends unless it is heard again; absent with <c>"lease": "none"</c>.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>How often to be heard; absent with <c>"lease": "none"</c>.</summary>
    public TimeSpan? HeartbeatEvery { get; init; }

    /// <summary>Rises with every takeover.</summary>
    public required long Generation { get; init; }
}

/// <summary>An instance as the API answers it.</summary>
public sealed record InstanceResource
{
    /// <summary><c>service/instance</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its service.</summary>
    public required string Service { get; init; }

    /// <summary>Its name inside the service.</summary>
    public required string Instance { get; init; }

    /// <summary>Whether it can be given work.</summary>
    public required InstanceStatus Status { get; init; }

    /// <summary>When the status began.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why it is not up, or not given work although it is.</summary>
    public string? Reason { get; init; }

    /// <summary>Only in the answer to a registration: what later heartbeats and registrations show.</summary>
    public string? LeaseToken { get; init; }

    /// <summary>When the lease ends unless it is heard again; absent with <c>"lease": "none"</c>.</summary>
    public DateTimeOffset? LeaseExpiresAt { get; init; }

    /// <summary>How often to be heard; absent with <c>"lease": "none"</c>.</summary>
    public TimeSpan? HeartbeatEvery { get; init; }

    /// <summary>Rises with every takeover: what an older generation runs is lost.</summary>
    public required long Generation { get; init; }

    /// <summary>Where tasks are pushed; absent when it leases them.</summary>
    public string? Endpoint { get; init; }

    /// <summary>How pushed tasks are wrapped.</summary>
    public DeliveryFormat Format { get; init; }

    /// <summary>What it can do.</summary>
    public IReadOnlyList<Capability> Capabilities { get; init; } = [];

    /// <summary>The agent's version.</summary>
    public string? Version { get; init; }

    /// <summary>Where it runs.</summary>
    public string? Environment { get; init; }

    /// <summary>Its zone.</summary>
    public string? Zone { get; init; }

    /// <summary>Words to select it by.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Key-value pairs to select it by.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Its share of the work beside its peers.</summary>
    public double Weight { get; init; }

    /// <summary>How many tasks it takes at once.</summary>
    public int MaxConcurrency { get; init; }

    /// <summary>How long it may stay unheard.</summary>
    public LeaseTerm Lease { get; init; }

    /// <summary>Names the secret that pushes are signed with; never its value.</summary>
    public SecretReference? Secret { get; init; }

    /// <summary>How busy it said it is.</summary>
    public InstanceLoad? Load { get; init; }

    /// <summary>What the fleet holds against it, where it does.</summary>
    public InstanceHealthResource? Health { get; init; }

    /// <summary>When it was first registered.</summary>
    public required DateTimeOffset RegisteredAt { get; init; }

    /// <summary>The id of the key that registered it.</summary>
    public string? RegisteredBy { get; init; }

    /// <summary>When it was last heard.</summary>
    public DateTimeOffset? HeardAt { get; init; }
}

/// <summary>What outlier detection holds against an instance.</summary>
public sealed record InstanceHealthResource
{
    /// <summary><c>ejected</c>: no work; <c>recovering</c>: less than its share; <c>healthy</c>: its share, with a past.</summary>
    public required string Status { get; init; }

    /// <summary>When the ejection ends or ended.</summary>
    public required DateTimeOffset EjectedUntil { get; init; }

    /// <summary>When it has its full share again.</summary>
    public required DateTimeOffset RecoveredAt { get; init; }

    /// <summary>How often in a row; each ejection is longer than the one before.</summary>
    public required int Ejections { get; init; }

    /// <summary>The share of its weight that it gets now, 0–1.</summary>
    public required double Share { get; init; }
}
