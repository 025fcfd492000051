using System.Text.Json.Serialization;

namespace Foundation.Registry;

/// <summary>How many instances are how.</summary>
public sealed record InstanceCounts(int Up, int Draining, int Down, int Ejected);

/// <summary>A service: its instances, summed up.</summary>
public sealed record ServiceResource
{
    /// <summary>The service's name.</summary>
    public required string Name { get; init; }

    /// <summary><c>up</c> while an instance takes work, else <c>draining</c> or <c>down</c>.</summary>
    public required InstanceStatus Status { get; init; }

    /// <summary>When the status began, as far as its instances tell.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Instances by status; ejected ones are also up.</summary>
    public required InstanceCounts Counts { get; init; }

    /// <summary>What its instances can do.</summary>
    public required IReadOnlyList<string> Capabilities { get; init; }

    /// <summary>Versions that its instances name.</summary>
    public required IReadOnlyList<string> Versions { get; init; }

    /// <summary>Its instances; only where one service is asked for.</summary>
    public IReadOnlyList<InstanceResource>? Instances { get; init; }
}

/// <summary>How one of several instances is chosen.</summary>
[JsonConverter(typeof(KebabEnumConverter<PickStrategy>))]
public enum PickStrategy
{
    /// <summary>In turn, by weight.</summary>
    RoundRobin,

    /// <summary>The least outstanding work for its weight, of two chosen at random where there are many.</summary>
    LeastOutstanding,
}

/// <summary>The body of <c>POST /api/instances/pick</c>: a capability or a service.</summary>
public sealed record PickRequest
{
    /// <summary>What the instance must offer.</summary>
    public string? Capability { get; init; }

    /// <summary>The service it must belong to.</summary>
    public string? Service { get; init; }

    /// <summary>How to choose. Default: <c>round-robin</c>.</summary>
    public PickStrategy? Strategy { get; init; }
}

/// <summary>An instance that was considered.</summary>
public sealed record Candidate
{
    /// <summary><c>service/instance</c>.</summary>
    public required string Instance { get; init; }

    /// <summary>Whether it can be given work now.</summary>
    public required bool Eligible { get; init; }

    /// <summary>Outstanding work for its weight (less is better), or for <c>round-robin</c> its weight (more is more often).</summary>
    public double Score { get; init; }

    /// <summary>Why it is not eligible, or gets less than its share.</summary>
    public IReadOnlyList<InstanceReason> Reasons { get; init; } = [];
}

/// <summary>Why an instance is as it is.</summary>
public sealed record InstanceReason
{
    /// <summary>For example <c>registry.ejected</c>.</summary>
    public required string Code { get; init; }

    /// <summary>For a person.</summary>
    public required string Detail { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When it ends by itself, where that is known.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What it is about.</summary>
    public string? Subject { get; init; }

    /// <summary>The request that would change it.</summary>
    public InstanceFix? Fix { get; init; }
}

/// <summary>A request that would change a reason.</summary>
/// <param name="Method">Of the request.</param>
/// <param name="Path">Of the request.</param>
public sealed record InstanceFix(string Method, string Path);

/// <summary>The instance that was picked, and whom else was considered.</summary>
public sealed record PickAnswer
{
    /// <summary>Its service.</summary>
    public required string Service { get; init; }

    /// <summary>Its name inside the service.</summary>
    public required string Instance { get; init; }

    /// <summary>Where it is called; absent when it leases its tasks.</summary>
    public string? Endpoint { get; init; }

    /// <summary>All that were considered; at most 100, the picked one first.</summary>
    public required IReadOnlyList<Candidate> Candidates { get; init; }
}

/// <summary>Why an instance is as it is, and what happens next.</summary>
public sealed record InstanceExplanation
{
    /// <summary>Its status.</summary>
    public required InstanceStatus Status { get; init; }

    /// <summary>Whether it can be given work now.</summary>
    public required bool Eligible { get; init; }

    /// <summary>All that keeps it from work, or from its share of it.</summary>
    public required IReadOnlyList<InstanceReason> Reasons { get; init; }

    /// <summary>When something changes by itself.</summary>
    public DateTimeOffset? NextChangeAt { get; init; }
}

/// <summary>Something that happened to an instance.</summary>
public sealed record InstanceMoment
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What.</summary>
    public required InstanceMomentType Type { get; init; }

    /// <summary>The generation after it.</summary>
    public required long Generation { get; init; }

    /// <summary>The id of the key that did it; absent for what happened by itself.</summary>
    public string? By { get; init; }
}

/// <summary>What can happen to an instance.</summary>
[JsonConverter(typeof(KebabEnumConverter<InstanceMomentType>))]
public enum InstanceMomentType
{
    /// <summary>Came for the first time, or after it was removed.</summary>
    Registered,

    /// <summary>Told other things of itself.</summary>
    Updated,

    /// <summary>Came back after its lease had ended, by its own token.</summary>
    Returned,

    /// <summary>Another process has the name now.</summary>
    Superseded,

    /// <summary>Takes nothing new.</summary>
    Drained,

    /// <summary>Takes work again.</summary>
    Resumed,

    /// <summary>Was not heard within its lease.</summary>
    Expired,

    /// <summary>Left, or was removed.</summary>
    Removed,
}

/// <summary>The registry itself.</summary>
public sealed record RegistryResource
{
    /// <summary>Always <c>registry</c>.</summary>
    public string Name { get; init; } = "registry";

    /// <summary><c>up</c>, or <c>degraded</c> while it answers from its last known state.</summary>
    public required string Status { get; init; }

    /// <summary>When this process began to know the registry.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Services, instances and capabilities in all.</summary>
    public required RegistrySizes Sizes { get; init; }

    /// <summary>Instances by status.</summary>
    public required InstanceCounts Counts { get; init; }

    /// <summary>The shards that hold it.</summary>
    public required IReadOnlyList<RegistryPartition> Partitions { get; init; }

    /// <summary>What this process saw happen since it started.</summary>
    public required RegistryChurn Churn { get; init; }

    /// <summary>How late ended leases were noticed.</summary>
    public required ExpiryLag ExpiryLag { get; init; }

    /// <summary>When the view was last read from the store; in a single process it is always current.</summary>
    public required DateTimeOffset ReadAt { get; init; }
}

/// <summary>How much there is.</summary>
public sealed record RegistrySizes(int Services, int Instances, int Capabilities);

/// <summary>One shard of the registry.</summary>
public sealed record RegistryPartition(int Partition, int Services, int Instances);

/// <summary>What happened, counted.</summary>
public sealed record RegistryChurn(long Registered, long Superseded, long Expired, long Removed, long Ejected);

/// <summary>From the end of a lease to its notice.</summary>
public sealed record ExpiryLag(TimeSpan Last, TimeSpan Greatest);
