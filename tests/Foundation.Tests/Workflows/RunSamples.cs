using Foundation.Kernel;
using Foundation.Tasks;
using Foundation.Workflows;

namespace Foundation.Tests.Workflows;

/// <summary>Runs of one small workflow in every state: <c>a</c> and <c>b</c> at once, then <c>c</c>.</summary>
internal static class RunSamples
{
    public const string TaskA = "01J00000000000000000000001";
    public const string TaskB = "01J00000000000000000000002";
    public static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    public static readonly RunRules Rules = new(TimeSpan.FromDays(7), TimeSpan.FromDays(30));

    public static WorkflowDefinition Definition(string yaml = """
        steps:
          a: { task: { type: a } }
          b: { task: { type: b } }
          c: { needs: [a, b], task: { type: c } }
        """)
    {
        var outcome = WorkflowCompiler.CompileNew("sample", Document(yaml));
        return outcome.Ok ? outcome.Value : throw new ArgumentException(string.Join("; ", outcome.Problem!.Faults.Select(f => f.Path + " " + f.Message)));
    }

    public static WorkflowDocument Document(string yaml)
    {
        var read = Yaml.Read(System.Text.Encoding.UTF8.GetBytes(yaml));
        var document = StrictJson.Read(read.Value[0], WorkflowsJson.Default.WorkflowDocument);
        return document.Ok ? document.Value : throw new ArgumentException(string.Join("; ", document.Problem!.Faults.Select(f => f.Path + " " + f.Message)));
    }

    public static WorkflowRun Waiting() => Fresh(Definition());

    public static WorkflowRun Fresh(WorkflowDefinition definition) => new()
    {
        Id = new ResourceId(42),
        Workflow = definition.Name,
        Tenant = "default",
        CreatedBy = "local",
        CreatedAt = Now,
        Status = WorkflowRunStatus.Waiting,
        Since = Now,
        Number = 1,
        Steps = RunTransitions.Fresh(definition),
        Deadline = definition.Deadline is { } deadline ? Now + deadline : null,
    };

    /// <summary>a and b have live tasks.</summary>
    public static WorkflowRun Running() => Waiting().Then(new RunCommand.Start("a", TaskA), new RunCommand.Start("b", TaskB));

    public static WorkflowRun Late() => Running() with { Deadline = Now };

    public static WorkflowRun Paused() => Running().Then(new RunCommand.Pause("5", "vendor"));

    public static WorkflowRun Cancelling() => Running().Then(new RunCommand.Cancel("no"));

    public static WorkflowRun Failing() => Running().Then(Ended("b", TaskB, AgentTaskStatus.DeadLettered));

    public static WorkflowRun Complete() =>
        Waiting().Then(new RunCommand.Skip("a"), new RunCommand.Skip("b"), new RunCommand.Skip("c"));

    public static WorkflowRun Succeeded() => Complete().Then(new RunCommand.Finish(true, null));

    public static WorkflowRun Failed() => Failing().Then(Ended("a", TaskA, AgentTaskStatus.Cancelled));

    public static WorkflowRun Cancelled() => Cancelling().Then(Ended("a", TaskA, AgentTaskStatus.Cancelled), Ended("b", TaskB, AgentTaskStatus.Cancelled));

    public static RunCommand.TaskEnded Ended(string step, string task, AgentTaskStatus status = AgentTaskStatus.Succeeded) =>
        new(step, task, status, 1, status == AgentTaskStatus.DeadLettered ? new TaskProblem { Code = "boom", Detail = "it broke" } : null,
            new TaskUsage { InputTokens = 10 });

    public static WorkflowRun Then(this WorkflowRun run, params RunCommand[] commands)
    {
        foreach (var command in commands)
        {
            run = RunDecider.Decide(run, command, Rules, Now) is RunDecision.Accepted accepted
                ? accepted.State
                : throw new ArgumentException($"{command} is not accepted by a run that is {run.Status}");
        }

        return run;
    }
}
