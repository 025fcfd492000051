using System.Text.Json;
using Foundation.Retry;
using Foundation.Tasks;

namespace Foundation.Workflows;

/// <summary>
/// Checks a step's task before any run: member names, and every member without expressions by the rules of <c>POST /api/tasks</c>.
/// What expressions make of the others is checked by the same rules when the step starts.
/// </summary>
internal static class WorkflowTaskLint
{
    private static readonly LiteralPolicies Policies = new();

    public static void Check(RawJson task, string path, List<Fault> faults)
    {
        if (task.Kind != JsonValueKind.Object)
        {
            faults.Add(new Fault(path, ApiErrors.InvalidType.Code, "A task is an object: the body of POST /api/tasks."));
            return;
        }

        var read = StrictJson.Read(LiteralPart(task), TasksJson.Default.TaskRequest);
        if (read.Problem is { } problem)
        {
            faults.AddRange(problem.Faults.Select(f => f with { Path = path + f.Path }));
        }
        else
        {
            faults.AddRange(TaskRequestFaults.Of(read.Value, Policies, path));
        }
    }

    /// <summary>The task's literal members as a request, or null where they are none: for what they refer to.</summary>
    public static TaskRequest? Literal(RawJson task) =>
        task.Kind == JsonValueKind.Object && StrictJson.Read(LiteralPart(task), TasksJson.Default.TaskRequest) is { Ok: true } read ? read.Value : null;

    // Members with expressions are left out, but for unknown ones, whose value does not matter. Data may be anything.
    private static RawJson LiteralPart(RawJson task)
    {
        using var document = task.ToDocument();
        var known = TasksJson.Default.TaskRequest.Properties.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        return RawJson.Trusted(JsonWriting.ToBytes((document.RootElement, known), static (writer, state) =>
        {
            writer.WriteStartObject();
            foreach (var member in state.RootElement.EnumerateObject())
            {
                var value = Value(member);
                if (!state.known.Contains(member.Name))
                {
                    writer.WriteNull(member.Name);
                }
                else if (value is { } literal && member.Name != "data")
                {
                    writer.WritePropertyName(member.Name);
                    writer.WriteRawValue(literal.Span, skipInputValidation: true);
                }
                else if (member.Name == "type")
                {
                    writer.WriteString("type"u8, "known-later"u8);
                }
            }

            writer.WriteEndObject();
        }));
    }

    private static RawJson? Value(JsonProperty member)
    {
        var raw = RawJson.Trusted(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(member.Value).ToArray());
        return Template.Compile(raw) is { Ok: true, Value: { IsLiteral: true } literal } ? literal.Render(RawJson.Null).Value : null;
    }

    // Policy strings are read here; names are references of the document and looked up with all others.
    private sealed class LiteralPolicies : IRetryPolicies
    {
        public Outcome<RetryPolicy> Resolve(string? delays, string? policy, string path = "")
        {
            if (delays is null)
            {
                return RetryPolicy.Default;
            }

            var read = DelayStream.Parse(delays, path);
            return read.Ok ? RetryPolicy.Default : read.Problem!;
        }

        public RetryPolicy? Find(string? delays, string? policy) => RetryPolicy.Default;
    }
}
