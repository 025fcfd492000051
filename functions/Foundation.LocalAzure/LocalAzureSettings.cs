namespace Foundation.LocalAzure;

/// <summary>What the local host on the Azure adapters runs with.</summary>
internal sealed record LocalAzureSettings
{
    public const int DefaultPort = 7071;
    public const string InMemory = ":memory:";

    /// <summary>The port on 127.0.0.1; 0 lets the system choose. This host has no other address.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Where Azurite keeps its data, or <see cref="InMemory"/>.</summary>
    public string Data { get; init; } = ".azurite";

    /// <summary>A storage account or emulator that runs already; null starts an Azurite of its own.</summary>
    public string? Storage { get; init; }

    /// <summary>Starts the names of tables, containers and queues: letters and digits. Default: foundation.</summary>
    public string Prefix { get; init; } = "foundation";

    /// <summary>Shards of each space. Default: 16, as on Azure.</summary>
    public int Shards { get; init; } = 16;

    /// <summary>How often jobs run, where a test does not want to wait a minute for the sweeper; null: as on Azure.</summary>
    public TimeSpan? JobsEvery { get; init; }

    /// <summary>Whether the built-in agent <c>hello</c> runs.</summary>
    public bool Samples { get; init; } = true;

    /// <summary>Logs as JSON lines.</summary>
    public bool JsonLogs { get; init; }

    /// <summary>The first admin key, or null: callers on this machine may do everything.</summary>
    public string? BootstrapKey { get; init; }
}
