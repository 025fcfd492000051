using System.Collections.Immutable;

namespace Foundation.Workflows;

/// <summary>What the needs of the steps amount to.</summary>
internal static class WorkflowGraph
{
    /// <summary>For each step all steps before it, in the order of the document. In a circle each is before each.</summary>
    public static IReadOnlyDictionary<string, ImmutableArray<string>> Before(ImmutableArray<WorkflowStep> steps)
    {
        var byName = steps.ToDictionary(s => s.Name, StringComparer.Ordinal);
        return steps.ToDictionary(s => s.Name, s => Reach(s, byName, steps), StringComparer.Ordinal);
    }

    /// <summary>The circles, each once, as the names along it.</summary>
    public static IEnumerable<IReadOnlyList<string>> Cycles(ImmutableArray<WorkflowStep> steps)
    {
        var byName = steps.ToDictionary(s => s.Name, StringComparer.Ordinal);
        var reported = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            if (!reported.Contains(step.Name) && Circle(step, byName) is { } circle)
            {
                reported.UnionWith(circle);
                yield return circle;
            }
        }
    }

    private static ImmutableArray<string> Reach(
        WorkflowStep step, Dictionary<string, WorkflowStep> byName, ImmutableArray<WorkflowStep> steps)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(step.Needs);
        while (open.TryPop(out var name))
        {
            if (byName.TryGetValue(name, out var found) && reached.Add(name))
            {
                foreach (var need in found.Needs)
                {
                    open.Push(need);
                }
            }
        }

        return [.. steps.Select(s => s.Name).Where(reached.Contains)];
    }

    // The shortest way from the step back to itself.
    private static List<string>? Circle(WorkflowStep start, Dictionary<string, WorkflowStep> byName)
    {
        var cameFrom = new Dictionary<string, string>(StringComparer.Ordinal);
        var open = new Queue<string>([start.Name]);
        while (open.TryDequeue(out var name))
        {
            foreach (var need in byName[name].Needs.Where(byName.ContainsKey))
            {
                if (need == start.Name)
                {
                    return Way(start.Name, name, cameFrom);
                }

                if (cameFrom.TryAdd(need, name))
                {
                    open.Enqueue(need);
                }
            }
        }

        return null;
    }

    private static List<string> Way(string start, string last, Dictionary<string, string> cameFrom)
    {
        var way = new List<string>();
        for (var name = last; name != start; name = cameFrom[name])
        {
            way.Add(name);
        }

        way.Add(start);
        way.Reverse();
        return way;
    }
}
