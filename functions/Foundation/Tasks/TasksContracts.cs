using System.Text.Json.Serialization;

namespace Foundation.Tasks;

/// <summary>Where a task stands.</summary>
[JsonConverter(typeof(KebabEnumConverter<AgentTaskStatus>))]
public enum AgentTaskStatus
{
    /// <summary>Waits for a time: its delay, or the back-off after a failure.</summary>
    Scheduled,

    /// <summary>Waits for a slot.</summary>
    Queued,

    /// <summary>An agent has it.</summary>
    Running,

    /// <summary>Ended with a result.</summary>
    Succeeded,

    /// <summary>Ended without success after all its retries; can be edited and replayed.</summary>
    DeadLettered,

    /// <summary>Ended by a caller.</summary>
    Cancelled,
}

/// <summary>Which queued task goes first.</summary>
[JsonConverter(typeof(KebabEnumConverter<TaskPriority>))]
public enum TaskPriority
{
    /// <summary>Before all others.</summary>
    High,

    /// <summary>The usual.</summary>
    Normal,

    /// <summary>After all others.</summary>
    Low,
}

/// <summary>Who shall do a task: exactly one of the members.</summary>
public sealed record TaskTarget
{
    /// <summary>Any instance that offers this capability.</summary>
    public string? Capability { get; init; }

    /// <summary>Any instance of this service.</summary>
    public string? Service { get; init; }

    /// <summary>This instance, as <c>service/instance</c>.</summary>
    public string? Instance { get; init; }
}

/// <summary>A retry policy by name, in the place of a policy string.</summary>
public sealed record RetryReference
{
    /// <summary>The name of a document of kind <c>retry-policies</c>.</summary>
    public required string Policy { get; init; }
}

/// <summary>Body of <c>POST /api/tasks</c>.</summary>
public sealed record TaskRequest
{
    /// <summary>What shall be done: 1–256 characters, for example <c>document.summarize</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Who shall do it; without it the instances that offer the type as a capability.</summary>
    public TaskTarget? Target { get; init; }

    /// <summary>The payload, any JSON, delivered byte for byte.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Data { get; init; }

    /// <summary>The queue. Default: <c>default</c>.</summary>
    public string? Queue { get; init; }

    /// <summary>Default: <c>normal</c>.</summary>
    public TaskPriority? Priority { get; init; }

    /// <summary>Not before this long from now.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>Not before this instant. Not together with <c>delay</c>.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>How long one attempt may take, at most. Default: 10m.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long an attempt that was answered 202 may be silent. Default: 60s.</summary>
    public TimeSpan? Heartbeat { get; init; }

    /// <summary>A policy string such as <c>exponential(1s, 2) | cap(5m)</c>, or <c>{ "policy": "name" }</c>. Default: the queue's.</summary>
    public RetryChoice? Retry { get; init; }

    /// <summary>At most 16 labels; names and values up to 128 characters.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>Body of <c>POST /api/tasks/submit</c>.</summary>
public sealed record TaskBatchRequest
{
    /// <summary>1–1,000 tasks; each is accepted or refused by itself.</summary>
    public required IReadOnlyList<TaskRequest> Items { get; init; }
}

/// <summary>A thing to know that is not a fault.</summary>
/// <param name="Code">Stable code.</param>
/// <param name="Message">What it means here.</param>
public sealed record TaskWarning(string Code, string Message);

/// <summary>A problem as it is kept with a task or an attempt.</summary>
public sealed record TaskProblem
{
    /// <summary>Stable code, the agent's or ours.</summary>
    public string? Code { get; init; }

    /// <summary>What happened.</summary>
    public string? Detail { get; init; }

    /// <summary>The failure class: network, timeout, throttled, server, client, application.</summary>
    public string? Class { get; init; }

    /// <summary>The HTTP status of the agent's answer, where there was one.</summary>
    public int? Status { get; init; }
}

/// <summary>What an attempt consumed, as the agent reports it.</summary>
public sealed record TaskUsage
{
    /// <summary>The model used.</summary>
    public string? Model { get; init; }

    /// <summary>Tokens read.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens written.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Tokens read from a cache.</summary>
    public long? CachedTokens { get; init; }

    /// <summary>Money spent.</summary>
    public TaskCost? Cost { get; init; }
}

/// <summary>An amount of money.</summary>
/// <param name="Amount">0 or more.</param>
/// <param name="Currency">ISO 4217.</param>
public sealed record TaskCost(decimal Amount, string Currency);

/// <summary>How far an attempt is.</summary>
public sealed record TaskProgress
{
    /// <summary>0–100.</summary>
    public double? Percent { get; init; }

    /// <summary>A sentence.</summary>
    public string? Message { get; init; }

    /// <summary>Any JSON up to 4 KiB.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Data { get; init; }

    /// <summary>When it was told.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>A task as the API answers it.</summary>
public sealed record TaskResource
{
    /// <summary><c>task_…</c></summary>
    public required string Id { get; init; }

    /// <summary>What shall be done.</summary>
    public required string Type { get; init; }

