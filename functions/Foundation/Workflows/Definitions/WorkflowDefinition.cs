using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Foundation.Workflows;

/// <summary>What a workflow document means at run time. Immutable; shared by all runs of the same text.</summary>
internal sealed record WorkflowDefinition
{
    /// <summary>The names that expressions may begin with.</summary>
    public static readonly FrozenSet<string> Roots = new[] { "input", "steps", "run" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The names below <c>run</c>.</summary>
    public static readonly FrozenSet<string> RunMembers = new[] { "id", "key" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The names below <c>steps.&lt;name&gt;</c>.</summary>
    public static readonly FrozenSet<string> StepMembers = new[] { "result", "status", "problem" }.ToFrozenSet(StringComparer.Ordinal);

    public required string Name { get; init; }

    /// <summary>The document as JSON: what a run takes with it.</summary>
    public required RawJson Text { get; init; }

    /// <summary>In the order of the document.</summary>
    public required ImmutableArray<WorkflowStep> Steps { get; init; }

    public required WorkflowOutput Output { get; init; }

    public required TimeSpan? Deadline { get; init; }

    public WorkflowStep? Find(string name) => Steps.FirstOrDefault(s => s.Name == name);

    /// <summary>The step, which must be there.</summary>
    public WorkflowStep Get(string name) => Find(name) ?? throw new InvalidOperationException($"Workflow {Name} has no step '{name}'");
}

/// <summary>A step.</summary>
internal sealed record WorkflowStep
{
    public required string Name { get; init; }

    public required ImmutableArray<string> Needs { get; init; }

    public required Expression? When { get; init; }

    public required Template Task { get; init; }

    /// <summary>The task as it was written, for checks of its literal members.</summary>
    public required RawJson TaskText { get; init; }

    /// <summary>Every step that has certainly ended when this one starts: its needs, and theirs.</summary>
    public ImmutableArray<string> Before { get; init; } = [];

    /// <summary>All expressions, for checks.</summary>
    public IEnumerable<Expression> Expressions => When is null ? Task.Expressions : Task.Expressions.Prepend(When);
}

/// <summary>What a run answers: an expression, a template, or nothing.</summary>
internal sealed record WorkflowOutput(Expression? Expression, Template? Template)
{
    public static WorkflowOutput None { get; } = new(null, null);

    public bool IsNone => Expression is null && Template is null;

    public IEnumerable<Expression> Expressions => Expression is not null ? [Expression] : Template?.Expressions ?? [];

    public Outcome<RawJson> Evaluate(ExpressionContext context) =>
        Expression is not null ? Expression.Evaluate(context) : Template is not null ? Template.Render(context) : RawJson.Null;
}
