namespace Foundation.Workflows;

/// <summary>What is true of every stored run. A broken one is a bug, thrown with id and state and never repaired in silence.</summary>
internal static class RunInvariants
{
    public static void Check(WorkflowRun run)
    {
        var live = run.Steps.Any(s => s.Live);
        var broken = run switch
        {
            { Ended: true, EndedAt: null } or { Ended: true, RetainUntil: null } => "an ended run has an end and a retention",
            { Ended: false, EndedAt: not null } => "only an ended run has an end",
            { Ended: true } when run.Steps.Any(s => !s.Ended) => "all steps of an ended run have ended",
            { Ended: true, Unfinished: true } => "an ended run has nothing left to do",
            { Status: WorkflowRunStatus.Succeeded } when !run.Steps.All(s => s.Passed) => "a run succeeds when all steps passed",
            { Status: WorkflowRunStatus.Failed, Problem: null } => "a failed run has a problem",
            { Status: WorkflowRunStatus.Cancelled, Cancel: null } => "a cancelled run was cancelled",
            { Status: WorkflowRunStatus.Paused, Pause: null } => "a paused run has a pause",
            { Status: not WorkflowRunStatus.Paused, Pause: not null } => "only a paused run has a pause",
            { Status: WorkflowRunStatus.Waiting } when live => "a waiting run has no live step",
            { Status: WorkflowRunStatus.Running } when !live => "a running run has a live step",
            { HasOutput: true, Status: not WorkflowRunStatus.Succeeded } => "only a run that succeeded has an output",
            { Stopping: true } when !live => "a run that stops has ended when its last task has",
            _ => run.Steps.Select(Broken).FirstOrDefault(b => b is not null),
        };
        if (broken is not null)
        {
            throw new InvalidOperationException($"Run {run.IdText} ({run.Status}, change {run.Number}) breaks an invariant: {broken}");
        }
    }

    private static string? Broken(RunStep step) => step switch
    {
        { Live: true, Task: null } => "a running step has a task",
        { Status: RunStepStatus.Pending or RunStepStatus.Skipped, Task: not null } => "a step that did not start has no task",
        { Status: RunStepStatus.Succeeded, Task: null } => "a step that succeeded had a task",
        _ => null,
    };
}
