using System.Text.Json;
using System.Text.RegularExpressions;

namespace Foundation.Workflows;

/// <summary>What a new document must fulfil besides its form: names, graph, what expressions read, the literal members of tasks.</summary>
internal static partial class WorkflowLint
{
    private const string Invalid = "api.invalid-value";

    public static void Check(WorkflowDefinition definition, WorkflowDocument document, List<Fault> faults)
    {
        Bounds(definition, document, faults);
        foreach (var step in definition.Steps)
        {
            var path = JsonPointers.Append("/steps", step.Name);
            Name(step.Name, path, faults);
            Needs(step, definition, path, faults);
            References(step, definition, path, faults);
            WorkflowTaskLint.Check(step.TaskText, path + "/task", faults);
        }

        foreach (var cycle in WorkflowGraph.Cycles(definition.Steps))
        {
            faults.Add(new Fault(
                JsonPointers.Append("/steps", cycle[0]) + "/needs", Invalid,
                $"Steps need each other in a circle: {string.Join(" → ", cycle.Append(cycle[0]))}.", "Remove one of these needs."));
        }

        if (definition.Output.Expression is { } output)
        {
            Paths(output, "/output", definition, null, faults);
        }
        else if (definition.Output.Template is not null)
        {
            using var template = document.Output.ToDocument();
            Walk(template.RootElement, "/output", definition, null, faults);
        }
    }

    private static void Bounds(WorkflowDefinition definition, WorkflowDocument document, List<Fault> faults)
    {
        if (definition.Steps.Length is 0 or > WorkflowLimits.StepsMax)
        {
            faults.Add(new Fault("/steps", Invalid, $"A workflow has 1–{WorkflowLimits.StepsMax} steps; this one has {definition.Steps.Length}."));
        }

        if (definition.Text.Length > WorkflowLimits.DefinitionBytesMax)
        {
            faults.Add(new Fault("", Invalid, $"A workflow has at most {Sizes.Format(WorkflowLimits.DefinitionBytesMax)}."));
        }

        if (document.Deadline is { } deadline && (deadline <= TimeSpan.Zero || deadline > WorkflowLimits.DeadlineMax))
        {
            faults.Add(new Fault("/deadline", Invalid, $"A deadline is more than 0s and at most {Durations.Format(WorkflowLimits.DeadlineMax)}."));
        }
    }

    private static void Name(string name, string path, List<Fault> faults)
    {
        if (!StepName().IsMatch(name))
        {
            faults.Add(new Fault(path, Invalid,
                $"'{Texts.Clip(name)}' is no name of a step: a lower-case letter, then letters and digits, at most {WorkflowLimits.StepNameMax}.",
                "Expressions read steps.<name>, so hyphens and dots are not possible; write camelCase."));
        }
    }

    private static void Needs(WorkflowStep step, WorkflowDefinition definition, string path, List<Fault> faults)
    {
        for (var i = 0; i < step.Needs.Length; i++)
        {
            var need = step.Needs[i];
            var place = JsonPointers.Append(path + "/needs", i);
            if (definition.Find(need) is null)
            {
                var hint = DidYouMean.Hint(need, definition.Steps.Select(s => s.Name));
                faults.Add(new Fault(place, ApiErrors.UnknownReference.Code, $"There is no step '{Texts.Clip(need)}'.", hint));
            }
            else if (step.Needs.IndexOf(need) < i)
            {
                faults.Add(new Fault(place, Invalid, $"'{need}' is needed twice."));
            }
        }
    }

    private static void References(WorkflowStep step, WorkflowDefinition definition, string path, List<Fault> faults)
    {
        if (step.When is { } when)
        {
            Paths(when, path + "/when", definition, step, faults);
        }

        if (!step.TaskText.IsEmpty)
        {
            using var task = step.TaskText.ToDocument();
            Walk(task.RootElement, path + "/task", definition, step, faults);
        }
    }

    // Text by text, so that each fault names its place. Texts that do not compile are reported already.
    private static void Walk(JsonElement element, string path, WorkflowDefinition definition, WorkflowStep? reader, List<Fault> faults)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    Walk(member.Value, JsonPointers.Append(path, member.Name), definition, reader, faults);
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, JsonPointers.Append(path, index++), definition, reader, faults);
                }

                break;
            case JsonValueKind.String when Template.CompileText(element.GetString()!) is { Ok: true, Value.Expressions: var expressions }:
                foreach (var expression in expressions)
                {
                    Paths(expression, path, definition, reader, faults);
                }

                break;
        }
    }

    private static void Paths(Expression expression, string path, WorkflowDefinition definition, WorkflowStep? reader, List<Fault> faults)
    {
        foreach (var chain in expression.Paths)
        {
            switch (chain)
            {
                case ["run", var member, ..] when !WorkflowDefinition.RunMembers.Contains(member):
                    faults.Add(Unknown(path, $"run.{member}", WorkflowDefinition.RunMembers.Select(m => "run." + m)));
                    break;
                case ["steps", var name, ..] when definition.Find(name) is null:
                    faults.Add(Unknown(path, $"steps.{name}", definition.Steps.Select(s => "steps." + s.Name)));
                    break;
                case ["steps", var name, ..] when reader is not null && !reader.Before.Contains(name):
                    faults.Add(new Fault(path, ApiErrors.InvalidExpression.Code,
                        $"'{Texts.Clip(expression.Text)}' reads steps.{name}, which may not have ended when {reader.Name} starts.",
                        $"Add '{name}' to the needs of {reader.Name}."));
                    break;
                case ["steps", var name, var member, ..] when !WorkflowDefinition.StepMembers.Contains(member):
                    faults.Add(Unknown(path, $"steps.{name}.{member}", WorkflowDefinition.StepMembers.Select(m => $"steps.{name}.{m}")));
                    break;
            }
        }
    }

    private static Fault Unknown(string path, string what, IEnumerable<string> known)
    {
        var list = known.Order(StringComparer.Ordinal).ToList();
        var listed = string.Join(", ", list.Take(10)) + (list.Count > 10 ? ", …" : "");
        return new Fault(path, ApiErrors.InvalidExpression.Code, $"'{Texts.Clip(what)}' is not known; known: {listed}.", DidYouMean.Hint(what, list));
    }

    [GeneratedRegex("^[a-z][A-Za-z0-9]{0,39}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex StepName();
}
