using System.Text.Json.Serialization;

namespace Foundation.Workflows;

/// <summary>A document of <c>workflows</c>: steps and what they need of each other.</summary>
public sealed record WorkflowDocument
{
    /// <summary>1–100 steps by name (<c>^[a-z][A-Za-z0-9]{0,39}$</c>).</summary>
    public required IReadOnlyDictionary<string, WorkflowStepDocument> Steps { get; init; }

    /// <summary>
    /// What a run that succeeded answers: a text is an expression, an object a template with <c>${}</c> in its texts.
    /// Roots: <c>input</c>, <c>steps</c>, <c>run</c>. Default: nothing.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RawJson Output { get; init; }

    /// <summary>How long a run may take, from its creation; then it fails and its tasks are cancelled. Default: without bound.</summary>
    public TimeSpan? Deadline { get; init; }
}

/// <summary>A step: one task.</summary>
public sealed record WorkflowStepDocument
{
    /// <summary>The steps that must have succeeded or been skipped before. Default: none, it starts with the run.</summary>
    public IReadOnlyList<string>? Needs { get; init; }

    /// <summary>An expression; when it is not true the step is skipped, and those that need it go on. Default: always.</summary>
    public string? When { get; init; }

    /// <summary>The body of <c>POST /api/tasks</c>, with <c>${}</c> in its texts. Roots: <c>input</c>, <c>steps</c> (those it needs), <c>run</c>.</summary>
    public required RawJson Task { get; init; }
}
