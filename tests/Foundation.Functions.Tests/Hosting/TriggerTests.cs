using System.Reflection;
using Foundation.Functions.Hosting;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;
using Xunit;

namespace Foundation.Functions.Tests.Hosting;

/// <summary>The functions as the host will see them: their names stand in alerts and in the scale settings.</summary>
public sealed class TriggerTests
{
    private static readonly Dictionary<string, MethodInfo> Functions = typeof(FunctionsApp).Assembly.GetTypes()
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .Where(m => m.GetCustomAttribute<FunctionAttribute>() is not null)
        .ToDictionary(m => m.GetCustomAttribute<FunctionAttribute>()!.Name, StringComparer.Ordinal);

    [Fact]
    public void Functions_AreThese() => Assert.Equal(
        [
            "advance", "alert-escalation", "api", "dead-letters", "health-checks", "maintenance", "registry", "run", "tasks-high", "tasks-low",
            "tasks-normal", "wakeups",
        ],
        Functions.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void ServiceBusTriggers_SettleThemselves_OneByOne_AndAreCalledLikeTheirQueue()
    {
        var triggers = Triggers<ServiceBusTriggerAttribute>();
        Assert.Equal(5, triggers.Count);
        Assert.All(triggers, t => Assert.Equal(
            (t.Function, false, false, false, "ServiceBusConnection"),
            (t.Trigger.QueueName, t.Trigger.AutoCompleteMessages, t.Trigger.IsBatched, t.Trigger.IsSessionsEnabled, t.Trigger.Connection)));
    }

    [Fact]
    public void Timers_RunOnceAMinute_AndKeepNoSchedule()
    {
        var timers = Triggers<TimerTriggerAttribute>();
        Assert.Equal(3, timers.Count);
        Assert.All(timers, t => Assert.Equal(("0 * * * * *", false, false), (t.Trigger.Schedule, t.Trigger.UseMonitor, t.Trigger.RunOnStartup)));
    }

    [Fact]
    public void Http_TakesEveryPathAndVerbOfEverybody()
    {
        var http = Assert.Single(Triggers<HttpTriggerAttribute>()).Trigger;
        Assert.Equal(("{*path}", AuthorizationLevel.Anonymous), (http.Route, http.AuthLevel));
        Assert.Null(http.Methods);
    }

    [Fact]
    public void WhoeverCallsTheCore_LeavesItsDurableClient()
    {
        // The orchestrator and the entities only compute.
        var without = Functions.Where(f => !f.Value.GetParameters().Any(p => p.GetCustomAttribute<DurableClientAttribute>() is not null)).Select(f => f.Key);
        Assert.Equal(["registry", "run"], without.Order(StringComparer.Ordinal));
    }

    private static List<(string Function, T Trigger)> Triggers<T>()
        where T : TriggerBindingAttribute => [.. Functions
            .SelectMany(f => f.Value.GetParameters().Select(p => (f.Key, Trigger: p.GetCustomAttribute<T>()))).Where(f => f.Trigger is not null)
            .Select(f => (f.Key, f.Trigger!))];
}
