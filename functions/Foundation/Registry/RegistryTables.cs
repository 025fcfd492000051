namespace Foundation.Registry;

/// <summary>Where the registry's rows stand. Names are persisted and frozen.</summary>
internal static class RegistryTables
{
    /// <summary>The lane of running leases, due when they end.</summary>
    public const string LeasesLane = "registry/leases";

    /// <summary>The lane of what is down or removed, due when it is forgotten.</summary>
    public const string RetentionLane = "registry/retention";

    /// <summary>What all lanes of the room begin with.</summary>
    public const string LanePrefix = "registry/";

    /// <summary>Membership and leases of one service commit together.</summary>
    public static Space Space { get; } = new("registry");

    /// <summary>Who is registered and as what; changes seldom, watched.</summary>
    public static Table Instances { get; } = new("instances", Space, KeyForm.Text, Watched: true);

    /// <summary>Who was heard when; changes with every heartbeat, so nobody watches it.</summary>
    public static Table Leases { get; } = new("leases", Space, KeyForm.Text);

    /// <summary>The number of a service's shard.</summary>
    public static int NumberOf(string service, int shards) => StableHash.ShardOf(service) % shards;

    /// <summary>The shard of a service.</summary>
    public static Shard ShardOf(string service, int shards) => new(Space, NumberOf(service, shards));

    /// <summary><c>service/instance</c>.</summary>
    public static string FullName(string service, string instance) => string.Concat(service, "/", instance);
}
