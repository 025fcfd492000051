using System.Collections.Immutable;
using CsCheck;
using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Tasks;
using Foundation.Workflows;
using Xunit;

namespace Foundation.Tests.Workflows;

public sealed class RunDeciderTests
{
    private static readonly Gen<RunCommand> Fact = Gen.OneOf(
        Gen.Select(OneOf("a", "b", "c"), OneOf(AgentTaskStatus.Succeeded, AgentTaskStatus.DeadLettered, AgentTaskStatus.Cancelled))
            .Select((step, status) => (RunCommand)RunSamples.Ended(step, step == "a" ? RunSamples.TaskA : RunSamples.TaskB, status)),
        Gen.Const((RunCommand)new RunCommand.Cancel("no")),
        Gen.Int[1, 9].Select(o => (RunCommand)new RunCommand.Pause($"{o}", $"reason {o}")),
        Gen.Int[1, 9].Select(o => (RunCommand)new RunCommand.Resume($"{o + 10}")));

    /// <summary>One task has one end: of several facts about a task the first drawn one is kept, as tasks themselves would have it.</summary>
    private static readonly Gen<RunCommand[]> Facts = Fact.Array[0, 8].Select(facts => facts
        .DistinctBy(f => f is RunCommand.TaskEnded e ? e.Step : f is RunCommand.Pause p ? p.Order : f is RunCommand.Resume r ? r.Order : "cancel").ToArray());

    [Fact]
    public void Facts_InAnyOrderAndDoubled_ComeToTheSameRun()
    {
        Gen.Select(Facts, Gen.Int).Sample((facts, seed) =>
        {
            var once = Fold(RunSamples.Running(), facts);
            var doubled = Shuffle([.. facts, .. facts], seed);
            Assert.Equal(once, Fold(RunSamples.Running(), doubled));
        });

        static string Fold(WorkflowRun run, IEnumerable<RunCommand> facts)
        {
            foreach (var fact in RunInbox.InOrder(facts))
            {
                run = Decided(run, fact);
            }

            return System.Text.Encoding.UTF8.GetString(RunRows.State(run).Span);
        }
    }

    [Fact]
    public void EndsOfTasks_OneByOneInAnyOrder_ComeToTheSameSteps()
    {
        Gen.Select(Graph, Gen.Int, Gen.Int).Sample((definition, seed, other) =>
        {
            var one = Run(definition, seed);
            Assert.Equal(WorkflowRunStatus.Succeeded, one.Status);
            var two = Run(definition, other);
            Assert.Equal(one.Steps.Select(s => s.Status), two.Steps.Select(s => s.Status));
        });
    }

    [Fact]
    public void Commands_Any_NeverBreakAnInvariant_AndEndedRunsStay()
    {
        var command = Gen.OneOf(
            Fact,
            OneOf("a", "b", "c").Select(s => (RunCommand)new RunCommand.Start(s, s == "a" ? RunSamples.TaskA : RunSamples.TaskB)),
            OneOf("a", "b", "c").Select(s => (RunCommand)new RunCommand.Skip(s)),
            OneOf("a", "b", "c").Select(s => (RunCommand)new RunCommand.Stop(s)),
            OneOf("a", "b", "c").Select(s => (RunCommand)new RunCommand.Refuse(s, new RunProblem { Code = "x" })),
            Gen.Const((RunCommand)new RunCommand.Look()),
            Gen.Bool.Select(b => (RunCommand)new RunCommand.Finish(false, b ? new RunProblem { Code = "x" } : null)));
        command.Array[0, 30].Sample(commands =>
        {
            var run = RunSamples.Waiting();
            foreach (var one in commands)
            {
                var before = run;
                run = Decided(run, one);
                Assert.True(RunRows.State(run).Length > 0);
                Assert.True(!before.Ended || ReferenceEquals(run, before), $"{one} changed an ended run");
                Assert.All(before.Steps.Zip(run.Steps), pair => Assert.True(!pair.First.Ended || pair.First == pair.Second, $"{one} changed an ended step"));
            }
        });
    }