    /// <summary>The queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Where it stands.</summary>
    public required AgentTaskStatus Status { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Why, where that is not plain.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether it will not change any more.</summary>
    public required bool Ended { get; init; }

    /// <summary>The number of the latest attempt; 0 before the first.</summary>
    public required int Attempt { get; init; }

    /// <summary>Who shall do it.</summary>
    public required TaskTarget Target { get; init; }

    /// <summary>Which goes first.</summary>
    public required TaskPriority Priority { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is due, while it is scheduled.</summary>
    public DateTimeOffset? RunAt { get; init; }

    /// <summary>Who has it, or had it last.</summary>
    public string? Instance { get; init; }

    /// <summary>When the latest attempt started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>The result, byte for byte as the agent gave it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Result { get; init; }

    /// <summary>Why it failed (last).</summary>
    public TaskProblem? Problem { get; init; }

    /// <summary>How far the running attempt is.</summary>
    public TaskProgress? Progress { get; init; }

    /// <summary>What it consumed so far, summed over its attempts.</summary>
    public TaskUsage? Usage { get; init; }

    /// <summary>A cancellation that waits for the agent.</summary>
    public TaskCancellation? Cancel { get; init; }

    /// <summary>Things to know.</summary>
    public IReadOnlyList<TaskWarning>? Warnings { get; init; }
}

/// <summary>A cancellation that was asked for.</summary>
/// <param name="Reason">Why.</param>
/// <param name="RequestedAt">When.</param>
public sealed record TaskCancellation(string? Reason, DateTimeOffset RequestedAt);

/// <summary>One attempt in <c>GET /api/tasks/{id}/history</c>.</summary>
public sealed record TaskAttemptResource
{
    /// <summary>1, 2, 3 …; never twice.</summary>
    public required int Attempt { get; init; }

    /// <summary>Who had it.</summary>
    public string? Instance { get; init; }

    /// <summary>When it started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended; absent while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>succeeded, failed, timed-out, lost, returned, cancelled; absent while it runs.</summary>
    public string? Outcome { get; init; }

    /// <summary>What went wrong.</summary>
    public TaskProblem? Problem { get; init; }

    /// <summary>What it consumed.</summary>
    public TaskUsage? Usage { get; init; }
}

/// <summary>Body of <c>POST /api/tasks/{id}/cancel</c>.</summary>
public sealed record TaskCancelRequest
{
    /// <summary>Why; up to 500 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>Body of <c>POST /api/tasks/{id}/replay</c>: the members to edit.</summary>
public sealed record TaskReplayRequest
{
    /// <summary>Other data.</summary>
    public RawJson Data { get; init; }

    /// <summary>Another target.</summary>
    public TaskTarget? Target { get; init; }

    /// <summary>Another priority.</summary>
    public TaskPriority? Priority { get; init; }

    /// <summary>Another time-out.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Another retry policy.</summary>
    public RetryChoice? Retry { get; init; }
}

/// <summary>Body of <c>POST /api/tasks/{id}/complete</c>.</summary>
public sealed record TaskCompleteRequest
{
    /// <summary>The attempt's token.</summary>
    public required string Token { get; init; }

    /// <summary>The result, any JSON up to 1 MiB.</summary>
    public RawJson Result { get; init; }

    /// <summary>What the attempt consumed.</summary>
    public TaskUsage? Usage { get; init; }
}

/// <summary>A failure as an agent reports it.</summary>
public sealed record TaskFailure
{
    /// <summary>A stable code of the agent's own.</summary>
    public string? Code { get; init; }

    /// <summary>What happened.</summary>
    public required string Detail { get; init; }

    /// <summary>The failure class. Default: application.</summary>
    public Retry.FailureClass? Class { get; init; }

    /// <summary>Whether a repeat may help; without it the policy decides by class.</summary>
    public bool? Retryable { get; init; }
}

/// <summary>Body of <c>POST /api/tasks/{id}/fail</c>.</summary>
public sealed record TaskFailRequest
{
    /// <summary>The attempt's token.</summary>
    public required string Token { get; init; }

    /// <summary>What went wrong.</summary>
    public required TaskFailure Problem { get; init; }

    /// <summary>Not again before this long.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What the attempt consumed.</summary>
    public TaskUsage? Usage { get; init; }
}

/// <summary>Body of <c>POST /api/tasks/{id}/release</c>: gives the task back uncounted.</summary>
public sealed record TaskReleaseRequest
{
    /// <summary>The attempt's token.</summary>
    public required string Token { get; init; }

    /// <summary>Not again before this long.</summary>
    public TimeSpan? After { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }
}

/// <summary>Body of <c>POST /api/tasks/{id}/progress</c>: extends the lease.</summary>
public sealed record TaskProgressRequest
{
    /// <summary>The attempt's token.</summary>
    public required string Token { get; init; }

    /// <summary>0–100.</summary>
    public double? Percent { get; init; }

    /// <summary>A sentence up to 500 characters.</summary>
    public string? Message { get; init; }

    /// <summary>Any JSON up to 4 KiB.</summary>
    public RawJson Data { get; init; }

    /// <summary>What the attempt consumed so far.</summary>
    public TaskUsage? Usage { get; init; }
}

/// <summary>Answer to <c>progress</c>.</summary>
public sealed record TaskProgressReply
{
    /// <summary>When the attempt is lost without another word.</summary>
    public required DateTimeOffset LeaseExpiresAt { get; init; }

    /// <summary>How often to be heard.</summary>
    public required TimeSpan HeartbeatEvery { get; init; }

    /// <summary>Please stop: somebody cancelled.</summary>
    public TaskCancellation? Cancel { get; init; }
}

/// <summary>Answer to <c>complete</c>, <c>fail</c> and <c>release</c>.</summary>
/// <param name="Id">The task.</param>
/// <param name="Status">Where it stands after the answer.</param>
public sealed record TaskSettled(string Id, AgentTaskStatus Status);
