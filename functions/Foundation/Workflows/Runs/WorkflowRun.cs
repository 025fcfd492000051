using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Foundation.Tasks;

namespace Foundation.Workflows;

/// <summary>The durable state of a run: what its row holds. Changed only by <see cref="RunDecider"/>. Persisted names.</summary>
internal sealed record WorkflowRun
{
    /// <summary>The row's key; not stored twice.</summary>
    [JsonIgnore]
    public ResourceId Id { get; init; }

    public required string Workflow { get; init; }

    public required string Tenant { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>Unique among the live runs of the workflow and tenant.</summary>
    public string? Key { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required WorkflowRunStatus Status { get; init; }

    /// <summary>Since when it has this status.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Counts its changes: the number of the posts and history rows that one causes.</summary>
    public required long Number { get; init; }

    /// <summary>In the order of the definition.</summary>
    public required ImmutableArray<RunStep> Steps { get; init; }

    /// <summary>When it fails if it has not ended; whole milliseconds.</summary>
    public DateTimeOffset? Deadline { get; init; }

    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>No new steps start.</summary>
    public RunPause? Pause { get; init; }

    /// <summary>The newest pause or resume that was heeded: an older one that comes later is nothing.</summary>
    public string? SteeredBy { get; init; }

    /// <summary>Somebody does not want it any more: nothing starts, what runs is asked to stop.</summary>
    public RunCancellation? Cancel { get; init; }

    /// <summary>Why it fails: nothing starts, what runs is asked to stop.</summary>
    public RunProblem? Problem { get; init; }

    /// <summary>What its steps consumed.</summary>
    public TaskUsage? Usage { get; init; }

    /// <summary>More can be done at once than one commit holds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unfinished { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HasOutput { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>When an ended run is deleted.</summary>
    public DateTimeOffset? RetainUntil { get; init; }

    /// <summary>W3C trace context of the start, passed on with every step.</summary>
    public string? TraceParent { get; init; }

    [JsonIgnore]
    public bool Ended => Status is WorkflowRunStatus.Succeeded or WorkflowRunStatus.Failed or WorkflowRunStatus.Cancelled;

    /// <summary>It will end without success as soon as its tasks have.</summary>
    [JsonIgnore]
    public bool Stopping => !Ended && (Cancel is not null || Problem is not null);

    [JsonIgnore]
    public string IdText => Id.ToText(RunRows.Prefix);

    public RunStep? Find(string step) => Steps.FirstOrDefault(s => s.Name == step);

    /// <summary>The step, which must be there.</summary>
    public RunStep Get(string step) => Find(step) ?? throw new InvalidOperationException($"Run {IdText} has no step '{step}'");
}

/// <summary>Where a step stands. Short names, because a state holds a hundred.</summary>
internal sealed record RunStep
{
    [JsonPropertyName("n")]
    public required string Name { get; init; }

    [JsonPropertyName("s")]
    public required RunStepStatus Status { get; init; }

    /// <summary>Its task, as a ULID without prefix; minted before it was asked for.</summary>
    [JsonPropertyName("t")]
    public string? Task { get; init; }

    /// <summary>The number of the task's last attempt, once it has ended.</summary>
    [JsonPropertyName("a")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Attempt { get; init; }

    /// <summary>When it started, Unix milliseconds.</summary>
    [JsonPropertyName("f")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long From { get; init; }

    /// <summary>When it ended, Unix milliseconds.</summary>
    [JsonPropertyName("u")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Until { get; init; }

    /// <summary>Its task was asked to stop.</summary>
    [JsonPropertyName("c")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StopAsked { get; init; }

    /// <summary>Why it failed, shortened; only for the first few.</summary>
    [JsonPropertyName("p")]
    public RunProblem? Problem { get; init; }

    [JsonIgnore]
    public bool Live => Status == RunStepStatus.Running;

    [JsonIgnore]
    public bool Ended => Status is not (RunStepStatus.Pending or RunStepStatus.Running);

    /// <summary>Those that need it may go on.</summary>
    [JsonIgnore]
    public bool Passed => Status is RunStepStatus.Succeeded or RunStepStatus.Skipped;

    [JsonIgnore]
    public string? TaskId => Task is null ? null : "task_" + Task;
}

/// <summary>A pause.</summary>
internal sealed record RunPause(string? Reason, DateTimeOffset Since);