    [Fact]
    public void TaskEnded_Failed_KeepsWhyAndWhatWasConsumed()
    {
        var run = RunSamples.Failed();

        Assert.Equal(("boom", "it broke", "b", "task_" + RunSamples.TaskB), (run.Problem!.Code, run.Problem.Detail, run.Problem.Step, run.Problem.Task));
        Assert.Equal(20, run.Usage!.InputTokens);
        Assert.Equal(
            [RunStepStatus.Cancelled, RunStepStatus.Failed, RunStepStatus.Cancelled],
            run.Steps.Select(s => s.Status));
        Assert.Equal(RunSamples.Now + RunSamples.Rules.FailedRetention, run.RetainUntil);
    }

    [Fact]
    public void TaskEnded_CancelledBySomebodyElse_FailsTheRun()
    {
        var run = RunSamples.Running().Then(RunSamples.Ended("a", RunSamples.TaskA, AgentTaskStatus.Cancelled));

        Assert.Equal(WorkflowErrors.StepCancelled.Code, run.Problem!.Code);
        Assert.True(run.Stopping);
    }

    [Fact]
    public void Cancel_AndFailureInEitherOrder_EndCancelled()
    {
        var dead = RunSamples.Ended("b", RunSamples.TaskB, AgentTaskStatus.DeadLettered);
        var stopped = RunSamples.Ended("a", RunSamples.TaskA, AgentTaskStatus.Cancelled);
        Assert.Equal(WorkflowRunStatus.Cancelled, RunSamples.Running().Then(new RunCommand.Cancel(null), dead, stopped).Status);
        Assert.Equal(WorkflowRunStatus.Cancelled, RunSamples.Running().Then(dead, new RunCommand.Cancel(null), stopped).Status);
    }

    [Fact]
    public void State_OfTheLargestRun_FitsIntoARow()
    {
        var wide = new string('ß', WorkflowLimits.KeyMax);
        var detail = new string('ß', 1_000);
        var steps = Enumerable.Range(0, WorkflowLimits.StepsMax).Select(i => new RunStep
        {
            Name = $"s{i:D3}".PadRight(WorkflowLimits.StepNameMax, 'x'), Status = RunStepStatus.Running, Task = RunSamples.TaskA,
            From = 1_769_860_800_000, StopAsked = true,
        });
        var run = RunSamples.Waiting() with { Steps = [.. steps], Status = WorkflowRunStatus.Running, Cancel = new RunCancellation(new string('ß', WorkflowLimits.ReasonMax), RunSamples.Now) };
        foreach (var step in run.Steps)
        {
            run = Decided(run, new RunCommand.TaskEnded(step.Name, RunSamples.TaskA, AgentTaskStatus.DeadLettered, 1_000_000,
                new TaskProblem { Code = new string('c', 100), Detail = detail },
                new TaskUsage { Model = detail, InputTokens = long.MaxValue / 1000, Cost = new TaskCost(1.23456789m, detail) }));
        }

        run = run with
        {
            Key = wide, Workflow = new string('w', 128), Tenant = new string('t', 128), CreatedBy = new string('k', 64), TraceParent = new string('0', 256),
            Labels = Enumerable.Range(0, 16).ToDictionary(i => new string((char)('a' + i), 100), _ => new string('v', 128)),
            Problem = run.Problem ?? new RunProblem { Code = new string('c', 100), Detail = new string('ß', WorkflowLimits.DetailMax) },
            SteeredBy = RunSamples.TaskA,
        };

        Assert.True(RunRows.State(run).Length < CommitLimits.StateBytesMax, $"{RunRows.State(run).Length} bytes");
    }

