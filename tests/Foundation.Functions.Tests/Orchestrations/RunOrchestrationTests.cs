using Foundation.Functions.Orchestrations;
using Foundation.Functions.Tests.Fakes;
using Microsoft.DurableTask;
using Xunit;

namespace Foundation.Functions.Tests.Orchestrations;

public sealed class RunOrchestrationTests
{
    private const string Id = "run_01jabcdefghjkmnpqrstvwxyz0";
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task GoldenHistory_Replayed_DoesWhatItDid()
    {
        // Runs in flight are replayed by new code. When this fails, old runs would break: raise defaultVersion in host.json and keep the
        // old code for old versions, instead of changing the file.
        var golden = await File.ReadAllLinesAsync(
            Path.Combine(AppContext.BaseDirectory, "Orchestrations", "golden-history-1.0.txt"), TestContext.Current.CancellationToken);

        Assert.Equal(golden, OrchestrationRun.Replay(RunOrchestration.RunAsync, Id, golden));
    }

    [Fact]
    public void Start_LooksAtOnce_ThenSleepsUntilTheAlarm()
    {
        var run = Begin();
        Assert.Equal([$"at {Text(Start)}", $"> activity 0 advance \"{Id}\""], run.Lines);

        run.Feed($"done 0 {Ms(Start.AddMinutes(3))}");
        Assert.Equal($"> timer 1 {Text(Start.AddMinutes(3))}", run.Lines[^1]);

        run.Feed($"at {Text(Start.AddMinutes(3))}");
        run.Feed("fired 1");
        Assert.Equal($"> activity 2 advance \"{Id}\"", run.Lines[^1]);
    }

    [Theory]
    [InlineData(-60, 1)]
    [InlineData(0, 1)]
    [InlineData(900, 900)]
    [InlineData(901, 900)]
    [InlineData(86_400 * 30, 900)]
    public void Alarm_IsNeitherNowNorLaterThanFifteenMinutes(int next, int sleeps)
    {
        var run = Begin();
        run.Feed($"done 0 {Ms(Start.AddSeconds(next))}");
        Assert.Equal($"> timer 1 {Text(Start.AddSeconds(sleeps))}", run.Lines[^1]);
    }

    [Fact]
    public void Run_ThatWaitsForOthersOnly_SleepsTheLongest()
    {
        var run = Begin();
        run.Feed($"done 0 {Ms(DateTimeOffset.MaxValue)}");
        Assert.Equal($"> timer 1 {Text(Start + RunOrchestration.AlarmMax)}", run.Lines[^1]);
    }

    [Fact]
    public void Ring_CancelsTheTimerOnly_AndLooks()
    {
        var run = Sleeping();
        run.Feed("event ring");
        Assert.Equal(["> cancel 1", $"> activity 2 advance \"{Id}\""], run.Lines[^2..]);
        Assert.Empty(run.OpenTimers);
    }

    [Fact]
    public void Rings_WhileLooking_AreAnsweredByOneMoreLook()
    {
        var run = Begin();
        run.Feed("event ring");
        run.Feed("event ring");
        run.Feed("event ring");
        run.Feed($"done 0 {Ms(Start.AddMinutes(3))}");

        Assert.Equal($"> activity 1 advance \"{Id}\"", run.Lines[^1]);
        Assert.Empty(run.Unprocessed);
        run.Feed($"done 1 {Ms(Start.AddMinutes(3))}");
        Assert.StartsWith("> timer 2", run.Lines[^1], StringComparison.Ordinal);
    }

    /// <summary>The trap that the loop's shape is about: the timer wins a round, and a ring comes before anything waits for it again.</summary>
    [Fact]
    public void Ring_WhileLookingAfterATimer_IsHeard()
    {
        var run = AfterATimer(RunOrchestration.RunAsync);
        run.Feed("event ring");
        run.Feed($"done 2 {Ms(Start.AddHours(1))}");
        Assert.Equal($"> activity 3 advance \"{Id}\"", run.Lines[^1]);
    }

