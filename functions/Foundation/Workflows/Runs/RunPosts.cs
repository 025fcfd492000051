using System.Text.Json;
using Foundation.Tasks;

namespace Foundation.Workflows;

/// <summary>What runs ask of tasks, and how tasks' answers name a step.</summary>
internal static class RunPosts
{
    public const string Room = "workflows";
    public const string TaskEnded = TaskPosts.Ended;

    /// <summary>Asks for a step's task, under the id that the run's state holds.</summary>
    public static Post Submit(WorkflowRun run, RunStep step, TaskRequest request) => new(
        new Address(TaskMail.Room, TaskMail.Submit, step.TaskId!),
        new PostSource(Subject(run.Id, step.Name), run.Number),
        JsonSerializer.SerializeToUtf8Bytes(
            new TaskOrder(request, run.Tenant, run.CreatedBy, Room, Subject(run.Id, step.Name), run.TraceParent), TaskMailJson.Default.TaskOrder));

    /// <summary>Asks a step's task to stop.</summary>
    public static Post Cancel(WorkflowRun run, RunStep step) => new(
        new Address(TaskMail.Room, TaskMail.Cancel, step.TaskId!),
        new PostSource(Subject(run.Id, step.Name), run.Number),
        JsonSerializer.SerializeToUtf8Bytes(new TaskCancelRequest { Reason = Why(run) }, TaskMailJson.Default.TaskCancelRequest));

    /// <summary>What a task is told of its owner, and repeats at its end.</summary>
    public static string Subject(ResourceId run, string step) => $"{run.ToText(RunRows.Prefix)}/{step}";

    private static string Why(WorkflowRun run) => run.Cancel is { } cancel
        ? cancel.Reason ?? "the workflow run was cancelled"
        : RunTransitions.Cut($"the workflow run failed: {run.Problem!.Code}", WorkflowLimits.ReasonMax)!;
}