    [Fact]
    public void PersistedNames_AreFrozen()
    {
        var run = RunSamples.Failed() with { Key = "k", Deadline = RunSamples.Now, SteeredBy = "5", Unfinished = false };
        const string Expected = """
            {"workflow":"sample","tenant":"default","createdBy":"local","key":"k","createdAt":"2026-01-31T12:00:00Z","status":"failed","since":"2026-01-31T12:00:00Z",
            "number":1,"steps":[{"n":"a","s":"cancelled","t":"01J00000000000000000000001","a":1,"f":1769860800000,"u":1769860800000},
            {"n":"b","s":"failed","t":"01J00000000000000000000002","a":1,"f":1769860800000,"u":1769860800000,"p":{"code":"boom","detail":"it broke"}},
            {"n":"c","s":"cancelled"}],"deadline":"2026-01-31T12:00:00Z","steeredBy":"5",
            "problem":{"code":"boom","detail":"it broke","step":"b","task":"task_01J00000000000000000000002"},"usage":{"inputTokens":20},
            "endedAt":"2026-01-31T12:00:00Z","retainUntil":"2026-03-02T12:00:00Z"}
            """;
        Assert.Equal(Expected.ReplaceLineEndings(""), System.Text.Encoding.UTF8.GetString(RunRows.State(run).Span));
        Assert.Equal("runs run-inbox run-history run-keys run-outputs", string.Join(' ', new[]
        {
            RunTables.Runs, RunTables.Inbox, RunTables.History, RunTables.Keys, RunTables.Outputs,
        }.Select(t => t.Name)));
        RunCommand[] facts = [RunSamples.Ended("a", "t"), new RunCommand.Cancel("r"), new RunCommand.Pause("1", "r"), new RunCommand.Resume("2")];
        Assert.Equal(
            """{"fact":"task-ended","step":"a","task":"t","status":"succeeded","attempt":1,"usage":{"inputTokens":10}} {"fact":"cancel","reason":"r"} {"fact":"pause","order":"1","reason":"r"} {"fact":"resume","order":"2"}""",
            string.Join(' ', facts.Select(f => System.Text.Json.JsonSerializer.Serialize(f, RunStateJson.Compact.RunCommand))));
    }

    // Steps that need any of those before them.
    private static readonly Gen<WorkflowDefinition> Graph = Gen.Int[0, 3].Array[1, 12].Select(masks =>
    {
        var steps = masks.Select((mask, i) =>
            $"  s{i}: {{ needs: [{string.Join(", ", Enumerable.Range(0, i).Where(j => (mask >> (j % 3) & 1) == 1).Select(j => $"s{j}"))}], task: {{ type: t }} }}");
        return RunSamples.Definition("steps:\n" + string.Join('\n', steps));
    });

    // Starts what is ready, ends a live task of the seed's choice, until nothing is left.
    private static WorkflowRun Run(WorkflowDefinition definition, int seed)
    {
        var run = RunSamples.Fresh(definition);
        var number = 0;
        for (var round = 0; !run.Ended; round++)
        {
            foreach (var step in RunPlan.Ready(definition, run).ToList())
            {
                run = run.Then(new RunCommand.Start(step.Name, $"{number++:D26}"));
            }

            if (RunPlan.IsComplete(run))
            {
                return run.Then(new RunCommand.Finish(false, null));
            }

            var live = run.Steps.Where(s => s.Live).ToList();
            Assert.NotEmpty(live);
            var next = live[(int)((uint)HashCode.Combine(seed, round) % (uint)live.Count)];
            run = run.Then(RunSamples.Ended(next.Name, next.Task!));
        }

        return run;
    }

    private static RunCommand[] Shuffle(ImmutableArray<RunCommand> facts, int seed) =>
        [.. facts.Select((fact, i) => (fact, order: HashCode.Combine(seed, i))).OrderBy(p => p.order).Select(p => p.fact)];

    private static WorkflowRun Decided(WorkflowRun run, RunCommand command) =>
        RunDecider.Decide(run, command, RunSamples.Rules, RunSamples.Now) is RunDecision.Accepted accepted ? accepted.State : run;

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