    [Fact]
    public void Rings_AfterManyTimers_AreAllHeard()
    {
        var run = Sleeping();
        for (var round = 0; round < 5; round++)
        {
            run.Feed($"fired {run.Newest("timer")}");
            run.Feed($"done {run.Newest("activity")} {Ms(Start.AddHours(1))}");
        }

        for (var ring = 0; ring < 5; ring++)
        {
            var before = run.Count("> activity");
            run.Feed("event ring");
            Assert.Equal(before + 1, run.Count("> activity"));
            run.Feed($"done {run.Newest("activity")} {Ms(Start.AddHours(1))}");
        }
    }

    [Fact]
    public void Trap_IsReal_AFreshWaitPerRoundLosesThatRing()
    {
        var run = AfterATimer(NaiveAsync);
        run.Feed("event ring");
        run.Feed($"done 2 {Ms(Start.AddHours(1))}");
        Assert.StartsWith("> timer 3", run.Lines[^1], StringComparison.Ordinal);

        static async Task NaiveAsync(TaskOrchestrationContext context)
        {
            while (true)
            {
                await context.CallActivityAsync<long?>("advance", context.InstanceId);
                using var over = new CancellationTokenSource();
                var alarm = context.CreateTimer(context.CurrentUtcDateTime.AddMinutes(15), over.Token);
                await Task.WhenAny(context.WaitForExternalEvent<object?>("ring", over.Token), alarm);
                over.Cancel();
            }
        }
    }

    [Fact]
    public void Run_ThatEnded_EndsItsOrchestration()
    {
        var run = Begin();
        run.Feed("done 0 null");
        Assert.True(run.Ended);
        Assert.Equal("> complete", run.Lines[^1]);
        Assert.Empty(run.OpenTimers);
    }

    [Fact]
    public void Look_ThatThePlatformEnded_IsRepeatedInAMinute()
    {
        var run = Begin();
        run.Feed("failed 0");
        Assert.Equal($"> timer 1 {Text(Start + RunOrchestration.AfterFailure)}", run.Lines[^1]);
    }

    [Fact]
    public void History_StartsAnew_AfterFiftyRounds_WithoutLosingARing()
    {
        var run = Begin();
        for (var round = 0; round < RunOrchestration.RoundsMax - 1; round++)
        {
            run.Feed($"done {run.Newest("activity")} {Ms(Start.AddHours(1))}");
            run.Feed("event ring");
        }

        // Two rings during the last look: one ends its wait, the other stays unprocessed and goes over.
        run.Feed("event ring");
        run.Feed("event ring");
        Assert.False(run.Ended);
        run.Feed($"done {run.Newest("activity")} {Ms(Start.AddHours(1))}");

        Assert.True(run.Ended);
        Assert.Equal("> continue-as-new", run.Lines[^1]);
        Assert.Equal(RunOrchestration.RoundsMax, run.Count("> activity"));
        Assert.Equal(["ring"], run.Unprocessed);
        Assert.Empty(run.OpenTimers);
    }

    [Fact]
    public void History_StartsAnew_WhenTheTimerWonTheLastRound()
    {
        var run = Begin();
        for (var round = 0; round < RunOrchestration.RoundsMax; round++)
        {
            run.Feed($"done {run.Newest("activity")} {Ms(Start.AddHours(1))}");
            run.Feed($"fired {run.Newest("timer")}");
        }

        Assert.Equal("> continue-as-new", run.Lines[^1]);
        Assert.Empty(run.OpenTimers);
    }

    private static OrchestrationRun Begin()
    {
        var run = new OrchestrationRun(RunOrchestration.RunAsync, Id);
        run.Feed($"at {Text(Start)}");
        return run;
    }

    private static OrchestrationRun AfterATimer(Func<TaskOrchestrationContext, Task> code)
    {
        var run = new OrchestrationRun(code, Id);
        run.Feed($"at {Text(Start)}");
        run.Feed($"done 0 {Ms(Start.AddHours(1))}");
        run.Feed("fired 1");
        Assert.Equal($"> activity 2 advance \"{Id}\"", run.Lines[^1]);
        return run;
    }

    private static OrchestrationRun Sleeping()
    {
        var run = Begin();
        run.Feed($"done 0 {Ms(Start.AddHours(1))}");
        return run;
    }

    private static long Ms(DateTimeOffset at) => at.ToUnixTimeMilliseconds();

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
