using Foundation.Functions.Orchestrations;
using Foundation.Functions.Tests.Fakes;
using Foundation.Functions.Tests.ServiceBus;
using Foundation.Protocols;
using Foundation.Workflows;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Foundation.Functions.Tests.Orchestrations;

public sealed class RunActivityTests
{
    [Fact]
    public async Task Advance_AnswersTheNextAlarm_OrThatTheRunEnded()
    {
        var advancer = new Advancer();
        await using var shell = await Shell.StartAsync(s => s.AddSingleton<IRunAdvancer>(advancer));

        advancer.OnAdvance = _ => new(Shell.Start.AddMinutes(2));
        Assert.Equal(Shell.Start.AddMinutes(2).ToUnixTimeMilliseconds(), await RunAsync(shell));
        advancer.OnAdvance = _ => new((DateTimeOffset?)null);
        Assert.Null(await RunAsync(shell));
        Assert.Equal(["run_0000000000000000000000000A", "run_0000000000000000000000000A"], advancer.Advanced);
    }

    [Fact]
    public async Task Failure_IsAnAnswer_BecauseThrownItWouldEndTheRunsOrchestration()
    {
        var advancer = new Advancer { OnAdvance = _ => throw new StoreUnavailableException("Away") };
        await using var shell = await Shell.StartAsync(s => s.AddSingleton<IRunAdvancer>(advancer));
        var again = Shell.Start.AddSeconds(30).ToUnixTimeMilliseconds();

        Assert.Equal(again, await RunAsync(shell));
        advancer.OnAdvance = _ => throw new InvalidOperationException("a bug");
        Assert.Equal(again, await RunAsync(shell));
        shell.Store.Down = true;
        advancer.OnAdvance = _ => throw new OperationCanceledException();
        Assert.Equal(again, await RunAsync(shell));
        Assert.Equal(3, shell.Logs.GetSnapshot().Count(log => log.Id.Id == 7110));
    }

    [Fact]
    public async Task AlarmsThatARunSetsItself_AreNotRung_WhatHappensToItIs()
    {
        var advancer = new Advancer();
        await using var shell = await Shell.StartAsync(s => s.AddSingleton<IRunAdvancer>(advancer));
        shell.Durable.Instances["run_0000000000000000000000000A"] = OrchestrationRuntimeStatus.Running;
        shell.Durable.Instances["run_0000000000000000000000000B"] = OrchestrationRuntimeStatus.Running;
        var carrier = shell.Get<ICarrier>();
        advancer.OnAdvance = async _ =>
        {
            await SendAsync("run_0000000000000000000000000A", Shell.Start.AddMinutes(1)); // Its own alarm.
            await SendAsync("run_0000000000000000000000000B", Shell.Start.AddMinutes(1)); // Another's.
            await SendAsync("run_0000000000000000000000000A", Shell.Start); // An inbox row that came meanwhile.
            return Shell.Start.AddMinutes(1);
        };

        await RunAsync(shell);
        Assert.Equal(["raise ring run_0000000000000000000000000B", "raise ring run_0000000000000000000000000A"], shell.Durable.Calls);

        await SendAsync("run_0000000000000000000000000A", Shell.Start.AddMinutes(1)); // Set by somebody else, later.
        Assert.Equal(3, shell.Durable.Calls.Count);

        async Task SendAsync(string run, DateTimeOffset at) =>
            await carrier.SendAsync(new[] { Messages.WakeUp("runs/waiting", run["run_".Length..] + "/fact", at) }, TestContext.Current.CancellationToken);
    }

    private static Task<long?> RunAsync(Shell shell) =>
        shell.Functions<RunActivities>().AdvanceAsync("run_0000000000000000000000000A", shell.Durable, TestContext.Current.CancellationToken);

    private sealed class Advancer : IRunAdvancer
    {
        public Func<string, ValueTask<DateTimeOffset?>> OnAdvance { get; set; } = _ => default;

        public List<string> Advanced { get; } = [];

        public ValueTask<DateTimeOffset?> AdvanceAsync(string runId, CancellationToken ct)
        {
            Advanced.Add(runId);
            return OnAdvance(runId);
        }
    }
}
