using System.Collections.Immutable;
using Foundation.Tasks;

namespace Foundation.Workflows;

/// <summary>A run as one commit will leave it: decisions one after the other, with the posts that they cause.</summary>
internal sealed class RunDraft
{
    private readonly RunRules _rules;
    private readonly DateTimeOffset _now;
    private readonly List<(string Step, TaskRequest? Request, int Bytes)> _posts = [];
    private int _bytes;

    public RunDraft(WorkflowRun before, RunRules rules, DateTimeOffset now)
    {
        (Before, Run) = (before, before);
        (_rules, _now) = (rules, now);
    }

    public WorkflowRun Before { get; }

    public WorkflowRun Run { get; private set; }

    public bool Changed => !ReferenceEquals(Run, Before);

    public RawJson Output { get; private set; }

    /// <summary>Whether another post of this size still fits into the commit. One always does.</summary>
    public bool HasRoomFor(int bytes) =>
        _posts.Count == 0 || (_posts.Count < WorkflowLimits.PostsPerCommit && _bytes + bytes <= WorkflowLimits.PostBytesPerCommit);

    /// <summary>Decides; what is refused or unchanged leaves the run as it is.</summary>
    public RunDecision Apply(RunCommand command)
    {
        var decision = RunDecider.Decide(Run, command, _rules, _now);
        if (decision is RunDecision.Accepted accepted)
        {
            Run = accepted.State;
        }

        return decision;
    }

    public void Start(string step, ResourceId task, TaskRequest request, int bytes)
    {
        Must(Apply(new RunCommand.Start(step, task.ToString())));
        _posts.Add((step, request, bytes));
        _bytes += bytes;
    }

    public void Stop(string step)
    {
        Must(Apply(new RunCommand.Stop(step)));
        _posts.Add((step, null, 0));
    }

    public void Do(RunCommand command) => Must(Apply(command));

    public void Finish(RawJson output)
    {
        Must(Apply(new RunCommand.Finish(!output.IsEmpty, null)));
        Output = output;
    }

    /// <summary>Numbers the change.</summary>
    public void Seal(bool unfinished)
    {
        if (Changed || Before.Unfinished != unfinished)
        {
            Run = Run with { Number = Before.Number + 1, Unfinished = unfinished && !Run.Ended };
        }
    }

    public ImmutableArray<Post> Posts() => [.. _posts.Select(p => p.Request is { } request
        ? RunPosts.Submit(Run, Run.Get(p.Step), request)
        : RunPosts.Cancel(Run, Run.Get(p.Step)))];

    private void Must(RunDecision decision)
    {
        if (decision is not RunDecision.Accepted)
        {
            throw new InvalidOperationException($"Run {Before.IdText}: what was planned is {decision}");
        }
    }
}
