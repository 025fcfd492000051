namespace Foundation.Api;

/// <summary>Knobs of watches.</summary>
public sealed record WatchOptions
{
    /// <summary>How often a quiet stream says that it lives. Proxies close what is silent for a minute. Default: 15 s.</summary>
    public TimeSpan CommentEvery { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stream lives; the client resumes. Azure's front end ends answers at 230 s. Default: 200 s.</summary>
    public TimeSpan StreamMax { get; init; } = TimeSpan.FromSeconds(200);

    /// <summary>How long a watch that does not wait looks for what has changed already. Default: 250 ms.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Most items of one long poll. Default: 1000.</summary>
    public int ItemsMax { get; init; } = 1000;
}
