using System.Collections.Immutable;
using System.Text.Json;

namespace Foundation.Workflows;

/// <summary>
/// Turns documents into definitions. Two levels, because a run carries its document for as long as it lives: <see cref="Compile"/> is
/// what running needs and must go on accepting what it once accepted; <see cref="WorkflowLint"/> may grow stricter, for new documents.
/// </summary>
internal static class WorkflowCompiler
{
    /// <summary>The definition of a new document, or every fault.</summary>
    public static Outcome<WorkflowDefinition> CompileNew(string name, WorkflowDocument document)
    {
        var faults = new List<Fault>();
        var definition = Compile(name, document, faults);
        WorkflowLint.Check(definition, document, faults);
        return faults.Count == 0
            ? definition
            : new Problem(ApiErrors.Invalid, faults.Count == 1 ? faults[0].Message : $"{faults.Count} errors.")
            {
                Faults = [.. faults.Take(StrictJson.FaultsMax)],
            };
    }

    /// <summary>The definition that a run took with it.</summary>
    public static WorkflowDefinition CompileStored(string name, RawJson text)
    {
        var document = JsonSerializer.Deserialize(text.Span, WorkflowsJson.Default.WorkflowDocument)
            ?? throw new InvalidOperationException($"A run of workflow {name} has no definition");
        var faults = new List<Fault>();
        var definition = Compile(name, document, faults);
        return faults.Count == 0
            ? definition
            : throw new InvalidOperationException($"The definition that a run of {name} took with it no longer compiles: {faults[0].Path}: {faults[0].Message}");
    }

    // Steps with faults stand in the result with empty parts, so that the checks that follow can still see the graph.
    private static WorkflowDefinition Compile(string name, WorkflowDocument document, List<Fault> faults)
    {
        var steps = document.Steps.Select(pair => Step(pair.Key, pair.Value, faults)).ToImmutableArray();
        var before = WorkflowGraph.Before(steps);
        return new WorkflowDefinition
        {
            Name = name,
            Text = RawJson.Trusted(JsonSerializer.SerializeToUtf8Bytes(document, WorkflowsJson.Default.WorkflowDocument)),
            Steps = [.. steps.Select(s => s with { Before = before[s.Name] })],
            Output = Output(document.Output, faults),
            Deadline = document.Deadline,
        };
    }

    private static WorkflowStep Step(string name, WorkflowStepDocument document, List<Fault> faults)
    {
        var path = JsonPointers.Append("/steps", name);
        var when = document.When is { } text ? Expression.Compile(text, WorkflowDefinition.Roots, path + "/when", faults) : null;
        return new WorkflowStep
        {
            Name = name,
            Needs = document.Needs is { } needs ? [.. needs] : [],
            When = when,
            Task = Template(document.Task, path + "/task", faults),
            TaskText = document.Task,
        };
    }

    private static WorkflowOutput Output(RawJson output, List<Fault> faults)
    {
        switch (output.Kind)
        {
            case JsonValueKind.Undefined:
                return WorkflowOutput.None;
            case JsonValueKind.String:
                using (var text = output.ToDocument())
                {
                    return new WorkflowOutput(Expression.Compile(text.RootElement.GetString()!, WorkflowDefinition.Roots, "/output", faults), null);
                }

            case JsonValueKind.Object:
                return new WorkflowOutput(null, Template(output, "/output", faults));
            default:
                faults.Add(new Fault("/output", ApiErrors.InvalidType.Code, "An output is an expression as text, or an object with ${} in its texts."));
                return WorkflowOutput.None;
        }
    }

    private static Template Template(RawJson text, string path, List<Fault> faults)
    {
        var compiled = Kernel.Template.Compile(text, WorkflowDefinition.Roots, path);
        if (compiled.Problem is not { } problem)
        {
            return compiled.Value;
        }

        faults.AddRange(problem.Faults);
        return Kernel.Template.Compile(RawJson.EmptyObject).Value;
    }
}
