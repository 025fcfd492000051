namespace Foundation.Azure.Tables;

/// <summary>How rows stand in Azure Tables.</summary>
public sealed record AzureTablesOptions
{
    /// <summary>Starts the name of each table; letters and digits, the first a letter. Default: foundation.</summary>
    public string TablePrefix { get; init; } = "foundation";

    /// <summary>The blob container of large bodies. Default: foundation-bodies.</summary>
    public string BodiesContainer { get; init; } = "foundation-bodies";

    /// <summary>
    /// Shards of each space: more carry more, and cost more reads per sweep. Fixed once data exists. 1–256. Default: 16.
    /// </summary>
    public int Shards { get; init; } = 16;

    /// <summary>Reads at once for one call: rows of a page, large bodies. Default: 16.</summary>
    public int Parallel { get; init; } = 16;

    /// <summary>How often a watch looks while changes come. Default: 1 s.</summary>
    public TimeSpan WatchEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How seldom a watch looks when nothing changes: it backs off to this. Default: 5 s.</summary>
    public TimeSpan WatchEveryMax { get; init; } = TimeSpan.FromSeconds(5);
}
