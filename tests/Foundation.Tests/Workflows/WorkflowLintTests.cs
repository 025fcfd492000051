using Foundation.Kernel;
using Foundation.Workflows;
using Xunit;

namespace Foundation.Tests.Workflows;

public sealed class WorkflowLintTests
{
    public static TheoryData<string, string> Faulty() => new()
    {
        { "steps: {}", "/steps api.invalid-value" },
        { "steps: { my-step: { task: { type: t } } }", "/steps/my-step api.invalid-value" },
        { "steps: { a: { needs: [b], task: { type: t } } }", "/steps/a/needs/0 api.unknown-reference" },
        { "steps: { a: { task: { type: t } }, b: { needs: [a, a], task: { type: t } } }", "/steps/b/needs/1 api.invalid-value" },
        { "steps: { a: { needs: [a], task: { type: t } } }", "/steps/a/needs api.invalid-value" },
        { "steps: { a: { needs: [c], task: { type: t } }, b: { needs: [a], task: { type: t } }, c: { needs: [b], task: { type: t } } }", "/steps/a/needs api.invalid-value" },
        { "steps: { a: { task: { type: t, data: '${ingest}' } } }", "/steps/a/task/data api.invalid-expression" },
        { "steps: { a: { task: { type: t, data: { x: ['${steps.b.result}'] } } } }", "/steps/a/task/data/x/0 api.invalid-expression" },
        { "steps: { a: { task: { type: t } }, b: { task: { type: t, data: '${steps.a.result}' } } }", "/steps/b/task/data api.invalid-expression" },
        { "steps: { a: { task: { type: t } }, b: { needs: [a], task: { type: t, data: '${steps.a.resutl}' } } }", "/steps/b/task/data api.invalid-expression" },
        { "steps: { a: { task: { type: t }, when: run.name } }", "/steps/a/when api.invalid-expression" },
        { "steps: { a: { task: { type: t }, when: 'input.(' } }", "/steps/a/when api.invalid-expression" },
        { "steps: { a: { task: { type: t } } }\noutput: steps.b.result", "/output api.invalid-expression" },
        { "steps: { a: { task: { type: t } } }\noutput: { x: '${steps.b.result}' }", "/output/x api.invalid-expression" },
        { "steps: { a: { task: { type: t } } }\noutput: 5", "/output api.invalid-type" },
        { "steps: { a: { task: { type: t } } }\ndeadline: 0s", "/deadline api.invalid-value" },
        { "steps: { a: { task: text } }", "/steps/a/task api.invalid-type" },
        { "steps: { a: { task: { typ: t } } }", "/steps/a/task/typ api.unknown-member, /steps/a/task/type api.missing-member" },
        { "steps: { a: { task: { type: t, bogus: '${input}' } } }", "/steps/a/task/bogus api.unknown-member" },
        { "steps: { a: { task: { type: t, delay: never } } }", "/steps/a/task/delay api.invalid-value" },
        { "steps: { a: { task: { type: t, target: { capability: x, service: y } } } }", "/steps/a/task/target api.invalid-value" },
        { "steps: { a: { task: { type: t, retry: 'exponental(1s)' } } }", "/steps/a/task/retry retry-policies.invalid-delays" },
    };

