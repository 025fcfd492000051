using System.Text.Json;
using Foundation.Tasks;

namespace Foundation.Workflows;

/// <summary>What becomes of a step whose turn it is.</summary>
internal abstract record StepOffer
{
    private StepOffer()
    {
    }

    public sealed record Start(TaskRequest Request, RawJson Rendered) : StepOffer;

    public sealed record Skip : StepOffer;

    public sealed record Refuse(RunProblem Problem) : StepOffer;
}

/// <summary>
/// Evaluates conditions, renders tasks and outputs. Results stay with their tasks and are read when an expression looks at them, so a
/// run's state is small whatever its steps produce.
/// </summary>
internal sealed class StepPlanner(IOwnedTasks tasks)
{
    public async ValueTask<StepOffer> OfferAsync(WorkflowStep step, WorkflowRun run, RawJson input, CancellationToken ct)
    {
        var context = await ContextAsync(run, input, step.Before, step.Expressions, ct);
        if (!context.Ok)
        {
            return Refused(step, context.Problem!);
        }

        if (step.When is { } when)
        {
            var holds = when.Evaluate(context.Value);
            if (!holds.Ok)
            {
                return Refused(step, holds.Problem!);
            }

            if (!Expression.IsTruth(holds.Value))
            {
                return new StepOffer.Skip();
            }
        }

        var rendered = step.Task.Render(context.Value);
        return rendered.Ok ? Request(step, rendered.Value) : Refused(step, rendered.Problem!);
    }

    /// <summary>What the run answers; null where the workflow has no output.</summary>
    public async ValueTask<Outcome<RawJson>> OutputAsync(WorkflowDefinition definition, WorkflowRun run, RawJson input, CancellationToken ct)
    {
        if (definition.Output.IsNone)
        {
            return default(RawJson);
        }

        var context = await ContextAsync(run, input, [.. definition.Steps.Select(s => s.Name)], definition.Output.Expressions, ct);
        var output = context.Ok ? definition.Output.Evaluate(context.Value) : context.Problem!;
        return output.Problem is { } problem && problem.Error != WorkflowErrors.ResultGone
            ? new Problem(WorkflowErrors.OutputFailed, problem.Detail ?? problem.Error.Title)
            : output;
    }

    private StepOffer Request(WorkflowStep step, RawJson rendered)
    {
        var read = StrictJson.Read(rendered, TasksJson.Default.TaskRequest);
        var faults = read.Ok ? tasks.Check(read.Value) : read.Problem!.Faults;
        return faults.Count == 0
            ? new StepOffer.Start(read.Value, rendered)
            : Refused(step, new Problem(WorkflowErrors.StepInvalid, string.Join("; ", faults.Select(f => $"{f.Path}: {f.Message}"))));
    }

    private static StepOffer.Refuse Refused(WorkflowStep step, Problem problem) => new(new RunProblem
    {
        Code = problem.Error.Code,
        Detail = RunTransitions.Cut(problem.Detail ?? problem.Error.Title),
        Step = step.Name,
    });

    private async ValueTask<Outcome<ExpressionContext>> ContextAsync(
        WorkflowRun run, RawJson input, IReadOnlyList<string> steps, IEnumerable<Expression> expressions, CancellationToken ct)
    {
        var wanted = StepReads.Of(expressions);
        var results = new Dictionary<string, RawJson>(StringComparer.Ordinal);
        var bytes = input.Length;
        foreach (var name in steps.Where(wanted.Contains))
        {
            var found = await ResultAsync(run.Get(name), ct);
            if (!found.Ok)
            {
                return found.Problem!;
            }

            results[name] = found.Value;
            bytes += found.Value.Length;
            if (bytes > WorkflowLimits.ContextBytesMax)
            {
                return new Problem(WorkflowErrors.ContextTooLarge, $"Input and results together have more than {Sizes.Format(WorkflowLimits.ContextBytesMax)}.");
            }
        }

        return new ExpressionContext(Context(run, input, steps, results));
    }

    private async ValueTask<Outcome<RawJson>> ResultAsync(RunStep step, CancellationToken ct)
    {
        if (step is not { Status: RunStepStatus.Succeeded, TaskId: { } text } || !ResourceId.TryParse(text, "task", out var id))
        {
            return RawJson.Null;
        }

        // Never null for what was there once: a step must not silently work on nothing.
        return await tasks.FindAsync(id, ct) is not { } task
            ? new Problem(WorkflowErrors.ResultGone, $"The result of step '{step.Name}' was deleted with its task {text}.")
            : task.Result.IsEmpty ? RawJson.Null
            : task.Result;
    }

    private static RawJson Context(WorkflowRun run, RawJson input, IReadOnlyList<string> steps, Dictionary<string, RawJson> results) =>
        RawJson.Trusted(JsonWriting.ToBytes((run, input, steps, results), static (writer, state) =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("input"u8);
            writer.WriteRawValue(state.input.IsEmpty ? "null"u8 : state.input.Span, skipInputValidation: true);
            writer.WriteStartObject("run"u8);
            writer.WriteString("id"u8, state.run.IdText);
            writer.WriteString("key"u8, state.run.Key);
            writer.WriteEndObject();
            writer.WriteStartObject("steps"u8);
            foreach (var name in state.steps)
            {
                WriteStep(writer, state.run.Get(name), state.results.GetValueOrDefault(name));
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }));

    private static void WriteStep(Utf8JsonWriter writer, RunStep step, RawJson result)
    {
        writer.WriteStartObject(step.Name);
        writer.WriteString("status"u8, Kebab.Name(step.Status));
        writer.WritePropertyName("result"u8);
        writer.WriteRawValue(result.IsEmpty ? "null"u8 : result.Span, skipInputValidation: true);
        writer.WritePropertyName("problem"u8);
        if (step.Problem is { } problem)
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, problem.Code);
            writer.WriteString("detail"u8, problem.Detail);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WriteEndObject();
    }
}

/// <summary>Which steps' results expressions look at.</summary>
internal sealed class StepReads
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private bool _all;

    public static StepReads Of(IEnumerable<Expression> expressions)
    {
        var reads = new StepReads();
        foreach (var expression in expressions)
        {
            reads.Add(expression);
        }

        return reads;
    }

    public bool Contains(string step) => _all || _names.Contains(step);

    private void Add(Expression expression)
    {
        // The whole context, or whatever an expression may reach through it.
        _all |= expression.Text.AsSpan().ContainsAny('@', '$');
        foreach (var path in expression.Paths)
        {
            switch (path)
            {
                case ["steps"]:
                    _all = true;
                    break;
                case ["steps", _, "status" or "problem", ..]:
                    break;
                case ["steps", var name, ..]:
                    _names.Add(name);
                    break;
            }
        }
    }
}
