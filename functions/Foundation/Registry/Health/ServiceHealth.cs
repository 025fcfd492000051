namespace Foundation.Registry.Health;

/// <summary>What the fleet knows of a service's instances by working with them: the state of its entity <c>registry</c>.</summary>
internal sealed record ServiceHealth
{
    public static ServiceHealth Empty { get; } = new();

    /// <summary>By the instance's name. Only the most telling are kept (<see cref="ServiceHealthDecider.InstancesMax"/>).</summary>
    public Dictionary<string, MemberHealth> Instances { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>What is known of one instance.</summary>
internal sealed record MemberHealth
{
    /// <summary>Of the registration that this is about: a successor begins with a clean record.</summary>
    public required long Generation { get; init; }

    public long Successes { get; init; }

    public long Failures { get; init; }

    public long Refusals { get; init; }

    public DateTimeOffset LastSeen { get; init; }

    public Ejection? Ejection { get; init; }

    /// <summary>By process: what it last told.</summary>
    public Dictionary<string, SourceHealth> Sources { get; init; } = new(StringComparer.Ordinal);
}

/// <summary>The newest ejection of an instance.</summary>
/// <param name="At">When it began.</param>
/// <param name="Until">When it ends.</param>
/// <param name="RecoveredAt">When the instance has its full share again.</param>
/// <param name="Count">How often in a row; forgiven one by one while nothing happens.</param>
/// <param name="Cause">What it was for.</param>
internal sealed record Ejection(DateTimeOffset At, DateTimeOffset Until, DateTimeOffset RecoveredAt, int Count, InstanceOutcome Cause);

/// <summary>What one process saw of an instance since it started: totals and the runs at the end, never a difference.</summary>
internal sealed record SourceHealth
{
    public long Successes { get; init; }

    public long Failures { get; init; }

    public long Refusals { get; init; }

    /// <summary>Refused connections since the last answer.</summary>
    public int RefusedRun { get; init; }

    /// <summary>Failures of any kind since the last success.</summary>
    public int FailedRun { get; init; }

    public DateTimeOffset At { get; init; }
}

/// <summary>What a process tells the entity of a service: the body of a signal.</summary>
internal sealed record HealthReport
{
    /// <summary>Instances of the service that are up, as the process sees it.</summary>
    public required int Up { get; init; }

    /// <summary>By the instance's name.</summary>
    public required Dictionary<string, ReportedHealth> Instances { get; init; }
}

/// <summary>What a process saw of one instance.</summary>
internal sealed record ReportedHealth
{
    public required long Generation { get; init; }

    public long Successes { get; init; }

    public long Failures { get; init; }

    public long Refusals { get; init; }

    public int RefusedRun { get; init; }

    public int FailedRun { get; init; }
}