    [Theory]
    [MemberData(nameof(Faulty))]
    public void CompileNew_WithAFault_NamesItsPlace(string yaml, string expected)
    {
        var outcome = WorkflowCompiler.CompileNew("w", RunSamples.Document(yaml));

        Assert.Equal(expected, string.Join(", ", (outcome.Problem?.Faults ?? []).Select(f => $"{f.Path} {f.Code}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void CompileNew_WithManyFaults_NamesAll()
    {
        var outcome = WorkflowCompiler.CompileNew("w", RunSamples.Document("""
            steps:
              a: { needs: [nothing], when: nowhere, task: { type: "", data: "${run.idd}" } }
              b: { needs: [a], task: { type: t, data: "${steps.aa.result}" } }
            """));

        var faults = outcome.Problem!.Faults;
        Assert.Equal(
            ["/steps/a/needs/0", "/steps/a/task/data", "/steps/a/task/type", "/steps/a/when", "/steps/b/task/data"],
            faults.Select(f => f.Path).Order(StringComparer.Ordinal));
        Assert.Contains(faults, f => f.Hint == "Did you mean 'steps.a'?");
        Assert.Contains(faults, f => f.Hint == "Did you mean 'run.id'?");
    }

    [Fact]
    public void CompileNew_WithTooManySteps_IsRefused()
    {
        var steps = string.Join('\n', Enumerable.Range(0, 101).Select(i => $"  s{i}: {{ task: {{ type: t }} }}"));

        var outcome = WorkflowCompiler.CompileNew("w", RunSamples.Document("steps:\n" + steps));

        Assert.Equal("/steps", Assert.Single(outcome.Problem!.Faults).Path);
    }

    [Fact]
    public void CompileNew_Valid_KnowsGraphAndReads()
    {
        var definition = RunSamples.Definition("""
            steps:
              plan: { task: { type: "${input.kind}", data: "${input}", queue: default, retry: "fixed(1s) | take(2)" } }
              left: { needs: [plan], when: "steps.plan.result.left", task: { type: l, data: "${steps.plan.result}", labels: { run: "${run.id}" } } }
              right: { needs: [plan], task: { type: r, data: { status: "${steps.plan.status}", price: "$${input}" } } }
              join: { needs: [left, right], task: { type: j, data: ["${steps.left.result}", "${steps.right.result.x}"] } }
            output: "{ total: steps.join.result, kind: input.kind }"
            deadline: 30d
            """);

        Assert.Equal(["plan", "left", "right"], definition.Get("join").Before);
        Assert.Equal([0, 1, 1, 2], definition.Steps.Select(s => RunPlan.Levels(definition)[s.Name]));
        Assert.Equal(TimeSpan.FromDays(30), definition.Deadline);
        var reads = StepReads.Of(definition.Get("join").Expressions);
        Assert.Equal([false, true, true], new[] { "plan", "left", "right" }.Select(reads.Contains));
        Assert.False(StepReads.Of(definition.Get("right").Expressions).Contains("plan"), "a status needs no result");
    }

    [Theory]
    [InlineData("keys(@)", true)]
    [InlineData("steps.*.result", true)]
    [InlineData("steps.plan", true)]
    [InlineData("steps.plan.problem.code", false)]
    [InlineData("input.x", false)]
    [InlineData("length(steps.plan.result.items)", true)]
    public void StepReads_OfAnExpression_NeverMissesAResult(string expression, bool reads) =>
        Assert.Equal(reads, StepReads.Of([Expression.Compile(expression).Value]).Contains("plan"));

    [Fact]
    public void CompileStored_OfASnapshot_IsTheSame()
    {
        var definition = RunSamples.Definition("""
            steps:
              a: { when: "input.go", task: { type: t, data: { x: 1.50, y: "${input}" } } }
              b: { needs: [a], task: { type: t } }
            output: { x: "${steps.b.result}" }
            """);

        var again = WorkflowCompiler.CompileStored("sample", definition.Text);

        Assert.Equal(definition.Text.ToString(), again.Text.ToString());
        Assert.Contains("1.50", again.Get("a").TaskText.ToString(), StringComparison.Ordinal);
        Assert.Equal(["a"], again.Get("b").Before);
    }

    [Fact]
    public void Definitions_OfOneText_AreCompiledOnce()
    {
        var text = RunSamples.Definition().Text;
        var definitions = new RunDefinitions();

        Assert.Same(definitions.Of("w", text), definitions.Of("w", text));
        Assert.NotSame(definitions.Of("w", text), definitions.Of("other", text));
        for (var i = 0; i < 300; i++)
        {
            definitions.Of("w" + i, text);
        }

        Assert.Equal("w", definitions.Of("w", text).Name);
    }
}
