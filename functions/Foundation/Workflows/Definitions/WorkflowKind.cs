using Foundation.Configuration;
using Foundation.Queues;
using Foundation.Retry;

namespace Foundation.Workflows;

/// <summary>The kind <c>workflows</c>.</summary>
internal static class WorkflowKind
{
    public const string Name = "workflows";

    public static Kind<WorkflowDocument, WorkflowDefinition> Create() => new(
        Name,
        WorkflowsJson.Default.WorkflowDocument,
        new Dictionary<string, WorkflowDocument>(),
        check: null,
        references: static document => References(document),
        compile: static (name, document, _) => WorkflowCompiler.CompileNew(name, document));

    private static IEnumerable<DocumentReference> References(WorkflowDocument document)
    {
        foreach (var (name, step) in document.Steps)
        {
            var path = JsonPointers.Append("/steps", name) + "/task";
            var task = WorkflowTaskLint.Literal(step.Task);
            if (task?.Queue is { } queue)
            {
                yield return new DocumentReference(QueueKind.Name, queue, path + "/queue");
            }

            if (task?.Retry?.Policy is { } policy)
            {
                yield return new DocumentReference(RetryKind.Name, policy, path + "/retry/policy");
            }
        }
    }
}
